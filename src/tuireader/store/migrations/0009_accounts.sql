-- `listed`: 1 if the config has it. `progress`: where the next pull starts. `asks`: a question for the user,
-- `""` for none. `feed.vanished_at`: since when the server does not list it. `remote_entry`: an entry on a
-- server, with its marks as last seen there; `read_sent`, `starred_sent`: what was sent, until the server's
-- answer is stored; `pending`: bits of the marks that the server does not have yet (1 read, 2 starred);
-- `refused`: why it will not take them.
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  listed INTEGER NOT NULL DEFAULT 1,
  url TEXT NOT NULL DEFAULT '', user TEXT NOT NULL DEFAULT '', software TEXT NOT NULL DEFAULT '',
  progress TEXT NOT NULL DEFAULT '',
  tried_at INTEGER, synced_at INTEGER, next_try INTEGER,
  error TEXT NOT NULL DEFAULT '', hint TEXT NOT NULL DEFAULT '', refusal TEXT NOT NULL DEFAULT '',
  streak INTEGER NOT NULL DEFAULT 0,
  asks TEXT NOT NULL DEFAULT ''
);
ALTER TABLE feed ADD COLUMN account_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN remote_id TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN vanished_at INTEGER;
CREATE UNIQUE INDEX feed_remote ON feed (account_id, remote_id) WHERE account_id != 0;
CREATE TABLE remote_entry (
  account_id INTEGER NOT NULL REFERENCES account(id), remote_id TEXT NOT NULL,
  article_id INTEGER NOT NULL REFERENCES article(id),
  feed_id INTEGER NOT NULL REFERENCES feed(id),
  read INTEGER NOT NULL, starred INTEGER NOT NULL,
  read_sent INTEGER, starred_sent INTEGER,
  pending INTEGER NOT NULL DEFAULT 0,
  refused TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (account_id, remote_id)
) WITHOUT ROWID;
CREATE INDEX remote_entry_article ON remote_entry (article_id);
CREATE INDEX remote_entry_feed ON remote_entry (feed_id, read);
CREATE INDEX remote_entry_pending ON remote_entry (account_id) WHERE pending != 0;
