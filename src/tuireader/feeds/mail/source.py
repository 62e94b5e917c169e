"""Fetch and parse mail folders: only what is new, read-only, within limits."""

from __future__ import annotations

import asyncio
import marshal
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from msgspec.structs import astuple, replace

from tuireader.feeds.http.backpressure import MemoryBudget, Reservation
from tuireader.feeds.http.errors import Refused
from tuireader.feeds.mail.address import MailAddress, read_address
from tuireader.feeds.mail.folder import Mails, read_folder
from tuireader.feeds.parse.entry import RawFeed, shape
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.model import (
    Fault,
    Fetched,
    FetchFailed,
    FetchJob,
    FetchResult,
    NotModified,
    ParsedFeed,
    ParseFailed,
    ParseResult,
    Source,
)
from tuireader.subprocesses.worker import Worker, WorkerDied
from tuireader.text import clean

_AT_ONCE = 4
_TOGETHER = 100  # mails parsed in one request to the worker ...
_BYTES_TOGETHER = 2_000_000  # ... and their bytes
_MOST_ALONE = 20
"""Mails of a damaged request that may fail alone before the others count as unreadable, too."""


class MailFolders:
    """Fetch mail folders, a few at a time. Bodies of at most `most` bytes count against `budget`."""

    def __init__(self, budget: MemoryBudget, *, seconds: float, most: int) -> None:
        self._budget = budget
        self._seconds = seconds
        self._most = most
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def fetch(self, job: FetchJob, source: Source, reservation: Reservation) -> FetchResult:
        """Read the new mails of a folder; raises only CancelledError."""
        try:
            address = read_address(job.url, source.folder)
            if job.auth:
                user, password = job.auth
                address = replace(address, user=user or address.user, password=password or address.password)
            async with self._slots:
                await self._budget.wait()
                mails = await self._read(address, job.etag or "")
        except Refused as refused:
            return FetchFailed(job, refused.fault, clean(refused.reason, 400))
        if mails is None or not (mails.mails or mails.first):
            return NotModified(job, etag=mails.cursor if mails else job.etag)
        body = marshal.dumps(list(mails.mails))
        if reservation.must_wait(len(body)):
            await reservation.wait_for_turn()
        reservation.resize(len(body))
        digest = blake2b(body, digest_size=16).digest()
        return Fetched(job, job.url, body, digest, etag=mails.cursor)

    async def _read(self, address: MailAddress, cursor: str) -> Mails | None:
        what = address.host or address.folder
        try:
            async with asyncio.timeout(self._seconds):
                if not address.host:
                    return await asyncio.to_thread(read_folder, address, cursor, self._most)
                return await _ask(address, cursor, self._seconds, self._most)
        except TimeoutError:
            raise Refused(Fault.TIMEOUT, f"{what} did not finish within {self._seconds:g} seconds") from None


async def _ask(address: MailAddress, cursor: str, seconds: float, most: int) -> Mails | None:
    """Read an IMAP folder in its own process, so that no hostile server can exhaust or block ours."""
    try:
        async with Worker("tuireader.feeds.mail.imap") as worker:
            fault, answer = await worker.ask((astuple(address), cursor, seconds, most))
    except (WorkerDied, OSError):
        raise Refused(Fault.MAIL, f"{address.host} sent more than can be read, or nothing sensible") from None
    if fault:
        raise Refused(Fault(fault), answer)
    return None if answer is None else Mails(*answer)


async def parse(
    parser: ParseWorker, fetched: Fetched, source: Source, stored: Mapping[int, int]
) -> ParseResult:
    """Parse mails in the worker; if some cannot be read, the others still are."""
    name = read_address(fetched.url, source.folder).name
    parts: list[ParsedFeed] = []
    for mails in _batches(marshal.loads(fetched.body)):
        parts += await _parsed(parser, mails, name, stored)
    title = site_url = ""
    if not fetched.job.etag:  # later mails do not say whose folder it is
        title = name
        if len({part.title for part in parts}) == 1:
            title, site_url = parts[0].title, parts[0].site_url
    return ParsedFeed(
        title=title,
        site_url=site_url,
        entries=tuple(entry for part in parts for entry in part.entries),
        prepared=tuple(article for part in parts for article in part.prepared),
        keys=tuple(key for part in parts for key in part.keys),
        known=tuple(guid for part in parts for guid in part.known),
        partial=True,
    )


def _batches(mails: Sequence[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for mail in mails:
        if batch and (len(batch) == _TOGETHER or size + len(mail) > _BYTES_TOGETHER):
            yield batch
            batch, size = [], 0
        batch.append(mail)
        size += len(mail)
    if batch or not mails:
        yield batch


async def _parsed(
    parser: ParseWorker, mails: Sequence[bytes], name: str, stored: Mapping[int, int]
) -> list[ParsedFeed]:
    parsed = await _ask_parser(parser, mails, name, stored)
    if isinstance(parsed, ParsedFeed):
        return [parsed]
    if len(mails) == 1:
        return [_unreadable(mails[0], stored)]
    parts: list[ParsedFeed] = []
    failures = 0
    for mail in mails:
        feed = await _ask_parser(parser, [mail], name, stored) if failures < _MOST_ALONE else parsed
        if isinstance(feed, ParseFailed):
            failures += 1
            feed = _unreadable(mail, stored)
        parts.append(feed)
    return parts


async def _ask_parser(
    parser: ParseWorker, mails: Sequence[bytes], name: str, stored: Mapping[int, int]
) -> ParseResult:
    body = marshal.dumps(list(mails))
    return await parser.parse(body, "", stored=stored, reader=("mail", (name,)))


def _unreadable(mail: bytes, stored: Mapping[int, int]) -> ParsedFeed:
    from tuireader.document.prepare import drop_known
    from tuireader.feeds.mail.messages import unreadable

    return drop_known(shape(RawFeed("", atom=True, entries=[unreadable(mail)])), stored)
