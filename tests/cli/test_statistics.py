"""`tuireader stats`: columns in 80 cells, JSON for programs."""

from __future__ import annotations

import json
import time

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Web
from tuireader.errors import Exit
from tuireader.text import cell_len

NAME = "微信支付观察与一个非常长的名字放不进一列"


def entries(number: int) -> bytes:
    """Entries of the last hours."""
    now = int(time.time())
    return rss(NAME, [item(f"{n}", f"WeChat {n}", time=now - 60 * n) for n in range(number)])


def test_lines_fit_into_a_terminal_and_a_marked_list_was_not_opened(home: Home, run: Run, web: Web) -> None:
    watch = '[[watch]]\nname = "WeChat"\nany = ["WeChat"]\n'
    subscribe(home, web.serve("/feed", entries(4)), web.serve("/other", rss("Quiet", [])), more=watch)
    assert run("refresh").code == Exit.OK
    heads, feed, quiet, matches = run("stats").out.splitlines()
    assert heads.split() == ["A", "day", "Last", "30", "days", "Opened", "First"]
    assert feed.startswith("微信支付观察") and feed.endswith("never") and "…" in feed
    assert quiet.startswith("Quiet ") and quiet.endswith("–") and matches.startswith("◆ WeChat ")
    assert {cell_len(line[: line.index("  ▁")]) for line in (feed, quiet, matches)} == {31}
    assert max(map(cell_len, (heads, feed, quiet, matches))) <= 80
    assert run("read", "WeChat").code == Exit.OK
    lines = run("stats", "--json", "--days", "7", "--sort", "articles").out.splitlines()
    first, second, third = map(json.loads, lines)
    assert (first["name"], first["articles"], first["opened"], first["marked"]) == (NAME, 4, 0, 4)
    assert second["name"] == "Quiet" and not second["never_opened"]
    assert len(first["days"]) == 7 and len(third["weeks"]) == 12 and third["feed_id"] == 0


def test_without_feeds_it_says_what_to_do(home: Home, run: Run) -> None:
    subscribe(home)
    told = run("stats")
    assert (told.code, told.out) == (Exit.OK, "") and "no feeds" in told.err
    assert run("stats", "--days", "0").code == Exit.USAGE
    subscribe(home, "http://127.0.0.1:1/feed")
    assert "Last 1 day " in run("stats", "--days", "1").out
    for since, length in {
        "today": "1 day",
        "yesterday": "2 days",
        "7d": "7 days",
        "1950-01-01": "3,650 days",
    }.items():
        assert f"Last {length} " in run("stats", "--since", since).out
