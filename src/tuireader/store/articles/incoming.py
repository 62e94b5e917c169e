"""Entries on their way into the store: their texts and keys, and the result of saving them."""

from __future__ import annotations

from msgspec import Struct, field

from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.model import Keys, ParsedEntry, ParsedFeed, Prepared
from tuireader.store.articles.articles import StoredText
from tuireader.store.compression import Compression, Stored
from tuireader.store.json_columns import pack_extra


class Saved(Struct):
    """The result of saving, with the texts to match and relate.

    `changed` and `carried` hold (before, after) of articles with a new text of their own feed or of a further
    feed; `reindexed` maps ids to the old and new texts of articles whose words change in the index. `whole`
    is False if entries were omitted as known but are no longer stored: the document must be requested again.
    `places` has the article of each guid key, `first` the guid keys of articles that the feed did not have.
    """

    new: list[StoredText] = field(default_factory=list)
    changed: list[tuple[StoredText, StoredText]] = field(default_factory=list)
    carried: list[tuple[StoredText, StoredText]] = field(default_factory=list)
    reindexed: dict[int, tuple[StoredText | None, StoredText]] = field(default_factory=dict)
    whole: bool = True
    places: dict[int, int] = field(default_factory=dict)
    first: set[int] = field(default_factory=set)

    def reindex(self, old: StoredText | None, new: StoredText) -> None:
        """Record that the words of an article change; `old` is None if it is not in the index yet."""
        before, _ = self.reindexed.get(new.id, (old, new))
        self.reindexed[new.id] = before, new


class IncomingEntry(Struct):
    """An entry with its keys; its plain texts are computed only if it is new or changed."""

    entry: ParsedEntry
    keys: Keys
    given: Prepared | None = None

    @property
    def prepared(self) -> Prepared:
        if self.given is None:
            self.given = prepare(self.entry)
        return self.given


def incoming(parsed: ParsedFeed) -> list[IncomingEntry]:
    """Pair the entries of a document with their keys, and with prepared texts if it has any."""
    if parsed.keys:
        return list(map(IncomingEntry, parsed.entries, parsed.keys, parsed.prepared))
    return [IncomingEntry(entry, keys) for entry, keys in dedup.unique_entries(parsed.entries).values()]


CONTENT = "INSERT OR REPLACE INTO content (article_id, summary, html, base_url, extra) VALUES (?, ?, ?, ?, ?)"
"""SQL to store the values of `content`."""
APPEARANCE = "INSERT INTO appearance (feed_id, guid_key, article_id, digest) VALUES (?, ?, ?, ?)"
"""SQL to record that an entry of a feed is an article."""


def stored(article_id: int, feed_id: int, time: int, item: IncomingEntry) -> StoredText:
    """Build the stored text of an entry, without marks."""
    entry = item.entry
    return StoredText(
        id=article_id,
        feed_id=feed_id,
        title=item.prepared.title,
        url=entry.url,
        author=entry.author,
        time=time,
        read=False,
        starred=False,
        summary=item.prepared.summary,
        body=item.prepared.body,
        html=entry.content_html or entry.summary_html,
        base_url=entry.base_url,
        tags=entry.tags,
        words=item.prepared.words,
        links=item.prepared.links,
        dated=entry.published is not None or entry.updated is not None,
        enclosures=entry.enclosures,
        picture_url=entry.picture_url,
    )


def content(
    article_id: int, item: IncomingEntry, compression: Compression
) -> tuple[int, Stored, Stored, str, str]:
    """Build the row of `content` for an entry."""
    entry = item.entry
    base = "" if entry.base_url == entry.url else entry.base_url  # most bases equal the address: store ""
    summary, html = map(compression.compress, (entry.summary_html, entry.content_html))
    return article_id, summary, html, base, pack_extra(entry)


def readable(text: StoredText) -> str:
    """Join the parts of a text that a reader sees."""
    return f"{text.title}\n{text.summary}\n{text.body}"
