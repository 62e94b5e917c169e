-- `place` counts from 1 in reading order; `language` is `""` if unknown. Nothing writes or reads `alias` any
-- more; a later schema may drop it.
CREATE TABLE reference (
  article INTEGER NOT NULL, place INTEGER NOT NULL,
  other INTEGER NOT NULL, sentence TEXT NOT NULL,
  PRIMARY KEY (article, place)
) WITHOUT ROWID;
CREATE INDEX reference_other ON reference (other);
CREATE TABLE alias (
  form TEXT NOT NULL, name TEXT NOT NULL, articles INTEGER NOT NULL,
  PRIMARY KEY (form, name)
) WITHOUT ROWID;
ALTER TABLE article ADD COLUMN language TEXT NOT NULL DEFAULT '';
DROP INDEX article_story;
CREATE INDEX article_story ON article (story, read, feed_id, muted, language) WHERE story != 0;
