-- minutes to read the body, the full text if there is one; 0 without a text
ALTER TABLE article ADD COLUMN reading_time INTEGER NOT NULL DEFAULT 0;
INSERT OR REPLACE INTO fact (name, value)
  SELECT 'reading times counted down to', coalesce(max(article_id), 0) FROM content;
