"""Hide feeds, labels and notes from a connection that only reads."""

from __future__ import annotations

from collections.abc import Collection

from tuireader.store.sql import Part, number_list

_NONE = ("label", "article_label", "match_note")
_BY_ARTICLE = {
    "article": "id",
    "content": "article_id",
    "match_log": "article_id",
    "match_case": "article_id",
}
"""Tables with the column of their article: every query that reports or counts articles reads one of them."""


class Hiding(Part):
    """Temporary views take the place of tables, so that no query and no count shows what is hidden."""

    def hide(self, feed_ids: Collection[int]) -> None:
        """Hide some feeds with each article that one of them carries, and all labels and notes."""
        feeds = number_list(feed_ids)
        conditions = dict.fromkeys(_NONE, "0")
        conditions["feed"] = f"id NOT IN ({feeds})"
        if feeds:
            hidden = "(SELECT id FROM temp.hidden)"
            conditions |= {name: f"{column} NOT IN {hidden}" for name, column in _BY_ARTICLE.items()}
        self._conn.execute("PRAGMA query_only = OFF")
        self._conn.execute("CREATE TEMP TABLE hidden (id INTEGER PRIMARY KEY)")
        self._conn.execute(
            f"""INSERT INTO hidden SELECT id FROM article WHERE feed_id IN ({feeds})
                UNION SELECT article_id FROM appearance WHERE feed_id IN ({feeds})"""
        )
        for name, condition in conditions.items():
            self._conn.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE {condition}")
        self._conn.execute("PRAGMA query_only = ON")
