"""What comes from another reader put into a person's TOML: only ever added, nothing of theirs changed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from tuireader import config_edit
from tuireader.commands import key_label, normalise_key
from tuireader.config import FeedConfig, MuteConfig, ViewConfig
from tuireader.config_values import same_address
from tuireader.errors import ConfigError
from tuireader.moving.single_settings import Settings
from tuireader.values import dataclass


@dataclass(frozen=True, slots=True)
class Merged:
    """The new text, how many of each kind are new in it, and what stayed as the person has it."""

    text: str
    added: dict[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def merge(
    text: str,
    feeds: Sequence[FeedConfig],
    views: Sequence[ViewConfig] = (),
    settings: Settings | None = None,
    *,
    keys: bool = True,
) -> Merged:
    """Add feeds, views and settings to a configuration.

    A feed that is there gets what it has none of (title, folder, labels). With `keys`, one who has no feeds
    yet gets newsboat's keys; who has another set of keys keeps them all. Raises ConfigError when the text is
    no TOML.
    """
    settings = settings or Settings()
    before = _data(text)
    kept: list[str] = []
    added = {"feeds": -len(_tables(before, "feeds"))}
    text = config_edit.add_feeds(text, feeds)
    added["feeds"] += len(_tables(_data(text), "feeds"))
    text = _completed(text, feeds, before)
    for name, key, items in (
        ("view", "name", views),
        ("watch", "name", settings.watches),
        ("macro", "key", settings.macros),
    ):
        there = {str(table.get(key, "")).strip().casefold() for table in _tables(before, name)}
        new = [item for item in items if str(getattr(item, key)).casefold() not in there]
        text = config_edit.add_tables(text, name, new)
        added[name] = len(new)
    mutes = [mute for mute in settings.mutes if not _has_mute(before, mute)]
    text = config_edit.add_tables(text, "mute", list(dict.fromkeys(mutes)))
    added["mute"] = len(mutes)
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
    elif settings.keys:
        kept.append('the keys stay as they are in your configuration, as [ui] keys is not "newsboat"')
    return Merged(text, added, tuple(kept))


def _set_keys(
    text: str, settings: Settings, before: dict[str, Any], added: dict[str, int], kept: list[str]
) -> str:
    """The keys that the person bound there, but for those that are bound here already."""
    own = _bound(before)
    wanted: dict[str, tuple[str, ...]] = {}
    for command, keys in settings.keys.items():
        wanted[command] = tuple(key for key in keys if own.get(key, command) == command)
        kept += [
            f"{key_label(key)} stays as it is in your configuration"
            for key in keys
            if key not in wanted[command]
        ]
    try:
        return _set(text, "keys", wanted, before, added, kept)
    except ConfigError as error:
        added["keys"] = 0
        kept.append(f"the keys stay as they are in your configuration: {error.message}")
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
    text: str, table: str, wanted: Any, before: dict[str, Any], added: dict[str, int], kept: list[str]
) -> str:
    there = before.get(table, {})
    there = there if isinstance(there, dict) else {}
    new = {name: value for name, value in wanted.items() if name not in there}
    for name, value in wanted.items():
        written = list(value) if isinstance(value, tuple) else value
        if name in there and there[name] != written:
            kept.append(f"{table}.{name} stays as it is in your configuration")
    added[table] = len(new)
    return config_edit.set_values(text, table, new)


def _completed(text: str, feeds: Sequence[FeedConfig], before: dict[str, Any]) -> str:
    there = {_address(table): table for table in _tables(before, "feeds")}
    for feed in feeds:
        table = there.get(same_address(feed.url))
        if table is None:
            continue
        changes = {
            name: getattr(feed, name)
            for name in ("title", "folder", "labels")
            if getattr(feed, name) and not table.get(name)
        }
        if changes:
            text = config_edit.set_feed(text, str(table["url"]).strip(), **changes)
    return text


def _has_mute(data: dict[str, Any], mute: MuteConfig) -> bool:
    return any(
        (table.get("query", ""), table.get("feed", "")) == (mute.query, mute.feed)
        for table in _tables(data, "mute")
    )


def _data(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return {}  # the first edit says what is wrong


def _tables(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = data.get(name, [])
    return [table for table in value if isinstance(table, dict)] if isinstance(value, list) else []


def _address(table: dict[str, Any]) -> str:
    try:
        return same_address(str(table.get("url", "")).strip())
    except ValueError:
        return ""
