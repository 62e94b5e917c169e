"""Command lines that newsboat gives to a shell, as programs with arguments that no shell reads."""

from __future__ import annotations

import re
import shlex

from tuireader.config.files import expand_home

ADDRESS = "{url}"
TITLE = "{title}"
"""Placeholders for an article's address and title in an argument."""
_ASIDE = re.compile(r"\s*(?:&>{1,2}\s*/dev/null|[12]?>{1,2}\s*/dev/null|2>&1|&(?=\s*$))")
_SHELL = re.compile(r"[|&;<>$`*?~(){}\[\]!#\n]")
_HOME = re.compile(r"(?:^|(?<=\s))~(?=/)")
_MOST = 1_000


def without_shell(command: str) -> tuple[str, ...] | str:
    """Return the program with its arguments, or why it needs a shell.

    Drops redirections to /dev/null and a final `&`. `%u` becomes `{url}`; without it, the address comes last.
    `~/` at the start of a word is the home folder.
    """
    made = words_of(command)
    if isinstance(made, str) or any(ADDRESS in part for part in made):
        return made
    return (*made, ADDRESS)


def words_of(command: str) -> tuple[str, ...] | str:
    """Return the words of a command, `%u` replaced, or why it takes a shell to run it."""
    if len(command) > _MOST:
        return f"it is longer than {_MOST:,} characters; put it in a script"
    bare = command
    while (shorter := _ASIDE.sub("", bare)) != bare:
        bare = shorter
    if re.search(r"%[tTF]", bare):
        return "%t, %T and %F have no counterpart; a macro's program gets the article as JSON on stdin"
    if _SHELL.search(_HOME.sub("", bare.replace("%u", ""))):
        return "it takes a shell to run this; put it in a script"
    if "\0" in bare:
        return "has a NUL character, which no program takes"
    try:
        parts = shlex.split(bare)
    except ValueError:
        return "a quotation mark is not closed"
    if not parts or not parts[0]:
        return "names no program"
    parts = [str(expand_home(part)) if part.startswith("~/") else part for part in parts]
    return tuple(part.replace("%u", ADDRESS) for part in parts)
