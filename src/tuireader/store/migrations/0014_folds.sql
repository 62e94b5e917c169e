DROP INDEX article_story;
ALTER TABLE article ADD COLUMN fold INTEGER NOT NULL DEFAULT 0;
-- earlier versions stored the `fold` in `story`
UPDATE article SET fold = story, story = story % 1099511627776 WHERE story != 0;
CREATE INDEX article_story ON article (story) WHERE story != 0;
CREATE INDEX article_fold ON article (fold, read, feed_id, muted, language) WHERE fold != 0;
-- version 0.3.0 recorded it only with the first step
INSERT OR IGNORE INTO fact (name, value)
  SELECT 'reading times counted down to', coalesce(max(article_id), 0) FROM content;
