"""Parse documents that the fast path declines with feedparser: old formats, broken XML, unusual dates.

Some inputs keep feedparser busy for minutes, so `parse` belongs in a process that can be killed
(`workers.ParseWorker`). feedparser's sanitiser and link resolver are off: we do both ourselves.
"""

from __future__ import annotations

import calendar
import io
import re
import sys
from time import process_time
from typing import Any, TypeVar

from tuireader.feeds.find.archive import RELATIONS
from tuireader.feeds.parse import dates
from tuireader.feeds.parse.close_tags import closed
from tuireader.feeds.parse.elements import medium_of
from tuireader.feeds.parse.entry import HTML, PLAIN, Medium, Raw, RawFeed, Text, is_something

Value = TypeVar("Value")

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+))(;?)")
_DIGITS = 8
_MAX_FIRST_PARSE = 1.0
"""CPU seconds: a damaged document that took longer to parse is not parsed a second time."""


def legal(text: str) -> str:
    """Replace every character and reference that XML forbids by U+FFFD."""
    return _REFERENCE.sub(_checked, _ILLEGAL.sub("\ufffd", text))


def _checked(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    code = int(digits, 16 if match[1] else 10) if len(digits) <= _DIGITS else sys.maxsize
    legal = code <= 0x10FFFF and (code >= 0x20 or code in (9, 10, 13)) and not _ILLEGAL.match(chr(code))
    return match[0] if legal else "&#xFFFD;"


def parse(text: str, url: str) -> RawFeed | None:
    """Parse a text; None without a feed. May take long; may raise whatever feedparser raises.

    A damaged document is parsed again with its open elements closed; the result with more text counts.
    """
    started = process_time()
    raw = _parse(text, url)
    if raw is not None and (raw.well_formed or process_time() - started > _MAX_FIRST_PARSE):
        return raw
    repaired = closed(text)
    other = _parse(repaired, url) if repaired != text else None
    if other is None or (raw is not None and _amount(other) <= _amount(raw)):
        return raw
    other.well_formed = False
    return other


def _amount(raw: RawFeed) -> tuple[int, int]:
    """Measure a result: entries with content, then characters in them."""
    texts = [text for entry in raw.entries for text in (entry.title, entry.summary, *entry.contents) if text]
    letters = sum(len(text.value) for text in texts) + sum(len(entry.link) for entry in raw.entries)
    return sum(map(is_something, raw.entries)), letters


def _parse(text: str, url: str) -> RawFeed | None:
    import feedparser

    checked = legal(text)
    # A file object, never a string: feedparser opens a string that is a path and fetches one that is a URL.
    parsed = feedparser.parse(
        io.BytesIO(checked.encode("utf-8")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries = [_entry(entry) for entry in parsed.entries]
    if not (parsed.get("version") or entries or parsed.feed):
        return None
    atom = str(parsed.get("version") or "").startswith("atom")
    feed = parsed.feed
    return RawFeed(
        url=url,
        atom=atom,
        base=_string(_mapping(feed, "title_detail"), "base"),
        title=_titled(feed),
        link=_string(feed, "link"),
        authors=_authors(feed) if atom else [],
        ttl=_string(feed, "ttl"),
        period=_string(feed, "sy_updateperiod"),
        frequency=_string(feed, "sy_updatefrequency"),
        entries=entries,
        well_formed=not (parsed.get("bozo") or checked != text),
        links=_relations(_list(feed, "links")),
        generator=_string(feed, "generator"),
    )


def _relations(links: list[Any]) -> dict[str, str]:
    """Collect addresses of further documents by relation; the first of each counts."""
    relations: dict[str, str] = {}
    for link in links:
        relation, href = _string(link, "rel").lower(), _string(link, "href")
        if relation in RELATIONS and href:
            relations.setdefault(relation, href)
    return relations


def _own(data: Any, key: str, kind: type[Value]) -> Value | None:
    """Return a value of that type, never an alias: feedparser resolves aliases, some with a warning."""
    value = dict.get(data, key) if isinstance(data, dict) else None
    return value if isinstance(value, kind) else None


def _string(data: Any, key: str) -> str:
    return _own(data, key, str) or ""


def _list(data: Any, key: str) -> list[Any]:
    return _own(data, key, list) or []


def _mapping(data: Any, key: str) -> dict[str, Any]:
    return _own(data, key, dict) or {}


def _kind(detail: Any, default: str) -> str:
    """Media type of a text: plain text, or HTML for anything else."""
    kind = _string(detail, "type") or default
    return PLAIN if kind == PLAIN else HTML


def _titled(data: Any) -> Text | None:
    return _text(data, "title") if _own(data, "title", str) is not None else None


def _text(data: Any, name: str) -> Text:
    return Text(_string(data, name), _kind(_mapping(data, f"{name}_detail"), PLAIN))


def _authors(data: Any) -> list[str]:
    people = _list(data, "authors")
    author = _string(data, "author")
    if len(people) == 1 and "@" in author:
        name, mail = _string(people[0], "name"), _string(people[0], "email")
        if author != f"{name} ({mail})":  # not made of the parts of an Atom person
            return [author]  # feedparser removes addresses, and cuts ".museum" to ".muse"
    return [_string(person, "name") or _string(person, "email") for person in people]


def _date(entry: Any, *names: str) -> int | None:
    """Parse the first readable date, by our own rules first, so that both parsers agree."""
    for name in names:
        text = _string(entry, name)
        moment = dates.parse(text) if text else None
        if moment is None:
            moment = _seconds(_own(entry, f"{name}_parsed", tuple))
        if moment is not None:
            return moment
    return None


def _seconds(parsed: Any) -> int | None:
    try:
        year = parsed[0]
        return calendar.timegm(parsed) if year in dates.YEARS else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _entry(entry: Any) -> Raw:
    contents = _list(entry, "content")
    detail = _mapping(entry, "summary_detail")
    summary = _string(entry, "summary")
    raw = Raw(
        guid=_string(entry, "id"),
        title=_titled(entry),
        link=_string(entry, "link"),
        authors=_authors(entry),
        published=_date(entry, "published", "created"),
        updated=_date(entry, "updated"),
        contents=[Text(_string(content, "value"), _kind(content, PLAIN)) for content in contents],
        base=_base(contents, detail, _mapping(entry, "title_detail")),
        comments_url=_string(entry, "comments"),
        comments_feed=_string(entry, "wfw_commentrss"),
        comments_count=_string(entry, "slash_comments") or _string(entry, "thr_total"),
        tags=[_string(tag, "label") or _string(tag, "term") for tag in _list(entry, "tags")],
        media=[medium_of(medium) for medium in _list(entry, "media_content") if isinstance(medium, dict)],
        thumbnails=[_string(thumbnail, "url") for thumbnail in _list(entry, "media_thumbnail")],
        credits=[_string(credit, "content") for credit in _list(entry, "media_credit")],
        picture=_string(_mapping(entry, "image"), "href"),
        duration=_string(entry, "itunes_duration"),
    )
    if _own(entry, "summary", str) is not None:
        raw.summary = Text(summary, _kind(detail, HTML) if _string(detail, "value") == summary else HTML)
    _take_links(raw, _list(entry, "links"))
    raw.addresses += filter(None, (_string(content, "src") for content in contents))
    for part in (entry, _mapping(entry, "source")):
        raw.other_texts += [_text(part, name) for name in ("title", "subtitle")]
    raw.addresses += [_string(link, "href") for link in _list(_mapping(entry, "source"), "links")]
    return raw


def _base(contents: list[Any], *details: dict[str, Any]) -> str:
    for detail in [*contents[:1], *details]:
        if isinstance(detail, dict) and "base" in detail:
            return _string(detail, "base")
    return ""


def _take_links(raw: Raw, links: list[Any]) -> None:
    for link in links:
        relation, href, kind = _string(link, "rel"), _string(link, "href"), _string(link, "type").lower()
        if not href:
            continue
        if relation == "enclosure":
            medium = Medium(href, kind, length=_string(link, "length"), title=_string(link, "title"))
            raw.enclosures.append(medium)
        elif relation == "replies":
            count = next((value for key, value in link.items() if key.endswith("count")), "")
            raw.take_replies(href, kind, str(count))
        else:
            raw.addresses.append(href)
