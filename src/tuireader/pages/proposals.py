"""Propose CSS selectors for the articles of a web page without a feed. Only for the sandbox.

The most likely `blocks` are read as a feed would read them. The best one has distinct titles of the length of
headlines, each with a link and a date, omits no similar element, and is not in a menu, sidebar or footer.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from statistics import median
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement
from msgspec import Struct, field

from tuireader.pages.blocks import Block, blocks, classes, is_link, missed, uniform, utility, zone
from tuireader.pages.headings import Headings, headings
from tuireader.pages.items import Item, Scope, copied, groups, language_of, read
from tuireader.pages.parts import HEADLINE, headline, link_selector, title_selector
from tuireader.pages.tree import base_of, select, shorten, text_of, tree
from tuireader.subprocesses.jobs import Failed
from tuireader.text import cell_len, page_dates
from tuireader.text.durations import DAY

MOST = 5  # maximum number of proposals
_READ = 24  # blocks to read
_WORTH = 0.35  # a proposal needs this share of the best score ...
_LEAST = 1.0  # ... and this score
_WEEKDAY = 12  # maximum characters beside a date
_DIFFERENT = 0.8  # share of links that are different if they lead to the articles
_NEXT_WORDS = frozenset((
    *("next", "next page", "older", "older posts", "older entries", "weiter", "nächste", "nächste seite"),
    *("ältere beiträge", "suivant", "page suivante", "siguiente", "successivo", "successiva", "próxima"),
    *("volgende", "następna", "далее", "следующая", "下一页", "下一頁", "下页", "次へ", "次のページ", "다음"),
))  # fmt: skip
_NEXT_SIGNS = frozenset("›»→>")


class Proposal(Struct):
    """Selectors with the items that they find."""

    selectors: dict[str, str]
    first: HtmlElement
    items: list[Item] = field(default_factory=list)
    score: float = 0.0


def propose(page: str, url: str, now: int) -> list[dict[str, str]]:
    """Propose selectors by key for the repeated blocks of the page at `url`, the best first.

    Empty if there is no such block. Raises Failed for a page that cannot be read.
    """
    root = tree(page)
    language = language_of(root)
    following = next_selector(root, urljoin(url, base_of(root)))
    shorten(root)
    heads = headings(root, now)
    proposals: list[Proposal] = []
    for block in blocks(root, now, _READ):
        try:
            proposal = _read(block, heads, language)
        except Failed:
            continue
        if proposal is not None:
            proposals.append(proposal)
    chosen = _best(proposals)
    if chosen and (lead := _lead(chosen[0], heads, language)):
        chosen[0].selectors["items"] = f"{lead}, {chosen[0].selectors['items']}"
    return [proposal.selectors | ({"next_page": following} if following else {}) for proposal in chosen]


def _best(proposals: Sequence[Proposal]) -> list[Proposal]:
    chosen: list[Proposal] = []
    for proposal in sorted(proposals, key=lambda proposal: -proposal.score):
        if proposal.score < max(_LEAST, _WORTH * chosen[0].score if chosen else 0):
            break
        links = {item[1] for item in proposal.items}
        if all(len(links & {item[1] for item in other.items}) * 2 < len(links) for other in chosen):
            chosen.append(proposal)
    return chosen[:MOST]


def _read(block: Block, heads: Headings, language: str) -> Proposal | None:
    scopes = copied(groups(block.elements), heads)
    selectors = {"items": block.selector}
    if title := title_selector(scopes, heads.now):
        selectors["item_title"] = title
    links = _headlines(scopes)  # before reading removes the titles
    items, _ = read(scopes, selectors, language)
    different = len({item[1] for item in items})
    if different < _DIFFERENT * len(items):
        scopes = copied(groups(block.elements), heads)
        if link := link_selector(scopes, different):
            selectors["item_link"] = link
            items, _ = read(scopes, selectors, language)
    if len(items) < 2:
        return None
    crowd = min(1.0, 2.5 / links) if links else 1.0
    score = quality(items, heads.now) * zone(block.elements) * (1 - missed(block)) * crowd
    utilities = sum(map(utility, re.findall(r"\.([\w-]+)", block.selector)))
    score *= uniform(block.elements) * math.pow(0.97, utilities)
    return Proposal(selectors, block.elements[0], items, score)


def _lead(proposal: Proposal, heads: Headings, language: str) -> str:
    """Find a selector for a differently formed article just before the others, or ""."""
    known = {item[1] for item in proposal.items}
    if any(item[2] is None for item in proposal.items):
        return ""  # without dates, it may be an introduction
    for below in (proposal.first, *islice(proposal.first.iterancestors(), 2)):
        before = below.getprevious()
        if before is None or before.tag not in ("div", "article", "section", "a", "li"):
            continue
        articles, _ = read(copied([(before, [before])], heads), {}, language)
        title, link, time, _ = next(iter(articles), ("", "", None, ""))
        if not link or link in known or time is None or cell_len(title) < HEADLINE:
            continue
        for selector in (f"{before.tag}.{name}" for name in classes(before)):
            if select(heads.root, selector, "items") == [before]:
                return selector
    return ""


def quality(items: Sequence[Item], now: int) -> float:
    """Rate how much items look like articles: different headlines with links and dates."""
    count = len(items)
    titles = Counter(item[0] for item in items)
    links = Counter(item[1] for item in items if item[1])
    times = [item[2] for item in items if item[2] is not None]
    dated = sum(0.5 if time > now + DAY else 1 for time in times) / count  # events are no news
    days = sum(_is_day(item[0], now) for item in items) / count
    texts = sum(len(item[3]) > 200 for item in items) / count
    return (
        math.log2(1 + min(count, 32))
        * (len(titles) / count) ** 2
        * (len(links) / count) ** 2
        * headline(median(cell_len(item[0]) for item in items))
        * (1 + dated**2)  # of one block, all have a date, or none
        * (1 + 0.2 * texts)
        * (1 - 0.8 * days)
    )


def _is_day(title: str, now: int) -> bool:
    date = page_dates.find(title, now)
    remainder = title[: date.start] + title[date.end :] if date else title
    return len(remainder) <= _WEEKDAY and not re.search(r"\d", remainder)


def _headlines(scopes: Sequence[Scope]) -> float:
    """Mean number of links per item that could be headlines."""
    links = {
        (at, str(link.get("href")))
        for at, scope in enumerate(scopes)
        for link in scope.content.iter("a")
        if is_link(link) and cell_len(text_of(link)) >= HEADLINE
    }
    return len(links) / len(scopes)


def next_selector(root: HtmlElement, url: str) -> str:
    """Find a selector for the link to the next page, or ""."""
    for selector in ("a[rel~=next]", "link[rel~=next]", ".next > a", "a.next"):
        matches = select(root, selector, "next_page")
        if matches and ("rel" in selector or _is_next(matches[0])) and _leads_on(matches[0], url):
            return selector
    for link in root.iter("a"):
        words = text_of(link)
        if words.casefold() in _NEXT_WORDS and _leads_on(link, url):
            selector = next((f"a.{name}" for name in classes(link)), "") or f"a:contains('{words}')"
            if select(root, selector, "next_page")[0] is link:
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
