"""An article under the eyes of watches: every feed's text of it, and what it said before it was edited."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tuireader.model import Evidence
from tuireader.store.reading import Appearance, StoredText
from tuireader.store.revisions import Kept
from tuireader.store.watches import Former
from tuireader.watch import Matcher, Subject

FeedNames = Mapping[int, tuple[str, ...]]
"""Title, address, folder and labels of each feed by id, which watches may ask for."""


def subject(text: StoredText, feeds: FeedNames) -> Subject:
    """An article as expressions see it, with what further feeds say of it."""
    found = shown(text, feeds)
    if not text.appearances:
        return found
    return replace(found, more=tuple(_appearing(found, other, feeds) for other in text.appearances))


def shown(text: StoredText, feeds: FeedNames) -> Subject:
    """An article as it is on display."""
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
    )


def hits(
    matcher: Matcher,
    text: StoredText,
    feeds: FeedNames,
    names: Collection[str] | None = None,
    now: int | None = None,
) -> list[Evidence]:
    """Return the watches that any feed's text of an article hits, each with its first evidence."""
    found = {item.watch: item for item in matcher.match(shown(text, feeds), now, names)}
    for other in text.appearances:
        asked = names
        if other.same:  # only watches that ask for feeds can see a difference
            asked = matcher.by_feed if names is None else matcher.by_feed.intersection(names)
        if asked is None or asked:
            base = shown(text, feeds)
            said = _appearing(base, other, feeds, whole=True)
            for item in matcher.match(said, now, asked):
                found.setdefault(item.watch, item if other.same else replace(item, feed_id=other.feed_id))
    return list(found.values())


def former_hits(
    matcher: Matcher, text: StoredText, kept: Sequence[Kept], feeds: FeedNames, names: Collection[str]
) -> list[Former]:
    """Return which watches hit an earlier version of an article, each with the newest one that it hits."""
    found: dict[str, Former] = {}
    for version in kept:
        if rest := [name for name in names if name not in found]:
            feed_id = version.feed_id or text.feed_id
            said = replace(text, title=version.title, summary="", body=version.text, full="", feed_id=feed_id)
            for item in matcher.match(shown(said, feeds), None, rest):
                item = replace(item, feed_id=version.feed_id)
                found[item.watch] = Former(item, version.id, version.until)
    return list(found.values())


def _appearing(base: Subject, other: Appearance, feeds: FeedNames, *, whole: bool = False) -> Subject:
    """An article as a further feed has it; one that says the same has no text of its own unless `whole`."""
    title, url, folder, *labels = feeds.get(other.feed_id, ("", "", ""))
    named = replace(base, feed=title, feed_url=url, folder=folder)
    if other.same:
        if whole:
            return replace(named, labels=(*base.labels, *labels))
        return Subject(feed=title, feed_url=url, folder=folder, labels=tuple(labels), time=base.time)
    return replace(
        named,
        title=other.title,
        summary=other.summary,
        body=other.body,
        author=other.author,
        url=other.url,
        labels=(*base.labels, *other.tags, *labels),
    )
