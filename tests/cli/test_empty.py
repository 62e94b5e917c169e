"""Commands that have nothing to print say so on stderr, and why; a refresh says when nobody was notified."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Web
from tuireader.cli import run as run_cli
from tuireader.errors import Exit

WORDS = (("list",), ("list", "is:unread"), ("search", "quokka"), ("feeds",))


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_without_feeds(home: Home, run: Run, words: tuple[str, ...], form: tuple[str, ...]) -> None:
    subscribe(home)
    told = run(*words, *form)
    assert (told.code, told.out) == (Exit.OK, "")
    assert told.err == (
        "tuireader: there are no feeds yet (start tuireader to choose some, or: tuireader add URL)\n"
    )


def test_with_feeds_that_were_never_fetched(web: Web, home: Home, run: Run) -> None:
    subscribe(home, web.url + "/feed")
    for words in WORDS[:3]:
        told = run(*words)
        assert (told.code, told.out) == (Exit.OK, "")
        assert told.err == "tuireader: there are no articles yet (`tuireader refresh` fetches them)\n"
    assert run("feeds").err == ""


def test_why_nothing_is_listed(web: Web, home: Home, run: Run) -> None:
    feed = web.serve("/feed", rss("News", [item("1", "Sponsored boats"), item("2", "Tides")]))
    subscribe(home, feed, more='[[mute]]\nquery = "sponsored"\n')
    assert run("refresh").code == Exit.OK
    assert run("list").err == run("search", "Tides").err == run("list", "--limit", "0", "nix").err == ""
    assert run("search", "Tides quokka").err == "tuireader: nothing matches Tides quokka\n"
    assert "quokka* also finds longer words" in run("search", "quokka").err
    assert "nothing is starred" in run("list", "is:starred").err
    hidden = run("search", "boats")
    assert (hidden.out, hidden.code) == ("", Exit.OK)
    assert hidden.err == (
        "tuireader: nothing matches that is not muted (1 muted article: add is:muted to see them)\n"
    )
    run("read", "is:unread")
    assert "nothing is unread" in run("list", "is:unread").err
    assert run("search", "--exit-status", "quokka").code == Exit.FAILURE
    subscribe(home, feed, more='[[mute]]\nquery = "sponsored OR tides"\n')
    assert run("refresh").code == Exit.OK
    assert "all articles are muted (tuireader list is:muted shows the 2)" in run("list").err


def test_watches(home: Home, run: Run) -> None:
    subscribe(home)
    assert "there are no watches yet" in run("watch", "list").err


def test_a_configuration_that_is_not_there_yet_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    for words in (
        ["config", "check"],
        ["list"],
        ["feeds"],
        ["refresh"],
        ["brief"],
        ["keys"],
        ["watch", "lint"],
    ):
        assert run_cli(words) == Exit.OK, words
        assert "error" not in capsys.readouterr().err.lower()
    assert run_cli(["config", "check"]) == Exit.OK
    told = capsys.readouterr()
    assert told.out == "" and told.err.endswith("config.toml yet; the defaults are used\n")
    assert run_cli(["--config", str(tmp_path / "typo.toml"), "list"]) == Exit.CONFIG
    assert "check the path" in capsys.readouterr().err
