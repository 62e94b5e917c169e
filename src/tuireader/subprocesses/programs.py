"""Programs of the person's that get an article: started without a shell, never waited for by the screen."""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from tuireader.text import clean, clean_multiline

ADDRESS = "{url}"
TITLE = "{title}"
"""Placeholders for the article's address and title in an argument."""
_PLACEHOLDER = re.compile(r"\{url\}|\{title\}")
_PATIENCE = 10.0
_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a program: `code` is None while it goes on; `trouble` is why it could not be started.

    `output` is what it printed so far, cleaned, at the most 2,000 characters of it.
    """

    program: str
    code: int | None = None
    output: str = ""
    trouble: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing went wrong."""
        return not self.trouble and not self.code


def filled(command: Sequence[str], url: str, title: str = "") -> tuple[str, ...]:
    """A program with its arguments, `{url}` and `{title}` in them replaced.

    Neither is ever taken for an option: an address begins with http, and before a title that begins with a
    dash a blank is put. What stands in one is not replaced again.
    """
    address = url if url.startswith(("http://", "https://")) else ""
    values = {ADDRESS: address, TITLE: clean(title)}
    made = (_PLACEHOLDER.sub(lambda found: values[found[0]], part) for part in command)
    return tuple(
        f" {text}" if text.startswith("-") and not part.startswith("-") else text
        for part, text in zip(command, made, strict=True)
    )


async def run(command: Sequence[str], text: str, *, patience: float = _PATIENCE) -> Ran:
    """Run a program with a text on its stdin, in a session of its own.

    One that takes longer than `patience` seconds goes on by itself. Output goes to a file and not to a pipe,
    so that nobody needs to read it.
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
