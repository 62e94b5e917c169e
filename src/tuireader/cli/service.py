"""`tuireader service`: print units for systemd or cron that fetch and send in the background."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tuireader.cli.base import Options, seconds
from tuireader.config import paths
from tuireader.subprocesses import python
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
    return f"""# ~/.config/systemd/user/tuireader.service
[Unit]
Description=Fetch feeds, sync accounts and send messages of tuireader that are due
Documentation=man:tuireader(1)

[Service]
Type=oneshot
ExecStart={_for_systemd(program)} refresh --due
# Some feeds always fail (3), sometimes there is no network (4): see `tuireader feeds` and `account list`.
SuccessExitStatus=3 4
TimeoutStartSec=15min
Nice=10
IOSchedulingClass=idle
UMask=0077

# What a unit of a user can be denied without help of the system. Files stay as they are for you: a command of
# yours that is named in a [[channel]] or under [notify], or gives a password (cmd:), may need any of them.
NoNewPrivileges=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""


def _timer(program: Sequence[str], seconds: int) -> str:
    minutes = max(1, seconds // 60)
    return f"""# ~/.config/systemd/user/tuireader.timer
[Unit]
Description=Fetch feeds and send messages of tuireader every {counted(minutes, "minute")}

[Timer]
OnStartupSec=2min
OnUnitActiveSec={minutes}min
RandomizedDelaySec={max(1, minutes // 10)}min

[Install]
WantedBy=timers.target
"""


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
    return [str(Path(program).absolute())] if program else python.command("tuireader")


def _options(options: Options) -> list[str]:
    """Options for files other than the default ones, to put before the command."""
    usual, words = paths(os.environ), list[str]()
    if options.paths.config != usual.config:
        words += ["--config", str(options.paths.config.absolute())]
    if options.paths.database_given:
        words += ["--database", str(options.paths.database.absolute())]
    return words
