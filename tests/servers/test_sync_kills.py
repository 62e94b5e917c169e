"""Syncs of the command are killed around their requests: nothing is lost or taken back."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

from tests.processes import passed_on, problems, rows, start
from tests.servers.fake import TOKEN, Call
from tests.servers.fake_miniflux import FakeMiniflux

ENTRIES = 12
FIRST, LATER = (4, 5, 2, 3), (2, 3, 2, 3, 4)
"""Requests, from 1, that list feeds, send marks or fetch pages."""


class Killer:
    """Kill the program at one of its requests, before or after the server processes it."""

    def __init__(self, server: FakeMiniflux, folder: Path) -> None:
        self.server, self.database = server, folder / "news.db"
        config = folder / "config.toml"
        config.write_text(
            f'[[account]]\nname = "home"\nkind = "miniflux"\nurl = "{server.url}"\ntoken = "{TOKEN}"\n'
        )
        self._words = ["--config", str(config), "--database", str(self.database), "sync", "-q"]

    def sync(self, at: int = 0) -> bool:
        """Sync, and end the program at the request with this number, from 1; return whether it was killed.

        Even ones are not processed; odd ones are, but their answers are lost.
        """
        left, starting = [at], threading.Lock()

        def kill(_: Call) -> None:
            left[0] -= 1
            if left[0] == 0:
                with starting:
                    child.kill()
                    child.wait()

        self.server.before, self.server.after = (None, kill) if at % 2 else (kill, None)
        home = passed_on() | {"HOME": str(self.database.parent)}
        with starting:
            child = start(self._words, home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        code = child.wait(60)
        self.server.before = self.server.after = None
        assert code in (0, -signal.SIGKILL)
        return code != 0

    def mark(self, mark: str, value: bool, like: str) -> None:
        """Mark articles by their titles; triggers of the database do what the program relies on."""
        with closing(sqlite3.connect(self.database)) as db, db:
            db.execute(f"UPDATE article SET {mark} = ? WHERE title LIKE ?", (value, like))


def test_a_sync_may_be_killed_at_any_request(tmp_path: Path) -> None:
    with FakeMiniflux("2.3.2") as server:
        feed = server.add_feed("News")
        entries = [
            server.add_entry(feed, f"Entry {n:02}", read=n % 3 == 0, starred=n % 4 == 0)
            for n in range(ENTRIES)
        ]
        killer = Killer(server, tmp_path)
        assert all(killer.sync(number) for number in FIRST)
        killer.sync()
        killer.mark("read", True, "Entry 0%")
        killer.mark("starred", False, "%")
        server.mark(entries[11], read=True)
        assert all(killer.sync(number) for number in LATER)
        killer.sync()
        found = rows(killer.database, "SELECT title, read, starred FROM article ORDER BY title")
        assert found == [(one.title, int(one.read), int(one.starred)) for one in entries]
        assert [one.read for one in entries[:10]] == [True] * 10 and entries[11].read
        assert not any(one.starred for one in entries)
        assert rows(killer.database, "SELECT count(*) FROM remote_entry WHERE pending != 0") == [(0,)]
        assert problems(killer.database) == []
