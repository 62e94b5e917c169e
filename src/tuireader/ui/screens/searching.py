"""The line for searching and filtering above the list: what is typed, going on in the results, leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tuireader.ui.key_order import drained
from tuireader.ui.screens.panes import Panes
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.ui.widgets.search_line import SearchLine


_PATIENCE = 2.0
"""Seconds that a key waits for the list in which it is meant to do something."""


class Searching(Panes):
    """The panes with what the line above the list leads to."""

    _answer: asyncio.Event | None = None  # set when what was looked for last is shown

    def on_search_line_typed(self, message: SearchLine.Typed) -> None:
        """Show what is found so far; an answer that comes after the next one was asked for is dropped."""
        self._look_for(partial(self._filter if message.filters else self._search, message.text))

    def _look_for(self, work: Callable[[], Awaitable[None]]) -> None:
        answer = self._answer = asyncio.Event()
        self.listing.wanted.later()

        async def look() -> None:
            try:
                await work()
            finally:
                answer.set()

        run_latest(self, look, "search")

    async def until_chosen(self) -> None:
        """Wait until the view under the sidebar's cursor is shown, for showing a view ends a search."""
        if self.current_pane is self.sidebar:
            self.sidebar.decide()
            around = self.sidebar.ancestors_with_self
            await drained(*around[: around.index(self) + 1])

    async def found(self) -> None:
        """Wait until the list shows what was looked for last."""
        if self._answer is not None:
            self.listing.wanted.now()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._answer.wait(), _PATIENCE)
            self._answer = None

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
            self.listing.wanted.now()
            if self.listing.expression != text:
                self.hold_repaint()  # what is found is about to be shown
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
        self.run_worker(self.library.searches.remember(text), group="remember")

    def leave_filter(self) -> None:
        """Show the whole view again."""
        self._leave_search_line()
        self._look_for(partial(self._filter, ""))
        self.go_to(self.articles)

    def leave_search(self) -> None:
        """Show again what the list showed before the search."""
        self._leave_search_line()
        self.workers.cancel_group(self, "search")  # what was typed last is not wanted any more
        self._answer = None
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
