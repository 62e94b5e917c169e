"""Watches × articles → matches with evidence.

All terms of all watches make one vocabulary. The words of an article are intersected with it, and only the
few terms that share a word with the article are looked for by their exact rules; so 10,000 terms cost
hardly more than ten.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tuireader import query
from tuireader.model import Evidence, TermHit
from tuireader.query import Query, QueryError, Reading, Regex, SlowRegex, Subject, Text, merge_spans
from tuireader.terms import Folded, Term, compile_term, fold, index_folded, words

__all__ = ["FIELDS", "Matcher", "Problem", "Subject", "WatchRule", "aliases", "prefilter", "signature"]

FIELDS = ("title", "summary", "body", "author", "url", "label")
"""Where a watch can look for its terms; the first three unless it says otherwise."""

_RULES_VERSION = 1  # of the matching rules: raised when they change, so that stored articles are matched anew
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


class _Vocabulary:
    """All terms, with tables that tell quickly which of them may stand in a text."""

    _PREFIX = 4

    def __init__(self) -> None:
        self.items: list[_Item] = []
        self._numbers: dict[_Item, int] = {}
        self._by_word: dict[str, list[int]] = {}
        self._by_prefix: dict[int, dict[str, list[int]]] = {}
        self._by_literal: list[tuple[str, int]] = []
        self._always: list[int] = []

    def add(self, item: _Item) -> int:
        """The number of a term, the same for the same term."""
        number = self._numbers.get(item)
        if number is None:
            number = self._numbers[item] = len(self.items)
            self.items.append(item)
            self._enter(item, number)
        return number

    def _enter(self, item: _Item, number: int) -> None:
        if isinstance(item, Regex):
            self._always.append(number)
            return
        keys, prefix = _keys(item)
        if prefix:
            length = min(self._PREFIX, len(prefix))
            self._by_prefix.setdefault(length, {}).setdefault(prefix[:length], []).append(number)
        for key in keys:
            self._by_word.setdefault(key, []).append(number)
        if not keys and not prefix:
            self._by_literal.append((item.literal, number))

    def candidates(self, texts: Iterable[Folded]) -> set[int]:
        """The numbers of all terms that stand in one of the texts, and of some that do not."""
        lower = "\n".join([text.lower for text in texts])
        found = set(self._always)
        known = words(index_folded(lower))
        for word in self._by_word.keys() & known:
            found.update(self._by_word[word])
        for length, heads in self._by_prefix.items():
            for head in heads.keys() & {word[:length] for word in known}:
                found.update(heads[head])
        found.update([number for literal, number in self._by_literal if literal in lower])
        return found


def _keys(term: Term) -> tuple[tuple[str, ...], str]:
    """Words of which one is in every text with the term (the rarest, if length tells), or else a prefix."""
    best: tuple[str, ...] = ()
    prefix = ""
    for run in term.runs:
        choices: list[tuple[str, ...]] = [(word,) for word in run.words]
        if run.prefix:
            prefix = max(prefix, run.last[0], key=len)
        else:
            choices.append(run.last)
        for choice in choices:
            if not best or len(choice[-1]) > len(best[-1]):
                best = choice
    return best, "" if best else prefix


def _item(text: str, exact: bool) -> _Item | str:
    """A term or a regular expression in slashes, or why it is neither."""
    if len(text) > 2 and text[0] == "/" == text[-1]:
        problem = query.regex_problem(text[1:-1])
        return f"{text}: {problem}" if problem else Regex(text[1:-1])
    return compile_term(text, exact) or f"there is nothing to look for in {text!r}"


# --------------------------------------------------------------------------- matching

_Spans = Sequence[tuple[int, int]]


class _Article:
    """One article under the eyes of a matcher: each term is looked for at most once in each field."""

    def __init__(self, subject: Subject, items: Sequence[_Item], fields: Sequence[str]) -> None:
        self.reading = Reading(subject)
        self.folded: dict[str, Folded] = {}
        for name in fields:
            text = "\n".join(subject.labels) if name == "label" else str(getattr(subject, name))
            if text:
                self.folded[name] = self.reading.folded(text)
        self._items = items
        self._found: dict[tuple[int, str], _Spans] = {}

    def spans(self, number: int, name: str) -> _Spans:
        """Where a term stands in a field, in the original text. Raises SlowRegex."""
        key = (number, name)
        found = self._found.get(key)
        if found is None:
            folded = self.folded.get(name)
            found = self._found[key] = _find(self._items[number], folded) if folded else ()
        return found

    def hits(self, numbers: Iterable[int], fields: Sequence[str]) -> list[tuple[int, str]]:
        """The terms of `numbers` that stand in one of the fields, with the field."""
        return [(number, name) for number in numbers for name in fields if self.spans(number, name)]


def _find(item: _Item, folded: Folded) -> _Spans:
    return item.find(folded) if isinstance(item, Term) else query.regex_spans(item.pattern, folded.original)


class Matcher:
    """Finds which watches an article is on, and why. Rules that are wrong are told in `problems`."""

    def __init__(self, rules: Sequence[WatchRule]) -> None:
        self._problems: list[Problem] = []
        self._vocabulary = _Vocabulary()
        self._gates: dict[int, list[_Watch]] = {}
        self._always: list[_Watch] = []
        self._slow: dict[str, int] = {}
        self._watches: list[_Watch] = []
        for rule in rules:
            watch = self._compile(len(self._watches), rule)
            if watch:
                self._watches.append(watch)
                self._gate(watch)
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

    def match(self, subject: Subject, now: int | None = None) -> tuple[Evidence, ...]:
        """The watches that an article is on, in config order; `age:` counts to `now`, or else is 0."""
        article = _Article(subject, self._vocabulary.items, self._fields)
        candidates = self._vocabulary.candidates(article.folded.values())
        chosen = {watch.place: watch for watch in self._always}
        for number in candidates:
            for watch in self._gates.get(number, ()):
                chosen[watch.place] = watch
        if not chosen:
            return ()
        moment = subject.time if now is None else now
        found = [self._evidence(chosen[place], article, candidates, moment) for place in sorted(chosen)]
        return tuple(evidence for evidence in found if evidence)

    def spans(self, text: str, names: Collection[str] | None = None) -> list[tuple[int, int, str]]:
        """Where terms of the named watches (None: of all) stand in a text, sorted; for highlighting."""
        folded = Folded(text)
        candidates = self._vocabulary.candidates([folded])
        found: set[tuple[int, int, str]] = set()
        for watch in self._watches if candidates else ():
            name = watch.rule.name
            if names is None or name in names:
                numbers = {number for group in watch.groups for number in group}
                numbers.update(number for number, _ in watch.query_terms)
                for number in numbers & candidates:
                    found.update((start, end, name) for start, end in self._found(number, folded))
        return sorted(found)

    def _found(self, number: int, folded: Folded) -> _Spans:
        try:
            return _find(self._vocabulary.items[number], folded)
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

    def _evidence(self, watch: _Watch, article: _Article, candidates: set[int], now: int) -> Evidence | None:
        name = watch.rule.name
        if self._slow.get(name, 0) >= _PATIENCE:
            return None
        try:
            hits = self._hits(watch, article, candidates, now)
        except SlowRegex:
            self._slow[name] = self._slow.get(name, 0) + 1
            return None
        return None if hits is None else self._explain(name, article, hits)

    def _hits(
        self, watch: _Watch, article: _Article, candidates: set[int], now: int
    ) -> list[tuple[int, str]] | None:
        """The terms that put an article on a watch, with their fields; None if it is not on it."""
        rule, subject = watch.rule, article.reading.subject
        if watch.feeds and watch.feeds.isdisjoint(
            (subject.feed.casefold(), subject.feed_url.casefold(), subject.folder.casefold())
        ):
            return None
        hits: list[tuple[int, str]] = []
        for group in watch.groups:
            found = article.hits([number for number in group if number in candidates], rule.fields)
            if not found:
                return None
            hits.extend(found)
        if article.hits([number for number in watch.none if number in candidates], rule.fields):
            return None
        if watch.query:
            if not query.holds(watch.query.root, article.reading, now):
                return None
            for number, field in watch.query_terms:
                if number in candidates:
                    hits.extend(article.hits([number], _QUERY_FIELDS[field]))
        return list(dict.fromkeys(hits))

    def _explain(self, name: str, article: _Article, hits: Sequence[tuple[int, str]]) -> Evidence:
        """Evidence from terms and the fields that they stand in."""
        items = self._vocabulary.items
        counted = tuple(
            TermHit(_written(items[number]), field, len(article.spans(number, field)))
            for number, field in hits
        )
        by_field: dict[str, list[tuple[int, int, int]]] = {}
        for number, field in hits:
            by_field.setdefault(field, []).extend(
                (start, end, number) for start, end in article.spans(number, field)[:_LOOKED_AT]
            )
        for field in _BEST_FIRST:
            if field in by_field:
                return Evidence(
                    name, counted, *_best_sentence(article.folded[field].original, by_field[field])
                )
        return Evidence(name, counted)


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


def _written(item: _Item) -> str:
    return item.text if isinstance(item, Term) else f"/{item.pattern}/"


# --------------------------------------------------------------------------- sentences

_SENTENCE = 200
_END_OF_SENTENCE = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[^\W_a-z])|[。！？]+[」』”’）]*")
_LAST_WORD = re.compile(r"([\w.&]*)\.$")
_SHORTENED = """
adm approx assn ave capt cf co col corp dept dr ed est etc fig gen gov hon inc jan feb mar apr
jun jul aug sep sept oct nov dec jr lt ltd messrs mr mrs ms mt no nos nr op ph pp prof rep rev sen sgt sr st
str vol vs
"""
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")


def _best_sentence(
    text: str, found: Sequence[tuple[int, int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The sentence with the most different terms, the first of them, and the spans of the terms in it."""
    best = (0, 0, 0)
    for start, end, _ in sorted(found):
        if best[0] and start < best[2]:
            continue
        first, last = _sentence_around(text, start, end)
        terms = len({number for begin, stop, number in found if first <= begin and stop <= last})
        if terms > best[0]:
            best = (terms, first, last)
    inside = [(begin, stop) for begin, stop, _ in found if best[1] <= begin and stop <= best[2]]
    return _cut(text, best[1], best[2], merge_spans(inside))


def _sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence of a text's line that holds `start:end`, looked for no farther than needed."""
    left = max(text.rfind("\n", 0, start) + 1, start - _SENTENCE)
    line_end = text.find("\n", end)
    right = min(len(text) if line_end < 0 else line_end, end + _SENTENCE)
    first, last = left, right
    for match in _END_OF_SENTENCE.finditer(text, left, right):
        if _is_abbreviation(text, left, match):
            continue
        if match.end() <= start:
            first = match.end()
        elif match.start() >= end - 1:
            last = match.end()
            break
    return first, max(end, first + len(text[first:last].rstrip()))


def _is_abbreviation(text: str, left: int, match: re.Match[str]) -> bool:
    """Whether a full stop belongs to `U.S.`, `J.` or `Inc.` rather than to a sentence."""
    if not match[0].startswith(". "):
        return False
    word = _LAST_WORD.search(text, max(left, match.start() - 20), match.start() + 1)
    last = word[1] if word else ""
    return len(last) == 1 or last.count(".") > 0 or last.lower() in _ABBREVIATIONS


def _cut(
    text: str, first: int, last: int, spans: Sequence[tuple[int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """`text[first:last]`, cut to a window around the first spans if it is too long, and the spans in it."""
    before, after = "", ""
    if last - first > _SENTENCE:
        start = max(first, min(spans[0][0] - _SENTENCE // 3, last - _SENTENCE))
        if start > first:
            blank = text.find(" ", start, spans[0][0])
            first, before = (start if blank < 0 else blank + 1), "…"
        stop = max(spans[0][1], first + _SENTENCE)
        if stop < last:
            blank = text.rfind(" ", spans[0][1], stop)
            last, after = (stop if blank < 0 else blank), "…"
    shift = len(before) - first
    inside = tuple((start + shift, min(end, last) + shift) for start, end in spans if first <= start < last)
    return before + text[first:last].translate(_CONTROLS) + after, inside


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
                first, last = _sentence_around(text, start, end)
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
