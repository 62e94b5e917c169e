"""What happens to articles when they arrive: their watches are found, their links and relatives kept.

The glue between the store and the pure `watch` and `related`; all of it runs in the writer thread, inside
the transaction that saves the articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tuireader.document import links_of
from tuireader.model import Evidence, Related, Relation
from tuireader.related import links
from tuireader.store import Store
from tuireader.store.links import LinkedArticle, OutLink
from tuireader.store.reading import StoredText
from tuireader.watch import Matcher, Subject

FeedNames = Mapping[int, tuple[str, str, str]]
"""Title, address and folder of each feed by id, which watches may ask for."""

_MOST_LINKS = 60
"""Outbound links that are kept of one article; pages with more are link lists."""


def subject(text: StoredText, feeds: FeedNames) -> Subject:
    """An article as watches and expressions see it."""
    title, url, folder = feeds.get(text.feed_id, ("", "", ""))
    return Subject(
        title=text.title,
        summary=text.summary,
        body=text.body,
        author=text.author,
        url=text.url,
        feed=title,
        feed_url=url,
        folder=folder,
        labels=text.tags,
        read=text.read,
        starred=text.starred,
        time=text.time,
    )


def record_new(
    store: Store, texts: Sequence[StoredText], matcher: Matcher, feeds: FeedNames
) -> list[tuple[StoredText, Evidence]]:
    """Match and relate articles that are new; returns their matches."""
    found = [(text, evidence) for text in texts for evidence in matcher.match(subject(text, feeds))]
    store.watches.record((text.id, evidence) for text, evidence in found)
    store.links.record(_links(texts))
    return found


def record_changed(
    store: Store, texts: Sequence[StoredText], matcher: Matcher, feeds: FeedNames
) -> list[tuple[StoredText, Evidence]]:
    """Match and relate articles whose text has changed; returns the matches that they did not have before."""
    found = [
        (text, evidence)
        for text in texts
        for evidence in store.watches.rematch(text.id, matcher.match(subject(text, feeds)))
    ]
    if texts:
        store.links.record(_links(texts))
    return found


def _links(texts: Iterable[StoredText]) -> Iterator[tuple[int, list[OutLink]]]:
    for text in texts:
        if "<a" in text.html or "<A" in text.html:
            yield text.id, _out_links(text)


def _out_links(text: StoredText) -> list[OutLink]:
    found: dict[str, OutLink] = {}
    for url, label, context in links_of(text.html, text.base_url or text.url)[:_MOST_LINKS]:
        if url != text.url and url.startswith("http"):
            found.setdefault(url, OutLink(url, label, links.kind(url, label, context)))
    return list(found.values())
