"""Write articles as Atom (RFC 4287) or JSON Feed 1.1. Pure: the same articles give the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from msgspec import Struct

from tuireader.document import parse
from tuireader.export.brief import one_line, sentences
from tuireader.export.formats import page_blocks
from tuireader.export.markdown import WEB, markdown_address
from tuireader.export.markup import HTML
from tuireader.model import MORE, Article, ArticleRow, Evidence
from tuireader.query.identifiers import cve_numbers
from tuireader.text import without_password

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


class Entry(Struct, frozen=True):
    """An article of a published feed: its row, why watches match it, when it last changed.

    `labels` are those to publish; `article` is set if its full text is published.
    """

    row: ArticleRow
    feed_title: str
    updated: int
    evidence: Sequence[Evidence] = ()
    labels: Sequence[str] = ()
    article: Article | None = None

    @property
    def title(self) -> str:
        return _line(self.row.title) or self.url or "Untitled"

    @property
    def source(self) -> str:
        """Title of its feed."""
        return _line(self.feed_title) or "Untitled"

    @property
    def url(self) -> str:
        """Its web address without a password, `""` without one."""
        return markdown_address(without_password(self.row.url)) if WEB.match(self.row.url) else ""

    @property
    def author(self) -> str:
        """Its author, or else its feed: Atom requires one."""
        return _line(self.row.author) or self.source

    @property
    def categories(self) -> list[str]:
        """Its watches, CVE numbers in its title and sentences, what patterns identify, its labels."""
        watches = [item.watch for item in self.evidence]
        numbers = cve_numbers(" ".join([self.title, *(item.sentence for item in self.evidence)]))
        hits = [hit for item in self.evidence for hit in item.hits if hit.identifies]
        texts = [text for hit in hits for text in hit.occurrences if text != MORE]
        return list(dict.fromkeys([*watches, *numbers, *texts, *self.labels]))

    @property
    def summary(self) -> str:
        """HTML: its feed, the sentences that watches match, its labels."""
        parts = [f"<p>{escape(self.source)}</p>"]
        parts += [
            f"<blockquote><p>{HTML.quoted(item, item.watch)}</p></blockquote>"
            for item in sentences(self.evidence)
        ]
        if self.labels:
            parts.append(f"<p>Labels: {escape(', '.join(self.labels))}</p>")
        return "\n".join(parts)

    @property
    def content(self) -> str:
        """The summary, and the full text if it is published."""
        if self.article is None:
            return self.summary
        html, base_url = self.article.shown
        return "\n".join([self.summary, *page_blocks(parse(html, base_url or self.article.url))])


def _line(text: str) -> str:
    return one_line(_FORBIDDEN.sub(" ", text))


class Feed(Struct, frozen=True):
    """A feed to publish; `seed` identifies the database, so that ids differ from those of any other."""

    name: str
    entries: Sequence[Entry]
    seed: str

    def id(self, *parts: object) -> str:
        """Return a lasting id for a part of the database: `urn:uuid:…`."""
        return uuid5(UUID(self.seed), " ".join(map(str, parts))).urn


def render(feed: Feed, form: str) -> str:
    """Write a feed as `atom` or `jsonfeed`; it counts as updated when the last of its entries was."""
    text = _FORBIDDEN.sub(" ", _atom(feed) if form == "atom" else _json_feed(feed))
    return f"{text}\n"


def _moment(time: int) -> str:
    return datetime.fromtimestamp(max(0, time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _atom(feed: Feed) -> str:
    document = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    SubElement(document, "id").text = feed.id("feed", feed.name)
    SubElement(document, "title").text = feed.name
    SubElement(document, "updated").text = _moment(max((entry.updated for entry in feed.entries), default=0))
    SubElement(document, "generator").text = "tuireader"
    for entry in feed.entries:
        _atom_entry(SubElement(document, "entry"), feed, entry)
    indent(document)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(document, encoding="unicode")}'


def _atom_entry(element: Element, feed: Feed, entry: Entry) -> None:
    if entry.row.language:
        element.set("xml:lang", entry.row.language)
    times = _moment(entry.row.time), _moment(entry.updated)
    SubElement(element, "id").text = feed.id("article", entry.row.id)
    SubElement(element, "title").text = entry.title
    SubElement(element, "published").text, SubElement(element, "updated").text = times
    SubElement(SubElement(element, "author"), "name").text = entry.author
    if entry.url:
        SubElement(element, "link", rel="alternate", href=entry.url)
    for name in entry.categories:
        SubElement(element, "category", term=name)
    source = SubElement(element, "source")  # without its address, which may have a key in it
    SubElement(source, "id").text = feed.id("source", entry.row.feed_id)
    SubElement(source, "title").text = entry.source
    SubElement(source, "updated").text = times[1]
    SubElement(element, "summary", type="html").text = entry.summary  # which some programs read alone
    if entry.article is not None or not entry.url:
        SubElement(element, "content", type="html").text = entry.content


def _json_feed(feed: Feed) -> str:
    items = [
        {
            "id": feed.id("article", entry.row.id),
            **({"url": entry.url} if entry.url else {}),
            "title": entry.title,
            "content_html": entry.content,
            "date_published": _moment(entry.row.time),
            "date_modified": _moment(entry.updated),
            "authors": [{"name": entry.author}],
            "tags": entry.categories,
            **({"language": entry.row.language} if entry.row.language else {}),
        }
        for entry in feed.entries
    ]
    document = {"version": "https://jsonfeed.org/version/1.1", "title": feed.name, "items": items}
    return json.dumps(document, ensure_ascii=False, indent=1)
