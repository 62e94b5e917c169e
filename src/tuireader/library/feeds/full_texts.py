"""Full texts: fetch the pages of articles, one on request, or all that are waiting after a refresh."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct, field

from tuireader import ingest
from tuireader.errors import TuireaderError
from tuireader.ingest.queued import results_of
from tuireader.library.accounts.accounts import Accounts
from tuireader.library.context import UseCases
from tuireader.library.feeds.page_tools import PageTools
from tuireader.model import Article, NewMatch, TextFetched
from tuireader.store import Store
from tuireader.store.feeds.requests import Asked
from tuireader.text import is_html, plain, server_of

if TYPE_CHECKING:
    from tuireader.store.articles.full_texts import WaitingPage

    Result = tuple[WaitingPage, str, list[NewMatch]]  # a page with an error or its new matches

EACH = 50
"""Maximum number of pages per feed and refresh; the rest follow in the next one."""
PAUSE = 0.5
"""Seconds between two requests to a public server."""
HOST_SECONDS = 30.0
"""Seconds from the first request to a server until a refresh asks it for no more pages: enough for all of a
feed from a server that answers; one that hangs does not keep the refresh for minutes."""
_AT_ONCE = 8  # pages to fetch at a time from all servers
_PER_HOST = 2
_EXTRACT = 10.0  # seconds to find the article in a page
_LESS = 0.7  # a page with less than this share of the feed's text is probably a login or a consent page


class Round(Struct):
    """The pages that one refresh fetches, by server, and when each server may be asked."""

    hosts: dict[str, deque[WaitingPage]] = field(default_factory=lambda: defaultdict(deque))
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    free_at: dict[str, float] = field(default_factory=dict)
    ends_at: dict[str, float] = field(default_factory=dict)

    def pause(self, host: str, now: float) -> float:
        """Reserve the next request to a server; return the seconds until then, 0 for your own servers."""
        from tuireader.feeds.http.hosts import may_be_public

        start = max(now, self.free_at.get(host, 0.0))
        name = urlsplit(f"//{host}").hostname or ""
        self.free_at[host] = start + (PAUSE if may_be_public(name) else 0.0)
        return start - now


class FullTexts(UseCases):
    """Fetch and store the texts of articles' pages for reading offline, search and watches."""

    _accounts: Accounts
    _page_tools: PageTools

    async def fetch(self, article_id: int) -> Article:
        """Fetch the page of an article, store its text and display it from now on.

        If that fails, the server of an account that has the article is asked for the text. Raises
        TuireaderError when the page cannot be fetched or has much less text than the feed.
        """
        article = await self._context.article(article_id)
        self._context.require_network()
        try:
            html, base_url = await self._page_text(article, True)
            await self._keep(article, html, base_url)
        except TuireaderError as error:
            if html := await self._from_server(article):
                await self._keep(article, html, article.url)
                return await self._context.article(article_id)
            reason, now = error.message, self._now()
            await self._transact(lambda store: store.full_texts.fail(article_id, reason, now))
            raise
        return await self._context.article(article_id)

    async def show(self, article_id: int, shown: bool) -> Article:
        """Display the full text if `shown`, else the feed's text."""
        await self._transact(lambda store: store.full_texts.show(article_id, shown))
        return await self._context.article(article_id)

    async def count_due(self) -> int:
        return len(await self._due(None))

    async def fetch_waiting(
        self, feed_ids: Sequence[int] | None = None
    ) -> AsyncGenerator[TextFetched | NewMatch, None]:
        """Fetch the pages that are due (of `feed_ids`), politely, and yield each with its new matches.

        Pages that are not fetched now stay planned. Iterate inside `contextlib.aclosing`.
        """
        if self._context.offline:
            return
        await self._plan_configured(feed_ids)
        due = await self._due(feed_ids)
        if not due:
            return
        from tuireader.ingest.pages import settle

        now, work = self._now(), Round()
        waiting = await self._pool.read(lambda store: store.full_texts.waiting_hosts(now))
        for page in due:
            host = server_of(page.url)
            if host in waiting:
                await self._postpone([page], waiting[host])
            else:
                work.hosts[host].append(page)
        total, done, feeds = sum(map(len, work.hosts.values())), 0, set[int]()
        async with contextlib.aclosing(results_of(self._run, work)) as results:
            async for page, error, matches in results:
                done += 1
                feeds.add(page.feed_id)
                yield TextFetched(page.article_id, title=page.title, error=error, done=done, total=total)
                for match in matches:
                    yield match
        await self._transact(lambda store: settle(store, feeds))

    async def _due(self, feed_ids: Sequence[int] | None) -> list[WaitingPage]:
        if self._context.offline:
            return []
        off = self._with_text("off")
        now = self._now()
        return await self._pool.read(
            lambda store: store.full_texts.due(now, EACH, feeds=feed_ids, without=off)
        )

    def _with_text(self, setting: str) -> list[int]:
        """Feeds whose `full_text` is in effect `on` or `off`."""
        configs = self._context.feed_configs
        feeds = self._context.feeds
        return [feed.id for feed in feeds if feed.url in configs and configs[feed.url].text == setting]

    async def _plan_configured(self, feed_ids: Sequence[int] | None) -> None:
        """Schedule the newest pages of feeds with `full_text = true`."""
        if all(feed.text != "on" for feed in self._context.config.feeds):
            return
        from tuireader.ingest.pages import AT_FIRST

        ids = [feed_id for feed_id in self._with_text("on") if feed_ids is None or feed_id in feed_ids]
        new = await self._pool.read(lambda store: store.full_texts.unplanned(ids, AT_FIRST))
        if new:
            now = self._now()
            await self._transact(lambda store: store.full_texts.expect(new, now))

    async def _run(self, put: Callable[[Result], None], work: Round) -> None:
        """Fetch all pages of a round, two at a time per server."""
        async with asyncio.TaskGroup() as group:
            for host, pages in work.hosts.items():
                for _ in range(min(_PER_HOST, len(pages))):
                    group.create_task(self._ask_host(work, host, put))

    async def _ask_host(self, work: Round, host: str, put: Callable[[Result], None]) -> None:
        pages = work.hosts[host]
        clock = asyncio.get_running_loop().time
        while pages:
            page = pages.popleft()
            if wait := work.pause(host, clock()):
                await asyncio.sleep(wait)
            async with work.slots:
                end = work.ends_at.setdefault(host, clock() + HOST_SECONDS)
                with contextlib.suppress(TimeoutError):  # this page and the others stay planned
                    if clock() < end:
                        put(await self._attempt(page, pages, host, end))

    async def _attempt(self, page: WaitingPage, others: deque[WaitingPage], host: str, end: float) -> Result:
        """Fetch one page. If its server throttles, postpone the `others` as well.

        Raises TimeoutError, and records nothing, if the page is not there when the time of its `host` is up.
        """
        from tuireader.feeds.pages import PageFailed
        from tuireader.ingest.pages import next_try

        try:
            article = await self._context.article(page.article_id)
            async with asyncio.timeout_at(end):
                html, base_url = await self._page_text(article, False)
            return page, "", await self._keep(article, html, base_url)
        except TuireaderError as error:
            now, failed = self._now(), error if isinstance(error, PageFailed) else PageFailed(error.message)
            again = next_try(page.tries + 1, failed.status, failed.retry_after, now)

            def record(store: Store) -> None:
                store.requests.count([Asked(page.feed_id, 0, pages=1)], now)
                store.full_texts.fail(page.article_id, failed.message, now, again)

            await self._transact(record)
            if failed.throttled:
                until = next_try(1, failed.status, failed.retry_after, now) or now
                postponed = [others.popleft() for _ in range(len(others))]
                await self._postpone(postponed, until)
                await self._transact(lambda store: store.full_texts.wait_for_host(host, until, now))
            return page, error.message, []

    async def _postpone(self, pages: Sequence[WaitingPage], until: int) -> None:
        ids = [page.article_id for page in pages]
        await self._transact(lambda store: store.full_texts.postpone(ids, until))

    async def _from_server(self, article: Article) -> str:
        """Ask an account's server for the text of an article; `""` unless it is better than the feed's."""
        if not self._context.config.accounts:
            return ""
        try:
            html = await self._accounts.full_text(article.id)
        except TuireaderError:
            return ""
        return "" if _reason_against(plain(html), article.title, plain(article.html), True) else html

    async def _keep(self, article: Article, html: str, base_url: str) -> list[NewMatch]:
        """Store and match the text of a page in one transaction."""
        now, rules = self._now(), self._context.rules

        def keep(store: Store) -> list[NewMatch]:
            store.requests.count([Asked(article.feed_id, 0, pages=1)], now)
            return [
                NewMatch(
                    text.id, title=text.title, feed_title=article.feed_title, url=text.url, evidence=evidence
                )
                for text, evidence in ingest.record_full_text(store, article.id, html, base_url, rules, now)
            ]

        return await self._transact(keep)

    async def _page_text(self, article: Article, by_hand: bool) -> tuple[str, str]:
        """Fetch an article's page; return its text as HTML and the base URL of its links.

        A page whose text is unlike the feed's is accepted only `by_hand`.
        """
        from tuireader.feeds import pages
        from tuireader.feeds.http.blocked import obstacle

        fetcher, feed_url = (
            await self._page_tools.open_fetcher(),
            self._context.homes.get(article.feed_id, ""),
        )
        feed = self._context.feed_configs.get(feed_url)
        folder = self._context.paths.config.parent
        own = await pages.own_request(feed, article.url, folder) if feed is not None else None
        home = await self._context.home_of(article.id, article.url)
        page, url = await pages.fetch_page(fetcher, article.url, home, own)
        html = page
        if is_html(page):
            html = await self._page_tools.work("article", page, url, article.title, seconds=_EXTRACT)
        text, known = plain(html), plain(article.html)
        if reason := _reason_against(text, article.title, known, by_hand):
            blocked = obstacle(page, url)
            raise pages.PageFailed(blocked.reason if blocked else reason, status=200)
        return html, url


def _reason_against(text: str, title: str, known: str, by_hand: bool) -> str:
    """Reason to reject the text of a page, `""` to accept it; `known` is the feed's text."""
    if not text:
        return "there is no text on the page"
    if len(text) < _LESS * len(known):
        return "the page has less text than the feed, probably a login or a consent page"
    from tuireader.feeds.teasers import is_about

    if not by_hand and not is_about(text, f"{title}\n{known}"):
        return "the page has another text than the feed, probably a login or a consent page"
    return ""
