"""Fetch the page, comments and images of an article. Errors are TuireaderErrors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from tuireader.config import FeedConfig
from tuireader.errors import TuireaderError
from tuireader.feeds.address import same_host, same_server, same_site
from tuireader.feeds.http.errors import STATUS_WORDS
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.feeds.parse import charset
from tuireader.feeds.parse.entry import web_url
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.model import Comment, Fault, Fetched, FetchFailed, FetchJob, ParsedEntry, ParsedFeed

MOST_BYTES = 8_000_000  # maximum size of a page, a thread of comments or an image
MOST_COMMENTS = 500
LONGEST_COMMENT = 20_000  # maximum characters of HTML kept for one comment
Headers = tuple[tuple[str, str], ...]
_ACCEPT_PAGE = (("Accept", "text/html, application/xhtml+xml, text/plain;q=0.5, */*;q=0.1"),)
_ACCEPT_PICTURE = (("Accept", "image/webp, image/png, image/jpeg, image/gif, image/*;q=0.5"),)


class PageFailed(TuireaderError):
    """No page available. `status` is the server's answer, `retry_after` the wait it asks for, in seconds.

    `throttled` is true if the server wants fewer requests, or cannot be reached at all.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        status: int | None = None,
        retry_after: int | None = None,
        throttled: bool = False,
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.retry_after = retry_after
        self.throttled = throttled


def limited(limits: FetchLimits, seconds: float) -> FetchLimits:
    """Tighten the configured limits: addresses in articles are trusted less than feeds."""
    return replace(
        limits,
        max_bytes=min(limits.max_bytes, MOST_BYTES),
        total=min(limits.total, seconds),
        block_private=True,
    )


async def open_fetcher(limits: FetchLimits, now: Callable[[], float]) -> Fetcher:
    """Open a fetcher, loading its imports and certificates in a thread."""
    fetcher = Fetcher(limits, now=now)
    await asyncio.to_thread(fetcher.tls_context)
    return fetcher


async def fetch_page(
    fetcher: Fetcher, url: str, feed_url: str, own: FetchJob | None = None
) -> tuple[str, str]:
    """Fetch the text of a web page, and its address after redirects.

    A page on a private network is fetched only if its feed is on the same host. `own` has the user agent,
    headers and cookies that the feed's configuration gives for it.
    """
    answer = await _fetch(fetcher, url, feed_url, _ACCEPT_PAGE, own)
    kind = (answer.content_type or "").partition(";")[0].strip().lower()
    text = charset.decode_page(answer.body, answer.content_type)
    if kind not in ("", "text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml"):
        raise PageFailed(f"the page is {kind}, not text", "o opens it in the browser", status=200)
    if "\0" in text[:4_096]:
        raise PageFailed("the page is not text", "o opens it in the browser", status=200)
    return text, answer.url


async def own_request(feed: FeedConfig, url: str, folder: Path) -> FetchJob:
    """Prepare the request for a page of a feed as configured: its user agent, and what belongs to its site.

    Cookies are for the entire site; headers and passwords are for the feed alone, and for pages of its server
    only with `full_text = true`: on a shared server, pages may be those of other people. Raises
    TuireaderError when a secret or the cookie file cannot be read.
    """
    from tuireader.feeds import secrets

    job = FetchJob(0, url, user_agent=feed.user_agent)
    if not secrets.has(feed) or not same_site(feed.url, url):
        return job
    if feed.full_text != "on" or not same_server(feed.url, url):
        feed = replace(feed, headers=(), username="", password="")
    return await asyncio.to_thread(secrets.filled, job, replace(feed, url=url), folder)


async def fetch_comments(
    fetcher: Fetcher, parser: ParseWorker, url: str, feed_url: str
) -> tuple[Comment, ...]:
    """Fetch a comment feed: its comments, oldest first, undated ones last."""
    answer = await _fetch(fetcher, url, feed_url, ())
    parsed = await parser.parse(answer.body, answer.url, answer.content_type)
    if not isinstance(parsed, ParsedFeed):
        raise TuireaderError(f"the comments cannot be read: {parsed.reason}")
    return tuple(map(_comment, sorted(parsed.entries[:MOST_COMMENTS], key=_order)))


async def fetch_picture(fetcher: Fetcher, url: str, feed_url: str) -> bytes:
    """Fetch the bytes of an image, unchecked."""
    return (await _fetch(fetcher, url, feed_url, _ACCEPT_PICTURE)).body


async def _fetch(
    fetcher: Fetcher, url: str, feed_url: str, headers: Headers, own: FetchJob | None = None
) -> Fetched:
    if not web_url(url):
        raise TuireaderError("the article has no web address")
    own = own or FetchJob(0, url)
    job = replace(own, headers=(*headers, *own.headers), public_only=not same_host(url, feed_url))
    answer = await fetcher.fetch(job)
    if isinstance(answer, FetchFailed):
        if answer.status == 401:  # a page has no password in the configuration
            raise PageFailed(f"HTTP 401: {STATUS_WORDS[401]}", "o opens it in the browser", status=401)
        status, wait = answer.status, answer.retry_after
        throttled = answer.fault in (Fault.THROTTLED, Fault.NETWORK) or status == 503
        raise PageFailed(answer.reason, status=status, retry_after=wait, throttled=throttled)
    assert isinstance(answer, Fetched), 'the server says "not modified", but nothing was fetched before'
    return answer


def _order(entry: ParsedEntry) -> tuple[bool, int]:
    return entry.published is None, entry.published or 0


def _comment(entry: ParsedEntry) -> Comment:
    author = entry.author or re.sub(r"^(?:By|In reply to .{1,80}? by):\s*", "", entry.title)
    html = (entry.content_html or entry.summary_html)[:LONGEST_COMMENT]
    return Comment(author, entry.published, html, entry.base_url or entry.url)
