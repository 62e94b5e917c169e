"""Keys, paths and configuration."""

from __future__ import annotations

import click

from tuireader.cli.base import Options
from tuireader.cli.output import json_option, print_item, print_json
from tuireader.cli.settings import edit, get, print_problems, set_, unset
from tuireader.commands import COMMANDS, PRESETS, key_label, resolve_keys
from tuireader.config import Config


@click.command()
@click.option(
    "--preset", type=click.Choice(list(PRESETS)), help="List the keys of a preset instead of your own."
)
@json_option
@click.pass_obj
def keys(options: Options, preset: str | None, as_json: bool) -> None:
    """List the keys of all commands.

    \b
    Examples:
      tuireader keys
      tuireader keys --preset newsboat
      tuireader keys --json
    """
    config = options.config()[0] if preset is None else Config()
    resolved, _ = resolve_keys(preset or config.ui.preset, config.keys)
    for command in COMMANDS:
        own = [key_label(key) for key in resolved.get(command.id, ())]
        line = f"{' '.join(own):<16} {command.id:<22} {command.help}"
        print_item(as_json, "KeyBinding", command, line, keys=own)


@click.command("paths")
@json_option
@click.pass_obj
def paths_(options: Options, as_json: bool) -> None:
    """Print the paths of the files, without creating any.

    \b
    Examples:
      tuireader paths
      tuireader paths --json
    """
    where = options.paths
    if as_json:
        print_json("Places", where)
        return
    for name in ("config", "database", "state", "cache"):
        print(f"{name}\t{getattr(where, name)}")


@click.group("config")
def config_() -> None:
    """Check, print or change the configuration.

    \b
    Examples:
      tuireader config check
      tuireader config set ui.width 100
      tuireader config edit
    """


for _command in (get, set_, unset, edit):
    config_.add_command(_command)


@config_.command()
@json_option
@click.pass_obj
def check(options: Options, as_json: bool) -> int:
    """List the problems of the configuration.

    With any, the exit code is 5. Warnings do not change it: they are about watches, mutes and saved searches
    that are probably mistakes, such as unknown names, operators in lower case, or rules that match nothing.

    \b
    Examples:
      tuireader config check
      tuireader --config new.toml config check --json
    """
    return print_problems(options, as_json)


@config_.command()
@json_option
def defaults(as_json: bool) -> None:
    """Print every key with its default and description.

    \b
    Examples:
      tuireader config defaults
      tuireader config defaults --json
    """
    from tuireader.config import reference

    for key in reference():
        print_item(as_json, "ConfigKey", key, f"{key.path} = {key.default}\n    {key.doc}")
