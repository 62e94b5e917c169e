"""Parse configuration text, write tables as TOML, and verify the result of an edit."""

from __future__ import annotations

import tomllib
from dataclasses import Field, fields
from typing import Any

from tuireader.config import (
    AccountConfig,
    FeedConfig,
    MacroConfig,
    MuteConfig,
    ViewConfig,
    WatchConfig,
    loads,
)
from tuireader.config.kinds import command_address
from tuireader.config.shape import KEYS
from tuireader.config.values import Invalid, Key, quote
from tuireader.errors import ConfigError
from tuireader.text import feed_key, without_password

Table = dict[str, Any]
Item = FeedConfig | WatchConfig | MuteConfig | ViewConfig | MacroConfig | AccountConfig
FIX_FIRST = "fix it first; nothing was changed"


def data_of(text: str) -> Table:
    """Parse a text as TOML. Raises ConfigError if it is invalid."""
    for problem in loads(text)[1]:
        if problem.fatal:
            raise ConfigError(str(problem), FIX_FIRST)
    return tomllib.loads(text.removeprefix("\ufeff"))


def tables_of(data: Table, name: str) -> list[Table]:
    """Return the `[[name]]` tables. Raises ConfigError if the name is used for something else."""
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ConfigError(f"{name} is not a list of [[{name}]] tables", FIX_FIRST)
    return value


def text_of(table: Table, key: str) -> str:
    """Return the text of a key, `""` if it is missing."""
    return str(table.get(key, "")).strip()


def urls_of(data: Table) -> list[str]:
    """Return the address of each feed."""
    return [address_of(table) for table in tables_of(data, "feeds")]


def address_of(table: Table) -> str:
    """Return the address of a `[[feeds]]` table, derived from its command if it has no `url`."""
    command = table.get("command")
    if not text_of(table, "url") and isinstance(command, list):
        return command_address([str(part) for part in command])
    return text_of(table, "url")


def index_of_feed(data: Table, url: str) -> int:
    """Return the index of the feed with this address in any spelling. Raises ConfigError."""
    urls = urls_of(data)
    if url in urls:
        return urls.index(url)
    for index, other in enumerate(urls):
        if feed_key(other) == feed_key(url):
            return index
    raise ConfigError(f"the configuration has no feed {without_password(url)}", "see `tuireader feeds`")


def validate(block: str) -> None:
    """Raise ConfigError if a text has any problem."""
    for problem in loads(block)[1]:
        raise ConfigError(f"{problem.path} {problem.message}")


def proven(text: str, expected: Table) -> str:
    """Return the new text if it holds exactly the expected data. Raises ConfigError otherwise."""
    try:
        as_expected = tomllib.loads(text.removeprefix("\ufeff")) == expected
    except tomllib.TOMLDecodeError:
        as_expected = False
    if not as_expected:
        raise unsafe()
    return text


def unsafe() -> ConfigError:
    """Return the error for a change that might alter something else."""
    return ConfigError("this change cannot be made safely", "please edit the file by hand")


def table_text(name: str, item: Item) -> str:
    """Write a `[[name]]` table with the keys that differ from their defaults."""
    lines = [f"[[{name}]]"]
    for one in fields(item):
        if one.name == "url" and getattr(item, "command", False):
            continue  # derived from the command
        written = to_toml_or_none(type(item), one.name, getattr(item, one.name))
        if written is not None:
            lines.append(f"{one.name} = {written}")
    return "\n".join(lines) + "\n"


def to_toml_or_none(kind: type[Item], name: str, value: object) -> str | None:
    """Return the value of a key as TOML, None for its default."""
    one, key = _key_of(kind, name)
    return None if value == one.default else key.kind.write(value)


def parse_value(kind: type[Item], name: str, value: object) -> object:
    """Convert a value read from TOML for a key. Raises ConfigError if it is invalid."""
    parsed = _key_of(kind, name)[1].kind.read(value)
    if isinstance(parsed, Invalid):
        raise ConfigError(f"{name} {parsed.message}")
    return parsed


def format_value(kind: type[Item], name: str, value: object) -> str:
    """Return the value of a key as a user would type it; `""` for the default."""
    return (to_toml_or_none(kind, name, value) or "").strip('"')


def _key_of(kind: type[Item], name: str) -> tuple[Field[Any], Key]:
    if name not in KEYS[kind]:
        raise ConfigError(f"a feed has no key {quote(name)}")
    return KEYS[kind][name]
