"""What Textual's driver writes, and when it must not."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from textual.app import App

from tests.processes import become, passed_on
from tests.terminal import Terminal
from tuireader.startup.driver import TerminalDriver

pytestmark = pytest.mark.slow

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


def test_a_locale_of_ascii_alone_does_not_garble_the_screen(demo_home: Path) -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with Terminal([sys.executable, "-m", "tuireader", "--demo"], home=demo_home, env=env) as screen:
        assert "┃" in screen.wait("港股科技板块连跌三日")
        screen.press("Q")
        assert screen.leave() == 0


STARTS = """
import sys
from threading import Event
from textual.drivers.linux_driver import LinuxDriver
from tuireader.startup import driver
driver.PATIENCE = 0.1
{change}
sys.argv = ["tuireader", "--demo"]
from tuireader.__main__ import main
main()
"""


NEVER_ENDS = "driver.TerminalDriver.read_keys = lambda self: Event().wait()"
NOT_ENDED = "LinuxDriver.disable_input = lambda self: None"
FAILS = "def fall(self):\n    raise RuntimeError('no mouse')\nLinuxDriver._disable_mouse_support = fall"


@pytest.mark.parametrize(
    ("change", "gone"),
    [(NEVER_ENDS, True), (NEVER_ENDS, False), (NOT_ENDED, True), (FAILS, True)],
    ids=["it goes on", "it goes on, the terminal is there", "nobody ends it", "ending it fails"],
)
def test_the_reader_ends_whatever_the_thread_that_reads_keys_does(
    tmp_path: Path, demo_home: Path, change: str, gone: bool, frames_for_a_terminal: None
) -> None:
    """Python itself would wait for it without limit, once the app has ended."""
    script = tmp_path / "start.py"
    script.write_text(STARTS.format(change=change))
    with Terminal([sys.executable, str(script)], home=demo_home, forked=True) as screen:
        screen.wait("Harbour Tech")
        if gone:
            assert screen.hang_up() == 129
        else:
            os.kill(screen.pid, signal.SIGTERM)
            assert screen.leave() == 143


def test_a_terminal_that_goes_without_a_signal_ends_the_reader(
    demo_home: Path, frames_for_a_terminal: None
) -> None:
    """It is not the controlling terminal, so the kernel sends no SIGHUP; and nothing is written to it."""
    terminal, slave = os.openpty()
    env = {"PATH": os.environ["PATH"], "HOME": str(demo_home), "TERM": "xterm", **passed_on()}
    command = [sys.executable, "-m", "tuireader", "--demo"]
    with subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=env,
        start_new_session=True,
        preexec_fn=partial(become, command[3:], env),
        restore_signals=False,
    ) as run:
        os.close(slave)
        shown = b""
        while b"Harbour Tech" not in shown or select.select([terminal], [], [], 0.5)[0]:
            shown += os.read(terminal, 1 << 16)
        os.close(terminal)
        try:
            assert run.wait(60) == 129
        finally:
            run.kill()
