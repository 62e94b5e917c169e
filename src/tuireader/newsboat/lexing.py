"""Split lines of newsboat's files into words: continuation lines, quotation marks, comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_BLANK = " \r\n\t"
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number from 1; that of the first line if it is continued."""

    number: int
    text: str


def lines(text: str) -> Iterator[Line]:
    """Yield the lines that are neither blank nor a comment; a backslash at the very end continues one."""
    parts: list[str] = []
    first = 0
    for number, one in enumerate([*text.removeprefix("\ufeff").split("\n"), ""], 1):
        first = first or number
        one = one.removesuffix("\r")
        if one.endswith("\\"):
            parts.append(one[:-1])
            continue
        whole = "".join([*parts, one]).strip()
        if whole and not whole.startswith("#"):
            yield Line(first, whole)
        parts, first = [], 0


def words(text: str) -> list[str]:
    """The words of a line: those in quotation marks may have blanks, `#` before a word ends the line."""
    found: list[str] = []
    at = 0
    while True:
        while at < len(text) and text[at] in _BLANK:
            at += 1
        if at >= len(text) or text[at] == "#":
            return found
        word, at = _quoted(text, at + 1) if text[at] == '"' else _bare(text, at)
        found.append(word)


def _bare(text: str, at: int) -> tuple[str, int]:
    start = at
    while at < len(text) and text[at] not in _BLANK:
        at += 1
    return text[start:at], at


def _quoted(text: str, at: int) -> tuple[str, int]:
    word: list[str] = []
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
            word.append(_ESCAPES.get(text[at], text[at]))
        else:
            word.append(text[at])
        at += 1
    return "".join(word), at + 1


def without_comment(text: str) -> str:
    """Return a line without its comment: a `#` that is neither quoted nor escaped."""
    quoted = False
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        elif text[at] == "#" and not quoted:
            return text[:at].rstrip()
        at += 1
    return text


def split_unquoted(text: str, separator: str) -> list[str]:
    """Split a text at separators outside of quotation marks."""
    parts, start, quoted, at = [], 0, False, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        elif not quoted and text.startswith(separator, at):
            parts.append(text[start:at])
            at += len(separator)
            start = at
            continue
        at += 1
    return [*parts, text[start:]]


def runs_program(text: str) -> bool:
    """Return whether newsboat would run text between backticks in a line."""
    return "`" in text.replace("\\`", "")


def quoted(word: str) -> str:
    """A word as newsboat's `urls` wants it: in quotation marks where it needs them."""
    if word and not any(character in _BLANK + '"\\#`' for character in word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`")
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
