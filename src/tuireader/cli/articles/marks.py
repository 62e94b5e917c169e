"""Marks by expression: read, unread, star, label, undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import replace

from tuireader.cli.articles.articles import print_count
from tuireader.cli.base import ARTICLE, library_command, say
from tuireader.cli.completion import complete_articles, complete_labels, complete_watches
from tuireader.cli.expression import ExpressionCommand, expression_argument, matching, say_advice
from tuireader.cli.output import json_option, print_json
from tuireader.errors import UsageError
from tuireader.model import ArticleRow, Change
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library


class _Selection(Struct, frozen=True):
    """The articles that a command marks, its common options, and the label that it sets."""

    library: Library
    text: str
    numbers: Sequence[int]
    dry_run: bool
    as_json: bool
    label: str = ""

    async def ids(self) -> list[int]:
        """Find the selected articles. Raises UsageError."""
        for number in self.numbers:
            await self.library.articles.require(number)
        ids = list(self.numbers)
        if self.text:
            matches = await matching(self.library, self.text, new_label=self.label)
            if not matches:
                await say_advice(self.library, self.text)
            ids += matches
        return list(dict.fromkeys(ids))

    async def mark(
        self, has: Callable[[ArticleRow], bool], give: Callable[[Sequence[int]], Awaitable[Change]]
    ) -> None:
        """Mark the articles that are selected before the first one is marked.

        `has` returns whether an article has the mark already, `give` sets it.
        """
        if not self.text and not self.numbers:
            raise UsageError("no articles were selected", "give an expression, such as feed:Example, or --id")
        ids = await self.ids()
        if self.dry_run:
            rows = await self.library.lists.rows(ids)
            change = Change("", tuple(row.id for row in rows if not has(row)))
        else:
            change = await give(ids)
        if self.as_json:
            print_json("Marked", change, count=len(change.ids))
        elif self.dry_run:
            say(f"would change {counted(len(change.ids), 'article')}")
        else:
            say(change.what + (" (`tuireader undo` takes it back)" if change.step else ""))


def _selecting(job: Callable[..., Awaitable[None]]) -> Callable[..., Any]:
    """Add the options that select articles; the command receives them as one `_Selection`."""

    @expression_argument()
    @click.option(
        "--id",
        "numbers",
        metavar="N",
        multiple=True,
        type=ARTICLE,
        shell_complete=complete_articles,
        help="Also the article with this number.",
    )
    @click.option("--dry-run", is_flag=True, help="Only print how many articles would change.")
    @json_option
    @library_command
    async def command(
        library: Library,
        /,
        expression: str,
        numbers: Sequence[int],
        dry_run: bool,
        as_json: bool,
        **own: Any,
    ) -> None:
        await job(library, _Selection(library, expression, numbers, dry_run, as_json), **own)

    return update_wrapper(command, job)


@click.command(cls=ExpressionCommand)
@_selecting
async def read(library: Library, selection: _Selection) -> None:
    """Mark the articles that an expression matches as read.

    Articles that arrive meanwhile stay unread.

    \b
    Examples:
      tuireader read 'title:sponsored'
      tuireader read --dry-run 'age:>30d -is:starred'
      tuireader read --id 12 --id 15
    """
    await selection.mark(lambda row: row.read, partial(library.marks.set_read, read=True))


@click.command(cls=ExpressionCommand)
@click.option(
    "--watch", "name", shell_complete=complete_watches, help="Count only articles that this watch matches."
)
@click.option("--mark", is_flag=True, help="Mark the articles that the expression matches as unread.")
@_selecting
async def unread(library: Library, selection: _Selection, name: str | None, mark: bool) -> None:
    """Count unread articles, or mark articles as unread.

    An expression without --mark only counts the articles that it matches.

    \b
    Examples:
      tuireader unread
      tuireader unread --watch WeChat
      tuireader unread --mark is:starred
    """
    selected = bool(selection.text or selection.numbers)
    if name is not None and (selected or mark):
        raise UsageError("--watch only works for counting", f"write: watch:{name}")
    if mark or (selected and selection.dry_run):
        set_unread = partial(library.marks.set_read, read=False)
        await selection.mark(lambda row: not row.read, set_unread)
        return
    if selected:  # earlier versions marked these unread
        await print_count(library, await selection.ids(), selection.as_json)
        say("tuireader: nothing was marked; `tuireader unread --mark …` marks articles unread")
        return
    counts = await library.lists.counts()
    count = counts.unread if name is None else counts.watches[library.watches.named(name).name]
    total = counts.all.total if name is None else count.total
    if selection.as_json:
        print_json("Unread", unread=count.unread, total=total)
    else:
        print(count.unread)


@click.command(cls=ExpressionCommand)
@click.option("--off", is_flag=True, help="Remove the stars.")
@_selecting
async def star(library: Library, selection: _Selection, off: bool) -> None:
    """Star the articles that an expression matches.

    \b
    Examples:
      tuireader star watch:PIPL 'age:<7d'
      tuireader star --off 'age:>365d'
      tuireader star --id 12
    """
    set_starred = partial(library.marks.set_starred, starred=not off)
    await selection.mark(lambda row: row.starred is not off, set_starred)


@click.command(cls=ExpressionCommand)
@click.argument("name", shell_complete=complete_labels)
@click.option("--remove", is_flag=True, help="Remove the label.")
@_selecting
async def label(library: Library, selection: _Selection, name: str, remove: bool) -> None:
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
    await replace(selection, label=name).mark(
        lambda row: (key in map(label_key, row.labels)) is not remove,
        lambda ids: library.labels.set(name, ids, not remove),
    )


@click.command()
@json_option
@library_command
async def undo(library: Library, as_json: bool) -> None:
    """Undo the last mark or change of the configuration.

    It may have been made here or in the reader. If the configuration was edited by hand since, it stays
    unchanged, and the next undo continues with the step before.

    \b
    Example:
      tuireader undo
    """
    change = await library.marks.undo()
    if change is not None and change.config is not None:
        await library.watches.catch_up()
    if as_json:
        marked = change or Change("", ())
        print_json("Marked", marked, count=len(marked.ids))
    say(f"undone: {change.what}" if change else "there is nothing to undo")
