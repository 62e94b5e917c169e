"""Welcome dialog: one key each for the starter feeds, the demo, an address or an OPML file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tuireader.demo import starter
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.text import display_host
from tuireader.ui.dialogs.add_feed import AddFeed
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.dialogs.form import Form
from tuireader.ui.host import DEMO
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.field import Field
from tuireader.ui.workers import run_latest

_ABOUT = "Follow the tech news that matters. Nothing is fetched before you choose."
_WAYS = (
    ("s", "starter", "Start with the feeds checked below"),
    ("d", "demo", "Look around first: the demo, offline, with its own feeds"),
    ("u", "address", "Enter the address of a feed or of any page"),
    ("m", "account", "Sign in to an account on a server: Miniflux, FreshRSS"),
    ("o", "opml", "Import the subscriptions of an OPML file"),
    ("q", "quit", "Quit"),
)
"""Key, action and description of each way to start."""


class StarterFeeds(Choices):
    """Checklist of the starter feeds by folder; a click or space checks a feed, enter subscribes."""

    BINDINGS: ClassVar = [Binding("space", "check", show=False)]

    class Checked(Message):
        """The checked feeds have changed."""

    def __init__(self) -> None:
        self.feeds = starter()
        self.checked = {feed.url for feed in self.feeds}
        super().__init__(self._choices())

    def _choices(self) -> list[Choice]:
        lines: list[Choice] = []
        folder = ""
        for feed in self.feeds:
            if feed.folder != folder:
                lines += [Choice(None, "")] * bool(lines) + [Choice(None, feed.folder)]
                folder = feed.folder
            mark = "[x]" if feed.url in self.checked else "[ ]"
            lines.append(Choice(feed.url, feed.title, mark, display_host(feed.site_url).removeprefix("www.")))
        return lines

    def toggle(self, urls: set[str]) -> None:
        """Uncheck these feeds if all of them are checked, else check them."""
        self.checked = self.checked - urls if urls <= self.checked else self.checked | urls
        for number, choice in enumerate(self._choices()):
            self.replace_option_prompt_at_index(number, self.option(choice).prompt)

    def action_check(self) -> None:
        self.action_select()
        self.action_move(1)

    def action_select(self) -> None:
        self.toggle({self.current or ""})
        self.post_message(self.Checked())

    def action_open(self) -> None:
        super().action_select()


class FirstRun(Dialog[int | None]):
    """Dialog for the first start; the result is the number of new feeds, 0 for a new account, else None."""

    BINDINGS: ClassVar = [Binding(key, action, show=False) for key, action, _ in (*_WAYS, ("a", "all", ""))]
    AUTO_FOCUS = "StarterFeeds"

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library

    def compose(self) -> ComposeResult:
        self.offered = StarterFeeds()
        ways = Content("\n").join(Content.assemble("  ", (key, "bold"), f"  {way}") for key, _, way in _WAYS)
        title = Static("Welcome to tuireader", classes="title")
        yield self.box("", title, Static(_ABOUT, id="about"), Static(ways, id="ways"), self.offered)

    def on_mount(self) -> None:
        self._count()

    def on_starter_feeds_checked(self) -> None:
        self._count()

    def _count(self, error: str = "") -> None:
        checked = f"{len(self.offered.checked)} of {len(self.offered.feeds)} checked"
        self.hint(f"{checked} · space checks · a checks all or none", error)

    def action_all(self) -> None:
        self.offered.toggle({feed.url for feed in self.offered.feeds})
        self._count()

    def action_starter(self) -> None:
        feeds = [feed for feed in self.offered.feeds if feed.url in self.offered.checked]
        chosen = [(feed.url, feed.title, feed.folder) for feed in feeds]
        if chosen:
            run_latest(self, partial(self._add, chosen), "add")
        else:
            self._count("No feed is checked")

    def on_option_list_option_selected(self) -> None:
        self.action_starter()

    async def _add(self, chosen: Sequence[tuple[str, str, str]]) -> None:
        try:
            self.dismiss(await self._library.feeds.add(chosen))
        except (TuireaderError, OSError) as error:
            self._count(str(error))

    def action_demo(self) -> None:
        self.host.exit(DEMO)

    def action_address(self) -> None:
        self.app.push_screen(AddFeed(self._library, (), {}), self._added)

    def action_account(self) -> None:
        run_latest(self, self._ask_account, "account")

    async def _ask_account(self) -> None:
        from tuireader.ui.dialogs.account import AddAccount

        accounts = self._library.accounts
        keyring = await asyncio.to_thread(accounts.has_keyring)
        self.app.push_screen(AddAccount(accounts, keyring=keyring), self._account_added)

    def _account_added(self, name: str | None) -> None:
        if name is not None:
            self.dismiss(0)

    def action_opml(self) -> None:
        lines = (Field("path", "OPML file", "", "~/subscriptions.opml"),)
        about = "Most readers can export their subscriptions as OPML"
        form = Form("Import subscriptions", lines, self._import, about=about, saves="imports")
        self.app.push_screen(form, self._added)

    async def _import(self, values: Mapping[str, str]) -> int:
        if not values["path"]:
            raise TuireaderError("Enter the path of a file")
        done = await self._library.exchange.import_file(Path(values["path"]))
        if done.skipped:
            self.host.say(f"{len(done.skipped)} skipped: {done.skipped[0]}", severity="warning", seconds=8)
        if not done.new:
            raise TuireaderError("No new feeds in this file")
        return done.new

    def _added(self, added: int | None) -> None:
        if added == AddFeed.ACCOUNT:
            self.action_account()
        elif added:
            self.dismiss(added)

    def action_quit(self) -> None:
        self.app.exit(0)
