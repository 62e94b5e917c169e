"""Extract the text of a watched page. Only for the sandbox."""

from __future__ import annotations

from lxml.html import HtmlElement

from tuireader.pages.tree import base_of, drop, lines_of, select, text_of, tree
from tuireader.subprocesses.jobs import Failed
from tuireader.text import is_html, plain

LONGEST = 500_000  # maximum characters of a page's text; the rest is left out
_MOST_LINKS = 400
_ASIDE = ("nav", "footer", "aside")

Watched = tuple[str, str, str, tuple[tuple[str, str], ...]]
"""Title, `<base>`, text with a line for each block, and links: text and address as written."""


def watched(page: str, selector: str) -> Watched:
    """Extract the selected part of a page, else all but menus and footers. Raises Failed.

    Text that is not HTML is taken as it is.
    """
    if not is_html(page):
        if selector:
            raise Failed("select needs a web page, but this is plain text")
        return "", "", "\n".join(filter(None, plain(page).split("\n")))[:LONGEST], ()
    root = tree(page)
    title = next((text_of(element) for element in root.iter("title")), "")
    parts = select(root, selector, "select") if selector else [_without_menus(root)]
    if not parts:
        raise Failed("select finds nothing on the page")
    shown = [part for part in parts if not _is_hidden(part)]
    outermost = [part for part in shown if not any(above in shown for above in part.iterancestors())]
    lines: list[str] = []
    links: dict[str, str] = {}
    for part in outermost:
        for element in list(part.iter()):
            if element is not part and _is_hidden(element):
                drop(element)
        lines += lines_of(part)
        for link in part.iter("a"):
            words, address = text_of(link), str(link.get("href") or "")
            if len(words) > 2 and address and len(links) < _MOST_LINKS:
                links.setdefault(words, address)
    text = "\n".join(lines)[:LONGEST]
    if not text:
        raise Failed("there is no text on the page")
    return title, base_of(root), text, tuple(links.items())


def _without_menus(root: HtmlElement) -> HtmlElement:
    """Remove menus and footers, unless there is nothing else."""
    length = len(text_of(root))
    for element in list(root.iter(*_ASIDE)):
        if 2 * len(text_of(element)) < length:
            drop(element)
    return root


def _is_hidden(element: HtmlElement) -> bool:
    style = str(element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style
