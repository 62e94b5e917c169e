"""Base of the dialogs that preview feeds."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Generic

from tuireader.errors import TuireaderError
from tuireader.library.feeds.feeds import Feeds
from tuireader.model import FeedPreview, FoundFeed
from tuireader.ui.dialogs.dialog import Dialog, Result
from tuireader.ui.widgets.choices import Choices
from tuireader.ui.widgets.details import Details
from tuireader.ui.workers import Delayed, run_latest
from tuireader.wording.feed_summary import facts
from tuireader.wording.lines import Line


class FeedDialog(Dialog[Result], Generic[Result]):
    """A list of feeds above a preview of the current one, which is fetched after a pause."""

    VERTICAL_BREAKPOINTS = [*Dialog.VERTICAL_BREAKPOINTS, (36, "-roomy")]  # noqa: RUF012
    PAUSE: ClassVar[float]
    """Seconds that the cursor rests on a feed before its server is asked."""

    def __init__(self, feeds: Feeds) -> None:
        super().__init__(classes="-short")
        self.feeds = feeds
        self.choices = Choices()
        self.preview = Details(id="preview")
        self.previews: dict[str, FeedPreview | str] = {}
        """Previews or errors by the address of the feed."""
        self.previewed: FoundFeed | None = None
        self._reading = Delayed(self, self._read_latest)

    def show_preview(self, feed: FoundFeed | None) -> None:
        self._reading.cancel()
        self.workers.cancel_group(self, "preview")
        self.previewed = feed
        self.draw_preview()
        if feed is not None and feed.url not in self.previews:
            self._reading.start(self.PAUSE)

    def _read_latest(self) -> None:
        if self.previewed is not None:
            run_latest(self, partial(self._read, self.previewed), "preview")

    async def _read(self, feed: FoundFeed) -> None:
        try:
            self.previews[feed.url] = await self.feeds.preview(feed)
        except TuireaderError as error:
            self.previews[feed.url] = f"Cannot be read: {error.message}"
        self.fetched()
        self.draw_preview()

    def draw_preview(self) -> None:
        feed = self.previewed
        if feed is None:
            self.preview.show()
            return
        preview, followed = self.previews.get(feed.url, ""), self.feeds.is_subscribed(feed.url)
        if isinstance(preview, FeedPreview):
            lines: Sequence[Line] = facts(preview, feed.url, int(self.host.clock()), followed=followed)
        else:
            lines = self.without_preview(feed, preview, followed)
        self.preview.show(*lines)

    def fetched(self) -> None:
        """Override to show what the preview of a feed says outside of it."""

    @abstractmethod
    def without_preview(self, feed: FoundFeed, error: str, followed: bool) -> Sequence[Line]:
        """Describe a feed that is being read, or could not be."""
