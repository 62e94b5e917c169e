"""What a person does with watches: look at how they do, try one out, have one or an alias proposed.

The glue between the store and the pure `watch`, for the library; all of it only reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from tuireader import later, relating, watch
from tuireader.config import Config, WatchConfig
from tuireader.model import ArticleRow, Evidence, Feed, WatchPreview, WatchStats
from tuireader.store import Store
from tuireader.text import clean
from tuireader.values import dataclass
from tuireader.watch import WatchRule

if TYPE_CHECKING:
    from tuireader import notify, query, terms
    from tuireader.store import stats as numbers
    from tuireader.watch import Matcher
else:
    notify, numbers, query, terms = later.modules("notify", "store.stats", "query", "terms")

_DAY = 86_400
_SAMPLES = 5
_COUNTED = 2000
"""Matches from which a preview counts no further."""
_LOOKED_AT = 6000
"""Articles that a preview looks at, at the most: about two seconds."""
_ALIAS_ARTICLES = 300
_REPORTED = 1_000_000
_DROWNS = 0.8
_ENOUGH = 10
"""Hits from which it says something that one term has most of them."""


def rule_of(item: WatchConfig) -> WatchRule:
    """A watch of the config as the matcher wants it."""
    return WatchRule(
        item.name, item.any, item.all, item.none, item.query, item.fields, item.feeds, item.exact
    )


def rules(config: Config) -> list[WatchRule]:
    """All watches of the config as the matcher wants them."""
    return [rule_of(item) for item in config.watches]


def quiet_days(config: Config) -> dict[str, int]:
    """The watches that end when their story does, and after how many quiet days each does."""
    return {item.name: item.ends_after_quiet_days for item in config.watches if item.ends_after_quiet_days}


def ended(last: Mapping[str, int], days: Mapping[str, int], now: int) -> frozenset[str]:
    """Those of them that have been quiet for so long; `last` has when each had news last."""
    return frozenset(name for name, count in days.items() if now - last.get(name, now) >= count * _DAY)


# --------------------------------------------------------------------------- how they do


def stats(
    store: Store,
    config: Config,
    matcher: Matcher,
    feeds: Sequence[Feed],
    names: relating.FeedNames,
    today: int,
    now: int,
) -> list[WatchStats]:
    """Every watch of the config with its numbers; `today` is when the person's day began."""
    hits = store.stats.hits(today)
    newest = {row.id: row for row in store.lists.rows([one.newest[1] for one in hits.values()])}
    problems: dict[str, list[str]] = {}
    for problem in matcher.problems:
        problems.setdefault(problem.watch, []).append(problem.message)
    last, found = store.follows.last(), []
    for item in config.watches:
        one = hits.get(item.name) or numbers.Hits()
        found.append(
            WatchStats(
                name=item.name,
                color=item.color,
                unread=one.unread,
                total=one.total,
                today=one.days[-1],
                week=sum(one.days[-7:]),
                month=sum(one.days),
                days=tuple(one.days),
                newest=newest.get(one.newest[1]),
                top_feeds=tuple((names.get(feed, ("",))[0], count) for feed, count in one.feeds),
                quiet="" if any(one.days[-7:]) else _quiet(item, one, feeds, now),
                problem="; ".join(problems.get(item.name, ())),
                ends=_end(item, last.get(item.name, now)),
            )
        )
    return found


def _end(item: WatchConfig, last: int) -> int | None:
    days = item.ends_after_quiet_days
    return last + days * _DAY if days else None


def _quiet(item: WatchConfig, hits: numbers.Hits, feeds: Sequence[Feed], now: int) -> str:
    """Why nothing came for a week: nothing was said, or the feeds that would say it are out of order."""
    own = [feed for feed in feeds if feed.subscribed and _asked(item, hits, feed)]
    failing = sum(feed.state != "ok" or bool(feed.last_error) for feed in own)
    if failing:
        return f"quiet: {failing} of {len(own)} feeds failing"
    if not own:
        return "quiet: none of its feeds is subscribed"
    if not hits.total:
        return "quiet: feeds fine, no news yet"
    return f"quiet: feeds fine, no news for {max(0, now - hits.newest[0]) // _DAY} d"


def _asked(item: WatchConfig, hits: numbers.Hits, feed: Feed) -> bool:
    """Whether a feed counts for a watch: named by it, or else one that it has had hits from, or else any."""
    if item.feeds:
        named = {name.casefold() for name in item.feeds}
        return not named.isdisjoint((feed.title.casefold(), feed.url.casefold(), feed.folder.casefold()))
    return feed.id in hits.by_feed or not hits.by_feed


# --------------------------------------------------------------------------- trying one out


@dataclass(slots=True)
class Trial:
    """A watch that is tried out on what is stored, a batch at a time, newest first.

    `begin` once, then `step` until it says that there is no more, then `preview`. Matches of `replaces`, the
    watch in whose place it would stand, are compared with.
    """

    rule: WatchRule
    replaces: str
    feeds: relating.FeedNames
    found: dict[int, Evidence] = field(default_factory=dict)
    _matcher: Matcher = field(init=False)
    _candidates: list[tuple[int, int]] = field(default_factory=list)
    _before: list[tuple[int, int]] = field(default_factory=list)
    _at: int = 0

    def __post_init__(self) -> None:
        self._matcher = watch.Matcher([self.rule])

    @property
    def problem(self) -> str:
        """What is wrong with the watch, or `""`."""
        return "; ".join(problem.message for problem in self._matcher.problems)

    def begin(self, store: Store) -> None:
        """Find which articles have to be looked at."""
        expression = watch.prefilter(self.rule)
        self._candidates = store.search.newest(expression)
        self._before = store.stats.matched(self.replaces) if self.replaces else []

    def step(self, store: Store, size: int = 100) -> bool:
        """Look at the next `size` articles; False when none are left, or enough has been seen."""
        batch = [article for article, _ in self._candidates[self._at : self._at + size]]
        self._at += len(batch)
        names = (self.rule.name,)
        for text in store.reading.texts(batch, watches=True):
            for evidence in self._matcher.match(relating.subject(text, self.feeds), names=names):
                self.found[text.id] = evidence
        return self._at < len(self._candidates) and len(self.found) < _COUNTED and self._at < _LOOKED_AT

    def preview(self, store: Store) -> WatchPreview:
        """What has been found."""
        looked_at = self._candidates[: self._at]
        complete = self._at >= len(self._candidates)
        before = self._before
        if not complete and looked_at:
            last, time = looked_at[-1]
            before = [(article, at) for article, at in before if (at, article) >= (time, last)]
        old = {article for article, _ in before}
        newest = [article for article, _ in looked_at if article in self.found][:_SAMPLES]
        samples = store.lists.rows(newest)
        return WatchPreview(
            matches=len(self.found),
            added=len(self.found.keys() - old),
            removed=len(old - self.found.keys()),
            samples=tuple(samples),
            sentences=tuple(self.found[row.id].sentence for row in samples),
            problem=self.problem,
            complete=complete,
        )


# --------------------------------------------------------------------------- reports


@dataclass(frozen=True, slots=True)
class Report:
    """How often an expression or a watch hits. `days` are (day, hits), oldest first, without empty ones.

    `a_day` are the hits a day of the days asked for, or since the first hit. For watches only: `terms` are
    (term, articles it hits), `leads` (feed, how it does), `aliases` (other name, sentence that gives it).
    """

    hits: int
    days: tuple[tuple[str, int], ...]
    feeds: tuple[tuple[str, int], ...]
    samples: tuple[ArticleRow, ...]
    terms: tuple[tuple[str, int], ...] = ()
    leads: tuple[tuple[str, numbers.Lead], ...] = ()
    a_day: float = 0.0
    aliases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a watch, or about one of its terms."""

    watch: str
    term: str
    message: str


def hits_of(
    store: Store, parsed: query.Query, days: int | None, feeds: relating.FeedNames, now: int
) -> Report:
    """How often an expression hits, in the last `days`."""
    if days is not None:
        parsed = query.Query(query.And((parsed.root, query.Age(older=False, seconds=days * _DAY))))
    ids = store.search.find(
        parsed, now=now, subject=lambda text: relating.subject(text, feeds), limit=_REPORTED
    )
    return _report(store, ids, feeds, days, now)


def report(store: Store, item: WatchConfig, days: int | None, feeds: relating.FeedNames, now: int) -> Report:
    """How often a watch hits, in the last `days`, by day, feed and term, and which feeds are first."""
    since = 0 if days is None else now - days * _DAY
    ids = [article for article, time in store.stats.matched(item.name) if time >= since]
    _, some, _ = store.stats.terms(item.name)
    terms = tuple((term, some[term]) for term in dict.fromkeys([*item.any, *chain(*item.all), *some]))
    leads = tuple((feeds.get(lead.feed_id, ("",))[0], lead) for lead in store.stats.leads(item.name))
    others = tuple(aliases(store, item))
    found = _report(store, ids, feeds, days, now)
    return replace(found, terms=terms, leads=leads, aliases=others)


def _report(
    store: Store, ids: Sequence[int], feeds: relating.FeedNames, days: int | None, now: int
) -> Report:
    spread = store.stats.spread(ids)
    passed = days or max(1, -(-(now - min((time for _, time in spread), default=now)) // _DAY))
    by_day = Counter(str(date.fromtimestamp(time)) for _, time in spread)
    by_feed = Counter(feeds.get(feed, ("",))[0] for feed, _ in spread)
    return Report(
        len(ids),
        tuple(sorted(by_day.items())),
        tuple(by_feed.most_common(10)),
        tuple(store.lists.rows(ids[:_SAMPLES])),
        a_day=round(len(ids) / passed, 2),
    )


def lint(store: Store, config: Config, matcher: Matcher) -> list[Remark]:
    """What is wrong or odd: rules that cannot work, terms that never hit, terms that drown the others."""
    found = [Remark(problem.watch, "", problem.message) for problem in matcher.problems]
    for item in config.watches:
        total, some, alone = store.stats.terms(item.name)
        wanted = list(dict.fromkeys([*item.any, *chain(*item.all)]))
        for term in wanted:
            if not some[term]:
                found.append(Remark(item.name, term, _never(store, term)))
            elif len(wanted) > 1 and alone[term] > _DROWNS * total and total >= _ENOUGH:
                share = 100 * alone[term] // total
                found.append(Remark(item.name, term, f"makes {share} % of the {total:,} hits alone"))
    return found


def _never(store: Store, term: str) -> str:
    """That a term has not hit, and which of its words is in no article at all."""
    for word in terms.words(terms.index_text(term.strip("*"))) if not term.startswith("/") else ():
        near = store.stats.nearest_word(word)
        if near is not None and not term.endswith("*"):
            hint = f"; did you mean {near}?" if near else ""
            return f"never hit: {word} is in no article{hint}"
    return "never hit"


# --------------------------------------------------------------------------- telling


def claim(
    store: Store, wanted: Mapping[str, str], feeds: relating.FeedNames, matcher: Matcher
) -> tuple[list[notify.Item], list[int]]:
    """Take what waits to be told, and mark it as told; needs a transaction.

    `wanted` has for each watch whether it tells each `article`, or a `story`: then a later article of the
    same story is told only if it adds something. Returns the articles, and the notices that were marked.
    """
    told: dict[int, set[str]] = {}
    adds: dict[int, tuple[str, ...]] = {}
    marked: list[int] = []
    known: list[int] = []
    spoken: dict[tuple[str, int], list[int]] = {}
    for item in store.notices.waiting():
        mode = "never" if item.muted else wanted.get(item.watch, "never")
        place = (item.watch, item.story)
        before = spoken.setdefault(place, store.notices.told_of(*place)) if mode == "story" else []
        new = _additions(store, item.article_id, before) if before else ()
        if mode == "never" or (before and not new):
            known.append(item.id)
            continue
        marked.append(item.id)
        before.append(item.article_id)
        told.setdefault(item.article_id, set()).add(item.watch)
        adds[item.article_id] = new or adds.get(item.article_id, ())
    store.notices.settle(marked, known)
    store.watches.explain(relating.explain(store, matcher, feeds, list(told)))
    texts = {text.id: text for text in store.reading.texts(list(told))}
    items = [
        notify.Item(
            article,
            texts[article].title,
            texts[article].url,
            feeds.get(texts[article].feed_id, ("",))[0],
            texts[article].time,
            tuple(one for one in store.reading.evidence(article) if one.watch in watches),
            adds[article],
        )
        for article, watches in told.items()
    ]
    return items, marked


def _additions(store: Store, article_id: int, told: Sequence[int]) -> tuple[str, ...]:
    texts = {
        text.id: f"{text.title}\n{text.summary}\n{text.body}"
        for text in store.reading.texts([article_id, *told])
    }
    return notify.additions(texts.pop(article_id, ""), texts.values())


# --------------------------------------------------------------------------- proposing


def suggest(store: Store, article_id: int, taken: Iterable[str]) -> WatchConfig:
    """A watch for what an article is about: its most telling names, or else its rarest words.

    `taken` are the names of watches that there are. Without such an article, a watch that looks for nothing.
    """
    for text in store.reading.texts([article_id]):
        from tuireader.relating.topics import topics

        terms = topics(store, text) or tuple(filter(None, [clean(text.title, 60)]))
        if terms:
            return WatchConfig(_free_name(terms[0], taken), any=terms)
    return WatchConfig(_free_name("New watch", taken))


def _free_name(name: str, taken: Iterable[str]) -> str:
    known = {other.casefold() for other in taken}
    number, free = 1, name
    while free.casefold() in known:
        number += 1
        free = f"{name} {number}"
    return free


def aliases(store: Store, item: WatchConfig) -> list[tuple[str, str]]:
    """Other names that the newest articles on a watch give for its terms, each with its sentence."""
    rule = rule_of(item)
    found: dict[str, tuple[str, str]] = {}
    ids = [article for article, _ in store.stats.matched(item.name)[:_ALIAS_ARTICLES]]
    for text in store.reading.texts(ids):
        for name, sentence in watch.aliases(f"{text.title}\n{text.asked_summary}\n{text.asked_body}", rule):
            found.setdefault(name.casefold(), (name, sentence))
    return list(found.values())


# --------------------------------------------------------------------------- snippets


@lru_cache(maxsize=8)
def _asking(expression: str) -> Matcher:
    return watch.Matcher([WatchRule("search", query=expression)])


def snippets(
    store: Store, ids: Sequence[int], expression: str, feeds: relating.FeedNames, now: int
) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    """For each of `ids` the sentence that an expression hits best, and where in it; or `""`."""
    matcher = _asking(expression)
    found: Mapping[int, Evidence] = {
        text.id: evidence
        for text in store.reading.texts(ids, watches=True)
        for evidence in matcher.match(relating.subject(text, feeds), now=now)
    }
    none = Evidence("")
    return [(found.get(article, none).sentence, found.get(article, none).spans) for article in ids]
