"""Expressions as arguments: `tuireader list WeChat -webinar` needs no `--` before the word with the minus."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tuireader.cli.base import say
from tuireader.cli.completion import complete_expressions

if TYPE_CHECKING:
    from tuireader.library import Library

Command = TypeVar("Command", bound=Callable[..., Any])

_MARK = "\0"  # which no argument of a process can hold


class ExpressionCommand(click.Command):
    """A command that takes an expression; what begins with one minus is no option unless it is known."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does, but protect excluded words (`-webinar`) from being taken as options."""
        known = {name for param in self.get_params(ctx) for name in param.opts}
        marked = [f"{_MARK}{arg}" if re.match(r"-[^-\d]", arg) and arg not in known else arg for arg in args]
        rest = super().parse_args(ctx, marked)
        words = ctx.params.get("expression") or ()
        ctx.params["expression"] = tuple(word.removeprefix(_MARK) for word in words)
        return rest


async def say_advice(library: Library, text: str) -> bool:
    """Print advice on an expression that matches nothing; return whether there is any."""
    advice = await library.searches.advice(text)
    for one in advice:
        say(f"tuireader: {one}")
    return bool(advice)


def expression_argument(*, required: bool = False) -> Callable[[Command], Command]:
    """The words of an `ExpressionCommand` as the argument `expression`."""
    return click.argument("expression", nargs=-1, required=required, shell_complete=complete_expressions)
