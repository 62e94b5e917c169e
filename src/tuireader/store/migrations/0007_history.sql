-- `variant`: texts of further feeds that differ from the displayed one. `match`: when it was found (`at`) and
-- lost (`until`, 0 if it still matches), and which `revision` and further feed contain its sentence (0: the
-- displayed text). `notice`: its time, term and sentence. `revision.feed_id`: 0 for versions of the displayed
-- text. `watch.changed`: 1 if a pending watch differs from the one that made its matches.
CREATE TABLE variant (
  article_id INTEGER NOT NULL REFERENCES article(id),
  feed_id INTEGER NOT NULL REFERENCES feed(id),
  title TEXT NOT NULL, url TEXT NOT NULL, author TEXT NOT NULL,
  summary BLOB, html BLOB, base_url TEXT NOT NULL, extra TEXT NOT NULL,
  url_key INTEGER NOT NULL, text_key INTEGER NOT NULL,
  PRIMARY KEY (article_id, feed_id)
) WITHOUT ROWID;
DROP INDEX appearance_article;
CREATE INDEX appearance_article ON appearance (article_id, secondary);
ALTER TABLE revision ADD COLUMN feed_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE match ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE match ADD COLUMN until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE match ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE match ADD COLUMN feed_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE watch ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX match_former ON match (article_id, watch_id, until) WHERE until != 0;
UPDATE match SET at = coalesce((SELECT arrived FROM article WHERE id = match.article_id), 0);
ALTER TABLE notice ADD COLUMN told_at INTEGER;
ALTER TABLE notice ADD COLUMN term TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN sentence TEXT NOT NULL DEFAULT '';
-- earlier versions dropped the texts of further feeds: fetch them again
UPDATE feed SET etag = NULL, last_modified = NULL, body_hash = NULL
  WHERE id IN (SELECT feed_id FROM appearance WHERE secondary = 1);
UPDATE appearance SET digest = 0 WHERE secondary = 1;
