"""Run flows in the background and apply their outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tuireader.errors import TuireaderError
from tuireader.text.wording import counted
from tuireader.ui.flows.context import Asking, Flow, Outcome
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.ui.controllers.wiring import Controllers


class FlowRunner:
    """Gives flows what they work with. `recolour` redraws all, `run_command` does what a key would."""

    def __init__(
        self,
        controllers: Controllers,
        recolour: Callable[[], None],
        run_command: Callable[[str], Awaitable[None]],
    ) -> None:
        self._controllers = controllers
        self._recolour = recolour
        self._run_command = run_command
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, flow: Flow, *, keys_wait: bool = True) -> None:
        """Run a flow and apply its outcome; keys wait until it asks or is done, unless it never asks."""
        host = self._controllers.host
        asking = Asking(host, self.apply)

        async def work() -> None:
            try:
                outcome = await flow(self._controllers, asking)
                if outcome is not None:
                    await self.apply(outcome)
            except TuireaderError as error:
                host.say(str(error), severity="error", seconds=10)
            finally:
                asking.end()

        if not keys_wait:
            self._controllers.panes.run_worker(work(), group="flows")
            return
        task = asyncio.create_task(work())  # a worker would count as busy while it waits for an answer
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        await asking.idle()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._controllers.panes.call_later(task.result)  # a crash, as in any handler

    async def apply(self, outcome: Outcome) -> None:
        """Show what follows from a flow."""
        main, host = self._controllers, self._controllers.host
        if outcome.moved is not None and main.session.view == outcome.moved[0]:
            await main.navigation.show_view(outcome.moved[1])
        if outcome.feeds_added:
            await main.reload()
            host.say(f"{counted(outcome.feeds_added, 'feed')} added")
            main.refreshing.refresh(force=False)
        host.say(outcome.said, severity=outcome.severity, seconds=outcome.seconds)
        if outcome.view is not None:
            await main.navigation.go_to_view(outcome.view)
        if outcome.config_changed:
            await main.navigation.leave_missing_view()
        if outcome.config_changed or outcome.watches_changed:
            self._recolour()
            await main.reload()
            run_latest(main.panes, main.refreshing.apply_watches, "apply")
        if outcome.config_changed and any(
            one.query == main.session.query for one in main.library.searches.saved
        ):
            main.search.keep_as_view()
        if outcome.recount:
            main.counting.recount()
        if outcome.refresh:
            main.refreshing.refresh(outcome.refresh)
        for command_id in outcome.run:
            await self._run_command(command_id)
        main.changed()
