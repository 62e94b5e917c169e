"""Decide when to fetch a feed next. Pure: `now` is an argument; times are seconds since 1970.

Busy feeds are fetched often and quiet ones rarely: the wait is half of the usual gap between articles.
A server's request to wait (`<ttl>`, `sy:*`, `max-age`, `Retry-After`) is honoured up to a day; errors double
the wait; a feed that is gone is not fetched again automatically. A small jitter derived from the feed's id
spreads feeds that were added together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tuireader.model import Fault

QUARTER, DAY = 900, 86_400
RETRY_LEAST = 60
FARTHEST = 31 * DAY
"""Longest plausible wait: a feed planned later was planned while the clock was wrong, so it is due."""
JITTER = 0.1
SEEN_TO_MOVE = 2


@dataclass(frozen=True, slots=True)
class Rates:
    """Bounds of the wait between two requests, in seconds: `least` for busy feeds, `most` for quiet ones."""

    least: int = 1800
    most: int = DAY


@dataclass(frozen=True, slots=True)
class History:
    """Facts about a feed. `recent` holds the times of its latest articles in any order.

    `interval` is the user's setting for this feed, `ttl` is requested by the feed and `max_age` by the
    server, all in seconds; `error_streak` counts the consecutive failures before the current attempt.
    """

    feed_id: int
    recent: Sequence[int] = ()
    interval: int | None = None
    ttl: int | None = None
    max_age: int | None = None
    error_streak: int = 0
    state: str = "ok"


@dataclass(frozen=True, slots=True)
class Plan:
    """Time of the next try (None: only on request), and the new state of the feed."""

    next_try: int | None
    state: str = "ok"


@dataclass(frozen=True, slots=True)
class Move:
    """A permanent redirect (301, 308) that was seen `seen` times in a row."""

    address: str = ""
    seen: int = 0

    @property
    def adopt(self) -> bool:
        """True if the new address may replace the old one; a single redirect may be a mistake."""
        return self.seen >= SEEN_TO_MOVE


def after_success(history: History, rates: Rates, now: int) -> Plan:
    """Return the plan after a good response. A feed that was gone is back; a paused one stays paused."""
    if history.state == "paused":
        return Plan(None, "paused")
    if history.interval is not None:
        return Plan(now + history.interval)
    asked = max(history.ttl or 0, history.max_age or 0)
    wait = max(usual_wait(history.recent, rates, now), min(asked, DAY))
    return Plan(now + min(shifted(wait, history.feed_id), FARTHEST))


def after_failure(history: History, fault: Fault, retry_after: int | None, rates: Rates, now: int) -> Plan:
    """Return the plan after a failure: 15 minutes, doubled with each further one, at most a day.

    `retry_after` is the wait in seconds that the server requested; it is honoured up to a day.
    """
    if fault is Fault.GONE:
        return Plan(None, "gone")
    if history.state in ("paused", "gone"):
        return Plan(None, history.state)
    wait = min(QUARTER << min(max(history.error_streak, 0), 10), DAY)
    if retry_after is not None:
        wait = max(wait, min(max(retry_after, RETRY_LEAST), DAY))
    elif history.interval is not None:
        wait = max(wait, min(history.interval, DAY))
    return Plan(now + max(wait, shifted(wait, history.feed_id)))


def usual_wait(recent: Sequence[int], rates: Rates, now: int) -> int:
    """Return half of the usual gap between articles, within `rates`; `least` without articles.

    If the current silence is longer, it counts as the gap, so that inactive feeds are fetched rarely.
    """
    times = sorted({time for time in recent if time <= now}, reverse=True)
    gaps = [newer - older for newer, older in pairwise(times)]
    if not times:
        return rates.least
    silence = now - times[0]
    usual = max(median(gaps), silence) if gaps else silence
    return int(min(max(usual / 2, rates.least), max(rates.most, rates.least)))


def shifted(wait: int, feed_id: int) -> int:
    """Return `wait` made up to a tenth shorter or longer, always by the same share for a feed."""
    place = (feed_id * 2_654_435_761 % 2**32) / 2**32  # Knuth's multiplicative hash spreads neighbours
    return int(wait * (1 + JITTER * (2 * place - 1)))


def moved(known: str, seen: int, new: str) -> Move:
    """Return the move after a response; `new` is its address if every redirect was permanent, else `""`."""
    if not new:
        return Move()
    return Move(new, seen + 1 if new == known else 1)
