"""Break text into lines of a given width in cells, as character ranges.

Matches, links and the remembered position are character ranges, so a line is a range, not a new string.
Chinese and Japanese break between characters, but never before closing or after opening punctuation (kinsoku
shori, JIS X 4051).
"""

from __future__ import annotations

import re
from typing import TypeAlias

from rich.cells import split_graphemes

Range: TypeAlias = tuple[int, int]

# Characters one cell wide: Latin, Greek, Cyrillic and common punctuation without combining marks.
_NARROW = re.compile(
    r"[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e]*"
)
_NOT_FIRST = frozenset(
    "，。、！？：；）」』】》〉〕］｝”’％…—～・ー,.!?:;)]}%‹›々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
_NOT_LAST = frozenset("（「『【《〈〔［｛“‘([{$￥")
_JOINTS = ("/", "-", "–", "—", "?", "&", "_", ".")


def wrap(text: str, width: int) -> list[Range]:
    """Break `text` into half-open ranges of at most `width` cells, without the spaces at the breaks.

    A newline always ends a line; empty text is one empty line. A character wider than `width` gets its own
    line.
    """
    width = max(1, width)
    lines: list[Range] = []
    start = 0
    while True:
        stop = text.find("\n", start)
        end = len(text) if stop < 0 else stop
        if _NARROW.fullmatch(text, start, end):
            _wrap_narrow(text, start, end, width, lines)
        else:
            _wrap_wide(text, start, end, width, lines)
        if stop < 0:
            return lines
        start = stop + 1


def fold(text: str, width: int) -> list[Range]:
    """Break lines exactly at `width` and keep every space, for code and tables."""
    width = max(1, width)
    lines: list[Range] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if _NARROW.fullmatch(line):
            lines.extend((at, min(at + width, end)) for at in range(start, max(end, start + 1), width))
        else:
            _fold_wide(line, start, width, lines)
        start = end + 1
    return lines


def _fold_wide(line: str, start: int, width: int, lines: list[Range]) -> None:
    begin = used = 0
    for first, last, cells in split_graphemes(line)[0]:
        if used + cells > width and first > begin:
            lines.append((start + begin, start + first))
            begin, used = first, 0
        used += cells
        end = last
    lines.append((start + begin, start + (end if line else 0)))


def _wrap_narrow(text: str, start: int, end: int, width: int, lines: list[Range]) -> None:
    before = len(lines)
    while end - start > width:
        cut = text.rfind(" ", start, start + width + 1)
        if cut <= start:
            cut = _joint(text, start, start + width)
        lines.append((start, cut))
        start = cut
        while start < end and text[start] == " ":
            start += 1
    if start < end or len(lines) == before:
        lines.append((start, end))


def _joint(text: str, start: int, stop: int) -> int:
    """Find the offset at which to break a long word: after a URL separator, else at the full width."""
    best = max(text.rfind(joint, start, stop) for joint in _JOINTS) + 1
    return best if best > start + (stop - start) // 2 else stop


def _wrap_wide(text: str, start: int, end: int, width: int, lines: list[Range]) -> None:
    line = text[start:end]
    begin = used = 0
    brk = brk_used = -1  # last place where a line may end, and the number of cells up to it
    last_wide = last_space = False
    last = ""
    for first, stop, cells in split_graphemes(line)[0]:
        here = line[first:stop]
        space = here == " "
        between_wide = (cells > 1 or last_wide) and here[0] not in _NOT_FIRST and last not in _NOT_LAST
        if first > begin and not space and (last_space or between_wide):
            brk, brk_used = first, used
        if used + cells > width and not space and first > begin:
            if brk <= begin:
                brk, brk_used = first, used
            lines.append((start + begin, start + begin + len(line[begin:brk].rstrip(" "))))
            begin, used = brk, used - brk_used
            brk = -1
        if space and first == begin and begin > 0:
            begin = stop  # a space at the start of a continued line is dropped
        else:
            used += cells
        last, last_wide, last_space = here[-1], cells > 1, space
    tail = line[begin:].rstrip(" ") if begin or used > width else line
    if tail or not begin:
        lines.append((start + begin, start + begin + len(tail)))
