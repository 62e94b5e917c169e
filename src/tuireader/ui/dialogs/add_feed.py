"""Subscribing to a feed: an address, what is found there and what it has, and a folder for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Input

from tuireader.errors import TuireaderError
from tuireader.model import FeedPreview, FoundFeed
from tuireader.text import cut, safe_url
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.drawing.feed_summary import FOLLOWED, facts
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.details import Facts, Line
from tuireader.ui.widgets.says import Says
from tuireader.ui.workers import run_latest

_ADDRESS = "Address of a feed, or of any page that has one"
_LOOKS = "enter looks there · esc closes"
_ADDS = "enter adds it, with or without a folder · esc closes"
_REST = 0.3  # seconds that the cursor rests on a feed before its server is asked for it


class AddFeed(Dialog[int | None]):
    """The result is how many feeds are new."""

    VERTICAL_BREAKPOINTS = [*Dialog.VERTICAL_BREAKPOINTS, (36, "-roomy")]  # noqa: RUF012

    def __init__(self, folders: Sequence[str] = ()) -> None:
        super().__init__(classes="-short")
        self._folders = sorted({folder for folder in folders if folder})
        self._found: list[FoundFeed] = []
        self._feed: FoundFeed | None = None
        self._shown: FoundFeed | None = None
        self._told: dict[str, FeedPreview | str] = {}
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """A line for the address, then for the folder; what is found below, and what it has."""
        self.preview = Facts(id="preview", raised=True)
        yield self.box(
            "Add a feed",
            Says(_ADDRESS, id="what"),
            Input(placeholder="https://", compact=True),
            Choices(),
            self.preview,
            Says(_LOOKS, "hint"),
        )

    def _tell(self, what: str, hint: str, trouble: str = "") -> None:
        self.query_one("#what", Says).say(what)
        self.query_one(".hint", Says).say(hint, trouble)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look at the address, or take the folder."""
        if self._feed is None:
            self._look(event.value.strip())
        else:
            run_latest(self, partial(self._add, event.value.strip()), "add")

    # -- what is found

    def _look(self, text: str) -> None:
        url = safe_url(text) or safe_url(f"https://{text}" if "://" not in text and "." in text else "")
        if not url.lower().startswith(("http://", "https://")):
            self._tell(_ADDRESS, _LOOKS, "That is no web address")
            return
        self._show_found([])
        self._tell(f"Looking at {url} …", "esc closes")
        # without a scheme the library tries http, too, where there is no TLS
        run_latest(self, partial(self._discover, text if "://" not in text else url), "add")

    async def _discover(self, url: str) -> None:
        try:
            found = await self.library.feeds.discover(url)
        except TuireaderError as error:
            self._tell(_ADDRESS, _LOOKS, str(error))
            return
        self._show_found(found)
        if not found:
            self._tell(_ADDRESS, _LOOKS, "No feed was found there")
        elif len(found) == 1:
            self._ask_folder(found[0])
        else:
            self.query_one(Choices).focus()
            self._tell(f"{len(found)} feeds were found", "enter chooses one · esc closes")

    def _show_found(self, found: list[FoundFeed]) -> None:
        self._found = found
        self._told = {one.url: one.preview for one in found if one.preview is not None}
        self.query_one(Choices).show([self._choice(one) for one in found])
        self.set_class(bool(found), "-found")
        self._preview(found[0] if found else None)

    def _choice(self, feed: FoundFeed) -> Choice:
        title = self._title(feed)
        return Choice(feed.url, title or feed.url, note=feed.url if title else "")

    def _title(self, feed: FoundFeed) -> str:
        """What the page calls a feed, or else the feed itself."""
        told = self._told.get(feed.url)
        return feed.title or (told.title if isinstance(told, FeedPreview) else "")

    def on_choices_moved(self, message: Choices.Moved) -> None:
        """Show what the feed under the cursor has; folders have nothing to show."""
        if self._feed is None:
            self._preview(next((feed for feed in self._found if feed.url == message.key), None))

    # -- the preview

    def _preview(self, feed: FoundFeed | None) -> None:
        """Show what a feed has. One that was not read yet is asked for when the cursor rests on it."""
        if self._timer is not None:
            self._timer.stop()
        self.workers.cancel_group(self, "preview")
        self._shown = feed
        self._show_preview()
        if feed is not None and feed.url not in self._told:
            self._timer = self.set_timer(
                _REST, lambda: run_latest(self, partial(self._read, feed), "preview")
            )

    async def _read(self, feed: FoundFeed) -> None:
        try:
            self._told[feed.url] = await self.library.feeds.preview(feed)
        except TuireaderError as error:
            self._told[feed.url] = f"It cannot be read: {error.message}"
        if self._feed is None:
            self.query_one(Choices).renew([self._choice(one) for one in self._found])
        else:
            self._show_feed(self._feed)
        self._show_preview()

    def _show_preview(self) -> None:
        self.preview.tell(*(self._lines(self._shown) if self._shown is not None else ()))

    def _lines(self, feed: FoundFeed) -> Sequence[Line]:
        told, followed = self._told.get(feed.url), self.library.feeds.is_subscribed(feed.url)
        if isinstance(told, FeedPreview):
            return facts(told, feed.url, int(self.host.clock()), followed=followed)
        words = (told, "error") if told else ("Reading it …", "dim")
        return [(words,), ((FOLLOWED, "star"),)] if followed else [(words,)]

    # -- the folder

    def _ask_folder(self, feed: FoundFeed) -> None:
        self._feed = feed
        line = self.query_one(Input)
        line.value = ""
        line.placeholder = "Folder, or nothing"
        line.focus()
        self.query_one(Choices).show([Choice(folder, folder) for folder in self._folders])
        self._show_feed(feed)

    def _show_feed(self, feed: FoundFeed, trouble: str = "") -> None:
        title = cut(self._title(feed), max(1, self.query_one("#what").content_size.width))
        self._tell("\n".join(filter(None, (title, feed.url))), _ADDS, trouble)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Take the feed, or the folder."""
        if self._feed is None:
            self._ask_folder(next(feed for feed in self._found if feed.url == message.key))
        else:
            run_latest(self, partial(self._add, message.key), "add")

    async def _add(self, folder: str) -> None:
        if self._feed is None:
            return
        told = self._told.get(self._feed.url)
        untitled = isinstance(told, FeedPreview) and not told.title  # else it goes by its own title
        try:
            added = await self.library.feeds.add(
                [(self._feed.url, self._feed.title if untitled else "", folder)]
            )
        except (TuireaderError, OSError) as error:
            self._show_feed(self._feed, str(error))
            return
        if not added:
            self.host.say("This feed is already there")
        self.dismiss(added)
