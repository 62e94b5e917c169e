"""Output of commands: JSON lines, color, and the pager."""

from __future__ import annotations

import io
import json
import os
import re
import select
import stat
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TextIO, TypeVar

import click

from tuireader.errors import TuireaderError

_PAUSE = 20
"""Milliseconds between two looks at a pipe."""

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(function: Command) -> Command:
    """Add the option `--json`, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")(function)


def format_option(forms: Sequence[str], help: str, *, json: str = "json") -> Callable[[Command], Command]:
    """Add `--format` as `form`, by default the first of `forms`; `--json` is short for the form `json`."""
    short = click.option("--json", "form", flag_value=json, help=f"Short for --format {json}.")
    choice = click.Choice(forms)
    long = click.option("--format", "form", type=choice, default=forms[0], show_default=True, help=help)
    return lambda function: long(short(function))


def encoded(shape: str, value: object = None, **own: object) -> dict[str, object]:
    """JSON object of a value, in the shape that `shapes` has by this name."""
    from tuireader.cli.shapes import shapes

    fields: dict[str, object] = getattr(shapes, shape).encode(value, **own)
    return fields


def print_json(shape: str, value: object = None, *, flush: bool = False, **own: object) -> None:
    """Print the JSON object of a value in one line; flush for pipes."""
    print_json_text(json.dumps(encoded(shape, value, **own), ensure_ascii=False), flush=flush)


def print_item(as_json: bool, shape: str, value: object, line: str, **own: Any) -> None:
    """Print a value as JSON, or a line about it."""
    if as_json:
        print_json(shape, value, **own)
    else:
        print(line)


def print_json_text(text: str, *, flush: bool = False) -> None:
    """Print JSON; where stdout is not in UTF-8, characters beyond ASCII are escaped."""
    if sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        text = re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], text)
    print(text, flush=flush)


def require_delivery(stream: TextIO) -> None:
    """Wait until what was written is on the disk, or read from a pipe.

    Raises BrokenPipeError if the reader closed the pipe before, TuireaderError if the disk is full.
    """
    import fcntl
    import termios

    try:
        out = stream.fileno()
        kind = os.fstat(out).st_mode
        if stat.S_ISREG(kind):
            os.fsync(out)
    except io.UnsupportedOperation:
        return  # it is kept in memory
    except OSError as error:
        raise TuireaderError(f"the output cannot be written: {error.strerror}") from None
    closed, unread = select.poll(), array("i", [0])
    closed.register(out, 0)
    while stat.S_ISFIFO(kind) and not fcntl.ioctl(out, termios.FIONREAD, unread) and unread[0]:
        if closed.poll(_PAUSE):
            raise BrokenPipeError


def colored() -> bool:
    """Check whether stdout shows color: a terminal that can, and NO_COLOR is unset (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def ink(text: str, *, bold: bool = False, fg: str | None = None) -> str:
    """Style text if stdout shows color; color is never the only carrier of a fact."""
    return click.style(text, bold=bold or None, fg=fg) if colored() else text


def feeds_progress(done: int, total: int) -> None:
    """Show on a terminal how many feeds are done."""
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == total else ""
        print(f"\r\x1b[K{done}/{total} feeds{end}", end="", file=sys.stderr, flush=True)


def print_paged(lines: Iterable[str]) -> None:
    """Print lines, on a terminal through the pager unless they fit on the screen.

    `$PAGER` names the pager, by default `less`. With `PAGER=cat` or `TERM=dumb`, as screen readers want it,
    the lines are printed one after another.
    """
    if not sys.stdout.isatty():
        for line in lines:
            print(line)
        return
    os.environ.setdefault("LESS", "FRX")
    click.echo_via_pager((f"{line}\n" for line in lines), color=colored())
