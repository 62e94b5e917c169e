"""Read one entry, element by element, with the state that feedparser keeps between elements."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from tuireader.feeds.parse import dates
from tuireader.feeds.parse.elements import Declined, Elements, href_of, is_page, joined, medium_of, unescaped
from tuireader.feeds.parse.entry import HTML, PLAIN, Medium, Raw, Text

PUBLISHED = frozenset({"published", "issued", "pubdate", "dcterms:issued"})
UPDATED = frozenset({"updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"})
AUTHORS = frozenset({"author", "managingeditor", "dc:creator", "dc:author", "itunes:author"})
SUMMARIES = {
    "description": HTML,
    "dc:description": HTML,
    "media:description": HTML,
    "abstract": PLAIN,
    "summary": PLAIN,
    "itunes:summary": PLAIN,
}
MEDIA_DETAILS = frozenset(
    {"media:starrating", "media:statistics", "media:tags", "media:price", "media:comment"}
)
DECLINED = frozenset({
    "fullitem", "body", "image", "textinput", "created", "dcterms:created", "itunes:category", "tags", "svg",
    "itunes:keywords", "homepage", "url", "uri", "name", "email", "item", "entry", "channel", "feed", "rss",
    "info", "feedburner:browserfriendly", "modified_parsed", "cloud", "lastmod",
})  # fmt: skip
_MAY_STAND_IN = frozenset({
    "link", "enclosure", "source", "subtitle", "tagline", "itunes:subtitle", "itunes:image", "itunes:link",
})  # fmt: skip
"""Elements that feedparser falls back to for an entry without title, text and link."""


class EntryReader:
    """Reader for one entry, with the state that feedparser keeps between elements."""

    def __init__(self, elements: Elements, base: str) -> None:
        self._elements = elements
        self._base = base
        self._content_base: str | None = None
        self.raw = Raw(base=base)
        self._link: str | None = None
        self._media_title: Text | None = None
        self._summary: str | None = None
        self._summary_deep = False
        self._summary_detail: Text | None = None
        self._has_content = False
        self._counts: dict[str, str] = {}
        self._after_source = False

    def take(self, child: Element, name: str) -> None:
        """Read the next child of the entry. Raises Declined."""
        handler = _HANDLERS.get(name)
        if handler is not None:
            handler(self, child, name)
        elif name.startswith("media:"):
            self._take_media(child, name, False)
        elif name in DECLINED or name.startswith("xhtml:") or len(child):
            raise Declined

    def finished(self, element: Element) -> Raw:
        """Complete the entry after its last child. Raises Declined."""
        raw = self.raw
        raw.link = self._link or ""
        if not (raw.title or raw.link or self._summary or any(text.value for text in raw.contents)):
            self._decline_what_may_stand_in(element)
        if raw.title is None and self._media_title is not None:
            raise Declined
        counts = self._counts
        raw.comments_count = counts.get("slash:comments") or counts.get("thr:total") or raw.comments_count
        if self._summary is not None:
            detail = self._summary_detail
            kind = detail.type if detail is not None and detail.value == self._summary else HTML
            raw.summary = Text(self._summary, kind)
        if self._content_base is not None:
            raw.base = self._content_base
        elif raw.base and raw.title is None and raw.summary is None:
            raise Declined  # feedparser reports the base only along with a text
        return raw

    def _decline_what_may_stand_in(self, element: Element) -> None:
        for child in element:
            name = self._elements.name(child)
            may_stand_in = name in _MAY_STAND_IN or name.startswith("media:")
            if may_stand_in and (child.attrib or len(child) or child.text):
                raise Declined
        if any("src" in child.attrib for child in element):
            raise Declined  # Atom content at another address

    def _take_title(self, child: Element, name: str) -> None:
        title = self._elements.title(child)
        if self._after_source and self.raw.title is not None:
            raise Declined
        if self.raw.title is None and title.value:
            self.raw.title = title
        elif self.raw.title is None:
            raise Declined

    def _take_link(self, child: Element, name: str) -> None:
        attributes = self._elements.attributes(child)
        href = href_of(attributes)
        if href is None:
            text = self._elements.text(child)
            self._link = unescaped(joined(self._base, text), True)
            return
        if len(child):
            raise Declined
        href = joined(self._base, href)
        relation = attributes.get("rel", "alternate").lower()
        if relation == "alternate" and is_page(attributes):
            self._link = href
        elif relation == "enclosure":
            self._enclose(href, attributes)
        elif relation == "replies":
            count = next((value for key, value in attributes.items() if key.endswith("count")), "")
            self.raw.take_replies(href, attributes.get("type", "").lower(), count)

    def _take_guid(self, child: Element, name: str) -> None:
        attributes = self._elements.attributes(child)
        text = self._elements.text(child)
        permalink = attributes.get("ispermalink", "true") == "true"
        if permalink:
            text = joined(self._base, text)
        self.raw.guid = text
        if permalink and self._link is None:
            self._link = text

    def _take_date(self, child: Element, name: str) -> None:
        text = self._elements.text(child)
        moment = dates.parse(text)
        if text and moment is None:
            raise Declined
        if name in PUBLISHED:
            self.raw.published = moment
        else:
            self.raw.updated = moment

    def _take_author(self, child: Element, name: str) -> None:
        self.raw.authors.append(self._elements.author(child))
        if len(self.raw.authors) > 1 and any("@" in author for author in self.raw.authors):
            raise Declined  # feedparser removes mail addresses from several authors

    def _take_description(self, child: Element, name: str, deep: bool = False) -> None:
        """Read a description or summary; a second one becomes the content if there is none yet."""
        if self._summary is not None and not self._has_content:
            self._take_content(child, name)
            return
        text = Text(self._elements.text(child), self._elements.type(child, SUMMARIES[name]))
        if self._elements.base(child, self._base) != self._base:
            raise Declined
        if self._summary is None or self._summary_deep >= deep:
            self._summary, self._summary_deep = text.value, deep
        self._summary_detail = text

    def _take_content(self, child: Element, name: str) -> None:
        default = HTML if name == "content:encoded" else PLAIN
        text = Text(self._elements.text(child), self._elements.type(child, default))
        self._has_content = True
        base = self._elements.base(child, self._base)
        if not self.raw.contents:
            self._content_base = base
        self.raw.contents.append(text)
        if self._summary is None:
            self._summary, self._summary_deep = text.value, True

    def _take_category(self, child: Element, name: str) -> None:
        attributes = self._elements.attributes(child)
        term, text = attributes.get("term"), self._elements.text(child)
        label = attributes.get("label")
        if term:
            self.raw.tags += [label or term, text]
        elif text:
            self.raw.tags.append(label or text)
        elif label or name == "media:category" or "scheme" in attributes or "domain" in attributes:
            raise Declined  # feedparser gives it the text of the next category

    def _take_comments(self, child: Element, name: str) -> None:
        if not child.attrib:
            self.raw.comments_url = joined(self._base, self._elements.text(child))

    def _take_comment_feed(self, child: Element, name: str) -> None:
        if not child.attrib:
            self.raw.comments_feed = joined(self._base, self._elements.text(child))

    def _take_comment_count(self, child: Element, name: str) -> None:
        self._counts[name] = self._elements.unknown(child, self._counts.get(name, ""))

    def _take_duration(self, child: Element, name: str) -> None:
        self.raw.duration = self._elements.unknown(child, self.raw.duration)

    def _take_picture(self, child: Element, name: str) -> None:
        if len(child):
            raise Declined
        attributes = self._elements.attributes(child)
        self.raw.picture = attributes.get("href") or attributes.get("url") or self.raw.picture

    def _take_enclosure(self, child: Element, name: str) -> None:
        if len(child):
            raise Declined
        attributes = self._elements.attributes(child)
        if href := href_of(attributes):
            self._enclose(href, attributes)

    def _enclose(self, href: str, attributes: dict[str, str]) -> None:
        kind, length = attributes.get("type", "").lower(), attributes.get("length", "")
        self.raw.enclosures.append(Medium(href, kind, length=length, title=attributes.get("title", "")))

    def _take_source(self, child: Element, name: str) -> None:
        """Note the origin of the entry; it describes another feed, not the entry."""
        self._after_source = True

    def _take_contributor(self, child: Element, name: str) -> None:
        if any(self._elements.name(part) not in ("name", "email", "uri", "url") for part in child):
            raise Declined

    def _take_media(self, child: Element, name: str, deep: bool) -> None:
        attributes = self._elements.attributes(child)
        if name in ("media:group", "media:content"):
            if name == "media:content":
                self.raw.media.append(medium_of(attributes))
            for part in child:
                inner = self._elements.name(part)
                if not inner.startswith("media:"):
                    raise Declined
                self._take_media(part, inner, True)
        elif name == "media:thumbnail":
            text = self._elements.text(child)
            self.raw.thumbnails.append(attributes.get("url") or text)
        elif name == "media:credit":
            self.raw.credits.append(self._elements.text(child))
        elif name == "media:description":
            self._take_description(child, name, deep)
        elif name == "media:title":
            if self._after_source:
                raise Declined
            self._media_title = self._elements.title(child)
        elif name == "media:keywords":
            if child.attrib:
                raise Declined
            self.raw.tags += [tag.strip() for tag in self._elements.text(child).split(",")]
        elif name == "media:category":
            self._take_category(child, name)
        elif any(self._elements.name(part) not in MEDIA_DETAILS for part in list(child.iter())[1:]):
            raise Declined


_HANDLERS: dict[str, Callable[[EntryReader, Element, str], None]] = {
    **dict.fromkeys(("title", "dc:title"), EntryReader._take_title),
    "link": EntryReader._take_link,
    **dict.fromkeys(("guid", "id"), EntryReader._take_guid),
    **dict.fromkeys(PUBLISHED | UPDATED, EntryReader._take_date),
    **dict.fromkeys(AUTHORS, EntryReader._take_author),
    **dict.fromkeys(SUMMARIES.keys() - {"media:description"}, EntryReader._take_description),
    **dict.fromkeys(("content", "content:encoded"), EntryReader._take_content),
    **dict.fromkeys(("category", "keywords", "dc:subject"), EntryReader._take_category),
    "comments": EntryReader._take_comments,
    "wfw:commentrss": EntryReader._take_comment_feed,
    **dict.fromkeys(("slash:comments", "thr:total"), EntryReader._take_comment_count),
    "itunes:duration": EntryReader._take_duration,
    **dict.fromkeys(("itunes:image", "itunes:link"), EntryReader._take_picture),
    "enclosure": EntryReader._take_enclosure,
    "source": EntryReader._take_source,
    "contributor": EntryReader._take_contributor,
}
