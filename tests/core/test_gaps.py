"""Gaps: found whenever entries came and went unseen, and never while the lists overlap."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from tuireader.model import NewGap
from tuireader.text.durations import DAY
from tuireader.timing import gaps
from tuireader.timing.gaps import Before, Document, Listed

START = 1_700_000_000
HOUR = 3600


@dataclass
class Site:
    """A feed that lists its newest entries, with pinned ones on top, and what a reader has seen of it."""

    window: int
    order: str = "newest"
    dates: str = "all"
    pinned: list[int] = field(default_factory=list)
    now: int = START
    published: dict[int, int] = field(default_factory=dict)
    again: dict[int, int] = field(default_factory=dict)
    """Entries that were published again, with their new time."""
    line: list[int] = field(default_factory=list)
    """Entries from the oldest to the newest."""
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    known: set[int] = field(default_factory=set)
    arrived: dict[int, int] = field(default_factory=dict)
    last: Document | None = None
    visited: int = 0

    def publish(self, number: int, pace: int = HOUR) -> None:
        for _ in range(number):
            self.now += pace
            self.published[len(self.published) + 1] = self.now
            self.line.append(len(self.published))

    def repeat(self, entry: int) -> None:
        """Publish a known entry again, as the newest one."""
        self.now += 60
        self.line.remove(entry)
        self.line.append(entry)
        self.again[entry] = self.now

    def listed(self) -> list[int]:
        free = self.window - len(self.pinned)
        line = [one for one in self.line if one not in self.pinned][::-1][:free]
        if self.order == "oldest":
            return [*self.pinned, *line[::-1]]
        if self.order == "mixed":
            self.chance.shuffle(line)
        return [*self.pinned, *line]

    def entry(self, one: int) -> Listed:
        date = self.again.get(one, self.published[one])
        if self.dates == "none":
            return Listed(one, None, None, one not in self.known)
        if self.dates == "build":
            return Listed(one, self.now, self.now, one not in self.known)
        if self.dates == "updated":
            return Listed(one, self.published[one], date, one not in self.known)
        return Listed(one, date, None, one not in self.known)

    def visit(self, pace: int = 600) -> NewGap | None:
        self.now += pace
        entries = [self.entry(one) for one in self.listed()]
        found = None
        if self.visited:
            times = sorted({self.published[one] for one in self.known}, reverse=True)[:12]
            before = Before(self.last, self.visited, times, len(times))
            if not gaps.continues(entries, self.last, self.visited, self.now, self.arrived):
                found = gaps.measure(entries, before, self.now)
        self.last = gaps.seen(entries, self.last, self.now)
        for one in entries:
            self.arrived.setdefault(one.article, self.now)
        self.known |= set(self.listed())
        self.visited = self.now
        return found


sites = st.builds(
    Site,
    window=st.integers(12, 30),
    order=st.sampled_from(["newest", "oldest", "mixed"]),
    dates=st.sampled_from(["all", "none", "build", "updated"]),
)
chances = st.randoms(use_true_random=False)


def begin(site: Site, pins: int) -> int:
    """Visit a site three times, some of whose old entries are pinned; return the size of its free window."""
    site.publish(site.window * 2)
    site.pinned = site.line[:pins]
    for _ in range(3):
        assert site.visit() is None
        site.publish(2)
    assert site.visit() is None
    return site.window - len(site.pinned)


@settings(max_examples=settings().max_examples // 2)
@given(sites, st.lists(st.integers(0, 29), max_size=6), st.integers(0, 3), chances)
def test_there_is_no_gap_while_a_list_overlaps_the_last(
    site: Site, bursts: list[int], pins: int, chance: random.Random
) -> None:
    free = begin(site, pins)
    # without dates and order, an entry that was published again looks like a pinned one
    tells = site.order != "mixed" or site.dates in ("all", "updated")
    for number in bursts:
        site.publish(min(number, free - 1), chance.choice((1, 60, DAY)))
        if number % 3 == 0 and number < free - 2 and tells:
            site.repeat(chance.choice(site.listed()))
        assert site.visit(chance.choice((1, 600, DAY))) is None


@given(sites, st.lists(st.integers(0, 60), max_size=6), st.integers(0, 3), chances)
def test_every_gap_is_found(site: Site, bursts: list[int], pins: int, chance: random.Random) -> None:
    free = begin(site, pins)
    for number in bursts:
        before = len(site.published)
        repeated = chance.choice([one for one in site.listed() if one not in site.pinned])
        site.publish(number, chance.choice((1, 60, HOUR)))
        if number > free and site.dates == "all":
            site.repeat(repeated)
            site.publish(2)
        found = site.visit(chance.choice((1, 600, DAY)))
        assert (found is not None) == (number >= free), (number, free)
        if found is not None:
            assert found.missing >= 1 and found.after < found.before <= site.now
            lost = [one for one in range(before + 1, len(site.published) + 1) if one not in site.known]
            if lost and site.dates in ("all", "updated"):
                assert found.after <= site.published[lost[0]] <= site.published[lost[-1]] <= found.before
        site.known |= set(site.line)


def a_visit(
    *entries: Listed, last: Document | None, visited: int, now: int, times: list[int]
) -> NewGap | None:
    if gaps.continues(entries, last, visited, now):
        return None
    return gaps.measure(entries, Before(last, visited, times, len(times)), now)


def dated(*days: float, first: int = 100) -> list[Listed]:
    """New entries of these days, the newest first."""
    return [Listed(first + at, round(START + day * DAY), None, True) for at, day in enumerate(days)]


def test_a_few_entries_that_are_replaced_as_a_whole_are_no_gap_while_visits_are_frequent() -> None:
    times = [round(START - day * DAY) for day in range(12)]
    for number in (1, 2, 3):
        last = Document(tuple(range(number)))
        new = dated(*[1.0 + 0.01 * at for at in range(number)][::-1])
        seen_last = START + DAY - HOUR
        assert not a_visit(*new, last=last, visited=seen_last, now=START + DAY + HOUR, times=times)
        late = START + 9 * DAY
        new = dated(*[9.0 + 0.01 * at for at in range(number)][::-1])
        found = a_visit(*new, last=last, visited=START, now=late, times=times)
        assert found and found.after == START and 4 <= found.missing <= 14 * number


def test_after_a_long_silence_a_list_that_never_was_full_may_begin_again() -> None:
    last = Document(tuple(range(1, 9)))
    times = [round(START - day * DAY) for day in range(90, 100)]
    new = dated(0.02, 0.01)
    assert not a_visit(*new, last=last, visited=START - HOUR, now=START + HOUR, times=times)


def test_the_issue_of_the_day_replaces_that_of_yesterday() -> None:
    """All entries have the date of their day, as in the lists of arXiv."""
    last, times = Document(tuple(range(1, 41))), [START - day * DAY for day in range(3)]
    new = [Listed(100 + at, START + DAY, None, True) for at in range(50)]
    issue = Before(last, START + DAY - HOUR, times, 120)
    assert not gaps.continues(new, last, issue.visited, START + DAY + HOUR)
    assert gaps.measure(new, issue, START + DAY + HOUR) is None
    away = Before(last, START - 3 * DAY, [time - 4 * DAY for time in times], 120)
    found = gaps.measure(new, away, START + DAY + HOUR)
    assert found and 50 <= found.missing <= 200
    # a burst of which all entries have the same date is no issue
    burst = Before(last, START + DAY - HOUR, [START - hour * HOUR for hour in range(12)], 12)
    assert gaps.measure(new, burst, START + DAY + HOUR)


def test_a_site_that_renamed_everything_reaches_back_over_the_last_visit() -> None:
    last, times = Document(tuple(range(1, 11))), [START - day * DAY for day in range(10)]
    late, at_once = [0.2 - day for day in range(10)], [0.0] * 8 + [-1.3, -2.7]
    for days in (late, at_once):
        assert not a_visit(*dated(*days), last=last, visited=START, now=START + DAY, times=times)


def test_a_larger_or_smaller_window_is_no_gap() -> None:
    known = [Listed(one, START - one * HOUR) for one in range(1, 6)]
    last = Document(tuple(range(1, 6)))
    older = [Listed(100 + one, START - (5 + one) * HOUR, None, True) for one in range(10)]
    for page in (
        [*known, *older],
        [Listed(99, START, None, True), *known, *older],
        [Listed(99, START, None, True), known[0]],
    ):
        assert gaps.continues(page, last, START, START + HOUR)
        bare = [Listed(one.article, None, None, one.new) for one in page]
        assert gaps.continues(bare, last, START, START + HOUR)


def test_an_old_or_wrong_document_in_between_makes_no_gap() -> None:
    """A server sent a notice or the state of last week once; then the list goes on."""
    usual = [Listed(one, None, None, one > 20) for one in range(28, 8, -1)]
    notice, old = [101, 102, 103, 104, 105], list(range(15, -5, -1))
    for between in (notice, old):
        last: Document | None = None
        for articles in (range(20, 0, -1), between):
            last = gaps.seen([Listed(one) for one in articles], last, START)
        more = [Listed(one, None, None, True) for one in (31, 30, 29)]
        assert gaps.continues([*more, *usual[:-3]], last, START, START + HOUR)


def test_without_dates_and_order_a_pinned_entry_is_known_by_those_that_came_after_it() -> None:
    first, second = [3, 9, 1, 7, 5, 8], [5, 12, 9, 11, 8, 10]
    arrived = dict.fromkeys(first, START) | dict.fromkeys((10, 11, 12), START + HOUR)
    last = gaps.seen([Listed(one) for one in first], None, START)
    last = gaps.seen([Listed(one, None, None, one > 9) for one in second], last, START + HOUR)
    for kept, whole in ((5, False), (9, False), (11, True)):
        page = [Listed(one, None, None, one > 12) for one in (15, 13, kept, 14, 17, 16)]
        assert gaps.continues(page, last, START + HOUR, START + DAY, arrived) == whole


def test_the_order_of_a_day_does_not_matter_where_dates_have_no_time() -> None:
    day = START // DAY * DAY
    arrived = {one: START + one * HOUR for one in range(1, 9)}
    last = gaps.seen([Listed(one, day - DAY * (one < 4)) for one in (7, 4, 6, 5, 8, 2, 3, 1)], None, day)
    new = [Listed(one, day + DAY * (one > 11), None, True) for one in (12, 9, 13, 10, 11)]
    known = [Listed(one, day) for one in (6, 8, 7)]
    visited, now = START + 10 * HOUR, START + 30 * HOUR
    assert gaps.continues([*new, *known], last, visited, now, arrived)
    found = a_visit(*new, Listed(4, day), last=last, visited=visited, now=now, times=[day, day - DAY])
    assert found is None  # nothing is known of its past
    assert not gaps.continues([*new, Listed(4, day)], last, visited, now, arrived)


def test_a_deleted_entry_is_no_pinned_one() -> None:
    last = Document(tuple(range(10, 0, -1)))
    new = [Listed(100 + at, START + HOUR - at, None, True) for at in range(9)]
    assert gaps.continues([*new, Listed(9, START - HOUR)], last, START, START + HOUR)
    assert not gaps.continues([*new, Listed(5, START - HOUR)], last, START, START + HOUR)


def test_the_number_of_missing_entries_follows_the_pace_on_both_sides() -> None:
    times = [START - hour * HOUR for hour in range(12)]
    last = Document(tuple(range(1, 13)))
    new = [Listed(100 + at, START + 2 * DAY - at * HOUR, None, True) for at in range(12)]
    even = a_visit(*new, last=last, visited=START, now=START + 2 * DAY + HOUR, times=times)
    assert even and even.missing == 37 and even.known == last.articles  # one an hour, as before
    burst = [Listed(100 + at, START + 2 * DAY - at * 60, None, True) for at in range(12)]
    fast = a_visit(*burst, last=last, visited=START + 2 * DAY - HOUR, now=START + 2 * DAY, times=times)
    assert fast and fast.missing == 11  # one a minute for as long again as the list lasts
    short = a_visit(*burst, last=last, visited=START + 2 * DAY - 500, now=START + 2 * DAY, times=times)
    assert short and short.missing == 1  # no more than fit between the last visit and the list
    bare = [Listed(one.article, None, None, True) for one in new]
    undated = a_visit(*bare, last=last, visited=START, now=START + 2 * DAY, times=times)
    assert undated and undated.missing == 36 and undated.before == START + 2 * DAY


def test_a_first_document_is_continued_unless_all_of_it_is_new() -> None:
    new = [Listed(at, START - at, None, True) for at in range(1, 10)]
    assert not gaps.continues(new, None, START, START)
    assert gaps.continues([*new, Listed(20, START - HOUR)], None, START, START)


def test_the_pace_of_a_feed_is_that_of_its_newest_articles() -> None:
    assert Before(None, START).rate == 0
    assert Before(None, START, [START - HOUR]).rate == 1 / DAY
    assert Before(None, START, [START - 8 * DAY]).rate == 1 / (8 * DAY)
    assert Before(None, START, [START - HOUR, START - 3 * HOUR]).rate == 1 / (3 * HOUR)


def test_an_older_document_reaches_a_gap_by_a_known_entry_or_by_dates_before_it() -> None:
    early = [Listed(at, START - at * HOUR) for at in range(1, 4)]
    late = [Listed(10 + at, START + at * HOUR) for at in range(1, 8)]
    assert gaps.reaches(late, frozenset({12}), START)
    assert not gaps.reaches(late, frozenset({1}), START)
    assert not gaps.reaches([*early, *late], frozenset(), None)
    assert gaps.reaches([*early, *late], frozenset(), START)
    assert not gaps.reaches([*early[:2], *late], frozenset(), START)
    assert not gaps.reaches([Listed(1), Listed(2)], frozenset(), START)


def test_entries_that_were_published_late_may_have_followed_others() -> None:
    times = [START - (30 + hour) * HOUR for hour in range(12)]
    last = Document(tuple(range(1, 13)))
    late = [Listed(100 + at, START - (3 + at) * HOUR, None, True) for at in range(12)]
    found = a_visit(*late, last=last, visited=START, now=START + HOUR, times=times)
    assert found and (found.after, found.before) == (START - 30 * HOUR, START - 14 * HOUR)


def test_a_list_that_is_half_as_long_as_the_last_is_no_gap_while_visits_are_frequent() -> None:
    times = [START - day * DAY for day in range(12)]
    last = Document(tuple(range(1, 13)))
    fewer = [Listed(100 + at, None, None, True) for at in range(5)]
    assert a_visit(*fewer, last=last, visited=START, now=START + HOUR, times=times) is None


def test_dates_that_contradict_the_last_visit_say_nothing_about_the_period() -> None:
    times = [START - (30 + hour) * HOUR for hour in range(12)]
    last = Document(tuple(range(1, 13)))
    hours = (3, 4, 5, 6, *range(40, 48))
    mixed = [Listed(100 + hour, START - hour * HOUR, None, True) for hour in hours]
    found = a_visit(*mixed, last=last, visited=START, now=START + HOUR, times=times)
    assert found and (found.after, found.before) == (START, START + HOUR)


def test_a_new_entry_among_known_ones_shows_that_their_order_means_nothing() -> None:
    """Also with another at the top, where new ones usually are: else gaps would be told that are none."""
    last = Document(tuple(range(1, 13)))
    listed = [Listed(101, None, None, True), *map(Listed, range(1, 7)), Listed(102, None, None, True)]
    document = gaps.seen([*listed, *map(Listed, range(7, 13))], last, START)
    assert document.mixed and not gaps.seen([listed[0], *map(Listed, range(1, 13))], last, START).mixed
