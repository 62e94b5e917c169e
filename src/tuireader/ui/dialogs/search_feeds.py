"""Dialog that proposes feeds which search the web for the terms of a watch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import OptionList

from tuireader.errors import TuireaderError
from tuireader.library.watching.sources import FOLDER, SearchFeed
from tuireader.model import FeedPreview, FoundFeed
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.details import Details
from tuireader.ui.workers import run_latest
from tuireader.wording.feed_summary import FOLLOWED, facts
from tuireader.wording.lines import Line

if TYPE_CHECKING:
    from tuireader.library.feeds.feeds import Feeds

_HINT = f"enter adds it to the folder {FOLDER} · esc closes"
_PAUSE = 0.5  # seconds that the cursor rests on a feed before its service is asked


class SearchFeeds(Dialog[int]):
    """Proposals with a preview; enter adds one without closing. The result is the number of new feeds."""

    VERTICAL_BREAKPOINTS = [*Dialog.VERTICAL_BREAKPOINTS, (36, "-roomy")]  # noqa: RUF012

    def __init__(self, name: str, proposals: Sequence[SearchFeed], feeds: Feeds) -> None:
        super().__init__(classes="-short")
        self._name, self._feeds = name, feeds
        self._proposals = {proposal.url: proposal for proposal in proposals}
        self._previews: dict[str, FeedPreview | str] = {}
        self._timer: Timer | None = None
        self._added = 0

    def compose(self) -> ComposeResult:
        self.choices = Choices(self._lines())
        self.preview = Details(id="preview")
        yield self.box(f"Search the web for {self._name}", self.choices, self.preview, hint=_HINT)

    def _lines(self) -> list[Choice]:
        return [self._choice(proposal) for proposal in self._proposals.values()]

    def _choice(self, feed: SearchFeed) -> Choice:
        followed = self._feeds.is_subscribed(feed.url)
        name = feed.title.removesuffix(f": {self._name}")  # already in the heading
        return Choice(feed.url, name, "✓" if followed else " ", FOLLOWED if followed else feed.note)

    def action_leave(self) -> None:
        self.dismiss(self._added)

    # -- the preview

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the feed under the cursor; ask for its entries after a pause."""
        if self._timer is not None:
            self._timer.stop()
        self.workers.cancel_group(self, "preview")
        feed = self._proposals[event.option_id or ""]
        self._show(feed)
        if feed.url not in self._previews:
            self._timer = self.set_timer(
                _PAUSE, lambda: run_latest(self, partial(self._read, feed), "preview")
            )

    async def _read(self, feed: SearchFeed) -> None:
        try:
            self._previews[feed.url] = await self._feeds.preview(FoundFeed(feed.url, feed.title))
        except TuireaderError as error:
            self._previews[feed.url] = f"Cannot be read: {error.message}"
        if self.choices.current == feed.url:
            self._show(feed)

    def _show(self, feed: SearchFeed) -> None:
        preview = self._previews.get(feed.url)
        if isinstance(preview, FeedPreview):
            followed = self._feeds.is_subscribed(feed.url)
            self.preview.show(*facts(preview, feed.url, int(self.host.clock()), followed=followed))
            return
        lines: list[Line] = [((problem, "error"),) for problem in (preview or "").split("; ") if problem]
        if not lines:
            lines = [(("Reading it …", "dim"),)]
        self.preview.show(*lines, ((feed.url, "dim"),))

    # -- adding

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        run_latest(self, partial(self._add, self._proposals[event.option_id or ""]), "add")

    async def _add(self, feed: SearchFeed) -> None:
        try:
            new = await self._feeds.add([(feed.url, feed.title, FOLDER)])
        except (TuireaderError, OSError) as error:
            self.hint(_HINT, str(error))
            return
        self._added += new
        self.hint(f"{feed.title} {'added' if new else 'is subscribed already'} · esc closes")
        self.choices.show(self._lines(), feed.url)
        self._show(feed)
