"""Read web pages without a feed: their articles by CSS selectors, or their text to be watched for changes.

`read_items` and `read_page` run in the worker process that parses feeds; a page may take arbitrarily long.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from msgspec.structs import replace

from tuireader.feeds.address import same_host
from tuireader.feeds.http.blocked import obstacle
from tuireader.feeds.parse import charset
from tuireader.feeds.parse.entry import PLAIN, Raw, RawFeed, Text, join, shape, web_url
from tuireader.model import Fault, Fetched, FetchJob, FetchResult, ParsedFeed, ParseFailed, ParseResult
from tuireader.subprocesses.jobs import Failed
from tuireader.text import clean, without_password

MOST_PAGES = 5  # maximum number of pages to read at once, the first one included
SELECTORS = ("items", "item_title", "item_link", "item_date", "item_summary", "next_page")
"""Fields of a Source with selectors of articles, named like the keys of the configuration."""
_SESSION = re.compile(
    r"(?i);jsessionid=[^?#/]*|(?<=[?&])(?:phpsessid|jsessionid|sid|session_?id|oscsid|zenid)=[0-9a-z]{16,}(?:&|(?=#|$))"
)
_LOOSE_END = re.compile(r"[?&]+(?=#|$)")


def read_items(
    body: bytes, url: str, content_type: str | None, selectors: tuple[tuple[str, str], ...], now: int
) -> ParseResult:
    """Read the articles that selectors find on a page, in their order."""
    from tuireader.pages.items import items

    page = ""
    try:
        page = page_text(body, content_type)
        title, base, _, articles, following, _ = items(page, dict(selectors), now)
    except Failed as failed:
        return obstacle(page, url) or ParseFailed(Fault.SELECTOR, str(failed))
    base = join(url, base)
    entries = [_raw(*item, base, url) for item in articles]
    parsed = shape(RawFeed(url, atom=True, title=Text(title, PLAIN), link=url, entries=entries))
    older = web_url(following, base)
    return replace(parsed, older=older if older != url and same_host(older, url) else "")


def _raw(title: str, link: str, time: int | None, html: str, base: str, url: str) -> Raw:
    """Turn an item into an entry, identified by its anchor if it is a part of the page."""
    address = _LOOSE_END.sub("", _SESSION.sub("", web_url(link, base)))
    page, _, place = address.partition("#")
    guid = address if place and page == url.partition("#")[0] else ""
    summary = Text(html) if html else None
    return Raw(guid, Text(title, PLAIN), address, published=time, summary=summary, base=base)


def read_page(body: bytes, url: str, content_type: str | None, selector: str) -> ParseResult:
    """Read the text of a watched page, without entries: comparing it with the stored text yields them."""
    from tuireader.pages.text import watched

    page = ""
    try:
        page = page_text(body, content_type)
        title, base, text, links = watched(page, selector)
    except Failed as failed:
        return obstacle(page, url) or ParseFailed(Fault.SELECTOR, str(failed))
    if not selector and (blocked := obstacle(page, url)) and blocked.fault is not Fault.LOGIN:
        return blocked  # many short pages offer a login, too
    base = join(url, base)
    resolved = [(clean(words, 300), web_url(link, base)) for words, link in links]
    name = clean(title, 300) or without_password(url)
    kept = tuple((words, link) for words, link in resolved if words and link)
    return ParsedFeed(title=name, site_url=url, partial=True, page_text=text, page_links=kept)


def page_text(body: bytes, content_type: str | None) -> str:
    """Decode a page. Raises Failed if it is something else."""
    if b"\0" in body[:4_096] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Failed("this is not a web page")
    return charset.decode_page(body, content_type)


async def with_older(
    first: ParsedFeed,
    fetched: Fetched,
    stored: Mapping[int, int],
    fetch: Callable[[FetchJob], Awaitable[FetchResult]],
    parse: Callable[[Fetched], Awaitable[ParseResult]],
) -> ParsedFeed:
    """Add further pages until one has a known entry, up to `MOST_PAGES` in all, even on the first visit.

    An unreadable page ends the search; the articles of the others are kept.
    """
    joined, last = first, first
    seen = {fetched.url}
    while not _overlaps(last, stored) and last.older not in ("", *seen) and len(seen) < MOST_PAGES:
        seen.add(last.older)
        job = replace(fetched.job, url=last.older, etag=None, last_modified=None, body_hash=None)
        answer = await fetch(job)
        more = await parse(answer) if isinstance(answer, Fetched) else None
        if not isinstance(more, ParsedFeed):
            break
        joined, last = _joined(joined, more), more
    return joined


def _overlaps(page: ParsedFeed, stored: Mapping[int, int]) -> bool:
    return bool(page.known) or any(key.guid in stored for key in page.keys)


def _joined(first: ParsedFeed, more: ParsedFeed) -> ParsedFeed:
    """Append the entries of a further page, except those already there."""
    known = {key.guid for key in first.keys} | set(first.known)
    new = [at for at, key in enumerate(more.keys) if key.guid not in known]
    return replace(
        first,
        entries=(*first.entries, *(more.entries[at] for at in new)),
        keys=(*first.keys, *(more.keys[at] for at in new)),
        prepared=(*first.prepared, *(more.prepared[at] for at in new)),
        known=(*first.known, *(guid for guid in more.known if guid not in known)),
        older=more.older,
        outline=(*first.outline, *(line for line in more.outline if line[0] not in known)),
    )
