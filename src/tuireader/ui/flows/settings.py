"""Editing the configuration in the person's own editor, and taking over what it says then."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tuireader import files
from tuireader.errors import TuireaderError

if TYPE_CHECKING:
    from tuireader.ui.screens.main import MainScreen

_USUAL = ("sensible-editor", "nano", "vim", "vi", "emacs")
_TOLD = 3  # problems that are told, each in a toast of its own


def editor(environ: Mapping[str, str]) -> list[str]:
    """The person's editor with its arguments, from VISUAL or EDITOR or of the usual ones; empty for none."""
    for name in ("VISUAL", "EDITOR"):
        try:
            command = shlex.split(environ.get(name, ""))
        except ValueError:  # a quotation mark is not closed
            continue
        if command:
            return command
    path = environ.get("PATH")
    return next(([name] for name in _USUAL if shutil.which(name, path=path)), [])


async def edit_config(screen: MainScreen) -> None:
    """Lend the terminal to the editor, then put in force what the file says."""
    app, path = screen.host, screen.library.paths.config
    if screen.library.offline:
        app.say("The demo has no configuration file; start tuireader without --demo")
        return
    command = editor(os.environ)
    if not command:
        app.say(f"No editor was found: set VISUAL or EDITOR, or edit {path}", severity="warning", seconds=10)
        return
    await asyncio.to_thread(_make, path)
    before = await asyncio.to_thread(path.read_bytes)
    app.lent = True
    try:
        with app.batch_update(), app.suspend():
            process = await asyncio.create_subprocess_exec(*command, str(path))
            code = await process.wait()
    except SuspendNotSupported:
        app.say(f"No editor can be shown here; edit {path} in another terminal", severity="warning")
        return
    except OSError as error:
        reason = error.strerror or str(error)
        app.say(f"{command[0]} cannot be run: {reason}; set VISUAL or EDITOR", severity="error", seconds=10)
        return
    finally:
        app.lent = False
    if code:
        app.say(f"{Path(command[0]).name} ended with exit status {code}", severity="warning")
    if await asyncio.to_thread(path.read_bytes) == before:
        app.say("The configuration is as it was")
    else:
        await take_over(screen)


def _make(path: Path) -> None:
    """An empty file for its owner only, where there is none yet."""
    if not path.exists():
        files.write(path, [])


async def take_over(screen: MainScreen) -> None:
    """Read the configuration anew: keys, look, feeds, watches. What is wrong in it is told, a line each."""
    app, library, before = screen.host, screen.library, screen.library.config
    try:
        await library.settings.reload()
    except TuireaderError as error:
        app.say(f"{error} · {screen.key_of('edit_config')} edits it", severity="error", seconds=15)
        return
    problems = library.settings.problems
    for problem in problems[:_TOLD]:
        app.say(str(replace(problem, file=Path(problem.file).name)), severity="warning", seconds=15)
    if len(problems) > _TOLD:
        more = f"and {len(problems) - _TOLD} more: `tuireader config check` lists all"
        app.say(more, severity="warning", seconds=15)
    app.take_config()
    ui = library.config.ui
    screen.sidebar.styles.width = ui.sidebar + 3
    screen.pane.set_measure(ui.width)
    screen.listing.take_config(before.ui)
    if library.config.database != before.database:
        app.say("Another database is used from the next start on")
    if not problems:
        app.say("The configuration is in force")
    await screen.watching.changed()
