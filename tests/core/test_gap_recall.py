"""Gaps over weeks of visits to feeds of many kinds: how many are found, how many are false.

`python -m tests.core.test_gap_recall` prints the figures of each kind, over more feeds than the test.
"""

from __future__ import annotations

import itertools
import random
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tuireader.timing import gaps
from tuireader.timing.gaps import Before, Document, Listed

HOUR, DAY = 3600, 86_400
START = 1_700_000_000
ORDERS = ("newest", "oldest", "shuffled", "by name")
DATES = ("all", "updated", "half", "days", "build", "none")
WINDOWS = (5, 8, 15, 30, 50)


@dataclass
class World:
    """A feed that lists its newest entries and some pinned ones, and what a reader has seen of it."""

    rng: random.Random
    order: str
    dates: str
    pins: int
    window: int
    weeks: int = 2
    known: set[int] = field(default_factory=set)
    arrived: dict[int, int] = field(default_factory=dict)
    last: Document | None = None
    visited: int = 0
    edited: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rng, end = self.rng, START + self.weeks * 7 * DAY
        pace = rng.choice((HOUR / 2, HOUR, 3 * HOUR, 8 * HOUR))
        time = START - self.window * 2 * pace
        self.times: list[int] = []
        while time < end:
            time += rng.expovariate(1 / pace)
            self.times.append(int(time))
            if rng.random() < 0.02:  # a burst
                for _ in range(rng.randrange(self.window // 2, self.window * 2 + 2)):
                    time += rng.choice((1, 60, 300))
                    self.times.append(int(time))
        self.names = [rng.random() for _ in self.times]
        self.pinned = rng.sample(range(self.window // 2), self.pins)

    def moments(self) -> Iterator[int]:
        """Yield the times of visits: mostly half-hourly, sometimes days apart."""
        now = START
        while now < START + self.weeks * 7 * DAY:
            yield now
            days = self.rng.random() < 0.03
            now += int(
                self.rng.uniform(1, 3) * DAY if days else self.rng.choice((1, 1, 1, 2, 2, 6, 18)) * HOUR / 2
            )

    def document(self, free: list[int], now: int) -> list[Listed]:
        listed = free[::-1]
        if self.order == "oldest":
            listed.reverse()
        elif self.order == "shuffled":
            self.rng.shuffle(listed)
        listed = [*self.pinned, *listed]
        if self.order == "by name":
            listed.sort(key=lambda one: self.names[one])
        return [self.entry(one, now) for one in listed]

    def entry(self, one: int, now: int) -> Listed:
        time, new = self.times[one], one not in self.known
        match self.dates:
            case "none":
                return Listed(one + 1, None, None, new)
            case "build":
                return Listed(one + 1, now, now, new)
            case "half":
                return Listed(one + 1, time if self.names[one] < 0.5 else None, None, new)
            case "days":
                return Listed(one + 1, time // DAY * DAY, None, new)
            case "updated":
                return Listed(one + 1, time, self.edited.get(one, time), new)
        return Listed(one + 1, time, None, new)

    def visit(self, entries: list[Listed], now: int) -> bool:
        """Return whether there is a gap in front of a document."""
        found = False
        if self.visited and not gaps.continues(entries, self.last, self.visited, now, self.arrived):
            times = [self.times[one] for one in sorted(self.known)[-12:]]
            before = Before(self.last, self.visited, times, len(times))
            found = gaps.measure(entries, before, now) is not None
        self.last = gaps.seen(entries, self.last, now)
        for one in entries:
            self.arrived.setdefault(one.article, now)
            self.known.add(one.article - 1)
        self.visited = now
        return found

    def run(self) -> Counter[str]:
        """Count gaps: real, found, false; `unknown` are those that nothing shows, and all visits before
        the entries of the first one have left: until then, pinned ones cannot be told from the others."""
        counts: Counter[str] = Counter()
        before, first = set[int](), set[int]()
        for now in self.moments():
            published = bisect_right(self.times, now)
            line = [one for one in range(published - self.window, published) if one not in self.pinned]
            if self.rng.random() < 0.05:
                self.edited[self.rng.choice(line)] = now - 5
            free = line[-(self.window - self.pins) :]
            missed = before and any(one not in self.known for one in range(max(before) + 1, free[0]))
            shared, settled = before & set(free), not before & first
            found = self.visit(self.document(free, now), now)
            counts["visits"] += 1
            if missed:
                counts["real" if settled or not self.pins else "unknown"] += 1
                counts["found"] += found and (settled or not self.pins)
            elif shared:
                counts["false"] += found
            first = first or set(free)
            before = set(free)
        return counts


def run(order: str, dates: str, pins: int, feeds: int, weeks: int = 2) -> Counter[str]:
    counts: Counter[str] = Counter()
    for seed, window in itertools.product(range(feeds), WINDOWS):
        rng = random.Random(f"{order} {dates} {pins} {window} {seed}")
        counts += World(rng, order, dates, pins, window, weeks).run()
    return counts


def figures(counts: Counter[str]) -> tuple[float, float]:
    """Return recall and precision."""
    found = counts["found"]
    return found / max(1, counts["real"]), found / max(1, found + counts["false"])


@pytest.mark.parametrize("pins", [0, 2])
def test_gaps_of_feeds_of_all_kinds_are_found_and_few_are_false(pins: int) -> None:
    total: Counter[str] = Counter()
    for order, dates in itertools.product(ORDERS, DATES):
        total += run(order, dates, pins, 1, weeks=1)
    recall, precision = figures(total)
    assert total["real"] > 250
    assert recall >= (0.99 if pins else 1) and precision >= 0.99, total


def show(feeds: int) -> None:
    """Print the figures of each kind of feed."""
    total: Counter[str] = Counter()
    for order, dates, pins in itertools.product(ORDERS, DATES, (0, 2)):
        counts = run(order, dates, pins, feeds)
        total += counts
        print(f"{order:9}{dates:9}{pins} pinned: {line(counts)}")
    print(f"all: {line(total)}")


def line(counts: Counter[str]) -> str:
    recall, precision = figures(counts)
    return (
        f"{counts['visits']} visits, {counts['real']} gaps, recall {recall:.4f}, "
        f"{counts['false']} false, precision {precision:.4f}"
    )


if __name__ == "__main__":
    show(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
