"""Panes of the main screen (sidebar, list, article): arrangement and focus."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.await_remove import AwaitRemove
from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.strip import Strip
from textual.widget import Widget

from tuireader.ui.geometry import Boxes, Dividers, Mode, Shown, boxes, mode_for
from tuireader.ui.host import Hosted
from tuireader.ui.session import Session
from tuireader.ui.textual_private import CoalescingScreen
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.article_pane import ArticlePane
from tuireader.ui.widgets.details import Details
from tuireader.ui.widgets.dividers import Divider
from tuireader.ui.widgets.pane import Pane
from tuireader.ui.widgets.search_line import FindLine, SearchLine
from tuireader.ui.widgets.sidebar import Sidebar

_STEP = 2  # columns that a key moves a divider; lines are moved one by one


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


class PaneScreen(CoalescingScreen, _Covered):
    """A screen covered by its panes."""


class PaneLayout(Layout):
    """Places the panes where `geometry.boxes` puts them."""

    name = "panes"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        return parent.place(children, size) if isinstance(parent, Panes) else []


class Panes(Container, _Covered, Hosted):
    """Sidebar, list and article with dividers between them, arranged by the size of the terminal."""

    def __init__(
        self,
        session: Session,
        sidebar: Sidebar,
        snippet: Details,
        articles: ArticleList,
        article: ArticlePane,
    ) -> None:
        self._edge, self._divider = Divider("edge"), Divider("divider")
        super().__init__(sidebar, self._edge, snippet, articles, self._divider, article, id="body")
        self._panes = self.sidebar, self.articles, self.article = sidebar, articles, article
        self.dividers = Dividers()
        self._snippet = snippet
        self._session = session
        self._mode = Mode.STACKED
        self._boxes = Boxes()
        self._over = False  # whether the sidebar lies over the list
        self._at_list = False  # whether the list was chosen where it and the article do not fit
        self._list_lines = 10**6  # height that the list needs beside an article
        self._dragged: Divider | None = None
        self._removed: AwaitRemove | None = None  # removal of the last search line
        self.styles.set_rule("layout", PaneLayout())

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
        self._over, self._at_list = pane is self.sidebar and not self.is_wide, pane is self.articles
        self.rearrange()
        self.screen.set_focus(pane, scroll_visible=False)  # at once: the footer lists the keys available now
        self._draw_edges()

    def turn(self, step: int) -> None:
        panes: Sequence[Pane] = self._panes if self._session.page is not None else self._panes[:2]
        at = panes.index(self.current) if self.current in panes else 1
        self.go_to(panes[(at + step) % len(panes)])

    @property
    def shows_one(self) -> bool:
        """True if either the list or the article is shown."""
        return self._mode in (Mode.SINGLE, Mode.NARROW)

    @property
    def is_wide(self) -> bool:
        """True if the sidebar is shown beside the list."""
        return self._mode in (Mode.STACKED, Mode.COLUMNS)

    @property
    def is_columns(self) -> bool:
        """True if the article has a place beside the list, whether one is open or not."""
        return self._mode in (Mode.FOLDED, Mode.COLUMNS)

    @property
    def is_zen(self) -> bool:
        """True if only the article is shown."""
        return self.screen.has_class("-zen")

    @property
    def covers_list(self) -> bool:
        return self._over and not self.is_wide

    @property
    def shows_article(self) -> bool:
        """True if an article is open and visible; a preview only has a place in columns."""
        session = self._session
        is_there = session.page is not None and (self.is_columns or not session.previewed)
        return is_there and not (self.shows_one and self._at_list)

    def fit(self, size: Size) -> None:
        """Choose the arrangement for a screen of that size."""
        focused, was_wide = self.screen.focused, self.is_wide
        self.articles.take_density()
        layout = self._session.config.ui.layout
        self._mode = Mode.SINGLE if self.host.linear else mode_for(layout, size.width, size.height)
        self._at_list = self.in_list and not isinstance(focused, FindLine)
        self._over = self._over and focused is self.sidebar
        self.rearrange()
        self._lay_out_again(size)
        if was_wide and not self.is_wide and focused is self.sidebar:
            self.go_to(self.articles)

    def focus_moved(self) -> None:
        """Follow the focus, which a click may have moved."""
        if self._over and self.screen.focused is not self.sidebar:
            self._over = False
            self.rearrange()
        self._draw_edges()

    def rearrange(self) -> None:
        """Show or hide the panes.

        Each is changed directly: a class on the screen would make Textual look up the styles of all widgets.
        """
        at = self.boxes(self.size, self._shown)
        for pane, box in zip(self._panes, (at.sidebar, at.articles, at.article), strict=True):
            pane.display = box is not None
        has_line = bool(self._session.expression) and not self.articles.is_cosy
        self._snippet.display = has_line and self.articles.display

    @property
    def _usual_sidebar(self) -> int:
        return self._session.config.ui.sidebar + 2

    @property
    def _shown(self) -> Shown:
        is_shown = self.shows_article
        return Shown(is_shown, is_shown and self.is_zen, self._over, self._list_lines)

    def boxes(self, size: Size, state: Shown) -> Boxes:
        """Regions of the panes in `size` cells."""
        return boxes(self._mode, size, self.dividers, self._usual_sidebar, state)

    def place(self, children: list[Widget], size: Size) -> list[WidgetPlacement]:
        """Place the panes; lines for searching take the first or last lines of theirs."""
        at = self._boxes = self.boxes(size, self._shown)
        regions: dict[Widget, Region | None] = {
            self.sidebar: at.sidebar, self._edge: at.edge, self._divider: at.divider
        }  # fmt: skip
        if box := at.articles:
            for line in [child for child in children if isinstance(child, SearchLine | Details)]:
                regions[line], box = box.split_horizontal(min(1, box.height))
            regions[self.articles] = box
        if box := at.article:
            for below in [child for child in children if isinstance(child, FindLine)]:
                box, regions[below] = box.split_horizontal(max(0, box.height - 1))
            regions[self.article] = box
        self._draw_edges()
        over = (self.sidebar, self._edge) if self.covers_list else ()
        return [
            WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child, order=int(child in over))
            for child in children
            if (region := regions.get(child))
        ]

    def _draw_edges(self) -> None:
        """Draw the edge of the focused pane in the accent colour."""
        at, focused, columns = self._boxes, self.screen.focused, self.is_columns
        pane = self.article if isinstance(focused, FindLine) else self.current
        beside = {self.articles: at.articles, self.article: None if columns else at.article}.get(pane)
        self._edge.draw(
            sign="│" if at.sidebar else " ",
            accent=beside.line_range if beside else range(0),
            joint=at.divider.y if at.divider and not columns else -1,
        )
        lines = self.size.height if columns and pane is self.article else 0
        self._divider.draw(upright=columns, accent=range(lines))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag a divider. Positions decide, as events may come together and panes get them too."""
        dividers = ((self._edge, self._boxes.edge), (self._divider, self._boxes.divider))
        at = [divider for divider, box in dividers if box is not None and box.contains(*self._cell(event))]
        if at and event.button == 1:
            self._dragged = at[0]
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        x, y = self._cell(event)
        if event.button != 1:
            self.on_mouse_up()  # released outside
        elif self._dragged is not None:
            self._move(self._dragged, x if self._dragged is self._edge or self.is_columns else y)

    def on_mouse_up(self) -> None:
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()

    def _cell(self, event: events.MouseEvent) -> tuple[int, int]:
        left, top, _, _ = self.content_region
        return event.screen_x - left, event.screen_y - top

    def resize_pane(self, step: int) -> None:
        """Make the focused pane larger or, with a negative step, smaller."""
        divider = self._boxes.divider
        if divider is not None and not self.in_sidebar:
            step = -step if self.in_article else step
            at = divider.x if self.is_columns else divider.y
            if step > 0 and not self.is_columns:  # a short list takes fewer lines than it may
                at = max(at, self.dividers.list_size("stacked", self.size.height - 1))
            self._move(self._divider, at + (_STEP if self.is_columns else 1) * step)
        elif self.is_wide and not self.is_zen and self._boxes.edge is not None:
            self._move(self._edge, self._boxes.edge.x + _STEP * (step if self.in_sidebar else -step))

    def _move(self, divider: Divider, at: int) -> None:
        """Move a divider to a column or line of the panes."""
        name = "columns" if self.is_columns else "stacked"
        articles, article = self._boxes.articles, self._boxes.article
        if divider is self._edge and self.is_wide:
            self.dividers.set_sidebar(name, at, self._usual_sidebar, self.size.width)
        elif divider is self._divider and articles is not None and article is not None:
            size, room = at - articles.y, articles.height + article.height
            if self.is_columns:
                size, room = at - articles.x, articles.width + article.width
            self.dividers.set_list_size(name, size, room)
        self._lay_out_again(self.size)
        self._boxes = self.boxes(self.size, self._shown)  # the next key may come before the layout

    def _lay_out_again(self, size: Size) -> None:
        """Place the panes in `size` cells at the next repaint."""
        article = self.boxes(size, Shown(article=True, alone=self.is_zen)).article
        self.article.width_to_be = article.width if article else 0
        self.articles.refresh(layout=True)

    def make_room(self) -> None:
        """Show the article; a short list above it gets no more lines than it needs."""
        lines, before = self.articles.places.count, self._list_lines
        self._list_lines, self._at_list = lines, False
        self.rearrange()
        if lines != before and not self.is_columns:
            self.articles.refresh(layout=True)

    def close_article(self) -> None:
        """Hide the article in favour of the list; the focus stays."""
        self.screen.remove_class("-zen")
        self.rearrange()

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
        if self._session.page is not None and (self.shows_one or self.is_zen):
            self.go_to(self.articles)
        if self._removed is not None:
            await self._removed
            self._removed = None
        line = next(iter(self.query(SearchLine)), None)
        if line is None:
            line = SearchLine(value, filters=filters, history=self._session.searches)
            await self.mount(line, before=0)
        self.screen.set_focus(line)
        self._draw_edges()

    def close_search(self) -> None:
        for line in self.query(SearchLine):
            self._removed = line.remove()

    async def open_find(self) -> None:
        line = next(iter(self.query(FindLine)), None)
        if line is None:
            line = FindLine(self.article)
            await self.mount(line, after=self.article)
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
        bars = [pane.vertical_scrollbar for pane in self._panes if pane.show_vertical_scrollbar]
        return [*self._panes, self._edge, self._divider, *bars]

    def forget_strips(self) -> None:
        for pane in self._panes:
            pane.forget_strips()
        self._edge.refresh()
        self._divider.refresh()

    def hold_repaint(self) -> None:
        """Paint nothing for a moment, so that results about to arrive appear in the same paint."""
        if isinstance(self.screen, PaneScreen):
            self.screen.hold_repaint()
