"""Convert names of keys between Textual's, the user's and displayed ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Textual names printable keys by their Unicode names, except these.
_SHORT_NAMES = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
    "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip
_ALIASES = {
    "esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "spacebar": "space",
    "bksp": "backspace", "control": "ctrl", "meta": "alt", "option": "alt",
    "pgup": "pageup", "page_up": "pageup", "pgdn": "pagedown", "pgdown": "pagedown", "page_down": "pagedown",
}  # fmt: skip
_MODIFIERS = ("alt", "ctrl", "shift")  # in Textual's order
SAME_BYTE = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+j": "enter",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}
_LABELS = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn",
    "escape": "esc", "backspace": "bksp", "delete": "del", "insert": "ins",
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}  # fmt: skip
_NAMED = {*_LABELS, "enter", "tab", "space", "home", "end"}


def _unicode_name(character: str) -> str:
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _SHORT_NAMES.get(name, name)


# Signs on keyboards by name; letters and digits name themselves.
_CHARACTERS = {
    _unicode_name(sign): sign
    for sign in (*map(chr, range(33, 256)), "€")
    if sign.isprintable() and not sign.isalnum()
}
_NAMES = {sign: name for name, sign in (_CHARACTERS | _LABELS).items()}


def normalise_key(text: str) -> str | None:
    """Turn a key as users write it (`?`, `^z`, `Ctrl+Z`, `PgDn`) into Textual's name; None if unknown.

    Keys with spaces between them are a sequence: `g g`.
    """
    keys = [_normal(part) for part in text.split()]
    return " ".join(filter(None, keys)) if len(keys) > 1 and all(keys) else _normal(text)


def _normal(text: str) -> str | None:
    text = text if text == " " else text.strip()
    if len(text) > 1 and text[0] == "^":
        text = "ctrl+" + text[1:]
    prefix, _, last = text[:-1].rpartition("+")  # the last character is never a separator: `ctrl++`
    last += text[-1:]
    modifiers = {
        _ALIASES.get(part.strip().lower(), part.strip().lower()) for part in prefix.split("+") if prefix
    }
    key = _plain_key(last.strip() or last)
    if key is None or not modifiers <= set(_MODIFIERS):
        return None
    if len(key) == 1 and key.isalpha():  # a terminal sends J for shift+j, and ctrl+z for ctrl+Z
        if modifiers == {"shift"}:
            return key.upper()
        key = key.lower() if "ctrl" in modifiers else key
    return "+".join([name for name in _MODIFIERS if name in modifiers] + [key])


def _plain_key(text: str) -> str | None:
    if text == " ":
        return "space"
    if len(text) == 1:
        return text if text.isalnum() else _NAMES.get(text)
    name = text.lower()
    name = _SHORT_NAMES.get(name, _ALIASES.get(name, name))
    return name if name in _NAMED or name in _CHARACTERS else None


def clash(key: str, other: str) -> bool:
    """Return whether two keys or sequences exclude each other: they are equal, or one begins the other."""
    return key == other or key.startswith(f"{other} ") or other.startswith(f"{key} ")


def key_label(key: str) -> str:
    """Write a key for display: `^z` for `ctrl+z`, `?` for `question_mark`, `↓` for `down`."""
    if " " in key:
        return " ".join(map(key_label, key.split(" ")))
    *modifiers, last = key.split("+")
    label = _LABELS.get(last) or _CHARACTERS.get(last, last)
    if modifiers == ["ctrl"] and len(label) == 1:
        return f"^{label}"
    return "+".join([*modifiers, label])


def keys_label(keys: Iterable[str]) -> str:
    """Write several keys for display; digits in order at the start are shortened: `1–9 0`."""
    labels = [key_label(key) for key in keys]
    digits = next((n for n, label in enumerate(labels) if label != str(n + 1)), len(labels))
    if digits > 2:
        labels[:digits] = [f"1–{digits}"]
    return " ".join(labels)
