"""Split lines of newsboat's files into words: continuation lines, quotation marks, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from msgspec import Struct

LONGEST_LINE = 20_000
_BLANK = " \r\n\t"
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_WORD = re.compile(rf'"(?P<quoted>(?:\\.|[^"])*+)"?|(?P<bare>[^{_BLANK}]+)', re.DOTALL)
_CHARACTER = re.compile(r"\\?.", re.DOTALL)


class Line(Struct, frozen=True):
    """A line and its number from 1; a continued line has the number of its first part."""

    number: int
    text: str


def lines(text: str) -> Iterator[Line]:
    """Yield the lines that are neither blank nor a comment; a backslash at the very end continues a line."""
    parts: list[str] = []
    first = 0
    for number, line in enumerate([*text.removeprefix("\ufeff").split("\n"), ""], 1):
        first = first or number
        line = line.removesuffix("\r")
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        joined = "".join([*parts, line]).strip()
        if joined and not joined.startswith("#"):
            yield Line(first, joined)
        parts, first = [], 0


def words(text: str) -> list[str]:
    """Split a line into words: quoted words may contain blanks, a word that starts with `#` ends the line."""
    tokens = takewhile(lambda word: not word[0].startswith("#"), _WORD.finditer(text))
    return [word["bare"] or unescaped(word["quoted"]) for word in tokens]


def unescaped(text: str) -> str:
    """Replace the escapes of a quoted text."""
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), text, flags=re.DOTALL)


def without_comment(text: str) -> str:
    """Cut a line at the first `#` that is neither quoted nor escaped."""
    comment = next((at for at in _outside_quotes(text) if text[at] == "#"), None)
    return text if comment is None else text[:comment].rstrip()


def split_unquoted(text: str, separator: str) -> list[str]:
    """Split a text at separators outside quotation marks."""
    parts: list[str] = []
    start = 0
    for at in _outside_quotes(text):
        if at >= start and text.startswith(separator, at):
            parts.append(text[start:at])
            start = at + len(separator)
    return [*parts, text[start:]]


def _outside_quotes(text: str) -> Iterator[int]:
    quoted = False
    for token in _CHARACTER.finditer(text):
        if token[0] == '"':
            quoted = not quoted
        elif not quoted and token[0][0] != "\\":
            yield token.start()


def runs_program(text: str) -> bool:
    """Return whether a line contains backticks, which make newsboat run a command."""
    return "`" in text.replace("\\`", "")


def quoted(word: str) -> str:
    """Quote a word for newsboat's `urls`, if it needs quotation marks."""
    if word and not any(character in _BLANK + '"\\#`' for character in word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`")
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
