"""Leave servers alone that have asked us to wait (`Retry-After`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from math import ceil

from tuireader.feeds.http.errors import Refused
from tuireader.model import SILENCE, Fault, FetchFailed, FetchResult

_NO_ANSWER = frozenset({Fault.NETWORK, Fault.TIMEOUT, Fault.TLS, Fault.THROTTLED})


class Pauses:
    """Servers (host and port) that are not asked at the moment; `now` is the clock in seconds since 1970.

    Those `on_trial` have asked us to wait: one request shows whether they answer again.
    """

    def __init__(self, now: Callable[[], float], on_trial: Iterable[str] = ()) -> None:
        self._now = now
        self._until: dict[str, float] = {}
        self._trials = {server: asyncio.Lock() for server in on_trial}

    def hold(self, server: str, seconds: float) -> None:
        self._until[server] = self._now() + seconds

    def refuse(self, server: str, host: str) -> None:
        """Raise Refused while a server is to be left alone; `host` names it in the message."""
        wait = self._until.get(server, 0) - self._now()
        if wait > 0:
            words = f"{host} has asked to wait, so it was not asked"
            raise Refused(Fault.THROTTLED, words, None, ceil(wait))

    async def in_turn(self, server: str, fetch: Callable[[], Awaitable[FetchResult]]) -> FetchResult:
        """Fetch; from a server on trial, one at a time until it is known to answer."""
        trial = self._trials.get(server)
        if trial is not None:
            async with trial:
                if server in self._trials:
                    result = await fetch()
                    del self._trials[server]
                    if _is_unanswered(result) and server not in self._until:
                        self.hold(server, SILENCE)
                    return result
        return await fetch()


def _is_unanswered(result: FetchResult) -> bool:
    """Return whether a result blames the server rather than the feed."""
    return isinstance(result, FetchFailed) and (result.fault in _NO_ANSWER or (result.status or 0) >= 500)
