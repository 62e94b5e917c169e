"""Tables of the configuration with their keys, and the generated reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any

from tuireader.config.shape import (
    Config,
    FeedConfig,
    FetchConfig,
    MacroConfig,
    MuteConfig,
    NotifyConfig,
    SaveConfig,
    UiConfig,
    ViewConfig,
    WatchConfig,
)
from tuireader.config.values import Key


def _keys_of(kind: type[Any]) -> Mapping[str, tuple[str, Key]]:
    found: dict[str, tuple[str, Key]] = {}
    for one in fields(kind):
        if "key" in one.metadata:
            described_as: Key = one.metadata["key"]
            found[described_as.name or one.name] = (one.name, described_as)
    return found


TABLES: Mapping[str, type[Any]] = {
    "": Config,
    "feeds": FeedConfig,
    "watch": WatchConfig,
    "mute": MuteConfig,
    "view": ViewConfig,
    "macro": MacroConfig,
    "save": SaveConfig,
    "notify": NotifyConfig,
    "fetch": FetchConfig,
    "ui": UiConfig,
}
# Keys of each table by name in the file, with the names of their fields.
KEYS: Mapping[type[Any], Mapping[str, tuple[str, Key]]] = {kind: _keys_of(kind) for kind in TABLES.values()}


def required(kind: type[Any]) -> list[str]:
    """Return the required keys of a table."""
    return [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]


@dataclass(frozen=True, slots=True)
class Reference:
    """One key for the documentation: `path` as in the file (`watch.any`), `default` as TOML or `""`."""

    path: Annotated[str, "The key, such as `watch.any`."]
    type: Annotated[str, "What it takes."]
    default: Annotated[str, "Its default as TOML."]
    doc: Annotated[str, "What it does."]
    required: Annotated[bool, "True when its table is unusable without it."] = False


def tables() -> Mapping[str, str]:
    """Return the tables by name with their descriptions; `""` is the file itself."""
    return {name: " ".join((kind.__doc__ or "").split()) for name, kind in TABLES.items()}


def reference() -> list[Reference]:
    """Return every key with its kind, default and description, in the order of the file."""
    return [
        Reference(
            f"{table}.{name}" if table else name,
            one.kind.name,
            _default(kind, field_name, one),
            one.doc,
            name in required(kind),
        )
        for table, kind in TABLES.items()
        for name, (field_name, one) in KEYS[kind].items()
    ]


def _default(kind: type[Any], field_name: str, one: Key) -> str:
    default = next(each.default for each in fields(kind) if each.name == field_name)
    if default is MISSING:
        return ""
    return one.kind.write(default)
