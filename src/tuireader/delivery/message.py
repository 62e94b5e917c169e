"""JSON of a letter, as programs, webhooks and files receive it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tuireader.delivery.letters import Item, Letter
from tuireader.model import Alarm, Evidence
from tuireader.model.json_shape import Shape


class WatchInMessage(
    Shape, of=Evidence, shows="name=watch terms occurrences where=fields sentence uncertain"
):
    """A watch that matches an article."""

    name: Annotated[str, "Name of the watch."]
    terms: Annotated[list[str], "The terms that were found."]
    occurrences: Annotated[
        dict[str, int], "Texts that its patterns found, with their counts; `…` counts the others."
    ]
    where: Annotated[list[str], "Where they were found: `title`, `summary`, `body`, `full text`, `credit` …."]


class ArticleInMessage(Shape, of=Item, shows="id=article_id title url feed time adds watches=evidence"):
    """An article in a message."""

    watches: Annotated[list[WatchInMessage], "The watches that match it."]


class AlarmInMessage(Shape, of=Alarm, shows="id kind feed_id watch account name words raised_at cleared_at"):
    """An alarm in a message."""


class ChannelMessage(
    Shape, of=Letter, shows="kind id channel rule repeated title body count articles=items alarms"
):
    """The JSON that a channel with `command`, `webhook` or `file`, and a `[[program]]`, receives."""

    channel: Annotated[str, 'Name of the channel, `""` for `[notify] command`; `run:NAME` for a program.']
    count: Annotated[int, "Number of its articles."]
    articles: Annotated[list[ArticleInMessage], "Its articles, in the order of their times."]
    alarms: Annotated[list[AlarmInMessage], "Its alarms."]


def as_json(letter: Letter, channel: str = "") -> str:
    """Write a letter as one JSON object in one line."""
    articles = [vars(item).get("json") or _encoded(item) for item in letter.items]
    shown = ChannelMessage.encode(letter, channel=channel, count=len(articles), articles=articles)
    return msgspec.json.encode(shown).decode()


def _encoded(item: Item) -> msgspec.Raw:
    vars(item)["json"] = shown = msgspec.Raw(msgspec.json.encode(ArticleInMessage.encode(item)))
    return shown
