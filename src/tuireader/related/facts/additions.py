"""Facts that each report of a story adds to those before it: numbers, dates, names, quotations. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from tuireader.model import AddedKind, Addition
from tuireader.related.facts.report_facts import HAS_CJK, WORDS, Fact, ReportFacts, name_key, report_facts
from tuireader.related.reading.features import Stats, Term
from tuireader.related.reading.words import fold, term_hash
from tuireader.text import cut_characters

READ = 6_000
"""Maximum characters of a report to search."""
_SHOWN = {kind: 200 if kind is AddedKind.QUOTATION else 60 for kind in AddedKind}
_MOST = {AddedKind.NUMBER: 3, AddedKind.DATE: 2, AddedKind.NAME: 3, AddedKind.QUOTATION: 2}
_ALL = 5  # maximum facts of a report

StatsOf = Callable[[Sequence[int]], Stats]
"""Returns the counts of some terms in the library."""


def additions(
    reports: Sequence[tuple[str, str]], stats_of: StatsOf, outlets: Collection[str] = ()
) -> list[tuple[Addition, ...]]:
    """Return what each report adds to those before it: its most distinctive facts, at most `_ALL`.

    `reports` are pairs of title and text, first report first. `stats_of` returns the library's counts, which
    tell names from other words. Names of `outlets` are not additions.
    """
    ignored = frozenset(name_key(word) for outlet in outlets for word in WORDS.findall(outlet[:100]))
    extracted = [report_facts(title[:READ], text[:READ], ignored) for title, text in reports]
    lower = set().union(*(report.lower for report in extracted))
    named = [fact.text for report in extracted for fact in report.facts if fact.kind is AddedKind.NAME]
    stats = stats_of(sorted(set(chain.from_iterable(map(_terms, named)))))
    seen = _Seen()
    added: list[tuple[Addition, ...]] = []
    for report in extracted:
        new = [fact for fact in report.facts if not seen.has(fact)]
        added.append(_chosen(list(_scored(new, stats, lower))))
        seen.add(report)
    return added


def _terms(name: str) -> list[int]:
    return [term_hash(fold(word)) for word in WORDS.findall(name)[:10]]


def _scored(facts: Sequence[Fact], stats: Stats, lower: Collection[int]) -> Iterator[Fact]:
    """Leave out names that are other words, and prefer rare ones."""
    for fact in facts:
        if fact.kind is not AddedKind.NAME:
            yield fact
            continue
        terms = _terms(fact.text)
        if not HAS_CJK.search(fact.text) and not any(
            stats.is_name(Term(term, fact.text, 0, 1, lower=term in lower, capital=True)) for term in terms
        ):
            continue
        rarity = max(map(stats.weight, terms), default=0.0)
        yield replace(fact, score=fact.score + rarity / 2)


class _Seen:
    """Facts of the earlier reports."""

    def __init__(self) -> None:
        self._facts: set[tuple[AddedKind, object]] = set()
        self._roots: set[str] = set()
        self._shingles: set[object] = set()
        self._heads = ""
        self._texts: list[str] = []

    def add(self, report: ReportFacts) -> None:
        for fact in report.facts:
            self._facts.update((fact.kind, key) for key in (fact.text, fact.keys, fact.keys[0]))
        self._roots |= report.roots
        self._shingles |= report.shingles
        self._heads += report.heads + " "
        self._texts.append(report.text)

    def has(self, fact: Fact) -> bool:
        """Return whether a report has a fact, in the same words or in others."""
        if (fact.kind, fact.text) in self._facts or (fact.kind, fact.keys) in self._facts:
            return True
        match fact.kind:
            case AddedKind.NUMBER:  # without a unit, it equals the same number with any unit
                value, unit = fact.keys
                return (AddedKind.NUMBER, (value, "") if unit else value) in self._facts
            case AddedKind.NAME:
                return self._has_name(fact)
            case AddedKind.QUOTATION:
                return 2 * sum(shingle in self._shingles for shingle in fact.keys) >= len(fact.keys)
            case AddedKind.DATE:
                return False

    def _has_name(self, fact: Fact) -> bool:
        """Return whether a report has the last word of the name, or a name with these initials."""
        if HAS_CJK.search(fact.text):
            return any(fact.text in text for text in self._texts)
        return fact.keys[0] in self._roots or (fact.text.isupper() and fact.text in self._heads)


def _chosen(facts: Sequence[Fact]) -> tuple[Addition, ...]:
    best: list[Fact] = []
    for fact in sorted(facts, key=lambda fact: -fact.score):
        if len(best) == _ALL or fact.score <= 0:
            break
        if fact.kind is AddedKind.NAME and any(fact.text in other.speaker for other in best):
            continue
        if sum(other.kind is fact.kind for other in best) < _MOST[fact.kind]:
            best = [
                other for other in best if other.kind is not AddedKind.NAME or other.text not in fact.speaker
            ]
            best.append(fact)
    order = list(AddedKind)
    return tuple(
        Addition(fact.kind, cut_characters(fact.text, _SHOWN[fact.kind]), fact.speaker)
        for fact in sorted(best, key=lambda fact: order.index(fact.kind))
    )
