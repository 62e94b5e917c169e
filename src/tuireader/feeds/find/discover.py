"""Find the feeds of a web page."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from tuireader.errors import IsOpmlError, TuireaderError
from tuireader.feeds.address import same_host
from tuireader.feeds.find.links import advertised, linked
from tuireader.feeds.find.preview import preview
from tuireader.feeds.http.errors import REFUSED
from tuireader.feeds.http.fetch import Fetcher
from tuireader.feeds.parse import charset
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.model import Fault, FeedPreview, Fetched, FetchFailed, FetchJob, FoundFeed, ParsedFeed

_NO_TLS = (Fault.TLS, Fault.NETWORK)  # a server may be there, but without TLS
_HEAD = 8192  # characters in which the root element of an OPML file begins
_OPML = re.compile(
    r"\ufeff?(?:\s|<\?[^>]*>|<!--(?:(?!-->).)*-->|<!DOCTYPE[^>]*>)*<opml", re.IGNORECASE | re.DOTALL
)
COMMON_PATHS = ("/feed", "/rss", "/atom.xml", "/feed.xml", "/index.xml", "/rss.xml", "/feed.json")


async def discover(fetcher: Fetcher, url: str) -> list[FoundFeed]:
    """Find the feeds at `url`, best first.

    Tries, in this order: the known feed address of a well-known site, the address itself, the feeds
    advertised by the page, the feeds that it links to, the usual paths. Raises TuireaderError if the address
    cannot be read, IsOpmlError if it has an OPML file.
    """
    typed, url = url, with_scheme(url)
    async with ParseWorker() as parser:
        for guess in known_site(url):
            if feed := await _feed_at(fetcher, parser, guess):
                return [feed]
        answer = await fetcher.fetch(FetchJob(0, url))
        if isinstance(answer, FetchFailed) and "://" not in typed and answer.fault in _NO_TLS:
            answer = await fetcher.fetch(FetchJob(0, "http" + url[5:]))
        if isinstance(answer, FetchFailed):
            raise unreadable(answer)
        assert isinstance(answer, Fetched), "nothing is known of a page that could be unchanged"
        parsed = await parser.parse(answer.body, answer.url, answer.content_type)
        if isinstance(parsed, ParsedFeed):
            return [FoundFeed(answer.url, parsed.title, preview=preview(parsed, int(fetcher.now())))]
        page = charset.decode(answer.body, answer.content_type)
        if _OPML.match(page[:_HEAD]):
            raise IsOpmlError(answer.body)
        if named := advertised(page, answer.url) or youtube_channel(page, answer.url):
            return [FoundFeed(address, title, answer.url) for address, title in named]
        if parsed.fault in (Fault.BLOCKED, Fault.PARKED):  # its other addresses lead to the same page
            raise TuireaderError(parsed.reason)
        if linked_feeds := await _feeds_at(fetcher, parser, linked(page, answer.url), answer.url):
            return linked_feeds
        usual = [urljoin(answer.url, path) for path in COMMON_PATHS]
        usual_feeds = await _feeds_at(fetcher, parser, usual, answer.url)
        if not usual_feeds and parsed.fault is Fault.LOGIN:
            raise TuireaderError(parsed.reason)
        return usual_feeds


def unreadable(answer: FetchFailed) -> TuireaderError:
    """Explain why an address cannot be read; advise to check it unless the reason is clear by itself."""
    is_clear = answer.status in REFUSED or answer.fault in (Fault.BLOCKED, Fault.LOGIN, Fault.THROTTLED)
    return TuireaderError(answer.reason, "" if is_clear else "check the address")


def with_scheme(address: str) -> str:
    """Add `https://` to a typed address without a scheme; `feed:` addresses become http(s)."""
    address = address.strip()
    address = re.sub(r"^feed:(?://)?(?=https?:)", "", address, flags=re.IGNORECASE)
    address = re.sub(r"^feed://", "https://", address, flags=re.IGNORECASE)
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", address) or re.match(r"[a-zA-Z]+:(?![0-9/])", address):
        return address
    return "https://" + address.lstrip("/")


def known_site(url: str) -> list[str]:
    """Derive the feeds of a page on a well-known site from its address alone."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    path = parts.path.rstrip("/")
    if host in ("youtube.com", "music.youtube.com"):
        return _youtube(path, parse_qs(parts.query))
    if host == "github.com":
        return _github(path)
    if host in ("reddit.com", "old.reddit.com", "new.reddit.com"):
        return _reddit(path, parts.query)
    if re.fullmatch(r"/@[\w.-]+", path) and host and host not in ("medium.com", "tiktok.com", "threads.net"):
        return [urlunsplit((parts.scheme, parts.netloc, f"{path}.rss", "", ""))]
    if host == "medium.com" and re.match(r"/@?[\w.-]+$", path):
        return [f"https://medium.com/feed{path}"]
    return []


def _reddit(path: str, query: str) -> list[str]:
    """Derive the feed of a community, user, thread or search; old.reddit.com now requires a login."""
    kept = f"?{query}" if query else ""
    if path == "/search" or re.fullmatch(r"/r/[\w+-]+/search", path):
        return [f"https://www.reddit.com{path}.rss{kept}"]
    if re.match(r"/(?:r|u|user)/[\w+-]+", path) and not path.endswith(".rss"):
        return [f"https://www.reddit.com{path}/.rss{kept}"]
    return []


_YOUTUBE = "https://www.youtube.com/feeds/videos.xml?"


def _youtube(path: str, query: dict[str, list[str]]) -> list[str]:
    if match := re.match(r"/channel/([\w-]+)", path):
        return [f"{_YOUTUBE}channel_id={match[1]}"]
    if match := re.match(r"/user/([\w-]+)", path):
        return [f"{_YOUTUBE}user={match[1]}"]
    if path in ("/playlist", "/watch") and re.fullmatch(r"[\w-]+", (query.get("list") or [""])[0]):
        return [f"{_YOUTUBE}playlist_id={query['list'][0]}"]
    return []


def youtube_channel(page: str, url: str) -> tuple[tuple[str, str], ...]:
    """Find the feed of the channel that a YouTube page shows: one (address, "") as from `advertised`."""
    host = (urlsplit(url).hostname or "").removeprefix("www.").removeprefix("m.")
    if host == "youtube.com" and (shown := _CHANNEL.search(page)):
        return ((f"{_YOUTUBE}channel_id={shown[1] or shown[2]}", ""),)
    return ()


_CHANNEL = re.compile(
    r"""<link rel="canonical" href="https://www\.youtube\.com/channel/(UC[\w-]{22})"""
    r"""|"(?:externalId|channelId)":"(UC[\w-]{22})\""""
)


def _github(path: str) -> list[str]:
    match = re.match(r"/([\w.-]+)/([\w.-]+)(/releases|/commits|/tags)?(?:/([\w./-]+))?$", path)
    if not match or path.endswith(".atom"):
        return []
    base = f"https://github.com/{match[1]}/{match[2]}"
    if match[3] == "/commits":
        return [f"{base}/commits/{match[4]}.atom" if match[4] else f"{base}/commits.atom"]
    return [f"{base}/tags.atom" if match[3] == "/tags" else f"{base}/releases.atom"]


async def read_preview(fetcher: Fetcher, parser: ParseWorker, feed: FoundFeed) -> FeedPreview:
    """Fetch and summarize a found feed. Raises TuireaderError if it cannot be read.

    A feed on a private network is fetched only if the page that advertises it is on the same host.
    """
    return (await _read(fetcher, parser, feed.url, feed.page))[1]


async def _read(fetcher: Fetcher, parser: ParseWorker, url: str, page: str) -> tuple[str, FeedPreview]:
    """Read a feed named by `page`; return its address after redirects, and its preview."""
    is_elsewhere = bool(page) and not same_host(url, page)
    answer = await fetcher.fetch(FetchJob(0, url, public_only=is_elsewhere))
    if isinstance(answer, FetchFailed):
        raise TuireaderError(answer.reason)
    assert isinstance(answer, Fetched), 'the server says "not modified", but nothing was fetched before'
    parsed = await parser.parse(answer.body, answer.url, answer.content_type)
    if not isinstance(parsed, ParsedFeed):
        raise TuireaderError(parsed.reason)
    return answer.url, preview(parsed, int(fetcher.now()))


async def _feed_at(fetcher: Fetcher, parser: ParseWorker, url: str, page: str = "") -> FoundFeed | None:
    with contextlib.suppress(TuireaderError):
        address, summary = await _read(fetcher, parser, url, page)
        return FoundFeed(address, summary.title, preview=summary)
    return None


async def _feeds_at(fetcher: Fetcher, parser: ParseWorker, urls: Sequence[str], page: str) -> list[FoundFeed]:
    """Read the feeds among some addresses, without duplicates; `page` names them, see `read_preview`."""
    feeds = await asyncio.gather(*(_feed_at(fetcher, parser, url, page) for url in urls))
    unique: dict[str, FoundFeed] = {}
    for feed in filter(None, feeds):
        unique.setdefault(feed.title or feed.url, feed)
    return list(unique.values())
