"""Evaluate an expression for one article in memory, and find its terms in a text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain

from msgspec import Struct

from tuireader.lexicon import Folded, Term, fold, index_folded, words
from tuireader.model import CaseState, Enclosure
from tuireader.model.fields import CASE_STATES, FIELDS, STATES
from tuireader.query.regexes import SlowRegex, is_disabled, regex_spans
from tuireader.query.tree import (
    And,
    Has,
    Is,
    Language,
    Name,
    Near,
    Node,
    Not,
    Number,
    Or,
    Query,
    Regex,
    Text,
    leaves,
    naming_watches,
    positive_terms,
    start_of_day,
)
from tuireader.text import reading_minutes


class Subject(Struct, frozen=True):
    """The fields of an article that expressions and watches can test. Texts are plain, one line per block.

    `labels` includes the feed's tags, `given` only the labels given by the user. `more` holds the versions
    of other feeds: a condition is true if any of them meets it. If the `language` is None, the texts tell it.
    `cases` are those of its matches: watch, state and note; `ids` the identifiers that they logged. The
    counts and the `latest` time are those of its feed, 0 if they are not known.
    """

    title: str = ""
    summary: str = ""
    body: str = ""
    author: str = ""
    url: str = ""
    feed: str = ""
    feed_url: str = ""
    folder: str = ""
    labels: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()
    read: bool = False
    starred: bool = False
    muted: bool = False
    time: int = 0
    given: tuple[str, ...] = ()
    subscribed: bool = True
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    cases: tuple[tuple[str, CaseState, str], ...] = ()
    ids: tuple[str, ...] = ()
    unread_count: int = 0
    total_count: int = 0
    latest: int = 0
    more: tuple[Subject, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Addresses, titles and types of the enclosures, one text for each."""
        return tuple(f"{file.url}\n{file.title} {file.type}" for file in self.enclosures)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on its matches."""
        return tuple(note for _, _, note in self.cases)

    @property
    def reading_time(self) -> int:
        """Minutes to read the body, counted as those that are stored."""
        return reading_minutes(self.body)


_Spans = Sequence[tuple[int, int]]


class FoldedArticle:
    """An article prepared for many evaluations: each text is folded at most once.

    With `certain`, terms across Chinese word boundaries are not found.
    """

    __slots__ = ("_folded", "certain", "subject")

    def __init__(self, subject: Subject, *, certain: bool = False) -> None:
        self.subject = subject
        self.certain = certain
        self._folded: dict[str, Folded] = {}

    def folded(self, text: str) -> Folded:
        if text not in self._folded:
            self._folded[text] = Folded(text)
        return self._folded[text]

    def spans(self, term: Term, text: str) -> _Spans:
        folded = self.folded(text)
        return term.certain_spans(folded) if self.certain else term.spans(folded)

    @property
    def language(self) -> str:
        """The language of the article, from its texts if it is not stored yet."""
        from tuireader.lexicon.language import language  # few expressions need its tables

        subject = self.subject
        if subject.language is not None:
            return subject.language
        return language("\n".join(filter(None, (subject.title, subject.summary, subject.body))))

    def texts(self, field: str) -> Sequence[str]:
        """Return the texts of a field; `""` stands for title, summary and body."""
        attributes = FIELDS[field].texts if field else ("title", "summary", "body")
        texts: list[str] = []
        for subject in (self.subject, *self.subject.more):
            for attribute in attributes:
                value = getattr(subject, attribute)
                texts += (value,) if isinstance(value, str) else value
        return texts


def matches(query: Query, subject: Subject | FoldedArticle, now: int) -> bool:
    """Return whether an article matches; `now` is for `age:`. A slow regular expression does not match."""
    try:
        reading = subject if isinstance(subject, FoldedArticle) else FoldedArticle(subject)
        return node_matches(query.root, reading, now)
    except SlowRegex:
        return False


def disabled_reason(query: Query) -> str:
    """Explain why an expression is disabled (a regular expression is too slow); `""` if it is not."""
    for node in leaves(query.root):
        if isinstance(node, Regex) and is_disabled(node.pattern):
            return f"{SlowRegex(node.pattern)} on many articles; simplify it"
    return ""


def node_matches(node: Node, reading: FoldedArticle, now: int) -> bool:
    """Return whether a node matches. Raises SlowRegex."""
    match node:
        case And(nodes):
            return all(node_matches(child, reading, now) for child in nodes)
        case Or(nodes):
            return any(node_matches(child, reading, now) for child in nodes)
        case Not(child):
            return not node_matches(child, reading, now)
        case Text() | Regex():
            return any(value_matches(node, text, reading) for text in reading.texts(node.field) if text)
        case Near():
            return any(_are_near(node, reading, text) for text in reading.texts(node.left.field))
        case Is("today"):
            return reading.subject.time >= start_of_day(now)
        case Is(state, named) if state in CASE_STATES:
            return any(
                value in CASE_STATES[state] and all(named_by(node, watch) for node in named)
                for watch, value, _ in reading.subject.cases
            )
        case Is(state):
            attribute, value = STATES[state]
            return bool(getattr(reading.subject, attribute)) is value
        case Has(what):
            files = reading.subject.enclosures
            return bool(files) if what == "enclosure" else any(file.kind == what for file in files)
        case Language(code):
            return reading.language == code
        case Name():
            names = reading.subject.given if node.field == "label" else reading.texts(node.field)
            return any(is_name(node, value) for value in names)
        case Number():
            return _compare(node, reading.subject, now)
    return (reading.subject.time < node.time(now)) == node.before


def _compare(node: Number, subject: Subject, now: int) -> bool:
    field = FIELDS[node.field]
    number: int = getattr(subject, field.number)
    if not (subject.total_count if field.of_feed else field.ago or number):
        return False  # not known
    if field.ago:
        number = now - number
    return number > node.value if node.above else number < node.value


def named_by(node: Text | Name | Regex, value: str) -> bool:
    """Return whether a value fits a name, or else a term or pattern. Raises SlowRegex."""
    return is_name(node, value) if isinstance(node, Name) else value_matches(node, value)


def named_watches(root: Node, names: Sequence[str]) -> list[str] | None:
    """Return those of some watches that an expression names; None if it names none. Raises SlowRegex."""
    named = naming_watches(root.nodes if isinstance(root, And) else (root,))
    return [name for name in names if all(named_by(node, name) for node in named)] if named else None


def is_name(node: Name, value: str) -> bool:
    """Compare a value with the node's name, ignoring case except for flags from newsboat."""
    if value == node.name or not value:
        return bool(value)
    flags = node.field == "label" and value.startswith("flag-")
    return not flags and fold(value) == fold(node.name)


def value_matches(node: Text | Regex, value: str, reading: FoldedArticle | None = None) -> bool:
    """Match one value of the node's field: a title, a feed's name, a label, … Raises SlowRegex.

    In addresses and enclosures, the typed characters are searched for in any case. Names of watches must be
    equal, unless the term has a `*`, and identifiers, unless it ends with one. Everything else is searched
    for the term.
    """
    if isinstance(node, Regex):
        return bool(regex_spans(node.pattern, value))
    term = node.term
    if node.field in ("url", "enclosure") or (
        node.field == "feed" and value.startswith(("http://", "https://"))
    ):
        return term.text.strip("*").lower() in value.lower()
    if node.field == "watch" and "*" not in term.text:
        return fold(term.text) == fold(value)
    if node.field == "id":
        wanted, name = term.text.casefold(), value.casefold()
        return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted
    return bool(reading.spans(term, value) if reading else term.spans(Folded(value)))


def _are_near(node: Near, reading: FoldedArticle, text: str) -> bool:
    lower = reading.folded(text).lower
    first, second = reading.spans(node.left.term, text), reading.spans(node.right.term, text)
    gaps = chain(_gaps(first, second), _gaps(second, first))
    return any(len(words(index_folded(lower[start:end]))) <= node.distance for start, end in gaps)


def _gaps(before: _Spans, after: _Spans) -> Iterator[tuple[int, int]]:
    """Yield the gaps between a span of `before` and the next span of `after`, with no other span in between.

    They do not overlap, so counting the words in all of them takes linear time even in a hostile text.
    """
    ends = [end for _, end in before]
    last = 0
    for start, _ in after:
        place = bisect_right(ends, start)
        if place > last:
            yield ends[place - 1], start
            last = place


def spans(query: Query, text: str, name: str = "") -> list[tuple[int, int]]:
    """Find a query's terms in a text of the field `name` (`""`: title or body).

    The spans are sorted and do not overlap; slow regular expressions are left out.
    """
    folded = Folded(text)
    hits: list[tuple[int, int]] = []
    for node in positive_terms(query.root):
        if node.field not in ("", name) and name:
            continue
        if isinstance(node, Text):
            hits.extend(node.term.find(folded))
        else:
            with suppress(SlowRegex):
                hits.extend(regex_spans(node.pattern, text))
    return merge_spans(hits)


def merge_spans(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort spans, merging those that touch or overlap."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
