"""Measure clean text in terminal cells and minutes of reading."""

from __future__ import annotations

from tuireader.text.cleaning import grapheme_start
from tuireader.text.regex import regex


def cell_len(s: str) -> int:
    """Return the width of clean text in terminal cells."""
    if s.isascii():
        return len(s)
    from rich.cells import cell_len as measure

    return measure(s)


def cut(s: str, width: int) -> str:
    """Cut clean text to `width` cells, with a final "…" if it is too long."""
    if s.isascii():
        return s if len(s) <= width else s[: width - 1].rstrip() + "…" if width > 0 else ""
    if len(s) <= 4 * width + 256 and cell_len(s) <= width:
        return s
    if width <= 0:
        return ""
    from rich.cells import split_graphemes

    used = 0
    end = 0
    for start, stop, cells in split_graphemes(s[: 4 * width + 256])[0]:
        if used + cells > width - 1:
            end = grapheme_start(s, start)
            break
        used += cells
        end = stop
    return s[:end].rstrip(" \u200d\u200c") + "…"


def pad(s: str, width: int) -> str:
    """Cut clean text, or fill it with spaces, to exactly `width` cells."""
    s = cut(s, width)
    return s + " " * (width - cell_len(s))


_JOINERS = "\u200d\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_COMPOSED = f"[#*0-9\u00a9\u00ae\u2010-\u3300\U0001f000-\U0001faff][{_JOINERS}]"


def portable_emoji(s: str) -> str:
    """Replace composed emoji by simple ones of the same width.

    Terminals disagree about the width of a family, a waving hand with a skin tone or a coloured heart,
    which shifts the text after it. Text without composed emoji is returned unchanged.
    """
    if s.isascii() or not regex(_COMPOSED).search(s):
        return s
    from rich.cells import split_graphemes

    pieces: list[str] = []
    for start, stop, cells in split_graphemes(s)[0]:
        piece = s[start:stop]
        if regex(_COMPOSED).match(piece):
            piece = pad(piece[0], cells)
        pieces.append(piece)
    shown = "".join(pieces)
    return shown if cell_len(shown) == cell_len(s) else s  # stray joiners have odd effects


_CJK = (
    "[\u1100-\u11ff\u3001-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60"
    "\U00020000-\U000323af]+"
)
"""Runs of Chinese, Japanese and Korean characters and their punctuation."""
_MARKS = "‘’“”–—…•€"  # what texts in Latin letters have beyond Latin-1


def reading_minutes(s: str) -> int:
    """Estimate the minutes to read a text as `plain` returns it, at least 1; 0 if it is empty.

    Takes 240 words a minute, what Brysbaert found for silent reading of English non-fiction ("How many words
    do we read per minute?", Journal of Memory and Language 109, 2019: 238), and 500 Chinese, Japanese or
    Korean characters, as Medium and Miniflux do.
    """
    if not s or s.isspace():
        return 0
    beyond = 0 if s.isascii() else len(s) - len(s.encode("latin-1", "ignore"))
    # the pattern takes 60 µs for a page, and most pages have no such characters but quotation marks
    if beyond == sum(map(s.count, _MARKS)):
        words, characters = 1 + s.count(" ") + s.count("\n"), 0
    else:
        pieces = regex(_CJK).split(s)
        words, characters = sum(len(piece.split()) for piece in pieces), len(s) - sum(map(len, pieces))
    return max(1, round(words / 240 + characters / 500))
