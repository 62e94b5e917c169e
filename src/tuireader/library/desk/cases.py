"""Cases: handle matches, and see how far each was handled."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from tuireader import query
from tuireader.errors import UsageError
from tuireader.library.context import UseCases
from tuireader.model import Case, CaseState, Change
from tuireader.store import Store
from tuireader.text import clean

_LENGTH = 2_000  # characters of a note


class Cases(UseCases):
    """Matches as cases, from the first use of the desk on."""

    async def of(self, article_ids: Sequence[int], watch: str | None = None) -> list[Case]:
        """List the cases of articles, of one watch if given."""
        return await self._pool.read(lambda store: store.cases.of(article_ids, watch))

    async def in_use(self) -> bool:
        """Return whether matches are cases: the desk was used."""
        return await self._pool.read(lambda store: store.cases.in_use())

    async def matches_of(self, article_ids: Sequence[int], watches: Sequence[str] | None = None) -> list[int]:
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
        return await self.matches_of(article_ids, fitting if named else None)

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
        by, text = self.name, clean(note, _LENGTH)
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
