"""RSS documents for tests, made from a few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape


def item(
    guid: str,
    title: str,
    html: str = "<p>Some text.</p>",
    *,
    url: str = "",
    time: int = 1_700_000_000,
    more: str = "",
) -> str:
    """One RSS item; `more` is further XML."""
    when = format_datetime(datetime.fromtimestamp(time, UTC))
    return (
        f"<item><guid isPermaLink='false'>{escape(guid)}</guid><title>{escape(title)}</title>"
        f"<link>{escape(url or f'https://site.example.org/{guid}')}</link><pubDate>{when}</pubDate>"
        f"<description>{escape(html)}</description>{more}</item>"
    )


def rss(title: str, items: Sequence[str]) -> bytes:
    """An RSS 2.0 document."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel>'
        f"<title>{escape(title)}</title><link>https://site.example.org/</link>"
        f"<description>d</description>{''.join(items)}</channel></rss>"
    ).encode()
