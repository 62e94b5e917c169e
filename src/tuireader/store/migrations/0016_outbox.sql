-- `subject`: an article, an alarm or a digest. `notices`: those of its matches, `adds`: what it adds to a
-- story (both JSON). `letter`: identifies for the receiver what is sent together. `interrupted`: 1 if it may
-- have been received.
-- `outbox_channel` has the channels that fail: how often in a row, `since` when, and when to try them again.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  channel TEXT NOT NULL, kind TEXT NOT NULL, subject INTEGER NOT NULL,
  notices TEXT NOT NULL DEFAULT '[]', adds TEXT NOT NULL DEFAULT '[]',
  priority INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL, due_at INTEGER NOT NULL, sent_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'waiting',
  letter TEXT NOT NULL DEFAULT '', interrupted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX outbox_open ON outbox (channel, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_given_up ON outbox (id) WHERE state = 'given up';
CREATE INDEX outbox_sent ON outbox (channel, sent_at) WHERE state = 'accepted';
CREATE INDEX outbox_alarm ON outbox (subject, kind) WHERE kind IN ('alarm', 'over');
CREATE TABLE outbox_channel (
  channel TEXT PRIMARY KEY,
  failures INTEGER NOT NULL, since INTEGER NOT NULL, retry_at INTEGER NOT NULL, error TEXT NOT NULL
) WITHOUT ROWID;
-- `due_at`: the moment for which it was put into the outbox, or at which a new one begins. `last_article`: the
-- highest id then. `brief`: what it says, as JSON; `''` once it is sent, or without a message.
CREATE TABLE digest (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, due_at INTEGER NOT NULL, last_article INTEGER NOT NULL, brief TEXT NOT NULL
);
CREATE INDEX digest_name ON digest (name, id);
