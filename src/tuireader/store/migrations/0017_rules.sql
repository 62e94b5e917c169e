-- the highest id of a notice at the end of a digest: a later one may be of an older article
ALTER TABLE digest ADD COLUMN last_notice INTEGER NOT NULL DEFAULT 0;
UPDATE digest SET last_notice = (SELECT coalesce(max(id), 0) FROM notice);
CREATE TABLE rule_action (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES article(id),
  action TEXT NOT NULL, rule TEXT NOT NULL,
  UNIQUE (article_id, action)
);
-- A replaced vector gets a new `id`. `compared` is 0 while only the vector of an article was needed; `cosine`
-- is in percent; a pair of `alike` has two rows, one of them with the sentence.
CREATE TABLE meaning (
  id INTEGER PRIMARY KEY AUTOINCREMENT, article INTEGER NOT NULL UNIQUE,
  day INTEGER NOT NULL, language TEXT NOT NULL, vector BLOB NOT NULL, compared INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX meaning_day ON meaning (day, language, article);
CREATE TABLE alike (
  article INTEGER NOT NULL, other INTEGER NOT NULL, cosine INTEGER NOT NULL, sentence TEXT NOT NULL,
  PRIMARY KEY (article, other)
) WITHOUT ROWID;
CREATE INDEX feed_unsubscribed ON feed (id) WHERE subscribed = 0;
-- what older versions did not store is not missing where nothing was stored
INSERT OR IGNORE INTO fact SELECT 'languages told down to', '0' WHERE NOT EXISTS (SELECT 1 FROM profile);
INSERT OR IGNORE INTO fact SELECT 'identifiers logged down to', '0' WHERE NOT EXISTS (SELECT 1 FROM match_log);
