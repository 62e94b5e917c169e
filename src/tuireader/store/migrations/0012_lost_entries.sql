-- `missing_since`, `misses`: since when, and in how many lists in a row, a doubted list has lacked the entry.
-- `accepted`: bits of the marks that the server has accepted and not listed yet: servers accept marks of
-- entries that they do not have. `lost_entry`: marks as last seen, NULL if what was sent may have been lost.
ALTER TABLE remote_entry ADD COLUMN missing_since INTEGER;
ALTER TABLE remote_entry ADD COLUMN misses INTEGER NOT NULL DEFAULT 0;
ALTER TABLE remote_entry ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX remote_entry_accepted ON remote_entry (account_id) WHERE accepted != 0;
CREATE INDEX remote_entry_missing ON remote_entry (account_id) WHERE missing_since IS NOT NULL;
CREATE TABLE lost_entry (
  account_id INTEGER NOT NULL REFERENCES account(id), remote_id TEXT NOT NULL,
  article_id INTEGER NOT NULL REFERENCES article(id), feed_id INTEGER NOT NULL REFERENCES feed(id),
  read INTEGER, starred INTEGER,
  PRIMARY KEY (account_id, remote_id)
) WITHOUT ROWID;
CREATE INDEX lost_entry_article ON lost_entry (article_id);
