-- `feed.window`: no longer used; `unchanged`: responses without news in a row; `whole_at`: last
-- time it sent a document; `gone_since`: first 410; `failing_since`: first failure in a row; `texts`: `full`,
-- `teasers`, `short` (and whole), `same` (short, and pages have no more), `""` if unknown; `since`: first
-- successful fetch. `full_text.next_try`: when to fetch a page, NULL for never. `document`: articles of a
-- feed's last documents, -1 between them, newest first unless `mixed`. `gap`: entries that came and went
-- between two visits (`after` and `before`), about `missing` of them; `known` are the articles before it,
-- `dated` if its dates are those of entries; `page` is the next archive page to fetch, not before `next_try`;
-- `closed_at` is set once it is filled, `reason` says why it stays open. `asked`: requests of a day (days
-- since 1970). `alarm.subject`: the name of a watch, or `""` for a feed. `pace`: when silence after the newest
-- article of such a subject becomes an alarm, NULL for never. `snapshot`: last text of a watched page, and the
-- selector of its part; for a feed, the entries of its last document (`ParsedFeed.seen`).
-- `download`: enclosures to fetch, or fetched.
-- For the schedule: `feed.recent`: times at which its latest entries appeared (JSON); `fill`: seconds in which
-- its fastest burst would replace its document; `trust`: in its validators (`schedule.trust_after`); `hold`:
-- when its host may be asked again; `looked_at`: last search for its new address; `moved_why`: which page
-- named `moved_to` (`page`: the one in the feed's place, `site`: the home page), `""` for a redirect; `named`:
-- a page names it, but it was not followed; `refused`: the user took the move back.
ALTER TABLE feed ADD COLUMN window INTEGER;
ALTER TABLE feed ADD COLUMN recent TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN fill REAL;
ALTER TABLE feed ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN whole_at INTEGER;
ALTER TABLE feed ADD COLUMN trust TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN gone_since INTEGER;
ALTER TABLE feed ADD COLUMN failing_since INTEGER;
ALTER TABLE feed ADD COLUMN hold INTEGER;
ALTER TABLE feed ADD COLUMN looked_at INTEGER;
ALTER TABLE feed ADD COLUMN moved_why TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN texts TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN since INTEGER;
CREATE TABLE document (
  feed_id INTEGER PRIMARY KEY REFERENCES feed(id),
  articles BLOB NOT NULL, mixed INTEGER NOT NULL DEFAULT 0
);
ALTER TABLE feed ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE full_text ADD COLUMN next_try INTEGER;
CREATE INDEX full_text_next ON full_text (next_try) WHERE next_try IS NOT NULL;
CREATE TABLE gap (
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL REFERENCES feed(id),
  found_at INTEGER NOT NULL,
  after INTEGER NOT NULL, before INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  dated INTEGER NOT NULL DEFAULT 0, known BLOB,
  page TEXT NOT NULL DEFAULT '', pages INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0, next_try INTEGER,
  filled INTEGER NOT NULL DEFAULT 0,
  closed_at INTEGER,
  reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX gap_feed ON gap (feed_id, found_at);
CREATE INDEX gap_page ON gap (feed_id) WHERE page != '';
CREATE TABLE asked (
  feed_id INTEGER NOT NULL, day INTEGER NOT NULL,
  requests INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0, pages INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (feed_id, day)
) WITHOUT ROWID;
CREATE TABLE alarm (
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL DEFAULT 0, subject TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL,
  raised_at INTEGER NOT NULL, cleared_at INTEGER,
  words TEXT NOT NULL,
  told_at INTEGER, clear_told_at INTEGER
);
CREATE INDEX alarm_raised ON alarm (id) WHERE cleared_at IS NULL;
CREATE TABLE pace (
  feed_id INTEGER NOT NULL, subject TEXT NOT NULL,
  signature TEXT NOT NULL, newest INTEGER NOT NULL, alarm_at INTEGER, usual INTEGER,
  PRIMARY KEY (feed_id, subject)
) WITHOUT ROWID;
CREATE TABLE snapshot (
  feed_id INTEGER PRIMARY KEY, at INTEGER NOT NULL, settings TEXT NOT NULL, packed BLOB
);
CREATE TABLE download (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES article(id),
  url TEXT NOT NULL, type TEXT NOT NULL DEFAULT '',
  path TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT 'waiting',
  length INTEGER, received INTEGER NOT NULL DEFAULT 0, validator TEXT NOT NULL DEFAULT '',
  added_at INTEGER NOT NULL, ended_at INTEGER,
  error TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0,
  UNIQUE (article_id, url)
);
-- Kinds of events: `told`, `sent` (by `channel`), `failed` (a channel refused it, for the first time or for
-- good), `untold` (of older versions: it could not be sent), `not told`, `read`, `unread`, `ended` (an edit
-- removed the match) and `again`; `at` is 0 if the time is unknown. Later versions add those of `records` and
-- `cases`, and `identified`, which counts in JSON what patterns found, and identifiers; a match has several if
-- edits change them.
CREATE TABLE match_log (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL, watch TEXT NOT NULL, feed_id INTEGER NOT NULL DEFAULT 0,
  title TEXT NOT NULL, url TEXT NOT NULL, feed TEXT NOT NULL, feed_url TEXT NOT NULL,
  published INTEGER, fetched INTEGER NOT NULL, matched INTEGER NOT NULL,
  term TEXT NOT NULL DEFAULT '', field TEXT NOT NULL DEFAULT '', sentence TEXT NOT NULL DEFAULT '',
  text_hash TEXT,
  UNIQUE (article_id, watch)
);
CREATE INDEX match_log_bare ON match_log (id) WHERE text_hash IS NULL;
CREATE TABLE match_event (
  id INTEGER PRIMARY KEY,
  log_id INTEGER NOT NULL,
  kind TEXT NOT NULL, at INTEGER NOT NULL, channel TEXT NOT NULL DEFAULT ''
);
CREATE INDEX match_event_log ON match_event (log_id);
CREATE TRIGGER match_log_kept BEFORE DELETE ON match_log
  BEGIN SELECT raise(ABORT, 'the match log only grows'); END;
CREATE TRIGGER match_log_fixed BEFORE UPDATE ON match_log WHEN old.text_hash IS NOT NULL
  BEGIN SELECT raise(ABORT, 'the match log only grows'); END;
CREATE TRIGGER match_event_kept BEFORE DELETE ON match_event
  BEGIN SELECT raise(ABORT, 'the match log only grows'); END;
CREATE TRIGGER match_event_fixed BEFORE UPDATE ON match_event
  BEGIN SELECT raise(ABORT, 'the match log only grows'); END;
-- matches of earlier versions, as far as they are known; the text of an edited article is not what matched
INSERT INTO match_log (article_id, watch, feed_id, title, url, feed, feed_url, published, fetched, matched,
    term, field, sentence, text_hash)
  SELECT a.id, w.name, f.id, a.title, a.url,
    coalesce(nullif(f.own_title, ''), nullif(f.title, ''), f.url), f.url, a.published, a.arrived, m.at,
    coalesce((SELECT group_concat(part, ', ') FROM
      (SELECT DISTINCT json_extract(value, '$[0]') AS part
       FROM json_each(nullif(m.evidence, ''), '$[0]'))), ''),
    coalesce((SELECT group_concat(part, ', ') FROM
      (SELECT DISTINCT json_extract(value, '$[1]') AS part
       FROM json_each(nullif(m.evidence, ''), '$[0]'))), ''),
    coalesce(json_extract(nullif(m.evidence, ''), '$[1]'), ''),
    iif(a.edited OR m.until OR m.feed_id, '', NULL)
  FROM match m JOIN watch w ON w.id = m.watch_id JOIN article a ON a.id = m.article_id
    JOIN feed f ON f.id = a.feed_id ORDER BY m.at, a.id;
-- notifications of watches that no longer exist
INSERT OR IGNORE INTO match_log (article_id, watch, feed_id, title, url, feed, feed_url, published, fetched,
    matched, term, sentence, text_hash)
  SELECT a.id, n.watch, f.id, a.title, a.url,
    coalesce(nullif(f.own_title, ''), nullif(f.title, ''), f.url), f.url, a.published, a.arrived, a.arrived,
    n.term, n.sentence, ''
  FROM notice n JOIN article a ON a.id = n.article_id JOIN feed f ON f.id = a.feed_id ORDER BY n.id;
INSERT INTO match_event (log_id, kind, at)
  SELECT l.id, 'told', coalesce(n.told_at, 0)
  FROM notice n JOIN match_log l ON l.article_id = n.article_id AND l.watch = n.watch
  WHERE n.state = 1 ORDER BY n.id;
INSERT INTO match_event (log_id, kind, at)
  SELECT l.id, 'ended', m.until FROM match m JOIN watch w ON w.id = m.watch_id
  JOIN match_log l ON l.article_id = m.article_id AND l.watch = w.name WHERE m.until != 0;
INSERT INTO match_event (log_id, kind, at)
  SELECT l.id, 'read', 0 FROM match_log l JOIN article a ON a.id = l.article_id WHERE a.read = 1;
