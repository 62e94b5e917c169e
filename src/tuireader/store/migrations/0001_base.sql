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
CREATE VIRTUAL TABLE search USING fts5(title, body, author, content='', tokenize="ascii");
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
PRAGMA application_id = 1953851762;  -- "tuir"
