"""Edit configurations: functions that take a text and return the new one, and `change` for a file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from msgspec.structs import asdict

from tuireader import files
from tuireader.config import Config
from tuireader.config.edit.blocks import (
    Values,
    append_tables,
    blocks_of,
    remove_table,
    remove_tables,
    update_table,
    update_tables,
)
from tuireader.config.edit.data import (
    ARRAYS,
    FIX_FIRST,
    Id,
    Item,
    Table,
    around,
    array_of,
    block_of,
    data_of,
    defaults_in,
    identity,
    index_of,
    parse_value,
    table_text,
    tables_of,
    text_of,
    to_toml_or_none,
    validate,
)
from tuireader.config.settings import settings
from tuireader.config.shape import TABLES
from tuireader.config.toml_lines import StatementKind
from tuireader.config.toml_values import quote
from tuireader.errors import ConfigError


def change(path: Path, edit: Callable[[str], str]) -> tuple[str, str]:
    """Apply `edit` to a configuration file and return its old and new text.

    A new file is readable only by its owner. A lock serialises concurrent edits. Raises ConfigError, and
    leaves the file unchanged, if it cannot be read or written, is a device or a pipe, or `edit` refuses.
    """
    try:
        target = path.resolve()  # keep a link, change its target
        files.make_folder(target.parent)
        with files.locked(target.parent):
            exists = path.exists()
            if exists and not path.is_file():
                raise ConfigError(f"{path} is not a regular file", "choose another file with --config")
            old = target.read_bytes().decode("utf-8") if exists else ""
            new = edit(old)
            if new != old:
                files.write(target, [new.encode("utf-8")])
            return old, new
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", FIX_FIRST) from None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path} cannot be changed: {reason}", "check its permissions") from None


def add(text: str, *items: Item) -> str:
    """Append a table for each item; all are of one type.

    Leaves out feeds that are there already; a mute of the same articles is updated instead. Raises
    ConfigError if another name is taken or an item is invalid.
    """
    if not items:
        return text
    data, name = data_of(text), array_of(items[0])
    defaults = defaults_in(data)
    taken = {identity(name, table): at for at, table in enumerate(tables_of(data, name))}
    new: dict[Id, Item] = {}
    updates: dict[int, dict[str, object]] = {}
    for item in items:
        key = identity(name, item)
        if key not in taken and key not in new:
            new[key] = item
        elif name == "mute" and key in taken:
            validate(table_text(item, defaults))
            values = differences(item).items()
            updates[taken[key]] = {field: value for field, value in values if field not in ARRAYS[name].keys}
        elif name != "feeds":
            raise ARRAYS[name].taken(item)
    blocks = [table_text(item, defaults) for item in new.values()]
    others = around(name, data)
    validate("\n".join([others, *blocks]), known=others)
    text = _update(text, data, name, updates)
    return append_tables(text, data_of(text) if updates else data, name, blocks)


def update(text: str, name: str, key: str, changes: Mapping[str, object]) -> str:
    """Set keys of one of the `[[name]]` tables, named like its type's fields; a default removes the key.

    `key` is the table's name, or the address of a feed. Expressions follow a new name of a watch. Raises
    ConfigError if the table is missing, its new name is taken, or a value is invalid.
    """
    data = data_of(text)
    index = index_of(data, name, key)
    tables = tables_of(data, name)
    before, after = tables[index], {**tables[index], **changes}
    others = (identity(name, table) for at, table in enumerate(tables) if at != index)
    if identity(name, before) != identity(name, after) in others:
        raise ARRAYS[name].taken(after)
    text = _update(text, data, name, {index: changes})
    written = tables_of(tomllib.loads(text.removeprefix("\ufeff")), name)[index]
    channels = around(name, data)
    validate(channels + block_of(name, written), known=channels + block_of(name, before))
    new = str(changes.get("name", key))
    return _rename_in_queries(text, name, key, new) if name == "watch" and new != key else text


def update_all(text: str, name: str, keys: Sequence[str], changes: Mapping[str, object]) -> str:
    """Set the same keys, other than names, of several `[[name]]` tables. Raises ConfigError."""
    data = data_of(text)
    return _update(text, data, name, {index_of(data, name, key): changes for key in keys})


def remove(text: str, name: str, *keys: str | Item) -> str:
    """Remove `[[name]]` tables; comments on lines of their own stay. Raises ConfigError if one is missing."""
    data = data_of(text)
    return remove_tables(text, data, name, {index_of(data, name, key) for key in keys})


def differences(item: Item, known: Item | None = None) -> dict[str, object]:
    """Values of an item that differ from `known` (without it, all values), for `update`."""
    values = asdict(item)
    return {key: value for key, value in values.items() if known is None or value != getattr(known, key)}


def rename_folder(text: str, name: str, new: str) -> str:
    """Move the feeds of one folder to another, `""` for none. Raises ConfigError.

    Watches, mutes and saved searches that name the folder are updated, including their expressions.
    """
    data = data_of(text)
    tables = enumerate(tables_of(data, "feeds"))
    changes = {at: {"folder": new} for at, table in tables if text_of(table, "folder") == name}
    if not changes:
        raise ConfigError(f"the configuration has no folder {quote(name)}", "see `tuireader feeds`")
    text = _update(text, data, "feeds", changes)
    return renamed(text, "folder", name, new) if new else text


def renamed(text: str, kind: Literal["feed", "folder"], name: str, new: str) -> str:
    """Update the name of a feed or folder in watches, rules, mutes and saved searches."""
    for array in ("watch", "rule"):
        data = data_of(text)
        choosing: dict[int, dict[str, object]] = {}
        for at, table in enumerate(tables_of(data, array)):
            feeds = table.get("feeds")
            if isinstance(feeds, list) and name in feeds:
                choosing[at] = {
                    "feeds": tuple(dict.fromkeys(new if feed == name else feed for feed in feeds))
                }
        text = _update(text, data, array, choosing)
    data = data_of(text)
    mutes = {
        at: {"feed": new} for at, table in enumerate(tables_of(data, "mute")) if table.get("feed") == name
    }
    text = _update(text, data, "mute", mutes)
    return _rename_in_queries(text, kind, name, new)


def _rename_in_queries(text: str, field: str, name: str, new: str) -> str:
    from tuireader import query  # only these edits need the parser

    for array in ("watch", "mute", "view", "digest", "publish", "rule"):
        data = data_of(text)
        changes = dict[int, dict[str, object]]()
        for at, table in enumerate(tables_of(data, array)):
            before = table.get("query")
            if isinstance(before, str) and (after := query.rename(before, field, name, new)) != before:
                changes[at] = {"query": after}
            key = {"digest": "watches", "rule": "watch"}.get(array, "") if field == "watch" else ""
            watches = [written] if isinstance(written := table.get(key), str) else written
            if isinstance(watches, list) and name in watches:
                renamed = tuple(new if watch == name else watch for watch in watches)
                changes.setdefault(at, {})[key] = renamed
            if array == "publish" and table.get(field) == name:
                changes[at] = {field: new}
        text = _update(text, data, array, changes)
    return text


def tables_as_text(config: Config) -> str:
    """Write a configuration as TOML, without its accounts and themes."""
    items: tuple[Item, ...] = (*config.feeds, *config.watches, *config.mutes, *config.views, *config.macros)
    items += (*config.channels, *config.rules)
    text = "\n".join(table_text(item, asdict(config.watch_defaults)) for item in items)
    for setting in settings(config):
        if setting.is_changed(config):
            text = set_keys(text, setting.table, {setting.name: setting.written(config)})
    return text


def set_keys(text: str, table: str, values: Values) -> str:
    """Set or remove keys of a plain table, or of the file itself (`""`).

    Raises ConfigError if the configuration would get a problem that it does not have yet.
    """
    new = update_table(text, data_of(text), table, values)
    validate(new, known=text)
    return new


def remove_key(text: str, path: str) -> str:
    """Remove a key by its path, or a plain table or list of tables by its name. Raises ConfigError."""
    data = data_of(text)
    if blocks_of(text, path, StatementKind.TABLE):
        return remove_table(text, data, path)
    if blocks_of(text, path):
        return remove_tables(text, data, path, range(len(data[path])))
    table, _, name = path.partition(".")
    return set_keys(text, table, {name: None}) if name else set_keys(text, "", {path: None})


def _update(text: str, data: Table, name: str, changes: Mapping[int, Mapping[str, object]]) -> str:
    kind = TABLES[name]
    if not changes:
        return text
    defaults, written = defaults_in(data), dict[int, Values]()
    for at, values in changes.items():
        written[at] = {key: to_toml_or_none(kind, key, value, defaults) for key, value in values.items()}
        for key, toml in written[at].items():
            if toml is not None:
                parse_value(kind, key, tomllib.loads(f"x = {toml}")["x"])
    return update_tables(text, data, name, written)
