"""Lines of every kind that newsboat's documentation names: each ends as moved, changed or dropped."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.command import Home, Run
from tests.newsboat import DATA
from tests.terminal import Terminal
from tuireader.config import load
from tuireader.errors import Exit

LINES = DATA.with_name("newsboat-lines")
MANUAL = Path("/usr/share/doc/newsboat/newsboat.html")


def logical_lines(path: Path) -> int:
    """Lines that are neither blank nor a comment; those that a backslash continues are one."""
    text = re.sub(r"\\\n", "", path.read_text(encoding="utf-8"))
    return sum(bool(line.strip()) and not line.startswith("#") for line in text.splitlines())


def test_each_line_ends_as_moved_changed_or_dropped_and_again_the_same(run: Run, home: Home) -> None:
    words = ("import", "newsboat", str(LINES), "--json", "--unfold", "--accept", "programs,proxy,folders")
    told = run(*words)
    assert told.code == Exit.OK
    moved = json.loads(told.out)
    names = ("urls", "config", "colours")
    assert [one["file"] for one in moved["files"]] == list(names)
    assert sum(one["lines"] for one in moved["files"]) >= 300
    for one in moved["files"]:
        assert one["lines"] == logical_lines(LINES / one["file"])
        assert one["lines"] == one["moved"] + one["changed"] + one["dropped"]
        listed = Counter(line["outcome"] for line in moved["not_moved"] if line["file"] == one["file"])
        assert (listed["changed"], listed["dropped"]) == (one["changed"], one["dropped"])
    assert len({(line["file"], line["line"]) for line in moved["not_moved"]}) == len(moved["not_moved"])
    for line in moved["not_moved"]:
        assert line["reason"], line
    unknown = [line["text"] for line in moved["not_moved"] if "not a setting of newsboat" in line["reason"]]
    assert unknown == ["no-such-setting yes"]
    assert "hidden-word" not in told.out + told.err
    config, problems = load(home.config)
    assert problems == () and (config.ui.fold_stories, moved["folded"]) == (False, False)
    checked = run("config", "check")
    assert (checked.code, checked.out, checked.err) == (Exit.OK, "", "")
    assert {macro.key: macro.run for macro in config.macros if macro.run} == {
        "k": ("open", "refresh_one", "quit_or_back"),
        "d": ("open_browser", "mark_read", "next_unread", "next_unread"),  # as there: the setting jumps, too
        "m": ("open", "refresh_one", "quit_or_back"),
    }
    bookmark = (str(Path("~/bin/bookmark.sh").expanduser()), "{url}", "{title}", "", "{feed}")
    assert (config.ui.bookmark, config.ui.run_at_start) == (bookmark, ("next_unread", "open"))
    assert config.fetch.proxy == "http://user:hidden-word@localhost:3128"
    assert [watch.name for watch in config.watches] == ["newsboat", "ferry or ferries", "author lin"]
    text = home.config.read_text(encoding="utf-8")
    again = json.loads(run(*words).out)
    assert home.config.read_text(encoding="utf-8") == text
    assert (again["files"], again["not_moved"]) == (moved["files"], moved["not_moved"])
    assert set(again["added"].values()) == {0}


def test_losses_come_before_the_look(run: Run) -> None:
    told = run("import", "newsboat", str(LINES), "--dry-run")
    *headings, hint = [line.rsplit(" (", 1)[0] for line in told.err.splitlines() if line[0] != " "]
    assert hint.startswith("Lists fold the reports of a story into one row; --unfold lists each,")
    assert headings == [
        "Left out: starts programs; import it with --accept programs",
        "Left out: sends all traffic through a proxy; import it with --accept proxy",
        "Left out: chooses folders for files; import it with --accept folders",
        "Dropped: feeds",
        "Dropped: searches, watches and mutes",
        "Dropped: keys and macros",
        "Dropped: programs",
        "Dropped: network",
        "Dropped: files and folders",
        "Dropped: accounts",
        "Dropped: podcasts",
        "Dropped: behaviour",
        "Changed: feeds",
        "Changed: searches, watches and mutes",
        "Changed: keys and macros",
        "Dropped: look",
        "Changed: look",
    ]
    assert (
        told.err.count("the theme decides the look (`[ui] theme`)\n    config:7: articlelist-title-format")
        == 1
    )


@pytest.mark.skipif(not MANUAL.exists(), reason="newsboat's manual is not installed; its lines are in data")
def test_the_lines_are_all_that_the_manual_names() -> None:
    text = (LINES / "config").read_text(encoding="utf-8")
    manual = MANUAL.read_text(encoding="utf-8")
    named = re.findall(r">(Syntax|Operation):</strong> <a href=\"#([a-z0-9-]+)\">([a-z0-9-]+)</a>", manual)
    settings = {name for kind, place, name in named if kind == "Syntax" and not place.startswith("cmd-")}
    operations = {name for kind, place, name in named if kind == "Operation" and not place.startswith("pb-")}
    assert len(settings) > 170 and len(operations) > 80
    lines = [line.split() for line in text.splitlines() if line.strip()]
    assert settings - {line[0] for line in lines} == set()
    assert operations - {line[2] for line in lines if line[0] == "bind-key"} == set()


def test_a_person_is_asked_and_no_is_what_return_means(home: Home, tmp_path: Path) -> None:
    command = ["tuireader", *home.arguments("import", "newsboat", str(DATA))]
    env = {"XDG_STATE_HOME": str(tmp_path)}
    with Terminal(command, home=tmp_path, env=env, forked=True) as terminal:
        shown = terminal.wait("Import this? [y/N]")
        assert "This profile starts programs:" in shown
        assert 'config:4: browser "firefox --new-tab %u"' in shown
        terminal.press("y", "enter")
        terminal.wait("sends all traffic through a proxy:\n  config:5: proxy 127.0.0.1:3128")
        terminal.press("enter")
        terminal.wait("chooses folders for files:")
        terminal.press("enter")
        assert terminal.leave() == Exit.OK
    config, _ = load(home.config)
    assert config.ui.browser == ("firefox", "--new-tab", "{url}")
    assert config.fetch.proxy == "" and config.save.folder == "~/Documents/Articles"
    with Terminal(command, home=tmp_path, env=env, forked=True) as terminal:
        shown = terminal.wait("Import this? [y/N]")
        assert "proxy" in shown and "programs" not in shown  # they are here already
        assert terminal.interrupt() == Exit.INTERRUPTED
