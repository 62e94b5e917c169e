"""Requests to the processes that parse feeds, and their results as MessagePack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.msgpack import Decoder, Encoder

from tuireader.model import ParsedFeed, ParseFailed, ParseResult

Reader = tuple[str, tuple[Any, ...]]
"""Name of one of the worker's readers of other documents than feeds, with its settings."""
Request = tuple[bytes, str, str | None, dict[int, int] | None, Reader | None, bytes]
"""A body, its address and content type, the digests by guid key of stored entries, to be left out, how to
read it, if it is no feed, and `ParsedFeed.seen` of the feed's last document."""

pack = Encoder().encode
"""Serialise a result."""
unpack: Callable[[bytes], ParseResult | None] = Decoder(ParsedFeed | ParseFailed | None).decode
"""Restore a result of `pack`; raises msgspec.DecodeError on anything else."""
