"""Compress texts with zstd.

A stored value identifies its own format: a string is the text itself; bytes begin with `28 B5 2F FD` for a
zstd frame, whose header names its dictionary if it needs one, or with `78` for deflate. Only earlier versions
compressed with dictionaries or deflate.
"""

from __future__ import annotations

import sqlite3
import zlib
from functools import cached_property
from typing import TYPE_CHECKING

from tuireader.store.dictionaries import Dictionaries
from tuireader.store.sql import Part

if TYPE_CHECKING:
    from tuireader.store.connection import Connection
    from tuireader.text.zstd import ZstdCompressor, ZstdDict

_FRAME = b"\x28\xb5\x2f\xfd"
_LEVEL = 1  # zstd level; 3 takes half as long again and saves up to 3 %
_FROM = 400  # minimum characters to compress

Stored = str | bytes | None


class UnreadableText(sqlite3.DatabaseError):
    """A text cannot be decompressed: it is damaged, or its dictionary is lost."""

    sqlite_errorname = "SQLITE_CORRUPT"


class Compression(Part):
    """Compress and decompress the texts of one database; each dictionary is read once, on first use."""

    def __init__(self, store: Connection) -> None:
        super().__init__(store)
        self.dictionaries = Dictionaries(store.conn)
        self._read: dict[int, ZstdDict] = {}

    @cached_property
    def _compressor(self) -> ZstdCompressor:
        from tuireader.text import zstd

        options: dict[int, int] = {
            zstd.CompressionParameter.compression_level: _LEVEL,
            zstd.CompressionParameter.checksum_flag: 1,
        }
        return zstd.ZstdCompressor(options=options)

    def compress(self, text: str) -> Stored:
        """Return the stored form of a text: None, the text itself, or its UTF-8 bytes compressed."""
        if not text:
            return None
        data = text.encode("utf-8", "replace")
        if len(text) >= _FROM:
            packed = self._compressor.compress(data, mode=self._compressor.FLUSH_FRAME)
            if len(packed) < len(data):
                return packed
        return data.decode()

    def decompress(self, stored: Stored) -> str:
        """Restore a text; raise UnreadableText, a database error, if it is damaged."""
        if stored is None:
            return ""
        if isinstance(stored, str):
            return stored
        from tuireader.text import zstd

        try:
            if stored[:4] != _FRAME:
                return zlib.decompress(stored).decode()
            number = zstd.get_frame_info(stored).dictionary_id
            return zstd.decompress(stored, self._dictionary(number) if number else None).decode()
        except (zlib.error, zstd.ZstdError, UnicodeDecodeError) as error:
            raise UnreadableText("a text cannot be decompressed: it is damaged") from error

    def _dictionary(self, number: int) -> ZstdDict:
        if number not in self._read:
            from tuireader.text.zstd import ZstdDict

            data = self.dictionaries.find(number)
            if data is None:
                raise UnreadableText(f"dictionary {number}, which compressed a text, is lost")
            self._read[number] = ZstdDict(data)
        return self._read[number]
