"""Read the command line: `:23`, `:set theme light`, `:import FILE`, `:open URL`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

LINE = "line"
"""Verb of a line number."""
_MOST_DIGITS = 9


class Verb(Struct, frozen=True):
    """Word at the start of a command line; `takes` names its argument."""

    takes: str
    help: str


VERBS: Mapping[str, Verb] = {
    "set": Verb("NAME VALUE", "Change a setting, or show it"),
    "import": Verb("FILE", "Import feeds from a file or a newsboat profile"),
    "add": Verb("ADDRESS", "Subscribe to a feed or to a page that has one"),
    "open": Verb("URL", "Open an address in the web browser"),
    "search": Verb("WORDS", "Search all stored articles"),
    "filter": Verb("EXPRESSION", "Filter this list by an expression"),
}


class Line(Struct, frozen=True):
    """A verb with its argument, which is a number after `LINE`."""

    verb: str
    argument: str


def parse(text: str) -> Line | None:
    """Read a typed line; None if it is no verb with an argument, but perhaps the name of a command."""
    text = text.strip().removeprefix(":").lstrip()
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        return Line(LINE, text)
    verb, _, argument = text.partition(" ")
    return Line(verb.lower(), argument.strip()) if verb.lower() in VERBS and argument.strip() else None


def split_setting(argument: str) -> tuple[str, str]:
    """Split the argument of `set` into a name and a value: `theme light`, `theme = light`."""
    name, *value = re.split(r"\s*=\s*|\s+", argument.strip(), maxsplit=1)
    return name, "".join(value)
