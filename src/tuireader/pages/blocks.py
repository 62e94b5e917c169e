"""Find repeated blocks with links on a web page, and CSS selectors for them. Only for the sandbox.

Each candidate is a selector with the elements that it finds: `tag.class`, or a path from an element with a
class or an id. A cheap score picks the few worth reading in full (see `proposals`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement
from msgspec import Struct, field
from msgspec.structs import replace

from tuireader.pages.headings import HEADINGS
from tuireader.pages.items import groups
from tuireader.pages.tree import select, squeezed
from tuireader.text import page_dates

_FEWEST = 3  # minimum elements of a block
_MOST_CLASSES = 6
_TRIES = 4  # selectors of a block to try
_SCOPES = 4  # ancestors whose name may limit a selector to a part of the page
_NAME = re.compile(r"-?[A-Za-z_][\w-]*")
_UTILITY = re.compile(
    r"^(?:[a-z]{1,3}|-?[a-z]+(?:-[a-z]+)?-(?:\d+|[xylrtb]|sm|md|lg|xl|auto|full|none|wrap)|\w*\d{3,}\w*)$"
)
_VARIANT = re.compile(
    r"^(?:odd|even|first|last|active|current|selected|sticky|new|lead|featured|highlight\w*|(?:row|item|post)?-?\d+)$",
    re.IGNORECASE,
)
_ROOTS = ("body", "main")
_NOT_ITEMS = frozenset(
    "html head body main br hr img span b i em strong td th option label input button nav footer header "  # noqa: SIM905
    "form".split()
)
_MINOR_ZONES = {"nav": 0.1, "footer": 0.15, "aside": 0.3, "header": 0.4, "form": 0.5}
_MINOR_ROLES = {"navigation": 0.1, "contentinfo": 0.15, "complementary": 0.3, "banner": 0.4, "search": 0.3}
_MINOR_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?:main|sub|top|side|foot|site)?-?(?:nav|navi|navbar|navigation|menu|menue)\w*|breadcrumbs?|pagination"
    r"|pager|paging|paginate|blaettern|foot|footer|fuss\w*|sidebar|rechts|right|tags?|tag-?cloud|cloud|related|popular|trending"
    r"|most-?\w+|hot|social|share|sharing|cookie\w*|consent|facets?|filters?|jumpbox|friend\w*|blogroll|sponsor\w*|ads?|advert\w*"
    r"|promo|login|language\w*|position|skip\w*|comments?|assets|widget)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MINOR = 0.3
_MAIN_NAMES = re.compile(
    r"(?:^|[\s_-])(?:content|main|inhalt|contenu|results?|news\w*|articles?|posts?|stor(?:y|ies)|items?|list\w*|entries"
    r"|archive|feed|releases?|jobs?|topic\w*|threads?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MAIN = 1.25


class Facts(Struct):
    """Counts for an element and everything in it."""

    links: int = 0
    text: int = 0
    linked: int = 0  # characters within links
    dates: int = 0
    headings: int = 0

    def add(self, part: Facts) -> None:
        self.links += part.links
        self.text += part.text
        self.linked += part.linked
        self.dates += part.dates
        self.headings += part.headings


class Block(Struct):
    """A selector with the elements that it finds."""

    selector: str
    elements: tuple[HtmlElement, ...]
    score: float = 0.0
    others: list[str] = field(default_factory=list)  # selectors that should find the same


def blocks(root: HtmlElement, now: int, most: int) -> list[Block]:
    """Find the most likely blocks of a page, at most `most`, best first."""
    facts = _facts(root, now)
    by_order: dict[tuple[int, ...], Block] = {}
    order = {element: at for at, element in enumerate(root.iter())}
    for selector, elements in _candidates(root).items():
        chosen = [first for first, group in groups(elements) if _has_link(first, group, facts)]
        share = len(chosen) / max(1, len(groups(elements)))
        if len(chosen) < _FEWEST or share < 0.25:
            continue
        if share < 0.9:
            chosen = [element for element in chosen if element.find(".//a") is not None]
            selector, elements = f"{selector}:has(a)", chosen
        for more, within in ((selector, elements), *_dated_only(selector, elements, facts)):
            key = tuple(order[element] for element in within)
            by_order.setdefault(key, Block("", tuple(within))).others.append(more)
    for block in by_order.values():
        block.score = _cheap_score(block, facts)
    ranked = sorted(by_order.values(), key=lambda block: -block.score)
    return [_exact(root, block) for block in ranked[:most] if block.score > 0]


def _dated_only(
    selector: str, elements: Sequence[HtmlElement], facts: Mapping[HtmlElement, Facts]
) -> Iterator[tuple[str, list[HtmlElement]]]:
    """Yield selectors for the elements with dates, if a child element sets them apart from the others."""
    dated = [element for element in elements if facts[element].dates]
    undated = [element for element in elements if facts[element].links and not facts[element].dates]
    if undated and len(dated) >= _FEWEST:
        others = {str(child.tag) for element in undated for child in element}
        for tag in sorted({str(child.tag) for child in dated[0]} - others):
            if all(element.find(tag) is not None for element in dated):
                yield f"{selector}:has(> {tag})", dated


def _exact(root: HtmlElement, block: Block) -> Block:
    """Choose the nicest selector of a block, preferably one that finds nothing else on the page."""
    ordered = sorted(block.others, key=_niceness, reverse=True)
    results = {selector: tuple(select(root, selector, "items")) for selector in ordered[:_TRIES]}
    chosen = next((selector for selector in results if results[selector] == block.elements), ordered[0])
    return replace(block, selector=chosen, elements=results[chosen])


def _facts(root: HtmlElement, now: int) -> Mapping[HtmlElement, Facts]:
    order = [element for element in root.iter() if isinstance(element.tag, str)]
    facts = {element: Facts() for element in order}
    for element in order:
        mine = facts[element]
        own = squeezed(element.text)
        mine.text += len(own)
        mine.headings += element.tag in HEADINGS
        if is_link(element):
            mine.links += 1
        parent = element.getparent()
        tail = squeezed(element.tail)
        if parent is not None and tail:
            facts[parent].text += len(tail)
        for text, owner in ((own, mine), (tail, facts.get(parent))):
            if owner is not None and any(map(str.isdigit, text)):
                owner.dates += page_dates.is_date(text, now) or _begins_with_date(text, now)
        if element.tag in ("time", "relative-time") and element.get("datetime"):
            mine.dates = max(1, mine.dates)
    for element in reversed(order):
        parent, mine = element.getparent(), facts[element]
        if element.tag == "a":
            mine.linked = mine.text
        if parent is not None:
            facts[parent].add(mine)
    return facts


def _begins_with_date(text: str, now: int) -> bool:
    date = page_dates.find(text, now) if len(text) < page_dates.LONGEST else None
    return date is not None and (date.start <= 30 or date.end >= len(text) - 30)


def is_link(element: HtmlElement) -> bool:
    """Return whether an element is a link to another page or another place."""
    address = str(element.get("href") or "").strip().lower() if element.tag == "a" else ""
    return address not in ("", "#") and not address.startswith(("javascript:", "mailto:", "tel:"))


def _has_link(first: HtmlElement, group: Sequence[HtmlElement], facts: Mapping[HtmlElement, Facts]) -> bool:
    if any(facts[element].links for element in group):
        return True
    return next((is_link(above) for above in first.iterancestors("a")), False)


def _candidates(root: HtmlElement) -> Mapping[str, list[HtmlElement]]:
    by_selector: dict[str, list[HtmlElement]] = {}
    numbers = _numbers(root)
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in _NOT_ITEMS:
            for selector in _selectors(element, numbers):
                by_selector.setdefault(selector, []).append(element)
    return {selector: elements for selector, elements in by_selector.items() if len(elements) >= _FEWEST}


def _numbers(root: HtmlElement) -> Mapping[HtmlElement, str]:
    """Write `:nth-of-type` for each element that is not the only one of its tag within its parent."""
    numbers: dict[HtmlElement, str] = {}
    for parent in root.iter():
        alike: dict[str, list[HtmlElement]] = {}
        for child in parent:
            alike.setdefault(str(child.tag), []).append(child)
        for children in alike.values():
            if len(children) > 1:
                numbers |= {child: f":nth-of-type({at})" for at, child in enumerate(children, 1)}
    return numbers


def _selectors(element: HtmlElement, numbers: Mapping[HtmlElement, str]) -> Iterator[str]:
    """Yield selectors that find an element: by its class, by its parent, by a path."""
    tag, names, parent = str(element.tag), classes(element), element.getparent()
    for name in names:
        yield f"{tag}.{name}"
    if parent is None:
        return
    anchors = _anchors(parent)
    within = [*(f"{tag}.{name}" for name in names[:1]), *(f"{anchor} > {tag}" for anchor in anchors[:1])]
    if within:  # the same class may be used in a sidebar
        scopes = (starts[0] for above in parent.iterancestors() if (starts := _anchors(above)))
        for scope in dict.fromkeys(islice(scopes, _SCOPES)):
            yield from (f"{scope} {inner}" for inner in within)
    before = parent.getprevious()
    if before is not None and before.tag in HEADINGS:
        yield f"{before.tag} + {parent.tag} > {tag}"
    for anchor in anchors:
        yield f"{anchor} > {tag}"
        for name in names[:2]:
            yield f"{anchor} > {tag}.{name}"
    if not anchors:
        yield from _paths(parent, tag, numbers)


def _paths(parent: HtmlElement, tag: str, numbers: Mapping[HtmlElement, str]) -> Iterator[str]:
    """Yield paths to the children of a parent, from the nearest element with a class or an id."""
    if parent.tag in _ROOTS:
        yield f"{parent.tag} > {tag}"
        return
    path, exact = f"{parent.tag} > {tag}", f"{parent.tag}{numbers.get(parent, '')} > {tag}"
    numbered = exact
    for above in parent.iterancestors():
        starts = _anchors(above)[:2] or ([str(above.tag)] if above.tag in _ROOTS else [])
        for start in starts:
            yield from dict.fromkeys((f"{start} > {path}", f"{start} > {exact}", f"{start} > {numbered}"))
        if starts:
            return
        path, exact = f"{above.tag} > {path}", f"{above.tag} > {exact}"
        numbered = f"{above.tag}{numbers.get(above, '')} > {numbered}"


def _anchors(element: HtmlElement) -> list[str]:
    tag, name = str(element.tag), str(element.get("id") or "")
    stable = [f"#{name}"] if _NAME.fullmatch(name) and not re.search(r"\d", name) else []
    return stable + [f"{tag}.{name}" for name in classes(element)]


def classes(element: HtmlElement) -> Sequence[str]:
    """Classes of an element that may name its kind, the most telling first."""
    return _telling(str(element.get("class") or ""))


@lru_cache(4096)
def _telling(written: str) -> Sequence[str]:
    names = [name for name in written.split() if _NAME.fullmatch(name)]
    names = [name for name in dict.fromkeys(names) if not _VARIANT.match(name)]
    return sorted(names, key=utility)[:_MOST_CLASSES]


def uniform(elements: Sequence[HtmlElement]) -> float:
    """Factor that is small for elements of different kinds, by their classes and child elements."""
    counts = Counter(name for element in elements for name in classes(element))
    most = [name for name, count in counts.items() if 0.6 * len(elements) <= count < len(elements)]
    kinds = Counter(frozenset(str(child.tag) for child in element) for element in elements)
    share = kinds.most_common(1)[0][1] / len(elements)
    return (0.8 if most else 1.0) * math.sqrt(share)


def utility(name: str) -> bool:
    """Return whether a class only describes appearance, such as `mt-2`, or is generated."""
    return bool(_UTILITY.match(name))


def _niceness(selector: str) -> float:
    """Rate how likely a selector is to last, and how easy it is to read."""
    utility = sum(bool(_UTILITY.match(name)) for name in re.findall(r"\.([\w-]+)", selector))
    plain = 0 if re.search(r"[.#]", selector) else 40
    return -len(selector) - 30 * utility - plain


def _cheap_score(block: Block, facts: Mapping[HtmlElement, Facts]) -> float:
    items = [[facts[element] for element in group] for _, group in groups(block.elements)]
    count = len(items)
    if count < _FEWEST:
        return 0.0
    links = [sum(part.links for part in item) for item in items]
    texts = [sum(part.text for part in item) for item in items]
    dates = sum(any(part.dates for part in item) for item in items) / count
    headings = sum(any(part.headings for part in item) for item in items) / count
    crowded = sum(number > 12 for number in links) / count
    short = sum(length < 12 for length in texts) / count
    score = (
        math.log2(1 + min(count, 32))
        * (1 + dates)
        * (1 + 0.3 * headings)
        * (1 - 0.7 * crowded)
        * (1 - 0.7 * short)
    )
    return score * zone(block.elements) * _undivided(block.elements)


def _undivided(elements: Sequence[HtmlElement]) -> float:
    known = set(elements)
    outer = sum(not any(above in known for above in element.iterancestors()) for element in elements)
    return outer / len(elements)


def zone(elements: Iterable[HtmlElement]) -> float:
    """Factor for the place of a block: small in menus, sidebars and footers."""
    factors = [_zone(element) for element in list(elements)[:20]]
    return sum(factors) / len(factors)


def _zone(element: HtmlElement) -> float:
    factor = 1.0
    is_main = False
    for above in (element, *element.iterancestors()):
        if above.tag == "body":
            break
        names = f"{above.get('class') or ''} {above.get('id') or ''}"
        by_tag, by_role = _MINOR_ZONES.get(str(above.tag), 1.0), _MINOR_ROLES.get(str(above.get("role")), 1.0)
        factor = min(factor, by_tag, by_role)
        if names.strip() and _MINOR_NAMES.search(names):
            factor = min(factor, _MINOR)
        is_main = is_main or above.tag in ("main", "article") or bool(_MAIN_NAMES.search(names))
    return factor * (_MAIN if is_main else 1.0)


def missed(block: Block) -> float:
    """Share of similar siblings with links that a block leaves out."""
    absorbed = {element for _, group in groups(block.elements) for element in group}
    tags = {element.tag for element in block.elements}
    parents = dict.fromkeys(element.getparent() for element in block.elements)
    others = sum(
        child.tag in tags and child not in absorbed and child.find(".//a[@href]") is not None
        for parent in parents
        if parent is not None
        for child in parent
    )
    return others / (others + len(block.elements))
