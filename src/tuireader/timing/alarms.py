"""Judge when silence is improbable. Pure; times are seconds since 1970.

A feed's own past decides. Time is measured on a clock that runs fast in the hours of the week in which the
feed usually publishes and slowly in the others, so that a weekend is short for a feed that rests on weekends.
The longest pause of each week (of longer blocks for slow feeds) is a sample of a distribution of extremes;
silence is improbable if a block with such a pause comes up less than once in a thousand weeks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import exp, gamma, log, sqrt

from msgspec import Struct

from tuireader.model import Pace
from tuireader.text.durations import DAY, WEEK

HISTORY = 65 * WEEK  # length of the past that counts
MOST = 5000  # maximum number of articles that count

# Chosen by trials on simulated feeds (`python -m tests.core.test_alarms`), which count false alarms in 1,000
# feed-weeks, and the days until a feed that has died is noticed.
_IMPROBABLE = 0.001  # probability per week from which silence is an alarm
_BLOCKS = 8  # minimum number of samples; a feed with fewer is never judged
_GAPS = 12  # a feed with at most this many pauses, ...
_SPAN = 4 * WEEK  # ... a shorter past ...
_RARE = 2 * WEEK  # ... or a longer typical pause is never judged
_RECENT = 6  # number of latest blocks in which a feed may slow down
_WEEKDAYS, _HOURS = 40, 300  # minimum numbers of articles to tell weekdays, and parts of them, apart
_SLOWEST = 0.1  # of the clock, as a share of its mean speed
_HEAVIEST = -0.5  # shape from which the distribution has no variance
_YOUNG, _YOUNG_HEAVY = 3500, 10_000  # caution; of little weight after half a year
_EULER = 0.5772156649  # Euler's constant, in the mean of a Gumbel distribution


class _Clock(Struct, frozen=True):
    """A clock that runs at its own speed in each part of the week."""

    speeds: tuple[float, ...]
    passed: tuple[float, ...]

    @classmethod
    def of(cls, times: Sequence[int]) -> _Clock:
        """Build the clock of a feed; parts of the week in which it rarely publishes go by slowly."""
        parts = 42 if len(times) >= _HOURS else 7 if len(times) >= _WEEKDAYS else 1
        size = WEEK // parts
        weeks = max(1.0, (times[-1] - times[0]) / WEEK)
        busy = [0] * parts
        for part in {time // size for time in times}:  # a burst counts once
            busy[part % parts] += 1
        shares = [(count + 1) / (weeks + 2) for count in busy]
        floor = _SLOWEST * sum(shares) / parts
        shares = [max(floor, share) for share in shares]
        speeds = tuple(share * parts / sum(shares) for share in shares)
        return cls(speeds, (0.0, *accumulate(speed * size for speed in speeds)))

    def read(self, time: int) -> float:
        size = WEEK // len(self.speeds)
        week, second = divmod(time, WEEK)
        part, more = divmod(second, size)
        return week * WEEK + self.passed[part] + more * self.speeds[part]

    def time_at(self, shown: float) -> int:
        size = WEEK // len(self.speeds)
        week, second = divmod(shown, WEEK)
        part = min(len(self.speeds) - 1, bisect_right(self.passed, second) - 1)
        return int(week * WEEK + part * size + (second - self.passed[part]) / self.speeds[part])


def pace(times: Sequence[int]) -> Pace | None:
    """Return when silence after the newest of some articles becomes improbable.

    `times` are those of the articles of a feed or a watch, in any order. Returns None if they are too few, or
    too rare, to expect another one.
    """
    if not times:
        return None
    newest = max(times)
    known = sorted(time for time in times if newest - time <= HISTORY)[-MOST:]
    if len(known) <= _GAPS or known[-1] - known[0] < _SPAN:
        return None
    clock = _Clock.of(known)
    shown = [clock.read(time) for time in known]
    gaps = [after - before for before, after in pairwise(shown)]
    span = shown[-1] - shown[0]
    typical = sum(gap * gap for gap in gaps) / span  # of the pause at a random moment
    if typical > _RARE:
        return None
    block = max(min(WEEK, span / _BLOCKS), 2 * typical)
    blocks = int(span / block + 1e-9)
    if blocks < _BLOCKS:
        return None
    longest, pauses = [0.0] * blocks, [0] * blocks
    for end, gap, (before, after) in zip(shown[1:], gaps, pairwise(known), strict=True):
        number = int((shown[-1] - end) / block)
        if number < blocks:
            longest[number] = max(longest[number], gap)
            pauses[number] = max(pauses[number], after - before)
    samples = sorted(gap for gap in longest if gap > 0)
    if len(samples) < _BLOCKS // 2:
        return None
    chance = _IMPROBABLE * min(1.0, block / WEEK)
    recent = [gap for gap in longest[:_RECENT] if gap > 0]  # a feed that slows down may continue to
    slowing = max(1.0, sum(recent) / max(1, len(recent)) * len(samples) / sum(samples))
    heavy = min(1.0, max(0.0, typical * len(gaps) / span - 2))  # 0 if articles come at random, or more evenly
    limit = slowing**2 * _improbable(samples, chance, _YOUNG + heavy * _YOUNG_HEAVY)
    ranked = sorted(gaps, reverse=True)
    limit = max(limit, 1.5 * ranked[0], 2 * ranked[min(len(ranked) - 1, blocks // 10)])
    usual = sorted(pause for pause in pauses if pause)[len(samples) // 2]
    return Pace(usual, max(newest + DAY, clock.time_at(shown[-1] + limit)))


def _improbable(samples: Sequence[float], probability: float, caution: float) -> float:
    """Return the value that a sample of sorted extremes exceeds with a small probability.

    Fits a generalised extreme value distribution by L-moments (Hosking, Wallis and Wood 1985, who give the
    approximation of the shape by 7.859 c + 2.9554 c²). Its tail is never lighter than exponential; few
    samples widen it, the more so the greater the `caution`: they rarely show a heavy tail.
    """
    count = len(samples)
    first: float = sum(samples) / count
    second = sum(rank * sample for rank, sample in enumerate(samples)) / (count * (count - 1))
    third = sum(rank * (rank - 1) * sample for rank, sample in enumerate(samples))
    third /= count * (count - 1) * (count - 2)
    spread = 2 * second - first
    if spread <= 0:
        return first
    skew = (6 * third - 6 * second + first) / spread
    c: float = 2 / (3 + skew) - log(2) / log(3)
    shape = min(0.0, max(_HEAVIEST, (7.859 * c + 2.9554 * c * c) * count / (count + 8)))
    spread *= 1 + 4 / sqrt(count) + caution / count**3
    if shape > -0.01:
        scale: float = spread / log(2)
        return first - _EULER * scale - scale * log(-log(1 - probability))
    scale = spread * shape / ((1 - float(2**-shape)) * gamma(1 + shape))
    middle = first - scale * (1 - gamma(1 + shape)) / shape
    return middle + scale * (1 - exp(shape * log(-log(1 - probability)))) / shape
