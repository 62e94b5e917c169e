"""A line of the match log."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct


class LoggedMatch(Struct, frozen=True):
    """A match as it was found, and what has happened to it since."""

    id: Annotated[int, "Number of the line; later lines have higher numbers."]
    article_id: Annotated[int, "Number of the article."]
    watch: Annotated[str, "Name of the watch, also of one that was removed."]
    title: Annotated[str, "Title of the article when it was matched."]
    url: Annotated[str, "Its address."]
    feed: Annotated[str, "Title of the feed whose text matched."]
    feed_url: Annotated[str, "Address of the feed, without a password."]
    published: Annotated[int | None, "Publication time given by the feed, `null` without one."]
    fetched: Annotated[int, "When the article was first fetched."]
    matched: Annotated[int, "When the watch matched it."]
    term: Annotated[str, "The terms that were found, separated by commas."]
    field: Annotated[str, "Where they were found: `title`, `summary`, `body`, `full text`, …."]
    sentence: Annotated[str, 'The best sentence, `""` when there is none.']
    sha256: Annotated[str, 'SHA-256 of the text that matched, `""` when it is not known.']
    told: Annotated[int | None, "When you were notified, 0 at an unknown time, `null` if not."] = None
    channels: Annotated[
        tuple[str, ...],
        "How: by channels of these names, or by `command`, `desktop`, `terminal` and `bell` of `[notify]`,"
        " or by the `output` of `refresh`.",
    ] = ()
    sent: Annotated[dict[str, int], "When each of these accepted it."] = {}
    not_told: Annotated[
        str,
        "Why you were not: `never notifies`, `already told with match 17`, `muted`, `read already`,"
        ' `quiet hours until 07:00` or what else it waits for, `not yet`, `failed: …`; `""` if you were.',
    ] = ""
    read: Annotated[int | None, "When you read it, 0 at an unknown time, `null` if not."] = None
    ended: Annotated[int | None, "When an edit removed the match, `null` while it matches."] = None
    state: Annotated[
        str, '`new`, `open`, `done`, `false alarm` or `done (before)`, `""` while no match was ever handled.'
    ] = ""
    note: Annotated[str, 'The note, `""` without one.'] = ""
    by: Annotated[str, 'Who handled it last, `""` if nobody did.'] = ""
    at: Annotated[int | None, "When it was handled last, `null` if it was not."] = None
    occurrences: Annotated[dict[str, int], "Counts of texts that patterns found; `…` is all others."] = {}
    ids: Annotated[
        dict[str, int], "Counts of CVE numbers in the text, and of what `(?P<id>…)` captured."
    ] = {}
