"""Decompress HTTP bodies with a bound on the output.

A kilobyte of nested gzip can hold a gigabyte. Every decoder here returns its output in small pieces and
counts it, so the bound holds for any input (RFC 9110 §8.4 content codings, RFC 1950–1952 for
deflate and gzip, RFC 7932 for br, RFC 8878 and RFC 9659 for zstd).
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial

from tuireader.feeds.http.errors import Refused
from tuireader.model import Fault

PIECE = 1 << 16
MAX_CODINGS = 3
ZSTD_WINDOW = 23  # 8 MiB, RFC 9659 §3


class TooLarge(Refused):
    """The decompressed body is larger than the limit in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(Fault.TOO_LARGE, f"the response is larger than {limit / 1e6:g} MB")


class Damaged(Refused):
    """The compressed data is broken or ends too early."""

    def __init__(self) -> None:
        super().__init__(Fault.BROKEN, "the compressed response is damaged or incomplete")


class Zlib:
    """Decoder for gzip, zlib and raw deflate, detected by the first bytes; gzip members are joined.

    As in the classes below, `feed` takes bytes and yields pieces; `end` raises Damaged if data is missing.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._held = b""
        self._inflate: zlib._Decompress | None = None
        self._members = 0
        self._plain = False
        self._padding = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._padding:
            if self._plain:
                yield data
                return
            if self._inflate is None:
                data, self._held = self._held + data, b""
                if len(data) < 2:
                    self._held = data
                    return
                self._start(data)
            else:
                piece, data = self._step(self._inflate, data)
                yield piece

    def _start(self, data: bytes) -> None:
        """Detect the format by the first two bytes: a gzip member, zlib, raw deflate, or plain text."""
        if data[:2] == b"\x1f\x8b":
            self._inflate = zlib.decompressobj(31)
        elif self._members:
            self._padding = True  # bytes after the last member are ignored
        elif self._kind == "gzip" or data.lstrip()[:1] in (b"<", b"{"):
            self._plain = True  # some servers declare a coding that they do not apply
        elif data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0:
            self._inflate = zlib.decompressobj(15)
        else:
            self._inflate = zlib.decompressobj(-15)

    def _step(self, inflate: zlib._Decompress, data: bytes) -> tuple[bytes, bytes]:
        """Return a bounded piece of output and the input not used for it."""
        try:
            piece = inflate.decompress(data, PIECE)
        except zlib.error as error:
            raise Damaged from error
        if not inflate.eof:
            return piece, inflate.unconsumed_tail
        self._members += 1
        self._inflate = None
        return piece, inflate.unused_data

    def end(self) -> None:
        if self._inflate is not None:
            raise Damaged


class Brotli:
    """Decoder for br, with bounded output (`brotli` 1.2 or newer)."""

    def __init__(self) -> None:
        import brotli

        self._error = brotli.error
        self._inflate = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            piece = self._inflate.process(data, output_buffer_limit=PIECE)
            while piece:  # it may hold output back even when it can take more data
                yield piece
                if self._inflate.is_finished():
                    return
                piece = self._inflate.process(b"", output_buffer_limit=PIECE)
        except self._error as error:
            raise Damaged from error

    def end(self) -> None:
        if not self._inflate.is_finished():
            raise Damaged


class Zstd:
    """Decoder for one zstd frame; anything after it is ignored."""

    def __init__(self) -> None:
        from tuireader.text import zstd

        self._error = zstd.ZstdError
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW}
        self._inflate = zstd.ZstdDecompressor(options=options)

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflate.eof:
            return
        try:
            yield self._inflate.decompress(data, PIECE)
            while not self._inflate.eof and not self._inflate.needs_input:
                yield self._inflate.decompress(b"", PIECE)
        except self._error as error:
            raise Damaged from error

    def end(self) -> None:
        if not self._inflate.eof:
            raise Damaged


CODINGS: dict[str, Callable[[], Zlib | Brotli | Zstd]] = {
    "gzip": partial(Zlib, "gzip"),
    "x-gzip": partial(Zlib, "gzip"),
    "deflate": partial(Zlib, "deflate"),
    "br": Brotli,
    "zstd": Zstd,
}
"""Content codings by their names in HTTP."""
ACCEPTED = b"gzip, deflate, br, zstd"


class Inflater:
    """Decoder for all codings of a Content-Encoding header, one after the other.

    `limit` in bytes bounds the output of every step: a huge inner layer is stopped even if the last step
    makes it small again. Unknown codings are ignored, as some servers name a charset there.
    """

    def __init__(self, header: str, limit: int) -> None:
        names = [name.strip().lower() for name in header.split(",")][::-1]
        makers = [CODINGS[name] for name in names if name in CODINGS]
        if len(makers) > MAX_CODINGS:
            raise Damaged
        self._steps = [make() for make in makers]
        self._given = [0] * (len(makers) + 1)
        self._limit = limit
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Decompress more bytes. Raises TooLarge or Damaged."""
        self._count(len(self._steps), data)
        self._pieces.extend(self._through(0, data))

    @property
    def size(self) -> int:
        return self._given[max(len(self._steps) - 1, 0)]

    def _count(self, step: int, data: bytes) -> None:
        self._given[step] += len(data)
        if self._given[step] > self._limit:
            raise TooLarge(self._limit)

    def _through(self, step: int, data: bytes) -> Iterable[bytes]:
        if step == len(self._steps):
            yield data
            return
        for piece in self._steps[step].feed(data):
            self._count(step, piece)
            yield from self._through(step + 1, piece)

    def body(self) -> bytes:
        """Finish, and return the output. Raises Damaged if a coding was cut off, TooLarge as in `feed`.

        A `feed.xml.gz` sent without the header is decompressed once.
        """
        self.end()
        body = self.take()
        if body[:2] != b"\x1f\x8b":
            return body
        inner = Inflater("gzip", self._limit)
        inner.feed(body)
        inner.end()
        return inner.take()

    def take(self) -> bytes:
        """Return and drop the output so far; for bodies that do not fit into memory."""
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece

    def end(self) -> None:
        for step in self._steps:
            step.end()


async def beginning(chunks: AsyncIterator[bytes], header: str, size: int, seconds: float) -> bytes:
    """Return about `size` bytes of a body, or what arrives of them within some seconds; never raises."""
    start = b""
    with contextlib.suppress(Exception):
        inflater = Inflater(header, 4 * size)
        async with asyncio.timeout(seconds):
            async for chunk in chunks:
                inflater.feed(chunk[:size])
                start += inflater.take()
                if len(start) >= size:
                    break
    return start[:size]
