"""Options for the settings of feeds and accounts, built from their declared keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import click

from tuireader.cli.completion import complete_groups
from tuireader.config.edit import Item, typed_values
from tuireader.config.shape import KEYS
from tuireader.errors import ConfigError, UsageError


def option_of(name: str) -> str:
    """Spell the option of a key: `--item-title`."""
    return f"--{name.replace('_', '-')}"


def option_words(item: Item, *names: str) -> list[str]:
    """Spell the settings of these names, if they are set, as options: `["--folder", "Tech"]`."""
    return [word for name in names if (text := getattr(item, name)) for word in (option_of(name), text)]


def setting_options(table: type[Item], *names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add options for keys of a table to a command, which gets the given texts by key as `settings`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def collected(*arguments: Any, settings: Mapping[str, str] | None = None, **values: Any) -> Any:
            given = {name: text for name in names if (text := values.pop(name)) is not None}
            return command(*arguments, **values, settings={**(settings or {}), **given})

        decorated: Callable[..., Any] = collected
        for name in reversed(names):
            key = KEYS[table][name]
            option = click.option(
                option_of(name),
                name,
                type=click.Choice([*key.choices]) if key.choices else None,
                required=not key.has_default,
                metavar=key.kind.metavar or None,
                help=key.option or key.doc,
                shell_complete=complete_groups if name == "group" else None,
            )
            decorated = option(decorated)
        return decorated

    return decorate


def read_options(table: type[Item], settings: Mapping[str, str]) -> dict[str, Any]:
    """Convert the texts of options, given by key. Raises UsageError that names the option."""
    values: dict[str, Any] = {}
    for name, text in settings.items():
        try:
            values |= typed_values(table, {name: text})
        except ConfigError as error:
            raise UsageError(f"{option_of(name)} {error.message.removeprefix(f'{name} ')}") from None
    return values
