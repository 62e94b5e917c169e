"""Fetch and parse the document of any kind of source: a feed, a program, a page, a mail folder."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import cached_property
from typing import TYPE_CHECKING

from tuireader.config.kinds import MAIL_SCHEMES
from tuireader.feeds.http.backpressure import Reservation
from tuireader.feeds.http.fetch import Fetcher
from tuireader.feeds.parse.worker_protocol import Reader
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.model import Fault, Fetched, FetchJob, FetchResult, ParseFailed, ParseResult, Source
from tuireader.text import clean

if TYPE_CHECKING:
    from tuireader.feeds.mail.source import MailFolders
    from tuireader.feeds.program import Programs


class Sources(AbstractAsyncContextManager["Sources"]):
    """All sources of a refresh; ordinary feeds go straight to the fetcher and the parser."""

    def __init__(self, fetcher: Fetcher, parser: ParseWorker) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._open = AsyncExitStack()

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def reserve(self) -> Reservation:
        return self._fetcher.budget.reserve()

    async def fetch(self, job: FetchJob, reservation: Reservation) -> FetchResult:
        """Fetch a document. Raises only CancelledError; every error becomes a FetchFailed."""
        source = job.source
        if source is None:
            return await self._fetcher.fetch(job, reservation)
        if job.url.startswith(MAIL_SCHEMES):
            return await self._folders.fetch(job, source, reservation)
        if source.command:
            result = await self._programs.fetch(job, source, reservation)
        else:
            result = await self._fetcher.fetch(job, reservation)
        if source.filter and isinstance(result, Fetched):
            return await self._programs.filter(result, source, reservation)
        return result

    async def parse(self, fetched: Fetched, stored: Mapping[int, int], seen: bytes = b"") -> ParseResult:
        """Parse a document; `stored` has the digests of known entries, which may be left out.

        `seen` is that of the feed's last document.
        """
        source = fetched.job.source
        if source is not None and fetched.url.startswith(MAIL_SCHEMES):
            from tuireader.feeds.mail import source as mail_source

            return await mail_source.parse(self._parser, fetched, source, stored)
        if source is not None and (source.items or source.watched):
            return await self._parse_page(fetched, source, stored)
        parsed = await self._parser.parse(
            fetched.body, fetched.url, fetched.content_type, stored=stored, seen=seen
        )
        if isinstance(parsed, ParseFailed) and source is not None:
            return _blamed(parsed, source, fetched.body)
        return parsed

    async def _parse_page(self, fetched: Fetched, source: Source, stored: Mapping[int, int]) -> ParseResult:
        """Parse a page without a feed, and further pages of its articles."""
        from tuireader.feeds import page_source

        reader: Reader = ("page", (source.select,))
        if source.items:
            selectors = tuple((key, getattr(source, key)) for key in page_source.SELECTORS)
            reader = ("items", (selectors, int(self._fetcher.now())))

        async def parse(page: Fetched) -> ParseResult:
            return await self._parser.parse(
                page.body, page.url, page.content_type, stored=stored, reader=reader
            )

        async def fetch(job: FetchJob) -> FetchResult:
            reservation = self._fetcher.budget.reserve()
            try:
                return await self.fetch(job, reservation)
            finally:
                reservation.release()

        parsed = await parse(fetched)
        if isinstance(parsed, ParseFailed) or not parsed.older:
            return parsed
        return await page_source.with_older(parsed, fetched, stored, fetch, parse)

    @cached_property
    def _programs(self) -> Programs:
        from tuireader.feeds.program import Programs

        limits = self._fetcher.limits
        programs = Programs(self._fetcher.budget, seconds=limits.total, most=limits.max_bytes)
        self._open.push_async_exit(programs)
        return programs

    @cached_property
    def _folders(self) -> MailFolders:
        from tuireader.feeds.mail.source import MailFolders

        limits = self._fetcher.limits
        return MailFolders(self._fetcher.budget, seconds=limits.total, most=limits.max_bytes)


def _blamed(failed: ParseFailed, source: Source, body: bytes) -> ParseFailed:
    """Blame the program that printed the document, and quote its beginning."""
    program = source.filter or source.command
    if not program:
        return failed
    from tuireader.feeds.program import name_of

    begins = clean(body[:200].decode("utf-8", "replace"), 60).strip()
    reason = f"it begins with “{begins}”" if failed.fault is Fault.NOT_A_FEED and begins else failed.reason
    return ParseFailed(Fault.PROGRAM, f"{name_of(program)} printed no usable feed: {reason}")
