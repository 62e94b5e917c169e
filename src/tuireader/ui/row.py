"""One line of the article list: columns by terminal cells, drawn in inks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuireader.model import ArticleRow
from tuireader.text import cell_len, cut, pad
from tuireader.ui.inks import BOLD, Inks
from tuireader.ui.times import list_time

_WIDE = 76  # from this many cells on there is room for the hour of past days and a wide feed column


Marks = Sequence[tuple[int, int, str]]
"""Half-open ranges of a title with the name of an ink, sorted by where they begin."""


@dataclass(frozen=True, slots=True)
class RowStyle:
    """What all rows of a list have in common: inks, column widths, the letters of the watches, the time."""

    inks: Inks
    width: int
    time: int
    feed: int
    letters: Mapping[str, str]
    now: int
    folds: bool = False

    @classmethod
    def of(
        cls, inks: Inks, width: int, watch_names: tuple[str, ...], now: int, *, folds: bool = False
    ) -> RowStyle:
        """Columns for a list of `width` cells. With several watches each mark carries its watch's initial."""
        feed = 0 if width < 48 else 12 if width < _WIDE else min(24, width // 6)
        letters = {name: name[:1].upper() if len(watch_names) > 1 else "" for name in watch_names}
        return cls(inks, width, 9 if width >= _WIDE else 6 if width >= 36 else 0, feed, letters, now, folds)


def draw_note(text: str, style: RowStyle, cursor: Style | None = None) -> Strip:
    """A line without an article."""
    base = style.inks.ground + cursor if cursor is not None else style.inks.ground
    if not text:
        return Strip([Segment(" " * style.width, base)], style.width)
    shown = cut(text, max(1, style.width - 4))
    left = max(2, (style.width - cell_len(shown)) // 2)
    return Strip([Segment(pad(" " * left + shown, style.width), base + style.inks.dim)], style.width)


def _marked(title: str, marks: Marks, style: Style, inks: Inks) -> list[Segment]:
    """A title cut where marks begin and end; what lies in an earlier mark is not marked twice."""
    segments: list[Segment] = []
    at, last = 0, len(title) - title.endswith("…")
    for start, end, ink in marks:
        start, end = max(start, at), min(end, last)
        if start < end:
            segments += [Segment(title[at:start], style), Segment(title[start:end], style + inks.named(ink))]
            at = end
    return [*segments, Segment(title[at:], style)]


def draw_row(
    row: ArticleRow,
    feed_title: str,
    style: RowStyle,
    cursor: Style | None = None,
    *,
    inner: bool = False,
    marks: Marks = (),
) -> Strip:
    """`● ★ 14:02  ◆W Title ~      Feed ×3`; what does not fit is cut with an ellipsis, the title last.

    `×3` counts the articles of a folded story, and the feeds that have the article. An `inner` row stands
    below the first one of its story.
    """
    inks = style.inks
    base = inks.ground if cursor is None else inks.ground + cursor
    dim = base + inks.dim
    segments = [
        Segment(" ", base),
        Segment("●" if not row.read else " ", base + inks.accent),
        Segment("★" if row.starred else " ", base + inks.star),
    ]
    used = 3
    if style.time:
        moment = list_time(row.time, style.now, short=style.time < 9)
        segments.append(Segment(f" {moment:>{style.time}}", dim))
        used += style.time + 1
    segments.append(Segment("  ", base))
    used += 2
    for watch in row.watches[:6]:
        mark = f"◆{style.letters.get(watch, '')}"
        segments += [Segment(mark, base + inks.watch(watch) + BOLD), Segment(" ", base)]
        used += cell_len(mark) + 1
    if inner:
        segments.append(Segment("└ ", dim))
        used += 2
    voices = row.sources + (row.story_size - 1 if style.folds and not inner else 0)
    sources = f" ×{voices}" if voices > 1 else ""
    right = style.feed + 7 if style.feed else (5 if sources else 1)
    room = max(1, style.width - used - right - (2 if row.edited else 0))
    title = cut(row.title or row.url or "(no title)", room)
    segments += _marked(title, marks, base + (inks.text if row.read else inks.strong), inks)
    if row.edited:
        segments.append(Segment(" ~", dim))
    filled = used + cell_len(title) + (2 if row.edited else 0)
    segments.append(Segment(" " * max(0, style.width - right - filled), base))
    if style.feed:
        segments += [
            Segment("  " + pad(feed_title, style.feed), dim),
            Segment(f"{sources:<5}", base + inks.accent),
        ]
    else:
        segments.append(Segment(f"{sources:<{right}}", base + inks.accent))
    return Strip(segments, None).adjust_cell_length(style.width, base)
