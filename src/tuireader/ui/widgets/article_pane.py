"""The reading pane: an article as lines, with hits to jump to and relatives to open."""

from __future__ import annotations

import re
from typing import NamedTuple

from textual import events
from textual.message import Message

from tuireader.ui.drawing.layout import Layout, Overlay
from tuireader.ui.drawing.page_parts import Hit, Page, StyleRange, Tail, Target
from tuireader.ui.widgets.page_pane import PagePane

_MOST_FOUND = 10_000


class Found(NamedTuple):
    """A place where the sought words stand: a range of the text of a part, in the text or `below` it."""

    below: bool
    part: int
    start: int
    end: int


class ArticlePane(PagePane):
    """Adds to a page: what watches hit, what was found in it, and what can be opened below it."""

    class TargetOpened(Message):
        """A relative or neighbour was chosen."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

    class Changed(Message):
        """What the status line tells of the pane has changed: the hit, the chosen relative."""

    class Unfit(Message):
        """The tables of the page were laid out for another width."""

    def __init__(self, measure: int) -> None:
        super().__init__(measure)
        self.hit = -1
        self.sought = ""
        self.found: list[Found] = []
        self.found_at = -1
        self._found_in: dict[tuple[bool, int], list[int]] = {}  # what stands in which part
        self._find_from = 0

    def show(self, page: Page, *, place: int = 0) -> None:
        """Show an article from the place in its text where reading stopped."""
        self.hit = -1
        self.sought, self.found, self.found_at, self._found_in = "", [], -1, {}
        super().show(page, place=place)

    def show_head(self, page: Page) -> None:
        """Show a page some of whose first parts say something else; the view of the others stays."""
        self._arrive_if_needed()
        top = self.scroll_offset.y
        self.page_shown = page
        self._head, same, moved = self._head.with_others(page.head)
        self._strips.clear()
        self._resize()
        if top >= same:
            self.scroll_now(top + moved)
        if self.sought:
            self._find_all()
        self.refresh()
        self._continue()

    def fits(self, page: Page) -> bool:
        """Whether the tables of a page were laid out for the width that the text has."""
        return page.tables_for in (0, self.text_width)

    def _lay_out(self) -> None:
        super()._lay_out()
        if self.page_shown is not None and not self.fits(self.page_shown):
            self.post_message(self.Unfit())

    def show_tail(self, tail: Tail) -> None:
        """Replace what stands below the text; the view of it stays where it is."""
        super().show_tail(tail)
        if self.sought:
            self._find_all()

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

    def go_to_comments(self) -> bool:
        """Bring the first comment to the top; False when there are none on the page."""
        page = self.page_shown
        if page is None or page.tail.comments < 0:
            return False
        self._finish()
        self._unchoose()
        self.scroll_now(len(self._head.lines) + self._tail.firsts[page.tail.comments])
        return True

    def _bring_in_sight(self, line: int) -> None:
        """Scroll so that a line is in sight, with some of what stands above it."""
        self._resize()
        self._strips.clear()
        top, height = self.scroll_offset.y, self.size.height
        if not top <= line < top + height - 1:
            self.scroll_now(max(0, line - height // 3))
        self.refresh()
        self.post_message(self.Changed())

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
        self._bring_in_sight(self._head.line_of(hit.part, hit.start))
        return hit

    # -- find in page

    def find(self, words: str) -> int:
        """Highlight all occurrences, ignoring case, and go to the first one from where the search began.

        Return their number; `""` removes the highlights.
        """
        if not self.sought:
            self._find_from = self.scroll_offset.y
        self.sought = words.strip()
        self._find_all()
        if self.found:
            self._arrive_if_needed()
            self._finish()
            lines = (self._line_of(one) for one in self.found)
            self.found_at = next((at for at, line in enumerate(lines) if line >= self._find_from), 0)
            self._bring_in_sight(self._line_of(self.found[self.found_at]))
        else:
            self.forget_strips()
            self.post_message(self.Changed())
        return len(self.found)

    def next_found(self, step: int) -> None:
        """Go to the next place where the sought words stand; after the last one comes the first."""
        if self.found:
            self._unchoose()
            self.found_at = (self.found_at + step) % len(self.found)
            self._bring_in_sight(self._line_of(self.found[self.found_at]))

    def _find_all(self) -> None:
        self.found, self.found_at, self._found_in = [], -1, {}
        if not self.sought or self.page_shown is None:
            return
        words = re.compile(r"\s+".join(map(re.escape, self.sought.split())), re.IGNORECASE)
        for below, parts in enumerate((self.page_shown.head, self.page_shown.tail.parts)):
            for number, part in enumerate(parts):
                for match in words.finditer(part.text):
                    self._found_in.setdefault((bool(below), number), []).append(len(self.found))
                    self.found.append(Found(bool(below), number, *match.span()))
                    if len(self.found) == _MOST_FOUND:
                        return
        self.found_at = min(0, len(self.found) - 1)

    def _line_of(self, found: Found) -> int:
        layout, above = (self._tail, len(self._head.lines)) if found.below else (self._head, 0)
        return above + layout.line_of(found.part, found.start)

    # -- relatives

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

    def _over(self, layout: Layout, part: int) -> Overlay:
        over = super()._over(layout, part)
        page = self.page_shown
        if page is None:
            return over
        below = layout is self._tail
        above = [
            StyleRange(self.found[at].start, self.found[at].end, "now" if at == self.found_at else "found")
            for at in self._found_in.get((below, part), ())
        ]
        if not below and not self.found and self.hit >= 0 and page.hits[self.hit].part == part:
            hit = page.hits[self.hit]
            above.append(StyleRange(hit.start, hit.end, "now"))
        target = layout.parts[part].target
        return over._replace(above=above, chosen=below and target >= 0 and target == self.chosen)
