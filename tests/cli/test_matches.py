"""`tuireader matches`: the log as lines, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.cli.test_json import fits
from tests.web import Web
from tuireader.errors import Exit

WATCH = '[[watch]]\nname = "WeChat"\nany = ["WeChat", "微信"]\n'
EVIL = '=HYPERLINK("http://x","WeChat")'


@pytest.fixture
def logged(home: Home, run: Run, web: Web) -> Run:
    """A home with two matches, one of them read."""
    items = [
        item("1", EVIL, '<p>Text, with a comma. 微信 said: "no".</p>', time=1_700_000_000),
        item("2", "WeChat 微信 stops", time=1_700_000_100),
        item("3", "Other news"),
    ]
    subscribe(home, web.serve("/feed", rss("Näws", items)), more=WATCH)
    assert run("refresh", "--quiet").code == Exit.OK
    assert run("read", "WeChat", "stops").code == Exit.OK
    return run


def test_lines(logged: Run) -> None:
    second, first = (line.split("\t") for line in logged("matches").out.splitlines())
    assert first[1:] == ["WeChat", "Näws", EVIL, "WeChat, 微信", "not told", "not read"]
    assert second[1:4] == ["WeChat", "Näws", "WeChat 微信 stops"] and second[6].startswith("read ")


def test_csv_is_read_by_others_and_runs_nothing(logged: Run) -> None:
    out = logged("matches", "--format", "csv").out
    second, first = csv.DictReader(io.StringIO(out, newline=""), strict=True)
    assert first["title"] == f"'{EVIL}" and first["sentence"] and first["read"] == ""
    assert first["published"] == "2023-11-14T22:13:20Z" and len(first["sha256"]) == 64
    assert second["title"] == "WeChat 微信 stops" and second["read"].endswith("Z")
    assert out.replace("\r\n", "").count("\n") == 0


def test_json_in_lines_and_as_one_array(logged: Run) -> None:
    lines = [json.loads(line) for line in logged("matches", "--json").out.splitlines()]
    assert lines == json.loads(logged("matches", "--format", "json").out)
    for line in lines:
        fits(line, "matches")
    assert [line["title"] for line in lines] == ["WeChat 微信 stops", EVIL]
    assert lines[1]["read"] is None and lines[0]["read"] >= lines[0]["matched"] > 1_700_000_000


def test_a_period_and_a_watch(logged: Run) -> None:
    today = time.strftime("%Y-%m-%d")
    assert (
        len(logged("matches", "--since", today, "--until", today, "--watch", "wechat").out.splitlines()) == 2
    )
    assert len(logged("matches", "--since", "1d").out.splitlines()) == 2
    for options in (("--since", "2100-01-01"), ("--until", "2020-01-01"), ("--until", "1d")):
        quiet = logged("matches", *options)
        assert (quiet.code, quiet.out) == (Exit.OK, "") and "no matches" in quiet.err
    assert logged("matches", "--format", "json", "--until", "1d").out == "[]\n"
    assert len(logged("matches", "--format", "csv", "--until", "1d").out.splitlines()) == 1
    for day in ("today", "Yesterday", "monday"):
        assert logged("matches", "--since", day) == logged("matches")
    assert logged("matches", "--until", "yesterday").out == ""
    wrong = logged("matches", "--since", "tomorrow")
    assert wrong.code == Exit.USAGE and "--since wants a day such as 2026-11-03" in wrong.err
    assert logged("matches", "--watch", "Nope").code == Exit.USAGE
