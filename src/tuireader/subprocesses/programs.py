"""Run the user's programs on an article, without a shell and without blocking the screen; find the editor."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence

from msgspec import Struct

from tuireader.text import clean, clean_multiline

ADDRESS, TITLE, FEED = "{url}", "{title}", "{feed}"  # placeholders in an argument
_PLACEHOLDER = re.compile(r"\{(?:url|title|feed)\}")
_EDITORS = ("sensible-editor", "nano", "vim", "vi", "emacs")
_PATIENCE = 10.0
_SHOWN = 2_000


class Ran(Struct, frozen=True):
    """Result of a program: `code` is None if it is still running; `trouble` is why it could not be started.

    `output` is its output so far, cleaned, at most 2,000 characters.
    """

    program: str
    code: int | None = None
    output: str = ""
    trouble: str = ""

    @property
    def ok(self) -> bool:
        """True if it started and has not failed."""
        return not self.trouble and not self.code


def filled(command: Sequence[str], url: str, title: str = "", feed: str = "") -> tuple[str, ...]:
    """Replace `{url}`, `{title}` and `{feed}` in the arguments of a program.

    None can be mistaken for an option: addresses begin with http, and a title with a leading dash gets a
    space before it. Placeholders within them are not replaced.
    """
    address = url if url.startswith(("http://", "https://")) else ""
    values = {ADDRESS: address, TITLE: clean(title), FEED: clean(feed)}
    parts = (_PLACEHOLDER.sub(lambda match: values[match[0]], part) for part in command)
    return tuple(
        f" {text}" if text.startswith("-") and not part.startswith("-") else text
        for part, text in zip(command, parts, strict=True)
    )


async def run(command: Sequence[str], text: str, *, patience: float = _PATIENCE) -> Ran:
    """Run a program with a text on its stdin, in its own session.

    After `patience` seconds it continues unattended; so its output goes to a file, which need not be read.
    """
    program = command[0] if command else ""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as printed:
        given.write(text.encode("utf-8", "replace"))
        given.seek(0)
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=given, stdout=printed, stderr=printed, start_new_session=True
            )
        except (OSError, ValueError, TypeError) as error:
            return Ran(program, trouble=f"cannot be run: {getattr(error, 'strerror', None) or error}")
        code: int | None = None
        with contextlib.suppress(TimeoutError):
            code = await asyncio.wait_for(process.wait(), patience)
        printed.seek(0)
        output = printed.read(4 * _SHOWN).decode("utf-8", "replace")
    return Ran(program, code, clean_multiline(output, _SHOWN).strip())


def editor(environ: Mapping[str, str]) -> list[str]:
    """Find the user's editor with its arguments: VISUAL, EDITOR or a common one; empty if there is none."""
    for name in ("VISUAL", "EDITOR"):
        try:
            command = shlex.split(environ.get(name, ""))
        except ValueError:  # unclosed quotation mark
            continue
        if command:
            return command
    path = environ.get("PATH")
    return next(([name] for name in _EDITORS if shutil.which(name, path=path)), [])
