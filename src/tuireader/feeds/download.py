"""Download a file to disk, continuing an earlier part if the server still has that version (RFC 9110 §14)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from tuireader.feeds.errors import Refused
from tuireader.feeds.fetch import Chain, Fetcher, FetchLimits
from tuireader.feeds.headers import header, header_bytes, validator
from tuireader.model import Fault, Fetched, FetchJob, FetchResult

if TYPE_CHECKING:
    import httpx

LONGEST = 86_400.0
"""Maximum seconds for one file."""
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class DownloadJob(FetchJob):
    """A file to download to `part`, which may already have the beginning of version `validator`.

    `began` is called with validator and size before the first byte, `received` with the number of bytes so
    far, and returns False to stop.
    """

    part: Path = Path()
    validator: str = ""
    began: Callable[[str, int | None], Awaitable[None]] | None = None
    received: Callable[[int], Awaitable[bool]] | None = None


def limits_for_files(limits: FetchLimits, max_bytes: int) -> FetchLimits:
    """Return the limits for files: larger and slower than feeds, from few hosts at a time."""
    return replace(limits, total=LONGEST, max_bytes=max_bytes, concurrency=4, block_private=True)


class Downloader(Fetcher):
    """A fetcher that writes bodies to files; a complete file is a Fetched without body."""

    def _headers(self, job: FetchJob, chain: Chain) -> list[tuple[bytes, bytes]]:
        headers = dict(super()._headers(job, chain)) | {b"Accept": b"*/*", b"Accept-Encoding": b"identity"}
        assert isinstance(job, DownloadJob)
        known = _size(job.part)
        if known and (version := header_bytes(job.validator)):
            headers |= {b"Range": f"bytes={known}-".encode(), b"If-Range": version}
        return list(headers.items())

    async def _read(self, job: FetchJob, chain: Chain, response: httpx.Response) -> FetchResult:
        assert isinstance(job, DownloadJob)
        known = _size(job.part)
        content_range = _RANGE.fullmatch(header(response, b"content-range").strip())
        if response.status_code == 416:  # the part is longer than the file is now
            job.part.unlink(missing_ok=True)
            raise Refused(Fault.HTTP, "the file has changed on the server; try again", 416)
        if response.status_code == 206 and content_range is not None and int(content_range[1]) == known:
            size = int(content_range[2]) if content_range[2] != "*" else None
        elif response.status_code == 200:
            known, size = 0, _number(header(response, b"content-length"))
        else:
            raise await self._refusal(chain, response)
        kind = header(response, b"content-type").lower()
        if "text/html" in kind and not urlsplit(chain.url).path.lower().endswith((".html", ".htm")):
            raise Refused(Fault.HTTP, f"{chain.host} sends a web page instead of the file")
        if size is not None and size > self.limits.max_bytes:
            raise self._too_large()
        version = validator(response, b"etag") or validator(response, b"last-modified") or ""
        version = "" if version.startswith("W/") else version  # a weak one cannot continue a part
        if job.began is not None:
            await job.began(version, size)
        received = await self._write(job, response, known)
        if size is not None and received != size:
            raise Refused(Fault.NETWORK, f"{chain.host}: the connection was lost too early")
        return Fetched(job, chain.url, b"", b"", kind or None)

    async def _write(self, job: DownloadJob, response: httpx.Response, known: int) -> int:
        received = known
        with _opened(job.part, "ab" if known else "wb") as file:
            async for chunk in response.aiter_raw():
                received += len(chunk)
                if received > self.limits.max_bytes:
                    raise self._too_large()
                _put(file, chunk, job.part)
                if job.received is not None and not await job.received(received):
                    raise Refused(Fault.NETWORK, "cancelled")
            _put(file, b"", job.part)
        return received

    def _too_large(self) -> Refused:
        return Refused(
            Fault.TOO_LARGE,
            f"larger than {self.limits.max_bytes / 1e6:,.0f} MB; `max_size` in [download] allows more",
        )


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except OSError:
        return 0


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _opened(part: Path, mode: str) -> BinaryIO:
    try:
        return part.open(mode)  # type: ignore[return-value]
    except OSError as error:
        raise _unwritable(part, error) from None


def _put(file: BinaryIO, chunk: bytes, part: Path) -> None:
    try:
        file.write(chunk)
        if not chunk:
            file.flush()
    except OSError as error:
        raise _unwritable(part, error) from None


def _unwritable(part: Path, error: OSError) -> Refused:
    return Refused(Fault.INTERNAL, f"{part.parent} cannot be written to: {error.strerror or error}")
