"""Log of matches: one row for each match ever made, with its later events.

It only grows: rows outlast edits, purges, watches and feeds. Rows and events are written in the transaction
that makes the match, the notification or the mark. The evidence of a match that the index made is filled in
later, once; `text_hash` is NULL until then.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from tuireader.model import Evidence
from tuireader.query.identifiers import MOST_IDENTIFIERS, cve_numbers, limited
from tuireader.store.articles.articles import StoredText
from tuireader.store.sql import FEED_ADDRESS, FEED_TITLE, Part, id_list
from tuireader.store.watches.cases import Cases
from tuireader.store.watches.records import IDENTIFIED, Records
from tuireader.text import split_password, without_password

if TYPE_CHECKING:
    from tuireader.model import LoggedMatch

_COLUMNS = "article_id, watch, feed_id, title, url, feed, feed_url, published, fetched"
_VALUES = f"f.id, a.title, a.url, {FEED_TITLE}, f.url, a.published, a.arrived"


_FIXED = """CREATE TRIGGER match_log_fixed BEFORE UPDATE ON match_log WHEN old.text_hash IS NOT NULL
       BEGIN SELECT raise(ABORT, 'the match log only grows'); END"""

NEVER = "never notifies"
"""Why a match is not told: its watch does not notify."""
NOT_YET = "not yet"
_NOT_TOLD = {0: NOT_YET, 2: "already told", 3: NOT_YET}  # by the states of notices, if the log has no reason
_CHUNK = 500
_BARE = "SELECT id, article_id, watch FROM match_log WHERE text_hash IS NULL"
_ADD = f"""INSERT OR IGNORE INTO match_log ({_COLUMNS}, matched, term, field, sentence, text_hash)
  SELECT a.id, ?2, f.id, ?3, a.url, {FEED_TITLE}, {FEED_ADDRESS}, a.published, a.arrived, ?4, ?5, ?6, ?7, ?8
  FROM article a JOIN feed f ON f.id = coalesce(nullif(?9, 0), a.feed_id) WHERE a.id = ?1"""

_LAST = f"""SELECT id, (SELECT detail FROM match_event e WHERE e.log_id = l.id AND kind = '{IDENTIFIED}'
                        ORDER BY e.id DESC LIMIT 1)
  FROM match_log l WHERE article_id = ? AND watch = ?"""
_ROWS = f"""SELECT id, article_id, watch, title, url, feed, feed_url, published, fetched, matched, term,
  field, sentence, coalesce(text_hash, '') AS sha256,
  (SELECT json_array(c.state, coalesce(n.text, ''), c.by, c.at) FROM match_case c
   LEFT JOIN match_note n ON n.record_id = c.note_id WHERE c.log_id = l.id) AS handled,
  coalesce((SELECT {FEED_TITLE} FROM feed f WHERE f.id = l.feed_id), '') AS feed_title,
  (SELECT state FROM notice n WHERE n.article_id = l.article_id AND n.watch = l.watch)
    AS notice,
  (SELECT json_group_array(json_array(kind, at, channel, detail)) FROM
    (SELECT kind, at, channel, detail FROM match_event e WHERE e.log_id = l.id
       AND kind NOT IN ('matched', 'listed', 'indexed', 'evidence') ORDER BY e.id))
    AS events
  FROM match_log l"""


class BareMatch(Struct, frozen=True):
    """A logged match whose evidence is to be filled in."""

    id: int
    article_id: int
    watch: str


def matched_texts(text: StoredText, feed_id: int = 0) -> list[str]:
    """Return title, summary, text and full text that a match is about; those of a further feed if given."""
    for other in text.appearances:
        if other.feed_id == feed_id and not other.same:
            return [other.title, other.summary, other.body]
    return [text.title, text.summary, text.body, text.full]


def text_hash(text: StoredText, feed_id: int = 0) -> str:
    """Hash the texts of a match, joined by newlines, with SHA-256; in hex."""
    parts = matched_texts(text, feed_id)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _identified(matched: Sequence[str], item: Evidence) -> str:
    """Write as JSON what patterns found, and CVE numbers with captured identifiers; `""` without any."""
    title, *texts = matched
    own, full = (Counter(cve_numbers("\n".join([title, *part]))) for part in (texts[:2], texts[2:]))
    ids = own | full
    names = {name.casefold(): name for name in ids}
    captured: Counter[str] = Counter()
    for hit in item.hits:
        for name, count in (hit.occurrences if hit.identifies else {}).items():
            captured[names.setdefault(name.casefold(), name)] += count
    values = {"occurrences": item.occurrences, "ids": captured | ids}
    counts = {name: limited(value, MOST_IDENTIFIERS) for name, value in values.items()}
    return json.dumps(counts, ensure_ascii=False, separators=(",", ":")) if any(values.values()) else ""


class MatchLog(Part):
    """The log of matches and their events. Methods that write need a transaction."""

    _cases: Cases
    _records: Records

    def record(self, matches: Iterable[tuple[StoredText, Evidence]], now: int) -> None:
        """Log matches; those already logged stay unchanged, but what they have found now is added."""
        matches, rows, read = list(matches), [], []
        for text, item in matches:
            values = (*_evidence(item), text_hash(text, item.feed_id), item.feed_id)
            rows.append((text.id, item.watch, text.title, now, *values))
            if text.read:
                read.append((text.id, item.watch))
        if not rows:
            return
        before = self._newest()
        self._conn.executemany(_ADD, rows)
        self._log_new(before, now)
        sql = "SELECT id FROM match_log WHERE article_id = ? AND watch = ? AND id > ?"
        ids = [number for pair in read for (number,) in self._conn.execute(sql, (*pair, before))]
        self._records.append(ids, "read", 0)
        self._identify(matches, now)

    def record_from_index(self, watch: str, first: int, last: int, now: int) -> None:
        """Log the matches of a watch with articles first..last, unless logged, without evidence."""
        before = self._newest()
        sql = f"""INSERT OR IGNORE INTO match_log ({_COLUMNS}, matched)
                  SELECT a.id, ?1, {_VALUES.replace("f.url", FEED_ADDRESS)}, ?4
                  FROM watch w JOIN match m ON m.watch_id = w.id JOIN article a ON a.id = m.article_id
                    JOIN feed f ON f.id = a.feed_id
                  WHERE w.name = ?1 AND m.article_id BETWEEN ?2 AND ?3 AND m.until = 0"""
        self._conn.execute(sql, (watch, first, last, now))
        self._log_new(before, now, indexed=True)
        sql = (
            "SELECT l.id FROM match_log l JOIN article a ON a.id = l.article_id WHERE l.id > ? AND a.read = 1"
        )
        self._records.append(self._column(sql, (before,)), "read", 0)

    def _log_new(self, before: int, now: int, *, indexed: bool = False) -> None:
        """Chain the rows after one, and make cases of them: of what a new watch finds, if it is unread."""
        if indexed:
            self._records.append_listed(now, before)
        else:
            self._records.append_matches(now, after=before)
        self._cases.add(before, unread=indexed)

    def unidentified(self, first: int, last: int) -> list[LoggedMatch]:
        """List the matches of articles first..last that have evidence, but no record of identifiers."""
        sql = f"""{_ROWS} WHERE article_id BETWEEN ? AND ? AND text_hash NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM match_event e WHERE e.log_id = l.id AND kind = '{IDENTIFIED}')"""
        return [_logged(row, begun=False) for row in self._named(sql, (first, last))]

    def bare(self, limit: int) -> list[BareMatch]:
        """List at most `limit` matches without evidence, oldest first."""
        return self._values(BareMatch, f"{_BARE} ORDER BY id LIMIT ?", (limit,))

    def bare_of(self, article_ids: Sequence[int]) -> list[BareMatch]:
        """List the matches of articles without evidence."""
        sql = f"{_BARE} AND article_id IN (SELECT value FROM json_each(?))"
        return self._values(BareMatch, sql, (id_list(article_ids),))

    def complete(
        self,
        matches: Iterable[BareMatch],
        texts: Mapping[int, StoredText],
        evidence: Mapping[tuple[int, str], Evidence],
        now: int,
    ) -> None:
        """Fill in the evidence of matches, by article and watch; unknown values stay empty."""
        rows = []
        for match in matches:
            item = evidence.get((match.article_id, match.watch))
            text = texts.get(match.article_id)
            digest = "" if text is None else text_hash(text, item.feed_id if item else 0)
            rows.append((*(_evidence(item) if item else ("", "", "")), digest, match.id))
        sql = """UPDATE match_log SET term = iif(?1 = '', term, ?1), field = iif(?2 = '', field, ?2),
                   sentence = iif(?3 = '', sentence, ?3), text_hash = ?4 WHERE id = ?5"""
        self._conn.executemany(sql, rows)
        self._records.append_matches(now, ids=[row[-1] for row in rows])
        self._identify(((texts[article], item) for (article, _), item in evidence.items()), now)

    def _identify(self, matches: Iterable[tuple[StoredText, Evidence]], now: int) -> None:
        for text, item in matches:
            self.identify(text.id, matched_texts(text, item.feed_id), item, now)

    def identify(self, article_id: int, matched: Sequence[str], item: Evidence, now: int) -> None:
        """Log what patterns found, and the identifiers in a title and further texts, unless it is known."""
        detail = _identified(matched, item)
        for number, last in self._conn.execute(_LAST, (article_id, item.watch)) if detail else ():
            if detail != last:
                self._records.append([number], IDENTIFIED, now, detail=detail)

    def number(self, article_id: int, watch: str) -> int | None:
        """Return the number of a match."""
        sql = "SELECT id FROM match_log WHERE article_id = ? AND watch = ?"
        number: int | None = self._value(sql, (article_id, watch))
        return number

    def note(
        self, kind: str, pairs: Iterable[tuple[int, str]], at: int, channel: str = "", *, detail: str = ""
    ) -> None:
        """Log an event of (article, watch) matches."""
        sql = "SELECT id FROM match_log WHERE article_id = ? AND watch = ?"
        ids = [number for pair in pairs for (number,) in self._conn.execute(sql, pair)]
        self._records.append(ids, kind, at, channel, detail)

    def note_shown(self, ids: Sequence[int], at: int, channel: str) -> None:
        """Log the channel that showed the last notification about some articles."""
        sql = """SELECT l.id FROM match_log l
                 JOIN match_event e ON e.id = (SELECT max(id) FROM match_event x WHERE x.log_id = l.id
                                               AND x.kind IN ('told', 'untold'))
                 WHERE l.article_id IN (SELECT value FROM json_each(?1)) AND e.kind = 'told'
                   AND NOT EXISTS (SELECT 1 FROM match_event y
                                   WHERE y.log_id = l.id AND y.id > e.id AND y.channel = ?2)"""
        shown = self._column(sql, (id_list(ids), channel))
        self._records.append(shown, "sent", at, channel)

    def note_read(self, ids: Sequence[int], value: bool, at: int) -> None:
        """Log that the matches of articles were read, or marked as unread."""
        sql = "SELECT id FROM match_log WHERE article_id IN (SELECT value FROM json_each(?))"
        self._records.append(self._column(sql, (id_list(ids),)), "read" if value else "unread", at)

    def newest(self, numbers: Sequence[int] | None, *, since: int = 0, limit: int) -> list[LoggedMatch]:
        """Read the newest matches since a time, among some if given, newest first."""
        sql = f"""{_ROWS} WHERE matched >= ?1 AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2)))
                  ORDER BY id DESC LIMIT ?3"""
        begun = self._cases.in_use()
        args = (since, None if numbers is None else id_list(numbers), limit)
        return [_logged(row, begun) for row in self._named(sql, args)]

    def rows(
        self, after: int, *, since: int = 0, until: int | None = None, watch: str | None = None
    ) -> list[LoggedMatch]:
        """Read the next matches after a row, found from `since` to before `until`, oldest first.

        `watch` restricts them to one watch, which may no longer exist.
        """
        sql = f"""{_ROWS} WHERE id > ?1 AND matched >= ?2 AND (?3 IS NULL OR matched < ?3)
                   AND (?4 IS NULL OR watch = ?4) ORDER BY id LIMIT ?5"""
        begun = self._cases.in_use()
        return [_logged(row, begun) for row in self._named(sql, (after, since, until, watch, _CHUNK))]

    def drop_passwords(self) -> None:
        """Delete the passwords in addresses of feeds."""
        urls = self._column("SELECT DISTINCT feed_url FROM match_log WHERE instr(feed_url, '@')")
        self._conn.execute("DROP TRIGGER match_log_fixed")
        sql = "UPDATE match_log SET feed_url = ? WHERE feed_url = ?"
        self._conn.executemany(sql, [(split_password(url)[0], url) for url in urls])
        self._conn.execute(_FIXED)

    def watches(self) -> list[str]:
        """List the watches in the log, including those that no longer exist."""
        return self._column("SELECT DISTINCT watch FROM match_log")

    def _newest(self) -> int:
        return self._value("SELECT max(id) FROM match_log") or 0


def _evidence(item: Evidence) -> tuple[str, str, str]:
    """Return terms, fields and sentence of a match."""
    terms = dict.fromkeys(hit.term for hit in item.hits)
    fields = dict.fromkeys(hit.field for hit in item.hits)
    return ", ".join(terms), ", ".join(fields), item.sentence


def _logged(row: sqlite3.Row, begun: bool) -> LoggedMatch:
    from tuireader.model import BEFORE, CaseState, LoggedMatch
    from tuireader.model.cases import state_words

    columns = dict(row)
    title, events, handled = columns.pop("feed_title"), columns.pop("events"), columns.pop("handled")
    told = read = ended = None
    not_told = _NOT_TOLD.get(columns.pop("notice"), NEVER)
    channels: dict[str, int] = {}
    texts: list[dict[str, dict[str, int]]] = []
    for kind, at, channel, detail in json.loads(events):
        if kind == "failed":
            not_told = f"failed: {detail}"
        elif kind in ("told", "untold", "not told"):
            told, channels = (at if kind == "told" else None), {}
            if kind != "told":
                not_told = detail if kind == "not told" else f"failed: {detail}".removesuffix(": ")
        elif kind == "sent":
            channels.setdefault(channel, at)
        elif kind in ("read", "unread"):
            read = at if kind == "read" else None
        elif kind in ("ended", "again"):
            ended = at if kind == "ended" else None
        elif kind == IDENTIFIED:
            texts.append(json.loads(detail))
    columns["feed_url"] = without_password(row["feed_url"])
    if row["feed"] in ("", columns["feed_url"]):  # it had no title yet
        columns["feed"] = title or row["feed"]
    state, note, by, at = BEFORE if begun else "", "", "", None
    if handled:
        number, note, by, at = json.loads(handled)
        state = state_words(list(CaseState)[number], at)
    return LoggedMatch(
        **columns,
        told=told,
        channels=tuple(channels),
        sent=channels,
        not_told="" if told is not None else not_told,
        read=read,
        ended=ended,
        state=state,
        note=note,
        by=by,
        at=at,
        occurrences={text: count for counts in texts for text, count in counts["occurrences"].items()},
        ids={text: count for counts in texts for text, count in counts["ids"].items()},
    )
