"""The expression language: text → tree → answer for one article, and what the full-text index can do of it.

The same text means the same in the search box, in filters, watches, mutes and on the command line:
words (all of them wanted), `"phrases"`, `OR`, `NOT` or `-`, `( )`, `NEAR/8`, `prefix*`, `/regex/`, the
fields `title: body: author: feed: folder: url: label: watch:`, `is:unread|read|starred|muted`, `age:<3d`,
`after:` and `before:` with a date. Operators are in capitals; `or` and `not` are words. Words and phrases
follow the rules of `terms`.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, product
from typing import TYPE_CHECKING

from tuireader.terms import Folded, Term, compile_term, fold, index_folded, words
from tuireader.text import cell_len

if TYPE_CHECKING:
    import regex

TEXT_FIELDS = ("title", "body", "author", "feed", "folder", "url", "label", "watch")
"""Fields that are looked for words in. `body` is the summary too; without a field it is title and body."""
STATES = ("unread", "read", "starred", "muted")
_OTHER_FIELDS = ("is", "age", "after", "before")
_INDEXED = {"": "{title body}", "title": "title", "body": "body", "author": "author"}

_MAX_LENGTH = 10_000
_MAX_DEPTH = 20
_MAX_NEAR = 1000
_NEAR = 10
_REGEX_SECONDS = 0.05
_UNITS = {"min": 60, "h": 3600, "d": 86_400, "w": 604_800, "mo": 2_592_000, "y": 31_536_000}


@dataclass(frozen=True, slots=True)
class Subject:
    """One article as expressions and watches see it. Texts are plain, one line a block."""

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


# --------------------------------------------------------------------------- the tree


@dataclass(frozen=True, slots=True)
class Text:
    """The term stands in the field; `""` is title, summary or body."""

    term: Term
    field: str = ""

    def __str__(self) -> str:
        return _in_field(self.field, _quoted(self.term.text))


@dataclass(frozen=True, slots=True)
class Near:
    """Both terms stand in one field with at most `distance` words between them, in either order."""

    left: Text
    right: Text
    distance: int = _NEAR

    def __str__(self) -> str:
        return f"{self.left} NEAR/{self.distance} {self.right}"


@dataclass(frozen=True, slots=True)
class Regex:
    """The pattern of the `regex` package is found in the field; case counts if the pattern has a capital."""

    pattern: str
    field: str = ""

    def __str__(self) -> str:
        pattern = self.pattern.replace("/", r"\/")
        return _in_field(self.field, f"/{pattern}/")


@dataclass(frozen=True, slots=True)
class Is:
    """The article is in one of `STATES`."""

    state: str

    def __str__(self) -> str:
        return f"is:{self.state}"


@dataclass(frozen=True, slots=True)
class Age:
    """The article is older (or else younger) than so many seconds."""

    older: bool
    seconds: int

    def __str__(self) -> str:
        unit = next(unit for unit in reversed(_UNITS) if not self.seconds % _UNITS[unit])
        return f"age:{'>' if self.older else '<'}{self.seconds // _UNITS[unit]}{unit}"


@dataclass(frozen=True, slots=True)
class After:
    """The article is from this day (UTC) or later."""

    day: date

    def __str__(self) -> str:
        return f"after:{self.day}"

    @property
    def time(self) -> int:
        """The first second that counts."""
        return _midnight(self.day)


@dataclass(frozen=True, slots=True)
class Before:
    """The article is from before this day (UTC)."""

    day: date

    def __str__(self) -> str:
        return f"before:{self.day}"

    @property
    def time(self) -> int:
        """The first second that counts no more."""
        return _midnight(self.day)


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match `node`."""

    node: Node

    def __str__(self) -> str:
        return f"NOT {_grouped(self.node)}"


@dataclass(frozen=True, slots=True)
class And:
    """All of `nodes` match; with none of them, everything does."""

    nodes: tuple[Node, ...] = ()

    def __str__(self) -> str:
        return " ".join(f"({node})" if isinstance(node, Or) else str(node) for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Or:
    """One of `nodes` matches."""

    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.nodes))


Node = Text | Near | Regex | Is | Age | After | Before | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """An expression that has been understood. `str` of it is an expression for the same tree."""

    root: Node
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return str(self.root)


@dataclass(frozen=True, slots=True)
class QueryError:
    """Why an expression is not understood: `text[position:position + length]` is the trouble."""

    message: str
    position: int
    length: int
    hint: str
    text: str

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def caret(self) -> str:
        """The expression with a mark below the place, the message after it, and the hint below."""
        first = max(0, self.position - 40)
        line = "".join(char if char.isprintable() else " " for char in self.text[first : self.position + 30])
        before = "…" * (first > 0) + line[: self.position - first]
        after = line[self.position - first :]
        width = max(1, cell_len(after[: self.length]))
        picture = f"{before}{after}\n{' ' * cell_len(before)}{'^' * width} {self.message}"
        return f"{picture}\n{self.hint}" if self.hint else picture


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _in_field(name: str, text: str) -> str:
    return f"{name}:{text}" if name else text


_BARE = re.compile(r"[^\W_](?:[\w.+#&*'-]*[\w+#*])?")
_TO_ESCAPE = re.compile(r'(["“”\\])')
_OPERATORS = ("AND", "OR", "NOT", "NEAR")


def _quoted(text: str) -> str:
    if _BARE.fullmatch(text) and text not in _OPERATORS:
        return text
    return '"' + _TO_ESCAPE.sub(r"\\\1", text) + '"'


def _grouped(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or | Near) else str(node)


# --------------------------------------------------------------------------- reading an expression


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # word phrase regex field ( ) - AND OR NOT NEAR end
    value: str
    start: int
    end: int


class _Fault(Exception):
    """Ends the reading; carries a QueryError to `parse`."""

    def __init__(self, message: str, token: _Token, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.token, self.hint = message, token, hint


_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    | (?P<bracket>[()])
    | (?P<minus>-(?=\S))
    | (?P<phrase>["“”](?P<phrase_text>(?:\\.|[^"“”\\])*)["“”])
    | (?P<quote>["“”])
    | (?P<regex>/(?P<regex_text>(?:\\.|[^/\\])+)/(?=[\s)]|\Z))
    | (?P<slash>/)
    | (?P<field>(?P<name>[A-Za-z]{2,}):(?!//))
    | (?P<word>[^\s()"“”]+)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r'\\(["“”\\])')
_ESCAPED_SLASH = re.compile(r"(\\[^/])|\\/", re.DOTALL)


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while match := _TOKEN.match(text, position):
        kind, value, position = match.lastgroup or "", match[0], match.end()
        # `lastgroup` is the outermost group that matched last; inner groups have names of their own.
        token = _Token(kind, value, match.start(), position)
        if kind == "bracket" or kind == "minus":
            yield _Token(value, value, token.start, token.end)
        elif kind == "phrase":
            yield _Token(kind, _ESCAPED.sub(r"\1", match["phrase_text"]), token.start, token.end)
        elif kind == "regex":
            yield _Token(
                kind, _ESCAPED_SLASH.sub(_unescape_slash, match["regex_text"]), token.start, token.end
            )
        elif kind == "field":
            yield _field_token(match["name"].lower(), token)
        elif kind == "word":
            yield _word_token(token)
        elif kind == "quote":
            raise _Fault("the quotation mark is not closed", token, 'write a " at the end of the phrase')
        elif kind == "slash":
            raise _Fault(
                "the regular expression is not closed",
                token,
                'write a / at its end, or "/…" in quotation marks',
            )
    yield _Token("end", "", len(text), len(text))


def _unescape_slash(match: re.Match[str]) -> str:
    return match[1] or "/"


def _field_token(name: str, token: _Token) -> _Token:
    known = (*TEXT_FIELDS, *_OTHER_FIELDS)
    if name in known:
        return _Token("field", name, token.start, token.end)
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]}:?" if near else f"fields are {': '.join(known)}:"
    raise _Fault(
        f"there is no field {token.value}", token, f"{hint}; put text with a colon in quotation marks"
    )


def _word_token(token: _Token) -> _Token:
    if token.value in _OPERATORS:
        return _Token(token.value, str(_NEAR), token.start, token.end)
    if token.value.startswith("NEAR/"):
        distance = token.value[5:]
        if not (
            distance.isascii() and distance.isdigit() and len(distance) <= 4 and int(distance) <= _MAX_NEAR
        ):
            raise _Fault(f"NEAR/ needs a number of words up to {_MAX_NEAR}", token, "for example NEAR/8")
        return _Token("NEAR", distance, token.start, token.end)
    return token


def parse(text: str) -> Query | QueryError:
    """Read an expression; an empty one matches everything. Never raises."""
    try:
        if len(text) > _MAX_LENGTH:
            raise _Fault(f"longer than {_MAX_LENGTH:,} characters", _Token("end", "", _MAX_LENGTH, len(text)))
        return Query(_Parser(list(_tokens(text))).read(), text)
    except _Fault as fault:
        start, end = fault.token.start, fault.token.end
        return QueryError(fault.message, start, max(1, end - start), fault.hint, text)


class _Parser:
    """Recursive descent; `OR` binds least, then neighbours, then `NOT` and `-`, then `NEAR`."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def read(self) -> Node:
        if self._next.kind == "end":
            return And()
        node = self._either("")
        if self._next.kind == ")":
            raise _Fault("no bracket is open here", self._next)
        return node

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _either(self, name: str) -> Node:
        nodes = [self._all(name)]
        while self._next.kind == "OR":
            self._take()
            nodes.append(self._all(name))
        return _merged(Or, nodes)

    def _all(self, name: str) -> Node:
        nodes = [self._unary(name)]
        while self._next.kind not in ("OR", ")", "end"):
            if self._next.kind == "AND":
                self._take()
            nodes.append(self._unary(name))
        return _merged(And, nodes)

    def _unary(self, name: str) -> Node:
        negative = False
        while self._next.kind in ("NOT", "-"):
            self._take()
            negative = not negative
        node = self._near(name)
        if not negative:
            return node
        return node.node if isinstance(node, Not) else Not(node)

    def _near(self, name: str) -> Node:
        start = self._next
        node = self._primary(name)
        pairs: list[Node] = []
        while self._next.kind == "NEAR":
            near = self._take()
            follower = self._next
            right = self._primary(name)
            lefts, rights = _operands(node, start), _operands(right, follower)
            if {text.field for text in (*lefts, *rights)} - {lefts[0].field}:
                raise _Fault("NEAR needs words of the same field on both sides", near)
            distance = int(near.value)
            pairs.append(_merged(Or, [Near(left, right, distance) for left, right in product(lefts, rights)]))
            node, start = right, follower
        return _merged(And, pairs) if pairs else node

    def _primary(self, name: str) -> Node:
        token = self._take()
        if token.kind == "(":
            return self._group(name, token)
        if token.kind == "field":
            return self._field(token)
        if token.kind in ("word", "phrase"):
            return Text(_term(token), name)
        if token.kind == "regex":
            return _regex(token, name)
        raise _Fault(*_unexpected(token, self._tokens[self._at - 2] if self._at > 1 else None))

    def _group(self, name: str, opening: _Token) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _Fault(f"more than {_MAX_DEPTH} brackets in one another", opening)
        node = self._either(name)
        if self._next.kind != ")":
            raise _Fault("the bracket is not closed", opening, "write a ) where the group ends")
        self._take()
        self._depth -= 1
        return node

    def _field(self, token: _Token) -> Node:
        if token.value in TEXT_FIELDS:
            if self._next.kind not in ("word", "phrase", "regex", "("):
                raise _Fault(f"{token.value}: needs a word", token, f"for example {token.value}:word")
            return self._primary(token.value)
        value = self._take()
        if value.kind not in ("word", "phrase"):
            raise _Fault(f"{token.value}: needs a value", token, _EXAMPLES[token.value])
        return _VALUES[token.value](value)


def _unexpected(token: _Token, before: _Token | None) -> tuple[str, _Token, str]:
    """Message, place and hint for a token that cannot stand where it is."""
    if token.kind in _OPERATORS:
        return (
            f"{token.kind} needs something on both sides",
            token,
            f"to look for the word write {token.kind.lower()}",
        )
    if before is None or token.kind == "-":
        return "something to look for is missing", token, ""
    if before.kind == "(":
        empty = token.kind == ")"
        return "there is nothing between the brackets" if empty else "the bracket is not closed", before, ""
    name = before.kind if before.kind in _OPERATORS else before.value
    return f"after {name} something to look for is missing", before, ""


def _merged(kind: type[And] | type[Or], nodes: Sequence[Node]) -> Node:
    """One node of `kind`, with the members of equal nodes taken in; a single node stays itself."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, kind) else (node,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def _operands(node: Node, place: _Token) -> tuple[Text, ...]:
    nodes = node.nodes if isinstance(node, Or) else (node,)
    texts = tuple(item for item in nodes if isinstance(item, Text))
    if len(texts) < len(nodes):
        raise _Fault(
            "NEAR stands between words or phrases", place, "for example fine NEAR/8 (regulator OR court)"
        )
    if len(texts) > 20:
        raise _Fault("NEAR takes at most 20 alternatives", place)
    return texts


def _term(token: _Token) -> Term:
    term = compile_term(token.value)
    if term is None:
        raise _Fault("there is nothing to look for in this", token)
    return term


def _regex(token: _Token, name: str) -> Regex:
    problem = regex_problem(token.value)
    if problem:
        raise _Fault(problem, token)
    return Regex(token.value, name)


def _state(token: _Token) -> Is:
    state = token.value.lower()
    if state in STATES:
        return Is(state)
    near = difflib.get_close_matches(state, STATES, 1, 0.5)
    raise _Fault(
        f"there is no is:{token.value}", token, f"did you mean {near[0]}?" if near else _EXAMPLES["is"]
    )


_AGE = re.compile(r"([<>])=?([0-9]{1,6})(min|h|d|w|mo|m|y)")


def _age(token: _Token) -> Age:
    match = _AGE.fullmatch(token.value.lower())
    if not match or match[3] == "m":
        what = "m can be min or mo" if match else "age: needs < or >, a number and a unit"
        raise _Fault(what, token, _EXAMPLES["age"])
    return Age(match[1] == ">", int(match[2]) * _UNITS[match[3]])


_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")


def _day(token: _Token) -> date:
    match = _DAY.fullmatch(token.value)
    try:
        if not match:
            raise ValueError
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise _Fault("this is no date", token, _EXAMPLES["after"]) from None


_EXAMPLES = {
    "is": f"is: takes {', '.join(STATES)}",
    "age": "for example age:<3d or age:>2w; units are min, h, d, w, mo and y",
    "after": "for example after:2026-11-01",
    "before": "for example before:2026-11-01",
}
_VALUES: dict[str, Callable[[_Token], Node]] = {
    "is": _state,
    "age": _age,
    "after": lambda token: After(_day(token)),
    "before": lambda token: Before(_day(token)),
}


# --------------------------------------------------------------------------- regular expressions


class SlowRegex(Exception):
    """A regular expression took longer than it may on one text. `pattern` names it."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"/{pattern}/ takes too long")
        self.pattern = pattern


def regex_problem(pattern: str) -> str:
    """Why a pattern is no regular expression, or `""`."""
    try:
        _compiled(pattern)
    except (
        Exception
    ) as error:  # the package raises its own error, and OverflowError, RecursionError and others
        return f"the regular expression is wrong: {error}"
    return ""


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> regex.Pattern[str]:
    import regex

    letters = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
    return regex.compile(pattern, 0 if letters != letters.lower() else regex.IGNORECASE)


def regex_spans(pattern: str, text: str) -> list[tuple[int, int]]:
    """All places that are not empty. Raises SlowRegex."""
    try:
        found = _compiled(pattern).finditer(text, timeout=_REGEX_SECONDS)
        return [match.span() for match in found if match.end() > match.start()]
    except TimeoutError:
        raise SlowRegex(pattern) from None


# --------------------------------------------------------------------------- asking one article

_Spans = Sequence[tuple[int, int]]


class Reading:
    """An article made ready for many questions: each text is folded at most once."""

    __slots__ = ("_folded", "subject")

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._folded: dict[str, Folded] = {}

    def folded(self, text: str) -> Folded:
        """`text` in the views of `terms`."""
        if text not in self._folded:
            self._folded[text] = Folded(text)
        return self._folded[text]

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a field; `""` is title, summary and body."""
        subject = self.subject
        if name == "":
            return subject.title, subject.summary, subject.body
        if name == "body":
            return subject.summary, subject.body
        if name == "label":
            return subject.labels
        if name == "watch":
            return subject.watches
        if name == "feed":
            return subject.feed, subject.feed_url
        return (str(getattr(subject, name)),)


def matches(query: Query, subject: Subject | Reading, now: int) -> bool:
    """Whether an article matches; `now` is for `age:`. A slow regular expression does not match."""
    try:
        return holds(query.root, subject if isinstance(subject, Reading) else Reading(subject), now)
    except SlowRegex:
        return False


def holds(node: Node, reading: Reading, now: int) -> bool:
    """Whether a node matches. Raises SlowRegex."""
    match node:
        case And(nodes):
            return all(holds(child, reading, now) for child in nodes)
        case Or(nodes):
            return any(holds(child, reading, now) for child in nodes)
        case Not(child):
            return not holds(child, reading, now)
        case Text() | Regex():
            return any(value_matches(node, text, reading) for text in reading.texts(node.field) if text)
        case Near(left, right, distance):
            folded = map(reading.folded, reading.texts(left.field))
            return any(_are_near(left.term, right.term, distance, text) for text in folded)
        case Is(state):
            subject = reading.subject
            return not subject.read if state == "unread" else bool(getattr(subject, state))
        case Age(older, seconds):
            age = now - reading.subject.time
            return age > seconds if older else age < seconds
        case After():
            return reading.subject.time >= node.time
    return reading.subject.time < node.time


def value_matches(node: Text | Regex, value: str, reading: Reading | None = None) -> bool:
    """Whether one value of the node's field (a title, a feed's name, a label, …) is what the node asks for.

    Addresses are searched for the typed characters in any case; a watch has to have just this name unless
    there is a `*`; all else is searched for the term. Raises SlowRegex.
    """
    if isinstance(node, Regex):
        return bool(regex_spans(node.pattern, value))
    term = node.term
    if node.field == "url" or (node.field == "feed" and value.startswith(("http://", "https://"))):
        return term.text.strip("*").lower() in value.lower()
    if node.field == "watch" and "*" not in term.text:
        return fold(term.text) == fold(value)
    return term.is_in(reading.folded(value) if reading else Folded(value))


def _are_near(left: Term, right: Term, distance: int, folded: Folded) -> bool:
    first, second = left.spans(folded), right.spans(folded)
    gaps = chain(_gaps(first, second), _gaps(second, first))
    return any(_words_between(folded.lower, start, end) <= distance for start, end in gaps)


def _gaps(before: _Spans, after: _Spans) -> Iterator[tuple[int, int]]:
    """The stretches between a span of `before` and the next one of `after`, where no other is in between.

    They do not overlap, so that counting words in all of them is linear even in a hostile text.
    """
    ends = [end for _, end in before]
    last = 0
    for start, _ in after:
        place = bisect_right(ends, start)
        if place > last:
            yield ends[place - 1], start
            last = place


def _words_between(lower: str, start: int, end: int) -> int:
    return len(words(index_folded(lower[start:end])))


def spans(query: Query, text: str, name: str = "") -> list[tuple[int, int]]:
    """Where in a text of the field `name` (`""`: any of title and body) stand terms that the query asks for.

    Sorted, not overlapping; slow regular expressions are left out.
    """
    folded = Folded(text)
    found: list[tuple[int, int]] = []
    for node in wanted(query.root):
        if node.field not in ("", name) and name:
            continue
        if isinstance(node, Text):
            found.extend(node.term.find(folded))
        else:
            try:
                found.extend(regex_spans(node.pattern, text))
            except SlowRegex:
                continue
    return merge_spans(found)


def merge_spans(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def wanted(node: Node) -> Iterator[Text | Regex]:
    """The terms and patterns of title and body that an article can match by."""
    match node:
        case And(nodes) | Or(nodes):
            for child in nodes:
                yield from wanted(child)
        case Near(left, right):
            yield left
            yield right
        case Text() | Regex():
            if node.field in ("", "title", "body"):
                yield node
        case _:
            return


def leaves(node: Node) -> Iterator[Text | Near | Regex | Is | Age | After | Before]:
    """All the single questions of an expression."""
    match node:
        case And(nodes) | Or(nodes):
            for child in nodes:
                yield from leaves(child)
        case Not(child):
            yield from leaves(child)
        case _:
            yield node


def asks(node: Node, state: str) -> bool:
    """Whether `is:state` stands anywhere in an expression."""
    return any(isinstance(leaf, Is) and leaf.state == state for leaf in leaves(node))


def needles(node: Node) -> tuple[Term, ...] | None:
    """Terms of which one at least stands in the text of whatever matches; None if there are none."""
    match node:
        case Text(term, field) if field in ("", "title", "body"):
            return (term,)
        case Near(left):
            return needles(left)
        case And(nodes):
            choices = [terms for terms in map(needles, nodes) if terms]
            return min(choices, key=len, default=None)
        case Or(nodes):
            parts = [needles(child) for child in nodes]
            return None if None in parts else tuple(term for part in parts for term in part or ())
        case _:
            return None


# --------------------------------------------------------------------------- asking the full-text index


@dataclass(frozen=True, slots=True)
class Plan:
    """How a store can find what matches without looking at every article.

    All that matches is hit by the FTS5 expression `fts` (if there is one) over the columns title, body
    (summary and body) and author, fed with `index_text`, and meets all `facts`, which do not ask for text.
    If `exact`, that is just what matches; else `matches` has the last word.
    """

    fts: str | None
    facts: tuple[Node, ...]
    exact: bool


def plan(query: Query) -> Plan:
    """Split a query into what the full-text index, the other columns and `matches` have to decide."""
    nodes = query.root.nodes if isinstance(query.root, And) else (query.root,)
    facts = tuple(node for node in nodes if _is_fact(node))
    rest = tuple(node for node in nodes if not _is_fact(node))
    expression, exact = fts(And(rest))
    return Plan(expression, facts, exact or not rest)


def _is_fact(node: Node) -> bool:
    match node:
        case And(nodes) | Or(nodes):
            return all(map(_is_fact, nodes))
        case Not(child):
            return _is_fact(child)
        case Text(field=name) | Regex(field=name):
            return name not in _INDEXED
        case Near():
            return False
        case _:
            return True


def fts(node: Node) -> tuple[str | None, bool]:
    """An FTS5 expression that hits all that `node` matches, or None, and whether it hits nothing else."""
    match node:
        case Text(term, name) if name in _INDEXED and term.fts:
            return f"{_INDEXED[name]} : ({term.fts})", term.simple
        case Near(left, right, distance) if left.field in _INDEXED:
            return _fts_near(left, right, distance), False
        case And(nodes):
            return _fts_all(nodes)
        case Or(nodes):
            parts = [fts(child) for child in nodes]
            if any(expression is None for expression, _ in parts):
                return None, False
            return " OR ".join(f"({expression})" for expression, _ in parts), all(exact for _, exact in parts)
        case _:
            return None, False


def _fts_all(nodes: Sequence[Node]) -> tuple[str | None, bool]:
    hits: list[str] = []
    exact = True
    without: list[str] = []
    for node in nodes:
        negative = isinstance(node, Not)
        expression, sure = fts(node.node if isinstance(node, Not) else node)
        exact = exact and sure and expression is not None
        if expression and not negative:
            hits.append(f"({expression})")
        elif expression and sure:
            without.append(f"({expression})")
    if not hits:
        return None, False
    expression = " AND ".join(hits)
    if without:
        expression = f"({expression}) NOT ({' OR '.join(without)})"
    return expression, exact


def _fts_near(left: Text, right: Text, distance: int) -> str | None:
    """Both terms next to each other as far as the index can tell, else both terms anywhere."""
    sides = [fts(left)[0], fts(right)[0]]
    runs = [text.term.runs for text in (left, right)]
    if all(len(run) == 1 and not run[0].prefix for run in runs):
        (first,), (second,) = runs
        pairs = product(_phrases(first.words, first.last), _phrases(second.words, second.last))
        near = " OR ".join(f"NEAR({one} {other}, {distance})" for one, other in pairs)
        return f"{_INDEXED[left.field]} : ({near})"
    return " AND ".join(f"({side})" for side in sides if side) or None


def _phrases(before: Sequence[str], last: Sequence[str]) -> list[str]:
    return [f'"{" ".join((*before, word))}"' for word in last]
