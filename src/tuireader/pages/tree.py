"""Parse web pages with lxml within limits. Only for the sandbox: a page may take arbitrarily long."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from lxml import etree, html
from lxml.html import HtmlElement

from tuireader.pages.selectors import problem, xpath
from tuireader.subprocesses.jobs import Failed
from tuireader.text import plain

MOST_ELEMENTS = 120_000
_SAMPLE = 2_000  # enough elements to find what repeats
_CHILDREN = (100, 60, 40, 25)  # children of one kind to keep in each element, tried in this order
_KINDS = {"dd": "dt"}  # kinds that alternate within an element
_UNSEEN = ("script", "style", "template", "noscript", "svg", "canvas", "object", "embed")


def tree(page: str) -> HtmlElement:
    """Parse a page without scripts, styles and comments. Raises Failed."""
    root = parsed(page, remove_comments=True, remove_pis=True)
    for element in list(root.iter(*_UNSEEN)):
        drop(element)
    return root


def parsed(page: str, **options: bool) -> HtmlElement:
    """Parse a page as it is, with options of lxml's HTMLParser. Raises Failed."""
    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page, count=1)  # not accepted in decoded text
    try:
        root = html.document_fromstring(page, parser=html.HTMLParser(huge_tree=False, **options))
    except (etree.ParserError, ValueError):
        raise Failed("there is no text on the page") from None
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise Failed("the page has too many elements")
    return root


def drop(element: HtmlElement) -> None:
    """Remove an element with all that it contains, unless that is done already."""
    if element.getparent() is not None:
        element.drop_tree()


def base_of(root: HtmlElement) -> str:
    """Address in `<base>`, or ""."""
    return next((str(element.get("href")) for element in root.iter("base") if element.get("href")), "")


def select(root: Any, selector: str, key: str) -> list[HtmlElement]:
    """Select elements in the order of the page. Raises Failed, naming the key."""
    if bad := problem(selector):
        raise Failed(f"{key} {bad}")
    try:
        matches = root.xpath(xpath(selector))
    except (etree.XPathError, ValueError):  # control characters
        raise Failed(f"{key} is too complex") from None
    return [element for element in matches if isinstance(element.tag, str)]


def squeezed(text: object) -> str:
    """Put a text on one line; `""` for None."""
    return " ".join(str(text or "").split())


def text_of(element: HtmlElement) -> str:
    """Text of an element on one line."""
    return squeezed(element.text_content())


def written(element: HtmlElement) -> str:
    """HTML of an element."""
    return str(html.tostring(element, encoding="unicode", with_tail=False))


def spaced(element: HtmlElement) -> str:
    """Text of an element on one line, with spaces between the texts of its parts."""
    return squeezed(" ".join(map(str, element.itertext())))


def shorten(root: HtmlElement) -> None:
    """Remove the last of many similar siblings, until a large page is reduced to a sample."""
    for most in _CHILDREN:
        if sum(1 for _ in root.iter()) <= _SAMPLE:
            return
        for parent in list(root.iter()):
            if len(parent) <= most:
                continue
            seen: Counter[str] = Counter()
            for child in list(parent):
                kind = _KINDS.get(str(child.tag), str(child.tag))
                seen[kind] += 1
                if seen[kind] > most:
                    parent.remove(child)


def lines_of(element: HtmlElement) -> list[str]:
    """Text of an element, a line for each block."""
    return [line for line in plain(written(element)).split("\n") if line.strip()]
