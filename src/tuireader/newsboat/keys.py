"""Translate newsboat's keys and operations into ours."""

from __future__ import annotations

from msgspec import Struct, field

from tuireader.commands import PRESETS, key_label, normalise_key
from tuireader.commands.keys import SAME_BYTE
from tuireader.newsboat.outcomes import Became, Group, No
from tuireader.newsboat.tables import table
from tuireader.text import clean

OPERATIONS = table("operations")
"""newsboat's operations with the equivalent command."""
_APPROXIMATE = table("approximate")
"""Operations whose command does something slightly different."""
_ADVICE = table("advice")
_EVERYWHERE = ("", "all", "feedlist", "articlelist", "article", "searchresultslist")
_MOST_KEYS = 500
_SAME_NAMES = ("ENTER", "BACKSPACE", "LEFT", "RIGHT", "UP", "DOWN", "HOME", "END", "TAB", "SPACE")
_NAMES = {name: name.lower() for name in _SAME_NAMES}
_NAMES |= {"PPAGE": "pageup", "NPAGE": "pagedown", "ESC": "escape"}


def advice(operation: str) -> str:
    """Return a replacement for an operation, as the end of a sentence; `""` if there is none."""
    default = "B shows the queue, enter plays a file" if operation.startswith("pb-") else ""
    told = _ADVICE.get(operation, default)
    return f"; {told}" if told else ""


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
        if dialog == "podboat" and not operation.startswith("pb-"):
            raise No("the queue has its own keys, see `[keys]`", group=Group.PODCASTS)
        if command is None:
            raise No(f"there is no command for {clean(operation, 40)}{advice(operation)}")
        if self._bound.get(key, command) != command:
            raise No(f"{key_label(key)} is already {self._bound[key]}; keys are the same in all panes")
        if dialog not in (*_EVERYWHERE, "podboat") and key not in self.keys[command]:
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
