"""Dialog to create or edit a watch, with a preview of its matches while typing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.commands import Scope
from tuireader.config import WatchConfig, by_group
from tuireader.config.shape import KEYS
from tuireader.config.watch_keys import MOST_QUIET_DAYS
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.library.watching import rule_of
from tuireader.library.watching.proper_names import watch_name
from tuireader.model import WatchPreview
from tuireader.query import QueryError, Text, parse
from tuireader.text import clean, cut_characters
from tuireader.text.wording import counted
from tuireader.ui.bindings import bindings
from tuireader.ui.dialogs.dialog import FormDialog
from tuireader.ui.drawing.styles import free_color
from tuireader.ui.widgets.details import Preview
from tuireader.ui.widgets.field import Colours, setting
from tuireader.ui.workers import run_latest
from tuireader.watch import Matcher
from tuireader.wording.lines import Line, marked, problem_lines

_TERM = re.compile(r"\s*(/(?:\\.|[^/\\])+/(?=\s*(?:[,，]|$))|[^,，]+)")
_SAMPLES = 4
_DAYS = re.compile(r"(?:never|(?:after\s+)?([0-9]{1,4})(?:\s+quiet)?(?:\s+days?)?)?", re.IGNORECASE)
_LONGEST = 200  # maximum characters of selected text used as a term


def terms(text: str, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Split a field into terms at commas; terms in slashes may contain commas.

    An unchanged field returns `before`, as a configured term may contain a comma.
    """
    if text == ", ".join(before):
        return before
    return tuple(dict.fromkeys(term for match in _TERM.findall(text) if (term := match.strip())))


def from_search(text: str) -> WatchConfig:
    """Turn a search into a watch: a word or phrase becomes its term, anything else its query."""
    text = text.strip()
    parsed = parse(text)
    name = cut_characters(text.strip('"'), 40)
    if not isinstance(parsed, QueryError) and isinstance(parsed.root, Text) and not parsed.root.field:
        return WatchConfig(name=name, any=(text.strip('"'),))
    return WatchConfig(name=name, query=text)


def from_selection(text: str) -> WatchConfig:
    """Turn selected text into a watch with one term."""
    term = cut_characters(clean(" ".join(text.split())).strip("/,，"), _LONGEST)
    return WatchConfig(name=cut_characters(term, 40), any=(term,) if term else ())


def summary(preview: WatchPreview) -> Line:
    """`+12 −3  128 articles`: matches gained and lost by the change, and all matches."""
    among = "" if preview.complete else " among the newest, older ones may follow"
    count = counted(preview.matches, "article") + among
    return (
        (f"+{preview.added}", "strong"),
        ("  ", "dim"),
        (f"−{preview.removed}", "star"),
        ("  compared with now · ", "dim"),
        (count, "strong"),
    )


class NewWatch(FormDialog[str | None]):
    """Form for a watch above its preview; the result is the name of the saved watch."""

    BINDINGS = [*bindings(Scope.WATCH)]  # noqa: RUF012

    def __init__(self, config: WatchConfig, library: Library, *, replaces: str = "") -> None:
        names = ", ".join(channel.name for channel in library.config.channels)
        self._channels = names and f"those of [notify]; {names}"
        super().__init__(classes="form" + " -more" * bool(names))
        self._config = config
        self._watches = library.watches
        self._feed_title = library.feeds.title
        self._replaces = replaces
        self._groups = ", ".join(filter(None, by_group(library.config.watches)))
        self._own_name = bool(replaces)  # whether the name was typed instead of derived from the terms
        self._proposed = ""
        self._aliases: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        config = self._config
        self._own_name = self._own_name or config.name not in ("", self._name_for(config))
        color = config.color
        if not (color or self._replaces or config.group):
            color = free_color(self._watches.colors, list(self.host.theme_styles.palette))
        self._free = "" if self._replaces else color
        self._colours = Colours("color", KEYS[WatchConfig]["color"].label, color)
        days = f"after {config.ends_after_quiet_days} quiet days" if config.ends_after_quiet_days else ""
        lines = [
            *(setting(config, name) for name in ("name", "any", "none", "query")),
            self._colours,
            setting(config, "notify"),
            *[setting(config, "channels", placeholder=self._channels)] * bool(self._channels),
            setting(config, "ends_after_quiet_days", value=days),
            setting(config, "group", placeholder=f"none; {self._groups}" if self._groups else ""),
            setting(config, "priority"),
        ]
        self.lines = {line.key: line for line in lines}
        for name in ("group", "priority"):
            self.lines[name].add_class("rare")
        self.preview = Preview(self._lines)
        title = f"Watch {self._replaces}" if self._replaces else "New watch"
        yield self.box(title, *self.lines.values(), self.preview)

    def on_mount(self) -> None:
        if not self._config.name:  # it follows from the terms
            self.query_one("#any").focus()
        self.preview.renew()
        if self._replaces:
            run_latest(self, self._look_for_aliases, "aliases")

    def typed(self) -> WatchConfig:
        """Read the watch from the fields; its other settings are kept."""
        before = self._config
        values: dict[str, Any] = {key: line.value for key, line in self.lines.items()}
        lists = values.keys() & {"any", "none", "channels"}
        values |= {key: terms(values[key], getattr(before, key)) for key in lists}
        return replace(before, **values | {"ends_after_quiet_days": self._days() or 0})

    def _days(self) -> int | None:
        """Quiet days after which the watch ends: 0 for never, None for an invalid number."""
        match = _DAYS.fullmatch(self.lines["ends_after_quiet_days"].value)
        days = int(match[1] or 0) if match else MOST_QUIET_DAYS + 1
        return days if days <= MOST_QUIET_DAYS else None

    def _name_for(self, config: WatchConfig) -> str:
        return watch_name(config.any or ((config.query,) if config.query else ()), list(self._watches.colors))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Update the preview after a pause; until a name is typed, derive it from the terms."""
        event.stop()
        if event.input.id == "name":
            self._own_name = self._own_name or event.input.value.strip() not in ("", self._proposed)
        elif event.input.id == "group" and self._colours.value in ("", self._free):
            self._colours.value = "" if event.input.value.strip() else self._free  # else that of its group
            self._colours.refresh()
        elif not self._own_name:
            self._proposed = self.query_one("#name", Input).value = self._name_for(self.typed())
        self.preview.renew(soon=True)

    async def _lines(self) -> Sequence[Line]:
        """Numbers, then each sample's title and sentence with the matches marked."""
        config = self.typed()
        parsed = parse(config.query) if config.query else None
        if isinstance(parsed, QueryError):
            return problem_lines(parsed.caret())
        if not (config.any or config.all or config.query):
            return ((), (("Enter a word or a phrase to preview its matches", "dim"),))
        config = replace(config, name=config.name or "new watch")
        preview = await self._watches.preview(config, self._replaces)
        if preview.problem:
            return problem_lines(preview.problem)
        spans = Matcher([rule_of(config)]).spans

        def hits(text: str, plain: str = "text") -> Line:
            return marked(text, [(start, end) for start, end, _ in spans(text)], "hit:", plain)

        lines: list[Line] = [(), summary(preview), *(((f"! {note}", "star"),) for note in preview.advice)]
        samples: list[Sequence[Line]] = []
        for row, sentence in list(zip(preview.samples, preview.sentences, strict=False))[:_SAMPLES]:
            title = row.title or row.url
            first = (*hits(title), (f" · {self._feed_title(row.feed_id)}", "dim"))
            samples.append(
                (first, (("  ", "dim"), *hits(sentence, "dim"))) if sentence != title else (first,)
            )
        self.preview.show(*lines, *chain(*samples))
        missing = await self._watches.missing(config, preview.hits)
        if missing.count:
            samples = samples[: _SAMPLES // 2]
            samples.append([((f"{counted(missing.count, 'article')} you may be missing", "star"),)])
            shown = [((row.title, "text"), (f" “{said}”" * bool(said), "dim")) for row, said in missing.shown]
            samples.append(shown)
        return (*lines, *chain(*samples))

    async def _look_for_aliases(self) -> None:
        self._aliases = list(await self._watches.suggest_aliases(self._replaces))
        self.show_hint()

    def show_hint(self, error: str = "") -> None:
        """Show the keys, below an error or a suggested alias if there is one."""
        keys = "enter saves · esc cancels · ↑ ↓ move"
        if not error and self._aliases:
            alias, sentence = self._aliases[0]
            take = self.host.key_of("take_alias")
            keys = f"Articles also call it {alias}; {take} adds that: {cut_characters(sentence, 200)}\n{keys}"
        self.hint(keys, error)

    def action_take_alias(self) -> None:
        if self._aliases:
            alias, _ = self._aliases.pop(0)
            line = self.query_one("#any", Input)
            line.value = ", ".join([*terms(line.value), alias])
            self.show_hint()

    async def save(self) -> str:
        config = self.typed()
        parsed = parse(config.query) if config.query else None
        if not config.name:
            raise TuireaderError("Enter a name")
        if config.name != self._replaces and config.name in self._watches.colors:
            raise TuireaderError(f"There is already a watch {config.name}")
        if not (config.any or config.all or config.query):
            raise TuireaderError("Enter a word, a phrase or a query")
        if self._days() is None:
            raise TuireaderError(
                f"Ends: enter a number of quiet days up to {MOST_QUIET_DAYS}, or leave it empty"
            )
        if isinstance(parsed, QueryError):
            raise TuireaderError(f"The query: {parsed}")
        await self._watches.save(config, self._replaces)
        return config.name
