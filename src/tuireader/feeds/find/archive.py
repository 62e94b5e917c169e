"""Find the older entries of a feed: linked documents (RFC 5005, JSON Feed), pages of WordPress."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

RELATIONS = frozenset({"prev-archive", "next", "current"})
"""Relations of links to further documents of a feed."""
_WORDPRESS = re.compile(r"wordpress\.(?:org|com)/|^\s*wordpress\b", re.IGNORECASE)
_PAGE = "paged"


def older(url: str, links: Mapping[str, str], generator: str) -> str:
    """Find the document that continues the one at `url` with older entries; its address, or `""`.

    Archived documents (`prev-archive`) come first, since they do not change while they are read. WordPress
    numbers the pages of each feed, but links none of them.
    """
    for relation in ("prev-archive", "next"):
        link = links.get(relation, "")
        if link and link != url:
            return link
    return wordpress_page(url) if _WORDPRESS.search(generator) else ""


def wordpress_page(url: str) -> str:
    """Count up the `paged` parameter, as WordPress numbers older pages; `""` for an invalid address."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return ""
    page = next((value for name, value in query if name == _PAGE), "1")
    number = int(page) + 1 if page.isdecimal() and len(page) < 6 else 2
    query = [pair for pair in query if pair[0] != _PAGE] + [(_PAGE, str(number))]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
