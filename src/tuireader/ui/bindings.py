"""Textual's bindings, made from the one table of commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from textual.binding import Binding

from tuireader.commands import COMMANDS

# One command whose n-th key means n: each key is a binding of its own, `open_link.3`.
_NUMBERED = "open_link"


def bindings(only: Collection[str] | None = None) -> list[Binding]:
    """A binding for each command with a key, or for some; its action has the command's name, its id too."""
    made: list[Binding] = []
    for command in COMMANDS:
        if only is not None and command.id not in only:
            continue
        if command.id == _NUMBERED:
            made += [
                Binding(key, f"{_NUMBERED}({number})", command.title, show=False, id=f"{_NUMBERED}.{number}")
                for number, key in enumerate(command.keys, 1)
            ]
        elif command.keys:
            made.append(Binding(",".join(command.keys), command.id, command.title, show=False, id=command.id))
    return made


def keymap(resolved: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """What differs from the table, as Textual wants it; empty when all keys are the table's."""
    changed: dict[str, str] = {}
    for command in COMMANDS:
        keys = resolved.get(command.id, command.keys)
        if keys == command.keys:
            continue
        if command.id == _NUMBERED:
            for number in range(len(command.keys)):
                changed[f"{_NUMBERED}.{number + 1}"] = keys[number] if number < len(keys) else ""
        else:
            changed[command.id] = ",".join(keys)
    return changed
