"""Tools that programs call: each answers with JSON from a read-only library. They raise TuireaderError."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from tuireader.cli.articles.articles import quoting
from tuireader.cli.articles.brief import period
from tuireader.cli.base import moment
from tuireader.cli.expression import matching, require_names
from tuireader.cli.feeds.coverage import encoded_feeds
from tuireader.cli.mcp.reply import MOST_TEXT, reply
from tuireader.cli.output import encoded
from tuireader.commands.sorts import RELEVANCE
from tuireader.export import shapes

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.model import ArticleRow

Tool = Callable[..., Awaitable[str]]
_SYNTAX = """Words, "a phrase", -excluded, OR, title:word, feed:name, watch:name, is:unread, age:<7d."""
Expression = Annotated[str, Meta(description=_SYNTAX)]
Limit = Annotated[int, Meta(ge=1, le=100, description="Maximum number of items.")]
Number = Annotated[int, Meta(ge=1, le=1 << 53, description="Number of the article: `id` in other replies.")]
Since = Annotated[str, Meta(description="A day such as 2026-11-03 or monday, or a time such as 7d.")]
Start = Annotated[int, Meta(ge=0, description="Character of the text to begin with.")]
WatchName = Annotated[str, Meta(description="Name of a watch; without it, all.")]


def _row(library: "Library", row: "ArticleRow") -> dict[str, object]:
    """Encode an article as `list --json` does."""
    return encoded("Article", row, feed=library.feeds.title(row.feed_id))


async def search(
    library: "Library", expression: Expression, limit: Limit = 20, sort: Literal["date", "relevance"] = "date"
) -> str:
    """Search all stored articles by an expression, newest or most relevant first."""
    ids = await matching(library, expression, limit=limit + 1, ranked=sort == RELEVANCE, likes=True)
    rows = await quoting(library, expression, await library.lists.rows(ids[:limit]))
    return reply([_row(library, row) for row in rows], more=len(ids) > limit)


async def list_(library: "Library", expression: Expression = "", limit: Limit = 20) -> str:
    """List articles, newest first: all, or those that an expression matches."""
    return await search(library, expression, limit)


async def show(library: "Library", article: Number, start: Start = 0) -> str:
    """Show an article: its stored text, its links, and why watches match it."""
    from tuireader.export.formats import render

    stored = await library.articles.require(article)
    values = json.loads(await asyncio.to_thread(render, stored, "json"))
    text, end = values["text"], start + MOST_TEXT
    return reply({**values, "text": text[start:end]}, more=len(text) > end, without=["related"])


async def watches(library: "Library") -> str:
    """List the watches (standing searches for terms) with the numbers of their matches."""
    stats = await library.watches.stats()
    return reply(
        [encoded("WatchNumbers", item, newest=item.newest and _row(library, item.newest)) for item in stats]
    )


async def matches(
    library: "Library", expression: Expression = "", since: Since = "", limit: Limit = 20
) -> str:
    """List what watches have found, newest first: the sentence, its article, and when it was found."""
    await require_names(library, expression)
    first = moment("since", since) if since else 0
    rows = await library.matches.newest(expression, since=first, limit=limit + 1)
    # a match that the index made has no sentence in the log until somebody asks for the log
    evidence = await library.lists.evidence([row.article_id for row in rows if not row.sentence])
    known = {(number, item.watch): item.sentence for number, items in evidence.items() for item in items}
    rows = [replace(row, sentence=row.sentence or known.get((row.article_id, row.watch), "")) for row in rows]
    return reply([encoded("LoggedMatch", row) for row in rows[:limit]], more=len(rows) > limit)


async def brief(library: "Library", since: Since = "24h", watch: WatchName = "") -> str:
    """Sum up new articles by story, with the sentences that watches match; `last` is since the last brief."""
    from tuireader.export.brief_formats import render

    span, start = period(since)
    name = watch and library.watches.named(watch).name
    made, _ = await library.briefs.make(span, name, since=start)
    return reply(json.loads(render(made, "json")))


async def related(library: "Library", article: Number) -> str:
    """List articles related to one: the same story, background, follow-ups, what it links to."""
    await library.articles.require(article)
    return reply([shapes.Related.encode(item) for item in await library.articles.related(article)])


async def coverage(library: "Library", watch: WatchName = "", since: Since = "") -> str:
    """Show since when the feeds were seen without a gap, of a watch or all, and what was missed."""
    start = moment("since", since) if since else None
    if not watch:
        return reply(encoded_feeds(await library.coverage.of_feeds(start)), without=["url"])
    seen = await library.coverage.of_watch(watch, start)
    return reply(encoded("WatchCoverage", seen, feeds=encoded_feeds(seen.feeds)), without=["url"])


TOOLS: dict[str, Tool] = {
    tool.__name__.strip("_"): tool
    for tool in (search, list_, show, watches, matches, brief, related, coverage)
}
