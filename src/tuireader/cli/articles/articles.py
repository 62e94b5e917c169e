"""Articles: list, search, show."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from tuireader.cli.base import ARTICLE, library_command, say
from tuireader.cli.completion import complete_articles
from tuireader.cli.expression import (
    ExpressionCommand,
    expression_argument,
    matching,
    no_articles,
    say_advice,
    since_option,
)
from tuireader.cli.output import format_option, ink, json_option, print_json, print_json_text, print_paged
from tuireader.commands.sorts import RELEVANCE
from tuireader.errors import Exit
from tuireader.model import Article, ArticleRow, Evidence, Related
from tuireader.model.asides import is_aside
from tuireader.query import QueryError, parse
from tuireader.query.identifiers import explained
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library

FEEDS = ("atom", "jsonfeed")
_QUOTED = 20  # articles of a search by meaning that are shown with a sentence
_format = format_option(
    ("text", "json", "tsv", "md", *FEEDS),
    "Output: plain lines, JSON lines, tab-separated columns, a Markdown list, or a feed for other programs.",
)
_limit = click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(min=0), help="Maximum number of articles."
)


@click.command("list", cls=ExpressionCommand)
@expression_argument()
@since_option
@_format
@_limit
@library_command
async def list_(library: Library, expression: str, form: str, limit: int) -> None:
    """List articles, newest first.

    Lists all articles, or those that an expression matches.

    \b
    Examples:
      tuireader list
      tuireader list is:unread watch:WeChat
      tuireader list --since yesterday watch:WeChat
      tuireader list --json --limit 5 'age:<7d'
      tuireader list --format md is:starred > reading-list.md
      tuireader list --format atom watch:WeChat > wechat.atom
    """
    await _print_articles(library, expression, form, limit)


@click.command(cls=ExpressionCommand)
@expression_argument(required=True)
@since_option
@_format
@_limit
@click.option(
    "--sort",
    type=click.Choice(("date", RELEVANCE)),
    default="date",
    show_default=True,
    help="Newest or most relevant first; with like: always the closest.",
)
@click.option("--exit-status", is_flag=True, help="Exit with 1 when nothing matches.")
@library_command
async def search(
    library: Library, expression: str, form: str, limit: int, sort: str, exit_status: bool
) -> int:
    """Search all stored articles.

    \b
    Examples:
      tuireader search '"new users" -webinar age:<30d'
      tuireader search --sort relevance --limit 10 WeChat registration
      tuireader search --json 'title:WeChat OR /CVE-2026-[0-9]+/' | head -n 1
      tuireader search --exit-status watch:PIPL is:unread > /dev/null && echo 'something to read'
      tuireader search WeChat -title:users is:unread
    """
    ids = await _print_articles(library, expression, form, limit, sort == RELEVANCE)
    return Exit.FAILURE if exit_status and not ids else Exit.OK


@click.command(cls=ExpressionCommand)
@expression_argument()
@since_option
@json_option
@library_command
async def count(library: Library, expression: str, as_json: bool) -> None:
    """Count articles and their stories.

    Counts all articles, or those that an expression matches. Marks nothing.

    \b
    Examples:
      tuireader count
      tuireader count is:unread watch:WeChat
      tuireader count --json 'age:<7d -is:read'
    """
    ids = await matching(library, expression)
    if expression and not ids:
        await say_advice(library, expression)
    await print_count(library, ids, as_json)


async def print_count(library: Library, ids: Sequence[int], as_json: bool) -> None:
    """Print the number of articles, and the number of stories if it differs."""
    stories, rows = await library.lists.count_stories(ids)
    if as_json:
        print_json("Counted", articles=len(ids), stories=stories, rows=rows)
    else:
        before = "" if stories == len(ids) else f"{counted(stories, 'story', 'stories')} · "
        print(before + counted(len(ids), "article"))


async def _print_articles(
    library: Library, expression: str, form: str, limit: int, ranked: bool = False
) -> int:
    ids = await matching(library, expression, limit=limit, ranked=ranked, likes=True)
    if not ids and limit and not (expression and await say_advice(library, expression)):
        say(f"tuireader: {await no_articles(library, expression)}")
    if form in FEEDS:
        from tuireader.config import PublishConfig

        item = PublishConfig(expression or "all articles", limit=max(1, limit))
        text, hidden = await library.publishing.render(ids, form, item)
        if hidden:
            say(f"tuireader: left out {counted(hidden, 'article')} of private feeds")
        click.echo(text.encode("utf-8", "replace"), nl=False)
        return len(ids)
    rows = await quoting(library, expression, await library.lists.rows(ids))
    if form == "json":
        for row in rows:
            print_json("Article", row, feed=library.feeds.title(row.feed_id))
    elif form == "md":
        evidence = await library.lists.evidence(ids)
        print_paged(_item(library, row, evidence.get(row.id, ())) for row in rows)
    else:
        line = _columns if form == "tsv" else _line
        print_paged(line(library, row) for row in rows)
    return len(ids)


async def quoting(library: Library, expression: str, rows: Sequence[ArticleRow]) -> Sequence[ArticleRow]:
    """Give the first rows the sentences closest to what `like:` asks for, and report what it cannot find."""
    parsed = parse(expression, likes=True)
    if isinstance(parsed, QueryError) or not parsed.like:
        return rows
    if gap := await library.meanings.gap():
        say(f"tuireader: {gap}")
    closest = await library.meanings.sentences(parsed.like, [row.id for row in rows[:_QUOTED]])
    return [replace(row, detail=(closest.get(row.id, ""), (), "")) for row in rows]


def until_edited(until: int) -> str:
    """Phrase until when an article matched a watch."""
    return f"until edited {timestamp(until)}"


def _line(library: Library, row: ArticleRow) -> str:
    marks = ("*" if row.starred else " ") + (" " if row.read else "N")
    former = dict(row.former)
    marked = {name: f"{name} uncertain" for name in row.uncertain}
    marked |= {name: f"{name} {until_edited(when)}" for name, when in former.items()}
    names = [marked.get(name, name) for name in row.watches]
    watches = ink(f"  [{', '.join(names)}]", fg="yellow") if names else ""
    title = ink(row.title, bold=not row.read)
    quoted = f"\n\t   “{row.sentence}”" if row.sentence else ""
    feed = library.feeds.title(row.feed_id)
    return f"{row.id}\t{marks} {timestamp(row.time)}  {feed}  {title}{watches}{quoted}"


def _columns(library: Library, row: ArticleRow) -> str:
    """Number, time (UTC), read, starred, feed, title, address and watches, separated by tabs."""
    columns = [
        str(row.id),
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(row.time)),
        "read" if row.read else "unread",
        "starred" if row.starred else "",
        library.feeds.title(row.feed_id),
        row.title,
        row.url,
        ",".join(row.watches),
    ]
    return "\t".join(column.replace("\t", " ") for column in columns)


def _item(library: Library, row: ArticleRow, evidence: Sequence[Evidence]) -> str:
    """Item of a list in Markdown, above the sentences that watches match."""
    from tuireader.export.brief import sentences
    from tuireader.export.markdown import markdown_link, markdown_text, safe_start
    from tuireader.export.markup import markdown_quotation

    day = time.strftime("%Y-%m-%d", time.localtime(row.time))
    link = safe_start(markdown_link(row.title, row.url))
    quotations = [f"\n  {markdown_quotation(item)}" for item in sentences(evidence)]
    return f"- {link} · {markdown_text(library.feeds.title(row.feed_id))} · {day}{''.join(quotations)}"


def timestamp(moment: int) -> str:
    """Format a time as `2026-11-03 14:02`."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))


@click.command()
@click.argument("article", type=ARTICLE, shell_complete=complete_articles)
@click.option("--full", is_flag=True, help="Fetch the full text from its page if it is not stored.")
@json_option
@library_command
async def show(library: Library, article: int, full: bool, as_json: bool) -> None:
    """Print an article as text.

    ARTICLE is the number that `list` and `search` print first. A mark such as ‹1› ends a
    sentence that refers to an earlier article; below the text, that article has the same mark.

    \b
    Examples:
      tuireader show 12
      tuireader show 12 --json
      tuireader show --full 12
    """
    from tuireader.export.formats import render

    shown_article = await library.articles.require(article)
    if full and not shown_article.shows_full:
        if shown_article.full is not None and shown_article.full.html:
            shown_article = await library.full_texts.show(article, True)
        else:
            shown_article = await library.full_texts.fetch(article)
    related = await library.articles.related(article)
    if as_json:
        print_json_text(render(shown_article, "json", related).rstrip("\n"))
    else:
        print_paged(_text(shown_article, related))


def _text(article: Article, related: tuple[Related, ...]) -> Iterator[str]:
    from tuireader.document import mark_references, parse, reference_label
    from tuireader.export.formats import paragraphs

    html, base_url = article.shown
    document = parse(html, base_url or article.url)
    by = f" · {article.author}" if article.author else ""
    yield ink(article.title, bold=True)
    yield f"{article.feed_title}{by} · {timestamp(article.time)}"
    yield article.url
    if article.labels:
        yield ink("  ".join(f"# {name}" for name in article.labels), fg="cyan")
    yield ""
    for evidence in sorted(article.evidence, key=is_aside):
        where = ", ".join(
            f"{hit.field} ×{hit.count} {explained(hit.term, hit.occurrences)}" for hit in evidence.hits
        )
        sentence = f"\n  “{evidence.sentence}”" if evidence.sentence else ""
        former = f" · matched {until_edited(evidence.until)}" if evidence.former else ""
        feed = f" · in {evidence.feed}" if evidence.feed else ""
        doubt = " · uncertain: across word boundaries" if evidence.uncertain else ""
        sign = "◇" if evidence.uncertain else "◆"
        yield f"{ink(f'{sign} {evidence.watch}', fg='yellow')}: {where}{doubt}{former}{feed}{sentence}"
    if article.evidence:
        yield ""
    firsts = article.first_reports
    marked = mark_references(document, [(firsts[one.article_id], one.sentence) for one in article.earlier])
    yield paragraphs(marked.document)
    if document.links:
        yield ""
    for link in document.links:
        yield f"[{link.number}] {link.url}"
    if article.comments_url:
        count = f" ({article.comments_count})" if article.comments_count else ""
        yield f"\nComments{count}: {article.comments_url}"
    if related:
        yield ""
    for report in related:
        number = f"{report.article_id}\t" if report.article_id is not None else "\t"
        address = f" {report.url}" if report.article_id is None else ""
        mark = marked.numbers.get(firsts.get(report.article_id or 0, 0))
        reports = f" ({len(report.other_reports) + 1} reports)" if report.other_reports else ""
        label = f"{reference_label(mark)} " if mark else ""
        yield f"{number}{report.relation}: {label}{report.title}{reports} ({report.reason}){address}"
    for name, beside in (("previous", article.previous), ("next", article.next)):
        if beside is not None:
            yield f"{beside.id}\t{name} in {article.feed_title}: {beside.title}"
