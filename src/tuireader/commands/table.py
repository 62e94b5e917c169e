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


def _commands(text: str) -> Iterator[Command]:
    """Read `commands.txt`, which explains itself."""
    group = Group.MOVE
    for block in text.split("\n\n"):
        first, *lines = [line.strip() for line in block.strip().splitlines()]
        if first.startswith("== "):
            group = Group(first[3:])
        elif not first.startswith("#"):
            match, (help, *more) = _HEAD.fullmatch(first), lines
            assert match, first
            details = dict(line.split(": ", 1) for line in more)
            names = details.get("in", "global").split(", ")
            scope, *also = chain.from_iterable(_SEVERAL.get(name) or (Scope(name),) for name in names)
            keys = tuple(key.replace(">", " ") for key in match[3].split())
            aliases = tuple(details["aka"].split(", ")) if "aka" in details else ()
            yield Command(match[1], match[2], help, keys, group, scope, tuple(also), aliases)


COMMANDS = tuple(_commands(Path(__file__).with_name("commands.txt").read_text("utf-8")))
BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}

# Differences from the table. Commands with an empty text have no key; only the palette offers them.
_NEWSBOAT = {
    "open": "enter right", "page_or_next_unread": "", "page_down": "space pagedown", "top": "home",
    "bottom": "end", "toggle_read": "N", "toggle_star": "ctrl+e", "save": "s S", "show_hide_read": "l",
    "show_hide_read_feeds": "l", "next_feed": "j", "previous_feed": "k", "move_down": "down j",
    "move_up": "up k", "next_unread_feed": "ctrl+n", "previous_unread_feed": "ctrl+p", "palette": "f2",
    "goto_line": "1 2 3 4 5 6 7 8 9", "bookmark": "ctrl+b", "mark_all_read": "C", "clear_rest": "",
    "random_unread": "ctrl+k", "clear_filter": "ctrl+f", "find_in_page": "ctrl+o", "sort": "g G backslash",
    "list_links": "u number_sign", "channels": "", "download": "e d", "related": "Z",
    "next_pane": "tab ctrl+v", "previous_pane": "shift+tab ctrl+g",
    "back": "h left escape backspace ctrl+x",
}  # fmt: skip
_ARROWS = {
    "move_down": "down", "move_up": "up", "next_article": "ctrl+down", "previous_article": "ctrl+up",
    "top": "home", "bottom": "end", "open": "enter right", "back": "left escape backspace",
    "toggle_read": "m", "toggle_star": "s insert", "labels": "t f4", "search": "slash ctrl+f",
    "find_in_page": "f3", "refresh_one": "f5", "refresh_all": "ctrl+r", "refresh_failing": "ctrl+r",
    "edit_this": "f2 e", "remove_this": "delete", "undo": "ctrl+z",
}  # fmt: skip


def _preset(changes: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    changed = {command_id: tuple(keys.split()) for command_id, keys in changes.items()}
    return {command.id: changed.get(command.id, command.keys) for command in COMMANDS}


PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": _preset({}),
    "newsboat": _preset(_NEWSBOAT),
    "arrows": _preset(_ARROWS),
}
