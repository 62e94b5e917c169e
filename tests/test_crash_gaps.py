"""Killed while a gap is being filled: nothing is lost, doubled or told twice."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.builders import Clock, refreshed
from tests.cli.command import Home, start_apart, subscribe
from tests.processes import end_once, problems, rows
from tests.test_gaps import Journal, noted
from tests.web import in_thread
from tuireader.config import Paths, load
from tuireader.library import Library
from tuireader.model import NewMatch
from tuireader.model.events import decode

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("TUIREADER_KILLS", "2"))
NEW = 55
TOLD = "told.jsonl"
MORE = f"""
[[watch]]
name = "Comet"
any = ["comet"]
notify = "article"
[notify]
desktop = false
command = ["sh", "-c", "(cat; echo) >> FOLDER/{TOLD}"]
"""


async def opened(home: Home) -> Library:
    config, found = load(home.config)
    assert found == ()
    return await Library.open(config, Paths(home.config, home.database, home.folder, home.folder))


def told(home: Home) -> list[int]:
    """The articles of all notifications."""
    file = home.folder / TOLD
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [article["id"] for line in lines if line for article in json.loads(line)["articles"]]


async def test_filling_a_gap_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    with in_thread() as web:
        journal = Journal(web, "next", Clock(time.time() - 3 * 86_400))
        journal.publish(15)
        base = Home(tmp_path / "base")
        base.folder.mkdir(exist_ok=True)
        subscribe(base, journal.url, more=MORE.replace("FOLDER", str(base.folder)))
        library = await opened(base)
        await refreshed(library)
        await library.close()
        (base.folder / TOLD).unlink()
        journal.publish(NEW, 60)
        web.latency = 0.03  # a kill between two pages
        goes_on = 0
        for number in range(KILLS):
            home = Home(tmp_path / str(number))
            shutil.copytree(base.folder, home.folder, dirs_exist_ok=True)
            text = home.config.read_text(encoding="utf-8")
            home.config.write_text(text.replace(str(base.folder), str(home.folder)), encoding="utf-8")
            child = start_apart(home, "refresh", "--json")
            assert child.stdout is not None
            matched: list[str] = []
            for _ in range(8 + 24 * number // KILLS):
                event = decode(child.stdout.readline().decode())
                matched += [event.title] if isinstance(event, NewMatch) else []
            end_once(child, lambda: True)
            assert problems(home.database) == []
            ((page, closed),) = rows(home.database, "SELECT page, closed_at FROM gap")
            goes_on += page != "" and closed is None
            before = {title for (title,) in rows(home.database, "SELECT title FROM article")}
            asked = len(web.requests)
            library = await opened(home)
            events = await refreshed(library)
            await library.close()
            if closed is None:
                (gap,) = noted(events)
                assert gap.closed and gap.filled == NEW - 10
                pages = [request.path for request in web.requests[asked:] if "paged" in request.path]
                assert pages[0].endswith(page.rpartition("?")[2])  # not from the start
            titles = [title for (title,) in rows(home.database, "SELECT title FROM article")]
            assert Counter(titles) == Counter(f"Entry {at}" for at in range(5, 15 + NEW))
            assert before <= set(titles)
            hits = {title for (title,) in rows(home.database, HITS)}
            assert hits == {f"Entry {at}" for at in range(5, 15 + NEW) if at % 2}
            assert max(Counter(told(home)).values()) == 1
            new = rows(home.database, f"{HITS} WHERE CAST(substr(a.title, 7) AS INTEGER) >= 15")
            assert len(told(home)) == len(new)
        assert goes_on


HITS = "SELECT a.title FROM match m JOIN article a ON a.id = m.article_id"
