"""Textual bindings, made from the one table of commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding

from tuireader.commands import COMMANDS, PANES, Group, Scope

# Commands whose n-th key means n, and how many: each key is a binding of its own, `open_link.3`.
_NUMBERED = {"open_link": 10, "goto_line": 9}
MOVES = tuple(
    command.id for command in COMMANDS if command.group is Group.MOVE and Scope.CHOICES in command.places
)
"""Movement commands for the focused pane of any screen."""
ANYWHERE = "quit.anywhere"  # the app's binding that quits from inputs and dialogs, by keys that type no text
_NO_KEY = "none"  # Textual ignores an empty new key; no terminal sends this one


def bindings(place: Scope = Scope.GLOBAL) -> list[Binding]:
    """Bind each command that works in a place, under its id.

    The main screen binds commands that work in the article and other panes, a pane those that do not: a pane
    is asked before its screen. Both run through `MainScreen.commands`, all others call the method of
    that name.
    """
    on_main = place is Scope.GLOBAL or place in PANES
    place_bindings: list[Binding] = []
    for command in COMMANDS:
        panes = command.places & PANES
        by_screen = len(panes) > 1 and Scope.ARTICLE in panes
        wanted = by_screen if place is Scope.GLOBAL else place in command.places
        if not wanted or (place in PANES and by_screen):
            continue
        if command.id in _NUMBERED:
            keys = _numbered(command.id, command.keys)
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
        if command.id in _NUMBERED:
            changed |= _numbered(command.id, keys)
        else:
            changed[command.id] = ",".join(keys or (_NO_KEY,))
        if command.id == "quit":
            changed[ANYWHERE] = ",".join([key for key in keys if _is_no_text(key)] or [_NO_KEY])
    return changed


def _numbered(command_id: str, keys: Sequence[str]) -> dict[str, str]:
    numbers = range(_NUMBERED[command_id])
    return {f"{command_id}.{n + 1}": keys[n] if n < len(keys) else _NO_KEY for n in numbers}


def _is_no_text(key: str) -> bool:
    """Recognize keys that type no text: function keys, and letters with ctrl or alt."""
    return (key.startswith(("ctrl+", "alt+")) and " " not in key) or (key[:1] == "f" and key[1:].isdigit())
