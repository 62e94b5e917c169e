"""Dialog with the edits of an article since it arrived, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tuireader.commands import Scope
from tuireader.model import Revision
from tuireader.text.word_diff import Kind
from tuireader.ui.bindings import bindings
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.drawing.styles import content
from tuireader.wording.lines import Piece
from tuireader.wording.times import age, full_time

_AROUND = 160  # maximum characters of unchanged text shown around a change
_SIGNS: dict[str, tuple[str, str, str]] = {
    Kind.REMOVED: ("[-", "-]", "removed"),
    Kind.ADDED: ("{+", "+}", "added"),
}
_ACTIONS = {
    "move_down": "scroll_down",
    "move_up": "scroll_up",
    "half_page_down": "half_page(1)",
    "half_page_up": "half_page(-1)",
    "page_down": "page_down",
    "page_up": "page_up",
    "top": "scroll_home",
    "bottom": "scroll_end",
}


def described(revision: Revision) -> list[Piece]:
    """Show one edit: its words with the signs of `wdiff`, in colour."""
    pieces: list[Piece] = []
    for runs in (revision.title, revision.text):
        if any(kind in _SIGNS for kind, _ in runs):
            pieces += [("\n\n", "text")] if pieces else []
            pieces += _words(runs)
    return pieces or [("only whitespace and links", "dim")]


def _words(runs: Sequence[tuple[str, str]]) -> Iterable[Piece]:
    for number, (kind, words) in enumerate(runs):
        if kind in _SIGNS:
            before, after, style = _SIGNS[kind]
            shown = words.rstrip()
            yield f"{before}{shown}{after}", style
            is_followed = number + 1 < len(runs) and runs[number + 1][0] in _SIGNS
            yield words[len(shown) :] or " " * is_followed, "text"
        else:
            yield _shortened(words, first=number == 0, last=number == len(runs) - 1), "text"


def _shortened(words: str, *, first: bool, last: bool) -> str:
    if len(words) <= 2 * _AROUND:
        return words
    head = "" if first else words[:_AROUND].rsplit(" ", 1)[0]
    tail = "" if last else words[-_AROUND:].split(" ", 1)[-1]
    return f"{head} … {tail}"


class Edits(VerticalScroll, inherit_bindings=False):
    """Scrollable list of edits, with the keys of the command table."""

    BINDINGS: ClassVar = [
        replace(binding, action=_ACTIONS[binding.id])
        for binding in bindings(Scope.CHOICES)
        if binding.id in _ACTIONS
    ]

    def action_half_page(self, direction: int) -> None:
        self.scroll_relative(y=direction * (self.size.height // 2), animate=False)


class Versions(Dialog[None]):
    """The edits of an article, the newest first."""

    AUTO_FOCUS = "Edits"

    def __init__(self, title: str, revisions: Sequence[Revision]) -> None:
        super().__init__()
        self._title = title
        self._revisions = revisions

    def compose(self) -> ComposeResult:
        title, edits = Static(self._title, markup=False), Edits(*self._texts(), id="edits")
        yield self.box("Edits", title, edits, hint="[-removed-] {+added+} · esc closes")

    def _texts(self) -> Iterable[Static]:
        now, styles = int(self.host.clock()), self.host.theme_styles
        for revision in self._revisions:
            source = "page" if revision.full else "feed"
            head = f"{full_time(revision.until)} · {age(revision.until, now)} · {source}"
            yield Static(content([(head, "strong")], styles))
            yield Static(content(described(revision), styles), classes="edit")
