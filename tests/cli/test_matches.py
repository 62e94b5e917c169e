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


def test_the_brief_ends_with_what_is_still_open(logged: Run) -> None:
    for form in ("md", "json", "html"):
        assert "Still open" not in (shown := logged("brief", "--format", form).out) and "Match" not in shown
    assert logged("match", "open", "2").code == logged("match", "note", "2", "--text", "mine").code == Exit.OK
    told = logged("brief").out
    line = "- Match 2 · WeChat · open · 2023-11-14 22:13 UTC · Näws: [=HYPERLINK("
    assert f"\n\n## Still open\n\n{line}" in told and "mine" not in told
    assert (
        "<h2>Still open</h2>\n<ul>\n<li>Match 2 · WeChat · open · " in logged("brief", "--format", "html").out
    )
    (match,) = json.loads(logged("brief", "--json", "--watch", "wechat").out)["still_open"]
    assert (match["match"], match["state"], match["title"], match["time"]) == (2, "open", EVIL, 1_700_000_000)
    assert json.loads(logged("brief", "--json", "--since", "3650d").out)["still_open"] == []
    assert logged("match", "false", "2").code == Exit.OK and "Still" not in logged("brief").out


def test_lines(logged: Run) -> None:
    second, first = (line.split("\t") for line in logged("matches").out.splitlines())
    assert first[1:] == ["WeChat", "Näws", EVIL, "WeChat, 微信", "not told", "not read", "", "2"]
    assert second[1:4] == ["WeChat", "Näws", "WeChat 微信 stops"] and second[6].startswith("read ")


def test_csv_is_read_by_others_and_runs_nothing(logged: Run) -> None:
    out = logged("matches", "--format", "csv").out
    second, first = csv.DictReader(io.StringIO(out, newline=""), strict=True)
    assert first["title"] == f"'{EVIL}" and first["sentence"] and first["read"] == ""
    assert first["published"] == "2023-11-14T22:13:20Z" and len(first["sha256"]) == 64
    assert second["title"] == "WeChat 微信 stops" and second["read"].endswith("Z")
    assert out.replace("\r\n", "").count("\n") == 0


def test_csv_for_spreadsheets_begins_with_a_mark(logged: Run) -> None:
    plain, marked = logged("matches", "--format", "csv"), logged("matches", "--format", "csv", "--bom")
    assert marked.out == f"\ufeff{plain.out}" and not plain.out.startswith("\ufeff")
    for options in ((), ("--format", "json"), ("--format", "records"), ("--format", "csv", "--verify")):
        wrong = logged("matches", *options, "--bom")
        assert wrong.code == Exit.USAGE and not wrong.out
        assert "--bom is only for CSV (add --format csv, or leave out --bom)" in wrong.err


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


def test_matches_are_handled_by_number_or_expression(logged: Run) -> None:
    done = logged("match", "done", "2")
    assert done.err == "1 match marked done (`tuireader undo` takes it back)\n"
    assert logged("match", "note", "1", "2", "--text", "for \x1b[31mAnn").err.startswith(
        "2 matches of 2 articles"
    )
    assert logged("match", "false", "watch:WeChat", "is:read").err.startswith("1 match marked false alarm")
    second, first = (line.split("\t")[-3:] for line in logged("matches").out.splitlines())
    assert first == ["done", "for Ann", "2"] and second == ["false alarm", "for Ann", "1"]
    rows = csv.DictReader(io.StringIO(logged("matches", "--format", "csv").out))
    assert [(row["state"], row["note"], bool(row["by"]), row["at"][-1]) for row in rows] == [
        ("false alarm", "for Ann", True, "Z"),
        ("done", "for Ann", True, "Z"),
    ]
    assert (
        logged("list", "is:done").out.count("\n")
        == 1
        == logged("list", "watch:WeChat", "is:false-alarm").out.count("\n")
    )
    assert logged("undo").err == "undone: 1 match marked false alarm\n"
    assert logged("match", "note", "--erase", "1").err == "the notes of 1 match erased\n"
    for words, said in (
        (("done", "99"), "there is no match 99"),
        (("done", "3"), "there is no match 3"),
        (("done", "title:nothing"), "the expression finds no match"),
        (("done",), "Missing argument"),
        (("open", "is:wrong"), "is: takes"),
        (("new", "9" * 5_000), "there is no match 4"),
    ):
        failed = logged("match", *words)
        assert failed.code == Exit.USAGE and said in failed.err and failed.err.count("\n") <= 3


def test_the_log_proves_itself(logged: Run, home: Home) -> None:
    logged("match", "done", "1")
    found = logged("matches", "--verify")
    assert found.code == Exit.OK and " in one chain, head " in found.out
    head = found.out.split()[-1]
    file = home.folder / "log.jsonl"
    text = logged("matches", "--format", "records").out
    file.write_text(text, encoding="utf-8")
    assert logged("matches", "--verify", str(file), "--head", head[:12]).out == found.out
    file.write_text(text.replace('"kind":"done"', '"kind":"open"'), encoding="utf-8")
    changed = logged("matches", "--verify", str(file))
    assert changed.code != Exit.OK and "(open of match 1) was changed" in changed.err
    file.write_text(text.rpartition("{")[0], encoding="utf-8")
    assert "removed or replaced" in logged("matches", "--verify", str(file), "--head", head).err
    for wrong in ("[]", "{", "\x00", "[" * 100_000, '{"matches": 1}', '{"matches": [[], {}]}'):
        file.write_text(wrong, encoding="utf-8")
        told = logged("matches", "--verify", str(file))
        assert told.code != Exit.OK and ("--format records" in told.err or "record 1" in told.err)
    assert "cannot be read" in logged("matches", "--verify", str(home.folder)).err
    for words, said in (
        (("--head", head), "--head says nothing without --verify"),
        (("--verify", "--since", "7d"), "written and verified whole"),
        (("--format", "records", "--watch", "WeChat"), "written and verified whole"),
    ):
        failed = logged("matches", *words)
        assert failed.code == Exit.USAGE and said in failed.err and not failed.out


CVES = """[[watch]]
name = "CVE"
any = ['/(?:CVE|cve)-\\d{4}-\\d{4,7}/']
"""


def test_identifiers_are_a_column_and_found_by_expressions(home: Home, run: Run, web: Web) -> None:
    text = "<p>On CVE-2026-50110, CVE-2026-50111 and cve-2026-50110.</p>"
    subscribe(home, web.serve("/feed", rss("News", [item("1", "Two flaws", text)])), more=CVES)
    told = [json.loads(line) for line in run("refresh", "--matches").out.splitlines()]
    found = {"CVE-2026-50110": 1, "CVE-2026-50111": 1, "cve-2026-50110": 1}
    assert [event["occurrences"] for event in told] == [found]
    terms, _, _, ids, number = run("matches").out.strip().split("\t")[4:]
    assert terms == (r"/(?:CVE|cve)-\d{4}-\d{4,7}/ (CVE-2026-50110, CVE-2026-50111, cve-2026-50110)") and (
        ids,
        number,
    ) == ("CVE-2026-50110, CVE-2026-50111", "1")
    (row,) = csv.DictReader(io.StringIO(run("matches", "--format", "csv").out))
    assert row["ids"] == ids and row["occurrences"] == "CVE-2026-50110, CVE-2026-50111, cve-2026-50110"
    line = json.loads(run("matches", "--json").out)
    fits(line, "matches")
    assert line["ids"] == {"CVE-2026-50110": 2, "CVE-2026-50111": 1} and line["occurrences"] == found
    assert "body ×3 /(?:CVE|cve)" in run("show", "1").out and "/ (CVE-2026-50110, " in run("show", "1").out
    (evidence,) = json.loads(run("show", "1", "--json").out)["evidence"]
    assert evidence["hits"][0]["occurrences"] == found
    assert run("count", "id:CVE-2026-50111").out == "1 article\n" == run("count", "id:cve-2026-*").out
    assert run("count", "id:CVE-2026-5011").out == "0 articles\n"
    assert run("matches", "--verify").out.startswith("2 records in one chain")
