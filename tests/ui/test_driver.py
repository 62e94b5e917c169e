"""What Textual's driver writes, and when it must not."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from textual.app import App

from tests.terminal import Terminal
from tuireader.startup.driver import TerminalDriver

MAX_QUEUED_WRITES = 30  # in Textual


async def test_nothing_waits_for_a_terminal_that_is_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, slave = os.openpty()
    with open(terminal, "rb", buffering=0) as screen, open(slave, "w") as tty:  # noqa: PTH123
        monkeypatch.setattr(sys, "__stdin__", tty)
        monkeypatch.setattr(sys, "__stderr__", tty)
        driver = TerminalDriver(App[int]())
        driver.start_application_mode()
        driver.write("before")
        driver.stop_application_mode()
        driver.close()

        def write() -> None:
            for _ in range(2 * MAX_QUEUED_WRITES):
                driver.write("meanwhile")

        await asyncio.wait_for(asyncio.to_thread(write), 10)
        shown = await asyncio.to_thread(screen.read, 10_000)
        assert b"before" in shown and b"meanwhile" not in shown


def test_a_locale_of_ascii_alone_does_not_garble_the_screen(tmp_path: Path) -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with Terminal([sys.executable, "-m", "tuireader", "--demo"], home=tmp_path, env=env) as screen:
        assert "│" in screen.wait("港股科技板块连跌三日")
        screen.press("Q")
        assert screen.leave() == 0
