"""Select the articles of a web page by CSS selectors. Only for the sandbox.

An item may stand for several elements: a `dt` with its `dd`, a heading with what follows it, a table row with
the rows below that belong to it, a link with its line between `<br>`. All of them are copied into one,
which the other selectors and the defaults search.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise, takewhile
from statistics import median_low
from typing import Any
from urllib.parse import urlsplit

from lxml.html import Element, HtmlElement
from msgspec import Struct

from tuireader.pages.headings import HEADINGS, Headings, headed, headings
from tuireader.pages.tree import base_of, drop, lines_of, select, spaced, squeezed, text_of, tree, written
from tuireader.subprocesses.jobs import Failed
from tuireader.text import page_dates

MOST_ITEMS = 1_000  # maximum number of items of a page; the first ones count
_MOST_COPIED = 400_000  # maximum elements of all items together
_LONGEST_TITLE = 500
_LONGEST_SUMMARY = 100_000
_INLINE = frozenset(("a", "b", "strong", "i", "em", "span", "font", "small", "img", "u", "code"))
_DATE_PARTS = ("datetime", "content", "data-date", "data-time", "data-timestamp", "title")
_SHORT_LINK = 40  # maximum characters of a link such as "Read more"
PARTS = ("item_title", "item_link", "item_date", "item_summary")

Item = tuple[str, str, int | None, str]  # title, link as written, time, and HTML of the rest
Page = tuple[str, str, str, tuple[Item, ...], str, tuple[str, ...]]
"""Title, `<base>`, language, items, link to the next page, and keys whose selectors found nothing."""


def items(page: str, selectors: Mapping[str, str], now: int) -> Page:
    """Read the articles of a page. Raises Failed, naming a selector that is wrong or finds nothing."""
    root = tree(page)
    selected = scopes(root, selectors["items"], now)
    if not selected:
        raise Failed("items finds nothing on the page")
    articles, missing = read(selected, selectors, language_of(root))
    if not articles:
        raise Failed("items finds nothing with a title or link on the page")
    following = ""
    if chosen := selectors.get("next_page"):
        following = next(filter(None, map(_address, select(root, chosen, "next_page"))), "")
    title = next((text_of(element) for element in root.iter("title")), "")
    return title, base_of(root), language_of(root), tuple(articles), following, missing


def language_of(root: HtmlElement) -> str:
    """Language that a page declares, or ""."""
    return str(root.get("lang") or "")[:20]


class Scope(Struct):
    """An item: its element on the page, and a copy of it with all that belongs to it."""

    element: HtmlElement
    content: HtmlElement
    latest: int  # latest time of a date without a year: now, or the end of a year in a heading
    day: int | None  # date in a heading, for an item without one


def scopes(root: HtmlElement, selector: str, now: int) -> list[Scope]:
    """Select the items of a page. Raises Failed."""
    return copied(groups(select(root, selector, "items"))[:MOST_ITEMS], headings(root, now))


def copied(grouped: Sequence[Group], known: Headings) -> list[Scope]:
    """Copy the elements of items. Raises Failed if they are too many."""
    dated = headed({first for first, _ in grouped}, known)
    copies: list[Scope] = []
    elements = 0
    for first, group in grouped:
        elements += sum(1 for element in group for _ in element.iter())
        if elements > _MOST_COPIED:
            raise Failed("items finds elements within each other; make it more specific")
        content = Element("div")
        for element in group:
            content.append(copy.deepcopy(element))
        if first.tag in _INLINE and (len(group) > 1 or _breaks(first)):
            before = group[0].getprevious()
            content.text = first.getparent().text if before is None else before.tail
        else:
            for child in content:
                child.tail = "\n"
        copies.append(Scope(first, content, *dated[first]))
    return copies


Group = tuple[Any, list[Any]]  # an element that a selector finds, and all elements of its item


def groups(chosen: Sequence[HtmlElement]) -> list[Group]:
    """Group each chosen element with all elements of its item; table rows of headings are left out."""
    known = set(chosen)
    grouped: list[Group] = []
    lines: set[Any] = set()
    for element in chosen:
        if element.tag in _INLINE and _breaks(element):
            if element not in lines:  # another link in the line of a link belongs to it
                grouped.append((element, line := _line(element)))
                lines.update(line)
        elif not _is_head_of_table(element):
            grouped.append((element, _following(element, known)))
    lengths = [len(group) for (_, group), (after, _) in pairwise(grouped) if group[-1].getnext() is after]
    usual = median_low(lengths) if lengths else 1  # what follows the last row may be something else
    return [(element, group[:usual] if element.tag == "tr" else group) for element, group in grouped]


def _following(element: HtmlElement, chosen: set[HtmlElement]) -> list[HtmlElement]:
    """Collect an element and the siblings that belong to it, up to the next item."""
    if element.tag == "dd":
        before = element.getprevious()
        return [before, element] if before is not None and before.tag == "dt" else [element]
    goes_on = _GOES_ON.get(str(element.tag))
    members = [element]
    following = element.getnext()
    while goes_on and following is not None and following not in chosen and goes_on(element, following):
        members.append(following)
        following = following.getnext()
    return members


def _breaks(element: HtmlElement) -> bool:
    """Return whether an element stands in text with line breaks."""
    parent = element.getparent()
    return parent is not None and parent.find("br") is not None


def _line(element: HtmlElement) -> list[HtmlElement]:
    """Collect an element with its neighbours between line breaks, or between empty lines if there are any."""
    single = not any(map(_is_empty_line, element.itersiblings("br", preceding=True)))
    single = single and not any(map(_is_empty_line, element.itersiblings("br")))

    def ends(sibling: HtmlElement) -> bool:
        return sibling.tag not in _INLINE and (sibling.tag != "br" or single or _is_empty_line(sibling))

    before = list(takewhile(lambda sibling: not ends(sibling), element.itersiblings(preceding=True)))
    return [*reversed(before), element, *takewhile(lambda sibling: not ends(sibling), element.itersiblings())]


def _is_empty_line(element: HtmlElement) -> bool:
    before, after = element.getprevious(), element.getnext()
    return bool(
        (after is not None and after.tag == "br" and not str(element.tail or "").strip())
        or (before is not None and before.tag == "br" and not str(before.tail or "").strip())
    )


_HOLDS_ITEMS = ("section", "article", "main", "footer", "nav", "aside")


_GOES_ON: Mapping[str, Callable[[HtmlElement, HtmlElement], bool]] = {
    **dict.fromkeys(
        HEADINGS, lambda head, following: following.tag not in (*HEADINGS[: int(head.tag[1])], *_HOLDS_ITEMS)
    ),
    "dt": lambda element, following: bool(following.tag == "dd"),
    "tr": lambda element, following: bool(following.tag == "tr"),
}


def _is_head_of_table(element: HtmlElement) -> bool:
    return bool(element.tag == "tr" and len(element) and all(cell.tag == "th" for cell in element))


def read(
    selected: Sequence[Scope], selectors: Mapping[str, str], language: str
) -> tuple[list[Item], tuple[str, ...]]:
    """Read the parts of items; return the items, and the keys whose selectors found nothing at all."""
    chosen = {
        key: [_first(scope.content, selectors.get(key, ""), key) for scope in selected] for key in PARTS
    }
    missing = tuple(key for key in PARTS if selectors.get(key) and all(part is None for part in chosen[key]))
    texts = [text_of(scope.content)[: page_dates.LONGEST] for scope in selected]
    month_first = page_dates.puts_month_first(texts, language)
    articles: list[Item] = []
    seen: set[tuple[str, str]] = set()
    for at, scope in enumerate(selected):
        item = _item(scope, [chosen[key][at] for key in PARTS], month_first)
        if (item[0] or item[1]) and item[:2] not in seen:
            seen.add(item[:2])
            articles.append(item)
    return articles, missing


def _first(content: HtmlElement, selector: str, key: str) -> HtmlElement | None:
    return next(iter(select(content, selector, key)), None) if selector else None


def _item(scope: Scope, parts: Sequence[HtmlElement | None], month_first: bool) -> Item:
    title, link, date, summary = parts
    content, now = scope.content, scope.latest
    title = title if title is not None else default_title(content)
    address = _address(link) if link is not None else default_link(scope, title)
    if date is None:
        time, dated = default_time(content, now, month_first)
    else:
        time = _time(date, now, month_first)
        dated = None if time is None else date
    time = scope.day if time is None else time
    words = title_text(title) if title is not None else next(iter(lines_of(content)), "")
    html = _written(summary) if summary is not None else _rest(content, title, dated, address)
    return words[:_LONGEST_TITLE], address, time, html


def default_title(content: HtmlElement) -> HtmlElement | None:
    """Find the first heading with a text, else the first link with one; never the number of a day."""
    for names in (HEADINGS, ("a",)):
        for element in content.iter(*names):
            text = text_of(element)
            if _says_something(text) and not (text.isdecimal() and len(text) <= 2):
                return element
    return None


def title_text(title: HtmlElement) -> str:
    """Text of a title, without symbols that link to its own anchor."""
    text = text_of(title)
    for anchor in title.iter("a"):
        sign = text_of(anchor)
        if sign and not _says_something(sign):
            text = text.replace(sign, " ", 1)
    return " ".join(text.split())


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def default_link(scope: Scope, title: HtmlElement | None) -> str:
    """Find the link of the title, else the first link, else the item's anchor on the page."""
    if title is not None:
        around = list(title.iterancestors("a"))
        for candidate in (title, *around, *title.iter("a")):
            if candidate.tag == "a" and (address := _address(candidate)):
                return address
    words = title_text(title) if title is not None else ""
    others = [
        (address, link)
        for link in scope.content.iter("a")
        if (address := _address(link))[:1] not in ("", "#")
    ]
    if others:
        return min(others, key=lambda other: text_of(other[1]) != words)[0]
    for above in scope.element.iterancestors("a"):
        if address := _address(above):
            return address
    places = [*([title] if title is not None else ()), *scope.content, *scope.content.iter("a")]
    names = (place.get("id") or place.get("name") for place in places)
    return next((f"#{name}" for name in names if name), "")


def _address(element: HtmlElement) -> str:
    """Address of a link, or of the link in or around an element."""
    for candidate in (element, *element.iter("a", "link"), *element.iterancestors("a")):
        address = str(candidate.get("href") or "").strip()
        if address and address != "#" and not address.lower().startswith(("javascript:", "mailto:", "tel:")):
            with suppress(ValueError):
                urlsplit(address)
                return address
    return ""


def default_time(content: HtmlElement, now: int, month_first: bool) -> tuple[int | None, HtmlElement | None]:
    """Find the time of an item and the element with it: `time`, or the first text that is a date."""
    marked = [part for part in content.iter() if part.get("itemprop") in ("datePublished", "dateCreated")]
    for part in (*content.iter("time", "relative-time", "time-ago"), *marked):
        time = _time(part, now, month_first)
        if time is not None:
            return time, part
    if not any(map(str.isdigit, text_of(content))):
        return None, None
    for text, element in _texts(content):
        if text and page_dates.is_date(text, now):
            date = page_dates.find(text, now, month_first=month_first)
            return (date.seconds if date else None), element
    return _leading_time(content, now, month_first), None


def _texts(content: HtmlElement) -> Iterator[tuple[str, HtmlElement | None]]:
    for part in content.iter():
        yield squeezed(part.text), part
        yield squeezed(part.tail), None
    for part in content.iter():  # the day and the month may be in separate elements
        if len(part):
            yield spaced(part), part


def _leading_time(content: HtmlElement, now: int, month_first: bool) -> int | None:
    """Find the date at either end of a line, such as "24 May: Text" or "Text (24 May)"."""
    for line in lines_of(content):
        date = page_dates.find(line, now, month_first=month_first)
        if date and (date.start <= 30 or date.end >= len(line) - 30):
            return date.seconds
    return None


def _time(element: HtmlElement, now: int, month_first: bool) -> int | None:
    texts = [*(str(element.get(name) or "") for name in _DATE_PARTS), text_of(element)]
    dates = (page_dates.find(text, now, month_first=month_first) for text in texts if text)
    return next((date.seconds for date in dates if date), None)


def _written(element: HtmlElement) -> str:
    html = written(element)
    return html if len(html) <= _LONGEST_SUMMARY else ""


def _rest(content: HtmlElement, title: HtmlElement | None, dated: HtmlElement | None, address: str) -> str:
    """HTML of an item without title, date, buttons, and links such as "Read more"."""
    for part in (title, dated, *content.iter("form", "button", "nav", "select", "input")):
        _drop(part, content)
    for link in list(content.iter("a")):
        words = text_of(link)
        if link.get("href") == address and len(words) <= _SHORT_LINK and link.find(".//img") is None:
            _drop(link, content)
    return _written(content) if text_of(content) else ""


def _drop(element: Any, content: HtmlElement) -> None:
    if element is not None and element is not content:
        drop(element)
