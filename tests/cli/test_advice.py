"""Dead watches and unknown names: what `config check`, `watch lint`, `watch list` and empty lists say."""

from __future__ import annotations

import json

from tests.cli.command import Home, Run, Told
from tests.web import Web
from tuireader.errors import Exit

DEAD = """
[[watch]]
name = "Either"
query = "quokka or wombat"
[[watch]]
name = "Elsewhere"
any = ["quokka"]
feeds = ["Exmaple News"]
[[watch]]
name = "Terms"
any = ["quokka OR wombat"]
[[watch]]
name = "Alive"
any = ["quokka"]
[[mute]]
query = "feed:Exmaple"
[[view]]
name = "Law"
query = "label:lwa watch:Wechta"
"""


def test_config_check_warns(news: tuple[Home, Web], run: Run) -> None:
    home, _ = news
    assert run("config", "check") == Told(Exit.OK, "", "")
    assert run("label", "law", "watch:WeChat").code == Exit.OK
    home.config.write_text(home.config.read_text() + DEAD)
    told = run("config", "check")
    assert told.code == Exit.OK
    found = [line.split(": warning: ", 1) for line in told.out.splitlines()]
    assert [message for _, message in found] == [
        'watch[4]: "or" is searched as a word; did you mean OR?',
        "watch[5]: there is no feed or folder 'Exmaple News'; did you mean 'Example News'?",
        'watch[6]: quokka OR wombat: OR is an ordinary word in a term; did you mean "quokka", "wombat"?',
        """mute[1]: there is no feed 'Exmaple'; did you mean feed:"Example News"?""",
        "view[1]: there is no label 'lwa'; did you mean label:law?",
        "view[1]: there is no watch 'Wechta'; did you mean watch:WeChat?",
    ]
    line = home.config.read_text().split("\n").index('name = "Either"')
    assert found[0][0] == f"{home.config}:{line}"
    whole = json.loads(run("config", "check", "--json").out.splitlines()[0])
    assert whole["warning"] and whole["path"] == "watch[4]" and not whole["fatal"]
    home.config.write_text(home.config.read_text() + "[ui]\nwidht = 90\n")
    told = run("config", "check")
    assert told.code == Exit.CONFIG and "did you mean 'width'" in told.out and ": warning: " in told.out
    home.config.write_text("[ui\n")
    assert run("config", "check").out.count("\n") == 1


def test_tags_of_feeds_are_labels_too(home: Home, run: Run) -> None:
    home.config.write_text('[[view]]\nname = "A"\nquery = "label:wildlife"\n')
    assert "there is no label 'wildlife'" in run("config", "check").out


def test_watches_that_are_dead_say_so(news: tuple[Home, Web], run: Run) -> None:
    home, _ = news
    home.config.write_text(home.config.read_text() + DEAD)
    lines = dict(line.split("\t", 1) for line in run("watch", "list").out.splitlines())
    assert lines["Either"].endswith('(quiet: "or" is searched as a word; did you mean OR?)')
    assert lines["Elsewhere"].endswith(
        "(quiet: there is no feed or folder 'Exmaple News'; did you mean 'Example News'?)"
    )
    assert "OR is an ordinary word in a term" in lines["Terms"] and "feeds fine" not in lines["Terms"]
    assert "failing" in lines["Alive"] or "feeds fine, no news yet" in lines["Alive"]
    linted = run("watch", "lint").out.splitlines()
    assert 'Either: "or" is searched as a word; did you mean OR?' in linted
    assert (
        'Terms: quokka OR wombat: OR is an ordinary word in a term; did you mean "quokka", "wombat"?'
        in linted
    )
    assert not any(line.startswith("Terms: quokka OR wombat: never matched") for line in linted)
    whole = [json.loads(line) for line in run("watch", "list", "--json").out.splitlines()]
    advice = next(one["advice"] for one in whole if one["name"] == "Either")
    assert advice == ['"or" is searched as a word; did you mean OR?']


def test_nothing_found_says_what_may_be_meant(news: tuple[Home, Web], run: Run) -> None:
    no_watch = "tuireader: there is no watch 'Wechta'; did you mean watch:WeChat?\n"
    assert run("list", "watch:Wechta") == Told(Exit.OK, "", no_watch)
    assert run("search", "watch:Wechta").err == no_watch
    assert run("watch", "test", "watch:Wechta").err == no_watch
    assert no_watch in run("star", "watch:Wechta").err
    assert run("count", "watch:Wechta") == Told(Exit.OK, "0 articles\n", no_watch)
    assert run("list", "feed:Exmaple").err == (
        """tuireader: there is no feed 'Exmaple'; did you mean feed:"Example News"?\n"""
    )
    assert run("list", "quokka or wombat").err == 'tuireader: "or" is searched as a word; did you mean OR?\n'
    assert run("list", "watch:WeChat").err == ""
    assert json.loads(run("list", "--json", "watch:WeChat").out.splitlines()[0])["watches"]
