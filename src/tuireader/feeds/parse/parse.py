"""Parse a body into a ParsedFeed: fast path first, then JSON Feed, then feedparser in its own process.

Every function accepts any bytes and never raises.
"""

from __future__ import annotations

from tuireader.feeds.http import sniff
from tuireader.feeds.parse import charset, fastpath, jsonfeed
from tuireader.feeds.parse.entry import RawFeed, is_something, shape
from tuireader.model import Fault, ParseFailed, ParseResult

QUICK_BYTES = 2_000_000
QUICK_ENTRIES = 5_000


def parse(body: bytes, url: str, content_type: str | None = None) -> ParseResult:
    """Parse `body`, fetched from `url`. Never raises, but may take long on a hostile body.

    `workers.ParseWorker.parse` does the same with a deadline.
    """
    quick = parse_quickly(body, url, content_type, limit=None)
    return quick if quick is not None else parse_tolerantly(body, url, content_type)


def parse_quickly(
    body: bytes, url: str, content_type: str | None = None, *, limit: int | None = QUICK_BYTES
) -> ParseResult | None:
    """Parse in time linear in the body, or return None if feedparser has to parse it.

    Bodies of more than `limit` bytes, or with very many entries, are not tried unless `limit` is None.
    """
    if limit is not None and len(body) > limit:
        return None
    try:
        raw = _quick_feed(body, url, content_type, QUICK_ENTRIES if limit is not None else None)
        if raw is not None:
            return shape(raw)
        text = charset.decode(body, content_type)
        if sniff.start_of_feed(text) is None:
            return sniff.not_a_feed(body, text, url)
    except (ValueError, RecursionError, MemoryError):
        pass  # leave it to the worker, which can be killed
    return None


def _quick_feed(body: bytes, url: str, content_type: str | None, most: int | None) -> RawFeed | None:
    start = body[:100].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return jsonfeed.parse(charset.decode(body, content_type), url)
    if charset.is_plain_utf8(body):
        return fastpath.parse(body.lstrip(b" \t\r\n"), url, most)
    text = charset.decode(body, content_type)
    return fastpath.parse(_without_declaration(text).encode(), url, most)


def parse_tolerantly(body: bytes, url: str, content_type: str | None = None) -> ParseResult:
    """Parse with feedparser. Never raises, but may take minutes."""
    from tuireader.feeds.parse import feedparser_adapter
    from tuireader.feeds.parse.close_tags import has_entries

    text = charset.decode(body, content_type)
    feed_text = sniff.start_of_feed(text)
    if feed_text is None:
        return sniff.not_a_feed(body, text, url)
    try:
        raw = feedparser_adapter.parse(_without_declaration(feed_text), url)
        if raw is None:
            return ParseFailed(Fault.BROKEN, "the feed is damaged, nothing in it can be read")
        if not raw.well_formed and not any(map(is_something, raw.entries)) and has_entries(feed_text):
            return ParseFailed(Fault.BROKEN, "the feed is damaged, none of its entries can be read")
        raw.well_formed = raw.well_formed and len(feed_text) == len(text.lstrip())
        return shape(raw)
    except MemoryError:
        return ParseFailed(Fault.TOO_LARGE, "the feed needs too much memory to be read")
    except Exception:  # feedparser may raise anything, and the caller needs a result
        return ParseFailed(Fault.BROKEN, "the feed is damaged and cannot be read")


def _without_declaration(text: str) -> str:
    """Remove the XML declaration: its encoding no longer applies to decoded text."""
    text = text.lstrip(sniff.LEADING)
    if not text.startswith("<?xml"):
        return text
    end = text.find("?>")
    return text[end + 2 :].lstrip() if end >= 0 else text
