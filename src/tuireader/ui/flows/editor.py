"""Lend the terminal to the user's editor."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from textual.app import SuspendNotSupported

from tuireader.subprocesses.programs import editor
from tuireader.ui.flows.context import Outcome
from tuireader.ui.host import Host


async def edit_file(host: Host, path: Path, instead: str) -> int | Outcome:
    """Open a file in the editor and return its exit code.

    The outcome says why it cannot be opened, and what to do `instead`.
    """
    command = editor(os.environ)
    if not command:
        said = f"No editor found: set VISUAL or EDITOR, or {instead}"
        return Outcome(said=said, severity="warning", seconds=10)
    host.lent = True
    try:
        with host.batch_update(), host.suspend():
            process = await asyncio.create_subprocess_exec(*command, str(path))
            code = await process.wait()
    except SuspendNotSupported:
        return Outcome(said=f"Cannot open an editor here; {instead}", severity="warning")
    except OSError as error:
        said = f"{command[0]} cannot be run: {error.strerror or error}; set VISUAL or EDITOR"
        return Outcome(said=said, severity="error", seconds=10)
    finally:
        host.lent = False
    if code:
        host.say(f"{Path(command[0]).name} ended with exit status {code}", severity="warning")
    return code


async def edit_text(host: Host, text: str) -> str | Outcome:
    """Let the user edit a note in the editor; an outcome if it was not opened, or ended with an error."""
    with tempfile.TemporaryDirectory(prefix="tuireader-") as folder:
        path = Path(folder) / "note.txt"
        await asyncio.to_thread(path.write_text, f"{text}\n" * bool(text), encoding="utf-8")
        ended = await edit_file(host, path, "write the note in one line")
        if ended == 0:
            with suppress(OSError):  # the editor may have removed it
                return await asyncio.to_thread(path.read_text, encoding="utf-8", errors="replace")
        return ended if isinstance(ended, Outcome) else Outcome(said="Nothing was changed")
