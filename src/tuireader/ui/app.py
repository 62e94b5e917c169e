"""Textual app: themes, keys, start and exit around one main screen."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from textual import events
from textual.actions import ActionParseResult
from textual.binding import Binding
from textual.dom import DOMNode
from textual.filter import LineFilter, Monochrome, NoColor
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input

from tuireader.commands import key_label
from tuireader.errors import TuireaderError
from tuireader.ui.bindings import ANYWHERE
from tuireader.ui.drawing.line_filters import Nearest256, SameEverywhere, VisualOrder
from tuireader.ui.host import Browser, Host
from tuireader.ui.key_order import press, same_key, split_alt
from tuireader.ui.widgets.pane import Pane
from tuireader.ui.workers import wait_at_most

if TYPE_CHECKING:
    from textual.driver import Driver

    from tuireader.library import Library
    from tuireader.model import Counts
    from tuireader.ui.screens.main import MainScreen

PATIENCE = 1.0  # maximum seconds that keys wait for a screen to open
_DIGITS = 5  # of a count
_LARGEST = Size(1500, 500)  # columns and lines: a terminal may report any size, and each cell costs memory


class TuireaderApp(Host):
    """Shows a library. `browser` opens an address and returns an error or `""`."""

    TITLE = "tuireader"
    CSS_PATH = "tuireader.tcss"
    ENABLE_COMMAND_PALETTE = False  # opened by a command of ours, see flows/guide.py
    BINDINGS = [Binding("ctrl+q", "quit", "Quit", priority=True, show=False, id=ANYWHERE)]  # noqa: RUF012

    def __init__(
        self,
        library: Library,
        *,
        first_run: bool = False,
        counting: asyncio.Future[Counts] | None = None,
        browser: Browser | None = None,
        driver: type[Driver] | None = None,
        keep_frame: Callable[[MainScreen], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.time,
        dark: bool = True,
    ) -> None:
        super().__init__(library, browser, clock, driver)
        self.on_dark = dark
        self.counting = counting  # the sidebar's counts, requested before Textual was imported
        self._opening = ExitStack()
        self._first_run = first_run
        self._keep_frame = keep_frame
        self._main: MainScreen | None = None
        self._typed_on: Screen[object] | None = None  # the screen that got the last key
        self._leaves = False
        self.leaving: asyncio.Future[None] | None = None  # referenced to keep it from garbage collection
        self._no_color = NoColor()
        self._order = VisualOrder()
        self._own_filters = (SameEverywhere(), Nearest256(enabled=self.console.color_system == "256"))
        if self.is_web:
            library.settings.keep_programs()
        self.take_config()
        self._parsed_for = self.get_css_variables()
        self.stylesheet.set_variables(self._parsed_for)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Replace Textual's filter for `NO_COLOR`, whose greys are colours too, and add our own."""
        given, own = super().get_line_filters(), self._own_filters
        filters = [self._no_color if isinstance(each, Monochrome) else each for each in given]
        last = (self._order,) if self.reorders else ()
        return [*filters, *(each for each in own if each.enabled), *last]

    def on_load(self) -> None:
        """Paint nothing until there is something to read: a blank screen would flicker."""
        self._opening.enter_context(self.batch_update())

    def opened(self) -> None:
        """Paint for the first time, in the theme for what the terminal has reported meanwhile."""
        if self._main is not None and self.theme != self.theme_for_terminal:
            self.take_theme()
            self.refresh_css(animate=False)
            self._main.new_colours()
        self._opening.close()
        self._parsed_for = {}
        self.screen.refresh()
        if not gc.isenabled():
            gc.freeze()  # objects made at startup stay; collections can skip them
            gc.enable()

    def refresh_css(self, animate: bool = True) -> None:
        """Apply the theme's colours; at startup everything has already been parsed with them."""
        if self._parsed_for != self.get_css_variables():
            super().refresh_css(animate=animate)
        else:
            self.stylesheet.update(self, animate=False)

    def get_default_screen(self) -> Screen[None]:
        """Begin with the main screen: an empty one below it would be styled and laid out for nothing."""
        from tuireader.ui.screens.main import MainScreen

        self._main = MainScreen(self.counting, self.opened)
        return self._main

    async def on_mount(self) -> None:
        """Open the welcome over the main screen if there is nothing to read yet."""
        if self._first_run and (main := self._main) is not None:
            from tuireader.ui.flows.welcome import welcome

            ready = asyncio.Event()
            main.call_later(ready.set)
            await ready.wait()
            await main.flows.run(welcome)

    # -- keys, in the order of typing: else the first letters of `/wechat` would be commands of the list

    @property
    def size(self) -> Size:
        return Size(*map(min, super().size, _LARGEST))

    async def on_event(self, event: events.Event) -> None:
        """Finish the command of one key before handling the next."""
        if isinstance(event, events.Resize):
            event.size = event.virtual_size = event.container_size = Size(*map(min, event.size, _LARGEST))
        if isinstance(event, events.Key) and not event.is_forwarded:
            for key in split_alt(same_key(event), self):
                await self._do_key(key)
        else:
            await super().on_event(event)

    async def _do_key(self, event: events.Key) -> None:
        await self._until_ready(event.key)
        if self.focused is not None and not self.focused.is_attached:  # it was closed while opening,
            self.screen.set_focus(None)  # and no key would work any more, not even the one to quit
        self.typed_at = time.monotonic()
        if not self.app_focus:  # a key is better evidence than the terminal's focus events
            self.app_focus = True
        main, focused = self._main, self.focused
        sequence = self._in_sequence(event.key)
        in_pane = focused is None or isinstance(focused, Pane)
        if main is self.screen and in_pane:
            await main.controllers.search.settled()
            if sequence and not self._take_count(event.key):
                await self.run_binding(sequence)
                self.count = ""
            main.after_key()
        elif focused is getattr(self.screen, "main_pane", 0) and sequence and self._take_count(event.key):
            if self.count:
                self.say_shortly(f"{self.count} …")
        elif sequence:
            await self._do_elsewhere(event, sequence)
            self.count = ""

    async def _do_elsewhere(self, event: events.Key, sequence: str) -> None:
        """Handle a key in a dialog, in another screen or in a line of the main one."""
        if " " in sequence:
            await self.run_binding(sequence)
        elif isinstance(self.focused, Input) and event.is_printable:
            await super().on_event(event)
        elif not await self.run_binding(event.key, priority=True):
            await press(self.focused or self.screen, event, self.run_binding)
            if self._main is self.screen:
                self._main.update_footer()

    def _take_count(self, key: str) -> bool:
        """Let a digit in a list begin or continue a count, unless it has a command there; escape ends it."""
        if key == "escape" and self.count:
            self.count = ""
            return True
        in_article = self.screen is self._main and self._main.panes.in_article
        if not (key.isascii() and key.isdecimal()) or in_article or len(self.count) > _DIGITS:
            return False
        if not self.count and (key == "0" or key in self.screen.active_bindings):
            return False
        self.count += key
        return True

    def _in_sequence(self, key: str) -> str:
        """Join a key to those of a sequence before it; `""` if more must follow, or if it has no command."""
        begun, self.begun = self.begun, ""
        if isinstance(self.focused, Input) or (not begun and key not in self.first_keys):
            return key
        typed, bound = f"{begun} {key}".lstrip(), self.screen.active_bindings
        if any(other.startswith(f"{typed} ") for other in bound):
            self.begun = typed
            if self.screen is not self._main:
                self.say_shortly(" · ".join(f"{key} {title}" for key, title in self.following()))
            return ""
        if begun and typed not in bound:
            if key != "escape":
                self.say_shortly(f"{key_label(typed)} has no command here")
            return ""
        return typed

    async def _until_ready(self, key: str) -> None:
        """Wait until a newly opened screen has its focus, and a table its rows unless the key leaves it."""
        screen = self.screen
        if screen is self._typed_on:
            return
        self._typed_on = screen
        ready = asyncio.Event()
        screen.call_after_refresh(ready.set)
        await wait_at_most(PATIENCE, ready)  # it may have been closed meanwhile
        leaving = (key for command in ("back", "quit_or_back", "quit") for key in self.keys_of[command])
        if not isinstance(self.focused, Pane) or key not in leaving:
            await wait_at_most(PATIENCE, getattr(screen, "filled", ready))

    def action_help_quit(self) -> None:
        """On ctrl+c without selected text, show how to quit."""
        self.say("q goes back and quits at the top; ctrl+q quits at once")

    async def action_quit(self) -> None:
        await self.leave(0)

    async def keep_frame(self) -> None:
        if self._main is not None and self._keep_frame is not None:
            await self._keep_frame(self._main)

    async def leave(self, code: int) -> None:
        """Store pending changes and exit; the caller closes the library.

        `unsaved` reports changes that cannot be stored in time.
        """
        if self._leaves:
            return
        self._leaves = True
        try:
            if self._main is not None:
                await self._main.controllers.reader.keep_place()
                await self._main.controllers.marks.finish()
                await self._main.controllers.syncing.finish()
                await self._main.keep_dividers()
                with suppress(TuireaderError):
                    await self.library.lists.away_since()  # notes that it was in use until now
                await self.keep_frame()
        finally:  # even if the database is locked or its disk is full
            self.exit(code)

    async def unsaved(self) -> str:
        """Store changes that a crash left pending; return a message about those that failed, or `""`."""
        if self._main is None or not hasattr(self._main, "controllers"):
            return ""
        marks = self._main.controllers.marks
        with suppress(Exception):  # the cause of a crash may return; what it costs is in `unsaved`
            await marks.finish()
        return marks.unsaved

    # -- errors. An expected one (a locked database) from a key, a message (see `MainScreen`) or a worker
    # becomes a toast. Any other is a crash, for which Textual would print a traceback with the values of
    # all variables.

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action; expected errors become a toast."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except TuireaderError as error:
            self.report(error)
            return True
