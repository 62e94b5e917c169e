"""The main screen: sidebar, list and article, and a method for every command."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.signal import Signal

from tuireader.commands import BY_ID, key_label
from tuireader.errors import TuireaderError
from tuireader.model import Change, Counts, Feed, View, ViewKind
from tuireader.ui import entries as places
from tuireader.ui import footer
from tuireader.ui.bindings import bindings
from tuireader.ui.listing import Listing, Spot
from tuireader.ui.reading import Reading
from tuireader.ui.refreshing import Refreshing
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.article_pane import ArticlePane
from tuireader.ui.widgets.bars import StatusLine, TopLine
from tuireader.ui.widgets.pane import Pane
from tuireader.ui.widgets.sidebar import Sidebar
from tuireader.ui.work import run_latest

if TYPE_CHECKING:
    from textual import events

    from tuireader.ui.app import TuireaderApp
    from tuireader.ui.widgets.search_line import SearchLine

_WIDE = 100  # cells from which the sidebar stands beside the list
_SINGLE = (60, 16)  # cells and lines below which one pane is shown at a time


class MainScreen(Screen[None], inherit_bindings=False):
    """Routes keys and messages; what they mean is in `Listing`, `Reading` and `Refreshing`."""

    BINDINGS: ClassVar = [
        *bindings(),
        Binding("shift+tab", "previous_pane", show=False),
        Binding("backspace", "back", show=False),
        Binding("ctrl+c", "screen.copy_text", show=False),
    ]
    AUTO_FOCUS = "#list"

    def __init__(self) -> None:
        super().__init__()
        self.feeds: list[Feed] = []
        self.counts = Counts()
        self._folded: set[str] = set()
        self._before_search: Spot | None = None
        self.reloaded: Signal[None] = Signal(self, "reloaded")

    def compose(self) -> ComposeResult:
        """Sidebar at the left, list above article at the right."""
        self.library = self.reader.library
        self.top = TopLine()
        self.sidebar = Sidebar()
        self.sidebar.styles.width = self.library.config.ui.sidebar + 3
        self.articles = ArticleList(self.library.rows, self.library.feed_title)
        self.pane = ArticlePane(self.library.config.ui.width)
        self.status = StatusLine()
        self.listing = Listing(self)
        self.reading = Reading(self)
        self.refreshing = Refreshing(self)
        yield self.top
        with Horizontal(id="body"):
            yield self.sidebar
            with Vertical(id="main"):
                yield self.articles
                yield self.pane
        yield self.status

    @property
    def reader(self) -> TuireaderApp:
        """The app, by its own type."""
        return cast("TuireaderApp", self.app)

    async def on_mount(self) -> None:
        """Show the unread articles, or all where nothing is unread, then look for new ones."""
        self.reader.theme_changed_signal.subscribe(self, lambda _: self._new_colours())
        self.feeds = await self.library.feeds()
        self.counts = await self.library.counts()
        await self.show_view(
            places.UNREAD if self.counts.unread.unread or not self.counts.all.total else places.ALL
        )
        self._draw_sidebar()
        self.sidebar.select(self.listing.view)
        self.call_after_refresh(self.refreshing.start)
        for problem in self.reader.key_problems:
            self.reader.say(f"{problem.path}: {problem.message}", severity="warning", seconds=10)

    def _new_colours(self) -> None:
        self.reader.forget_inks()
        for pane in (self.sidebar, self.articles, self.pane):
            pane.forget_strips()
        self.top.refresh()
        self.status.refresh()

    # -- what is shown where

    def on_resize(self, event: events.Resize) -> None:
        """Fold what does not fit."""
        width, height = event.size
        single = width < _SINGLE[0] or height < _SINGLE[1]
        self.set_class(single, "-single")
        self.set_class(width < _WIDE and not single, "-narrow")

    @property
    def current_pane(self) -> Pane:
        """The pane that keys go to."""
        return self.focused if isinstance(self.focused, Pane) else self.articles

    def go_to(self, pane: Pane) -> None:
        """Move the focus, unfolding what is needed for it."""
        if pane is self.pane and self.reading.page is None:
            pane = self.articles
        self.remove_class("-zen")
        self.set_class(pane is self.sidebar, "-sidebar")
        if self.has_class("-single") and pane is self.articles:
            self.remove_class("-reading")
        elif self.reading.page is not None:
            self.add_class("-reading")
        pane.focus(scroll_visible=False)
        self.tell_status()

    def on_descendant_focus(self) -> None:
        """Tell what works in the pane that has the focus now."""
        if self.focused is not self.sidebar:
            self.remove_class("-sidebar")
        self.tell_status()

    def article_opened(self) -> None:
        """Make room for the article; a short list takes no more than it needs."""
        self.articles.styles.max_height = max(4, len(self.articles.ids))
        self.add_class("-reading")

    async def opened(self, article_id: int) -> None:
        """Note that an article was opened: it is read now, and the list stands on it if it has it."""
        if not self.has_class("-zen"):
            self.go_to(self.pane)
        self.articles.select_id(article_id)
        article = self.reading.article
        if article is not None and not article.read and self.library.config.ui.mark_read == "open":
            await self.listing.set_read([article_id], True, journal=False)
        self.tell_status()

    async def open_article(self, article_id: int) -> None:
        """Open an article in the pane."""
        if await self.reading.open(article_id):
            await self.opened(article_id)
        else:
            self.reader.say("This article is no longer stored", severity="warning")

    async def close_article(self) -> None:
        """Close the article; the list takes its room."""
        await self._close()
        self.go_to(self.articles)

    async def _close(self) -> None:
        await self.reading.close()
        self.articles.styles.max_height = None
        self.remove_class("-reading", "-zen")

    async def show_view(self, view: View, *, cursor_id: int | None = None) -> None:
        """Show a view in the list."""
        self._leave_search_line()
        await self.listing.show(view, cursor_id=cursor_id)
        self._tell_top()
        self.tell_status()

    async def reload(self) -> None:
        """Take everything from the store again, and keep where one is."""
        self.feeds = await self.library.feeds()
        self.counts = await self.library.counts()
        self.reading.forget()
        await self.listing.reload()
        if self.reading.page is not None:
            self.article_opened()
        self._draw_sidebar()
        self._tell_top()
        self.tell_status()
        self.reloaded.publish(None)

    def recount(self) -> None:
        """Take the counts again, soon."""
        run_latest(self, self._recount, "counts")

    async def _recount(self) -> None:
        self.counts = await self.library.counts()
        self._draw_sidebar()
        self._tell_top()

    def _draw_sidebar(self) -> None:
        self.sidebar.show(places.entries(self.feeds, self.counts, self.reader.watch_names, self._folded))

    def _tell_top(self) -> None:
        view = self.listing.view
        count = places.count_of(view, self.counts, self.feeds)
        if count is None:
            words = f"{len(self.articles.ids)} found"
        elif view == places.STARRED:
            words = str(count.total)
        else:
            words = f"{count.unread} unread" if view != places.UNREAD else str(count.unread)
        hidden = "" if self.listing.shows_read or view == places.UNREAD else ", read ones hidden"
        self.top.tell(title=places.title_of(view, self.feeds), count=words + hidden)

    def key_of(self, command_id: str) -> str:
        """The first key of a command as people read it."""
        keys = self.reader.keys_of.get(command_id, ())
        return key_label(keys[0]) if keys else BY_ID[command_id].title

    def tell_status(self) -> None:
        """Tell what works here and where one is."""
        self.status.tell(footer.keys(self), *footer.where(self))

    # -- messages

    async def _dispatch_message(self, message: Message) -> None:
        """A fault that can be told does not end the screen."""
        try:
            await super()._dispatch_message(message)
        except TuireaderError as error:
            self.reader.say(str(error), severity="error", seconds=10)

    async def on_sidebar_chosen(self, message: Sidebar.Chosen) -> None:
        """Show the view that was chosen in the sidebar."""
        if message.view != self.listing.view:
            self._before_search = None
            await self.show_view(message.view)
        if message.leave:
            if self.reading.page is not None:
                await self._close()
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

    # -- commands: move

    def action_move_down(self) -> None:
        self.current_pane.move(1)
        self.tell_status()

    def action_move_up(self) -> None:
        self.current_pane.move(-1)
        self.tell_status()

    def action_half_page_down(self) -> None:
        self.current_pane.page(0.5)
        self.tell_status()

    def action_half_page_up(self) -> None:
        self.current_pane.page(-0.5)
        self.tell_status()

    def action_page_down(self) -> None:
        self.current_pane.page(1)
        self.tell_status()

    def action_page_up(self) -> None:
        self.current_pane.page(-1)
        self.tell_status()

    def action_top(self) -> None:
        self.current_pane.go_top()
        self.tell_status()

    def action_bottom(self) -> None:
        self.current_pane.go_bottom()
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
        article_id = await self.listing.next_unread(step)
        if article_id is None:
            for view in self._views_with_unread(step):
                await self.show_view(view)
                self.sidebar.select(view)
                article_id = await self.listing.next_unread(step)
                if article_id is not None:
                    break
        if article_id is None:
            self.reader.say("Nothing unread")
        else:
            await self.open_article(article_id)

    def _views_with_unread(self, step: int) -> list[View]:
        lines = [entry for entry in self.sidebar.entries if entry.view is not None]
        views = [entry.view for entry in lines]
        at = views.index(self.listing.view) if self.listing.view in views else -1
        around = (lines[at + 1 :] + lines[: max(0, at)])[::step]
        return [entry.view for entry in around if entry.view is not None and entry.count.unread]

    # -- commands: read

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
        if self.reading.page is not None:
            if self.pane.at_end:
                await self.action_next_unread()
            else:
                self.pane.page(1)
            return
        row = self.articles.current_row
        if row is not None and not row.read:
            await self.open_article(row.id)
        else:
            await self.action_next_unread()

    async def action_back(self) -> None:
        if not await self._back() and self.current_pane is self.articles:
            self.go_to(self.sidebar)

    async def action_quit_or_back(self) -> None:
        if await self._back():
            return
        if self.current_pane is self.sidebar and self.has_class("-sidebar") and not self._is_wide:
            self.go_to(self.articles)
        elif self.reading.page is not None:
            await self.close_article()
        else:
            await self.reader.leave(0)

    @property
    def _is_wide(self) -> bool:
        return not (self.has_class("-narrow") or self.has_class("-single"))

    async def _back(self) -> bool:
        """Leave the relatives, a followed article, zen, the article or the search, whichever is first."""
        if self.current_pane is self.pane and self.reading.page is not None:
            if self.pane.chosen >= 0:
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
        if self._before_search is not None and self.current_pane is self.articles:
            self.leave_search()
            return True
        return False

    async def action_open_browser(self) -> None:
        await self.reader.browse(self._current_address()[0])

    async def action_open_browser_next(self) -> None:
        article_id = self._current_article_id()
        await self.reader.browse(self._current_address()[0])
        if article_id is not None:
            await self.listing.set_read([article_id], True)
            await self.action_next_unread()

    async def action_open_link(self, number: int) -> None:
        page = self.reading.page
        link = (
            next((link for link in page.links if link.number == number), None) if page is not None else None
        )
        if link is not None:
            await self.reader.browse(link.url)
        elif page is not None:
            self.reader.say(f"There is no link {number}")

    def action_list_links(self) -> None:
        from tuireader.ui.screens.links import LinkPicker

        page = self.reading.page
        if page is None or not page.links:
            self.reader.say("No links here")
            return

        async def chosen(url: str | None) -> None:
            if url:
                await self.reader.browse(url)

        self.app.push_screen(LinkPicker(page.links), chosen)

    async def action_comments(self) -> None:
        article = self.reading.article
        await self.reader.browse(article.comments_url if article is not None else "")

    def action_related(self) -> None:
        if self.reading.page is None:
            return
        self.go_to(self.pane)
        if not self.pane.choose(max(0, self.pane.chosen)):
            self.reader.say("Nothing related is stored")

    def action_copy_url(self) -> None:
        url = self._current_address()[0]
        if url:
            self.app.copy_to_clipboard(url)
        self.reader.say(f"Copied: {url}" if url else "This article has no address")

    def action_copy_markdown(self) -> None:
        url, title = self._current_address()
        if url:
            escaped = title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
            self.app.copy_to_clipboard(f"[{escaped}](<{url}>)")
        self.reader.say(f"Copied as Markdown: {title}" if url else "This article has no address")

    def action_zen(self) -> None:
        if self.reading.page is None:
            return
        if self.has_class("-zen"):
            self.go_to(self.pane)
        else:
            self.pane.focus(scroll_visible=False)
            self.add_class("-zen")

    def _current_article_id(self) -> int | None:
        """The open article when the pane has the focus, else the one under the cursor."""
        if self.current_pane is self.pane and self.reading.page is not None:
            return self.reading.article_id
        return self.articles.current_id

    def _current_address(self) -> tuple[str, str]:
        """Address and title of the current article."""
        if self.current_pane is self.pane and self.reading.article is not None:
            return self.reading.article.url, self.reading.article.title
        row = self.articles.current_row
        return (row.url, row.title) if row is not None else ("", "")

    # -- commands: mark

    async def _marks(self, article_id: int) -> tuple[bool, bool]:
        """Whether an article is read and starred."""
        row = self.articles.row(article_id)
        if row is None:
            rows = await self.library.rows([article_id])
            row = rows[0] if rows else None
        return (row.read, row.starred) if row is not None else (False, False)

    async def action_toggle_read(self) -> None:
        article_id = self._current_article_id()
        if article_id is not None:
            read, _ = await self._marks(article_id)
            await self.listing.set_read([article_id], not read)

    async def action_toggle_star(self) -> None:
        article_id = self._current_article_id()
        if article_id is not None:
            _, starred = await self._marks(article_id)
            await self.listing.set_starred([article_id], not starred)
            self.tell_status()

    async def action_mark_list_read(self) -> None:
        ids = self.articles.ids  # what is listed now, whatever a refresh adds meanwhile
        change = await self.listing.set_read(ids, True)
        undo = self.key_of("undo")
        self.reader.say(
            f"{len(change.ids)} marked read · {undo} undoes" if change.ids else "All read already"
        )

    async def action_undo(self) -> None:
        change: Change | None = await self.library.undo()
        self.reader.say("Nothing to undo" if change is None else f"Undone: {change.what}")
        if change is not None:
            await self.reload()

    # -- commands: find

    def action_search(self) -> None:
        from tuireader.ui.widgets.search_line import SearchLine

        if self.reading.page is not None and (self.has_class("-single") or self.has_class("-zen")):
            self.go_to(self.articles)
        for line in self.query(SearchLine):
            line.focus()
            return
        if self._before_search is None:
            self._before_search = self.listing.spot()
        self.query_one("#main").mount(SearchLine(), before=0)

    def on_search_line_typed(self, message: SearchLine.Typed) -> None:
        """Show what is found so far; an answer that comes after the next one was asked for is dropped."""
        run_latest(self, partial(self._search, message.text), "search")

    async def _search(self, text: str) -> None:
        await self.listing.show(View(ViewKind.QUERY, text))
        self._tell_top()
        self.tell_status()

    def on_search_line_left(self, message: SearchLine.Left) -> None:
        """Go on in what was found, or back to what was there before."""
        if message.text.strip():
            self._leave_search_line()
            self.go_to(self.articles)
        else:
            self.leave_search()

    def leave_search(self) -> None:
        """Show again what the list showed before the search."""
        self._leave_search_line()
        if self._before_search is not None:
            self.listing.restore(self._before_search)
            self._before_search = None
        self._tell_top()
        self.go_to(self.articles)

    def _leave_search_line(self) -> None:
        for line in self.query("#search"):
            line.remove()

    async def action_show_hide_read(self) -> None:
        shown = self.listing.toggle_read_shown()
        await self.listing.show(self.listing.view, cursor_id=self.articles.current_id)
        self._tell_top()
        self.reader.say("Read articles are shown" if shown else "Read articles are hidden", seconds=2)

    # -- commands: feeds

    def action_refresh_all(self) -> None:
        self.refreshing.refresh()

    def action_refresh_one(self) -> None:
        if self.current_pane is self.pane and self.reading.article is not None:
            self.refreshing.refresh([self.reading.article.feed_id])
            return
        view = self.listing.view
        self.refreshing.refresh(places.feed_ids_of(view, self.feeds))

    def action_add_feed(self) -> None:
        from tuireader.ui.screens.add_feed import AddFeed

        self.app.push_screen(AddFeed([feed.folder for feed in self.feeds]), self.feeds_added)

    async def feeds_added(self, added: int | None) -> None:
        """Fetch new feeds at once."""
        if added:
            await self.reload()
            self.reader.say(f"{added} {'feed' if added == 1 else 'feeds'} added")
            self.refreshing.refresh(force=False)

    def action_feed_health(self) -> None:
        from tuireader.ui.screens.health import Health

        self.app.push_screen(Health(self), self.view_chosen)

    async def view_chosen(self, view: View | None) -> None:
        """Show a view that was chosen on another screen."""
        if view is None:
            return
        if self.reading.page is not None:
            await self._close()
        self._before_search = None
        await self.show_view(view)
        self.sidebar.select(view)
        self.go_to(self.articles)

    # -- commands: watches, program

    def action_next_hit(self) -> None:
        self._hit(1)

    def action_previous_hit(self) -> None:
        self._hit(-1)

    def _hit(self, step: int) -> None:
        if self.reading.page is not None and self.pane.next_hit(step) is None:
            self.reader.say("No watch hit this text", seconds=2)

    def action_palette(self) -> None:
        from tuireader.ui.palette import open_palette

        open_palette(self)

    def action_help(self) -> None:
        from tuireader.ui.screens.help import Help

        async def chosen(command_id: str | None) -> None:
            if command_id is not None:
                await self.run_command(command_id)

        self.app.push_screen(Help(self.reader.keys_of), chosen)

    async def action_quit(self) -> None:
        await self.reader.leave(0)

    async def run_command(self, command_id: str) -> None:
        """Do what a key of the command would do."""
        await self.run_action(command_id if command_id != "open_link" else "list_links")
