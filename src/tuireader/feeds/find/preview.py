"""Summarize a feed document before the user subscribes. Pure functions: `now` is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from tuireader.document.prepare import title_of
from tuireader.feeds import teasers
from tuireader.feeds.teasers import Sample, is_media
from tuireader.model import FeedPreview, ParsedEntry, ParsedFeed
from tuireader.text import cell_len, plain
from tuireader.text.durations import HOUR, WEEK

SAMPLES = 5
WEEKS = 4  # weeks over which the pace is measured, as in the feed health table
_WEIGHED = 20  # number of newest texts to measure: previews are made while the user types
_LONGEST = 20_000  # maximum characters measured per text


def preview(feed: ParsedFeed, now: int) -> FeedPreview:
    """Summarize a feed document. Entries without a time count as older than those with one."""
    entries = sorted(feed.entries, key=lambda entry: -_time(entry, now))  # else in the document's order
    times = [time for entry in entries if (time := _time(entry, now)) >= 0]
    bodies = [_body(entry) for entry in entries[:_WEIGHED]]
    return FeedPreview(
        title=feed.title,
        site_url=feed.site_url,
        entries=len(entries) + feed.left_out,
        per_week=pace(times, now),
        newest=times[0] if times else None,
        samples=tuple(
            (title_of(entry, body), None if _time(entry, now) < 0 else _time(entry, now))
            for entry, body in zip(entries[:SAMPLES], bodies, strict=False)
        ),
        length=median_low(map(cell_len, bodies)) if bodies else 0,
        teasers=_gives_teasers(feed, entries, bodies),
    )


def _gives_teasers(feed: ParsedFeed, entries: Sequence[ParsedEntry], bodies: Sequence[str]) -> bool:
    """Judge the newest entries; without the site's address, only cut-off ones count as teasers."""
    samples = [
        Sample(entry.title, body, entry.content_html or entry.summary_html, entry.url, media=is_media(entry))
        for entry, body in zip(entries[: teasers.MOST], bodies, strict=False)
    ]
    return teasers.judge(samples, feed.site_url) == "teasers"


def pace(times: Sequence[int], now: int) -> float | None:
    """Estimate the entries per week from their times up to `now`, newest first.

    None if that would be a guess: for a single entry, or if all are from the same hour, as in feeds that give
    each entry the time at which the document was generated.
    """
    since = now - WEEKS * WEEK
    if times and times[-1] < since:
        return sum(time >= since for time in times) / WEEKS
    if not times or times[0] - times[-1] < HOUR:
        return None
    return (len(times) - 1) * WEEK / (now - times[-1])


def _time(entry: ParsedEntry, now: int) -> int:
    """Time of an entry, at most `now`; -1 if unknown or before 1970."""
    time = entry.published if entry.published is not None else entry.updated
    return -1 if time is None or time < 0 else min(time, now)


def _body(entry: ParsedEntry) -> str:
    html = (entry.content_html or entry.summary_html)[:_LONGEST]
    return plain(html) if html else ""
