"""Propose CSS selectors for the articles of a web page without a feed. Only for the sandbox.

The most likely blocks (`page_blocks`) are read as a feed would read them. The best one has different titles,
as long as headlines, with a link and a date each, leaves out no similar element, and is in no menu, sidebar
or footer.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tuireader.subprocesses.page_blocks import Block, blocks, classes, is_link, missed, uniform, utility, zone
from tuireader.subprocesses.page_items import (
    Item,
    Scope,
    copied,
    default_title,
    groups,
    language_of,
    read,
    title_text,
)
from tuireader.subprocesses.page_tree import base_of, select, text_of, tree
from tuireader.subprocesses.sandbox import Failed
from tuireader.text import cell_len, page_dates

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 5
"""Maximum number of proposals."""
_READ = 24  # blocks to read
_WORTH = 0.35  # a proposal needs this share of the best score ...
_LEAST = 1.0  # ... and this score
_COMMON = 0.8  # share of items that must have a part
_HEADLINE = 15  # cells of a link from which it may be a headline
_TITLE_NAMES = re.compile(
    r"(?:^|[-_])(?:title\w*|titel\w*|headline|heading|subject|titre|titulo|titolo|name|caption)(?:$|[-_])"
    r"|title$|headline$",
    re.IGNORECASE,
)
_NEXT_WORDS = frozenset((
    *("next", "next page", "older", "older posts", "older entries", "weiter", "nächste", "nächste seite"),
    *("ältere beiträge", "suivant", "page suivante", "siguiente", "successivo", "successiva", "próxima"),
    *("volgende", "następna", "далее", "следующая", "下一页", "下一頁", "下页", "次へ", "次のページ", "다음"),
))  # fmt: skip
_NEXT_SIGNS = frozenset("›»→>")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(slots=True)
class Proposal:
    """Selectors with the items that they find."""

    selectors: dict[str, str]
    items: list[Item] = field(default_factory=list)
    score: float = 0.0


def propose(page: str, url: str, now: int) -> list[dict[str, str]]:
    """Return selectors by key for the repeated blocks of the page at `url`, the best first.

    Empty if there is no such block. Raises Failed for a page that cannot be read.
    """
    root = tree(page)
    language = language_of(root)
    found: list[Proposal] = []
    for block in blocks(root, now, _READ):
        try:
            proposal = _read(block, now, language)
        except Failed:
            continue
        if proposal is not None:
            found.append(proposal)
    following = next_selector(root, urljoin(url, base_of(root)))
    return [one.selectors | ({"next_page": following} if following else {}) for one in _best(found)]


def _best(found: Sequence[Proposal]) -> list[Proposal]:
    """Return the best proposals with different items."""
    chosen: list[Proposal] = []
    for one in sorted(found, key=lambda proposal: -proposal.score):
        if one.score < max(_LEAST, _WORTH * chosen[0].score if chosen else 0):
            break
        links = {item[1] for item in one.items}
        if all(len(links & {item[1] for item in other.items}) * 2 < len(links) for other in chosen):
            chosen.append(one)
    return chosen[:MOST]


def _read(block: Block, now: int, language: str) -> Proposal | None:
    scopes = copied(groups(block.elements))
    selectors = {"items": block.selector}
    if title := _title_selector(scopes, now):
        selectors["item_title"] = title
    links = _headlines(scopes)  # before reading takes the titles out
    items, _ = read(scopes, selectors, now, language)
    if len(items) < 2:
        return None
    crowd = min(1.0, 2.5 / links) if links else 1.0
    score = quality(items) * zone(block.elements) * (1 - missed(block)) * crowd
    score *= uniform(block.elements) * _pleasant(block.selector)
    return Proposal(selectors, items, score)


def quality(items: Sequence[Item]) -> float:
    """Return how much items look like articles: different headlines with links and dates."""
    count = len(items)
    titles = Counter(item[0] for item in items)
    links = Counter(item[1] for item in items if item[1])
    dated = sum(item[2] is not None for item in items) / count
    rest = sum(len(item[3]) > 200 for item in items) / count
    return (
        math.log2(1 + min(count, 32))
        * (len(titles) / count) ** 2
        * (len(links) / count) ** 2
        * headline(median(cell_len(item[0]) for item in items))
        * (1 + dated**2)  # of one block, all have a date, or none
        * (1 + 0.2 * rest)
    )


def headline(cells: float) -> float:
    """Return a factor for the length of titles."""
    if cells < _HEADLINE:
        return math.pow(max(0.05, cells / _HEADLINE), 1.5)
    return 1.0 if cells <= 160 else 160 / cells


def _pleasant(selector: str) -> float:
    return math.pow(0.97, sum(map(utility, re.findall(r"\.([\w-]+)", selector))))


def _headlines(scopes: Sequence[Scope]) -> float:
    """Return how many links of an item could be headlines."""
    counts = []
    for scope in scopes:
        links = {
            str(one.get("href"))
            for one in scope.whole.iter("a")
            if is_link(one) and cell_len(text_of(one)) >= _HEADLINE
        }
        counts.append(len(links))
    return sum(counts) / len(counts)


# --------------------------------------------------------------------------- selectors within an item


def _title_selector(scopes: Sequence[Scope], now: int) -> str:
    """Return a selector for the titles, or "" if the first heading or link is as good."""
    usual = [title_text(one) if (one := default_title(scope.whole)) is not None else "" for scope in scopes]
    tags = Counter(one.tag for scope in scopes if (one := default_title(scope.whole)) is not None)
    is_heading = tags and tags.most_common(1)[0][0] in _HEADINGS
    best, chosen = _title_score(usual, scopes) * (1.5 if is_heading else 1.0) * 1.1, ""
    for selector, elements in _parts(scopes).items():
        samples = list(elements.values())
        if len(samples) < _COMMON * len(scopes):
            continue
        score = _title_score([text_of(one) for one in samples], scopes) * _purity(samples, now)
        names = re.findall(r"[.]([\w-]+)", selector)
        score *= 1.4 if any(map(_TITLE_NAMES.search, names)) else 1.0
        score *= 1.2 if sum(map(_is_linked, samples)) >= _COMMON * len(samples) else 0.8
        score *= 0.95 if any(map(utility, names)) else 1.0
        if score > best:
            best, chosen = score, selector
    return chosen


def _title_score(texts: Sequence[str], scopes: Sequence[Scope]) -> float:
    said = [text for text in texts if text]
    if not said:
        return 0.0
    share = len(said) / len(scopes)
    return share * len(set(said)) / len(said) * headline(median(map(cell_len, said)))


def _purity(titles: Sequence[HtmlElement], now: int) -> float:
    """Return a factor that is small if titles have more in them: a date, several links, whole blocks."""
    mixed = 0
    for one in titles:
        within = sum(1 for part in one.iter("p", "div", "ul", "table", "time", "td") if part is not one)
        links = sum(map(is_link, one.iter("a")))
        mixed += links > 1 or within > 0 or page_dates.find(text_of(one), now) is not None
    return 1 - 0.6 * mixed / len(titles)


def _is_linked(element: HtmlElement) -> bool:
    return any(is_link(one) for one in (element, *element.iter("a"), *element.iterancestors("a")))


def _parts(scopes: Sequence[Scope]) -> Mapping[str, dict[int, HtmlElement]]:
    """Return the first element of each item by selectors such as `a.title` and `.title > a`."""
    found: dict[str, dict[int, HtmlElement]] = {}
    for at, scope in enumerate(scopes):
        for one in scope.whole.iter():
            if not isinstance(one.tag, str) or one is scope.whole or one.getparent() is scope.whole:
                continue  # the item itself needs no selector
            for selector in _part_selectors(one):
                found.setdefault(selector, {}).setdefault(at, one)
    return found


def _part_selectors(element: HtmlElement) -> Iterator[str]:
    for name in classes(element)[:4]:
        yield f".{name}"
    parent = element.getparent()
    if element.tag == "a" and parent is not None:
        for name in classes(parent)[:2]:
            yield f".{name} > a"


# --------------------------------------------------------------------------- the next page


def next_selector(root: HtmlElement, url: str) -> str:
    """Return a selector for the link to the next page, or ""."""
    tries: Sequence[tuple[str, Callable[[HtmlElement], bool]]] = (
        ("a[rel~=next]", lambda one: True),
        ("link[rel~=next]", lambda one: True),
        (".next > a", _is_next),
        ("a.next", _is_next),
    )
    for selector, fits in tries:
        found = select(root, selector, "next_page")
        if found and fits(found[0]) and _leads_on(found[0], url):
            return selector
    for one in root.iter("a"):
        words = text_of(one)
        if words.casefold() in _NEXT_WORDS and _leads_on(one, url):
            selector = next((f"a.{name}" for name in classes(one)), "") or f"a:contains('{words}')"
            if select(root, selector, "next_page")[0] is one:
                return selector
    return ""


def _is_next(element: HtmlElement) -> bool:
    words = text_of(element).casefold()
    return words in _NEXT_WORDS or words in _NEXT_SIGNS or words.startswith("next") or not words


def _leads_on(element: HtmlElement, url: str) -> bool:
    """Return whether a link leads to another page of the same site."""
    try:
        address = urljoin(url, str(element.get("href") or "").strip())
        return urlsplit(address).netloc == urlsplit(url).netloc and address.partition("#")[0] != url
    except ValueError:
        return False
