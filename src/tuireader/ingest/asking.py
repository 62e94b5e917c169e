"""Fetch and parse one feed, and look for it elsewhere when it is no longer at its address.

A web page in place of a feed may name the feed's new address; so may the site's home page once the old
address is dead. If such a page names a single feed, it is followed if it is on the same site and readable.
Several feeds, or one on another site, are left to the user.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from tuireader.errors import TuireaderError
from tuireader.feeds.address import same_host, same_site
from tuireader.feeds.backpressure import Reservation
from tuireader.feeds.sources import Sources
from tuireader.ingest.attempts import Outcome
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob, ParsedFeed, ParseFailed, ParseResult
from tuireader.store import Pool
from tuireader.store.feeds import FeedFacts
from tuireader.timing import schedule

_DEAD = frozenset({404, 410})
_SURE_AFTER = schedule.HOUR
_HOST_SURE_AFTER = 6 * schedule.HOUR
"""Seconds after which an address counts as dead, and one whose host cannot be reached."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything needed to ask for a feed. `taken` has the addresses of all subscriptions."""

    job_of: Callable[[FeedFacts], Awaitable[FetchJob]]
    pool: Pool
    sources: Sources
    taken: AbstractSet[str]
    now: Callable[[], float]

    async def ask(self, facts: FeedFacts, reservation: Reservation) -> Outcome:
        """Return the outcome for one feed, without the body."""
        try:
            job = await self.job_of(facts)
        except TuireaderError as error:  # the password is not available
            failed = FetchFailed(FetchJob(facts.id, facts.url), Fault.ADDRESS, error.message)
            return Outcome(facts, failed, reservation)
        outcome = await self._outcome(facts, job, reservation)
        if job.source or job.auth or job.headers or job.cookies:  # these belong to this address
            return outcome
        if isinstance(outcome.parsed, ParseFailed):
            if found := self._only_feed(outcome.parsed.feeds, facts.url, facts.refused):
                return await self._followed(outcome, found, "page")
        elif _is_dead(outcome, int(self.now())) and not _was_looked_at(facts, int(self.now())):
            return await self._from_site(outcome)
        return outcome

    async def _outcome(self, facts: FeedFacts, job: FetchJob, reservation: Reservation) -> Outcome:
        result = await self.sources.fetch(job, reservation)
        parsed: ParseResult | None = None
        if isinstance(result, Fetched):
            known = facts.last_success is not None  # then entries already stored are left out
            stored = await self.pool.read(lambda store: store.entries.digests(facts.id)) if known else {}
            parsed = await self.sources.parse(result, stored)
            result = replace(result, body=b"")
        return Outcome(facts, result, reservation, parsed)

    async def _from_site(self, outcome: Outcome) -> Outcome:
        """Look for a feed whose address is dead on the home page of its site."""
        facts, site = outcome.facts, outcome.facts.site_url
        agent = outcome.result.job.user_agent
        job = FetchJob(facts.id, site, public_only=not same_host(site, facts.url), user_agent=agent)
        page = await self._outcome(facts, job, outcome.reservation)
        outcome = replace(outcome, pages=page.result.requests, looked_at=int(self.now()))
        feeds = page.parsed.feeds if isinstance(page.parsed, ParseFailed) else ()
        found = self._only_feed(feeds, site, facts.refused)
        return await self._followed(outcome, found, "site") if found else outcome

    async def _followed(self, outcome: Outcome, address: str, why: str) -> Outcome:
        """Return the outcome of the feed at its new address, or the given one if it cannot be read there."""
        facts, before = outcome.facts, outcome.result
        elsewhere = not same_host(address, before.job.url)
        job = FetchJob(facts.id, address, public_only=elsewhere, user_agent=before.job.user_agent)
        new = await self._outcome(facts, job, outcome.reservation)
        pages = outcome.pages + before.requests
        if isinstance(new.parsed, ParsedFeed):
            return replace(new, pages=pages, followed=why)
        return replace(outcome, pages=outcome.pages + new.result.requests)

    def _only_feed(self, feeds: Sequence[str], site: str, refused: str) -> str:
        """Return the only feed that a page names, else `""`.

        It has to be on this site, and neither subscribed nor refused by the user.
        """
        from tuireader.feeds.links import COMMENTS

        named = [one for one in feeds if not COMMENTS.search(one)]
        if len(named) != 1 or named[0] in (*self.taken, refused) or not same_site(named[0], site):
            return ""
        return named[0]


def _is_dead(outcome: Outcome, now: int) -> bool:
    """Return whether the address of a feed is dead although its site may still exist."""
    facts, result = outcome.facts, outcome.result
    if not (isinstance(result, FetchFailed) and facts.site_url and facts.failing_since is not None):
        return False
    if result.status in _DEAD:
        return now - facts.failing_since >= _SURE_AFTER
    return result.fault is Fault.NETWORK and now - facts.failing_since >= _HOST_SURE_AFTER


def _was_looked_at(facts: FeedFacts, now: int) -> bool:
    """Return whether the home page of a feed was checked within the last day."""
    return facts.looked_at is not None and 0 <= now - facts.looked_at < schedule.DAY
