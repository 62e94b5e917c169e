"""Open an address in the user's web browser without disturbing the screen."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence

from tuireader.subprocesses.programs import ADDRESS, filled

_WAIT = 4.0  # seconds after which a running program counts as started
_STARTERS = (
    "xdg-open", "wslview", "x-www-browser", "firefox", "chromium", "chromium-browser", "google-chrome"
)  # fmt: skip


def _command() -> str | None:
    """Find the program to call: `$BROWSER` if it names one plain program, else the system's opener."""
    wanted = os.environ.get("BROWSER", "").split(os.pathsep)[0].strip()
    starters = ("open",) if sys.platform == "darwin" else _STARTERS
    names = starters if wanted.startswith("-") or not wanted else (wanted, *starters)
    return next(filter(None, map(shutil.which, names)), None)


async def open_in_browser(url: str, program: Sequence[str] = ()) -> str:
    """Pass an address to the browser as one argument, without a shell; return an error or `""`.

    In the configured `program`, `{url}` stands for the address; without it, the address is appended.
    Python's `webbrowser` may block, write to the terminal, and mistake an address for an option.
    """
    if program:
        words = filled(program if any(ADDRESS in word for word in program) else (*program, ADDRESS), url)
    elif (opener := _command()) is not None:
        words = (opener, url)
    else:
        return "no web browser was found"
    return await start(words)


async def start(words: Sequence[str]) -> str:
    """Start a program without a shell, away from the terminal; return an error or `""`."""
    command = words[0]
    nothing = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
        )
    except (OSError, ValueError) as error:
        return f"{command}: {getattr(error, 'strerror', None) or error}"
    try:
        code = await asyncio.wait_for(process.wait(), _WAIT)
    except TimeoutError:
        return ""
    return f"{command} ended with status {code}" if code else ""
