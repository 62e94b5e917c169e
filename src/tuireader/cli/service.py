"""`tuireader service`: print units for systemd or cron that fetch and send in the background."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

import click

from tuireader.cli.base import Options, seconds
from tuireader.config import paths
from tuireader.subprocesses import processes
from tuireader.text.wording import counted


def _for_systemd(words: Sequence[str]) -> str:
    """Quote a command for systemd (systemd.service(5)): `%` is special, and spaces separate words."""
    escaped = [re.sub("^~/", "%h/", word.replace("%", "%%").replace("\\", "\\\\")) for word in words]
    return " ".join(f'"{word}"' if re.search(r"[\s;']", word) else word for word in escaped)


def _for_cron(words: Sequence[str]) -> str:
    """Quote a command for cron and its shell: a bare `%` ends the line."""
    quoted = [f"~/{shlex.quote(word[2:])}" if word.startswith("~/") else shlex.quote(word) for word in words]
    return " ".join(quoted).replace("%", "\\%")


def _service(program: Sequence[str], seconds: int) -> str:
    return _written("tuireader.service", command=_for_systemd(program))


def _timer(program: Sequence[str], seconds: int) -> str:
    minutes = max(1, seconds // 60)
    period, delay = counted(minutes, "minute"), max(1, minutes // 10)
    return _written("tuireader.timer", period=period, minutes=minutes, delay=delay)


def _written(unit: str, **values: object) -> str:
    return Template((Path(__file__).with_name("units") / unit).read_text("utf-8")).substitute(values)


def _cron(program: Sequence[str], seconds: int) -> str:
    minutes = max(1, seconds // 60)
    when = f"*/{minutes} * * * *" if minutes < 60 else f"0 */{max(1, minutes // 60)} * * *"
    return f"# a line for `crontab -e`\n{when} {_for_cron(program)} refresh --due --quiet\n"


UNITS = {"service": _service, "timer": _timer, "cron": _cron}
"""Functions that write a unit for a program and the seconds between runs; `~` is the home folder."""


@click.command()
@click.option("--every", default="30m", show_default=True, help="How often to fetch and send what is due.")
@click.option("--unit", "name", type=click.Choice(list(UNITS)), help="Print only this one.")
@click.pass_obj
def service(options: Options, every: str, name: str | None) -> None:
    """Print systemd units and a cron line for fetching feeds and sending messages and digests.

    \b
    Examples:
      tuireader service
      tuireader service --unit timer --every 1h > tuireader.timer
    """
    pause = seconds("--every", every, 60, 1, "30m or 2h")
    program = (*_program(), *_options(options))
    parts = [UNITS[unit](program, pause) for unit in ((name,) if name else UNITS)]
    print("\n".join(parts), end="")
    if name is None:
        print(
            "\n# After the first two are in ~/.config/systemd/user:\n"
            "#   systemctl --user enable --now tuireader.timer\n"
            "# They run while you are logged in; `loginctl enable-linger` lets them run always."
        )


def _program() -> list[str]:
    """Full path of the running program, since systemd and cron do not search a shell's PATH."""
    program = sys.argv[0] if Path(sys.argv[0]).name == "tuireader" else shutil.which("tuireader")
    return [str(Path(program).absolute())] if program else processes.command("tuireader")


def _options(options: Options) -> list[str]:
    """Options for files other than the default ones, to put before the command."""
    usual, words = paths(os.environ), list[str]()
    if options.paths.config != usual.config:
        words += ["--config", str(options.paths.config.absolute())]
    if options.paths.database_given:
        words += ["--database", str(options.paths.database.absolute())]
    return words
