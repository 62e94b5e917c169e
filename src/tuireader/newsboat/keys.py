"""Translate newsboat's keys and operations into ours."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from tuireader.commands import PRESETS, key_label, normalise_key
from tuireader.commands.keys import SAME_BYTE
from tuireader.newsboat.outcomes import Became, Group, No
from tuireader.text import clean

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
    "enqueue": "download",
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
"""newsboat's operations with the equivalent command."""

_APPROXIMATE: Mapping[str, str] = {
    "open-in-browser-and-mark-read": "also moves on to the next unread article",
    "edit-flags": "stars the article; press t to label it",
    "edit-urls": "edits the configuration, which lists the feeds",
    "clear-filter": "goes back, which clears a filter",
    "toggle-show-read-feeds": "shows or hides read articles",
    "goto-url": "lists the links",
    "enqueue": "downloads the files at once",
    "cmdline": "opens the command palette",
    "switch-focus": "goes to the next pane",
}
"""Operations whose command does something slightly different."""
_DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ADVICE: Mapping[str, str] = {
    "article-feed": "e in the sidebar edits a feed",
    "bookmark": "bookmark-cmd becomes a macro",
    "clear-tag": "the sidebar lists the folders",
    "close-dialog": "esc goes back",
    "delete-all-articles": "nothing is deleted; M hides articles",
    "delete-article": "nothing is deleted; M hides articles",
    "exec": "list the commands in a macro",
    "goto-title": "/ searches, F filters",
    "mark-all-above-as-read": "a selects articles, A marks the whole list",
    "mark-all-feeds-read": "A marks a list as read, also the list of all articles",
    "next-dialog": "tab goes to the next pane",
    "next-feed": "n moves on to the next view",
    "next-unread-feed": "n moves on to the next view with unread articles",
    "open-all-unread-in-browser": "o opens one article at a time",
    "open-all-unread-in-browser-and-mark-read": "O opens one article at a time",
    "pipe-to": "name the program as the macro's `command`, which gets the article as JSON on stdin",
    "prev-dialog": "shift+tab goes to the previous pane",
    "prev-feed": "p goes back to the previous view",
    "prev-unread-feed": "p goes back to the previous view with unread articles",
    "prevsearchresults": "/ opens the last search again",
    "purge-deleted": "nothing is deleted",
    "random-unread": "n opens the next unread article",
    "redraw": "the screen redraws itself",
    "reload-urls": "E edits and reloads the configuration",
    "rev-sort": "\\ sorts in either direction",
    "save-all": "ctrl+a selects all articles, S saves the selected ones",
    "select-filter": "the sidebar lists the saved searches",
    "set": "macros cannot change settings",
    "set-tag": "the sidebar lists the folders",
    "toggle-source-view": "the HTML source cannot be shown",
    "view-dialogs": "esc goes back",
    **dict.fromkeys((*_DIGITS, "zero"), "1 to 9 always open links"),
    **{f"cmd-{name}": "there is no jump to a line number" for name in _DIGITS},
}
_EVERYWHERE = ("", "all", "feedlist", "articlelist", "article", "searchresultslist")
_MOST_KEYS = 500
_SAME_NAMES = ("ENTER", "BACKSPACE", "LEFT", "RIGHT", "UP", "DOWN", "HOME", "END", "TAB", "SPACE")
_NAMES = {name: name.lower() for name in _SAME_NAMES}
_NAMES |= {"PPAGE": "pageup", "NPAGE": "pagedown", "ESC": "escape"}


def advice(operation: str) -> str:
    """Return a replacement for an operation, as the end of a sentence; `""` if there is none."""
    return f"; {_ADVICE[operation]}" if operation in _ADVICE else ""


def key_of(written: str) -> str | None:
    """Return our name for a key in newsboat's config; None if we cannot bind it."""
    return normalise_key(_NAMES.get(written, written)) if len(written) <= 20 else None


class Keyboard(Struct):
    """Key bindings of a newsboat config, on top of our preset `newsboat`."""

    keys: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(PRESETS["newsboat"]))
    _bound: dict[str, str] = field(default_factory=dict)

    def bind(self, written: str, operation: str, dialog: str = "", *, jumps: bool = False) -> Became:
        """Bind a key to an operation. `jumps` is openbrowser-and-mark-jumps-to-next-unread. Raises No."""
        key, command = self._key(written), OPERATIONS.get(operation)
        if dialog == "podboat":
            raise No("the queue has its own keys, see `[keys]`", group=Group.PODCASTS)
        if command is None:
            raise No(f"there is no command for {clean(operation, 40)}{advice(operation)}")
        if self._bound.get(key, command) != command:
            raise No(f"{key_label(key)} is already {self._bound[key]}; keys are the same in all panes")
        if dialog not in _EVERYWHERE and key not in self.keys[command]:
            raise No(f"{clean(dialog, 20)} has no keys of its own; bind it for all panes under `[keys]`")
        if len(self._bound) == _MOST_KEYS:
            raise No(f"there are more than {_MOST_KEYS} keys")
        self._take(key)
        self._bound[key] = command
        self.keys[command] = (*self.keys[command], key)
        notes = [f"runs {command}"]
        if operation in _APPROXIMATE and not (jumps and command == "open_browser_next"):
            notes.append(_APPROXIMATE[operation])
        if dialog not in ("", "all"):
            notes.append("in all panes")
        return Became(", ".join(notes), (("keys", key),), changed=len(notes) > 1)

    def unbind(self, written: str, dialog: str = "") -> Became:
        """Unbind a key from its command. Raises No."""
        if written == "-a":
            raise No("the keys of the preset stay in addition to your own; unbind single keys under `[keys]`")
        key = self._key(written)
        if dialog not in ("", "all"):
            raise No("keys are the same in all panes; unbind it for all of them")
        self._take(key)
        return Became("is unbound", (("keys", key),))

    def _key(self, written: str) -> str:
        key = key_of(written)
        if key is None:
            raise No(f"{clean(written, 20)!r} is not a key that tuireader can bind")
        if key in SAME_BYTE:
            raise No(f"terminals send the same code for {key_label(key)} and {SAME_BYTE[key]}")
        return key

    def _take(self, key: str) -> None:
        for command, keys in self.keys.items():
            if key in keys:
                self.keys[command] = tuple(other for other in keys if other != key)

    def changed(self) -> dict[str, tuple[str, ...]]:
        """Return the commands whose keys differ from the preset."""
        return {name: keys for name, keys in self.keys.items() if keys != PRESETS["newsboat"][name]}
