CREATE TABLE match_case (
  log_id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL, watch TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, note_id INTEGER NOT NULL DEFAULT 0,
  by TEXT NOT NULL DEFAULT '', at INTEGER,
  UNIQUE (article_id, watch)
);
CREATE INDEX match_case_state ON match_case (state, article_id);
-- `Records.seal` makes records of the events of older versions
ALTER TABLE match_event ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE match_event ADD COLUMN hash BLOB;
CREATE TABLE match_note (record_id INTEGER PRIMARY KEY, salt TEXT NOT NULL, text TEXT NOT NULL);
