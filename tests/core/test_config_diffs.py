"""Each edit of a configuration, line by line: what goes, what comes, what undo calls it, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from difflib import ndiff

import pytest
from msgspec.structs import replace

from tests.examples import for_each
from tuireader.config import AccountConfig, FeedConfig, MuteConfig, ViewConfig, WatchConfig, loads
from tuireader.config import edit as config_edit
from tuireader.config.account_keys import AccountKind
from tuireader.config.edit import differences
from tuireader.config.edit.undo import EditedSince, revert, reverted_urls, step_between
from tuireader.errors import ConfigError

TEXT = """\
# Mine.
[ui]
theme = "dark"  # at night

[[feeds]]
url = "https://a.example/f"  # the first
title = "A"
folder = "F"

# about b
[[feeds]]
url = "https://u:p@b.example/f"
folder = "F"
headers = { X = "1" }

[[feeds]]
command = ["x", "y"]

[[watch]]
name = "W"
any = ["one"]
feeds = ["F", "A"]

[[watch]]
name = "V"
query = "watch:W folder:F"

[[mute]]
query = "feed:A"
feed = "F"

[[view]]
name = "S"
query = "folder:F OR feed:A"

[[account]]
name = "home"
kind = "greader"
url = "https://r.example"
user = "ann"
password = "p"
"""
A, B = "https://a.example/f", "https://u:p@b.example/f"
WATCH = WatchConfig("W", ("one",), feeds=("F", "A"))
WORK = AccountConfig("work", AccountKind.MINIFLUX, "https://m.example", token="t")
OTHER_W = WatchConfig("W2", ("two",), feeds=("F", "A"))
Edit = Callable[[str], str]

EDITS: list[tuple[str, Edit, list[str], str]] = [
    ("a feed is added", lambda text: config_edit.add(text, FeedConfig("https://c.example/", "C")),
     ["+ [[feeds]]", '+ url = "https://c.example/"', '+ title = "C"', "+ "], "feed C added"),
    ("a feed that is there", lambda text: config_edit.add(text, FeedConfig(A)), [], ""),
    ("a feed goes", lambda text: config_edit.remove(text, "feeds", A),
     ["- [[feeds]]", f'- url = "{A}"  # the first', '- title = "A"', '- folder = "F"', "- "],
     "feed A removed"),
    ("feeds go", lambda text: config_edit.remove(text, "feeds", A, "exec:x y"),
     ["- [[feeds]]", f'- url = "{A}"  # the first', '- title = "A"', '- folder = "F"', "- ", "- [[feeds]]",
      '- command = ["x", "y"]', "- "], "2 feeds removed"),
    ("a title", lambda text: config_edit.update(text, "feeds", A, {"title": "B"}),
     ['- title = "A"', '+ title = "B"'], "feed A changed"),
    ("a title goes", lambda text: config_edit.update(text, "feeds", A, {"title": ""}), ['- title = "A"'],
     "feed A changed"),
    ("a key comes", lambda text: config_edit.update(text, "feeds", B, {"paused": True}), ["+ paused = true"],
     "feed https://b.example/f changed"),
    ("a default", lambda text: config_edit.update(text, "feeds", B, {"paused": False}), [], ""),
    ("an address", lambda text: config_edit.update(text, "feeds", B, {"url": "https://c.example/f"}),
     [f'- url = "{B}"', '+ url = "https://c.example/f"'], "feed https://b.example/f changed"),
    ("a folder", lambda text: config_edit.rename_folder(text, "F", "G"),
     ['- folder = "F"', '+ folder = "G"', '- folder = "F"', '+ folder = "G"', '- feeds = ["F", "A"]',
      '+ feeds = ["G", "A"]', '- query = "watch:W folder:F"', '+ query = "watch:W folder:G"', '- feed = "F"',
      '+ feed = "G"', '- query = "folder:F OR feed:A"', '+ query = "folder:G OR feed:A"'],
     "2 feeds changed, 2 watches changed, 1 mute changed, 1 saved search changed"),
    ("no folder", lambda text: config_edit.rename_folder(text, "F", ""), ['- folder = "F"'] * 2,
     "2 feeds changed"),
    ("a feed is named", lambda text: config_edit.renamed(text, "feed", "A", "New"),
     ['- feeds = ["F", "A"]', '+ feeds = ["F", "New"]', '- query = "feed:A"', '+ query = "feed:New"',
      '- query = "folder:F OR feed:A"', '+ query = "folder:F OR feed:New"'],
     "mute feed:A changed"),
    ("a watch comes", lambda text: config_edit.add(text, WatchConfig("X", ("a", "b"), color="red")),
     ["+ [[watch]]", '+ name = "X"', '+ any = ["a", "b"]', '+ color = "red"', "+ "], "watch X added"),
    ("a watch", lambda text: config_edit.update(text, "watch", "W", differences(OTHER_W, WATCH)),
     ['- name = "W"', '+ name = "W2"', '- any = ["one"]', '+ any = ["two"]', '- query = "watch:W folder:F"',
      '+ query = "watch:W2 folder:F"'], "watch W changed"),
    ("a watch goes", lambda text: config_edit.remove(text, "watch", "v"),
     ["- [[watch]]", '- name = "V"', '- query = "watch:W folder:F"', "- "], "watch V removed"),
    ("a search", lambda text: config_edit.update(text, "view", "S", differences(ViewConfig("S", "x"))),
     ['- query = "folder:F OR feed:A"', '+ query = "x"'], "saved search S changed"),
    ("a search is named",
     lambda text: config_edit.update(text, "view", "S", differences(ViewConfig("T", "x"))),
     ['- name = "S"', '+ name = "T"', '- query = "folder:F OR feed:A"', '+ query = "x"'],
     "saved search S changed"),
    ("a search comes", lambda text: config_edit.add(text, ViewConfig("T", "x")),
     ["+ [[view]]", '+ name = "T"', '+ query = "x"', "+ "], "saved search T added"),
    ("a search goes", lambda text: config_edit.remove(text, "view", "S"),
     ["- [[view]]", '- name = "S"', '- query = "folder:F OR feed:A"', "- "], "saved search S removed"),
    ("a mute", lambda text: config_edit.add(text, MuteConfig("feed:A", "F", date(2030, 1, 2), True)),
     ["+ until = 2030-01-02", "+ include_watched = true"], "mute feed:A changed"),
    ("a mute comes", lambda text: config_edit.add(text, MuteConfig("feed:A")),
     ["+ [[mute]]", '+ query = "feed:A"', "+ "], "mute feed:A added"),
    ("a mute goes", lambda text: config_edit.remove(text, "mute", MuteConfig(" feed:A ", "F")),
     ["- [[mute]]", '- query = "feed:A"', '- feed = "F"', "- "], "mute feed:A removed"),
    ("an account", lambda text: config_edit.update(text, "account", "HOME", {"user": "bob"}),
     ['- user = "ann"', '+ user = "bob"'], "account home changed"),
    ("an account goes", lambda text: config_edit.remove(text, "account", "home"),
     ["- [[account]]", '- name = "home"', '- kind = "greader"', '- url = "https://r.example"',
      '- user = "ann"', '- password = "p"'], "account home removed"),
    ("an account comes",
     lambda text: config_edit.add(text, WORK),
     ["+ ", "+ [[account]]", '+ name = "work"', '+ kind = "miniflux"', '+ url = "https://m.example"',
      '+ token = "t"'], "account work added"),
    ("a theme", lambda text: config_edit.set_keys(text, "ui", {"theme": '"light"'}),
     ['- theme = "dark"  # at night', '+ theme = "light"  # at night'], "[ui] changed"),
    ("a new table", lambda text: config_edit.set_keys(text, "fetch", {"concurrency": "5"}),
     ["+ ", "+ [fetch]", "+ concurrency = 5"], "[fetch] changed"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "lines", "what"), [one[1:] for one in EDITS], ids=[one[0] for one in EDITS])
@pytest.mark.parametrize(("mark", "line_end"), [("", "\n"), ("\ufeff", "\r\n")])
def test_an_edit_changes_only_its_lines_and_goes_back(
    edit: Edit, lines: list[str], what: str, mark: str, line_end: str
) -> None:
    before = mark + TEXT.replace("\n", line_end)
    after = edit(before)
    assert after.startswith(mark) and after.count("\r") == after.count("\n") * (line_end == "\r\n")
    changed = ndiff(before.replace("\r", "").split("\n"), after.replace("\r", "").split("\n"))
    assert sorted(one for one in changed if one[0] in "+-") == sorted(lines)
    step = step_between(before, after)
    assert (step.what if step else "") == what
    if step is None:
        return
    assert revert(after, step.packed) == before
    by_hand = f"# by hand{line_end}"
    again = revert(after.removeprefix(mark) + by_hand, step.packed)
    assert by_hand in again and loads(again)[0] == loads(before)[0]
    named = step_between(before, after, "a name of its own")
    assert named is not None and named.what == "a name of its own"


PROGRAM = '[[feeds]]\ncommand = ["z"]\n'
VIEW = '[[view]]\nname = "T"\nquery = "x"\n'
REFUSED: list[tuple[Edit, str]] = [
    (lambda text: config_edit.remove(text, "feeds", "https://z.example/"), "z.example"),
    (lambda text: config_edit.update(text, "feeds", A, {"url": B}), "already has https://b.example/f"),
    (lambda text: config_edit.update(text + PROGRAM, "feeds", "exec:z", {"command": ("x", "y")}),
     "already has exec:x y"),
    (lambda text: config_edit.update(text, "feeds", A, {"command": ("x", "y")}), "command replaces url"),
    (lambda text: config_edit.rename_folder(text, "Z", "G"), "no folder"),
    (lambda text: config_edit.add(text, WatchConfig("w", ("x",))), "already a watch named"),
    (lambda text: config_edit.update(text, "watch", "Z", differences(WatchConfig("Z", ("x",)))), "no watch"),
    (lambda text: config_edit.update(text, "watch", "W", differences(WatchConfig("v", ("x",)))),
     "already a watch"),
    (lambda text: config_edit.remove(text, "watch", "Z"), "no watch"),
    (lambda text: config_edit.remove(text, "view", "Z"), "no saved search"),
    (lambda text: config_edit.remove(text, "mute", MuteConfig("Z")), "no such mute"),
    (lambda text: config_edit.remove(text, "mute", MuteConfig("feed:A")), "no such mute"),
    (lambda text: config_edit.remove(text, "account", "Z"), "no account"),
    (lambda text: config_edit.add(text, replace(WORK, name="HOME")), "an account"),
    (lambda text: config_edit.update(text + VIEW, "view", "S", differences(ViewConfig("t", "y"))), "already"),
]  # fmt: skip


@for_each(("edit", "message"), REFUSED)
def test_an_edit_that_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        edit(TEXT)


def test_the_addresses_that_come_back() -> None:
    def moved(after: str) -> list[tuple[str, str]]:
        step = step_between(TEXT, after)
        assert step is not None
        return reverted_urls(step.packed)

    assert moved(config_edit.update(TEXT, "feeds", B, {"url": "https://u:p@c.example/f"})) == [
        ("https://u@c.example/f", "https://u@b.example/f")
    ]
    assert moved(config_edit.update(TEXT, "feeds", B, {"paused": True})) == []
    assert moved(config_edit.remove(TEXT, "feeds", A)) == []


WATCH_V = '[[watch]]\nname = "v"\nany = ["x"]\n'


@pytest.mark.parametrize(
    ("edit", "later", "message"),
    [
        (EDITS[4][1], ('title = "B"', 'title = "C"'), "the feed 'B' was changed since"),
        (EDITS[12][1], ('name = "X"', 'name = "Y"'), "the watch 'X' was removed since"),
        (EDITS[25][1], ('theme = "light"', 'theme = "other"'), "ui.* was changed since"),
        (EDITS[2][1], ("# about b", f'[[feeds]]\nurl = "{A}"\n# about b'), "the feed 'A' exists again"),
        (
            EDITS[14][1],
            ("[[mute]]", '[[watch]]\nname = "v"\nany = ["x"]\n[[mute]]'),
            "the watch 'V' exists again",
        ),
    ],
)
def test_what_was_edited_since_is_left_alone(edit: Edit, later: tuple[str, str], message: str) -> None:
    after = edit(TEXT)
    step = step_between(TEXT, after)
    assert step is not None and later[0] in after
    with pytest.raises(EditedSince, match=message.replace("'", ".")):
        revert(after.replace(*later), step.packed)
