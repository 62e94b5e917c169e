-- texts of articles' pages; `html` is NULL if the page could not be fetched
CREATE TABLE full_text (
  article_id INTEGER PRIMARY KEY REFERENCES article(id),
  at INTEGER NOT NULL,
  html BLOB, base_url TEXT NOT NULL DEFAULT '',
  shown INTEGER NOT NULL DEFAULT 1,
  error TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE comments (
  article_id INTEGER PRIMARY KEY REFERENCES article(id),
  at INTEGER NOT NULL, packed BLOB NOT NULL
);
ALTER TABLE revision ADD COLUMN full_text INTEGER NOT NULL DEFAULT 0;
