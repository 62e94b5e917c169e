"""Subscribing to a feed: an address, what is found there, and a folder for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.errors import TuireaderError
from tuireader.text import safe_url
from tuireader.ui.screens.dialog import Dialog, Says
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.work import run_latest

_ADDRESS = "Address of a feed, or of any page that has one"
_LOOKS = "enter looks there · esc closes"
_ADDS = "enter adds it, with or without a folder · esc closes"


class AddFeed(Dialog[int | None]):
    """The result is how many feeds are new."""

    def __init__(self, folders: Sequence[str] = ()) -> None:
        super().__init__(classes="-short")
        self._folders = sorted({folder for folder in folders if folder})
        self._found: list[tuple[str, str]] = []
        self._feed: tuple[str, str] | None = None

    def compose(self) -> ComposeResult:
        """A line for the address, then for the folder; what is found below."""
        yield self.box(
            "Add a feed",
            Says(_ADDRESS, id="what"),
            Input(placeholder="https://", compact=True),
            Choices(),
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

    def _look(self, text: str) -> None:
        url = safe_url(text) or safe_url(f"https://{text}" if "://" not in text and "." in text else "")
        if not url.lower().startswith(("http://", "https://")):
            self._tell(_ADDRESS, _LOOKS, "That is no web address")
            return
        self._tell(f"Looking at {url} …", "esc closes")
        # without a scheme the library tries http, too, where there is no TLS
        run_latest(self, partial(self._discover, text if "://" not in text else url), "add")

    async def _discover(self, url: str) -> None:
        try:
            self._found = await self.reader.library.discover(url)
        except TuireaderError as error:
            self._tell(_ADDRESS, _LOOKS, str(error))
            return
        if not self._found:
            self._tell(_ADDRESS, _LOOKS, "No feed was found there")
        elif len(self._found) == 1:
            self._ask_folder(self._found[0])
        else:
            choices = self.query_one(Choices)
            choices.show([Choice(address, title or address, note=address) for address, title in self._found])
            choices.focus()
            self._tell(f"{len(self._found)} feeds were found", "enter chooses one · esc closes")

    def _ask_folder(self, feed: tuple[str, str]) -> None:
        self._feed = feed
        line = self.query_one(Input)
        line.value = ""
        line.placeholder = "Folder, or nothing"
        line.focus()
        self.query_one(Choices).show([Choice(folder, folder) for folder in self._folders])
        self._tell(f"{feed[1] or feed[0]}\n{feed[0]}", _ADDS)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Take the feed, or the folder."""
        if self._feed is None:
            self._ask_folder(next(feed for feed in self._found if feed[0] == message.key))
        else:
            run_latest(self, partial(self._add, message.key), "add")

    async def _add(self, folder: str) -> None:
        if self._feed is None:
            return
        url, title = self._feed
        try:
            added = await self.reader.library.add_feeds([(url, title, folder)])
        except (TuireaderError, OSError) as error:
            self._tell(f"{title or url}", _ADDS, str(error))
            return
        if not added:
            self.reader.say("This feed is already there")
        self.dismiss(added)
