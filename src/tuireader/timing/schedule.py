"""Decide when to ask a feed again, and how. Pure: `now` is an argument; times are seconds since 1970.

The wait follows from what a miss would cost. A feed is asked before its fastest burst so far could push
entries out of its document, and more often while it has news. A feed on which a watch depends is never asked
less often than `Rates.watched`. A server's request to wait (`<ttl>`, `sy:*`, `max-age`) is honoured within
these bounds and up to a day; `Retry-After` always is, up to a day. Errors are retried after minutes first,
later after an eighth of the outage. Each wait is shortened by 5 to 10 %, by a share derived from the feed's
id: so a feed is due when a cron job of the same interval runs, and feeds with adjacent ids are spread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil
from statistics import median

from msgspec import Struct

from tuireader.model import Fault
from tuireader.text.durations import DAY, HOUR, QUARTER

RETRY_LEAST = 60
RETRY_FIRST = 300
FARTHEST = 31 * DAY
"""Longest plausible wait: a feed planned later was planned while the clock was wrong, so it is due."""
EARLY = 0.05
JITTER = 0.05
SHARE = 3  # a feed is asked about three times between two articles
USUAL = 12  # number of latest gaps between articles that determine the usual one
KEPT = 40  # number of latest articles whose times are kept
FEWEST = 3  # number of articles that make a burst
MEMORY = 14 * DAY  # a burst counts half as much after this time without another
LONG_OUTAGE = 2 * DAY
GONE_TRIES = 3
SEEN_TO_MOVE = 2


class Rates(Struct, frozen=True):
    """Bounds of the wait between two requests, in seconds: `least` for busy feeds, `most` for quiet ones.

    `watched` replaces `most` for feeds on which a watch depends.
    """

    least: int = 1800
    most: int = DAY
    watched: int = HOUR


class History(Struct, frozen=True):
    """Facts about a feed. `recent` holds the times at which its latest articles appeared, in any order.

    `fill` is the number of seconds in which its fastest burst would replace its whole document. `interval` is
    the user's setting for this feed, `ttl` is requested by the feed and `max_age` by the server, all in
    seconds. `error_streak` counts the consecutive failures before the current attempt, `failing_since` is the
    time of the first, `gone_since` that of the first answer that the feed is gone.
    """

    feed_id: int
    recent: Sequence[int] = ()
    fill: float | None = None
    watched: bool = False
    interval: int | None = None
    ttl: int | None = None
    max_age: int | None = None
    error_streak: int = 0
    failing_since: int | None = None
    gone_since: int | None = None
    state: str = "ok"


class Plan(Struct, frozen=True):
    """Time of the next try (None: only on request), and the new state of the feed."""

    next_try: int | None
    state: str = "ok"


class Move(Struct, frozen=True):
    """A permanent redirect (301, 308) that was seen `seen` times in a row."""

    address: str = ""
    seen: int = 0

    @property
    def adopt(self) -> bool:
        """True if the new address may replace the old one; a single redirect may be a mistake."""
        return self.seen >= SEEN_TO_MOVE


def after_success(history: History, rates: Rates, now: int) -> Plan:
    """Plan the next try after a good response. A feed that was gone is back; a paused one stays paused."""
    if history.state == "paused":
        return Plan(None, "paused")
    wait = usual_wait(history, rates, now) if history.interval is None else history.interval
    return Plan(now + min(early(wait, history.feed_id), FARTHEST))


def after_failure(history: History, fault: Fault, retry_after: int | None, rates: Rates, now: int) -> Plan:
    """Plan the next try after a failure: in 5 minutes, doubled with each further one.

    The wait is at most the usual one or an eighth of the outage, whichever is longer. `retry_after` is the
    wait in seconds that the server requested; it is honoured up to a day. A feed reported as gone is still
    asked for a day: a few times, or as often as a watch needs it.
    """
    if history.state in ("paused", "gone"):
        return Plan(None, history.state)
    if fault is Fault.GONE:
        since = now - (now if history.gone_since is None else history.gone_since)
        if since >= DAY and history.error_streak >= GONE_TRIES:
            return Plan(None, "gone")
        most = rates.watched if history.watched else 6 * HOUR
        wait = max(HOUR, min(since, most, DAY - since))
    else:
        wait = _back_off(history, fault, rates, now)
    wait = early(wait, history.feed_id)
    if retry_after is not None:
        wait = max(wait, min(max(retry_after, RETRY_LEAST), DAY))
    return Plan(now + wait)


def _back_off(history: History, fault: Fault, rates: Rates, now: int) -> int:
    usual = usual_wait(history, rates, now) if history.interval is None else history.interval
    outage = now - (now if history.failing_since is None else history.failing_since)
    longest = outage / 8
    if history.fill is not None and outage < LONG_OUTAGE:
        longest = min(longest, history.fill / 2)
    first = QUARTER if fault is Fault.THROTTLED else RETRY_FIRST
    doubled = first << min(max(history.error_streak, 0), 10)
    return int(max(RETRY_LEAST, min(doubled, max(usual, longest), DAY)))


def usual_wait(history: History, rates: Rates, now: int) -> int:
    """Return the seconds between two requests of a feed that answers."""
    asked = min(max(history.ttl or 0, history.max_age or 0), DAY)
    wait = max(_by_pace(history.recent, now), asked)
    if history.fill is not None:
        wait = min(wait, history.fill / 2)
    most = rates.watched if history.watched else max(rates.most, rates.least)
    return int(max(min(wait, most), rates.least))


def _by_pace(recent: Sequence[int], now: int) -> float:
    """Return a third of the usual gap between articles, or of the silence so far if that is shorter.

    A silence longer than any before counts as the gap: such a feed has become inactive.
    """
    times = sorted({time for time in recent if time <= now}, reverse=True)
    if not times:
        return 0
    gaps = [newer - older for newer, older in pairwise(times)]
    silence = now - times[0]
    usual = median(gaps[:USUAL]) if gaps and silence <= max(gaps) else silence
    return min(usual, silence) / SHARE


def early(wait: int, feed_id: int) -> int:
    """Shorten `wait` by 5 to 10 %, always by the same share for a feed; a minute at least remains."""
    return max(min(wait, RETRY_LEAST), int(wait * (1 - EARLY - JITTER * _place(feed_id))))


def _place(feed_id: int) -> float:
    """Return a number from 0 to 1 for a feed; Knuth's multiplicative hash spreads neighbours."""
    return (feed_id * 2_654_435_761 % 2**32) / 2**32


def urgency(last_success: int | None, fill: float | None, now: int) -> float:
    """Return the share of a feed's document that may have been replaced since it was last read, 1 for all.

    After a long pause the most urgent feeds are asked first. Without a known burst it is 0.
    """
    if last_success is None or fill is None:
        return 0
    return max(now - last_success, 0) / max(fill, 1)


def appeared(times: Sequence[int], since: int | None, now: int) -> list[int]:
    """Return when new articles appeared, given their times, at the latest `now`.

    They appeared after `since`, the last visit: articles without a date of their own, or with one more than a
    day before that visit, are spread over the time between the visits. On a first visit (None), only the
    dates are known.
    """
    if since is None:
        return [time for time in times if time < now]
    dated = [time for time in times if since - DAY <= time < now]
    undated = len(times) - len(dated)
    between = max(now - since, 0)
    return dated + [now - between * place // undated for place in range(undated)]


def remembered(recent: Sequence[int], new: Sequence[int]) -> list[int]:
    """Return the times of the latest articles to keep, newest first."""
    return sorted([*recent, *new], reverse=True)[:KEPT]


def fill_time(times: Sequence[int], window: int) -> float | None:
    """Return the seconds in which the fastest burst among `times` would replace `window` entries.

    A burst is a quarter of the document or more, and at least three articles. None: too little is known.
    """
    times = sorted(times)
    count = min(max(FEWEST, ceil(window / 4)), len(times))
    if count < FEWEST or window < 1:
        return None
    fastest = min(last - first for first, last in zip(times, times[count - 1 :], strict=False))
    return window * fastest / (count - 1)


def faster(before: float | None, elapsed: int, measured: float | None) -> float | None:
    """Return the fill time to remember: the shorter of a new measure and the former one.

    The former one grows with the time `elapsed` since it was recorded, so that a burst is forgotten in weeks.
    """
    if before is None:
        return measured
    grown = before * (1 + elapsed / MEMORY)
    return grown if measured is None else min(grown, measured)


def moved(known: str, seen: int, new: str) -> Move:
    """Count a move after a response; `new` is its address if every redirect was permanent, else `""`."""
    if not new:
        return Move()
    return Move(new, seen + 1 if new == known else 1)


TRUSTED, TESTED, LYING = "good", "tested", "lie"
UNKNOWN_FOR = DAY // 4
_SOONEST = 2 * HOUR
_SILENT = 4
"""Divisor of a feed's silence: later checks wait that long, since a long-silent feed may be believed."""


def asks_whole(
    trust: str,
    whole_at: int | None,
    feed_id: int,
    now: int,
    needed: Callable[[], Sequence[int]] | None = None,
) -> bool:
    """Return whether to ask for the whole document, without validators.

    Do so once a day if the server has only said "not modified" since `whole_at`, after six hours for a server
    that was never checked, and always if its validators lie. A feed on which a watch depends is checked
    sooner: `needed` returns the times of its latest articles, in any order, which show for how long it
    usually has no news.
    """
    if trust in (TESTED, LYING) or whole_at is None:
        return trust == LYING
    elapsed = (now - whole_at) / (1 - _place(feed_id) / 4)
    if elapsed < _SOONEST:
        return False
    wait: float = DAY if trust == TRUSTED else UNKNOWN_FOR
    if needed is not None:
        wait = min(wait, _credible(needed(), whole_at))
    return elapsed >= wait


def _credible(recent: Sequence[int], whole_at: int) -> float:
    """Return for how long "not modified" is credible after `whole_at`: for two usual gaps, 2 to 6 hours.

    It is longer if the feed had long been silent when its document was last read.
    """
    times = sorted((time for time in recent if time <= whole_at), reverse=True)
    if len(times) <= FEWEST:
        return UNKNOWN_FOR
    usual = median(newer - older for newer, older in pairwise(times[: USUAL + 1]))
    return max(_SOONEST, min(2 * usual, UNKNOWN_FOR), (whole_at - times[0]) / _SILENT)


def trust_after(trust: str, *, conditional: bool, not_modified: bool, news: bool, checked: bool) -> str:
    """Return the trust in a server's validators after a response.

    `checked` means that the document was asked for as a whole although the server had said "not modified". If
    that brought news, the old validators are sent once more: only a server that lies says "not modified" to
    them. `not_modified` is such an answer, `conditional` a request with validators.
    """
    if trust == LYING:
        return LYING
    if trust == TESTED:
        return LYING if not_modified else TRUSTED
    if checked:
        return TESTED if news else TRUSTED
    return TRUSTED if conditional and news else trust
