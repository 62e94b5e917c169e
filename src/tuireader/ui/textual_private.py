"""All uses of private names of Textual, with their reasons; no other module has any.

Textual may rename them in any release: `tests/ui/test_textual_private.py` fails then, and `pyproject.toml`
limits the version.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, partial
from time import monotonic
from typing import Any

from textual._compositor import ChopsUpdate, Compositor
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.geometry import Region
from textual.message import Message
from textual.notifications import Notification
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import WorkerFailed

from tuireader.errors import TuireaderError

KeyParser = XTermParser  # Textual's driver has no hook between the bytes and the keys
_MAX_WAIT = 0.04  # seconds between repaints while keys arrive faster than they are handled


def divided(strip: Strip, cuts: Iterable[int], divide: Any = Strip.divide) -> Any:
    """Divide a strip, but do not let a whole one cache itself: thousands would wait for the collector."""
    fitting = [cut for cut in cuts if cut <= strip.cell_length]
    return [strip] if fitting == [strip.cell_length] else divide(strip, fitting)


setattr(Strip, "divide", divided)  # noqa: B010
# Textual caches by widget, too: the last thousand toasts would never be freed, each with its lines (12 KB)
_inner_outer = lru_cache(1024)(partial(StylesCache.get_inner_outer.__wrapped__, StylesCache))
setattr(StylesCache, "get_inner_outer", staticmethod(_inner_outer))  # noqa: B010


class SparingCompositor(Compositor):
    """Renders only the widgets that are seen in what is updated.

    Textual renders all within one rectangle around the update, which is the whole screen as soon as the first
    and the last line change, and the containers behind: half of the work of a key that scrolls the list.
    """

    _updated: tuple[Region, ...] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        if self.cuts:  # kept until the next layout, so they come from all widgets
            self._updated = (*self._dirty_regions,)
        try:
            return super().render_partial_update()
        finally:
            self._updated = ()

    @property
    def visible_widgets(self) -> dict[Widget, tuple[Region, Region]]:
        """Widgets from front to back, during an update without those that others cover."""
        widgets = super().visible_widgets
        if not self._updated:
            return widgets
        seen: dict[Widget, tuple[Region, Region]] = {}
        uncovered = self._updated
        for widget, (region, clip) in widgets.items():
            area = region.intersection(clip)
            if any(map(area.overlaps, uncovered)):
                seen[widget] = region, clip
                uncovered = tuple(updated for updated in uncovered if not area.contains_region(updated))
        return seen


class CoalescingScreen(Screen[None]):
    """Screen that repaints once for a burst of keys, and survives errors that can be reported."""

    _repainted = 0.0
    _held_until = 0.0

    def __init__(self) -> None:
        super().__init__()
        self._compositor = SparingCompositor()

    @property
    def keys_wait(self) -> bool:
        return self.app.message_queue_size > 0

    def hold_repaint(self) -> None:
        """Paint nothing until `release_repaint`, for at most 40 ms, to include content about to arrive."""
        self._held_until = monotonic() + _MAX_WAIT
        self.set_timer(_MAX_WAIT, self.release_repaint)

    def release_repaint(self) -> None:
        """Paint what has changed."""
        self._held_until = 0.0

    def flush_refresh(self, *widgets: Widget) -> None:
        """Pass refresh requests of widgets on to the screen.

        `_check_refresh`: otherwise each widget would do so only when its queue is idle, and cause a separate
        repaint. There is no public call for this.
        """
        for widget in widgets:
            widget._check_refresh()

    def _on_timer_update(self) -> None:
        """Skip a repaint whose result the next key would replace.

        The timer ticks until the base method runs. `App.batch_update` is no substitute: it runs the callbacks
        of `call_after_refresh` before the repaint.
        """
        now = monotonic()
        if now < self._held_until or (self.keys_wait and now - self._repainted < _MAX_WAIT):
            return
        self._repainted = now
        super()._on_timer_update()

    async def _dispatch_message(self, message: Message) -> None:
        """Report an error of the library instead of ending the message loop; `on_event` sees only events."""
        try:
            await super()._dispatch_message(message)
        except TuireaderError as error:
            if not isinstance(self.app, CrashSafeApp):
                raise
            self.app.report(error)


class CrashSafeApp(App[int]):
    """App that keeps the cause of a crash, and reports worker errors that are not crashes."""

    fault: BaseException | None = None  # cause of the crash
    shows_cursor = False  # the terminal's cursor is visible, not merely in place

    def report(self, error: TuireaderError) -> None:
        self.notify(str(error), severity="error", timeout=10, markup=False)

    async def run_binding(self, key: str, priority: bool = False) -> bool:
        """Run the first action bound to a key that applies; return whether there was one.

        The public `active_bindings` has one action per key, but one that does not apply passes the key on.
        """
        return await self._check_bindings(key, priority)

    def write_to_terminal(self, sequences: str) -> None:
        """Write escape sequences in order with the frames; the driver has no public access."""
        if self._driver is not None:
            self._driver.write(sequences)

    def _begin_update(self) -> None:
        """Hide the cursor while a frame moves it; Textual has no public hook around frames."""
        super()._begin_update()
        if self.shows_cursor:
            self.write_to_terminal("\x1b[?25l")

    def _end_update(self) -> None:
        if self.shows_cursor:
            self.write_to_terminal("\x1b[?25h")
        super()._end_update()

    def remove_toast(self, toast: Notification) -> None:
        """Remove one toast; the public `clear_notifications` removes all."""
        self._unnotify(toast)

    def _handle_exception(self, error: Exception) -> None:
        """Keep the cause; Textual has no public hook for exceptions in workers and message handlers."""
        fault = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(error, WorkerFailed) and isinstance(fault, TuireaderError):
            self.report(fault)
            return
        self.fault = fault
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave without Textual's traceback, which would print the values of all variables."""
        self.panic()
