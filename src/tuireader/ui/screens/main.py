"""Main screen: compose panes and controllers and keep them up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from inspect import isawaitable
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import Reactive
from textual.widget import Widget

from tuireader.commands import BY_ID, Group, key_label
from tuireader.model import Counts
from tuireader.ui import geometry, views
from tuireader.ui.bindings import MOVES, bindings
from tuireader.ui.controllers.search_hits import SearchHits
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows import feeds, guide
from tuireader.ui.flows.context import FlowRunner
from tuireader.ui.host import Hosted
from tuireader.ui.screens.commands import ON_PAGE, Commands, commands
from tuireader.ui.session import Session
from tuireader.ui.status import footer_keys, footer_position, header, notes
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.article_pane import ArticlePane
from tuireader.ui.widgets.bars import FooterKey, StatusLine, TopLine
from tuireader.ui.widgets.pane import CursorPane
from tuireader.ui.widgets.panes import Panes, PaneScreen
from tuireader.ui.widgets.search_line import SearchLine
from tuireader.ui.widgets.sidebar import Sidebar
from tuireader.ui.workers import run_latest

_SIGN = "watch sign"
_MOST_TIMES = 99  # of a command by a count
_AT_REST = 0.05  # seconds between checks for keys typed during startup
_PICTURES_AFTER = 0.5  # seconds that a preview stays before its images are loaded


class MainScreen(PaneScreen, Hosted, inherit_bindings=False):
    """Sidebar, list and article between header and footer."""

    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar = [*bindings(), Binding("ctrl+c", "screen.copy_text", show=False)]
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # panes draw their cursors themselves

    def __init__(self, counting: asyncio.Future[Counts] | None, opened: Callable[[], None]) -> None:
        super().__init__()
        self._counting = counting  # the sidebar's counts, requested before Textual was imported
        self._opened = opened
        self._explains_signs = False  # the sign of a watch has yet to be explained

    def compose(self) -> ComposeResult:
        library = self.library = self.host.library
        session = self.session = Session(lambda: library.config)
        self.top, self.status, self.sidebar = TopLine(), StatusLine(), Sidebar()
        self.hits = SearchHits(session, library)
        self.articles = ArticleList(
            lambda ids: self.controllers.marks.rows(ids),
            library.feeds.title,
            self.hits.marks,
            self.hits.detail,
        )
        self.hits.redraw = self.articles.redraw
        self.pane = ArticlePane(library.config.ui.width)
        self.panes = Panes(
            session, self.sidebar, snippet=self.hits.line, articles=self.articles, article=self.pane
        )
        self.controllers = Controllers(session, library, self.panes, changed=self.update_bars, top=self.top)
        self.flows = FlowRunner(self.controllers, self.new_colours, self.run_command)
        yield self.top
        yield self.panes
        yield self.status

    async def on_mount(self) -> None:
        """Show the unread articles, or all if none is unread, and report problems with keys."""
        try:
            await self._start()
        finally:
            self._opened()
        for problem in self.host.key_problems:
            self.host.say(f"{problem.path}: {problem.message}", severity="warning", seconds=10)
        self.host.say_theme_problem()

    def on_unmount(self) -> None:
        self.flows.end()

    async def _start(self) -> None:
        self.host.theme_changed_signal.subscribe(self, lambda _: self.new_colours())
        if not self.library.offline:
            self.panes.dividers = await asyncio.to_thread(geometry.read, self.library.paths.state)
            self.panes.fit(self.size)
        self.session.feeds = await self.library.feeds.all()
        self.session.closed |= self.session.closed_at_start
        unread, _ = await self.library.lists.head(views.UNREAD, show_read=False, limit=1)
        others, _ = (unread, True) if unread else await self.library.lists.head(views.ALL, limit=1)
        await self.controllers.navigation.show_view(views.ALL if others and not unread else views.UNREAD)
        if self._counting is not None and self._counting.done():
            self.session.counts = await self._counting
            self.update_bars()
        else:
            self.controllers.recount()
        self.controllers.draw_sidebar()
        self.sidebar.select(self.session.view)
        self.call_after_refresh(self._await_early_keys)
        self.run_worker(self._start_in_background(), group="start")

    def _await_early_keys(self) -> None:
        """Process keys typed during startup before anything else."""
        if self.host.is_headless:
            self.session.started.set()
        elif self.is_running:
            self.set_timer(_AT_REST, self._await_early_keys if self.keys_wait else self.session.started.set)

    async def _start_in_background(self) -> None:
        """Run the startup tasks that would delay the first keys."""
        await self.session.started.wait()
        for command_id in self.library.config.ui.run_at_start:
            await self.run_command(command_id)
        await self.library.database.spare_memory()
        self.controllers.refreshing.start()
        self.run_worker(self._keep_frame(), group="frame")
        self.session.alarms = await self.library.alarms.count()
        self.session.undelivered = await self.library.outbox.undelivered()
        self.update_footer()
        await self.controllers.count_marks()
        self.session.searches[:] = await self.library.searches.history()
        await self.hits.mark_watches()
        self.articles.forget_strips()
        self._explains_signs = not await self.library.settings.was_seen(_SIGN)
        self.update_footer()

    async def _keep_frame(self) -> None:
        """Save the first frame of the next start once the counts are known."""
        if self._counting is not None:
            self.session.counts = await self._counting
            await self.host.keep_frame()
            await self.library.articles.warm_up()

    async def keep_dividers(self) -> None:
        """Store where the user has moved the dividers."""
        if self.panes.dividers.moved and not self.library.offline:
            await asyncio.to_thread(geometry.write, self.library.paths.state, self.panes.dividers)

    @on(CursorPane.Moved)
    @on(ArticlePane.Changed)
    def update_footer(self) -> None:
        """Show the available keys, the position, the sentence that matched, and soon the preview."""
        self.controllers.previews.follow()
        if self.hits.update(self.articles.current_id, self.articles.ids_with_details()):
            self.panes.rearrange()
        key_of = self.host.key_of
        keys = footer_keys(self.session, self.panes, key_of)
        position, trouble = footer_position(self.session, self.panes, key_of)
        if self.host.begun or self.host.count:
            keys = [FooterKey(*each) for each in self.host.following()] or keys
            position = f"{key_label(self.host.begun or self.host.count)} …"
        now, key_of = int(self.host.clock()), self.host.key_of
        self.status.show(keys, position, trouble, notes(self.session, now, key_of))
        if self._explains_signs:
            self._explain_sign()
        elif self.session.opened_id is not None:
            self.top.show(sign="")

    def _explain_sign(self) -> None:
        """Explain the sign of a watch where it first appears, until an article is opened."""
        seen = self.articles.in_sight()
        visible = self.articles.ids[seen.start : seen.stop]
        rows = [row for article_id in visible if (row := self.articles.row(article_id)) is not None]
        folds = self.session.folds
        for name in (name for row in rows for name in (folds and row.fold_watches) or row.watches):
            self._explains_signs = False
            self.top.show(sign=name)
            # if that fails, the next start explains it again
            note: Callable[[], Awaitable[None]] = partial(self.library.settings.note_seen, _SIGN)
            self.run_worker(note, group="hints", exit_on_error=False)
            break

    def update_bars(self) -> None:
        title, count = header(self.session, len(self.articles.ids), self.library.searches.saved)
        self.top.show(title=title, count=count)
        self.update_footer()
        self._paint()

    def _paint(self) -> None:
        self.flush_refresh(self.top, *self.panes.repainted(), self.status)

    def after_key(self) -> None:
        """Show the changes made by a key, unless more keys are waiting."""
        self.update_footer()
        if not self.keys_wait:
            self._paint()
            self.controllers.reader.prefetch()

    def new_colours(self) -> None:
        self.host.forget_theme_styles()
        self.controllers.listing.take_columns()
        self.panes.forget_strips()
        self.top.refresh()
        self.status.refresh()

    @cached_property
    def commands(self) -> Commands:
        return commands(self.controllers, self.flows)

    async def action_run(self, command_id: str, number: int | None = None) -> None:
        """Run a command; some take the number of their key."""
        if command_id in ON_PAGE:
            await self.controllers.previews.catch_up()
        do, times = self.commands[command_id], int(self.host.count or 0)
        if times and command_id in MOVES:
            self.panes.current.act(command_id, times)
            return
        if times and command_id in ("next_unread", "previous_unread"):
            await self._do(do, min(times, _MOST_TIMES))
            return
        for _ in range(min(times, _MOST_TIMES) - 1 if BY_ID[command_id].group is Group.MOVE else 0):
            await self._do(do, number)
        await self._do(do, number)

    async def _do(self, do: Callable[..., Any], number: int | None) -> None:
        done = do() if number is None else do(number)
        if isawaitable(done):
            await done

    async def run_command(self, command_id: str) -> None:
        """Run a command as its key would; for a command of another screen, open that screen."""
        await self.action_run(BY_ID[command_id].instead or command_id)
        self.update_bars()

    def on_resize(self, event: events.Resize) -> None:
        self.panes.fit(event.size)
        if self.sidebar.items:
            self.controllers.draw_sidebar()  # its height decides how many watches it shows
        self.update_footer()

    async def on_descendant_focus(self) -> None:
        self.panes.focus_moved()
        if self.panes.in_article:
            await self.controllers.previews.open()
        self.update_footer()

    async def on_sidebar_chosen(self, message: Sidebar.Chosen) -> None:
        await self.controllers.navigation.preview_view(message.view, leave=message.leave)

    def on_sidebar_folded(self, message: Sidebar.Folded) -> None:
        self.session.closed ^= {message.view}
        self.controllers.draw_sidebar()

    async def on_pane_menu_asked(self) -> None:
        self.update_footer()
        await self.flows.run(guide.show_menu)

    async def on_sidebar_asked(self, message: Sidebar.Asked) -> None:
        await self.run_command(message.command)

    async def on_article_list_opened(self, message: ArticleList.Opened) -> None:
        await self.controllers.navigation.open_article(message.article_id)

    async def on_page_pane_target_opened(self, message: ArticlePane.TargetOpened) -> None:
        await self.controllers.navigation.follow(message.target)

    def on_article_pane_pictures_seen(self, message: ArticlePane.PicturesSeen) -> None:
        """Load images that became visible, after the text is painted; those of a preview after a rest."""
        shown = self.session.article_id

        def see() -> None:
            if self.session.article_id == shown:
                self.controllers.images.see(message.urls, message.width)

        if self.session.previewed:
            self.set_timer(_PICTURES_AFTER, see)
        else:
            self.call_after_refresh(see)

    def on_article_pane_unfit(self) -> None:
        run_latest(self, self.controllers.reader.fit_tables, "tables")

    def on_search_line_typed(self, message: SearchLine.Typed) -> None:
        self.controllers.search.look_for(message.text, filters=message.filters)

    def on_search_line_left(self, message: SearchLine.Left) -> None:
        self.controllers.search.go_on(message.text, filters=message.filters)
        self.update_bars()

    async def on_search_line_kept(self, message: SearchLine.Kept) -> None:
        self.controllers.search.remember(message.text)
        await self.flows.run(partial(feeds.keep_search, message.text, message.filters, message.as_view))
