"""Hiding what one does not want to see: by words or by feed, for a time or for good; nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.timer import Timer
from textual.widgets import Input

from tuireader.commands import Scope
from tuireader.config import MuteConfig
from tuireader.errors import TuireaderError
from tuireader.model import ArticleRow, Feed, MutePreview, View, ViewKind
from tuireader.query import QueryError, disabled_reason, parse, spans
from tuireader.text.wording import counted
from tuireader.ui.bindings import bindings
from tuireader.ui.dialogs.dialog import SavingDialog
from tuireader.ui.drawing.times import day
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.details import Facts, Line, marked
from tuireader.ui.widgets.field import Field, Pick
from tuireader.ui.widgets.says import Says
from tuireader.ui.workers import run_latest

_REST = 0.12  # seconds without a key after which it is counted
_NAMED = 3  # watches that the preview names
_TOO = "too"
EVERYWHERE = ""
FOR_GOOD = "for good"
_TIMES = {"1 day": 1, "1 week": 7, "1 month": 30, "3 months": 91, FOR_GOOD: 0}


@dataclass(frozen=True, slots=True)
class Muted:
    """What the dialog did: a mute was made or removed (`said`), or `look` is to be shown."""

    said: str = ""
    look: View | None = None


def end_of(time: str, now: float) -> date | None:
    """The last day of a mute that is made now; None for good."""
    days = _TIMES[time]
    return datetime.fromtimestamp(now).astimezone().date() + timedelta(days=days) if days else None


def told(mute: MuteConfig, feeds: Sequence[Feed]) -> str:
    """A mute in words: `sponsored, in The Quay, until 3 Oct 2026`."""
    parts = [mute.query or "everything"]
    if mute.feed:
        titles = (feed.title for feed in feeds if feed.url == mute.feed and feed.title)
        parts.append(f"in {next(titles, mute.feed)}")
    if mute.until is not None:
        moment = datetime(mute.until.year, mute.until.month, mute.until.day, 12, tzinfo=UTC)
        parts.append(f"until {day(int(moment.timestamp()))}")
    if mute.include_watched:
        parts.append("watched ones too")
    return ", ".join(parts)


def seen_by(mute: MuteConfig) -> View:
    """A view of what a mute hides."""
    feed = f'feed:"{mute.feed}"' if mute.feed else ""
    words = f"({mute.query})" if mute.query else ""
    return View(ViewKind.QUERY, " ".join(part for part in ("is:muted", feed, words) if part))


def cost(preview: MutePreview, include_watched: bool) -> Line:
    """How many articles are on watches: `3 of 12 are on CVE (2), PIPL (1): kept visible`, or nothing."""
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


def _trouble(mute: MuteConfig) -> str:
    """Why a mute hides nothing any more, or `""`."""
    parsed = parse(mute.query)
    return "" if isinstance(parsed, QueryError) else disabled_reason(parsed)


class Mute(SavingDialog[Muted | None]):
    """Words, where, until when; below it what that would hide, and the mutes that there are."""

    BINDINGS = [  # noqa: RUF012
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("enter", "save", show=False),
        *bindings(Scope.MUTE),
    ]

    def __init__(self, feeds: Sequence[Feed], feed: Feed | None, words: str = "") -> None:
        super().__init__(classes="form -short")
        self._feeds = feeds
        self._feed = feed
        self._given = words
        self._timer: Timer | None = None
        self._mutes: list[tuple[MuteConfig, int]] = []

    def compose(self) -> ComposeResult:
        """Four lines of a form, the preview, the mutes."""
        feed = self._feed
        where = {EVERYWHERE: "everywhere"} | ({feed.url: feed.title or feed.url} if feed is not None else {})
        self.where = Pick("Where", where, id="where")
        self.until = Pick("How long", {name: name for name in _TIMES}, "1 month", id="until")
        self.watched = Pick("Watched", {"": "kept visible", _TOO: "hidden, too"}, id="watched")
        self.preview = Facts(id="preview", raised=True)
        self.mutes = Choices(lead=5)
        yield self.box(
            "Mute",
            Field("words", "Words", self._given, 'a word, "a phrase", title:word, author:name …'),
            self.where,
            self.until,
            self.watched,
            self.preview,
            Says("", "hint", id="muted"),
            self.mutes,
            Says("", "hint", id="keys"),
        )

    def on_mount(self) -> None:
        """Show what there is."""
        self._hint()
        run_latest(self, self._show, "preview")
        run_latest(self, self._list, "mutes")

    def _hint(self, trouble: str = "") -> None:
        keys = "enter mutes · ← → choose · esc leaves"
        if self._mutes:
            again, look = self.host.key_of("remove_this"), self.host.key_of("look_at_muted")
            keys += f"\nbelow: enter looks at what is hidden, {again} shows it again, {look} looks at all"
        self.query_one("#keys", Says).say(keys, trouble)

    # -- the preview

    def typed(self) -> MuteConfig:
        """The mute that the form describes."""
        words = self.query_one("#words", Input).value.strip()
        until = end_of(self.until.value, self.host.clock())
        return MuteConfig(words, self.where.value, until, self.watched.value == _TOO)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Count anew when the typing rests."""
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_REST, lambda: run_latest(self, self._show, "preview"))

    def on_pick_changed(self) -> None:
        """Count anew."""
        run_latest(self, self._show, "preview")

    async def _show(self) -> None:
        """Tell how many articles it would hide, with the newest of them."""
        mute = self.typed()
        parsed = parse(mute.query) if mute.query else None
        if isinstance(parsed, QueryError):
            first, *rest = parsed.caret().splitlines()
            self.preview.tell((), ((first, "text"),), *(((line, "error"),) for line in rest))
            return
        if not mute.query and not mute.feed:
            self.preview.tell((), (("Type what to hide, or choose the feed.", "dim"),))
            return
        preview = await self.library.mutes.preview(mute)
        if preview.problem:
            self.preview.tell((), ((preview.problem, "error"),))
            return
        hidden: Line = (("Nothing would be hidden", "strong"),)
        if preview.hidden:
            number = counted(preview.hidden, "article")
            hidden = ((number, "strong"), (" would be hidden; none is deleted", "dim"))
        lines: list[Line] = [(), hidden]
        lines += [line for line in [cost(preview, mute.include_watched)] if line]
        lines += [((f"! {one}", "star"),) for one in preview.advice]
        self.preview.tell(*lines, *(self._sample(row, mute.query) for row in preview.samples))

    def _sample(self, row: ArticleRow, words: str) -> Line:
        title = row.title or row.url
        parsed = parse(words) if words else None
        marks = (
            spans(parsed, title, "title") if parsed is not None and not isinstance(parsed, QueryError) else []
        )
        feed = self.library.feeds.title(row.feed_id)
        return (("  ", "dim"), *marked(title, marks, "hit:"), (f" · {feed}", "dim"))

    # -- the mutes that there are

    async def _list(self) -> None:
        self._mutes = list(await self.library.mutes.all())
        hidden = sum(count for _, count in self._mutes)
        self.query_one("#muted", Says).say(
            f"Muted now, {counted(hidden, 'article')}:" if self._mutes else "Nothing is muted now"
        )
        self.mutes.show(
            [
                Choice(
                    str(at), ": ".join(filter(None, (told(mute, self._feeds), _trouble(mute)))), f"{count:>5}"
                )
                for at, (mute, count) in enumerate(self._mutes)
            ]
        )
        self.mutes.display = bool(self._mutes)
        self._hint()

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Show what the mute hides."""
        self.dismiss(Muted(look=seen_by(self._mutes[int(message.key)][0])))

    def action_look_at_muted(self) -> None:
        """Show all that is muted."""
        self.dismiss(Muted(look=View(ViewKind.QUERY, "is:muted")))

    def action_remove_this(self) -> None:
        """Take the mute under the cursor away."""
        if self.focused is self.mutes and self.mutes.current is not None:
            mute, _ = self._mutes[int(self.mutes.current)]
            run_latest(self, partial(self._unmute, mute), "save")

    async def _unmute(self, mute: MuteConfig) -> None:
        try:
            await self.library.mutes.remove(mute)
        except (TuireaderError, OSError) as error:
            self._hint(str(error))
            return
        self.dismiss(Muted(f"Shown again: {told(mute, self._feeds)}"))

    # -- saving

    async def _save(self) -> None:
        mute = self.typed()
        parsed = parse(mute.query) if mute.query else None
        if not mute.query and not mute.feed:
            self._hint("It needs words, or a feed")
        elif isinstance(parsed, QueryError):
            self._hint(str(parsed))
        elif slow := _trouble(mute):
            self._hint(slow)
        else:
            try:
                count = await self.library.mutes.add(
                    mute.query, mute.feed, mute.until, include_watched=mute.include_watched
                )
            except (TuireaderError, OSError) as error:
                self._hint(str(error))
                return
            self.dismiss(Muted(f"Muted: {told(mute, self._feeds)}; {count} hidden"))
