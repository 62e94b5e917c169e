"""Marks by expression: read, unread, star, label, undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tuireader.cli.articles import NO_LIMIT, print_count
from tuireader.cli.base import ARTICLE, Options, in_library, say
from tuireader.cli.completion import complete_articles, complete_labels, complete_watches
from tuireader.cli.expression import ExpressionCommand, expression_argument, say_advice
from tuireader.cli.output import json_option, print_json
from tuireader.errors import Exit, UsageError
from tuireader.model import ArticleRow, Change
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library

_ids = click.option(
    "--id",
    "numbers",
    metavar="N",
    multiple=True,
    type=ARTICLE,
    shell_complete=complete_articles,
    help="Also the article with this number.",
)
_expression = expression_argument()
_dry_run = click.option("--dry-run", is_flag=True, help="Only print how many articles would change.")


@dataclass(frozen=True, slots=True)
class _Meant:
    """Articles that a command marks, and its common options."""

    expression: tuple[str, ...]
    numbers: tuple[int, ...]
    dry_run: bool
    as_json: bool

    @property
    def text(self) -> str:
        return " ".join(self.expression).strip()


@click.command(cls=ExpressionCommand)
@_expression
@_ids
@_dry_run
@json_option
@click.pass_obj
def read(
    options: Options, expression: tuple[str, ...], numbers: tuple[int, ...], dry_run: bool, as_json: bool
) -> int:
    """Mark the articles that an expression matches as read.

    Articles that arrive meanwhile stay unread.

    \b
    Examples:
      tuireader read 'title:sponsored'
      tuireader read --dry-run 'age:>30d -is:starred'
      tuireader read --id 12 --id 15
    """
    meant = _Meant(expression, numbers, dry_run, as_json)
    return _mark(
        options,
        meant,
        "marked read",
        lambda row: row.read,
        lambda library, ids: library.marks.set_read(ids, True),
    )


@click.command(cls=ExpressionCommand)
@_expression
@_ids
@click.option(
    "--watch", "name", shell_complete=complete_watches, help="Count only articles that this watch matches."
)
@click.option("--mark", is_flag=True, help="Mark the articles that the expression matches as unread.")
@_dry_run
@json_option
@click.pass_obj
def unread(
    options: Options,
    expression: tuple[str, ...],
    numbers: tuple[int, ...],
    name: str | None,
    mark: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Count unread articles, or mark articles as unread.

    An expression without --mark only counts the articles that it matches.

    \b
    Examples:
      tuireader unread
      tuireader unread --watch WeChat
      tuireader unread --mark is:starred
    """
    if expression or numbers or mark:
        if name is not None:
            raise UsageError("--watch only works for counting", f"write: watch:{name}")
        meant = _Meant(expression, numbers, dry_run, as_json)
        if not mark and not dry_run:
            return _count_instead(options, meant)
        return _mark(
            options,
            meant,
            "marked unread",
            lambda row: not row.read,
            lambda library, ids: library.marks.set_read(ids, False),
        )

    async def job(library: Library) -> int:
        counts = await library.lists.counts()
        if name is not None and name not in counts.watches:
            raise UsageError(
                f"there is no watch {name!r}", f"there are: {', '.join(counts.watches) or 'none'}"
            )
        found = counts.unread if name is None else counts.watches[name]
        total = counts.all.total if name is None else found.total
        if as_json:
            print_json("Unread", unread=found.unread, total=total)
        else:
            print(found.unread)
        return Exit.OK

    return in_library(options, job)


def _count_instead(options: Options, meant: _Meant) -> int:
    """Count what earlier versions marked unread, and print how to mark it."""

    async def job(library: Library) -> int:
        await print_count(library, await _ids_of(library, meant), meant.as_json)
        say("tuireader: nothing was marked; `tuireader unread --mark …` marks articles unread")
        return Exit.OK

    return in_library(options, job)


@click.command(cls=ExpressionCommand)
@_expression
@_ids
@click.option("--off", is_flag=True, help="Remove the stars.")
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
    """Star the articles that an expression matches.

    \b
    Examples:
      tuireader star watch:PIPL 'age:<7d'
      tuireader star --off 'age:>365d'
      tuireader star --id 12
    """
    meant = _Meant(expression, numbers, dry_run, as_json)
    return _mark(
        options,
        meant,
        "no longer starred" if off else "starred",
        lambda row: row.starred is not off,
        lambda library, ids: library.marks.set_starred(ids, not off),
    )


@click.command(cls=ExpressionCommand)
@click.argument("name", shell_complete=complete_labels)
@_expression
@_ids
@click.option("--remove", is_flag=True, help="Remove the label.")
@_dry_run
@json_option
@click.pass_obj
def label(
    options: Options,
    name: str,
    expression: tuple[str, ...],
    numbers: tuple[int, ...],
    remove: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Label the articles that an expression matches with NAME.

    Find them with `label:NAME`.

    \b
    Examples:
      tuireader label law watch:PIPL
      tuireader label 'to read' --id 12
      tuireader label --remove law 'label:law age:>90d'
    """
    from tuireader.dedup import label_key, label_name

    key = label_key(label_name(name))
    if not key:
        raise UsageError("a label needs a name", "letters or digits, such as: to read")
    return _mark(
        options,
        _Meant(expression, numbers, dry_run, as_json),
        f"no longer labelled {label_name(name)}" if remove else f"labelled {label_name(name)}",
        lambda row: (key in map(label_key, row.labels)) is not remove,
        lambda library, ids: library.labels.set(name, ids, not remove),
    )


@click.command()
@json_option
@click.pass_obj
def undo(options: Options, as_json: bool) -> int:
    """Undo the last mark or change of the configuration.

    It may have been made here or in the reader. If the configuration was edited by hand since, it stays
    unchanged, and the next undo continues with the step before.

    \b
    Example:
      tuireader undo
    """

    async def job(library: Library) -> int:
        change = await library.marks.undo()
        if change is not None and change.config is not None:
            async for _ in library.watches.apply():
                pass
        if as_json:
            _print_change(change or Change("", ()))
        say(f"undone: {change.what}" if change else "there is nothing to undo")
        return Exit.OK

    return in_library(options, job)


def _mark(
    options: Options,
    meant: _Meant,
    said: str,
    has: Callable[[ArticleRow], bool],
    give: Callable[[Library, Sequence[int]], Awaitable[Change]],
) -> int:
    """Mark the selected articles; the selection is fixed before the first one is marked.

    `said` names the change, `has` returns whether an article has the mark already, `give` sets it.
    """
    if not meant.text and not meant.numbers:
        raise UsageError("no articles were selected", "give an expression, such as feed:Example, or --id")

    async def job(library: Library) -> int:
        ids = await _ids_of(library, meant)
        if meant.dry_run:
            change = Change("", tuple(row.id for row in await library.lists.rows(ids) if not has(row)))
        else:
            change = await give(library, ids)
        if meant.as_json:
            _print_change(change)
            return Exit.OK
        what = counted(len(change.ids), "article")
        if meant.dry_run:
            say(f"would change {what}")
        else:
            say(f"{what} {said}" + (" (`tuireader undo` takes it back)" if change.step else ""))
        return Exit.OK

    return in_library(options, job)


async def _ids_of(library: Library, meant: _Meant) -> list[int]:
    missing = set(meant.numbers) - {row.id for row in await library.lists.rows(meant.numbers)}
    if missing:
        raise UsageError(f"there is no article {min(missing)}", "`tuireader list` shows the numbers")
    ids = list(meant.numbers)
    if meant.text:
        found, problem = await library.searches.run(meant.text, limit=NO_LIMIT)
        if problem:
            raise UsageError(problem)
        if not found:
            await say_advice(library, meant.text)
        ids += found
    return list(dict.fromkeys(ids))


def _print_change(change: Change) -> None:
    print_json("Marked", change, count=len(change.ids))
