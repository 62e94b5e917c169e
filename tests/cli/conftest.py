"""What most tests of the command line start from: a home, commands in it, a server, news."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.builders import create_database
from tests.cli.accounts import Server, serving
from tests.cli.command import Home, Run, run_here
from tests.cli.news import home_with_news
from tests.one_thread import one_thread as one_thread
from tests.servers.fake import PASSWORD, TOKEN
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader.store.database_file import MigrationProgress
from tuireader.store.pool import Pool
from tuireader.sync.preparing import Preparer


@pytest.fixture(autouse=True)
def copied(one_thread: None, forked_workers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands begin with a copy of a new database: its tables take longer than most commands.

    A sync starts a process only for an answer that is large, not at its beginning.
    """
    opening = Pool.open

    async def open_copy(path: Path, report: MigrationProgress | None = None) -> Pool:
        with suppress(OSError):  # the program says what is wrong
            if path.parent.is_dir() and not os.path.lexists(path):
                create_database(path)
        return await opening(path, report)

    monkeypatch.setattr(Pool, "open", open_copy)
    monkeypatch.setattr(Preparer, "start", lambda _: None)


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
