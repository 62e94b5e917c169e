"""When silence is an alarm: hardly ever by chance, soon for a feed that has died, never for a rare one.

`python -m tests.core.test_alarms [FEEDS [SEEDS]]` prints how often by chance, and how soon.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import half_as_many
from tuireader.text.durations import DAY, WEEK
from tuireader.timing.alarms import pace

HOUR = 3600
START = 2800 * WEEK + 43_200  # Thursday, 12:00

Process = Callable[[random.Random, int], Sequence[int]]


def poisson(
    rng: random.Random, weeks: int, a_day: float, pull: Callable[[float], float], top: float
) -> list[int]:
    """Times at random, at a rate that is `pull` of the usual one at a time, `top` at most."""
    time, found = 0.0, []
    while (time := time + rng.expovariate(a_day * top / DAY)) < weeks * WEEK:
        if rng.random() < pull(time) / top:
            found.append(START + int(time))
    return found


def evenly(rng: random.Random, weeks: int, every: int, by: int, skipped: float = 0.0) -> list[int]:
    return [
        START + number * every + int(rng.uniform(-by, by))
        for number in range(weeks * WEEK // every)
        if rng.random() >= skipped
    ]


def at_work(time: float) -> float:
    day, hour = int(time // DAY) % 7, time % DAY / HOUR
    if day in (2, 3):
        return 0.02
    return 2.7 if 8 <= hour < 17 else 0.03


def in_bursts(rng: random.Random, weeks: int) -> list[int]:
    starts = poisson(rng, weeks, 3 / 7, lambda _: 1, 1)
    return sorted(
        start + int(rng.expovariate(1 / (2 * HOUR)))
        for start in starts
        for _ in range(1 + int(rng.expovariate(0.1)))
    )


def by_season(rng: random.Random, weeks: int) -> list[int]:
    begin = rng.random() * math.tau
    return poisson(
        rng, weeks, 1.5, lambda time: 1 + 0.8 * math.sin(begin + math.tau * time / (52 * WEEK)), 1.8
    )


PROCESSES: dict[str, Process] = {
    "daily": lambda rng, weeks: evenly(rng, weeks, DAY, 2 * HOUR),
    "daily with days off": lambda rng, weeks: evenly(rng, weeks, DAY, 2 * HOUR, 0.1),
    "weekly": lambda rng, weeks: evenly(rng, weeks, WEEK, 6 * HOUR),
    "at random": lambda rng, weeks: poisson(rng, weeks, 1, lambda _: 1, 1),
    "on weekdays": lambda rng, weeks: [
        time for time in evenly(rng, weeks, DAY, HOUR) if time // DAY % 7 not in (2, 3)
    ],
    "at work": lambda rng, weeks: poisson(rng, weeks, 6, at_work, 2.7),
    "in bursts": in_bursts,
    "by season": by_season,
    "rare": lambda rng, weeks: poisson(rng, weeks, 1 / 30, lambda _: 1, 1),
}


def pauses(draw: Callable[[random.Random], float]) -> Process:
    """Return a process whose pauses, in days, are drawn independently."""

    def made(rng: random.Random, weeks: int) -> list[int]:
        time, found = 0.0, []
        while (time := time + draw(rng) * DAY) < weeks * WEEK:
            found.append(START + int(time))
        return found

    return made


def restless(rng: random.Random, weeks: int) -> list[int]:
    """Times at random, at a rate that changes each week."""
    rates = [rng.gammavariate(0.7, 1 / 0.7) for _ in range(weeks)]
    return poisson(rng, weeks, 1, lambda time: rates[int(time // WEEK)], max(rates))


HEAVY: dict[str, Process] = {
    "Pareto 1.5, 1 a day": pauses(lambda rng: rng.paretovariate(1.5) / 3),
    "Pareto 2, 2 a day": pauses(lambda rng: rng.paretovariate(2) / 4),
    "Pareto 2, 1 a day": pauses(lambda rng: rng.paretovariate(2) / 2),
    "Pareto 2.5, 1 a day": pauses(lambda rng: rng.paretovariate(2.5) * 0.6),
    "log-normal 1.5, 2 a day": pauses(lambda rng: rng.lognormvariate(math.log(0.5) - 1.125, 1.5)),
    "log-normal 1.5, 1 a day": pauses(lambda rng: rng.lognormvariate(-1.125, 1.5)),
    "log-normal 2, 4 a day": pauses(lambda rng: rng.lognormvariate(math.log(0.25) - 2, 2)),
    "Weibull 0.5, 2 a day": pauses(lambda rng: rng.weibullvariate(0.25, 0.5)),
    "Weibull 0.5, 1 a day": pauses(lambda rng: rng.weibullvariate(0.5, 0.5)),
    "restless": restless,
}


def alarms(times: Sequence[int]) -> int:
    """How often silence was an alarm although another article came; usual pauses are judged now and then."""
    found, longest = 0, 0
    for number in range(1, len(times)):
        gap = times[number] - times[number - 1]
        if gap > max(DAY, longest) or (gap > DAY and number % 50 == 0):
            known = pace(times[:number])
            found += known is not None and times[number] > known.alarm_at
        longest = max(longest, gap)
    return found


@pytest.mark.parametrize("name", PROCESSES)
def test_chance_raises_less_than_one_alarm_in_a_thousand_weeks(name: str) -> None:
    weeks, feeds = 104, 20
    made = (PROCESSES[name](random.Random(f"{name} {seed}"), weeks) for seed in range(feeds))
    found = sum(map(alarms, made))
    assert found / (feeds * weeks) < 1 / 1000


def test_pauses_of_any_length_raise_about_one_alarm_in_a_thousand_weeks() -> None:
    """Few pauses of the past tell little about the longest to come."""
    weeks, feeds = 104, 6
    made = [process(random.Random(f"{seed}"), weeks) for process in HEAVY.values() for seed in range(feeds)]
    assert sum(map(alarms, made)) / (len(made) * weeks) < 1.2 / 1000


@pytest.mark.parametrize(
    ("name", "days"), [("daily", 4), ("on weekdays", 7), ("at work", 6), ("weekly", 21), ("at random", 25)]
)
def test_a_feed_that_has_died_raises_one_soon(name: str, days: int) -> None:
    for seed in range(5):
        times = PROCESSES[name](random.Random(seed), 52)
        found = pace(times)
        assert found is not None
        assert DAY <= found.alarm_at - max(times) <= days * DAY
        assert 0 < found.usual <= 8 * DAY


@pytest.mark.parametrize("every", [21 * DAY, 30 * DAY, 91 * DAY])
def test_a_rare_feed_never_raises_one(every: int) -> None:
    assert pace(evenly(random.Random(1), 104, every, DAY)) is None


def test_weekends_are_short_for_a_feed_that_rests_then() -> None:
    times = PROCESSES["at work"](random.Random(3), 52)
    friday = max(time for time in times if (time // DAY) % 7 == 1 and time % DAY > 12 * HOUR)
    tuesday = max(time for time in times if (time // DAY) % 7 == 5 and time % DAY > 12 * HOUR)
    before, within = pace([t for t in times if t <= friday]), pace([t for t in times if t <= tuesday])
    assert before is not None and within is not None
    assert before.alarm_at - friday > 3 * DAY > within.alarm_at - tuesday


@pytest.mark.parametrize("times", [(), (START,), (START,) * 50, range(START, START + 50 * DAY, 20 * DAY)])
def test_too_little_is_known_to_judge(times: Sequence[int]) -> None:
    assert pace(times) is None


def test_a_young_feed_is_not_judged() -> None:
    assert pace([START + number * HOUR for number in range(24 * 27)]) is None
    times = [START + number * HOUR for number in range(24 * 29)]
    found = pace(times)
    assert found is not None and found.alarm_at == times[-1] + DAY  # however busy it is


def test_old_articles_do_not_count() -> None:
    times = evenly(random.Random(2), 20, DAY, HOUR)
    assert pace([*range(0, 100 * DAY, DAY), *times]) == pace(times)


HABITS = st.builds(
    lambda seed, weeks, every, skipped: evenly(random.Random(seed), weeks, every, every // 2, skipped),
    st.integers(0, 1_000),
    st.integers(3, 12),
    st.sampled_from([HOUR, 5 * HOUR, DAY]),
    st.sampled_from([0.0, 0.1, 0.6]),
)
"""Feeds of a few weeks that publish every few hours or days, give or take."""
TIMES = HABITS | st.lists(st.integers(START, START + 60 * WEEK), max_size=120)


@settings(max_examples=settings().max_examples // 2)
@given(TIMES, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_no_pause_of_the_past_is_an_alarm(
    times: list[int], rng: random.Random
) -> None:
    found = pace(times)
    shuffled = times[:]
    rng.shuffle(shuffled)
    assert pace(shuffled) == found
    if found is not None:
        assert found.alarm_at - max(times) >= DAY
        assert found.usual <= max(times) - min(times)


@given(TIMES, st.integers(-500, 500))
@half_as_many
def test_it_does_not_matter_in_which_week_it_is(times: list[int], weeks: int) -> None:
    found, moved = pace(times), pace([time + weeks * WEEK for time in times])
    if found is None:
        assert moved is None
    else:
        assert moved is not None and abs(moved.alarm_at - weeks * WEEK - found.alarm_at) <= 2


def show(processes: Mapping[str, Process], feeds: int, seeds: int) -> None:
    """Print the alarms by chance in 1,000 weeks for each seed, and the days until a real one."""
    weeks, total = 104, [0] * seeds
    for name, process in processes.items():
        found, delays = [0] * seeds, []
        for seed in range(seeds):
            for number in range(feeds):
                times = process(random.Random(f"{name} {seed} {number}"), weeks)
                found[seed] += alarms(times)
                first = [time for time in times if time < START + 52 * WEEK]
                if known := pace(first):
                    delays.append((known.alarm_at - max(first)) / DAY)
        total = [one + more for one, more in zip(total, found, strict=True)]
        chance = " ".join(f"{1000 * one / (feeds * weeks):.2f}" for one in found)
        print(f"{name:24} {chance}; after {median(delays or [0]):.1f} days")
    chance = " ".join(f"{1000 * one / (feeds * weeks * len(processes)):.2f}" for one in total)
    print(f"{'all':24} {chance}", flush=True)


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    for group in (PROCESSES, HEAVY):
        show(group, (arguments or [20])[0], (arguments[1:] or [3])[0])
