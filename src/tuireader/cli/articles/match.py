"""`tuireader match`: handle matches, by their numbers or by an expression."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

import click

from tuireader.cli.base import library_command, say
from tuireader.cli.expression import ExpressionCommand, expression_argument, matching, say_advice
from tuireader.errors import UsageError
from tuireader.model import CaseState, Change
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library


@click.group()
def match() -> None:
    """Handle matches: each is new, open, done or a false alarm, and may have a note.

    ID is the number of a match, in the last column of `tuireader matches`. An expression stands for all
    matches of the articles that it finds, beside `watch:NAME` for those of that watch.

    \b
    Examples:
      tuireader match done 'watch:WeChat is:unread'
      tuireader match note 1 --text "called the ministry"
    """


def _selecting(job: Callable[..., Awaitable[None]]) -> Callable[..., Any]:
    """Let a command take numbers or an expression; it receives the numbers of the matches."""

    @expression_argument(required=True)
    @library_command
    async def command(library: Library, /, expression: str, **own: Any) -> None:
        await job(library, await _numbers(library, expression), **own)

    return update_wrapper(command, job)


async def _numbers(library: Library, expression: str) -> list[int]:
    words = expression.split()
    if all(word.isascii() and word.isdigit() for word in words):
        numbers = [min(int(word[:19]), 2**62) for word in words]
        await library.cases.require(numbers)
        return numbers
    articles = await matching(library, expression)
    numbers = await library.cases.selected(expression, articles)
    if not numbers:
        await say_advice(library, expression)
        raise UsageError("the expression finds no match of a watch", "`tuireader matches` shows them all")
    return numbers


def _say(change: Change) -> None:
    say(change.what + (" (`tuireader undo` takes it back)" if change.step else ""))


def _to(name: str, state: CaseState, help: str) -> None:
    examples = f"\b\nExamples:\n  tuireader match {name} 1\n  tuireader match {name} watch:WeChat"

    @match.command(name, cls=ExpressionCommand, help=f"{help}\n\n{examples}")
    @_selecting
    async def command(library: Library, numbers: list[int]) -> None:
        _say(await library.cases.set_state(numbers, state))


_to("done", CaseState.DONE, "Mark matches as done.")
_to("open", CaseState.OPEN, "Mark matches as open: someone is at work on them.")
_to("false", CaseState.FALSE_ALARM, "Mark matches as false alarms; `watch lint` counts them by term.")
_to("new", CaseState.NEW, "Mark matches as new again.")


@match.command(cls=ExpressionCommand)
@click.option("-m", "--text", help="The note; without it, your editor opens, or the input is read.")
@click.option("--erase", is_flag=True, help="Remove all notes that the matches ever had, for good.")
@_selecting
async def note(library: Library, numbers: list[int], text: str | None, erase: bool) -> None:
    """Set the note of matches; an empty one takes it away.

    The log of matches keeps a salted hash of each note, so that `--erase` removes the text without breaking
    the chain.

    \b
    Examples:
      tuireader match note 1 --text "called the ministry"
      tuireader match note --erase 1
    """
    if erase:
        say(f"the notes of {counted(await library.cases.erase_notes(numbers), 'match', 'matches')} erased")
        return
    if text is None and sys.stdin.isatty():
        edited = click.edit(await library.cases.note_of(numbers), extension=".txt")
        if edited is None:
            raise UsageError("no note was written", "give it with --text, or save the file in the editor")
        text = edited
    elif text is None:
        text = sys.stdin.read()
    _say(await library.cases.set_note(numbers, text))
