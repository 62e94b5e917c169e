"""The match log: proof of what was matched, reported, read and handled; and handling matches."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tuireader import ingest, query
from tuireader.delivery.notify import is_quiet
from tuireader.errors import UsageError
from tuireader.library.context import UseCases
from tuireader.model.cases import Record, Verdict, verify
from tuireader.store import Store
from tuireader.store.watches.match_log import NOT_YET
from tuireader.store.watches.records import FIRST
from tuireader.text import clean

if TYPE_CHECKING:
    from tuireader.model import Case, CaseState, Change, LoggedMatch

NOTE_LENGTH = 2_000  # characters of a note
_EXPLAINED = 200  # number of matches whose evidence one transaction completes


class Matches(UseCases):
    """All matches ever found, in the order in which they were logged."""

    async def log(
        self, *, since: int = 0, until: int | None = None, watch: str | None = None
    ) -> AsyncGenerator[LoggedMatch, None]:
        """Yield the matches found within a period, of one watch if given, which may no longer exist.

        Raises UsageError for a watch that never matched. Reads a few hundred matches at a time.
        """
        if watch is not None:
            watch = await self._named(watch)
        await self._complete()
        quiet = self._quiet()
        last = 0
        while rows := await self._pool.read(
            partial(_rows, after=last, since=since, until=until, watch=watch)
        ):
            for row in rows:
                yield replace(row, not_told=quiet) if quiet and row.not_told == NOT_YET else row
            last = rows[-1].id

    def _quiet(self) -> str:
        """Say until when quiet hours keep a notification waiting; `""` outside them."""
        quiet, here = self._context.config.notify.quiet, time.localtime(self._context.clock())
        if not is_quiet(quiet, here.tm_hour * 60 + here.tm_min):
            return ""
        return f"quiet hours until {quiet.partition('-')[2]}"

    async def _complete(self) -> None:
        """Compute deferred evidence."""
        context = self._context
        while await self._transact(
            lambda store: ingest.complete_log(
                store, context.matcher, context.feed_names, _EXPLAINED, self._now()
            )
        ):
            pass

    async def cases(self, article_ids: Sequence[int], watch: str | None = None) -> list[Case]:
        """List the cases of articles, of one watch if given."""
        return await self._pool.read(lambda store: store.cases.of(article_ids, watch))

    async def in_use(self) -> bool:
        """Return whether matches are cases: the desk was used."""
        return await self._pool.read(lambda store: store.cases.in_use())

    async def of(self, article_ids: Sequence[int], watches: Sequence[str] | None = None) -> list[int]:
        """List the numbers of the matches of articles, of some watches if given."""
        return await self._pool.read(lambda store: store.cases.matches(article_ids, watches))

    async def selected(self, expression: str, article_ids: Sequence[int]) -> list[int]:
        """List the matches of articles that an expression found: of the watches that it names, if any."""
        parsed = query.parse(expression)
        root = parsed.root if isinstance(parsed, query.Query) else query.And()
        nodes = root.nodes if isinstance(root, query.And) else (root,)
        named = [
            node
            for node in nodes
            if isinstance(node, query.Text | query.Name | query.Regex) and node.field == "watch"
        ]
        names = [item.name for item in self._context.config.watches]
        fitting = [name for name in names if all(query.named_by(node, name) for node in named)]
        return await self.of(article_ids, fitting if named else None)

    async def require(self, numbers: Sequence[int]) -> None:
        """Raise UsageError for a number that no match has."""

        def check(store: Store) -> tuple[list[int], list[int]]:
            unknown = store.cases.unknown(numbers)
            return unknown, store.cases.matches_of(unknown[0]) if unknown else []

        unknown, others = await self._pool.read(check)
        if unknown:
            hint = "`tuireader matches` shows the numbers in its last column"
            if others:
                hint = f"article {unknown[0]} has the matches {', '.join(map(str, others))}"
            raise UsageError(f"there is no match {unknown[0]}", hint)

    async def set_state(self, numbers: Sequence[int], state: CaseState) -> Change:
        """Set the state of matches; undo restores it. The first one begins the desk."""
        by = self.name
        return await self._transact(lambda store: store.marks.handle(numbers, state, by=by, now=self._now()))

    async def handle(
        self, article_ids: Sequence[int], state: CaseState, watch: str | None = None, *, stories: bool = False
    ) -> Change:
        """Set the state of the matches of articles: those not handled yet, or all if there are none.

        With `stories`, also those of the other articles of their stories.
        """
        by = self.name

        def write(store: Store) -> Change:
            ids = store.stories.with_stories(article_ids) if stories else article_ids
            numbers = store.cases.chosen(ids, watch, state)
            return store.marks.handle(numbers, state, by=by, now=self._now())

        return await self._transact(write)

    async def set_note(self, numbers: Sequence[int], note: str) -> Change:
        """Set the note of matches, `""` for none; undo restores the one before."""
        by, text = self.name, clean(note, NOTE_LENGTH)
        return await self._transact(
            lambda store: store.marks.set_case_note(numbers, text, by=by, now=self._now())
        )

    async def erase_notes(self, numbers: Sequence[int]) -> int:
        """Remove all notes that matches ever had, for good; return how many had any."""
        by = self.name
        return await self._transact(lambda store: store.cases.erase_notes(numbers, by=by, now=self._now()))

    @property
    def name(self) -> str:
        """Who handles matches here: as configured, else the login."""
        if name := self._context.config.desk.name:
            return name
        from getpass import getuser

        with suppress(OSError, KeyError, ImportError):  # a login without a name
            return clean(getuser(), 80)
        return ""

    async def counts(self) -> dict[str, dict[str, int]]:
        """Map watches to the numbers of their cases by state."""
        return await self._pool.read(lambda store: store.cases.counts())

    async def false_alarms(self, watch: str) -> dict[str, tuple[int, int]]:
        """Map the terms of a watch to their false alarms and all their handled cases."""
        return await self._pool.read(lambda store: store.cases.false_alarms(watch))

    async def records(self) -> AsyncGenerator[Record, None]:
        """Yield all records of the log, in the order of their chain, some thousand in one reading."""
        await self._complete()
        last = FIRST
        while rows := await self._pool.read(partial(_records, after=last)):
            for _, record in rows:
                yield record
            last = rows[-1][0]

    async def verify(self, head: str = "") -> Verdict:
        """Follow the chain of records, and compare it with the log that it tells of."""
        await self._complete()

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


def _rows(store: Store, *, after: int, since: int, until: int | None, watch: str | None) -> list[LoggedMatch]:
    return store.match_log.rows(after, since=since, until=until, watch=watch)


def _records(store: Store, *, after: int) -> list[tuple[int, Record]]:
    return list(store.records.some(after))
