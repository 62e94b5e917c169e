"""Textual bindings, made from the one table of commands."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding

from tuireader.commands import COMMANDS, PANES, Group, Scope

# One command whose n-th key means n: each key is a binding of its own, `open_link.3`.
_NUMBERED = "open_link"
MOVES = tuple(
    command.id for command in COMMANDS if command.group is Group.MOVE and Scope.CHOICES in command.places
)
"""Movement commands for the focused pane of any screen."""
ANYWHERE = "quit.anywhere"  # the app's binding that quits from inputs and dialogs, by keys that type no text
_NO_KEY = "none"  # Textual ignores an empty new key; no terminal sends this one


def bindings(place: Scope = Scope.GLOBAL) -> list[Binding]:
    """Bind each command that works in a place, under its id.

    The main screen binds commands that work in several of its panes, a pane those that work in no other: a
    pane is asked before its screen. Both run through `MainScreen.commands`, all others call the method of
    that name.
    """
    on_main = place is Scope.GLOBAL or place in PANES
    place_bindings: list[Binding] = []
    for command in COMMANDS:
        panes = command.places & PANES
        wanted = len(panes) > 1 if place is Scope.GLOBAL else place in command.places
        if not wanted or (place in PANES and len(panes) > 1):
            continue
        if command.id == _NUMBERED:
            keys = {f"{_NUMBERED}.{number}": key for number, key in enumerate(command.keys, 1)}
        else:
            keys = {command.id: ",".join(command.keys or (_NO_KEY,))}
        for binding_id, key in keys.items():
            number = binding_id.removeprefix(command.id).strip(".")
            if on_main:
                action = f"screen.run('{command.id}'{f', {number}' if number else ''})"
            elif command.id in MOVES and place is not Scope.CHOICES:
                action = f"pane('{command.id}')"
            else:
                action = command.id
            place_bindings.append(Binding(key, action, command.title, show=False, id=binding_id))
    return place_bindings


def keymap(resolved: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Map ids of bindings to their keys where these differ from the table."""
    changed: dict[str, str] = {}
    for command in COMMANDS:
        keys = resolved.get(command.id, command.keys)
        if keys == command.keys:
            continue
        if command.id == _NUMBERED:
            for number in range(len(command.keys)):
                changed[f"{_NUMBERED}.{number + 1}"] = keys[number] if number < len(keys) else _NO_KEY
        else:
            changed[command.id] = ",".join(keys or (_NO_KEY,))
        if command.id == "quit":
            changed[ANYWHERE] = ",".join([key for key in keys if _is_no_text(key)] or [_NO_KEY])
    return changed


def _is_no_text(key: str) -> bool:
    """Recognize keys that type no text: function keys, and letters with ctrl or alt."""
    return key.startswith(("ctrl+", "alt+")) or (key[:1] == "f" and key[1:].isdigit())
