-- the `text_key` of the article, so that a repost is found without reading all that a watch ever told
ALTER TABLE notice ADD COLUMN text_key INTEGER NOT NULL DEFAULT 0;
UPDATE notice SET text_key = coalesce((SELECT a.text_key FROM article a WHERE a.id = article_id), 0);
CREATE INDEX notice_text ON notice (text_key) WHERE text_key != 0;
CREATE TRIGGER notice_text_changed AFTER UPDATE OF text_key ON article WHEN new.text_key != old.text_key
  BEGIN UPDATE notice SET text_key = new.text_key WHERE article_id = new.id; END;
