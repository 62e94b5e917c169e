"""Dialog that proposes feeds which search the web for the terms of a watch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.widgets import OptionList

from tuireader.library.feeds.feeds import Feeds
from tuireader.library.watching.sources import FOLDER, SearchFeed
from tuireader.model import FoundFeed
from tuireader.ui.dialogs.feed_dialog import FeedDialog
from tuireader.ui.widgets.choices import Choice
from tuireader.wording.feed_summary import FOLLOWED
from tuireader.wording.lines import Line

_HINT = f"enter adds it to the folder {FOLDER} · esc closes"


class SearchFeeds(FeedDialog[int]):
    """Proposals with a preview; enter adds one without closing. The result is the number of new feeds."""

    PAUSE = 0.5

    def __init__(self, name: str, proposals: Sequence[SearchFeed], feeds: Feeds) -> None:
        super().__init__(feeds)
        self._name = name
        self._proposals = {proposal.url: proposal for proposal in proposals}
        self._added = 0

    def compose(self) -> ComposeResult:
        self._show_choices()
        yield self.box(f"Search the web for {self._name}", self.choices, self.preview, hint=_HINT)

    def _show_choices(self, at: str | None = None) -> None:
        self.choices.show([self._choice(proposal) for proposal in self._proposals.values()], at)

    def _choice(self, feed: SearchFeed) -> Choice:
        followed = self.feeds.is_subscribed(feed.url)
        name = feed.title.removesuffix(f": {self._name}")  # already in the heading
        return Choice(feed.url, name, "✓" if followed else " ", FOLLOWED if followed else feed.note)

    def action_leave(self) -> None:
        self.dismiss(self._added)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        feed = self._proposals[event.option_id or ""]
        self.show_preview(FoundFeed(feed.url, feed.title))

    def without_preview(self, feed: FoundFeed, error: str, followed: bool) -> Sequence[Line]:
        problems: list[Line] = [((problem, "error"),) for problem in error.split("; ") if problem]
        return [*(problems or [(("Reading it …", "dim"),)]), ((feed.url, "dim"),)]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        add = partial(self._add, self._proposals[event.option_id or ""])
        self.attempt(add, "add", partial(self.hint, _HINT))

    async def _add(self, feed: SearchFeed) -> None:
        new = await self.feeds.add([(feed.url, feed.title, FOLDER)])
        self._added += new
        self.hint(f"{feed.title} {'added' if new else 'is subscribed already'} · esc closes")
        self._show_choices(feed.url)
        self.draw_preview()
