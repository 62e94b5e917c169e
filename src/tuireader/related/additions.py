"""Numbers, names and quotations that each report of a story adds. Pure and bounded for any text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from tuireader.model import AddedKind, Addition
from tuireader.related.features import Stats, Term
from tuireader.related.new_facts import (
    CAPITALS,
    DATE,
    NUMBER,
    QUOTATION,
    UNITS,
    names,
    root,
    value_of,
)
from tuireader.related.words import STOP, fold, term_hash, tokens
from tuireader.text import cut_characters

READ = 8_000
"""Maximum characters of a report to search."""
_SHOWN = {AddedKind.NUMBER: 60, AddedKind.NAME: 60, AddedKind.QUOTATION: 200}
_MOST = {AddedKind.NUMBER: 3, AddedKind.NAME: 3, AddedKind.QUOTATION: 2}
_ALL = 5  # maximum facts of a report
_FOUND = 200  # maximum facts of a kind to compare in a report
_IN_TITLE = 2.0
_PAIR = 2  # words of a full name

StatsOf = Callable[[Sequence[int]], Stats]
"""Returns the counts of some terms in the library."""

# ------------------------------------------------------------------------------------------- patterns

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_HAS_CJK = re.compile(f"[{_CJK}]")
_WORDS = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])[^\W_])+")
_CJK_TERM = re.compile(r"「([^「」\n]{2,12})」|『([^『』\n]{2,12})』|《([^《》\n]{2,30})》|“([^“”\n]{2,12})”")
_LATIN_NAME = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z0-9]+(?:[ .-][A-Z][A-Za-z0-9]*){0,4}")
_NOUN = re.compile(r"[ \u00a0-](?P<noun>[^\W\d_]{3,24}(?:-[^\W\d_]{2,16})?)(?![\w-])")
_CJK_NOUN = re.compile(
    "美元|欧元|歐元|日元|人民币|用户|用戶|公里|[人名家台元円户戶件次部辆輛岁歲吨噸]|원|명|개"
)
_PART_OF_WORD = re.compile(r"[\w.]-\Z|[:/#_+]\Z")
_MONEY = frozenset(
    """pound dollar euro yen yuan franc franken rupee rouble ruble won peso krone kronor kroner dolar
    € $ £ ¥ ₹ 美元 欧元 歐元 日元 人民币 元 円 원""".split()  # noqa: SIM905
)
_SHARES = frozenset(("prozent", "procent", "percent"))
_TIME_WORDS = (
    "second minute hour day week month year sekunden minuten stunden tage tagen wochen monate jahre jahren"
)
_TIMES = frozenset(map(fold, _TIME_WORDS.split(" ")))
_SAID = (
    r"(?:said|says|added|adds|told|wrote|explained|warned|tweeted|sagte|sagt|erklärte|betonte|schrieb"
    r"|dit|déclare|déclaré|explique|dijo|afirmó|disse)"
)
_WHO = rf"[{CAPITALS}][\w’'-]{{1,24}}(?:[ \u00a0][{CAPITALS}][\w’'-]{{1,24}}){{0,3}}"
_ROLE = r"(?:,[ ][^,.\n]{1,60},)?"
_AFTER = re.compile(rf"[\s,.:;–—-]{{0,4}}(?:{_SAID}[ ](?P<a>{_WHO})|(?P<b>{_WHO}){_ROLE}[ ]{_SAID}\b)")
_BEFORE = re.compile(rf"(?P<a>{_WHO}){_ROLE}[ ]{_SAID}(?:[ ]\w{{1,12}}){{0,2}}[:,]?[\s]?\Z")
_BEFORE_SIZE = 160
_LEAST_WORDS = 4
_SHINGLE = 3  # words in a row by which quotations are compared


# ------------------------------------------------------------------------------------------- one report


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact in a report. `keys` identify it among facts of its kind."""

    kind: AddedKind
    text: str
    keys: tuple[object, ...]
    score: float = 0.0
    speaker: str = ""


@dataclass(slots=True)
class _Report:
    """Facts and words of a report."""

    whole: str
    numbers: list[_Fact] = field(default_factory=list)
    names: list[_Fact] = field(default_factory=list)
    quotations: list[_Fact] = field(default_factory=list)
    roots: set[str] = field(default_factory=set)
    shingles: set[tuple[str, ...]] = field(default_factory=set)
    lower: set[int] = field(default_factory=set)
    heads: str = ""


def additions(
    reports: Sequence[tuple[str, str]], stats_of: StatsOf, outlets: Collection[str] = ()
) -> list[tuple[Addition, ...]]:
    """Return what each report adds to those before it, at most a handful, the most distinctive first chosen.

    `reports` are pairs of title and text, first report first. `stats_of` returns the library's counts, which
    tell names from other words. Names of `outlets` are no additions.
    """
    ignored = {root(word.casefold()) for outlet in outlets for word in _WORDS.findall(outlet[:100])}
    found = [_report(title[:READ], text[:READ], ignored) for title, text in reports]
    lower = set().union(*(report.lower for report in found))
    stats = stats_of(sorted({term for report in found for one in report.names for term in _terms(one.text)}))
    seen = _Seen()
    added: list[tuple[Addition, ...]] = []
    for report in found:
        new = [one for one in report.numbers if not seen.has_number(one)]
        new += [one for one in _scored(report.names, stats, lower) if not seen.has_name(one)]
        new += [one for one in report.quotations if not seen.has_quotation(one)]
        added.append(_chosen(new))
        seen.add(report)
    return added


def _report(title: str, text: str, ignored: Collection[str]) -> _Report:
    """Find the facts of a report."""
    whole = f"{title}\n{text}"
    report = _Report(whole)
    words = _WORDS.findall(whole)
    report.roots = {root(word.casefold()) for word in words}
    report.heads = "".join(word[0] for word in words)
    report.lower = {term_hash(fold(word)) for word in words if word.islower()}
    folded = _folded(whole)
    report.shingles = set(zip(*(folded[at:] for at in range(_SHINGLE)), strict=False))
    rest = DATE.sub(" ", whole)
    report.numbers = _first(_numbers(rest, title))
    report.quotations = _first(_quotations(whole, title))
    speakers = [one.speaker for one in report.quotations if one.speaker]
    report.names = _names(rest, title, speakers, ignored)
    return report


def _folded(text: str) -> list[str]:
    return [word.folded for word in tokens(text)]


def _first(facts: Iterator[_Fact]) -> list[_Fact]:
    """Return the best of equal facts of a report, in reading order."""
    best: dict[object, _Fact] = {}
    for fact, _ in zip(facts, range(_FOUND), strict=False):
        known = best.get(fact.keys[0])
        if known is None or fact.score > known.score:
            best[fact.keys[0]] = fact
    return list(best.values())


# ------------------------------------------------------------------------------------------- numbers


def _numbers(text: str, title: str) -> Iterator[_Fact]:
    """Yield amounts, shares and counts with the noun after them; no years, versions or parts of names."""
    for match in NUMBER.finditer(text):
        unit = (match["unit"] or "").lower()
        value = float(f"{value_of(match['digits']) * UNITS.get(unit, 1.0):.9g}")
        if not value or _PART_OF_WORD.search(text, max(0, match.start() - 2), match.start()):
            continue
        shown, noun = match[0].strip(), ""
        end = match.start() + len(match[0].rstrip())
        if text[end : end + 1] in (":", "-") and not _NOUN.match(text, end):
            continue  # a time of day, or part of an identifier
        if not match["share"]:
            noun, shown = _with_noun(text, end, shown)
        money = bool(match["money"]) or noun in _MONEY
        kind = "share" if match["share"] else "money" if money else "count" if noun else ""
        plain = not (kind in ("share", "money") or unit)
        if plain and (value < (2 if noun else 10) or _is_year(value, match["digits"])):
            continue
        score = 1.5 if not (kind or unit) or noun in _TIMES else 5.0 if kind in ("share", "money") else 4.0
        score += _IN_TITLE if shown in title else 0.0
        yield _Fact(AddedKind.NUMBER, shown, (value, kind), score)


def _is_year(value: float, digits: str) -> bool:
    return 1900 <= value <= 2100 and digits.isdecimal()


def _with_noun(text: str, end: int, shown: str) -> tuple[str, str]:
    """Return the noun after a number, folded, and the number with it."""
    if cjk := _CJK_NOUN.match(text, end):
        return cjk[0], shown + cjk[0]
    found = _NOUN.match(text, end)
    if found is None or not found["noun"].replace("-", "").isalpha() or _HAS_CJK.match(found["noun"]):
        return "", shown
    noun = found["noun"]
    if noun.casefold() in STOP:
        return "", shown
    head = _NOUN.match(text, found.end())
    if (
        not noun.endswith("s")
        and head is not None
        and head["noun"].endswith("s")
        and head["noun"] not in STOP
    ):
        return fold(head["noun"]), f"{shown}{found[0]}{head[0]}"  # monthly users
    return fold(noun), f"{shown}{found[0]}"


# ------------------------------------------------------------------------------------------- names


def _names(text: str, title: str, speakers: Sequence[str], ignored: Collection[str]) -> list[_Fact]:
    """Return names, each once in its longest form; `ignored` words are no names."""
    lines = text.split("\n")
    counts = Counter(shown for _, shown in names("\n".join(one for one in lines if not _HAS_CJK.search(one))))
    counts.update(speakers)
    for line in filter(_HAS_CJK.search, lines):
        counts.update(next(filter(None, match.groups())).strip() for match in _CJK_TERM.finditer(line))
        counts.update(match[0] for match in _LATIN_NAME.finditer(line))
    known: set[str] = set()
    facts: dict[str, _Fact] = {}
    for shown, count in sorted(counts.most_common(_FOUND), key=lambda one: -len(one[0].split())):
        words = [root(word.casefold()) for word in _WORDS.findall(shown)]
        if not words or words[-1] in known or len(shown) < 2 or all(word in ignored for word in words):
            continue
        if any(word in UNITS or word in _SHARES or fold(word) in _MONEY for word in words):
            continue
        known.update(words)
        score = min(count - 1, 2) - float(shown in title) + float(len(words) >= _PAIR)
        facts[shown] = _Fact(AddedKind.NAME, shown, (words[-1],), score)
    return [facts[shown] for shown in counts if shown in facts]


def _terms(name: str) -> list[int]:
    return [term_hash(fold(word)) for word in _WORDS.findall(name)[:10]]


def _scored(found: Sequence[_Fact], stats: Stats, lower: Collection[int]) -> Iterator[_Fact]:
    """Yield the names by the library's counts, scored by their rarest word."""
    for fact in found:
        terms = _terms(fact.text)
        if not _HAS_CJK.search(fact.text) and not any(
            stats.is_name(Term(term, fact.text, 0, 1, term in lower, True)) for term in terms
        ):
            continue
        rarity = max(map(stats.weight, terms), default=0.0)
        yield _Fact(fact.kind, fact.text, fact.keys, fact.score + rarity / 2)


# ------------------------------------------------------------------------------------------- quotations


def _quotations(text: str, title: str) -> Iterator[_Fact]:
    """Yield quotations of at least four words, with the speaker if a name and a verb stand beside them."""
    for match in QUOTATION.finditer(text):
        words = " ".join(next(filter(None, match.groups())).split()).rstrip(",")
        folded = _folded(words)
        if len(folded) < _LEAST_WORDS or words[:1] in ",.;:":
            continue
        speaker = _speaker(text, match.start(), match.end())
        score = 4.5 + (1.5 if speaker else 0.0) + (_IN_TITLE if words in title else 0.0)
        shingles = tuple(zip(*(folded[at:] for at in range(_SHINGLE)), strict=False))
        yield _Fact(AddedKind.QUOTATION, words, shingles, score, speaker)


def _speaker(text: str, start: int, end: int) -> str:
    """Return who said a quotation, if a name and a verb of saying stand right after or before it."""
    before = text[max(0, start - _BEFORE_SIZE) : start].rpartition("\n")[2]
    for match in (_AFTER.match(text, end), _BEFORE.search(before)):
        if match is not None:
            who = match["a"] or match.groupdict().get("b") or ""
            words = who.split()
            while words and words[0].casefold() in STOP:
                words = words[1:]
            if words:
                return cut_characters(" ".join(words), _SHOWN[AddedKind.NAME])
    return ""


# ------------------------------------------------------------------------------------------- comparison


class _Seen:
    """Facts of the earlier reports."""

    def __init__(self) -> None:
        self._numbers: set[tuple[object, ...]] = set()
        self._values: set[object] = set()
        self._roots: set[str] = set()
        self._shingles: set[object] = set()
        self._heads = ""
        self._texts: list[str] = []

    def add(self, report: _Report) -> None:
        """Remember a report."""
        self._numbers.update(one.keys for one in report.numbers)
        self._values.update(one.keys[0] for one in report.numbers)
        self._roots |= report.roots
        self._shingles |= report.shingles
        self._heads += report.heads + " "
        self._texts.append(report.whole)

    def has_number(self, fact: _Fact) -> bool:
        """Return whether a report has the number; one without a unit equals one with any."""
        value, kind = fact.keys
        return (
            fact.keys in self._numbers or (value, "") in self._numbers or (not kind and value in self._values)
        )

    def has_name(self, fact: _Fact) -> bool:
        """Return whether a report has the last word of the name, or a name with these initials."""
        if _HAS_CJK.search(fact.text):
            return any(fact.text in text for text in self._texts)
        return fact.keys[0] in self._roots or (fact.text.isupper() and fact.text in self._heads)

    def has_quotation(self, fact: _Fact) -> bool:
        """Return whether most words of the quotation stand in a report in this order."""
        known = sum(shingle in self._shingles for shingle in fact.keys)
        return 2 * known >= len(fact.keys)


def _chosen(facts: Sequence[_Fact]) -> tuple[Addition, ...]:
    """Return the best facts, numbers before names before quotations."""
    best: list[_Fact] = []
    for fact in sorted(facts, key=lambda one: -one.score):
        if len(best) == _ALL:
            break
        if fact.kind is AddedKind.NAME and any(fact.text in one.speaker for one in best):
            continue
        if sum(one.kind is fact.kind for one in best) < _MOST[fact.kind]:
            best = [one for one in best if one.kind is not AddedKind.NAME or one.text not in fact.speaker]
            best.append(fact)
    order = list(AddedKind)
    return tuple(
        Addition(one.kind, cut_characters(one.text, _SHOWN[one.kind]), one.speaker)
        for one in sorted(best, key=lambda one: order.index(one.kind))
    )
