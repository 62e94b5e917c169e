"""Make the feeds of the simulated week from a seed: for each hazard, how many, and what befalls them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import newsgen
import week_words
from week_documents import CHALLENGES
from week_world import DAY, HOUR, MINUTE, START, TICK, Article, Feed, Spell, World, asleep, calendar

ROSTER: dict[str, int] = {
    "plain": 11, "hard text": 4, "burst, archive": 5, "burst, no archive": 3, "teaser": 4, "outage": 3,
    "429": 2, "moved": 10, "410": 2, "challenge": 2, "edit": 2, "guid": 2, "dates": 4, "rare": 4, "ttl": 2,
    "validators": 2, "pinned": 2, "across": 2,
}  # fmt: skip
"""How many of 66 feeds have each hazard. Copies come on top: one story in ten of the plain feeds."""
_AWAY = (
    ("page", "guid"), ("home", "title"), ("dead", "link"), ("page", "name"), ("page", "nothing"),
    ("gone", "guid"),
)  # fmt: skip
"""How feeds move to another site, and what is kept there."""
_ELSEWHERE = 500  # added to the number of a feed for that of its other site
_HISTORY = 7 * DAY
"""Time before the week in which feeds had entries already."""


class Maker:
    """Make one feed; `chance` depends on seed, hazard and number alone."""

    away = ""
    """Scheme, host and port of another site, to which the feed may move."""

    def __init__(self, seed: str, world: World, kind: str, order: int, number: int, base: str) -> None:
        self.chance = random.Random(f"{seed}:{kind}:{order}")
        self.world, self.kind, self.order = world, kind, order
        formats = ("rss", "atom", "rss", "rdf", "rss", "atom", "rss")
        self.feed = Feed(
            number, kind, f"{kind.title()} Herald {number}", base, formats[number % len(formats)]
        )
        self.chinese = False
        self.hard = False

    # ---------------------------------------------------------------- articles

    def add(self, at: int, *, watched: bool = False, **changes: object) -> Article:
        """Add an article at a time."""
        chance, feed = self.chance, self.feed
        number = f"{feed.number}-{len(feed.articles)}"
        url = f"{feed.base}/{feed.number}/a/{number}"
        title, parts = self._text()
        watch = ""
        if watched:
            watch = chance.choice(week_words.watch_names(chinese=self.chinese))
            term = week_words.form(chance, watch, hard=self.hard, chinese=self.chinese)
            if chance.random() < 0.4 and not feed.teasers and "edit" not in changes:
                title = f"{term}：{title}" if self.chinese else f"{term}: {title}"
            else:
                parts[chance.randrange(len(parts) // 2, len(parts))] += " " + week_words.mention(chance, term)
        body = "".join(f"<p>{part}</p>" for part in parts)
        one = Article(number, self.kind, at, title, body, url, watch)
        one = replace(one, **changes)  # type: ignore[arg-type]
        feed.articles.append(one)
        return one

    def _text(self) -> tuple[str, list[str]]:
        chance = self.chance
        if self.chinese:
            title = f"{week_words.han(chance)[:18]}{chance.randrange(9999)}"
            return title, ["".join(week_words.han(chance) for _ in range(3)) for _ in range(4)]
        parts = [" ".join(week_words.sentence(chance) for _ in range(3)) for _ in range(3)]
        return week_words.title(chance), parts

    def ordinary(self, pace: float, since: int = START - _HISTORY) -> None:
        """Add ordinary articles at a pace a day, more by day than by night."""
        for _ in range(round(pace * (self.world.end - since) / DAY)):
            self.add(self.moment(since))

    def moment(self, since: int = START, until: int = 0) -> int:
        """Return a time of publication: three of four by day."""
        chance, until = self.chance, until or self.world.end - 4 * HOUR
        while True:
            at = chance.randrange(since, max(until, since + 1))
            if 6 <= at % DAY // HOUR < 21 or chance.random() < 0.45:
                return at

    def watched(self, count: int) -> None:
        """Add watched articles at any time of the week."""
        for _ in range(count):
            self.add(self.moment(), watched=True)

    def span(self, length: int, *, lead: int = HOUR) -> int:
        """Return the start of a time in which the machine is on, `lead` after it was opened."""
        choices = [
            at
            for on, off in self.world.calendar.on
            for at in range(max(on, START) + lead, off - length - lead, TICK)
        ]
        return self.chance.choice(choices or [START + 9 * HOUR])

    def done(self) -> Feed:
        """Return the feed, with its articles in order."""
        self.feed.articles.sort(key=lambda one: (one.published, one.id))
        return self.feed


# --------------------------------------------------------------------------- hazards


def _plain(make: Maker) -> None:
    pace = make.chance.uniform(5, 14)
    make.feed.window = round(pace * 3.5)
    make.feed.validators = "none" if make.order % 6 == 5 else "both"
    make.ordinary(pace)
    make.watched(9)


def _hard(make: Maker) -> None:
    make.hard = True
    make.feed.window = 30
    forms = [("rss", "iso-8859-1", ""), ("atom", "utf-8", "cdata"), ("rss", "windows-1252", "")]
    forms += [("rss", "utf-16", "cdata"), ("rss", "utf-8", "bare")]
    make.feed.format, make.feed.encoding, make.feed.style = forms[make.order % len(forms)]
    make.ordinary(7)
    make.watched(8)


def _burst(make: Maker) -> None:
    feed = make.feed
    feed.window = make.chance.randrange(12, 22)
    if make.kind == "burst, archive":
        feed.archive = ("next", "wordpress", "prev", "json", "wordpress")[make.order % 5]
        feed.format = {"next": "atom", "prev": ("rss", "atom")[make.order // 5 % 2], "json": "json"}.get(
            feed.archive, "rss"
        )
    make.ordinary(5)
    make.watched(1)
    nights = asleep(make.world.calendar)
    fast, slow = 20 * MINUTE, make.chance.randrange(150, 240) * MINUTE
    starts = [(make.span(fast) + 5 * MINUTE, fast), (make.span(slow), slow)]
    if nights:
        from_, until = make.chance.choice(nights)
        starts.append((make.chance.randrange(from_, until - HOUR), HOUR))
    for start, length in starts:
        _burst_at(make, start, length)


def _burst_at(make: Maker, start: int, length: int) -> None:
    """Publish more than the feed's window within `length` seconds; four of these are watched."""
    count = round(make.feed.window * make.chance.uniform(1.6, 3))
    chosen = {round((number + 0.5) * count / 4) for number in range(4)}
    for number in range(count):
        make.add(start + number * length // count, watched=number in chosen)
    make.feed.bursts.append((start, start + length))


def _teaser(make: Maker) -> None:
    make.feed.window, make.feed.teasers = 30, True
    if make.feed.format in ("rdf", "json"):
        make.feed.format = "rss"
    make.ordinary(6)
    make.watched(8)
    endings = (
        "…",
        " [&#8230;]",
        " … <a href='{url}'>Continue reading</a>",
        "</p><p>The post <a href='{url}'>{title}</a> appeared first on <a href='{base}'>{feed}</a>.",
    )
    ending = endings[make.order % len(endings)]
    for number, one in enumerate(make.feed.articles):
        words = one.html.removeprefix("<p>").split("</p>")[0].split()
        cut = " ".join(words[: 18 + make.chance.randrange(12)]).rstrip(".,")
        cut += ending.format(url=one.url, title=one.title, base=make.feed.base, feed=make.feed.title)
        late = one.published + 2 * HOUR if one.watch and make.chance.random() < 0.2 else 0
        make.feed.articles[number] = replace(
            one, html=f"<p>{cut}</p>", page=one.html, teaser=True, page_from=late
        )


def _outage(make: Maker) -> None:
    make.feed.window = 36
    make.ordinary(9)
    what = ("refused", "503", "500")
    for number in range(2):
        length = make.chance.randrange(3, 7) * TICK
        start = make.span(length) - 5 * MINUTE
        make.feed.spells.append(Spell(start, start + length, what[(make.order + number) % 3]))
        for _ in range(3):
            make.add(make.moment(start, start + length), watched=True)
    make.watched(2)


def _throttled(make: Maker) -> None:
    make.feed.window = 36
    make.ordinary(9)
    for _ in range(2):
        length = make.chance.randrange(4, 8) * TICK
        start = make.span(length) - 5 * MINUTE
        retry = make.chance.choice((HOUR, 90 * MINUTE, 2 * HOUR))
        make.feed.spells.append(Spell(start, start + length, "429", retry))
        for _ in range(2):
            make.add(make.moment(start, start + length), watched=True)
    make.watched(2)


def _moved(make: Maker) -> None:
    feed = make.feed
    feed.window = 30
    feed.move = ("page", "dead", "301", "page")[make.order % 4]
    kind = "moved"
    if make.order > 3:
        kind, feed.away = "moved away", make.away
        feed.move, feed.kept = _AWAY[(make.order - 4) % len(_AWAY)]
    feed.moved_at = make.span(2 * HOUR) + MINUTE
    while feed.moved_at > START + (make.world.end - START) * 3 // 4:
        feed.moved_at = make.span(2 * HOUR) + MINUTE
    make.ordinary(7)
    for _ in range(5):
        make.add(make.moment(feed.moved_at), watched=True, kind=kind)


def _gone(make: Maker) -> None:
    make.feed.window = 36
    make.ordinary(8)
    length = make.chance.randrange(10, 24) * TICK
    start = make.span(2 * HOUR) - 5 * MINUTE
    make.feed.spells.append(Spell(start, start + length, "410"))
    make.add(make.moment(start, start + length), watched=True)
    for _ in range(2):
        make.add(make.moment(min(start + length, make.world.end - 5 * HOUR)), watched=True)


def _challenge(make: Maker) -> None:
    make.feed.window = 15
    make.ordinary(16)
    start = make.span(2 * HOUR)
    name = list(CHALLENGES)[(make.chance.randrange(4) + make.order) % 4]
    make.feed.spells.append(Spell(start, start + DAY, name))
    for since, until in ((0, 8), (0, 8), (14, 24), (14, 24)):
        make.add(make.moment(start + since * HOUR, start + until * HOUR), watched=True)
    make.watched(2)


def _edit(make: Maker) -> None:
    make.feed.window = 40
    make.ordinary(8)
    for _ in range(5):
        at = make.moment()
        one = make.add(at, watched=True, edit=(at, ""))
        plain = "".join(f"<p>{week_words.sentence(make.chance)}</p>" for _ in range(5))
        edited = at + make.chance.randrange(1, 5) * HOUR
        make.feed.articles[-1] = replace(one, html=plain, edit=(edited, one.html))


def _guid(make: Maker) -> None:
    make.feed.window = 40
    make.ordinary(8)
    make.watched(5)
    all_at = make.moment(START + DAY, START + 2 * DAY)
    for number, one in enumerate(make.feed.articles):
        if make.order % 2:
            guids = ((all_at, "/new"),)
        else:
            guids = ((one.published + 2 * HOUR, f"/{make.chance.randrange(99)}"),)
        make.feed.articles[number] = replace(one, guids=guids)


def _dates(make: Maker) -> None:
    make.feed.window = 25
    make.ordinary(5)
    make.watched(6)
    kind = ("none", "future", "old", "garbage")[make.order % 4]
    make.feed.format = "rss"
    for number, one in enumerate(make.feed.articles):
        shifted = one.published + (400 if kind == "future" else -3650) * DAY
        written = {"none": "", "garbage": make.chance.choice(("yesterday at noon", "0000-00-00", "Mar 2026"))}
        date = written[kind] if kind in written else newsgen.rfc822(shifted)
        make.feed.articles[number] = replace(one, date=date)


def _rare(make: Maker) -> None:
    make.feed.window = 15
    at = START - make.chance.randrange(20, 40) * DAY
    for _ in range(12):
        make.add(at + make.chance.randrange(DAY))
        at -= make.chance.randrange(8, 25) * DAY
    make.watched(1 + make.order % 2)


def _ttl(make: Maker) -> None:
    make.feed.window, make.feed.max_age = 14, DAY
    make.feed.format, make.feed.ttl = "rss", 1440
    make.ordinary(44, since=START - 5 * DAY)
    for _ in range(8):
        make.add(make.span(HOUR, lead=TICK) + make.chance.randrange(HOUR), watched=True)
    make.watched(1)


def _validators(make: Maker) -> None:
    make.feed.window, make.feed.validators = 36, "lie"
    make.feed.lie_from = make.moment(START + 6 * HOUR, START + 2 * DAY)
    make.ordinary(8)
    for _ in range(6):
        make.add(make.moment(make.feed.lie_from), watched=True)


def _pinned(make: Maker) -> None:
    make.feed.window = 26
    make.ordinary(8)
    make.watched(8)
    first = min(make.feed.articles, key=lambda one: one.published)
    make.feed.pinned = [
        replace(first, id=f"{first.id}-pin{n}", url=f"{first.url}-pin{n}", title=f"Pinned {n}: {first.title}")
        for n in range(3)
    ]


def _across(make: Maker) -> None:
    make.chinese = True
    make.feed.window = 40
    make.ordinary(8)
    make.watched(6)
    for number in range(9):
        one = make.add(make.moment())
        trap = week_words.across(make.chance) if number < 6 else week_words.near(make.chance)
        make.feed.articles[-1] = replace(
            one, kind="across" if number < 6 else "near", html=f"{one.html}<p>{trap}。</p>"
        )


_HAZARDS: dict[str, Callable[[Maker], None]] = {
    "plain": _plain, "hard text": _hard, "burst, archive": _burst, "burst, no archive": _burst,
    "teaser": _teaser, "outage": _outage, "429": _throttled, "moved": _moved, "410": _gone,
    "challenge": _challenge, "edit": _edit, "guid": _guid, "dates": _dates, "rare": _rare, "ttl": _ttl,
    "validators": _validators, "pinned": _pinned, "across": _across,
}  # fmt: skip


def _copies(seed: str, feeds: list[Feed], end: int) -> None:
    """Let ten plain feeds carry the same stories, hours apart and under the same address."""
    chance = random.Random(f"{seed}:copies")
    carriers = [feed for feed in feeds if feed.kind == "plain"][:10]
    for number in range(6 if len(carriers) > 1 else 0):
        at = chance.randrange(START, end - 8 * HOUR)
        watch = chance.choice(week_words.watch_names())
        mention = week_words.mention(chance, week_words.form(chance, watch))
        body = f"<p>{week_words.sentence(chance)}</p><p>{mention} {week_words.sentence(chance)}</p>"
        url = f"{carriers[0].base}/{carriers[0].number}/a/copy-{number}"
        one = Article(f"copy-{number}", "copies", at, week_words.title(chance), body, url, watch)
        for carrier in carriers:
            carrier.articles.append(replace(one, published=at + chance.randrange(5 * HOUR)))
            carrier.articles.sort(key=lambda each: (each.published, each.id))


def world(seed: str, feeds: int, days: int, base: Callable[[int], str]) -> World:
    """Make a world; `base` returns the scheme, host and port of a feed's number."""
    chance = random.Random(f"{seed}:calendar")
    hours = calendar(days, [(chance.randrange(3), chance.randrange(3)) for _ in range(days)])
    made = World(hours, hours.on[-1][1])
    kinds = _roster(feeds)
    for number, (kind, order) in enumerate(kinds):
        host = kinds.index(("plain", 9)) if kind == "plain" and order > 9 else number
        make = Maker(seed, made, kind, order, number, base(host))
        make.away = base(_ELSEWHERE + number)
        _HAZARDS[kind](make)
        made.feeds.append(make.done())
    _copies(seed, made.feeds, made.end)
    return made


def _roster(count: int) -> list[tuple[str, int]]:
    """Return hazard and order of each feed: one of each, then by ROSTER, then plain ones."""
    found: list[tuple[str, int]] = []
    for order in range(max(ROSTER.values())):
        found += [(kind, order) for kind, most in ROSTER.items() if order < most]
    missing = max(0, count - len(found))
    return (found + [("plain", ROSTER["plain"] + number) for number in range(missing)])[:count]
