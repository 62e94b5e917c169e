"""Marks by expression: read, unread, star, undo. All of them can be taken back."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import ARTICLE, Options, in_library, main, say
from tuireader.cli.completion import complete_articles, complete_watches
from tuireader.cli.expression import ExpressionCommand, expression_argument
from tuireader.cli.output import json_option, print_json
from tuireader.errors import Exit, UsageError
from tuireader.model import Change
from tuireader.wording import counted

if TYPE_CHECKING:
    from tuireader.cli import shapes
    from tuireader.library import Library

_NO_LIMIT = 2**62

_ids = click.option(
    "--id",
    "numbers",
    metavar="N",
    multiple=True,
    type=ARTICLE,
    shell_complete=complete_articles,
    help="The article with this number, too.",
)
_expression = expression_argument()
_dry_run = click.option("--dry-run", is_flag=True, help="Only say how many there are.")


@main.command(cls=ExpressionCommand)
@_expression
@_ids
@_dry_run
@json_option
@click.pass_obj
def read(
    options: Options, expression: tuple[str, ...], numbers: tuple[int, ...], dry_run: bool, as_json: bool
) -> int:
    """Mark articles read: those that an expression matches now, whatever comes meanwhile.

    \b
    Examples:
      tuireader read 'title:sponsored'
      tuireader read --dry-run 'age:>30d -is:starred'
      tuireader read --id 12 --id 15
    """
    return _mark(options, "read", True, expression, numbers, dry_run, as_json)


@main.command(cls=ExpressionCommand)
@_expression
@_ids
@click.option("--watch", "name", shell_complete=complete_watches, help="Count only articles on this watch.")
@_dry_run
@json_option
@click.pass_obj
def unread(
    options: Options,
    expression: tuple[str, ...],
    numbers: tuple[int, ...],
    name: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Print the number of unread articles, for a status bar; with an expression, mark those unread.

    \b
    Examples:
      tuireader unread
      tuireader unread --watch WeChat
      tuireader unread is:starred
    """
    if expression or numbers:
        if name is not None:
            raise UsageError("--watch goes with counting alone", f"write: watch:{name}")
        return _mark(options, "read", False, expression, numbers, dry_run, as_json)

    async def job(library: Library) -> int:
        counts = await library.counts()
        if name is not None and name not in counts.watches:
            raise UsageError(
                f"there is no watch {name!r}", f"there are: {', '.join(counts.watches) or 'none'}"
            )
        found = counts.unread if name is None else counts.watches[name]
        total = counts.all.total if name is None else found.total
        shape: shapes.Unread = {"unread": found.unread, "total": total}
        if as_json:
            print_json(shape)
        else:
            print(found.unread)
        return Exit.OK

    return in_library(options, job)


@main.command(cls=ExpressionCommand)
@_expression
@_ids
@click.option("--off", is_flag=True, help="Take the stars away.")
@_dry_run
@json_option
@click.pass_obj
def star(
    options: Options,
    expression: tuple[str, ...],
    numbers: tuple[int, ...],
    off: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Star articles: those that an expression matches.

    \b
    Examples:
      tuireader star watch:PIPL 'age:<7d'
      tuireader star --off 'age:>365d'
      tuireader star --id 12
    """
    return _mark(options, "starred", not off, expression, numbers, dry_run, as_json)


@main.command()
@json_option
@click.pass_obj
def undo(options: Options, as_json: bool) -> int:
    """Take back the last mark that was made, here or in the reader.

    \b
    Example:
      tuireader undo
    """

    async def job(library: Library) -> int:
        change = await library.undo()
        if as_json:
            print_json(_shape(change or Change("", ())))
        say(f"undone: {change.what}" if change else "there is nothing to undo")
        return Exit.OK

    return in_library(options, job)


def _mark(
    options: Options,
    mark: str,
    value: bool,
    expression: tuple[str, ...],
    numbers: tuple[int, ...],
    dry_run: bool,
    as_json: bool,
) -> int:
    """Set a mark on the articles that are meant; the set is fixed before the first one is marked."""
    text = " ".join(expression).strip()
    if not text and not numbers:
        raise UsageError("say which articles", "by an expression, such as feed:Example, or by --id")

    async def job(library: Library) -> int:
        rows = await library.rows(numbers)
        missing = set(numbers) - {row.id for row in rows}
        if missing:
            raise UsageError(f"there is no article {min(missing)}", "`tuireader list` shows the numbers")
        ids = list(numbers)
        if text:
            found, problem = await library.search(text, limit=_NO_LIMIT)
            if problem:
                raise UsageError(problem)
            ids += found
        if dry_run:
            rows = await library.rows(list(dict.fromkeys(ids)))
            state = attrgetter(mark)
            change = Change("", tuple(row.id for row in rows if state(row) is not value))
        else:
            setter = library.set_read if mark == "read" else library.set_starred
            change = await setter(list(dict.fromkeys(ids)), value)
        if as_json:
            print_json(_shape(change))
        else:
            what = counted(len(change.ids), "article")
            say(f"would change {what}" if dry_run else f"changed {what}")
        return Exit.OK

    return in_library(options, job)


def _shape(change: Change) -> shapes.Marked:
    return {"what": change.what, "count": len(change.ids), "ids": list(change.ids)}
