"""Queue of downloads. Rows are kept when a file is complete, until the user removes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tuireader.model import Download, DownloadState, Enclosure
from tuireader.store.sql import FEED_TITLE, Part, number_list

_ROWS = f"""SELECT d.id, d.article_id, d.url, d.type, a.title, {FEED_TITLE} AS feed, d.state, d.received,
    d.length, d.path, d.error, a.time, d.validator
  FROM download d JOIN article a ON a.id = d.article_id JOIN feed f ON f.id = a.feed_id"""


class Downloads(Part):
    """The download queue, oldest first. Methods that write need a transaction."""

    def add(self, article_id: int, files: Iterable[Enclosure], now: int) -> list[int]:
        """Queue files of an article and return their ids; failed and cancelled ones are requeued."""
        return [
            self._value(
                """INSERT INTO download (article_id, url, type, length, added_at) VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT (article_id, url) DO UPDATE SET error = '',
                     state = iif(state IN ('failed', 'cancelled'), 'waiting', state) RETURNING id""",
                (article_id, file.url, file.type, file.length, now),
            )
            for file in files
        ]

    def all(self, ids: Sequence[int] | None = None) -> list[Download]:
        where = "" if ids is None else f" WHERE d.id IN ({number_list(ids)})"
        return self._values(Download, f"{_ROWS}{where} ORDER BY d.id", state=DownloadState)

    def paths(self, url: str) -> list[str]:
        return self._column("SELECT path FROM download WHERE url = ? AND state = 'done'", (url,))

    def take(self) -> Download | None:
        """Start the next waiting download and return it; None if none waits."""
        sql = """UPDATE download SET state = 'running', error = '' WHERE id =
                   (SELECT id FROM download WHERE state = 'waiting' ORDER BY id LIMIT 1) RETURNING id"""
        taken = self._value(sql)
        return self.all([taken])[0] if taken is not None else None

    def interrupted(self) -> None:
        """Requeue downloads whose process ended early."""
        self._conn.execute("UPDATE download SET state = 'waiting' WHERE state = 'running'")

    def start(self, download_id: int, path: str, validator: str, length: int | None) -> None:
        """Store name, size and version of a file as its server announces them; the feed may be wrong."""
        sql = "UPDATE download SET path = ?, validator = ?, length = ? WHERE id = ?"
        self._conn.execute(sql, (path, validator, length, download_id))

    def progress(self, download_id: int, received: int) -> bool:
        """Store the number of bytes received; return False if the download was cancelled."""
        sql = "UPDATE download SET received = ? WHERE id = ? AND state = 'running' RETURNING id"
        return self._value(sql, (received, download_id)) is not None

    def finish(self, download_id: int, path: str, received: int, now: int) -> None:
        sql = """UPDATE download SET state = 'done', path = ?, received = ?, length = ?, ended_at = ?,
                   error = '' WHERE id = ?"""
        self._conn.execute(sql, (path, received, received, now, download_id))

    def fail(self, download_id: int, reason: str, now: int) -> None:
        """Mark a running download as failed, with the reason for the user."""
        sql = """UPDATE download SET state = 'failed', error = ?, ended_at = ?, tries = tries + 1
                 WHERE id = ? AND state = 'running'"""
        self._conn.execute(sql, (reason, now, download_id))

    def retry(self, ids: Sequence[int]) -> None:
        sql = f"""UPDATE download SET state = 'waiting', error = ''
                  WHERE state IN ('failed', 'cancelled') AND id IN ({number_list(ids)})"""
        self._conn.execute(sql)

    def cancel(self, ids: Sequence[int]) -> None:
        """Stop waiting and running downloads; keep what was received, to resume."""
        sql = f"""UPDATE download SET state = 'cancelled'
                  WHERE state IN ('waiting', 'running') AND id IN ({number_list(ids)})"""
        self._conn.execute(sql)

    def any_unfinished(self) -> bool:
        """Return whether a download waits or runs, or ran when its process ended early."""
        return self._value("SELECT 1 FROM download WHERE state IN ('waiting', 'running')") is not None

    def remove(self, ids: Sequence[int]) -> list[str]:
        """Remove downloads that are not running; return the addresses of incomplete ones."""
        sql = f"""DELETE FROM download WHERE state != 'running' AND id IN ({number_list(ids)})
                  RETURNING url, state"""
        return [url for url, state in self._conn.execute(sql).fetchall() if state != DownloadState.DONE]
