"""Skip the entries of a document that are stored and the same bytes as in an earlier document of their feed.

Nothing is read from them: the document is read with an empty entry in the place of each. Whatever could
change what such an entry says, or which article it is, makes all entries be read: other surroundings, or
another entry with its guid or address.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, encode
from msgspec.structs import replace

from tuireader import __version__, dedup
from tuireader.document.prepare import drop_known
from tuireader.feeds.parse import charset, fastpath
from tuireader.feeds.parse.elements import misnamed
from tuireader.feeds.parse.entry import RawFeed, shape
from tuireader.feeds.parse.parse import QUICK_BYTES, parse_quickly
from tuireader.model import ParsedFeed, ParseResult

_MOST = 1_000
"""Entries of a document from which on all are read."""
_INSTRUCTION = rb"<\?[^?]*(?:\?(?!>)[^?]*)*\?>"
_TAG = rb"<[A-Za-z_](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>"
_MARKUP = re.compile(
    rb"<!\[CDATA\[[^\]]*(?:\](?!\]>)[^\]]*)*\]\]>|<!--[^-]*(?:-(?!->)[^-]*)*-->|"
    + _INSTRUCTION
    + rb"|<(?P<end>/?)(?P<name>item|entry)(?=[\s/>])[^>]*>"
)
_OUTER = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:%b\s*)*%b\s*%b" % (_INSTRUCTION, _TAG, _TAG))
"""The tags around entries, such as `<rss>` and `<channel>`."""


class _Seen(Struct, frozen=True, array_like=True):
    """An entry that was read: its keys, the digest of its text, its dates."""

    guid: int
    url: int
    digest: int
    published: int | None
    updated: int | None


class _Document(Struct, frozen=True, array_like=True):
    """Entries by the digests of their bytes, and a digest of the surroundings that they depend on."""

    around: bytes = b""
    entries: dict[int, _Seen] = {}


_decode = Decoder(_Document).decode


def parse_changed(
    body: bytes, url: str, content_type: str | None, stored: Mapping[int, int], seen: bytes
) -> ParseResult | None:
    """Parse as `parse_quickly` and `drop_known` do; `seen` is that of an earlier document of the feed."""
    with suppress(ValueError, RecursionError, MemoryError):
        pieces = _split(body)
        digests = [_digest(entry) for entry in pieces[1::2]]
        if digests and len(set(digests)) == len(digests):
            before = _Document()
            with suppress(DecodeError):
                before = _decode(seen)
            skipped = {
                digest: entry
                for digest in digests
                if (entry := before.entries.get(digest)) and stored.get(entry.guid) == entry.digest
            }
            parsed = _parse(pieces, digests, url, stored, skipped, before.around) if skipped else None
            if parsed := parsed or _parse(pieces, digests, url, stored, {}, b""):
                return parsed
    result = parse_quickly(body, url, content_type)
    return drop_known(result, stored) if isinstance(result, ParsedFeed) else result


def _split(body: bytes) -> list[bytes]:
    """Split a document before and after each entry; leave it in one piece if that is not simple."""
    if len(body) > QUICK_BYTES or b"xml:base" in body or not charset.is_plain_utf8(body):
        return [body]
    pieces: list[bytes] = []
    start = 0
    for mark in _MARKUP.finditer(body):
        if mark["name"]:
            inside = len(pieces) % 2 == 1
            if inside != bool(mark["end"]) or mark[0].endswith(b"/>") or len(pieces) > 2 * _MOST:
                return [body]  # an entry within an entry, an empty one, too many
            end = mark.end() if inside else mark.start()
            pieces.append(body[start:end])
            start = end
    return [*pieces, body[start:]]


def _digest(entry: bytes) -> int:
    return int.from_bytes(blake2b(entry, digest_size=8).digest(), "big", signed=True)


def _parse(
    pieces: Sequence[bytes],
    digests: Sequence[int],
    url: str,
    stored: Mapping[int, int],
    skipped: Mapping[int, _Seen],
    around: bytes,
) -> ParsedFeed | None:
    """Parse a document without some entries, seen with the surroundings `around`; None if that is wrong."""
    parts = list(pieces)
    for place, digest in enumerate(digests):
        if digest in skipped:
            parts[2 * place + 1] = b"<item/>" if pieces[2 * place + 1].startswith(b"<item") else b"<entry/>"
    data = b"".join(parts).lstrip(b" \t\r\n")
    raw, outer = fastpath.parse(data, url), _OUTER.match(data)
    if raw is None or outer is None or len(raw.entries) != len(digests):
        return None
    here = _surroundings(raw, outer[0], misnamed(data))
    if skipped and here != around:
        return None
    raw.entries = [entry for entry, digest in zip(raw.entries, digests, strict=True) if digest not in skipped]
    feed = shape(raw)
    keys = dedup.keys(feed.entries)
    urls = [key.url or dedup.url_key(entry.url) for entry, key in zip(feed.entries, keys, strict=True)]
    guids = {entry.guid for entry in skipped.values()}
    if skipped:
        names = {key.guid for key in keys}.union(dedup.guid_key(entry.guid) for entry in feed.entries)
        if guids & names or {entry.url for entry in skipped.values()}.intersection(urls) - {0}:
            return None
    result = drop_known(feed, stored, keys)
    lines = {line[0]: line for line in result.outline}
    fresh = zip(feed.entries, keys, urls, strict=True)
    outline, entries = [], {}
    for digest in digests:
        if seen := skipped.get(digest):
            outline.append((seen.guid, seen.published, seen.updated))
            entries[digest] = seen
            continue
        entry, key, address = next(fresh)
        if line := lines.pop(key.guid, None):
            outline.append(line)
            if dedup.is_by_own_name(entry, key):
                entries[digest] = _Seen(key.guid, address, key.digest, entry.published, entry.updated)
    known = guids.union(result.known)
    return replace(
        result,
        known=tuple([guid for guid, *_ in outline if guid in known]),
        outline=tuple(outline),
        seen=encode(_Document(here, entries)),
    )


def _surroundings(raw: RawFeed, outer: bytes, odd: frozenset[str]) -> bytes:
    """Digest of all that entries depend on besides their bytes."""
    about = (__version__, sys.version, raw.url, raw.atom, raw.base, raw.link, raw.authors, outer, sorted(odd))
    return blake2b(repr(about).encode("utf-8", "surrogatepass"), digest_size=16).digest()
