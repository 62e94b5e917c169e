"""Lists of articles: the ids of a view, the columns of its visible rows, and the sidebar's counts."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from tuireader.commands.sorts import TO_DO_ORDER, check_sort
from tuireader.model import ArticleRow, Count, Counts, FoldedRows, UnreadRows, View, ViewKind
from tuireader.model.articles import NO_DETAIL
from tuireader.store.compression import Compression, Stored, UnreadableText
from tuireader.store.lists.conditions import of_feeds
from tuireader.store.lists.first_page import COLUMNS, details_of, line_values, subscribed
from tuireader.store.lists.stories import CARRIED, Stories
from tuireader.store.sql import FEED_TITLE, Part, grouped, id_list, number_list
from tuireader.store.watches.cases import FIRST_OPEN, OPEN, Cases
from tuireader.text.durations import WEEK

NEWS = WEEK
"""Maximum age of news in seconds; older arrivals are the back catalogue of a new feed."""

_NEWEST = """SELECT id, coalesce((SELECT max(time) FROM article WHERE feed_id = feed.id), 0)
             FROM feed WHERE subscribed"""
_ORDER = {
    "date": "a.time DESC, a.id DESC",
    "oldest": "a.time, a.id",
    "feed": f"{FEED_TITLE} COLLATE NOCASE, a.feed_id, a.time DESC, a.id DESC",
    "title": "a.title COLLATE NOCASE, a.time DESC, a.id DESC",
    "watch": "h.first IS NULL, h.first, a.time DESC, a.id DESC",
    TO_DO_ORDER: "h.first IS NULL, h.first, h.watch, a.time, a.id",
    "sources": "a.sources + coalesce(s.others, 0) DESC, a.time DESC, a.id DESC",
}
_BESIDE = {  # joins that an order requires
    "feed": " JOIN feed f ON f.id = a.feed_id",
    "watch": """ LEFT JOIN (SELECT m.article_id, min(w.position) AS first FROM match m
                JOIN watch w ON w.id = m.watch_id GROUP BY m.article_id) h ON h.article_id = a.id""",
    TO_DO_ORDER: f" LEFT JOIN ({FIRST_OPEN}) h ON h.article_id = a.id",
    "sources": """ LEFT JOIN (SELECT fold, count(*) - 1 AS others FROM article
                WHERE fold != 0 AND muted = 0 GROUP BY fold) s ON s.fold = a.fold""",
}

_NAMED = {  # SQL for the articles of watches and labels `n`
    ViewKind.WATCH: "SELECT m.article_id FROM match m JOIN watch n ON n.id = m.watch_id",
    ViewKind.LABEL: "SELECT x.article_id FROM article_label x JOIN label n ON n.id = x.label_id",
}
_FEEDS = {  # SQL for the folder and the account of feed `f`
    ViewKind.FOLDER: "f.folder",
    ViewKind.ACCOUNT: "(SELECT name FROM account WHERE id = f.account_id)",
}
_NONE = Count()


class Lists(Part):
    """Light queries, which read no texts and filter nothing in Python. No view contains muted articles."""

    _cases: Cases
    _compression: Compression
    _stories: Stories

    def ids(self, view: View, *, show_read: bool = True, sort: str = "date", today: int = 0) -> array[int]:
        """Return the sorted ids of a view other than QUERY; `today` is when the user's day began."""
        check_sort(sort, _ORDER)
        where, args = self._where(view, today, show_read)
        sql = f"SELECT a.id FROM article a{_BESIDE.get(sort, '')} WHERE {where} ORDER BY {_ORDER[sort]}"
        return array("q", chain.from_iterable(self._conn.execute(sql, args)))

    def sorted_ids(self, ids: Sequence[int], sort: str) -> array[int]:
        check_sort(sort, _ORDER)
        sql = f"""SELECT a.id FROM json_each(?) j JOIN article a ON a.id = j.value{_BESIDE.get(sort, "")}
                  ORDER BY {_ORDER[sort]}"""
        return array("q", chain.from_iterable(self._conn.execute(sql, (id_list(ids),))))

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
        """Return the first `limit` ids of a view, newest first, and whether these are all.

        With `folded`, one article stands for each story, the same one as when all ids are folded.
        """
        where, args = self._where(view, today, show_read)
        order = f"ORDER BY {_ORDER['date']}"
        ids = array(
            "q", self._column(f"SELECT a.id FROM article a WHERE {where} {order} LIMIT {limit}", args)
        )
        complete = len(ids) < limit
        if not folded:
            return ids, complete
        others = self._conn.execute(  # an unread article below may represent a story that is read up here
            f"""SELECT a.id FROM article a WHERE a.fold != 0 AND a.fold IN
                (SELECT fold FROM article WHERE id IN ({number_list(ids)})) AND {where} {order}""",
            args,
        )
        first = set(ids)
        ids.extend(other for (other,) in others if other not in first)
        return array("q", filter(first.__contains__, self._stories.fold(ids, languages=languages))), complete

    def still_unread(
        self, view: View, article_id: int, today: int, languages: Sequence[str] = ()
    ) -> int | None:
        """Return the next unread article of a view in the story of a read one, or None."""
        where, args = self._where(view, today)
        sql = f"""SELECT a.id FROM article a WHERE a.fold != 0 AND a.id != ? AND a.read = 0
                  AND a.fold = (SELECT fold FROM article WHERE id = ?) AND {where}
                  ORDER BY {_ORDER["date"]}"""
        others = self._column(sql, (article_id, article_id, *args))
        return next(iter(self._stories.fold(others, languages=languages)), None)

    def rows(
        self, ids: Sequence[int], languages: Sequence[str] = (), *, details: bool = False
    ) -> list[ArticleRow]:
        """Read the list rows of articles, in the given order; missing ids are left out.

        The languages of a story come in the order of `languages`; `details` are the second lines of rows.
        """
        wanted = number_list(ids)
        sql = f"""SELECT m.article_id, w.name, m.until FROM match m JOIN watch w ON w.id = m.watch_id
                  WHERE m.until != 0 AND m.article_id IN ({wanted}) ORDER BY w.position"""
        ended = self._conn.execute(sql)
        former = grouped((article_id, (name, until)) for article_id, name, until in ended)
        rows = self._named(f"SELECT {COLUMNS} FROM article a WHERE id IN ({wanted})").fetchall()
        detail = details_of(self._conn, ids, self._beginning) if details else {}
        by_id = {
            values["id"]: ArticleRow(
                **values,
                former=former.get(values["id"], ()),
                detail=detail.get(values["id"], NO_DETAIL),
            )
            for values in line_values(self._conn, rows, languages, sized=True)
        }
        return [by_id[article_id] for article_id in ids if article_id in by_id]

    def _beginning(self, stored: Stored) -> str:
        try:
            return self._compression.decompress(stored)
        except UnreadableText:
            return ""  # opening the article reports it

    def behind(self, rows: FoldedRows, ids: Sequence[int], today: int) -> list[int]:
        """Return the articles of the view that rows with these ids stand for, other than unfolded rows."""
        where, args = self._where(rows.view, today)
        sql = f"""SELECT a.id, a.read FROM article a WHERE a.fold != 0
                  AND a.fold IN (SELECT value FROM json_each(?)) AND a.id <= ? AND {where}"""
        folds = id_list(self._stories.folds(ids) - rows.opened)
        found = self._conn.execute(sql, (folds, rows.newest, *args))
        return [key for key, read in found if not read or rows.kept is None or key in rows.kept]

    def unread_in(self, rows: FoldedRows, ids: Sequence[int], today: int) -> list[int]:
        """Return the unread articles of the view that rows with these ids stand for."""
        unread = self.ids(rows.view, show_read=False, today=today)
        listed, folds, fold_of = set(ids), self._stories.folds(ids), self._stories.fold_of(unread)
        known = (article_id for article_id in unread if article_id <= rows.newest)
        return [key for key in known if key in listed or fold_of.get(key) in folds]

    def unread_rows(self, ids: Sequence[int]) -> tuple[UnreadRows, UnreadRows]:
        """Count the rows of unread articles, also without rows on a watch, starred or labelled."""
        listed, fold_of = id_list(ids), self._stories.fold_of(ids)

        def folds(articles: str) -> set[int]:
            hits = self._column(f"SELECT {articles} IN (SELECT value FROM json_each(?))", (listed,))
            return {fold_of.get(article_id, -article_id) for article_id in hits}

        every = {fold_of.get(article_id, -article_id) for article_id in ids}
        watched = folds("article_id FROM match WHERE article_id")
        spared = watched | folds("article_id FROM article_label WHERE article_id")
        spared |= folds("id FROM article WHERE starred = 1 AND +id")  # by the index of the few starred ones
        rest = [article_id for article_id in ids if fold_of.get(article_id, -article_id) not in spared]
        return UnreadRows(ids, len(every), len(watched)), UnreadRows(rest, len(every - spared))

    def unread_of(self, ids: Sequence[int]) -> array[int]:
        sql = "SELECT id FROM article WHERE read = 0 AND id IN (SELECT value FROM json_each(?))"
        unread = set(self._column(sql, (id_list(ids),)))
        return array("q", (article_id for article_id in ids if article_id in unread))

    def counts(self, today: int) -> Counts:
        """Count the articles of all views; `today` is when the user's day began.

        Totals come from covering indexes, unread counts from partial ones.
        """
        feeds = self._in_feeds()
        accounts = self._column("SELECT name FROM account WHERE listed")
        return Counts(
            today=self.count(View(ViewKind.TODAY), today),
            unread=self.count(View(ViewKind.UNREAD)),
            starred=self.count(View(ViewKind.STARRED)),
            all=self.count(View(ViewKind.ALL)),
            muted=self._count("a.muted = 1", ()),
            to_do=self.count(View(ViewKind.TO_DO)) if self._cases.in_use() else None,
            feeds=feeds,
            folders=self._in_folders(feeds),
            watches=self.watches(),
            labels=self._of_names("label", "key", "article_label", "label_id"),
            newest=self._mapping(_NEWEST),
            accounts={name: self.count(View(ViewKind.ACCOUNT, name)) for name in accounts},
        )

    def _in_feeds(self) -> dict[int, Count]:
        every = "SELECT feed_id, count(*) FROM article WHERE"
        totals = self._mapping(f"{every} muted = 0 GROUP BY feed_id")
        unread = self._mapping(f"{every} read = 0 AND muted = 0 GROUP BY feed_id")
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
        """Add up the feeds of each folder, with shared articles counted once."""
        counts: dict[str, Count] = {}
        twice = self._stories.twice_in_folders()
        for feed_id, folder in self._conn.execute(
            "SELECT id, folder FROM feed WHERE subscribed AND folder != ''"
        ):
            feed, so_far = feeds.get(feed_id, _NONE), counts.get(folder, twice.get(folder, _NONE))
            counts[folder] = replace(
                so_far, unread=so_far.unread + feed.unread, total=so_far.total + feed.total
            )
        return counts

    def watches(self) -> dict[str, Count]:
        return self._of_names("watch", "position", "match", "watch_id")

    def _of_names(self, table: str, order: str, articles: str, key: str) -> dict[str, Count]:
        """Count the articles of watches or labels by name, including those without articles."""
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
        """Count the articles of a view; `today` is when the user's day began."""
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
            case ViewKind.TO_DO:
                return f"a.id IN ({OPEN})", []
            case ViewKind.STARRED:
                return "a.starred = 1", []
            case ViewKind.ALL:
                return f"1{self._only_subscribed() if view.key else ''}", []
            case ViewKind.WATCH | ViewKind.LABEL:
                return f"a.id IN ({_NAMED[view.kind]} WHERE n.name = ?)", [view.key]
            case ViewKind.GROUP:
                names = "SELECT value FROM json_each(?)"
                return f"a.id IN ({_NAMED[ViewKind.WATCH]} WHERE n.name IN ({names}))", [view.key]
            case ViewKind.FEED:
                return of_feeds([int(view.key)]), []
            case ViewKind.FOLDER | ViewKind.ACCOUNT:
                sql = f"SELECT f.id FROM feed f WHERE f.subscribed AND {_FEEDS[view.kind]} = ?"
                return of_feeds(self._column(sql, (view.key,))), []
            case ViewKind.NEW:  # without the back catalogue of a new feed
                return f"a.id > ? AND a.time > a.arrived - {NEWS}{self._only_subscribed()}", [int(view.key)]
            case ViewKind.QUERY:
                raise ValueError("expressions are evaluated by Search")

    def _only_subscribed(self) -> str:
        followed = subscribed(self._conn)
        return f" AND {followed}" if followed else ""
