"""The line for searching and filtering above the list: what is typed, going on in the results, leaving."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tuireader.ui.screens.panes import Panes
from tuireader.ui.work import run_latest

if TYPE_CHECKING:
    from tuireader.ui.widgets.search_line import SearchLine


class Searching(Panes):
    """The panes with what the line above the list leads to."""

    def on_search_line_typed(self, message: SearchLine.Typed) -> None:
        """Show what is found so far; an answer that comes after the next one was asked for is dropped."""
        work = self._filter if message.filters else self._search
        run_latest(self, partial(work, message.text), "search")

    async def _filter(self, text: str) -> None:
        await self.listing.filter_by(text)
        self.tell_top()
        self.tell_status()

    async def _search(self, text: str) -> None:
        await self.listing.find(text)
        self.tell_top()
        self.tell_status()

    def on_search_line_left(self, message: SearchLine.Left) -> None:
        """Go on in what was found, or back to what was there before."""
        text = message.text.strip()
        if text:
            self.remember_search(text)
            self._leave_search_line()
            self.go_to(self.articles)
        elif message.filters:
            self.leave_filter()
        else:
            self.leave_search()

    def remember_search(self, text: str) -> None:
        """Put a search on top of the history, here and in the store."""
        text = text.strip()
        self.searches[:] = [text, *(one for one in self.searches if one != text)]
        self.run_worker(self.library.remember_search(text), group="remember")

    def leave_filter(self) -> None:
        """Show the whole view again."""
        self._leave_search_line()
        run_latest(self, partial(self._filter, ""), "search")
        self.go_to(self.articles)

    def leave_search(self) -> None:
        """Show again what the list showed before the search."""
        self._leave_search_line()
        if self.before_search is not None:
            self.listing.restore(self.before_search)
            self.before_search = None
        self.tell_top()
        self.go_to(self.articles)

    def stay_in_search(self) -> None:
        """Take the search for a view as any other: back does not leave it."""
        self._leave_search_line()
        self.before_search = None
        self.sidebar.select(self.listing.view)
