"""Articles, and what is done to them."""

from __future__ import annotations

from typing import Annotated, TypedDict


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
    labels: Annotated[list[str], "What you have labelled it with."]
    former: Annotated[dict[str, int], "Watches that it hit until it was edited, and when that was."]


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
    feed_id: Annotated[int, "Number of the feed whose text has the sentence, 0 for the text that is shown."]
    feed: Annotated[str, 'Its title, `""` for the text that is shown.']
    revision: Annotated[int, "Number of the earlier version that has the sentence, 0 for the present one."]
    until: Annotated[int, "When an edit took the hit away, 0 while it stands."]


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
    labels: Annotated[list[str], "What you have labelled it with."]
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


class Counted(TypedDict):
    """How many articles an expression matches."""

    articles: Annotated[int, "Articles."]
    stories: Annotated[int, "Their stories; an article that is in none counts as one."]


class Unread(TypedDict):
    """How much there is to read."""

    unread: Annotated[int, "Unread articles."]
    total: Annotated[int, "All articles."]


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
