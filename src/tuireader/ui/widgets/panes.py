"""Panes of the main screen (sidebar, list, article): arrangement and focus."""

from __future__ import annotations

from textual.await_remove import AwaitRemove
from textual.containers import Horizontal, Vertical
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tuireader.ui.host import Hosted
from tuireader.ui.session import Session
from tuireader.ui.textual_private import CoalescingScreen
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.article_pane import ArticlePane
from tuireader.ui.widgets.pane import Pane
from tuireader.ui.widgets.search_line import FindLine, SearchLine
from tuireader.ui.widgets.sidebar import Sidebar

_WIDE = 100  # minimum width for the sidebar beside the list
_SINGLE = (60, 16)  # below this width or height, one pane is shown at a time


class _Covered(Widget):
    """Mixin for containers covered by other widgets: draws only their borders.

    Must be the last base class, as Textual inherits styles from the first.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render the top border, and the same strip for all lines below it.

        Textual renders every visible widget, even one covered by others, whenever a class changes.
        """
        top = self.styles.gutter.top
        lines = super().render_lines(Region(crop.x, 0, crop.width, top + 1))
        return [lines[min(y, top)] for y in crop.line_range]


class PaneRow(Horizontal, _Covered):
    """Panes side by side."""


class PaneColumn(Vertical, _Covered):
    """Panes on top of each other."""


class PaneScreen(CoalescingScreen, _Covered):
    """A screen covered by its panes."""


class Panes(PaneRow, Hosted):
    """Sidebar on the left, list above article on the right; classes of the screen set their arrangement."""

    def __init__(
        self, session: Session, sidebar: Sidebar, snippet: Widget, articles: ArticleList, article: ArticlePane
    ) -> None:
        self._column = PaneColumn(snippet, articles, article, id="main")
        super().__init__(sidebar, self._column, id="body")
        self.sidebar = sidebar
        self.articles = articles
        self.article = article
        self._snippet = snippet
        self._session = session
        self._removed: AwaitRemove | None = None  # removal of the last search line

    @property
    def current(self) -> Pane:
        focused = self.screen.focused
        return focused if isinstance(focused, Pane) else self.articles

    @property
    def in_sidebar(self) -> bool:
        return self.current is self.sidebar

    @property
    def in_list(self) -> bool:
        return self.current is self.articles

    @property
    def in_article(self) -> bool:
        return self.current is self.article

    @property
    def line(self) -> str:
        """`search` or `find` while that line has the focus, else `""`."""
        focused = self.screen.focused
        return focused.id or "" if isinstance(focused, SearchLine | FindLine) else ""

    def go_to(self, pane: Pane) -> None:
        """Move the focus to a pane, showing it if needed."""
        if pane is self.article and self._session.page is None:
            pane = self.articles
        self.screen.remove_class("-zen")
        self.screen.set_class(pane is self.sidebar and not self.is_wide, "-sidebar")
        self.show_article(self._session.page is not None and not (self.is_single and pane is self.articles))
        self.screen.set_focus(pane, scroll_visible=False)  # at once: the footer lists the keys available now

    def turn(self, step: int) -> None:
        panes: list[Pane] = [self.sidebar, self.articles]
        if self._session.page is not None:
            panes.append(self.article)
        at = panes.index(self.current) if self.current in panes else 1
        self.go_to(panes[(at + step) % len(panes)])

    @property
    def is_single(self) -> bool:
        """True if one pane is shown at a time."""
        return self.screen.has_class("-single")

    @property
    def is_wide(self) -> bool:
        """True if the sidebar is shown beside the list."""
        return not (self.screen.has_class("-narrow") or self.is_single)

    @property
    def is_zen(self) -> bool:
        """True if only the article is shown."""
        return self.screen.has_class("-zen")

    @property
    def covers_list(self) -> bool:
        """True if the sidebar is shown over the list."""
        return self.screen.has_class("-sidebar") and not self.is_wide

    @property
    def shows_article(self) -> bool:
        return self.screen.has_class("-reading")

    def fit(self, size: Size) -> None:
        """Hide panes that do not fit a screen of that size."""
        single = size.width < _SINGLE[0] or size.height < _SINGLE[1]
        hides = self.is_wide and self.screen.focused is self.sidebar
        self.articles.take_density()
        self.screen.set_class(single, "-single")
        self.screen.set_class(size.width < _WIDE and not single, "-narrow")
        self.rearrange()
        if hides and not self.is_wide:
            self.go_to(self.articles)

    def rearrange(self) -> None:
        """Show or hide list, snippet and article.

        Each is changed directly: a class on the screen would make Textual look up the styles of all widgets.
        """
        alone = self.shows_article and (self.is_single or self.is_zen)
        self.article.display = self.shows_article
        self.articles.display = not alone
        has_line = bool(self._session.expression) and not self.articles.is_cosy
        self._snippet.display = has_line and not alone

    def show_article(self, shown: bool) -> None:
        self.screen.set_class(shown, "-reading", update=False)
        self.rearrange()

    def make_room(self) -> None:
        """Show the article; a short list gets no more lines than it needs."""
        self.articles.styles.max_height = max(4, self.articles.height_needed)
        self.show_article(True)

    def close_article(self) -> None:
        """Hide the article in favour of the list; the focus stays."""
        self.articles.styles.max_height = None
        self.screen.remove_class("-zen")
        self.show_article(False)

    def toggle_zen(self) -> None:
        """Show only the article, or all panes again."""
        if self.is_zen:
            self.go_to(self.article)
        elif self._session.page is not None:
            self.article.focus(scroll_visible=False)
            self.screen.add_class("-zen")
            self.rearrange()

    async def open_search(self, value: str, *, filters: bool) -> None:
        """Open the search line above the list; it has the focus when this returns."""
        if self._session.page is not None and (self.is_single or self.is_zen):
            self.go_to(self.articles)
        if self._removed is not None:
            await self._removed
            self._removed = None
        lines = self.query(SearchLine)
        line = lines.first() if lines else SearchLine(value, filters=filters, history=self._session.searches)
        if not lines:
            await self._column.mount(line, before=0)
        self.screen.set_focus(line)

    def close_search(self) -> None:
        for line in self.query(SearchLine):
            self._removed = line.remove()

    async def open_find(self) -> None:
        lines = self.query(FindLine)
        line = lines.first() if lines else FindLine(self.article)
        if not lines:
            await self._column.mount(line, after=self.article)
        self.screen.set_focus(line)  # at once: the next key goes into it

    def close_find(self, *, keep: bool = False) -> bool:
        """Remove the find line, and the marks unless `keep`; return False if there was neither."""
        lines = list(self.query(FindLine))
        for line in lines:
            line.remove()
        sought = bool(self.article.sought)
        if sought and not keep:
            self.article.find("")
        if lines:
            self.go_to(self.article)
        return sought or bool(lines)

    def on_find_line_left(self, message: FindLine.Left) -> None:
        self.close_find(keep=message.keep)

    def repainted(self) -> list[Widget]:
        """Widgets that a key may have changed."""
        panes = (self.sidebar, self.articles, self.article)
        return [*panes, *(pane.vertical_scrollbar for pane in panes if pane.show_vertical_scrollbar)]

    def forget_strips(self) -> None:
        for pane in (self.sidebar, self.articles, self.article):
            pane.forget_strips()

    def hold_repaint(self) -> None:
        """Paint nothing for a moment, so that results about to arrive appear in the same paint."""
        if isinstance(self.screen, PaneScreen):
            self.screen.hold_repaint()
