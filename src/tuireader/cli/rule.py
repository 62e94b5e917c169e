"""`tuireader rule`: what happens to articles when they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, say
from tuireader.cli.completion import complete_rules
from tuireader.cli.output import encoded, json_option, print_item
from tuireader.config import RuleConfig
from tuireader.config.kinds import ARRIVAL
from tuireader.config.values import Invalid
from tuireader.errors import UsageError
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library


@click.group()
def rule() -> None:
    """List rules and try them out.

    \b
    Examples:
      tuireader rule list
      tuireader rule test 'court decisions' --days 30
    """


@rule.command("list")
@json_option
@library_command
async def list_(library: Library, as_json: bool) -> None:
    """List rules in the order in which they act.

    Columns: name, articles on which it has acted, actions, which articles.

    \b
    Examples:
      tuireader rule list
      tuireader rule list --json
    """
    rules = await library.rules.all()
    for item in rules:
        line = "\t".join((item.name, str(item.acted), item.then, item.which))
        print_item(as_json, "Rule", item, line, then=list(map(str, item.config.then)))
    if not rules and not as_json:
        say("tuireader: no rules; a [[rule]] in the configuration adds one")


@rule.command()
@click.argument("name", required=False, shell_complete=complete_rules)
@click.option("--query", help="Try out this expression instead.")
@click.option("--days", type=click.IntRange(1, 3650), default=30, help="Only the last N days. Default: 30.")
@json_option
@library_command
async def test(library: Library, name: str | None, query: str | None, days: int, as_json: bool) -> None:
    """Show which stored articles a rule, or every rule, would match.

    Nothing is changed. Columns of the newest articles: number, feed and title. Articles on a watch are spared
    from `read` and `mute`, unless the rule has `include_watched`.

    \b
    Examples:
      tuireader rule test
      tuireader rule test 'court decisions' --days 90
      tuireader rule test --query 'title:judgment -moot' --json
    """
    if name is not None and query is not None:
        raise UsageError("give the name of a rule, or --query")
    rules = library.config.rules if name is None else (library.rules.named(name),)
    if query is not None:
        expression = ARRIVAL.read(query)
        if isinstance(expression, Invalid):
            raise UsageError(f"--query: {expression.message}\n{expression.detail}".rstrip())
        rules = (RuleConfig(name="", query=expression),)
    await library.watches.catch_up()  # rules may name watches
    for config in rules:
        preview = await library.rules.preview(config, days)
        spares = preview.watched if config.spares_watched else 0
        spared = f", {spares:,} spared because of a watch" if spares else ""
        words = preview.problem or f"{counted(preview.articles, 'article')} in {counted(days, 'day')}{spared}"
        lines = [f"  {row.id}\t{library.feeds.title(row.feed_id)}  {row.title}" for row in preview.samples]
        samples = [encoded("Article", row, feed=library.feeds.title(row.feed_id)) for row in preview.samples]
        title = f"{config.name}: " if config.name else ""
        text = "\n".join([f"{title}{words}", *lines])
        print_item(
            as_json, "RuleTest", preview, text, rule=config.name, days=days, spared=spares, samples=samples
        )
    if not rules and not as_json:
        say("tuireader: no rules; a [[rule]] in the configuration adds one")
