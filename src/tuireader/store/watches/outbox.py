"""The outbox: messages for channels, kept until they are accepted.

A message is stored in the transaction that decides about it, and is `sending` before anything leaves. What a
sender that died has left in that state was perhaps received: it is sent once more, and marked as repeated.
One sender works at a time: it holds the lease, which expires unless renewed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from tuireader.model.outbox import OutboxKind, OutboxMessage, OutboxState
from tuireader.store.sql import Part, id_list
from tuireader.store.watches.alarms import Alarms
from tuireader.store.watches.notices import Notices
from tuireader.text.durations import DAY, HOUR, MONTH

LEASE = 180
"""Seconds after which another sender takes over from one that does not renew its lease."""
_FRESH = 30  # seconds for which a lease need not be renewed
RETRY, LATEST_RETRY = 60, 1_800
"""Seconds after the first failure, doubled after each further one, and at most."""
_LONGEST_WAIT = DAY  # seconds for which a channel may ask to wait
GIVE_UP, LEAST_ATTEMPTS = 3 * DAY, 10
"""Age in seconds and attempts after which a message that keeps failing is given up."""
SUSPECT = 5
"""Attempts after which the message itself may be the reason, so that another one is tried as well."""
_LOW_WAITS = DAY  # seconds after which a message of low priority no longer waits for another one
_KEPT = MONTH  # accepted messages are kept that long; the match log has them forever
_LEASE = "outbox"
_OPEN = "o.state IN ('waiting', 'sending')"
_WAITING = f"{_OPEN} AND o.state = 'waiting'"  # the index is only used for what repeats its condition
_LISTED = """SELECT o.id, o.channel, o.kind, o.subject,
    coalesce(CASE WHEN o.kind IN ('match', 'rule', 'share')
        THEN (SELECT title FROM article a WHERE a.id = o.subject)
      WHEN o.kind = 'digest' THEN (SELECT name FROM digest d WHERE d.id = o.subject)
      ELSE (SELECT coalesce(nullif(f.own_title, ''), nullif(f.title, ''), f.url, l.subject)
       FROM alarm l LEFT JOIN feed f ON f.id = l.feed_id WHERE l.id = o.subject) END, '') AS title,
    (SELECT json_group_array(n.watch) FROM notice n, json_each(o.notices) WHERE n.id = value) AS watches,
    o.priority, o.created_at, max(o.due_at, coalesce(c.retry_at, 0)) AS due_at, o.attempts,
    coalesce(nullif(o.error, ''), c.error, '') AS error, o.state, o.sent_at, o.letter, o.interrupted, o.adds,
    iif(o.kind IN ('match', 'rule'),
      (SELECT iif(a.story, a.story, a.id) FROM article a WHERE a.id = o.subject), 0) AS story,
    coalesce((SELECT r.rule FROM rule_action r WHERE o.kind = 'rule' AND r.article_id = o.subject
      AND r.action = CASE WHEN o.channel GLOB 'run:*' THEN o.channel WHEN o.channel = 'save:' THEN 'save'
        ELSE 'channel:' || o.channel END), '') AS rule
  FROM outbox o LEFT JOIN outbox_channel c ON c.channel = o.channel"""
_DUE = f"""o.channel = :channel AND {_WAITING} AND o.due_at <= :now
  AND (o.priority >= :least OR (:least < 2 AND o.created_at <= :now - :low))"""


class Draft(Struct, frozen=True):
    """A message to put into the outbox, with the notices of its matches; it is due when it is put there.

    `due_at`: when it is due at the earliest.
    """

    channel: str
    kind: OutboxKind
    subject: int
    notices: tuple[int, ...] = ()
    adds: tuple[str, ...] = ()
    priority: int = 1
    due_at: int = 0


class Terms(Struct, frozen=True):
    """Rules for picking messages of a channel: the `least` priority, at most `limit` letters an hour.

    0 is no limit. `together`: all articles in one letter. `trusted`: only those that have rarely failed.
    """

    least: int = 1
    limit: int = 0
    together: bool = False
    trusted: bool = False


class Outbox(Part):
    """Messages of channels. Methods that write need a transaction."""

    _alarms: Alarms
    _notices: Notices

    def add(self, drafts: Iterable[Draft], now: int) -> None:
        sql = """INSERT INTO outbox (channel, kind, subject, notices, adds, priority, created_at, due_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, max(?7, ?8))"""
        rows = [
            (item.channel, item.kind, item.subject, id_list(item.notices),
             json.dumps(item.adds) if item.adds else "[]", item.priority, now, item.due_at)
            for item in drafts
        ]  # fmt: skip
        self._conn.executemany(sql, rows)

    def share(self, channel: str, articles: Sequence[int], now: int) -> list[int]:
        """Put articles into the outbox, or retry those that are there; return the messages."""
        before = self._shared(channel)
        self.retry([before[number] for number in articles if number in before], now)
        new = [number for number in articles if number not in before]
        self.add([Draft(channel, OutboxKind.SHARE, number, priority=2) for number in new], now)
        after = self._shared(channel)
        return [after[number] for number in articles]

    def _shared(self, channel: str) -> dict[int, int]:
        """Map the shared articles that a channel has not accepted yet to their messages."""
        sql = f"""SELECT subject, id FROM outbox o WHERE kind = 'share' AND channel = ?
                  AND ({_OPEN} OR state = 'given up')"""
        return dict(self._conn.execute(sql, (channel,)))

    def take_low(self, article_ids: Iterable[int]) -> tuple[int, ...]:
        """Remove the messages of low priority about some articles; return their notices, for a digest."""
        sql = f"""DELETE FROM outbox AS o WHERE kind = 'match' AND {_WAITING} AND priority = 0
                 AND NOT interrupted AND subject IN (SELECT value FROM json_each(?)) RETURNING notices"""
        taken = self._column(sql, (id_list(article_ids),))
        return tuple(dict.fromkeys(notice for notices in taken for notice in json.loads(notices)))

    # -- the lease

    def take_lease(self, holder: str, now: int, is_gone: Callable[[str], bool] = lambda other: False) -> bool:
        """Become the only sender unless another one is at work, which `is_gone` may know to have ended.

        What was being sent by then goes out once more.
        """
        until, _, other = self._store.fact(_LEASE).partition(" ")
        if other not in ("", holder) and now < int(until) <= now + LEASE and not is_gone(other):
            return False
        self._store.set_fact(_LEASE, f"{now + LEASE} {holder}")
        sql = f"UPDATE outbox AS o SET state = 'waiting', interrupted = 1 WHERE {_OPEN} AND state = 'sending'"
        self._conn.execute(sql)
        sql = "DELETE FROM outbox WHERE state = 'accepted' AND sent_at < ?"
        self._conn.execute(sql, (now - _KEPT,))
        return True

    def renew_lease(self, holder: str, now: int) -> bool:
        """Extend the lease unless it is fresh, or end it with a time of 0; return False if another has it."""
        until, _, other = self._store.fact(_LEASE).partition(" ")
        if other != holder:
            return False
        if not now + LEASE - _FRESH <= int(until) <= now + LEASE:
            self._store.set_fact(_LEASE, f"{now + LEASE} {holder}" if now else "0 ")
        return True

    # -- what to send

    def unsent(self) -> list[OutboxMessage]:
        """List the messages that wait, are being sent or were given up, oldest first."""
        return self._listed(f"{_OPEN} OR o.state = 'given up' ORDER BY o.id")

    def some(self, ids: Iterable[int]) -> list[OutboxMessage]:
        """List messages by their numbers, in whatever state."""
        return self._listed("o.id IN (SELECT value FROM json_each(:ids)) ORDER BY o.id", ids=id_list(ids))

    def undelivered(self) -> int:
        """Count the messages that were given up, or wait because their channel fails."""
        sql = f"""SELECT (SELECT count(*) FROM outbox WHERE state = 'given up')
                    + (SELECT count(*) FROM outbox o LEFT JOIN outbox_channel c USING (channel)
                       WHERE {_OPEN} AND (o.error != '' OR c.channel NOT NULL))"""
        return int(self._value(sql))

    def channels(self) -> list[str]:
        """List the channels with waiting messages."""
        return self._column(f"SELECT DISTINCT channel FROM outbox o WHERE {_OPEN} ORDER BY channel")

    def is_sending(self) -> bool:
        return self._value(f"SELECT 1 FROM outbox o WHERE {_OPEN} AND state = 'sending' LIMIT 1") is not None

    def next(self, channel: str, terms: Terms, now: int) -> OutboxMessage | None:
        """Return the first message of a channel that is due, if the channel may be used now."""
        wait = "SELECT 1 FROM outbox_channel WHERE channel = ? AND retry_at > ?"
        if not terms.trusted and self._value(wait, (channel, now)):
            return None
        trusted = f"AND o.attempts < {SUSPECT}" if terms.trusted else ""
        first = self._listed(f"{_DUE} {trusted} ORDER BY o.id LIMIT 1", channel, now, terms.least)
        return first[0] if first else None

    def pick(
        self, channel: str, terms: Terms, letter: str, now: int, *, begun: int = 0
    ) -> list[OutboxMessage]:
        """Mark the messages of the next letter as being sent, and return them; `letter` is its id if new.

        `begun` letters go with it.
        """
        first = self.next(channel, terms, now)
        if first is None:
            return []
        together = f"o.kind = '{first.kind}' AND NOT o.interrupted"
        if first.interrupted:
            together, letter = "o.letter = :letter", first.letter
        elif first.kind in (OutboxKind.ALARM, OutboxKind.OVER):
            together = "o.kind IN ('alarm', 'over') AND NOT o.interrupted"
        elif first.kind is OutboxKind.DIGEST or not terms.together:
            limited = terms.limit and first.kind is not OutboxKind.DIGEST
            sent = [*self._sent(channel, now - HOUR), *[now] * begun] if limited else []
            if len(sent) > terms.limit:
                self._delay(channel, sent[-terms.limit - 1] + HOUR)
                return []
            together = together if limited and len(sent) == terms.limit else ""
        picked = [first]
        if together:
            trusted = f"AND o.attempts < {SUSPECT}" if terms.trusted else ""
            least = terms.least if terms.least > 1 else 0  # those of low priority go along
            where = f"{_DUE} AND {together} {trusted} ORDER BY o.id"
            picked = self._listed(where, channel, now, least, letter=letter)
        sql = "UPDATE outbox SET state = 'sending', letter = ? WHERE id IN (SELECT value FROM json_each(?))"
        self._conn.execute(sql, (letter, id_list(message.id for message in picked)))
        return [replace(message, letter=letter) for message in picked]

    def _delay(self, channel: str, until: int) -> None:
        """Let the articles for a channel wait until more letters are allowed."""
        sql = f"""UPDATE outbox AS o SET due_at = max(due_at, ?) WHERE channel = ?
                  AND {_WAITING} AND kind IN ('match', 'rule') AND NOT interrupted"""
        self._conn.execute(sql, (until, channel))

    def _sent(self, channel: str, since: int) -> list[int]:
        """Return the times of the letters accepted by a channel since a time, oldest first."""
        sql = """SELECT max(sent_at) FROM outbox WHERE channel = ? AND state = 'accepted' AND sent_at > ?
                 GROUP BY letter ORDER BY 1"""
        return self._column(sql, (channel, since))

    # -- what became of it

    def accept(self, messages: Sequence[OutboxMessage], shown: Sequence[str], now: int) -> None:
        """Record that a channel has accepted a letter, and under which names the log of matches lists it."""
        ids = [message.id for message in messages]
        channel = messages[0].channel
        sql = """UPDATE outbox SET state = 'accepted', sent_at = ?, error = ''
                 WHERE id IN (SELECT value FROM json_each(?))"""
        self._conn.execute(sql, (now, id_list(ids)))
        self._restore([channel], now)
        notices = self.notices(ids)
        self._notices.mark_told(notices, now)
        for name in shown:
            self._notices.log("sent", notices, now, name)
        for kind in (OutboxKind.ALARM, OutboxKind.OVER):
            alarms = [message.subject for message in messages if message.kind is kind]
            self._alarms.mark_told(alarms, now, over=kind is OutboxKind.OVER)

    def refuse(
        self, messages: Sequence[OutboxMessage], error: str, now: int, *, doubtful: bool = False
    ) -> None:
        """Keep the messages of a letter that was not accepted.

        `doubtful`: it may have been received, so that it is marked as repeated the next time.
        """
        sql = """UPDATE outbox SET state = 'waiting', attempts = attempts + 1, error = ?1, due_at = ?2,
                   interrupted = max(interrupted, ?3), letter = iif(interrupted OR ?3, letter, '')
                 WHERE id = ?4"""
        self._conn.executemany(
            sql, [(error, now + _rest(each.attempts), doubtful, each.id) for each in messages]
        )
        first = [message.id for message in messages if not message.attempts]
        self._note("failed", messages[0].channel, first, now, error)

    def back_off(self, channel: str, error: str, now: int, wait: float | None = None) -> int:
        """Let a channel that fails rest, at least for the time that it asks for; return when it is tried."""
        sql = "SELECT failures, since FROM outbox_channel WHERE channel = ?"
        failures, since = next(iter(self._conn.execute(sql, (channel,))), (0, now))
        retry_at = now + max(_rest(failures), min(ceil(wait or 0), _LONGEST_WAIT))
        values = (channel, failures + 1, since, retry_at, error)
        self._conn.execute("INSERT OR REPLACE INTO outbox_channel VALUES (?, ?, ?, ?, ?)", values)
        # what was tried in vain is not to blame: it keeps its place
        self._conn.execute(
            f"UPDATE outbox AS o SET due_at = min(due_at, ?) WHERE channel = ? AND {_WAITING} AND attempts",
            (retry_at, channel),
        )
        return retry_at

    def hopeless(self, channel: str, now: int) -> list[int]:
        """List the due messages that have failed, or that their channel has kept waiting, for too long."""
        sql = f"""SELECT o.id FROM outbox o LEFT JOIN outbox_channel c USING (channel)
                  WHERE channel = ?1 AND {_WAITING} AND o.created_at <= ?2
                    AND (o.attempts >= {LEAST_ATTEMPTS} OR (c.failures >= {LEAST_ATTEMPTS} AND c.since <= ?2
                         AND (o.attempts OR o.due_at <= ?3)))"""
        return self._column(sql, (channel, now - GIVE_UP, now))

    def give_up(self, channel: str, ids: Sequence[int], error: str, now: int) -> None:
        """Stop sending messages; they stay in the outbox until the user drops or retries them."""
        sql = "UPDATE outbox SET state = 'given up', attempts = attempts + 1, error = ? WHERE id = ?"
        self._conn.executemany(sql, [(error, number) for number in ids])
        self._note("failed", channel, ids, now, f"given up: {error}")
        self._notices.settle(self.notices(ids))

    def drop(self, ids: Sequence[int], reason: str, now: int) -> list[int]:
        """Drop messages that are not sent yet, and return these; the log of matches says why."""
        sql = """UPDATE outbox SET state = 'dropped' WHERE id IN (SELECT value FROM json_each(?))
                 AND state IN ('waiting', 'sending', 'given up') RETURNING id"""
        dropped = self._column(sql, (id_list(ids),))
        settled = self._notices.settle(self.notices(dropped))
        self._notices.log("not told", settled, now, detail=reason)
        return dropped

    def retry(self, ids: Sequence[int], now: int) -> list[int]:
        """Make waiting, given up or dropped messages due, with their channels; return these messages."""
        sql = """UPDATE outbox SET state = 'waiting', attempts = 0, created_at = ?1, due_at = ?1, error = ''
                 WHERE id IN (SELECT value FROM json_each(?2))
                 AND state IN ('waiting', 'given up', 'dropped') RETURNING id"""
        ids = self._column(sql, (now, id_list(ids)))
        sql = "SELECT DISTINCT channel FROM outbox WHERE id IN (SELECT value FROM json_each(?))"
        self._restore(self._column(sql, (id_list(ids),)), now)
        return ids

    def _restore(self, channels: Iterable[str], now: int) -> None:
        """Let channels that failed be used again: what they have refused is due, unless it is suspect."""
        for channel in channels:
            gone = self._conn.execute("DELETE FROM outbox_channel WHERE channel = ?", (channel,))
            if gone.rowcount:
                sql = f"""UPDATE outbox AS o SET due_at = min(due_at, ?) WHERE channel = ? AND {_WAITING}
                          AND attempts BETWEEN 1 AND {SUSPECT - 1}"""
                self._conn.execute(sql, (now, channel))

    def _note(self, kind: str, channel: str, ids: Sequence[int], now: int, detail: str) -> None:
        self._notices.log(kind, self.notices(ids), now, channel, detail=detail)

    def _listed(
        self, where: str, channel: str = "", now: int = 0, least: int = 0, **args: object
    ) -> list[OutboxMessage]:
        values = {"channel": channel, "now": now, "least": least, "low": _LOW_WAITS, **args}
        return self._values(
            OutboxMessage, f"{_LISTED} WHERE {where}", values,
            kind=OutboxKind, state=OutboxState, interrupted=bool, watches=_names, adds=_names,
        )  # fmt: skip

    def notices(self, ids: Sequence[int]) -> list[int]:
        """List the notices of messages."""
        sql = """SELECT n.value FROM outbox o, json_each(o.notices) n
                 WHERE o.id IN (SELECT value FROM json_each(?)) ORDER BY o.id"""
        return self._column(sql, (id_list(ids),))


def _rest(failures: int) -> int:
    """Seconds to wait after one more failure."""
    return min(RETRY << min(failures, 10), LATEST_RETRY)


@lru_cache
def _names(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
