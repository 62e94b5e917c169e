"""Merge feeds and settings of another reader into the user's TOML: only add, change nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tuireader.commands import key_label, normalise_key
from tuireader.config import Config, FeedConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig, edit, loads
from tuireader.config.edit.data import Item
from tuireader.errors import ConfigError
from tuireader.newsboat.outcomes import Made
from tuireader.newsboat.single_settings import Settings
from tuireader.query import REGEX_TOTAL, regex_sizes
from tuireader.text import feed_key


@dataclass(frozen=True, slots=True)
class Merged:
    """The new text, how many of each kind are new in it, and what stays as it is, with the reason."""

    text: str
    added: dict[str, int] = field(default_factory=dict)
    kept: dict[Made, str] = field(default_factory=dict)


def merge(
    text: str,
    feeds: Sequence[FeedConfig],
    views: Sequence[ViewConfig] = (),
    settings: Settings | None = None,
    *,
    keys: bool = True,
) -> Merged:
    """Add feeds, views and settings to a configuration.

    An existing feed gets the title, folder and labels that it lacks. With `keys`, a user without feeds gets
    newsboat's keys; a user with another set of keys keeps it. Raises ConfigError when the text is no TOML.
    """
    settings = settings or Settings()
    before = _data(text)
    own = loads(text)[0]
    kept: dict[Made, str] = {}
    text = edit.add_feeds(text, feeds)
    added = {"feeds": len(_tables(_data(text), "feeds")) - len(_tables(before, "feeds"))}
    text = _completed(text, feeds, before, kept)
    room = REGEX_TOTAL - sum(regex_sizes(text) for text in _expressions(own))
    for name, key, items, there in (
        ("view", "name", views, own.views),
        ("watch", "name", settings.watches, own.watches),
        ("macro", "key", settings.macros, own.macros),
        ("mute", "", settings.mutes, own.mutes),
    ):
        new, room = _within(room, name, _new(name, key, items, there, before, kept), kept)
        text, added[name] = _added(text, name, new, kept)
    values = dict(settings.values)
    if keys and not _tables(before, "feeds"):  # whoever has used this program before keeps its keys
        values = {("ui", "keys"): "newsboat", **values}
    for table in dict.fromkeys(table for table, _ in values):
        wanted = {name: value for (at, name), value in values.items() if at == table}
        text = _set(text, table, wanted, before, added, kept)
    added["keys"] = 0
    ui = _data(text).get("ui")
    if isinstance(ui, dict) and ui.get("keys") == "newsboat":
        text = _set_keys(text, settings, before, added, kept)
    else:
        kept |= _all_keys(settings, 'as [ui] keys is not "newsboat"')
    return Merged(text, added, kept)


def taken(text: str) -> set[Made]:
    """The names of all settings and macros that a configuration has, which stay as they are."""
    data = _data(text)
    tables = {name: table for name, table in data.items() if isinstance(table, dict)}
    return {(name, key) for name, table in tables.items() for key in table} | {
        ("macro", _known_as("macro", table.get("key"))) for table in _tables(data, "macro")
    }


def _all_keys(settings: Settings, why: str) -> dict[Made, str]:
    """Every key that a line binds, with the reason why all of them stay."""
    made = (made for one in settings.outcomes for made in one.makes if made[0] == "keys")
    return dict.fromkeys(made, f"the keys stay as they are in your configuration, {why}")


def made_of(name: str, item: Item) -> Made:
    """Return the name by which the line that makes an item is known."""
    if isinstance(item, MuteConfig):
        return name, item.query, item.feed
    return (
        (name, item.key)
        if isinstance(item, MacroConfig)
        else (name, str(getattr(item, "name", "")).casefold())
    )


def _new(
    name: str,
    key: str,
    items: Sequence[Item],
    there: Sequence[Item],
    before: dict[str, Any],
    kept: dict[Made, str],
) -> list[Item]:
    """Return the new items; an existing item with other content is kept."""
    equal = {made_of(name, item): item for item in there}
    taken = set(equal)
    if key:  # also what is there and cannot be read
        taken |= {(name, _known_as(name, table.get(key))) for table in _tables(before, name)}
    new: dict[Made, Item] = {}
    for item in items:
        made = made_of(name, item)
        if made not in taken:
            new.setdefault(made, item)
        elif key and equal.get(made) != item:
            kept[made] = f"another {name} “{made[1]}” is in your configuration and stays"
    return list(new.values())


def _expressions(config: Config) -> list[str]:
    asking: list[WatchConfig | MuteConfig | ViewConfig] = [*config.watches, *config.mutes, *config.views]
    return [item.query for item in asking]


def _within(room: int, name: str, items: Sequence[Item], kept: dict[Made, str]) -> tuple[list[Item], int]:
    """The items whose regular expressions fit into what a configuration may have, and what room is left."""
    fitting: list[Item] = []
    for item in items:
        size = regex_sizes(getattr(item, "query", ""))
        if size > room:
            kept[made_of(name, item)] = "all regular expressions together are too large; remove some"
            continue
        room -= size
        fitting.append(item)
    return fitting, room


def _known_as(name: str, written: object) -> str:
    text = str(written).strip()
    return normalise_key(text) or text if name == "macro" else text.casefold()


def _added(text: str, name: str, items: list[Item], kept: dict[Made, str]) -> tuple[str, int]:
    """The text with the items, and how many; one that cannot be used does not keep the others away."""
    if not items:
        return text, 0
    try:
        return edit.add_tables(text, name, items), len(items)
    except ConfigError as error:
        if len(items) == 1:
            kept[made_of(name, items[0])] = f"cannot be used: {error.message}"
            return text, 0
    half = len(items) // 2
    text, first = _added(text, name, items[:half], kept)
    text, second = _added(text, name, items[half:], kept)
    return text, first + second


def _set_keys(
    text: str, settings: Settings, before: dict[str, Any], added: dict[str, int], kept: dict[Made, str]
) -> str:
    """Add the imported keys, except those that are bound already."""
    own = _bound(before)
    wanted: dict[str, tuple[str, ...]] = {}
    for command, keys in settings.keys.items():
        wanted[command] = tuple(key for key in keys if own.get(key, command) == command)
        kept |= {
            ("keys", key): f"{key_label(key)} stays as it is in your configuration"
            for key in keys
            if key not in wanted[command]
        }
    try:
        return _set(text, "keys", wanted, before, added, kept)
    except ConfigError as error:
        added["keys"] = 0
        kept |= _all_keys(settings, error.message)
        return text


def _bound(data: dict[str, Any]) -> dict[str | None, str]:
    """The keys that a configuration gives to commands, with the command."""
    table = data.get("keys")
    lists = table.items() if isinstance(table, dict) else ()
    return {
        normalise_key(key): command
        for command, keys in lists
        if isinstance(keys, list)
        for key in keys
        if isinstance(key, str)
    }


def _set(
    text: str, table: str, wanted: Any, before: dict[str, Any], added: dict[str, int], kept: dict[Made, str]
) -> str:
    there = before.get(table, {})
    there = there if isinstance(there, dict) else {}
    new = {name: value for name, value in wanted.items() if name not in there}
    for name, value in wanted.items():
        written = list(value) if isinstance(value, tuple) else value
        if name in there and there[name] != written:
            reason = f"{table}.{name} stays as it is in your configuration"
            own = {key for key, command in _bound(before).items() if command == name}
            made = [("keys", key) for key in value if key not in own] if table == "keys" else [(table, name)]
            kept |= dict.fromkeys(made, reason)
    try:
        text = edit.set_values(text, table, new)
    except ConfigError:
        if table == "keys":
            raise
        for name in list(new):  # one that cannot be used does not keep the others away
            try:
                text = edit.set_values(text, table, {name: new[name]})
            except ConfigError as error:
                del new[name]
                kept[table, name] = f"cannot be used: {error.message}"
    added[table] = len(new)
    return text


def _completed(text: str, feeds: Sequence[FeedConfig], before: dict[str, Any], kept: dict[Made, str]) -> str:
    there = {feed_key(str(table.get("url", "")).strip()): table for table in _tables(before, "feeds")}
    for feed in feeds if there else ():
        table = there.get(feed_key(feed.url))
        if table is None:
            continue
        said = {name: getattr(feed, name) for name in ("title", "folder", "labels") if getattr(feed, name)}
        others = [name for name, value in said.items() if table.get(name) and _other(table[name], value)]
        if others:
            kept["feeds", feed.url] = f"is here with another {' and another '.join(others)}, which stays"
        changes = {name: value for name, value in said.items() if not table.get(name)}
        if changes:
            text = edit.set_feed(text, str(table["url"]).strip(), **changes)
    return text


def _other(here: object, there: object) -> bool:
    return here != (list(there) if isinstance(there, tuple) else there)


def _data(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return {}  # the first edit says what is wrong


def _tables(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = data.get(name, [])
    return [table for table in value if isinstance(table, dict)] if isinstance(value, list) else []
