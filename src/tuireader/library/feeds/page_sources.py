"""Pages without a feed: propose selectors, preview their articles, subscribe."""

from __future__ import annotations

from msgspec import Struct

from tuireader.config import FeedConfig
from tuireader.config.selectors import ITEM_KEYS
from tuireader.errors import TuireaderError
from tuireader.library.context import UseCases
from tuireader.library.feeds.feeds import Feeds
from tuireader.library.feeds.page_tools import PageTools, fetch_limits
from tuireader.model import Fetched, FetchFailed, FetchJob, FoundArticle, FoundOnPage
from tuireader.subprocesses.jobs import Failed
from tuireader.text import clean

_SECONDS = 10.0  # seconds to select or propose


class WebPage(Struct, frozen=True):
    """A fetched page; `address` is where it was found, `text` its HTML."""

    address: str
    text: str


class PageSources(UseCases):
    """Articles of pages by CSS selectors, and pages watched for changes."""

    _feeds: Feeds
    _page_tools: PageTools

    async def fetch(self, url: str) -> WebPage:
        """Fetch a page. Raises TuireaderError."""
        self._context.require_network()
        from tuireader.feeds.find.discover import unreadable, with_scheme
        from tuireader.feeds.page_source import page_text
        from tuireader.feeds.pages import open_fetcher

        async with await open_fetcher(fetch_limits(self._context.config), self._context.clock) as fetcher:
            answer = await fetcher.fetch(FetchJob(0, with_scheme(url)))
        if isinstance(answer, FetchFailed):
            raise unreadable(answer)
        assert isinstance(answer, Fetched), "nothing is known that could be unchanged"
        try:
            return WebPage(answer.url, page_text(answer.body, answer.content_type))
        except Failed as failed:
            raise TuireaderError(str(failed)) from None

    async def propose(self, page: WebPage) -> list[FeedConfig]:
        """Propose selectors for the articles of a page, best first; none without a repeated block."""
        try:
            proposals = await self._page_tools.attempt(
                "page_proposals", page.text, page.address, self._now(), seconds=_SECONDS
            )
        except Failed:
            return []
        return [FeedConfig(page.address, **selectors) for selectors in proposals]

    async def look(self, page: WebPage, feed: FeedConfig) -> FoundOnPage:
        """Select the articles of a page as a configuration would. Never raises for bad selectors."""
        try:
            return await (self._text(page, feed) if feed.kind == "page" else self._articles(page, feed))
        except Failed as failed:
            return FoundOnPage(error=str(failed))

    async def _articles(self, page: WebPage, feed: FeedConfig) -> FoundOnPage:
        from tuireader.feeds.parse.entry import join, web_url

        if not feed.items:
            return FoundOnPage(error="items is empty: it selects the articles")
        selectors = {key: getattr(feed, key) for key in ITEM_KEYS}
        title, base, _, items, following, missing = await self._page_tools.attempt(
            "page_items", page.text, selectors, self._now(), seconds=_SECONDS
        )
        base = join(page.address, base)
        articles = tuple(
            FoundArticle(clean(name) or web_url(link, base), web_url(link, base), time)
            for name, link, time, _ in items
        )
        return FoundOnPage(clean(title), articles, older=web_url(following, base), missing=missing)

    async def _text(self, page: WebPage, feed: FeedConfig) -> FoundOnPage:
        title, _, text, _ = await self._page_tools.attempt(
            "page_text", page.text, feed.select, seconds=_SECONDS
        )
        return FoundOnPage(clean(title), lines=tuple(map(clean, text.split("\n"))))

    async def add(self, feed: FeedConfig) -> bool:
        """Subscribe to a page; return whether it is new. Raises ConfigError."""
        return bool(await self._feeds.add_configs([feed]))
