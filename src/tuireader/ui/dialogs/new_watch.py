"""Making a watch, or changing one: what it would hit is shown as it is typed."""

from __future__ import annotations

import re
from dataclasses import replace

from textual.app import ComposeResult
from textual.binding import Binding
from textual.timer import Timer
from textual.widgets import Input

from tuireader.commands import Scope
from tuireader.config import WatchConfig
from tuireader.errors import TuireaderError
from tuireader.library.watching import name_of, rule_of
from tuireader.model import WatchPreview
from tuireader.query import QueryError, Text, parse
from tuireader.text import clean, cut_characters
from tuireader.text.wording import counted
from tuireader.ui.bindings import bindings
from tuireader.ui.dialogs.dialog import SavingDialog
from tuireader.ui.drawing.styles import free_color
from tuireader.ui.widgets.details import Facts, Line, marked
from tuireader.ui.widgets.field import Colours, Field, Pick
from tuireader.ui.widgets.says import Says
from tuireader.ui.workers import run_latest
from tuireader.watch import Matcher

_REST = 0.12  # seconds without a key after which the preview is made
_TERM = re.compile(r"\s*(/(?:\\.|[^/\\])+/(?=\s*(?:[,，]|$))|[^,，]+)")
_SAMPLES = 5
_TELLS = {"never": "never", "article": "of each article", "story": "once a story"}
_DAYS = re.compile(r"(?:never|(?:after\s+)?([0-9]{1,4})(?:\s+quiet)?(?:\s+days?)?)?", re.IGNORECASE)
_MOST_DAYS = 3650
_LONGEST = 200  # characters of a piece of text that becomes a term


def terms(text: str, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The terms of a line, which commas part; those in slashes may hold some.

    A line that still says `before` gives just that, for a term of the config may hold a comma.
    """
    if text == ", ".join(before):
        return before
    return tuple(dict.fromkeys(term for found in _TERM.findall(text) if (term := found.strip())))


def from_search(text: str) -> WatchConfig:
    """A watch for what was searched: a word or a phrase as its term, all else as its expression."""
    text = text.strip()
    parsed = parse(text)
    name = cut_characters(text.strip('"'), 40)
    if not isinstance(parsed, QueryError) and isinstance(parsed.root, Text) and not parsed.root.field:
        return WatchConfig(name=name, any=(text.strip('"'),))
    return WatchConfig(name=name, query=text)


def from_selection(text: str) -> WatchConfig:
    """A watch for a piece of a text, as one term."""
    term = cut_characters(clean(" ".join(text.split())).strip("/,，"), _LONGEST)
    return WatchConfig(name=cut_characters(term, 40), any=(term,) if term else ())


def summary(preview: WatchPreview) -> Line:
    """`+12 −3  128 articles`: what would be new on the watch, what no longer on it, and all of it."""
    among = "" if preview.complete else " among the newest, older ones may follow"
    count = counted(preview.matches, "article") + among
    return (
        (f"+{preview.added}", "strong"),
        ("  ", "dim"),
        (f"−{preview.removed}", "star"),
        ("  against now · ", "dim"),
        (count, "strong"),
    )


class NewWatch(SavingDialog[str | None]):
    """The fields of a watch above its preview. The result is the name under which it was saved."""

    BINDINGS = [  # noqa: RUF012
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("enter", "save", show=False),
        *bindings(Scope.WATCH),
    ]

    def __init__(self, config: WatchConfig, *, replaces: str = "") -> None:
        super().__init__(classes="form")
        self._config = config
        self._replaces = replaces
        self._timer: Timer | None = None
        self._own_name = bool(replaces)  # typed, not made from the terms
        self._proposed = ""
        self._aliases: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        """Seven fields, the preview, what the keys do."""
        config = self._config
        self._own_name = self._own_name or config.name not in ("", self._name_for(config))
        color = config.color
        if not (color or self._replaces):
            color = free_color(self.library.watches.colors, list(self.host.theme_styles.palette))
        self.colours = Colours("Colour", color)
        self.tells = Pick("Notify", _TELLS, config.notify, id="notify")
        days = config.ends_after_quiet_days
        self.preview = Facts(id="preview", raised=True)
        yield self.box(
            f"Watch {self._replaces}" if self._replaces else "New watch",
            Field("name", "Name", config.name, "in the sidebar"),
            Field("any", "Any of", ", ".join(config.any), "words, phrases, /regex/; parted by commas"),
            Field("none", "None of", ", ".join(config.none), "what must not be there"),
            Field(
                "query", "Query", config.query, "must be true as well: title:word, a NEAR/8 b, feed:name …"
            ),
            self.colours,
            self.tells,
            Field(
                "ends", "Ends", f"after {days} quiet days" if days else "", "never; or: after 14 quiet days"
            ),
            self.preview,
            Says("", "hint"),
        )

    def on_mount(self) -> None:
        """Show what it would hit as it is, and other names that texts use for it."""
        self._hint()
        run_latest(self, self._show, "preview")
        if self._replaces:
            run_latest(self, self._look_for_aliases, "aliases")

    # -- the watch as it stands in the fields

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def typed(self) -> WatchConfig:
        """The watch that the fields describe; what has no field stays as it was."""
        before = self._config
        return replace(
            before,
            name=self._text("name"),
            any=terms(self._text("any"), before.any),
            none=terms(self._text("none"), before.none),
            query=self._text("query"),
            color=self.colours.value,
            notify=self.tells.value,
            ends_after_quiet_days=self._days() or 0,
        )

    def _days(self) -> int | None:
        """After how many quiet days it ends, 0 for never; None for what is no such number."""
        found = _DAYS.fullmatch(self._text("ends"))
        days = int(found[1] or 0) if found else _MOST_DAYS + 1
        return days if days <= _MOST_DAYS else None

    def _name_for(self, config: WatchConfig) -> str:
        """The name that a new watch has as long as it is given no other."""
        return name_of(config.any or ((config.query,) if config.query else ()), self.host.watch_names)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Make the preview anew when the typing rests; the name follows the terms until it is typed."""
        event.stop()
        if event.input.id == "name":
            self._own_name = self._own_name or event.input.value.strip() not in ("", self._proposed)
        elif not self._own_name:
            self._proposed = self.query_one("#name", Input).value = self._name_for(self.typed())
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_REST, lambda: run_latest(self, self._show, "preview"))

    # -- the preview

    async def _show(self) -> None:
        """Ask what the watch would hit; an answer that comes after the next question is dropped."""
        config = self.typed()
        parsed = parse(config.query) if config.query else None
        if isinstance(parsed, QueryError):
            self._tell_trouble(parsed.caret())
        elif not (config.any or config.all or config.query):
            self.preview.tell((), (("Type a word or a phrase to see what it would hit.", "dim"),))
        else:
            named = replace(config, name=config.name or "new watch")
            preview = await self.library.watches.preview(named, self._replaces)
            if preview.problem:
                self._tell_trouble(preview.problem)
            else:
                self.preview.tell(*self._lines(named, preview))

    def _tell_trouble(self, trouble: str) -> None:
        first, *rest = trouble.splitlines() or [""]
        self.preview.tell(
            (), ((first, "text"),) if rest else ((first, "error"),), *(((line, "error"),) for line in rest)
        )

    def _lines(self, config: WatchConfig, preview: WatchPreview) -> list[Line]:
        """The numbers, then each sample's title and sentence with the hits marked."""
        matcher = Matcher([rule_of(config)])
        lines: list[Line] = [(), summary(preview), *(((f"! {one}", "star"),) for one in preview.advice)]
        for row, sentence in list(zip(preview.samples, preview.sentences, strict=False))[:_SAMPLES]:
            title = row.title or row.url
            spans = [(start, end) for start, end, _ in matcher.spans(title)]
            feed = self.library.feeds.title(row.feed_id)
            lines.append((*marked(title, spans, "hit:"), (f" · {feed}", "dim")))
            if sentence != title:
                spans = [(start, end) for start, end, _ in matcher.spans(sentence)]
                lines.append((("  ", "dim"), *marked(sentence, spans, "hit:", "dim")))
        return lines

    # -- aliases

    async def _look_for_aliases(self) -> None:
        self._aliases = list(await self.library.watches.suggest_aliases(self._replaces))
        self._hint()

    def _hint(self, words: str = "") -> None:
        keys = "enter saves · esc leaves · ↑ ↓ go to another line"
        if not words and self._aliases:
            alias, sentence = self._aliases[0]
            take = self.host.key_of("take_alias")
            words = f"Texts call it {alias} too; {take} takes it: {cut_characters(sentence, 200)}"
        self.query_one(".hint", Says).say(f"{words}\n{keys}" if words else keys)

    def action_take_alias(self) -> None:
        """Add the first suggested name."""
        if self._aliases:
            alias, _ = self._aliases.pop(0)
            line = self.query_one("#any", Input)
            line.value = ", ".join([*terms(line.value), alias])
            self._hint()

    # -- saving

    async def _save(self) -> None:
        config = self.typed()
        trouble = self._trouble(config)
        if not trouble:
            try:
                await self.library.watches.save(config, self._replaces)
            except (TuireaderError, OSError) as error:
                trouble = str(error)
        if trouble:
            self._hint(trouble)
        else:
            self.dismiss(config.name)

    def _trouble(self, config: WatchConfig) -> str:
        if not config.name:
            return "It needs a name"
        if config.name != self._replaces and config.name in self.library.watches.colors:
            return f"There is a watch {config.name} already"
        if not (config.any or config.all or config.query):
            return "It needs a word, a phrase or a query"
        if self._days() is None:
            return f"Ends: a number of quiet days, {_MOST_DAYS} at most, or nothing"
        parsed = parse(config.query) if config.query else None
        return f"The query: {parsed}" if isinstance(parsed, QueryError) else ""
