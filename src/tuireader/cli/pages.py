"""Full text and comments, fetched on demand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import ARTICLE, library_command, say
from tuireader.cli.completion import complete_articles
from tuireader.cli.output import ink, json_option, print_json, print_paged
from tuireader.errors import Exit, TuireaderError
from tuireader.model import Comment

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
    instead of the text of the feed. Feeds with `full_text = true` fetch it on every refresh.

    \b
    Examples:
      tuireader fulltext 12
      tuireader fulltext --json 12 13
      tuireader fulltext --feed-text 12
    """
    from tuireader.text import plain

    failed = 0
    for number in articles:
        try:
            if feed_text:
                article = await library.content.show_full_text(number, False)
            else:
                article = await library.content.fetch_full_text(number)
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
    from tuireader.text import plain

    found = await (library.articles.require(article) if stored else library.content.fetch_comments(article))
    said = found.comments.comments if found.comments is not None else ()
    if as_json:
        for comment in said:
            print_json("Comment", comment, text=plain(comment.html))
    else:
        print_paged(_lines(said))


def _lines(said: tuple[Comment, ...]) -> Iterator[str]:
    from tuireader.text import plain

    for comment in said:
        when = (
            "" if comment.time is None else time.strftime(" · %Y-%m-%d %H:%M", time.localtime(comment.time))
        )
        yield f"{ink(comment.author or 'somebody', bold=True)}{when}\n{plain(comment.html)}\n"
