"""What the keys do that mark articles."""

from __future__ import annotations

from tuireader.errors import TuireaderError
from tuireader.model import Change
from tuireader.ui.screens.moving_keys import MovingKeys


class MarkingKeys(MovingKeys):
    """Read, starred, labelled, apart from its story, and all that taken back."""

    def current_article_id(self) -> int | None:
        """The open article when the pane has the focus, else the one under the cursor."""
        if self.current_pane is self.pane and self.reading.page is not None:
            return self.reading.article_id
        return self.articles.current_id

    async def _marks(self, article_id: int) -> tuple[bool, bool]:
        """Whether an article is read and starred."""
        row = self.articles.row(article_id)
        if row is None:
            rows = await self.library.rows([article_id])
            row = rows[0] if rows else None
        return (row.read, row.starred) if row is not None else (False, False)

    def chosen_ids(self) -> list[int]:
        """What is selected in the list, in its order; else, or in an open article, the current article."""
        selected = self.articles.selected
        if selected and self.current_pane is self.articles:
            listed = [article_id for article_id in self.articles.ids if article_id in selected]
            return listed + sorted(selected.difference(listed))
        current = self.current_article_id()
        return [] if current is None else [current]

    @property
    def _has_selection(self) -> bool:
        return bool(self.articles.selected) and self.current_pane is self.articles

    def action_select(self) -> None:
        article_id = self.current_article_id()
        if article_id is not None:
            self.articles.toggle_selected(article_id)
            if self.current_pane is self.articles:
                self.articles.move(1)
            self.tell_status()

    async def action_select_all(self) -> None:
        await self.listing.complete()
        ids = self.articles.ids
        self.articles.select(ids, on=not self.articles.selected.issuperset(ids))
        self.tell_status()

    async def action_toggle_read(self) -> None:
        if self._has_selection:
            ids = self.chosen_ids()
            change = await self.listing.set_read(ids, True)
            if change.ids:
                self._say_many("marked read", change)
            else:  # all of them were read
                self._say_many("marked unread", await self.listing.set_read(ids, False))
            return
        article_id = self.current_article_id()
        if article_id is not None:
            read, _ = await self._marks(article_id)
            change = await self.listing.set_read([article_id], not read)
            self._say_mark("Unread" if read else "Read", change)

    async def action_mark_read(self) -> None:
        if ids := self.chosen_ids():
            await self.listing.set_read(ids, True)

    async def action_toggle_star(self) -> None:
        if self._has_selection:
            ids = self.chosen_ids()
            change = await self.listing.set_starred(ids, True)
            if change.ids:
                self._say_many("starred", change)
            else:
                self._say_many("no longer starred", await self.listing.set_starred(ids, False))
            return
        article_id = self.current_article_id()
        if article_id is not None:
            _, starred = await self._marks(article_id)
            change = await self.listing.set_starred([article_id], not starred)
            self._say_mark("No longer starred" if starred else "Starred", change)
            self.tell_status()

    def _say_many(self, said: str, change: Change) -> None:
        self.reader.say_shortly(f"{len(change.ids)} {said} · {self.key_of('undo')} undoes")

    def _say_mark(self, said: str, change: Change) -> None:
        """Say what a mark did and how to undo it, in place of what was said of the mark before."""
        if len(change.ids) > 1:
            said = f"{said}, with {len(change.ids) - 1} more of the story"
        self.reader.say_shortly(f"{said} · {self.key_of('undo')} undoes")

    async def action_mark_list_read(self) -> None:
        await self.listing.complete()
        ids = self.articles.ids  # what is listed now, whatever a refresh adds meanwhile
        change = await self.listing.set_read(ids, True)
        undo = self.key_of("undo")
        self.reader.say(
            f"{len(change.ids)} marked read · {undo} undoes" if change.ids else "All read already"
        )

    async def action_clear_rest(self) -> None:
        away = self.refreshing.away
        if away is None or not away.ids:
            self.reader.say("Nothing has come while you were away", seconds=2)
            return
        change = await self.library.set_read(away.ids, True)
        await self.reload()
        self.reader.say(f"{change.what} · {self.key_of('undo')} undoes")

    async def action_split_story(self) -> None:
        article_id = self.current_article_id()
        if article_id is None:
            return
        change = await self.library.split_story(article_id)
        if change.ids:
            await self.reload()
        undo = self.key_of("undo")
        self.reader.say(
            f"Stands alone from now on · {undo} undoes" if change.ids else "This article stands alone already"
        )

    async def action_undo(self) -> None:
        before = self.library.config
        try:
            change: Change | None = await self.library.undo()
        except (TuireaderError, OSError) as error:
            self.reader.say(str(error), severity="warning", seconds=10)
            return
        if change is not None and change.config is not None:
            now = self.library.config
            if (now.ui, now.keys) != (before.ui, before.keys):
                self.reader.take_config()
            await self.config_changed(f"Undone: {change.what}")
            return
        self.reader.say("Nothing to undo" if change is None else f"Undone: {change.what}")
        if change is not None:
            if change.mark:
                self.articles.patch(change.ids, **{change.mark: change.value})
                self.hand_over()
            self.reload_soon()

    async def config_changed(self, said: str) -> None:
        """Say what has changed the configuration, and show what it says now."""
