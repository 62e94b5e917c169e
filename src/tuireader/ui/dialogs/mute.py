"""Dialog to mute articles by words or feed, for a time or permanently; nothing is deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from tuireader.commands import Scope
from tuireader.config import MuteConfig
from tuireader.errors import TuireaderError
from tuireader.library.watches import Mutes
from tuireader.model import ArticleRow, Feed, MutePreview, View, ViewKind
from tuireader.query import Query, QueryError, disabled_reason, parse, spans
from tuireader.text.wording import counted
from tuireader.ui.bindings import bindings
from tuireader.ui.dialogs.dialog import FormDialog
from tuireader.ui.views import MUTED
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.details import Preview
from tuireader.ui.widgets.field import setting
from tuireader.ui.workers import run_latest
from tuireader.wording.lines import Line, marked, problem_lines
from tuireader.wording.times import day

_NAMED = 3  # maximum number of watches named in the preview
_TIMES = {"1 day": 1, "1 week": 7, "1 month": 30, "3 months": 91, "for good": 0}


def end_of(time: str, now: float) -> date | None:
    """Last day of a mute that starts now; None if it never ends."""
    days = _TIMES[time]
    return datetime.fromtimestamp(now).astimezone().date() + timedelta(days=days) if days else None


def described(mute: MuteConfig, feeds: Sequence[Feed]) -> str:
    """Describe a mute: `sponsored, in The Quay, until 3 Oct 2026`."""
    parts = [mute.query or "everything"]
    if mute.feed:
        titles = (feed.title for feed in feeds if feed.url == mute.feed and feed.title)
        parts.append(f"in {next(titles, mute.feed)}")
    if mute.until is not None:
        moment = datetime(mute.until.year, mute.until.month, mute.until.day, 12, tzinfo=UTC)
        parts.append(f"until {day(int(moment.timestamp()))}")
    if mute.include_watched:
        parts.append("watched articles too")
    return ", ".join(parts)


def hidden_by(mute: MuteConfig) -> View:
    """View of the articles that a mute hides."""
    feed = f'feed:"{mute.feed}"' if mute.feed else ""
    words = f"({mute.query})" if mute.query else ""
    return View(ViewKind.QUERY, " ".join(part for part in ("is:muted", feed, words) if part))


def cost(preview: MutePreview, include_watched: bool) -> Line:
    """Articles on watches: `3 of 12 are on CVE (2), PIPL (1): kept visible`."""
    if not preview.watched:
        return ()
    several = len(preview.watches) > 1
    names = [f"{name} ({count})" if several else name for name, count in preview.watches[:_NAMED]]
    more = len(preview.watches) - _NAMED
    on = ", ".join(names) + (f" and {counted(more, 'more watch', 'more watches')}" if more > 0 else "")
    if preview.watched < preview.articles:
        share = f"{preview.watched:,} of {preview.articles:,} {'is' if preview.watched == 1 else 'are'}"
    else:
        share = "it is" if preview.articles == 1 else f"all {preview.articles:,} are"
    return (
        (f"{share} on {on}: ", "text"),
        ("hidden, too", "error") if include_watched else ("kept visible", "star"),
    )


def _problem(mute: MuteConfig) -> str:
    """Reason why a stored mute no longer hides anything, or `""`."""
    parsed = parse(mute.query)
    return "" if isinstance(parsed, QueryError) else disabled_reason(parsed)


def sample(row: ArticleRow, query: Query | None, feed: str) -> Line:
    """Title of an article with the muted words marked, and its feed."""
    title = row.title or row.url
    marks = spans(query, title, "title") if query is not None else []
    return (("  ", "dim"), *marked(title, marks, "hit:"), (f" · {feed}", "dim"))


class Mute(FormDialog[str | View | None]):
    """Form for a new mute, above the active ones; the result is a message about a change, or a view."""

    BINDINGS = [*bindings(Scope.MUTE)]  # noqa: RUF012

    def __init__(self, mutes: Mutes, feeds: Sequence[Feed], feed: Feed | None, words: str = "") -> None:
        super().__init__(classes="form -short")
        self._mutes = mutes
        self._feeds = feeds
        self._feed = feed
        self._words = words
        self._stored: Sequence[tuple[MuteConfig, int]] = ()
        self.filled = asyncio.Event()
        """Set once the active mutes are listed; the first keys wait for that."""

    def compose(self) -> ComposeResult:
        feed = self._feed
        where = {"": "everywhere"} | ({feed.url: feed.title or feed.url} if feed is not None else {})
        self.words = setting(MuteConfig, "query", value=self._words)
        self.where = setting(MuteConfig, "feed", choices=where)
        self.until = setting(MuteConfig, "until", choices={time: time for time in _TIMES}, value="1 month")
        self.watched = setting(MuteConfig, "include_watched")
        self.preview = Preview(self._lines)
        self.count = Static(id="muted", markup=False)
        self.choices = Choices()
        lines = (self.words, self.where, self.until, self.watched)
        yield self.box("Mute", *lines, self.preview, self.count, self.choices)

    def on_mount(self) -> None:
        self.preview.renew()
        run_latest(self, self._list, "mutes")

    def show_hint(self, error: str = "") -> None:
        keys = "enter mutes · esc cancels · ← → choose"
        if self._stored:
            remove, look = self.host.key_of("remove_this"), self.host.key_of("look_at_muted")
            keys += f"\nin the list: enter shows what is hidden · {remove} unmutes · {look} shows all of it"
        self.hint(keys, error)

    def typed(self) -> MuteConfig:
        until = end_of(self.until.value, self.host.clock())
        return MuteConfig(self.words.value, self.where.value, until, bool(self.watched.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.preview.renew(soon=True)

    def on_pick_changed(self) -> None:
        self.preview.renew()

    async def _lines(self) -> Sequence[Line]:
        """Number of articles that would be hidden, and the newest of them."""
        mute = self.typed()
        parsed = parse(mute.query) if mute.query else None
        if isinstance(parsed, QueryError):
            return problem_lines(parsed.caret())
        if not mute.query and not mute.feed:
            return ((), (("Enter words, or choose the feed", "dim"),))
        preview = await self._mutes.preview(mute)
        if preview.problem:
            return problem_lines(preview.problem)
        hidden: Line = (("Nothing would be hidden", "strong"),)
        if preview.hidden:
            number = counted(preview.hidden, "article")
            hidden = ((number, "strong"), (" would be hidden; none is deleted", "dim"))
        lines: list[Line] = [(), hidden]
        lines += [line for line in [cost(preview, mute.include_watched)] if line]
        lines += [((f"! {note}", "star"),) for note in preview.advice]
        titles = {feed.id: feed.title or feed.url for feed in self._feeds}
        return [*lines, *(sample(row, parsed, titles.get(row.feed_id, "")) for row in preview.samples)]

    async def _list(self) -> None:
        self._stored = await self._mutes.all()
        hidden = sum(count for _, count in self._stored)
        muted = f"Muted now, {counted(hidden, 'article')}:"
        self.count.update(muted if self._stored else "Nothing is muted now")
        choices = []
        for at, (mute, count) in enumerate(self._stored):
            text = ": ".join(filter(None, (described(mute, self._feeds), _problem(mute))))
            choices.append(Choice(str(at), text, f"{count:>5}"))
        self.choices.show(choices)
        self.choices.display = bool(self._stored)
        self.show_hint()
        self.filled.set()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(hidden_by(self._stored[event.option_index][0]))

    def action_look_at_muted(self) -> None:
        self.dismiss(MUTED)

    def action_remove_this(self) -> None:
        if self.focused is self.choices and self.choices.highlighted is not None:
            mute, _ = self._stored[self.choices.highlighted]
            self.save_by(partial(self._unmute, mute))

    async def _unmute(self, mute: MuteConfig) -> str:
        await self._mutes.remove(mute)
        return f"Unmuted: {described(mute, self._feeds)}"

    async def save(self) -> str:
        mute = self.typed()
        parsed = parse(mute.query) if mute.query else None
        if not mute.query and not mute.feed:
            raise TuireaderError("Enter words, or choose a feed")
        if isinstance(parsed, QueryError):
            raise TuireaderError(str(parsed))
        if problem := _problem(mute):
            raise TuireaderError(problem)
        count = await self._mutes.add(mute.query, mute.feed, mute.until, include_watched=mute.include_watched)
        return f"Muted: {described(mute, self._feeds)}; {count} hidden"
