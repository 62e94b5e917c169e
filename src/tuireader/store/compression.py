"""Compress texts with zstd and a dictionary trained on the store's own texts.

The texts of feeds are short and similar: with a dictionary they take two thirds of the space that deflate
needs, in a third of the time. A stored value identifies its own format: a string is the text itself; bytes
begin with `28 B5 2F FD` for a zstd frame, whose header names its dictionary, or with `78` for deflate, which
earlier versions used.
"""

from __future__ import annotations

import sqlite3
import zlib
from typing import TYPE_CHECKING

from tuireader.store.dictionaries import Dictionaries
from tuireader.store.sql import Part

if TYPE_CHECKING:
    from tuireader.store.connection import Connection
    from tuireader.text.zstd import ZstdDict

_FRAME = b"\x28\xb5\x2f\xfd"
_LEVEL = 3  # zstd level; 6 takes three times as long and saves 1 %
_FROM, _ALONE_FROM = 50, 400  # minimum characters to compress, with a dictionary and without

Stored = str | bytes | None


class UnreadableText(sqlite3.DatabaseError):
    """A text cannot be decompressed: it is damaged, or its dictionary is lost."""

    sqlite_errorname = "SQLITE_CORRUPT"


class Compressor:
    """Compress texts with one dictionary; each frame has a checksum."""

    def __init__(self, dictionary: ZstdDict | None) -> None:
        from tuireader.text import zstd

        options: dict[int, int] = {
            zstd.CompressionParameter.compression_level: _LEVEL,
            zstd.CompressionParameter.checksum_flag: 1,
        }
        self.dictionary = dictionary
        self._from = _FROM if dictionary else _ALONE_FROM
        self._compressor = zstd.ZstdCompressor(options=options, zstd_dict=dictionary)

    def compress(self, text: str) -> Stored:
        """Return the stored form of a text: None, the text itself, or its UTF-8 bytes compressed."""
        if not text:
            return None
        data = text.encode("utf-8", "replace")
        if len(text) >= self._from:
            packed = self._compressor.compress(data, mode=self._compressor.FLUSH_FRAME)
            if len(packed) < len(data):
                return packed
        return data.decode()


class Compression(Part):
    """Compress and decompress the texts of one database; each dictionary is read once, on first use."""

    def __init__(self, store: Connection) -> None:
        super().__init__(store)
        self.dictionaries = Dictionaries(store.conn)
        self._read: dict[int, ZstdDict] = {}
        self._current: Compressor | None = None
        self._newest = 0

    def compressor(self) -> Compressor:
        """Return a compressor with the newest dictionary, for one transaction."""
        newest = self.dictionaries.newest()
        if self._current is None or self._newest != newest:
            try:
                self._current = Compressor(self._dictionary(newest) if newest else None)
            except UnreadableText:  # new texts must not depend on it
                self._current = Compressor(None)
            self._newest = newest
        return self._current

    def compress(self, text: str) -> Stored:
        return self.compressor().compress(text)

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
        dictionary = self._read.get(number)
        if dictionary is None:
            from tuireader.text.zstd import ZstdDict

            data = self.dictionaries.find(number)
            if data is None:
                raise UnreadableText(f"dictionary {number}, which compressed a text, is lost")
            dictionary = self._read[number] = ZstdDict(data)
        return dictionary
