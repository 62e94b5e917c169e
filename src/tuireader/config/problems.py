"""Problems of a configuration and their positions in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated

from msgspec import Struct

from tuireader.config.toml_lines import key_lines
from tuireader.text import cell_len, clean


class Problem(Struct, frozen=True):
    """A problem of the configuration; `detail` has lines to print below it: the source and carets."""

    path: Annotated[str, 'The key, such as `watch[2].query`; `""` for the whole file.']
    message: Annotated[str, "What is wrong."]
    line: Annotated[int | None, "Line number from 1, if known."] = None
    fatal: Annotated[bool, "True if the whole file had to be ignored."] = False
    file: Annotated[str, "The file."] = "config.toml"
    column: Annotated[int | None, "Column number from 1, if known."] = None
    detail: str = ""
    warning: Annotated[bool, "True if the setting works but is probably a mistake."] = False

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        kind = "warning" if self.warning else ""
        return ": ".join(part for part in (place, kind, self.path, self.message) if part)


def caret(source: str, position: int, length: int = 1) -> str:
    """Cut out the part of a line around an error, with carets below it."""
    first = max(0, position - 60)
    line = "".join(char if char.isprintable() else " " for char in source[first : position + 40])
    before, marked = line[: position - first], line[position - first :][:length]
    return f"{line.rstrip()}\n{' ' * cell_len(before)}{'^' * max(1, cell_len(marked))}"


def key_path(path: str, name: str) -> str:
    """Append a key to a path, made safe to print: `watch[2].query`."""
    return f"{path}.{clean(name, 80)}" if path else clean(name, 80)


def line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """Line of a key, else of its table or of its first part; a single `watch[1]` may be written `[watch]`."""
    parts = (f"{path}[", f"{path}.")
    while path:
        for written in (path, path.replace("[1]", "")):
            if written in lines:
                return lines[written]
        path = path.removesuffix("]").rpartition("[" if path.endswith("]") else ".")[0]
    return next((line for key, line in lines.items() if key.startswith(parts)), None)


_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


LONG_NUMBER = re.compile(r"(?<![\w.\"'])[+-]?[\da-fA-Fxo_]{3000,}")


def syntax_problem(error: ValueError | RecursionError, text: str, name: str) -> Problem:
    """Describe a TOML syntax error, with the position that tomllib puts into its message."""
    problem = partial(Problem, "", fatal=True, file=name)
    if isinstance(error, RecursionError):
        return problem(message="is not TOML: brackets are nested too deeply")
    message = str(error)
    if message.startswith("Exceeds the limit"):
        number = LONG_NUMBER.search(text)
        place = text.count("\n", 0, number.start()) + 1 if number else None
        return problem(message="is not TOML: a number is too long", line=place)
    lines = text.split("\n")
    line: int | None = None
    column: int | None = None
    if position := _POSITION.search(message):
        message = message[: position.start()]
        line, column = (int(part) if part else None for part in position.groups())
    if message in ("Cannot overwrite a value", "Cannot mutate immutable namespace"):
        twice = _first_twice(text)
        line, column = (twice[1], None) if twice else (line, column)
        message = f"{twice[0] if twice else 'a key'} is set twice"
    if position and line is None:
        line = len(text.rstrip().split("\n"))
    if message == "Invalid value":
        message = "a value is missing or invalid here; text needs quotes"
    source = lines[line - 1] if line else ""
    detail = caret(source, column - 1) if column else clean(source, 100)
    return problem(message=f"is not TOML: {clean(message)}", line=line, column=column, detail=detail)


def _first_twice(text: str) -> tuple[str, int] | None:
    """Find the first key that is set twice, and the line of its second occurrence."""
    seen: set[str] = set()
    for where, line in key_lines(text):
        if where in seen:
            return where, line
        seen.add(where)
    return None
