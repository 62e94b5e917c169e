"""All commands, and the presets of keys."""

from __future__ import annotations

from collections.abc import Mapping

from tuireader.commands.command import Command
from tuireader.commands.managing import MANAGING
from tuireader.commands.reading import READING

COMMANDS: tuple[Command, ...] = (*READING, *MANAGING)

BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}

# Changes of a preset; everything else is as in the table. An empty tuple leaves a command to the palette.
_NEWSBOAT: Mapping[str, tuple[str, ...]] = {
    "open": ("enter", "right"),
    "page_or_next_unread": (),
    "page_down": ("space", "pagedown"),
    "top": ("home",),
    "bottom": ("end",),
    "toggle_read": ("N",),
    "toggle_star": ("s", "ctrl+e"),
    "show_hide_read": ("l",),
}
_ARROWS: Mapping[str, tuple[str, ...]] = {
    "move_down": ("down",),
    "move_up": ("up",),
    "next_article": ("ctrl+down",),
    "previous_article": ("ctrl+up",),
    "top": ("home",),
    "bottom": ("end",),
    "open": ("enter", "right"),
    "back": ("left", "escape", "backspace"),
    "toggle_read": ("m",),
    "toggle_star": ("s", "insert"),
    "labels": ("t", "f4"),
    "search": ("slash", "ctrl+f"),
    "find_in_page": ("f3",),
    "refresh_one": ("f5",),
    "refresh_all": ("ctrl+r",),
    "refresh_failing": ("ctrl+r",),
    "edit_this": ("f2", "e"),
    "remove_this": ("delete",),
    "undo": ("ctrl+z",),
}


def _preset(changes: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return {command.id: changes.get(command.id, command.keys) for command in COMMANDS}


PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": _preset({}),
    "newsboat": _preset(_NEWSBOAT),
    "arrows": _preset(_ARROWS),
}
