"""`tuireader digest`, and digests sent by `tuireader refresh --due`."""

from __future__ import annotations

import json
import sqlite3
import time
from datetime import datetime, timedelta

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.cli.test_json import fits
from tests.web import Web
from tuireader.errors import Exit

LOG = '[[channel]]\nname = "log"\nfile = "log.jsonl"\n'


def digest(name: str = "daily", more: str = "") -> str:
    """A digest that is due in an hour."""
    at = datetime.now() + timedelta(hours=1)
    return f'[[digest]]\nname = "{name}"\nat = "{at:%H:%M}"\nchannels = ["log"]\n{more}'


@pytest.fixture
def news(web: Web, home: Home, run: Run) -> Run:
    """The command, after two articles have arrived."""
    entries = [item(title, title, time=int(time.time()) - 60) for title in ("Tides of July", "A ferry")]
    feed = web.serve("/feed", rss("News", entries))
    watch = '[[watch]]\nname = "Tides"\nany = ["tides"]\n'
    tides = digest("tides", 'watches = ["Tides"]\nformat = "html"\n')
    subscribe(home, feed, more=LOG + watch + digest() + tides)
    run("refresh", "--quiet")
    return run


def received(home: Home) -> list[dict[str, object]]:
    file = home.folder / "log.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def test_digests_are_listed_and_printed(home: Home, news: Run) -> None:
    first, second = news("digest").out.splitlines()
    assert first.split("\t")[::2] == ["daily", "log"] and second.split("\t")[2:] == ["log", "Tides"]
    listed = [json.loads(line) for line in news("digest", "--json").out.splitlines()]
    for one in listed:
        fits(one, "digest")
    assert 3_500 < listed[0]["next"] - time.time() <= 3_600 and listed[0]["at"] == listed[1]["at"]
    printed = news("digest", "tides", "--print")
    assert printed.code == Exit.OK and printed.out.startswith("# tides\n\n1 article in 1 story, since 2")
    assert "Tides of July" in printed.out and "ferry" not in printed.out
    whole = json.loads(news("digest", "daily", "--json", "--since", "2d").out)
    fits(whole, "digest")
    assert whole["articles"] == 2
    assert json.loads(news("digest", "daily", "--json", "--since", "1s").out)["articles"] == 0
    assert received(home) == [], "printing sends nothing"


def test_a_digest_is_sent_now_and_the_next_one_begins_there(home: Home, news: Run) -> None:
    sent = news("digest", "daily", "--send")
    assert (sent.code, sent.err) == (Exit.OK, "accepted by log: daily: 2 articles in 2 stories\n")
    again = news("digest", "daily", "--send")
    assert (again.code, again.err) == (Exit.OK, "nothing new for daily; not sent\n")
    assert news("digest", "tides", "--send", "--since", "1d").code == Exit.OK
    assert [letter["title"] for letter in received(home)] == [
        "daily: 2 articles in 2 stories",
        "tides: 1 article in 1 story",
    ]
    assert str(received(home)[1]["body"]).startswith("<h1>tides</h1>")
    home.config.write_text(home.config.read_text("utf-8").replace("log.jsonl", "no/log"), "utf-8")
    failed = news("digest", "daily", "--send", "--since", "1d")
    assert failed.code == Exit.OK and failed.err.startswith("tuireader: log: cannot be written: No such")
    (line,) = news("outbox").out.splitlines()
    assert line.split("\t")[4] == "daily"


def test_refresh_sends_what_is_due_though_no_feed_is(home: Home, news: Run, web: Web) -> None:
    asked = len(web.seen("/feed"))
    assert news("refresh", "--due", "--quiet").code == Exit.OK and received(home) == []
    with sqlite3.connect(home.database) as conn:  # as if the last one had been two days ago
        conn.execute("UPDATE digest SET due_at = due_at - 172800")
    assert news("refresh", "--due", "--quiet").code == Exit.OK
    assert sorted(str(letter["title"]) for letter in received(home)) == [
        "daily: 2 articles in 2 stories",
        "tides: 1 article in 1 story",
    ]
    assert news("refresh", "--due", "--quiet").code == Exit.OK and len(received(home)) == 2
    assert len(web.seen("/feed")) == asked


def test_digests_that_are_not_there(home: Home, run: Run) -> None:
    home.config.write_text("", encoding="utf-8")
    told = run("digest")
    assert told.err == "tuireader: no digests; a [[digest]] in the configuration adds one\n"
    home.config.write_text(LOG + digest(), encoding="utf-8")
    unknown = run("digest", "daly")
    assert unknown.code == Exit.USAGE and "no digest 'daly'; did you mean 'daily'?" in unknown.err
    assert run("digest", "--send").code == Exit.USAGE
