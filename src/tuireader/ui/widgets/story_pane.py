"""Pane for the page of a story: a cursor on its articles, and lines to scroll between them."""

from __future__ import annotations

from tuireader.ui.drawing.page_parts import Page
from tuireader.ui.widgets.page_pane import PagePane


class StoryPane(PagePane):
    """A page whose cursor is always on one of its articles."""

    def show_story(self, page: Page, start: int) -> None:
        """Show a page with the cursor on an article; the scroll position stays."""
        top = self.scroll_offset.y
        self.show(page)
        self.chosen = start
        if top:
            self.scroll_now(top)
        self._keep_in_sight()

    def _take_width(self) -> None:
        """Lay out for a new width; the cursor stays in sight."""
        super()._take_width()
        self._keep_in_sight()

    def move(self, lines: int) -> None:
        """Move the cursor to the next article if it is in sight, else scroll."""
        wanted = self.chosen + lines
        if abs(lines) == 1 and 0 <= wanted < len(self.targets) and self._is_near(wanted):
            self.choose(wanted)
            return
        self.scroll_now(max(0, self.scroll_offset.y + lines))
        if abs(lines) != 1:
            self._follow_scroll()

    def go_top(self) -> None:
        """Go to the title, with the cursor on the first article."""
        self._finish()
        self.scroll_now(0)
        self._point_at(0)

    def go_bottom(self) -> None:
        """Go to the end, with the cursor on the last article."""
        self._finish()
        self.scroll_now(len(self._head.lines) + len(self._tail.lines))
        self._point_at(len(self.targets) - 1)

    def _is_near(self, target: int) -> bool:
        """An article is near if it is in sight, or at most a line beyond the edge."""
        first, last = self._target_lines()[target]
        top = self.scroll_offset.y
        return top - 2 <= first and last <= top + self.size.height

    def _keep_in_sight(self) -> None:
        if self.size.height and 0 <= self.chosen < len(self.targets):
            self.choose(self.chosen)

    def _follow_scroll(self) -> None:
        """Put the cursor on the first article in sight if it has left the screen."""
        top, end = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        places = self._target_lines().items()
        visible = [target for target, (first, last) in places if top <= first and last < end and target >= 0]
        if visible and self.chosen not in visible:
            self._point_at(visible[0])

    def _point_at(self, target: int) -> None:
        """Move the cursor without scrolling."""
        self.chosen = min(max(0, target), len(self.targets) - 1)
        self.forget_strips()
        self.post_message(self.Changed())
