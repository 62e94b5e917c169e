"""Articles: list, search, show, count, undo."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import Options, in_library, main, say
from tuireader.errors import Exit, UsageError
from tuireader.model import ArticleRow, View, ViewKind

if TYPE_CHECKING:
    from tuireader.library import Library


@main.command("list")
@click.argument("expression", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", default=50, show_default=True, help="How many articles at the most.")
@click.pass_obj
def list_(options: Options, expression: tuple[str, ...], as_json: bool, limit: int) -> int:
    """List articles, newest first: all, or those that an expression matches.

    \b
    Example:  tuireader list is:unread watch:WeChat
    """

    async def job(library: Library) -> int:
        await _print_articles(library, " ".join(expression), as_json, limit)
        return Exit.OK

    return in_library(options, job)


@main.command()
@click.argument("expression", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", default=50, show_default=True, help="How many articles at the most.")
@click.option("--sort", type=click.Choice(("date", "relevance")), default="date", show_default=True,
              help="The newest or the most relevant first.")  # fmt: skip
@click.option("--exit-status", is_flag=True, help="Exit with 1 when nothing matches.")
@click.pass_obj
def search(
    options: Options, expression: tuple[str, ...], as_json: bool, limit: int, sort: str, exit_status: bool
) -> int:
    """Search everything that is stored.

    \b
    Example:  tuireader search '"data transfer" -webinar age:<30d'
    """

    async def job(library: Library) -> int:
        found = await _print_articles(library, " ".join(expression), as_json, limit, sort == "relevance")
        return Exit.FAILURE if exit_status and not found else Exit.OK

    return in_library(options, job)


async def _print_articles(
    library: Library, expression: str, as_json: bool, limit: int, ranked: bool = False
) -> int:
    if expression.strip():
        ids, problem = await library.search(expression, limit=limit, ranked=ranked)
        if problem:
            raise UsageError(problem)
    else:
        ids = await library.ids(View(ViewKind.ALL))
    for row in await library.rows(ids[:limit]):
        print(_article_json(library, row) if as_json else _article_line(library, row))
    return len(ids)


def _article_json(library: Library, row: ArticleRow) -> str:
    return json.dumps(
        {
            "id": row.id,
            "time": row.time,
            "feed": library.feed_title(row.feed_id),
            "title": row.title,
            "url": row.url,
            "author": row.author,
            "read": row.read,
            "starred": row.starred,
            "sources": row.sources,
            "watches": list(row.watches),
        },
        ensure_ascii=False,
    )


def _article_line(library: Library, row: ArticleRow) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(row.time))
    marks = ("*" if row.starred else " ") + (" " if row.read else "N")
    watches = f"  [{', '.join(row.watches)}]" if row.watches else ""
    return f"{row.id}\t{marks} {when}  {library.feed_title(row.feed_id)}  {row.title}{watches}"


@main.command()
@click.argument("article", type=int)
@click.pass_obj
def show(options: Options, article: int) -> int:
    """Print one article as text. ARTICLE is the number that `list` and `search` print first."""

    async def job(library: Library) -> int:
        from tuireader.document import parse

        found = await library.article(article)
        if found is None:
            raise UsageError(f"there is no article {article}", "`tuireader list` shows the numbers")
        by = f" · {found.author}" if found.author else ""
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(found.time))
        print(f"{found.title}\n{found.feed_title}{by} · {when}\n{found.url}\n")
        for evidence in found.evidence:
            where = ", ".join(f"{hit.field} ×{hit.count} {hit.term}" for hit in evidence.hits)
            print(f"◆ {evidence.watch}: {where}\n  “{evidence.sentence}”")
        document = parse(found.html, found.base_url or found.url)
        print("\n\n".join(block.text for block in document.blocks if block.text))
        for link in document.links:
            print(f"[{link.number}] {link.url}")
        for related in await library.related(article):
            print(f"{related.relation}: {related.title} ({related.reason})")
        return Exit.OK

    return in_library(options, job)


@main.command()
@click.option("--watch", "name", help="Only articles on this watch.")
@click.pass_obj
def unread(options: Options, name: str | None) -> int:
    """Print the number of unread articles, for a status bar."""

    async def job(library: Library) -> int:
        counts = await library.counts()
        if name is None:
            print(counts.unread.unread)
        elif name in counts.watches:
            print(counts.watches[name].unread)
        else:
            raise UsageError(
                f"there is no watch {name!r}", f"there are: {', '.join(counts.watches) or 'none'}"
            )
        return Exit.OK

    return in_library(options, job)


@main.command()
@click.pass_obj
def undo(options: Options) -> int:
    """Take back the last mark that was made."""

    async def job(library: Library) -> int:
        change = await library.undo()
        say(f"undone: {change.what}" if change else "there is nothing to undo")
        return Exit.OK

    return in_library(options, job)
