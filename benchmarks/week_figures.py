"""What a reader made of the simulated week: recall, delays, requests, gaps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from week_readers import Reader, Tuireader, article_id
from week_server import Request
from week_world import DAY, START, TICK, Article, Feed, World


@dataclass(frozen=True, slots=True)
class Delays:
    """Minutes from publication (or the edit that brings the term) until the reader told or stored it.

    `on`: only time in which the machine was on; `raw`: all time; `late`: from the first tick at which anybody
    could have known, machine time again.
    """

    on: tuple[float, ...]
    raw: tuple[float, ...]
    late: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Entries that came and went between two visits; `unseen` are those that no archive brought later.

    `shared`: both documents have an entry in common, so nothing need be missing.
    """

    feed: int
    at: int
    missed: frozenset[str]
    unseen: frozenset[str]
    shared: bool


@dataclass(slots=True)
class Figures:
    """All figures of a reader."""

    reader: str
    known: dict[str, int]
    stored: dict[str, int]
    told: dict[str, int]
    twice: int = 0
    false: int = 0
    false_uncertain: int = 0
    true_uncertain: int = 0
    traps: int = 0
    requests: dict[str, float] = field(default_factory=dict)
    not_modified: float = 0.0
    same: float = 0.0
    peak: int = 0
    early: int = 0
    gaps: dict[str, float] = field(default_factory=dict)
    alarms: dict[str, int] = field(default_factory=dict)
    moves: str = ""
    blocked: str = ""
    seconds: float = 0.0


def figures(
    reader: Reader, world: World, requests: Sequence[Request], peak: int, known: dict[str, int]
) -> Figures:
    """Compute the figures of a reader; `known` maps what could be known to when."""
    watched = world.watched()
    mine = [one for one in requests if one.reader == reader.name and one.at >= START]
    told: dict[str, int] = {}
    for one in reader.told:
        told.setdefault(one.id, one.at)
    made = Figures(reader.name, known, reader.stored, told, peak=peak, seconds=reader.seconds)
    times = Counter((one.id, watch) for one in reader.told for watch in one.watches)
    made.twice = sum(count - 1 for count in times.values())
    wrong = {one.id: one.uncertain for one in reader.told if one.id not in watched}
    made.false, made.false_uncertain = len(wrong), sum(wrong.values())
    made.true_uncertain = len({one.id for one in reader.told if one.uncertain and one.id in watched})
    days = (world.end - START) / DAY
    each = Counter(one.what for one in mine)
    made.requests = {
        what: each[what] / len(world.feeds) / days for what in ("feed", "archive", "home", "page")
    }
    good = [one for one in mine if one.what == "feed" and one.status in (200, 304)]
    made.not_modified = sum(one.status == 304 for one in good) / max(1, len(good))
    made.same = sum(one.same for one in good) / max(1, len(good))
    made.early = sum(one.early for one in mine)
    real = real_gaps(reader.name, world, requests)
    made.gaps = {"real": len(real), "unseen": sum(bool(one.unseen) for one in real)}
    if isinstance(reader, Tuireader):
        made.gaps |= judged_gaps(real, reader.gaps(world.end))
        made.alarms = dict(reader.alarms())
        away = [feed.kept == "nothing" for feed in world.feeds if feed.away]
        followed, alarmed = reader.moves(world)
        made.moves = f"followed {followed} of {away.count(False)}, told by an alarm {alarmed} of {sum(away)}"
    return made


def delays(
    ids: Iterable[str],
    at: Mapping[str, int],
    watched: Mapping[str, Article],
    known: Mapping[str, int],
    world: World,
) -> Delays:
    """Return the delays of the articles that were known."""
    seconds = world.calendar.seconds
    pairs = [(watched[one].known_from, at[one], known[one]) for one in ids if one in at]
    return Delays(
        tuple(sorted(seconds(since, then) / 60 for since, then, _ in pairs)),
        tuple(sorted((then - since) / 60 for since, then, _ in pairs)),
        tuple(sorted(max(0, seconds(first, then)) / 60 for _, then, first in pairs)),
    )


def middle(values: Sequence[float]) -> float:
    """Return the median, 0 without values."""
    return median(values) if values else 0.0


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile, 0 without values."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))] if values else 0.0


# --------------------------------------------------------------------------- gaps


def real_gaps(reader: str, world: World, requests: Sequence[Request]) -> list[Gap]:
    """Return what a reader's visits to each feed have left out."""
    visits: dict[int, list[Request]] = defaultdict(list)
    archived: dict[int, list[Request]] = defaultdict(list)
    for one in requests:
        if one.reader == reader and one.ids:
            (visits if one.what == "feed" else archived)[one.feed].append(one)
    found = []
    for feed in world.feeds:
        older = archived[feed.number]
        for before, after in pairwise(visits[feed.number]):
            gap = _between(feed, before, after, older)
            if gap.missed or not gap.shared:
                found.append(gap)
    return found


def _between(feed: Feed, before: Request, after: Request, older: Sequence[Request]) -> Gap:
    came = {one.id for one in feed.articles if before.at < one.published <= after.at}
    missed = came - after.ids
    later = frozenset(name for one in older if one.at >= after.at for name in one.ids)
    pinned = {one.id for one in feed.pinned}
    return Gap(
        feed.number,
        after.at,
        frozenset(missed),
        frozenset(missed - later),
        bool(before.ids & after.ids - pinned),
    )


def judged_gaps(real: Sequence[Gap], reported: Sequence[tuple[str, int, bool]]) -> dict[str, float]:
    """Return recall and precision of the reported gaps.

    Recall is over gaps with articles that the reader never saw; each needs an open row at that visit. A row
    is wrong if the two documents share an entry and nothing was missed; if they share none and nothing was
    missed, nobody could tell, and the row does not count.
    """
    at_visit = {(one.feed, one.at): one for one in real}
    right = wrong = 0
    matched: dict[tuple[int, int], bool] = {}
    for url, found_at, closed in reported:
        number = int(url.split("/")[3])
        key = next(
            ((number, at) for feed, at in at_visit if feed == number and at <= found_at < at + TICK), None
        )
        if key is None:
            wrong += 1
            continue
        right += bool(at_visit[key].missed)
        matched[key] = matched.get(key, False) or not closed
    unseen = [key for key, one in at_visit.items() if one.unseen]
    return {
        "reported": len(reported),
        "recall": sum(matched.get(key, False) for key in unseen) / max(1, len(unseen)),
        "precision": right / max(1, right + wrong),
    }


# --------------------------------------------------------------------------- misses


@dataclass(frozen=True, slots=True)
class Miss:
    """An article that could be known and was not told."""

    id: str
    kind: str
    feed: int
    published: int
    first: int
    reason: str


def misses(reader: Reader, world: World, requests: Sequence[Request], made: Figures) -> list[Miss]:
    """Return each article that could be known and was not told, with a guess at the reason."""
    watched, carriers = world.watched(), world.feeds_of()
    has = reader.has() if isinstance(reader, Tuireader) else set()
    reached = made.told if isinstance(reader, Tuireader) else made.stored
    found = []
    for name, first in sorted(made.known.items(), key=lambda pair: pair[1]):
        if name in reached:
            continue
        one, feed = watched[name], carriers[name][0]
        mine = [each for each in requests if each.reader == reader.name and each.feed == feed.number]
        found.append(
            Miss(
                name, one.kind, feed.number, one.published, first, _reason(one, feed, mine, made, name in has)
            )
        )
    return found


def _reason(one: Article, feed: Feed, mine: Sequence[Request], made: Figures, has: bool) -> str:
    if one.id in made.stored:
        return "matched, but not told"
    asked = [each for each in mine if each.what == "feed" and each.at >= one.known_from]
    sent = [each for each in mine if each.what in ("feed", "archive") and one.id in each.ids]
    if has or sent:
        pages = sum(each.what == "page" for each in mine if each.at >= one.known_from)
        late = any(each.at >= one.known_from for each in sent)
        words = "stored, no match" if has else "sent, not stored"
        return f"{words}; sent {'since' if late else 'only before'} the term; {pages} pages asked since"
    if not asked:
        return "never asked since"
    wait = (asked[0].at - one.known_from) / 3600
    statuses = Counter(each.status for each in asked)
    told = ", ".join(f"{status} ×{count}" for status, count in statuses.most_common(3))
    older = sum(each.what == "archive" for each in mine if each.at >= one.known_from)
    return f"asked first after {wait:.1f} h ({told}; {older} archive pages)"


def blocked(feeds: Iterable[Mapping[str, object]], world: World, at: int) -> set[int]:
    """Return the feeds with a challenge at this time whose health speaks of being blocked."""
    challenged = {one.number for one in world.feeds if one.kind == "challenge" and one.spell(at)}
    found = set()
    for row in feeds:
        number = int(str(row["url"]).split("/")[3])
        words = str(row).casefold()
        if number in challenged and ("block" in words or "challenge" in words):
            found.add(number)
    return found


__all__ = [
    "Delays",
    "Figures",
    "Gap",
    "Miss",
    "article_id",
    "blocked",
    "delays",
    "figures",
    "middle",
    "misses",
    "p95",
]
