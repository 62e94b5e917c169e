"""Read and starred marks and labels, with a journal for undo that survives a restart.

Changes of the configuration share the journal, so that undo reverts everything in order.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Mapping, Sequence

from tuireader.dedup import label_key, label_name
from tuireader.model import Action, ActionKind, CaseState, Change, StepKind
from tuireader.store.feeds.feeds import Feeds
from tuireader.store.lists.stories import Stories
from tuireader.store.marks.labels import Labels
from tuireader.store.marks.mutes import Mutes
from tuireader.store.marks.rule_actions import RuleActions, Taken
from tuireader.store.relations.relations import Relations
from tuireader.store.sql import Part, grouped, id_list
from tuireader.store.watches.cases import Before, Cases
from tuireader.store.watches.match_log import MatchLog
from tuireader.text.wording import counted, rows_and_articles

_KEEP = 200  # number of undo steps to store
_COLUMNS = {StepKind.READ: "read", StepKind.STARRED: "starred"}
_STATES = {"read": ("marked unread", "marked read"), "starred": ("no longer starred", "starred")}
_TOGETHER = 600  # seconds within which what rules do is one undo step, unless the user changes something
_SPLIT = "an article removed from its story"


def _identity(step: Change) -> tuple[object, ...]:
    return step.step, step.what, step.ids


class Marks(Part):
    """The user's changes to articles."""

    _cases: Cases
    _feeds: Feeds
    _labels: Labels
    _match_log: MatchLog
    _mutes: Mutes
    _relations: Relations
    _rule_actions: RuleActions
    _stories: Stories

    def set(self, mark: str, ids: Sequence[int], value: bool, *, now: int, journal: bool = True) -> Change:
        """Set `read` or `starred` on some articles; needs a transaction.

        Returns and journals only articles that really change, so that undo restores exactly these.
        """
        kind = StepKind(mark)
        changed = self._apply(kind, ids, value, now)
        counts = journal and kind is StepKind.READ
        rows = self._stories.count_folded(changed) if counts else len(changed)
        what = f"{rows_and_articles(rows, len(changed))} {_STATES[kind][value]}"
        step = self._note(now, what, kind, value, changed) if changed and journal else 0
        return Change(what, tuple(changed), mark, value, step=step)

    def label(self, name: str, ids: Sequence[int], value: bool, *, now: int) -> Change:
        """Add a label to some articles, or remove it; needs a transaction."""
        name = self._labels.canonical_name(name)
        changed = self._labels.apply(name, ids, value)
        what = f"{counted(len(changed), 'article')} {'labelled' if value else 'no longer labelled'} {name}"
        step = self._note(now, what, StepKind.LABEL, value, changed, detail=name) if changed else 0
        return Change(what, tuple(changed), step=step)

    def rename_label(self, old: str, new: str, *, now: int) -> Change:
        """Replace a label in two undo steps, and return the second; needs a transaction."""
        if label_key(old) == label_key(label_name(new)):
            self._labels.respell(label_name(new))
            return Change(f"{old} respelled", ())
        ids = self._labels.articles_with(old)
        self.label(new, ids, True, now=now)
        return self.label(old, ids, False, now=now)

    def handle(self, matches: Sequence[int], state: CaseState, *, by: str, now: int) -> Change:
        """Set the state of matches, by their numbers in the log; needs a transaction."""
        before = self._cases.set_state(matches, state, by=by, now=now)
        return self._handled(f"marked {state}", before, now)

    def set_case_note(self, matches: Sequence[int], note: str, *, by: str, now: int) -> Change:
        """Set the note of matches, `""` for none; needs a transaction."""
        before = self._cases.set_note(matches, note, by=by, now=now)
        return self._handled("noted" if note else "no longer noted", before, now)

    def _handled(self, what: str, before: Sequence[Before], now: int) -> Change:
        """Journal a change of cases; it says how many matches of how many articles."""
        articles = self._cases.articles([case[0] for case in before])
        of = f" of {counted(len(articles), 'article')}" if len(articles) > 1 else ""
        what = f"{counted(len(before), 'match', 'matches')}{of} {what}"
        step = self._keep(now, what, StepKind.CASE, True, json.dumps(before).encode()) if before else 0
        return Change(what, tuple(articles), step=step)

    def split(self, article_id: int, *, now: int) -> Change:
        """Remove an article from its story for good; needs a transaction. Changes no ids without a story."""
        others = self._relations.split(article_id)
        if not others:
            return Change("nothing removed", ())
        step = self._note(now, _SPLIT, StepKind.APART, True, [article_id, *others])
        return Change(_SPLIT, (article_id, *others), step=step)

    def act(self, taken: Sequence[Taken], *, watched_too: Collection[int] = (), now: int) -> None:
        """Mark, label and mute articles as rules say; needs a transaction.

        Journals what really changes, together with what rules did just before. The mute of articles in
        `watched_too` also hides them once a watch matches them.
        """
        by_action = grouped((action, article) for article, action, _ in taken)
        changed = {
            action: ids
            for action, chosen in by_action.items()
            if (ids := self._act(Action.parse(action), chosen, True, now, watched_too))
        }
        if not changed:
            return
        rules = dict.fromkeys(rule for _, action, rule in taken if action in changed)
        sql = "SELECT id, ids FROM journal WHERE id = (SELECT max(id) FROM journal) AND mark = ? AND at > ?"
        step, data = next(iter(self._conn.execute(sql, (StepKind.RULES, now - _TOGETHER))), (0, b"[{}, []]"))
        before, names = json.loads(data)
        for action, ids in changed.items():
            before.setdefault(action, []).extend(ids)
        names = list(dict.fromkeys([*names, *rules]))
        by = f"the rule {names[0]}" if len(names) == 1 else f"{len(names)} rules"
        what = f"{counted(len(_articles(before)), 'article')} changed by {by}"
        data = json.dumps([before, names]).encode()
        if step:
            self._conn.execute("UPDATE journal SET what = ?, ids = ? WHERE id = ?", (what, data, step))
        else:
            self._keep(now, what, StepKind.RULES, True, data)

    def _act(
        self, action: Action, ids: Sequence[int], value: bool, now: int, watched_too: Collection[int] = ()
    ) -> Sequence[int]:
        """Take an action of a rule that changes articles, or take it back; return those that changed."""
        if action.kind is ActionKind.LABEL:
            return self._labels.apply(action.name, ids, value)
        if action.kind is ActionKind.MUTE:
            return self._mutes.set_by_rule(ids, value, watched_too)
        mark = {ActionKind.STAR: StepKind.STARRED, ActionKind.READ: StepKind.READ}.get(action.kind)
        return self._apply(mark, ids, value, now) if mark else ()

    def add_config_step(self, what: str, file: bytes, *, now: int) -> None:
        """Store the file name of a change of the configuration for undo; needs a transaction."""
        self._keep(now, what, StepKind.CONFIG, True, file)

    def add_followed(self, feed_id: int, what: str, *, now: int) -> None:
        """Store for undo that a feed was followed to another address automatically; needs a transaction."""
        self._keep(now, what, StepKind.FOLLOWED, True, b"", detail=feed_id)

    def drop_config_steps(self, step: int | None = None) -> None:
        """Delete the changes of the configuration, or one of them, from the journal; needs a transaction."""
        sql = "DELETE FROM journal WHERE mark = ? AND id = coalesce(?, id)"
        self._conn.execute(sql, (StepKind.CONFIG, step))

    def _note(
        self, now: int, what: str, kind: StepKind, value: bool, ids: Sequence[int], *, detail: str = ""
    ) -> int:
        return self._keep(now, what, kind, value, array("q", ids).tobytes(), detail=detail)

    def _keep(
        self, now: int, what: str, kind: StepKind, value: bool, data: bytes, *, detail: str | int = ""
    ) -> int:
        """Store a step; in the column `mark`, a detail follows its kind: `label:law`."""
        added = self._conn.execute(
            "INSERT INTO journal (at, what, mark, value, ids) VALUES (?, ?, ?, ?, ?)",
            (now, what, f"{kind}:{detail}" if detail else kind, int(value), data),
        ).lastrowid
        self._conn.execute("DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?", (_KEEP,))
        return added or 0

    def newest(self, before: int = 0) -> Change | None:
        """Return the newest step of the journal, or the newest one before another."""
        sql = "SELECT what, ids, mark, value, id AS step FROM journal WHERE id < ? ORDER BY id DESC LIMIT 1"
        row = self._named(sql, (before or 1 << 62,)).fetchone()
        if row is None:
            return None
        mark, data = row["mark"], row["ids"]
        if mark == StepKind.CONFIG:
            return Change(row["what"], (), mark, True, step=row["step"], config=data)
        if mark == StepKind.CASE:
            ids = tuple(self._cases.articles([case[0] for case in json.loads(data)]))
            return Change(row["what"], ids, mark, True, step=row["step"])
        ids = _articles(json.loads(data)[0]) if mark == StepKind.RULES else tuple(array("q", data))
        return Change(row["what"], ids, mark, bool(row["value"]), step=row["step"])

    def undo(self, expected: Change | None = None, *, by: str = "", now: int = 0) -> Change | None:
        """Undo the newest step; None without one, or if another is expected. Needs a transaction.

        `by` is who undoes it, for the log of matches.

        Numbers alone do not identify steps: numbers of undone steps are reused. A change of the configuration
        is only returned: the caller reverts it and calls `drop_config_steps`.
        """
        newest = self.newest()
        if newest is None or (expected is not None and _identity(expected) != _identity(newest)):
            return None
        if newest.config is not None:
            return newest
        kind, _, detail = newest.mark.partition(":")
        mark, value, changed = "", False, newest.ids
        match StepKind(kind):
            case StepKind.CASE:
                data = self._value("SELECT ids FROM journal WHERE id = ?", (newest.step,))
                self._cases.restore(json.loads(data), by=by, now=now)
            case StepKind.RULES:
                data = self._value("SELECT ids FROM journal WHERE id = ?", (newest.step,))
                actions = json.loads(data)[0]
                for action, marked in actions.items():
                    self._act(Action.parse(action), marked, False, now)
                self._rule_actions.forget(actions)
            case StepKind.FOLLOWED:
                self._feeds.refuse_move(int(detail))
            case StepKind.APART:
                self._relations.unsplit(changed[0], changed[1:])
            case StepKind.LABEL:
                changed = tuple(self._labels.apply(detail, newest.ids, not newest.value))
            case state:
                mark, value = kind, not newest.value
                changed = tuple(self._apply(state, newest.ids, value, now))
        self._conn.execute("DELETE FROM journal WHERE id = ?", (newest.step,))
        return Change(newest.what, changed, mark, value)

    def any_differs(self, mark: str, ids: Sequence[int], value: bool) -> bool:
        column = _COLUMNS[StepKind(mark)]
        sql = f"SELECT 1 FROM article WHERE {column} != ? AND id IN (SELECT value FROM json_each(?)) LIMIT 1"
        return self._value(sql, (int(value), id_list(ids))) is not None

    def set_place(self, article_id: int, place: int) -> None:
        """Store a reading position; the beginning is stored as -1, to tell opened articles from others."""
        sql = "UPDATE article SET place = ?1 WHERE id = ?2 AND place != ?1"
        self._conn.execute(sql, (place or -1, article_id))

    def note_opened(self, ids: Sequence[int]) -> None:
        sql = "UPDATE article SET place = -1 WHERE id IN (SELECT value FROM json_each(?)) AND place = 0"
        self._conn.execute(sql, (id_list(ids),))

    def _apply(self, mark: StepKind, ids: Sequence[int], value: bool, now: int) -> list[int]:
        column = _COLUMNS[mark]
        # the statement cannot fail half-way, and OR ROLLBACK saves SQLite a copy of all pages
        sql = f"""UPDATE OR ROLLBACK article SET {column} = ?1 WHERE {column} != ?1
                  AND id IN (SELECT value FROM json_each(?2)) RETURNING id"""
        changed = self._column(sql, (int(value), id_list(ids)))
        if mark is StepKind.READ:
            self._match_log.note_read(changed, value, now)
        return changed


def _articles(actions: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    """Return the articles of a journaled step of rules, given by action."""
    return tuple(dict.fromkeys(article for ids in actions.values() for article in ids))
