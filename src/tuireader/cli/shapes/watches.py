"""Watches, and the brief of what they brought."""

from __future__ import annotations

from typing import Annotated, TypedDict

from tuireader.cli.shapes.articles import Article


class WatchNumbers(TypedDict):
    """How a watch does."""

    name: Annotated[str, "Name of the watch."]
    color: Annotated[str, "Its colour."]
    unread: Annotated[int, "Unread articles on it."]
    total: Annotated[int, "All articles on it."]
    unread_stories: Annotated[int, "Stories with an unread article on it; one that is alone counts, too."]
    stories: Annotated[int, "All stories on it."]
    former: Annotated[int, "Articles that hit it until an edit took that away."]
    today: Annotated[int, "Hits since midnight: `is:today`."]
    week: Annotated[int, "Hits of the last 7 days: `age:<7d`."]
    month: Annotated[int, "Hits of the last 30 days: `age:<30d`."]
    days: Annotated[list[int], "Hits of each of the last 30 days, oldest first."]
    newest: Annotated[Article | None, "The newest article on it."]
    top_feeds: Annotated[dict[str, int], "Hits by title of feed, the five with most."]
    quiet: Annotated[str, 'Why nothing has come for a week, `""` when something has.']
    problem: Annotated[str, 'What is wrong with its rules, `""` when nothing is.']
    advice: Annotated[list[str], "What in it seems not to be meant."]


class First(TypedDict):
    """How a feed does with the stories of a watch that several feeds told."""

    feed: Annotated[str, "Title of the feed."]
    feed_id: Annotated[int, "Its number."]
    stories: Annotated[int, "How many of them it told."]
    first: Annotated[int, "How many of these it told first."]
    lag: Annotated[int, "Seconds after the first report in which it came else, in the middle."]


class WatchReport(TypedDict):
    """How often a watch or an expression hits."""

    hits: Annotated[int, "Articles that are hit."]
    days: Annotated[dict[str, int], "Hits by day (`2026-11-24`), without empty days."]
    feeds: Annotated[dict[str, int], "Hits by title of feed."]
    terms: Annotated[dict[str, int], "Articles that each term hits; empty for `watch test`."]
    samples: Annotated[list[Article], "The newest hits."]
    first: Annotated[list[First], "Which feeds are first to report; empty for `watch test`."]
    a_day: Annotated[float, "Hits a day of the days that were asked for, or since the first hit."]
    aliases: Annotated[
        dict[str, str], "Other names in its articles, with a sentence; empty for `watch test`."
    ]
    former: Annotated[int, "Hits that an edit took away; 0 for `watch test`."]


class Remark(TypedDict):
    """Something to know about a watch."""

    watch: Annotated[str, "Name of the watch."]
    term: Annotated[str, 'The term that is meant, `""` when it is the whole watch.']
    message: Annotated[str, "What there is to know."]


class BriefEvidence(TypedDict):
    """What a watch found in a story."""

    watch: Annotated[str, "Name of the watch."]
    sentence: Annotated[str, "The sentence."]
    spans: Annotated[list[tuple[int, int]], "Where the terms stand in it: first character, end."]
    until: Annotated[int, "When an edit took the sentence away, 0 while it stands."]
    feed: Annotated[str, 'Title of the feed that has it, `""` for the text that is shown.']


class BriefReport(TypedDict):
    """One report of a story."""

    id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed: Annotated[str, "Title of its feed."]
    time: Annotated[int, "When it was published."]
    lag: Annotated[int, "Seconds after the first report of the story."]
    new: Annotated[bool, "False when it came before the time that the brief is about."]


class BriefStory(TypedDict):
    """A story of a brief."""

    title: Annotated[str, "Title of the first report."]
    watches: Annotated[list[str], "The watches that it is on."]
    evidence: Annotated[list[BriefEvidence], "What they found."]
    reports: Annotated[list[BriefReport], "Its reports, the first one first."]


class BriefSection(TypedDict):
    """The stories of a brief under one heading."""

    watch: Annotated[str | None, "Name of the watch, `null` for stories that no watch hit."]
    stories: Annotated[list[BriefStory], "The stories."]


class Brief(TypedDict):
    """What has come, by story."""

    seconds: Annotated[int | None, "How long the period is, `null` for since the last brief."]
    first: Annotated[int | None, "Time of the first new article, `null` when there is none."]
    last: Annotated[int | None, "Time of the last new article."]
    articles: Annotated[int, "How many articles are new."]
    stories: Annotated[int, "How many stories they tell."]
    muted: Annotated[int, "How many articles are left out because they are muted."]
    sections: Annotated[list[BriefSection], "The stories by watch."]
