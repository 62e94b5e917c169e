"""Base classes of the line-API widgets: cached lines, movement without animation."""

from __future__ import annotations

from typing import Self, cast

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from tuireader.ui.host import Hosted
from tuireader.ui.widgets.list_lines import ListLines

_BLACK = Color.parse("black")
RIGHT = 3  # mouse button
_LINES = {"move_down": 1, "move_up": -1}
_PAGES = {"half_page_down": 0.5, "half_page_up": -0.5, "page_down": 1, "page_up": -1}


class CachedLines:
    """Faster `render_lines` for a scrollbar: most of its lines share one strip.

    Textual renders a scrollbar line by line, which takes a fifth of a key that scrolls, and 12 of the 60 ms
    of CPU for opening an article and going back.
    """

    def __init__(self, bar: ScrollBar) -> None:
        self._bar = bar
        self._drawn: tuple[object, list[Strip]] | None = None

    def __call__(self, crop: Region) -> list[Strip]:
        widget, bar = self._bar, cast(ScrollBarRender, self._bar.render())
        style = cast(Style, bar.style)
        filters, background = widget.get_line_filters(), widget.background_colors[1]
        size, width = widget.size.height, widget.size.width
        lines, window = bar.virtual_size, bar.window_size  # the thumb begins in an eighth of a cell
        travel = size - max(1, window * size / lines) if lines else 0
        begin = int(travel * (bar.position / (lines - window)) * 8) if lines > window else 0
        drawn_for = (size, width, lines, window, begin, style, filters, background)
        if self._drawn is None or self._drawn[0] != drawn_for:
            segments = bar.render_bar(
                size=size,
                virtual_size=bar.virtual_size,
                window_size=bar.window_size,
                position=bar.position,
                thickness=width,
                vertical=True,
                back_color=style.bgcolor or _BLACK,
                bar_color=style.color or _BLACK,
            ).segments
            below = widget.visual_style.rich_style
            strips: dict[int, Strip] = {}
            for number, segment in {id(segment): segment for segment in segments}.items():
                strip = Strip(Segment.apply_style([segment], below), width)
                for line_filter in filters:
                    strip = strip.apply_filter(line_filter, background)
                strips[number] = strip
            self._drawn = (drawn_for, [strips[id(segment)] for segment in segments])
        return [strip.crop(crop.x, crop.right) for strip in self._drawn[1][crop.y : crop.bottom]]


class Pane(ScrollView, can_focus=True, inherit_bindings=False):
    """A focusable part of the screen with a cursor or scroll position, and movement commands."""

    class MenuAsked(Message):
        """A right click asked for the commands of what is under the pointer."""

    ALLOW_MAXIMIZE = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: dict[int, Strip] = {}  # lines as shown, by y
        self._lines_for: object = None

    def forget_strips(self) -> None:
        self.refresh()

    def scroll_now(self, line: float) -> None:
        """Scroll a line to the top immediately."""
        self.scroll_to(y=line, animate=False, immediate=True, force=True)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        bar = super().vertical_scrollbar
        if not isinstance(bar.render_lines, CachedLines):
            bar.render_lines = CachedLines(bar)  # type: ignore[method-assign]
        return bar

    def render_lines(self, crop: Region) -> list[Strip]:
        """Cache lines until they change.

        Panes draw whole lines with their background, so Textual's styles are applied to borders only:
        applying them takes most of a repaint. A reused strip also caches its crops and escape codes.
        """
        gutter = self.styles.gutter
        if gutter.left or gutter.right:
            return super().render_lines(crop)
        top, end = gutter.top, gutter.top + self.size.height
        filters = self.get_line_filters()
        background = self.background_colors[1]
        lines_for = (self.outer_size, gutter, filters, background)
        if lines_for != self._lines_for:
            self._lines_for = lines_for
            self._lines.clear()
        known = self._lines.get
        strips: list[Strip] = []
        for y in crop.line_range:
            strip = known(y)
            if strip is None:
                if not top <= y < end:
                    strips += super().render_lines(Region(crop.x, y, crop.width, 1))
                    continue
                strip = self.render_line(y - top)
                for line_filter in filters:
                    strip = strip.apply_filter(line_filter, background)
                self._lines[y] = strip
            strips.append(strip.crop(crop.x, crop.right))
        return strips

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        if not regions and (repaint or layout or recompose):
            self._lines.clear()
        top = self.styles.gutter.top
        for region in regions:
            for y in region.line_range:
                self._lines.pop(y + top, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Skip the CSS update: no rule for panes depends on the focus, and an update takes milliseconds."""

    def move(self, lines: int) -> None:
        """Move the cursor, or scroll."""

    def page(self, pages: float) -> None:
        """Move by a fraction of the height."""
        lines = max(1, round(abs(pages) * max(1, self.size.height - 1)))
        self.move(lines if pages > 0 else -lines)

    def go_top(self) -> None:
        self.move(-(10**9))

    def go_bottom(self) -> None:
        self.move(10**9)

    def go_to_line(self, number: int) -> None:
        """Go to a line or item, counted from 1."""
        self.go_top()
        self.move(number - 1)

    def act(self, command_id: str, times: int = 0) -> None:
        """Move; a number of `times` is that of the line for `top` and `bottom`."""
        if command_id in _LINES:
            self.move(_LINES[command_id] * max(1, times))
        elif command_id in _PAGES:
            self.page(_PAGES[command_id] * max(1, times))
        elif times:
            self.go_to_line(times)
        elif command_id == "top":
            self.go_top()
        elif command_id == "bottom":
            self.go_bottom()


class CursorPane(Pane, Hosted):
    """A pane of items with a cursor that is always visible; `places` are the lines of items and headings.

    The heading of the topmost visible item covers the first line of the pane.
    """

    class Moved(Message):
        """A click moved the cursor, or in a table a key; methods that move it post nothing."""

    cursor = 0
    places = ListLines()

    @property
    def line_count(self) -> int:
        """Number of items."""
        return 0

    @property
    def caret(self) -> Offset:
        """Cell that the terminal's cursor stands on."""
        return Offset(0, self.cursor_line)

    @property
    def cursor_line(self) -> int:
        """Line of the pane that the cursor is on."""
        return self.places.of(self.cursor) - self.scroll_offset.y

    @property
    def sticks(self) -> bool:
        """True if a heading covers the first line of the pane."""
        return bool(self.places.starts) and self.size.height > self.places.height

    def move(self, lines: int) -> None:
        self.move_to(self.cursor + lines)

    def go_to_line(self, number: int) -> None:
        self.move_to(number - 1)

    def move_to(self, line: int) -> None:
        """Move the cursor to an item and show it; only two items are redrawn."""
        line = max(0, min(self.line_count - 1, line))
        old, self.cursor = self.cursor, line
        if old == line:
            return
        self.keep_in_sight()
        self.refresh_item(old)
        self.refresh_item(line)
        self.cursor_moved()

    def page(self, pages: float) -> None:
        """Move by a fraction of the height, and by at least one item."""
        step = 1 if pages > 0 else -1
        lines = round(abs(pages) * (self.size.height - self.places.height - self.sticks))
        line = self.places.of(self.cursor) + step * lines
        item, _ = self.places.at(max(0, min(line, self.places.count - 1)))
        self.move_to(item if (item - self.cursor) * step > 0 else self.cursor + step)

    def refresh_item(self, number: int) -> None:
        top = self.places.of(number) - self.scroll_offset.y
        self.refresh(Region(0, top, self.size.width, self.places.height))

    def keep_in_sight(self) -> bool:
        """Scroll just enough to show the cursor; return whether that was necessary."""
        top, height, at = self.scroll_offset.y, self.size.height, self.places.of(self.cursor)
        first, end = at - self.sticks, at + self.places.height
        if not height or not self.line_count or (top <= first and end <= top + height):
            return False
        if first >= top:
            first = end - height
            first += self.places.at(first + self.sticks)[1] > 0  # do not begin in the middle of an item
        self.scroll_now(first)
        return True

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep the lines that are still in sight: to draw all again is a tenth of the work of such a key."""
        moved, shown, self._lines = round(old_value) - round(new_value), self._lines, {}
        super().watch_scroll_y(old_value, new_value)
        top = self.styles.gutter.top
        sight = range(top + self.sticks, top + self.size.height)
        self._lines = {y + moved: strip for y, strip in shown.items() if y in sight and y + moved in sight}

    def in_sight(self, above: int = 0, below: int = 0) -> range:
        """Numbers of the visible items, and of those that many lines above and below them."""
        if not self.line_count:
            return range(0)
        top, last = self.scroll_offset.y, self.places.count - 1
        first, _ = self.places.at(max(0, min(top - above, last)))
        end, _ = self.places.at(max(0, min(top + self.size.height - 1 + below, last)))
        return range(first, end + 1)

    def item_lines(self) -> ListLines:
        """Lay out the items; override if they have several lines, or headings."""
        return ListLines(self.line_count)

    def take_size(self) -> None:
        """Update the number of lines; a real width would cause a layout at each change."""
        self.places = self.item_lines()
        self.virtual_size = Size(1, self.places.count)

    def put_cursor(self, line: int | None) -> None:
        """Update the size, and scroll so that the cursor is on that line of the pane, or else to the top."""
        self.take_size()
        self.scroll_now(0 if line is None else max(0, self.places.of(self.cursor) - line))
        self.keep_in_sight()

    def on_resize(self) -> None:
        self.take_size()
        self.keep_in_sight()

    def cursor_moved(self) -> None:
        """Override to act on a moved cursor."""
