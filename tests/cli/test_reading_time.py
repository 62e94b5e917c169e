"""Reading times on the command line: JSON, expressions, watches, and databases of older versions."""

from __future__ import annotations

import json
import time
from contextlib import closing

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.store.test_migrations import go_back
from tests.web import Web
from tuireader.errors import Exit
from tuireader.store import Store
from tuireader.store.upkeep.older_versions import Missing

WATCH = """
[[watch]]
name = "Short"
query = "reading_time:<=2 news"
"""
TIMES = {"Short": 1, "中文": 6, "Long": 10, "No text": 0}


@pytest.fixture
def shelf(home: Home, run: Run, web: Web) -> None:
    now = int(time.time())
    texts = ("<p>news</p>", f"<p>{'新闻' * 1500}</p>", f"<p>{'news ' * 2400}</p>", "")
    items = [
        item(title, title, text, time=now - 60 * n)
        for n, (title, text) in enumerate(zip(TIMES, texts, strict=True))
    ]
    subscribe(home, web.serve("/f", rss("News", items)), more=f"full_text = false\n{WATCH}")
    assert run("refresh").code == Exit.OK


def listed(run: Run, *words: str) -> dict[str, int]:
    lines = map(json.loads, run("list", "--json", *words).out.splitlines())
    return {line["title"]: line["reading_time"] for line in lines}


@pytest.mark.usefixtures("shelf")
def test_they_are_printed_and_chosen_by(run: Run) -> None:
    assert listed(run) == TIMES
    numbers = [json.loads(line)["id"] for line in run("list", "--json").out.splitlines()]
    shown = [json.loads(run("show", "--json", str(number)).out)["reading_time"] for number in numbers]
    assert shown == list(TIMES.values())
    assert set(listed(run, "reading_time:<6")) == {"Short"}
    assert set(listed(run, "reading_time:<=6")) == {"Short", "中文"}
    assert set(listed(run, "NOT reading_time:<6")) == {"中文", "Long", "No text"}
    assert set(listed(run, "(reading_time:>6 OR title:/^中/) -title:Short")) == {"中文", "Long"}
    assert set(listed(run, "watch:Short")) == {"Short"}
    refused = run("list", "reading_time:short")
    assert refused.code == Exit.USAGE and "in minutes" in refused.err


@pytest.mark.usefixtures("shelf")
def test_a_database_of_an_older_version_gets_them_with_the_next_refresh(home: Home, run: Run) -> None:
    with closing(Store.open(home.database)) as store, store.transaction():
        store.conn.execute("DELETE FROM fact WHERE name = ?", (Missing.READING_TIMES,))
        go_back(store.conn, 12)
    assert listed(run) == dict.fromkeys(TIMES, 0)
    assert run("refresh").code == Exit.OK
    assert listed(run) == TIMES
