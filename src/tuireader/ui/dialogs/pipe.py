"""Ask for a program that gets an article on its standard input."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from tuireader.errors import TuireaderError
from tuireader.ui.dialogs.form import Form
from tuireader.ui.widgets.field import Field

_ABOUT = (
    "The program gets the article as Markdown on its standard input. Put json:, txt: or html: in front for "
    "another format. {url} stands for the address. No shell is involved."
)


def split(text: str) -> tuple[str, list[str]]:
    """Return the format and the words of a command; `json:` in front asks for JSON. Raises ValueError."""
    form, colon, rest = text.partition(":")
    wanted = form.strip() if colon and form.strip() in ("md", "json", "txt", "html") else ""
    return wanted or "md", shlex.split(rest if wanted else text)


def pipe_form(typed: str) -> Form[str]:
    """Return a form for the command. Its result can be split into words, or is empty."""

    async def check(values: Mapping[str, str]) -> str:
        try:
            _, words = split(values["program"])
        except ValueError:
            raise TuireaderError("A quotation mark is not closed") from None
        return values["program"] if words else ""

    lines = (Field("program", "Program", typed, "wc -w"),)
    return Form("Pipe to a program", lines, check, about=_ABOUT, saves="runs it")
