"""What most tests of the command line start from: a home, commands in it, a server, news."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.accounts import Server, serving
from tests.cli.command import Home, Run, run_here
from tests.cli.news import home_with_news
from tests.servers.fake import PASSWORD, TOKEN
from tests.web import Web


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of its own, with nothing in it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Home(tmp_path)


@pytest.fixture
def run(home: Home, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this home, in this process."""
    return lambda *words: run_here(home, capsys, *words)


@pytest.fixture
def news(home: Home, capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[Home, Web]]:
    """This home with news in it, and the server that they come from."""
    with home_with_news(home.folder, capsys) as found:
        yield found


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of accounts; its secrets are in variables, and a wrong one."""
    for name, value in {"SECRET": PASSWORD, "TOKEN": TOKEN, "WRONG": "Wrong-One"}.items():
        monkeypatch.setenv(name, value)
    with serving() as found:
        yield found
