"""All controllers of the main screen, and actions that involve several of them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from tuireader.model import View
from tuireader.ui.controllers.chosen import Chosen
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.full_text import FullText
from tuireader.ui.controllers.images import Images
from tuireader.ui.controllers.listing import Listing
from tuireader.ui.controllers.mark_commands import MarkCommands
from tuireader.ui.controllers.marks import Marks
from tuireader.ui.controllers.navigation import Navigation
from tuireader.ui.controllers.previews import Previews
from tuireader.ui.controllers.reader import Reader
from tuireader.ui.controllers.refresh import Refreshing
from tuireader.ui.controllers.search import Search
from tuireader.ui.controllers.syncing import Syncing
from tuireader.ui.drawing.sidebar_items import EVERY_FEED, FeedLines, SidebarItem, sidebar_items
from tuireader.ui.geometry import BARS
from tuireader.ui.status import account_troubles
from tuireader.ui.widgets.bars import TopLine
from tuireader.ui.workers import Latest, run_latest

_ENDLESS = 1_000_000  # lines
_SHOWN = 0.03  # seconds to paint the effect of a key before lists are reloaded


@dataclass(eq=False)
class Controllers(Controller):
    """Controllers of one screen, created in the order of their dependencies."""

    top: TopLine

    def __post_init__(self) -> None:
        base = self.session, self.library, self.panes, self.changed
        self.marks = Marks(*base, self._show_marks, self._marks_stored)
        self.listing = Listing(*base, self.marks)
        self.reader = Reader(*base, self.marks)
        self.images = Images(*base)
        self.syncing = Syncing(*base, self.top, self.count_marks)
        self.refreshing = Refreshing(*base, self.top, self.syncing, self.reload, self.reader.completed)
        self.chosen = Chosen(*base, self.marks)
        self.search = Search(*base, self.listing)
        self.marking = MarkCommands(*base, self.listing, self.marks, self.chosen)
        self.previews = Previews(*base, self.listing, self.reader, self.marking)
        self.navigation = Navigation(
            *base, self.listing, self.reader, self.marking, self.search, self.previews
        )
        self._counts = self._count_again = False
        self._feeds_read, self._accounts_read = Latest(), Latest()
        self.full_text = FullText(*base, self.reader, self.navigation, self.reload)

    async def _show_marks(self) -> None:
        self.reader.forget()
        await self.reader.relabel()
        self.changed()

    def _marks_stored(self, lists_changed: bool) -> None:
        self.syncing.marked()
        if lists_changed:
            run_latest(self.panes, self._reload_later, "reload")
        else:
            self.recount()

    async def _reload_later(self) -> None:
        await asyncio.sleep(_SHOWN)
        await self.reload()

    async def reload(self) -> None:
        """Read everything from the store again; cursor, scroll and open article stay."""
        number = self._feeds_read.begin()
        feeds = await self.library.feeds.all()
        if self._feeds_read.is_news(number):
            self.session.feeds = feeds
        self.reader.forget()
        await self.reader.relabel()
        await self.listing.reload()
        if self.panes.shows_article:
            self.panes.make_room()
        self.draw_sidebar()
        self.changed()
        self.recount()
        self.host.reloaded.publish(None)

    def draw_sidebar(self) -> None:
        """Show feeds, watches and saved searches with the counts known so far."""
        session = self.session
        lines, hides_quiet = session.feed_lines, session.hides_quiet
        self.panes.sidebar.show(
            self.sidebar_items(session.view, session.closed, lines, hides_quiet=hides_quiet)
        )
        self.refreshing.show_state()

    def every_item(self, lines: FeedLines = EVERY_FEED) -> tuple[SidebarItem, ...]:
        """Sidebar with all folders and groups open and no watch left out."""
        return self.sidebar_items(self.session.view, (), lines, hides_quiet=False, height=_ENDLESS)

    def sidebar_items(
        self,
        current: View,
        closed: Collection[View],
        lines: FeedLines,
        *,
        hides_quiet: bool,
        height: int | None = None,
    ) -> tuple[SidebarItem, ...]:
        session = self.session
        return sidebar_items(
            session.feeds,
            session.counts,
            self.library.config.watches,
            closed,
            folds=session.folds,
            hides_quiet=hides_quiet,
            current=current,
            height=self.host.size.height - BARS if height is None else height,
            feed_lines=lines,
            views=self.library.searches.saved,
            new=self.library.lists.new_view,
            accounts=account_troubles(session, self.host.key_of),
        )

    async def count_marks(self) -> None:
        """Read the state of the accounts and the number of marks not sent yet."""
        if self.library.config.accounts or self.session.accounts:
            number = self._accounts_read.begin()
            accounts = await self.library.accounts.all(aside=True)
            if not self._accounts_read.is_news(number):
                return
            self.session.accounts = accounts
            self.draw_sidebar()
            self.explain_sync()
            self.changed()

    def recount(self) -> None:
        """Count again, soon; a request during a count makes it run once more."""
        self._count_again = True
        if not self._counts:
            self._counts = True
            self.panes.run_worker(self._recount(), group="counts")

    async def _recount(self) -> None:
        try:
            while self._count_again:
                self._count_again = False
                self.session.counts = await self.library.lists.counts()
                self.session.alarms = await self.library.alarms.count()
                self.session.undelivered = await self.library.outbox.undelivered()
                self.draw_sidebar()
                self.changed()
                await self.count_marks()
        finally:
            self._counts = False
        await self.library.database.checkpoint()
