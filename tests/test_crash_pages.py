"""Killed while pages are fetched: no full text is lost, no match doubled, nothing told twice."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, start_apart, subscribe
from tests.processes import end_once, problems, rows
from tests.web import Web, in_thread

pytestmark = pytest.mark.slow

PAGES = 12
KILLS = int(os.environ.get("TUIREADER_KILLS", "2"))
TEASER = "<p>The ferry crossed the harbour in the morning fog, the council said on Tuesday …</p>"
STORY = f"<article>{TEASER}<p>A quokka was on board and nobody had paid for it, says the captain of it.</p>"
MORE = """
[[watch]]
name = "Quokka"
any = ["quokka"]
notify = "article"
[notify]
desktop = false
command = ["sh", "-c", "(cat; echo) >> '{}'"]
"""


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with in_thread() as server:
        entries = [item(str(n), f"Ferry {n}", TEASER, url=f"{server.url}/{n}") for n in range(PAGES)]
        server.serve("/feed", rss("The Quay", entries))
        for n in range(PAGES):
            server.serve(f"/{n}", STORY, headers={"Content-Type": "text/html"}, latency=0.02)
        yield server


def test_fetching_pages_may_be_killed_at_any_moment(web: Web, tmp_path: Path) -> None:
    half_way = 0
    for number in range(KILLS):
        home = Home(tmp_path / str(number))
        home.folder.mkdir()
        told = home.folder / "told.jsonl"
        subscribe(home, f"{web.url}/feed", more=MORE.replace("{}", str(told)))
        child = start_apart(home, "refresh", "--json")
        assert child.stdout is not None
        texts, wanted = 0, (number + 1) * PAGES // (KILLS + 1)
        while texts < wanted:
            texts += json.loads(child.stdout.readline())["event"] == "text"
        end_once(child, lambda: True)
        assert problems(home.database) == []
        (stored,) = rows(home.database, "SELECT count(*) FROM full_text WHERE html IS NOT NULL")
        half_way += 0 < stored[0] < PAGES
        assert start_apart(home, "refresh", "--json").communicate()[0]
        assert problems(home.database) == []
        matches = rows(home.database, "SELECT article_id FROM match")
        assert len(matches) == len(set(matches)) == PAGES
        lines = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines() if line]
        counts = Counter(article["id"] for line in lines for article in line["articles"])
        assert len(counts) == PAGES and set(counts.values()) == {1}
        asked = Counter(request.path for request in web.requests if request.path != "/feed")
        web.requests.clear()
        assert max(asked.values()) <= 2 and asked.total() <= PAGES + 4  # only what was on its way
    assert half_way >= 0.6 * KILLS
