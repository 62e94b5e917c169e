"""Search controller: the line above the list, its results, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.listing import Listing
from tuireader.ui.key_order import drained
from tuireader.ui.workers import run_latest, wait_at_most

PATIENCE = 2.0  # maximum seconds that a key waits for the list that it acts on


@dataclass(eq=False)
class Search(Controller):
    """Search and filter as the user types; results of an outdated query are dropped."""

    listing: Listing
    _answer: asyncio.Event | None = None  # set when the results of the last query are shown

    async def open(self, *, filters: bool) -> None:
        """Open the line, but first show the sidebar's pending view: shown later, it would end the search."""
        panes = self.panes
        if panes.in_sidebar:
            panes.sidebar.preview.call_if_due()
            around = panes.sidebar.ancestors_with_self
            await drained(*around[: around.index(panes.screen) + 1])
        if not filters and self.session.before_search is None:
            self.session.before_search = self.listing.spot()
        await panes.open_search(self.session.filter if filters else "", filters=filters)

    def look_for(self, text: str, *, filters: bool) -> None:
        self._ask(partial(self.listing.filter_by if filters else self.listing.find, text))

    def _ask(self, work: Callable[[], Awaitable[None]]) -> None:
        answer = self._answer = asyncio.Event()
        self.listing.hurry.clear()

        async def look() -> None:
            try:
                await work()
                self.changed()
            finally:
                answer.set()

        run_latest(self.panes, look, "search")

    async def settled(self) -> None:
        """Wait until the list shows the results of the last query."""
        if self._answer is not None:
            self.listing.hurry.set()
            await wait_at_most(PATIENCE, self._answer)
            self._answer = None

    def go_on(self, text: str, *, filters: bool) -> None:
        """Move to the results; with nothing typed, return to the previous list."""
        text = text.strip()
        if not text:
            leave = self.leave_filter if filters else self.leave_search
            leave()
            return
        self.listing.hurry.set()
        if self.session.expression != text:
            self.panes.hold_repaint()  # the results are about to be shown
        self.remember(text)
        self.panes.close_search()
        self.panes.go_to(self.articles)

    def remember(self, text: str) -> None:
        """Put a search on top of the history, here and in the store."""
        text, searches = text.strip(), self.session.searches
        searches[:] = [text, *(older for older in searches if older != text)]
        self.panes.run_worker(self.library.searches.remember(text), group="remember")

    def leave_filter(self) -> None:
        """Show the whole view again."""
        self.panes.close_search()
        self._ask(partial(self.listing.filter_by, ""))
        self.panes.go_to(self.articles)

    def leave_search(self) -> None:
        """Restore the list from before the search."""
        self.panes.close_search()
        self.panes.workers.cancel_group(self.panes, "search")
        self._answer = None
        if self.session.before_search is not None:
            self.listing.restore(self.session.before_search)
            self.session.before_search = None
        self.panes.go_to(self.articles)
        self.changed()

    def keep_as_view(self) -> None:
        """Turn the search into an ordinary view, so that going back does not leave it."""
        self.panes.close_search()
        self.session.before_search = None
        self.panes.sidebar.select(self.session.view)
