"""Navigation between views and articles, and back."""

from __future__ import annotations

from dataclasses import dataclass

from tuireader.model import Article, View, ViewKind
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.listing import Listing
from tuireader.ui.controllers.mark_commands import MarkCommands
from tuireader.ui.controllers.previews import Previews
from tuireader.ui.controllers.reader import Reader
from tuireader.ui.controllers.search import Search
from tuireader.ui.drawing.page_parts import Target
from tuireader.ui.views import ALL, around


@dataclass(eq=False)
class Navigation(Controller):
    """Shows views in the list, opens articles in the pane, and goes back step by step."""

    listing: Listing
    reader: Reader
    marking: MarkCommands
    search: Search
    previews: Previews

    async def show_view(self, view: View) -> None:
        self.panes.close_search()
        await self.listing.show(view)
        self.changed()

    async def go_to_view(self, view: View) -> None:
        """Close what is open and go to a view that was chosen elsewhere."""
        await self.close_quietly()
        self.session.before_search = None
        await self.show_view(view)
        self.panes.sidebar.select(view)
        await self._enter_list()

    async def preview_view(self, view: View, *, leave: bool) -> None:
        """Show the view under the cursor of the sidebar; with `leave`, go to the list."""
        if view != self.session.view:
            self.session.before_search = None
            await self.show_view(view)
        if leave:
            await self.close_quietly()
            await self._enter_list()
            self.changed()

    async def _enter_list(self) -> None:
        self.panes.go_to(self.articles)
        if self.as_newsboat:
            self.articles.act("top")
            if (first := await self.listing.next_unread(1)) is not None:
                self.articles.select_id(first)

    @property
    def as_newsboat(self) -> bool:
        """True if keys do what they do in newsboat: there, `q` in a list goes to the feeds."""
        return self.session.config.ui.preset == "newsboat"

    async def leave_missing_view(self) -> None:
        """Show all articles if the view in the list no longer exists."""
        view = self.session.view
        feeds = await self.library.feeds.all()
        there = {
            ViewKind.FEED: [str(feed.id) for feed in feeds],
            ViewKind.FOLDER: [feed.folder for feed in feeds],
            ViewKind.LABEL: [label.name for label in await self.library.labels.all()],
            ViewKind.ACCOUNT: [account.name for account in self.library.config.accounts],
            ViewKind.WATCH: self.library.watches.colors,
            ViewKind.GROUP: [watch.group for watch in self.library.config.watches],
        }
        if view.key not in there.get(view.kind, [view.key]):
            await self.show_view(ALL)
            self.panes.sidebar.select(ALL)

    async def open_article(self, article_id: int) -> None:
        self.previews.arrived()
        is_there = self.session.previewed and article_id == self.session.article_id
        opened = is_there or await self.reader.open(article_id)
        if opened:
            await self._opened(article_id)
        elif opened is False:
            self.host.say("This article is no longer stored", severity="warning")

    async def opened_here(self) -> Article | None:
        """The open article; if there is none, open the one under the cursor."""
        current = self.articles.current_id
        if self.session.opened_id is None and current is not None:
            await self.open_article(current)
        return self.session.article

    async def follow(self, target: Target) -> None:
        """Open a related article here if it is stored, else in the browser."""
        self.previews.arrived()
        article_id = await self.reader.stored(target)
        opened = False if article_id is None else await self.reader.open(article_id, follow=True)
        if opened and article_id is not None:
            await self._opened(article_id)
        elif opened is False:
            await self.host.browse(target.url)

    async def _opened(self, article_id: int) -> None:
        """Mark an opened article as read, and put the cursor on it if it is listed."""
        self.session.previewed = False
        if not self.panes.is_zen:
            self.panes.go_to(self.pane)
        self.articles.select_id(article_id)
        self.previews.arrived()
        self.changed()
        await self.previews.mark_opened(article_id)

    async def close_article(self) -> None:
        await self.close_quietly()
        self.panes.go_to(self.articles)

    async def close_quietly(self) -> None:
        """Close the article and leave the focus where it is; in columns it stays until the next preview."""
        if self.session.page is not None and not self.panes.is_columns:
            await self.reader.close()
            self.panes.close_article()

    async def step(self, step: int) -> None:
        """Go to another article of the list; open it if an article is open."""
        self.articles.move(step)
        self.changed()
        article_id, open_id = self.articles.current_id, self.session.opened_id
        if open_id is not None and article_id is not None and article_id != open_id:
            await self.open_article(article_id)

    async def next_unread(self, step: int, times: int = 1) -> None:
        """Open the next unread article of this view, or of the next view that has one.

        With `times`, the cursor passes unread articles, which stay unread.
        """
        listing, views = self.listing, None
        only_go = self.as_newsboat and self.panes.in_list
        if times > 1:
            row = self.articles.row(self.articles.current_id or 0)
            is_first = row is not None and not row.read and row.id != self.session.opened_id
            await self._pass_unread(step, times - (only_go or is_first))
        while True:
            token = listing.token
            article_id = await listing.next_unread(step, past_cursor=only_go and views is None)
            if token != listing.token:
                return  # the user has gone to another view
            if article_id is not None and only_go:
                self.articles.select_id(article_id)
                self.changed()
                return
            if article_id is not None:
                await self.open_article(article_id)
                return
            if not self.session.config.ui.goto_next_feed:
                break
            views = views or iter(self._views_with_unread(step))
            view = next(views, None)
            if view is None:
                break
            await self.show_view(view)
            if token + 1 != listing.token:
                return
            self.panes.sidebar.select(view)
        said = "Nothing unread" if self.session.is_counted else "Still counting unread articles …"
        if not self.session.config.ui.goto_next_feed:
            said = f"Nothing else unread here. {self.host.key_of('next_unread_feed')} goes to the next feed"
        self.host.say(said)

    async def _pass_unread(self, step: int, times: int) -> None:
        for _ in range(times):
            token, article_id = self.listing.token, await self.listing.next_unread(step, past_cursor=True)
            if article_id is not None and token == self.listing.token:
                self.articles.select_id(article_id)

    def _views_with_unread(self, step: int) -> list[View]:
        unread = {item.view: item.unread for item in self.panes.sidebar.items if item.view is not None}
        return [view for view in around(list(unread), self.session.view, step) if unread[view]]

    async def page_or_next_unread(self) -> None:
        """Scroll a page, or at the end open the next unread article; in the sidebar, fold a folder."""
        if self.panes.in_sidebar and self.panes.sidebar.fold_current():
            return
        if self.session.page is not None:
            await self.previews.open()
            if self.pane.at_end:
                await self.next_unread(1)
            else:
                self.pane.page(1)
            return
        row = await self.marking.chosen.row()
        if row is not None and not row.read:
            await self.open_article(row.id)
        else:
            await self.next_unread(1)

    def next_hit(self, step: int) -> None:
        """Go to the next occurrence found in the text, or the next match of a watch."""
        pane = self.pane
        if self.session.page is None:
            return
        if pane.sought:
            pane.next_found(step)
        elif pane.next_hit(step) is None:
            self.host.say("No matches in this text", seconds=2)

    def next_reference(self, step: int) -> None:
        """Go to the next sentence that refers to an earlier article."""
        if self.session.page is None:
            return
        self.panes.go_to(self.pane)
        if not self.pane.next_reference(step):
            self.host.say("No sentence here refers to an earlier article", seconds=2)

    def related(self) -> None:
        if self.session.page is None:
            return
        pane = self.pane
        self.panes.go_to(pane)
        if not pane.choose(max(0, pane.chosen)):
            self.host.say("No related articles")

    async def next_language(self) -> None:
        article = await self.opened_here()
        if article is None:
            return
        seen = {stop.article_id for stop in self.session.trail}
        report = await self.library.articles.in_next_language(article.id, seen)
        if report is None:
            self.host.say("No report in another language", seconds=2)
        else:
            await self.follow(Target(report.title, report.article_id, report.url))

    async def focus_article(self) -> None:
        if await self.opened_here() is not None:
            self.panes.go_to(self.pane)

    async def find_in_page(self) -> None:
        if self.session.page is None:
            self.host.say("Open an article first", seconds=2)
        else:
            await self.panes.open_find()

    async def open(self) -> None:
        panes = self.panes
        if panes.in_sidebar:
            panes.sidebar.open_current()
        elif panes.in_article:
            panes.article.open_chosen()
        elif (article_id := panes.articles.current_id) is not None:
            if article_id == self.session.opened_id:
                panes.go_to(panes.article)
            else:
                await self.open_article(article_id)

    async def back(self) -> None:
        """Go back one step; after the last one, go to the sidebar."""
        panes = self.panes
        if await self._step_back():
            return
        if not panes.in_sidebar:
            panes.go_to(panes.sidebar)
        elif panes.is_wide:
            panes.sidebar.fold_current()
        else:
            panes.go_to(panes.articles)

    async def quit_or_back(self) -> None:
        """Go back one step; after the last one, quit."""
        if await self._step_back():
            return
        if self.panes.in_sidebar and self.panes.covers_list:
            self.panes.go_to(self.articles)
        elif self.session.page is not None and not self.panes.is_columns:
            await self.close_article()
        elif self.as_newsboat and self.panes.in_list:
            self.panes.go_to(self.panes.sidebar)
        else:
            await self.host.leave(0)

    async def _step_back(self) -> bool:
        """Leave the first of: related articles, mark, followed article, zen, article, selection, search."""
        panes, session = self.panes, self.session
        if panes.in_article and session.page is not None:
            if panes.close_find() or panes.article.leave_reference():
                pass
            elif panes.article.chosen >= 0:
                panes.article.choose(-1)
            elif session.trail:
                await self.reader.back()
                if session.article_id is not None:
                    panes.articles.select_id(session.article_id)
            elif panes.is_zen:
                panes.go_to(panes.article)
            else:
                await self.close_article()
        elif not panes.in_list:
            return False
        elif panes.articles.selected:
            panes.articles.select(list(panes.articles.selected), on=False)
        elif session.filter:
            self.search.leave_filter()
        elif session.before_search is not None:
            self.search.leave_search()
        else:
            return False
        return True
