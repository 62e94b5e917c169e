"""The Textual app: themes, colours and keys around one main screen."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.actions import ActionParseResult
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.filter import LineFilter, Monochrome, NoColor
from textual.geometry import Size
from textual.notifications import Notification, Notify, SeverityLevel
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets._toast import ToastHolder
from textual.worker import WorkerFailed

from tuireader.commands import BY_ID, key_label, resolve_keys
from tuireader.errors import TuireaderError
from tuireader.ui.bindings import ANYWHERE, bound, keymap
from tuireader.ui.browser import open_in_browser
from tuireader.ui.drawing import styles
from tuireader.ui.drawing.line_filters import Nearest256, SameEverywhere, Together
from tuireader.ui.drawing.themes import DARK, PLAIN, THEMES
from tuireader.ui.key_order import one_by_one, press
from tuireader.ui.run import DEMO
from tuireader.ui.saved_frame import keep
from tuireader.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from textual.driver import Driver

    from tuireader.library import Library
    from tuireader.model import Counts
    from tuireader.ui.controllers.marks import Marking
    from tuireader.ui.screens.main import MainScreen

Browser = Callable[[str], Awaitable[str]]


_AT_REST = 0.5
"""Seconds without a key from which there is time to look through all objects."""
_ROUNDS = 20
"""Collections of young objects until that is worth while ..."""
_THRESHOLDS = (700, 10, 50 * _ROUNDS)
"""... and, as the last of the collector's thresholds, until it cannot wait for a rest any more."""


_LARGEST = Size(1500, 500)
"""Columns and lines that are drawn on: a terminal may say anything of itself, and each cell costs memory."""
_MOST_TOASTS = 4


def _collect() -> None:
    if gc.get_count()[2] >= _ROUNDS:
        gc.collect()


class TuireaderApp(App[int]):
    """Shows a library. `browser` opens an address and returns `""` or why it could not."""

    TITLE = "tuireader"
    CSS_PATH = "tuireader.tcss"
    ENABLE_COMMAND_PALETTE = False  # opened by a command of ours, see palette.py
    BINDINGS = [Binding("ctrl+q", "quit", "Quit", priority=True, show=False, id=ANYWHERE)]  # noqa: RUF012

    def __init__(
        self,
        library: Library,
        *,
        first_run: bool = False,
        counting: asyncio.Future[Counts] | None = None,
        browser: Browser | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.clock = clock
        self.library = library
        self.counting = counting  # the sidebar's numbers, asked for before Textual was imported
        self._opening = ExitStack()
        self.is_opening = True  # nothing is painted yet
        self._first_run = first_run
        self._browser = browser
        self._theme_styles: styles.Styles | None = None
        self._main: MainScreen | None = None
        self._short_toast: Notification | None = None
        self._said_last: dict[str, str] = {}  # the last toast of each group
        self.fault: BaseException | None = None  # what made the app crash
        self._typed_on: Screen[object] | None = None  # the screen that had the last key
        self._collecting: asyncio.TimerHandle | None = None
        self._bound: dict[str, list[tuple[str, DOMNode]]] = {}
        self._bound_in: tuple[Screen[object] | None, Widget | None] = (None, None)  # where the keys do that
        self.typed_at = 0.0  # when that was, by the monotonic clock
        self._leaves = False
        self.lent = False  # an editor has the terminal, and ctrl+c is for it
        self.leaving: asyncio.Future[None] | None = None  # held, so that it is not collected half-way
        for theme in THEMES:
            self.register_theme(theme)
        if self.no_color:  # Textual would turn colours into greys, which are colours to the terminal
            self._filters = [NoColor() if isinstance(one, Monochrome) else one for one in self._filters]
        self._together = Together()
        self._filters += [SameEverywhere(), Nearest256(enabled=self.console.color_system == "256")]
        self.take_config()
        self._parsed_for = self.get_css_variables()
        self.stylesheet.set_variables(self._parsed_for)

    def take_config(self) -> None:
        """Put theme and keys of the configuration in force."""
        ui = self.library.config.ui
        few = self.no_color or self.console.color_system == "standard"  # no theme's colours are among 16
        wanted = PLAIN.name if few else ui.theme
        self.theme = wanted if wanted in self.available_themes else DARK.name
        self.keys_of, self.key_problems = resolve_keys(ui.preset, self.library.config.keys)
        self.set_keymap(keymap(self.keys_of))
        self._bound_in = (None, None)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What is done to each line, all in one."""
        filters = tuple(super().get_line_filters())
        if filters != self._together.filters:
            self._together = Together(*filters)
        return [self._together]

    @property
    def theme_styles(self) -> styles.Styles:
        """The styles of the theme that is on."""
        if self._theme_styles is None:
            self._theme_styles = styles.make(
                self.theme_variables,
                dark=self.current_theme.dark,
                watch_colors=self.library.watch_colors,
            )
        return self._theme_styles

    def forget_theme_styles(self) -> None:
        """Make the styles anew at next use: the theme or the watches have changed."""
        self._theme_styles = None

    @property
    def watch_names(self) -> tuple[str, ...]:
        """All watches, in the order of the config."""
        return tuple(self.library.watch_colors)

    def get_driver_class(self) -> type[Driver]:
        """The driver for this terminal, on which the first frame may stand."""
        driver = super().get_driver_class()
        if driver.__name__ == "LinuxDriver":
            from tuireader.ui.driver import TerminalDriver

            return TerminalDriver
        return driver

    def on_load(self) -> None:
        """Paint nothing before there is something to read: a blank screen would only flicker."""
        self._opening.enter_context(self.batch_update())

    def opened(self) -> None:
        """Paint from now on."""
        self.is_opening = False
        self._opening.close()
        self._parsed_for = {}
        self.screen.refresh()
        if not gc.isenabled():
            gc.freeze()  # what a start has made stays, and need not be looked through again and again
            gc.set_threshold(*_THRESHOLDS)
            gc.enable()

    def _collect_at_rest(self) -> None:
        """Look through all objects for what is not used any more when keys rest: one would wait for that."""
        if self._collecting is not None:
            self._collecting.cancel()
        self._collecting = asyncio.get_running_loop().call_later(_AT_REST, _collect)

    def refresh_css(self, animate: bool = True) -> None:
        """Take the theme's colours over; at the start all was parsed with them just now."""
        if self._parsed_for != self.get_css_variables():
            super().refresh_css(animate=animate)
        else:
            self.stylesheet.update(self, animate=False)

    async def on_mount(self) -> None:
        """Open the main screen, and the welcome over it when there is nothing to read yet."""
        from tuireader.ui.screens.main import MainScreen

        self._main = MainScreen()
        await self.push_screen(self._main)
        if self._first_run:
            from tuireader.ui.dialogs.welcome import FirstRun

            await self.push_screen(FirstRun(), self._main.welcomed)

    # -- keys, in the order of typing. Textual hands a key to the widget with the focus and does its command
    # when it has come back through the queues of all parents. What was typed meanwhile has gone to the same
    # widget: of `/wechat` the first letters would be commands of the list.

    @property
    def size(self) -> Size:
        """The size of the terminal, as far as it is drawn on."""
        return Size(*map(min, super().size, _LARGEST))

    async def on_event(self, event: events.Event) -> None:
        """Do the command of a key before the next key is looked at."""
        if isinstance(event, events.Resize):
            event.size = event.virtual_size = event.container_size = Size(*map(min, event.size, _LARGEST))
        if isinstance(event, events.Key) and not event.is_forwarded:
            for key in one_by_one(event, self):
                await self._do_key(key)
        else:
            await super().on_event(event)

    async def _do_key(self, event: events.Key) -> None:
        await self._until_ready()
        if self.focused is not None and not self.focused.is_attached:  # it was left while it was opened,
            self.screen.set_focus(None)  # and no key would be answered any more, not even that to quit
        self.typed_at = time.monotonic()
        self._collect_at_rest()
        if not self.app_focus:  # keys tell better than the terminal where the person is
            self.app_focus = True
        main, focused = self._main, self.focused
        if main is self.screen and (focused is None or isinstance(focused, Pane)):
            await main.found()
            await self._do_command(event.key)
            if not main.keys_wait:
                main.hand_over()
        elif isinstance(focused, Input) and event.is_printable:
            await super().on_event(event)
        elif not await self._check_bindings(event.key, priority=True):
            await press(focused or self.screen, event, self._check_bindings)

    async def _do_command(self, key: str) -> None:
        """Do what a key means in the panes: always the same, as long as the focus is where it is."""
        place = (self.screen, self.focused)
        if place != self._bound_in:
            self._bound_in, self._bound = place, bound(self.screen)
        for action, node in self._bound.get(key, ()):
            if await self.run_action(action, node):
                break

    async def _until_ready(self) -> None:
        """Wait until a screen that has just been opened has its focus."""
        screen = self.screen
        if screen is self._typed_on:
            return
        self._typed_on = screen
        ready = asyncio.Event()
        screen.call_after_refresh(ready.set)
        with suppress(TimeoutError):  # it may have been left meanwhile
            await asyncio.wait_for(ready.wait(), 1)

    # -- used by all screens

    def key_of(self, command_id: str) -> str:
        """The first key of a command as people read it, or its title where it has none."""
        keys = self.keys_of.get(command_id, ())
        return key_label(keys[0]) if keys else BY_ID[command_id].title

    def say(
        self,
        message: str,
        *,
        severity: SeverityLevel = "information",
        seconds: float = 4,
        group: str = "",
    ) -> None:
        """A toast, in place of the one before it in its group; the text is never markup."""
        if not message:
            return
        if severity != "information" and self._short_toast is not None:  # "Fetching …" is over with that
            self._unnotify(self._short_toast, refresh=False)
        self._make_room(message, self._said_last.get(group, message))
        if group:
            self._said_last[group] = message
        self.notify(message, severity=severity, timeout=seconds, markup=False)

    def _make_room(self, *messages: str) -> None:
        """Take toasts away that say the same, and old ones of many: a held key makes thirty a second."""
        same = [one for one in self._notifications if one.message in messages]
        others = [one for one in self._notifications if one.message not in messages]
        others.sort(key=lambda one: one.severity != "information")
        for one in same + others[: max(0, len(others) + 1 - _MOST_TOASTS)]:
            self._unnotify(one, refresh=False)

    def say_shortly(self, message: str) -> None:
        """A toast for what is done often: it takes the place of the one before."""
        if self._short_toast is not None:
            self._unnotify(self._short_toast, refresh=False)
        self._short_toast = Notification(message, "", "information", 2, markup=False)
        self.post_message(Notify(self._short_toast))

    def say_no_more(self, group: str = "") -> None:
        """Take the toast of a group away, else that of `say_shortly`: what it told of is there."""
        if group:
            self._make_room(self._said_last.pop(group, ""))
            self._refresh_notifications()
        elif self._short_toast is not None:
            self._unnotify(self._short_toast)
            self._short_toast = None

    def _refresh_notifications(self) -> None:
        super()._refresh_notifications()
        for screen in self.screen_stack[-1:]:
            for holder in screen.query(ToastHolder):  # Textual keeps one of every toast there ever was
                if not holder.children:
                    holder.remove()

    async def browse(self, url: str) -> None:
        """Open an address in the web browser, if it is one that may be opened."""
        from tuireader.text import safe_url

        checked = safe_url(url)
        if not checked.lower().startswith(("http://", "https://")):
            self.say(
                f"Not opened, for it is no web address: {url}" if url else "No address to open",
                severity="warning",
            )
            return
        if self._browser is None and self.is_web:
            self.open_url(checked)
            return
        own = partial(open_in_browser, program=self.library.config.ui.browser)
        trouble = await (self._browser or own)(checked)
        if trouble:
            self.say(f"{trouble}\n{checked}", severity="warning", seconds=10)

    def action_help_quit(self) -> None:
        """What ctrl+c does when no text is chosen: say how to quit."""
        self.say("q goes back and quits at the top; ctrl+q quits at once")

    async def action_quit(self) -> None:
        """Leave at once."""
        await self.leave(0)

    async def leave(self, code: int) -> None:
        """Store what is pending and leave; whoever opened the library closes it.

        What cannot be stored soon is in `unsaved`.
        """
        if self._leaves:
            return
        self._leaves = True
        try:
            if self._main is not None:
                await self._main.reading.keep_place()
                await self._main.marking.finish()
                with suppress(TuireaderError):
                    await self._main.library.away_since()  # notes that it was in use until now
                await keep(self._main)
        finally:  # also where the database is locked, or its disk is full
            self.exit(code)

    async def unsaved(self) -> str:
        """Store what a crash has left, and say what could not be stored; `""` where all is."""
        marking: Marking | None = getattr(self._main, "marking", None)
        if marking is None:
            return ""
        await marking.finish()
        return marking.unsaved

    def exit_to_demo(self) -> None:
        """Leave, to be started again as the demo."""
        self.exit(DEMO)

    # -- faults. What is told in a line (a locked database) is told and the app goes on; it may come out of
    # a key, a message (see `MainScreen`) or a worker. All else is a crash, of which Textual would print the
    # traceback with the values of all variables.

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key means; a fault that can be told is told."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except TuireaderError as error:
            self.say(str(error), severity="error", seconds=10)
            return True

    def _handle_exception(self, error: Exception) -> None:
        fault = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(error, WorkerFailed) and isinstance(fault, TuireaderError):
            self.say(str(fault), severity="error", seconds=10)
            return
        self.fault = fault
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()
