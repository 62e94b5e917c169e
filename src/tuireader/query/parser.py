"""Parse expressions into a tree, or an error with its position."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import product

from msgspec import Struct

from tuireader.lexicon import compile_term
from tuireader.model.fields import FIELDS, NAME_FIELDS, TEXT_FIELDS
from tuireader.query.regexes import regex_problem
from tuireader.query.tree import (
    NAMED_DAYS,
    NEAR,
    OPERATORS,
    UNITS,
    And,
    Dated,
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
    QueryError,
    Regex,
    Text,
    tied,
)
from tuireader.text.languages import LANGUAGES, language_code

_ALIASES = {"language": "lang"}
_MAX_LENGTH = 10_000
_MAX_DEPTH = 20
_MAX_NEAR = 1000


class Token(Struct, frozen=True):
    """A token of an expression: kind, value and position."""

    kind: str  # word phrase regex field name ( ) - AND OR NOT NEAR end
    value: str
    start: int
    end: int


class _ParseError(Exception):
    """End of parsing with an error, which `parse` turns into a QueryError."""

    def __init__(self, message: str, token: Token, hint: str = "") -> None:
        self.message, self.token, self.hint = message, token, hint


_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    | (?P<bracket>[()])
    | (?P<minus>-(?=\S))
    | (?P<phrase>["“”](?P<phrase_text>(?:\\.|[^"“”\\])*)["“”])
    | (?P<quote>["“”])
    | (?P<regex>/(?P<regex_text>(?:\\.|[^/\\])+)/(?=[\s)]|\Z))
    | (?P<slash>/)
    | (?P<field>(?P<name>[A-Za-z]{2,}(?:_[A-Za-z]+)*):(?!//)(?P<whole>=)?)
    | (?P<word>[^\s()"“”]+)""",
    re.VERBOSE | re.DOTALL,
)
_PROVABLE = "use words here: a match must be provable"
_LIKE = "it ranks what the other conditions find"
_LIKE_NEAR = re.compile(r"([A-Za-z]{4})/(\d+)")
_ESCAPED = re.compile(r'\\(["“”\\])')
_ESCAPED_SLASH = re.compile(r"(\\[^/])|\\/", re.DOTALL)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of an expression. Raises _ParseError, which `parse` reports."""
    position = 0
    while match := _TOKEN.match(text, position):
        kind, value, position = match.lastgroup or "", match[0], match.end()
        # `lastgroup` is the outermost group that matched last, never a named group inside it
        token = Token(kind, value, match.start(), position)
        if kind == "bracket" or kind == "minus":
            yield Token(value, value, token.start, token.end)
        elif kind == "phrase":
            yield Token(kind, _ESCAPED.sub(r"\1", match["phrase_text"]), token.start, token.end)
        elif kind == "regex":
            pattern = _ESCAPED_SLASH.sub(lambda escape: escape[1] or "/", match["regex_text"])
            yield Token(kind, pattern, token.start, token.end)
        elif kind == "field":
            yield _field_token(match["name"].lower(), token, is_name=bool(match["whole"]))
        elif kind == "word":
            yield _word_token(token)
        elif kind == "quote":
            raise _ParseError("the quotation mark is not closed", token, 'write a " at the end of the phrase')
        elif kind == "slash":
            raise _ParseError(
                "the regular expression is not closed", token, 'write a / at the end, or put "/…" in quotes'
            )
    yield Token("end", "", len(text), len(text))


def _field_token(name: str, token: Token, *, is_name: bool) -> Token:
    name = _ALIASES.get(name, name)
    if is_name and name in FIELDS and name not in NAME_FIELDS:
        others = ", ".join(f"{field}:=" for field in NAME_FIELDS)
        raise _ParseError(f"{name}: cannot be followed by =", token, f"whole names are written as {others}")
    if name in FIELDS:
        return Token("name" if is_name else "field", name, token.start, token.end)
    near = difflib.get_close_matches(name, FIELDS, 1, 0.5)
    hint = f"did you mean {near[0]}:?" if near else f"fields are {': '.join(FIELDS)}:"
    raise _ParseError(f"there is no field {token.value}", token, f"{hint}; put text with a colon in quotes")


def _word_token(token: Token) -> Token:
    if token.value in OPERATORS:
        return Token(token.value, str(NEAR), token.start, token.end)
    if token.value.startswith("NEAR/"):
        distance = token.value[5:]
        if not re.fullmatch("[0-9]{1,4}", distance) or int(distance) > _MAX_NEAR:
            raise _ParseError(f"NEAR/ needs a number of words up to {_MAX_NEAR}", token, "for example NEAR/8")
        return Token("NEAR", distance, token.start, token.end)
    if (match := _LIKE_NEAR.fullmatch(token.value)) and sorted(match[1].upper()) == sorted("NEAR"):
        hint = f"did you mean NEAR/{match[2]}? Put a word with a slash in quotes"
        raise _ParseError(f"there is no operator {token.value}", token, hint)
    return token


def parse(text: str, *, likes: bool = False) -> Query | QueryError:
    """Parse an expression; an empty one matches everything. Never raises.

    Only with `likes` it may have `like:`, as nobody could say why such an article is a match.
    """
    try:
        if len(text) > _MAX_LENGTH:
            beyond = Token("end", "", _MAX_LENGTH, len(text))
            raise _ParseError(f"longer than {_MAX_LENGTH:,} characters", beyond)
        parser = _Parser(list(tokens(text)))
        query = Query(parser.read(), text, parser.like.value if parser.like else "")
        if parser.like and not likes:
            raise _ParseError("like: only ranks the results of a search", parser.like, _PROVABLE)
        return query
    except _ParseError as error:
        start, end = error.token.start, error.token.end
        return QueryError(error.message, start, max(1, end - start), hint=error.hint, text=text)


class _Parser:
    """Recursive descent; `OR` binds loosest, then adjacency, then `NOT` and `-`, then `NEAR`."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self.like: Token | None = None  # no part of the tree, as it ranks what the tree matches

    def read(self) -> Node:
        if self._next.kind == "end":
            return And()
        node = self._either("")
        if self._next.kind == ")":
            raise _ParseError("there is no open bracket to close", self._next)
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _either(self, name: str) -> Node:
        before = self.like
        nodes = [self._all(name)]
        while self._next.kind == "OR":
            self._take()
            nodes.append(self._all(name))
        if len(nodes) > 1 and self.like is not before:
            raise _ParseError("like: cannot be combined by OR", self.like or self._next, _LIKE)
        return _merged(Or, nodes)

    def _all(self, name: str) -> Node:
        nodes = [self._unary(name)]
        while self._next.kind not in ("OR", ")", "end"):
            if self._next.kind == "AND":
                self._take()
            nodes.append(self._unary(name))
        return _merged(And, tied(nodes))

    def _unary(self, name: str) -> Node:
        negative, before = False, self.like
        while self._next.kind in ("NOT", "-"):
            self._take()
            negative = not negative
        node = self._near(name)
        if not negative:
            return node
        if self.like is not before:
            raise _ParseError("like: cannot be excluded", self.like or self._next, _LIKE)
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
                raise _ParseError("NEAR needs words of the same field on both sides", near)
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
        if token.kind == "name":
            value = self._take()
            if value.kind not in ("word", "phrase"):
                hint = f'for example {token.value}:="My name"'
                raise _ParseError(f"{token.value}:= needs a name", token, hint)
            return Name(token.value, value.value)
        if token.kind in ("word", "phrase"):
            if (term := compile_term(token.value)) is None:
                raise _ParseError("this contains nothing to search for", token)
            return Text(term, name)
        if token.kind == "regex":
            if problem := regex_problem(token.value):
                raise _ParseError(problem, token)
            return Regex(token.value, name)
        raise _ParseError(*_unexpected(token, self._tokens[self._at - 2] if self._at > 1 else None))

    def _group(self, name: str, opening: Token) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _ParseError(f"more than {_MAX_DEPTH} nested brackets", opening)
        node = self._either(name)
        if self._next.kind != ")":
            raise _ParseError("the bracket is not closed", opening, "write a ) at the end of the group")
        self._take()
        self._depth -= 1
        return node

    def _field(self, token: Token) -> Node:
        if token.value in TEXT_FIELDS:
            if self._next.kind not in ("word", "phrase", "regex", "("):
                raise _ParseError(f"{token.value}: needs a word", token, f"for example {token.value}:word")
            return self._primary(token.value)
        value = self._take()
        if value.kind not in ("word", "phrase"):
            raise _ParseError(f"{token.value}: needs a value", token, FIELDS[token.value].hint)
        if token.value == "like":
            if self.like or not value.value.strip():
                wrong = "can be used only once" if self.like else "needs a value"
                raise _ParseError(f"like: {wrong}", token, FIELDS["like"].hint)
            self.like = Token("like", value.value.strip(), token.start, token.end)
            return And()
        if FIELDS[token.value].number:
            return _number(token.value, value)
        return _VALUES[token.value](value)


def _unexpected(token: Token, before: Token | None) -> tuple[str, Token, str]:
    """Explain an unexpected token: message, position and hint."""
    if token.kind in OPERATORS:
        hint = f"to search for the word, write {token.kind.lower()}"
        return f"{token.kind} needs terms on both sides", token, hint
    if before is None or token.kind == "-":
        return "a search term is missing", token, ""
    if before.kind == "(":
        empty = token.kind == ")"
        return "the brackets are empty" if empty else "the bracket is not closed", before, ""
    name = before.kind if before.kind in OPERATORS else before.value
    return f"a search term is missing after {name}", before, ""


def _merged(kind: type[And] | type[Or], nodes: Sequence[Node]) -> Node:
    """Join nodes into one of `kind`, flattening nested ones of that kind; a single node stays as is."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, kind) else (node,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def _operands(node: Node, place: Token) -> tuple[Text, ...]:
    nodes = node.nodes if isinstance(node, Or) else (node,)
    texts = tuple(item for item in nodes if isinstance(item, Text))
    if len(texts) < len(nodes):
        raise _ParseError(
            "NEAR needs words or phrases on both sides", place, "for example fine NEAR/8 (regulator OR court)"
        )
    if len(texts) > 20:
        raise _ParseError("NEAR takes at most 20 alternatives", place)
    return texts


def _choice(field: str, token: Token) -> str:
    value = token.value.lower()
    if value in FIELDS[field].values:
        return value
    raise _unknown_value(field, token, FIELDS[field].values)


def _unknown_value(field: str, token: Token, values: Sequence[str]) -> _ParseError:
    near = difflib.get_close_matches(token.value.lower(), values, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else FIELDS[field].hint
    return _ParseError(f"there is no {field}:{token.value}", token, hint)


def _language(token: Token) -> Language:
    code = language_code(token.value)
    if not code:
        raise _unknown_value("lang", token, (*LANGUAGES, *LANGUAGES.values()))
    return Language(code)


_NUMBER = re.compile(r"([<>])(=?)([0-9]{1,6})([a-z]*)")


def _number(name: str, token: Token) -> Number:
    field = FIELDS[name]
    units = UNITS if field.ago else {"": 1, field.unit: 1}
    match = _NUMBER.fullmatch(token.value.lower())
    if not match or match[4] not in units:
        what = f"{name}: needs < or > and a number"
        if field.ago:
            is_unclear = match and match[4] == "m"
            what = "m could mean min or mo" if is_unclear else f"{name}: needs < or >, a number and a unit"
        raise _ParseError(what, token, field.hint)
    above, value = match[1] == ">", int(match[3]) * units[match[4]]
    if match[2] and not field.ago:  # "at least" and "at most"; nobody minds the second of an age
        value = max(0, value - 1) if above else value + 1
    return Number(name, above, value)


_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")


def _day(token: Token) -> date | str:
    if token.value.lower() in NAMED_DAYS or re.fullmatch("@[0-9]{1,11}", token.value):
        return token.value.lower()
    match = _DAY.fullmatch(token.value)
    try:
        if not match:
            raise ValueError
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise _ParseError("not a date", token, FIELDS["after"].hint) from None


_VALUES: dict[str, Callable[[Token], Node]] = {
    "is": lambda token: Is(_choice("is", token)),
    "has": lambda token: Has(_choice("has", token)),
    "lang": _language,
    "after": lambda token: Dated(False, _day(token)),
    "before": lambda token: Dated(True, _day(token)),
}
"""Makes a node of the value of a field that is not searched for words."""
FIELD_NAMES = (*FIELDS, *_ALIASES)
"""All words that can stand before a colon."""
