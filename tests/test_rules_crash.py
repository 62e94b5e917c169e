"""Killed at any point while articles arrive: each is stored with all that its rules do, once, or not at all.

TUIREADER_RULES sets the number of kills and of articles: `20x500`.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
from collections import Counter
from pathlib import Path
from subprocess import DEVNULL

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, run_apart, subscribe
from tests.processes import after_steps, ended, problems, rows, start
from tests.web import Web
from tuireader.errors import Exit

pytestmark = pytest.mark.slow

KILLS, ARTICLES = map(int, os.environ.get("TUIREADER_RULES", "2x50").split("x"))
FEEDS = 5
THEN = {
    2: ("star", "label:even"),
    3: ("read",),
    4: ("channel:journal",),
    5: ("mute",),
    7: ("run:archive",),
    11: ("save", "label:eleven"),
}
"""What is done with each second, third … article."""
MARKS = """SELECT a.title, a.read, a.starred, a.muted,
  (SELECT group_concat(l.name, ' ') FROM article_label x JOIN label l ON l.id = x.label_id
   WHERE x.article_id = a.id ORDER BY l.name), (SELECT group_concat(r.action, ' ')
   FROM (SELECT action FROM rule_action WHERE article_id = a.id ORDER BY action) r),
  (SELECT count(*) FROM outbox o WHERE o.subject = a.id) FROM article a WHERE a.title != 'Old'"""


def actions(number: int) -> list[str]:
    return sorted(action for each, then in THEN.items() if number % each == 0 for action in then)


def marked(home: Home) -> int:
    """Check that each stored article has all that rules do with it, once; return how many there are."""
    stored = rows(home.database, MARKS)
    for title, read, starred, muted, labels, taken, sent in stored:
        number = int(title.removeprefix("Number "))
        expected = actions(number)
        assert (taken or "").split() == expected, number
        assert (read, starred, muted) == (number % 3 == 0, number % 2 == 0, number % 5 == 0)
        assert set((labels or "").split()) == {name[6:] for name in expected if name.startswith("label:")}
        assert sent == sum(name.startswith(("channel:", "run:", "save")) for name in expected)
    return len(stored)


def begin(home: Home, web: Web) -> None:
    """Subscribe to feeds, and fetch them once."""
    archive = f"(cat; echo) >> {shlex.quote(str(home.folder / 'archive'))}"
    rules = "".join(
        f'[[rule]]\nname = "each {each}"\nquery = "by{each}"\nthen = {json.dumps(then)}\n'
        for each, then in THEN.items()
    )
    more = f"""
[fetch]
proxies = false
[save]
folder = "saved"
[[channel]]
name = "journal"
file = "journal"
[[program]]
name = "archive"
command = {json.dumps(["sh", "-c", archive])}
"""
    old = item("old", "Old")
    urls = [
        web.serve(f"/{feed}", rss(f"Feed {feed}", [old.replace("old", f"old{feed}")]))
        for feed in range(FEEDS)
    ]
    subscribe(home, *urls, more=more + rules)
    home.config.write_text(home.config.read_text().replace('"\n[[feeds]]', '"\nfull_text = false\n[[feeds]]'))
    assert run_apart(home, "refresh", "--quiet").code == Exit.OK


def publish(web: Web, count: int) -> None:
    """Publish so many articles, each in one of the feeds."""
    for feed in range(FEEDS):
        entries = [
            item(
                str(number), f"Number {number}", " ".join(f"by{each}" for each in THEN if number % each == 0)
            )
            for number in range(feed + 1, count + 1, FEEDS)
        ]
        web.serve(f"/{feed}", rss(f"Feed {feed}", entries))


def killed(home: Home, chance: random.Random) -> None:
    """Refresh, killed at a step of SQLite: before or after the commit, or while it sends.

    A refresh that ends before that step is taken back.
    """
    before = home.folder.with_name("before")
    steps = int(5 * 2 ** chance.uniform(0, 7))
    while True:
        shutil.copytree(home.folder, before)
        with start(
            home.arguments("refresh", "--quiet"),
            home.environment(),
            before=after_steps(steps),
            stderr=DEVNULL,
        ) as child:
            assert ended(child, 60)
        if child.returncode == -signal.SIGKILL:
            shutil.rmtree(before)
            return
        assert child.returncode == Exit.OK
        shutil.rmtree(home.folder)
        before.rename(home.folder)
        steps = steps * 2 // 3


def lines(file: Path) -> list[dict[str, object]]:
    written = file.read_text("utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in written if line.endswith("}")]


def test_rules_act_once_with_each_article_and_undo_takes_it_back(web: Web, tmp_path: Path) -> None:
    home, chance = Home(tmp_path / "home"), random.Random(35)
    home.folder.mkdir()
    begin(home, web)
    seen = []
    for wave in range(1, KILLS + 1):
        publish(web, ARTICLES * wave // KILLS)
        killed(home, chance)
        states = rows(home.database, "SELECT state, count(*) FROM outbox GROUP BY state")
        seen.append((marked(home), *states))
    waiting = "SELECT count(*) FROM outbox WHERE state NOT IN ('accepted', 'dropped')"
    assert run_apart(home, "refresh", "--quiet").code == Exit.OK
    assert rows(home.database, waiting) == [(0,)] and marked(home) == ARTICLES
    assert problems(home.database) == []
    for file, each in (("journal", 4), ("archive", 7)):
        got: Counter[str] = Counter()
        for message in lines(home.folder / file):
            for article in message["articles"]:  # type: ignore[attr-defined]
                assert message["repeated"] or not got[article["title"]], "repeated without a mark"
                got[article["title"]] += 1
        sent = {f"Number {number}" for number in range(1, ARTICLES + 1) if number % each == 0}
        # the channel is not told what a rule mutes
        muted = {f"Number {number}" for number in range(1, ARTICLES + 1) if number % 5 == 0}
        assert set(got) == (sent - muted if file == "journal" else sent)
    assert len(list((home.folder / "saved").glob("*.md"))) == ARTICLES // 11
    undone = 0
    while "nothing to undo" not in run_apart(home, "undo").err:
        undone += 1
    plain = """SELECT count(*) FROM article WHERE read OR starred OR muted
               OR id IN (SELECT article_id FROM article_label)"""
    assert rows(home.database, plain) == [(0,)] and undone >= 1
    print(*seen, undone, sep="\n")
