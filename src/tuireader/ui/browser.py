"""Opening an address in the person's web browser without disturbing the screen."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys

_WAIT = 4.0  # seconds after which a starter that still runs is taken for a browser that is up
_STARTERS = (
    "xdg-open",
    "wslview",
    "x-www-browser",
    "firefox",
    "chromium",
    "chromium-browser",
    "google-chrome",
)


def _command() -> str | None:
    """The program to call: `$BROWSER` if it names one plain program, else what the system has."""
    wanted = os.environ.get("BROWSER", "").split(os.pathsep)[0].strip()
    names = (wanted, "open") if sys.platform == "darwin" else (wanted, *_STARTERS)
    return next(
        (path for name in names if name and not name.startswith("-") and (path := shutil.which(name))), None
    )


async def open_in_browser(url: str) -> str:
    """Hand an address to the browser as one argument, without a shell; `""`, or why it did not work.

    Python's `webbrowser` may block, write to the terminal, and take an address for an option.
    """
    command = _command()
    if command is None:
        return "no web browser was found"
    nothing = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            command, url, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
        )
    except OSError as error:
        return f"{command}: {error.strerror or error}"
    try:
        code = await asyncio.wait_for(process.wait(), _WAIT)
    except TimeoutError:
        return ""
    return f"{command} ended with status {code}" if code else ""
