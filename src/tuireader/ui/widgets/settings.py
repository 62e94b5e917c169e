"""Lines of a form for declared settings: label, placeholder and choices come from their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuireader.config.edit import Item, format_value
from tuireader.config.shape import KEYS
from tuireader.config.values import FLAG
from tuireader.ui.widgets.field import Field, Pick


def setting(
    item: Item | type[Item],
    name: str,
    *,
    value: str | None = None,
    placeholder: str = "",
    choices: Mapping[str, str] | None = None,
    hidden: bool = False,
) -> Field | Pick:
    """Return the line of a key with its value in `item`; the other arguments override the declaration."""
    table = item if isinstance(item, type) else type(item)
    key = KEYS[table][name]
    if value is None:
        value = "" if isinstance(item, type) else format_value(table, name, getattr(item, name))
    if choices := choices or key.choices:
        return Pick(name, key.label, choices, value or key.kind.shown(key.default))
    shown = placeholder or key.placeholder or key.doc.replace("`", "")
    return Field(name, key.label or name.capitalize(), value, shown, hidden=hidden)


def settings(item: Item, also: tuple[str, ...] = (), **placeholders: str) -> list[Field | Pick]:
    """Return the lines of all keys with a label that apply to `item` or are in `also`; switches come last."""
    shown: list[tuple[str, Any]] = [
        (name, key)
        for name, key in KEYS[type(item)].items()
        if key.label and (key.applies(item) or name in also)
    ]
    shown.sort(key=lambda setting: setting[1].kind is FLAG)
    return [setting(item, name, placeholder=placeholders.get(name, "")) for name, _ in shown]
