"""Killed while pages are watched or fetched: nothing is lost, no match doubled, nothing told twice."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.builders import item, opened, refreshed, rss
from tests.cli.command import Home, start_apart
from tests.processes import end_once, problems, rows
from tests.web import Answer, Request, Web, in_thread
from tests.workers import forked_workers as forked_workers
from tests.workers import prepare

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("forked_workers")]

PAGES = 12
KILLS = int(os.environ.get("TUIREADER_KILLS", "2"))
TEASER = "<p>The ferry crossed the harbour in the morning fog, the council said on Tuesday …</p>"
STORY = f"<article>{TEASER}<p>A quokka was on board and nobody had paid for it, says the captain of it.</p>"
NOTICES = "<title>Pier {}</title><nav>{}</nav><main><p>Tickets are sold at the quay.</p>{}</main>"
HTML = {"Content-Type": "text/html"}
MORE = """
[[watch]]
name = "Quokka"
any = ["quokka"]
notify = "article"
[notify]
desktop = false
command = ["sh", "-c", "(cat; echo) >> 'told.jsonl'"]
"""


class Quay:
    """A server of watched pages and of pages of articles, which answers only so many until all are `free`."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.free = math.inf
        for n in range(PAGES):
            web.handle(f"/{n}", partial(self._answer, STORY))
        entries = [item(str(n), f"Ferry {n}", TEASER, url=f"{web.url}/{n}") for n in range(PAGES)]
        web.serve("/feed", rss("The Quay", entries))

    def notices(self, news: str) -> None:
        """Serve the watched pages; their menus are not watched."""
        for n in range(PAGES):
            self.web.handle(f"/pier{n}", partial(self._answer, NOTICES.format(n, news, news)))

    def _answer(self, page: str, request: Request) -> Answer:
        self.free -= 1
        return Answer(page.encode(), headers=HTML, latency=0 if self.free >= 0 else 60)


@pytest.fixture(scope="module")
def quay() -> Iterator[Quay]:
    with in_thread() as server:
        yield Quay(server)


async def base(folder: Path, quay: Quay) -> Home:
    """Watch the pages for a first time, then subscribe to a feed of teasers as well; all pages change."""
    folder.mkdir()
    quay.notices("")
    text = "".join(
        f'[[feeds]]\nurl = "{quay.web.url}/pier{n}"\nkind = "page"\nselect = "main"\n' for n in range(PAGES)
    )
    async with opened(folder, text) as library:
        await refreshed(library)
    quay.notices("<p>A quokka waits for the ferry.</p>")
    home = Home(folder)
    home.config.write_text(f'{text}[[feeds]]\nurl = "{quay.web.url}/feed"\n', encoding="utf-8")
    return home


async def test_a_refresh_with_pages_may_be_killed_at_any_moment(quay: Quay, tmp_path: Path) -> None:
    prepare("tuireader.subprocesses.jobs")  # for the workers of the programs that are started here
    first = await base(tmp_path / "base", quay)
    half_way: Counter[str] = Counter()
    for number in range(KILLS):
        home = Home(tmp_path / str(number))
        shutil.copytree(first.folder, home.folder)
        told = home.folder / "told.jsonl"
        with home.config.open("a", encoding="utf-8") as file:
            file.write(MORE.replace("told.jsonl", str(told)))
        quay.web.requests.clear()
        quay.free = (2 * number + 1) * PAGES // KILLS  # feeds first, then full texts
        child = start_apart(home, "refresh", "--json")
        assert child.stdout is not None
        steps, wanted = 0, quay.free + (quay.free > PAGES)  # the feed of teasers is always answered
        while steps < wanted:
            steps += json.loads(child.stdout.readline())["event"] in ("feed", "text")
        # of a few ends, the last one is in the midst of storing texts; of many, some are by chance
        comes_late = KILLS <= 2 and quay.free > PAGES
        end_once(child, lambda: not comes_late or rows(home.database, STORED)[0][0] > 0)  # noqa: B023
        quay.free = math.inf
        assert problems(home.database) == []
        ((texts, changes),) = rows(home.database, STORED)
        half_way["texts"] += 0 < texts < PAGES
        half_way["changes"] += 0 < changes < PAGES
        assert start_apart(home, "refresh", "--json").communicate()[0]
        assert problems(home.database) == []
        assert rows(home.database, STORED) == [(PAGES, PAGES)]
        matches = rows(home.database, "SELECT article_id FROM match")
        assert len(matches) == len(set(matches)) == 2 * PAGES
        lines = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines() if line]
        counts = Counter(article["id"] for line in lines for article in line["articles"])
        assert len(counts) == 2 * PAGES and set(counts.values()) == {1}
        asked = Counter(request.path for request in quay.web.requests if request.path[1:].isdigit())
        assert max(asked.values()) <= 2 and asked.total() <= PAGES + 4  # only what was on its way
    assert all(half_way[part] >= 0.25 * KILLS for part in ("texts", "changes")), half_way


STORED = """SELECT (SELECT count(*) FROM full_text WHERE html IS NOT NULL),
  (SELECT count(*) FROM article WHERE title LIKE '% changed (+1 line): A quokka waits for the ferry.')"""
