"""Commands that mark articles: read, starred, selected, split from a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tuireader.model import FoldedRows, UnreadRows
from tuireader.text.wording import counted, rows_and_articles
from tuireader.ui.controllers.chosen import Chosen
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.listing import Listing
from tuireader.ui.controllers.mark_steps import OPENED, Step
from tuireader.ui.controllers.marks import Marks


@dataclass(eq=False)
class MarkCommands(Controller):
    """Mark the chosen articles, and confirm it in a toast."""

    listing: Listing
    marks: Marks
    chosen: Chosen

    async def set_read(
        self,
        ids: Sequence[int],
        read: bool,
        *,
        journal: bool = True,
        reading: bool = False,
        rows: FoldedRows | None = None,
        folded: int = 0,
    ) -> Step:
        """Mark articles, at once in the list. Without `journal`, undo ignores the change.

        `reading` means that the user opened an article: if so configured, its story is marked too, except
        those on a watch. With `rows`, articles of a folded list are marked with those that they stand for.
        `folded` is the number of their rows in the list, by default as many as articles.
        """
        kept = set[int]() if not read or self.session.shows_read else self.session.kept
        kept.update(ids)
        self.articles.patch(ids, read=read)
        self.changed()
        write = partial(
            self.library.marks.set_read,
            read=read,
            journal=journal,
            stories=reading and self._reads_stories(ids),
            rows=rows,
        )
        what = f"{rows_and_articles(folded or len(ids), len(ids))} marked {'read' if read else 'unread'}"
        step = await self.marks.do(Step(what, write, mark="read", ids=ids, value=read, undoable=journal))
        kept.update(step.changed_ids)
        if reading and step.done.is_set():
            await self._show_unread(ids[0])
        elif reading:  # only the store knows which others of the story become read
            self.articles.run_worker(self._show_unread_once(step, ids[0]), group="story")
        return step

    async def read_rest(self, article_id: int) -> None:
        """Mark the articles folded behind one as read, except those on a watch."""
        if self._reads_stories([article_id]):
            await self.set_read([article_id], True, reading=True)
        else:
            await self._show_unread(article_id)

    async def note_opened(self, article_id: int) -> None:
        """Store that an article was opened, without waiting for the write."""
        step = Step("", self.library.marks.note_opened, OPENED, (article_id,), undoable=False)
        await self.marks.do(step, wait=False)

    async def _show_unread_once(self, step: Step, article_id: int) -> None:
        await step.done.wait()
        if not step.failed:
            await self._show_unread(article_id)

    async def _show_unread(self, article_id: int) -> None:
        """Show the next unread article of a folded story below the one that was read."""
        articles, token = self.articles, self.listing.token
        if not self.session.folds or self.session.expression:
            return
        left = await self.library.lists.next_unread_in_story(self.session.stored_view, article_id)
        new = [left] if left is not None and left not in articles.ids else []
        rows = await self.library.lists.rows(new, details=articles.is_cosy) if new else []
        if not rows or token != self.listing.token:
            return
        self.session.kept.add(article_id)
        if not articles.insert(rows[0], after=article_id):
            await self.listing.reload()

    def _reads_stories(self, ids: Sequence[int]) -> bool:
        """Decide whether opening an article marks its story as read: not if all sources are shown."""
        if not self.session.folds or not self.library.config.ui.read_story:
            return False
        row = self.articles.row(ids[0]) if len(ids) == 1 else None
        return row is None or row.fold not in self.session.open_stories

    async def set_starred(self, ids: Sequence[int], starred: bool) -> Step:
        self.articles.patch(ids, starred=starred)
        self.changed()
        write = partial(self.library.marks.set_starred, starred=starred)
        what = f"{counted(len(ids), 'article')} {'starred' if starred else 'no longer starred'}"
        return await self.marks.do(Step(what, write, mark="starred", ids=ids, value=starred))

    def select(self) -> None:
        """Select or deselect the current article; in the list, move on."""
        article_id = self.chosen.article_id
        if article_id is not None:
            self.articles.toggle_selected(article_id)
            if self.panes.in_list:
                self.articles.move(1)

    async def select_all(self) -> None:
        """Select all articles of the list, or none if all are selected."""
        if not await self.listing.complete():
            return
        ids = self.articles.ids
        self.articles.select(ids, on=not self.articles.selected.issuperset(ids))

    async def toggle_read(self) -> None:
        """Mark the chosen articles as read, or as unread if all are read."""
        if ids := self.chosen.ids:
            read = await self._lacks("read", ids)
            self._say_marked("Read" if read else "Unread", await self._set_rows(ids, read))

    async def _set_rows(self, ids: Sequence[int], read: bool) -> Step:
        """Mark what the chosen rows stand for; only the articles if `read_story` is off, or one is open."""
        whole = self.library.config.ui.read_story and (read or not self.chosen.in_article)
        return await self.set_read(ids, read, rows=self.listing.folded_rows if whole else None)

    async def toggle_star(self) -> None:
        """Star the chosen articles, or unstar them if all are starred."""
        if ids := self.chosen.ids:
            star = await self._lacks("starred", ids)
            self._say_marked("Starred" if star else "No longer starred", await self.set_starred(ids, star))

    async def _lacks(self, mark: str, ids: Sequence[int]) -> bool:
        row = self.articles.row(ids[0]) if len(ids) == 1 else None  # if loaded, no need to ask the store
        if row is None:
            return await self.marks.lacks(mark, ids)
        return not (row.read if mark == "read" else row.starred)

    async def mark_read(self) -> None:
        if ids := self.chosen.ids:
            await self._set_rows(ids, True)

    async def read_in_browser(self) -> bool:
        """Open the current article in the browser and mark it as read; return False if there is none."""
        article_id = self.chosen.article_id
        await self.host.browse((await self.chosen.address())[0])
        if article_id is None:
            return False
        step = await self.set_read([article_id], True, reading=True)
        if step.changed_ids:
            self._say_marked("Read", step)
        await self.note_opened(article_id)
        return True

    async def unread_rows(self) -> tuple[UnreadRows, UnreadRows] | None:
        """Find what is unread in the list, and that without what is spared; None if another list comes."""
        rows = self.listing.folded_rows
        if not await self.listing.complete():
            return None
        ids = self.articles.ids

        async def read() -> tuple[UnreadRows, UnreadRows]:
            stored = await self.library.lists.unread_in(rows, ids)
            unread = (await self.marks.unread(stored)).intersection([*stored, *ids])
            return await self.library.lists.unread_rows(list(unread))

        return await self.marks.steady(read)

    async def split_story(self) -> None:
        article_id = self.chosen.article_id
        if article_id is None:
            return
        step = await self.marks.do(
            Step("an article removed from its story", lambda _: self.library.marks.split_story(article_id))
        )
        if not step.done.is_set():
            self.host.say_shortly("Removing it from its story …")
        elif step.change is not None:
            split = f"Removed from its story{self.host.undo_hint}"
            self.host.say(split if step.change.ids else "This article is not part of a story")

    async def retry(self) -> None:
        self.host.say(await self.marks.retry(), seconds=2)

    def _say_marked(self, single: str, step: Step) -> None:
        """Confirm a mark in a toast that replaces the one before."""
        if not step.failed:
            several = self.chosen.is_selection or len(step.changed_ids) > 1
            self.host.say_shortly(f"{step.what if several else single}{self.host.undo_hint}")
