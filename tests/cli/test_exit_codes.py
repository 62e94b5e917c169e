"""Exit codes of commands with the files of a new home, as a script sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import feeds, item, rss
from tests.cli.command import Told, run_words
from tests.web import Web
from tuireader.errors import Exit

Capture = pytest.CaptureFixture[str]


def config(home: Path, text: str) -> Path:
    folder = home / ".config/tuireader"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder / "config.toml"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Callable[..., Told]:
    """Runs the command in this process with the files of a new home; what goes wrong is told in one line."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", "")
    return lambda *words: run_words(capsys, *words)


def test_bad_surroundings_are_told_in_one_line(run: Callable[..., Told], tmp_path: Path) -> None:
    mine = str(tmp_path / "mine.db")
    for words, code, said in (
        (["--database", str(tmp_path / "no/such/x.db"), "list"], Exit.DATABASE, "does not exist"),
        (["--config", str(tmp_path / "none.toml"), "list"], Exit.CONFIG, "none.toml"),
        (["--demo", "--fresh", "--database", mine, "list"], Exit.USAGE, "--fresh"),
    ):
        told = run(*words)
        assert (told.code, told.err.count("\n")) == (code, 1) and said in told.err, told
    assert not Path(mine).exists()
    path = config(tmp_path, '[[feeds]\nurl = "x"\n')
    told = run("refresh")
    assert told.code == Exit.CONFIG and "config.toml:1:" in told.err and told.err.count("\n") == 1
    path.write_text('[fetch]\nintervall = "1h"\ntimeout = "soon"\n', encoding="utf-8")
    told = run("list")
    *problems, nothing = told.err.splitlines()
    assert told.code == Exit.OK and len(problems) == 2 and "no feeds yet" in nothing
    assert "interval" in told.err and "fetch.timeout" in told.err
    told = run("config", "check")
    assert told.code == Exit.CONFIG and len(told.out.splitlines()) == 2


def test_exit_codes_of_refresh(run: Callable[..., Told], tmp_path: Path, web: Web) -> None:
    good = web.serve("/good", rss("Good", [item("1", "One")]))
    page = web.serve(
        "/page", b"<html><body>No feed here</body></html>", headers={"Content-Type": "text/html"}
    )
    others = [web.serve("/empty", b""), web.serve("/broken", b"<rss><channel><title>x</title><item><<<")]
    path = config(tmp_path, feeds(good))
    told = run("refresh")
    assert (told.code, told.out) == (Exit.OK, "") and "1 feed, 1 new" in told.err
    path.write_text(feeds(good, page, *others, web.url + "/404"), encoding="utf-8")
    told = run("refresh")
    assert told.code == Exit.SOME_FAILED
    assert all(words in told.err for words in ("web page, not a feed", "404", "4 failed")), told.err
    for url, words in ((page, "web page, not a feed"), ("http://127.0.0.1:9/x", "refused")):
        path.write_text(feeds(url), encoding="utf-8")
        told = run("refresh")
        assert told.code == Exit.ALL_FAILED and words in told.err
    assert [line.split("  ")[-1] for line in run("list").out.splitlines()] == ["One"]
