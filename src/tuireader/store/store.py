"""The store: one connection with all its parts, each in a module of the same name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tuireader.store import database_file
from tuireader.store.connection import Connection
from tuireader.store.database_file import MigrationProgress

if TYPE_CHECKING:
    from tuireader.store.accounts import Accounts
    from tuireader.store.alarms import Alarms
    from tuireader.store.appearances import Appearances
    from tuireader.store.articles import Articles
    from tuireader.store.briefs import Briefs
    from tuireader.store.compression import Compression
    from tuireader.store.downloads import Downloads
    from tuireader.store.entries import Entries
    from tuireader.store.exchange import Exchange
    from tuireader.store.feed_passwords import FeedPasswords
    from tuireader.store.feeds import Feeds
    from tuireader.store.full_texts import FullTexts
    from tuireader.store.gaps import Gaps
    from tuireader.store.index import Index
    from tuireader.store.labels import Labels
    from tuireader.store.links import Links
    from tuireader.store.lists import Lists
    from tuireader.store.marks import Marks
    from tuireader.store.match_log import MatchLog
    from tuireader.store.mutes import Mutes
    from tuireader.store.notices import Notices
    from tuireader.store.references import References
    from tuireader.store.relations import Relations
    from tuireader.store.remote import Remote
    from tuireader.store.requests import Requests
    from tuireader.store.retention import Retention
    from tuireader.store.revisions import Revisions
    from tuireader.store.search import Search
    from tuireader.store.snapshots import Snapshots
    from tuireader.store.stats import Stats
    from tuireader.store.stories import Stories
    from tuireader.store.watches import Watches


class Store(Connection):
    """A connection, with type declarations of its parts."""

    accounts: Accounts
    alarms: Alarms
    appearances: Appearances
    articles: Articles
    briefs: Briefs
    compression: Compression
    downloads: Downloads
    entries: Entries
    exchange: Exchange
    feed_passwords: FeedPasswords
    feeds: Feeds
    full_texts: FullTexts
    gaps: Gaps
    index: Index
    labels: Labels
    links: Links
    lists: Lists
    marks: Marks
    match_log: MatchLog
    mutes: Mutes
    notices: Notices
    references: References
    relations: Relations
    remote: Remote
    requests: Requests
    retention: Retention
    revisions: Revisions
    search: Search
    snapshots: Snapshots
    stats: Stats
    stories: Stories
    watches: Watches

    @classmethod
    def open(cls, path: Path, *, prepare: bool = True, report: MigrationProgress | None = None) -> Store:
        """Open the database, creating or migrating it first if `prepare`; raises DatabaseError."""
        return cls(database_file.connect(path, prepare=prepare, report=report), path)

    def train_dictionary(self) -> None:
        """Train or complete a dictionary of the stored texts if one is due; not within a transaction.

        Training takes a tenth of a second, each time the number of articles has grown tenfold.
        """
        step = self.compression.dictionaries.next_step(self.compression.decompress)
        if step is not None:
            with self.transaction():
                step()
