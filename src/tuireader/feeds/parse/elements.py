"""Read the elements of a feed document exactly as feedparser does, or raise Declined."""

from __future__ import annotations

import contextlib
import re
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from tuireader.feeds.parse.entry import HTML, PLAIN, Medium, Text

NAMESPACES = {
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/atom/ns#": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss091": "",
    "http://backend.userland.com/rss092": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/slash/": "slash:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://wellformedweb.org/commentapi/": "wfw:",
    "http://purl.org/syndication/thread/1.0": "thr:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/xml/1998/namespace": "xml:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://webns.net/mvcb/": "admin:",
    "http://creativecommons.org/ns#license": "cc:",
    "http://web.resource.org/cc/": "cc:",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://xmlns.com/foaf/0.1/": "foaf:",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo:",
    "http://www.georss.org/georss": "georss:",
    "http://www.opengis.net/gml": "gml:",
    "http://podlove.org/simple-chapters": "psc:",
}
DECLARED = re.compile(rb"""xmlns(?::([\w.-]+))?\s*=\s*(?:"([^"]*)"|'([^']*)')""")
OTHER = "?:"
RESERVED = frozenset({"", *(prefix.rstrip(":") for prefix in NAMESPACES.values())})
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
LONG_AUTHOR = 500

C1_AS_WINDOWS = {
    code: bytes((code,)).decode("cp1252")
    for code in range(128, 160)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
C1 = re.compile("[\x80-\x9f]")


class Declined(Exception):
    """The document has a feature that the fast path does not support."""


def misnamed(data: bytes) -> frozenset[str]:
    """Find unknown namespaces with no prefix or a well-known one: feedparser goes by the prefix."""
    names = set()
    for prefix, double, single in set(DECLARED.findall(data)):
        name = (double or single).decode("utf-8", "replace").lower()
        if name not in NAMESPACES and prefix.decode("ascii", "replace").lower() in RESERVED:
            names.add(name)
    return frozenset(names)


class Elements:
    """Reader for the elements of one document; their names have the prefixes of NAMESPACES, in lower case.

    `bases` is the number of `xml:base` attributes not read yet.
    """

    def __init__(self, root: Element, bases: int, misnamed: frozenset[str]) -> None:
        self.root = root
        self.bases = bases
        self._misnamed = misnamed
        self._names: dict[str, str] = {}

    def name(self, element: Element) -> str:
        """Name an element with the prefix of its namespace: `title`, `dc:creator`."""
        tag = element.tag
        name = self._names.get(tag)
        if name is None:
            namespace, _, local = tag.rpartition("}")
            namespace = namespace[1:].lower()
            if namespace in self._misnamed:
                raise Declined
            prefix = NAMESPACES.get(namespace, OTHER) if namespace else ""
            name = self._names[tag] = prefix + local.lower()
        return name

    def base(self, element: Element, base: str) -> str:
        """Base address inside an element; `base` is the one outside."""
        own = element.get(XML_BASE)
        if own is None:
            return base
        if not base and element is not self.root:
            raise Declined  # feedparser does not reset it after the element
        self.bases -= 1
        own = own.strip()
        if not own.startswith(("http://", "https://")):
            raise Declined
        return own

    def text(self, element: Element) -> str:
        """Text of an element, which must not have child elements."""
        if len(element):
            raise Declined
        text = element.text
        return repaired(text.strip()) if text else ""

    def attributes(self, element: Element) -> dict[str, str]:
        return {name.lower(): value for name, value in element.items()}

    def title(self, element: Element) -> Text:
        """Title with its type, plain by default."""
        return Text(self.text(element), self.type(element, PLAIN))

    def type(self, element: Element, default: str) -> str:
        """Media type of an element's text, HTML or plain."""
        if not element.attrib:
            return default
        attributes = self.attributes(element)
        if attributes.get("mode", "escaped") != "escaped":
            raise Declined
        kind = attributes.get("type", default).lower()
        if kind in ("html", HTML):
            return HTML
        if kind in ("text", "plain", PLAIN):
            return PLAIN
        raise Declined

    def unknown(self, element: Element, before: str) -> str:
        """Text of an element without a rule of its own; `before` if it has attributes."""
        return before if element.attrib else self.text(element)

    def author(self, element: Element) -> str:
        """Name of an author: a text in RSS, elements in Atom."""
        if not len(element):
            name = self.text(element)
            if "@" in name and len(name) > LONG_AUTHOR:
                raise Declined
            return name
        name = ""
        for part in element:
            kind = self.name(part)
            if len(part):
                raise Declined
            if kind == "name":
                name = (part.text or "").strip()
            elif kind not in ("email", "uri", "url") and not kind.startswith(OTHER):
                raise Declined
        if not name:
            raise Declined
        return name


def repaired(text: str) -> str:
    """Fix two encoding errors as feedparser does: UTF-8 read as Latin-1, Windows-1252 read as C1 controls."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("latin-1").decode("utf-8")
    return text.translate(C1_AS_WINDOWS) if C1.search(text) else text


def joined(base: str, address: str) -> str:
    """Join an address with an `xml:base`, if any; `""` if that is impossible. Raises Declined."""
    if ":///" in address:
        raise Declined  # feedparser repairs some of these
    if not (base and address):
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def medium_of(attributes: dict[str, str]) -> Medium:
    """Read the attributes of a `media:content` element (Media RSS 1.5.1)."""
    return Medium(
        url=attributes.get("url", ""),
        type=attributes.get("type", "").lower(),
        medium=attributes.get("medium", ""),
        length=attributes.get("filesize", ""),
        width=attributes.get("width", ""),
        duration=attributes.get("duration", ""),
    )


def href_of(attributes: dict[str, str]) -> str | None:
    """Address of a link element, from the attributes that feedparser reads."""
    for name in ("url", "uri", "href"):
        if name in attributes:
            href = attributes[name] or attributes.get("href")
            return href if href is None else joined("", href)
    return None


def is_page(attributes: dict[str, str]) -> bool:
    """Return whether a link leads to the page of the entry or feed."""
    kind = attributes.get("type", HTML).lower()
    return attributes.get("rel", "alternate").lower() == "alternate" and kind in (
        HTML, "html", "xhtml", "application/xhtml+xml",
    )  # fmt: skip


def unescaped(link: str, entry: bool) -> str:
    """Fix doubly escaped ampersands in the text of a link."""
    if "&" not in link:
        return link
    if entry:
        link = link.replace("&amp;", "&")
    return re.sub(r"&([A-Za-z0-9_]+);", r"&\1", link)
