"""Running the app under Pilot."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from inspect import getfile
from itertools import count
from pathlib import Path
from typing import Any, TypeVar, cast

from textual import events
from textual.dom import DOMNode
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.message import Message
from textual.notifications import Notify
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import WorkerCancelled, WorkerFailed

from tests.ui.economy import NoLog, Sheet, draw
from tests.ui.shelf import NOW, Shelf
from tests.ui.shelf import opened as opened_shelf
from tests.ui.snap import screen_text
from tuireader.library import Library
from tuireader.model import ArticleRow, View, ViewKind
from tuireader.ui.app import TuireaderApp
from tuireader.ui.controllers import previews
from tuireader.ui.flows.context import Flow
from tuireader.ui.screens.main import MainScreen
from tuireader.ui.screens.table_screen import TableScreen

S = TypeVar("S")
CONTROLS = {
    "\r": "enter",
    "\x1b": "escape",
    "\x15": "ctrl+u",
    "\x7f": "backspace",
    "\t": "tab",
    "\x06": "ctrl+f",
    "\x01": "ctrl+a",
}

TURNS = 50  # of the event loop that `settle` takes one after the other, before it waits


class Patient(TuireaderApp):
    """The app with toasts that stay: on a busy machine they would be gone before a test reads them."""

    CSS_PATH = str(Path(getfile(TuireaderApp)).with_name(TuireaderApp.CSS_PATH))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.stylesheet = Sheet(variables=self.get_css_variables())
        self._logger = cast(Any, NoLog())

    def post_message(self, message: Message) -> bool:
        if isinstance(message, Notify):
            message.notification.timeout = 3600
        return super().post_message(message)


def _event(key: str) -> events.Key:
    """The event of a key, or of a character."""
    name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
    named = _get_unicode_name_from_key(REPLACED_KEYS.get(name, name))
    try:
        return events.Key(name, unicodedata.lookup(named))
    except KeyError:
        return events.Key(name, key if len(key) == 1 else None)


def _with_all_below(*nodes: DOMNode) -> list[DOMNode]:
    """Nodes with their descendants. Each key asks for them ten times, so no function is called for each."""
    known = list(nodes)
    for node in known:
        known += node._nodes._nodes
    return known


def _are_busy(nodes: Iterable[DOMNode]) -> bool:
    """Return whether a part of the app handles a message, or is about to."""
    for node in nodes:
        ready: Any = node._message_queue.ready_event
        if not ((ready._waiters and not ready._value) or node._closing or node._closed):
            return True
    return False


class Clock:
    """The time of the event loop, which `settle` puts forward to when a timer is due."""

    def __init__(self) -> None:
        self._ahead = 0.0
        loop = asyncio.get_running_loop()
        self._real = loop.time
        loop.time = self._time  # type: ignore[method-assign]

    def _time(self) -> float:
        return self._real() + self._ahead

    def skip(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass
class Running:
    """A running app: keys in, screen text out. `browsed` are the addresses handed to the browser."""

    app: TuireaderApp
    pilot: Pilot[int]
    library: Library
    browsed: list[str] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    @property
    def main(self) -> MainScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    async def settle(self) -> None:
        """Wait until nothing is under way any more, nor about to be (work, messages, timers), and draw."""
        async with asyncio.timeout(120):
            await self._done()
            while self.app.is_running and ((soon := self._soon()) or self._awaits_rows()):
                if soon:
                    self.clock.skip(soon)
                else:
                    await asyncio.sleep(0.004)
                await self._done()
        if self.app.is_running:
            draw(self.app.screen)
            assert self.app.cursor_position is not None  # a terminal's frame asks for it

    async def _done(self) -> None:
        """Wait until all work and all messages are done, whatever they lead to."""
        quiet = 0
        while self.app.is_running and quiet < 2:  # a message goes from one queue to the next
            with suppress(WorkerCancelled, WorkerFailed):  # for a newer one, or told; a crash ends the test
                await self.app.workers.wait_for_complete()
            await self.app.animator.wait_until_complete()
            await self._idle()
            works = self._works() or self._has_messages()
            quiet = 0 if works or self.app.screen._callbacks else quiet + 1
            if not works:
                for screen in self.app.screen_stack:
                    screen._on_timer_update()  # paint now, not in a sixtieth of a second

    async def _idle(self) -> None:
        """Wait until all that is in front waits for messages.

        `Pilot.pause` would send a message to each widget and wait for the answers, which takes longer than
        what most keys do.
        """
        for turn in count():
            await asyncio.sleep(0 if turn < TURNS else 0.001)
            if turn >= 2 and not _are_busy([self.app, *_with_all_below(self.app.screen)]):
                break
            if not self.app.is_running or self.app._exception_event.is_set():
                break

    def _works(self) -> bool:
        """Whether a worker is at work, maybe beside a cancelled one."""
        return any(not worker.is_finished for worker in self.app.workers)

    def _has_messages(self) -> bool:
        """Whether a message waits: on a busy machine `pause` ends before it went from widget to widget."""
        return bool([node for node in self._nodes() if node._message_queue.values])

    def _nodes(self) -> list[DOMNode]:
        return [self.app, *_with_all_below(*self.app.screen_stack)]

    def _awaits_rows(self) -> bool:
        """Whether the row under the cursor, in a list that is shown, is not read yet."""
        articles = self.main.articles
        return bool(articles.ids) and articles.region.area > 0 and articles.current_row is None

    def _soon(self) -> float:
        """Seconds until all timers are due that fire once, and soon: toasts and tooltips take longer."""
        due = [
            timer._interval
            for node in self._nodes()  # a resize waits for a timer of the app
            for timer in node._timers
            if timer._repeat is not None
            and timer._interval < 0.4
            and timer._task is not None
            and not timer._task.done()
        ]
        if hasattr(self.main, "controllers") and self.main.controllers.previews.due is not None:
            due.append(previews.REST * previews.SECOND)
        return max(due, default=0.0)

    async def press(self, *keys: str) -> None:
        """Press keys, each when all that the one before it leads to is done, but for timers."""
        for key in keys:
            self.app.post_message(_event(key))
            await self._done()
        await self.settle()

    async def hit(self, *keys: str) -> None:
        """Press keys, each when the one before it was answered, whatever else is still at work."""
        async with asyncio.timeout(60):
            for key in keys:
                self.app.post_message(_event(key))
                await self._idle()

    def post(self, text: str) -> None:
        """Hand over all keys before the first of them is looked at, as a terminal does after a pause."""
        for character in text:
            self.app.post_message(_event(CONTROLS.get(character, character)))

    async def write(self, text: str) -> None:
        """Hand over all keys at once, and wait for what they lead to."""
        self.post(text)
        await self.settle()

    async def click(
        self, widget: str | type[Widget], offset: tuple[int, int], *, control: bool = False
    ) -> None:
        await self.pilot.click(widget, offset=offset, control=control)
        await self.settle()

    async def drag(self, *places: tuple[int, int]) -> None:
        """Press the mouse at the first place, and let go at the last one."""
        await self.pilot.mouse_down(offset=places[0])
        for place in places[1:]:
            await self.pilot.hover(offset=place)
        await self.pilot.mouse_up(offset=places[-1])
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    async def flow(self, flow: Flow) -> None:
        await self.main.flows.run(flow)
        await self.settle()

    async def go_to(self, view: View) -> None:
        await self.main.controllers.navigation.go_to_view(view)
        await self.settle()

    async def show(self, view: View) -> None:
        await self.main.controllers.navigation.show_view(view)
        await self.settle()

    async def shows(self, text: str) -> None:
        """Wait until a text is on the screen, while something goes on that `settle` would wait for."""
        async with asyncio.timeout(60):
            while text not in self.text:
                draw(self.app.screen)
                while not self.app.screen._compositor._dirty_regions:
                    await asyncio.sleep(0.004)

    def screen(self, kind: type[S]) -> S:
        """The screen in front, which is of a kind."""
        screen: Screen[Any] = self.app.screen
        assert isinstance(screen, kind)
        return screen

    def rows(self, kind: type[TableScreen[Any, Any]] = TableScreen) -> list[dict[str, str]]:
        """The rows of the table in front, each by the names of its columns."""
        table = self.screen(kind).table
        return [
            {name: cell.text for name, cell in table.cells(row).items()} for row in range(table.line_count)
        ]

    async def at(self, title: str) -> int:
        """Put the cursor of the list on the article whose title begins so; its id."""
        lists = self.library.lists
        rows = await lists.rows(await lists.ids(View(ViewKind.ALL)))
        found = next(row.id for row in rows if row.title.startswith(title))
        self.main.articles.select_id(found)
        await self.settle()
        return found

    def select(self, view: View) -> None:
        """Put the cursor of the sidebar, which has the focus then, on a view."""
        self.main.panes.go_to(self.main.sidebar)
        self.main.sidebar.select(view)

    def fill(self, **values: str) -> None:
        """Fill in lines of the dialog that is open, by their ids."""
        for name, value in values.items():
            self.app.screen.query_one(f"#{name}", Input).value = value

    async def submit(self, **values: str) -> None:
        """Fill in lines of a dialog and press enter."""
        self.fill(**values)
        await self.press("enter")

    @property
    def labels(self) -> list[str]:
        """The lines of the sidebar."""
        return [entry.label for entry in self.main.sidebar.items]

    @property
    def written(self) -> str:
        """The configuration file."""
        return self.library.paths.config.read_text(encoding="utf-8")

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
    def page_lines(self) -> list[str]:
        """The lines of the page in sight."""
        pane = self.main.pane
        return [pane.render_line(y).text for y in range(pane.size.height)]

    @property
    def toasts(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    @property
    def row(self) -> ArticleRow:
        """The row under the cursor of the list."""
        row = self.main.articles.current_row
        assert row is not None
        return row

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
        app.animation_level = "none"  # as in a terminal
        run = Running(app, pilot, library, browsed)
        await run.settle()
        yield run
