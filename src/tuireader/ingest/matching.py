"""Match watches with every feed's text of an article, and with its former versions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec.structs import replace

from tuireader.model import Evidence, TermHit
from tuireader.store.articles.articles import Appearance, StoredText
from tuireader.store.articles.revisions import Version
from tuireader.watch import Matcher, Subject

FULL_TEXT = "full text"
"""Field of a term that is in the page of an article, but not in the feed's text."""

FeedNames = Mapping[int, tuple[str, ...]]
"""Title, address, folder and labels of each feed by id, for watches that refer to feeds."""


def feeds_named(names: Iterable[str], feeds: FeedNames) -> frozenset[int]:
    """Return the feeds with one of some titles, addresses or folders, in any case."""
    wanted = set(map(str.casefold, names))
    return frozenset(
        feed for feed, known in feeds.items() if not wanted.isdisjoint(map(str.casefold, known[:3]))
    )


def subject(text: StoredText, feeds: FeedNames) -> Subject:
    """Return an article as a `Subject` of expressions, with the texts of further feeds."""
    displayed = shown(text, feeds)
    if not text.appearances:
        return displayed
    return replace(displayed, more=tuple(_appearing(text, other, feeds) for other in text.appearances))


def shown(text: StoredText, feeds: FeedNames) -> Subject:
    """Return the displayed text of an article as a `Subject` of expressions."""
    title, url, folder, *labels = feeds.get(text.feed_id, ("", "", ""))
    return Subject(
        title=text.title,
        summary=text.asked_summary,
        body=text.asked_body,
        author=text.author,
        url=text.url,
        feed=title,
        feed_url=url,
        folder=folder,
        labels=(*text.labels, *text.tags, *labels),
        watches=text.watches,
        read=text.read,
        starred=text.starred,
        muted=text.muted,
        time=text.time,
        given=text.labels,
        subscribed=text.subscribed,
        enclosures=text.enclosures,
        language=text.language,
        cases=text.cases,
        ids=text.ids,
    )


def hits(
    matcher: Matcher,
    text: StoredText,
    feeds: FeedNames,
    names: Collection[str] | None = None,
    now: int | None = None,
) -> list[Evidence]:
    """Return the first evidence of each watch that matches the text of an article in any feed."""
    by_watch = {item.watch: item for item in matcher.match(shown(text, feeds), now, names)}
    for other in text.appearances:
        asked = names
        if other.same:  # the same text: only watches that refer to feeds can differ
            asked = matcher.by_feed if names is None else matcher.by_feed.intersection(names)
        if asked is None or asked:
            for item in matcher.match(_appearing(text, other, feeds), now, asked):
                in_page = text.full and any(hit.field == "body" for hit in item.hits)
                feed_id = 0 if in_page else other.feed_id
                by_watch.setdefault(item.watch, replace(item, feed_id=feed_id))
    if text.full:
        return [replace(item, hits=_with_page(item.hits, text)) for item in by_watch.values()]
    return list(by_watch.values())


def _with_page(hits: Sequence[TermHit], text: StoredText) -> tuple[TermHit, ...]:
    """Name where each term was found: `full text` if only in the article's page, else the feed's field.

    Expressions see the feed's text as the summary, and the page as the body.
    """
    own = f"{text.summary}\n{text.body}".casefold()
    in_feed = {hit.term for hit in hits if hit.field == "summary" or hit.term.casefold() in own}
    by_field: dict[tuple[str, str], TermHit] = {}
    for hit in hits:
        field = hit.field
        if field in ("summary", "body"):
            field = "body" if hit.term in in_feed else FULL_TEXT
        other = by_field.get((hit.term, field), hit)
        more = hit if hit.count >= other.count else other
        by_field[hit.term, field] = replace(more, field=field, uncertain=0)
    return tuple(by_field.values())


def former_hits(
    matcher: Matcher, text: StoredText, kept: Sequence[Version], feeds: FeedNames, names: Collection[str]
) -> list[Evidence]:
    """Return the matches of watches with former versions of an article, each with its newest version."""
    by_watch: dict[str, Evidence] = {}
    for version in kept:
        missing = [name for name in names if name not in by_watch]
        for item in _version_hits(matcher, text, version, feeds, missing):
            by_watch[item.watch] = replace(item, revision=version.id, until=version.until)
    return list(by_watch.values())


def _version_hits(
    matcher: Matcher, text: StoredText, version: Version, feeds: FeedNames, names: Collection[str]
) -> list[Evidence]:
    if not names:
        return []
    if version.full:
        return hits(matcher, replace(text, full=version.text), feeds, names)
    variant = replace(
        text,
        title=version.title,
        summary="",
        body=version.text,
        full="",
        feed_id=version.feed_id or text.feed_id,
        appearances=(),
    )
    return [replace(item, feed_id=version.feed_id) for item in hits(matcher, variant, feeds, names)]


def _appearing(text: StoredText, other: Appearance, feeds: FeedNames) -> Subject:
    """Return an article with the text of a further feed; the full text is the same for all feeds."""
    variant = replace(text, feed_id=other.feed_id)
    if not other.same:
        variant = replace(
            variant,
            title=other.title,
            url=other.url,
            author=other.author,
            summary=other.summary,
            body=other.body,
            tags=other.tags,
        )
    return shown(variant, feeds)
