"""What can be changed: each function takes a text and gives the new one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Literal

from tuireader.commands import PRESETS
from tuireader.config import Config, FeedConfig, MuteConfig, ViewConfig, WatchConfig
from tuireader.config.edit.data import (
    Item,
    Table,
    accepted,
    block_of,
    comparable,
    data_of,
    key_of,
    number_of,
    proven,
    readable,
    tables_of,
    toml_of,
    urls_of,
)
from tuireader.config.edit.statements import (
    added,
    blocks_of,
    in_brackets,
    shifted,
    through_tomlkit,
    with_value,
    without_block,
)
from tuireader.config.toml_lines import Sort, Statement
from tuireader.config.values import quoted, to_toml
from tuireader.errors import ConfigError
from tuireader.text import without_password


def add_feeds(text: str, feeds: Iterable[FeedConfig]) -> str:
    """The text with a `[[feeds]]` for each feed that it does not have yet, behind those that it has.

    Raises ConfigError when the text is no TOML, or a feed's address is none.
    """
    data = data_of(text)
    known = {comparable(url) for url in urls_of(data)}
    new: list[FeedConfig] = []
    for feed in feeds:
        if comparable(feed.url) not in known:
            known.add(comparable(feed.url))
            new.append(feed)
    blocks = [block_of("feeds", feed) for feed in new]
    accepted("\n".join(blocks))
    return added(text, data, "feeds", blocks)


def add_tables(text: str, name: str, items: Sequence[Item]) -> str:
    """The text with a further `[[name]]` for each item. Raises ConfigError when one of them is no good."""
    blocks = [block_of(name, item) for item in items]
    for block in blocks:
        accepted(block)
    return added(text, data_of(text), name, blocks)


def tables_as_text(config: Config) -> str:
    """The feeds, watches, mutes, views and macros of a configuration as TOML."""
    tables: tuple[tuple[str, Sequence[Item]], ...] = (
        ("feeds", config.feeds),
        ("watch", config.watches),
        ("mute", config.mutes),
        ("view", config.views),
        ("macro", config.macros),
    )
    return "\n".join(block_of(name, item) for name, items in tables for item in items)


def set_values(text: str, table: str, values: Mapping[str, object]) -> str:
    """The text with other values for keys of a plain table such as `[fetch]`, which is made if need be.

    Raises ConfigError when a value cannot be used.
    """
    if not values:
        return text
    lines = "".join(f"{name} = {to_toml(value)}\n" for name, value in values.items())
    data = data_of(text)
    accepted(_preset(data) + f"[{table}]\n{lines}" if table == "keys" else f"[{table}]\n{lines}")
    there = data.get(table, {})
    if not isinstance(there, dict):
        raise ConfigError(f"{table} is no table", "mend it first; nothing was changed")
    expected = data | {table: there | tomllib.loads(lines)}
    block = [one for one in plain_table(text, table) if one.sort is not Sort.BLANK]
    if block:
        edited = text
        for name, value in values.items():
            edited = with_value(edited, list(plain_table(edited, table)), name, to_toml(value))
    elif table in data:
        edited = through_tomlkit(text, lambda written: written.update(values), table)
    else:
        lead = "" if not text.strip("\ufeff \t\r\n") else "\n" if text.endswith("\n") else "\n\n"
        edited = text + f"{lead}[{table}]\n{lines}".replace("\n", "\r\n" if "\r\n" in text else "\n")
    return proven(edited, expected)


def _preset(data: Table) -> str:
    """What says on top of which set the keys of a configuration are: one's own may clash with another set."""
    ui = data.get("ui")
    preset = ui.get("keys") if isinstance(ui, dict) else None
    return f"[ui]\nkeys = {to_toml(preset)}\n" if isinstance(preset, str) and preset in PRESETS else ""


def plain_table(text: str, name: str) -> Iterator[Statement]:
    """The statements of `[name]`, from its header on."""
    inside = False
    for one in shifted(text):
        if one.sort in (Sort.ARRAY, Sort.TABLE):
            inside = one.sort is Sort.TABLE and one.name == name
        if inside:
            yield one


def add_watch(text: str, watch: WatchConfig) -> str:
    """The text with one more `[[watch]]`. Raises ConfigError when it is no TOML or the watch is no good."""
    data = data_of(text)
    names = [str(table.get("name", "")).casefold() for table in tables_of(data, "watch")]
    if watch.name.casefold() in names:
        raise ConfigError(f"there is a watch named {quoted(watch.name)} already", "choose another name")
    block = block_of("watch", watch)
    accepted(block)
    return added(text, data, "watch", [block])


def set_watch(text: str, name: str, watch: WatchConfig, known: WatchConfig | None = None) -> str:
    """The text with this watch in place of the one with that name, which may be its own.

    Of one that is `known`, only what differs is changed: the text may say more since.
    Expressions that ask for it by name ask for the new one then.
    Raises ConfigError when there is none, when the new name is another's, or when the watch is no good.
    """
    data = data_of(text)
    names = [str(table.get("name", "")).strip().casefold() for table in tables_of(data, "watch")]
    if name.casefold() not in names:
        raise ConfigError(f"the configuration has no watch {quoted(name)}", "see `tuireader watch list`")
    number = names.index(name.casefold())
    if watch.name.casefold() in (other for at, other in enumerate(names) if at != number):
        raise ConfigError(f"there is a watch named {quoted(watch.name)} already", "choose another name")
    accepted(block_of("watch", watch))
    values = {one.name: getattr(watch, one.name) for one in fields(watch)}
    changes = {key: value for key, value in values.items() if known is None or value != getattr(known, key)}
    text = _changed(text, data, "watch", WatchConfig, number, changes)
    return text if watch.name == name else _asked_by_its_new_name(text, "watch", name, watch.name)


def remove_watch(text: str, name: str) -> str:
    """The text without this `[[watch]]`. Raises ConfigError when it has none."""
    data = data_of(text)
    for number, table in enumerate(tables_of(data, "watch")):
        if str(table.get("name", "")).strip().casefold() == name.casefold():
            return removed(text, data, "watch", number)
    raise ConfigError(f"the configuration has no watch {quoted(name)}", "see `tuireader watch list`")


def add_mute(text: str, mute: MuteConfig) -> str:
    """The text with a `[[mute]]`; one for the same articles becomes this one. Raises ConfigError."""
    block = block_of("mute", mute)
    accepted(block)
    data = data_of(text)
    for number, table in enumerate(tables_of(data, "mute")):
        if _same_mute(table, mute):
            changes = {"until": mute.until, "include_watched": mute.include_watched}
            return _changed(text, data, "mute", MuteConfig, number, changes)
    return added(text, data, "mute", [block])


def remove_mute(text: str, mute: MuteConfig) -> str:
    """The text without the `[[mute]]` for these articles, whatever its end. Raises ConfigError."""
    data = data_of(text)
    for number, table in enumerate(tables_of(data, "mute")):
        if _same_mute(table, mute):
            return removed(text, data, "mute", number)
    raise ConfigError("the configuration has no such mute", "it may have been taken out by hand")


def _same_mute(table: Table, mute: MuteConfig) -> bool:
    query, feed = str(table.get("query", "")).strip(), str(table.get("feed", "")).strip()
    return (query, feed) == (mute.query.strip(), mute.feed.strip())


def set_view(text: str, view: ViewConfig, name: str = "") -> str:
    """The text with a `[[view]]` in place of the one named `name`, or else of the one of its own name.

    Raises ConfigError, also when there is another one of the new name.
    """
    block = block_of("view", view)
    accepted(block)
    data = data_of(text)
    names = [str(table.get("name", "")).strip().casefold() for table in tables_of(data, "view")]
    old, new = (name or view.name).casefold(), view.name.casefold()
    if new != old and new in names:
        raise ConfigError(f"there is a view named {quoted(view.name)} already", "choose another name")
    if old in names:
        changes = {"name": view.name, "query": view.query}
        return _changed(text, data, "view", ViewConfig, names.index(old), changes)
    return added(text, data, "view", [block])


def remove_view(text: str, name: str) -> str:
    """The text without this `[[view]]`. Raises ConfigError when it has none."""
    data = data_of(text)
    for number, table in enumerate(tables_of(data, "view")):
        if str(table.get("name", "")).strip().casefold() == name.casefold():
            return removed(text, data, "view", number)
    raise ConfigError(f"the configuration has no view {quoted(name)}", "it may have been taken out by hand")


def remove_feed(text: str, url: str) -> str:
    """The text without this feed; comments in lines of their own stay. Raises ConfigError if it has none."""
    data = data_of(text)
    return removed(text, data, "feeds", number_of(data, url))


def removed(text: str, data: Table, name: str, number: int) -> str:
    """The text without one of the `[[name]]` tables, counted from 0."""
    expected = data | {name: [table for at, table in enumerate(data[name]) if at != number]}
    if not expected[name]:
        del expected[name]
    if in_brackets(text, name):
        edited = through_tomlkit(text, lambda tables: tables.pop(number), name)
        expected.setdefault(name, [])
    else:
        edited = without_block(text, blocks_of(text, name)[number])
    return proven(edited, expected)


def set_feed(text: str, url: str, /, **changes: object) -> str:
    """The text with other values for keys of this feed, by the names of FeedConfig's fields.

    A value that is the default takes the key out. Raises ConfigError when there is no such feed, or a value
    cannot be used.
    """
    data = data_of(text)
    number = number_of(data, url)
    others = {comparable(other) for at, other in enumerate(urls_of(data)) if at != number}
    moved = str(changes.get("url", ""))
    if moved and comparable(moved) in others:
        raise ConfigError(f"the configuration has {without_password(moved)} already")
    return _changed(text, data, "feeds", FeedConfig, number, changes)


def rename_folder(text: str, name: str, new: str) -> str:
    """The text with the feeds of one folder in another, which `""` takes out of any. Raises ConfigError.

    Watches, mutes and views that name the folder name the new one then, in their expressions, too.
    """
    numbers = [
        number
        for number, table in enumerate(tables_of(data_of(text), "feeds"))
        if str(table.get("folder", "")).strip() == name
    ]
    if not numbers:
        raise ConfigError(f"the configuration has no folder {quoted(name)}", "see `tuireader feeds`")
    for number in numbers:
        text = _changed(text, data_of(text), "feeds", FeedConfig, number, {"folder": new})
    return renamed(text, "folder", name, new) if new else text


def renamed(text: str, kind: Literal["feed", "folder"], name: str, new: str) -> str:
    """The text whose watches, mutes and views are for the feed or folder `new` where they were for `name`."""
    for number, table in enumerate(tables_of(data_of(text), "watch")):
        feeds = table.get("feeds")
        if isinstance(feeds, list) and name in feeds:
            now = tuple(dict.fromkeys(new if feed == name else feed for feed in feeds))
            text = _changed(text, data_of(text), "watch", WatchConfig, number, {"feeds": now})
    for number, table in enumerate(tables_of(data_of(text), "mute")):
        if table.get("feed") == name:
            text = _changed(text, data_of(text), "mute", MuteConfig, number, {"feed": new})
    return _asked_by_its_new_name(text, kind, name, new)


def _asked_by_its_new_name(text: str, field: str, name: str, new: str) -> str:
    """The text whose expressions ask for `new` in this field where they asked for `name`."""
    from tuireader import query  # only these edits need the parser

    asking: tuple[tuple[str, type[Item]], ...] = (
        ("watch", WatchConfig),
        ("mute", MuteConfig),
        ("view", ViewConfig),
    )
    for tables, item in asking:
        for number, table in enumerate(tables_of(data_of(text), tables)):
            before = table.get("query")
            after = query.renamed(before, field, name, new) if isinstance(before, str) else before
            if after != before:
                text = _changed(text, data_of(text), tables, item, number, {"query": after})
    return text


def understood(kind: type[Item], name: str, text: str) -> object:
    """The value that a text means for a key of a table. Raises ConfigError when it means none."""
    readable(kind, name, text)
    return key_of(kind, name).kind.read(text)


def shown(kind: type[Item], name: str, value: object) -> str:
    """The value of a key as a person would type it; `""` for the default."""
    return (toml_of(kind, name, value) or "").strip('"')


def _changed(
    text: str, data: Table, name: str, kind: type[Item], number: int, changes: Mapping[str, object]
) -> str:
    """The text with other values for keys of one of the `[[name]]` tables, counted from 0."""
    table = dict(data[name][number])
    for key, value in changes.items():
        written = toml_of(kind, key, value)
        if written is None:
            table.pop(key, None)
        else:
            table |= tomllib.loads(f"{key} = {written}")
            readable(kind, key, table[key])
    expected = data | {name: [table if at == number else other for at, other in enumerate(data[name])]}
    if in_brackets(text, name):

        def change(tables: list[Table]) -> None:
            for key in changes:
                tables[number].pop(key, None)
                if key in table:
                    tables[number][key] = table[key]

        edited = through_tomlkit(text, change, name)
    else:
        edited = text
        for key, value in changes.items():
            block = blocks_of(edited, name)[number]
            edited = with_value(edited, block, key, toml_of(kind, key, value))
    return proven(edited, expected)
