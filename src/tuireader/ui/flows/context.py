"""How a flow asks, and what follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from textual.notifications import SeverityLevel
from textual.screen import Screen

from tuireader.model import View

if TYPE_CHECKING:
    from tuireader.ui.controllers.wiring import Controllers
    from tuireader.ui.host import Host

Answer = TypeVar("Answer")

_PATIENCE = 2.0
"""Seconds that keys wait for a flow that neither asks nor ends."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Consequences of a flow, in the order of the fields; none by default."""

    moved: tuple[View, View] | None = None  # the first view goes by the second name now
    said: str = ""
    severity: SeverityLevel = "information"
    seconds: float = 4
    view: View | None = None  # to go to
    config_changed: bool = False  # views may be gone, as after `watches_changed`
    watches_changed: bool = False  # colours, lists and matches may be others
    recount: bool = False
    feeds_added: int = 0
    refresh: Sequence[int] = ()  # feeds to fetch
    run: Sequence[str] = ()  # commands


class Asking:
    """Shows the dialogs of one flow. Keys wait while the flow works; they go to what it shows.

    `apply` applies an outcome before the flow ends.
    """

    def __init__(self, host: Host, apply: Callable[[Outcome], Awaitable[None]]) -> None:
        self._host = host
        self.apply = apply
        self._idle = asyncio.Event()

    async def __call__(self, dialog: Screen[Answer]) -> Answer | None:
        """Show a dialog and return its result; None when it was left without one."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

        async def answered(result: Answer | None) -> None:
            self._idle.clear()
            answer.set_result(result)
            await self.idle()

        self._host.push_screen(dialog, answered)
        self._idle.set()
        return await answer

    async def idle(self) -> None:
        """Wait until the flow asks or is done."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), _PATIENCE)

    def end(self) -> None:
        """Let the keys go on: the flow is done."""
        self._idle.set()


Flow = Callable[["Controllers", Asking], Awaitable[Outcome | None]]


class Run(Protocol):
    """Runs a flow and applies its outcome; keys wait until it asks or is done."""

    async def __call__(self, flow: Flow, *, keys_wait: bool = True) -> None: ...
