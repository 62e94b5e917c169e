"""Watches × articles → matches with evidence.

All terms of all watches make one vocabulary. The words of an article are intersected with it, and only the
few terms that share a word with the article are looked for by their exact rules; so 10,000 terms cost
hardly more than ten.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, product
from operator import attrgetter, itemgetter

from tuireader import query
from tuireader.model import Evidence, TermHit
from tuireader.query import Query, QueryError, Reading, Regex, SlowRegex, Subject, Text, merge_spans
from tuireader.terms import Folded, Term, compile_term, fold, index_folded, words

__all__ = ["FIELDS", "Matcher", "Problem", "Subject", "WatchRule", "aliases", "prefilter", "signature"]

FIELDS = ("title", "summary", "body", "author", "url", "label")
"""Where a watch can look for its terms; the first three unless it says otherwise."""

_RULES_VERSION = 1  # of the matching rules: raised when they change, so that stored articles are matched anew
_FEW = 12  # terms that are looked for one by one rather than through the words of the article
_PATIENCE = 3  # slow articles after which a watch with a regular expression is off until the next start


@dataclass(frozen=True, slots=True)
class WatchRule:
    """What a watch wants. Every condition that is given has to be met.

    One of `any`; one of each group of `all`; none of `none`; the expression `query`; and an article from
    one of `feeds` (title, address or folder). A term in slashes is a regular expression. `exact`: case and
    accents as typed, no plural.
    """

    name: str
    any: tuple[str, ...] = ()
    all: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    query: str = ""
    fields: tuple[str, ...] = ("title", "summary", "body")
    feeds: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a watch, or one of its terms, cannot work."""

    watch: str
    message: str


def signature(rule: WatchRule) -> str:
    """A digest of what the watch matches: when it changes, stored articles have to be matched anew."""
    parts = (_RULES_VERSION, rule.any, rule.all, rule.none, rule.query, rule.fields, rule.feeds, rule.exact)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


# --------------------------------------------------------------------------- compiling

_Item = Term | Regex


@dataclass(frozen=True, slots=True)
class _Watch:
    """A rule whose terms have numbers in the vocabulary."""

    place: int
    rule: WatchRule
    groups: tuple[tuple[int, ...], ...]
    none: tuple[int, ...]
    query: Query | None
    query_terms: tuple[tuple[int, str], ...]
    feeds: frozenset[str]

    @property
    def size(self) -> int:
        """The number of terms that are looked for to decide."""
        return sum(map(len, self.groups)) + len(self.none)


_place = attrgetter("place")


class _Vocabulary:
    """All terms, with tables that tell quickly which of them may stand in a text."""

    _PREFIX = 5
    _MOST_FEW = 64  # up to here, looking for each in the text costs less than taking the text apart

    def __init__(self) -> None:
        self.items: list[_Item] = []
        self.written: list[str] = []
        self._numbers: dict[_Item, int] = {}
        self._by_word: dict[str, list[int]] = {}
        self._by_pair: dict[tuple[str, str], list[int]] = {}
        self._by_prefix: dict[int, dict[str, list[tuple[str, int]]]] = {}
        self._by_literal: list[tuple[str, int]] = []
        self._always: list[int] = []
        self._few: list[tuple[tuple[str, ...], int]] | None = []

    def add(self, item: _Item) -> int:
        """The number of a term, the same for the same term."""
        number = self._numbers.get(item)
        if number is None:
            number = self._numbers[item] = len(self.items)
            self.items.append(item)
            self.written.append(item.text if isinstance(item, Term) else f"/{item.pattern}/")
            self._enter(item, number)
        return number

    def _enter(self, item: _Item, number: int) -> None:
        """Put a term under what is rarest of it: two words that follow each other, a word, a prefix."""
        if isinstance(item, Regex):
            self._always.append(number)
            return
        runs = [run for run in item.runs if len(run.words) + (not run.prefix) > 0]
        if runs:
            run = max(runs, key=lambda run: len(run.words))
            links = [(word,) for word in run.words] + ([] if run.prefix else [run.last])
            if len(links) > 1:
                for pair in product(links[-2], links[-1]):
                    self._by_pair.setdefault(pair, []).append(number)
                    self._need(pair, number)
            else:
                for word in links[0]:
                    self._by_word.setdefault(word, []).append(number)
                    self._need((word,), number)
        elif item.runs:
            prefix = item.runs[0].last[0]
            head = prefix[: self._PREFIX]
            self._by_prefix.setdefault(len(head), {}).setdefault(head, []).append((prefix, number))
            self._need((prefix,), number)
        else:
            self._by_literal.append((item.literal, number))
            self._need((item.literal,), number)

    def _need(self, words: tuple[str, ...], number: int) -> None:
        """Remember what a text must hold for a term, as long as there are few of them."""
        if self._few is not None:
            self._few.append((tuple(word.replace("⁺", "") for word in words), number))
            if len(self._few) > self._MOST_FEW:
                self._few = None

    def candidates(self, lower: str) -> set[int]:
        """The numbers of all terms that stand in a folded text, and of some that do not."""
        found = set(self._always)
        if self._few is not None:
            for needed, number in self._few:
                for word in needed:
                    if word not in lower:
                        break
                else:
                    found.add(number)
            return found
        known = words(index_folded(lower))
        for word in self._by_word.keys() & known:
            found.update(self._by_word[word])
        if self._by_pair:
            for pair in self._by_pair.keys() & pairwise(known):
                found.update(self._by_pair[pair])
        for length, heads in self._by_prefix.items():
            for head in heads.keys() & map(itemgetter(slice(length)), known):
                found.update([number for prefix, number in heads[head] if prefix in lower])
        found.update([number for literal, number in self._by_literal if literal in lower])
        return found


def _item(text: str, exact: bool) -> _Item | str:
    """A term or a regular expression in slashes, or why it is neither."""
    if len(text) > 2 and text[0] == "/" == text[-1]:
        problem = query.regex_problem(text[1:-1])
        return f"{text}: {problem}" if problem else Regex(text[1:-1])
    return compile_term(text, exact) or f"there is nothing to look for in {text!r}"


# --------------------------------------------------------------------------- matching

_Spans = Sequence[tuple[int, int]]


class _Article:
    """One article under the eyes of a matcher: its fields as one text, each term looked for at most once."""

    def __init__(self, subject: Subject, items: Sequence[_Item], fields: Sequence[str]) -> None:
        self.subject = subject
        self._reading: Reading | None = None
        self._items = items
        self._found: dict[int, _Spans] = {}
        self._sentences: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self.names: list[str] = []
        self.starts: list[int] = []
        texts: list[str] = []
        at = 0
        for name in fields:
            text = "\n".join(subject.labels) if name == "label" else str(getattr(subject, name))
            if text:
                self.names.append(name)
                self.starts.append(at)
                texts.append(text)
                at += len(text) + 1
        self.folded = Folded("\n".join(texts))

    @property
    def reading(self) -> Reading:
        """The article for the questions of expressions."""
        if self._reading is None:
            self._reading = Reading(self.subject)
        return self._reading

    def field_at(self, place: int) -> str:
        """The field that a place of the text belongs to."""
        return self.names[bisect_right(self.starts, place) - 1]

    def spans(self, number: int) -> _Spans:
        """Where a term stands in all fields. Raises SlowRegex."""
        found = self._found.get(number)
        if found is None:
            item = self._items[number]
            found = item.find(self.folded) if isinstance(item, Term) else self._regex_spans(item)
            self._found[number] = found
        return found

    def by_field(self, spans: _Spans) -> list[tuple[str, _Spans]]:
        """Places in order, parted by field."""
        field = self.field_at(spans[0][0])
        if field == self.field_at(spans[-1][0]):
            return [(field, spans)]
        parts: dict[str, list[tuple[int, int]]] = {}
        for span in spans:
            parts.setdefault(self.field_at(span[0]), []).append(span)
        return list(parts.items())

    def _regex_spans(self, item: Regex) -> _Spans:
        """A regular expression sees each field by itself, so that its anchors mean the field's ends."""
        text = self.folded.original
        ends = [*(start - 1 for start in self.starts[1:]), len(text)][: len(self.starts)]
        return [
            (start + begin, start + end)
            for start, stop in zip(self.starts, ends, strict=True)
            for begin, end in query.regex_spans(item.pattern, text[start:stop])
        ]

    def hits(self, numbers: Iterable[int], fields: Collection[str]) -> dict[int, _Spans]:
        """Those of the terms that stand in one of the fields, with the places."""
        everywhere = set(self.names) <= set(fields)
        found: dict[int, _Spans] = {}
        for number in numbers:
            spans = self.spans(number)
            if spans and not everywhere:
                spans = [span for span in spans if self.field_at(span[0]) in fields]
            if spans:
                found[number] = spans
        return found

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a place; its line is taken apart only once."""
        text = self.folded.original
        line = _line_around(text, start, end)
        sentences = self._sentences.get(line)
        if sentences is None:
            sentences = self._sentences[line] = _sentences(text, *line)
        return _around(sentences, start, end)


class Matcher:
    """Finds which watches an article is on, and why. Rules that are wrong are told in `problems`."""

    def __init__(self, rules: Sequence[WatchRule]) -> None:
        self._problems: list[Problem] = []
        self._vocabulary = _Vocabulary()
        self._gates: dict[int, list[_Watch]] = {}
        self._always: list[_Watch] = []
        self._shown: dict[int, list[str]] = {}
        self._slow: dict[str, int] = {}
        self._watches: list[_Watch] = []
        self._by_name: dict[str, list[_Watch]] = {}
        for rule in rules:
            watch = self._compile(len(self._watches), rule)
            if watch:
                self._watches.append(watch)
                self._by_name.setdefault(rule.name, []).append(watch)
                self._gate(watch)
                for number in {*chain(*watch.groups), *(number for number, _ in watch.query_terms)}:
                    self._shown.setdefault(number, []).append(rule.name)
        used = {name for watch in self._watches for name in watch.rule.fields}
        used |= {"title", "summary", "body"} if any(watch.query for watch in self._watches) else set()
        self._fields = tuple(name for name in FIELDS if name in used)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the rules, and which of them turned out to be too slow."""
        slow = [
            Problem(
                name, f"a regular expression was too slow on {count} articles" + "; the watch is off" * off
            )
            for name, count in self._slow.items()
            for off in [count >= _PATIENCE]
        ]
        return (*self._problems, *slow)

    def match(
        self, subject: Subject, now: int | None = None, names: Collection[str] | None = None
    ) -> tuple[Evidence, ...]:
        """The watches that an article is on, in config order; `age:` counts to `now`, or else is 0.

        With `names` only these watches are looked at, for articles that `prefilter` has named.
        """
        article = _Article(subject, self._vocabulary.items, self._fields)
        if names is None:
            candidates: Collection[int] = self._vocabulary.candidates(article.folded.lower)
            chosen = self._gated(candidates)
        else:
            chosen = [watch for name in names for watch in self._by_name.get(name, ())]
            if sum(watch.size for watch in chosen) <= _FEW:
                candidates = range(len(self._vocabulary.items))
            else:
                candidates = self._vocabulary.candidates(article.folded.lower)
        chosen.sort(key=_place)
        moment = subject.time if now is None else now
        found = [self._evidence(watch, article, candidates, moment) for watch in chosen]
        return tuple([evidence for evidence in found if evidence])

    def _gated(self, candidates: Collection[int]) -> list[_Watch]:
        """The watches that may match an article in which these terms may stand."""
        chosen = {watch.place: watch for watch in self._always}
        for number in self._gates.keys() & candidates:
            for watch in self._gates[number]:
                chosen[watch.place] = watch
        return list(chosen.values())

    def spans(self, text: str, names: Collection[str] | None = None) -> list[tuple[int, int, str]]:
        """Where terms of the named watches (None: of all) stand in a text, sorted; for highlighting."""
        folded = Folded(text)
        found: set[tuple[int, int, str]] = set()
        for number in self._vocabulary.candidates(folded.lower):
            watches = [name for name in self._shown.get(number, ()) if names is None or name in names]
            if watches:
                found.update((*span, name) for span in self._found(number, folded) for name in watches)
        return sorted(found)

    def _found(self, number: int, folded: Folded) -> _Spans:
        item = self._vocabulary.items[number]
        try:
            return (
                item.find(folded)
                if isinstance(item, Term)
                else query.regex_spans(item.pattern, folded.original)
            )
        except SlowRegex:
            return ()

    # -- compiling

    def _compile(self, place: int, rule: WatchRule) -> _Watch | None:
        """The rule with its terms in the vocabulary; None, with its problems told, if it cannot work."""
        groups = [self._numbers(rule, terms) for terms in ((rule.any,) if rule.any else ()) + rule.all]
        none = self._numbers(rule, rule.none)
        expression = query.parse(rule.query)
        if isinstance(expression, QueryError):
            self._problem(rule, f"query: {expression}")
            return None
        if not groups and not rule.query.strip():
            self._problem(rule, "there is nothing to look for")
            return None
        if not all(groups):
            self._problem(rule, "one of its groups has no term that works")
            return None
        wrong = [name for name in rule.fields if name not in FIELDS]
        if wrong or not rule.fields:
            self._problem(rule, f"fields are {', '.join(FIELDS)}, not {', '.join(wrong) or 'none'}")
            return None
        asked = query.wanted(expression.root) if rule.query.strip() else ()
        terms = tuple((self._vocabulary.add(_bare(node)), node.field) for node in asked)
        feeds = frozenset(feed.casefold() for feed in rule.feeds)
        return _Watch(
            place, rule, tuple(groups), none, expression if rule.query.strip() else None, terms, feeds
        )

    def _problem(self, rule: WatchRule, message: str) -> None:
        self._problems.append(Problem(rule.name, message))

    def _numbers(self, rule: WatchRule, terms: Iterable[str]) -> tuple[int, ...]:
        numbers: list[int] = []
        for text in terms:
            item = _item(text, rule.exact)
            if isinstance(item, str):
                self._problem(rule, item)
            else:
                numbers.append(self._vocabulary.add(item))
        return tuple(dict.fromkeys(numbers))

    def _gate(self, watch: _Watch) -> None:
        """Enter the watch under terms without which it cannot match; under none of them if there are none."""
        if watch.groups:
            gate: Sequence[int] = min(watch.groups, key=len)
        else:
            root = watch.query.root if watch.query else query.And()
            needles = query.needles(root)
            if needles is None:
                self._always.append(watch)
                return
            gate = [self._vocabulary.add(term) for term in needles]
        for number in dict.fromkeys(gate):
            self._gates.setdefault(number, []).append(watch)

    # -- one watch, one article

    def _evidence(
        self, watch: _Watch, article: _Article, candidates: Collection[int], now: int
    ) -> Evidence | None:
        name = watch.rule.name
        if self._slow and self._slow.get(name, 0) >= _PATIENCE:
            return None
        try:
            hits = _hits(watch, article, candidates, now)
        except SlowRegex:
            self._slow[name] = self._slow.get(name, 0) + 1
            return None
        return None if hits is None else self._explain(name, article, hits)

    def _explain(self, name: str, article: _Article, hits: dict[int, _Spans]) -> Evidence:
        """Evidence from terms and the places where they stand."""
        counted: list[TermHit] = []
        places: dict[str, list[tuple[int, int, int]]] = {}
        for number, spans in hits.items():
            for field, inside in article.by_field(spans):
                counted.append(TermHit(self._vocabulary.written[number], field, len(inside)))
                found = places.setdefault(field, [])
                found.extend([(start, end, number) for start, end in inside[:_LOOKED_AT]])
        for field in _BEST_FIRST:
            if field in places:
                return Evidence(name, tuple(counted), *_best_sentence(article, places[field]))
        return Evidence(name)


def _hits(
    watch: _Watch, article: _Article, candidates: Collection[int], now: int
) -> dict[int, _Spans] | None:
    """The terms that put an article on a watch, with their places; None if it is not on it."""
    fields, subject = watch.rule.fields, article.subject
    if watch.feeds and watch.feeds.isdisjoint(
        (subject.feed.casefold(), subject.feed_url.casefold(), subject.folder.casefold())
    ):
        return None
    hits: dict[int, _Spans] = {}
    for group in watch.groups:
        found = article.hits([number for number in group if number in candidates], fields)
        if not found:
            return None
        hits.update(found)
    if watch.none and article.hits([number for number in watch.none if number in candidates], fields):
        return None
    if watch.query:
        if not query.holds(watch.query.root, article.reading, now):
            return None
        for number, field in watch.query_terms:
            if number in candidates and number not in hits:
                hits.update(article.hits([number], _QUERY_FIELDS[field]))
    return hits


_QUERY_FIELDS: Mapping[str, tuple[str, ...]] = {
    "": ("title", "summary", "body"),
    "title": ("title",),
    "body": ("summary", "body"),
}
# The title is on the screen anyway, so a sentence of the text says more.
_BEST_FIRST = ("body", "summary", "title", "author", "label", "url")
_LOOKED_AT = 20


def _bare(node: Text | Regex) -> _Item:
    return node.term if isinstance(node, Text) else Regex(node.pattern)


# --------------------------------------------------------------------------- sentences

_SENTENCE = 200
_WINDOW = 250  # more than a sentence may be long, so that its edges are never shown
_FAR = 1 << 62
_STOP = re.compile("[.!?…。！？]")
_AFTER_STOP = re.compile(r"[.!?…]*[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[^\W_a-z])|(?<=[。！？])[。！？]*[」』”’）]*")
_SHORTENED = """
adm approx assn ave capt cf co col corp dept dr ed est etc fig gen gov hon inc jan feb mar apr jun jul aug sep
sept oct nov dec jr lt ltd messrs mr mrs ms mt no nos nr op ph pp prof rep rev sen sgt sr st str vol vs
"""
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")


def _best_sentence(
    article: _Article, found: Sequence[tuple[int, int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The sentence with the most different terms, the first of them, and the spans of the terms in it."""
    if len(found) == 1:
        start, end, _ = found[0]
        return _cut(article.folded.original, *article.sentence(start, end), [(start, end)])
    places = sorted(found)
    best = (0, 0, 0)
    for start, end, _ in places:
        if best[0] and start < best[2]:
            continue
        first, last = article.sentence(start, end)
        terms = len({number for begin, stop, number in places if first <= begin and stop <= last})
        if terms > best[0]:
            best = (terms, first, last)
    _, first, last = best
    inside = [(begin, stop) for begin, stop, _ in places if first <= begin and stop <= last]
    return _cut(article.folded.original, first, last, merge_spans(inside))


def _line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The line of a text that holds `start:end`, or of a long one the part around it, in steps."""
    left = start - start % _WINDOW - _WINDOW
    right = end - end % _WINDOW + 2 * _WINDOW
    line = text.rfind("\n", max(0, left), start) + 1
    line_end = text.find("\n", end, right)
    return line or max(0, left), min(right, len(text)) if line_end < 0 else line_end


def _sentences(text: str, left: int, right: int) -> list[tuple[int, int]]:
    """The sentences of `text[left:right]`, without the blanks after them."""
    found: list[tuple[int, int]] = []
    first = left
    for stop in _STOP.finditer(text, left, right):
        at = stop.end()
        after = _AFTER_STOP.match(text, at, right) if at >= first else None
        if after and not (stop[0] == "." and text[at].isspace() and _is_abbreviation(text, left, at - 1)):
            found.append((first, first + len(text[first : after.end()].rstrip())))
            first = after.end()
    if rest := text[first:right].rstrip():
        found.append((first, first + len(rest)))
    return found


def _is_abbreviation(text: str, left: int, dot: int) -> bool:
    """Whether the full stop belongs to `U.S.`, `J.` or `Inc.` rather than to a sentence."""
    last = text[max(left, text.rfind(" ", left, dot) + 1) : dot].lstrip("([\"'“‘«„")
    return len(last) == 1 or "." in last or last.lower() in _ABBREVIATIONS


def _around(sentences: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """From the sentence that `start` is in to the one that `end` is in: mostly the same."""
    place = max(0, bisect_right(sentences, (start, _FAR)) - 1)
    first, last = sentences[place]
    while last < end and place + 1 < len(sentences):
        place += 1
        last = sentences[place][1]
    return min(first, start), max(last, end)


def _cut(
    text: str, first: int, last: int, spans: Sequence[tuple[int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """`text[first:last]`, cut to a window around the first spans if it is too long, and the spans in it."""
    if last - first <= _SENTENCE:
        return _shown(text[first:last]), tuple([(start - first, end - first) for start, end in spans])
    before, after = "", ""
    start = max(first, min(spans[0][0] - _SENTENCE // 3, last - _SENTENCE))
    if start > first:
        blank = text.find(" ", start, spans[0][0])
        first, before = (start if blank < 0 else blank + 1), "…"
    stop = max(spans[0][1], first + _SENTENCE)
    if stop < last:
        blank = text.rfind(" ", spans[0][1], stop)
        last, after = (stop if blank < 0 else blank), "…"
    shift = len(before) - first
    inside = tuple([(start + shift, min(end, last) + shift) for start, end in spans if first <= start < last])
    return before + _shown(text[first:last]) + after, inside


def _shown(text: str) -> str:
    return text if text.isprintable() else text.translate(_CONTROLS)


# --------------------------------------------------------------------------- looking up stored articles

_COLUMNS = {"title": "title", "summary": "body", "body": "body", "author": "author"}


def prefilter(rule: WatchRule) -> str | None:
    """An FTS5 expression that hits every article the rule can match (see `query.Plan` for the columns).

    None when the index cannot tell; then every article has to be looked at.
    """
    columns = {_COLUMNS.get(name) for name in rule.fields}
    parts: list[str] = []
    if None not in columns:
        scope = f"{{{' '.join(sorted(filter(None, columns)))}}}"
        for group in ((rule.any,) if rule.any else ()) + rule.all:
            expressions = [_expression(text, rule.exact) for text in group]
            if expressions and None not in expressions:
                parts.append(f"{scope} : ({' OR '.join(f'({text})' for text in expressions)})")
    expression = query.parse(rule.query)
    asked = None if isinstance(expression, QueryError) else query.plan(expression).fts
    if asked:
        parts.append(f"({asked})")
    return " AND ".join(parts) or None


def _expression(text: str, exact: bool) -> str | None:
    item = _item(text, exact)
    return item.fts if isinstance(item, Term) else None


# --------------------------------------------------------------------------- proposing aliases

_IN_BRACKETS = re.compile(r"\s*[(（]\s*[\"'“‘]?([A-Z][A-Za-z0-9.&-]{1,11})[\"'”’]?\s*[)）]")
_LONG_FORM = re.compile(r"((?:[A-Z][\w'’-]*|of|and|for|the|on|to|in|de|&)(?:\s+|-)){1,11}[(（]\s*[\"'“‘]?\Z")
_SMALL_WORDS = frozenset(("of", "and", "for", "the", "on", "to", "in", "de", "&"))


def aliases(text: str, rule: WatchRule) -> list[tuple[str, str]]:
    """Other names that a text gives in brackets for the rule's terms, each once with its sentence.

    A text with "Personal Information Protection Law (PIPL)" proposes PIPL to a watch for the long name,
    and the long name to a watch for PIPL. What the rule has already is not proposed.
    """
    folded = Folded(text)
    terms = [
        item
        for group in (rule.any, *rule.all)
        for name in group
        if isinstance(item := _item(name, rule.exact), Term)
    ]
    known = {fold(name) for group in (rule.any, rule.none, *rule.all) for name in group}
    found: dict[str, tuple[str, str]] = {}
    for term in terms:
        for start, end in term.find(folded):
            name = _short_after(text, start, end) or _long_before(text, start, end)
            if name and fold(name) not in known:
                line = _line_around(text, start, end)
                first, last = _around(_sentences(text, *line), start, end)
                found.setdefault(fold(name), (name, _cut(text, first, last, [(start, end)])[0]))
    return list(found.values())


def _short_after(text: str, start: int, end: int) -> str:
    """The abbreviation in brackets after a name, if it can stand for it."""
    match = _IN_BRACKETS.match(text, end)
    if not match or sum(char.isupper() for char in match[1]) * 2 < len(match[1]):
        return ""
    letters = [char for char in match[1].lower() if char.isalpha()]
    name = iter(fold(text[start:end]))
    if not fold(text[start:end]).isascii():
        return match[1]
    return match[1] if fold(text[start]) == letters[0] and all(letter in name for letter in letters) else ""


def _long_before(text: str, start: int, end: int) -> str:
    """The name before the brackets that an abbreviation stands in, if its initials are the abbreviation."""
    short = text[start:end]
    opening = text.rfind("\n", 0, start) + 1
    match = _LONG_FORM.search(text, max(opening, start - 200), start)
    if not match or not short.isupper():
        return ""
    name = re.split(r"\s*[(（]", match[0])[0]
    parts = [(part.start(), part[0]) for part in re.finditer(r"[\w'’&]+", name)]
    for offset, first in reversed(parts):
        initials = "".join(word[0] for at, word in parts if at >= offset and word not in _SMALL_WORDS)
        if first not in _SMALL_WORDS and initials.upper() == short:
            return name[offset:]
    return ""
