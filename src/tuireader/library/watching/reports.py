"""Reports on watches and expressions, statistics of watches, and remarks on watches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Annotated

from msgspec import Struct
from msgspec.structs import replace

from tuireader import ingest, lexicon, query
from tuireader.config import Config, WatchConfig, by_priority
from tuireader.library.watching import advice as advising
from tuireader.model import ArticleRow, Count, Feed, WatchStats
from tuireader.query import Advice
from tuireader.store import Store
from tuireader.store.sql import grouped
from tuireader.store.watches import stats as numbers
from tuireader.store.watches.stats import FeedLead
from tuireader.text.durations import DAY
from tuireader.text.wording import counted
from tuireader.watch import Matcher

if TYPE_CHECKING:
    from tuireader.library.meaning import Proposals

_SAMPLES = 5
_TOP = 5  # feeds with the most matches
_REPORTED = 1_000_000
_DROWNS = 0.8
_ENOUGH = 10  # minimum matches for a remark on a term that accounts for most of them


class Report(Struct, frozen=True):
    """Matches of an expression or a watch; `leads` are pairs of a feed's title and its lead."""

    hits: Annotated[int, "Number of matching articles."]
    days: Annotated[tuple[tuple[str, int], ...], "Matches by day (`2026-11-24`), without empty days."]
    feeds: Annotated[tuple[tuple[str, int], ...], "Matches by title of feed."]
    samples: tuple[ArticleRow, ...]
    terms: Annotated[
        tuple[tuple[str, int], ...], "Articles that each term matches; empty for `watch test`."
    ] = ()
    leads: tuple[tuple[str, FeedLead], ...] = ()
    a_day: Annotated[float, "Average matches per day, over the given days or since the first match."] = 0.0
    aliases: Annotated[
        tuple[tuple[str, str], ...],
        "Other names in its articles, each with a sentence; empty for `watch test`.",
    ] = ()
    former: Annotated[int, "Matches that an edit removed; 0 for `watch test`."] = 0


class Remark(Struct, frozen=True):
    """A remark on a watch, or on one of its terms."""

    watch: Annotated[str, "Name of the watch."]
    term: Annotated[str, 'The term in question, `""` when it concerns the whole watch.']
    message: Annotated[str, "The remark."]


def expression_report(
    store: Store, parsed: query.Query, days: int | None, feeds: ingest.FeedNames, now: int
) -> Report:
    """Report on the matches of an expression, in the last `days` if given."""
    if days is not None:
        parsed = query.Query(query.And((parsed.root, query.Number("age", above=False, value=days * DAY))))
    steps = store.search.find_in_steps(
        parsed, now=now, subject=lambda text: ingest.subject(text, feeds), limit=_REPORTED
    )
    return _report(store, list(chain.from_iterable(steps)), feeds, days, now)


def watch_report(
    store: Store, item: WatchConfig, days: float | None, feeds: ingest.FeedNames, now: int
) -> Report:
    """Report on the matches of a watch, in the last `days` if given, with the leading feeds."""
    from tuireader.library.watching.suggestions import aliases  # slow to import

    since = 0 if days is None else now - int(days * DAY)
    ids = [article for article, time in store.stats.matched(item.name) if time >= since]
    _, some, _ = store.stats.terms(item.name)
    terms = tuple((term, some[term]) for term in dict.fromkeys([*item.any, *chain(*item.all), *some]))
    leads = tuple((feeds.get(lead.feed_id, ("",))[0], lead) for lead in store.stats.leads(item.name))
    others = tuple(aliases(store, item))
    report = _report(store, ids, feeds, days, now)
    former = len(store.stats.former(item.name).intersection(ids))
    return replace(report, terms=terms, leads=leads, aliases=others, former=former)


def _report(
    store: Store, ids: Sequence[int], feeds: ingest.FeedNames, days: float | None, now: int
) -> Report:
    spread = store.stats.feeds_and_times(ids)
    passed = max(1, days or -(-(now - min((time for _, time in spread), default=now)) // DAY))
    by_day = Counter(str(date.fromtimestamp(time)) for _, time in spread)
    by_feed = Counter(feeds.get(feed, ("",))[0] for feed, _ in spread)
    return Report(
        len(ids),
        tuple(sorted(by_day.items())),
        tuple(by_feed.most_common(10)),
        tuple(store.lists.rows(ids[:_SAMPLES])),
        a_day=round(len(ids) / passed, 2),
    )


def lint(store: Store, config: Config, matcher: Matcher, feeds: ingest.FeedNames) -> list[Remark]:
    """Remark on watches: broken rules, advice, terms with no matches or with most of them."""
    remarks = [Remark(problem.watch, "", problem.message) for problem in matcher.problems]
    known = advising.known_names(store, config, feeds)
    for item in config.watches:
        advice = advising.advise(store, known, item) + advising.of_false_alarms(store, item.name)
        remarks += [Remark(item.name, note.term, note.message) for note in advice]
        explained = {note.term for note in advice}
        total, some, alone = store.stats.terms(item.name)
        wanted = list(dict.fromkeys([*item.any, *chain(*item.all)]))
        for term in wanted:
            if term in explained:
                continue
            if not some[term]:
                remarks.append(Remark(item.name, term, _never(store, term)))
            elif len(wanted) > 1 and alone[term] > _DROWNS * total and total >= _ENOUGH:
                share = 100 * alone[term] // total
                remarks.append(
                    Remark(item.name, term, f"the only term in {share} % of the {total:,} matches")
                )
    return remarks


def of_proposals(watch: str, proposals: Proposals) -> list[Remark]:
    """Remark on articles that a watch may be missing."""
    if not proposals.count:
        return []
    articles = counted(proposals.count, "article")
    lead = f"{articles} you may be missing: they mean the same as its matches but have none of its terms"
    shown = [f"{row.id} {row.title}" + f": “{said}”" * bool(said) for row, said in proposals.shown]
    return [Remark(watch, "", message) for message in (lead, *shown)]


def _never(store: Store, term: str) -> str:
    """Remark on a term that never matched: names the first word that no article contains."""
    for word in lexicon.words(lexicon.index_text(term.strip("*"))) if not term.startswith("/") else ():
        near = store.stats.nearest_word(word)
        if near is not None and not term.endswith("*"):
            hint = f"; did you mean {near}?" if near else ""
            return f"never matched: no article contains {word}{hint}"
    return "never matched"


def watch_stats(
    store: Store,
    config: Config,
    matcher: Matcher,
    feeds: Sequence[Feed],
    names: ingest.FeedNames,
    today: int,
    now: int,
) -> list[WatchStats]:
    """Compute the statistics of every watch by priority; `today` is the start of the user's day."""
    hits = store.stats.hits(today, now)
    newest = {row.id: row for row in store.lists.rows([matches.newest[1] for matches in hits.values()])}
    problems = grouped((problem.watch, problem.message) for problem in matcher.problems)
    alarms = store.alarms.open()
    last, stats = store.watches.last_news(), []
    known = advising.known_names(store, config, names)
    cases = store.cases.counts() if store.cases.in_use() else {}
    for item in by_priority(config.watches):
        matches, days = hits.get(item.name) or numbers.Hits(), item.ends_after_quiet_days
        advice = advising.advise(store, known, item)
        stats.append(
            WatchStats(
                name=item.name,
                cases=tuple(cases.get(item.name, {}).items()),
                color=item.color,
                group=item.group,
                priority=item.priority,
                count=Count(matches.unread, matches.total, *matches.behind),
                former=matches.former,
                today=matches.days[-1],
                week=matches.week,
                month=matches.month,
                days=tuple(matches.days),
                newest=newest.get(matches.newest[1]),
                top_feeds=tuple(
                    (names.get(feed, ("",))[0], count) for feed, count in matches.by_feed.most_common(_TOP)
                ),
                quiet="" if matches.week else _quiet(item, matches, feeds, names, now, advice),
                problem="; ".join(problems.get(item.name, ())),
                ends=last.get(item.name, now) + days * DAY if days else None,
                advice=tuple(map(str, advice)),
                alarm="; ".join(alarm.words for alarm in alarms if alarm.watch == item.name),
            )
        )
    return stats


def _quiet(
    item: WatchConfig,
    hits: numbers.Hits,
    feeds: Sequence[Feed],
    names: ingest.FeedNames,
    now: int,
    advice: Sequence[Advice],
) -> str:
    """Explain a week without matches: a mistake in the watch, no news, or failing feeds."""
    for note in sorted(advice, key=lambda note: not note.dead):
        if note.dead or not hits.total:
            return f"quiet: {note}"
    named: Collection[int] = ingest.feeds_named(item.feeds, names) if item.feeds else hits.by_feed
    own = [feed for feed in feeds if feed.subscribed and (feed.id in named or not (item.feeds or named))]
    failing = sum(feed.state != "ok" or bool(feed.last_error) for feed in own)
    if failing:
        return f"quiet: {failing} of {len(own)} feeds failing"
    if not own:
        return "quiet: not subscribed to any of its feeds"
    if not hits.total:
        return "quiet: feeds fine, no news yet"
    return f"quiet: feeds fine, no news for {max(0, now - hits.newest[0]) // DAY} d"
