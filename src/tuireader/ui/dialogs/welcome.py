"""The welcome: starter feeds, the demo, an address, or an OPML file; one key each."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Input

from tuireader.demo import StarterFeed, starter
from tuireader.errors import TuireaderError
from tuireader.text import cut
from tuireader.ui.dialogs.add_feed import AddFeed
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.bars import Bar
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.says import Says
from tuireader.ui.workers import run_latest

_READS = "enter reads it · esc closes"
_WAYS = (
    ("s", "Start with the feeds that are checked below"),
    ("d", "Look around first: the demo, offline, with feeds of its own"),
    ("u", "Paste the address of a feed or of any page"),
    ("o", "Take over the subscriptions of an OPML file"),
    ("q", "Quit"),
)


class Ways(Bar):
    """What can be done, a key each."""

    def render_line(self, y: int) -> Strip:
        """A way."""
        base = self.theme_styles.ground
        if y >= len(_WAYS):
            return self.strip([])
        key, text = _WAYS[y]
        return self.strip(
            [
                Segment("   ", base),
                Segment(key, base + self.theme_styles.key),
                Segment(cut(f"  {text}", max(0, self.size.width - 4)), base + self.theme_styles.text),
            ]
        )


class FirstRun(Dialog[int | None]):
    """The result is how many feeds are new; None when the person went on without any."""

    BINDINGS: ClassVar = [
        Binding("s", "starter", show=False),
        Binding("d", "demo", show=False),
        Binding("u", "address", show=False),
        Binding("o", "opml", show=False),
        Binding("a", "all", show=False),
        Binding("q", "quit", show=False),
    ]
    AUTO_FOCUS = "Choices"

    def __init__(self) -> None:
        super().__init__()
        self._starter: tuple[StarterFeed, ...] = starter()

    def compose(self) -> ComposeResult:
        """The ways, and the starter list below them."""
        lines: list[Choice] = []
        for feed in self._starter:
            if not lines or feed.folder != self._folder_of(lines):
                lines += (
                    [Choice(None, ""), Choice(None, feed.folder)] if lines else [Choice(None, feed.folder)]
                )
            lines.append(Choice(feed.url, feed.title, note=_host(feed.site_url)))
        self._choices = Choices(lines, checks=True)
        self._choices.checked = {feed.url for feed in self._starter}
        with Vertical(id="box"):
            yield Says("Welcome to tuireader", "title")
            yield Says(
                "Follow the tech news that matters to you. Nothing is fetched before you choose.", "what"
            )
            yield Ways()
            yield self._choices
            yield Says("", "hint")

    def _folder_of(self, lines: list[Choice]) -> str:
        return next(line.text for line in reversed(lines) if line.key is None and line.text)

    def on_mount(self) -> None:
        """Tell how many are checked."""
        self._tell()

    def on_choices_checked(self) -> None:
        """Tell how many are checked."""
        self._tell()

    def _tell(self, words: str = "") -> None:
        count = f"{len(self._choices.checked)} of {len(self._starter)} checked · space checks · a all or none"
        self.query_one(".hint", Says).say(words or count)

    def action_all(self) -> None:
        """Check all, or none when all are."""
        every = {feed.url for feed in self._starter}
        self._choices.checked = set() if self._choices.checked == every else every
        self._choices.refresh()
        self._tell()

    def action_starter(self) -> None:
        """Subscribe to what is checked."""
        chosen = [
            (feed.url, feed.title, feed.folder) for feed in self._starter if feed.url in self._choices.checked
        ]
        if chosen:
            run_latest(self, partial(self._add, chosen), "add")
        else:
            self._tell("Nothing is checked: space checks a feed, a all of them")

    def on_choices_chosen(self) -> None:
        """Enter starts too."""
        self.action_starter()

    async def _add(self, chosen: list[tuple[str, str, str]]) -> None:
        try:
            self.dismiss(await self.host.library.feeds.add(chosen))
        except (TuireaderError, OSError) as error:
            self._tell(str(error))

    def action_demo(self) -> None:
        """Leave for the demo."""
        self.host.exit_to_demo()

    def action_address(self) -> None:
        """Ask for an address."""
        self.app.push_screen(AddFeed(), self._added)

    def action_opml(self) -> None:
        """Ask for a file."""
        self.app.push_screen(ImportOpml(), self._added)

    def _added(self, added: int | None) -> None:
        if added:
            self.dismiss(added)

    def action_leave(self) -> None:
        """Go on without any feed."""
        self.dismiss(None)

    def action_quit(self) -> None:
        """Quit the program."""
        self.app.exit(0)


class ImportOpml(Dialog[int | None]):
    """Asks for an OPML file; the result is how many feeds are new."""

    def compose(self) -> ComposeResult:
        """A line for the path."""
        yield self.box(
            "OPML file",
            Says("Path of an OPML file, as other readers export it", id="what"),
            Input(placeholder="~/subscriptions.opml", compact=True),
            Says(_READS, "hint"),
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Read the file."""
        if event.value.strip():
            run_latest(self, partial(self._import, Path(event.value.strip())), "add")

    async def _import(self, path: Path) -> None:
        hint = self.query_one(".hint", Says)
        try:
            added, skipped = await self.host.library.exchange.import_opml(path)
        except (TuireaderError, OSError) as error:
            hint.say(_READS, str(error))
            return
        if skipped:
            self.host.say(f"{len(skipped)} skipped: {skipped[0]}", severity="warning", seconds=8)
        if added:
            self.dismiss(added)
        else:
            hint.say(_READS, "No new feeds in that file")


def _host(url: str) -> str:
    return url.partition("://")[2].split("/")[0].removeprefix("www.")
