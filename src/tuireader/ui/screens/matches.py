"""Log of matches: when each was published, seen, matched, told, read and handled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial, partialmethod

from tuireader.commands import Scope
from tuireader.model import CaseState, LoggedMatch
from tuireader.query.identifiers import explained
from tuireader.text.wording import counted
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import Form
from tuireader.ui.flows.articles import show_edits
from tuireader.ui.flows.cases import handle_match, note_matches
from tuireader.ui.flows.context import Asking, Flow, Outcome
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.field import Field
from tuireader.ui.widgets.table import Cell, Cells, Column, Table
from tuireader.ui.workers import run_latest
from tuireader.wording.lines import Line
from tuireader.wording.moments import moment
from tuireader.wording.times import by_channels, full_time, short_time

MOST = 1_000
"""Number of matches listed, the newest first; a filter or a period finds older ones."""


class Matches(TableScreen[int, LoggedMatch]):
    """Table of logged matches, newest first; enter opens the article at the sentence."""

    COLUMNS = (
        Column("mark", "", 1),
        Column("matched", "Matched", 12),
        Column("watch", "Watch", {150: 20, 70: 12}, least=70),
        Column("title", "Article"),
        Column("feed", "Feed", 24, least=150),
        Column("told", "Told", {150: 26, 110: 14}, least=110),
        Column("read", "Read", 12, least=80),
        Column("state", "State", 13, least=60),
    )
    PLACE = Scope.MATCHES

    expression = period = ""

    @property
    def columns(self) -> Sequence[Column]:
        has_states = self.flows.main.session.desk
        return [column for column in self.COLUMNS if has_states or column.name != "state"]

    def on_mount(self) -> None:
        """Show the log again once evidence that is still missing was computed."""
        run_latest(self, self._complete, "complete")

    async def _complete(self) -> None:
        if await self.library.matches.complete():
            self.reload()

    async def read(self) -> Sequence[LoggedMatch]:
        since = self._since(self.period)
        return await self.library.matches.newest(self.expression, since=since, limit=MOST)

    def _since(self, period: str) -> int:
        """Time at which a period begins. Raises UsageError."""
        return moment("Since", period, self.now) if period else 0

    def cells(self, match: LoggedMatch) -> Cells:
        look = "dim" if match.read is not None else "text"
        return {
            "mark": Cell("◆", f"watch:{match.watch}"),
            "matched": Cell(short_time(match.matched), look),
            "watch": Cell(match.watch, look),
            "title": Cell(match.title or match.url, look),
            "feed": Cell(match.feed, "dim"),
            "told": Cell(_when(match.told, match.not_told), "dim"),
            "read": Cell(_when(match.read, "–"), "dim"),
            "state": Cell(match.state, look),
        }

    @property
    def empty_text(self) -> str:
        return "No match is like that" if self.expression or self.period else "No matches yet"

    def summary(self) -> str:
        """Return `12 matches of watch:X since 7d`."""
        count = f"the newest {MOST:,} matches" if len(self.items) == MOST else ""
        of = f" of {self.expression}" if self.expression else ""
        since = f" since {self.period}" if self.period else ""
        return f"{count or counted(len(self.items), 'match', 'matches')}{of}{since}"

    def about(self, match: LoggedMatch) -> list[Line]:
        """Show all that the log says of a match."""
        terms = f" · {match.term} in {match.field}" if match.term else ""
        lines: list[Line] = [
            ((f"◆ {match.watch}", f"watch:{match.watch}"), (terms, "dim"), (f" · match {match.id}", "dim"))
        ]
        lines += [((f"“{match.sentence}”", "text"),)] * bool(match.sentence)
        if counts := match.occurrences | match.ids:
            lines.append(((f"with {explained('', counts)}", "text"),))
        published = full_time(match.published, self.now) if match.published is not None else "not dated"
        times = f"published {published} · first seen {full_time(match.fetched, self.now)}"
        lines.append(((f"{match.feed} · {times} · matched {short_time(match.matched)}", "dim"),))
        ended = f" · matched until edited {short_time(match.ended)}" if match.ended else ""
        lines.append(((f"{told(match)} · {_when(match.read, 'not read', 'read')}{ended}", "dim"),))
        if match.state:
            by = f" by {match.by}" if match.by else ""
            at = f", {full_time(match.at, self.now)}" if match.at else ""
            lines.append(
                ((f"{match.state}{by}{at}", "text"), (f" · {match.note}" if match.note else "", "text"))
            )
        return lines

    def keys(self) -> list[tuple[str, str]]:
        shared = [("filter", "Filter"), ("save", "Export")]
        handling = [("match_done", "Done"), ("match_false", "False alarm"), ("match_note", "Note")]
        return [("open", "Article"), *handling, ("changes", "Changes"), *shared] if self.items else shared

    def on_table_chosen(self, message: Table.Chosen) -> None:
        self.dismiss(self.items[message.key].article_id)

    async def action_filter(self) -> None:
        await self.flows.run(self._filter)

    async def _filter(self, main: Controllers, ask: Asking) -> Outcome | None:
        async def save(values: Mapping[str, str]) -> Outcome:
            self._since(values["period"])
            await self.library.matches.newest(values["expression"], limit=1)
            self.expression, self.period = values["expression"], values["period"]
            return Outcome()

        lines = [
            Field("expression", "Articles", self.expression, "an expression, such as watch:WeChat is:open"),
            Field("period", "Since", self.period, "7d, 2026-11-03, yesterday or monday"),
        ]
        outcome = await ask(Form("Filter the log", lines, save))
        self.reload()
        return outcome

    async def action_save(self) -> None:
        """Export what is listed as CSV, into the folder for saved articles."""
        since = self._since(self.period)
        path = await self.library.matches.export(self.expression, since=since)
        self.host.say(f"Exported: {path}")

    async def action_changes(self) -> None:
        await self.run_here(lambda main, ask, match: show_edits(main, ask, match.article_id, match.title))

    async def action_match_note(self) -> None:
        if self.current is not None:
            await self._handle(partial(note_matches, numbers=[self.current.id]))

    async def _set(self, state: CaseState) -> None:
        if self.current is not None:
            await self._handle(partial(handle_match, number=self.current.id, state=state))

    action_match_done = partialmethod(_set, CaseState.DONE)
    action_match_false = partialmethod(_set, CaseState.FALSE_ALARM)
    action_match_open = partialmethod(_set, CaseState.OPEN)

    async def _handle(self, flow: Flow) -> None:
        """Handle the match under the cursor, and go on to the next one."""

        async def handle(main: Controllers, ask: Asking) -> Outcome | None:
            outcome = await flow(main, ask)
            if outcome is not None:
                self.table.act("move_down")
                self.reload()
            return outcome

        await self.flows.run(handle)


def told(match: LoggedMatch) -> str:
    """Say when and how a match was told, or why not."""
    if match.told is None:
        return f"not told: {match.not_told}"
    return f"{_when(match.told, '', 'told')}{by_channels(match.told, match.sent)}"


def _when(at: int | None, never: str, what: str = "") -> str:
    """Write a time after a word; 0 is an unknown time."""
    if at is None:
        return never
    return f"{what} {short_time(at)}".strip() if at else what or "yes"
