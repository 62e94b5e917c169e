"""The store: one connection with all its parts, each in a module of the same name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tuireader.store import database_file
from tuireader.store.connection import Connection
from tuireader.store.database_file import MigrationProgress

if TYPE_CHECKING:
    from tuireader.store.accounts.accounts import Accounts
    from tuireader.store.accounts.remote import Remote
    from tuireader.store.articles.appearances import Appearances
    from tuireader.store.articles.articles import Articles
    from tuireader.store.articles.downloads import Downloads
    from tuireader.store.articles.entries import Entries
    from tuireader.store.articles.full_texts import FullTexts
    from tuireader.store.articles.links import Links
    from tuireader.store.articles.revisions import Revisions
    from tuireader.store.compression import Compression
    from tuireader.store.feeds.feeds import Feeds
    from tuireader.store.feeds.gaps import Gaps
    from tuireader.store.feeds.hiding import Hiding
    from tuireader.store.feeds.requests import Requests
    from tuireader.store.feeds.snapshots import Snapshots
    from tuireader.store.lists.briefs import Briefs
    from tuireader.store.lists.days import Days
    from tuireader.store.lists.index import Index
    from tuireader.store.lists.lists import Lists
    from tuireader.store.lists.search import Search
    from tuireader.store.lists.stories import Stories
    from tuireader.store.marks.labels import Labels
    from tuireader.store.marks.marks import Marks
    from tuireader.store.marks.mutes import Mutes
    from tuireader.store.marks.rule_actions import RuleActions
    from tuireader.store.relations.meaning import Meaning
    from tuireader.store.relations.references import References
    from tuireader.store.relations.relations import Relations
    from tuireader.store.upkeep.exchange import Exchange
    from tuireader.store.upkeep.older_versions import OlderVersions
    from tuireader.store.upkeep.retention import Retention
    from tuireader.store.watches.alarms import Alarms
    from tuireader.store.watches.cases import Cases
    from tuireader.store.watches.digests import Digests
    from tuireader.store.watches.match_log import MatchLog
    from tuireader.store.watches.notices import Notices
    from tuireader.store.watches.outbox import Outbox
    from tuireader.store.watches.records import Records
    from tuireader.store.watches.stats import Stats
    from tuireader.store.watches.watches import Watches


class Store(Connection):
    """A connection, with type declarations of its parts."""

    accounts: Accounts
    alarms: Alarms
    appearances: Appearances
    articles: Articles
    briefs: Briefs
    cases: Cases
    compression: Compression
    days: Days
    digests: Digests
    downloads: Downloads
    entries: Entries
    exchange: Exchange
    feeds: Feeds
    full_texts: FullTexts
    gaps: Gaps
    hiding: Hiding
    index: Index
    labels: Labels
    links: Links
    lists: Lists
    marks: Marks
    match_log: MatchLog
    meaning: Meaning
    mutes: Mutes
    notices: Notices
    older_versions: OlderVersions
    outbox: Outbox
    records: Records
    references: References
    relations: Relations
    remote: Remote
    requests: Requests
    retention: Retention
    revisions: Revisions
    rule_actions: RuleActions
    search: Search
    snapshots: Snapshots
    stats: Stats
    stories: Stories
    watches: Watches

    @classmethod
    def open(cls, path: Path, *, prepare: bool = True, report: MigrationProgress | None = None) -> Store:
        """Open the database, creating or migrating it first if `prepare`; raises DatabaseError."""
        return cls(database_file.connect(path, prepare=prepare, report=report), path)
