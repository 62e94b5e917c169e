"""The feeds that a web page names in its head (`<link rel="alternate">`, WHATWG HTML §4.6.7.1)."""

from __future__ import annotations

import html
import re

from tuireader.text import clean, safe_url

HEAD = 400_000
MOST = 20
TAG = re.compile(r"<(link|base)\b([^<>]{0,4000})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([A-Za-z-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
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
    """(address, title) of the feeds that the page at `url` names, in its order, each once."""
    base = url
    found: dict[str, str] = {}
    for tag in TAG.finditer(page, 0, HEAD):
        attributes = {
            name.lower(): html.unescape(double or single or bare)
            for name, double, single, bare in ATTRIBUTE.findall(tag[2])
        }
        if tag[1].lower() == "base":
            base = safe_url(attributes.get("href", ""), url) or base
        elif _is_feed(attributes):
            address = safe_url(attributes.get("href", ""), base)
            if address.startswith(("http://", "https://")):
                found.setdefault(address, clean(attributes.get("title", ""), 200))
        if len(found) == MOST:
            break
    return tuple(found.items())


def _is_feed(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").lower().partition(";")[0].strip()
    if "feed" in relations:
        return True
    if "alternate" not in relations or "stylesheet" in relations or kind not in TYPES:
        return False
    # "application/json" is also what WordPress and others call their API
    return kind != "application/json" or "feed" in attributes.get("href", "").lower()
