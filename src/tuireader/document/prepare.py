"""What is made of an entry before it is stored: plain texts, words for the index, links. Pure.

None of it depends on what is stored, so it can be done where the feed is parsed: in a process of its own
when many feeds are new. For known entries it is never done.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tuireader import dedup
from tuireader.document import links_of
from tuireader.lexicon import indexed
from tuireader.model import ParsedEntry, Prepared
from tuireader.text import cut_characters, is_html, plain, tokens

_TITLE = 100
"""Characters of the text that stand in for a title that is missing."""
_MOST_LINKS = 60
"""Outbound links that are kept of one article; pages with more are link lists."""


def prepare(entry: ParsedEntry) -> Prepared:
    """Everything about an entry that only its own text decides."""
    html = entry.content_html or entry.summary_html
    pieces = tokens(html) if is_html(html) else None  # taken apart once for both text and links
    body = plain(html, pieces) if html else ""
    summary = plain(entry.summary_html) if entry.content_html and entry.summary_html else ""
    title = title_of(entry, body)
    published = entry.published if entry.published is not None else entry.updated
    return Prepared(
        title=title,
        summary=summary,
        body=body,
        words=words(title, summary, body, entry.author),
        links=links_in(html, entry.base_url or entry.url, pieces),
        text_key=dedup.text_key(title, body, entry.url, published),
    )


def title_of(entry: ParsedEntry, body: str) -> str:
    """The title of an entry, or what stands in for it: the first line of its plain text, its address."""
    return entry.title or cut_characters(body.partition("\n")[0], _TITLE) or entry.url


def links_in(
    html: str, base_url: str, pieces: Sequence[str] | None = None
) -> tuple[tuple[str, str, str], ...]:
    """(address, label, the line before it) of the outbound links of a text; `pieces` are its `tokens`."""
    return tuple(links_of(html, base_url, pieces)[:_MOST_LINKS])


def words(title: str, summary: str, body: str, author: str) -> tuple[str, str, str]:
    """The words of an article for the three columns of the full-text index."""
    return indexed(title), indexed(f"{summary}\n{body}" if summary else body), _indexed_name(author)


_indexed_name = lru_cache(maxsize=512)(indexed)  # a feed has few authors
