"""Build the request for each feed from what is stored and configured."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from msgspec.structs import replace

from tuireader.config import FeedConfig
from tuireader.config.kinds import MAIL_SCHEMES
from tuireader.config.selectors import SELECTOR_KEYS
from tuireader.feeds import secrets
from tuireader.feeds.http.hosts import leads_inside
from tuireader.model import FetchJob, Source
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.timing import schedule

_PLAIN = Source()


def source_of(feed: FeedConfig, folder: str) -> Source | None:
    """Settings of a feed that is more than an address, else None.

    `folder` is that of the configuration, where relative paths start.
    """
    source = Source(
        command=feed.command,
        filter=feed.filter,
        watched=feed.kind == "page",
        **{key: getattr(feed, key) for key in SELECTOR_KEYS},
    )
    is_mail = feed.url.startswith(MAIL_SCHEMES)
    return replace(source, folder=folder) if is_mail or source != _PLAIN else None


async def job_for(
    facts: FeedFacts, feed: FeedConfig, folder: str, now: int, *, watched: bool = False
) -> FetchJob:
    """Build the request for a feed, with its secrets. Raises TuireaderError when a secret cannot be read.

    A moved feed is fetched from its new address, unless it has secrets, which belong to the old server. If
    its command, filter or selectors have changed, the validators are left out, so that the document is sent
    again. They are also left out now and then to test whether they can be trusted, more often for a
    `watched` feed, on which a watch depends.
    """
    source = source_of(feed, folder)
    etag, modified, body_hash = facts.etag, facts.last_modified, facts.body_hash
    if facts.settings != (source.digest if source else ""):
        etag = modified = body_hash = None
    elif facts.url.startswith("http") and schedule.asks_whole(
        facts.trust,
        facts.whole_at,
        facts.id,
        now,
        (lambda: json.loads(facts.recent or "[]")) if watched else None,
    ):
        etag = modified = None
    job = FetchJob(
        facts.id, facts.url, etag, modified, body_hash=body_hash, source=source, user_agent=feed.user_agent
    )
    if not secrets.has(feed):
        if not schedule.Move(facts.moved_to, facts.moved_seen).adopt:
            return job
        inside = bool(facts.moved_why) and leads_inside(facts.url, facts.moved_to)
        return replace(job, url=facts.moved_to, public_only=inside)
    return await asyncio.to_thread(secrets.filled, job, feed, Path(folder))


async def first_job(feed: FeedConfig, folder: str) -> FetchJob:
    """Build the request for a feed without a subscription. Raises the same errors as `job_for`."""
    job = FetchJob(0, feed.url, source=source_of(feed, folder), user_agent=feed.user_agent)
    return await asyncio.to_thread(secrets.filled, job, feed, Path(folder)) if secrets.has(feed) else job
