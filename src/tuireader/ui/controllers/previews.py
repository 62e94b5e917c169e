"""Previews: show the article under the cursor after a rest, without opening it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tuireader.errors import TuireaderError
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.listing import Listing
from tuireader.ui.controllers.mark_commands import MarkCommands
from tuireader.ui.controllers.reader import Reader
from tuireader.ui.workers import run_latest

REST = 0.15  # seconds without a key before the article under the cursor is shown
SECOND = 1.0  # unit of the times below and of `ui.mark_read_after`
_SETTLED = 3  # seconds after which a preview is being read: articles that arrive above do not replace it

Spot = tuple[int, int | None]
"""A list and the article under its cursor."""


@dataclass(eq=False)
class Previews(Controller):
    """Fills the pane beside the list. A preview counts as read once it is opened or looked at for long."""

    listing: Listing
    reader: Reader
    marking: MarkCommands

    def __post_init__(self) -> None:
        self._spot: Spot | None = None  # what the pane shows, or is about to
        self.due: Spot | None = None  # a preview not shown yet
        self._timers: list[asyncio.TimerHandle] = []  # calls to come while this preview is due or shown

    @property
    def _here(self) -> Spot:
        return self.listing.token, self.articles.current_id

    def follow(self) -> None:
        """Preview the article under the cursor soon, if the user has moved there."""
        if not self.panes.is_columns:
            self._spot = None
            self._cancel()
            if self.session.previewed:
                run_latest(self.pane, self.reader.close, "preview")
        elif self._here != self._spot and not self.panes.in_article:
            self._spot = self._here
            self._wait()

    def arrived(self) -> None:
        """Note that the article of the pane was opened: only a further step replaces it."""
        self._cancel()
        self._spot = self._here

    async def catch_up(self) -> None:
        """Show a preview that is due now: a command is about to apply to it."""
        if self.due is not None:
            await self._show(self.due)

    def _cancel(self) -> None:
        self.due = None
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _wait(self) -> None:
        self._cancel()
        self.due = self._spot
        self._call_after(REST, self._rested)

    def _rested(self) -> None:
        """Start the preview, unless a key waits or the list is not painted yet."""
        if not self.pane.is_running:
            return
        articles = self.articles
        keys_wait = not self.session.started.is_set() or self.host.message_queue_size > 0
        if keys_wait or (articles.ids and articles.current_row is None):
            self._wait()
        else:
            run_latest(self.pane, self.catch_up, "preview")

    async def _show(self, spot: Spot) -> None:
        """Show the article of a spot, unless the user has gone on or opened one."""
        self._cancel()
        if spot != self._here or not self.panes.is_columns:
            return
        article_id = spot[1]
        if article_id is None:
            await self.reader.close()
        elif article_id != self.session.article_id:
            try:
                is_stored = await self.reader.open(article_id, preview=True)
            except TuireaderError:
                await self.reader.close()  # what the pane shows must be what the next key marks
                raise
            if is_stored is False:
                await self.reader.close()
        if self.session.previewed and spot == self._spot:
            self._call_after(_SETTLED, self._settled)
            if seconds := self.library.config.ui.mark_read_after:
                self._call_after(seconds, partial(self._looked, seconds))
        self.changed()

    def _call_after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call unless another article is due or shown before."""
        self._timers.append(asyncio.get_running_loop().call_later(seconds * SECOND, call))

    def _settled(self) -> None:
        self.articles.touched = True

    def _looked(self, seconds: int) -> None:
        """Mark the preview as read; time in another window or before a dialog does not count."""
        if not self.session.previewed or not self.pane.is_running:
            return
        if self.host.app_focus and self.pane.screen.is_current:
            run_latest(self.pane, self.open, "looked")
        else:
            self._call_after(seconds, partial(self._looked, seconds))

    async def open(self) -> None:
        """Turn the preview into an opened article."""
        article_id = self.session.article_id
        if self.session.previewed and article_id is not None:
            self.session.previewed = False
            self._cancel()
            await self.mark_opened(article_id)

    async def mark_opened(self, article_id: int) -> None:
        """Note that an article was opened, and mark it as read if so configured."""
        shown = self.articles.row(article_id) or self.session.article  # a page may be older than its marks
        if shown is not None and not shown.read and self.library.config.ui.mark_read == "open":
            await self.marking.set_read([article_id], True, journal=False)
            await self.marking.read_rest(article_id)
        await self.marking.note_opened(article_id)
