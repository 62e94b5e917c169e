"""Full text and comments of the open article, fetched in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from tuireader.errors import TuireaderError
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.marks import MOMENT
from tuireader.ui.controllers.navigation import Navigation
from tuireader.ui.controllers.reader import Reader
from tuireader.ui.workers import run_latest, wait_at_most


@dataclass(eq=False)
class FullText(Controller):
    """Commands for the open article; if none is open, the one under the cursor is opened."""

    reader: Reader
    navigation: Navigation
    reload: Callable[[], Awaitable[None]]

    async def toggle(self) -> None:
        """Fetch the full text, or switch between it and the feed's text."""
        article = await self.navigation.opened_here()
        if article is None or article.full is None or not article.full.html:
            await self.fetch_again()
            return
        article_id, shown, done = article.id, not article.shows_full, asyncio.Event()

        async def switch() -> None:
            try:
                await self.reader.renew(await self.library.full_texts.show(article_id, shown))
                self.host.say_shortly("Full text" if shown else "Feed text")
            finally:
                done.set()

        run_latest(self.panes, switch, "full text")
        await wait_at_most(MOMENT, done)

    async def fetch_again(self) -> None:
        article = await self.navigation.opened_here()
        if article is not None:
            self.host.say_shortly("Fetching the full text …")
            run_latest(self.panes, partial(self._fetch, article.id), "full text")

    async def _fetch(self, article_id: int) -> None:
        try:
            article = await self.library.full_texts.fetch(article_id)
        except TuireaderError as error:
            self.host.say(f"No full text: {error}", severity="warning", seconds=8)
            await self.reader.completed(article_id)
            return
        if await self.reader.renew(article):
            key = self.host.key_of("full_text")
            self.host.say_shortly(f"Full text · {key} shows the feed's text")
        await self.reload()  # watches may match it

    async def comments(self) -> None:
        """Load the comments and go to them; without a comment feed, open the browser."""
        article = await self.navigation.opened_here()
        if article is None:
            return
        if not article.comments_feed:
            if article.comments_url:
                await self.host.browse(article.comments_url)
            else:
                self.host.say("This article has no comments page", seconds=2)
            return
        if not self.panes.in_article:  # else the pane may be alone on the screen, and stays so
            self.panes.go_to(self.pane)
        self.pane.go_to_comments()
        self.host.say_shortly("Loading the comments …")
        run_latest(self.panes, partial(self._load_comments, article.id), "comments")

    async def _load_comments(self, article_id: int) -> None:
        try:
            article = await self.library.content.fetch_comments(article_id)
        except TuireaderError as error:
            self.host.say(f"No comments: {error}", severity="warning", seconds=8)
            return
        if await self.reader.renew(article, place=self.pane.place):
            self.pane.go_to_comments()
        self.host.say_no_more()
