"""The panes of the main screen: what is shown where, and what their messages lead to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.reactive import Reactive
from textual.signal import Signal
from textual.widget import Widget

from tuireader.errors import TuireaderError
from tuireader.model import Counts, Feed, View
from tuireader.ui import views
from tuireader.ui.controllers.listing import Listing, Spot
from tuireader.ui.controllers.marks import Marking
from tuireader.ui.controllers.reader import Reading
from tuireader.ui.controllers.refresh import Refreshing
from tuireader.ui.controllers.search_hits import Finding
from tuireader.ui.drawing.sidebar_items import sidebar_items
from tuireader.ui.host import Host, host_of
from tuireader.ui.saved_frame import keep
from tuireader.ui.status import footer, header
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.article_pane import ArticlePane
from tuireader.ui.widgets.bars import StatusLine, TopLine
from tuireader.ui.widgets.containers import PaneColumn, PaneRow, PaneScreen
from tuireader.ui.widgets.pane import Pane
from tuireader.ui.widgets.sidebar import Sidebar
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from textual import events
    from textual.await_remove import AwaitRemove

    from tuireader.ui.controllers.images import Pictures

_AT_REST = 0.05  # seconds after the first painting from which keys that came with the start are answered
_TOLD = 0.03  # seconds after which what a key has to tell is painted
_WIDE = 100  # cells from which the sidebar stands beside the list
_SINGLE = (60, 16)  # cells and lines below which one pane is shown at a time

_UNCOUNTED = Counts()  # until the numbers are here: of a million articles that takes seconds


class Panes(PaneScreen, inherit_bindings=False):
    """Sidebar, list and article. What they show is up to `Listing`, `Reading` and `Refreshing`."""

    AUTO_FOCUS = "#list"
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # panes draw their cursors themselves

    def __init__(self, counting: asyncio.Future[Counts] | None, opened: Callable[[], None]) -> None:
        super().__init__()
        self._counting = counting  # the sidebar's numbers, asked for before Textual was imported
        self._opened = opened
        self.feeds: list[Feed] = []
        self.counts = _UNCOUNTED
        self._folded: set[str] = set()
        self._counts_run = self._count_again = False
        self.before_search: Spot | None = None
        self.line_going: AwaitRemove | None = None  # the line for searching that was left last
        self.searches: list[str] = []  # what was searched, newest first
        self.reloaded: Signal[None] = Signal(self, "reloaded")
        self.started = asyncio.Event()  # the first keys are answered; what they need not wait for comes now

    def compose(self) -> ComposeResult:
        """Sidebar at the left, list above article at the right."""
        self.library = self.host.library
        self.top = TopLine()
        self.sidebar = Sidebar()
        self.sidebar.styles.width = self.library.config.ui.sidebar + 3
        self.finding = Finding(self)
        self.marking = Marking(self)
        self.articles = ArticleList(self.marking.rows, self.library.feeds.title, self.finding.marks)
        self.pane = ArticlePane(self.library.config.ui.width)
        self.status = StatusLine()
        self.listing = Listing(self)
        self.reading = Reading(self)
        self.refreshing = Refreshing(self)
        yield self.top
        with PaneRow(id="body"):
            yield self.sidebar
            with PaneColumn(id="main"):
                yield self.finding.line
                yield self.articles
                yield self.pane
        yield self.status

    @property
    def host(self) -> Host:
        """The app."""
        return host_of(self)

    async def on_mount(self) -> None:
        """Show the unread articles, or all where nothing is unread, then look for new ones."""
        try:
            await self._start()
        finally:
            self._opened()
        for problem in self.host.key_problems:
            self.host.say(f"{problem.path}: {problem.message}", severity="warning", seconds=10)

    async def _start(self) -> None:
        self.host.theme_changed_signal.subscribe(self, lambda _: self.new_colours())
        self.feeds = await self.library.feeds.all()
        unread, _ = await self.library.lists.head(views.UNREAD, show_read=False, limit=1)
        others, _ = (unread, True) if unread else await self.library.lists.head(views.ALL, limit=1)
        await self.show_view(views.ALL if others and not unread else views.UNREAD)
        counting = self._counting
        if counting is not None and counting.done():
            self.counts = await counting
            self.tell_top()
        else:
            self.recount()
        self._draw_sidebar()
        self.sidebar.select(self.listing.view)
        self.call_after_refresh(self._rest)
        self.run_worker(self._go_on(), group="start")

    def _rest(self) -> None:
        """Let the keys that were typed during the start go first."""
        if self.host.is_headless:
            self.started.set()
        elif self.is_running:
            self.set_timer(_AT_REST, self._rest if self.keys_wait else self.started.set)

    async def _go_on(self) -> None:
        """What a start does beyond showing the list."""
        await self.started.wait()
        await self.library.database.spare_memory()
        self.refreshing.start()
        self.run_worker(self._keep_frame(), group="frame")
        self.searches[:] = await self.library.searches.history()
        await self.finding.mark_watches()

    async def _keep_frame(self) -> None:
        """Keep what the next start shows first, once the numbers are known."""
        if self._counting is not None:
            self.counts = await self._counting
            await keep(self)
            await self.library.articles.warm_up()

    def hand_over(self) -> None:
        """Have one painting for all that a key has changed."""
        panes = (self.sidebar, self.articles, self.pane)
        bars = [pane.vertical_scrollbar for pane in panes if pane.show_vertical_scrollbar]
        self.flush_refresh(self.top, *panes, *bars, self.status)
        self.reading.look_ahead()

    def new_colours(self) -> None:
        """Draw everything anew: the theme or the watches have other colours."""
        self.host.forget_theme_styles()
        for pane in (self.sidebar, self.articles, self.pane):
            pane.forget_strips()
        self.top.refresh()
        self.status.refresh()

    # -- what is shown where

    def on_resize(self, event: events.Resize) -> None:
        """Fold what does not fit."""
        width, height = event.size
        single = width < _SINGLE[0] or height < _SINGLE[1]
        folds = self.is_wide and self.focused is self.sidebar
        self.set_class(single, "-single")
        self.set_class(width < _WIDE and not single, "-narrow")
        self.arrange_panes()
        if folds and not self.is_wide:
            self.go_to(self.articles)
        self.tell_status()

    def arrange_panes(self) -> None:
        """Show those of list, sentence and article that have a place.

        They are told one by one: a class of the screen would have every style of every widget looked up.
        """
        reading = self.has_class("-reading")
        alone = reading and (self.has_class("-single") or self.has_class("-zen"))
        self.pane.display = reading
        self.articles.display = not alone
        self.finding.line.display = bool(self.listing.expression) and not alone

    def _set_reading(self, reading: bool) -> None:
        if reading:
            self.add_class("-reading", update=False)
        else:
            self.remove_class("-reading", update=False)
        self.arrange_panes()

    @property
    def current_pane(self) -> Pane:
        """The pane that keys go to."""
        return self.focused if isinstance(self.focused, Pane) else self.articles

    def go_to(self, pane: Pane) -> None:
        """Move the focus, unfolding what is needed for it."""
        if pane is self.pane and self.reading.page is None:
            pane = self.articles
        self.remove_class("-zen")
        self.set_class(pane is self.sidebar and not self.is_wide, "-sidebar")
        if self.has_class("-single") and pane is self.articles:
            self._set_reading(False)
        else:
            self._set_reading(self.reading.page is not None)
        self.set_focus(pane, scroll_visible=False)  # at once, so that the keys that work now are told with it
        self.tell_status()

    def on_descendant_focus(self) -> None:
        """Tell what works in the pane that has the focus now."""
        if self.focused is not self.sidebar:
            self.remove_class("-sidebar")
        self.tell_status()

    def article_opened(self) -> None:
        """Make room for the article; a short list takes no more than it needs."""
        self.articles.styles.max_height = max(4, len(self.articles.ids))
        self._set_reading(True)

    async def opened(self, article_id: int) -> None:
        """Note that an article was opened: it is read now, and the list stands on it if it has it."""
        if not self.has_class("-zen"):
            self.go_to(self.pane)
        self.articles.select_id(article_id)
        self.tell_status()
        shown = self.articles.row(article_id) or self.reading.article  # a page may be older than its marks
        if shown is not None and not shown.read and self.library.config.ui.mark_read == "open":
            await self.listing.set_read([article_id], True, journal=False)
            await self.listing.read_rest(article_id)

    async def open_article(self, article_id: int) -> None:
        """Open an article in the pane."""
        if await self.reading.open(article_id):
            await self.opened(article_id)
        else:
            self.host.say("This article is no longer stored", severity="warning")

    async def close_article(self) -> None:
        """Close the article; the list takes its room."""
        await self.close_quietly()
        self.go_to(self.articles)

    async def close_quietly(self) -> None:
        """Close the article and leave the focus where it is."""
        await self.reading.close()
        self.articles.styles.max_height = None
        self.remove_class("-zen")
        self._set_reading(False)

    async def show_view(self, view: View, *, cursor_id: int | None = None) -> None:
        """Show a view in the list."""
        self._leave_search_line()
        await self.listing.show(view, cursor_id=cursor_id)
        self.tell_top()
        self.tell_status()

    async def reload(self) -> None:
        """Take everything from the store again, and keep where one is."""
        self.feeds = await self.library.feeds.all()
        self.reading.forget()
        await self.reading.relabel()
        await self.listing.reload()
        if self.has_class("-reading"):
            self.article_opened()
        self._draw_sidebar()
        self.tell_top()
        self.tell_status()
        self.recount()
        self.reloaded.publish(None)

    def reload_soon(self) -> None:
        """Take everything from the store again; what the key has to tell does not wait for it."""
        run_latest(self, self._reload_later, "reload")

    async def _reload_later(self) -> None:
        await asyncio.sleep(_TOLD)
        await self.reload()

    def recount(self) -> None:
        """Take the counts again, soon; whoever asks while they are counted has them counted once more."""
        self._count_again = True
        if not self._counts_run:
            self._counts_run = True
            self.run_worker(self._recount(), group="counts")

    async def _recount(self) -> None:
        try:
            while self._count_again:
                self._count_again = False
                self.counts = await self.library.lists.counts()
                self._draw_sidebar()
                self.tell_top()
        finally:
            self._counts_run = False
        await self.library.database.checkpoint()

    def _draw_sidebar(self) -> None:
        self.sidebar.show(
            sidebar_items(
                self.feeds,
                self.counts,
                self.host.watch_names,
                self._folded,
                folds=self.listing.folds,
                views=self.library.searches.saved,
                new=self.library.lists.new_view,
            )
        )

    @property
    def is_counted(self) -> bool:
        """Whether the numbers are known; soon after the start of a large library they are not yet."""
        return self.counts is not _UNCOUNTED

    def tell_top(self) -> None:
        """Tell the view and how much of it is unread, and what of the current article was found."""
        self.finding.tell()
        title, count = header.words(self)
        self.top.tell(title=title, count=count)

    @cached_property
    def pictures(self) -> Pictures:
        """What loads the pictures of the open article."""
        from tuireader.ui.controllers.images import Pictures

        return Pictures(self, os.environ)

    @property
    def finds(self) -> bool:
        """Whether the line for finding in the article has the focus."""
        return self.focused is not None and self.focused.id == "find"

    @property
    def searches_now(self) -> bool:
        """Whether the line for searching or filtering has the focus."""
        return self.focused is not None and self.focused.id == "search"

    def key_of(self, command_id: str) -> str:
        """The first key of a command as people read it."""
        return self.host.key_of(command_id)

    def tell_status(self) -> None:
        """Tell what works here, where one is, and what was found there."""
        self.finding.tell()
        self.status.tell(footer.keys(self), *footer.where(self))

    @property
    def is_wide(self) -> bool:
        """Whether the sidebar has its own place beside the list."""
        return not (self.has_class("-narrow") or self.has_class("-single"))

    # -- messages

    def report(self, error: TuireaderError) -> None:
        """Show an error that came out of a message handler."""
        self.host.say(str(error), severity="error", seconds=10)

    async def on_sidebar_chosen(self, message: Sidebar.Chosen) -> None:
        """Show the view that was chosen in the sidebar."""
        if message.view != self.listing.view:
            self.before_search = None
            await self.show_view(message.view)
        if message.leave:
            if self.reading.page is not None:
                await self.close_quietly()
            self.go_to(self.articles)

    def on_sidebar_folded(self, message: Sidebar.Folded) -> None:
        """Fold or unfold a folder."""
        self._folded ^= {message.folder}
        self._draw_sidebar()

    def on_sidebar_moved(self) -> None:
        """Tell what is wrong with a feed."""
        self.tell_status()

    async def on_article_list_opened(self, message: ArticleList.Opened) -> None:
        """Open what was clicked."""
        await self.open_article(message.article_id)

    def on_article_list_moved(self) -> None:
        """Tell where one is."""
        self.tell_status()

    async def on_article_pane_target_opened(self, message: ArticlePane.TargetOpened) -> None:
        """Open a relative."""
        await self.reading.follow(message.target)

    def on_article_pane_changed(self) -> None:
        """Tell the hit or the relative."""
        self.tell_status()

    def _leave_search_line(self) -> None:
        for line in self.query("#search"):
            self.line_going = line.remove()
