"""Dead watches and unknown names: what `config check`, `watch lint`, `watch list` and empty lists say."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import Home, Run, Told
from tests.web import Web
from tuireader.errors import Exit
from tuireader.ui.drawing.themes import available

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
    assert run("config", "check").out.splitlines()[1:] == ["[ui", "   ^"]


def test_config_check_points_at_the_place(home: Home, run: Run) -> None:
    phone = '[[channel]]\nname = "phone"\nfile = "x"\nbody = "{title} {titel}"\n'
    watch = '[[watch]]\nname = "A"\nany = ["a"]\nchannels = ["phone", "fone"]\n'
    home.config.write_text(f'{phone}{watch}[[mute]]\nquery = "a OR"\n')
    lines = run("config", "check").out.splitlines()
    assert lines[1::3] == ["{title} {titel}", "phone, fone", "a OR"]
    assert lines[2::3] == ["        ^^^^^^^", "       ^^^^", "  ^^"]
    home.config.write_text("[ui]\n\n[[serch]]\n[[serch]]\n[odd.one]\n")
    lines = run("config", "check").out.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        [f"{home.config}:3", "serch"],
        [f"{home.config}:5", "odd"],
    ]


def test_config_check_warns_about_an_invalid_term(home: Home, run: Run) -> None:
    home.config.write_text('[[watch]]\nname = "A"\nany = ["a", "/(/"]\n')
    told = run("config", "check")
    assert f"{home.config}:1: warning: watch[1]: /(/: the regular expression is invalid" in told.out


def test_config_check_warns_about_a_published_search_by_meaning(home: Home, run: Run) -> None:
    home.config.write_text(
        '[[view]]\nname = "V"\nquery = "like:taxis"\n[[publish]]\nname = "p"\nsearch = "V"\n'
    )
    told = run("config", "check")
    assert told.code == Exit.OK
    assert f"{home.config}:6: warning: publish[1].search: like: only ranks" in told.out


def test_unknown_names_in_rules_and_publications(news: tuple[Home, Web], run: Run) -> None:
    home, _ = news
    rule = '[[rule]]\nname = "a"\nquery = "label:lwa"\nfeeds = ["Exmaple News"]\nthen = ["label:law"]\n'
    published = (
        'label = "lwa"\ninclude = ["Nope"]',
        'folder = "Chna"',
        'label = "law"',  # which the rule gives
        'query = "feed:Exmaple"',
    )
    for number, keys in enumerate(published):
        rule += f'[[publish]]\nname = "p{number}"\n{keys}\n'
    home.config.write_text(home.config.read_text() + rule)
    told = run("config", "check")
    assert told.code == Exit.OK
    assert [line.split(": warning: ")[1] for line in told.out.splitlines()] == [
        "rule[1]: there is no label 'lwa'; did you mean label:law?",
        "publish[1]: there is no label 'lwa'; did you mean label:law?",
        "publish[2]: there is no folder 'Chna'",
        """publish[4]: there is no feed 'Exmaple'; did you mean feed:"Example News"?""",
        "rule[1]: there is no feed or folder 'Exmaple News'; did you mean 'Example News'?",
        "publish[1]: there is no feed or folder 'Nope'",
    ]


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
    assert lines["Alive"].endswith("(quiet: 1 of 3 feeds failing)")
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


def test_an_operator_in_lower_case_is_only_a_warning(news: tuple[Home, Web], run: Run) -> None:
    told = run("list", "quokka or wombat")
    assert told == Told(Exit.OK, "", 'tuireader: "or" is searched as a word; did you mean OR?\n')


UNKNOWN = {
    "watch:Wechta": "there is no watch 'Wechta'; did you mean watch:WeChat?",
    "-watch:NOPE": "there is no watch 'NOPE'",
    "registration OR watch:=NOPE": "there is no watch 'NOPE'",
    "label:lwa": "there is no label 'lwa'; did you mean label:law?",
    "is:unread -label:lwa": "there is no label 'lwa'; did you mean label:law?",
    "feed:Exmaple": """there is no feed 'Exmaple'; did you mean feed:"Example News"?""",
    "folder:Chna": "there is no folder 'Chna'",
}


@pytest.mark.parametrize(
    ("words", "expression"),
    [
        *[("list", expression) for expression in UNKNOWN],
        *[("read", expression) for expression in UNKNOWN],
        *[
            (command, "watch:Wechta")
            for command in (
                *("search", "count", "unread", "unread --mark", "star", "label done", "label --remove done"),
                *("read --dry-run", "download", "watch test"),
            )
        ],
    ],
)
def test_an_unknown_name_is_an_error_and_changes_nothing(labelled: Run, words: str, expression: str) -> None:
    before = labelled("list", "--json").out
    message = f"tuireader: {UNKNOWN[expression]}\n"
    assert labelled(*words.split(), expression) == Told(Exit.USAGE, "", message)
    assert labelled("list", "--json").out == before


@pytest.fixture
def labelled(news: tuple[Home, Web], run: Run) -> Run:
    """Runs commands on the news, one of which has the label "law"."""
    assert run("label", "law", "watch:WeChat").code == Exit.OK
    return run


def test_known_names_are_found_in_part_by_pattern_and_before_they_exist(labelled: Run) -> None:
    for expression in (
        "watch:wechat",
        "watch:We*",
        "watch:/^We/",
        "label:=LAW",
        "feed:example",
        "-label:law",
    ):
        assert labelled("list", expression).code == Exit.OK, expression
    assert labelled("label", "done", "watch:WeChat -label:done").err.startswith("2 articles labelled done")
    assert labelled("label", "done", "watch:WeChat -label:done").err.startswith("0 articles labelled done")
    assert labelled("label", "later", "-label:done -label:nope").code == Exit.USAGE
    for expression in (
        "folder:law OR label:law",
        "-(watch:law OR label:law)",
        "feed:/^law$/ OR label:/^law$/",
    ):
        assert labelled("list", expression).code == Exit.OK, expression
    assert labelled("list", "folder:law OR label:lwa").code == Exit.USAGE


def test_a_feed_without_a_known_title_may_be_the_one_that_is_named(home: Home, run: Run) -> None:
    home.config.write_text('[[feeds]]\nurl = "https://example.org/feed"\n')
    told = run("list", "feed:Podcast")
    assert told.code == Exit.OK
    home.config.write_text('[[feeds]]\nurl = "https://example.org/feed"\ntitle = "Poodcast"\n')
    assert run("list", "feed:Podcast").err == (
        "tuireader: there is no feed 'Podcast'; did you mean feed:Poodcast?\n"
    )


CLOSED = """
[ui]
theme = "draclua"
mark_read = "opne"
images = "sixle"
sort = "titel"
languages = ["englsh"]
[notify]
terminal = "osc8"
[save]
format = "htm"
[download]
name = "{feed}/{titel}"
[[watch]]
name = "Another"
any = ["x"]
fields = ["titel"]
notify = "stroy"
color = "gren"
[[macro]]
key = "m"
run = ["opne"]
[keys]
tuor = ["b"]
"""


def test_values_outside_a_closed_set_are_problems_with_a_suggestion(home: Home, run: Run) -> None:
    home.config.write_text(CLOSED)
    told = run("config", "check")
    assert told.code == Exit.CONFIG
    lines = [line for line in told.out.splitlines() if line.startswith(f"{home.config}:")]
    near = dict(line.removeprefix(f"{home.config}:").split(": ", 2)[1:] for line in lines)
    assert {path: message.rpartition("; did you mean ")[2] for path, message in near.items()} == {
        "ui.theme": "'dracula'?",
        "ui.mark_read": "'open'?",
        "ui.images": "'sixel'?",
        "ui.sort": "'title'?",
        "ui.languages": "'english'?",
        "notify.terminal": "'osc9'?",
        "save.format": "'html'?",
        "download.name": "'title'?",
        "watch[1].fields": "'title'?",
        "watch[1].notify": "'story'?",
        "watch[1].color": "'green'?",
        "macro[1].run": "'open'?",
        "keys.tuor": "'tour'?",
    }
    theme = next(line for line in told.out.splitlines() if "ui.theme" in line)
    assert theme.startswith(f"{home.config}:3: ") and "there is no theme 'draclua'" in theme


def test_a_setting_that_needs_a_missing_package_is_a_problem(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.config.write_text("[ui]\nbidi = true\n")
    assert run("config", "check") == Told(Exit.OK, "", "")
    monkeypatch.setattr("tuireader.text.bidi.is_available", lambda: False)
    told = run("config", "check")
    assert told.code == Exit.CONFIG
    assert told.out == f"{home.config}:2: ui.bidi: needs a package: pip install 'tuireader[bidi]'\n"


@pytest.mark.parametrize("name", available())
def test_every_theme_that_the_reader_offers_passes_the_check(home: Home, run: Run, name: str) -> None:
    home.config.write_text(f'[ui]\ntheme = "{name}"\n')
    assert run("config", "check") == Told(Exit.OK, "", "")
