"""Flows (functions that ask in dialogs and return an outcome) and their runner."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tuireader.errors import TuireaderError
from tuireader.model import View
from tuireader.text.wording import counted
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.host import Host
from tuireader.ui.workers import run_latest, wait_at_most

Answer = TypeVar("Answer")

PATIENCE = 2.0
"""Maximum seconds that keys wait for a flow to ask or end."""


class Outcome(Struct, frozen=True):
    """Consequences of a flow, applied in the order of the fields; none by default."""

    moved: tuple[View, View] | None = None  # a view and its new name
    said: str = ""
    severity: SeverityLevel = "information"
    seconds: float = 4
    view: View | None = None  # view to go to
    stays: bool = False  # the sidebar keeps the focus
    config_changed: bool = False  # views may be gone, matches may have changed
    watches_changed: bool = False  # colours, lists and matches may have changed
    recount: bool = False
    feeds_added: int = 0
    refresh: Sequence[int] = ()  # feeds to fetch
    sync: Sequence[str] = ()  # accounts to sync
    believed: bool = False  # accept that the accounts have lost most of their feeds
    run: Sequence[str] = ()  # commands to run


NO_ARTICLE = Outcome(said="Select an article first", seconds=2)


class Asking:
    """Shows the dialogs of one flow. Keys wait while the flow works, then go to its dialog."""

    def __init__(self, host: Host, flows: FlowRunner) -> None:
        self._host = host
        self.flows = flows
        self._idle = asyncio.Event()
        self._answer: asyncio.Future[Any] | None = None

    async def __call__(self, dialog: Screen[Answer]) -> Answer | None:
        """Show a dialog and return its result; None if it was closed without one."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._answer = answer

        async def answered(result: Answer | None) -> None:
            self._idle.clear()
            answer.set_result(result)
            await self.idle()

        self._host.push_screen(dialog, answered)
        self._idle.set()
        return await answer

    async def idle(self) -> None:
        """Wait until the flow asks or is done."""
        await wait_at_most(PATIENCE, self._idle)

    def end(self) -> None:
        """Let keys through again."""
        self._idle.set()

    def give_up(self) -> None:
        """Cancel a flow that waits for an answer."""
        if self._answer is not None:
            self._answer.cancel()


Flow = Callable[[Controllers, Asking], Awaitable[Outcome | None]]


class FlowRunner:
    """Runs flows. `recolour` redraws everything, `run_command` runs a command as a key would."""

    def __init__(
        self,
        controllers: Controllers,
        recolour: Callable[[], None],
        run_command: Callable[[str], Awaitable[None]],
    ) -> None:
        self.main = controllers
        self._recolour = recolour
        self._run_command = run_command
        self._tasks: dict[asyncio.Task[None], Asking] = {}

    async def run(self, flow: Flow, *, keys_wait: bool = True) -> None:
        """Run a flow and apply its outcome; keys wait until it asks or is done, unless it never asks."""
        asking = Asking(self.main.host, self)

        async def work() -> None:
            try:
                await self.attempt(flow, asking)
            finally:
                asking.end()

        if not keys_wait:
            self.main.panes.run_worker(work(), group="flows")
            return
        task = asyncio.create_task(work())  # a worker would count as busy while it waits for an answer
        self._tasks[task] = asking
        task.add_done_callback(self._ended)
        await asking.idle()

    def end(self) -> None:
        """Give up all questions as the app ends; flows that work are not interrupted."""
        for asking in self._tasks.values():
            asking.give_up()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task)
        if not task.cancelled() and task.exception() is not None:
            self.main.panes.call_later(task.result)  # a crash, as in any handler

    async def attempt(self, flow: Flow, asking: Asking) -> bool:
        """Apply the outcome of a flow, or report its error; false if there is no outcome."""
        try:
            outcome = await flow(self.main, asking)
            if outcome is not None:
                await self.apply(outcome)
        except TuireaderError as error:
            self.main.host.report(error)
            return False
        return outcome is not None

    async def apply(self, outcome: Outcome) -> None:
        main, host = self.main, self.main.host
        if outcome.moved is not None and main.session.view == outcome.moved[0]:
            await main.navigation.show_view(outcome.moved[1])
        if outcome.feeds_added:
            await main.reload()
            host.say(f"{counted(outcome.feeds_added, 'feed')} added")
            main.refreshing.refresh(force=False)
        host.say(outcome.said, severity=outcome.severity, seconds=outcome.seconds)
        if outcome.view is not None:
            await main.navigation.go_to_view(outcome.view)
            main.draw_sidebar()  # which may have left out the view
            main.panes.sidebar.select(outcome.view)
            if outcome.stays:
                main.panes.go_to(main.panes.sidebar)
        if outcome.config_changed:
            await main.navigation.leave_missing_view()
        if outcome.config_changed or outcome.watches_changed:
            self._recolour()
            await main.reload()
            run_latest(main.panes, main.refreshing.apply_watches, "apply")
        if outcome.config_changed and any(
            view.query == main.session.query for view in main.library.searches.saved
        ):
            main.search.keep_as_view()
        if outcome.recount:
            main.recount()
        if outcome.refresh:
            main.refreshing.refresh(outcome.refresh)
        if outcome.sync:
            main.refreshing.sync(outcome.sync, believed=outcome.believed)
        for command_id in outcome.run:
            await self._run_command(command_id)
        main.changed()
