"""What the keys of the open article do: its full text, comments, versions and pictures, find in page."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tuireader.errors import TuireaderError
from tuireader.model import Article
from tuireader.ui.controllers.marks import MOMENT
from tuireader.ui.screens.searching import Searching
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.ui.widgets.article_pane import ArticlePane
    from tuireader.ui.widgets.find_line import FindLine
    from tuireader.ui.widgets.page_pane import PagePane


class ReadingKeys(Searching):
    """Commands that are about one article, the open one or the one under the cursor."""

    async def _opened_here(self) -> Article | None:
        """The article that is meant; it is opened if it is not yet."""
        current = self.articles.current_id
        if self.reading.page is None and current is not None:
            await self.open_article(current)
        return self.reading.article

    # -- full text

    async def action_full_text(self) -> None:
        """Fetch the full text, or change between it and what the feed says."""
        article = await self._opened_here()
        if article is None:
            return
        if article.full is None or not article.full.html:
            self._fetch_full_text(article)
            return
        shown, done = not article.shows_full, asyncio.Event()
        run_latest(self, partial(self._switch_text, article.id, shown, done), "full text")
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), MOMENT)

    async def _switch_text(self, article_id: int, shown: bool, done: asyncio.Event) -> None:
        try:
            await self.reading.renew(await self.library.content.show_full_text(article_id, shown))
            self.host.say_shortly("The full text" if shown else "What the feed says")
        finally:
            done.set()

    async def action_fetch_again(self) -> None:
        """Fetch the full text anew."""
        article = await self._opened_here()
        if article is not None:
            self._fetch_full_text(article)

    def _fetch_full_text(self, article: Article) -> None:
        self.host.say_shortly("Fetching the full text …")
        run_latest(self, partial(self._full_text, article.id), "full text")

    async def _full_text(self, article_id: int) -> None:
        try:
            article = await self.library.content.fetch_full_text(article_id)
        except TuireaderError as error:
            self.host.say(f"No full text: {error}", severity="warning", seconds=8)
            article_now = await self.library.articles.get(article_id)
            if article_now is not None:
                await self.reading.renew(article_now, place=self.pane.place)
            return
        here = await self.reading.renew(article)
        if here:
            self.host.say_shortly(f"The full text · {self.key_of('full_text')} shows what the feed says")
        await self.reload()  # watches may have hit it

    # -- comments

    async def action_comments(self) -> None:
        """Go to the comments, which are loaded first; where there is no feed of them, to the browser."""
        article = await self._opened_here()
        if article is None:
            return
        if not article.comments_feed:
            if article.comments_url:
                await self.host.browse(article.comments_url)
            else:
                self.host.say("This article names no comments", seconds=2)
            return
        if self.current_pane is not self.pane:  # who reads without the list goes on so
            self.go_to(self.pane)
        self.pane.go_to_comments()
        self.host.say_shortly("Loading the comments …")
        run_latest(self, partial(self._comments, article.id), "comments")

    async def _comments(self, article_id: int) -> None:
        try:
            article = await self.library.content.fetch_comments(article_id)
        except TuireaderError as error:
            self.host.say(f"No comments: {error}", severity="warning", seconds=8)
            return
        if await self.reading.renew(article, place=self.pane.place):
            self.pane.go_to_comments()
            self.tell_status()
        self.host.say_no_more()

    # -- versions

    async def action_changes(self) -> None:
        """Show what was changed in the article."""
        from tuireader.ui.dialogs.versions import Versions

        article = await self._opened_here()
        if article is None:
            return
        revisions = await self.library.articles.revisions(article.id)
        if not revisions:
            self.host.say("Nothing was changed since it first came", seconds=2)
            return
        self.app.push_screen(Versions(article.title, revisions))

    # -- pictures

    def action_pictures(self) -> None:
        """Show pictures, or only their places."""
        self.pictures.toggle()

    def on_page_pane_pictures_seen(self, message: PagePane.PicturesSeen) -> None:
        """Load what came in sight, once the text is painted."""
        self.call_after_refresh(self.pictures.see, message.urls, message.width)

    def on_article_pane_unfit(self, _message: ArticlePane.Unfit) -> None:
        """Lay tables out for the width that the text has now."""
        run_latest(self, self.reading.fit_tables, "tables")

    # -- find in page

    async def action_find_in_page(self) -> None:
        """Type what is to be found in the open article."""
        from tuireader.ui.widgets.find_line import FindLine

        if self.reading.page is None:
            self.host.say("Open an article to find something in it", seconds=2)
            return
        lines = self.query(FindLine)
        line = lines.first() if lines else FindLine(self.pane.sought)
        if not lines:
            await self.query_one("#main").mount(line, after=self.pane)
        self.set_focus(line)  # at once: the next key goes into it

    def on_find_line_typed(self, message: FindLine.Typed) -> None:
        """Mark and go to what is typed."""
        self.pane.find(message.text)
        self.tell_status()

    def on_find_line_stepped(self, message: FindLine.Stepped) -> None:
        """Go on among what was found."""
        self.pane.next_found(message.step)
        self.tell_status()

    def on_find_line_left(self, message: FindLine.Left) -> None:
        """Go back to the article; what was found stays marked if it was kept."""
        self.leave_find(keep=message.keep)

    def leave_find(self, *, keep: bool = False) -> bool:
        """Take the line away, and the marks unless they are kept; False when there was neither."""
        from tuireader.ui.widgets.find_line import FindLine

        lines = list(self.query(FindLine))
        for line in lines:
            line.remove()
        sought = bool(self.pane.sought)
        if sought and not keep:
            self.pane.find("")
        if lines:
            self.go_to(self.pane)
        self.tell_status()
        return sought or bool(lines)
