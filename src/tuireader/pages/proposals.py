"""Propose CSS selectors for the articles of a web page without a feed. Only for the sandbox.

The most likely `blocks` are read as a feed would read them. The best one has distinct titles of the length of
headlines, each with a link and a date, omits no similar element, and is not in a menu, sidebar or footer.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from statistics import median
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement
from msgspec import Struct, field

from tuireader.pages.blocks import Block, blocks, classes, is_link, missed, uniform, utility, zone
from tuireader.pages.headings import HEADINGS, Headings, headings
from tuireader.pages.items import Item, Scope, copied, default_title, groups, language_of, read, title_text
from tuireader.pages.tree import base_of, select, shorten, spaced, text_of, tree
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
