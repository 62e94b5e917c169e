"""Counts in the sidebar: read in the background, never twice at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuireader.ui.controllers.controller import Controller
from tuireader.ui.drawing.sidebar_items import sidebar_items

if TYPE_CHECKING:
    pass


@dataclass(eq=False)
class Counting(Controller):
    """Keeps the counts of the session and the lines of the sidebar up to date."""

    _runs: bool = False
    _again: bool = False

    def draw(self) -> None:
        """Show feeds, watches and saved searches with the counts that are known."""
        session = self.session
        self.panes.sidebar.show(
            sidebar_items(
                session.feeds,
                session.counts,
                self.host.watch_names,
                session.closed_folders,
                folds=session.folds,
                views=self.library.searches.saved,
                new=self.library.lists.new_view,
            )
        )

    def recount(self) -> None:
        """Count again, soon; a request during a count makes it run once more."""
        self._again = True
        if not self._runs:
            self._runs = True
            self.panes.sidebar.run_worker(self._recount(), group="counts")

    async def _recount(self) -> None:
        try:
            while self._again:
                self._again = False
                self.session.counts = await self.library.lists.counts()
                self.draw()
                self.changed()
        finally:
            self._runs = False
        await self.library.database.checkpoint()
