"""Run the app in a terminal, and restore the terminal whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from tuireader.config import Paths
from tuireader.errors import Exit, report_crash
from tuireader.startup import first_frame
from tuireader.subprocesses import processes

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.ui.app import TuireaderApp

_SIGNALS = (signal.SIGINT, *(getattr(signal, name) for name in first_frame.ENDING if hasattr(signal, name)))

OpenLibrary = Callable[[], "AbstractAsyncContextManager[Library]"]


def run(open_library: OpenLibrary, paths: Paths) -> int:
    """Run the app until the user quits; return the exit code of the program.

    Without a terminal, report a usage error. A signal exits cleanly with 128 plus its number. After a crash,
    restore the terminal, report in one line the crash and the marks that could not be stored, and log the
    traceback without the values of variables.
    """
    if not _has_terminal():
        print("tuireader needs a terminal; try `tuireader list` or `tuireader --help`", file=sys.stderr)
        return Exit.USAGE
    try:
        code = asyncio.run(_run(open_library, paths))
    finally:
        first_frame.end()  # if Textual did not start: shows messages on the normal screen
    from tuireader.ui.host import DEMO

    if code == DEMO:
        words = processes.command("tuireader", "--demo")
        os.execv(words[0], words)
    return code


def _has_terminal() -> bool:
    if os.environ.get("TEXTUAL_DRIVER"):  # the screen is elsewhere: in a browser, with `tuireader serve`
        return True
    try:
        shown = sys.stdin.isatty() and sys.stdout.isatty()
    except (AttributeError, ValueError):  # closed or missing
        return False
    return shown and os.environ.get("TERM", "") not in ("", "dumb")


async def _run(open_library: OpenLibrary, paths: Paths) -> int:
    async with open_library() as library:
        counting = asyncio.ensure_future(library.lists.counts())
        followed = library.config.feeds or library.config.accounts or library.offline
        first = not followed and not (await counting).all.total
        await asyncio.sleep(0)  # articles are counted in a thread while Textual is imported
        # At Textual's 60 repaints a second, a key with two steps (a new layout, then its content)
        # shows up to 17 ms late.
        os.environ.setdefault("TEXTUAL_FPS", "1000")
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
        from tuireader.ui.app import TuireaderApp

        sys.setswitchinterval(0.001)  # bounds the time that a key waits for a thread reading rows
        from tuireader.startup.background import hinted_dark
        from tuireader.startup.driver import TerminalDriver
        from tuireader.startup.saved_frame import keep

        driver = None if "TEXTUAL_DRIVER" in os.environ else TerminalDriver
        learnt = first_frame.learnt_dark
        dark = driver is None or (hinted_dark(os.environ) if learnt is None else learnt)
        app = TuireaderApp(
            library, first_run=first, counting=counting, driver=driver, keep_frame=keep, dark=dark
        )
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, _leave, app, 128 + number)
        try:
            code = await app.run_async()
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
        unsaved = await app.unsaved()
        if app.fault is not None:
            return report_crash(app.fault, paths.state, unsaved or "your marks are saved")
        if unsaved:
            print(f"tuireader: {unsaved}", file=sys.stderr)
        return code or (Exit.DATABASE if unsaved else Exit.OK)


def _leave(app: TuireaderApp, code: int) -> None:
    if app.lent and code == 128 + signal.SIGINT:
        return
    app.leaving = asyncio.ensure_future(app.leave(code))
