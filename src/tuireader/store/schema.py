"""Tables as sqlite-utils migrations; each is applied once, in order, in its own transaction.

Light and heavy data are separate: rows of `article` (columns for lists, marks, keys) are kept, rows of
`content` may be purged. `search` is a contentless FTS5 index: its `delete` command needs the indexed words,
which are derived again from the stored texts, so a migration must rebuild it (`Index.rebuild`) whenever the
folding of words changes.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tuireader.lexicon import TOKENIZER
from tuireader.store.articles.enclosures import ENCLOSURES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from sqlite_utils import Database

    from tuireader.store.connection import Connection

APPLICATION_ID = 0x74756972  # "tuir"
VERSION = 17
"""Newest schema; stored as `PRAGMA user_version`, so that a current database opens without sqlite-utils."""

MIGRATIONS = "_sqlite_migrations"
"""Table of sqlite-utils for applied migrations."""

_BASE = f"""
CREATE TABLE feed (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL DEFAULT '',
  own_title TEXT NOT NULL DEFAULT '',
  folder TEXT NOT NULL DEFAULT '',
  site_url TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL DEFAULT 0,
  subscribed INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL DEFAULT 'ok',
  etag TEXT, last_modified TEXT, body_hash BLOB,
  ttl INTEGER, max_age INTEGER,
  last_try INTEGER, last_success INTEGER, last_change INTEGER,
  last_error TEXT NOT NULL DEFAULT '', fault TEXT NOT NULL DEFAULT '',
  error_streak INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER,
  moved_to TEXT NOT NULL DEFAULT '', moved_seen INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE article (
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL REFERENCES feed(id),
  title TEXT NOT NULL, url TEXT NOT NULL, author TEXT NOT NULL,
  published INTEGER, arrived INTEGER NOT NULL, time INTEGER NOT NULL,
  read INTEGER NOT NULL DEFAULT 0, starred INTEGER NOT NULL DEFAULT 0,
  muted INTEGER NOT NULL DEFAULT 0,
  edited INTEGER NOT NULL DEFAULT 0, sources INTEGER NOT NULL DEFAULT 1,
  place INTEGER NOT NULL DEFAULT 0,
  story INTEGER NOT NULL DEFAULT 0,
  url_key INTEGER NOT NULL, text_key INTEGER NOT NULL
);
-- `muted` is their last column, so that the index alone answers views without muted articles
CREATE INDEX article_time ON article (time DESC, id DESC, muted);
CREATE INDEX article_feed_time ON article (feed_id, time DESC, id DESC, muted);
CREATE INDEX article_unread ON article (time DESC, id DESC, muted) WHERE read = 0;
CREATE INDEX article_unread_feed ON article (feed_id, time, muted) WHERE read = 0;
CREATE INDEX article_starred ON article (time DESC, id DESC, muted) WHERE starred = 1;
CREATE INDEX article_muted ON article (time DESC, id DESC) WHERE muted = 1;
-- a partial index is only used by queries that repeat its condition
CREATE INDEX article_url ON article (url_key) WHERE url_key != 0;
CREATE INDEX article_text ON article (feed_id, text_key) WHERE text_key != 0;
-- see `relations.FOLDS`
CREATE INDEX article_story ON article (story, read, feed_id, muted) WHERE story != 0;
CREATE TABLE content (
  article_id INTEGER PRIMARY KEY REFERENCES article(id),
  summary BLOB, html BLOB, base_url TEXT NOT NULL,
  extra TEXT NOT NULL
);
CREATE TABLE revision (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES article(id),
  until INTEGER NOT NULL,
  title TEXT NOT NULL, html BLOB
);
CREATE INDEX revision_article ON revision (article_id);
CREATE TABLE appearance (
  feed_id INTEGER NOT NULL, guid_key INTEGER NOT NULL,
  article_id INTEGER NOT NULL REFERENCES article(id),
  digest INTEGER NOT NULL, secondary INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (feed_id, guid_key)
) WITHOUT ROWID;
CREATE INDEX appearance_other ON appearance (feed_id, article_id) WHERE secondary = 1;
CREATE INDEX appearance_article ON appearance (article_id) WHERE secondary = 1;
CREATE VIRTUAL TABLE search USING fts5(title, body, author, content='', tokenize="{TOKENIZER}");
CREATE TABLE watch (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  signature TEXT NOT NULL,
  position INTEGER NOT NULL,
  pending INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE match (
  watch_id INTEGER NOT NULL REFERENCES watch(id),
  article_id INTEGER NOT NULL REFERENCES article(id),
  evidence TEXT NOT NULL,
  PRIMARY KEY (watch_id, article_id)
) WITHOUT ROWID;
CREATE INDEX match_article ON match (article_id);
CREATE TABLE mute (
  id INTEGER PRIMARY KEY,
  signature TEXT NOT NULL UNIQUE,
  pending INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE muted (
  mute_id INTEGER NOT NULL REFERENCES mute(id),
  article_id INTEGER NOT NULL REFERENCES article(id),
  PRIMARY KEY (mute_id, article_id)
) WITHOUT ROWID;
CREATE INDEX muted_article ON muted (article_id);
-- state: 0 is waiting, 1 was notified, 2 needs no notification, 3 is in the outbox
CREATE TABLE notice (
  id INTEGER PRIMARY KEY,
  watch TEXT NOT NULL,
  article_id INTEGER NOT NULL REFERENCES article(id),
  state INTEGER NOT NULL DEFAULT 0,
  UNIQUE (watch, article_id)
);
CREATE INDEX notice_waiting ON notice (id) WHERE state = 0;
CREATE INDEX notice_article ON notice (article_id);
CREATE TABLE link (
  article_id INTEGER NOT NULL REFERENCES article(id),
  position INTEGER NOT NULL,
  url_key INTEGER NOT NULL,
  url TEXT NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL,
  PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE INDEX link_url ON link (url_key);
CREATE TABLE profile (article INTEGER PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE posting (
  term INTEGER NOT NULL, day INTEGER NOT NULL, article INTEGER NOT NULL,
  PRIMARY KEY (term, day, article)
) WITHOUT ROWID;
CREATE TABLE term_count (
  term INTEGER PRIMARY KEY, articles INTEGER NOT NULL, lower INTEGER NOT NULL
);
CREATE TABLE neighbour (
  article INTEGER NOT NULL, other INTEGER NOT NULL,
  PRIMARY KEY (article, other)
) WITHOUT ROWID;
CREATE INDEX neighbour_other ON neighbour (other);
CREATE TABLE apart (
  article INTEGER NOT NULL, other INTEGER NOT NULL,
  PRIMARY KEY (article, other)
) WITHOUT ROWID;
CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  what TEXT NOT NULL,
  mark TEXT NOT NULL, value INTEGER NOT NULL,
  ids BLOB NOT NULL
);
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

# texts of articles' pages; `html` is NULL if the page could not be fetched
_FULL_TEXTS = (
    """CREATE TABLE full_text (
      article_id INTEGER PRIMARY KEY REFERENCES article(id),
      at INTEGER NOT NULL,
      html BLOB, base_url TEXT NOT NULL DEFAULT '',
      shown INTEGER NOT NULL DEFAULT 1,
      error TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE comments (
      article_id INTEGER PRIMARY KEY REFERENCES article(id),
      at INTEGER NOT NULL, packed BLOB NOT NULL
    )""",
    "ALTER TABLE revision ADD COLUMN full_text INTEGER NOT NULL DEFAULT 0",
)

# for compression; `fact` has a second copy of each. `articles` is their number at the time of training
_DICTIONARIES = """CREATE TABLE dictionary (
  number INTEGER PRIMARY KEY,
  id INTEGER NOT NULL, articles INTEGER NOT NULL, packed BLOB NOT NULL
)"""

# the user's labels; `key` is the same for all spellings of a name
_LABELS = (
    "CREATE TABLE label (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL)",
    """CREATE TABLE article_label (
      label_id INTEGER NOT NULL REFERENCES label(id),
      article_id INTEGER NOT NULL REFERENCES article(id),
      PRIMARY KEY (label_id, article_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX article_label_article ON article_label (article_id)",
)

# `variant`: texts of further feeds that differ from the displayed one. `match`: when it was found (`at`) and
# lost (`until`, 0 if it still matches), and which `revision` and further feed contain its sentence (0: the
# displayed text). `notice`: its time, term and sentence. `revision.feed_id`: 0 for versions of the displayed
# text. `watch.changed`: 1 if a pending watch differs from the one that made its matches.
_HISTORY = (
    """CREATE TABLE variant (
      article_id INTEGER NOT NULL REFERENCES article(id),
      feed_id INTEGER NOT NULL REFERENCES feed(id),
      title TEXT NOT NULL, url TEXT NOT NULL, author TEXT NOT NULL,
      summary BLOB, html BLOB, base_url TEXT NOT NULL, extra TEXT NOT NULL,
      url_key INTEGER NOT NULL, text_key INTEGER NOT NULL,
      PRIMARY KEY (article_id, feed_id)
    ) WITHOUT ROWID""",
    "DROP INDEX appearance_article",
    "CREATE INDEX appearance_article ON appearance (article_id, secondary)",
    "ALTER TABLE revision ADD COLUMN feed_id INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE match ADD COLUMN at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE match ADD COLUMN until INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE match ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE match ADD COLUMN feed_id INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE watch ADD COLUMN changed INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX match_former ON match (article_id, watch_id, until) WHERE until != 0",
    "UPDATE match SET at = coalesce((SELECT arrived FROM article WHERE id = match.article_id), 0)",
    "ALTER TABLE notice ADD COLUMN told_at INTEGER",
    "ALTER TABLE notice ADD COLUMN term TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE notice ADD COLUMN sentence TEXT NOT NULL DEFAULT ''",
    # earlier versions dropped the texts of further feeds: fetch them again
    """UPDATE feed SET etag = NULL, last_modified = NULL, body_hash = NULL
       WHERE id IN (SELECT feed_id FROM appearance WHERE secondary = 1)""",
    "UPDATE appearance SET digest = 0 WHERE secondary = 1",
)

# `feed.window`: no longer used; `unchanged`: responses without news in a row; `whole_at`: last
# time it sent a document; `gone_since`: first 410; `failing_since`: first failure in a row; `texts`: `full`,
# `teasers`, `short` (and whole), `same` (short, and pages have no more), `""` if unknown; `since`: first
# successful fetch. `full_text.next_try`: when to fetch a page, NULL for never. `document`: articles of a
# feed's last documents, -1 between them, newest first unless `mixed`. `gap`: entries that came and went
# between two visits (`after` and `before`), about `missing` of them; `known` are the articles before it,
# `dated` if its dates are those of entries; `page` is the next archive page to fetch, not before `next_try`;
# `closed_at` is set once it is filled, `reason` says why it stays open. `asked`: requests of a day (days
# since 1970). `alarm.subject`: the name of a watch, or `""` for a feed. `pace`: when silence after the newest
# article of such a subject becomes an alarm, NULL for never. `snapshot`: last text of a watched page, and the
# selector of its part; for a feed, the entries of its last document (`ParsedFeed.seen`).
# `download`: enclosures to fetch, or fetched.
# For the schedule: `feed.recent`: times at which its latest entries appeared (JSON); `fill`: seconds in which
# its fastest burst would replace its document; `trust`: in its validators (`schedule.trust_after`); `hold`:
# when its host may be asked again; `looked_at`: last search for its new address; `moved_why`: which page
# named `moved_to` (`page`: the one in the feed's place, `site`: the home page), `""` for a redirect; `named`:
# a page names it, but it was not followed; `refused`: the user took the move back.
_SOURCES = (
    "ALTER TABLE feed ADD COLUMN window INTEGER",
    "ALTER TABLE feed ADD COLUMN recent TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE feed ADD COLUMN fill REAL",
    "ALTER TABLE feed ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE feed ADD COLUMN whole_at INTEGER",
    "ALTER TABLE feed ADD COLUMN trust TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE feed ADD COLUMN gone_since INTEGER",
    "ALTER TABLE feed ADD COLUMN failing_since INTEGER",
    "ALTER TABLE feed ADD COLUMN hold INTEGER",
    "ALTER TABLE feed ADD COLUMN looked_at INTEGER",
    "ALTER TABLE feed ADD COLUMN moved_why TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE feed ADD COLUMN texts TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE feed ADD COLUMN since INTEGER",
    """CREATE TABLE document (
      feed_id INTEGER PRIMARY KEY REFERENCES feed(id),
      articles BLOB NOT NULL, mixed INTEGER NOT NULL DEFAULT 0
    )""",
    "ALTER TABLE feed ADD COLUMN settings TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE full_text ADD COLUMN next_try INTEGER",
    "CREATE INDEX full_text_next ON full_text (next_try) WHERE next_try IS NOT NULL",
    """CREATE TABLE gap (
      id INTEGER PRIMARY KEY,
      feed_id INTEGER NOT NULL REFERENCES feed(id),
      found_at INTEGER NOT NULL,
      after INTEGER NOT NULL, before INTEGER NOT NULL,
      missing INTEGER NOT NULL,
      dated INTEGER NOT NULL DEFAULT 0, known BLOB,
      page TEXT NOT NULL DEFAULT '', pages INTEGER NOT NULL DEFAULT 0,
      tries INTEGER NOT NULL DEFAULT 0, next_try INTEGER,
      filled INTEGER NOT NULL DEFAULT 0,
      closed_at INTEGER,
      reason TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX gap_feed ON gap (feed_id, found_at)",
    "CREATE INDEX gap_page ON gap (feed_id) WHERE page != ''",
    """CREATE TABLE asked (
      feed_id INTEGER NOT NULL, day INTEGER NOT NULL,
      requests INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
      failed INTEGER NOT NULL DEFAULT 0, pages INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (feed_id, day)
    ) WITHOUT ROWID""",
    """CREATE TABLE alarm (
      id INTEGER PRIMARY KEY,
      feed_id INTEGER NOT NULL DEFAULT 0, subject TEXT NOT NULL DEFAULT '',
      kind TEXT NOT NULL,
      raised_at INTEGER NOT NULL, cleared_at INTEGER,
      words TEXT NOT NULL,
      told_at INTEGER, clear_told_at INTEGER
    )""",
    "CREATE INDEX alarm_raised ON alarm (id) WHERE cleared_at IS NULL",
    """CREATE TABLE pace (
      feed_id INTEGER NOT NULL, subject TEXT NOT NULL,
      signature TEXT NOT NULL, newest INTEGER NOT NULL, alarm_at INTEGER, usual INTEGER,
      PRIMARY KEY (feed_id, subject)
    ) WITHOUT ROWID""",
    """CREATE TABLE snapshot (
      feed_id INTEGER PRIMARY KEY, at INTEGER NOT NULL, settings TEXT NOT NULL, packed BLOB
    )""",
    """CREATE TABLE download (
      id INTEGER PRIMARY KEY,
      article_id INTEGER NOT NULL REFERENCES article(id),
      url TEXT NOT NULL, type TEXT NOT NULL DEFAULT '',
      path TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT 'waiting',
      length INTEGER, received INTEGER NOT NULL DEFAULT 0, validator TEXT NOT NULL DEFAULT '',
      added_at INTEGER NOT NULL, ended_at INTEGER,
      error TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0,
      UNIQUE (article_id, url)
    )""",
)


def _migrations(
    store: Connection, report: Callable[[float], None]
) -> Iterator[tuple[str, Sequence[str], Callable[[], object] | None]]:
    """Yield the name, the statements and a function of each migration, from version 1 on."""
    from tuireader.store.accounts.accounts import ACCOUNTS
    from tuireader.store.accounts.remote import LOST_ENTRIES
    from tuireader.store.lists.index import Index
    from tuireader.store.marks.labels import Labels
    from tuireader.store.marks.rule_actions import RULE_ACTIONS
    from tuireader.store.relations.meaning import MEANING
    from tuireader.store.relations.references import REFERENCES
    from tuireader.store.relations.relations import FOLDS
    from tuireader.store.upkeep.older_versions import READING_TIMES, STILL_UNCOUNTED
    from tuireader.store.watches.cases import CASES
    from tuireader.store.watches.digests import DIGESTS, LAST_NOTICES
    from tuireader.store.watches.match_log import MATCH_LOG
    from tuireader.store.watches.outbox import OUTBOX
    from tuireader.store.watches.records import RECORDS, Records

    base = [statement for statement in _BASE.split(";\n") if statement.strip()]
    yield "0001_base", (*base, f"PRAGMA application_id = {APPLICATION_ID}"), None
    yield "0002_full_texts", _FULL_TEXTS, None
    yield "0003_marks_in_the_index", (), None  # 0005 rebuilds the index
    yield "0004_dictionaries", (_DICTIONARIES,), None
    yield "0005_symbols_in_the_index", (), partial(Index(store).rebuild, report, variants=False)
    yield "0006_labels", _LABELS, Labels(store).migrate_flags
    yield "0007_history", _HISTORY, None
    yield "0008_sources", (*_SOURCES, *MATCH_LOG, *ENCLOSURES), None
    yield "0009_accounts", ACCOUNTS, None
    yield "0010_references", REFERENCES, None
    yield "0011_neighbours", ("DROP INDEX neighbour_other",), None  # nothing needs it
    yield "0012_lost_entries", LOST_ENTRIES, None
    yield "0013_reading_times", READING_TIMES, None
    yield "0014_folds", (*FOLDS, STILL_UNCOUNTED), None
    yield "0015_cases", (*CASES, *RECORDS), Records(store).seal
    yield "0016_outbox", (*OUTBOX, *DIGESTS), None
    yield "0017_rules", (*LAST_NOTICES, *RULE_ACTIONS, *MEANING), None


def migrate(conn: sqlite3.Connection, report: Callable[[float], None] = lambda done: None) -> None:
    """Migrate an empty or older database to `VERSION`; an interrupted migration is rolled back.

    `report` is called with the share of long migrations done so far.
    """
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    from tuireader.store.connection import Connection

    migrations = Migrations("tuireader")

    def add(name: str, version: int, statements: Sequence[str], then: Callable[[], object] | None) -> None:
        @migrations(name=name)
        def step(db: Database) -> None:
            for statement in statements:
                db.execute(statement)
            if then:
                then()
            db.execute(f"PRAGMA user_version = {version}")

    for version, migration in enumerate(_migrations(Connection(conn, Path()), report), 1):
        name, statements, then = migration
        add(name, version, statements, then)
    migrations.apply(Database(conn, execute_plugins=False))
