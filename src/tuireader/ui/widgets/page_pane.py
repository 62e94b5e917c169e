"""Pane for a page: laid out in chunks, drawn line by line, with a cursor on the targets below its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tuireader.text.bidi import is_right_to_left
from tuireader.ui.drawing.graphics import GraphicStrip
from tuireader.ui.drawing.layout import Layout, Line, LineKind, Overlay, draw, ranges
from tuireader.ui.drawing.page_parts import Page, Part, StyleRange, Tail, Target
from tuireader.ui.host import Hosted
from tuireader.ui.linear import page_words, tail_words
from tuireader.ui.session import PageSpot
from tuireader.ui.widgets.pane import RIGHT, Pane

_FIRST = 400  # lines laid out before the first paint
_CHUNK = 3000  # lines laid out at a time after that


class PagePane(Pane, Hosted):
    """Shows a `Page`. The head is laid out in chunks; the tail is replaced once more of it is known."""

    @dataclass
    class TargetOpened(Message):
        """A related or neighbouring article, or one that a sentence refers to, was opened."""

        target: Target

    class Changed(Message):
        """The current match or mark, or the cursor on the targets changed."""

    def __init__(self, measure: int) -> None:
        super().__init__(id="article")
        self.page_shown: Page | None = None
        self.chosen = -1
        self.hints = False  # whether hidden images can be shown, and say so
        self.width_to_be = 0  # width of the pane before it is first laid out; 0: that of its parent
        self._measure = measure
        self._head = Layout((), 80)
        self._tail = Layout((), 80)
        self._colours: dict[int, tuple[StyleRange, ...]] = {}
        self._pad = 0
        self._pane_width = 0  # width of the pane at the last layout
        self._arrive_at: int | None = None  # position to show once the size is known
        self._return: tuple[PageSpot, int, int] | None = None  # the spot, line and cursor last reached

    def show(self, page: Page, *, place: int = 0) -> None:
        """Show an article from the remembered position in its text."""
        self.page_shown = page_words(page) if self.host.linear else page
        self.chosen = -1
        self._return = None
        self._colours.clear()
        self._arrive_at = place
        if self.size.width or not place:  # otherwise a resize event follows
            self._arrive()

    def _arrive(self) -> None:
        """Lay out for the current size and show the requested position at the top."""
        self._lay_out()
        self.scroll_now(self._head.line_at(self._arrive_at) if self._arrive_at else 0)
        self._arrive_at = None
        self._continue()

    @property
    def spot(self) -> PageSpot:
        top = self.scroll_offset.y
        below = self._head.complete and top >= len(self._head.lines)
        layout, at = (self._tail, top - len(self._head.lines)) if below else (self._head, top)
        if not 0 <= at < len(layout.lines):
            return PageSpot(False, 0, 0, self.chosen)
        part = layout.lines[at].part
        return PageSpot(below, part, at - layout.firsts[part], self.chosen)

    def return_to(self, spot: PageSpot) -> None:
        """Return to where the user left the article.

        Runs again when related articles and images arrive, as the position depends on them.
        """
        self._arrive_if_needed()
        layout = self._tail if spot.below else self._head
        if spot.below:
            self._head.extend(10**9)
        part = min(spot.part, len(layout.parts) - 1)
        line = layout.line_of(part, 0) + spot.line if part >= 0 else 0
        layout.extend(line + self.size.height)
        self._tail.extend(self.size.height)
        self.chosen = min(spot.chosen, len(self.targets) - 1)
        self.forget_strips()
        self.scroll_now(line + (len(self._head.lines) if spot.below else 0))
        self._return = spot, self.scroll_offset.y, self.chosen

    def _returning(self) -> PageSpot | None:
        """Spot to return to; None if the user has moved since."""
        if self._return is None or self._return[1:] != (self.scroll_offset.y, self.chosen):
            return None
        return self._return[0]

    def show_tail(self, tail: Tail) -> None:
        """Replace the tail; the scroll position stays."""
        if self.page_shown is None:
            return
        returning = self._returning()
        tail = tail_words(tail) if self.host.linear else tail
        self.page_shown = replace(self.page_shown, tail=tail)
        self._tail = Layout(tail.parts, self._head.width)
        self._tail.extend(_FIRST)
        self.chosen = min(self.chosen, len(tail.targets) - 1)
        self.forget_strips()
        if returning is not None:
            self.return_to(returning)

    def clear(self) -> None:
        self.page_shown = None
        self._arrive_at = None
        self._head, self._tail = Layout((), 80), Layout((), 80)
        self.forget_strips()

    @property
    def targets(self) -> tuple[Target, ...]:
        return self.page_shown.tail.targets if self.page_shown is not None else ()

    @property
    def place(self) -> int:
        """Character offset of the top line in the text."""
        if self._arrive_at is not None:
            return self._arrive_at
        return 0 if self.scroll_offset.y == 0 else self._head.place_of(self.scroll_offset.y)

    @property
    def at_end(self) -> bool:
        """True if the last line of the text is visible."""
        end = self.scroll_offset.y + self.size.height
        return self._arrive_at is None and self._head.complete and end >= len(self._head.lines)

    def colour(self, part: int, marks: Sequence[StyleRange]) -> None:
        self._colours[part] = tuple(marks)
        self.forget_strips()

    def _lay_out(self) -> None:
        page = self.page_shown
        if page is None:
            return
        self._centre()
        self._head = Layout(page.head, self.text_width, hints=self.hints)
        self._tail = Layout(page.tail.parts, self.text_width)
        self._head.extend(_FIRST)
        self._tail.extend(_FIRST)
        self.forget_strips()

    def _centre(self) -> None:
        self._pane_width = self._usable_width
        self._pad = max(0, self._pane_width - 2 - self.text_width) // 2 + 1

    @property
    def text_width(self) -> int:
        """Width of the text; known before the pane is laid out."""
        room = max(4, self._usable_width - 2)
        return room if self.host.linear else min(self._measure, room)

    @property
    def caret(self) -> Offset:
        """Cell for the terminal's cursor: on the chosen target, else before the first text in sight."""
        top = self.scroll_offset.y
        shown = [self._line(top + y)[1] for y in range(self.size.height)]
        first = next((y for y, line in enumerate(shown) if line and line.end > line.start), 0)
        return Offset(self._pad, self._target_lines()[self.chosen][0] - top if self.chosen >= 0 else first)

    @property
    def _usable_width(self) -> int:
        around = self.parent.size.width if isinstance(self.parent, Widget) else 0
        return self.size.width or self.width_to_be or around

    def _resize(self) -> None:
        lines = len(self._head.lines) + (len(self._tail.lines) if self._head.complete else 0)
        self.virtual_size = Size(1, lines)  # a real width would cause a layout at each change

    def _continue(self) -> None:
        """Lay out the rest of a long text in chunks."""
        for layout in (self._head, self._tail):
            if not layout.complete:
                layout.extend(len(layout.lines) + _CHUNK)
                self._resize()
                self.set_timer(0.001, self._continue)
                return

    def _arrive_if_needed(self) -> None:
        """Lay out now, because a key arrived before the layout."""
        if self._arrive_at is not None:
            self._arrive()

    def _finish(self) -> None:
        self._arrive_if_needed()
        for layout in (self._head, self._tail):
            if not layout.complete:
                layout.extend(10**9)
                self._resize()

    def set_measure(self, measure: int) -> None:
        self._measure = measure
        self._take_width()

    def on_resize(self) -> None:
        self._take_width()

    def _take_width(self) -> None:
        """Lay out for a new width; the top line stays. (Textual calls each class's own `on_resize`.)"""
        if self.page_shown is None or not self.size.width:
            return
        if self._arrive_at is not None:
            self._arrive()
            return
        if self.text_width != self._head.width:
            self._arrive_at = self.place
            self._arrive()
        elif self.size.width != self._pane_width:
            self._centre()
            self.forget_strips()

    def choose(self, number: int) -> bool:
        """Move the cursor to a related article and show it; a negative number removes the cursor."""
        if number < 0 or not self.targets:
            self._unchoose()
            return False
        self._finish()
        entering = self.chosen < 0
        self.chosen = min(number, len(self.targets) - 1)
        first, last = self._target_lines()[self.chosen]
        top, height = self.scroll_offset.y, self.size.height
        if entering and not (top <= first - 1 and last < top + height * 2 // 3):
            self.scroll_now(max(0, first - 2 - height // 6))
        elif first - 2 < top:
            self.scroll_now(max(0, first - 2))
        elif last + 1 >= top + height:
            self.scroll_now(last + 2 - height)
        self.forget_strips()
        self.post_message(self.Changed())
        return True

    def _unchoose(self) -> None:
        if self.chosen >= 0:
            self.chosen = -1
            self.forget_strips()
            self.post_message(self.Changed())

    def _target_lines(self) -> dict[int, tuple[int, int]]:
        """First and last line of each target."""
        self._finish()
        spans: dict[int, tuple[int, int]] = {}
        for number, line in enumerate(self._tail.lines, len(self._head.lines)):
            target = self._tail.parts[line.part].target
            spans[target] = spans.get(target, (number, number))[0], number
        return spans

    def open_chosen(self) -> None:
        """Open the target under the cursor, if there is one."""
        if 0 <= self.chosen < len(self.targets):
            self.post_message(self.TargetOpened(self.targets[self.chosen]))

    def on_click(self, event: events.Click) -> None:
        layout, line = self._line(event.y + self.scroll_offset.y)
        if event.button == RIGHT:
            self.post_message(self.MenuAsked())
        elif line is not None and layout.parts[line.part].target >= 0:
            self.chosen = layout.parts[line.part].target
            self.open_chosen()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Join the wrapped lines of the selected text."""
        last = len(self._head.lines) + len(self._tail.lines) - 1
        first = selection.start.y if selection.start is not None else 0
        end = selection.end.y if selection.end is not None else last
        spans: dict[tuple[bool, int, int], tuple[int, int]] = {}  # ranges by layout, part and column
        for number in range(max(0, first), min(end, last) + 1):
            layout, line = self._line(number)
            for column, (start, stop) in self._selected(number, selection).items():
                key = layout is self._tail, line.part if line is not None else 0, column
                spans[key] = spans.get(key, (start, stop))[0], stop
        pieces: list[str] = []
        for (below, number, column), (start, stop) in sorted(spans.items()):
            part = (self._tail if below else self._head).parts[number]
            pieces += [("\n\n" if part.gap and not column else "\n") if pieces else "", part.text[start:stop]]
        return "".join(pieces), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.forget_strips()

    def _selected(self, number: int, selection: Selection) -> dict[int, tuple[int, int]]:
        """Selected ranges of the text of a line by column, except empty ones."""
        span = selection.get_span(number)
        layout, line = self._line(number)
        selected: dict[int, tuple[int, int]] = {}
        if span is None or line is None:
            return selected
        part, art = layout.parts[line.part], layout.arts.get(line.part)
        if self._is_right(layout, part):
            return {0: (line.start, line.end)}
        for column, (at, start, stop) in enumerate(ranges(part, line, layout.width, art)):
            left = max(0, span[0] - self._pad - at)
            right = stop - start if span[1] < 0 else max(0, span[1] - self._pad - at)
            if left < right and left < stop - start:
                selected[column] = min(stop, start + left), min(stop, start + right)
        return selected

    def forget_strips(self) -> None:
        """Redraw; the number of lines may have changed."""
        self._resize()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        return self._draw(number).apply_offsets(0, number)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint graphics over their blank cells."""
        strips = super().render_lines(crop)
        if not any(art.graphics for art in self._head.arts.values()):
            return strips
        left = self.gutter.left + self._pad - crop.x
        first = crop.y - self.gutter.top + self.scroll_offset.y
        for at, strip in enumerate(strips):
            layout, line = self._line(first + at)
            if line is None or line.kind is not LineKind.PICTURE:
                continue
            art = layout.arts[line.part]
            if line.start < len(art.graphics) and left >= 0 and left + art.width < strip.cell_length:
                strips[at] = GraphicStrip(strip, left, art.width, art.graphics[line.start])
        return strips

    def _line(self, number: int) -> tuple[Layout, Line | None]:
        """Layout and entry of a line of the page; None for one that the page does not have."""
        below = number - len(self._head.lines)
        layout, at = (self._head, number) if below < 0 else (self._tail, below)
        return layout, layout.lines[at] if 0 <= at < len(layout.lines) else None

    def _over(self, layout: Layout, part: int) -> Overlay:
        if layout is self._head:
            return Overlay(below=self._colours.get(part, ()))
        return Overlay(chosen=0 <= layout.parts[part].target == self.chosen)

    def _is_right(self, layout: Layout, part: Part) -> bool:
        """Return whether a part is aligned with the right edge: a right-to-left paragraph, if reordered."""
        is_text = layout is self._head and not part.hard and not part.side
        return is_text and self.host.reorders and is_right_to_left(part.text)

    def _draw(self, number: int) -> Strip:
        base, width = self.theme_styles.base, self.size.width
        layout, line = self._line(number)
        if line is None:
            return Strip([Segment(" " * width, base)], width)
        part = layout.parts[line.part]
        over = self._over(layout, line.part)._replace(right=self._is_right(layout, part))
        if self.text_selection is not None:
            spans = self._selected(number, self.text_selection).values()
            over = over._replace(above=(*over.above, *(StyleRange(*span, "selection") for span in spans)))
        body = draw(part, line, self.theme_styles, layout.width, over, layout.arts.get(line.part))
        return Strip([Segment(" " * self._pad, base), *body]).adjust_cell_length(width, base)
