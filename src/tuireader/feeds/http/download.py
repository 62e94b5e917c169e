"""Download a file to disk, continuing an earlier part if the server still has that version (RFC 9110 §14)."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from msgspec.structs import replace

from tuireader.feeds.http.decompress import Inflater, TooLarge
from tuireader.feeds.http.errors import Refused
from tuireader.feeds.http.fetch import STEP, Chain, Fetcher, FetchLimits
from tuireader.feeds.http.headers import header, header_bytes, validator
from tuireader.files import SHARED
from tuireader.model import Fault, Fetched, FetchJob, FetchResult
from tuireader.text.durations import DAY

if TYPE_CHECKING:
    import httpx

LONGEST = float(DAY)  # maximum seconds for one file
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", re.ASCII)


class _Changed(Refused):
    """The server has another version than the part."""


class DownloadJob(FetchJob, frozen=True):
    """A file to download to `part`, which may already have the beginning of version `validator`.

    `total` is the size of that version, if known. `began` is called with validator and size before the first
    byte, `received` with the number of bytes so far, and returns False to stop.
    """

    part: Path = Path()
    validator: str = ""
    total: int | None = None
    began: Callable[[str, int | None], Awaitable[None]] | None = None
    received: Callable[[int], Awaitable[bool]] | None = None


def limits_for_files(limits: FetchLimits, max_bytes: int) -> FetchLimits:
    """Adapt limits to files: larger and slower than feeds, from few hosts at a time."""
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

    async def _follow(self, job: FetchJob, chain: Chain) -> FetchResult:
        assert isinstance(job, DownloadJob)
        try:
            return await super()._follow(job, chain)
        except _Changed:
            _remove(job.part)
        return await super()._follow(job, chain)

    async def _read(self, job: FetchJob, chain: Chain, response: httpx.Response) -> FetchResult:
        assert isinstance(job, DownloadJob)
        known = _size(job.part)
        continues = response.status_code == 206 and _continues(job, response, known)
        if known and response.status_code in (206, 416) and not continues:
            raise _Changed(Fault.HTTP, "the file has changed on the server; try again", response.status_code)
        if response.status_code != 200 and not continues:
            raise await self._refusal(chain, response)
        kind = header(response, b"content-type").lower()
        if "text/html" in kind and not urlsplit(chain.url).path.lower().endswith((".html", ".htm")):
            raise Refused(Fault.HTTP, f"{chain.host} sends a web page instead of the file")
        known = known if continues else 0
        version, size = self._version(job, chain, response, known)
        if job.began is not None:
            await job.began(version, size)
        received = await self._write(job, response, known)
        if size is not None and received != size:
            raise Refused(Fault.NETWORK, f"{chain.host}: the connection was lost too early")
        if not received:
            raise Refused(Fault.HTTP, f"{chain.host} sends an empty file; try again later")
        return Fetched(job, chain.url, b"", b"", content_type=kind or None)

    def _version(
        self, job: DownloadJob, chain: Chain, response: httpx.Response, known: int
    ) -> tuple[str, int | None]:
        """Return validator and size of the file; neither for a compressed body, which cannot be continued."""
        if _is_encoded(response):
            return "", None
        version = validator(response, b"etag") or validator(response, b"last-modified") or ""
        if response.status_code == 200:
            size = _number(header(response, b"content-length"))
        else:
            span = _span(response)
            size = _number(span[2]) if span else None
            version = version or job.validator
        if known and job.total is not None:
            if size is not None and size != job.total:
                _remove(job.part)
                words = f"{chain.host} says that the file has {size} bytes, but said {job.total} at first"
                raise Refused(Fault.HTTP, f"{words}; try again to download it from the start")
            size = job.total
        if size is not None and size > self.limits.max_bytes:
            raise self._too_large()
        return "" if version.startswith("W/") else version, size  # a weak one cannot continue a part

    async def _write(self, job: DownloadJob, response: httpx.Response, known: int) -> int:
        received = known
        coding = header(response, b"content-encoding") if _is_encoded(response) else ""
        inflater = Inflater(coding, self.limits.max_bytes)
        with _opened(job.part, known) as file:
            async for chunk in response.aiter_raw():
                step = STEP if coding else max(1, len(chunk))
                for start in range(0, len(chunk), step):
                    try:
                        inflater.feed(chunk[start : start + step])
                    except TooLarge:
                        raise self._too_large() from None
                    piece = inflater.take()
                    received += len(piece)
                    if received > self.limits.max_bytes:
                        raise self._too_large()
                    with _writing(job.part):
                        file.write(piece)
                        file.flush()
                if job.received is not None and not await job.received(received):
                    raise Refused(Fault.NETWORK, "cancelled")
        inflater.end()
        return received

    def _too_large(self) -> Refused:
        return Refused(
            Fault.TOO_LARGE,
            f"larger than {self.limits.max_bytes / 1e6:,.0f} MB; `max_size` in [download] allows more",
        )


def _is_encoded(response: httpx.Response) -> bool:
    return header(response, b"content-encoding").strip().lower() not in ("", "identity")


def _span(response: httpx.Response) -> re.Match[str] | None:
    return _RANGE.fullmatch(header(response, b"content-range").strip())


def _continues(job: DownloadJob, response: httpx.Response, known: int) -> bool:
    """Return whether a partial response begins where the part ends, in the same version."""
    span = _span(response)
    versions = {validator(response, b"etag"), validator(response, b"last-modified")} - {None}
    is_same = not known or not versions or job.validator in versions
    return span is not None and int(span[1]) == known and is_same and not (known and _is_encoded(response))


def _size(part: Path) -> int:
    """Bytes of a partial file; 0 for anything else of that name."""
    try:
        status = part.lstat()
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _opened(part: Path, known: int) -> BinaryIO:
    """Open a part to append to, or a new one; anything else of its name is replaced, never followed."""
    flags = os.O_APPEND if known else os.O_CREAT | os.O_EXCL
    with _writing(part):
        if not known:
            part.unlink(missing_ok=True)
        flags |= os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        return os.fdopen(os.open(part, flags, SHARED), "ab")


def _remove(part: Path) -> None:
    with _writing(part):
        part.unlink(missing_ok=True)


@contextmanager
def _writing(part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        words = f"{part.parent} cannot be written to: {error.strerror or error}"
        raise Refused(Fault.INTERNAL, words) from None
