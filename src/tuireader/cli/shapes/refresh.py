"""What a refresh tells while it runs."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from tuireader.cli.shapes.articles import Evidence


class RefreshStarted(TypedDict):
    """A refresh begins."""

    event: Annotated[Literal["started"], "Which event this is."]
    feeds: Annotated[int, "How many feeds are asked."]


class RefreshFeed(TypedDict):
    """One feed has been asked and its answer stored."""

    event: Annotated[Literal["feed"], "Which event this is."]
    feed_id: Annotated[int, "Number of the feed."]
    title: Annotated[str, "Its title."]
    new: Annotated[int, "Articles that are new."]
    changed: Annotated[int, "Articles that were edited."]
    unchanged: Annotated[bool, "Whether the feed is as it was."]
    error: Annotated[str, 'What went wrong, `""` when all went well.']
    fault: Annotated[str | None, "The same as one word for scripts."]
    done: Annotated[int, "How many feeds have been asked so far,"]
    total: Annotated[int, "of how many."]
    left_out: Annotated[int, "Its oldest entries that were left out, as it has more than 10,000."]


class RefreshMatch(TypedDict):
    """A new article hit a watch."""

    event: Annotated[Literal["match"], "Which event this is."]
    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    feed_title: Annotated[str, "Title of its feed."]
    url: Annotated[str, "Its address."]
    evidence: Annotated[Evidence, "Why it is on the watch."]


class RefreshDone(TypedDict):
    """All feeds have been asked."""

    event: Annotated[Literal["done"], "Which event this is."]
    feeds: Annotated[int, "How many feeds were asked."]
    failed: Annotated[int, "How many of them failed."]
    new: Annotated[int, "Articles that are new."]
    changed: Annotated[int, "Articles that were edited."]
    seconds: Annotated[float, "How long it took."]


class RefreshRelating(TypedDict):
    """New articles are being related to those stored before."""

    event: Annotated[Literal["relating"], "Which event this is."]
    done: Annotated[int, "So many of them are,"]
    total: Annotated[int, "of so many."]


class RefreshText(TypedDict):
    """The page of a new article was fetched, of a feed with `full_text`."""

    event: Annotated[Literal["text"], "Which event this is."]
    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    error: Annotated[str, 'Why it could not be had, `""` when it was stored.']
    done: Annotated[int, "So many were fetched,"]
    total: Annotated[int, "of so many."]


class RefreshTold(TypedDict):
    """New articles on watches were told of."""

    event: Annotated[Literal["told"], "Which event this is."]
    title: Annotated[str, "Title of the message."]
    body: Annotated[str, "Its text."]
    articles: Annotated[list[int], "Numbers of the articles."]
    desktop: Annotated[bool, "Whether the desktop has shown it."]
    troubles: Annotated[list[str], "What went wrong about telling, in lines."]
