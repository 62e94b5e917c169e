"""Keys, paths and configuration."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import click

from tuireader.cli.base import Options, say
from tuireader.cli.output import json_option, print_item, print_json
from tuireader.cli.settings import get, set_, unset
from tuireader.commands import COMMANDS, PRESETS, key_label, keys_label, resolve_keys
from tuireader.config import Config, Problem, config_exists, load
from tuireader.config.files import read_or_create
from tuireader.errors import Exit, TuireaderError, UsageError
from tuireader.subprocesses.programs import editor


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
        line = f"{keys_label(resolved.get(command.id, ())):<16} {command.id:<22} {command.help}"
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


for _command in (get, set_, unset):
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
    if not config_exists(options.paths.config):
        say(f"tuireader: there is no {options.paths.config} yet; the defaults are used")
        return Exit.OK
    config, problems = load(options.paths.config)
    warnings: Sequence[Problem] = ()
    if not any(problem.fatal for problem in problems):
        from tuireader.config.selectors import selector_problems
        from tuireader.library.channels import service_problems
        from tuireader.library.sending.publishing import file_problems
        from tuireader.library.watching import advice

        name, text = str(options.paths.config), options.paths.config.read_text(encoding="utf-8-sig")
        problems = (*problems, *selector_problems(text, name), *service_problems(text, name))
        problems = (*problems, *file_problems(config, text, name), *_look_problems(config, text, name))
        warnings = advice.for_config(config, text, name, options.places(config).database)
    for problem in (*problems, *warnings):
        print_item(as_json, "ConfigProblem", problem, "\n".join(filter(None, (str(problem), problem.detail))))
    return Exit.CONFIG if problems else Exit.OK


def _look_problems(config: Config, text: str, name: str) -> Sequence[Problem]:
    """Report a theme that neither tuireader nor the installed Textual has, and a missing package."""
    from tuireader.config.toml_lines import key_lines
    from tuireader.text import bidi
    from tuireader.ui.drawing.themes import available, theme_problem

    is_missing = config.ui.bidi and not bidi.is_available()
    messages = {
        "ui.theme": theme_problem(config.ui.theme, available(config.themes)),
        "ui.bidi": bidi.MISSING if is_missing else "",
    }
    lines = dict(key_lines(text))
    return [
        Problem(path, message, lines.get(path), file=name) for path, message in messages.items() if message
    ]


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


@config_.command()
@click.pass_context
def edit(context: click.Context) -> int:
    """Open the configuration in $VISUAL or $EDITOR, then list its problems.

    The file stays as you save it. With problems, the exit code is 5: settings with a problem are ignored, and
    a file that is not TOML stops every command until it is fixed. A running reader reloads it by its command
    to edit the configuration.

    \b
    Example:
      tuireader config edit
    """
    options: Options = context.obj
    path = options.paths.config
    if options.demo:
        raise UsageError("the demo has no configuration file", "leave out --demo")
    command = editor(os.environ)
    if not command:
        raise TuireaderError("no editor found", f"set VISUAL or EDITOR, or edit {path}")
    read_or_create(path)
    with TuireaderError.from_os(f"{command[0]} cannot be run", "set VISUAL or EDITOR"):
        code = _run(command, path)
    if code:
        raise TuireaderError(f"{command[0]} ended with exit status {code}")
    return int(context.invoke(check, as_json=False))


def _run(command: Sequence[str], path: Path) -> int:
    """Run an editor, which alone receives ctrl+c."""
    with subprocess.Popen([*command, str(path)]) as process:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return process.wait()
        finally:
            signal.signal(signal.SIGINT, before)
