-- the user's labels; `key` is the same for all spellings of a name
CREATE TABLE label (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE article_label (
  label_id INTEGER NOT NULL REFERENCES label(id),
  article_id INTEGER NOT NULL REFERENCES article(id),
  PRIMARY KEY (label_id, article_id)
) WITHOUT ROWID;
CREATE INDEX article_label_article ON article_label (article_id);
