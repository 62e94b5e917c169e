"""Statistics of watches, and reasons why one is quiet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuireader import ingest
from tuireader.config import Config, WatchConfig
from tuireader.library.watching import advice as advising
from tuireader.model import Count, Feed, WatchStats
from tuireader.query import Advice
from tuireader.store import Store
from tuireader.store import stats as numbers

if TYPE_CHECKING:
    from tuireader.watch import Matcher

_DAY = 86_400


def watch_stats(
    store: Store,
    config: Config,
    matcher: Matcher,
    feeds: Sequence[Feed],
    names: ingest.FeedNames,
    today: int,
    now: int,
) -> list[WatchStats]:
    """Return the statistics of every watch in config order; `today` is the start of the user's day."""
    hits, counts = store.stats.hits(today, now), store.lists.watches()
    newest = {row.id: row for row in store.lists.rows([one.newest[1] for one in hits.values()])}
    problems: dict[str, list[str]] = {}
    for problem in matcher.problems:
        problems.setdefault(problem.watch, []).append(problem.message)
    last, found = store.follows.last_news(), []
    known = advising.known_names(store, config, names)
    for item in config.watches:
        one = hits.get(item.name) or numbers.Hits()
        count = counts.get(item.name, Count())
        advice = advising.for_watch(store, known, item)
        found.append(
            WatchStats(
                name=item.name,
                color=item.color,
                count=count,
                former=one.former,
                today=one.days[-1],
                week=one.week,
                month=one.month,
                days=tuple(one.days),
                newest=newest.get(one.newest[1]),
                top_feeds=tuple((names.get(feed, ("",))[0], count) for feed, count in one.feeds),
                quiet="" if one.week else _quiet(item, one, feeds, now, advice),
                problem="; ".join(problems.get(item.name, ())),
                ends=_end(item, last.get(item.name, now)),
                advice=tuple(map(str, advice)),
            )
        )
    return found


def _end(item: WatchConfig, last: int) -> int | None:
    days = item.ends_after_quiet_days
    return last + days * _DAY if days else None


def _quiet(
    item: WatchConfig, hits: numbers.Hits, feeds: Sequence[Feed], now: int, advice: Sequence[Advice]
) -> str:
    """Return why nothing matched for a week: a mistake in the watch, no news, or failing feeds."""
    for one in sorted(advice, key=lambda one: not one.dead):
        if one.dead or not hits.total:
            return f"quiet: {one}"
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
    """Return whether a feed counts for a watch: it names it, or has had matches from it, or from none yet."""
    if item.feeds:
        named = {name.casefold() for name in item.feeds}
        return not named.isdisjoint((feed.title.casefold(), feed.url.casefold(), feed.folder.casefold()))
    return feed.id in hits.by_feed or not hits.by_feed
