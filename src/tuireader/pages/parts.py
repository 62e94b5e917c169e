"""Find selectors for the titles and links of a page's items. Only for the sandbox."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from lxml.html import HtmlElement

from tuireader.pages.blocks import classes, is_link, utility
from tuireader.pages.headings import HEADINGS
from tuireader.pages.items import Scope, default_title, title_text
from tuireader.pages.tree import spaced, text_of
from tuireader.text import cell_len, page_dates

HEADLINE = 15  # minimum width in cells of a link that may be a headline
_LONGEST = 90  # cells above which the score of titles falls
_SAMPLE = 20  # items
_COMMON = 0.8  # share of items that must have a title
_NAMES = re.compile(
    r"(?:^|[-_])(?:title\w*|titel\w*|headline|heading|subject|titre|titulo|titolo|name|caption)(?:$|[-_])"
    r"|title$|headline$",
    re.IGNORECASE,
)
_NAMED = ("h2", "h3", "h4", "h5", "strong", "b", "em", "cite")  # may be titles without a class
_PLACED = ("td", "p", "div", "span")  # ... by their place


def title_selector(scopes: Sequence[Scope], now: int) -> str:
    """Find a selector for the titles, "" if the first heading or link is as good."""
    scopes = scopes[:: 1 + len(scopes) // _SAMPLE]
    usual = [default_title(scope.content) for scope in scopes]
    texts = [title_text(title) if title is not None else "" for title in usual]
    tags = Counter(title.tag for title in usual if title is not None)
    if tags and tags.most_common(1)[0][0] in HEADINGS:  # may be short, such as a version
        best = 1.65 * _score(texts, scopes, is_heading=True)
    else:
        best = 1.1 * _score(texts, scopes) * _purity([title for title in usual if title is not None], now)
    is_linked = all(title is None or _is_linked(title) for title in usual)
    chosen = ""
    for selector, elements in _parts(scopes).items():
        samples = list(elements.values())
        if len(samples) < _COMMON * len(scopes):
            continue
        said = [text_of(sample) for sample in samples]
        linked = sum(map(_is_linked, samples)) >= _COMMON * len(samples)
        names = re.findall(r"[.]([\w-]+)", selector)
        score = _score(said, scopes) * _purity(samples, now) * (1.2 if linked else 0.8)
        score *= 1.4 if any(map(_NAMES.search, names)) else 1.0
        score *= 0.95 if not names or any(map(utility, names)) else 1.0
        same = said == [text for text in texts if text]
        if same and linked and not is_linked:
            score = max(score, 1.05 * best)  # the same titles, with the right links
        if score > best:
            best, chosen = score, "" if same and is_linked else selector
    return chosen


def link_selector(scopes: Sequence[Scope], links: int) -> str:
    """Find a selector for more than `links` different links, "" without one."""
    best, chosen = links, ""
    for selector, elements in _parts(scopes).items():
        if len(elements) < _COMMON * len(scopes) or not all(map(is_link, elements.values())):
            continue
        different = len({link.get("href") for link in elements.values()})
        if different > best:
            best, chosen = different, selector
    return chosen


def headline(cells: float) -> float:
    """Factor for the length of titles: 1.0 between `HEADLINE` and 90 cells."""
    if cells < HEADLINE:
        return math.pow(max(0.05, cells / HEADLINE), 1.5)
    return 1.0 if cells <= _LONGEST else math.sqrt(_LONGEST / cells)


def _score(texts: Sequence[str], scopes: Sequence[Scope], is_heading: bool = False) -> float:
    said = [text for text in texts if text]
    if not said:
        return 0.0
    share = len(said) / len(scopes)
    length = headline(median(map(cell_len, said)))
    if is_heading:
        return share * len(set(said)) / len(said) * max(0.8, length)
    words = {re.sub(r"\d+", "", text) for text in said}  # differing only in numbers counts less
    different = (0.6 * len(set(said)) + 0.4 * len(words)) / len(said)
    different *= 0.85 if len({text.split()[0] for text in said}) == 1 else 1.0  # "More about ..."
    return share * different * length


def _purity(titles: Sequence[HtmlElement], now: int) -> float:
    """Factor that is small if titles contain more than that: a date, several links, entire blocks."""
    mixed = 0
    for title in titles:
        within = any(part is not title for part in title.iter("p", "div", "ul", "table", "time", "td", "br"))
        links = sum(map(is_link, title.iter("a")))
        mixed += links > 1 or within or page_dates.find(spaced(title), now) is not None
    return 1 - 0.6 * mixed / max(1, len(titles))


def _is_linked(element: HtmlElement) -> bool:
    return any(is_link(candidate) for candidate in (element, *element.iter("a"), *element.iterancestors("a")))


def _parts(scopes: Sequence[Scope]) -> Mapping[str, dict[int, HtmlElement]]:
    """Map selectors such as `a.title`, `.title > a` and `strong` to the first element of each item."""
    by_selector: dict[str, dict[int, HtmlElement]] = {}
    for at, scope in enumerate(scopes):
        for element in scope.content.iter():
            if not isinstance(element.tag, str) or element is scope.content:
                continue
            for selector in _selectors(element):
                by_selector.setdefault(selector, {}).setdefault(at, element)
    return by_selector


def _selectors(element: HtmlElement) -> Iterator[str]:
    names, parent, tag = classes(element), element.getparent(), str(element.tag)
    for name in names[:4]:
        yield f".{name}"
    if tag == "a" and parent is not None:
        for name in classes(parent)[:2]:
            yield f".{name} > a"
    if tag in _NAMED and not names:
        yield tag
    elif tag == "a" or tag in _PLACED:
        yield _numbered(element)
        if parent is not None and parent.tag in (*_PLACED, "a", "li"):
            yield f"{_numbered(parent)} > {_numbered(element)}"


def _numbered(element: HtmlElement) -> str:
    number = 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    return f"{element.tag}:nth-of-type({number})"
