"""Build the lines of the article list as texts with the names of their styles.

Cheap to import: the first frame is drawn with this module before Textual is imported.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from tuireader.text import cell_len, cut, pad
from tuireader.wording.times import day_heading, list_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuireader.model import ArticleRow
    from tuireader.ui.drawing.row_options import RowOptions

    StyledText = tuple[str, str]
    Spans = Sequence[tuple[int, int]]

_WIDE = 76  # minimum width for reading times and authors
_HAS_FEED, _HAS_FEED_ABOVE = 48, 84  # minimum widths for the feed, and for it on the first of two lines
_DATE, _FEED = 6, 24  # cells of a date, most cells of a feed
_LONGEST_NAME = 20  # cells of a watch in the second line of a row
_MOST_TAGS, _FEW = 2, 3  # watches named in a row; if no more than a few are configured, all are


def columns(options: RowOptions) -> tuple[int, int, int, int]:
    """Widths of the columns time, author, feed and number of reports, with the gaps before them.

    They depend on the width of the list and the usual length of feed names; 0 if there is no room, or if the
    second line has the feed. The last cell of the last one stays empty: a scrollbar covers it.
    """
    time = options.clock_width if options.by_day else max(_DATE, options.clock_width)
    width, wide = options.width, options.width >= _WIDE
    author = 2 + min(24, width // 8) if options.authors and wide else 0
    has_feed = options.feeds and options.names and width >= (_HAS_FEED_ABOVE if options.cosy else _HAS_FEED)
    feed = 2 + min(options.feed_width, _FEED, width // 4) if has_feed else 0
    return time if width >= 36 else 0, author, feed, 6 if options.sources else 1


def heading_parts(heading: int | str, options: RowOptions) -> list[StyledText]:
    """Build the heading of a day, given by a time, or of a watch: `Today ─────`."""
    name = heading if isinstance(heading, str) else day_heading(heading, options.now, options.day)
    text = cut(name, max(1, options.width - 3))
    return [(f" {text} ", "dim"), ("─" * (options.width - 3 - cell_len(text)), "faint")]


def row_parts(
    row: ArticleRow,
    feed_title: str,
    options: RowOptions,
    *,
    inner: bool = False,
    selected: bool = False,
    strays: bool = False,
    marks: Sequence[tuple[int, int, str]] = (),
) -> list[StyledText]:
    """Build a row: `● ★ 14:02  2 min  ◆W +2 Title ~   1 of 4 read  en zh  Author  Feed  ×4`.

    A long title ends in an ellipsis; labels follow it if there is room. Read articles are dim; unread ones
    have a dot, and are bold if on a watch. `×4` counts the articles of a folded story and the feeds that have
    the article; each `◆` is a watch with a match among them, `◇` one with an uncertain match, `+2` counts
    others. An `inner` row belongs to the story of the row above; one that `strays` is not of the day above it
    and shows its date.
    The style `""` is the background, `watch:NAME` a watch's; `text/STYLE` is a mark in a title in `text`.
    """
    (_, author, feed, count), is_story = columns(options), options.folds and not inner
    parts = _left_columns(row, options, selected=selected)
    watches, uncertain = _watches(row, is_story)
    if not options.cosy:
        tags, more = _tags(watches, options)
        for name in tags:
            sign = "◇" if name in uncertain else "◆"
            parts += [(f"{sign}{options.letters.get(name, '')}", f"watch:{name}"), (" ", "")]
        parts += more
    if inner:
        parts.append(("└ ", "dim"))
    if strays:
        parts.append((f"{list_date(row.time, options.now, options.clock)} · ", "dim"))
    edited, notes = " ~" if row.edited else "", ""
    if is_story and 0 < row.fold_read < row.fold_size:
        notes = f"  {row.fold_read} of {row.fold_size} read"
    notes += _spoken(row.fold_languages, options.width) if is_story and options.languages else ""
    used = sum(cell_len(text) for text, _ in parts) + author + feed + count
    room = max(1, options.width - used - len(edited) - len(notes))
    title = cut(row.title or row.url or "(no title)", room)
    labels = _labels(row.labels, room - cell_len(title))
    parts += _marked(title, marks, "dim" if row.read else "strong" if watches else "text")
    parts += [(edited, "dim"), (pad(labels, room - cell_len(title)), "dim")]
    voices = row.sources + (row.fold_size - 1 if is_story else 0)
    number = f"×{voices}".rjust(4) if voices > 1 and options.sources else ""
    right = (notes, len(notes)), (f"  {row.author}", author), (f"  {feed_title}", feed), (number, count)
    return [*parts, *((pad(text, cells), "dim") for text, cells in right)]


def detail_parts(
    row: ArticleRow, feed_title: str, options: RowOptions, *, inner: bool = False
) -> list[StyledText]:
    """Build the second line of a row: `▌Watch “… its sentence …”`, else the beginning of the text.

    A search has the sentence that it matches, without a name. Narrow rows end in the feed.
    """
    left = sum(cell_len(text) for text, _ in _left_columns(row, options)) + 2 * inner
    parts: list[StyledText] = [(" " * min(left, options.width), "")]
    has_feed = options.cosy and options.feeds and options.names
    has_feed = has_feed and _HAS_FEED <= options.width < _HAS_FEED_ABOVE
    feed = f"  {cut(feed_title, min(_FEED, options.width * 2 // 7))}" if has_feed else ""
    room = options.width - left - 2 - cell_len(feed)
    watches, uncertain = _watches(row, options.folds and not inner)
    text, spans, watch = row.detail
    tags, more = _tags(watches if room > _LONGEST_NAME else (), options)
    for name in tags:
        sign, shown = "▌?" if name in uncertain else "▌", cut(name, min(_LONGEST_NAME, room // 3))
        parts += [(f"{sign}{shown}", f"watch:{name}"), (" ", "")]
        room -= len(sign) + cell_len(shown) + 1
    parts += more
    room -= sum(cell_len(text) for text, _ in more)
    style = "dim" if row.read or not spans else "text"
    if spans:
        text, hits = excerpt(text, spans, room - 2)
        marks = [(*span, f"hit:{watch}") for span in hits]
        parts += [("“", "dim"), *_marked(text, marks, style), ("”", "dim")]
        room -= 2
    else:
        text = cut(text, room)
        parts.append((text, style))
    return [*parts, (" " * max(0, room - cell_len(text)), ""), (feed, "dim"), ("  ", "")]


def excerpt(text: str, spans: Spans, room: int) -> tuple[str, Spans]:
    """Cut a sentence to `room` cells with its first span in sight; return it with its spans moved."""
    start, end = spans[0]
    if cell_len(text) <= room or cell_len(text[:end]) < room:
        return cut(text, room), spans
    before = max(0, min(room // 2, room - cell_len(text[start:end]) - 4), room - cell_len(text[start:]) - 2)
    lead = text[max(0, start - before) : start]
    while cell_len(lead) > before:
        lead = lead[1:]
    if " " in lead:
        lead = lead.partition(" ")[2]  # begins with a word
    back = start - len(lead) - 2
    return cut(f"… {text[back + 2 :]}", room), [(first - back, last - back) for first, last in spans]


def _left_columns(row: ArticleRow, options: RowOptions, *, selected: bool = False) -> list[StyledText]:
    time, *_ = columns(options)
    parts = [("▌", "strong") if selected else (" ", "")]
    if options.dots:
        parts.append((" ", "") if row.read else ("●", "accent"))
    parts += [("★", "star") if row.starred else (" ", ""), (" ", "")]
    if time:
        now = row.time if options.by_day else options.now  # below the heading of its day, only the time
        show = list_date(row.time, now, options.clock)
        parts.append((" " * (time - cell_len(show)) + show + "  ", "dim"))
    if options.minutes and options.width >= _WIDE:
        parts.append((f"{row.reading_time:>3} min  " if row.reading_time else " " * 9, "dim"))
    return parts


def _watches(row: ArticleRow, is_story: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Watches of an article or a story, and those of them that are uncertain."""
    if is_story and row.fold_watches:
        return row.fold_watches, () if row.fold_size > 1 else row.uncertain
    return row.watches, row.uncertain


def _tags(watches: Sequence[str], options: RowOptions) -> tuple[Sequence[str], list[StyledText]]:
    """Watches to name, and the number of the others, `+2 `: of more than a few watches, two tags at most."""
    if len(options.letters) <= _FEW or len(watches) <= _MOST_TAGS:
        return watches, []
    named = watches[: _MOST_TAGS - 1]
    return named, [(f"+{len(watches) - len(named)}", "dim"), (" ", "")]


def _spoken(languages: Sequence[str], width: int) -> str:
    """Languages of a story that has several, in a list of a width: `  en zh`, with `+2` if not all fit."""
    room = 8 if width >= 110 else 5 * (width >= 60)
    every = len(languages)
    texts = (" ".join([*languages[:n], *[f"+{every - n}"][: every - n]]) for n in range(every, 0, -1))
    return next((f"  {text}" for text in texts if every > 1 and len(text) <= room), "")


def _labels(names: Sequence[str], room: int) -> str:
    """Labels that fit after an uncut title: `  # AI  # chips`."""
    texts = [*accumulate(f"  # {name}" for name in names)]
    return next((text for text in reversed(texts) if cell_len(text) <= room), "")


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
