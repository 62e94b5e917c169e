"""The feeds that a web page names in its head (`link rel="alternate"`, WHATWG HTML §4.6.7.1) or links to."""

from __future__ import annotations

import html
import re

from tuireader.text import clean, safe_url

HEAD = 400_000
MOST = 20
MOST_LINKED = 4
TAG = re.compile(r"<(link|base)\b([^<>]{0,4000})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([A-Za-z-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|template)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
ANCHOR = re.compile(r"<(a|base)\b([^<>]{0,4000})>", re.IGNORECASE)
LOOKS = re.compile(
    r"(?i)(?:^|[/.=_-])(?:rss2?|atom|feeds?|rdf)(?:\.(?:xml|rss|atom|json|php|rdf))?/?(?:\?.*)?$|\.(?:rss|atom)$"
)
NO_NAME = re.compile(
    r"(?i)(?:[\W\d_]|rss|atom|rdf|xml|json|(?:news)?feeds?|flux|fil|canal|subscribe|syndication|订阅|訂閱)*"
)
"""Titles of links that name a kind of feed, not a feed."""
COMMENTS = re.compile(r"(?i)\bcomments?\b")
TYPES = frozenset({
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/json",
    "text/xml",
    "application/xml",
})  # fmt: skip


def advertised(page: str, url: str) -> tuple[tuple[str, str], ...]:
    """Return (address, title) of the feeds that the page at `url` names, in its order, each once.

    Comment feeds come last. Titles such as "RSS" become "".
    """
    base = url
    found: dict[str, str] = {}
    for tag in TAG.finditer(UNSEEN.sub("", page[:HEAD])):
        attributes = _attributes(tag[2])
        if tag[1].lower() == "base":
            base = safe_url(attributes.get("href", ""), url) or base
        elif _is_feed(attributes):
            address = _address(attributes, base)
            if address and address != url:
                title = clean(attributes.get("title", ""), 200)
                found.setdefault(address, "" if NO_NAME.fullmatch(title) else title)
        if len(found) == MOST:
            break
    return tuple(sorted(found.items(), key=lambda one: COMMENTS.search(f"{one[1]} {one[0]}") is not None))


def linked(page: str, url: str) -> tuple[str, ...]:
    """Return addresses that look like feeds among the links of the page at `url`."""
    base = url
    found: dict[str, None] = {}
    for tag in ANCHOR.finditer(UNSEEN.sub("", page[:HEAD])):
        attributes = _attributes(tag[2])
        if tag[1].lower() == "base":
            base = safe_url(attributes.get("href", ""), url) or base
            continue
        address = _address(attributes, base)
        typed = attributes.get("type", "").lower().partition(";")[0].strip() in TYPES
        if address and address != url and (typed or LOOKS.search(address[:1000])):
            found[address] = None
    return tuple(sorted(found, key=lambda address: COMMENTS.search(address) is not None))[:MOST_LINKED]


def _attributes(tag: str) -> dict[str, str]:
    return {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in ATTRIBUTE.findall(tag)
    }


def _address(attributes: dict[str, str], base: str) -> str:
    """Return the web address of a tag, or ""; `feed:` may precede or replace `http:`."""
    href = re.sub(r"(?i)^\s*feed:(?:(?=https?:)|(?=//))", "", attributes.get("href", ""))
    address = safe_url(href, base)
    return address if address.startswith(("http://", "https://")) else ""


def _is_feed(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").lower().partition(";")[0].strip()
    if "feed" in relations:
        return True
    if "alternate" not in relations or "stylesheet" in relations or kind not in TYPES:
        return False
    # "application/json" is also what WordPress and others call their API
    return kind != "application/json" or "feed" in attributes.get("href", "").lower()
