"""What the keys do that move, open and go back."""

from __future__ import annotations

from tuireader.model import ArticleRow, View
from tuireader.ui.screens.reading_keys import ReadingKeys
from tuireader.ui.widgets.pane import Pane


class MovingKeys(ReadingKeys):
    """Moving in a pane, from pane to pane, from article to article, and back."""

    def action_pane(self, command_id: str) -> None:
        self.current_pane.act(command_id)
        self.tell_status()

    def action_next_pane(self) -> None:
        self._turn(1)

    def action_previous_pane(self) -> None:
        self._turn(-1)

    def _turn(self, step: int) -> None:
        panes: list[Pane] = [self.sidebar, self.articles]
        if self.reading.page is not None:
            panes.append(self.pane)
        at = panes.index(self.current_pane) if self.current_pane in panes else 1
        self.go_to(panes[(at + step) % len(panes)])

    async def action_next_article(self) -> None:
        await self._step(1)

    async def action_previous_article(self) -> None:
        await self._step(-1)

    async def _step(self, step: int) -> None:
        """Go to another article of the list; it is opened where one is open."""
        self.articles.move(step)
        self.tell_status()
        article_id = self.articles.current_id
        if self.reading.page is not None and article_id is not None and article_id != self.reading.article_id:
            await self.open_article(article_id)

    async def action_next_unread(self) -> None:
        await self._unread(1)

    async def action_previous_unread(self) -> None:
        await self._unread(-1)

    async def _unread(self, step: int) -> None:
        """Open the next unread article of this view, or of the next view that has one."""
        article_id = await self.listing.unread.next(step)
        if article_id is None:
            for view in self._views_with_unread(step):
                await self.show_view(view)
                self.sidebar.select(view)
                article_id = await self.listing.unread.next(step)
                if article_id is not None:
                    break
        if article_id is None:
            self.host.say("Nothing unread" if self.is_counted else "Still counting what is unread …")
        else:
            await self.open_article(article_id)

    def _views_with_unread(self, step: int) -> list[View]:
        lines = [entry for entry in self.sidebar.items if entry.view is not None]
        views = [entry.view for entry in lines]
        at = views.index(self.listing.view) if self.listing.view in views else -1
        around = (lines[at + 1 :] + lines[: max(0, at)])[::step]
        return [entry.view for entry in around if entry.view is not None and entry.unread]

    # -- open and back

    async def row_here(self) -> ArticleRow | None:
        """The article under the cursor, also if it came there just now and is not painted yet."""
        row, current = self.articles.current_row, self.articles.current_id
        if row is None and current is not None:
            row = next(iter(await self.marking.rows([current])), None)
        return row

    async def action_open(self) -> None:
        pane = self.current_pane
        if pane is self.sidebar:
            self.sidebar.open_current()
        elif pane is self.pane:
            self.pane.open_chosen()
        elif (article_id := self.articles.current_id) is not None:
            if article_id == self.reading.article_id:
                self.go_to(self.pane)
            else:
                await self.open_article(article_id)

    async def action_page_or_next_unread(self) -> None:
        if self.current_pane is self.sidebar and self.sidebar.fold_current():
            return
        if self.reading.page is not None:
            if self.pane.at_end:
                await self.action_next_unread()
            else:
                self.pane.page(1)
            return
        row = await self.row_here()
        if row is not None and not row.read:
            await self.open_article(row.id)
        else:
            await self.action_next_unread()

    async def action_back(self) -> None:
        if await self._back():
            return
        if self.current_pane is not self.sidebar:
            self.go_to(self.sidebar)
        elif self.is_wide:
            self.sidebar.fold_current()
        else:
            self.go_to(self.articles)

    async def action_quit_or_back(self) -> None:
        if await self._back():
            return
        if self.current_pane is self.sidebar and self.has_class("-sidebar") and not self.is_wide:
            self.go_to(self.articles)
        elif self.reading.page is not None:
            await self.close_article()
        else:
            await self.host.leave(0)

    async def _back(self) -> bool:
        """Leave the relatives, a followed article, zen, the article, the selection or the search, in turn."""
        if self.current_pane is self.pane and self.reading.page is not None:
            if self.leave_find():
                pass
            elif self.pane.chosen >= 0:
                self.pane.choose(-1)
            elif self.reading.depth:
                await self.reading.back()
                if self.reading.article_id is not None:
                    self.articles.select_id(self.reading.article_id)
                self.tell_status()
            elif self.has_class("-zen"):
                self.go_to(self.pane)
            else:
                await self.close_article()
            return True
        if self.articles.selected and self.current_pane is self.articles:
            self.articles.select(list(self.articles.selected), on=False)
            self.tell_status()
            return True
        if self.listing.filter and self.current_pane is self.articles:
            self.leave_filter()
            return True
        if self.before_search is not None and self.current_pane is self.articles:
            self.leave_search()
            return True
        return False
