"""Command lines that newsboat gives to a shell, as programs with arguments that no shell reads."""

from __future__ import annotations

import re
import shlex

ADDRESS = "{url}"
"""What stands for an article's address in an argument of ours."""
_ASIDE = re.compile(r"\s*(?:&>{1,2}\s*/dev/null|[12]?>{1,2}\s*/dev/null|2>&1|&(?=\s*$))")
_SHELL = re.compile(r"[|&;<>$`*?~(){}\[\]!#\n]")


def without_shell(command: str) -> tuple[str, ...] | str:
    """The program with its arguments, or why it takes a shell to run it.

    What sends output away or the program into the background is left out: it runs like that anyway. `%u`
    becomes `{url}`, and where there is none the address comes last.
    """
    bare = command
    while (shorter := _ASIDE.sub("", bare)) != bare:
        bare = shorter
    if re.search(r"%[tTF]", bare):
        return "%t, %T and %F have no counterpart"
    if _SHELL.search(bare.replace("%u", "")):
        return "it takes a shell to run this; put it in a script"
    try:
        parts = shlex.split(bare)
    except ValueError:
        return "a quotation mark is not closed"
    if not parts:
        return "names no program"
    made = tuple(part.replace("%u", ADDRESS) for part in parts)
    return made if any(ADDRESS in part for part in made) else (*made, ADDRESS)
