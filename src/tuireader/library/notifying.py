"""Deliver notifications outside quiet hours, and take back what nothing has shown."""

from __future__ import annotations

from collections.abc import Callable

from tuireader.delivery.notify import Delivered, Message, deliver
from tuireader.library.context import UseCases
from tuireader.store import Store


class Notifying(UseCases):
    """Base of the use cases that notify: about matches and about alarms."""

    async def _deliver(self, message: Message, take_back: Callable[[Store, str], None]) -> Delivered:
        """Show a message whose items are marked as told already, so that none is repeated after a kill.

        `take_back` queues them again, with the trouble, if the command could not be run and nothing else has
        shown them.
        """
        shown = await deliver(message, self._context.config.notify)
        if shown.errors and not (shown.command or shown.desktop):
            await self._transact(lambda store: take_back(store, "; ".join(shown.errors)))
        return shown
