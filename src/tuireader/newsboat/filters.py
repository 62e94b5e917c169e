"""Translate newsboat's filters into our expressions, where there is an equivalent.

Its `and` and `or` have the same precedence and associate to the left; each comparison tests one attribute.
One comparison without a counterpart makes the whole filter untranslatable, as a partial one would match other
articles.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from tuireader import query
from tuireader.newsboat.lexing import unescaped
from tuireader.newsboat.outcomes import No
from tuireader.text import clean


class Comparison(Struct, frozen=True):
    """`attribute operator value` of a filter."""

    attribute: str
    operator: str
    value: str


class Pair(Struct, frozen=True):
    """Two filters joined by `and` or `or`."""

    word: str
    left: Filter
    right: Filter


Filter = Comparison | Pair

_TOKEN = re.compile(
    r"""\s*(?:(?P<bracket>[()])
    | (?P<string>"(?:\\.|[^"\\])*")
    | (?P<operator>==|=~|!~|!=|<=|>=|=|<|>|!\#|\#)
    | (?P<range>-?[0-9]+:-?[0-9]+)
    | (?P<number>-?[0-9]+)
    | (?P<word>[A-Za-z_]+))""",
    re.VERBOSE | re.DOTALL,
)
_MAX_LENGTH = 10_000
_MAX_DEPTH = 20
_MAX_COMPARISONS = 100


def parse(text: str) -> Filter:
    """Parse a filter. Raises No on a syntax error."""
    if len(text) > _MAX_LENGTH:
        raise No(f"the filter is longer than {_MAX_LENGTH:,} characters")
    tokens: list[tuple[str, str]] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match or match.lastgroup is None:
            raise No(f"the filter cannot be read at {clean(text[at : at + 20])!r}")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    reader = _Reader(tokens)
    tree = reader.filter(0)
    if reader.at != len(tokens):
        raise No(f"the filter cannot be read at {clean(tokens[reader.at][1])!r}")
    return tree


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._comparisons = 0
        self.at = 0

    def _next(self) -> tuple[str, str]:
        if self.at == len(self._tokens):
            raise No("the filter ends too early")
        self.at += 1
        return self._tokens[self.at - 1]

    def filter(self, depth: int) -> Filter:
        left = self._one(depth)
        while self.at < len(self._tokens) and self._tokens[self.at][1] in ("and", "or"):
            word = self._next()[1]
            left = Pair(word, left, self._one(depth))
        return left

    def _one(self, depth: int) -> Filter:
        kind, value = self._next()
        if value == "(":
            if depth == _MAX_DEPTH:
                raise No(f"the filter has more than {_MAX_DEPTH} nested brackets")
            inner = self.filter(depth + 1)
            if self._next()[1] != ")":
                raise No("a bracket of the filter is not closed")
            return inner
        if kind != "word":
            raise No(f"the filter cannot be read at {clean(value)!r}")
        operator_kind, operator = self._next()
        if operator_kind != "operator" and operator != "between":
            raise No(f"the filter cannot be read at {clean(operator)!r}")
        value_kind, written = self._next()
        if value_kind not in ("string", "number", "range"):
            raise No(f"the filter cannot be read at {clean(written)!r}")
        if value_kind == "string":
            written = unescaped(written[1:-1])
        self._comparisons += 1
        if self._comparisons > _MAX_COMPARISONS:  # each adds a level to the tree
            raise No(f"the filter has more than {_MAX_COMPARISONS} comparisons")
        return Comparison(value, "=" if operator == "==" else operator, written)


class Tags(Struct, frozen=True):
    """All tags of feeds: those that became folders, and those that became labels."""

    folders: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()


NO_TAGS = Tags()


def translate(text: str, tags: Tags = NO_TAGS) -> str:
    """Translate a filter to an expression. Raises No."""
    expression = _written(parse(text), tags)
    checked = query.parse(expression)
    if isinstance(checked, query.QueryError):
        raise No(f"has no counterpart: {checked.message}")
    return expression


def _written(tree: Filter, tags: Tags) -> str:
    if isinstance(tree, Pair):
        left, right = _written(tree.left, tags), _written(tree.right, tags)
        if tree.word == "or":
            return f"{left} OR {right}"
        return " ".join(
            f"({text})" if isinstance(side, Pair) and side.word == "or" else text
            for side, text in ((tree.left, left), (tree.right, right))
        )
    return _comparison(tree, tags)


_TEXTS = {
    "title": "title",
    "content": "body",
    "author": "author",
    "link": "url",
    "feedtitle": "feed",
    "rssurl": "feed",
}
_NEVER = {
    "date": "the date as text; `after:` and `before:` test it",
    "guid": "the id of an article; `url:` tests its address",
    "articleindex": "positions in a list; lists can be sorted",
    "feedindex": "positions in a list; feeds are listed in the order of the configuration",
    "description": "the description of a feed; `feed:` tests its title and address",
    "feedlink": "the website of a feed; `feed:` tests its title and address",
    "feeddate": "the date of a feed; `latest_article_age:` tests that of its latest article",
}
_AGES = ("age", "latest_article_age")
_NUMBERS = (*_AGES, "unread_count", "total_count")


def _comparison(asked: Comparison, tags: Tags) -> str:
    name = asked.attribute
    if name in _TEXTS:
        return _text(_TEXTS[name], asked)
    if name in _NEVER:
        raise No(f"expressions cannot test {name}, {_NEVER[name]}")
    if name == "tags":
        return _tags(asked, tags)
    make: Callable[[Comparison], str] | None = {
        "unread": _unread,
        "flags": _flags,
        "enclosure_url": _enclosure,
        "enclosure_type": _enclosure,
        **dict.fromkeys(_NUMBERS, _compared),
    }.get(name)
    if make is None:
        raise No(f"the filter tests the unknown attribute {clean(name)!r}")
    return make(asked)


def _text(name: str, asked: Comparison) -> str:
    match asked.operator:
        case "=~" | "!~":
            pattern = pattern_of(asked.value)
        case "=" | "!=":
            pattern = rf"^(?-i:{_literal(asked.value)})$"
        case "#" | "!#":
            pattern = rf"(?<!\S)(?-i:{_literal(asked.value)})(?!\S)"
        case other:
            raise No(f"texts cannot be compared with {other}")
    expression = f"{name}:{as_regex(pattern)}" if pattern else f"{name}:/^$/"
    return f"NOT {expression}" if asked.operator.startswith("!") else expression


def pattern_of(posix: str) -> str:
    """Translate a case-insensitive POSIX extended regular expression into ours. Raises No."""
    pattern = posix.replace(r"\<", r"\b").replace(r"\>", r"\b")
    if any(character.isupper() for character in pattern):
        pattern = f"(?i){pattern}"
    if problem := query.regex_problem(pattern):
        raise No(problem)
    return pattern


def _literal(text: str) -> str:
    """Escape a text for a pattern; spaces stay unescaped, to keep it readable."""
    return re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", text)


def as_regex(pattern: str) -> str:
    """Write a pattern between slashes, with its own slashes escaped."""
    return "/" + pattern.replace("\\/", "/").replace("/", r"\/") + "/"


def _unread(asked: Comparison) -> str:
    if asked.operator not in ("=", "!=") or asked.value not in ("yes", "no"):
        raise No('unread is "yes" or "no"')
    return "is:unread" if (asked.value == "yes") == (asked.operator == "=") else "is:read"


def _compared(asked: Comparison) -> str:
    """Translate a comparison of numbers. newsboat counts whole days: age 3 is from 3 to just under 4 days."""
    name = asked.attribute
    low, high = _range(asked)
    if high is not None and high < 0:
        raise No("no article is that young" if name in _AGES else "nothing is counted below zero")
    at_least = f"{low}d" if name in _AGES else f"{low - 1}"
    parts = [f"{name}:>{at_least}"] if low > 0 else []
    parts += [f"{name}:<{high + 1}{'d' if name in _AGES else ''}"] if high is not None else []
    expression = " ".join(parts) or "(is:read OR is:unread)"
    return f"NOT ({expression})" if asked.operator == "!=" else expression


def _range(asked: Comparison) -> tuple[int, int | None]:
    if asked.operator == "between":
        first, colon, last = asked.value.partition(":")
        if not colon:
            raise No("between needs two numbers")
        low, high = sorted((_number(first), _number(last)))
        return low, high
    days = _number(asked.value)
    match asked.operator:
        case "<":
            return 0, days - 1
        case "<=":
            return 0, days
        case ">":
            return days + 1, None
        case ">=":
            return days, None
        case "=" | "!=":
            return days, days
    raise No(f"numbers cannot be compared with {asked.operator}")


def _number(written: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,6}", written):
        raise No("the value must be a number; ages are in days")
    return int(written)


def _flags(asked: Comparison) -> str:
    letters = asked.value
    if (asked.operator, letters) in {("!=", ""), ("=~", "."), ("=~", ".+"), ("!~", "^$")}:
        return "is:starred"
    if (asked.operator, letters) in {("=", ""), ("=~", "^$"), ("!~", "."), ("!~", ".+")}:
        return "-is:starred"
    listed = re.fullmatch(r"\[([A-Za-z]+)\]|[A-Za-z]+", letters)
    exact = asked.operator not in ("=~", "!~")  # patterns ignore case
    if not listed or (exact and listed[1]) or asked.operator in ("<", ">", "<=", ">=", "between"):
        raise No("only letters can be tested in flags")
    letters = listed[1] or letters
    labels = [
        as_regex(f"^(?-i:{flag_label(letter)})$") if exact else flag_label(letter.lower())
        for letter in letters
    ]
    expression = (" OR " if listed[1] else " ").join(f"label:{label}" for label in labels)
    if asked.operator in ("=", "!="):
        others = flag_label(f"[^{letters}]")
        expression += f" NOT label:{as_regex(f'^(?-i:{others})$')}"
    expression = f"({expression})" if " " in expression else expression
    return f"NOT {expression}" if asked.operator.startswith("!") else expression


_KIND = re.compile(r"\^?(audio|video|image)(?:/(?:\.\*)?)?")


def _enclosure(asked: Comparison) -> str:
    """Translate a test of files. Our field has the address in a line, then title and type in another."""
    if (asked.operator, asked.value) in {("=", ""), ("!=", "")}:
        return "has:enclosure" if asked.operator == "!=" else "-has:enclosure"
    kind = _KIND.fullmatch(asked.value)
    if kind and asked.attribute == "enclosure_type" and asked.operator in ("=~", "!~"):
        return f"has:{kind[1]}" if asked.operator == "=~" else f"-has:{kind[1]}"
    begin, end = ("^", r"(?=\n)") if asked.attribute == "enclosure_url" else (r"(?<!\S)", "$")
    match asked.operator:
        case "=~" | "!~":
            pattern = re.sub(r"^\^", lambda _: begin, pattern_of(asked.value))
            pattern = re.sub(r"(?<!\\)\$$", lambda _: end, pattern)
        case "=" | "!=":
            pattern = f"{begin}(?-i:{_literal(asked.value)}){end}"
        case other:
            raise No(f"texts cannot be compared with {other}")
    expression = f"enclosure:{as_regex(pattern)}"
    return f"NOT {expression}" if asked.operator.startswith("!") else expression


def flag_label(letter: str) -> str:
    """Return the label that stands for a flag: `flag-a`."""
    return f"flag-{letter}"


def _tags(asked: Comparison, tags: Tags) -> str:
    if asked.operator in ("=~", "!~"):
        pattern = as_regex(pattern_of(asked.value))
        expression = f"(folder:{pattern} OR label:{pattern})"
    elif asked.operator in ("#", "!#"):
        expression = tag_query(asked.value, tags)
    else:
        raise No("tags can only be tested with # and =~")
    return f"NOT {expression}" if asked.operator.startswith("!") else expression


@lru_cache(maxsize=4)
def _joined(tags: Tags) -> str:
    return "\n".join(tag.lower() for tag in tags.folders | tags.labels)


def tag_query(tag: str, tags: Tags = NO_TAGS) -> str:
    """Return an expression for the articles of feeds with a tag, which became their folder or label."""
    alike = _joined(tags).count(tag.lower()) > (tag in tags.folders | tags.labels)
    plain = not alike and re.fullmatch(r"\w+( \w+)*", tag) and tag not in query.OPERATORS
    value = query.quote(tag) if plain else as_regex(f"^(?-i:{_literal(tag)})$")
    known = {"folder": tags.folders, "label": tags.labels}
    parts = [f"{name}:{value}" for name in known if tag in known[name]]
    return parts[0] if len(parts) == 1 else f"(folder:{value} OR label:{value})"
