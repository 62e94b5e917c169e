"""The program itself: keys, paths, configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tuireader.cli.base import Options, main
from tuireader.config import load
from tuireader.errors import ConfigError, Exit

if TYPE_CHECKING:
    pass


@main.command()
@click.pass_obj
def keys(options: Options) -> int:
    """List the keys as they are in force."""
    from tuireader.commands import COMMANDS, key_label, resolve_keys

    config, _ = options.config()
    resolved, _ = resolve_keys(config.ui.preset, config.keys)
    for command in COMMANDS:
        labels = " ".join(key_label(key) for key in resolved.get(command.id, ()))
        print(f"{labels:<16} {command.id:<22} {command.help}")
    return Exit.OK


@main.command("paths")
@click.pass_obj
def paths_(options: Options) -> int:
    """Print where the files are."""
    for name in ("config", "database", "state", "cache"):
        print(f"{name}\t{getattr(options.paths, name)}")
    return Exit.OK


@main.group("config")
def config_() -> None:
    """Check the configuration, or print its defaults."""


@config_.command()
@click.pass_obj
def check(options: Options) -> int:
    """List all problems of the configuration."""
    if not options.paths.config.exists():
        raise ConfigError(
            f"there is no configuration file {options.paths.config}", "start tuireader to make one"
        )
    _, problems = load(options.paths.config)
    for problem in problems:
        print(problem)
    return Exit.CONFIG if problems else Exit.OK


@config_.command()
def defaults() -> int:
    """Print every key with its default and what it means."""
    from tuireader.config import reference

    for key in reference():
        print(f"{key.path} = {key.default}\n    {key.doc}")
    return Exit.OK
