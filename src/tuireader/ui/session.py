"""State of the main screen: feeds and counts, the view and its order, the open article, the way back."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Sequence

from msgspec import Struct

from tuireader.commands.sorts import RELEVANCE, TO_DO_ORDER
from tuireader.config import Config, UiConfig
from tuireader.model import Article, Counts, Feed, View, ViewKind
from tuireader.model.accounts import AccountState
from tuireader.ui.drawing.page_parts import Page
from tuireader.ui.drawing.sidebar_items import FeedLines
from tuireader.ui.views import SUBSCRIBED, TO_DO, UNREAD, ranks

_UNCOUNTED = Counts()  # until articles are counted: a million take seconds
_KEEP_READ = {
    ViewKind.STARRED,
    ViewKind.LABEL,
    ViewKind.QUERY,
    ViewKind.TO_DO,
}  # views that always show read articles


def _hidden(ui: UiConfig) -> set[ViewKind]:
    """Kinds of view that hide read articles."""
    return {ViewKind.UNREAD} if ui.show_read else set(ViewKind) - _KEEP_READ


class ListSpot(Struct, frozen=True):
    """List position to return to after a search."""

    view: View
    ids: array[int]
    cursor_id: int | None
    line: int
    filter: str
    partial: bool
    days: Sequence[tuple[int, int | str]] = ()
    newest: int = 0


class PageSpot(Struct, frozen=True):
    """Position at the top of the reading pane, and what is chosen there.

    It is the `line` in a `part` of the text, or of the tail `below` it, so that images that appear or
    disappear above do not change it. `chosen` is a related article, `reference` a mark in the text.
    """

    below: bool
    part: int
    line: int
    chosen: int
    reference: int = -1


class Stop(Struct, frozen=True):
    """Article from which another one was followed, with the exact line and related article."""

    article_id: int
    spot: PageSpot


class Session:
    """State of the main screen. `config` returns the current configuration."""

    def __init__(self, config: Callable[[], Config]) -> None:
        self._config = config
        self.started = asyncio.Event()  # set once the first keys are handled: deferred work may begin
        self.feeds: list[Feed] = []
        self.counts = _UNCOUNTED
        self.alarms = self.undelivered = 0
        self.accounts: list[AccountState] = []  # as of the last count
        self.syncing = ""  # a running first sync, such as `home: 1,200 of 10,000`
        self.closed: set[View] = set()  # folders and groups
        self.hides_quiet = not self.config.ui.show_quiet_watches
        self.hides_read_feeds = not self.config.ui.show_read_feeds
        self.feed_sort = self.config.ui.sort_feeds
        # the list
        self.view = UNREAD
        self.error = ""  # error in the search or filter
        self.filter = ""
        self.partial = False  # only the first articles of the view are listed yet
        self.capped = False  # the search finds more than are ever listed
        self.is_folding = False  # the stories of a first library are being found
        self._folds = self.config.ui.fold_stories
        self.open_stories: set[int] = set()  # folded stories whose articles are all shown
        self.kept: set[int] = set()  # articles read in this view: they stay in it until another view is shown
        self._sorts: dict[View, str] = {}
        self._hides_read = _hidden(self.config.ui)
        # search
        self.searches: list[str] = []  # newest first
        self.titles: dict[
            str, str
        ] = {}  # of searches for what is like an article, which only have its number
        self.before_search: ListSpot | None = None
        self.piped_to = ""  # last program typed
        # the open article
        self.page: Page | None = None
        self.previewed = False  # the page is only a preview of the article under the cursor
        self.trail: list[Stop] = []

    @property
    def config(self) -> Config:
        return self._config()

    def apply_config(self, before: UiConfig) -> None:
        """Apply changed settings of lists; other changes made by keys stay."""
        ui = self.config.ui
        if ui.show_read != before.show_read:
            self._hides_read = _hidden(ui)
        if ui.show_quiet_watches != before.show_quiet_watches:
            self.hides_quiet = not ui.show_quiet_watches
        if ui.show_read_feeds != before.show_read_feeds:
            self.hides_read_feeds = not ui.show_read_feeds
        if ui.sort_feeds != before.sort_feeds:
            self.feed_sort = ui.sort_feeds
        if ui.fold_stories != before.fold_stories:
            self.folds = ui.fold_stories
            self.open_stories.clear()

    @property
    def folds(self) -> bool:
        """True if a story is one line. While a first library is folded, lists and counts stay unfolded."""
        return self._folds and not self.is_folding

    @folds.setter
    def folds(self, folds: bool) -> None:
        self._folds, self.is_folding = folds, False

    @property
    def feed_lines(self) -> FeedLines:
        """Feeds of the sidebar; before they are counted, none is known to be read."""
        hides_read = self.hides_read_feeds and self.is_counted
        return FeedLines(self.feed_sort, hides_read, FeedLines.of(self.config).hidden)

    @property
    def closed_at_start(self) -> set[View]:
        """Folders that are closed until they are opened by key."""
        if self.config.ui.folders == "open":
            return set()
        return {View(ViewKind.FOLDER, feed.folder) for feed in self.feeds if feed.folder}

    @property
    def desk(self) -> bool:
        """True once matches are cases."""
        return self.counts.to_do is not None

    @property
    def is_counted(self) -> bool:
        return self.counts is not _UNCOUNTED

    @property
    def sort(self) -> str:
        """Order of the view; the configured one is the default except for searches."""
        usual = "date" if self.query is not None else self.config.ui.sort
        usual = RELEVANCE if self.query and ranks(self.query) else usual
        usual = TO_DO_ORDER if self.view == TO_DO else usual
        return self._sorts.get(self.view, usual)

    def sort_by(self, sort: str) -> None:
        self._sorts[self.view] = sort

    @property
    def shows_read(self) -> bool:
        return self.view.kind not in self._hides_read

    def toggle_read_shown(self) -> bool:
        """Show or hide read articles in views of this kind; return True if they are shown now."""
        self._hides_read ^= {self.view.kind}
        return self.shows_read

    @property
    def stored_view(self) -> View:
        """View to read from the store: if read articles are shown, `unread` lists those of all its feeds."""
        return SUBSCRIBED if self.view == UNREAD and self.shows_read else self.view

    @property
    def query(self) -> str | None:
        """Expression of the view if it is a search."""
        return self.view.key if self.view.kind is ViewKind.QUERY else None

    @property
    def expression(self) -> str:
        """Expression of the filter, else of the search."""
        return self.filter or (self.query or "").strip()

    @property
    def article(self) -> Article | None:
        """Open article, as read from the store."""
        return None if self.page is None else self.page.article

    @property
    def article_id(self) -> int | None:
        return None if self.page is None else self.page.article.id

    @property
    def opened_id(self) -> int | None:
        """Id of the article if the user has opened it; None for a preview."""
        return None if self.previewed else self.article_id
