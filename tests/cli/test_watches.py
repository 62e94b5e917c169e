"""`tuireader watch`: how watches do, what an expression hits, terms that never do."""

from __future__ import annotations

import json
import time

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Web
from tuireader.errors import Exit

RULES = """
[[watch]]
name = "Pay"
any = ["Alipay", "Alypay", "WeChat quokka"]
[[watch]]
name = "Off"
any = ["none such"]
"""


@pytest.fixture(autouse=True)
def fetched(web: Web, home: Home, run: Run) -> None:
    """Two feeds that have been fetched."""
    now = int(time.time())
    many = [item(f"a{n}", f"Alipay grows by {n}", time=now - n * 3600) for n in range(2, 13)]
    told = "<p>Its partners in Hangzhou heard that payment volumes fall short this quarter.</p>"
    many.append(item("a1", "Alipay grows by 1", told, time=now - 3600))
    one = web.serve("/one", rss("One", [*many, item("w", "WeChat <b>", time=now - 90 * 86_400)]))
    two = web.serve("/two", rss("Two", [item("b", "Alipay (APAY) shrinks", told, time=now - 60)]))
    subscribe(home, one, two, more=RULES)
    assert run("refresh").code == Exit.OK


def test_list(run: Run) -> None:
    first, second = run("watch", "list").out.splitlines()
    assert first.startswith("Pay\t13/13\t") and first.endswith("· 13 · 13")
    assert second == "Off\t0/0\t0 · 0 · 0  (quiet: feeds fine, no news yet)"
    whole = json.loads(run("watch", "list", "--json").out.splitlines()[0])
    assert (whole["name"], whole["total"], len(whole["days"])) == ("Pay", 13, 30)
    assert run("read", "watch:Pay", "shrinks").code == run("match", "done", "watch:Pay").code == Exit.OK
    for name in ("Pay", "Off"):  # the numbers are those of the lines of other commands
        (line,) = (line for line in run("watch", "list").out.splitlines() if line.startswith(name))
        (stats,) = (
            stats
            for stats in map(json.loads, run("watch", "list", "--json").out.splitlines())
            if stats["name"] == name
        )
        numbers = [
            len(run("list", "--limit", "99", f"watch:{name} {which}").out.splitlines())
            for which in ("is:unread", "", "is:today", "age:<7d", "age:<30d", "is:done")
        ]
        assert numbers[:5] == [stats[key] for key in ("unread", "total", "today", "week", "month")]
        articles, matches = line.split("\t")[1:]
        assert articles == f"{numbers[0]}/{numbers[1]}"
        assert matches.split("  ")[0] == " · ".join(map(str, numbers[2:5]))
        assert dict(stats["cases"]).get("done", 0) == numbers[5]


def test_a_watch_is_added(run: Run, home: Home) -> None:
    with home.config.open("a") as config:
        config.write('[watch_defaults]\nnotify = "story"\n')
    added = run("watch", "add", "partners", "x\x1b[1my", "--group", "Trade", "--priority", "high")
    assert (added.code, added.err) == (Exit.OK, "added: partners (2 matches)\n")
    first = run("watch", "list").out.splitlines()[0]
    assert first.startswith("partners\t2/2\t") and "(Trade, high priority)" in first
    shown = json.loads(run("watch", "list", "--json").out.splitlines()[0])
    assert (shown["group"], shown["priority"]) == ("Trade", "high")
    assert (
        run("watch", "add", "--name", "Falls", "--query", "volumes fall", "--notify", "never").code == Exit.OK
    )
    advice = run("watch", "add", 'like:"law on data"').err
    assert advice.endswith('tuireader: like:"law on data": like: has no special meaning in a term\n')
    written = home.config.read_text()
    assert written.count("notify") == 2 and 'notify = "never"' in written and "\x1b" not in written
    for wrong, said in (
        ([], "give a word or a phrase to watch, or --query"),
        (["/(/"], "/(/: the regular expression is invalid"),
        (["x", "--name", "pay"], "there is already a watch named 'pay'"),
        (["x", "--priority", "hi"], "'hi' is not one of 'low', 'normal', 'high'"),
        (["x", "--color", "greeen"], "did you mean 'green'?"),
    ):
        told = run("watch", "add", *wrong)
        assert told.code != Exit.OK and said in told.err
    assert home.config.read_text() == written


def test_an_expression_is_tried(run: Run) -> None:
    told = run("watch", "test", "Alipay", "OR", "WeChat", "--days", "30")
    assert (
        run("watch", "test", "--since", "30d", "Alipay", "OR", "WeChat").out.splitlines()[0]
        == told.out.splitlines()[0]
    )
    assert told.code == Exit.OK and told.out.startswith("13 matches\n0.43 a day\n")
    assert "      12  One" in told.out and "Alipay (APAY) shrinks" in told.out
    whole = json.loads(run("watch", "test", "--json", "alipay or wechat").out)
    assert whole["hits"] == 0
    whole = json.loads(run("watch", "test", "--json", "Alipay OR WeChat").out)
    assert whole["hits"] == 14 and whole["feeds"] == {"One": 13, "Two": 1} and len(whole["samples"]) == 5
    assert run("watch", "test", "--exit-status", "quokka").code == Exit.FAILURE
    wrong = run("watch", "test", "(open")
    assert wrong.code == Exit.USAGE and "^ the bracket is not closed" in wrong.err


def test_report_and_lint(run: Run) -> None:
    told = run("watch", "report", "pay")
    assert told.code == Exit.OK and told.out.startswith("13 matches\n")
    assert "      13  Alipay\n       0  Alypay\n       0  WeChat quokka" in told.out
    assert (
        "First to report\n  One: first in 1 of 1 stories\n  Two: first in 0 of 1 stories, else " in told.out
    )
    assert (
        run("watch", "report", "Pay", "--since", "1d").out == run("watch", "report", "Pay", "--days", "1").out
    )
    whole = json.loads(run("watch", "report", "Pay", "--json", "--days", "1").out)
    assert whole["a_day"] == 13 and whole["aliases"] == {"APAY": "Alipay (APAY) shrinks"}
    assert "\nOther names in its articles\n  APAY: Alipay (APAY) shrinks\n" in told.out
    assert whole["terms"]["Alipay"] == 13 and [one["feed"] for one in whole["first"]] == ["One", "Two"]
    assert run("watch", "report", "Nobody").code == Exit.USAGE
    assert run("watch", "lint").out.splitlines() == [
        "Pay: Alipay: the only term in 100 % of the 13 matches",
        "Pay: Alypay: never matched: no article contains alypay; did you mean alipay?",
        "Pay: WeChat quokka: never matched: no article contains quokka",
        "Off: none such: never matched: no article contains none",
    ]
    assert json.loads(run("watch", "lint", "--json").out.splitlines()[1])["term"] == "Alypay"


ODD = [
    '"', "AND", "NEAR(", "col:x", "is:", "(" * 40, "/(/", "/(a+)+$/", "-", "*", "🚀", "‽", "a" * 20_000,
    "\ud800", "“”", "title:/^Why .*\\?$/", "x OR", "NOT", "age:<", "after:2023-02-31", "feed:",
    "'; DROP TABLE article", "--", "\0",
]  # fmt: skip


@pytest.mark.parametrize("command", [["search"], ["search", "--sort", "relevance"], ["watch", "test"]])
def test_no_text_is_a_fault_on_the_command_line(run: Run, command: list[str]) -> None:
    for text in ODD:
        told = run(*command, "--", text)
        assert told.code in (Exit.OK, Exit.USAGE), (text, told)
        empty = command[0] == "search" and told.code == Exit.OK and not told.out
        assert bool(told.err) == (told.code == Exit.USAGE or empty) and "Traceback" not in told.err


def test_search_feeds_are_proposed_and_added(home: Home, run: Run) -> None:
    lines = [line.split("\t") for line in run("watch", "sources", "pay").out.splitlines()]
    assert [line[0] for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
    assert lines[0][1] == "Google News: Pay" and lines[0][3].startswith(
        "https://news.google.com/rss/search?q="
    )
    assert "Alipay%22%20OR%20%22Alypay" in lines[0][3]
    told = run("watch", "sources", "Pay", "--add", "1", "--add", "2", "--json")
    assert [json.loads(line)["new"] for line in told.out.splitlines()] == [True, True]
    added = home.config.read_text()
    assert added.count('folder = "Search"') == 2 and 'title = "Google News: Pay"' in added
    followed = [
        json.loads(line)["followed"] for line in run("watch", "sources", "Pay", "--json").out.splitlines()
    ]
    assert followed[:3] == [True, True, False]
    assert "already subscribed" in run("watch", "sources", "Pay").out
    assert run("watch", "sources", "Pay", "--add", "99").code == Exit.USAGE
    assert run("watch", "sources", "none such").code == Exit.USAGE
    home.config.write_text(added + '[[watch]]\nname = "Stars"\nquery = "is:starred"\n')
    assert "no terms to search for" in run("watch", "sources", "Stars").err
