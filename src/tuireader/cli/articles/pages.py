"""Single articles: fetch a full text or comments, save as files, pipe to programs."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuireader.cli.articles.articles import timestamp
from tuireader.cli.base import ARTICLE, Options, in_library, library_command, say
from tuireader.cli.completion import complete_articles, complete_channels
from tuireader.cli.expression import ExpressionCommand, matching, no_articles
from tuireader.cli.outbox import say_events
from tuireader.cli.output import ink, json_option, print_item, print_json, print_paged
from tuireader.errors import Exit, TuireaderError, UsageError
from tuireader.model import Comment
from tuireader.subprocesses.programs import filled
from tuireader.text import plain

if TYPE_CHECKING:
    from tuireader.library import Library


@click.command()
@click.argument("articles", type=ARTICLE, nargs=-1, required=True, shell_complete=complete_articles)
@click.option("--feed-text", is_flag=True, help="Show the text of the feed again, and fetch nothing.")
@json_option
@library_command
async def fulltext(library: Library, articles: tuple[int, ...], feed_text: bool, as_json: bool) -> int:
    """Fetch the full text of articles from their pages.

    ARTICLES are the numbers that `list` prints. The text is stored, searched, matched by watches, and shown
    instead of the text of the feed. Where feeds give only teasers, a refresh fetches it by itself.

    \b
    Examples:
      tuireader fulltext 12
      tuireader fulltext --json 12 13
      tuireader fulltext --feed-text 12
    """
    failed = 0
    for number in articles:
        try:
            if feed_text:
                article = await library.full_texts.show(number, False)
            else:
                article = await library.full_texts.fetch(number)
        except TuireaderError as error:
            say(f"tuireader: {number}: {error}")
            failed += 1
            continue
        if as_json:
            print_json("FullText", article, text=plain(article.shown[0]))
        else:
            print(f"{article.id}\t{article.title}")
    return Exit.FAILURE if failed else Exit.OK


@click.command()
@click.argument("article", type=ARTICLE, shell_complete=complete_articles)
@click.option("--stored", is_flag=True, help="Print the comments loaded before, and fetch nothing.")
@json_option
@library_command
async def comments(library: Library, article: int, stored: bool, as_json: bool) -> None:
    """Load and print the comments of an article, oldest first.

    \b
    Examples:
      tuireader comments --stored 12
      tuireader comments --stored 12 --json
    """
    source = await (library.articles.require(article) if stored else library.content.fetch_comments(article))
    said = source.comments.comments if source.comments is not None else ()
    if as_json:
        for comment in said:
            print_json("Comment", comment, text=plain(comment.html))
    else:
        print_paged(_lines(said))


def _lines(said: tuple[Comment, ...]) -> Iterator[str]:
    for comment in said:
        when = "" if comment.time is None else f" · {timestamp(comment.time)}"
        yield f"{ink(comment.author or 'unknown', bold=True)}{when}\n{plain(comment.html)}\n"


@click.command(cls=ExpressionCommand)
@click.argument("expression", metavar="ARTICLE...", nargs=-1, required=True, shell_complete=complete_articles)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html", "txt", "epub"]),
    help="Markdown, a web page, plain text, or one book of all. Default: `[save] format`.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="Target folder, or the file of a book. Default: `[save] folder`.",
)
@click.option("--overwrite", is_flag=True, help="Overwrite files of the same name.")
@json_option
@library_command
async def save(
    library: Library,
    expression: str,
    form: str | None,
    to: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Save articles as files named by date and title, or as a book for an e-reader.

    Prints the names. An existing file is kept: a different article gets a name with a number. A saved web
    page loads nothing from the network; a book has the pictures of its articles. ARTICLE is the number that
    `list` and `search` print first, or several, or an expression for all that it matches.

    \b
    Examples:
      tuireader save 12
      tuireader save 12 13 --format html --to articles
      tuireader save --format epub --to weekend.epub watch:WeChat
    """
    ids, by_number = await _chosen(library, expression)
    articles = library.articles
    if form == "epub":
        title = (await articles.require(ids[0])).title if len(ids) == 1 else ""
        title = title or ("Articles" if by_number else expression)
        jobs = [partial(articles.save_book, ids, title, to)]
    else:
        jobs = [partial(articles.save, number, form=form or "", folder=to) for number in ids]
    for job in jobs:
        saved = await job(overwrite=overwrite)
        print_item(as_json, "SavedFile", saved, str(saved.path))
        if not saved.new:
            say(f"tuireader: {saved.path} was saved before, unchanged")


async def _chosen(library: Library, expression: str) -> tuple[Sequence[int], bool]:
    """Return the articles of numbers or of an expression, and whether it was numbers."""
    words = expression.split()
    by_number = all(word.isdecimal() for word in words)
    ids = [ARTICLE(word) for word in words] if by_number else await matching(library, expression)
    if not ids:
        raise TuireaderError(await no_articles(library, expression))
    return ids, by_number


@click.command(cls=ExpressionCommand)
@click.argument("name", shell_complete=complete_channels)
@click.argument("expression", metavar="ARTICLE...", nargs=-1, required=True, shell_complete=complete_articles)
@json_option
@library_command
async def share(library: Library, name: str, expression: str, as_json: bool) -> int:
    """Send articles by a channel: to Wallabag, Readeck, Linkding, by mail.

    NAME is that of a [[channel]]. ARTICLE is the number that `list` and `search` print first, or several, or
    an expression for all that it matches. What cannot be sent now waits in the outbox. Columns: channel,
    state, title, and what went wrong. Exits with 7 if something was given up.

    \b
    Examples:
      tuireader share later 12
      tuireader share later 12 13 --json
      tuireader share later watch:WeChat
    """
    messages = await library.outbox.share(name, (await _chosen(library, expression))[0])
    code = say_events(await library.outbox.send())
    for item in await library.outbox.some(messages):
        line = "\t".join((item.channel, item.state, item.title, item.error)).rstrip()
        print_item(as_json, "OutboxMessage", item, line)
    return code


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "md", "html", "txt"]),
    default="json",
    show_default=True,
    help="JSON as `tuireader show --json` prints it, Markdown, a web page or plain text.",
)
@click.argument("article", type=ARTICLE, shell_complete=complete_articles)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def pipe(options: Options, article: int, command: tuple[str, ...], form: str) -> int:
    """Run a program with an article on its standard input.

    Returns the exit code of the program. COMMAND is run without a shell; in its arguments, `{url}` is the
    address of the article, `{title}` its title and `{feed}` that of its feed.

    \b
    Examples:
      tuireader pipe 12 python3 -m json.tool
      tuireader pipe --format md 12 wc -w
    """
    if command[0].startswith("-"):
        at = 1 if "=" in command[0] or not command[0].startswith("--format") else 2
        moved = ["tuireader", "pipe", *command[:at], str(article), *(command[at:] or ("PROGRAM",))]
        raise UsageError("options come first, before the number of the article", shlex.join(moved))

    async def job(library: Library) -> tuple[str, tuple[str, ...]]:
        text, shown = await library.articles.render(article, form), await library.articles.require(article)
        return text, filled(command, shown.url, shown.title, shown.feed_title)

    text, words = in_library(options, job)
    try:
        done = subprocess.run(words, input=text.encode("utf-8", "replace"), check=False)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TuireaderError(f"{command[0]} cannot be run: {reason}", "check its name") from None
    return done.returncode if done.returncode >= 0 else 128 - done.returncode
