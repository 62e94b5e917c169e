"""Build a line of the article list as texts with the names of their styles.

Cheap to import: the first frame is drawn with this module before Textual is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.text import cell_len, cut, pad
from tuireader.wording.times import list_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuireader.model import ArticleRow
    from tuireader.ui.drawing.row_options import RowOptions

    StyledText = tuple[str, str]

_LEAST_TITLE, _LEAST_FEED = 20, 10
"""Least cells of a title and a feed for the languages of a story to be shown beside them."""
_LEAST_AUTHOR = 4  # cells beside such languages, with the space before it; in less, the author is left out
_MOST_LANGUAGES = 4
_WIDE = 76  # minimum width for times of past days, reading times, a wide feed and authors


def columns(width: int) -> tuple[int, int]:
    """Widths of the time and feed columns in a line of `width` cells; 0 if there is no room."""
    if width >= _WIDE:
        return 9, min(24, width // 6)
    return 6 if width >= 36 else 0, 12 if width >= 48 else 0


def row_parts(
    row: ArticleRow,
    feed_title: str,
    width: int,
    options: RowOptions,
    now: int,
    *,
    inner: bool = False,
    selected: bool = False,
    same_day: bool | None = None,
    marks: Sequence[tuple[int, int, str]] = (),
) -> list[StyledText]:
    """Build a row: `● ★ 14:02  2 min  ◆W Title ~   Author   Feed ×3`; a long title ends in an ellipsis.

    Labels follow the title if there is room. Read articles are dim; unread ones have a dot, and are bold if
    on a watch. `×3` counts the articles of a folded story and the feeds that have the article; each `◆` is a
    watch with a match among them, `◇` one with an uncertain match. `×3 · en zh` names their languages if
    there are several. An `inner` row belongs to the story of the row above. If sorted by time, only the
    first row of a day shows the day (`same_day` False).
    The style `""` is the background, `watch:NAME` a watch's; `text/STYLE` is a mark in a title in `text`.
    """
    is_story = options.folds and not inner
    time_width, feed_width = columns(width)
    parts = _left_columns(row, time_width, now, selected=selected, same_day=same_day)
    if options.minutes and width >= _WIDE:
        parts.append((f"{row.reading_time:>3} min  " if row.reading_time else " " * 9, "dim"))
    watches, uncertain = row.watches, row.uncertain
    if is_story and row.story_watches:
        watches = row.story_watches
        uncertain = () if row.story_size > 1 else uncertain
    for name in watches[:6]:
        sign = "◇" if name in uncertain else "◆"
        parts += [(sign + options.letters.get(name, ""), f"watch:{name}"), (" ", "")]
    if inner:
        parts.append(("└ ", "dim"))
    edited = " ~" if row.edited else ""

    room = width - sum(cell_len(text) for text, _ in parts) - len(edited)
    author = 2 + min(24, width // 8) if options.authors and width >= _WIDE else 0
    after_title = author + feed_width + 7
    feed_width, sources, right = _right_columns(row, feed_title, feed_width, room - author, is_story)
    author = max(0, after_title - right) if author else 0
    room = max(1, room - author - right)
    title = cut(row.title or row.url or "(no title)", room)
    labels = _labels(row.labels, room - cell_len(title))
    parts += _marked(title, marks, "dim" if row.read else "strong" if watches else "text")
    parts += [(edited, "dim"), (labels, "dim")]
    parts.append((" " * (room - cell_len(title) - cell_len(labels)), ""))
    parts.append((pad(f"  {row.author}" if author > _LEAST_AUTHOR else "", author), "dim"))
    if feed_width:
        parts.append(("  " + pad(feed_title, feed_width), "dim"))
        right -= feed_width + 2
    parts.append((f"{sources:<{right}}", "dim"))
    return parts


def _left_columns(
    row: ArticleRow, time_width: int, now: int, *, selected: bool, same_day: bool | None
) -> list[StyledText]:
    parts = [
        ("▌", "strong") if selected else (" ", ""),
        (" ", "") if row.read else ("●", "text"),
        ("★", "star") if row.starred else (" ", ""),
    ]
    if time_width:
        time = list_time(row.time, now, short=time_width < 9, same_day=bool(same_day))
        parts.append((f" {time:>{time_width}}", "text" if same_day is False else "dim"))
    return [*parts, ("  ", "")]


def _right_columns(
    row: ArticleRow, feed_title: str, feed: int, room: int, folded: bool
) -> tuple[int, str, int]:
    """Width of the feed, the number of sources with their languages, and the width of both.

    `room` is left for them and the title. Languages take cells of the feed, then of what precedes it, and
    are left out if too few would remain.
    """
    voices = row.sources + (row.story_size - 1 if folded else 0)
    if voices < 2:
        return feed, "", feed + 7 if feed else 1
    sources, right = f" ×{voices}", feed + 7 if feed else 5
    languages = row.story_languages
    if not folded or len(languages) < 2:
        return feed, sources, right
    least_feed = min(feed, cell_len(feed_title), _LEAST_FEED)
    least_title = min(_LEAST_TITLE, room - right)
    for count in (_MOST_LANGUAGES, 2):
        codes = [*languages[:count]]
        if len(languages) > count:
            codes.append(f"+{len(languages) - count}")
        text = f"{sources} · {' '.join(codes)} "
        feed_left = max(least_feed, right - 2 - len(text)) if feed else 0
        wide = max(right, feed_left + len(text) + (2 if feed else 0))
        if room - wide >= least_title:
            return feed_left, text, wide
    return feed, sources, right


def _labels(names: Sequence[str], room: int) -> str:
    """Labels that fit after an uncut title: `  # AI  # chips`."""
    shown = ""
    for name in names:
        more = f"{shown}  # {name}"
        if cell_len(more) > room:
            break
        shown = more
    return shown


def _marked(title: str, marks: Sequence[tuple[int, int, str]], style: str) -> list[StyledText]:
    """Split a title where marks begin and end; earlier marks win."""
    parts: list[StyledText] = []
    at, last = 0, len(title) - title.endswith("…")
    for start, end, mark in marks:
        start, end = max(start, at), min(end, last)
        if start < end:
            parts += [(title[at:start], style), (title[start:end], f"{style}/{mark}")]
            at = end
    return [*parts, (title[at:], style)]
