"""Edit configurations: functions that take a text and return the new one, and `change` for a file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Literal

from tuireader import files
from tuireader.commands import PRESETS
from tuireader.config import AccountConfig, Config, FeedConfig, MuteConfig, ViewConfig, WatchConfig
from tuireader.config.edit.blocks import (
    Values,
    append_tables,
    remove_table,
    remove_tables,
    update_table,
    update_tables,
)
from tuireader.config.edit.data import (
    FIX_FIRST,
    Item,
    Table,
    data_of,
    index_of_feed,
    parse_value,
    table_text,
    tables_of,
    text_of,
    to_toml_or_none,
    urls_of,
    validate,
)
from tuireader.config.kinds import command_address
from tuireader.config.shape import TABLES
from tuireader.config.values import key_to_toml, quote, to_toml
from tuireader.errors import ConfigError
from tuireader.text import feed_key, without_password

_SEE_WATCHES = "see `tuireader watch list`"
_MAYBE_BY_HAND = "it may have been removed by hand"


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


def add_feeds(text: str, feeds: Iterable[FeedConfig]) -> str:
    """Append a `[[feeds]]` table for each new feed.

    Raises ConfigError if the text is not TOML or a feed's address is invalid.
    """
    data = data_of(text)
    known = {feed_key(url) for url in urls_of(data)}
    new: list[FeedConfig] = []
    for feed in feeds:
        if feed_key(feed.url) not in known:
            known.add(feed_key(feed.url))
            new.append(feed)
    blocks = [table_text("feeds", feed) for feed in new]
    validate("\n".join(blocks))
    return append_tables(text, data, "feeds", blocks)


def remove_feed(text: str, url: str) -> str:
    """Remove a feed; comments on lines of their own stay. Raises ConfigError if it is missing."""
    return remove_feeds(text, [url])


def remove_feeds(text: str, urls: Iterable[str]) -> str:
    """Remove feeds; comments on lines of their own stay. Raises ConfigError if one is missing."""
    data = data_of(text)
    return remove_tables(text, data, "feeds", {index_of_feed(data, url) for url in urls})


def set_feed(text: str, url: str, /, **changes: object) -> str:
    """Set keys of a feed, named like FeedConfig's fields; a default value removes the key.

    Raises ConfigError if the feed is missing or a value is invalid.
    """
    data = data_of(text)
    index = index_of_feed(data, url)
    others = {feed_key(other) for at, other in enumerate(urls_of(data)) if at != index}
    command = changes.get("command")
    moved = command_address(command) if isinstance(command, tuple) else str(changes.get("url", ""))
    if moved and feed_key(moved) in others:
        raise ConfigError(f"the configuration already has {without_password(moved)}")
    return _update(text, data, "feeds", {index: changes})


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
    """Update the name of a feed or folder in watches, mutes and saved searches."""
    data = data_of(text)
    watches: dict[int, dict[str, object]] = {}
    for at, table in enumerate(tables_of(data, "watch")):
        feeds = table.get("feeds")
        if isinstance(feeds, list) and name in feeds:
            watches[at] = {"feeds": tuple(dict.fromkeys(new if feed == name else feed for feed in feeds))}
    text = _update(text, data, "watch", watches)
    data = data_of(text)
    mutes = {
        at: {"feed": new} for at, table in enumerate(tables_of(data, "mute")) if table.get("feed") == name
    }
    text = _update(text, data, "mute", mutes)
    return _rename_in_queries(text, kind, name, new)


def _rename_in_queries(text: str, field: str, name: str, new: str) -> str:
    """Replace the name of a feed, folder or watch in all expressions that use it."""
    from tuireader import query  # only these edits need the parser

    for array in ("watch", "mute", "view"):
        data = data_of(text)
        changes = {}
        for at, table in enumerate(tables_of(data, array)):
            before = table.get("query")
            if isinstance(before, str) and (after := query.rename(before, field, name, new)) != before:
                changes[at] = {"query": after}
        text = _update(text, data, array, changes)
    return text


def add_watch(text: str, watch: WatchConfig) -> str:
    """Append a `[[watch]]`. Raises ConfigError if its name is taken or it is invalid."""
    data = data_of(text)
    if _index(data, "watch", watch.name) is not None:
        raise _taken("watch", watch.name)
    return append_tables(text, data, "watch", [_valid("watch", watch)])


def set_watch(text: str, name: str, watch: WatchConfig, known: WatchConfig | None = None) -> str:
    """Replace the watch called `name`; a new name is also updated in expressions.

    With `known`, the state the edit started from, only the differences are written.
    Raises ConfigError if the watch is missing or invalid, or the new name is taken.
    """
    data = data_of(text)
    index = _required(data, "watch", name)
    if _index(data, "watch", watch.name) not in (None, index):
        raise _taken("watch", watch.name)
    _valid("watch", watch)
    values = {one.name: getattr(watch, one.name) for one in fields(watch)}
    changes = {key: value for key, value in values.items() if known is None or value != getattr(known, key)}
    text = _update(text, data, "watch", {index: changes})
    return text if watch.name == name else _rename_in_queries(text, "watch", name, watch.name)


def remove_watch(text: str, name: str) -> str:
    """Remove a `[[watch]]`. Raises ConfigError if it is missing."""
    data = data_of(text)
    return remove_table(text, data, "watch", _required(data, "watch", name))


def set_view(text: str, view: ViewConfig, name: str = "") -> str:
    """Replace the `[[view]]` called `name`, by default the view's own name, or append it.

    Raises ConfigError if the new name is taken or the view is invalid.
    """
    block = _valid("view", view)
    data = data_of(text)
    index = _index(data, "view", name or view.name)
    if _index(data, "view", view.name) not in (None, index):
        raise _taken("saved search", view.name)
    if index is None:
        return append_tables(text, data, "view", [block])
    return _update(text, data, "view", {index: {"name": view.name, "query": view.query}})


def remove_view(text: str, name: str) -> str:
    """Remove a `[[view]]`. Raises ConfigError if it is missing."""
    data = data_of(text)
    return remove_table(text, data, "view", _required(data, "view", name))


def add_mute(text: str, mute: MuteConfig) -> str:
    """Append a `[[mute]]`, or replace the one for the same articles. Raises ConfigError."""
    block = _valid("mute", mute)
    data = data_of(text)
    index = _index_of_mute(data, mute)
    if index is None:
        return append_tables(text, data, "mute", [block])
    changes = {"until": mute.until, "include_watched": mute.include_watched}
    return _update(text, data, "mute", {index: changes})


def remove_mute(text: str, mute: MuteConfig) -> str:
    """Remove the `[[mute]]` for these articles, whatever its end. Raises ConfigError if it is missing."""
    data = data_of(text)
    index = _index_of_mute(data, mute)
    if index is None:
        raise ConfigError("the configuration has no such mute", _MAYBE_BY_HAND)
    return remove_table(text, data, "mute", index)


def add_account(text: str, account: AccountConfig) -> str:
    """Append an `[[account]]`. Raises ConfigError if its name is taken or it is invalid."""
    data = data_of(text)
    if _index(data, "account", account.name) is not None:
        raise _taken("account", account.name)
    return append_tables(text, data, "account", [_valid("account", account)])


def set_account(text: str, name: str, /, **changes: object) -> str:
    """Set keys of an account, named like AccountConfig's fields. Raises ConfigError."""
    data = data_of(text)
    return _update(text, data, "account", {_required(data, "account", name): changes})


def remove_account(text: str, name: str) -> str:
    """Remove an `[[account]]`. Raises ConfigError if it is missing."""
    data = data_of(text)
    return remove_table(text, data, "account", _required(data, "account", name))


def add_tables(text: str, name: str, items: Sequence[Item]) -> str:
    """Append a `[[name]]` table for each item. Raises ConfigError if one of them is invalid."""
    return append_tables(text, data_of(text), name, [_valid(name, item) for item in items])


def tables_as_text(config: Config) -> str:
    """Write the feeds, watches, mutes, saved searches and macros of a configuration as TOML."""
    tables: dict[str, Sequence[Item]] = {
        "feeds": config.feeds,
        "watch": config.watches,
        "mute": config.mutes,
        "view": config.views,
        "macro": config.macros,
    }
    return "\n".join(table_text(name, item) for name, items in tables.items() for item in items)


def set_values(text: str, table: str, values: Mapping[str, object]) -> str:
    """Set keys of a plain table such as `[fetch]`. Raises ConfigError if a value is invalid."""
    if not values:
        return text
    written = {name: to_toml(value) for name, value in values.items()}
    data = data_of(text)
    lines = "".join(f"{key_to_toml(name)} = {value}\n" for name, value in written.items())
    validate((_preset(data) if table == "keys" else "") + f"[{table}]\n{lines}")
    return update_table(text, data, table, written)


def _preset(data: Table) -> str:
    """Return the TOML of the chosen key preset: under the default preset, custom keys could clash."""
    ui = data.get("ui")
    preset = ui.get("keys") if isinstance(ui, dict) else None
    return f"[ui]\nkeys = {to_toml(preset)}\n" if isinstance(preset, str) and preset in PRESETS else ""


def _valid(name: str, item: Item) -> str:
    """Return a table as TOML. Raises ConfigError if it is invalid."""
    block = table_text(name, item)
    validate(block)
    return block


def _index(data: Table, array: str, name: str) -> int | None:
    """Return the index of the table with this name, ignoring case."""
    names = [text_of(table, "name").casefold() for table in tables_of(data, array)]
    return names.index(name.casefold()) if name.casefold() in names else None


def _required(data: Table, array: str, name: str) -> int:
    """Return the index of the table with this name. Raises ConfigError if it is missing."""
    index = _index(data, array, name)
    if index is None:
        noun, hint = {
            "watch": ("watch", _SEE_WATCHES),
            "view": ("saved search", _MAYBE_BY_HAND),
            "account": ("account", "`tuireader account list` shows them"),
        }[array]
        raise ConfigError(f"the configuration has no {noun} {quote(name)}", hint)
    return index


def _taken(noun: str, name: str) -> ConfigError:
    article = "an" if noun[0] in "aeiou" else "a"
    return ConfigError(f"there is already {article} {noun} named {quote(name)}", "choose another name")


def _index_of_mute(data: Table, mute: MuteConfig) -> int | None:
    wanted = (mute.query.strip(), mute.feed.strip())
    same = (
        at
        for at, table in enumerate(tables_of(data, "mute"))
        if (text_of(table, "query"), text_of(table, "feed")) == wanted
    )
    return next(same, None)


def _update(text: str, data: Table, array: str, changes: Mapping[int, Mapping[str, object]]) -> str:
    """Set keys of some `[[name]]` tables, given by index. Raises ConfigError if a value is invalid."""
    kind = TABLES[array]
    if not changes:
        return text
    written: dict[int, Values] = {}
    for at, values in changes.items():
        written[at] = {key: to_toml_or_none(kind, key, value) for key, value in values.items()}
        for key, one in written[at].items():
            if one is not None:
                parse_value(kind, key, tomllib.loads(f"x = {one}")["x"])
    return update_tables(text, data, array, written)
