"""Build the request for each feed from what is stored and configured."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tuireader import schedule
from tuireader.config import FeedConfig
from tuireader.feeds import secrets
from tuireader.model import FetchJob
from tuireader.store.feeds import FeedFacts


async def job_for(facts: FeedFacts, feed: FeedConfig | None) -> FetchJob:
    """Return the request for a feed, with its secrets. Raises TuireaderError when a secret cannot be read.

    A moved feed is fetched from its new address, unless it has secrets, which belong to the old server.
    """
    job = FetchJob(facts.id, facts.url, facts.etag, facts.last_modified, facts.body_hash)
    if feed is None or not (feed.username or feed.headers):
        move = schedule.Move(facts.moved_to, facts.moved_seen)
        return replace(job, url=move.address) if move.adopt else job

    def filled() -> FetchJob:
        auth = (feed.username, secrets.resolve(feed.password)) if feed.username else None
        return replace(
            job, headers=tuple((name, secrets.resolve(value)) for name, value in feed.headers), auth=auth
        )

    return await asyncio.to_thread(filled)
