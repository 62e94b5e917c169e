"""Article list: one line per article; rows are fetched for the visible part only."""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Collection, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice

from textual import events
from textual.message import Message
from textual.strip import Strip

from tuireader.model import ArticleRow
from tuireader.ui.drawing.row import RowContext, TitleRanges, draw_note, draw_row
from tuireader.ui.drawing.row_parts import row_parts
from tuireader.ui.textual_private import CoalescingScreen
from tuireader.ui.widgets.pane import CursorPane
from tuireader.wording.times import list_day

_CHUNK = 64  # number of rows per fetch
_KEEP = 4096  # maximum number of rows kept, ...
_KEEP_STRIPS = 512  # ... and of drawn rows, each some 10 KB


class ArticleList(CursorPane):
    """Articles of a view. `fetch` loads rows without blocking keys; rows are blank until loaded."""

    @dataclass
    class Opened(Message):
        """The user opened an article."""

        article_id: int

    def __init__(
        self,
        fetch: Callable[[Sequence[int]], Awaitable[list[ArticleRow]]],
        feed_title: Callable[[int], str],
        marks: Callable[[ArticleRow], TitleRanges],
    ) -> None:
        super().__init__(id="list")
        self._marks = marks
        self.ids: array[int] = array("q")
        self.empty_text = ""
        self.folds = False  # whether a row represents its story
        self.opened: Collection[int] = ()  # stories that show all rows
        self.by_day = True  # whether rows are sorted by time
        self.selected: set[int] = set()  # articles that marking commands apply to, unless empty
        self.touched = False  # whether the user has moved in this view
        self.partial = False  # whether more ids are expected
        self.to_end = False  # whether the cursor moves to the end when they arrive
        self._fetch = fetch
        self._feed_title = feed_title
        self._rows: dict[int, ArticleRow] = {}
        self._strips: dict[int, dict[tuple[bool, bool, bool, bool | None], Strip]] = {}  # by article
        self._row_context: RowContext | None = None
        self._requested: set[int] = set()
        self._reloads = self._newest = 0  # times that rows were read again: in all, and for the rows here

    @property
    def line_count(self) -> int:
        return len(self.ids)

    @property
    def current_id(self) -> int | None:
        return self.ids[self.cursor] if self.cursor < len(self.ids) else None

    @property
    def current_row(self) -> ArticleRow | None:
        return self._rows.get(self.current_id or 0)

    def upcoming(self) -> Sequence[int]:
        """The article under the cursor and the one below it."""
        return self.ids[self.cursor : self.cursor + 2]

    def row(self, article_id: int) -> ArticleRow | None:
        return self._rows.get(article_id)

    def show(
        self,
        ids: array[int],
        *,
        cursor_id: int | None = None,
        line: int | None = None,
        partial: bool = False,
        rows: Sequence[ArticleRow] = (),
    ) -> None:
        """Show other articles with the cursor on `cursor_id` (else the first), on line `line` of the pane.

        With `partial`, these are only the first articles; call `update_ids` with all of them later.
        """
        self.ids = ids
        self.partial, self.to_end = partial, False
        self._rows = {row.id: row for row in rows}
        self._requested.clear()
        self.touched = False
        self.cursor = self._index(cursor_id) or 0
        self.take_size()
        self.scroll_now(max(0, self.cursor - line) if line is not None else 0)
        self.keep_in_sight()
        self.forget_strips()
        if not self._sees_all() and isinstance(self.screen, CoalescingScreen):
            self.screen.hold_repaint()  # avoids a flash of blank lines
        self._fetch_missing()

    def update_ids(self, ids: array[int]) -> None:
        """Replace the ids of the current view; cursor and scroll position stay on their articles."""
        grown, self.partial = self.partial, False
        if self.to_end:
            self._take_ids(ids)
            self.go_bottom()
            return
        if grown and ids[: len(self.ids)] == self.ids:  # no line has changed
            self._take_ids(ids)
            return
        if ids == self.ids:
            self.reload_rows()
            return
        at_top = not self.touched and self.cursor == 0
        line = self.cursor - self.scroll_offset.y
        index = 0 if at_top else self._nearest(ids)
        self.ids = ids
        self.cursor = max(0, min(index, len(ids) - 1))
        self.take_size()
        self.scroll_now(max(0, self.cursor - line))
        self.keep_in_sight()
        self.reload_rows()

    def insert(self, row: ArticleRow, *, after: int) -> bool:
        """Insert an article below another one; return False if the other one is not listed."""
        at = self._index(after)
        if at is None:
            return False
        self._rows[row.id] = row
        self.cursor += self.cursor > at
        self._take_ids(self.ids[: at + 1] + array("q", [row.id]) + self.ids[at + 1 :])
        self.refresh()
        return True

    def _take_ids(self, ids: array[int]) -> None:
        self.ids = ids
        self.take_size()
        self._requested.clear()
        self._fetch_missing()

    def _nearest(self, ids: array[int]) -> int:
        """Return the index in `ids` of the article under the cursor, else of the next one in them."""
        for old in self.ids[self.cursor : self.cursor + 200]:
            try:
                return ids.index(old)
            except ValueError:
                continue
        return self.cursor

    def _index(self, article_id: int | None) -> int | None:
        if article_id is None:
            return None
        if article_id == self.current_id:
            return self.cursor
        try:
            return self.ids.index(article_id)
        except ValueError:
            return None

    def select_id(self, article_id: int) -> None:
        """Move the cursor to an article if it is listed."""
        self.to_end = False
        if (index := self._index(article_id)) is not None:
            self.move_to(index)

    def patch(self, ids: Sequence[int], *, read: bool | None = None, starred: bool | None = None) -> None:
        """Show changed marks at once."""
        changed = list(self._rows) if ids is self.ids else self._rows.keys() & set(ids)
        for article_id in changed:
            row = self._rows[article_id]
            self._rows[article_id] = replace(
                row,
                read=row.read if read is None else read,
                starred=row.starred if starred is None else starred,
            )
            self._strips.pop(article_id, None)
        self._refresh_rows(set(changed))

    def loaded(self, ids: Collection[int]) -> list[int]:
        wanted = ids if isinstance(ids, Set) else set(ids)
        return [article_id for article_id in self._rows if article_id in wanted]

    def put(self, rows: Sequence[ArticleRow]) -> None:
        for row in rows:
            self._rows[row.id] = row
            self._strips.pop(row.id, None)
        self._refresh_rows({row.id for row in rows})

    def select(self, ids: Collection[int], *, on: bool) -> None:
        changed = set(ids) - self.selected if on else self.selected.intersection(ids)
        self.selected ^= changed
        for article_id in self._rows.keys() & changed:
            self._strips.pop(article_id, None)
        self._refresh_rows(changed)

    def toggle_selected(self, article_id: int) -> None:
        self.select([article_id], on=article_id not in self.selected)

    def reload_rows(self) -> None:
        """Fetch the visible rows again, showing the old ones until then."""
        self._reloads += 1
        self._requested.clear()
        self._fetch_missing(again=True)
        self.refresh()

    def _refresh_rows(self, ids: Collection[int]) -> None:
        """Redraw visible rows and the rows below them, as these may show a different day."""
        top, below = self.scroll_offset.y, False
        for line, article_id in enumerate(self.ids[top : top + self.size.height], top):
            if (changed := article_id in ids) or below:
                self.refresh_line(line)
            below = changed

    def on_resize(self) -> None:
        super().on_resize()
        self._fetch_missing()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._fetch_missing()

    def _fetch_missing(self, *, again: bool = False) -> None:
        """Fetch missing chunks of the visible part and two pages around it, nearest first."""
        if not self.ids or not self.is_mounted:
            return
        top, height = self.scroll_offset.y, max(1, self.size.height)
        first = max(0, top - 2 * height) // _CHUNK
        last = min(len(self.ids) - 1, top + 3 * height) // _CHUNK
        chunks = [chunk for chunk in range(first, last + 1) if chunk not in self._requested]
        self._requested.update(chunks)
        if not again:
            chunks = [chunk for chunk in chunks if not self._are_here(chunk * _CHUNK, _CHUNK)]
        if not chunks:
            return
        chunks.sort(key=lambda chunk: abs(chunk * _CHUNK + _CHUNK // 2 - top - height // 2))
        self.run_worker(self._load(self.ids, chunks), group="rows", exit_on_error=True)

    def _are_here(self, first: int, lines: int) -> bool:
        return all(article_id in self._rows for article_id in self.ids[first : first + lines])

    def _sees_all(self) -> bool:
        return self._are_here(self.scroll_offset.y, self.size.height)

    async def _load(self, ids: array[int], chunks: list[int]) -> None:
        number = self._reloads
        for chunk in chunks:
            rows = await self._fetch(ids[chunk * _CHUNK : (chunk + 1) * _CHUNK])
            if ids is not self.ids or number < self._newest:
                return  # another view is shown now, or newer rows
            self._newest = number
            self._accept_rows(rows)

    def _accept_rows(self, rows: list[ArticleRow]) -> None:
        if len(self._rows) > _KEEP:
            top = self.scroll_offset.y
            near = set(self.ids[max(0, top - 512) : top + 1024])
            self._rows = {key: row for key, row in self._rows.items() if key in near}
            self._requested = {(top // _CHUNK) + step for step in range(-2, 3)} & self._requested
        self.put([row for row in rows if self._rows.get(row.id) != row])
        if self._sees_all() and isinstance(self.screen, CoalescingScreen):
            self.screen.release_repaint()

    def forget_strips(self) -> None:
        self._row_context = None
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw an article, a blank line until its row is loaded, or the note of an empty list."""
        number = y + self.scroll_offset.y
        context = self._row_context
        if context is None or context.width != self.size.width:  # drawing may come before the resize event
            self._strips.clear()
            options = replace(self.host.row_options, folds=self.folds)
            now = int(self.host.clock())
            context = self._row_context = RowContext(self.theme_styles, self.size.width, options, now)
        if number >= len(self.ids):
            above = min(2, self.size.height // 2)
            return draw_note("" if self.ids else self.empty_text, context, line=y - above)
        article_id = self.ids[number]
        at_cursor, focused = number == self.cursor, number == self.cursor and self.has_focus
        inner, same_day = self._is_inner(number), self._is_same_day(number, context.now)
        strips, look = self._strips.setdefault(article_id, {}), (at_cursor, focused, inner, same_day)
        strip = strips.get(look)
        if strip is None:
            row = self._rows.get(article_id)
            cursor = context.styles.cursor_for(focused) if at_cursor else None
            if row is None:
                return draw_note("", context, cursor)
            parts = row_parts(
                row,
                self._feed_title(row.feed_id),
                context.width,
                context.options,
                context.now,
                inner=inner,
                selected=article_id in self.selected,
                same_day=same_day,
                marks=self._marks(row),
            )
            strip = draw_row(parts, context, cursor)
            strips[look] = strip
            if len(self._strips) > _KEEP_STRIPS:
                for old in list(islice(self._strips, _KEEP_STRIPS // 2)):
                    del self._strips[old]
        return strip

    def _with_above(self, number: int) -> tuple[ArticleRow, ArticleRow] | None:
        """Rows of a line and of the one above it, if both are loaded."""
        row, above = self._rows.get(self.ids[number]), self._rows.get(self.ids[number - 1])
        return (row, above) if number and row is not None and above is not None else None

    def _is_inner(self, number: int) -> bool:
        """True if the row above belongs to the same, unfolded story."""
        pair = self._with_above(number) if self.opened else None
        return pair is not None and pair[0].story in self.opened and pair[0].story == pair[1].story

    def _is_same_day(self, number: int, now: int) -> bool | None:
        """True if the row above is visible and has the same day; None unless sorted by time."""
        if not self.by_day:
            return None
        pair = self._with_above(number) if number > self.scroll_offset.y else None
        return pair is not None and list_day(pair[0].time, now) == list_day(pair[1].time, now)

    def go_bottom(self) -> None:
        """Go to the last article, even if its id is not known yet."""
        super().go_bottom()
        self.to_end = self.partial

    def move_to(self, line: int) -> None:
        """Move the cursor; it then stays on its article when others arrive above."""
        self.touched = True
        self.to_end = False
        super().move_to(line)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor; open on a second or double click; select with ctrl."""
        number = event.y + self.scroll_offset.y
        if number >= len(self.ids):
            return
        if event.ctrl:
            self.toggle_selected(self.ids[number])
            self.post_message(self.Moved())
            return
        again = number == self.cursor and self.has_focus
        self.move_to(number)
        self.post_message(self.Moved())
        if again or event.chain > 1:
            self.post_message(self.Opened(self.ids[number]))
