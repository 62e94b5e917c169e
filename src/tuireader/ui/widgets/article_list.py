"""Article list: one or two lines per article below headings of days; only visible rows are fetched."""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import events
from textual.message import Message
from textual.strip import Strip

from tuireader.commands import Scope
from tuireader.model import ArticleRow
from tuireader.model.articles import Detail
from tuireader.ui.bindings import bindings
from tuireader.ui.drawing.row import TitleRanges, draw_note, draw_row
from tuireader.ui.drawing.row_options import RowOptions
from tuireader.ui.drawing.row_parts import detail_parts, heading_parts, row_parts
from tuireader.ui.linear import row_words
from tuireader.ui.textual_private import CoalescingScreen
from tuireader.ui.widgets.list_lines import HEADING, Days, ListLines
from tuireader.ui.widgets.pane import RIGHT, CursorPane
from tuireader.wording.times import local_day

_CHUNK = 64  # number of rows per fetch
_KEEP = 4096  # maximum number of rows kept, ...
_KEEP_STRIPS = 128  # ... and of drawn lines, each some 10 KB
_MINUTE = 60  # seconds between looks at the calendar


class ArticleList(CursorPane):
    """Articles of a view. `fetch` loads rows without blocking keys; rows are blank until loaded."""

    BINDINGS: ClassVar = [*bindings(Scope.LIST)]

    @dataclass
    class Opened(Message):
        article_id: int

    def __init__(
        self,
        fetch: Callable[[Sequence[int]], Awaitable[list[ArticleRow]]],
        feed_title: Callable[[int], str],
        marks: Callable[[ArticleRow], TitleRanges],
        detail: Callable[[ArticleRow], Detail],
    ) -> None:
        super().__init__(id="list")
        self._marks, self._detail = marks, detail
        self.ids: array[int] = array("q")
        self.days: Days = ()
        self.is_cosy = False  # whether articles have two lines
        self.empty_text = ""
        self.opened: Collection[int] = ()  # stories that show all rows
        self._columns: Mapping[str, Any] = {}
        self.selected: set[int] = set()  # articles that marking commands apply to, unless empty
        self.touched = False  # whether the user has moved in this view
        self.partial = False  # whether more ids are expected
        self.to_end = False  # whether the cursor moves to the end when they arrive
        self._fetch, self._feed_title = fetch, feed_title
        self._rows: dict[int, ArticleRow] = {}
        self._strips: dict[int, dict[tuple[int, bool, bool, bool, bool], Strip]] = {}  # by article
        self._row_options: RowOptions | None = None
        self._requested: set[int] = set()
        self._reloads = self._newest = 0  # times that rows were read again: in all, and for the rows here

    def on_mount(self) -> None:
        self.set_interval(_MINUTE, self.check_day)

    @property
    def columns(self) -> Mapping[str, Any]:
        """Options of rows in this view: `folds`, `by_day`, `dots`, `feeds`."""
        return self._columns

    @columns.setter
    def columns(self, columns: Mapping[str, Any]) -> None:
        if columns != self._columns:
            self._columns = columns
            self.forget_strips()

    @property
    def line_count(self) -> int:
        return len(self.ids)

    def item_lines(self) -> ListLines:
        return ListLines(self.line_count, [start for start, _ in self.days], 2 if self.is_cosy else 1)

    @property
    def current_id(self) -> int | None:
        return self.ids[self.cursor] if self.cursor < len(self.ids) else None

    def upcoming(self) -> Sequence[int]:
        """The article under the cursor and the one below it."""
        return self.ids[self.cursor : self.cursor + 2]

    def ids_with_details(self) -> Sequence[int]:
        """Articles in sight if they have second lines, the current one first."""
        if not self.is_cosy or not self.ids:
            return ()
        seen = self.in_sight()
        return sorted(self.ids[seen.start : seen.stop], key=lambda article_id: article_id != self.current_id)

    @property
    def current_row(self) -> ArticleRow | None:
        return self.row(self.current_id or 0)

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
        days: Days = (),
    ) -> None:
        """Show other articles with the cursor on `cursor_id` (else the first), on line `line` of the pane.

        With `partial`, these are only the first articles; call `update_ids` with all of them later.
        """
        self.ids, self.days = ids, days
        self.partial, self.to_end = partial, False
        self._rows = {row.id: row for row in rows}
        self._requested.clear()
        self.touched = False
        self.cursor = self._index(cursor_id) or 0
        self.put_cursor(line)
        self.forget_strips()
        if not self._sees_all() and isinstance(self.screen, CoalescingScreen):
            self.screen.hold_repaint()  # avoids a flash of blank lines
        self._fetch_missing()

    def update_ids(self, ids: array[int], days: Days = ()) -> None:
        """Replace the ids of the current view; cursor and scroll position stay on their articles."""
        grown, self.partial = self.partial, False
        if self.to_end:
            self._take_ids(ids, days)
            self.refresh()
            self.go_bottom()
            return
        if grown and ids[: len(self.ids)] == self.ids:  # no line has changed
            self._take_ids(ids, days)
            return
        if ids != self.ids or days != self.days:
            at_top = not self.touched and self.cursor == 0
            line, index = (None, 0) if at_top else (self.cursor_line, self._nearest(ids))
            self.ids, self.days = ids, days
            self.cursor = max(0, min(index, len(ids) - 1))
            self.put_cursor(line)
        self.reload_rows()

    def insert(self, row: ArticleRow, *, after: int) -> bool:
        """Insert an article below another one; return False if the other one is not listed."""
        at = self._index(after)
        if at is None:
            return False
        self._rows[row.id] = row
        self.cursor += self.cursor > at
        days = [(index + (index > at), time) for index, time in self.days]
        self._take_ids(self.ids[: at + 1] + array("q", [row.id]) + self.ids[at + 1 :], days)
        self.refresh()
        return True

    def _take_ids(self, ids: array[int], days: Days) -> None:
        self.ids, self.days = ids, days
        self.take_size()
        self._requested.clear()
        self._fetch_missing()

    def _nearest(self, ids: array[int]) -> int:
        """Return the index in `ids` of the article under the cursor, else of the next one in them."""
        for old in self.ids[self.cursor : self.cursor + 200]:
            with suppress(ValueError):
                return ids.index(old)
        return self.cursor

    def _index(self, article_id: int | None) -> int | None:
        if article_id is None:
            return None
        if article_id == self.current_id:
            return self.cursor
        with suppress(ValueError):
            return self.ids.index(article_id)
        return None

    def select_id(self, article_id: int) -> None:
        """Move the cursor to an article if it is listed."""
        self.to_end = False
        if (index := self._index(article_id)) is not None:
            self.move_to(index)

    def patch(self, ids: Sequence[int], **marks: Any) -> None:
        """Show changed marks at once: `read`, `starred`."""
        changed = list(self._rows) if ids is self.ids else self._rows.keys() & set(ids)
        self.put([replace(self._rows[article_id], **marks) for article_id in changed])

    def loaded(self, ids: Collection[int]) -> list[int]:
        wanted = ids if isinstance(ids, Set) else set(ids)
        return [article_id for article_id in self._rows if article_id in wanted]

    def in_stories_of(self, ids: Collection[int]) -> list[int]:
        """Loaded articles of the same stories."""
        folds = {self._rows[article_id].fold for article_id in self.loaded(ids)} - {0}
        return [row.id for row in self._rows.values() if row.fold in folds] if folds else []

    def put(self, rows: Sequence[ArticleRow]) -> None:
        self._rows.update({row.id: row for row in rows})
        self.redraw({row.id for row in rows})

    def redraw(self, ids: Collection[int]) -> None:
        """Draw articles again, and the rows below them, as these may belong to the same story."""
        for article_id in [article_id for article_id in self._strips if article_id in ids]:
            del self._strips[article_id]
        below = False
        for number in self.in_sight():
            if (changed := self.ids[number] in ids) or below:
                self.refresh_item(number)
            below = changed

    def select(self, ids: Collection[int], *, on: bool) -> None:
        changed = set(ids) - self.selected if on else self.selected.intersection(ids)
        self.selected ^= changed
        self.redraw(changed)

    def toggle_selected(self, article_id: int) -> None:
        self.select([article_id], on=article_id not in self.selected)

    def reload_rows(self) -> None:
        """Fetch the visible rows again, showing the old ones until then."""
        self._reloads += 1
        self._requested.clear()
        self._fetch_missing(again=True)
        self.refresh()

    def take_density(self) -> None:
        """Show rows with one line or two, as configured for this size of terminal."""
        if self.is_cosy != self.host.is_cosy:
            line = self.cursor_line
            self.is_cosy = self.host.is_cosy
            self.put_cursor(line)
            self.reload_rows()

    def on_resize(self) -> None:
        self._fetch_missing()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._fetch_missing()

    def _fetch_missing(self, *, again: bool = False) -> None:
        """Fetch missing chunks of the visible part and two pages around it, nearest first."""
        if not self.ids or not self.is_mounted:
            return
        height = max(1, self.size.height)
        near, seen = self.in_sight(2 * height, 2 * height), self.in_sight()
        nearby = range(near.start // _CHUNK, (near.stop - 1) // _CHUNK + 1)
        chunks = [chunk for chunk in nearby if chunk not in self._requested]
        self._requested.update(chunks)
        if not again:
            chunks = [chunk for chunk in chunks if not self._are_here(chunk * _CHUNK, _CHUNK)]
        if not chunks:
            return
        chunks.sort(key=lambda chunk: abs(chunk * _CHUNK + _CHUNK // 2 - (seen.start + seen.stop) // 2))
        self.run_worker(self._load(self.ids, chunks), group="rows", exit_on_error=True)

    def _are_here(self, first: int, lines: int) -> bool:
        return all(article_id in self._rows for article_id in self.ids[first : first + lines])

    def _sees_all(self) -> bool:
        seen = self.in_sight()
        return self._are_here(seen.start, len(seen))

    async def _load(self, ids: array[int], chunks: list[int]) -> None:
        number = self._reloads
        for chunk in chunks:
            rows = await self._fetch(ids[chunk * _CHUNK : (chunk + 1) * _CHUNK])
            if ids is not self.ids or number < self._newest:
                return  # another view is shown now, or newer rows
            self._newest = number
            if len(self._rows) > _KEEP:
                top = self.in_sight().start
                near = set(self.ids[max(0, top - 512) : top + 1024])
                self._rows = {key: row for key, row in self._rows.items() if key in near}
                self._requested = {(top // _CHUNK) + step for step in range(-2, 3)} & self._requested
            self.put([row for row in rows if not self._shows(row)])
            if self._sees_all() and isinstance(self.screen, CoalescingScreen):
                self.screen.release_repaint()

    def _shows(self, row: ArticleRow) -> bool:
        known = self._rows.get(row.id)
        return known is not None and known == row and known.detail == row.detail

    def forget_strips(self) -> None:
        self._row_options = None
        self._strips.clear()
        self.take_density()
        self.refresh()

    def check_day(self) -> None:
        """Name the days again when a new one has begun."""
        options = self._row_options
        if options is not None and local_day(options.now) != local_day(int(self.host.clock())):
            self.forget_strips()

    def render_line(self, y: int) -> Strip:
        """Draw an article, a heading, a blank line until a row is loaded, or the note of an empty list."""
        line = y + self.scroll_offset.y
        options, width = self._row_options, self.size.width
        if options is None or options.width != width:  # drawing may come before the resize event
            self._strips.clear()
            view = {**self._columns, "cosy": self.is_cosy, "width": width}
            options = replace(self.host.row_options, now=int(self.host.clock()), **view)
            self._row_options = options
        if line >= self.places.count:
            above = min(2, self.size.height // 2)
            note = "" if self.ids else self.empty_text
            return draw_note(note, self.theme_styles, width, line=y - above)
        number, part = self.places.at(line)
        if part == HEADING or (y == 0 and self.sticks):
            _, heading = self.days[self.places.day(number)]
            return draw_row(heading_parts(heading, options), self.theme_styles, width)
        return self._draw_row(number, part, options)

    def _draw_row(self, number: int, part: int, options: RowOptions) -> Strip:
        article_id, styles = self.ids[number], self.theme_styles
        at_cursor, focused = number == self.cursor, number == self.cursor and self.has_focus
        inner = self._is_inner(number)
        strays = inner and self._strays(number)
        strips, look = self._strips.setdefault(article_id, {}), (part, at_cursor, focused, inner, strays)
        if strip := strips.get(look):
            return strip
        row = self._rows.get(article_id)
        cursor = styles.cursor_for(focused) if at_cursor else None
        if row is None:
            return draw_row((), styles, options.width, cursor)
        if row.fold in self.opened:
            row = replace(row, fold_read=0)  # its articles show what is read
        feed, selected = self._feed_title(row.feed_id), article_id in self.selected
        if self.host.linear:
            words = row_words(row, feed, options, inner=inner, selected=selected, part=part)
            parts = [(words, "dim" if row.read else "text")]
        elif part:
            parts = detail_parts(replace(row, detail=self._detail(row)), feed, options, inner=inner)
        else:
            marks = self._marks(row)
            parts = row_parts(row, feed, options, inner=inner, selected=selected, strays=strays, marks=marks)
        strip = strips[look] = draw_row(parts, styles, options.width, cursor)
        while len(self._strips) > _KEEP_STRIPS // self.places.height:
            del self._strips[next(iter(self._strips))]
        return strip

    def _is_inner(self, number: int) -> bool:
        """True if the row above belongs to the same story, which is unfolded or partly read."""
        folds = self._columns.get("folds", False)
        if not number or not (self.opened or folds):
            return False
        row, above = self._rows.get(self.ids[number]), self._rows.get(self.ids[number - 1])
        if row is None or above is None or not row.fold or row.fold != above.fold:
            return False
        return folds or row.fold in self.opened

    def _strays(self, number: int) -> bool:
        """True if an article of an unfolded story is not of the day above it."""
        day = self.places.day(number)
        begun = self.days[day][1] if day >= 0 else ""
        return isinstance(begun, int) and local_day(self._rows[self.ids[number]].time) != local_day(begun)

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
        line = event.y + self.scroll_offset.y
        number, part = self.places.at(line)
        if line >= self.places.count or part == HEADING or (self.sticks and not event.y):
            return
        asks = event.button == RIGHT
        opens = not (event.ctrl or asks) and (event.chain > 1 or (number == self.cursor and self.has_focus))
        if event.ctrl:
            self.toggle_selected(self.ids[number])
        else:
            self.move_to(number)
        self.post_message(self.Moved())
        if opens or asks:
            self.post_message(self.Opened(self.ids[number]) if opens else self.MenuAsked())
