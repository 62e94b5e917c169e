"""The main screen: a method for every command of the table."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tuireader.commands import BY_ID
from tuireader.model import View
from tuireader.text.wording import counted
from tuireader.ui import views
from tuireader.ui.bindings import action_of, bindings
from tuireader.ui.flows.watches import Watching
from tuireader.ui.screens.marking_keys import MarkingKeys

if TYPE_CHECKING:
    from tuireader.ui.dialogs.add_feed import FeedSource
    from tuireader.ui.flows.sharing import Sharing
    from tuireader.ui.flows.subscriptions import Editing
    from tuireader.ui.widgets.search_line import SearchLine


# What the help does for commands that have no meaning without their screen.
INSTEAD = {
    "open_link": "list_links",
    "refresh_failing": "feed_health",
    "pause_feed": "feed_health",
    "accept_move": "feed_health",
    "keep_as_watch": "search",
    "keep_as_view": "search",
    "take_alias": "watches",
    "keep_watch": "watches",
    "look_at_muted": "mute",
}


def _escaped(title: str) -> str:
    """A title as the text of a Markdown link."""
    return title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


class MainScreen(MarkingKeys):
    """What the keys do, on top of the panes."""

    BINDINGS: ClassVar = [
        *bindings(),
        Binding("ctrl+c", "screen.copy_text", show=False),
    ]

    # -- commands: read

    async def action_open_browser(self) -> None:
        await self.host.browse((await self._current_address())[0])

    async def action_open_browser_next(self) -> None:
        article_id = self.current_article_id()
        await self.host.browse((await self._current_address())[0])
        if article_id is not None:
            step = await self.listing.set_read([article_id], True, reading=True)
            if step.change is None or step.change.ids:
                self._say_mark("Read", step)
            await self.action_next_unread()

    async def action_open_link(self, number: int) -> None:
        page = self.reading.page
        link = (
            next((link for link in page.links if link.number == number), None) if page is not None else None
        )
        if link is not None:
            await self.host.browse(link.url)
        elif page is not None:
            self.host.say(f"There is no link {number}")

    def action_list_links(self) -> None:
        from tuireader.ui.dialogs.links import LinkPicker

        page = self.reading.page
        if page is None or not page.links:
            self.host.say("No links here")
            return

        async def chosen(url: str | None) -> None:
            if url:
                await self.host.browse(url)

        self.app.push_screen(LinkPicker(page.links), chosen)

    async def action_story_sources(self) -> None:
        row = await self.row_here()
        if row is None or not row.story:
            self.host.say("Nothing is folded behind this article", seconds=2)
        elif self.listing.folds:
            await self.listing.toggle_sources(row.story)
            self.tell_status()

    def action_related(self) -> None:
        if self.reading.page is None:
            return
        self.go_to(self.pane)
        if not self.pane.choose(max(0, self.pane.chosen)):
            self.host.say("Nothing related is stored")

    async def action_copy_url(self) -> None:
        found = await self._chosen_addresses()
        self._copy([url for url, _ in found], "Copied", found[0][0] if found else "")

    async def action_copy_markdown(self) -> None:
        found = await self._chosen_addresses()
        self._copy(
            [f"[{_escaped(title)}](<{url}>)" for url, title in found],
            "Copied as Markdown",
            found[0][1] if found else "",
        )

    def _copy(self, lines: list[str], said: str, what: str) -> None:
        if not lines:
            self.host.say("This article has no address")
            return
        self.app.copy_to_clipboard("\n".join(lines))
        self.host.say(f"{said}: {what if len(lines) == 1 else f'{len(lines)} articles'}")

    async def _chosen_addresses(self) -> list[tuple[str, str]]:
        """Address and title of what is selected, else of the current article, where there is an address."""
        if self.articles.selected and self.current_pane is self.articles:
            found = [(row.url, row.title) for row in await self.library.lists.rows(self.chosen_ids())]
        else:
            found = [await self._current_address()]
        return [(url, title) for url, title in found if url]

    def action_zen(self) -> None:
        if self.reading.page is None:
            return
        if self.has_class("-zen"):
            self.go_to(self.pane)
        else:
            self.pane.focus(scroll_visible=False)
            self.add_class("-zen")
            self.arrange_panes()

    async def _current_address(self) -> tuple[str, str]:
        """Address and title of the current article."""
        if self.current_pane is self.pane and self.reading.article is not None:
            return self.reading.article.url, self.reading.article.title
        row = await self.row_here()
        return (row.url, row.title) if row is not None else ("", "")

    # -- commands: find

    async def action_search(self) -> None:
        await self.until_chosen()
        if self.before_search is None:
            self.before_search = self.listing.spot()
        await self._open_line("", filters=False)

    def on_search_line_kept(self, message: SearchLine.Kept) -> None:
        """Make a watch or a saved search of what is typed."""
        from tuireader.ui.dialogs.new_watch import from_search

        self.remember_search(message.text)
        if message.as_view:
            view = self.listing.view
            expression = (
                views.expression_of(view, message.text, self.feeds) if message.filters else message.text
            )
            self.editing.ask_view(expression.strip())
        else:
            self.watching.new(from_search(message.text))

    def action_save_view(self) -> None:
        self.editing.save_view()

    async def action_show_new(self) -> None:
        view = self.library.lists.new_view
        if view is None:
            self.host.say("This is the first time; from the next on it shows what has come in between")
        elif not self.counts.new.total:
            self.host.say("Nothing has come since last time")
        else:
            await self.view_chosen(view)

    async def action_filter(self) -> None:
        await self.until_chosen()
        await self._open_line(self.listing.filter, filters=True)

    async def _open_line(self, value: str, *, filters: bool) -> None:
        """Ask for an expression above the list. When this returns, the next key goes into the line."""
        from tuireader.ui.widgets.search_line import SearchLine

        if self.reading.page is not None and (self.has_class("-single") or self.has_class("-zen")):
            self.go_to(self.articles)
        if self.line_going is not None:
            await self.line_going
            self.line_going = None
        lines = self.query(SearchLine)
        line = lines.first() if lines else SearchLine(value, filters=filters, history=self.searches)
        if not lines:
            await self.query_one("#main").mount(line, before=0)
        self.set_focus(line)

    async def action_fold_stories(self) -> None:
        folded = await self.listing.toggle_folds()
        self.tell_status()
        self.host.say("Each story is one line" if folded else "Each article has its line", seconds=2)

    def action_sort(self) -> None:
        from tuireader.ui.flows.sorting import ask

        ask(self)

    async def action_show_hide_read(self) -> None:
        shown = self.listing.toggle_read_shown()
        await self.listing.show(self.listing.view, cursor_id=self.articles.current_id)
        self.tell_top()
        self.host.say("Read articles are shown" if shown else "Read articles are hidden", seconds=2)

    # -- commands: feeds

    def action_refresh_all(self) -> None:
        self.refreshing.refresh()

    def action_refresh_one(self) -> None:
        if self.current_pane is self.pane and self.reading.article is not None:
            self.refreshing.refresh([self.reading.article.feed_id])
            return
        view = self.listing.view
        self.refreshing.refresh(views.feed_ids_of(view, self.feeds))

    def action_add_feed(self) -> None:
        from tuireader.ui.dialogs.add_feed import AddFeed

        folders = [feed.folder for feed in self.feeds]
        self.app.push_screen(AddFeed(self.feed_source, folders), self.feeds_added)

    @property
    def feed_source(self) -> FeedSource:
        """The library as the dialogs that add feeds use it."""
        from tuireader.ui.dialogs.add_feed import FeedSource

        feeds = self.library.feeds
        return FeedSource(feeds.discover, feeds.preview, feeds.is_subscribed, feeds.add)

    async def feeds_added(self, added: int | None) -> None:
        """Fetch new feeds at once."""
        if added:
            await self.reload()
            self.host.say(f"{counted(added, 'feed')} added")
            self.refreshing.refresh(force=False)

    async def config_changed(self, said: str) -> None:
        """Say what has changed the configuration, and show what it says now."""
        await self.editing.changed(said)

    @cached_property
    def editing(self) -> Editing:
        """The dialogs of feeds, folders and saved searches."""
        from tuireader.ui.flows.subscriptions import Editing

        return Editing(self)

    def action_edit_this(self) -> None:
        self.editing.edit(self.editing.chosen)

    def action_remove_this(self) -> None:
        self.editing.remove(self.editing.chosen)

    async def welcomed(self, added: int | None) -> None:
        """After the welcome show the keys that matter first."""
        self.action_tour()
        await self.feeds_added(added)

    def action_feed_health(self) -> None:
        from tuireader.ui.screens.health import Health

        self.app.push_screen(Health(self), self.view_chosen)

    async def view_chosen(self, view: View | None) -> None:
        """Show a view that was chosen on another screen."""
        if view is None:
            return
        if self.reading.page is not None:
            await self.close_quietly()
        self.before_search = None
        await self.show_view(view)
        self.sidebar.select(view)
        self.go_to(self.articles)

    # -- commands: watches, program

    @cached_property
    def watching(self) -> Watching:
        """The dialogs of watches and mutes."""
        return Watching(self)

    async def action_labels(self) -> None:
        from tuireader.ui.flows.labels import Labelling

        if ids := self.chosen_ids():
            await Labelling(self, ids).open()

    def action_watches(self) -> None:
        self.watching.open()

    async def action_new_watch(self) -> None:
        await self.watching.new_from_here()

    async def action_mute(self) -> None:
        await self.watching.mute()

    async def action_follow_story(self) -> None:
        await self.watching.follow()

    def action_next_hit(self) -> None:
        self._hit(1)

    def action_previous_hit(self) -> None:
        self._hit(-1)

    def _hit(self, step: int) -> None:
        if self.pane.sought and self.reading.page is not None:
            self.pane.next_found(step)
            self.tell_status()
        elif self.reading.page is not None and self.pane.next_hit(step) is None:
            self.host.say("No watch hit this text", seconds=2)

    def action_edit_config(self) -> None:
        from tuireader.ui.flows.settings import edit_config

        self.run_worker(edit_config(self), group="editor")

    def action_tour(self) -> None:
        from tuireader.ui.dialogs.tour import Tour

        self.app.push_screen(Tour(self.host.keys_of))

    def action_palette(self) -> None:
        from tuireader.ui.palette import open_palette

        open_palette(self)

    @cached_property
    def sharing(self) -> Sharing:
        """Saving, piping, macros."""
        from tuireader.ui.flows.sharing import Sharing

        return Sharing(self)

    async def action_save(self) -> None:
        await self.sharing.save()

    def action_pipe(self) -> None:
        self.sharing.pipe()

    def action_macro(self) -> None:
        self.sharing.choose_macro()

    def action_help(self) -> None:
        from tuireader.ui.dialogs.help import Help

        async def chosen(command_id: str | None) -> None:
            macro = next((one for one in macros if f"macro {one.key}" == command_id), None)
            if macro is not None:
                await self.sharing.run(macro)
            elif command_id is not None:
                await self.run_command(command_id)

        macros = self.library.config.macros
        self.app.push_screen(Help(self.host.keys_of, macros), chosen)

    async def action_quit(self) -> None:
        await self.host.leave(0)

    async def run_command(self, command_id: str) -> None:
        """Do what a key of the command would do; of one of another screen, open that."""
        await self.run_action(action_of(BY_ID[INSTEAD.get(command_id, command_id)]))
