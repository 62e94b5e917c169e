"""Match watches with articles, with evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from operator import attrgetter, itemgetter
from os.path import commonprefix

from msgspec import Struct

from tuireader import query
from tuireader.lexicon import MARKS, Run, Term, distinct_words
from tuireader.model import Evidence, TermHit
from tuireader.model.asides import ASIDES
from tuireader.query import Query, QueryError, Regex, SlowRegex, Subject, Text
from tuireader.text.wording import counted
from tuireader.watch.article import TEXTS, SearchedArticle, Spans
from tuireader.watch.rules import FIELDS, Item, Problem, WatchRule, parse_item
from tuireader.watch.sentences import best_sentence

_HEADS = (3, 5, 8)  # prefixes are filed under their longest head of one of these lengths
_SEARCHED = (
    24  # up to so many terms, searching for each is faster than splitting the text: 13 instead of 24 µs for 9
)

Words = tuple[str, ...]


class Vocabulary:
    """All terms, with tables to find those that may occur in a text.

    A term is filed under one of its words, or the head of its prefix, along with other text that must occur.
    """

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.written: list[str] = []
        self._numbers: dict[Item, int] = {}
        self._by_word: dict[str, list[tuple[str, int]]] = {}
        self._roots: dict[str, set[tuple[str, str]]] = {}  # such words by their root, as they stand in texts
        self._by_head: dict[int, dict[str, list[tuple[str, int]]]] = {}
        self._by_literal: list[tuple[str, int]] = []
        self._always: list[int] = []

    def add(self, item: Item) -> int:
        """Add a term if it is new; return its number."""
        number = self._numbers.get(item)
        if number is None:
            number = self._numbers[item] = len(self.items)
            self.items.append(item)
            self.written.append(item.text if isinstance(item, Term) else f"/{item.pattern}/")
            self._enter(item, number)
            if isinstance(item, Term):
                for other in item.others:
                    self._enter(other, number, item.text)
        return number

    def _enter(self, item: Item, number: int, written: str = "") -> None:
        if isinstance(item, Regex):
            self._always.append(number)
            return
        chain = max(map(_chain, item.runs), key=len, default=[])
        if chain:
            # The longest word is likely to be the rarest; the literal is the first word, or a run of Han.
            # A text has few of the characters by which another spelling differs from what is written.
            forms = max(
                chain if written else chain[1:] or chain,
                key=lambda forms: (forms[-1] not in written, len(forms[-1])),
            )
            other = item.literal if len(chain) > 1 else ""
            for form in forms:
                self._by_word.setdefault(form, []).append((other, number))
            plain = [form.replace("⁺", "") for form in forms]
            self._roots.setdefault(commonprefix(plain), set()).update(zip(forms, plain, strict=True))  # noqa: RUF071
        elif item.runs:
            prefix = item.runs[0].last[0]
            length = max((length for length in _HEADS if length <= len(prefix)), default=len(prefix))
            heads = self._by_head.setdefault(length, {})
            heads.setdefault(prefix[:length], []).append((prefix, number))
        else:
            self._by_literal.append((item.literal, number))

    def candidates(self, lower: str) -> set[int]:
        """Return the numbers of the terms that may occur in a folded text."""
        numbers = set(self._always)
        words: Collection[str]
        if len(self.items) <= _SEARCHED:
            forms = [form for root, forms in self._roots.items() if root in lower for form in forms]
            words = {form for form, plain in forms if plain in lower}
            filed = [prefixes for heads in self._by_head.values() for prefixes in heads.values()]
        else:
            known = distinct_words(lower)
            words = self._by_word.keys() & known
            filed = [
                heads[head]
                for length, heads in self._by_head.items()
                for head in heads.keys() & map(itemgetter(slice(length)), known)
            ]
        for word in words:
            for other, number in self._by_word[word]:
                if other in lower:
                    numbers.add(number)
        for prefixes in filed:
            numbers.update([number for prefix, number in prefixes if prefix in lower])
        numbers.update([number for literal, number in self._by_literal if literal in lower])
        return numbers


def _chain(run: Run) -> list[Words]:
    chain: list[Words] = [(word,) for word in run.words if word not in MARKS]
    return chain if run.prefix else [*chain, run.last]


_FEW = 12  # up to this many terms are searched for one by one
_PATIENCE = 3  # number of slow articles that disables a watch with a regular expression


class _Watch(Struct, frozen=True):
    """A rule with its terms as numbers of the vocabulary."""

    place: int
    rule: WatchRule
    groups: tuple[tuple[int, ...], ...]
    none: tuple[int, ...]
    query: Query | None
    query_terms: tuple[tuple[int, str], ...]
    feeds: frozenset[str]

    @property
    def size(self) -> int:
        return sum(map(len, self.groups)) + len(self.none)


class Matcher:
    """Matches articles with watches. Invalid rules are reported in `problems`.

    `by_feed` are the names of the watches that refer to a feed, its folder or its labels.
    """

    def __init__(self, rules: Sequence[WatchRule]) -> None:
        self._problems: list[Problem] = []
        self._vocabulary = Vocabulary()
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
        used.update(_TEXTS if any(watch.query for watch in self._watches) else ())
        used.update(TEXTS if "text" in used else ())
        self._fields = tuple(name for name in FIELDS if name in used and name != "text")
        self.by_feed = frozenset(watch.rule.name for watch in self._watches if _depends_on_feed(watch))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems of the rules, and regular expressions that turned out to be too slow."""
        problems = list(self._problems)
        for name, count in self._slow.items():
            message = f"a regular expression was too slow on {counted(count, 'article')}"
            if count >= _PATIENCE:
                message += "; the watch is disabled"
            problems.append(Problem(name, message))
        return tuple(problems)

    def match(
        self, subject: Subject, now: int | None = None, names: Collection[str] | None = None
    ) -> tuple[Evidence, ...]:
        """Return the watches that an article is on, in config order; `now` is for `age:`.

        `names` restricts the check to some watches, such as those whose `prefilter` found the article.
        """
        article = SearchedArticle(subject, self._vocabulary.items, self._fields)
        if names is None:
            candidates: Collection[int] = self._vocabulary.candidates(article.folded.lower)
            chosen = self._gated(candidates)
        else:
            chosen = [watch for name in names for watch in self._by_name.get(name, ())]
            if sum(watch.size for watch in chosen) <= _FEW:
                candidates = range(len(self._vocabulary.items))
            else:
                candidates = self._vocabulary.candidates(article.folded.lower)
        chosen.sort(key=attrgetter("place"))
        moment = subject.time if now is None else now
        matches = [self._evidence(watch, article, candidates, moment) for watch in chosen]
        return tuple([evidence for evidence in matches if evidence])

    def names(self, subject: Subject, now: int) -> set[str]:
        """Return the names of the watches that an article is on, without evidence."""
        article = SearchedArticle(subject, self._vocabulary.items, self._fields)
        candidates, matched = self._vocabulary.candidates(article.folded.lower), set[str]()
        for watch in self._gated(candidates):
            name = watch.rule.name
            try:
                if self._slow.get(name, 0) < _PATIENCE and (
                    _hits(watch, article, candidates, now, certain=False) is not None
                ):
                    matched.add(name)
            except SlowRegex:
                self._slow[name] = self._slow.get(name, 0) + 1
        return matched

    def _gated(self, candidates: Collection[int]) -> list[_Watch]:
        chosen = {watch.place: watch for watch in self._always}
        for number in self._gates.keys() & candidates:
            for watch in self._gates[number]:
                chosen[watch.place] = watch
        return list(chosen.values())

    def spans(self, text: str, names: Collection[str] | None = None) -> list[tuple[int, int, str]]:
        """Return the matches of the terms of some watches (None: all) in a text, sorted."""
        article = SearchedArticle(Subject(title=text), self._vocabulary.items, ("title",))
        spans: set[tuple[int, int, str]] = set()
        for number in self._vocabulary.candidates(article.folded.lower):
            watches = [name for name in self._shown.get(number, ()) if names is None or name in names]
            if watches:
                with suppress(SlowRegex):
                    spans.update((*span, name) for span in article.spans(number) for name in watches)
        return sorted(spans)

    def _compile(self, place: int, rule: WatchRule) -> _Watch | None:
        """Add a rule's terms to the vocabulary; report problems and return None for an invalid rule."""
        groups = [self._numbers(rule, terms) for terms in ((rule.any,) if rule.any else ()) + rule.all]
        none = self._numbers(rule, rule.none)
        expression = query.parse(rule.query)
        if isinstance(expression, QueryError):
            self._problem(rule, f"query: {expression}")
            return None
        wanted = expression if rule.query.strip() else None
        if not groups and wanted is None:
            self._problem(rule, "there is nothing to search for")
            return None
        if not all(groups):
            self._problem(rule, "one of its groups has no valid term")
            return None
        wrong = [name for name in rule.fields if name not in FIELDS]
        if wrong or not rule.fields:
            self._problem(rule, f"fields are {', '.join(FIELDS)}, not {', '.join(wrong) or 'none'}")
            return None
        nodes = query.positive_terms(wanted.root) if wanted else ()
        terms = tuple((self._vocabulary.add(_bare(node)), node.field) for node in nodes)
        feeds = frozenset(feed.casefold() for feed in rule.feeds)
        return _Watch(place, rule, tuple(groups), none, query=wanted, query_terms=terms, feeds=feeds)

    def _problem(self, rule: WatchRule, message: str) -> None:
        self._problems.append(Problem(rule.name, message))

    def _numbers(self, rule: WatchRule, terms: Iterable[str]) -> tuple[int, ...]:
        numbers: list[int] = []
        for text in terms:
            item = parse_item(text, rule.exact)
            if isinstance(item, str):
                self._problem(rule, item)
            else:
                numbers.append(self._vocabulary.add(item))
        return tuple(dict.fromkeys(numbers))

    def _gate(self, watch: _Watch) -> None:
        """File the watch under terms of which one must occur, else among those that are always checked."""
        if watch.groups:
            gate: Sequence[int] = min(watch.groups, key=len)
        else:
            root = watch.query.root if watch.query else query.And()
            required = query.required_terms(root)
            if required is None:
                self._always.append(watch)
                return
            gate = [self._vocabulary.add(term) for term in required]
        for number in dict.fromkeys(gate):
            self._gates.setdefault(number, []).append(watch)

    def _evidence(
        self, watch: _Watch, article: SearchedArticle, candidates: Collection[int], now: int
    ) -> Evidence | None:
        name = watch.rule.name
        if self._slow and self._slow.get(name, 0) >= _PATIENCE:
            return None
        try:
            hits = _hits(watch, article, candidates, now, certain=watch.rule.exact_words)
            if hits is None:
                return None
            uncertain = any(map(article.doubtful, hits)) and (
                _hits(watch, article, candidates, now, certain=True) is None
            )
        except SlowRegex:
            self._slow[name] = self._slow.get(name, 0) + 1
            return None
        return self._explain(name, article, hits, uncertain)

    def _explain(
        self, name: str, article: SearchedArticle, hits: dict[int, Spans], uncertain: bool
    ) -> Evidence:
        counted: list[TermHit] = []
        places: dict[str, list[tuple[int, int, int]]] = {}
        for number, spans in hits.items():
            for place, inside in article.by_place(spans):
                doubtful = article.doubtful(number)
                doubts = sum(span in doubtful for span in inside) if doubtful else 0
                hit = TermHit(self._vocabulary.written[number], place, len(inside), doubts)
                counted.append(article.with_occurrences(hit, number, inside))
                positions = places.setdefault(place, [])
                positions.extend([(start, end, number) for start, end in inside[:_HITS_PER_TERM]])
        for place in _BEST_FIRST:
            if place in places:
                return Evidence(
                    name,
                    tuple(counted),
                    *best_sentence(article.folded.original, article.sentence, places[place]),
                    uncertain=uncertain,
                )
        return Evidence(name)


def _depends_on_feed(watch: _Watch) -> bool:
    leaves = query.leaves(watch.query.root) if watch.query else ()
    fields = {getattr(leaf, "field", "") for leaf in leaves} & {"feed", "folder", "label"}
    return bool(watch.feeds or fields) or "label" in watch.rule.fields


def _hits(
    watch: _Watch, article: SearchedArticle, candidates: Collection[int], now: int, *, certain: bool
) -> dict[int, Spans] | None:
    """Return the matching terms with their spans, only `certain` ones if set; None for no match."""
    fields, subject = watch.rule.fields, article.subject
    if watch.feeds and watch.feeds.isdisjoint(
        (subject.feed.casefold(), subject.feed_url.casefold(), subject.folder.casefold())
    ):
        return None
    hits: dict[int, Spans] = {}
    for group in watch.groups:
        matches = article.hits([number for number in group if number in candidates], fields, certain=certain)
        if not matches:
            return None
        hits.update(matches)
    excluded = [number for number in watch.none if number in candidates]
    if excluded and article.hits(excluded, fields, certain=certain):
        return None
    if watch.query:
        running = "text" in fields and not any(name in fields for name in TEXTS)
        if not query.node_matches(watch.query.root, article.reading(certain=certain, running=running), now):
            return None
        for number, field in watch.query_terms:
            if number in candidates and number not in hits:
                searched: Collection[str] = query.FIELDS[field].texts if field else _TEXTS
                searched = {"text" if running and name in TEXTS else name for name in searched}
                hits.update(article.hits([number], searched, certain=certain))
    return hits


_TEXTS = ("title", *TEXTS)
# The title is always visible, so a sentence from the text adds more.
_BEST_FIRST = ("body", "summary", "title", "author", "label", "url", *ASIDES)
_HITS_PER_TERM = 20


def _bare(node: Text | Regex) -> Item:
    return node.term if isinstance(node, Text) else Regex(node.pattern)
