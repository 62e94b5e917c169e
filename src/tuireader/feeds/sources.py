"""Fetch and parse the document of any kind of source: a feed, a program, a page, a mail folder."""

from __future__ import annotations

from collections.abc import Mapping

from tuireader.feeds.backpressure import Reservation
from tuireader.feeds.fetch import Fetcher
from tuireader.feeds.workers import ParseWorker
from tuireader.model import Fetched, FetchJob, FetchResult, ParseResult


class Sources:
    """All sources of a refresh; ordinary feeds go straight to the fetcher and the parser."""

    def __init__(self, fetcher: Fetcher, parser: ParseWorker) -> None:
        self._fetcher = fetcher
        self._parser = parser

    async def fetch(self, job: FetchJob, reservation: Reservation) -> FetchResult:
        """Fetch a document. Raises only CancelledError; every error becomes a FetchFailed."""
        return await self._fetcher.fetch(job, reservation)

    async def parse(self, fetched: Fetched, stored: Mapping[int, int]) -> ParseResult:
        """Parse a document; `stored` has the digests of known entries, which may be left out."""
        return await self._parser.parse(fetched.body, fetched.url, fetched.content_type, stored=stored)
