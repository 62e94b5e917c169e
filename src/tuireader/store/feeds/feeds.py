"""Feeds: subscriptions, data for the next fetch, health."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import starmap
from typing import Any

from msgspec import Struct

from tuireader.config import FeedConfig
from tuireader.model import SILENCE, Fault, Feed, FeedHealth
from tuireader.store.sql import FEED_TITLE, Part, number_list
from tuireader.text import server_of, split_password, without_password
from tuireader.text.durations import DAY

REFUSED = "refused"
"""`moved_why` of a feed whose move to `moved_to` was undone: it stays at its own address."""
NAMED = "named"
"""`moved_why` of a feed whose page names `moved_to`, which was not followed: the user decides."""


class _Answered(Struct, frozen=True, kw_only=True):
    """Values from a feed's answers for its next fetch; `store.schema` describes the columns."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None
    ttl: int | None = None
    max_age: int | None = None
    site_url: str = ""
    moved_seen: int = 0
    settings: str = ""
    recent: str = ""
    fill: float | None = None
    unchanged: int = 0
    whole_at: int | None = None
    trust: str = ""
    looked_at: int | None = None


class FeedFacts(_Answered, frozen=True):
    """Data for a feed's next fetch."""

    id: int
    url: str
    title: str
    state: str
    last_success: int | None
    error_streak: int
    next_try: int | None
    moved_to: str
    gone_since: int | None = None
    failing_since: int | None = None
    texts: str = ""
    moved_why: str = ""

    @property
    def refused(self) -> str:
        """Address to which the feed is not followed, `""` for none."""
        return self.moved_to if self.moved_why == REFUSED else ""

    @property
    def named(self) -> str:
        """Address that the feed's page names, but that was not followed, `""` for none."""
        return self.moved_to if self.moved_why == NAMED else ""


class KnownEntry(Struct, frozen=True):
    """An entry that a feed has listed, with the keys of its guid and address, 0 for no address.

    `article` is 0 if the article belongs to another feed.
    """

    article: int
    guid: int
    url: int
    title: str
    time: int


class KnownFeed(Struct, frozen=True):
    """Stored title and entries of a feed, the newest first."""

    title: str
    entries: tuple[KnownEntry, ...]


class Attempt(_Answered, frozen=True):
    """The outcome of a fetch, good or bad.

    After an error, `moved_to` and `moved_why` are those of a page that names an address, None to keep them.
    """

    feed_id: int
    at: int
    next_try: int | None
    state: str = "ok"
    error: str = ""
    fault: Fault | None = None
    title: str = ""
    moved_to: str | None = None
    moved_why: str | None = None
    hold: int | None = None


_FEED = f"""id, url, {FEED_TITLE} AS title, folder,
  site_url, state, last_try, last_success, last_error, error_streak, next_try, moved_to,
  coalesce((SELECT name FROM account WHERE account.id = account_id), '') AS account, subscribed"""
_ALL = f"SELECT {_FEED} FROM feed f ORDER BY position, id"
FeedsRead = tuple[tuple[int, int], list[tuple[Any, ...]]]
"""State of a store (`change_state`), and the rows of its feeds."""
_FACTS = ", ".join(
    f"{FEED_TITLE} AS title" if name == "title" else name for name in FeedFacts.__struct_fields__
)
_RECORDED = Attempt.__struct_fields__
# A feed has its own articles and those of other feeds that it also carries. Mutes hide some of them.
_OWN = "FROM article a WHERE a.feed_id = f.id"
_CARRIED = """FROM article a WHERE a.feed_id != f.id
    AND a.id IN (SELECT article_id FROM appearance p WHERE p.secondary = 1 AND p.feed_id = f.id)"""
_SHOWN = "a.muted = 0"
_COUNTED = f"""(SELECT count(*) {_OWN} AND {_SHOWN} AND a.read = 0)
    + (SELECT count(*) {_CARRIED} AND {_SHOWN} AND a.read = 0) AS unread,
  (SELECT count(*) {_OWN} AND {_SHOWN}) + (SELECT count(*) {_CARRIED} AND {_SHOWN}) AS total,
  ((SELECT count(*) {_OWN} AND a.time >= :since) + (SELECT count(*) {_CARRIED} AND a.time >= :since)) / 4.0
    AS per_week,
  nullif(max((SELECT coalesce(max(time), 0) {_OWN}), (SELECT coalesce(max(a.time), 0) {_CARRIED})), 0)
    AS newest"""
_STATE = f"""iif(moved_seen >= :sure, moved_to, '') AS sure_move,
  iif(moved_seen >= :sure, moved_why, '') AS moved_why,
  iif(moved_seen >= :sure AND moved_why != '', looked_at, NULL) AS moved_at,
  iif(moved_why = '{NAMED}', moved_to, '') AS named"""
FAR = 31 * DAY
"""As schedule.FARTHEST: a later time was set while the clock was wrong."""
_DUE = f"(coalesce(next_try, 0) NOT BETWEEN ?1 + 1 AND ?1 + {FAR})"


def _feeds(rows: Iterable[tuple[Any, ...]]) -> list[Feed]:
    return list(starmap(Feed, ((*values, bool(subscribed)) for *values, subscribed in rows)))


class Feeds(Part):
    """Feeds, never deleted: an unsubscribed feed keeps its row and its articles.

    Addresses are stored without passwords, with user names.
    """

    def is_current(self, subscriptions: Sequence[FeedConfig]) -> bool:
        return _wanted(subscriptions) == self._stored()

    def sync(self, subscriptions: Sequence[FeedConfig]) -> list[int]:
        """Update the table from the config and return the removed feeds; needs a transaction.

        If a removed feed has moved to an address that is new in the config, it becomes that feed. A feed with
        a password in its address gets a title at once, to keep the password off the screen.
        """
        wanted = _wanted(subscriptions)
        self._rename(wanted.keys())
        stored = self._stored()
        gone = [
            self._value("UPDATE feed SET subscribed = 0 WHERE url = ? RETURNING id", (url,))
            for url in sorted(stored.keys() - wanted.keys())
        ]
        self._conn.executemany(
            """INSERT INTO feed (url, title, position, own_title, folder, state, subscribed)
               VALUES (?1, ?2, ?3, ?4, ?5, iif(?6, 'paused', 'ok'), 1)
               ON CONFLICT (url) DO UPDATE SET position = excluded.position, own_title = excluded.own_title,
                 folder = excluded.folder, subscribed = 1,
                 state = CASE WHEN ?6 THEN 'paused' WHEN state = 'paused' THEN 'ok' ELSE state END""",
            [
                (url, "" if without_password(url) == url else without_password(url), *values)
                for url, values in wanted.items()
                if stored.get(url) != values
            ],
        )
        return gone

    def _rename(self, wanted: Collection[str]) -> None:
        """Update the address of feeds whose move the config has accepted or reverted.

        After a revert, the abandoned address stays refused.
        """
        sql = """SELECT id, url, moved_to FROM feed f WHERE subscribed AND account_id = 0 AND moved_to != ''
                 AND NOT EXISTS (SELECT 1 FROM feed other WHERE other.url = f.moved_to)"""
        moved = self._conn.execute(sql).fetchall()
        for feed_id, url, moved_to in moved:
            if url not in wanted and moved_to in wanted:
                self._conn.execute(
                    """UPDATE OR IGNORE feed SET url = ?1, moved_to = iif(moved_why = ?3, url, ''),
                         moved_why = iif(moved_why = ?3, ?3, ''), moved_seen = 0 WHERE id = ?2""",
                    (moved_to, feed_id, REFUSED),
                )

    def all(self) -> list[Feed]:
        """List every feed, even unsubscribed ones, in the order of the config, then those of accounts."""
        return _feeds(self._conn.execute(_ALL))

    def all_since(self, state: FeedsRead | None) -> tuple[FeedsRead, list[Feed] | None]:
        """Return what was read, and every feed unless all are as they were when `state` was read."""
        now = self._store.change_state()
        if state is not None and state[0] == now:
            return state, None
        rows = self._conn.execute(_ALL).fetchall()
        if state is not None and rows == state[1]:  # most writes are about articles
            return (now, state[1]), None
        return (now, rows), _feeds(rows)

    def subscribed(self) -> list[Feed]:
        """List the subscribed feeds."""
        return [feed for feed in self.all() if feed.subscribed]

    def health(
        self, feeds: Sequence[Feed], *, since: int, sure: int, counted: bool = True
    ) -> list[FeedHealth]:
        """Return the health of feeds; its articles are 0 unless `counted`.

        `since` is four weeks ago, for the articles a week. A permanent redirect counts as a move once it was
        seen `sure` times in a row.
        """
        ids = f"id IN ({number_list(feed.id for feed in feeds)})" if counted else ""
        counts, which = (_COUNTED, ids) if counted else ("0, 0, 0.0, NULL", "fault || moved_to != ''")
        sql = f"SELECT id, fault, {counts}, {_STATE} FROM feed f WHERE {which}"
        rows = self._conn.execute(sql, {"since": since, "sure": sure} if counted else {"sure": sure})
        known = {feed_id: (Fault(fault) if fault else None, *values) for feed_id, fault, *values in rows}
        return [FeedHealth(feed, *known.get(feed.id, ())) for feed in feeds]

    def facts(
        self, feed_ids: Sequence[int] | None = None, *, due_at: int | None = None, late: int | None = None
    ) -> list[FeedFacts]:
        """Read the data for the next fetch of some or all local feeds; with `due_at`, only of due ones.

        Feeds that answered before the time `late`, and not since, are due as well; the caller has to leave
        out those that may wait longer, and those whose hosts have asked us to wait.
        """
        where, args = "subscribed AND account_id = 0", []
        if feed_ids is not None:
            where += f" AND id IN ({number_list(feed_ids)})"
        else:
            where += " AND state = 'ok'"
        if due_at is not None:
            where += f" AND ({_DUE} OR (last_error = '' AND last_try <= ?2))"
            args += [due_at, -1 if late is None else late]
        sql = f"SELECT {_FACTS} FROM feed f WHERE {where} ORDER BY position, id"
        return self._values(FeedFacts, sql, args)

    def known(self, feed_id: int, most: int = 1000) -> KnownFeed:
        """Read the newest `most` entries of a feed, to compare another feed with it."""
        sql = """SELECT iif(p.secondary, 0, a.id) AS article, p.guid_key AS guid, a.url_key AS url, a.title,
                   a.time
                 FROM appearance p JOIN article a ON a.id = p.article_id
                 WHERE p.feed_id = ? ORDER BY a.id DESC LIMIT ?"""
        entries = self._values(KnownEntry, sql, (feed_id, most))
        title = self._value("SELECT title FROM feed WHERE id = ?", (feed_id,))
        return KnownFeed(title, tuple(entries))

    def facts_of(self, feed_id: int) -> FeedFacts:
        """Read the data of one feed, even of one that an account's server fetches."""
        (facts,) = self._values(FeedFacts, f"SELECT {_FACTS} FROM feed f WHERE id = ?", (feed_id,))
        return facts

    def asked_to_wait(self, now: int) -> dict[str, int]:
        """Map hosts that asked a feed to wait to the time until which their other feeds wait.

        That is at most `SILENCE` after a feed of the host was tried. Then one of them may be tried.
        """
        held: dict[str, int] = {}
        for url, hold in self._conn.execute(
            f"SELECT url, hold FROM feed WHERE hold BETWEEN ? AND ? + {FAR}", (now + 1, now)
        ):
            held[server_of(url)] = max(hold, held.get(server_of(url), 0))
        tried = dict.fromkeys(held, 0)
        if held:
            tries = "SELECT url, last_try FROM feed WHERE account_id = 0 AND last_try IS NOT NULL"
            for url, last in self._conn.execute(tries):
                if (host := server_of(url)) in held:
                    tried[host] = max(last, tried[host])
        return {host: min(hold, tried[host] + SILENCE) for host, hold in held.items()}

    def waiting(self, now: int) -> dict[int, int]:
        """Map feeds that wait because their host asked another feed to, to the end of the wait."""
        if not (hosts := self.asked_to_wait(now)):
            return {}
        sql = """SELECT id, url, coalesce(next_try, 0) FROM feed WHERE subscribed AND account_id = 0
                 AND state = 'ok' AND coalesce(hold, 0) <= ?"""
        rows = self._conn.execute(sql, (now,))
        known = [(feed_id, hosts.get(server_of(url)), next_try) for feed_id, url, next_try in rows]
        return {
            feed_id: until
            for feed_id, until, next_try in known
            if until is not None and next_try <= max(until, now)
        }

    def release(self, hosts: Collection[str], fetched: Collection[int]) -> None:
        """Let all feeds of hosts that answered be fetched, unless a feed just `fetched` has to wait."""
        held = self._conn.execute("SELECT id, url FROM feed WHERE hold IS NOT NULL").fetchall()
        free = number_list(
            feed_id for feed_id, url in held if server_of(url) in hosts and feed_id not in fetched
        )
        self._conn.execute(f"UPDATE feed SET hold = NULL WHERE id IN ({free})")

    def postpone(self, feed_id: int, until: int) -> None:
        """Postpone a feed that leads to another host, which has asked us to wait."""
        self._conn.execute("UPDATE feed SET next_try = ? WHERE id = ?", (until, feed_id))

    def recent_times(self, feed_id: int, limit: int = 12) -> list[int]:
        """Return when a feed's newest articles were published, newest first, to estimate its pace.

        Among articles that belong to other feeds, the last to arrive count as the newest, to avoid sorting.
        """
        sql = """SELECT time FROM (SELECT time FROM article WHERE feed_id = ?1 ORDER BY time DESC LIMIT ?2)
                 UNION ALL
                 SELECT a.time FROM (SELECT article_id FROM appearance WHERE feed_id = ?1 AND secondary = 1
                                     ORDER BY article_id DESC LIMIT ?2) p
                 JOIN article a ON a.id = p.article_id"""
        times = self._column(sql, (feed_id, limit))
        return sorted(times, reverse=True)[:limit]

    def move(self, feed_id: int, address: str, *, back: bool = False) -> None:
        """Let a feed take a new address from the config and keep its articles; needs a transaction.

        A password in the address is not stored. With `back`, its present address is refused from now on.
        """
        sql = """UPDATE feed SET moved_to = ?, moved_seen = 1, moved_why = ?, etag = NULL,
                   last_modified = NULL, body_hash = NULL WHERE id = ?"""
        self._conn.execute(sql, (split_password(address)[0], REFUSED if back else "", feed_id))

    def refuse_move(self, feed_id: int) -> None:
        """Fetch a feed from its own address again, from now on; needs a transaction."""
        sql = """UPDATE feed SET moved_seen = 0, moved_why = ?, etag = NULL, last_modified = NULL,
                   body_hash = NULL, next_try = NULL WHERE id = ? AND moved_to != ''"""
        self._conn.execute(sql, (REFUSED, feed_id))

    def record(self, attempt: Attempt) -> None:
        """Store the outcome of a fetch; a failure keeps validators, title and articles.

        It may lower `moved_seen`, so that the next fetch uses the feed's own address.
        """
        sql = (
            """UPDATE feed SET last_try = :at, next_try = :next_try, state = :state, last_error = :error,
                 fault = coalesce(:fault, ''), error_streak = error_streak + 1, hold = :hold,
                 failing_since = coalesce(failing_since, :at), looked_at = coalesce(:looked_at, looked_at),
                 gone_since = iif(:fault = 'gone', coalesce(gone_since, :at), gone_since),
                 moved_seen = min(moved_seen, :moved_seen), moved_to = coalesce(:moved_to, moved_to),
                 moved_why = coalesce(:moved_why, moved_why) WHERE id = :feed_id"""
            if attempt.error
            else """UPDATE feed SET last_try = :at, last_success = :at,
                      since = coalesce(since, :at), next_try = :next_try, state = :state,
                      last_error = '', fault = '', error_streak = 0, etag = :etag,
                      last_modified = :last_modified, body_hash = coalesce(:body_hash, body_hash),
                      max_age = :max_age, ttl = coalesce(:ttl, ttl),
                      title = coalesce(nullif(:title, ''), title),
                      site_url = coalesce(nullif(:site_url, ''), site_url),
                      recent = :recent, fill = :fill, unchanged = :unchanged,
                      whole_at = coalesce(:whole_at, whole_at), trust = :trust,
                      gone_since = NULL, failing_since = NULL, hold = NULL,
                      moved_to = coalesce(:moved_to, ''), moved_seen = :moved_seen,
                      moved_why = coalesce(:moved_why, ''),
                      looked_at = coalesce(:looked_at, looked_at), settings = :settings
                    WHERE id = :feed_id"""
        )
        self._conn.execute(sql, {name: getattr(attempt, name) for name in _RECORDED})

    def _stored(self) -> dict[str, tuple[int, str, str, bool]]:
        sql = """SELECT url, position, own_title, folder, state = 'paused' FROM feed
                 WHERE subscribed AND account_id = 0"""
        rows = self._conn.execute(sql)
        return {url: (position, title, folder, bool(paused)) for url, position, title, folder, paused in rows}


def _wanted(subscriptions: Sequence[FeedConfig]) -> dict[str, tuple[int, str, str, bool]]:
    return {
        split_password(item.url)[0]: (position, item.title, item.folder, item.paused)
        for position, item in enumerate(subscriptions)
    }
