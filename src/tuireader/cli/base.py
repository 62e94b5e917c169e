"""Shared by all commands: options of the program, the open library, messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import update_wrapper
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from tuireader.config.values import duration
from tuireader.errors import UsageError
from tuireader.startup.tui import Options, say
from tuireader.text.durations import DAY
from tuireader.wording import moments

if TYPE_CHECKING:
    from tuireader.library import Library

__all__ = ["ARTICLE", "COMPLETE", "Commands", "Options", "in_library", "library_command", "say", "seconds"]

T = TypeVar("T")
P = ParamSpec("P")
COMPLETE = "_TUIREADER_COMPLETE"
"""Environment variable with which a shell asks for completion."""


class _ArticleNumber(click.types.IntParamType):
    """Number of an article; a number too large for the database does not exist."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number = int(super().convert(value, param, ctx))
        if not 0 < number < 1 << 63:
            self.fail(f"there is no article {number}", param, ctx)
        return number


ARTICLE = _ArticleNumber()


class Commands(click.Group):
    """A group of commands that are imported when asked for; `places` has the module and name of each."""

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.commands, *self._places})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._places:
            module, _, name = self._places[cmd_name].rpartition(".")
            command = getattr(import_module(f"tuireader.cli.{module}"), name)
            assert isinstance(command, click.Command)
            return command
        return super().get_command(ctx, cmd_name)


def seconds(option: str, text: str, least: int, most_days: int, such: str) -> int:
    """Parse an option that takes a time, in seconds. Raises UsageError."""
    value = duration(least, most_days * DAY).read(text)
    if not isinstance(value, int):
        raise UsageError(f"{option} wants a time such as {such}, not {text!r}")
    return value


def moment(option: str, text: str, *, end: bool = False) -> int:
    """Parse a day, or a time ago, as a moment; with `end`, the end of that day. Raises UsageError."""
    return moments.moment(option, text, time.time(), end=end)


def days_of(days: T, since: str | None) -> T | float:
    """Length of a period in days: that since a moment if it is given, else `days`. Raises UsageError."""
    return days if since is None else max(1, int(time.time()) - moment("--since", since)) / DAY


def in_library(options: Options, job: Callable[[Library], Awaitable[T]]) -> T:
    """Open the library, print the problems of the configuration, run the job, close."""

    async def whole() -> T:
        async with options.library() as library:
            for problem in library.settings.problems:
                say(f"tuireader: {problem}")
            return await job(library)

    return asyncio.run(whole())


def library_command(job: Callable[Concatenate[Library, P], Awaitable[int | None]]) -> Callable[P, int | None]:
    """Make the function of a command from a coroutine that gets the open library."""

    def command(options: Options, /, *args: P.args, **kwargs: P.kwargs) -> int | None:
        return in_library(options, lambda library: job(library, *args, **kwargs))

    update_wrapper(command, job)
    return click.pass_obj(command)
