"""Log of the actions of rules: each once for an article, with the first rule that took it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from tuireader.model import RuleAction
from tuireader.store.sql import Part, grouped, id_list

Taken = tuple[int, str, str]
"""An article, an action (`label:law`) and the name of its rule."""


class RuleActions(Part):
    """Actions of rules. Methods that write need a transaction."""

    def arrived(self, ids: Iterable[int]) -> set[int]:
        """Return the articles of accounts on which rules may act.

        These are those that nobody has marked, and that were published after the oldest of their feed came.
        """
        sql = """SELECT id FROM article a WHERE id IN (SELECT value FROM json_each(?))
                 AND NOT read AND NOT starred AND place = 0
                 AND NOT EXISTS (SELECT 1 FROM article_label l WHERE l.article_id = a.id)
                 AND time > (SELECT arrived FROM article b WHERE b.feed_id = a.feed_id
                             ORDER BY time LIMIT 1)"""
        return set(self._column(sql, (id_list(ids),)))

    def record(self, taken: Sequence[Taken]) -> list[Taken]:
        """Record actions; return those that were not taken before."""
        sql = """INSERT INTO rule_action (article_id, action, rule)
                 SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
                 ON CONFLICT DO NOTHING RETURNING article_id, action, rule"""
        return self._conn.execute(sql, (json.dumps(taken),)).fetchall() if taken else []

    def forget(self, actions: Mapping[str, Sequence[int]]) -> None:
        """Delete actions that were undone, given as the articles of each."""
        sql = "DELETE FROM rule_action WHERE action = ? AND article_id = ?"
        self._conn.executemany(sql, [(action, number) for action, ids in actions.items() for number in ids])

    def of(self, ids: Sequence[int]) -> dict[int, tuple[RuleAction, ...]]:
        """Map articles to what rules did with them, in this order; others are left out."""
        sql = """SELECT article_id, rule, action FROM rule_action
                 WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id"""
        rows = self._conn.execute(sql, (id_list(ids),))
        return grouped((article, RuleAction(rule, action)) for article, rule, action in rows)

    def counts(self, names: Sequence[str]) -> dict[str, int]:
        """Count the articles on which each of some rules has acted."""
        sql = """SELECT rule, count(DISTINCT article_id) FROM rule_action
                 WHERE rule IN (SELECT value FROM json_each(?)) GROUP BY rule"""
        return self._mapping(sql, (json.dumps(list(names)),))
