"""Fetch and parse one feed, and look for it elsewhere when it is no longer at its address.

A web page in place of a feed may name the feed's new address; so may the site's home page once the old
address is dead. If such a page names a single feed, it is followed if it is on the same site and readable.
A feed on another site is followed if it proves to be the same (`moves`). Whatever else is named is left to
the user: several feeds, a feed that is subscribed already, one without TLS instead of one with it, and any
address for a feed with a password, headers or cookies, which belong to the old server.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from tuireader.errors import TuireaderError
from tuireader.feeds.address import same_site
from tuireader.feeds.http.backpressure import Reservation
from tuireader.feeds.http.hosts import leads_inside
from tuireader.feeds.sources import Sources
from tuireader.ingest.attempts import Outcome
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob, ParsedFeed, ParseFailed, ParseResult
from tuireader.store import Pool
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.text import feed_key, without_password
from tuireader.text.durations import DAY, HOUR

_TRIED = 3
"""Maximum number of feeds of other sites to try, of those that a page names."""
_DEAD = frozenset({404, 410})
_SURE_AFTER = HOUR
_HOST_SURE_AFTER = 6 * HOUR
"""Seconds after which an address counts as dead, and one whose host cannot be reached."""


class Asking(Struct, frozen=True):
    """Everything needed to ask for a feed. `taken` has the `feed_key` of all subscriptions."""

    job_of: Callable[[FeedFacts], Awaitable[FetchJob]]
    pool: Pool
    sources: Sources
    taken: AbstractSet[str]
    now: Callable[[], float]

    async def ask(self, facts: FeedFacts, reservation: Reservation) -> Outcome:
        """Fetch and parse one feed, at a new address if need be; the outcome has no body."""
        try:
            job = await self.job_of(facts)
        except TuireaderError as error:  # the password is not available
            failed = FetchFailed(FetchJob(facts.id, facts.url), Fault.ADDRESS, error.message)
            return Outcome(facts, failed, reservation)
        outcome = await self._outcome(facts, job, reservation)
        if job.source:  # a program, a mail folder or a page has no other address
            return outcome
        if isinstance(outcome.parsed, ParseFailed):
            return await self._elsewhere(outcome, outcome, "page")
        now = int(self.now())
        if _is_dead(outcome, now) and not _was_looked_at(facts, now):
            inside, agent = leads_inside(facts.url, facts.site_url), job.user_agent
            asked = FetchJob(facts.id, facts.site_url, public_only=inside, user_agent=agent)
            page = await self._outcome(facts, asked, reservation)
            outcome = replace(outcome, pages=page.result.requests, looked_at=now)
            return await self._elsewhere(outcome, page, "site")
        return outcome

    async def _outcome(
        self, facts: FeedFacts, job: FetchJob, reservation: Reservation, *, complete: bool = False
    ) -> Outcome:
        """Fetch and parse; unless `complete`, skip entries that are stored unchanged."""
        result = await self.sources.fetch(job, reservation)
        parsed: ParseResult | None = None
        if isinstance(result, Fetched):
            known = facts.last_success is not None and not complete
            stored, seen = (
                await self.pool.read(
                    lambda store: (store.entries.digests(facts.id), store.snapshots.seen(facts.id))
                )
                if known
                else ({}, b"")
            )
            parsed = await self.sources.parse(result, stored, seen)
            result = replace(result, body=b"")
        return Outcome(facts, result, reservation, parsed)

    async def _elsewhere(self, outcome: Outcome, page: Outcome, why: str) -> Outcome:
        """Follow the address that a page names; if it cannot be followed, note it in the given outcome."""
        if not isinstance(page.parsed, ParseFailed) or page.parsed.fault is Fault.PARKED:
            return outcome
        from tuireader.feeds.find.links import COMMENTS

        facts, site = outcome.facts, outcome.facts.url if why == "page" else outcome.facts.site_url
        named = [
            candidate
            for candidate in page.parsed.feeds
            if not COMMENTS.search(candidate) and candidate != facts.refused
        ]
        fit = [
            candidate
            for candidate in named
            if feed_key(candidate) not in self.taken and _keeps_tls(facts.url, candidate)
        ]
        outcome = replace(outcome, named=without_password([*fit, *named, ""][0]))
        job = outcome.result.job
        if job.auth or job.headers or job.cookies or without_password(facts.url) != facts.url:
            return outcome
        here = [candidate for candidate in fit if same_site(candidate, site)]
        if here == named and len(named) == 1:
            return await self._followed(outcome, here[0], why)
        others = [candidate for candidate in fit if candidate not in here][:_TRIED]
        if others and not (facts.named in others and _was_looked_at(facts, int(self.now()))):
            sites = [facts.url, facts.site_url]
            if isinstance(page.result, Fetched):
                sites.append(page.result.url)
            for address in others:
                new = await self._followed(outcome, address, why, sites=sites)
                if new.followed:
                    return new
                outcome = new
        return outcome

    async def _followed(
        self, outcome: Outcome, address: str, why: str, *, sites: Sequence[str] = ()
    ) -> Outcome:
        """Fetch a feed at its new address; return the given outcome if it cannot be read there.

        With the old feed's `sites`, the new one also has to prove that it is the same.
        """
        facts, before = outcome.facts, outcome.result
        agent = "" if sites else before.job.user_agent
        job = FetchJob(facts.id, address, public_only=leads_inside(facts.url, address), user_agent=agent)
        new = await self._outcome(facts, job, outcome.reservation, complete=bool(sites))
        asked = outcome.pages + new.result.requests
        if not isinstance(new.parsed, ParsedFeed):
            return replace(outcome, pages=asked)
        pages = outcome.pages + before.requests
        new = replace(new, pages=pages, followed=why, looked_at=int(self.now()))
        return await self._proven(new, sites) or replace(outcome, pages=asked, looked_at=new.looked_at)

    async def _proven(self, new: Outcome, sites: Sequence[str]) -> Outcome | None:
        """Check that a feed at another site is the subscribed one; None if not."""
        from tuireader.ingest.moves import is_same_feed, same_articles

        address, parsed = new.address, new.parsed
        assert isinstance(parsed, ParsedFeed)
        if feed_key(address) in self.taken or not _keeps_tls(new.facts.url, address):
            return None
        if not sites:
            return new
        known = await self.pool.read(lambda store: store.feeds.known(new.facts.id))
        if not is_same_feed(parsed, known, address, sites):
            return None
        return replace(new, same=same_articles(parsed, known))


def _keeps_tls(url: str, target: str) -> bool:
    return urlsplit(target).scheme == "https" or urlsplit(url).scheme != "https"


def _is_dead(outcome: Outcome, now: int) -> bool:
    """Check whether a feed's address is dead although its site may still exist."""
    facts, result = outcome.facts, outcome.result
    if not (isinstance(result, FetchFailed) and facts.site_url and facts.failing_since is not None):
        return False
    if result.status in _DEAD:
        return now - facts.failing_since >= _SURE_AFTER
    return result.fault is Fault.NETWORK and now - facts.failing_since >= _HOST_SURE_AFTER


def _was_looked_at(facts: FeedFacts, now: int) -> bool:
    """Check whether a feed's home page was read within the last day."""
    return facts.looked_at is not None and 0 <= now - facts.looked_at < DAY
