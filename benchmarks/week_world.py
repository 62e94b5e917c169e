"""The simulated world: a calendar, feeds whose documents depend on the time, what could be known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

MINUTE, HOUR, DAY = 60, 3600, 86_400
TICK = 30 * MINUTE
START = 1_772_409_600
"""2026-03-02T00:00:00Z, a Monday."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `title`, `html` and `page` are HTML; `watch` is the watch whose term it has, or `""`.

    `kind` is its hazard. `edit` is a time and the HTML from then on; `guids` are times and what the guid
    ends with from then on. `date` is written instead of the date unless it is None. The page answers from
    `page_from` on.
    """

    id: str
    kind: str
    published: int
    title: str
    html: str
    url: str
    watch: str = ""
    page: str = ""
    edit: tuple[int, str] | None = None
    guids: tuple[tuple[int, str], ...] = ()
    date: str | None = None
    page_from: int = 0
    teaser: bool = False

    @property
    def known_from(self) -> int:
        """Time from which the term can be read."""
        return self.edit[0] if self.edit else self.published

    def at(self, now: int) -> Article:
        """Return the article as it reads at a time."""
        if self.edit and now >= self.edit[0]:
            return replace(self, html=self.edit[1])
        return self

    def guid(self, now: int) -> str:
        """Return the guid at a time."""
        ending = next((words for since, words in reversed(self.guids) if now >= since), "")
        return f"tag:{self.id}{ending}"


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a feed answers with something else; `retry` is the Retry-After of a 429."""

    start: int
    end: int
    what: str
    retry: int = 0


@dataclass(slots=True)
class Feed:
    """A feed. `articles` are in order of time; its documents have the newest `window` of them, and `pinned`.

    `validators`: both, none, or lie (from `lie_from` on, nothing seems to change). `archive`: next, prev,
    json, wordpress or `""`. `move`: 301, page, dead, gone or home, from `moved_at` on; `away` is the site to
    which the feed then moves, `""` for its own. `kept` is what shows there that it is the same feed: the
    guid, link or title of its entries, its name, or nothing.
    """

    number: int
    kind: str
    title: str
    base: str
    format: str = "rss"
    window: int = 30
    articles: list[Article] = field(default_factory=list)
    pinned: list[Article] = field(default_factory=list)
    encoding: str = "utf-8"
    style: str = ""
    validators: str = "both"
    lie_from: int = 0
    ttl: int = 0
    max_age: int = 0
    archive: str = ""
    teasers: bool = False
    spells: list[Spell] = field(default_factory=list)
    move: str = ""
    moved_at: int = 0
    away: str = ""
    kept: str = ""
    site: str = ""
    bursts: list[tuple[int, int]] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Path of its first address."""
        return f"/{self.number}/feed" + ("/" if self.archive == "wordpress" else "")

    @property
    def moved_path(self) -> str:
        """Path of its address after a move."""
        return f"/{self.number}/news"

    @property
    def url(self) -> str:
        """Address that readers are given."""
        return self.base + self.path

    @property
    def new_url(self) -> str:
        """Address after a move."""
        return (self.away or self.base) + self.moved_path

    def published(self, now: int) -> list[Article]:
        """Return all articles until a time, newest first; a feed that starts afresh elsewhere lost some."""
        since = self.moved_at if self.moved(now) and self.kept in ("name", "nothing") else 0
        return [one for one in reversed(self.articles) if since <= one.published <= now]

    def served(self, now: int) -> Feed:
        """Return the feed as its present site serves it."""
        if not (self.away and self.moved(now)) or self.base == self.away:
            return self
        guids = () if self.kept == "guid" else ((0, "-moved"),)
        base = self.base if self.kept == "link" else self.away

        def moved(one: Article) -> Article:
            title = f"Now: {one.title}" if self.kept in ("guid", "link") else one.title
            return replace(one, url=one.url.replace(self.base, base, 1), guids=guids, title=title)

        return replace(
            self,
            base=self.away,
            site=self.base if self.kept == "name" else self.away,
            title=self.title if self.kept == "name" else f"{self.title}, elsewhere",
            articles=[moved(one) for one in self.articles],
        )

    def entries(self, now: int, page: int = 1) -> list[Article]:
        """Return the entries of a page of the feed at a time; page 1 is the feed itself."""
        found = self.published(now)[(page - 1) * self.window : page * self.window]
        return [*self.pinned, *found] if page == 1 else found

    def spell(self, now: int) -> Spell | None:
        """Return what disturbs the feed at a time."""
        return next((one for one in self.spells if one.start <= now < one.end), None)

    def moved(self, now: int) -> bool:
        """Return whether the first address no longer is the feed."""
        return bool(self.move) and now >= self.moved_at


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the machine is on: intervals in order of time."""

    on: tuple[tuple[int, int], ...]

    @property
    def ticks(self) -> list[int]:
        """Times at which the readers run."""
        return [at for start, end in self.on for at in range(start, end + 1, TICK)]

    def seconds(self, start: int, end: int) -> int:
        """Return how long the machine was on between two times."""
        return sum(max(0, min(end, off) - max(start, on)) for on, off in self.on)

    def is_on(self, at: int) -> bool:
        """Return whether the machine is on."""
        return any(on <= at <= off for on, off in self.on)


@dataclass(slots=True)
class World:
    """Everything that happens in the time."""

    calendar: Calendar
    end: int
    feeds: list[Feed] = field(default_factory=list)

    def watched(self) -> dict[str, Article]:
        """Return the articles that a watch has to report, by id; a copy counts from its first publication."""
        found: dict[str, Article] = {}
        for feed in self.feeds:
            for one in feed.articles:
                if one.watch and (one.id not in found or one.published < found[one.id].published):
                    found[one.id] = one
        return found

    def feeds_of(self) -> dict[str, list[Feed]]:
        """Return the feeds that carry each watched article, by its id."""
        found: dict[str, list[Feed]] = {}
        for feed in self.feeds:
            for one in feed.articles:
                if one.watch:
                    found.setdefault(one.id, []).append(feed)
        return found

    def knowable(self) -> dict[str, int]:
        """Return for each watched article that could be known the first tick at which it could.

        That is a tick at which a reader that asks every feed at every tick, follows each move that can be
        told from one to another feed, asks without validators and fetches each archive and page would have
        read the term.
        """
        first: dict[str, int] = {}
        ticks = self.calendar.ticks
        for feed in self.feeds:
            for one, at in _first_sights(feed, ticks):
                if one.id not in first or at < first[one.id]:
                    first[one.id] = at
        return first


def _first_sights(feed: Feed, ticks: Sequence[int]) -> Iterator[tuple[Article, int]]:
    waiting = {one.id: one for one in feed.articles if one.watch}
    for at in ticks:
        if not waiting or feed.spell(at) or (feed.moved(at) and feed.kept == "nothing"):
            continue
        for one in feed.published(at) if feed.archive else feed.entries(at):
            if one.id in waiting and at >= one.known_from:
                # once the entry is known, its page can be fetched later, too
                later = next((tick for tick in ticks if tick >= max(at, one.page_from)), None)
                if later is not None:
                    yield waiting.pop(one.id), later


def calendar(days: int, offsets: Sequence[tuple[int, int]]) -> Calendar:
    """Return the hours of a laptop: asleep at night, and away for a day if there are more than three.

    `offsets` are half hours by which each day begins later than 7:00 and ends later than 22:30.
    """
    on = [
        (START + day * DAY + 7 * HOUR + early * TICK, START + day * DAY + 22 * HOUR + TICK + late * TICK)
        for day, (early, late) in zip(range(days), offsets, strict=False)
    ]
    if days > 3:  # closed in the afternoon of the last but two, opened a day later
        away = days - 3
        on[away] = (on[away][0], START + away * DAY + 15 * HOUR)
        on[away + 1] = (START + (away + 1) * DAY + 18 * HOUR, on[away + 1][1])
    return Calendar(tuple(on))


def asleep(when: Calendar) -> list[tuple[int, int]]:
    """Return the intervals between those in which the machine is on."""
    return [(before[1], after[0]) for before, after in pairwise(when.on)]
