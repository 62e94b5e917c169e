"""What is done about watches and mutes from the main screen: their dialogs, and what follows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tuireader.config import MuteConfig, WatchConfig
from tuireader.errors import TuireaderError
from tuireader.model import ViewKind
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.ui.dialogs.mute import Muted
    from tuireader.ui.screens.main import MainScreen


class Watching:
    """Opens the dialogs; after a change the stored articles are matched anew in the background."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._library = screen.library

    def open(self) -> None:
        """Show the table of the watches."""
        from tuireader.ui.screens.watches import Watches

        table = Watches(self._screen)
        self._screen.app.push_screen(table, self._screen.view_chosen)

    async def new_from_here(self) -> None:
        """A new watch from the selected text, the search that the list shows, or the article one is at."""
        from tuireader.ui.dialogs.new_watch import from_search, from_selection

        if (selected := self._screen.get_selected_text() or "").strip():
            self._screen.clear_selection()
            self.new(from_selection(selected))
            return
        view = self._screen.listing.view
        article_id = self._screen.current_article_id()
        reading = self._screen.current_pane is self._screen.pane
        if view.kind is ViewKind.QUERY and view.key.strip() and not reading:
            self.new(from_search(view.key))
        elif article_id is not None:
            self.new(await self._library.watches.suggest(article_id))
        else:
            self.new()

    async def follow(self) -> None:
        """Ask for a watch of the story that is open or under the cursor."""
        article_id = self._screen.current_article_id()
        if article_id is None:
            return
        try:
            config = await self._screen.library.watches.for_story(article_id)
        except TuireaderError as error:
            self._screen.host.say(str(error), severity="warning")
        else:
            self.new(config)

    def new(self, config: WatchConfig | None = None) -> None:
        """Ask for a new watch."""
        self._ask(config or WatchConfig(name=""), "")

    def edit(self, config: WatchConfig) -> None:
        """Ask for changes of a watch."""
        self._ask(config, config.name)

    def _ask(self, config: WatchConfig, replaces: str) -> None:
        from tuireader.library.watching import name_of, rule_of
        from tuireader.ui.dialogs.new_watch import NewWatch, WatchTools
        from tuireader.watch import Matcher

        library = self._library
        tools = WatchTools(
            preview=library.watches.preview,
            save=library.watches.save,
            spans=lambda config: Matcher([rule_of(config)]).spans,
            aliases=library.watches.suggest_aliases,
            name=name_of,
            feed_title=library.feeds.title,
            colors=library.watches.colors,
        )
        self._screen.app.push_screen(NewWatch(config, tools, replaces=replaces), self._saved)

    async def _saved(self, name: str | None) -> None:
        if name is not None:
            self._say(f"◆ {name}")
            await self.changed()

    def _say(self, said: str) -> None:
        """Say what was changed, where that was written to and how to undo it."""
        where = "until the demo ends" if self._library.offline else f"written to {self._library.paths.config}"
        self._screen.host.say(f"{said} · {self._screen.key_of('undo')} undoes\n{where}")

    async def mute(self) -> None:
        """Ask what to hide: what was searched, or something of the feed one is at."""
        from tuireader.ui.dialogs.mute import Mute, Mutes

        screen = self._screen
        view, article = screen.listing.view, screen.reading.article
        reading = screen.current_pane is screen.pane and article is not None
        row = await screen.row_here()
        if view.kind is ViewKind.FEED and not reading:
            feed_id: int | None = int(view.key)
        elif reading and article is not None:
            feed_id = article.feed_id
        else:
            feed_id = row.feed_id if row is not None else None
        feed = next((one for one in screen.feeds if one.id == feed_id), None)
        words = view.key if view.kind is ViewKind.QUERY and not reading else ""
        stored = self._library.mutes
        mutes = Mutes(stored.all, stored.preview, self._add_mute, stored.remove)
        words = words if "is:muted" not in words else ""
        screen.app.push_screen(Mute(mutes, screen.feeds, feed, words), self._muted)

    async def _add_mute(self, mute: MuteConfig) -> int:
        return await self._library.mutes.add(
            mute.query, mute.feed, mute.until, include_watched=mute.include_watched
        )

    async def _muted(self, muted: Muted | None) -> None:
        if muted is None:
            return
        if muted.look is not None:
            await self._screen.view_chosen(muted.look)
        else:
            self._say(muted.said)
            await self.changed()

    async def changed(self) -> None:
        """Show what the config says now, and match what is stored in the background."""
        self._screen.new_colours()
        await self._screen.reload()
        run_latest(self._screen, partial(self._screen.refreshing.apply_watches), "apply")
