"""Accounts on servers: how their last sync went, and the feeds that they list."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from tuireader.model.accounts import AccountState, Refusal, RemoteFeed, folder_of
from tuireader.store.accounts.listed_feeds import (
    KnownFeed,
    address,
    distinct_addresses,
    doubt_about,
    match_feeds,
    title_of,
)
from tuireader.store.accounts.remote import Remote
from tuireader.store.articles.appearances import Appearances
from tuireader.store.sql import Part, number_list
from tuireader.text.durations import WEEK
from tuireader.text.wording import counted

KEPT = WEEK
"""Seconds to keep a feed that its server no longer lists: it may come back."""
FIRST_POSITION = 1_000_000
"""Position of an account's first feed: behind all local feeds."""

_MARKED = """CREATE TRIGGER remote_{mark} AFTER UPDATE OF {mark} ON article WHEN new.{mark} != old.{mark}
  BEGIN
    UPDATE remote_entry SET refused = '', pending =
      iif({mark} = new.{mark} AND {mark}_sent IS NULL, pending & ~{bit}, pending | {bit})
    WHERE article_id = new.id;
  END"""
_TRIGGERS = {
    f"remote_{mark}": _MARKED.format(mark=mark, bit=bit) for mark, bit in (("read", 1), ("starred", 2))
}

_DIFFERS = """(SELECT (a.read != remote_entry.read OR read_sent IS NOT NULL)
    + 2 * (a.starred != remote_entry.starred OR starred_sent IS NOT NULL)
  FROM article a WHERE a.id = article_id)"""
"""SQL for the marks in which an entry and its article differ, as bits of `pending`."""


_TROUBLE = "trouble of account "
"""Prefix of the names of facts with the last fields of AccountState as JSON; the account's number follows."""


class Accounts(Part):
    """Accounts and the feeds that their servers list. Methods that write need a transaction."""

    _appearances: Appearances
    _remote: Remote

    def is_current(self, names: Collection[str]) -> bool:
        """Compare the table, and the triggers that record marks, with the names in the config."""
        there = self._column("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        recorded = all((trigger in there) == bool(names) for trigger in _TRIGGERS)
        return recorded and set(self._column("SELECT name FROM account WHERE listed")) == set(names)

    def sync(self, names: Sequence[str]) -> None:
        """Add the accounts in the config, and hide the feeds of removed ones.

        Deletes nothing. Without accounts, no marks are recorded for sending.
        """
        self._conn.executemany(
            """INSERT INTO account (name) VALUES (?)
               ON CONFLICT (name) DO UPDATE SET listed = 1, next_try = NULL WHERE NOT listed""",
            [(name,) for name in names],
        )
        listed = json.dumps(list(names))
        unlisted = "name NOT IN (SELECT value FROM json_each(?))"
        self._conn.execute(f"UPDATE account SET listed = 0, progress = '' WHERE {unlisted}", (listed,))
        sql = f"""UPDATE feed SET subscribed = NOT subscribed WHERE account_id != 0 AND vanished_at IS NULL
                  AND subscribed != (account_id IN (SELECT id FROM account WHERE NOT {unlisted}))
                  RETURNING id, subscribed"""
        changed = self._conn.execute(sql, (listed,)).fetchall()
        self._appearances.reassign([feed_id for feed_id, subscribed in changed if not subscribed])
        for name, trigger in _TRIGGERS.items():
            self._conn.execute(f"DROP TRIGGER IF EXISTS {name}")
            if names:
                self._conn.execute(trigger)
        if names:  # marks may have changed while none were recorded
            self._conn.execute(f"UPDATE remote_entry SET pending = {_DIFFERS} WHERE pending != {_DIFFERS}")

    def all(self) -> list[AccountState]:
        """List the accounts of the config in the order in which they were added."""
        return self._values(_state, f"{_STATE} WHERE listed ORDER BY account.id")

    def get(self, name: str) -> AccountState:
        """Look up an account by name; it must exist."""
        (state,) = self._values(_state, f"{_STATE} WHERE account.name = ?", (name,))
        return state

    def signed_in(self, account_id: int, url: str, user: str, software: str) -> None:
        """Store the server that accepted an account."""
        sql = "UPDATE account SET url = ?, user = ?, software = ? WHERE id = ?"
        self._conn.execute(sql, (url, user, software, account_id))

    def progressed(self, account_id: int, progress: str) -> None:
        """Store where the next pull starts, in the form of the server's backend."""
        self._conn.execute("UPDATE account SET progress = ? WHERE id = ?", (progress, account_id))

    def record(
        self,
        account_id: int,
        now: int,
        *,
        error: str = "",
        hint: str = "",
        refusal: str = "",
        next_try: int | None = None,
        url: str = "",
        secret: str = "",
    ) -> None:
        """Record a sync that failed with `error`, or succeeded without one.

        `url` rejected the password or token that has the fingerprint `secret`.
        """
        if error:
            name = f"{_TROUBLE}{account_id}"
            trouble: dict[str, object] = {"failing_since": now, **json.loads(self._store.fact(name) or "{}")}
            if refusal == Refusal.LOGIN:
                trouble = {"rejected_since": now, **trouble, "rejected_url": url, "rejected_secret": secret}
            self._store.set_fact(name, json.dumps(trouble))
        else:
            self._forget_trouble(account_id)
        sql = """UPDATE account SET tried_at = ?1, synced_at = iif(?2 = '', ?1, synced_at), error = ?2,
                   hint = ?3, refusal = ?4, streak = iif(?2 = '', 0, streak + 1), next_try = ?5
                 WHERE id = ?6"""
        self._conn.execute(sql, (now, error, hint, refusal, next_try, account_id))

    def _forget_trouble(self, account_id: int) -> None:
        self._conn.execute("DELETE FROM fact WHERE name = ?", (f"{_TROUBLE}{account_id}",))

    def ask_again(self, name: str) -> None:
        """Make an account due at once: its configuration or its secret has changed."""
        self._forget_trouble(self.get(name).id)
        sql = """UPDATE account SET tried_at = NULL, next_try = NULL, error = '', hint = '', refusal = '',
                   streak = 0 WHERE name = ?"""
        self._conn.execute(sql, (name,))

    def list_feeds(
        self,
        account: AccountState,
        feeds: Sequence[RemoteFeed],
        now: int,
        *,
        believed: bool = False,
        removed: int = 0,
    ) -> dict[str, int]:
        """Store the feeds that the server lists, hide those that it no longer lists; return all as `feeds`.

        Hidden feeds keep their entries for `KEPT` seconds, in case they return. If the list is empty or lacks
        more than half of the feeds, none is hidden until the list is `believed`. `removed` is the feed that
        the user has just removed, 0 for none.
        """
        urls = distinct_addresses(account.name, feeds)
        before = self._known(account.id)
        matched = match_feeds(feeds, urls, before)
        self._renumber(matched, before)
        known = [feed.id for feed in before if not feed.has_vanished]
        hidden = [feed_id for feed_id in known if feed_id not in matched.values()]
        lost = len(hidden) - (removed in hidden)
        doubt = "" if believed else doubt_about(lost, len(known), bool(feeds))
        if doubt:
            hidden = [feed_id for feed_id in hidden if feed_id == removed]
        sql = f"UPDATE feed SET subscribed = 0, vanished_at = ? WHERE id IN ({number_list(hidden)})"
        self._conn.execute(sql, (now,))
        self._remote.send_again(hidden)
        back = [feed.id for feed in before if feed.has_vanished and feed.id in matched.values()]
        self._remote.doubt_feeds(back, now)
        self._conn.execute("UPDATE account SET asks = ?1 WHERE id = ?2 AND asks != ?1", (doubt, account.id))
        self._free_addresses(account, urls)
        self._conn.executemany(
            """INSERT INTO feed (url, title, folder, site_url, account_id, remote_id, position, last_try,
                 last_success, last_error, fault)
               VALUES (:url, :title, :folder, :site_url, :account, :remote, :position, :checked,
                 iif(:error = '', :checked, NULL), :error, iif(:error = '', '', 'http'))
               ON CONFLICT (account_id, remote_id) WHERE account_id != 0 DO UPDATE SET
                 url = excluded.url, title = excluded.title, folder = excluded.folder,
                 site_url = excluded.site_url, position = excluded.position, subscribed = 1,
                 vanished_at = NULL, last_try = excluded.last_try, last_error = excluded.last_error,
                 last_success = coalesce(excluded.last_success, last_success), fault = excluded.fault""",
            [_row(account, feed, urls[feed.id], place) for place, feed in enumerate(feeds)],
        )
        self._appearances.reassign(hidden)
        self._forget_vanished(account.id, now)
        return self.feeds(account.id)

    def feeds(self, account_id: int) -> dict[str, int]:
        """Map ids on the server to the numbers of an account's feeds."""
        sql = "SELECT remote_id, id FROM feed WHERE account_id = ? AND subscribed"
        return self._mapping(sql, (account_id,))

    def place(self, feed_id: int) -> tuple[int, str] | None:
        """Return a feed's account and its id on the server, None for a local feed."""
        sql = "SELECT account_id, remote_id FROM feed WHERE id = ? AND account_id != 0"
        place: tuple[int, str] | None = self._conn.execute(sql, (feed_id,)).fetchone()
        return place

    def agreement(self, account: AccountState, feeds: Sequence[RemoteFeed]) -> tuple[int, int]:
        """Count the feeds of a list whose address or title is stored under their id, and all stored feeds."""
        known = {feed.remote_id: feed for feed in self._known(account.id) if not feed.has_vanished}
        same = [
            feed
            for feed in feeds
            if (stored := known.get(feed.id))
            and (stored.title == feed.title or stored.url == address(account.name, feed.url))
        ]
        return len(same), len(known)

    def forget(self, account_id: int, now: int) -> None:
        """Drop the ids of another server: feeds are recognised by their addresses, entries by articles."""
        self._remote.forget_account(account_id)
        self._appearances.free_guids(account_id)
        self._conn.execute("UPDATE account SET progress = '' WHERE id = ?", (account_id,))
        sql = """UPDATE feed SET subscribed = 0, vanished_at = coalesce(vanished_at, ?1),
                   remote_id = 'feed ' || id WHERE account_id = ?2"""
        self._conn.execute(sql, (now, account_id))

    def _known(self, account_id: int) -> list[KnownFeed]:
        sql = """SELECT id, remote_id, url, title, vanished_at IS NOT NULL AS has_vanished FROM feed
                 WHERE account_id = ? ORDER BY id"""
        return self._values(KnownFeed, sql, (account_id,), has_vanished=bool)

    def _renumber(self, matched: Mapping[str, int], before: Sequence[KnownFeed]) -> None:
        """Store the ids of recognised feeds, and take them from any other feed."""
        ids = {feed_id: remote_id for remote_id, feed_id in matched.items()}
        moved = [feed for feed in before if feed.remote_id != ids.get(feed.id, feed.remote_id)]
        freed = [feed for feed in before if feed.id not in ids and feed.remote_id in matched]
        for feed in (*moved, *freed):
            self._conn.execute("UPDATE feed SET remote_id = 'feed ' || id WHERE id = ?", (feed.id,))
        for feed in moved:
            self._conn.execute("UPDATE feed SET remote_id = ? WHERE id = ?", (ids[feed.id], feed.id))
            if feed.has_vanished:  # its entries have new ids as well
                self._remote.forget_feed(feed.id)

    def _free_addresses(self, account: AccountState, urls: Mapping[str, str]) -> None:
        sql = """UPDATE feed SET url = url || '#' || id WHERE url = ?1
                 AND NOT (account_id = ?2 AND remote_id = ?3)"""
        self._conn.executemany(sql, [(url, account.id, remote_id) for remote_id, url in urls.items()])

    def _forget_vanished(self, account_id: int, now: int) -> None:
        """Drop the entries of feeds that vanished long ago; their articles stay."""
        for feed_id in self._column(
            "SELECT id FROM feed WHERE account_id = ? AND vanished_at <= ?", (account_id, now - KEPT)
        ):
            self._remote.forget_feed(feed_id)


_PENDING = """SELECT count(*) FROM remote_entry r JOIN feed f ON f.id = r.feed_id AND f.vanished_at IS NULL
  WHERE r.account_id = account.id AND r.pending != 0 AND r.misses = 0"""
_MISSING = """SELECT count(*) FROM remote_entry
  WHERE account_id = account.id AND missing_since IS NOT NULL AND misses != 0"""
_STATE = f"""SELECT id, account.name, url, user, software, progress, tried_at, synced_at, next_try, error,
  hint, refusal, streak, asks, ({_PENDING} AND refused = '') AS pending,
  ({_PENDING} AND refused != '') AS refused, ({_MISSING}) AS missing,
  iif(({_MISSING}), (SELECT count(*) FROM remote_entry WHERE account_id = account.id), 0) AS entries,
  coalesce(value, '{{}}') AS trouble
  FROM account LEFT JOIN fact ON fact.name = '{_TROUBLE}' || account.id"""


def _state(*, missing: int, entries: int, trouble: str, **columns: Any) -> AccountState:
    state = AccountState(**columns, **json.loads(trouble))
    if not missing:
        return state
    asks = f"the server no longer lists {missing:,} of {counted(entries, 'article')}"
    return replace(state, asks=f"{state.asks}; {asks}" if state.asks else asks)


def _row(account: AccountState, feed: RemoteFeed, url: str, place: int) -> dict[str, object]:
    return {
        "url": url,
        "title": title_of(feed),
        "folder": folder_of(account.name, feed.category),
        "site_url": feed.site_url,
        "account": account.id,
        "remote": feed.id,
        "position": FIRST_POSITION * account.id + place,
        "checked": feed.checked_at,
        "error": feed.error,
    }
