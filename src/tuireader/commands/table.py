"""All commands, by heading of the help, and the key presets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from tuireader.commands.command import MOVING, TABLES, Command, Group, Scope

_HEAD = re.compile(r"(\w+): (.+) \[(.*)\]")
_SEVERAL: Mapping[str, tuple[Scope, ...]] = {
    "moving": MOVING,
    "tables": TABLES,
    "removing": tuple(place for place in TABLES if place is not Scope.MATCHES),  # a log only grows
}


def _commands(text: str) -> Iterator[tuple[Command, Mapping[str, str]]]:
    """Yield the commands of `commands.txt`, which explains itself, with their details."""
    group = Group.MOVE
    for block in text.split("\n\n"):
        first, *lines = [line.strip() for line in block.strip().splitlines()]
        if first.startswith("== "):
            group = Group(first[3:])
        elif not first.startswith("#"):
            match, (help, *more) = _HEAD.fullmatch(first), lines
            assert match, first
            details = {name: text.strip() for name, _, text in (line.partition(":") for line in more)}
            names = details.get("in", "global").split(", ")
            scope, *also = chain.from_iterable(_SEVERAL.get(name) or (Scope(name),) for name in names)
            aliases, instead = details.get("aka", ""), details.get("instead", "")
            yield (
                Command(
                    *(match[1], match[2], help, _keys(match[3]), group, scope, tuple(also)),
                    aliases=tuple(filter(None, aliases.split(", "))),
                    instead=instead,
                ),
                details,
            )


def _keys(text: str) -> tuple[str, ...]:
    return tuple(key.replace(">", " ") for key in text.split())


_TABLE = tuple(_commands(Path(__file__).with_name("commands.txt").read_text("utf-8")))
COMMANDS = tuple(command for command, _ in _TABLE)
BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}
PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    preset: {
        command.id: _keys(details[preset]) if preset in details else command.keys
        for command, details in _TABLE
    }
    for preset in ("default", "newsboat", "arrows")
}
