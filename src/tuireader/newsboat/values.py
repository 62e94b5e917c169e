"""Translate values of newsboat's settings: commands without a shell, and colours."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from rich.color import Color

from tuireader.config.files import expand_home
from tuireader.newsboat.outcomes import NeedsShell, No

ADDRESS = "{url}"
TITLE = "{title}"
FEED = "{feed}"
"""Placeholders for an article's address, its title and that of its feed in an argument."""
_ASIDE = re.compile(r"\s*(?:&>{1,2}\s*/dev/null|[12]?>{1,2}\s*/dev/null|2>&1|&(?=\s*$))")
_SHELL = re.compile(r"[|&;<>$`*?~(){}\[\]!#\n]")
_HOME = re.compile(r"(?:^|(?<=\s))~(?=/)")
_BUILT_IN = frozenset(
    {".", ":", "cd", "command", "eval", "exec", "export", "set", "source", "ulimit", "umask"}
)
"""Commands that only a shell knows."""
_MOST = 1_000
_QUOTED = "has the address or title inside a longer quotation; put it in a script"
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def without_shell(command: str) -> tuple[str, ...]:
    """Split a command into program and arguments. Raises No if it needs a shell.

    Redirections to /dev/null and a final `&` are dropped. `%u` becomes `{url}`, which is appended if missing.
    `~/` at the start of a word becomes the home folder.
    """
    words = words_of(command)
    return words if any(ADDRESS in part for part in words) else (*words, ADDRESS)


def command_of(line: str) -> tuple[tuple[str, ...], bool]:
    """Translate a command; return the program with its arguments, and whether a shell runs it. Raises No.

    A shell gets the address and the title as `$1` and `$2`, never as a part of its script.
    """
    try:
        return without_shell(line), False
    except NeedsShell:
        pass
    parts = _split(line.rstrip(" &"))
    inner = len(parts) == 3 and _runs_script(parts)
    shell, option, script = parts if inner else ("sh", "-c", line.strip())
    read = "".join(map(_in_script, _SCRIPT.findall(script)))
    if read == script and not inner:  # as for a program: the address is its last argument
        read = f'{script.rstrip(" &")} "$1"'
    if re.search(r"\beval\b", read):
        raise No("lets the shell read the address as a command; put it in a script")
    return (shell, option, read, shell, ADDRESS, *([TITLE] if _ARGUMENTS["%T"] in read else [])), True


def _runs_script(parts: Sequence[str]) -> bool:
    """Return whether a command is a shell with a script among its arguments."""
    return parts[0].rpartition("/")[2] in _SHELLS and any(re.match(r"-\w*c", part) for part in parts)


_SHELLS = ("sh", "bash", "dash", "zsh")
_SCRIPT = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*"|%[uT]|.""", re.DOTALL)
_ARGUMENTS = {"%u": '"$1"', "%T": '"$2"'}


def _in_script(part: str) -> str:
    """Replace a placeholder, perhaps in quotation marks, by an argument of the script."""
    if part.strip("'\"") in _ARGUMENTS:
        return _ARGUMENTS[part.strip("'\"")]
    if any(mark in part for mark in _ARGUMENTS):
        raise No(_QUOTED)
    return part


def words_of(command: str) -> tuple[str, ...]:
    """Split a command into words, with `%u` replaced. Raises No if it needs a shell."""
    if len(command) > _MOST:
        raise No(f"is longer than {_MOST:,} characters; put it in a script")
    bare = command
    while (shorter := _ASIDE.sub("", bare)) != bare:
        bare = shorter
    if re.search(r"%[tF]", bare):
        raise No("%t and %F have no counterpart; a macro's program gets the article as JSON on stdin")
    parts = _split(bare)
    own = "=" in parts[0] or parts[0] in _BUILT_IN or _runs_script(parts)
    if own or _SHELL.search(_HOME.sub("", bare.replace("%u", ""))):
        raise NeedsShell("needs a shell; put it in a script")
    if any(re.search("%[uT]", part) and " " in part for part in parts):  # perhaps a script for a shell
        raise No(_QUOTED)
    parts = [str(expand_home(part)) if part.startswith("~/") else part for part in parts]
    return tuple(part.replace("%u", ADDRESS).replace("%T", TITLE) for part in parts)


def shell_words(line: str) -> tuple[tuple[str, ...], bool]:
    """Split a shell command; return its words and whether it needs the shell. Raises No without a program."""
    bare, parts = line.strip().removeprefix("~/"), _split(line)
    if _SHELL.search(bare) or "=" in parts[0] or parts[0] in _BUILT_IN:
        return ("sh", "-c", line.strip()), True
    return tuple(parts), False


def _split(command: str) -> list[str]:
    if "\0" in command:
        raise No("contains a NUL character")
    try:
        parts = shlex.split(command)
    except ValueError:
        raise No("a quotation mark is not closed") from None
    if not parts or not parts[0]:
        raise No("names no program")
    return parts


def colour_of(written: str) -> str:
    """Translate a newsboat colour; `""` for the terminal's default or an unknown colour."""
    if written in _COLOURS:
        return written
    number = re.fullmatch(r"color(\d{1,3})", written)
    if not number or int(number[1]) > 255:
        return ""
    n = int(number[1])
    if n < 16:
        return _COLOURS[n] if n < 8 else f"bright_{_COLOURS[n - 8]}"
    return Color.from_ansi(n).get_truecolor().hex


def is_light(written: str) -> bool:
    """Return whether a background colour is light."""
    colour = colour_of(written)
    if colour.startswith("#"):
        return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5)) > 3 * 160
    return colour in ("white", "bright_white")
