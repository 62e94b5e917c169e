"""Numbers, dates, names and quotations in a report of a story. Pure and bounded for any text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from tuireader.model import AddedKind
from tuireader.related.facts.patterns import (
    CAPITALS,
    DATE,
    NO_NAMES,
    NUMBER,
    QUOTATION,
    TITLES,
    UNITS,
    day_of,
    is_german,
    names,
    root,
)
from tuireader.related.reading.amounts import value_of
from tuireader.related.reading.words import STOP, fold, folded, term_hash
from tuireader.text import cut_characters

_FOUND = 200  # maximum facts of a kind to compare in a report
_IN_TITLE = 2.0
_LARGE = 1000  # smallest number to show without unit and noun
_PAIR = 2  # words of a full name

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
HAS_CJK = re.compile(f"[{_CJK}]")
"""Matches a character of a script without blanks."""
WORDS = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])[^\W_])+")
"""Matches a word, or a run of characters of a script without blanks."""
_CJK_TERM = re.compile(r"「([^「」\n]{2,12})」|『([^『』\n]{2,12})』|《([^《》\n]{2,30})》|“([^“”\n]{2,12})”")
_LATIN_NAME = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z0-9]+(?:[ .-][A-Z][A-Za-z0-9]*){0,4}")
_NOUN = re.compile(r"[ \u00a0-](?P<noun>[^\W\d_]{3,24}(?:-[^\W\d_]{2,16})?)(?![\w-])")
_CJK_NOUN = re.compile(
    "美元|欧元|歐元|日元|人民币|用户|用戶|公里|[人名家台元円户戶件次部辆輛岁歲吨噸]|원|명|개"
)
_PART_OF_WORD = re.compile(r"[\w.]-\Z|[:/#_+]\Z")
_MONEY = frozenset(
    """pound dollar euro yen yuan franc franken rupee rouble ruble won peso krone kronor kroner dolar
    美元 欧元 歐元 日元 人民币 元 円 원""".split()  # noqa: SIM905
)
_NO_NAME_PARTS = UNITS.keys() | {"prozent", "procent", "percent"}
_TIME_WORDS = (
    "second minute hour day week month year sekunden minuten stunden tage tagen wochen monate jahre jahren"
)
_TIMES = frozenset(map(fold, _TIME_WORDS.split(" ")))
_NO_NAMES = frozenset(root(fold(word)) for word in NO_NAMES)
_LOWER_PART = re.compile("-[^\\W\\d_A-Z]")
_LEAST_NAME = 3
_SAID = (
    r"(?:said|says|added|adds|told|wrote|explained|warned|tweeted|sagte|sagt|erklärte|betonte|schrieb"
    r"|dit|déclare|déclaré|explique|dijo|afirmó|disse)"
)
_WHO = rf"[{CAPITALS}][\w’'-]{{1,24}}(?:[ \u00a0][{CAPITALS}][\w’'-]{{1,24}}){{0,3}}"
_ROLE = r"(?:,[ ][^,.\n]{1,60},)?"
_AFTER = re.compile(rf"[\s,.:;–—-]{{0,4}}(?:{_SAID}[ ](?P<a>{_WHO})|(?P<b>{_WHO}){_ROLE}[ ]{_SAID}\b)")
_BEFORE = re.compile(rf"(?P<a>{_WHO}){_ROLE}[ ]{_SAID}(?:[ ]\w{{1,12}}){{0,2}}[:,]?[\s]?\Z")
_BEFORE_SIZE = 160
_LEAST_WORDS = 5
_SPEAKER = 60
_SHINGLE = 3  # words in a row by which quotations are compared


class Fact(Struct, frozen=True):
    """A fact in a report. `keys` identify it among facts of its kind."""

    kind: AddedKind
    text: str
    keys: tuple[object, ...]
    score: float = 0.0
    speaker: str = ""


class ReportFacts(Struct, frozen=True):
    """Facts and words of a report: `lower` are its lower-case terms, `heads` all initials in order."""

    text: str
    facts: list[Fact]
    roots: set[str]
    shingles: set[tuple[str, ...]]
    lower: set[int]
    heads: str


def report_facts(title: str, text: str, ignored: Collection[str]) -> ReportFacts:
    """Extract the facts of a report; names whose words are all `ignored` are left out."""
    article = f"{title}\n{text}" if title else text
    words = WORDS.findall(article)
    undated = DATE.sub(" ", article)
    quotations = _first(_quotations(article, title))
    speakers = [quotation.speaker for quotation in quotations if quotation.speaker]
    return ReportFacts(
        article,
        facts=[
            *_first(_numbers(undated, title, is_german(words))),
            *_first(_dates(article)),
            *_names(undated, title, speakers, ignored),
            *quotations,
        ],
        roots=set(map(name_key, words)),
        shingles=set(_shingles(folded(article))),
        lower={term_hash(fold(word)) for word in words if word.islower()},
        heads="".join(word[0] for word in words),
    )


def _shingles(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(_SHINGLE)), strict=False)


def name_key(word: str) -> str:
    """Return the form by which words of names are compared."""
    return root(fold(word))


def _first(facts: Iterator[Fact]) -> list[Fact]:
    best: dict[object, Fact] = {}
    for fact, _ in zip(facts, range(_FOUND), strict=False):
        known = best.get(fact.keys[0])
        if known is None or fact.score > known.score:
            best[fact.keys[0]] = fact
    return list(best.values())


def _numbers(text: str, title: str, capitals: bool) -> Iterator[Fact]:
    """Yield amounts, shares and counts with the noun after them; no years, versions or parts of names.

    A noun may only be capitalised with `capitals`. A small number without a unit or noun scores below 0: it
    says little, but equals a later one with a noun.
    """
    for match in NUMBER.finditer(text):
        unit = (match["unit"] or "").lower()
        value = float(f"{value_of(match['digits']) * UNITS.get(unit, 1.0):.9g}")
        if not value or _PART_OF_WORD.search(text, max(0, match.start() - 2), match.start()):
            continue
        shown, noun = match[0].strip(), ""
        end = match.start() + len(match[0].rstrip())
        if text[end : end + 1] in (":", "-") and not _NOUN.match(text, end):
            continue  # a time of day, or part of an identifier
        if not (match["share"] or match["money"]):
            noun, shown = _with_noun(text, end, shown, capitals)
        money = bool(match["money"]) or noun in _MONEY
        kind = "share" if match["share"] else "money" if money else "count" if noun else ""
        is_plain = kind in ("count", "") and not unit
        is_year = 1900 <= value <= 2100 and match["digits"].isdecimal()
        if is_plain and (value < (2 if noun else 10) or is_year):
            continue
        score = _number_score(value, kind, unit, noun) + _IN_TITLE * (shown in title)
        yield Fact(AddedKind.NUMBER, shown, (value, kind), score)


def _dates(text: str) -> Iterator[Fact]:
    for match in DATE.finditer(text):
        yield Fact(AddedKind.DATE, match[0], (day_of(match),), 1.0)


def _number_score(value: float, kind: str, unit: str, noun: str) -> float:
    if not (kind or unit):
        return 1.5 if value >= _LARGE else -_IN_TITLE
    if noun.partition("-")[0] in _TIMES:
        return 1.5
    return 5.0 if kind in ("share", "money") else 4.0


def _with_noun(text: str, end: int, shown: str, capitals: bool) -> tuple[str, str]:
    """Return the noun after a number, folded, and the number with it: `users`, `3 million monthly users`."""
    if cjk := _CJK_NOUN.match(text, end):
        return cjk[0], shown + cjk[0]
    match = _NOUN.match(text, end)
    if match is None or HAS_CJK.match(match["noun"]) or match["noun"].casefold() in STOP:
        return "", shown
    noun = match["noun"]
    if not (capitals or noun.islower() or fold(noun) in _MONEY):
        return "", shown
    head = _NOUN.match(text, match.end())
    if head and head["noun"].endswith("s") and not noun.endswith("s") and head["noun"] not in STOP:
        return fold(head["noun"]), f"{shown}{match[0]}{head[0]}"  # monthly users
    return fold(noun), f"{shown}{match[0]}"


def _names(text: str, title: str, speakers: Sequence[str], ignored: Collection[str]) -> list[Fact]:
    """Return names that are not in the title, each once in its longest form."""
    lines = text.split("\n")
    spaced = "\n".join(line for line in lines if not HAS_CJK.search(line))
    counts = Counter(shown for _, shown in names(spaced))
    counts.update(speakers)
    for line in filter(HAS_CJK.search, lines):
        counts.update(next(filter(None, match.groups())).strip() for match in _CJK_TERM.finditer(line))
        counts.update(match[0] for match in _LATIN_NAME.finditer(line))
    cleaned: Counter[str] = Counter()
    for shown, count in counts.most_common(_FOUND):
        if name := _cleaned(shown):
            cleaned[name] += count
    known: set[str] = set()
    facts: dict[str, Fact] = {}
    for shown, count in sorted(cleaned.items(), key=lambda entry: -len(entry[0].split())):
        words = [name_key(word) for word in WORDS.findall(shown)]
        if not words or words[-1] in known or all(word in ignored or word in _NO_NAMES for word in words):
            continue
        known.update(words)
        if shown in title:
            continue
        score = 1 + min(count - 1, 2) + float(len(words) >= _PAIR)
        facts[shown] = Fact(AddedKind.NAME, shown, (words[-1],), score)
    return [facts[shown] for shown in cleaned if shown in facts]


def _cleaned(name: str) -> str:
    """Strip titles before a name and lower-case parts after a hyphen; `""` if nothing is left."""
    words = [word.partition("-")[0] if _LOWER_PART.search(word) else word for word in name.split()]
    while words and words[0].rstrip(".").casefold() in TITLES:
        words = words[1:]
    cleaned = " ".join(words).rstrip("-")
    units = any(word.casefold() in _NO_NAME_PARTS or fold(word) in _MONEY for word in words)
    return "" if units or (len(cleaned) < _LEAST_NAME and not HAS_CJK.search(cleaned)) else cleaned


def _quotations(text: str, title: str) -> Iterator[Fact]:
    for match in QUOTATION.finditer(text):
        words = " ".join(next(filter(None, match.groups())).split()).rstrip(",")
        spoken = folded(words)
        if len(spoken) < _LEAST_WORDS or words[:1] in ",.;:":
            continue
        speaker = _speaker(text, match.start(), match.end())
        score = 4.5 + (1.5 if speaker else 0.0) + (_IN_TITLE if words in title else 0.0)
        yield Fact(AddedKind.QUOTATION, words, tuple(_shingles(spoken)), score, speaker=speaker)


def _speaker(text: str, start: int, end: int) -> str:
    """Return the speaker of a quotation: an adjacent name with a verb such as "said"."""
    before = text[max(0, start - _BEFORE_SIZE) : start].rpartition("\n")[2]
    for match in (_AFTER.match(text, end), _BEFORE.search(before)):
        if match is not None:
            words = (match["a"] or match.groupdict().get("b") or "").split()
            while words and words[0].casefold() in STOP:
                words = words[1:]
            if words:
                return cut_characters(" ".join(words), _SPEAKER)
    return ""
