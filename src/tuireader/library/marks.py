"""Marks on articles, labels, and undo."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader.errors import TuireaderError
from tuireader.library.context import UseCases
from tuireader.model import Change, FoldedRows, Label
from tuireader.store import Store


class Marks(UseCases):
    """Mark articles, and undo changes. Every change returns the articles that changed."""

    async def set_read(
        self,
        ids: Sequence[int],
        read: bool,
        *,
        journal: bool = True,
        stories: bool = False,
        rows: FoldedRows | None = None,
    ) -> Change:
        """Mark articles read or unread.

        With `stories`, also mark the other articles of their rows, in any feed, except those on a watch;
        with `rows`, those that they stand for in a folded list. Changes with `journal=False`, such as opening
        an article, cannot be undone.
        """

        def change(store: Store) -> Change:
            marked = store.stories.with_rows(ids) if stories else ids
            if rows is not None:
                marked = [*ids, *store.lists.behind(rows, ids, self._context.today())]
            return store.marks.set("read", marked, read, now=self._now(), journal=journal)

        return await self._transact(change)

    async def set_starred(self, ids: Sequence[int], starred: bool) -> Change:
        return await self._transact(lambda store: store.marks.set("starred", ids, starred, now=self._now()))

    async def keep_place(self, article_id: int, place: int) -> None:
        """Remember the reading position in an article, in characters of its text."""
        await self._transact(lambda store: store.marks.set_place(article_id, place))

    async def note_opened(self, ids: Sequence[int]) -> None:
        """Remember for the statistics that the user has opened articles."""
        await self._transact(lambda store: store.marks.note_opened(ids))

    async def split_story(self, article_id: int) -> Change:
        """Remove an article from its story for good; undo restores the story.

        Returns the article and the others of its story; none when it has no story.
        """
        return await self._transact(lambda store: store.marks.split(article_id, now=self._now()))

    async def lacks(self, mark: str, ids: Sequence[int], value: bool = True) -> bool:
        """Check whether any of some articles lacks this value of `read` or `starred`."""
        return await self._pool.read(lambda store: store.marks.any_differs(mark, ids, value))

    async def newest_step(self, before: int = 0) -> Change | None:
        """Step that undo would revert next, or the step before a given one, if any."""
        return await self._pool.read(lambda store: store.marks.newest(before))

    async def undo(self, step: Change | None = None) -> Change | None:
        """Undo the last mark or change of the configuration, if any, even from before a restart.

        With `step`, undo only this step, and only if it is the last one. Raises TuireaderError when the
        configuration was edited since; the change then stays, and the next undo reverts the step before.
        """
        by = self._context.person
        change = await self._transact(lambda store: store.marks.undo(step, by=by, now=self._now()))
        if change is not None and change.config is not None:
            await self._context.undo_config(change, change.config)
        return change


class Labels(UseCases):
    """Labels that the user gives to articles."""

    async def all(self, ids: Sequence[int] = ()) -> list[Label]:
        """List all labels, most used first, each with its number of articles among `ids`."""
        return await self._pool.read(lambda store: store.labels.all(ids))

    async def set(self, name: str, ids: Sequence[int], value: bool) -> Change:
        """Add a label, in any spelling, to articles, or remove it. Raises TuireaderError without a name."""
        _check_label(name)
        return await self._transact(lambda store: store.marks.label(name, ids, value, now=self._now()))

    async def remove(self, name: str) -> Change:
        """Remove a label from all articles; undo restores it."""
        return await self._transact(
            lambda store: store.marks.label(name, store.labels.articles_with(name), False, now=self._now())
        )

    async def rename(self, name: str, new: str) -> Change:
        """Rename a label, or merge it into an existing one. Raises TuireaderError for an empty name."""
        _check_label(new)
        return await self._transact(lambda store: store.marks.rename_label(name, new, now=self._now()))


def _check_label(name: str) -> None:
    from tuireader.dedup import label_name

    if not label_name(name):
        raise TuireaderError("a label needs a name", "use letters or digits, such as: to read")
