"""What the commands print as JSON, declared once for the code that fills it, the tests and `docs/json.md`.

Names are stable: a field may be added, none is renamed or taken away within a major version. Times are
seconds since 1970 UTC.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict


class Article(TypedDict):
    """One line of a list."""

    id: Annotated[int, "Number of the article, as `show` takes it."]
    time: Annotated[int, "When it was published, or first seen where that was earlier."]
    feed: Annotated[str, "Title of its feed."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, 'Its address, `""` when it has none.']
    author: Annotated[str, 'Who wrote it, `""` when that is not known.']
    read: Annotated[bool, "Whether it is read."]
    starred: Annotated[bool, "Whether it is starred."]
    edited: Annotated[bool, "Whether its text was changed after it had come."]
    sources: Annotated[int, "In how many feeds it stands."]
    story: Annotated[int, "Number of its story, 0 when it is alone."]
    story_size: Annotated[int, "How many articles the story has."]
    watches: Annotated[list[str], "Names of the watches that it is on."]


class Hit(TypedDict):
    """How often one term of a watch stands in one field."""

    term: Annotated[str, "The term, as the configuration has it."]
    field: Annotated[str, "Where it stands: `title`, `summary`, `body`, …"]
    count: Annotated[int, "How often."]


class Evidence(TypedDict):
    """Why an article is on a watch."""

    watch: Annotated[str, "Name of the watch."]
    hits: Annotated[list[Hit], "The terms that were found."]
    sentence: Annotated[str, 'The sentence that says most, `""` when there is none.']
    spans: Annotated[list[tuple[int, int]], "Where the terms stand in the sentence: first character, end."]


class Related(TypedDict):
    """A relative of an article."""

    relation: Annotated[str, "How it belongs: `same story`, `follow-up`, `background`, `also read`, …"]
    id: Annotated[int | None, "Number of the article, `null` when it is not stored."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed: Annotated[str, "Title of its feed."]
    time: Annotated[int | None, "When it was published, `null` when that is not known."]
    reason: Annotated[str, "Why it is said to belong."]


class WholeArticle(TypedDict):
    """One article with its text."""

    id: Annotated[int, "Number of the article."]
    time: Annotated[int, "When it was published, or first seen where that was earlier."]
    published: Annotated[int | None, "When its feed says that it was published, `null` without a word of it."]
    arrived: Annotated[int, "When it was first seen."]
    feed: Annotated[str, "Title of its feed."]
    other_feeds: Annotated[list[str], "Titles of the other feeds in which it stands."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    author: Annotated[str, "Who wrote it."]
    read: Annotated[bool, "Whether it is read."]
    starred: Annotated[bool, "Whether it is starred."]
    edited: Annotated[bool, "Whether its text was changed after it had come."]
    tags: Annotated[list[str], "What its feed files it under."]
    text: Annotated[str, "The text, an empty line between its parts."]
    links: Annotated[list[str], "The addresses that the text links to, in the order of their numbers."]
    comments: Annotated[str, "Address of the comments."]
    evidence: Annotated[list[Evidence], "Why it is on its watches."]
    related: Annotated[list[Related], "Its relatives, strongest first."]


class FullText(TypedDict):
    """An article whose page was fetched."""

    id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Address of its page."]
    full_text: Annotated[bool, "Whether the text is that of its page, and not what the feed says."]
    text: Annotated[str, "The text."]


class Comment(TypedDict):
    """What somebody said below an article."""

    author: Annotated[str, 'Who said it, `""` when that is not known.']
    time: Annotated[int | None, "When, `null` when that is not known."]
    text: Annotated[str, "What was said."]


class Marked(TypedDict):
    """What a mark changed."""

    what: Annotated[str, 'What was done, in words; `""` when there was nothing to do.']
    count: Annotated[int, "How many articles are now marked otherwise than before."]
    ids: Annotated[list[int], "Their numbers."]


class Unread(TypedDict):
    """How much there is to read."""

    unread: Annotated[int, "Unread articles."]
    total: Annotated[int, "All articles."]


class FeedHealth(TypedDict):
    """A feed and how it does."""

    id: Annotated[int, "Number of the feed."]
    url: Annotated[str, "Its address, as the configuration has it."]
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


class Added(TypedDict):
    """A feed that was subscribed to."""

    url: Annotated[str, "Address of the feed that was found."]
    title: Annotated[str, "Its title."]
    new: Annotated[bool, "False when it had been subscribed to before."]


class WatchNumbers(TypedDict):
    """How a watch does."""

    name: Annotated[str, "Name of the watch."]
    color: Annotated[str, "Its colour."]
    unread: Annotated[int, "Unread articles on it."]
    total: Annotated[int, "All articles on it."]
    today: Annotated[int, "Hits of the last day."]
    week: Annotated[int, "Hits of the last 7 days."]
    month: Annotated[int, "Hits of the last 30 days."]
    days: Annotated[list[int], "Hits of each of the last 30 days, oldest first."]
    newest: Annotated[Article | None, "The newest article on it."]
    top_feeds: Annotated[dict[str, int], "Hits by title of feed, the five with most."]
    quiet: Annotated[str, 'Why nothing has come for a week, `""` when something has.']
    problem: Annotated[str, 'What is wrong with its rules, `""` when nothing is.']


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

    articles: Annotated[int, "How many articles are new."]
    stories: Annotated[int, "How many stories they tell."]
    sections: Annotated[list[BriefSection], "The stories by watch."]


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

    name: Annotated[str, "What was checked."]
    ok: Annotated[bool, "Whether it is sound."]
    said: Annotated[str, "What was found."]


class Match(TypedDict):
    """A new article on a watch."""

    id: Annotated[int, "Number of the article."]
    watch: Annotated[str, "Name of the watch."]
    title: Annotated[str, "Title of the article."]
    url: Annotated[str, "Its address."]
    feed: Annotated[str, "Title of its feed."]
    time: Annotated[int, "When it was published."]
    terms: Annotated[list[str], "The terms of the watch that were found."]
    sentence: Annotated[str, 'The sentence that says most, `""` when there is none.']
    spans: Annotated[list[tuple[int, int]], "Where the terms stand in the sentence: first character, end."]


class SavedFile(TypedDict):
    """An article that was saved."""

    id: Annotated[int, "Number of the article."]
    path: Annotated[str, "The file."]
    new: Annotated[bool, "False when the file was there and says the same."]


class Import(TypedDict):
    """What an import took in."""

    feeds: Annotated[int, "Feeds that were found."]
    new: Annotated[int, "How many of them were not subscribed to before."]
    views: Annotated[int, "Saved searches that are new."]
    marked: Annotated[int, "Articles that are read or starred now and were not before."]
    noted: Annotated[int, "Articles that are not here yet and will be read or starred when they come."]
    skipped: Annotated[list[str], "A line for each part that was left out, and why."]


class NotMoved(TypedDict):
    """A line of another program's file that did not move over as it is."""

    file: Annotated[str, "Name of the file."]
    line: Annotated[int, "Number of the line, from 1."]
    text: Annotated[str, "What stands there; secrets are left out."]
    reason: Annotated[str, "Why, and what there is instead."]


class NewsboatImport(TypedDict):
    """What an import of newsboat took over, or would with --dry-run."""

    dry_run: Annotated[bool, "Whether nothing was written."]
    feeds: Annotated[int, "Feeds that newsboat follows and that can be followed here."]
    articles: Annotated[int, "Articles that newsboat has of them."]
    new: Annotated[int, "How many of these were not stored here."]
    read: Annotated[int, "How many are read in newsboat."]
    starred: Annotated[int, "How many have a flag there; they are starred here."]
    deleted: Annotated[int, "How many are deleted there; they are read here."]
    marked: Annotated[int, "Articles stored here before that are read or starred now."]
    others: Annotated[int, "Articles of feeds that were left out, or that newsboat follows no more."]
    added: Annotated[dict[str, int], "What is new in the configuration: tables, and keys of tables."]
    kept: Annotated[list[str], "Keys of the configuration that stay as they are, though newsboat differs."]
    not_moved: Annotated[list[NotMoved], "Each line that did not move over as it is."]


class Side(TypedDict):
    """One number on both sides."""

    what: Annotated[str, "`feeds`, `tags`, `articles`, `read`, `unread`, `flagged` or `flags`."]
    there: Annotated[int, "In newsboat."]
    here: Annotated[int, "Here."]


class NewsboatComparison(TypedDict):
    """newsboat's side and ours."""

    equal: Annotated[bool, "Whether both sides are the same."]
    sides: Annotated[list[Side], "The numbers."]
    differences: Annotated[list[str], "What differs, at the most twenty lines."]
    more: Annotated[int, "How many further differences there are."]


SHAPES: dict[str, tuple[type, ...]] = {
    "list": (Article,),
    "search": (Article,),
    "show": (WholeArticle,),
    "fulltext": (FullText,),
    "comments": (Comment,),
    "read": (Marked,),
    "unread": (Unread, Marked),
    "star": (Marked,),
    "undo": (Marked,),
    "feeds": (FeedHealth,),
    "add": (Added,),
    "save": (SavedFile,),
    "watch follow": (Match,),
    "import file": (Import,),
    "import newsboat": (NewsboatImport, NewsboatComparison),
    "refresh": (
        RefreshStarted,
        RefreshFeed,
        RefreshMatch,
        RefreshDone,
        RefreshRelating,
        RefreshText,
        RefreshTold,
        Match,
    ),
    "watch list": (WatchNumbers,),
    "watch test": (WatchReport,),
    "watch report": (WatchReport,),
    "watch lint": (Remark,),
    "brief": (Brief,),
    "purge": (Purged,),
    "db check": (Finding,),
    "keys": (KeyBinding,),
    "paths": (Places,),
    "config check": (ConfigProblem,),
    "config defaults": (ConfigKey,),
}
"""What each command prints as JSON, one object a line; `brief` prints one object over several lines."""
