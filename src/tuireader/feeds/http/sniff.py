"""Identify a response body that is not a feed."""

from __future__ import annotations

import re

from msgspec.structs import replace

from tuireader.feeds.address import same_site
from tuireader.feeds.find.links import advertised, linked
from tuireader.feeds.http.blocked import obstacle
from tuireader.model import NAMES_FEEDS, Fault, ParseFailed

HEAD = 100_000
FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
ELEMENT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,50}:)?([A-Za-z_][\w.-]{0,50})")
PAGE_ELEMENT = re.compile(r"<(?:head|body|title|meta|div|p|a|table)[\s>]", re.IGNORECASE)
FEED_START = re.compile(r"<\?xml\s|<rss[\s>]|<rdf:RDF[\s>]|<feed[\s>][^>]{0,500}xmlns", re.IGNORECASE)
OTHER_ROOTS = {
    "html": "a web page",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "opml": "a list of feeds (OPML); import it with: tuireader import",
    "svg": "an image",
    "error": "an error message",
    "opensearchdescription": "a search description",
    "manifest": "a manifest",
}
MAGIC = (
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"RIFF", "an image or a video"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "compressed data"),
    (b"BZh", "compressed data"),
    (b"\x7fELF", "a program"),
    (b"ID3", "an audio file"),
    (b"OggS", "an audio file"),
)
LEADING = "\ufeff\x00 \t\r\n\x0b\x0c"


def root_name(text: str) -> str:
    """Local name of the root element in lower case, `""` if there is none near the start."""
    at = 0
    while (at := text.find("<", at)) >= 0 and at < HEAD:
        if text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text.startswith("<?", at):
            end = text.find(">", at)
        elif text[at : at + 9].lower() == "<!doctype":
            match = ELEMENT.search(text, at)
            name = match[1].lower() if match else ""
            is_page = re.match(r"\s*html", text[at + 9 : at + 40], re.IGNORECASE) is not None
            return "html" if is_page and name not in FEED_ROOTS else name
        elif match := ELEMENT.match(text, at):
            return match[1].lower()
        else:
            end = at
        if end < 0:
            return ""
        at = end + 1
    return ""


def start_of_feed(text: str) -> str | None:
    """Cut off what precedes the feed in a text; None if it contains no feed."""
    text = text.lstrip(LEADING)
    name = root_name(text)
    if name in FEED_ROOTS:
        return text if text.startswith("<") else text[max(text.find("<"), 0) :]
    if name == "html" or name in OTHER_ROOTS:
        return None
    match = FEED_START.search(text, 0, HEAD)
    if match and root_name(text[match.start() :]) in FEED_ROOTS:
        return text[match.start() :]
    return None


def not_a_feed(body: bytes, text: str, url: str) -> ParseFailed:
    """Name the kind of a document that is no feed and, for a web page, the feeds that it advertises."""
    if not body.strip():
        return ParseFailed(Fault.NOT_A_FEED, "the server sent an empty document, not a feed")
    for magic, words in MAGIC:
        if body.startswith(magic):
            return ParseFailed(Fault.NOT_A_FEED, f"this is {words}, not a feed")
    head = text.lstrip(LEADING)
    if head[:1] in ("{", "["):
        return ParseFailed(Fault.NOT_A_FEED, "this is JSON, but not a JSON Feed")
    name = root_name(head)
    if name == "html" or PAGE_ELEMENT.search(head[:5_000]):
        return _web_page(head, url)
    if words := OTHER_ROOTS.get(name, ""):
        return ParseFailed(Fault.NOT_A_FEED, f"this is {words}" + ("" if name == "opml" else ", not a feed"))
    what = f"another kind of XML (<{name}>)" if name else "something else"
    return ParseFailed(Fault.NOT_A_FEED, f"this is {what}, not a feed")


def _web_page(text: str, url: str) -> ParseFailed:
    feeds = tuple(address for address, _ in advertised(text, url))
    if not feeds:  # a page may say in words that the feed has moved
        feeds = tuple(address for address in linked(text, url) if not same_site(address, url))
    named = f"{NAMES_FEEDS}{', '.join(feeds[:3])}{', …' if len(feeds) > 3 else ''}" if feeds else ""
    failed = obstacle(text, url)
    if failed is None or (feeds and failed.fault is Fault.LOGIN):  # a login does not block named feeds
        failed = ParseFailed(Fault.NOT_A_FEED, "this is a web page, not a feed")
    return replace(failed, reason="; ".join(filter(None, (failed.reason, named))), feeds=feeds)
