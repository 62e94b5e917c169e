"""Locate tables and keys in TOML text, as tomllib does not report positions.

TOML text is a sequence of statements of one line, or several for a long string or list. For valid TOML the
result is exact; invalid TOML yields the recognisable statements, which is enough to report line numbers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct


class StatementKind(Enum):
    """Kinds of statement: `[[feeds]]`, `[fetch]`, `key = value`, `# comment` and empty lines."""

    ARRAY = "array"
    TABLE = "table"
    PAIR = "pair"
    COMMENT = "comment"
    BLANK = "blank"


class Statement(Struct, frozen=True):
    """One statement: `text[start:end]` including its line end; `number` is its first line, counted from 1.

    `name` is the table or key without quotes (`feeds`, `fetch.interval`). `text[value:stop]` is the value of
    a pair, without the comment after it.
    """

    kind: StatementKind
    start: int
    end: int
    number: int
    name: str = ""
    value: int = 0
    stop: int = 0


_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # strings first, since they may contain brackets and #
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*|[\[\]{}=\n]",
    re.DOTALL,
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""", re.ASCII)


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a text in order, without gaps between them. Never raises."""
    start, number = 0, 1
    if text.startswith("\ufeff"):  # a byte order mark
        yield Statement(StatementKind.BLANK, 0, 1, 1)
        start = 1
    while start < len(text):
        end, equals, comment = _extent(text, start)
        yield _statement(text, start, end, number, equals, comment)
        number += text.count("\n", start, end)
        start = end


def _extent(text: str, start: int) -> tuple[int, int | None, int | None]:
    """Find the end of a statement, its first `=` and its last comment, as positions in the text."""
    depth, equals, comment = 0, None, None
    for token in _TOKEN.finditer(text, start):
        match text[token.start()]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "=" if equals is None:
                equals = token.start()
            case "#":
                comment = token.start()
            case "\n":
                if depth <= 0:
                    return token.end(), equals, comment
                comment = None  # the comment is inside a list
    return len(text), equals, comment


def _statement(
    text: str, start: int, end: int, number: int, equals: int | None, comment: int | None
) -> Statement:
    source = text[start:end].strip()
    if not source:
        return Statement(StatementKind.BLANK, start, end, number)
    if source.startswith("#"):
        return Statement(StatementKind.COMMENT, start, end, number)
    stop = end if comment is None else comment
    if source.startswith("["):
        kind = StatementKind.ARRAY if source.startswith("[[") else StatementKind.TABLE
        return Statement(kind, start, end, number, name=_name(text[start:stop]))
    if equals is None or equals > stop:
        return Statement(StatementKind.PAIR, start, end, number, value=start, stop=stop)
    name, written = _name(text[start:equals]), text[equals + 1 : stop]
    value, stop = stop - len(written.lstrip()), start + len(text[start:stop].rstrip())
    return Statement(StatementKind.PAIR, start, end, number, name=name, value=value, stop=stop)


def _name(written: str) -> str:
    return ".".join(_bare(part) for part in _PART.findall(written))


def _bare(part: str) -> str:
    if part[0] == "'":
        return part[1:-1]
    if part[0] == '"':
        try:
            return str(tomllib.loads(f"x = {part}")["x"])
        except tomllib.TOMLDecodeError:
            return part[1:-1]
    return part


def key_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield the path of every table and key with its line: `watch[2].query`, counted from 1."""
    table, counts = "", dict[str, int]()
    for statement in statements(text):
        if statement.kind is StatementKind.ARRAY:
            counts[statement.name] = counts.get(statement.name, 0) + 1
            table = f"{statement.name}[{counts[statement.name]}]"
            yield table, statement.number
        elif statement.kind is StatementKind.TABLE:
            first, dot, below = statement.name.partition(".")
            # the `[feeds.headers]` of the third feed is `feeds[3].headers`
            table = f"{first}[{counts[first]}].{below}" if dot and first in counts else statement.name
            yield table, statement.number
        elif statement.kind is StatementKind.PAIR and statement.name:
            yield f"{table}.{statement.name}" if table else statement.name, statement.number
