"""Close the elements and sections that a damaged document leaves open, before its next entry begins.

feedparser takes everything after an unclosed `<description>`, CDATA section or comment for its content, and
silently loses entries. Everything here takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_OPEN = 50
"""Maximum number of elements closed in one entry: each costs a search through the rest of the entry."""
_ODD = re.compile(r"<(?:[!?]|svg\b)", re.IGNORECASE)
_PAIRS = (("<![CDATA[", "]]>"), ("<!--", "-->"), ("<svg", "</svg"))
_ENTRY = re.compile(
    r"</?(?:[\w-]+:)?(?:item|entry)(?=[\s>/])|</(?:channel|rss|feed|rdf:rdf)\s*>", re.IGNORECASE
)
_ENTRY_START = re.compile(r"<(?:[\w-]+:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_LEAF = (
    r"((?:[\w-]+:)?(?:title|link|description|summary|content|encoded|guid|id|pubdate|published|updated|date|"
    r"creator|category|subject|comments|subtitle|copyright|language|generator))"
)
_LEAF_START = re.compile(rf"<{_LEAF}(?=[\s>/])[^<>]*>", re.IGNORECASE)
_SECTION_STOP = re.compile(rf"</{_LEAF}\s*>|{_ENTRY.pattern}", re.IGNORECASE)
_SECTION = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)


def closed(text: str) -> str:
    """Close everything that the entries of a document leave open."""
    text = "".join(_sections_closed(text))
    seen = _SECTION.sub(lambda section: "x" * len(section[0]), text)
    pieces, at = [], 0
    for place, tag in _missing_ends(seen):
        pieces += [text[at:place], tag]
        at = place
    return "".join((*pieces, text[at:]))


def has_entries(text: str) -> bool:
    """Return whether an entry begins in a document."""
    return _ENTRY_START.search(text) is not None


def _sections_closed(text: str) -> Iterator[str]:
    """Yield the text in pieces; CDATA sections, comments and declarations no longer swallow entries."""
    entry = _ENTRY.search(text)
    prolog = entry.start() if entry else len(text)
    ends = dict.fromkeys((start for start, _ in _PAIRS), 0)
    at = 0
    while match := _ODD.search(text, at):
        place = match.start()
        yield text[at:place]
        start, end = next((pair for pair in _PAIRS if text.startswith(pair[0], place)), (match[0], ""))
        inner = at = place + len(start)
        if not end:
            declared = place < prolog and text.startswith(("<!", "<?xml"), place)
            yield start if declared else f"&lt;{start[1:]}"
            continue
        if 0 <= ends[start] < inner:
            ends[start] = text.find(end, inner)
        another = text.find(start, inner, ends[start] if ends[start] >= 0 else len(text))
        if ends[start] >= 0 and another < 0:
            at = ends[start] + len(end)
            yield text[place:at]
        elif end == "]]>":
            stop = _SECTION_STOP.search(text, inner, another if another >= 0 else len(text))
            at = stop.start() if stop else max(another, inner)
            yield text[place:at] + (end if stop or another >= 0 else "")
        else:
            yield f"&lt;{start[1:]}"
    yield text[at:]


def _missing_ends(text: str) -> Iterator[tuple[int, str]]:
    """Yield position and text of each missing end tag; `text` must have no markup inside sections.

    Nothing is closed after the last complete entry: a document that was cut off there has half a title.
    """
    start = 0
    for border in _ENTRY.finditer(text):
        yield from _missing_in(text, start, border.start())
        start = border.end()


def _missing_in(text: str, at: int, stop: int) -> Iterator[tuple[int, str]]:
    """Yield the missing end tags between `at` and `stop`, a part of one entry."""
    left = MOST_OPEN
    while left and (leaf := _LEAF_START.search(text, at, stop)):
        at = leaf.end()
        if leaf[0].endswith("/>"):
            continue
        end = text.find(f"</{leaf[1]}", at, stop)
        again = text.find(f"<{leaf[1]}", at, end if end >= 0 else stop)
        if end >= 0 and again < 0:
            at = end + 2
            continue
        left -= 1
        following = _LEAF_START.search(text, at, stop)
        at = following.start() if following else stop
        yield at, f"</{leaf[1]}>"
