"""The data of a text, tables as text, and the proof that a change did what it should."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields
from typing import Any

from tuireader.config import FeedConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig, loads
from tuireader.config.values import Bad, Key, quoted, same_address
from tuireader.errors import ConfigError
from tuireader.text import without_password

Table = dict[str, Any]
Item = FeedConfig | WatchConfig | MuteConfig | ViewConfig | MacroConfig


def data_of(text: str) -> Table:
    """What a text holds, once it is known to be TOML. Raises ConfigError when it is not."""
    for problem in loads(text)[1]:
        if problem.fatal:
            raise ConfigError(str(problem), "mend it first; nothing was changed")
    return tomllib.loads(text.removeprefix("\ufeff"))


def tables_of(data: Table, name: str) -> list[Table]:
    """The `[[name]]` tables. Raises ConfigError where something else has that name."""
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ConfigError(f"{name} is not a row of [[{name}]] tables", "mend it first; nothing was changed")
    return value


def urls_of(data: Table) -> list[str]:
    """The address of each feed."""
    return [str(table.get("url", "")).strip() for table in tables_of(data, "feeds")]


def number_of(data: Table, url: str) -> int:
    """Which of the feeds has this address, counted from 0."""
    urls = urls_of(data)
    if url in urls:
        return urls.index(url)
    for number, other in enumerate(urls):
        if comparable(other) == comparable(url):
            return number
    raise ConfigError(f"the configuration has no feed {without_password(url)}", "see `tuireader feeds`")


def comparable(url: str) -> str:
    """The address in the form in which two of them are compared."""
    try:
        return same_address(url)
    except ValueError:  # what stands in the file need not be an address
        return url


def accepted(block: str) -> None:
    """Raise ConfigError when anything in a text cannot be used."""
    for problem in loads(block)[1]:
        raise ConfigError(f"{problem.path} {problem.message}")


def readable(kind: type[Item], name: str, value: object) -> None:
    """Raise ConfigError when a key of a table cannot have this value."""
    read = key_of(kind, name).kind.read(value)
    if isinstance(read, Bad):
        raise ConfigError(f"{name} {read.message}")


def proven(text: str, expected: Table) -> str:
    """The new text, if it holds just what it should."""
    try:
        as_meant = tomllib.loads(text.removeprefix("\ufeff")) == expected
    except tomllib.TOMLDecodeError:
        as_meant = False
    if not as_meant:
        raise ConfigError("this change cannot be made safely", "please make it in the file by hand")
    return text


def block_of(name: str, item: Item) -> str:
    """A table as text, with the keys that are not at their default."""
    lines = [f"[[{name}]]"]
    for one in fields(item):
        written = toml_of(type(item), one.name, getattr(item, one.name))
        if written is not None:
            lines.append(f"{one.name} = {written}")
    return "\n".join(lines) + "\n"


def toml_of(kind: type[Item], name: str, value: object) -> str | None:
    """The value of a key as TOML, None where it is the default."""
    if value == next((one.default for one in fields(kind) if one.name == name), MISSING):
        return None
    return key_of(kind, name).kind.write(value)


def key_of(kind: type[Item], name: str) -> Key:
    """The key of a table by its name. Raises ConfigError when there is none."""
    for one in fields(kind):
        if one.name == name:
            described: Key = one.metadata["key"]
            return described
    raise ConfigError(f"a feed has no key {quoted(name)}")
