"""Import and export OPML 1.0 and 2.0 (opml.org/spec2.opml).

Only http and https feeds are imported; everything else is listed in the report. Reading the XML never opens
another file, and a file with damaged outlines is refused as a whole. Common mistakes (a bare `&` in an
address, `&eacute;`, control characters) are fixed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, ParseError, SubElement, XMLPullParser, indent, tostring
from xml.sax.saxutils import escape

from msgspec import Struct

from tuireader.errors import TuireaderError
from tuireader.feeds.parse import charset
from tuireader.feeds.parse.entry import web_url
from tuireader.text import canonical_url, clean, without_password

MAX_BYTES = 50_000_000
MAX_FEEDS = 50_000
MAX_FOLDER_DEPTH = 8
MAX_LABELS = 50
CHUNK = 1 << 16
SEPARATOR = " / "
_READS = "{https://freshrss.org/opml}filtersactionread"
HINT = "export it again from the other program"


class OpmlFeed(Struct, frozen=True):
    """One subscription. `folder` is the path of its enclosing outlines, joined by ` / `.

    `labels` are its categories; without an enclosing outline, the first category is the folder. `reads` are
    the searches by which FreshRSS marks its articles as read.
    """

    url: str
    title: str = ""
    folder: str = ""
    site_url: str = ""
    labels: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


def load(data: bytes) -> tuple[tuple[OpmlFeed, ...], tuple[str, ...]]:
    """Read the feeds of an OPML document, and a line with the reason for each skipped outline.

    Equivalent addresses count as one feed. Raises TuireaderError if the document cannot be read.
    """
    if len(data) > MAX_BYTES:
        raise TuireaderError("the OPML file is larger than 50 MB", HINT)
    feeds: dict[str, OpmlFeed] = {}
    skipped: list[str] = []
    for feed, reason in _outlines(_text(data)):
        key = canonical_url(feed.url) if not reason else ""
        if reason:
            skipped.append(f"{_shown(feed)}: {reason}")
        elif key in feeds:
            skipped.append(f"{_shown(feed)}: appears twice in the file")
        elif len(feeds) == MAX_FEEDS:
            raise TuireaderError(f"the OPML file has more than {MAX_FEEDS:,} feeds", HINT)
        else:
            feeds[key] = feed
    return tuple(feeds.values()), tuple(skipped)


def dump(feeds: Iterable[OpmlFeed]) -> str:
    """Write subscriptions as an OPML 2.0 document; in a folder, feeds come before subfolders."""
    document = Element("opml", version="2.0")
    SubElement(SubElement(document, "head"), "title").text = "Feeds of tuireader"
    folders = {"": SubElement(document, "body")}
    for feed in feeds:
        path = ""
        for name in feed.folder.split(SEPARATOR, MAX_FOLDER_DEPTH - 1) if feed.folder else ():
            outer, path = path, f"{path}{SEPARATOR}{name}"
            if path not in folders:
                folders[path] = SubElement(folders[outer], "outline", text=_legal(name))
        title = feed.title or feed.url
        written = {
            "text": title,
            "title": title,
            "xmlUrl": feed.url,
            "htmlUrl": feed.site_url,
            "category": ",".join(label.replace(",", " ") for label in feed.labels),
        }
        attributes = {name: _legal(value) for name, value in written.items() if value}
        SubElement(folders[path], "outline", {"type": "rss", **attributes})
    for folder in folders.values():
        folder[:] = sorted(folder, key=lambda outline: outline.get("type") is None)
    indent(document)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(document, encoding="unicode")}\n'


def _legal(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", " ", text)


def _text(data: bytes) -> str:
    """Decode the document, checked to be OPML without declared entities."""
    text = charset.decode(data).lstrip("\ufeff\x00 \t\r\n")
    if not text:
        raise TuireaderError("the OPML file is empty", HINT)
    head = text[: text.find("<opml")] if "<opml" in text else text[:10_000]
    if re.search(r"<!ENTITY|<!DOCTYPE[^>]*\[", head, re.IGNORECASE):
        raise TuireaderError("the OPML file declares entities, which may be an attack", HINT)
    if "<opml" not in text.lower():
        is_page = re.search(r"<html|<!doctype html", text[:2_000], re.IGNORECASE)
        raise TuireaderError("this is a web page" if is_page else "this is not an OPML file", HINT)
    text = re.sub(r"^<\?xml.{0,500}?\?>", "", text, count=1, flags=re.DOTALL).lstrip()
    return _AMPERSAND.sub(_reference, _ILLEGAL.sub(" ", text))


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,30});)?"
)


def _reference(match: re.Match[str]) -> str:
    """Replace a reference that XML does not define: an HTML entity, or a bare ampersand."""
    from html.entities import html5

    return escape(html5.get(f"{match[1]};", "")) or f"&amp;{match[0][1:]}"


def _outlines(text: str) -> Iterator[tuple[OpmlFeed, str]]:
    """Yield each feed outline and the reason to skip it, if any. Uses a stack, so depth cannot overflow."""
    parser: XMLPullParser[Element] = XMLPullParser(events=("start", "end"))
    folders: list[str] = []
    try:
        for start in range(0, len(text), CHUNK):
            parser.feed(text[start : start + CHUNK])
            for event, *values in parser.read_events():
                element = values[0]
                if not isinstance(element, Element) or not element.tag.lower().endswith("outline"):
                    continue
                if event == "end":
                    folders.pop()
                    element.clear()
                    continue
                attributes = {name.lower(): value for name, value in element.items()}
                if "xmlurl" in attributes or attributes.get("type", "").lower() in ("rss", "atom", "feed"):
                    yield _feed(attributes, folders)
                    folders.append("")
                else:
                    folders.append(clean(attributes.get("title") or attributes.get("text") or "", 100))
        parser.close()
    except (ParseError, ValueError, IndexError) as error:
        place = f" at line {error.position[0]}" if isinstance(error, ParseError) else ""
        raise TuireaderError(f"the OPML file is damaged{place}; nothing was imported", HINT) from None


def _feed(attributes: dict[str, str], folders: list[str]) -> tuple[OpmlFeed, str]:
    address = (attributes.get("xmlurl") or attributes.get("url") or "").strip()
    address = re.sub(r"(?i)^feed:(?://)?(?=https?:)", "", address)
    address = re.sub(r"(?i)^feed:(?=//)", "http:", address)
    address = re.sub(r"(?i)^https?://", lambda match: match[0].lower(), address)
    names = [name for name in folders if name][:MAX_FOLDER_DEPTH]
    title = clean(attributes.get("title") or attributes.get("text") or "", 200)
    url = web_url(address)
    given = attributes.get("category", "").split(",")[:MAX_LABELS]
    labels = list(dict.fromkeys(filter(None, (clean(label.strip("/"), 100) for label in given))))
    if labels and not names:
        names.append(labels.pop(0))
    feed = OpmlFeed(
        url=url or address,
        title="" if title == address else title,
        folder=clean(SEPARATOR.join(names), 200),
        site_url=web_url(attributes.get("htmlurl", "")),
        labels=tuple(labels),
        reads=tuple(filter(None, map(str.strip, attributes.get(_READS, "").splitlines()[:MAX_LABELS]))),
    )
    return feed, "" if url else _why_not(address)


def _why_not(address: str) -> str:
    if not address:
        return "has no address"
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]{0,20}):", address)
    if address.startswith("|") or (scheme and scheme[1].lower() in ("exec", "filter", "query")):
        return "runs a program or a query of another reader; see `tuireader add --help` for programs"
    if scheme and scheme[1].lower() not in ("http", "https"):
        return f"addresses with {scheme[1].lower()}: are not fetched"
    return "is not a valid web address"


def _shown(feed: OpmlFeed) -> str:
    return clean(feed.title or without_password(feed.url) or "a feed without title", 100)
