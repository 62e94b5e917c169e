"""Cases: handle matches, and see how far each was handled."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader import query
from tuireader.errors import UsageError
from tuireader.library.context import UseCases
from tuireader.model import Case, CaseState, Change
from tuireader.store import Store
from tuireader.text import clean

_LENGTH = 2_000  # characters of a note


class Cases(UseCases):
    """Matches as cases, from the first use of the desk on."""

    async def of(self, article_ids: Sequence[int]) -> list[Case]:
        """List the cases of articles."""
        return await self._pool.read(lambda store: store.cases.of(article_ids))

    async def in_use(self) -> bool:
        """Return whether matches are cases: the desk was used."""
        return await self._pool.read(lambda store: store.cases.in_use())

    async def matches_of(self, article_ids: Sequence[int], watches: Sequence[str] | None = None) -> list[int]:
        """List the numbers of the matches of articles, of some watches if given."""
        return await self._pool.read(lambda store: store.cases.matches(article_ids, watches))

    async def selected(self, expression: str, article_ids: Sequence[int]) -> list[int]:
        """List the matches of articles that an expression found: of the watches that it names, if any."""
        return await self.matches_of(article_ids, self.watches_in(expression))

    def watches_in(self, expression: str) -> list[str] | None:
        """List the watches that an expression names; None if it names none."""
        parsed = query.parse(expression)
        if isinstance(parsed, query.QueryError):
            return None
        return query.named_watches(parsed.root, [item.name for item in self._context.config.watches])

    async def require(self, numbers: Sequence[int]) -> None:
        """Raise UsageError for a number that no match has."""

        def check(store: Store) -> tuple[list[int], list[int]]:
            unknown = store.cases.unknown(numbers)
            return unknown, store.cases.ever(unknown[:1]) if unknown else []

        unknown, others = await self._pool.read(check)
        if unknown:
            hint = "`tuireader matches` shows the numbers in its last column"
            if others:
                hint = f"article {unknown[0]} has the matches {', '.join(map(str, others))}"
            raise UsageError(f"there is no match {unknown[0]}", hint)

    async def set_state(self, numbers: Sequence[int], state: CaseState) -> Change:
        """Set the state of matches; undo restores it. The first one begins the desk."""
        by = self._context.person
        return await self._transact(lambda store: store.marks.handle(numbers, state, by=by, now=self._now()))

    async def handle(
        self,
        article_ids: Sequence[int],
        state: CaseState,
        watches: Sequence[str] | None = None,
        *,
        stories: bool = False,
    ) -> Change:
        """Set the state of the matches of articles: those not handled yet, or all if there are none.

        With `stories`, also those of the other articles of their rows.
        """
        by = self._context.person

        def write(store: Store) -> Change:
            folds = store.stories.folds(article_ids) if stories else ()
            others = (member for fold in folds for member in store.stories.members(fold))
            numbers = store.cases.to_handle([*article_ids, *others], watches, state)
            return store.marks.handle(numbers, state, by=by, now=self._now())

        return await self._transact(write)

    async def set_note(self, numbers: Sequence[int], note: str) -> Change:
        """Set the note of matches, `""` for none; undo restores the one before."""
        by, text = self._context.person, clean(note, _LENGTH)
        return await self._transact(
            lambda store: store.marks.set_case_note(numbers, text, by=by, now=self._now())
        )

    async def note_of(self, numbers: Sequence[int]) -> str:
        """Return the note that all of some matches have, `""` if they differ."""

        def read(store: Store) -> str:
            notes = {case.match: case.note for case in store.cases.of(store.cases.articles(numbers))}
            given = {notes.get(number, "") for number in numbers}
            return given.pop() if len(given) == 1 else ""

        return await self._pool.read(read)

    async def erase_notes(self, numbers: Sequence[int]) -> int:
        """Remove all notes that matches ever had, for good; return how many had any."""
        by = self._context.person
        count = await self._transact(lambda store: store.cases.erase_notes(numbers, by=by, now=self._now()))
        await self._pool.write(lambda store: store.empty_log())
        return count
