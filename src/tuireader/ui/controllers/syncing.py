"""Syncing controller: send marks to account servers soon after they are made; report syncs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass

from tuireader.errors import TuireaderError
from tuireader.model import AccountSynced, Event
from tuireader.model.accounts import Refusal
from tuireader.text.wording import counted
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.widgets.bars import TopLine
from tuireader.ui.workers import Delayed

SOON = 2.0  # seconds after the last mark before marks are sent
LATER = 10.0  # seconds until the next attempt after an error, such as another running sync
LAST = 2.0  # maximum seconds that the exit waits for the servers


@dataclass(eq=False)
class Syncing(Controller):
    """Sends marks in a separate process. `count` shows how many are left."""

    top: TopLine
    count: Callable[[], Awaitable[None]]

    def __post_init__(self) -> None:
        self._later = Delayed(self.top, lambda: self.top.run_worker(self._send(), group="marks sent"))
        self._idle = asyncio.Event()  # cleared while marks are sent
        self._idle.set()
        self._told: dict[str, str] = {}  # the last problem of each account

    def marked(self, after: float | None = None) -> None:
        """Send marks after a pause without new ones."""
        if not self.library.config.accounts or self.library.offline:
            return
        self._later.start(SOON if after is None else after)

    async def _send(self) -> None:
        if not self._idle.is_set():
            self.marked()
            return
        self._idle.clear()
        try:
            names = await self.library.accounts.with_marks()
            if not names:
                return
            async with self._sending(names) as events:
                async for event in events:
                    if isinstance(event, AccountSynced) and event.done:
                        self.tell(event, asked=False)
                        if event.error and not event.refusal:
                            self.marked(LATER)
            await self.count()
        except TuireaderError as error:
            self._say_once("", str(error))
        finally:
            self._idle.set()

    async def finish(self) -> None:
        """Send marks before the program exits, with a time limit."""
        if not self.library.config.accounts or self.library.offline:
            return
        with suppress(TuireaderError, TimeoutError):
            async with asyncio.timeout(LAST):
                await self._idle.wait()
                if names := await self.library.accounts.with_marks(last=True):
                    self.top.show(progress="sending marks …")
                    async with self._sending(names) as events:
                        async for _ in events:
                            pass

    def _sending(self, names: Sequence[str]) -> aclosing[AsyncGenerator[Event, None]]:
        return aclosing(self.library.refresh.sync_in_subprocess(names, marks_only=True))

    def tell(self, done: AccountSynced, *, asked: bool) -> None:
        """Show the outcome of a sync: errors and questions once, news only if `asked` for."""
        name, edits = done.account, self.host.key_of("edit_this")
        if asked:
            self._told.pop(name, None)
        if done.refusal == Refusal.LOGIN:
            kinds = {account.name: account.kind for account in self.library.config.accounts}
            own = name in kinds and kinds[name].own_password
            hint = f" ({done.hint})" if done.hint and own else ""
            message = f"{name}: sign in again{hint} · {edits} in the sidebar edits the account"
            self._say_once(name, message, Refusal.LOGIN)
        elif done.refusal:
            waiting = f" · {counted(done.pending, 'mark')} to send" if done.pending else ""
            self._say_once(name, f"{name}: {done.error}{waiting}", done.refusal)
        elif done.asks:
            self._say_once(name, f"{name}: {done.asks} · {edits} in the sidebar decides", done.asks)
        elif not done.error:
            self._told.pop(name, None)
            if asked:
                self.host.say(f"{name}: {_brought(done)}")
        elif asked:
            self.host.say(f"{name}: {done.error}")

    def _say_once(self, name: str, message: str, kind: str = "") -> None:
        """Warn unless the last problem of the account was of the same kind."""
        if self._told.get(name) != (kind or message):
            self._told[name] = kind or message
            self.host.say(message, severity="warning", seconds=8)


def _brought(done: AccountSynced) -> str:
    """Summarize a sync: `12 new · 3 marks taken · 1 mark sent`."""
    parts = [
        f"{done.new:,} new" if done.new else "",
        f"{counted(done.taken, 'mark')} taken" if done.taken else "",
        f"{counted(done.sent, 'mark')} sent" if done.sent else "",
        f"{counted(done.unreadable, 'entry', 'entries')} unreadable" if done.unreadable else "",
    ]
    return " · ".join(filter(None, parts)) or "nothing new"
