"""The reading pane: an article as lines, with hits to jump to and relatives to open."""

from __future__ import annotations

from dataclasses import replace

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuireader.ui.layout import Layout, LineKind, draw
from tuireader.ui.page import Hit, Mark, Page, Tail, Target
from tuireader.ui.widgets.pane import Pane

_FIRST = 400  # lines laid out before the first paint
_CHUNK = 3000  # lines laid out at a time afterwards


class ArticlePane(Pane):
    """Shows a `Page`. The head is laid out in chunks; the tail below it is small and replaced as it grows."""

    class TargetOpened(Message):
        """A relative or neighbour was chosen."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

    class Changed(Message):
        """What the status line tells of the pane has changed: the hit, the chosen relative."""

    def __init__(self, measure: int) -> None:
        super().__init__(id="article")
        self.page_shown: Page | None = None
        self.hit = -1
        self.chosen = -1
        self._measure = measure
        self._head = Layout((), 80)
        self._tail = Layout((), 80)
        self._strips: dict[int, Strip] = {}
        self._pad = 0
        self._arrive_at: int | None = None  # the place to show when the size is known

    # -- content

    def show(self, page: Page, *, place: int = 0) -> None:
        """Show an article from the place in its text where reading stopped."""
        self.page_shown = page
        self.hit = self.chosen = -1
        self._arrive_at = place
        if self.size.width or not place:  # else it is not on the screen yet, and is told its size when it is
            self._arrive()

    def _arrive(self) -> None:
        """Lay out for the present size, with the place one came for at the top."""
        self._lay_out()
        self.scroll_now(self._head.line_at(self._arrive_at) if self._arrive_at else 0)
        self._arrive_at = None
        self.refresh()
        self._continue()

    def return_to(self, line: int, chosen: int) -> None:
        """Go to the very line, and relative, where the article was left."""
        self._arrive_if_needed()
        self._head.extend(line + self.size.height)
        self._resize()
        self.chosen = min(chosen, len(self.targets) - 1)
        self._strips.clear()
        self.scroll_now(line)
        self.refresh()

    def show_tail(self, tail: Tail) -> None:
        """Replace what stands below the text; the view of it stays where it is."""
        if self.page_shown is None:
            return
        self.page_shown = replace(self.page_shown, tail=tail)
        self._tail = Layout(tail.parts, self._head.width)
        self._tail.extend(10**6)
        self.chosen = min(self.chosen, len(tail.targets) - 1)
        self._strips.clear()
        self._resize()
        self.refresh()

    def clear(self) -> None:
        """Show nothing."""
        self.page_shown = None
        self._arrive_at = None
        self._head, self._tail = Layout((), 80), Layout((), 80)
        self._strips.clear()
        self._resize()

    @property
    def place(self) -> int:
        """Where in the text the top line is, in characters; the text's length once the end was in sight."""
        if self._arrive_at is not None:
            return self._arrive_at
        return 0 if self.scroll_offset.y == 0 else self._head.place_of(self.scroll_offset.y)

    @property
    def at_end(self) -> bool:
        """Whether the last line of the text is in sight."""
        end = self.scroll_offset.y + self.size.height
        return self._arrive_at is None and self._head.complete and end >= len(self._head.lines)

    # -- layout

    def _lay_out(self) -> None:
        page = self.page_shown
        if page is None:
            return
        whole = self.size.width or self._width_to_be
        room = max(4, whole - 2)
        width = min(self._measure, room)
        self._pad = min((room - width) // 2, whole) + 1 if room > width else 1
        self._head = Layout(page.head, width)
        self._tail = Layout(page.tail.parts, width)
        self._head.extend(_FIRST)
        self._tail.extend(10**6)
        self._strips.clear()
        self._resize()

    @property
    def _width_to_be(self) -> int:
        """The width that a pane which is not on the screen yet will have."""
        return self.parent.size.width if isinstance(self.parent, Widget) else 0

    def _resize(self) -> None:
        lines = len(self._head.lines) + (len(self._tail.lines) if self._head.complete else 0)
        self.virtual_size = Size(1, lines)  # a width would mean another layout when it changes

    def _continue(self) -> None:
        """Lay out the rest of a long text between other things."""
        if not self._head.complete:
            self._head.extend(len(self._head.lines) + _CHUNK)
            self._resize()
            self.set_timer(0.001, self._continue)

    def set_measure(self, measure: int) -> None:
        """Lay the text out at most so many cells wide."""
        if measure != self._measure:
            self._measure = measure
            self.on_resize()

    def on_resize(self) -> None:
        """Lay out for the new width; the line that was at the top stays there."""
        if self.page_shown is None or not self.size.width:
            return
        if self._arrive_at is not None:
            self._arrive()
            return
        if min(self._measure, max(4, self.size.width - 2)) == self._head.width:
            room = max(4, self.size.width - 2)
            self._pad = (room - self._head.width) // 2 + 1
            self._strips.clear()
            self._resize()
            self.refresh()
            return
        self._arrive_at = self.place
        self._arrive()

    # -- moving

    def move(self, lines: int) -> None:
        """Scroll; among the relatives, go to another one."""
        if self.chosen >= 0 and abs(lines) == 1:
            self.choose(self.chosen + lines)
        else:
            self._unchoose()
            self.scroll_now(max(0, self.scroll_offset.y + lines))

    def go_top(self) -> None:
        """Go to the title."""
        self._unchoose()
        self.scroll_now(0)

    def go_bottom(self) -> None:
        """Go to the end."""
        self._finish()
        self._unchoose()
        self.scroll_now(len(self._head.lines) + len(self._tail.lines))

    def _arrive_if_needed(self) -> None:
        """Lay out at once for a key that was faster than the size of the pane."""
        if self._arrive_at is not None:
            self._arrive()

    def _finish(self) -> None:
        self._arrive_if_needed()
        if not self._head.complete:
            self._head.extend(10**9)
            self._resize()

    # -- hits

    def next_hit(self, step: int) -> Hit | None:
        """Go to the next place that a watch found, after the last one at the first again; None for none."""
        page = self.page_shown
        if page is None or not page.hits:
            return None
        self._arrive_if_needed()
        self._unchoose()
        self.hit = (
            (0 if step > 0 else len(page.hits) - 1) if self.hit < 0 else (self.hit + step) % len(page.hits)
        )
        hit = page.hits[self.hit]
        line = self._head.line_of(hit.part, hit.start)
        self._resize()
        self._strips.clear()
        top, height = self.scroll_offset.y, self.size.height
        if not top <= line < top + height - 1:
            self.scroll_now(max(0, line - height // 3))
        self.refresh()
        self.post_message(self.Changed())
        return hit

    # -- relatives

    @property
    def targets(self) -> tuple[Target, ...]:
        """What can be opened below the text."""
        return self.page_shown.tail.targets if self.page_shown is not None else ()

    def choose(self, number: int) -> bool:
        """Put the cursor on a relative and bring it in sight; before the first one, leave them."""
        if number < 0 or not self.targets:
            self._unchoose()
            return False
        self._finish()
        entering = self.chosen < 0
        self.chosen = min(number, len(self.targets) - 1)
        lines = [
            at
            for at, line in enumerate(self._tail.lines)
            if self._tail.parts[line.part].target == self.chosen
        ]
        first = len(self._head.lines) + lines[0]
        last = len(self._head.lines) + lines[-1]
        top, height = self.scroll_offset.y, self.size.height
        if entering and not (top <= first - 1 and last < top + height * 2 // 3):
            self.scroll_now(max(0, first - 2 - height // 6))
        elif first - 2 < top:
            self.scroll_now(max(0, first - 2))
        elif last + 1 >= top + height:
            self.scroll_now(last + 2 - height)
        self._strips.clear()
        self.refresh()
        self.post_message(self.Changed())
        return True

    def _unchoose(self) -> None:
        if self.chosen >= 0:
            self.chosen = -1
            self._strips.clear()
            self.refresh()
            self.post_message(self.Changed())

    def open_chosen(self) -> bool:
        """Open the relative under the cursor; False when there is none."""
        if not 0 <= self.chosen < len(self.targets):
            return False
        self.post_message(self.TargetOpened(self.targets[self.chosen]))
        return True

    def on_click(self, event: events.Click) -> None:
        """A click on a relative opens it."""
        number = event.y + self.scroll_offset.y - len(self._head.lines)
        if 0 <= number < len(self._tail.lines):
            target = self._tail.parts[self._tail.lines[number].part].target
            if target >= 0:
                self.chosen = target
                self.open_chosen()

    # -- drawing

    def forget_strips(self) -> None:
        """Drop whatever was drawn and draw anew."""
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the page, moved in so far that the text stands in the middle."""
        number = y + self.scroll_offset.y
        strip = self._strips.get(number)
        if strip is None:
            strip = self._draw(number)
            if len(self._strips) > 2000:
                self._strips.clear()
            self._strips[number] = strip
        return strip

    def _draw(self, number: int) -> Strip:
        ground, width = self.inks.ground, self.size.width
        in_tail = number - len(self._head.lines)
        layout = self._head if in_tail < 0 else self._tail
        at = number if in_tail < 0 else in_tail
        if at >= len(layout.lines):
            return Strip([Segment(" " * width, ground)], width)
        line = layout.lines[at]
        part = layout.parts[line.part]
        now = None
        if in_tail < 0 and self.page_shown is not None and self.hit >= 0:
            hit = self.page_shown.hits[self.hit]
            now = Mark(hit.start, hit.end, "now") if hit.part == line.part else None
        chosen = (
            in_tail >= 0 and part.target >= 0 and part.target == self.chosen and line.kind != LineKind.BLANK
        )
        body = draw(part, line, self.inks, layout.width, chosen=chosen, now=now)
        return Strip([Segment(" " * self._pad, ground), *body]).adjust_cell_length(width, ground)
