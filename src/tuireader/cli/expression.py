"""Expressions as arguments (`list WeChat -webinar` needs no `--`), and messages when nothing matches."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tuireader.cli.base import moment, say
from tuireader.cli.completion import complete_expressions
from tuireader.errors import UsageError
from tuireader.query import NAMED_DAYS
from tuireader.text import clean
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library

Command = TypeVar("Command", bound=Callable[..., Any])

NO_LIMIT = 2**62
_MARK = "\0"  # cannot occur in an argument


class ExpressionCommand(click.Command):
    """A command that takes an expression; a word with one minus is an option only if it is known."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does, but protect excluded words (`-webinar`) from being taken as options."""
        known = {name for param in self.get_params(ctx) for name in param.opts}
        marked = [f"{_MARK}{arg}" if re.match(r"-[^-\d]", arg) and arg not in known else arg for arg in args]
        remaining = super().parse_args(ctx, marked)
        words = ctx.params.get("expression") or ()
        expression = " ".join(word.removeprefix(_MARK) for word in words).strip()
        if (since := ctx.params.pop("since", None)) is not None:
            start = since if since.lower() in NAMED_DAYS else f"@{moment('--since', since)}"
            expression = f"({expression}) after:{start}" if expression else f"after:{start}"
        ctx.params["expression"] = expression
        return remaining


async def matching(
    library: Library,
    expression: str,
    *,
    limit: int = NO_LIMIT,
    ranked: bool = False,
    likes: bool = False,
    new_label: str = "",
) -> Sequence[int]:
    """Find the articles that an expression matches; all articles for none. With `likes`, it may have `like:`.

    Raises UsageError, also for names that do not exist, except that of a label about to be set.
    """
    if not expression:
        from tuireader.model import View, ViewKind

        if limit < NO_LIMIT:
            return (await library.lists.head(View(ViewKind.ALL), limit=limit))[0]
        return await library.lists.ids(View(ViewKind.ALL))
    await require_names(library, expression, new_label)
    ids, problem = await library.searches.run(expression, limit=limit, ranked=ranked, likes=likes)
    if problem:
        raise UsageError(problem)
    return ids


async def require_names(library: Library, expression: str, new_label: str = "") -> None:
    """Raise UsageError if an expression names a watch, label, feed or folder that does not exist."""
    for message in await library.searches.unknown_names(expression, new_label=new_label):
        raise UsageError(message)


async def say_advice(library: Library, text: str) -> bool:
    """Print advice on an expression that matches nothing; return whether there is any."""
    advice = await library.searches.advice(text)
    for note in advice:
        say(f"tuireader: {note}")
    return bool(advice)


def since_option(function: Command) -> Command:
    """Add the option `--since`; an `ExpressionCommand` takes it as a part of its expression."""
    help = "Only articles since a day (2026-11-03, monday) or for a time (7d)."
    return click.option("--since", metavar="WHEN", help=help)(function)


def expression_argument(*, required: bool = False) -> Callable[[Command], Command]:
    """The words of an `ExpressionCommand` as one argument `expression`."""
    return click.argument("expression", nargs=-1, required=required, shell_complete=complete_expressions)


NO_FEEDS = "there are no feeds yet (start tuireader to choose some, or: tuireader add URL)"
NO_WATCHES = "there are no watches yet (W in the reader makes one, or write [[watch]] in the config)"
_ALONE = {
    "is:unread": "nothing is unread (`tuireader refresh` fetches what is new)",
    "is:starred": "nothing is starred (s in the reader stars an article, or: tuireader star EXPRESSION)",
    "is:muted": "nothing is muted",
}


def no_feeds(library: Library) -> str:
    """Explain why there are no feeds, and what to do about it."""
    names = [account.name for account in library.config.accounts]
    return f"nothing from {', '.join(names)} yet (`tuireader sync` fetches it)" if names else NO_FEEDS


async def no_articles(library: Library, expression: str) -> str:
    """Explain why `list` or `search` finds no article."""
    counts = await library.lists.counts()
    stored = counts.all.total + counts.muted
    if not stored and not library.config.feeds:
        return no_feeds(library)
    if not stored:
        return "there are no articles yet (`tuireader refresh` fetches them)"
    if not expression:
        return f"all articles are muted (tuireader list is:muted shows the {counts.muted:,})"
    if alone := _ALONE.get(expression):
        return alone
    if counts.muted:
        muted, _ = await library.searches.run(f"({expression}) is:muted", limit=counts.muted, likes=True)
        if muted:
            hidden = counted(len(muted), "muted article")
            return f"nothing matches that is not muted ({hidden}: add is:muted to see them)"
    if len(expression) > 1 and expression.isascii() and expression.isalpha() and expression.islower():
        return f"nothing matches {expression} ({expression}* also finds longer words)"
    return f"nothing matches {clean(expression, 100)}"
