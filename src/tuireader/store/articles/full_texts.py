"""Full texts from the pages of articles, pages that are still to be fetched, and comments."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from tuireader.model import Thread
from tuireader.store.articles.revisions import Revisions
from tuireader.store.compression import Compression
from tuireader.store.feeds.feeds import FAR, Feeds
from tuireader.store.json_columns import thread_text
from tuireader.store.sql import Part, id_list, number_list
from tuireader.text import plain

_DUE = f"t.next_try NOT BETWEEN ?1 + 1 AND ?1 + {FAR}"
_ASKED = "f.subscribed AND f.state != 'paused' AND NOT (f.fault = 'throttled' AND f.next_try > ?1)"
_WAITING_HOSTS = "page hosts"


class WaitingPage(Struct, frozen=True):
    """A page to fetch, and how often that has failed."""

    article_id: int
    feed_id: int
    title: str
    url: str
    tries: int


class FullTexts(Part):
    """Full texts and pages to fetch, one row for each article. Methods that write need a transaction.

    A row with `next_try` is a page to fetch at that time.
    """

    _compression: Compression
    _feeds: Feeds
    _revisions: Revisions

    def keep(self, article_id: int, html: str, base_url: str, now: int) -> None:
        """Store the text of a page; keep the previous one as a version if their words differ.

        Restores the content row of a purged article.
        """
        from tuireader.text import word_diff  # most refreshes fetch no page

        conn = self._conn
        sql = """SELECT a.title, t.html FROM article a LEFT JOIN full_text t ON t.article_id = a.id
                 WHERE a.id = ?"""
        title, old = conn.execute(sql, (article_id,)).fetchone()
        before = self._compression.decompress(old)
        if before and not word_diff.trivial(plain(before), plain(html)):
            self._revisions.keep(article_id, now, title, before, full=True)
        conn.execute(
            """INSERT OR REPLACE INTO full_text (article_id, at, html, base_url) VALUES (?, ?, ?, ?)""",
            (article_id, now, self._compression.compress(html), base_url),
        )
        conn.execute(
            "INSERT OR IGNORE INTO content (article_id, base_url, extra) VALUES (?, '', '{}')", (article_id,)
        )

    def page(self, article_id: int) -> tuple[str, str]:
        """Return the HTML of an article's page and the base address of its links, `""` if not fetched."""
        sql = "SELECT html, base_url FROM full_text WHERE article_id = ?"
        html, base_url = self._conn.execute(sql, (article_id,)).fetchone() or (None, "")
        return self._compression.decompress(html), base_url

    def has_content(self, article_id: int) -> bool:
        """Return whether an article is in the index: it has not been purged."""
        return self._value("SELECT 1 FROM content WHERE article_id = ?", (article_id,)) is not None

    def show(self, article_id: int, shown: bool) -> None:
        self._conn.execute("UPDATE full_text SET shown = ? WHERE article_id = ?", (int(shown), article_id))

    def expect(self, ids: Sequence[int], now: int) -> None:
        """Schedule pages to be fetched, unless they were fetched or scheduled before."""
        sql = """INSERT OR IGNORE INTO full_text (article_id, at, next_try)
                 SELECT id, ?2, ?2 FROM article WHERE id = ?1 AND url != ''"""
        self._conn.executemany(sql, [(article_id, now) for article_id in ids])

    def unplanned(self, feed_ids: Sequence[int], each: int) -> list[int]:
        """Return those of the newest `each` articles of feeds whose pages were never scheduled."""
        unplanned: list[int] = []
        for feed_id in feed_ids:
            unplanned += self._column(
                """SELECT n.id FROM (SELECT id, url FROM article WHERE feed_id = ? AND muted = 0
                                     ORDER BY time DESC, id DESC LIMIT ?) n
                   JOIN content c ON c.article_id = n.id
                   LEFT JOIN full_text t ON t.article_id = n.id WHERE n.url != '' AND t.article_id IS NULL""",
                (feed_id, each),
            )
        return unplanned

    def due(
        self, now: int, each: int, *, feeds: Collection[int] | None = None, without: Collection[int] = ()
    ) -> list[WaitingPage]:
        """Select the pages to fetch now, at most `each` of a feed, its newest articles first.

        Leaves out muted articles, feeds that asked us to wait, and the feeds in `without`.
        """
        some = "" if feeds is None else f"AND a.feed_id IN ({number_list(feeds)})"
        sql = f"""SELECT article_id, feed_id, title, url, tries FROM (
                    SELECT t.article_id, a.feed_id, a.title, a.url, t.tries, a.time,
                      row_number() OVER (PARTITION BY a.feed_id ORDER BY a.time DESC, a.id DESC) AS place
                    FROM full_text t JOIN article a ON a.id = t.article_id JOIN feed f ON f.id = a.feed_id
                    WHERE t.next_try IS NOT NULL AND {_DUE} AND a.muted = 0 AND {_ASKED} {some}
                      AND a.feed_id NOT IN ({number_list(without)}))
                  WHERE place <= ?2 ORDER BY place, time DESC"""
        return self._values(WaitingPage, sql, (now, each))

    def fail(self, article_id: int, reason: str, now: int, next_try: int | None = None) -> None:
        """Store why a page could not be fetched; keep an earlier text.

        Replaces a scheduled try by the next one; a page requested by hand has no next try.
        """
        sql = """INSERT INTO full_text (article_id, at, error, tries) VALUES (?1, ?2, ?3, 1)
                 ON CONFLICT (article_id) DO UPDATE SET error = ?3, tries = tries + 1,
                   next_try = iif(next_try IS NULL, NULL, ?4),
                   at = CASE WHEN html IS NULL THEN ?2 ELSE at END"""
        self._conn.execute(sql, (article_id, now, reason, next_try))

    def postpone(self, ids: Sequence[int], until: int) -> None:
        """Postpone pages that were not requested because their server asked us to wait."""
        self._conn.execute(
            "UPDATE full_text SET next_try = ?1 WHERE next_try < ?1 AND article_id IN"
            " (SELECT value FROM json_each(?2))",
            (until, id_list(ids)),
        )

    def waiting_hosts(self, now: int) -> dict[str, int]:
        """Map the servers of pages and feeds that asked us to wait to the end of the wait."""
        hosts: dict[str, int] = json.loads(self._store.fact(_WAITING_HOSTS) or "{}")
        for host, until in self._feeds.asked_to_wait(now).items():
            hosts[host] = max(until, hosts.get(host, 0))
        return {host: until for host, until in hosts.items() if now < until <= now + FAR}

    def wait_for_host(self, host: str, until: int, now: int) -> None:
        hosts = self.waiting_hosts(now)
        hosts[host] = max(until, hosts.get(host, 0))
        self._store.set_fact(_WAITING_HOSTS, json.dumps(hosts))

    def judged(self, feed_id: int, texts: str) -> None:
        """Store the kind of a feed's texts; forget planned pages if they would add nothing."""
        self._conn.execute("UPDATE feed SET texts = ? WHERE id = ?", (texts, feed_id))
        if texts == "same":
            sql = """UPDATE full_text SET next_try = NULL WHERE next_try IS NOT NULL
                     AND article_id IN (SELECT id FROM article WHERE feed_id = ?)"""
            self._conn.execute(sql, (feed_id,))

    def kinds(self, feed_ids: Collection[int]) -> Mapping[int, str]:
        return self._mapping(f"SELECT id, texts FROM feed WHERE id IN ({number_list(feed_ids)})")

    def shares(self, since: int) -> dict[int, tuple[str, int, int]]:
        """Return each feed's kind of texts, and how many pages were wanted and fetched `since` a time."""
        rows = self._conn.execute(
            """SELECT f.id, f.texts, count(t.article_id), count(t.html)
               FROM feed f LEFT JOIN article a ON f.texts = 'teasers' AND a.feed_id = f.id AND a.arrived >= ?
                 LEFT JOIN full_text t ON t.article_id = a.id
               WHERE f.texts != '' GROUP BY f.id""",
            (since,),
        )
        return {feed_id: (texts, wanted, fetched) for feed_id, texts, wanted, fetched in rows}

    def newest(self, feed_id: int, number: int, *, fetched: bool = False) -> list[int]:
        """Return the newest articles of a feed, with `fetched` only those whose pages were fetched."""
        only = "JOIN full_text t ON t.article_id = a.id AND t.html IS NOT NULL" if fetched else ""
        sql = f"SELECT a.id FROM article a {only} WHERE a.feed_id = ? ORDER BY a.time DESC, a.id DESC LIMIT ?"
        return self._column(sql, (feed_id, number))

    def keep_comments(self, article_id: int, thread: Thread) -> None:
        """Store the comments of an article, replacing earlier ones."""
        sql = "INSERT OR REPLACE INTO comments (article_id, at, packed) VALUES (?, ?, ?)"
        self._conn.execute(sql, (article_id, thread.at, self._compression.compress(thread_text(thread))))
