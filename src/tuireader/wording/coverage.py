"""Texts about the coverage of feeds and watches: complete since when, and gaps."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tuireader.model import Coverage, Feed, FeedGap, WatchCoverage
from tuireader.text import feed_name
from tuireader.text.durations import DAY
from tuireader.text.wording import counted
from tuireader.wording.times import day, list_day, short_time

BY_SERVER = "fetched by a server"
_HOURS = 2 * DAY
_FEW = 3


def summary(coverage: Coverage, now: int) -> str:
    """Summarize a feed: `complete since 3 Nov`, or its gaps and the number of articles not seen."""
    if coverage.since is None:
        if coverage.feed.account:
            return BY_SERVER
        return "not known before the next fetch" if coverage.feed.last_success else "never fetched"
    parts = [missed(len(coverage.open), coverage.unseen)] if coverage.open else []
    if coverage.unseen_since is not None:
        is_long = now - coverage.unseen_since > 7 * _HOURS
        since = _day(coverage.unseen_since, now) if is_long else short_time(coverage.unseen_since)
        parts.append(f"not seen since {since}")
    return "; ".join(parts) or _without_gaps(coverage.since, now, unsure=coverage.unsure)


def watch_summary(coverage: WatchCoverage, now: int) -> str:
    """Summarize all feeds of a watch, like `summary`."""
    if not coverage.feeds:
        return "no feeds"
    served = sum(part.since is None and bool(part.feed.account) for part in coverage.feeds)
    never = [part.feed for part in coverage.feeds if part.since is None and not part.feed.account]
    lost = sum(part.unseen_since is not None for part in coverage.feeds)
    parts = [missed(coverage.gaps, coverage.unseen)] if coverage.gaps else []
    if lost:
        parts.append(f"{counted(lost, 'feed')} not seen now")
    if never:
        parts.append(_never_fetched(never, coverage.watch))
    if served:
        parts.append(f"{counted(served, 'feed')} {BY_SERVER}")
    return "; ".join(parts) or _without_gaps(coverage.since or now, now, unsure=coverage.unsure)


def _never_fetched(feeds: Sequence[Feed], watch: str) -> str:
    """Name a few feeds; of more, only their number and the command that names them."""
    if len(feeds) <= _FEW:
        return f"never fetched: {', '.join(feed_name(feed.title) for feed in feeds)}"
    command = f"tuireader watch coverage {shlex.quote(watch)}"
    return f"{counted(len(feeds), 'feed')} never fetched (`{command}` names them)"


def _without_gaps(since: int, now: int, *, unsure: bool) -> str:
    since_then = f"since {_day(since, now)}"
    return f"no gap found {since_then}, but one may go unnoticed" if unsure else f"complete {since_then}"


def missed(gaps: int, articles: int) -> str:
    """Count gaps: `2 gaps, about 14 articles not seen`."""
    return f"{counted(gaps, 'gap')}, about {counted(articles, 'article')} not seen"


def period(gap: FeedGap) -> str:
    """Start and end of a gap: `12 Nov 08:00 – 14:10`."""
    start, end = short_time(gap.after), short_time(gap.before)
    same = start.rpartition(" ")[0] == end.rpartition(" ")[0] and gap.before - gap.after < _HOURS
    return f"{start} – {end.rpartition(' ')[2] if same else end}"


def result(gap: FeedGap) -> str:
    """Outcome of a gap: how many articles are missing and why, or how many filled it."""
    if gap.closed_at:
        return f"filled with {counted(gap.filled, 'article')}"
    filled = f", {gap.filled:,} fetched later" if gap.filled else ""
    reason = gap.reason or ("being filled" if gap.filling else "")
    return f"about {counted(gap.unseen, 'article')} not seen{filled}" + (f": {reason}" if reason else "")


def gap_lines(gaps: Sequence[FeedGap], most: int = 3) -> list[str]:
    """Describe the newest gaps that are not filled, at most `most`."""
    shown = [(gap, gap.reason and f": {gap.reason}") for gap in gaps[::-1] if not gap.closed_at]
    return [f"{period(gap)}  about {counted(gap.unseen, 'article')}{why}" for gap, why in shown[:most]]


def _day(moment: int, now: int) -> str:
    """`3 Nov` in the current year, else `3 Nov 2025`."""
    return day(moment) if list_day(moment, now).isdecimal() else day(moment).rpartition(" ")[0]
