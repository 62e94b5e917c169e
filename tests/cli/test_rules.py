"""`tuireader rule`, what `config check` says of rules, and rules that act in `tuireader refresh`."""

from __future__ import annotations

import json

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.cli.test_json import fits
from tests.web import Web
from tuireader.errors import Exit

RULES = """
[[watch]]
name = "Courts"
any = ["court"]
[[rule]]
name = "Decisions"
query = "title:judgment"
then = ["star", "label:law", "read"]
[[rule]]
name = "All of it"
watch = "Courts"
feeds = ["News"]
then = ["full_text"]
include_watched = true
"""


@pytest.fixture
def news(web: Web, home: Home, run: Run) -> Run:
    """The command, after two articles have arrived in a feed that had been fetched before."""
    feed = web.serve("/feed", rss("News", [item("old", "Old")]))
    subscribe(home, feed, more=RULES)
    run("refresh", "--quiet")
    entries = [item(title, title) for title in ("A judgment", "A judgment of the court")]
    web.serve("/feed", rss("News", entries))
    run("refresh", "--quiet")
    return run


def test_rules_are_listed_tried_out_and_shown(news: Run) -> None:
    assert news("rule", "list").out.splitlines() == [
        "Decisions\t2\tlabel:law, star, read\ttitle:judgment",
        "All of it\t1\tfull_text\ton watch Courts; in News; watched too",
    ]
    for line in news("rule", "list", "--json").out.splitlines():
        fits(json.loads(line), "rule list")
    first, *samples, last, sample = news("rule", "test", "--days", "3650").out.splitlines()
    assert first == "Decisions: 2 articles in 3,650 days, 1 spared because of a watch"
    assert last == "All of it: 1 article in 3,650 days" and "A judgment of the court" in sample
    assert [line.partition("\t")[2] for line in samples] == ["News  A judgment"]
    tried = [json.loads(line) for line in news("rule", "test", "decisions", "--json").out.splitlines()]
    fits(tried[0], "rule test")
    assert tried[0]["rule"] == "Decisions" and tried[0]["days"] == 30
    told = news("rule", "test", "--query", "title:(", "--json")
    assert told.code == Exit.USAGE and "--query: the bracket is not closed" in told.err
    told = news("rule", "test", "decision")
    assert told.code == Exit.USAGE and "there is no rule 'decision'; did you mean 'Decisions'?" in told.err
    assert news("rule", "test", "Decisions", "--query", "x").code == Exit.USAGE

    numbers = {row["title"]: row["id"] for row in map(json.loads, news("list", "--json").out.splitlines())}
    shown = json.loads(news("show", "--json", str(numbers["A judgment of the court"])).out)
    fits(shown, "show")
    assert shown["rules"] == [
        {"rule": "Decisions", "action": "label:law"},
        {"rule": "Decisions", "action": "star"},
        {"rule": "All of it", "action": "full_text"},
    ]
    assert "undone: 2 articles changed by the rule Decisions" in news("undo").err
    assert news("count", "is:starred OR is:read").out == "0 articles\n"


def test_without_rules_the_command_says_how_to_add_one(home: Home, run: Run) -> None:
    subscribe(home)
    for words in (("rule", "list"), ("rule", "test")):
        assert "no rules; a [[rule]] in the configuration adds one" in run(*words).err


BAD = {
    'query = "x"\nthen = ["strar"]': (".then: has no action 'strar'; did you mean 'star'?", "^^^^^"),
    'query = "x"\nthen = ["read:x"]': (".then: 'read' takes no name", "^^^^^^"),
    'query = "x"\nthen = ["label"]': (".then: 'label' needs a name after a colon", "^^^^^"),
    'query = "x"\nthen = "label: #"': (".then: 'label' needs a name after the colon", "       ^"),
    'query = "x"\nthen = ["channel:fone"]': (
        ".then: names no channel 'fone'; did you mean 'phone'?",
        "        ^^^^",
    ),
    'query = "x"\nthen = ["run:phone"]': (".then: names no program 'phone'", "    ^^^^^"),
    'query = "x"\nthen = ["run:empty"]': (".then: names no program 'empty'", "    ^^^^^"),
    'query = "x AND ("\nthen = ["star"]': (".query: the bracket is not closed", "      ^"),
    'watch = ["Nobody"]\nthen = ["star"]': (".watch: names no watch 'Nobody'", "^^^^^^"),
    'query = "x"': (": 'bad 9' does nothing: it needs then", ""),
    'then = ["star"]': (": 'bad 10' matches nothing: it needs query, watch or feeds", ""),
    'query = "x"\nthen = []': (".then: is empty", ""),
}


def test_each_mistake_is_reported_with_its_place_and_the_other_rules_work(home: Home, run: Run) -> None:
    good = '[[rule]]\nname = "good"\nquery = "x"\nthen = ["star", "channel:phone"]\n'
    channel = '[[channel]]\nname = "phone"\nfile = "f"\n[[program]]\nname = "empty"\ncommand = []\n'
    subscribe(
        home,
        more=channel + good + "".join(f'[[rule]]\nname = "bad {at}"\n{bad}\n' for at, bad in enumerate(BAD)),
    )
    told = run("config", "check")
    lines = (told.out + told.err).splitlines()
    for number, (message, marks) in enumerate(BAD.values(), 2):
        (at,) = [at for at, line in enumerate(lines) if f": rule[{number}]{message}" in line]
        assert not marks or lines[at + 2] == marks
    assert any(": program[1].command: is empty" in line for line in lines)
    assert told.code == Exit.CONFIG and len([line for line in lines if ": rule[" in line]) == len(BAD)
    assert run("rule", "list").out == "good\t0\tstar, channel:phone\tx\n"
