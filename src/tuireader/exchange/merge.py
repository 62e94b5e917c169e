"""Merge feeds and settings of another reader into the user's TOML: only add, never change."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from tuireader.commands import key_label, normalise_key
from tuireader.config import Config, FeedConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig, edit, loads
from tuireader.config.edit.data import Item, address_of
from tuireader.config.toml_values import to_toml
from tuireader.errors import ConfigError
from tuireader.feeds.parse.json_values import objects_of
from tuireader.newsboat.outcomes import Made
from tuireader.newsboat.single_settings import Settings
from tuireader.query import REGEX_TOTAL, regex_sizes
from tuireader.text import feed_key


class Merged(Struct, frozen=True):
    """The new text, the number of added items of each kind, and the items not imported, with the reason."""

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

    Existing feeds get their missing titles, folders and labels. With `keys`, a user without feeds gets
    newsboat's keys and start; a chosen key preset is kept. Raises ConfigError if the text is not TOML.
    """
    settings = settings or Settings()
    own = loads(text)[0]
    merging = _Merging(text, own)
    merging.add_feeds(feeds)
    merging.add_items("view", "name", views, own.views)
    merging.add_items("watch", "name", settings.watches, own.watches)
    merging.add_items("macro", "key", settings.macros, own.macros)
    merging.add_items("mute", "", settings.mutes, own.mutes)
    merging.add_items("account", "name", settings.accounts, own.accounts)
    values = dict(settings.values)
    if keys and not objects_of(merging.before, "feeds"):  # existing users keep their keys
        values = {("ui", "keys"): "newsboat", **values}
        values.setdefault(("ui", "run_at_start"), ("next_feed", "focus_sidebar"))
    for table in dict.fromkeys(table for table, _ in values):
        merging.set(table, {name: value for (at, name), value in values.items() if at == table})
    merging.set_keys(settings)
    return Merged(merging.text, merging.added, merging.kept)


def taken(text: str) -> set[Made]:
    """Return the names of all settings, macros and feeds in a configuration, which an import keeps."""
    data = _data(text)
    plain = {name: table for name, table in data.items() if isinstance(table, dict)}
    return (
        {(name, key) for name, table in plain.items() for key in table}
        | {("macro", _known_as("macro", table.get("key"))) for table in objects_of(data, "macro")}
        | {("account", str(table.get("name")).casefold()) for table in objects_of(data, "account")}
        | {("feeds", address_of(table)) for table in objects_of(data, "feeds")}
    )


def _all_keys(settings: Settings, why: str) -> dict[Made, str]:
    entries = [entry for outcome in settings.outcomes for entry in outcome.makes]
    keys = [entry for entry in entries if entry[0] == "keys"]
    return dict.fromkeys(keys, f"the keys of your configuration are kept, {why}")


def made_of(name: str, item: Item) -> Made:
    """Return the key of an item that an imported line adds."""
    if isinstance(item, MuteConfig):
        return name, item.query, item.feed
    if isinstance(item, MacroConfig):
        return name, item.key
    return name, str(getattr(item, "name", "")).casefold()


class _Merging:
    """A configuration during a merge; `before` is its data at the start."""

    def __init__(self, text: str, own: Config) -> None:
        self.text = text
        self.before = _data(text)
        self.added: dict[str, int] = {}
        self.kept: dict[Made, str] = {}
        asking: list[WatchConfig | MuteConfig | ViewConfig] = [*own.watches, *own.mutes, *own.views]
        self._room = REGEX_TOTAL - sum(regex_sizes(item.query) for item in asking)

    def add_feeds(self, feeds: Sequence[FeedConfig]) -> None:
        before = objects_of(self.before, "feeds")
        there = {feed_key(address_of(table)): table for table in before}
        self.text = edit.add(self.text, *feeds)
        self.added["feeds"] = len(objects_of(_data(self.text), "feeds")) - len(before)
        for feed in feeds if there else ():
            table = there.get(feed_key(feed.url))
            if table is None:
                continue
            fields = {name: getattr(feed, name) for name in ("title", "folder", "labels", "filter")}
            said = {name: value for name, value in fields.items() if value}
            others = [name for name, value in said.items() if table.get(name) and _other(table[name], value)]
            if others:
                reason = f"already exists with another {' and another '.join(others)}, which is kept"
                self.kept["feeds", feed.url] = reason
            changes = {name: value for name, value in said.items() if not table.get(name)}
            if changes:
                self.text = edit.update(self.text, "feeds", address_of(table), changes)

    def add_items(self, name: str, key: str, items: Sequence[Item], there: Sequence[Item]) -> None:
        """Add the new valid items; existing items with the same name are kept."""
        equal = {made_of(name, item): item for item in there}
        taken = set(equal)
        if key:  # including invalid items
            taken |= {(name, _known_as(name, table.get(key))) for table in objects_of(self.before, name)}
        queries = {own.query: own.name for own in there if isinstance(own, WatchConfig) and own.query}
        new: dict[Made, Item] = {}
        for item in items:
            entry = made_of(name, item)
            if entry in taken:
                if key and equal.get(entry) != item:
                    reason = f"your configuration already has another {name} “{entry[1]}”, which is kept"
                    self.kept[entry] = reason
            elif isinstance(item, WatchConfig) and item.query in queries:
                self.kept[entry] = f"already exists as the watch “{queries[item.query]}”"
            elif entry not in new:
                new[entry] = item
        self.added[name] = self._add(name, [item for entry, item in new.items() if self._fits(entry, item)])

    def _fits(self, entry: Made, item: Item) -> bool:
        size = regex_sizes(getattr(item, "query", ""))
        if size > self._room:
            self.kept[entry] = "the total size of regular expressions is too large; remove some"
            return False
        self._room -= size
        return True

    def _add(self, name: str, items: list[Item]) -> int:
        """Add items and return their number; an invalid one does not stop the others."""
        if not items:
            return 0
        try:
            self.text = edit.add(self.text, *items)
            return len(items)
        except ConfigError as error:
            if len(items) == 1:
                self.kept[made_of(name, items[0])] = f"cannot be used: {error.message}"
                return 0
        half = len(items) // 2
        return self._add(name, items[:half]) + self._add(name, items[half:])

    def set_keys(self, settings: Settings) -> None:
        self.added["keys"] = 0
        ui = _data(self.text).get("ui")
        if not isinstance(ui, dict) or ui.get("keys") != "newsboat":
            self.kept |= _all_keys(settings, 'as [ui] keys is not "newsboat"')
            return
        own = _bound(self.before)
        wanted: dict[str, tuple[str, ...]] = {}
        for command, keys in settings.keys.items():
            wanted[command] = tuple(key for key in keys if own.get(key, command) == command)
            for key in keys:
                if key not in wanted[command]:
                    self.kept["keys", key] = f"the {key_label(key)} key of your configuration is kept"
        try:
            self.set("keys", wanted)
        except ConfigError as error:
            self.kept |= _all_keys(settings, error.message)

    def set(self, table: str, wanted: Mapping[str, Any]) -> None:
        """Set the keys of a plain table that are not in the configuration yet."""
        there = self.before.get(table, {})
        there = there if isinstance(there, dict) else {}
        new = {name: to_toml(value) for name, value in wanted.items() if name not in there}
        for name, value in wanted.items():
            if name in there and _other(there[name], value):
                own = {key for key, command in _bound(self.before).items() if command == name}
                entries: list[Made] = [(table, name)]
                if table == "keys":
                    entries = [("keys", key) for key in value if key not in own]
                self.kept |= dict.fromkeys(entries, f"{table}.{name} of your configuration is kept")
        try:
            self.text = edit.set_keys(self.text, table, new)
        except ConfigError:
            if table == "keys":
                raise
            for name in list(new):  # an invalid value does not stop the others
                try:
                    self.text = edit.set_keys(self.text, table, {name: new[name]})
                except ConfigError as error:
                    del new[name]
                    self.kept[table, name] = f"cannot be used: {error.message}"
        self.added[table] = len(new)


def _known_as(name: str, written: object) -> str:
    text = str(written).strip()
    return normalise_key(text) or text if name == "macro" else text.casefold()


def _bound(data: dict[str, Any]) -> dict[str | None, str]:
    table = data.get("keys")
    lists = table.items() if isinstance(table, dict) else ()
    return {
        normalise_key(key): command
        for command, keys in lists
        if isinstance(keys, list)
        for key in keys
        if isinstance(key, str)
    }


def _other(here: object, there: object) -> bool:
    return here != (list(there) if isinstance(there, tuple) else there)


def _data(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return {}  # the first edit reports the error
