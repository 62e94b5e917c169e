"""Reading pane: an article with matches to jump to and related articles to open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from msgspec.structs import replace
from textual import events
from textual.geometry import Offset
from textual.message import Message

from tuireader.commands import Scope
from tuireader.text import cell_len
from tuireader.ui.bindings import bindings
from tuireader.ui.drawing.layout import Art, Layout, Line, Overlay, ranges
from tuireader.ui.drawing.page_parts import Hit, Page, ReferenceMark, StyleRange, Tail, Target
from tuireader.ui.linear import page_words
from tuireader.ui.session import PageSpot
from tuireader.ui.widgets.page_pane import PagePane
from tuireader.ui.widgets.pane import RIGHT

_MOST_FOUND = 10_000
_NARROWEST = 8  # minimum width of an image in cells
_LOWEST = 4  # lines that an image takes even if it pushes text off the first screen
_TEXT_LINES = 6  # lines on the first screen around an image, for its caption and some text
_SOON = 20  # number of lines below the visible part in which images are loaded too


class Found(NamedTuple):
    """An occurrence of the searched words: a range of a part, in the text or `below` it."""

    below: bool
    part: int
    start: int
    end: int


class ArticlePane(PagePane):
    """A page with matches of watches, find in page, marks of references, and images."""

    BINDINGS: ClassVar = [*bindings(Scope.ARTICLE)]

    @dataclass
    class PicturesSeen(Message):
        """New image placeholders became visible: show these images, `width` cells wide at most.

        `urls` maps them to their maximum number of lines.
        """

        urls: dict[str, int]
        width: int

    class Unfit(Message):
        """The tables of the page were laid out for another width."""

    def __init__(self, measure: int) -> None:
        super().__init__(measure)
        self.hit = -1
        self.reference = -1  # index of the current mark
        self.sought = ""
        self.found: list[Found] = []
        self.found_at = -1
        self._found_in: dict[tuple[bool, int], list[int]] = {}  # indexes of `found` by part
        self._find_from = 0
        self._at_mark = False  # the current match or mark was shown, and the page not scrolled since
        self.looks_for_pictures = False
        self._seen: set[str] = set()
        self._seen_at = 0  # height of the pane when they were

    def show(self, page: Page, *, place: int = 0) -> None:
        self.hit = self.reference = -1
        self.sought, self.found, self.found_at, self._found_in = "", [], -1, {}
        super().show(page, place=place)

    def show_head(self, page: Page) -> None:
        """Show a page with other facts below its title; the other parts stay in place."""
        self._arrive_if_needed()
        self.page_shown = page_words(page) if self.host.linear else page
        self._head.parts = self.page_shown.head
        self._show_art(1, None)
        if self.sought:
            self._find_all()

    def fits(self, page: Page) -> bool:
        """True if the tables of a page were laid out for this width."""
        return page.tables_for in (0, self.text_width)

    def _arrive(self) -> None:
        super()._arrive()
        self._look_for_pictures()

    def _take_width(self) -> None:
        super()._take_width()
        self._look_for_pictures()

    def _lay_out(self) -> None:
        super()._lay_out()
        self._seen.clear()
        if self.page_shown is not None and not self.fits(self.page_shown):
            self.post_message(self.Unfit())

    def show_tail(self, tail: Tail) -> None:
        super().show_tail(tail)
        if self.sought:
            self._find_all()

    def move(self, lines: int) -> None:
        """Scroll, or move the cursor among related articles."""
        if self.chosen >= 0 and abs(lines) == 1:
            self.choose(self.chosen + lines)
        else:
            self._unchoose()
            self.scroll_now(max(0, self.scroll_offset.y + lines))

    def go_bottom(self) -> None:
        self._finish()
        super().go_bottom()

    def go_to_comments(self) -> None:
        """Scroll to the first comment, if there are comments."""
        page = self.page_shown
        if page is not None and page.tail.comments >= 0:
            self._finish()
            self._unchoose()
            self.scroll_now(len(self._head.lines) + self._tail.firsts[page.tail.comments])

    def _bring_in_sight(self, line: int) -> None:
        self.forget_strips()
        top, height = self.scroll_offset.y, self.size.height
        if not top <= line < top + height - 1:
            self.scroll_now(max(0, line - height // 3))
        self._at_mark = True
        self.post_message(self.Changed())

    def next_hit(self, step: int) -> Hit | None:
        """Go to the next match of a watch, wrapping around; return None without matches."""
        page = self.page_shown
        if page is None or not page.hits:
            return None
        self._arrive_if_needed()
        self._unchoose()
        self.reference = -1
        entering = 0 if step > 0 else -1
        self.hit = (self.hit + step if self.hit >= 0 else entering) % len(page.hits)
        hit = page.hits[self.hit]
        self._bring_in_sight(self._head.line_of(hit.part, hit.start))
        return hit

    @property
    def references(self) -> tuple[ReferenceMark, ...]:
        return self.page_shown.references if self.page_shown is not None else ()

    @property
    def current_reference(self) -> ReferenceMark | None:
        """The current mark, unless the cursor is on a related article."""
        there = self.chosen < 0 and 0 <= self.reference < len(self.references)
        return self.references[self.reference] if there else None

    def next_reference(self, step: int) -> bool:
        """Go to the next mark, at first from the top of the screen; return False without marks."""
        marks = self.references
        if not marks:
            return False
        self._arrive_if_needed()
        self.chosen = self.hit = -1
        self._return = None
        if self.current_reference is None:
            top = self.scroll_offset.y
            lines = [self._head.line_of(mark.part, mark.start) for mark in marks]
            above = sum(line < top for line in lines)
            self.reference = (above if step > 0 else above - 1) % len(marks)
        else:
            self.reference = (self.reference + step) % len(marks)
        mark = marks[self.reference]
        self._bring_in_sight(self._head.line_of(mark.part, mark.start))
        return True

    def leave_reference(self) -> bool:
        """Leave the current mark; return False if there is none."""
        if self.current_reference is None:
            return False
        self.reference = -1
        self.forget_strips()
        self.post_message(self.Changed())
        return True

    def _reference_at(self, x: int, number: int) -> int:
        """Index of the mark at a column of a line, or -1."""
        layout, line = self._line(number)
        if line is None or layout is not self._head:
            return -1
        for index, mark in enumerate(self.references):
            if mark.part == line.part and line.start <= mark.start < line.end:
                column = self._column(layout, line, mark.start)
                if column <= x < column + cell_len(layout.parts[line.part].text[mark.start : mark.end]):
                    return index
        return -1

    def _column(self, layout: Layout, line: Line, place: int) -> int:
        """Column of the character at `place` in the text of a part, which is on that line."""
        part = layout.parts[line.part]
        columns = ranges(part, line, layout.width, layout.arts.get(line.part)) or [(0, line.start, line.end)]
        at, start, _ = next((span for span in columns if span[1] <= place < span[2]), columns[0])
        return self._pad + at + cell_len(part.text[start:place])

    @property
    def spot(self) -> PageSpot:
        return replace(super().spot, reference=self.reference)

    def return_to(self, spot: PageSpot) -> None:
        super().return_to(spot)
        self.reference = min(spot.reference, len(self.references) - 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Look for images, and leave a mark that is out of sight, so that `enter` never opens it."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._at_mark = False
            self._look_for_pictures()
        if mark := self.current_reference:
            top = self.scroll_offset.y
            if not top <= self._head.line_of(mark.part, mark.start) < top + self.size.height:
                self.leave_reference()

    def find(self, words: str) -> None:
        """Highlight all occurrences, ignoring case, and go to the first one after the start of the search.

        `""` removes the highlights.
        """
        if not self.sought:
            self._find_from = self.scroll_offset.y
        self.sought = words.strip()
        self._find_all()
        if self.found:
            self._finish()
            lines = (self._line_of(place) for place in self.found)
            self.found_at = next((at for at, line in enumerate(lines) if line >= self._find_from), 0)
            self._bring_in_sight(self._line_of(self.found[self.found_at]))
        else:
            self.forget_strips()
            self.post_message(self.Changed())

    def next_found(self, step: int) -> None:
        """Go to the next occurrence, wrapping around."""
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

    def _line_of(self, place: Found) -> int:
        layout, above = (self._tail, len(self._head.lines)) if place.below else (self._head, 0)
        return above + layout.line_of(place.part, place.start)

    @property
    def caret(self) -> Offset:
        """Cell for the terminal's cursor: on the current mark or match until the page is scrolled."""
        hits, top = self.page_shown.hits if self.page_shown is not None else (), self.scroll_offset.y
        mark = self.current_reference or (hits[self.hit] if 0 <= self.hit < len(hits) else None)
        place = Found(False, mark.part, mark.start, mark.end) if mark is not None else None
        place = self.found[self.found_at] if self.found and self.current_reference is None else place
        y = self._line_of(place) - top if place is not None and self._at_mark else -1
        layout, line = self._line(y + top)
        if place is None or line is None or self.chosen >= 0 or not 0 <= y < self.size.height:
            return super().caret
        return Offset(self._column(layout, line, place.start), y)

    def open_chosen(self) -> None:
        """Open the related article under the cursor, or that of the current mark."""
        if mark := self.current_reference:
            self.post_message(self.TargetOpened(Target(mark.article.title, mark.article.article_id)))
        else:
            super().open_chosen()

    def on_click(self, event: events.Click) -> None:
        """Open the article of a mark; the base class opens the targets."""
        index = self._reference_at(event.x - self.gutter.left, event.y + self.scroll_offset.y)
        if index >= 0 and event.button != RIGHT:
            self.chosen, self.reference = -1, index
            self.open_chosen()

    def _look_for_pictures(self) -> None:
        if not self.looks_for_pictures or not self.size.height or self._head.width < _NARROWEST:
            return  # without a size, a resize event follows
        if self.size.height != self._seen_at:
            self._seen.clear()
            self._seen_at = self.size.height
        top = self.scroll_offset.y
        lines = self._head.lines[top : top + self.size.height + _SOON]
        pictures = {part: self._head.parts[part].picture for part in sorted({line.part for line in lines})}
        new = {part: self._rows_of(part) for part, url in pictures.items() if url and url not in self._seen}
        for part, rows in reversed(new.items()):
            self._seen.add(pictures[part])
            if part not in self._head.arts:  # reserve the space, so that text does not move when it is there
                self._show_art(part, Art(0, [()] * rows))
        if new:
            urls = {pictures[part]: rows for part, rows in new.items()}
            self.post_message(self.PicturesSeen(urls, self._head.width))

    def _rows_of(self, part: int) -> int:
        """Maximum height of an image: a third of the pane, less where text would leave the first screen."""
        height = self.size.height
        left = height - self._head.top_of(part) - _TEXT_LINES
        return max(1, min(height // 3, max(_LOWEST, left) if left > -_TEXT_LINES else height))

    def look_for_pictures(self, wanted: bool, *, hints: bool) -> None:
        """Start to post `PicturesSeen`, or show only placeholders, with a hint if `hints`."""
        self.looks_for_pictures = wanted
        self.hints = self._head.hints = hints
        for number, part in enumerate(self._head.parts):
            if part.picture:
                self._show_art(number, None)
        self._seen.clear()
        self._look_for_pictures()

    def show_picture(self, url: str, art: Art | None) -> None:
        """Show an image at each of its placeholders, or that it failed; the text in sight stays in place."""
        if not self.looks_for_pictures or (art is not None and art.width > self._head.width):
            return
        for number, part in enumerate(self._head.parts):
            if part.picture == url:
                self._show_art(number, art)

    def _show_art(self, number: int, art: Art | None) -> None:
        top = self.scroll_offset.y
        above = top >= len(self._head.lines) or self._head.lines[top].part > number
        returning = self._returning()
        moved = self._head.show_art(number, art)
        self.forget_strips()
        if returning is not None:
            self.return_to(returning)
        elif above and moved:
            self.scroll_now(top + moved)

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
        mark = self.current_reference
        if not below and mark is not None and mark.part == part:
            above.append(StyleRange(mark.start, mark.end, "now"))
        return over._replace(above=above)
