"""Parse configuration text, write tables as TOML, and verify the result of an edit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from tuireader.config import (
    AccountConfig,
    ChannelConfig,
    FeedConfig,
    MacroConfig,
    MuteConfig,
    RuleConfig,
    ViewConfig,
    WatchConfig,
    loads,
)
from tuireader.config.keys import Key
from tuireader.config.kinds import command_address
from tuireader.config.shape import KEYS
from tuireader.config.toml_values import key_to_toml, quote, to_toml
from tuireader.config.values import Invalid
from tuireader.errors import ConfigError
from tuireader.text import feed_key, without_password

Table = dict[str, Any]
Asking = WatchConfig | MuteConfig | ViewConfig | RuleConfig
Item = FeedConfig | Asking | MacroConfig | AccountConfig | ChannelConfig
Id = tuple[str, ...]
FIX_FIRST = "fix it first; nothing was changed"
_MAYBE_BY_HAND = "it may have been removed by hand"


class Array(Struct, frozen=True):
    """A kind of `[[name]]` tables: nouns for messages, and the keys that identify a table."""

    type: type[Item]
    noun: str
    nouns: str
    keys: tuple[str, ...] = ("name",)
    hint: str = _MAYBE_BY_HAND

    def missing(self, key: str | Item) -> ConfigError:
        """Error for a table that is not in the configuration."""
        if not isinstance(key, str):
            return ConfigError(f"the configuration has no such {self.noun}", self.hint)
        shown = without_password(key) if self.type is FeedConfig else quote(key)
        return ConfigError(f"the configuration has no {self.noun} {shown}", self.hint)

    def taken(self, table: Table | Item) -> ConfigError:
        """Error for a table whose address or name is in use."""
        if self.type is FeedConfig:
            return ConfigError(f"the configuration already has {without_password(address_of(_keys(table)))}")
        article = "an" if self.noun[0] in "aeiou" else "a"
        name = quote(" ".join(text_of(_keys(table), key) for key in self.keys))
        return ConfigError(f"there is already {article} {self.noun} named {name}", "choose another name")


ARRAYS: Mapping[str, Array] = {
    "feeds": Array(
        FeedConfig, noun="feed", nouns="feeds", keys=("url", "command"), hint="see `tuireader feeds`"
    ),
    "watch": Array(WatchConfig, "watch", "watches", hint="see `tuireader watch list`"),
    "mute": Array(MuteConfig, "mute", "mutes", ("query", "feed")),
    "view": Array(ViewConfig, "saved search", "saved searches"),
    "macro": Array(MacroConfig, "macro", "macros", ("key",)),
    "account": Array(AccountConfig, "account", "accounts", hint="`tuireader account list` shows them"),
    "channel": Array(ChannelConfig, "channel", "channels", hint="`tuireader channel list` shows them"),
    "rule": Array(RuleConfig, "rule", "rules", hint="`tuireader rule list` shows them"),
}
"""The arrays of a configuration by name."""
_NAMES = {array.type: name for name, array in ARRAYS.items()}


def array_of(item: Item) -> str:
    """Name of the array for an item: `watch` for a WatchConfig."""
    return _NAMES[type(item)]


def _keys(table: Table | Item) -> Table:
    """View a table or an item as a table with at least its identifying keys."""
    if isinstance(table, dict):
        return table
    return {key: getattr(table, key) for key in ARRAYS[array_of(table)].keys}


def identity(name: str, table: Table | Item) -> Id:
    """Key for comparing `[[name]]` tables; ignores the case of names and the spelling of addresses."""
    keys = _keys(table)
    if name == "feeds":
        return (feed_key(address_of(keys)),)
    names = ARRAYS[name].keys if name in ARRAYS else ("name",)
    texts = (text_of(keys, key) for key in names)
    return tuple(text.casefold() if names == ("name",) else text for text in texts)


def index_of(data: Table, name: str, key: str | Item) -> int:
    """Find the `[[name]]` table with a name, an address or the keys of an item.

    An address in the same spelling comes first. Raises ConfigError if there is none.
    """
    wanted = _keys(key) if not isinstance(key, str) else {ARRAYS[name].keys[0]: key}
    tables = tables_of(data, name)
    if name == "feeds" and (same := [at for at, table in enumerate(tables) if address_of(table) == key]):
        return same[0]
    for at, table in enumerate(tables):
        if identity(name, table) == identity(name, wanted):
            return at
    raise ARRAYS[name].missing(key)


def data_of(text: str) -> Table:
    """Parse a text as TOML. Raises ConfigError if it is invalid."""
    for problem in loads(text)[1]:
        if problem.fatal:
            raise ConfigError(str(problem), FIX_FIRST)
    return tomllib.loads(text.removeprefix("\ufeff"))


def tables_of(data: Table, name: str) -> list[Table]:
    """List the `[[name]]` tables. Raises ConfigError if the name is used for something else."""
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ConfigError(f"{name} is not a list of [[{name}]] tables", FIX_FIRST)
    return value


def text_of(table: Table, key: str) -> str:
    """Text of a key without surrounding spaces, `""` if it is missing."""
    return str(table.get(key, "")).strip()


def address_of(table: Table) -> str:
    """Address of a `[[feeds]]` table, derived from its command if it has no `url`."""
    command = table.get("command")
    if not text_of(table, "url") and isinstance(command, list | tuple):
        return command_address([str(part) for part in command])
    return text_of(table, "url")


def validate(block: str, known: str = "") -> None:
    """Raise ConfigError if a text has a problem that `known` does not have."""
    before = [(problem.path, problem.message) for problem in loads(known)[1]]
    for problem in loads(block)[1]:
        if (problem.path, problem.message) not in before:
            raise ConfigError(f"{problem.path} {problem.message}")


def around(name: str, data: Table) -> str:
    """Write what a `[[name]]` table is validated with: the channels, watches, programs that it may name."""
    arrays = {"watch": ("channel",), "rule": ("channel", "watch", "program")}.get(name, ())
    return "".join(block_of(array, table) for array in arrays for table in tables_of(data, array))


def proven(text: str, expected: Table) -> str:
    """Pass on a new text that parses to exactly the expected data. Raises ConfigError otherwise."""
    try:
        as_expected = tomllib.loads(text.removeprefix("\ufeff")) == expected
    except tomllib.TOMLDecodeError:
        as_expected = False
    if not as_expected:
        raise unsafe()
    return text


def unsafe() -> ConfigError:
    """Error for a change that might alter something else."""
    return ConfigError("this change cannot be made safely", "please edit the file by hand")


def defaults_in(data: Table) -> Mapping[str, object]:
    """Values of `[watch_defaults]` by key; empty without that table."""
    written = data.get("watch_defaults")
    if not written:
        return {}
    return asdict(loads(f"watch_defaults = {to_toml(written)}")[0].watch_defaults)


def table_text(item: Item, defaults: Mapping[str, object]) -> str:
    """Write an item as a table with the keys that differ from the `defaults` of watches, or their own."""
    lines = [f"[[{array_of(item)}]]"]
    for name, value in asdict(item).items():
        if name == "url" and getattr(item, "command", False):
            continue  # derived from the command
        written = to_toml_or_none(type(item), name, value, defaults)
        if written is not None:
            lines.append(f"{name} = {written}")
    return "\n".join(lines) + "\n"


def block_of(name: str, table: Table) -> str:
    """Write the data of a `[[name]]` table as TOML."""
    lines = (f"{key_to_toml(key)} = {to_toml(value)}\n" for key, value in table.items())
    return f"[[{name}]]\n{''.join(lines)}"


def to_toml_or_none(kind: type[Item], name: str, value: object, defaults: Mapping[str, object]) -> str | None:
    """Write the value of a key as TOML; None stands for the default, that in `defaults` for a watch."""
    key = _key_of(kind, name)
    default = defaults.get(name, key.default) if kind is WatchConfig else key.default
    return None if value == default else key.kind.write(value)


def parse_value(kind: type[Item], name: str, value: object) -> object:
    """Convert a value read from TOML for a key. Raises ConfigError if it is invalid."""
    parsed = _key_of(kind, name).kind.read(value)
    if isinstance(parsed, Invalid):
        raise ConfigError(f"{name} {parsed.message}")
    return parsed


def format_value(kind: type[Item], name: str, value: object) -> str:
    """Format the value of a key as a user would type it: `30m`, `""` for the default."""
    key = _key_of(kind, name)
    return "" if value == key.default else str(key.kind.shown(value))


def typed_values(kind: type[Item], texts: Mapping[str, str]) -> dict[str, Any]:
    """Convert texts of a form or of options, by key; `""` is the default. Raises ConfigError."""
    values: dict[str, Any] = {}
    for name, text in texts.items():
        key = _key_of(kind, name)
        if not text.strip() and key.has_default:
            values[name] = key.default
        elif isinstance(typed := key.kind.typed(text), Invalid):
            raise ConfigError(f"{name} {typed.message}")
        else:
            values[name] = parse_value(kind, name, typed)
    return values


def _key_of(kind: type[Item], name: str) -> Key:
    if name not in KEYS[kind]:
        raise ConfigError(f"a {ARRAYS[_NAMES[kind]].noun} has no key {quote(name)}")
    return KEYS[kind][name]
