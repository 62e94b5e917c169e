"""Stories in lists: fold, unfold, count, and order by time."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, filterfalse

from tuireader.model import Count, Story, StoryEntry
from tuireader.store.sql import FEED_TITLE, Part, id_list, number_list
from tuireader.text.languages import in_order

_FEW = 5000  # maximum number of ids to look up; for more, read all articles in stories
_SAMPLE = 500  # articles whose most frequent language counts as the usual one
_PART = 10_000  # ids processed at a time, in less than a millisecond

_WATCHED = "EXISTS (SELECT 1 FROM match m WHERE m.article_id = article.id)"


def _in_stories(select: str, ids: Sequence[int], more: str = "") -> tuple[str, list[object]]:
    sql = f"{select} FROM article WHERE fold != 0 {more}"
    if len(ids) > _FEW:
        return sql, []
    return f"{sql} AND id IN (SELECT value FROM json_each(?))", [id_list(ids)]


CARRIED = """SELECT DISTINCT p.feed_id, a.id, a.fold, a.read
  FROM appearance p JOIN article a ON a.id = p.article_id
  WHERE p.secondary = 1 AND p.feed_id != a.feed_id AND a.muted = 0"""
"""SQL for articles in feeds that carry them but do not own them."""
_BEHIND = """total(read = 0) - count(DISTINCT iif(read, NULL, fold)), count(*) - count(DISTINCT fold)"""


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield pieces of a long list: one C call over all of it would block other threads and key presses."""
    return (ids[start : start + _PART] for start in range(0, len(ids), _PART))


class Stories(Part):
    """Stories and their rows: lists fold the articles with the same `article.fold`, see `relations`."""

    def fold(
        self, ids: Sequence[int], opened: Collection[int] = (), languages: Sequence[str] = ()
    ) -> array[int]:
        """Keep one article of each row: an unread watched one, else an unread one, else any.

        Among these, it is the first one in the best of the `languages`, which come best first. Rows in
        `opened` show all their articles; the others follow the first one, newest first.
        """
        fold_of = self.fold_of(ids)
        if not fold_of:
            return array("q", ids)
        backwards: list[int] = []
        for part in _parts(ids):
            backwards += filter(fold_of.__contains__, part)
        backwards.reverse()
        if rank := self._language_ranks(fold_of, languages):
            backwards += sorted(filter(rank.__contains__, backwards), key=rank.__getitem__)
        leads = dict(zip(map(fold_of.__getitem__, backwards), backwards, strict=True))  # the last one wins
        for better in self._unread(ids):
            fresh = list(filter(better.__contains__, backwards))
            leads.update(zip(map(fold_of.__getitem__, fresh), fresh, strict=True))
        hidden = fold_of.keys() - leads.values()
        folded = array("q")
        for part in _parts(ids):
            folded.extend(filterfalse(hidden.__contains__, part))
        for fold in opened:
            if fold in leads:
                at = folded.index(leads[fold]) + 1
                others = [other for other in self.members(fold) if other != leads[fold]]
                folded[at:at] = array("q", others)
        return folded

    def fold_of(self, ids: Sequence[int]) -> dict[int, int]:
        return self._mapping(*_in_stories("SELECT id, fold", ids))

    def _language_ranks(self, fold_of: Mapping[int, int], languages: Sequence[str]) -> dict[int, int]:
        """Rank the articles of rows in several languages, the best one highest.

        Leaves out rows in the usual language, which are most; others in one language do no harm.
        """
        if not languages:
            return {}
        few = f"AND fold IN ({number_list(set(fold_of.values()))})" if len(fold_of) <= _FEW else ""
        sample = self._column(f"SELECT language FROM article WHERE fold != 0 {few} LIMIT {_SAMPLE}")
        usual = max(set(sample), key=sample.count, default="")
        others = f"SELECT DISTINCT fold FROM article WHERE fold != 0 AND language != ? {few}"
        sql = f"SELECT id, language FROM article WHERE fold != 0 AND fold IN ({others})"
        rows = self._conn.execute(sql, (usual,))
        rank = {code: number for number, code in enumerate(reversed(languages), 1)}
        return {article_id: rank.get(code, 0) for article_id, code in rows if article_id in fold_of}

    def _unread(self, ids: Sequence[int]) -> Iterator[set[int]]:
        """Yield the unread articles among the given ones, then those of them that a watch matches."""
        for more in ("AND read = 0", f"AND read = 0 AND {_WATCHED}"):
            yield set(chain.from_iterable(self._conn.execute(*_in_stories("SELECT id", ids, more))))

    def members(self, fold: int) -> list[int]:
        """Return the unmuted articles of a row, newest first."""
        return self._column(
            "SELECT id FROM article WHERE fold = ? AND fold != 0 AND muted = 0 ORDER BY time DESC, id DESC",
            (fold,),
        )

    def count(self, ids: Sequence[int]) -> int:
        """Count the stories of some articles; an article without a story counts as one."""
        sql = """SELECT count(DISTINCT iif(story, story, -id)) FROM article
                 WHERE id IN (SELECT value FROM json_each(?))"""
        return int(self._value(sql, (id_list(ids),)))

    def count_folded(self, ids: Sequence[int]) -> int:
        """Count the rows of some articles in a list that folds stories."""
        fold_of = self.fold_of(ids)
        return len({fold_of.get(article_id, -article_id) for article_id in ids})

    def folds(self, ids: Sequence[int]) -> set[int]:
        """Return the rows that hold several articles."""
        return set(self.fold_of(ids).values())

    def with_rows(self, ids: Sequence[int]) -> list[int]:
        """Add the other articles of their rows to `ids`, except watched ones."""
        others = self._column(
            f"""SELECT id FROM article WHERE fold != 0 AND fold IN (SELECT value FROM json_each(?))
                AND NOT {_WATCHED}""",
            (id_list(sorted(self.folds(ids))),),
        )
        return [*ids, *sorted(set(others) - set(ids))]

    def languages(self, article_id: int, languages: Sequence[str] = ()) -> tuple[str, ...]:
        """List the languages of the other articles of an article's story, the best first."""
        sql = """SELECT DISTINCT language FROM article WHERE story = (SELECT story FROM article WHERE id = ?1)
                   AND story != 0 AND muted = 0 AND id != ?1"""
        return in_order(self._column(sql, (article_id,)), languages)

    def timeline(self, article_id: int) -> Story | None:
        """Read the story of an article, first report first; None without a story."""
        story = self._value("SELECT story FROM article WHERE id = ?", (article_id,))
        entries = self._values(
            StoryEntry,
            f"""SELECT a.id AS article_id, a.title, a.url, {FEED_TITLE} AS feed_title, a.time,
                      a.time - min(a.time) OVER () AS lag, a.read, a.language
               FROM article a JOIN feed f ON f.id = a.feed_id
               WHERE a.story != 0 AND a.story = ? AND a.muted = 0
               ORDER BY a.time, a.id""",
            (story,),
            read=bool,
        )
        return Story(story, tuple(entries)) if len(entries) > 1 else None

    def behind(self, where: str, args: Sequence[object] = ()) -> tuple[int, int]:
        """Count the articles, unread and in all, that folding hides under a condition."""
        sql = f"SELECT {_BEHIND} FROM (SELECT a.* FROM article a WHERE a.fold != 0 AND {where})"
        unread, total = self._conn.execute(sql, args).fetchone()
        return int(unread), total

    def behind_in_feeds(self) -> dict[int, tuple[int, int]]:
        """Count as `behind` for each feed that has any."""
        return self._by(
            f"""SELECT feed_id AS key, fold, read FROM article WHERE fold != 0 AND muted = 0
                UNION ALL SELECT feed_id, fold, read FROM ({CARRIED}) WHERE fold != 0"""
        )

    def behind_by(self, articles: str, key: str) -> dict[int, tuple[int, int]]:
        """Count as `behind` for each watch or label that has any, by its id."""
        return self._by(
            f"""SELECT x.{key} AS key, a.fold, a.read FROM {articles} x JOIN article a ON a.id = x.article_id
                WHERE a.fold != 0 AND a.muted = 0"""
        )

    def _by(self, query: str) -> dict[int, tuple[int, int]]:
        sql = f"""SELECT key, {_BEHIND} FROM ({query})
                  GROUP BY key HAVING count(*) > count(DISTINCT fold)"""
        return {key: (int(unread), total) for key, unread, total in self._conn.execute(sql)}

    def twice_in_folders(self) -> dict[str, Count]:
        """Return what to add to the sum of a folder's feeds to get the counts of the folder.

        Articles that several feeds carry count once, and stories fold across the whole folder.
        """
        sql = f"""WITH listed (feed_id, id, fold, read) AS (
                   SELECT feed_id, id, fold, read FROM article WHERE muted = 0
                     AND (fold != 0 OR id IN (SELECT article_id FROM appearance WHERE secondary = 1))
                   UNION ALL SELECT feed_id, id, fold, read FROM ({CARRIED}))
                 SELECT f.folder, total(read = 0), count(*),
                        count(DISTINCT iif(read, NULL, t.id)), count(DISTINCT t.id),
                        count(DISTINCT iif(read, NULL, iif(fold, fold, -t.id))),
                        count(DISTINCT iif(fold, fold, -t.id))
                 FROM listed t JOIN feed f ON f.id = t.feed_id
                 WHERE f.subscribed = 1 AND f.folder != '' GROUP BY f.folder"""
        rows = self._conn.execute(sql)
        return {
            folder: Count(new_ids - int(new), ids - every, new_ids - new_stories, ids - stories)
            for folder, new, every, new_ids, ids, new_stories, stories in rows
        }
