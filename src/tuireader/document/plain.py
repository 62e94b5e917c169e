"""Parse texts without markup: empty lines separate paragraphs, addresses become links."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tuireader.document.blocks import Span
from tuireader.document.line import Line
from tuireader.text import decode, paragraphs, safe_url, scrub

_LONGEST_WRAPPED = 100
_ADDRESS = re.compile(r"https?://[^\s<>\"'`“”‘’「」『』（）《》，。；：！？、]{1,3000}", re.IGNORECASE)
_LIST_LINE = re.compile(r"\s*(?:[-*•–]|[0-9]{1,3}[.)])\s")
_PUNCTUATION = ".,;:!?*_"
_OPENING = {")": "(", "]": "[", "}": "{"}


def read_plain(s: str, line: Line) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Yield the text and the spans of each paragraph."""
    for paragraph in paragraphs(s):
        for text in _lines(decode(paragraph)):
            line.break_line()
            _add(line, scrub(text))
        yield line.take()


def _lines(paragraph: str) -> list[str]:
    """Split a paragraph at its line breaks, unless they only wrap running text."""
    lines = paragraph.strip("\n").split("\n")
    if max(map(len, lines)) > _LONGEST_WRAPPED or any(map(_LIST_LINE.match, lines)):
        return lines
    return [paragraph]


def _add(line: Line, text: str) -> None:
    at = 0
    for match in _ADDRESS.finditer(text):
        address = _bare(match[0])
        line.add(text[at : match.start()])
        start = line.length
        line.add(address)
        if url := safe_url(address):
            line.link(start, url, address)
        at = match.start() + len(address)
    line.add(text[at:])


def _bare(address: str) -> str:
    """Strip trailing punctuation and unmatched closing brackets from an address."""
    unopened = {end: address.count(end) - address.count(start) for end, start in _OPENING.items()}
    end = len(address)
    while address[end - 1] in _PUNCTUATION or unopened.get(address[end - 1], 0) > 0:
        end -= 1
        if address[end] in unopened:
            unopened[address[end]] -= 1
    return address[:end]
