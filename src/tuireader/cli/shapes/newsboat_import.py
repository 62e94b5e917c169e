"""Moving in."""

from __future__ import annotations

from typing import Annotated, TypedDict


class Import(TypedDict):
    """What an import took in."""

    feeds: Annotated[int, "Feeds that were found."]
    new: Annotated[int, "How many of them were not subscribed to before."]
    views: Annotated[int, "Saved searches that are new."]
    marked: Annotated[int, "Articles that are read, starred or labelled now and were not before."]
    noted: Annotated[int, "Articles that are not here yet and will be so when they come."]
    skipped: Annotated[list[str], "A line for each part that was left out, and why."]


class ExportedFeed(TypedDict):
    """A subscription."""

    url: Annotated[str, "Its address, without a password in it."]
    title: Annotated[str, "A title of your own, or nothing."]
    folder: Annotated[str, "Its folder."]
    labels: Annotated[list[str], "Its labels."]


class ExportedView(TypedDict):
    """A saved search."""

    name: Annotated[str, "Its name."]
    query: Annotated[str, "Its expression."]


class ExportedFeeds(TypedDict):
    """Subscriptions and saved searches, as `--format json` writes them."""

    format: Annotated[str, "`tuireader feeds`."]
    version: Annotated[int, "1."]
    feeds: Annotated[list[ExportedFeed], "The subscriptions."]
    views: Annotated[list[ExportedView], "The saved searches."]


class ExportedMark(TypedDict):
    """An article that is read or starred."""

    key: Annotated[str, "What its feed knows it by, as 16 hexadecimal digits."]
    url: Annotated[str, "Its address."]
    title: Annotated[str, "Its title."]
    time: Annotated[int, "When it was published."]
    read: Annotated[bool, "Whether it is read."]
    starred: Annotated[bool, "Whether it is starred."]
    labels: Annotated[list[str], "What you have labelled it with."]


class ExportedMarks(TypedDict):
    """The marked articles of one feed."""

    url: Annotated[str, "The address of the feed, without a password in it."]
    articles: Annotated[list[ExportedMark], "Those that are read, starred or labelled."]


class ExportedState(TypedDict):
    """What is read, starred and labelled, as `--format state` writes it."""

    format: Annotated[str, "`tuireader read state`."]
    version: Annotated[int, "1."]
    feeds: Annotated[list[ExportedMarks], "The feeds with such articles."]


class NotMoved(TypedDict):
    """A line of another program's file that changed or was dropped."""

    file: Annotated[str, "Name of the file."]
    line: Annotated[int, "Number of the line, from 1."]
    text: Annotated[str, "The line; secrets are left out."]
    outcome: Annotated[str, "`changed` or `dropped`."]
    group: Annotated[str, "Kind of the line, such as `feeds`, `programs` or `look`."]
    reason: Annotated[str, "What it became, or why it was dropped and what to do instead."]
    accept: Annotated[
        str, "What `--accept` has to name for it to be taken over: `programs`, `proxy` or `folders`."
    ]


class FileLines(TypedDict):
    """The lines of one file, blank lines and comments aside: each is moved, changed or dropped."""

    file: Annotated[str, "Name of the file."]
    lines: Annotated[int, "All lines: the sum of the three below."]
    moved: Annotated[int, "Lines that are here as they were there."]
    changed: Annotated[int, "Lines that became something slightly different."]
    dropped: Annotated[int, "Lines that were left out."]


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
    others: Annotated[int, "Articles of feeds that were left out, or that newsboat no longer follows."]
    too_large: Annotated[int, "Articles that were left out as they are larger than 10 MB."]
    trouble: Annotated[str, "Why not all articles could be read, or nothing."]
    added: Annotated[dict[str, int], "New tables and keys of tables in the configuration."]
    kept: Annotated[list[str], "What stays as it is in the configuration, beside the lines."]
    files: Annotated[list[FileLines], "The lines of each file, counted."]
    not_moved: Annotated[list[NotMoved], "Each line that changed or was dropped."]


class Side(TypedDict):
    """One number on both sides."""

    what: Annotated[str, "`feeds`, `tags`, `searches`, `articles`, `read`, `unread`, `flagged` or `flags`."]
    there: Annotated[int, "In newsboat, with all that is left out."]
    here: Annotated[int, "Here."]


class NewsboatComparison(TypedDict):
    """newsboat's side and ours."""

    equal: Annotated[bool, "Whether feeds, searches, articles and marks are the same on both sides."]
    sides: Annotated[list[Side], "The numbers."]
    left_out: Annotated[list[str], "Feeds, searches and articles that an import leaves out."]
    differences: Annotated[list[str], "What else differs, at most twenty lines."]
    more: Annotated[int, "How many further differences there are."]
    asked: Annotated[list[NotMoved], "Lines that wait for `--accept`."]
