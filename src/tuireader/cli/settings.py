"""Print and change single settings."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import Options, say
from tuireader.cli.completion import complete_settings, complete_values
from tuireader.cli.output import json_option, print_item
from tuireader.config.settings import SettingValue, find, masked, settings, values
from tuireader.config.shape import KEYS, PLAIN_TABLES, TABLES
from tuireader.config.toml_values import quote
from tuireader.config.values import Invalid
from tuireader.errors import UsageError

if TYPE_CHECKING:
    from tuireader.config import Config
    from tuireader.library import Library

_EDIT = "`tuireader config edit`"
_LISTS = {
    "feeds": "`tuireader add`, `tuireader remove` and `tuireader feeds`",
    "account": "`tuireader account`",
    "watch": f"the reader (W, w) and {_EDIT}",
    "mute": f"the reader (M) and {_EDIT}",
    "view": f"the reader (V) and {_EDIT}",
}
_key = click.argument("path", metavar="KEY", shell_complete=complete_settings)


@click.command()
@click.argument("path", metavar="[KEY]", default="", shell_complete=complete_settings)
@json_option
@click.pass_obj
def get(options: Options, path: str, as_json: bool) -> None:
    """Print the value of a setting as TOML, without passwords.

    For a table such as `ui` or `feeds`, print all of its settings; without KEY, those that differ from their
    defaults.

    \b
    Examples:
      tuireader config get ui.width
      tuireader config get fetch
      tuireader config get --json
    """
    config, _ = options.config()
    every = list(values(config))
    single = [item for item in every if item.path == path]
    listed = [item for item in every if _is_listed(item, path)]
    for item in single or listed:
        print_item(as_json, "ConfigValue", item, item.value if single else f"{item.path} = {item.value}")
    if not single and not listed and path not in ("open", *TABLES):
        find(path, config)


def _is_listed(item: SettingValue, path: str) -> bool:
    """Choose all keys of a plain table, and those with a value in lists of tables or without a path."""
    if not path:
        return item.changed
    return item.path.startswith((f"{path}.", f"{path}[")) and (item.changed or "[" not in item.path)


@click.command("set")
@_key
@click.argument("value", shell_complete=complete_values)
@click.pass_obj
def set_(options: Options, path: str, value: str) -> None:
    """Change a setting in the configuration; the rest of the file stays as it is.

    VALUE is TOML or plain text: `30m`, `on`, `"de, en"`. Passwords are refused, as they would stay in the
    history of your shell. `tuireader undo` takes the change back.

    \b
    Examples:
      tuireader config set ui.width 100
      tuireader config set ui.show_read off
      tuireader config set keys.zen "Z ctrl+o"
    """
    setting = find(path, _writable(options, path))
    read = setting.read(value)
    if isinstance(read, Invalid):
        raise UsageError(f"{setting.path} {read.message}")
    if masked(setting.key, read) != read:
        raise _secret(setting.path, "put it into the file")
    if setting.path == "ui.theme":
        from tuireader.ui.drawing.themes import available, theme_problem

        if message := theme_problem(read, available(options.config()[0].themes)):
            raise UsageError(f"{setting.path}: {message}")
    _change(options, lambda library: library.settings.set(setting, setting.key.kind.write(read)))


@click.command()
@_key
@click.pass_obj
def unset(options: Options, path: str) -> None:
    """Remove a setting from the configuration, so that its default applies.

    A misspelt key that `tuireader config check` reports is removed, too. `tuireader undo` takes the
    change back.

    \b
    Examples:
      tuireader config unset ui.width
      tuireader config unset fetch.proxy
    """
    config = _writable(options, path)
    unknown = {problem.path for problem in options.config()[1]} - {item.path for item in settings(config)}
    if path in unknown and not path.startswith("open."):
        _change(options, lambda library: library.settings.remove(path))
        say(f"removed {path}, which is not a setting")
    else:
        setting = find(path, config)
        _change(options, lambda library: library.settings.set(setting, None))


def _writable(options: Options, path: str) -> Config:
    """Read the configuration if a setting may be changed here. Raises UsageError, ConfigError."""
    config, _ = options.config()
    table, name = re.sub(r"\[\d+\]", "", path).partition(".")[::2]
    if table in TABLES and table not in PLAIN_TABLES and table:
        if name in KEYS[TABLES[table]] and KEYS[TABLES[table]][name].secret:
            raise _secret(path, "env:NAME, cmd:PROGRAM or keyring:NAME keep it elsewhere")
        raise UsageError(
            f"{quote(table)} is a list of tables", f"it is changed by {_LISTS.get(table, _EDIT)}"
        )
    if options.demo:
        raise UsageError("the demo has no configuration file", "leave out --demo")
    return config


def _secret(path: str, hint: str) -> UsageError:
    said = f"{path} is not set here, as a password would stay in the history of your shell"
    return UsageError(said, f"{hint}; use {_EDIT}")


def _change(options: Options, edit: Callable[[Library], Awaitable[None]]) -> None:
    async def change() -> None:
        async with options.library() as library:
            await edit(library)

    asyncio.run(change())
