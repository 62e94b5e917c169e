"""Lists of articles: the ids of a view, the columns of its visible rows, and the sidebar's counts."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from tuireader.commands.sorts import check_sort
from tuireader.model import ArticleRow, Count, Counts, View, ViewKind
from tuireader.store.lists.conditions import of_feeds
from tuireader.store.lists.first_page import labels_of, story_watches, subscribed
from tuireader.store.lists.stories import CARRIED, Stories
from tuireader.store.sql import FEED_TITLE, Part, grouped, id_list, number_list, uncertain_watches, watches_of
from tuireader.text.durations import WEEK

NEWS = WEEK
"""Maximum age of news in seconds; older arrivals are the back catalogue of a new feed."""

_ORDER = {
    "date": "a.time DESC, a.id DESC",
    "oldest": "a.time, a.id",
    "feed": f"{FEED_TITLE} COLLATE NOCASE, a.feed_id, a.time DESC, a.id DESC",
    "title": "a.title COLLATE NOCASE, a.time DESC, a.id DESC",
    "watch": "h.first IS NULL, h.first, a.time DESC, a.id DESC",
    "sources": "a.sources + coalesce(s.others, 0) DESC, a.time DESC, a.id DESC",
}
_BESIDE = {  # joins that an order requires
    "feed": " JOIN feed f ON f.id = a.feed_id",
    "watch": """ LEFT JOIN (SELECT m.article_id, min(w.position) AS first FROM match m
                JOIN watch w ON w.id = m.watch_id GROUP BY m.article_id) h ON h.article_id = a.id""",
    "sources": """ LEFT JOIN (SELECT story, count(*) - 1 AS others FROM article
                WHERE story != 0 AND muted = 0 GROUP BY story) s ON s.story = a.story""",
}

_NONE = Count()
_ALONE: tuple[int, tuple[str, ...]] = (1, ())  # an article without a story


class Lists(Part):
    """Light queries only, without texts and filtering in Python. No view contains muted articles."""

    _stories: Stories

    def ids(self, view: View, *, show_read: bool = True, sort: str = "date", today: int = 0) -> array[int]:
        """Return the sorted ids of a view other than QUERY; `today` is when the user's day began."""
        check_sort(sort)
        where, args = self._where(view, today, show_read)
        ids = self._conn.execute(
            f"SELECT a.id FROM article a{_BESIDE.get(sort, '')} WHERE {where} ORDER BY {_ORDER[sort]}",
            args,
        )
        return array("q", chain.from_iterable(ids))

    def sorted_ids(self, ids: Sequence[int], sort: str) -> array[int]:
        """Return the ids of some articles, sorted as in `ids`."""
        check_sort(sort)
        rows = self._conn.execute(
            f"""SELECT a.id FROM json_each(?) j JOIN article a ON a.id = j.value{_BESIDE.get(sort, "")}
                ORDER BY {_ORDER[sort]}""",
            (id_list(ids),),
        )
        return array("q", chain.from_iterable(rows))

    def first_ids(
        self,
        view: View,
        *,
        show_read: bool,
        today: int,
        limit: int,
        folded: bool = False,
        languages: Sequence[str] = (),
    ) -> tuple[array[int], bool]:
        """Return the first ids of a view, newest first, and whether these are all.

        With `folded`, return one article for each story, the same one as when all ids are folded.
        """
        where, args = self._where(view, today, show_read)
        order = f"ORDER BY {_ORDER['date']}"
        found = self._conn.execute(f"SELECT a.id FROM article a WHERE {where} {order} LIMIT {limit}", args)
        ids = array("q", chain.from_iterable(found))
        whole = len(ids) < limit
        if not folded:
            return ids, whole
        others = self._conn.execute(  # an unread article below may represent a story that is read up here
            f"""SELECT a.id FROM article a WHERE a.story != 0 AND a.story IN
                (SELECT story FROM article WHERE id IN ({number_list(ids)})) AND {where} {order}""",
            args,
        )
        first = set(ids)
        ids.extend(other for (other,) in others if other not in first)
        return array("q", filter(first.__contains__, self._stories.fold(ids, languages=languages))), whole

    def still_unread(
        self, view: View, article_id: int, today: int, languages: Sequence[str] = ()
    ) -> int | None:
        """Return the next unread article of a view in the story of a read one, or None."""
        where, args = self._where(view, today)
        rows = self._conn.execute(
            f"""SELECT a.id FROM article a WHERE a.story != 0 AND a.id != ? AND a.read = 0
                AND a.story = (SELECT story FROM article WHERE id = ?) AND {where}
                ORDER BY {_ORDER["date"]}""",
            (article_id, article_id, *args),
        )
        return next(iter(self._stories.fold([row[0] for row in rows], languages=languages)), None)

    def rows(self, ids: Sequence[int], languages: Sequence[str] = ()) -> list[ArticleRow]:
        """Return the list rows of some articles, in the given order; missing ids are left out.

        The languages of a story come in the order of `languages`.
        """
        wanted = number_list(ids)
        watches = watches_of(self._conn, ids)
        ended = self._conn.execute(
            f"""SELECT m.article_id, w.name, m.until FROM match m JOIN watch w ON w.id = m.watch_id
                WHERE m.until != 0 AND m.article_id IN ({wanted}) ORDER BY w.position"""
        )
        former = grouped((article_id, (name, until)) for article_id, name, until in ended)
        uncertain = uncertain_watches(self._conn, ids)
        rows = self._conn.execute(
            f"""SELECT id, feed_id, title, time, read, starred, edited, sources, url, author, story, language
                FROM article WHERE id IN ({wanted})"""
        ).fetchall()
        labels = labels_of(self._conn, ids)
        stories = {row[10] for row in rows if row[10]}
        sizes, hits = self._stories.sizes(stories, languages), story_watches(self._conn, stories)
        found = {
            row[0]: ArticleRow(
                id=row[0],
                feed_id=row[1],
                title=row[2],
                time=row[3],
                read=bool(row[4]),
                starred=bool(row[5]),
                edited=bool(row[6]),
                sources=row[7],
                url=row[8],
                author=row[9],
                watches=watches.get(row[0], ()),
                story=row[10] if sizes.get(row[10], _ALONE)[0] > 1 else 0,
                story_watches=hits.get(row[10], ()),
                story_size=max(1, sizes.get(row[10], _ALONE)[0]),
                story_languages=sizes.get(row[10], _ALONE)[1],
                language=row[11],
                labels=labels.get(row[0], ()),
                former=former.get(row[0], ()),
                uncertain=uncertain.get(row[0], ()),
            )
            for row in rows
        }
        return [found[article_id] for article_id in ids if article_id in found]

    def unread_of(self, ids: Sequence[int]) -> array[int]:
        """Return the unread articles among the given ones, in the same order."""
        unread = set(
            self._column(
                "SELECT id FROM article WHERE read = 0 AND id IN (SELECT value FROM json_each(?))",
                (id_list(ids),),
            )
        )
        return array("q", (article_id for article_id in ids if article_id in unread))

    def counts(self, today: int) -> Counts:
        """Return the counts of all views; `today` is when the user's day began.

        Totals come from covering indexes, unread counts from partial ones.
        """
        feeds = self._in_feeds()
        return Counts(
            today=self.count(View(ViewKind.TODAY), today),
            unread=self.count(View(ViewKind.UNREAD)),
            starred=self.count(View(ViewKind.STARRED)),
            all=self.count(View(ViewKind.ALL)),
            muted=self._count("a.muted = 1", ()),
            feeds=feeds,
            folders=self._in_folders(feeds),
            watches=self.watches(),
            labels=self._of_names("label", "key", "article_label", "label_id"),
            accounts={name: self.count(View(ViewKind.ACCOUNT, name)) for name in self._accounts()},
        )

    def _accounts(self) -> list[str]:
        return self._column("SELECT name FROM account WHERE listed")

    def _in_feeds(self) -> dict[int, Count]:
        every = "SELECT feed_id, count(*) FROM article WHERE"
        totals = dict(self._conn.execute(f"{every} muted = 0 GROUP BY feed_id"))
        unread = dict(self._conn.execute(f"{every} read = 0 AND muted = 0 GROUP BY feed_id"))
        for feed_id, more, more_unread in self._conn.execute(
            f"SELECT feed_id, count(*), sum(read = 0) FROM ({CARRIED}) GROUP BY feed_id"
        ):
            totals[feed_id] = totals.get(feed_id, 0) + more
            unread[feed_id] = unread.get(feed_id, 0) + more_unread
        behind = self._stories.behind_in_feeds()
        return {
            feed_id: Count(unread.get(feed_id, 0), total, *behind.get(feed_id, (0, 0)))
            for feed_id, total in totals.items()
        }

    def _in_folders(self, feeds: Mapping[int, Count]) -> dict[str, Count]:
        """Return the counts of folders: the sums of their feeds, with shared articles counted once."""
        found: dict[str, Count] = {}
        twice = self._stories.twice_in_folders()
        for feed_id, folder in self._conn.execute(
            "SELECT id, folder FROM feed WHERE subscribed AND folder != ''"
        ):
            one, so_far = feeds.get(feed_id, _NONE), found.get(folder, twice.get(folder, _NONE))
            found[folder] = replace(so_far, unread=so_far.unread + one.unread, total=so_far.total + one.total)
        return found

    def watches(self) -> dict[str, Count]:
        """Return the counts of the watches by name."""
        return self._of_names("watch", "position", "match", "watch_id")

    def _of_names(self, table: str, order: str, articles: str, key: str) -> dict[str, Count]:
        """Return the counts of watches or labels by name, including those without articles."""
        behind = self._stories.behind_by(articles, key)
        return {
            name: Count(int(unread), total, *behind.get(number, (0, 0)))
            for number, name, total, unread in self._conn.execute(
                f"""SELECT n.id, n.name, count(a.id), total(a.read = 0)
                    FROM {table} n LEFT JOIN {articles} x ON x.{key} = n.id
                    LEFT JOIN article a ON a.id = x.article_id AND a.muted = 0
                    GROUP BY n.id ORDER BY n.{order}"""
            )
        }

    def count(self, view: View, today: int = 0) -> Count:
        """Return the counts of a view; `today` is when the user's day began."""
        where, args = self._where(view, today)
        unread = self._count(f"{where} AND a.read = 0", args)
        total = unread if view.kind is ViewKind.UNREAD else self._count(where, args)
        return Count(unread, total, *self._stories.behind(where, args))

    def _count(self, where: str, args: Sequence[object]) -> int:
        return int(self._value(f"SELECT count(*) FROM article a WHERE {where}", args))

    def _where(self, view: View, today: int, show_read: bool = True) -> tuple[str, list[object]]:
        where, args = self._in_view(view, today)
        return f"a.muted = 0 AND {where}{'' if show_read else ' AND a.read = 0'}", args

    def _in_view(self, view: View, today: int) -> tuple[str, list[object]]:
        match view.kind:
            case ViewKind.TODAY:
                return f"a.time >= ?{self._only_subscribed()}", [today]
            case ViewKind.UNREAD:
                return f"a.read = 0{self._only_subscribed()}", []
            case ViewKind.STARRED:
                return "a.starred = 1", []
            case ViewKind.ALL:
                return f"1{self._only_subscribed() if view.key else ''}", []
            case ViewKind.WATCH:
                return (
                    """a.id IN (SELECT m.article_id FROM match m JOIN watch w ON w.id = m.watch_id
                       WHERE w.name = ?)""",
                    [view.key],
                )
            case ViewKind.LABEL:
                return (
                    """a.id IN (SELECT x.article_id FROM article_label x JOIN label l ON l.id = x.label_id
                       WHERE l.name = ?)""",
                    [view.key],
                )
            case ViewKind.FEED:
                return of_feeds([int(view.key)]), []
            case ViewKind.FOLDER:
                feeds = self._column("SELECT id FROM feed WHERE subscribed AND folder = ?", (view.key,))
                return of_feeds(feeds), []
            case ViewKind.ACCOUNT:
                feeds = self._column(
                    """SELECT id FROM feed WHERE subscribed
                       AND account_id = (SELECT id FROM account WHERE name = ?)""",
                    (view.key,),
                )
                return of_feeds(feeds), []
            case ViewKind.NEW:  # without the back catalogue of a new feed
                return f"a.id > ? AND a.time > a.arrived - {NEWS}{self._only_subscribed()}", [int(view.key)]
            case ViewKind.QUERY:
                raise ValueError("expressions are evaluated by Search")

    def _only_subscribed(self) -> str:
        followed = subscribed(self._conn)
        return f" AND {followed}" if followed else ""
