"""Extract the article of a web page with readability, plus parts that it drops (docs/notes/full-text.md).

Only for the sandbox: a page may take arbitrarily long.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from lxml import etree, html
from lxml.html import HtmlElement
from readability import Document

from tuireader.pages.tree import drop, parsed, written
from tuireader.subprocesses.jobs import Failed
from tuireader.text import clean, plain

_LONGEST = 1_500_000  # maximum characters of an article's HTML

# Blocks inside articles that do not belong to them, by words in their class or id.
_NOISE = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|adslot|sponsor(?:ed)?|promo|newsletter(?:-?sign-?up)?|sign-?up|subscribe|paywall"
    r"|social(?:-?share)?|share(?:-?(?:bar|buttons|tools))?|related(?:-?(?:posts|articles|stories))?|recommended"
    r"|cookie\w*|consent|comments?(?:-?list)?|print-?only)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LISTS = ("ul", "ol", "table")
_LINKS = 0.8  # share of link text from which a list is left out
_NOISY = ("div", "section", "aside", "ul", "form", "nav", "footer")
_SHARE = 0.4  # a block with at least this share of the text is kept, whatever its class
_START = 40  # characters by which a text is recognised
_LEVELS = 12  # maximum ancestors of a text among which to find its part
_PARTS = 3  # minimum number of parts that look alike
_MOST_PARTS = 40  # maximum number of parts to check
_PART = 150  # minimum characters of a part
_LINKED = 0.3  # a part with a larger share of link text leads elsewhere
_REST = 0.5  # minimum share of the text found that must be missing
_NOTES = (
    "//*[self::ol or self::section or self::div or self::ul or self::aside]"
    "[contains(concat(' ', @class, ' '), ' footnotes ') or contains(concat(' ', @class, ' '), ' endnotes ')"
    " or contains(concat(' ', @class, ' '), ' references ') or @role='doc-endnotes' or @id='footnotes']"
)


def article(page: str, url: str, title: str) -> str:
    """Extract the HTML of the article in a page, or all of its body if that is only a few lines.

    A heading that only repeats `title` is left out. Raises Failed if the page has no text.
    """

    class Lenient(Document):  # type: ignore[misc]
        """Keep short lists and tables, which readability mistakes for lists of links."""

        def reverse_tags(self, node: HtmlElement, *names: str) -> Iterator[HtmlElement]:
            return super().reverse_tags(node, *(name for name in names if name not in _LISTS))  # type: ignore[no-any-return]

    root = parsed(page)
    notes = [note for note in root.xpath(_NOTES) if plain(written(note)).strip()]
    for block in _noise(root):
        drop(block)
    try:
        content = html.fragment_fromstring(Lenient(written(root), url=url).summary(html_partial=True), "div")
    except (AssertionError, etree.ParserError, etree.XMLSyntaxError):
        raise Failed("there is no text on the page") from None
    parts = _other_parts(root, plain(written(content)))
    if parts is not None:
        content = html.fragment_fromstring(written(parts), "div")
    _drop_title(content, title)
    for block in [element for element in content.iter(*_LISTS) if _leads_elsewhere(element)]:
        block.drop_tree()
    said = plain(written(content))
    for note in notes:
        words = plain(written(note)).strip()
        if words[:60] not in said:
            content.append(html.fragment_fromstring("<hr>"))
            content.append(note)
            said += words
    if not said.strip():
        raise Failed("there is no text on the page")
    return written(content)[:_LONGEST]


def _noise(root: HtmlElement) -> list[HtmlElement]:
    """Find blocks whose names show that they are not part of an article."""
    size = max(1, len(root.text_content()))
    menus = list(root.iter("nav", "footer"))
    blocks = [menu for menu in menus if next(menu.iterancestors("blockquote"), None) is None]
    for element in root.iter(*_NOISY):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if names.strip() and _NOISE.search(names) and len(element.text_content()) < _SHARE * size:
            blocks.append(element)
    return [block for block in blocks if block.getparent() is not None]


def _leads_elsewhere(block: HtmlElement) -> bool:
    """Return whether a list has little text besides its links."""
    links = [str(link.text_content()).strip() for link in block.iter("a")]
    return len(links) > 3 and sum(map(len, links)) > _LINKS * len(str(block.text_content()).strip())


def _other_parts(root: HtmlElement, known: str) -> HtmlElement | None:
    """Find the element around an article in parts, such as a live report, from the one part in `known`."""
    known = _compact(known)
    element = _element_with(root, known[:_START])
    for _ in range(_LEVELS):
        parent = None if element is None else element.getparent()
        if element is None or parent is None:
            return None
        kind = (element.tag, element.get("class"))
        alike = [sibling for sibling in parent if (sibling.tag, sibling.get("class")) == kind]
        missing = [len(text) for sibling in alike[:_MOST_PARTS] if (text := _missing(sibling, known))]
        if len(missing) >= _PARTS - 1 and sum(missing) > len(known) * _REST:
            return parent
        element = parent
    return None


def _element_with(root: HtmlElement, start: str) -> HtmlElement | None:
    """Find the innermost element with the first occurrence of a compact text."""
    pieces: list[str] = []
    places: list[tuple[int, HtmlElement]] = []
    length = 0
    for text in root.xpath("//text()[not(parent::script or parent::style)]"):
        if compact := _compact(text):
            places.append((length, text.getparent().getparent() if text.is_tail else text.getparent()))
            pieces.append(compact)
            length += len(compact)
    at = "".join(pieces).find(start) if start else -1
    return None if at < 0 else places[bisect_right(places, at, key=lambda place: place[0]) - 1][1]


def _missing(element: HtmlElement, known: str) -> str:
    """Text of an element; `""` if it is short, mostly links, or already `known`."""
    text = _compact(str(element.text_content()))
    linked = sum(len(str(link.text_content())) for link in element.iter("a"))
    if len(text) < _PART or linked > _LINKED * len(text):
        return ""
    return "" if text[len(text) // 2 :][:_START] in known else text


def _compact(text: str) -> str:
    return "".join(text.split())


def _drop_title(content: HtmlElement, title: str) -> None:
    for heading in content.iter("h1", "h2"):
        if clean(heading.text_content()).casefold() == title.casefold():
            heading.drop_tree()
        return
