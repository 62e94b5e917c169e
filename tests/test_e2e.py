"""The whole story as a person lives it: the installed command in a real terminal."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feedtext import item, rss
from tests.terminal import Terminal
from tests.web import Web, in_thread

COMMAND = str(Path(sys.executable).with_name("tuireader"))
NOWHERE = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "all_proxy")}
"""Whatever is fetched by mistake ends at a closed port of this machine."""


@pytest.fixture
def web() -> Iterator[Web]:
    yield from in_thread()


def terminal(home: Path, *arguments: str, size: tuple[int, int] = (120, 40), **env: str) -> Terminal:
    return Terminal([COMMAND, *arguments], home=home, size=size, env=NOWHERE | env)


def database(home: Path, name: str = "tuireader.db") -> sqlite3.Connection:
    return sqlite3.connect(home / ".local/share/tuireader" / name)


def config(home: Path, text: str) -> Path:
    folder = home / ".config/tuireader"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder / "config.toml"


def test_first_run_starter_and_leave(tmp_path: Path) -> None:
    with terminal(tmp_path) as screen:
        shown = screen.wait("Welcome to tuireader")
        for way in ("s  Start", "d  Look", "u  Paste", "o  Take", "q  Quit"):
            assert way in shown
        screen.press("s")
        screen.wait("feeds added")
        screen.wait("Feeds")
        screen.press("Q")
        assert screen.leave() == 0
    written = (tmp_path / ".config/tuireader/config.toml").read_text(encoding="utf-8")
    feeds = tomllib.loads(written)["feeds"]
    assert len(feeds) >= 25 and len({feed["folder"] for feed in feeds}) == 5
    with terminal(tmp_path) as screen:
        screen.wait("Ars Technica")
        screen.press("q")
        assert screen.leave() == 0


def test_the_demo_story(tmp_path: Path) -> None:
    with terminal(tmp_path, "--demo") as screen:
        shown = screen.wait("WeChat suspends new user registration")
        assert "◆ WeChat" in shown and "◆ PIPL" in shown
        assert screen.line("Unread  ").split("│")[0].split() == ["Unread", "90"]
        while "WeChat suspends" not in screen.line("▌") and not opened_is(screen, "WeChat suspends new user"):
            screen.press("J")
            screen.wait(lambda text: "by " in text or "min" in text)
            screen.wait(lambda text: True)
            if opened_is(screen, "WeChat suspends new user"):
                break
        shown = screen.wait("by Jonas Bevan")
        assert "WeChat in title ×1" in shown
        assert "Personal Information Protection Law in body ×1" in shown
        assert "working on a Personal Information Protection Law which will" in shown
        screen.press("]")
        screen.wait("hit 1/")
        screen.press("]")
        screen.wait("hit 2/")
        screen.press("[")
        screen.wait("hit 1/")
        screen.press("e")
        screen.wait("Same story")
        screen.press("enter")
        screen.wait_gone("by Jonas Bevan")
        screen.press("h")
        screen.wait("by Jonas Bevan")
        screen.press("s")
        screen.wait("★")
        screen.press("N")
        screen.wait(lambda text: "marked unread" in text or "●" in text)
        screen.press("Q")
        assert screen.leave() == 0
    conn = database(tmp_path, "demo.db")
    story = conn.execute("SELECT read, starred FROM article WHERE title LIKE 'WeChat suspends%'").fetchone()
    conn.close()
    assert story == (0, 1)
    with terminal(tmp_path, "--demo") as screen:
        screen.wait("★")
        screen.press("q")
        assert screen.leave() == 0
    with terminal(tmp_path, "--demo", "--fresh") as screen:
        shown = screen.wait("WeChat suspends new user registration")
        assert "★" not in shown
        screen.press("Q")
        assert screen.leave() == 0


def opened_is(screen: Terminal, title: str) -> bool:
    """Whether the reading pane, below the list, shows an article with this title."""
    lines = screen.text().splitlines()
    below = [number for number, line in enumerate(lines) if "────" in line.partition("│")[2]]
    return bool(below) and any(title in line for line in lines[below[0] :])
