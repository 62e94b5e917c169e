"""`tuireader feeds`: health of feeds and what can be done about it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.cli.test_json import fits
from tests.feeds.blocked_pages import CLOUDFLARE
from tests.processes import in_a_fork
from tests.web import Answer, Request, Web
from tuireader.errors import Exit

ONE = rss("Good News", [item("1", "One")])
FIELDS = """
id url title folder account state trouble unread total per_week newest last_try last_success last_error fault
error_streak next_try moved_to moved_why texts pages full_texts requests not_modified alarm
waits_until
"""


def test_health_in_lines_and_as_json(web: Web, home: Home, run: Run) -> None:
    good, broken = web.serve("/good", ONE), web.serve("/broken", status=500)
    subscribe(home, good, broken)
    assert run("refresh").code == Exit.SOME_FAILED
    lines = run("feeds").out.splitlines()
    assert lines[0].split("\t") == ["1", "1/1", "0/week", "now", "Good News", good]
    *columns, trouble = lines[1].split("\t")
    assert columns == ["2", "0/0", "0/week", "never", broken, broken]
    assert trouble.startswith("! ") and "500" in trouble and "×1, next try in " in trouble
    worst_first = run("feeds", "--sort", "trouble").out.splitlines()
    assert [line.partition(", next try")[0] for line in worst_first] == [
        line.partition(", next try")[0] for line in lines[::-1]
    ]  # the minutes until then go by
    first, second = (json.loads(line) for line in run("feeds", "--json").out.splitlines())
    assert set(first) == set(FIELDS.split())
    assert (first["trouble"], first["total"], first["newest"]) == ("none", 1, 1_700_000_000)
    assert (second["trouble"], second["fault"], second["error_streak"]) == ("failing", "http", 1)


def test_feeds_that_wait_for_their_host_are_named(web: Web, home: Home, run: Run) -> None:
    def answer(request: Request) -> Answer:
        first = len(web.requests) == 1
        return Answer(b"", 429, {"Retry-After": "86400"}) if first else Answer(ONE)

    urls = [web.handle(f"/{n}", answer) for n in range(6)]
    subscribe(home, *urls, more="[fetch]\nconcurrency = 1\n")
    until = r"\d\d:\d\d: 127.0.0.1 asked to wait"
    for words in (("refresh",), ("refresh", "--due")):
        told = run(*words)
        assert re.search(rf"^5 wait until {until}$", told.err, re.MULTILINE) and len(web.requests) == 1
        assert told.err.count("asked to wait") == 1
    told = run("feeds")
    first, *others = told.out.splitlines()
    assert "! HTTP 429" in first and "next try in" in first
    assert all(re.search(rf"\twaits until {until}$", line) for line in others) and len(others) == 5
    assert re.fullmatch(rf"5 wait until {until}\n", told.err)
    listed = [json.loads(line) for line in run("feeds", "--json").out.splitlines()]
    assert [one["waits_until"] is None for one in listed] == [True, *[False] * 5]
    events = [json.loads(line) for line in run("refresh", "--due", "--json").out.splitlines()]
    for event in events:
        fits(event, "refresh")
    (waits,) = [event for event in events if event["event"] == "waits"]
    assert (waits["host"], waits["feeds"], waits["until"]) == ("127.0.0.1", 5, listed[1]["waits_until"])
    (done,) = [event for event in events if event["event"] == "done"]
    assert done["feeds"] == 0 and len(web.requests) == 1
    told = run("refresh", urls[1])  # by hand, it is asked, and it answers for the others
    assert told.err.endswith(" s\n") and len(web.requests) == 2
    assert "asked to wait" not in run("feeds").err
    assert run("refresh", "--due").code == Exit.OK and len(web.requests) == 6


def test_a_blocked_feed_says_what_helps_and_what_helps_works(web: Web, home: Home, run: Run) -> None:
    def guarded(request: Request) -> Answer:
        if request.headers.get("cookie") == "pass=1" and request.headers["user-agent"] == "Lin/1":
            return Answer(ONE)
        return Answer(CLOUDFLARE.encode(), 403, {"Content-Type": "text/html", "cf-mitigated": "challenge"})

    url = web.handle("/feed", guarded)
    good, broken = web.serve("/good", rss("Other", [item("2", "Two")])), web.serve("/broken", status=500)
    subscribe(home, good, broken, url)
    assert run("refresh").code == Exit.SOME_FAILED
    assert "Cloudflare asks for a browser; try user_agent, cookies" in run("feeds", "retry", "3").err
    first, *_ = run("feeds", "--sort", "trouble").out.splitlines()
    assert first.startswith("3\t") and "! blocked: HTTP 403: Cloudflare" in first
    health = json.loads(run("feeds", "--json").out.splitlines()[2])
    assert (health["trouble"], health["fault"]) == ("blocked", "blocked")
    keys = 'cookies = "cookies.txt"\nuser_agent = "Lin/1"\n'
    home.config.write_text(home.config.read_text().replace(f'"{url}"\n', f'"{url}"\n{keys}'))
    told = run("feeds", "retry", "3").err
    assert "cookies: cookies.txt cannot be read: No such file" in told and url in told
    (home.config.parent / "cookies.txt").write_text("127.0.0.1\tFALSE\t/\tFALSE\t0\tpass\t1\n")
    assert run("feeds", "retry", "3").code == Exit.OK
    assert json.loads(run("feeds", "--json").out.splitlines()[2])["trouble"] == "none"


def test_a_password_in_an_address_is_used_and_never_printed(
    web: Web, home: Home, run: Run, tmp_path: Path
) -> None:
    web.serve("/untitled", rss("", [item("1", "One")]))
    web.serve("/2", rss("Two", [item("2", "Two")]))
    addresses = [f"http://me:geheim@127.0.0.1:{web.port}/{path}" for path in ("untitled", "2", "broken")]
    subscribe(home, *addresses)
    shown = f"{web.url}/untitled"
    commands = [
        *(["refresh"], ["refresh", "--json"], ["feeds"], ["feeds", "--json"], ["feeds", "retry"]),
        *(["feeds", "pause", "3"], ["feeds", "resume", "3"]),
        *(["add", addresses[0]], ["add", "--json", addresses[0]]),
        *(["read", "is:unread"], ["list"], ["list", "--json"], ["search", "One"], ["show", "1"], ["brief"]),
        *([["export", "--format", form] for form in ("opml", "json", "newsboat", "state")]),
    ]  # fmt: skip
    told = {" ".join(words): run(*words) for words in commands}
    assert not [words for words, one in told.items() if "geheim" in one.out + one.err]
    assert web.seen("/untitled")[0].headers["authorization"] == "Basic bWU6Z2VoZWlt"
    assert shown in told["list"].out and shown in told["feeds"].out
    assert all("geheim" not in path.read_text("utf-8", "replace") for path in tmp_path.glob("*.log"))
    # what was exported is the same feed when it comes back
    for form, name in (("opml", "feeds.opml"), ("json", "feeds.json"), ("newsboat", "urls")):
        (tmp_path / name).write_text(told[f"export --format {form}"].out, encoding="utf-8")
        assert "0 new" in run("import", str(tmp_path / name)).err
    (tmp_path / "state.json").write_text(told["export --format state"].out, encoding="utf-8")
    assert "not subscribed" not in run("import", str(tmp_path / "state.json")).err
    assert run("remove", shown).code == Exit.OK
    assert addresses[0] not in home.config.read_text()


def test_feeds_are_paused_resumed_and_removed_by_number_address_or_title(
    web: Web, home: Home, run: Run
) -> None:
    one, two = web.serve("/1", ONE), web.serve("/2", rss("Other", [item("2", "Two")]))
    subscribe(home, one, two)
    run("refresh")
    assert run("feeds", "pause", "good", two).err == "paused: Good News\npaused: Other\n"
    assert all(line.endswith("\tpaused") for line in run("feeds").out.splitlines())
    run("refresh")
    assert len(web.requests) == 2
    assert run("feeds", "resume", "1").code == Exit.OK
    run("refresh")
    assert len(web.requests) == 3
    assert run("feeds", "remove", "Other").err == "removed: Other\n"
    assert len(run("feeds").out.splitlines()) == 1
    assert "Two" in run("list").out
    gone = run("feeds", "pause", "Other")
    assert gone.code == Exit.USAGE and "there is no feed" in gone.err


@in_a_fork
def test_entries_that_are_too_many_are_left_out_with_a_word(
    web: Web, home: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuireader.feeds.parse.entry.MAX_ENTRIES", 1_000)
    many = "".join(f"<item><guid>{number}</guid></item>" for number in range(1_002))
    subscribe(home, web.serve("/many", rss("Many", [many])), *(web.serve(f"/{n}", ONE) for n in range(30)))
    told = run("refresh", "--no-relate")  # so many feeds are read in a process of their own
    assert told.code == Exit.OK and "Many: its 2 oldest entries left out" in told.err
    assert run("feeds").out.startswith("1\t1000/1000\t250/week\t")


def test_moves_are_shown_and_accepted(web: Web, home: Home, run: Run) -> None:
    old = web.serve("/old", status=301, headers={"Location": web.url + "/new"})
    new = web.serve("/new", ONE)
    subscribe(home, old)
    run("refresh")
    assert run("feeds", "accept").err == "no feed has moved\n"
    assert run("feeds", "accept", "1").code == Exit.FAILURE
    run("refresh")
    assert f"moved to {new} (`tuireader feeds accept 1` keeps that)" in run("feeds").out
    assert json.loads(run("feeds", "--json").out)["moved_to"] == new
    assert run("feeds", "accept").err == f"moved: Good News ({new})\n"
    assert run("feeds").out.split("\t")[5].strip() == new
    assert "One" in run("list", "feed:good").out


def test_the_only_feed_that_a_page_names_is_followed(web: Web, home: Home, run: Run) -> None:
    subscribe(home, web.serve("/blog", ONE))
    run("refresh")
    web.serve("/blog", '<html><head><link rel="alternate" type="application/rss+xml" href="/new.xml">')
    new = web.serve("/new.xml", ONE)
    done = run("refresh")
    said = f"tuireader: Good News: its address no longer has the feed, followed to {new}\n"
    assert (done.code, done.err[: len(said)]) == (Exit.OK, said)
    told = f"now a web page, followed to its feed {new} (`tuireader feeds accept 1` keeps that)"
    assert told in run("feeds").out
    assert run("undo").err == f"undone: Good News followed to {new}\n"
    assert run("refresh").code == Exit.ALL_FAILED
    assert "this is a web page" in run("feeds").out and "followed" not in run("feeds").out
    assert run("feeds", "accept", "1").err == f"moved: Good News ({new})\n"
    assert "undone" in run("undo").err.lower() and run("feeds").out.split("\t")[5] == web.url + "/blog"


def test_requests_are_counted(web: Web, home: Home, run: Run) -> None:
    web.serve("/f", status=301, headers={"Location": web.url + "/new"})
    web.serve("/new", ONE, headers={"ETag": '"1"'})
    quiet = web.handle(
        "/304", lambda asked: Answer(None, 304) if "if-none-match" in asked.headers else tagged
    )
    tagged = Answer(rss("Quiet", [item("2", "Two")]), 200, {"ETag": '"1"'})
    subscribe(home, web.url + "/f", quiet)
    for _ in range(4):
        run("refresh")
    told = run("feeds", "--requests")
    assert told.out.splitlines() == [
        f"1\t6/day\t0%\tGood News\t{web.url}/f",  # two with each redirect, until it counts as moved
        f"2\t4/day\t75%\tQuiet\t{quiet}",
    ]
    assert told.err == "2 feeds: 5 requests each a day, 30% unchanged (304)\n"
    first = json.loads(run("feeds", "--json").out.splitlines()[1])
    assert (first["requests"], first["not_modified"]) == (4, 0.75)
    assert len(web.requests) == 10


def test_what_is_gone_can_be_asked_again(web: Web, home: Home, run: Run) -> None:
    url = web.stages("/f", Answer(ONE), Answer(b"", 410), Answer(b"", 410), Answer(ONE))
    subscribe(home, url)
    run("refresh")
    with closing(sqlite3.connect(home.database)) as db, db:  # it has said so all day
        db.execute("UPDATE feed SET error_streak = 5, gone_since = 1700000000")
    assert run("refresh").code == Exit.ALL_FAILED
    assert "`tuireader feeds retry 1` asks again" in run("feeds").out
    assert run("refresh").code == Exit.OK and len(web.requests) == 2
    assert run("feeds", "retry").code == Exit.ALL_FAILED and len(web.requests) == 3
    assert run("refresh", "good").code == Exit.OK
    assert "gone" not in run("feeds").out
    assert run("feeds", "retry").err == "no feed is failing\n"


def test_the_feed_that_a_page_names_is_taken_in_its_place(web: Web, home: Home, run: Run) -> None:
    url = web.serve("/blog", rss("Blog", [item("1", "One", "<p>x</p>")]), headers={"ETag": '"1"'})
    subscribe(home, url)
    assert run("refresh").code == Exit.OK
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    web.serve("/blog", f"<html><head>{link.format('/new.xml')}{link.format('/other.xml')}")
    new = web.serve("/new.xml", rss("Blog", [item(str(n), f"{n}", "<p>x</p>") for n in (1, 2)]))
    assert run("refresh").code == Exit.ALL_FAILED
    assert "`tuireader feeds accept 1` takes it" in run("feeds").out
    assert new in run("feeds", "accept", "1").err
    config = home.config.read_text(encoding="utf-8")
    assert new in config and url not in config
    assert run("refresh").code == Exit.OK
    assert len(run("feeds").out.splitlines()) == 1 and "2/2" in run("feeds").out
    assert run("feeds", "accept", "1").code == Exit.FAILURE


def test_an_unknown_name_and_a_page_without_a_new_feed_change_nothing(web: Web, home: Home, run: Run) -> None:
    subscribe(home, web.serve("/page", "<html><head><title>No feed</title>"))
    before = home.config.read_text(encoding="utf-8")
    assert run("refresh").code == Exit.ALL_FAILED
    assert run("feeds", "pause", "1", "no such").code == Exit.USAGE
    told = run("feeds", "accept", "1")
    assert told.code == Exit.FAILURE and "was not found there" in told.err
    assert home.config.read_text(encoding="utf-8") == before


def test_the_demo_is_not_changed(home: Home, run: Run) -> None:
    subscribe(home)
    told = run("--demo", "feeds", "pause", "1")
    assert told.code == Exit.FAILURE and "the demo cannot change its feeds" in told.err
