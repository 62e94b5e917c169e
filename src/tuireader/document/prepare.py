"""Prepare a new entry for storing: plain texts, words for the index, links. Pure.

This does not depend on the store, so it can run in the process that parses the feed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec.structs import replace

from tuireader import dedup
from tuireader.document import links_of
from tuireader.document.link_kinds import kind
from tuireader.lexicon import indexed
from tuireader.model import Keys, OutLink, ParsedEntry, ParsedFeed, Prepared
from tuireader.text import cut_characters, is_html, plain, tokens

_TITLE = 100  # maximum characters of a text used as title
_MOST_LINKS = 60  # maximum outbound links to keep; pages with more are link lists


def drop_known(
    parsed: ParsedFeed, stored: Mapping[int, int], keys_of: Sequence[Keys] | None = None
) -> ParsedFeed:
    """Keep only the new and changed entries of a feed, prepared and with their keys.

    `keys_of` are the keys of all entries, if known.
    """
    known, kept, keys = [], [], []
    unique = dedup.unique_entries(parsed.entries, keys_of)
    for guid, (entry, entry_keys) in unique.items():
        if stored.get(guid) == entry_keys.digest:
            known.append(guid)
        else:
            kept.append(entry)
            keys.append(entry_keys)
    return replace(
        parsed,
        entries=tuple(kept),
        keys=tuple(keys),
        known=tuple(known),
        prepared=tuple(map(prepare, kept)),
        outline=tuple([(guid, entry.published, entry.updated) for guid, (entry, _) in unique.items()]),
    )


def prepare(entry: ParsedEntry) -> Prepared:
    """Derive everything that follows from an entry alone."""
    html = entry.content_html or entry.summary_html
    pieces = tokens(html) if is_html(html) else None  # split once for both text and links
    body = plain(html, pieces) if html else ""
    summary = plain(entry.summary_html) if entry.content_html and entry.summary_html else ""
    title = title_of(entry, body)
    published = entry.published if entry.published is not None else entry.updated
    return Prepared(
        title=title,
        summary=summary,
        body=body,
        words=words(title, summary, body, entry.author),
        links=links_in(html, entry.base_url or entry.url, entry.url, pieces),
        text_key=dedup.text_key(title, body, entry.url, published),
    )


def title_of(entry: ParsedEntry, body: str) -> str:
    """Return the title of an entry, else the first line of its plain text, else its address."""
    return entry.title or cut_characters(body.partition("\n")[0], _TITLE) or entry.url


def links_in(
    html: str, base_url: str, own_url: str, pieces: Sequence[str] | None = None
) -> tuple[OutLink, ...]:
    """Return the links to other pages, each address once; `pieces` are the `tokens`."""
    first: dict[str, OutLink] = {}
    for url, label, context in links_of(html, base_url, pieces)[:_MOST_LINKS]:
        if url not in first and url != own_url and url.startswith("http"):
            first[url] = OutLink(url, label, kind(url, label, context))
    return tuple(first.values())


def words(title: str, summary: str, body: str, author: str) -> tuple[str, str, str]:
    """Return the words of an article for the three columns of the full-text index."""
    return indexed(title), indexed(f"{summary}\n{body}" if summary else body), _indexed_name(author)


_indexed_name = lru_cache(maxsize=512)(indexed)  # a feed has few authors
