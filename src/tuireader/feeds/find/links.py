"""Feeds that a web page advertises (`link rel="alternate"`, WHATWG HTML §4.6.7.1) or links to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tuireader.document.elements import attributes
from tuireader.feeds.parse.entry import web_url
from tuireader.text import clean, safe_url

HEAD = 400_000
MOST = 20
MOST_LINKED = 4
UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|template)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
LOOKS = re.compile(
    r"(?i)(?:^|[/.=_-])(?:rss2?|atom|feeds?|rdf)(?:\.(?:xml|rss|atom|json|php|rdf))?/?(?:\?.*)?$|\.(?:rss|atom)$"
)
NO_NAME = re.compile(
    r"(?i)(?:[\W\d_]|rss|atom|rdf|xml|json|(?:news)?feeds?|flux|fil|canal|subscribe|syndication|订阅|訂閱)*"
)
"""Generic link titles: they name the format, not the feed."""
COMMENTS = re.compile(r"(?i)\bcomments?\b")
TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
    "application/json", "text/xml", "application/xml",
})  # fmt: skip


def advertised(page: str, url: str) -> tuple[tuple[str, str], ...]:
    """Return (address, title) of each feed that the page at `url` advertises, comment feeds last.

    Titles such as "RSS" become "".
    """
    titles: dict[str, str] = {}
    for values, address in _tags("link", page, url):
        if address and _is_feed(values):
            title = clean(values.get("title", ""), 200)
            titles.setdefault(address, "" if NO_NAME.fullmatch(title) else title)
        if len(titles) == MOST:
            break
    return tuple(sorted(titles.items(), key=lambda item: COMMENTS.search(f"{item[1]} {item[0]}") is not None))


def linked(page: str, url: str) -> tuple[str, ...]:
    """Return the addresses that look like feeds among the links of the page at `url`, comment feeds last."""
    links: dict[str, None] = {}
    for values, address in _tags("a", page, url):
        typed = values.get("type", "").lower().partition(";")[0].strip() in TYPES
        if address and (typed or LOOKS.search(address[:1000])):
            links[address] = None
    return tuple(sorted(links, key=lambda address: COMMENTS.search(address) is not None))[:MOST_LINKED]


def _tags(name: str, page: str, url: str) -> Iterator[tuple[dict[str, str], str]]:
    """Yield the attributes and the web address of each `name` tag; the address is "" for the page itself."""
    base = url
    for tag in re.finditer(rf"(?i)<({name}|base)\b([^<>]{{0,4000}})>", UNSEEN.sub("", page[:HEAD])):
        values = attributes(tag[2])
        # `feed:` may precede or replace `http:`
        href = re.sub(r"(?i)^\s*feed:(?:(?=https?:)|(?=//))", "", values.get("href", ""))
        if tag[1].lower() == "base":
            base = safe_url(values.get("href", ""), url) or base
        else:
            address = web_url(href, base)
            yield values, "" if address == url else address


def _is_feed(values: dict[str, str]) -> bool:
    relations = values.get("rel", "").lower().split()
    kind = values.get("type", "").lower().partition(";")[0].strip()
    if "feed" in relations:
        return True
    if "alternate" not in relations or "stylesheet" in relations or kind not in TYPES:
        return False
    # WordPress and others also declare their API as "application/json"
    return kind != "application/json" or "feed" in values.get("href", "").lower()
