"""The palette: find commands, views and themes by their names and by words for them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from tuireader.text import cell_len, cut, pad
from tuireader.ui.dialogs.dialog import FilterDialog
from tuireader.ui.widgets.choices import Choice
from tuireader.ui.workers import run_latest

_MOST = 200  # lines shown: more take too long to lay out at each key
_NAME = 26  # cells of a name, so that descriptions are aligned
_EXACT, _STARTS, _WORDS, _WITHIN, _ABOUT, _NONE = range(6)  # ranks of a match, the best first


class Entry(Struct, frozen=True):
    """A line of the palette: `aliases` are other words for its name, `does` is for who runs it.

    An entry with a text to `fill` in is not run: it completes the typed line.
    """

    name: str
    about: str
    does: object
    keys: str = ""
    aliases: tuple[str, ...] = ()
    fill: str = ""


def find(entries: Sequence[Entry], typed: str) -> list[tuple[Entry, str]]:
    """Sort the entries that match by how well they do, each with the alias that matches, or `""`.

    Entries that match equally well keep their order. Letters that are merely in the right order count only
    if nothing matches better.
    """
    typed = " ".join(typed.casefold().split())
    if not typed:
        return [(entry, "") for entry in entries]
    starts = [(word, re.compile(rf"(?<!\w){re.escape(word)}").search) for word in typed.split()]
    ranked = [(best, entry) for entry in entries if (best := _best(entry, typed, starts))[0] != _NONE]
    if ranked:
        ranked.sort(key=lambda match: match[0][:2])
        return [(entry, alias) for (_, _, alias), entry in ranked]
    return [(entry, "") for entry in entries if len(typed) > 1 and _in_order(typed, entry.name)]


def _in_order(typed: str, name: str) -> bool:
    letters = iter(name.casefold())
    return all(letter in letters for letter in typed)


_Starts = Sequence[tuple[str, Callable[[str], object]]]
"""The typed words, each with the search for it at the beginning of a word."""


def _best(entry: Entry, typed: str, starts: _Starts) -> tuple[int, bool, str]:
    """Rank an entry; a match in the name is better than one in an alias unless that is exact."""
    words = " ".join((entry.name, *entry.aliases, entry.about)).casefold()
    keys = entry.keys.casefold().split() if entry.keys else ()
    if typed not in keys and not all(word in words for word, _ in starts):
        return _NONE, False, ""  # most entries: quickly
    best = (_rank(typed, starts, entry.name.casefold()), False, "")
    for alias in entry.aliases:
        rank = _rank(typed, starts, alias.casefold())
        if rank != _NONE:
            best = min(best, (max(rank, _WORDS) if rank != _EXACT else _EXACT, True, alias))
    if typed in keys:
        best = min(best, (_EXACT, True, ""))
    if best[0] > _ABOUT and _starts_words(starts, words):
        return _ABOUT, False, ""
    return best


def _rank(typed: str, starts: _Starts, text: str) -> int:
    if text.startswith(typed):
        return _EXACT if text == typed else _STARTS
    if _starts_words(starts, text):
        return _WORDS
    return _WITHIN if len(typed) > 2 and typed in text else _NONE


def _starts_words(starts: _Starts, text: str) -> bool:
    """Return whether each typed word is the beginning of a word of the text."""
    return all(word in text and search(text) for word, search in starts)


def similar(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """Find the entries with a name or alias that may have been meant, the most similar first."""
    import difflib  # only needed for mistakes

    named = {text.casefold(): entry for entry in entries for text in (*entry.aliases, entry.name)}
    near = difflib.get_close_matches(typed.casefold()[:40], named, n=4, cutoff=0.7)
    return list(dict.fromkeys(named[text] for text in near))


class Palette(FilterDialog["Entry"]):
    """List of entries, the most used first; the result is the chosen one. `hints` follow a miss.

    A command line `begins` with some text; `read` lists what a typed line may do instead of the entries.
    `history` has earlier lines, latest first.
    """

    BINDINGS: ClassVar = [Binding("tab", "complete", show=False)]

    def __init__(
        self,
        entries: Sequence[Entry],
        hints: Sequence[Entry],
        *,
        read: Callable[[str], Sequence[Entry]] | None = None,
        history: Sequence[str] = (),
        begins: str = "",
    ) -> None:
        super().__init__(classes="-tall")
        self._entries, self._hints, self._read, self._begins = entries, hints, read, begins
        self._history = ["", *dict.fromkeys(history)]
        self._recalled = 0  # place in the history
        self.listed: list[Entry] = []  # in the order of the lines

    def compose(self) -> ComposeResult:
        placeholder = "Command, view, feed or theme"
        if self._read is not None:
            placeholder = "Command, 23, set NAME VALUE, import FILE, open URL …"
        line = Input(self._begins, placeholder, compact=True, select_on_focus=False)
        yield self.filtering("Commands", line, hint="enter runs it · tab completes · ↑ earlier · esc closes")

    async def on_key(self, event: events.Key) -> None:
        """From the first line, go up into the history."""
        if event.key == "up" and self.listed and self.choices.current == "0":
            self._recalled = (self._recalled + 1) % len(self._history)
            self._fill(self._history[self._recalled])
            event.prevent_default().stop()

    def action_complete(self) -> None:
        verb, _, path = self.line.value.partition(" ")
        if self._read is not None and verb == "import" and path:
            run_latest(self, partial(self._complete_path, path), "path")
        elif (key := self.choices.current) is not None:
            self._fill(self.listed[int(key)].fill or self.listed[int(key)].name)

    async def _complete_path(self, path: str) -> None:
        from tuireader.exchange.nearby import completions

        for completed in (await asyncio.to_thread(completions, path))[:1]:
            if self.line.value == f"import {path}":  # nothing was typed since
                self._fill(f"import {completed}")

    def _fill(self, text: str) -> None:
        self.line.value = text
        self.line.cursor_position = len(text)

    def matching(self, typed: str) -> Sequence[Choice]:
        lines = [] if self._read is None else list(self._read(typed))
        matches, miss = [(entry, "") for entry in lines] or find(self._entries, typed)[:_MOST], []
        if not matches:
            near = similar([entry for entry in self._entries if entry.aliases], typed)
            advice = "Did you mean one of these?" if near else "Try another word, or ? for keys."
            miss = [Choice(None, f"Nothing called “{cut(typed.strip(), _NAME)}”. {advice}")]
            matches = [(entry, "") for entry in near or self._hints]
        self.listed = [entry for entry, _ in matches]
        return [*miss, *(_choice(number, *match) for number, match in enumerate(matches))]

    async def choose(self, key: str) -> None:
        entry = self.listed[int(key)]
        if entry.fill:
            self._fill(entry.fill)
        else:
            self.dismiss(entry)


def _choice(number: int, entry: Entry, alias: str) -> Choice:
    name = entry.name if alias else pad(entry.name, max(_NAME, cell_len(entry.name)))
    note = f"· {alias}" if alias else entry.about
    return Choice(str(number), name, entry.keys.partition(" ")[0], note)
