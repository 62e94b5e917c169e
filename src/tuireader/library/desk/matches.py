"""The match log: proof of what was matched, reported, read and handled."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tuireader.errors import UsageError
from tuireader.export.matches import BOM, csv_lines, handed_over
from tuireader.library.articles import save_file
from tuireader.library.context import UseCases
from tuireader.library.desk.cases import Cases
from tuireader.library.searches import Searches
from tuireader.library.sending.outbox import Outbox
from tuireader.model import OutboxKind
from tuireader.model.cases import Record, Verdict, verify
from tuireader.store import Store
from tuireader.store.watches.match_log import NOT_YET
from tuireader.store.watches.records import FIRST

if TYPE_CHECKING:
    from tuireader.model import LoggedMatch

_ALL = 1 << 40


class Matches(UseCases):
    """All matches ever found, in the order in which they were logged."""

    _cases: Cases
    _outbox: Outbox
    _searches: Searches

    async def log(
        self, *, since: int = 0, until: int | None = None, watch: str | None = None
    ) -> AsyncGenerator[LoggedMatch, None]:
        """Yield the matches found within a period, of one watch if given, which may no longer exist.

        Raises UsageError for a watch that never matched. Reads a few hundred matches at a time.
        """
        if watch is not None:
            watch = await self._named(watch)
        await self.complete()
        last, reasons = 0, await self._reasons()
        while rows := await self._pool.read(
            partial(_rows, after=last, since=since, until=until, watch=watch)
        ):
            for row in rows:
                yield _with_reason(row, reasons)
            last = rows[-1].id

    async def _reasons(self) -> dict[tuple[int, str], str]:
        """Map matches that wait in the outbox to the reasons why they are not sent yet."""
        return {
            (message.subject, watch): self._outbox.reason(message)
            for message in reversed(await self._outbox.unsent())  # of several, the first one counts
            for watch in message.watches
            if message.kind is OutboxKind.MATCH
        }

    async def complete(self) -> int:
        """Compute deferred evidence; return for how many matches."""
        return await self._context.complete_log()

    async def newest(self, expression: str = "", *, since: int = 0, limit: int) -> list[LoggedMatch]:
        """List the newest matches, of the articles that an expression finds if given, newest first.

        Of a watch that the expression names, only its own. Raises UsageError for a faulty expression.
        """
        numbers: list[int] | None = None
        if expression.strip():
            articles, problem = await self._searches.run(expression, limit=_ALL)
            if problem:
                raise UsageError(problem)
            if self._cases.watches_in(expression) is None:
                numbers = await self._pool.read(lambda store: store.cases.ever(articles))
            else:
                numbers = await self._cases.selected(expression, articles)
        rows = await self._pool.read(lambda store: store.match_log.newest(numbers, since=since, limit=limit))
        reasons = await self._reasons()
        return [_with_reason(row, reasons) for row in rows]

    async def handed_over(
        self, article_ids: Sequence[int], watches: Sequence[str] | None = None
    ) -> list[str]:
        """Write the matches of articles as texts to hand over, by the template of the configuration."""
        await self._context.complete_log(article_ids)

        def read(store: Store) -> tuple[list[LoggedMatch], dict[int, str]]:
            numbers = store.cases.matches(article_ids, watches)
            rows = store.lists.rows(article_ids)
            return store.match_log.newest(numbers, limit=_ALL), {row.id: row.author for row in rows}

        rows, authors = await self._pool.read(read)
        template = self._context.config.desk.template
        return [handed_over(row, authors.get(row.article_id, ""), template) for row in reversed(rows)]

    async def export(self, expression: str, *, since: int = 0) -> Path:
        """Write matches as CSV, newest first, into the folder for saved articles; return the file."""
        await self.complete()
        rows = await self.newest(expression, since=since, limit=_ALL)
        today = time.strftime("%Y-%m-%d", time.localtime(self._context.clock()))
        content = (BOM + "".join(csv_lines(rows))).encode("utf-8", "replace")
        return (await save_file(self._context.save_folder, partial(_file_name, today), content))[0]

    async def records(self) -> AsyncGenerator[Record, None]:
        """Yield all records of the log, in the order of their chain, some thousand in one reading."""
        await self.complete()
        last = FIRST
        while rows := await self._pool.read(partial(_records, after=last)):
            for _, record in rows:
                yield record
            last = rows[-1][0]

    async def verify(self, head: str = "") -> Verdict:
        """Follow the chain of records, and compare it with the log that it records."""
        await self.complete()

        def check(store: Store) -> Verdict:
            verdict = verify((record for _, record in store.records.all()), head)
            return replace(verdict, fault=verdict.fault or store.records.unrecorded())

        return await self._pool.read(check)

    async def _named(self, name: str) -> str:
        """Spell a watch's name as in the configuration, else as in the log."""
        known = [known_name.name for known_name in self._context.config.watches]
        known += await self._pool.read(lambda store: store.match_log.watches())
        for known_name in known:
            if known_name.casefold() == name.casefold():
                return known_name
        raise UsageError(f"there is no watch {name!r}", "`tuireader watch list` shows them")


def _with_reason(row: LoggedMatch, reasons: Mapping[tuple[int, str], str]) -> LoggedMatch:
    """Say of a match that is not told yet what it waits for."""
    reason = row.not_told == NOT_YET and reasons.get((row.article_id, row.watch))
    return replace(row, not_told=reason) if reason else row


def _rows(store: Store, *, after: int, since: int, until: int | None, watch: str | None) -> list[LoggedMatch]:
    return store.match_log.rows(after, since=since, until=until, watch=watch)


def _file_name(today: str, number: int) -> str:
    return f"matches-{today}{f'-{number}' if number > 1 else ''}.csv"


def _records(store: Store, *, after: int) -> list[tuple[int, Record]]:
    return list(store.records.some(after))
