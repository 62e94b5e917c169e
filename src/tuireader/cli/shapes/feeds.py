"""Feeds, the database and the configuration."""

from __future__ import annotations

from typing import Annotated, TypedDict


class FeedHealth(TypedDict):
    """A feed and how it does."""

    id: Annotated[int, "Number of the feed."]
    url: Annotated[str, "Its address, as the configuration has it, without a password in it."]
    title: Annotated[str, "Its title."]
    folder: Annotated[str, "Its folder."]
    state: Annotated[str, "`ok`, `paused` or `gone`."]
    trouble: Annotated[str, "`none`, `moved`, `failing`, `paused` or `gone`."]
    unread: Annotated[int, "Unread articles."]
    total: Annotated[int, "All articles."]
    per_week: Annotated[float, "Articles a week, over the last four weeks."]
    newest: Annotated[int | None, "Time of its newest article."]
    last_try: Annotated[int | None, "When it was asked last."]
    last_success: Annotated[int | None, "When that last went well."]
    last_error: Annotated[str, 'What went wrong the last time, `""` when nothing did.']
    fault: Annotated[str | None, "The same as one word for scripts."]
    error_streak: Annotated[int, "How often in a row something went wrong."]
    next_try: Annotated[int | None, "When it will be asked next."]
    moved_to: Annotated[str, 'Where it has moved for good, `""` when it has not.']


class ChangedFeed(TypedDict):
    """What was done with a feed."""

    id: Annotated[int, "Number of the feed."]
    url: Annotated[str, "Its address; where it has moved to, for one whose move was accepted."]
    title: Annotated[str, "Its title."]
    done: Annotated[str, "`paused`, `resumed`, `removed` or `moved`."]


class Added(TypedDict):
    """A feed that was subscribed to."""

    url: Annotated[str, "Address of the feed that was found."]
    title: Annotated[str, "Its title."]
    new: Annotated[bool, "False when it had been subscribed to before."]


class Sample(TypedDict):
    """One of the newest entries of a feed."""

    title: Annotated[str, "Its title, or what stands in for it."]
    time: Annotated[int | None, "When it was published, `null` when it does not tell."]


class FeedPreview(TypedDict):
    """With --dry-run, the feed that would be subscribed to, and what it has."""

    url: Annotated[str, "Address of the feed that was found."]
    title: Annotated[str, "Its title."]
    site_url: Annotated[str, "Its web site."]
    entries: Annotated[int, "How many entries it has."]
    per_week: Annotated[
        float | None, "Entries a week, over four weeks at most, `null` when that cannot be told."
    ]
    newest: Annotated[int | None, "Time of its newest entry."]
    texts: Annotated[str, "`full` texts, `short` ones (teasers, notes), or `none` but titles."]
    samples: Annotated[list[Sample], "Its newest entries, five at most."]
    followed: Annotated[bool, "Whether it is subscribed to already."]
    others: Annotated[list[str], "Addresses of other feeds that were found there."]


class KeyBinding(TypedDict):
    """A command of the reader and its keys in force."""

    id: Annotated[str, "Name of the command, as `[keys]` takes it."]
    keys: Annotated[list[str], "Its keys."]
    title: Annotated[str, "What it is called."]
    help: Annotated[str, "What it does."]
    group: Annotated[str, "Heading in the help."]
    scope: Annotated[str, "Where it works: `global`, `list`, `article` or `sidebar`."]


class Places(TypedDict):
    """Where the files are."""

    config: Annotated[str, "The configuration."]
    database: Annotated[str, "The database."]
    state: Annotated[str, "Folder of the log."]
    cache: Annotated[str, "Folder of what can be had again."]


class ConfigProblem(TypedDict):
    """Something wrong with the configuration."""

    file: Annotated[str, "The file."]
    line: Annotated[int | None, "The line, where it is known; from 1."]
    column: Annotated[int | None, "The column, where it is known; from 1."]
    path: Annotated[str, 'The key, such as `watch[2].query`; `""` when the file is meant.']
    message: Annotated[str, "What is wrong."]
    fatal: Annotated[bool, "Whether nothing of the file can be used."]
    warning: Annotated[bool, "Whether it can be used as it is, and only seems not to be meant."]


class ConfigKey(TypedDict):
    """A key of the configuration."""

    path: Annotated[str, "The key, such as `watch.any`."]
    type: Annotated[str, "What it takes."]
    default: Annotated[str, "Its default as TOML."]
    required: Annotated[bool, "Whether its table is of no use without it."]
    doc: Annotated[str, "What it does."]


class Purged(TypedDict):
    """What a purge drops."""

    articles: Annotated[int, "Articles whose texts go."]
    feeds: Annotated[int, "Feeds that these are of."]
    bytes: Annotated[int, "Size of the texts."]
    dropped: Annotated[bool, "Whether it was done; false with --dry-run, or when there is nothing."]


class Finding(TypedDict):
    """One thing about the database that was checked."""

    path: Annotated[str, "The database."]
    name: Annotated[str, "What was checked."]
    ok: Annotated[bool, "Whether it is sound."]
    said: Annotated[str, "What was found."]
