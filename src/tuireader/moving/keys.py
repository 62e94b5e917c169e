"""newsboat's keys and operations as ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tuireader.commands import BY_ID, PRESETS, key_label, normalise_key
from tuireader.commands.keys import SAME_BYTE
from tuireader.values import dataclass

OPERATIONS: Mapping[str, str] = {
    "open": "open",
    "quit": "quit_or_back",
    "hard-quit": "quit",
    "reload": "refresh_one",
    "reload-all": "refresh_all",
    "mark-feed-read": "mark_list_read",
    "save": "save",
    "next-unread": "next_unread",
    "prev-unread": "previous_unread",
    "next": "next_article",
    "prev": "previous_article",
    "open-in-browser": "open_browser",
    "open-in-browser-noninteractively": "open_browser",
    "open-in-browser-and-mark-read": "open_browser_next",
    "help": "help",
    "toggle-article-read": "toggle_read",
    "toggle-show-read-feeds": "show_hide_read",
    "show-urls": "list_links",
    "goto-url": "list_links",
    "open-search": "search",
    "set-filter": "filter",
    "clear-filter": "back",
    "edit-flags": "toggle_star",
    "edit-urls": "edit_config",
    "pipe-to": "pipe",
    "cmdline": "palette",
    "macro-prefix": "macro",
    "switch-focus": "next_pane",
    "sort": "sort",
    "up": "move_up",
    "down": "move_down",
    "pageup": "page_up",
    "pagedown": "page_down",
    "halfpageup": "half_page_up",
    "halfpagedown": "half_page_down",
    "home": "top",
    "end": "bottom",
}
"""newsboat's operations that a command of ours does."""

_NAMES = {
    "ENTER": "enter",
    "BACKSPACE": "backspace",
    "LEFT": "left",
    "RIGHT": "right",
    "UP": "up",
    "DOWN": "down",
    "PPAGE": "pageup",
    "NPAGE": "pagedown",
    "HOME": "home",
    "END": "end",
    "ESC": "escape",
    "TAB": "tab",
    "SPACE": "space",
}


def command_of(operation: str) -> str | None:
    """The command that does what an operation of newsboat does; None when there is none."""
    wanted = OPERATIONS.get(operation, "")
    return wanted if wanted in BY_ID else None


def key_of(written: str) -> str | None:
    """The name of a key that newsboat's config has; None when it is no key here."""
    return normalise_key(_NAMES.get(written, written))


@dataclass(slots=True)
class Keyboard:
    """The keys as a newsboat config sets them, on top of our preset for people who come from there."""

    keys: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(PRESETS["newsboat"]))
    _bound: dict[str, str] = field(default_factory=dict)

    def bind(self, written: str, operation: str) -> str:
        """Give a key to an operation; `""`, or why that cannot be."""
        key, command = key_of(written), command_of(operation)
        if key is None:
            return f"{written!r} is no key here"
        if key in SAME_BYTE:
            return f"in a terminal {key_label(key)} is the same as {SAME_BYTE[key]}"
        if command is None:
            return f"no command does what {operation} does"
        if self._bound.get(key, command) != command:
            return f"{key_label(key)} has one meaning in all panes, and is {self._bound[key]} already"
        self._take(key)
        self._bound[key] = command
        self.keys[command] = (*self.keys[command], key)
        return ""

    def unbind(self, written: str) -> str:
        """Take a key from whatever has it; `""`, or why that cannot be."""
        key = key_of(written)
        if key is None:
            return "all keys at once cannot be unbound" if written == "-a" else f"{written!r} is no key here"
        self._take(key)
        return ""

    def _take(self, key: str) -> None:
        for command, keys in self.keys.items():
            if key in keys:
                self.keys[command] = tuple(other for other in keys if other != key)

    def changed(self) -> dict[str, tuple[str, ...]]:
        """The commands whose keys are not those of the preset."""
        return {name: keys for name, keys in self.keys.items() if keys != PRESETS["newsboat"][name]}
