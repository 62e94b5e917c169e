"""Queue of downloads. Rows are kept when a file is complete, until the user removes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tuireader.model import Download, DownloadState, Enclosure
from tuireader.store.sql import FEED_TITLE, Part, number_list

_ROWS = f"""SELECT d.id, d.article_id, d.url, d.type, a.title, {FEED_TITLE}, d.state, d.received, d.length,
    d.path, d.error, a.time, d.validator
  FROM download d JOIN article a ON a.id = d.article_id JOIN feed f ON f.id = a.feed_id"""


class Downloads(Part):
    """Downloads in the order in which they were added. Methods that write need a transaction."""

    def add(self, article_id: int, files: Iterable[Enclosure], now: int) -> list[int]:
        """Queue files of an article; failed and cancelled ones are requeued. Returns their ids."""
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
        """Return some or all downloads."""
        where = "" if ids is None else f" WHERE d.id IN ({number_list(ids)})"
        rows = self._conn.execute(f"{_ROWS}{where} ORDER BY d.id")
        return [_download(row) for row in rows]

    def paths(self, url: str) -> list[str]:
        """Return the complete files of an address."""
        return self._column("SELECT path FROM download WHERE url = ? AND state = 'done'", (url,))

    def take(self) -> Download | None:
        """Mark the next waiting download as running and return it; None if none waits."""
        taken = self._value(
            """UPDATE download SET state = 'running', error = '' WHERE id =
                 (SELECT id FROM download WHERE state = 'waiting' ORDER BY id LIMIT 1) RETURNING id"""
        )
        return self.all([taken])[0] if taken is not None else None

    def interrupted(self) -> None:
        """Requeue downloads whose process ended early."""
        self._conn.execute("UPDATE download SET state = 'waiting' WHERE state = 'running'")

    def start(self, download_id: int, path: str, validator: str, length: int | None) -> None:
        """Store name, size and version of a file as its server announces them; the feed may be wrong."""
        self._conn.execute(
            "UPDATE download SET path = ?, validator = ?, length = ? WHERE id = ?",
            (path, validator, length, download_id),
        )

    def progress(self, download_id: int, received: int) -> bool:
        """Store the number of bytes received; return False if the download was cancelled."""
        sql = "UPDATE download SET received = ? WHERE id = ? AND state = 'running' RETURNING id"
        return self._value(sql, (received, download_id)) is not None

    def finish(self, download_id: int, path: str, received: int, now: int) -> None:
        """Store that a file is complete."""
        self._conn.execute(
            """UPDATE download SET state = 'done', path = ?, received = ?, length = ?, ended_at = ?,
                 error = '' WHERE id = ?""",
            (path, received, received, now, download_id),
        )

    def fail(self, download_id: int, reason: str, now: int) -> None:
        """Store why a running download failed."""
        self._conn.execute(
            """UPDATE download SET state = 'failed', error = ?, ended_at = ?, tries = tries + 1
               WHERE id = ? AND state = 'running'""",
            (reason, now, download_id),
        )

    def retry(self, ids: Sequence[int]) -> None:
        """Requeue failed and cancelled downloads."""
        self._conn.execute(
            f"""UPDATE download SET state = 'waiting', error = ''
                WHERE state IN ('failed', 'cancelled') AND id IN ({number_list(ids)})"""
        )

    def cancel(self, ids: Sequence[int]) -> None:
        """Stop waiting and running downloads; what was received is kept, to resume."""
        self._conn.execute(
            f"""UPDATE download SET state = 'cancelled'
                WHERE state IN ('waiting', 'running') AND id IN ({number_list(ids)})"""
        )

    def any_unfinished(self) -> bool:
        """Return whether any download is waiting or running, or was when its process ended early."""
        return self._value("SELECT 1 FROM download WHERE state IN ('waiting', 'running')") is not None

    def remove(self, ids: Sequence[int]) -> list[str]:
        """Remove downloads that are not running from the queue; return the addresses of incomplete ones."""
        rows = self._conn.execute(
            f"""DELETE FROM download WHERE state != 'running' AND id IN ({number_list(ids)})
                RETURNING url, state"""
        ).fetchall()
        return [url for url, state in rows if state != DownloadState.DONE]


def _download(row: Sequence[Any]) -> Download:
    return Download(*[*row[:6], DownloadState(row[6]), *row[7:]])
