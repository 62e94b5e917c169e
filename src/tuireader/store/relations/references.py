"""Sentences of an article that refer to an earlier article, and languages of articles."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tuireader.store.sql import Part, number_list


class Reference(Struct, frozen=True):
    """A sentence of `article` that refers to `other`, an earlier one."""

    article: int
    place: int
    other: int
    sentence: str


class References(Part):
    """References between articles, and their languages. All writes need a transaction."""

    def of(self, article: int) -> list[Reference]:
        """List the references of an article to earlier ones, in reading order."""
        sql = "SELECT article, place, other, sentence FROM reference WHERE article = ? ORDER BY place"
        return self._values(Reference, sql, (article,))

    def to(self, articles: Sequence[int], most: int = -1) -> list[Reference]:
        """List the references of later articles to some articles, the newest first, at most `most`."""
        sql = f"""SELECT article, place, other, sentence FROM reference
                  WHERE other IN ({number_list(articles)}) ORDER BY article DESC, place LIMIT ?"""
        return self._values(Reference, sql, (most,))

    def is_change(self, article: int) -> bool:
        """Return whether an article reports a change of a watched page."""
        sql = "SELECT instr(extra, '\"difference\":') FROM content WHERE article_id = ?"
        return bool(self._value(sql, (article,)))

    def set(self, article: int, references: Sequence[tuple[int, str]]) -> None:
        """Store the references of an article, as (other article, sentence) in reading order."""
        self._conn.execute("DELETE FROM reference WHERE article = ?", (article,))
        self._conn.executemany(
            "INSERT INTO reference (article, place, other, sentence) VALUES (?, ?, ?, ?)",
            [(article, place, other, sentence) for place, (other, sentence) in enumerate(references, 1)],
        )

    def set_language(self, article: int, language: str) -> None:
        """Store the language of an article, as an ISO 639-1 code."""
        sql = "UPDATE article SET language = ?1 WHERE id = ?2 AND language != ?1"
        self._conn.execute(sql, (language, article))

    def languages(self, articles: Sequence[int]) -> dict[int, str]:
        """Map articles to their languages, `""` if unknown."""
        return self._mapping(f"SELECT id, language FROM article WHERE id IN ({number_list(articles)})")

    def without_language(self, up_to: int, limit: int) -> list[int]:
        """Return articles without a language, newest first."""
        sql = "SELECT id FROM article WHERE id <= ? AND language = '' ORDER BY id DESC LIMIT ?"
        return self._column(sql, (up_to, limit))
