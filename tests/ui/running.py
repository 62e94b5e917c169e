"""Running the app under Pilot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from inspect import getfile
from pathlib import Path

from textual.message import Message
from textual.message_pump import MessagePump
from textual.notifications import Notify
from textual.pilot import Pilot
from textual.worker import WorkerCancelled, WorkerFailed

from tests.ui.shelf import NOW, Shelf
from tests.ui.shelf import opened as opened_shelf
from tests.ui.snap import screen_text
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.ui.app import TuireaderApp
from tuireader.ui.screens.main import MainScreen


class Patient(TuireaderApp):
    """The app with toasts that stay: on a busy machine they would be gone before a test reads them."""

    CSS_PATH = str(Path(getfile(TuireaderApp)).with_name(TuireaderApp.CSS_PATH))

    def post_message(self, message: Message) -> bool:
        if isinstance(message, Notify):
            message.notification.timeout = 3600
        return super().post_message(message)


@dataclass
class Running:
    """A running app: keys in, screen text out. `browsed` are the addresses handed to the browser."""

    app: TuireaderApp
    pilot: Pilot[int]
    library: Library
    browsed: list[str] = field(default_factory=list)

    @property
    def main(self) -> MainScreen:
        screen = self.app.screen_stack[1]
        assert isinstance(screen, MainScreen)
        return screen

    async def settle(self) -> None:
        """Wait until nothing is under way any more, nor about to be: work, messages, timers."""
        quiet = 0
        while quiet < 2:  # what a timer starts goes from one queue to the next
            with suppress(WorkerCancelled, WorkerFailed):  # for a newer one, or told; a crash ends the test
                await self.app.workers.wait_for_complete()
            await self.pilot.pause()
            works = any(not worker.is_finished for worker in self.app.workers)  # beside a cancelled one
            waits = works or self._has_messages() or self._soon() or self._awaits_rows()
            quiet = 0 if waits else quiet + 1

    def _has_messages(self) -> bool:
        """Whether a message waits: on a busy machine `pause` ends before it went from widget to widget."""
        return any(node.message_queue_size for node in self._nodes())

    def _nodes(self) -> Iterator[MessagePump]:
        yield self.app
        for screen in self.app.screen_stack:
            yield from screen.walk_children(with_self=True)

    def _awaits_rows(self) -> bool:
        """Whether the row under the cursor is not read yet."""
        articles = self.main.articles
        return bool(articles.ids) and articles.current_row is None

    def _soon(self) -> bool:
        """Whether a timer runs that fires once, and soon: toasts and tooltips take longer."""
        return any(
            timer._repeat is not None
            and timer._interval < 0.4
            and timer._task is not None
            and not timer._task.done()
            for node in self._nodes()  # a resize waits for a timer of the app
            for timer in node._timers
        )

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    @property
    def focus(self) -> str:
        """The id of the widget that has the focus."""
        return (self.main.focused.id or "") if self.main.focused is not None else ""

    @property
    def view_kind(self) -> str:
        return self.main.session.view.kind.value

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def toasts(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    @property
    def cursor_id(self) -> int | None:
        return self.main.articles.current_id

    async def unread(self) -> set[int]:
        """The articles of the library that are unread."""
        return set(await self.library.lists.ids(View(ViewKind.ALL), show_read=False))

    async def starred(self) -> set[int]:
        return set(await self.library.lists.ids(View(ViewKind.STARRED)))

    @property
    def open_id(self) -> int | None:
        return self.main.session.article_id


@asynccontextmanager
async def running(
    library: Library | Shelf, size: tuple[int, int] = (120, 40), *, first_run: bool = False, refuse: str = ""
) -> AsyncIterator[Running]:
    """The app on a library, or on what is on a shelf. `refuse` is what the browser answers."""
    if isinstance(library, Shelf):
        async with (
            opened_shelf(library) as real,
            running(real, size, first_run=first_run, refuse=refuse) as run,
        ):
            yield run
        return
    browsed: list[str] = []

    async def browser(url: str) -> str:
        browsed.append(url)
        return refuse

    app = Patient(library, first_run=first_run, browser=browser, clock=lambda: NOW)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        run = Running(app, pilot, library, browsed)
        await run.settle()
        yield run
