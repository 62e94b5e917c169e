"""Every list, number and folded story of random libraries is what a model in memory says."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import NOW, create_database, entry, open_store
from tuireader.config import FeedConfig
from tuireader.model import Count, Evidence, FoldedRows, Story, View, ViewKind
from tuireader.store import Store
from tuireader.store.lists.lists import NEWS
from tuireader.text.wording import rows_and_articles

FOLDERS = {1: "News", 2: "News", 3: "Law", 4: ""}
LEFT = 3
"""The feed that is not followed any more, if any."""
LANGUAGES = ("en", "zh", "de", "")
TODAY = NOW - 5_000


@dataclass
class Item:
    """What a list shows of an article; `feeds` carry it, the first of them owns it."""

    id: int
    feeds: list[int]
    time: int
    arrived: int
    read: bool
    starred: bool
    muted: bool
    language: str
    story: int = 0
    watches: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)

    @property
    def line(self) -> int:
        """What it folds to."""
        return self.story or -self.id


class Shelf:
    """A store and its model."""

    def __init__(self, folder: Path, seed: int) -> None:
        create_database(folder / "test.db")
        self.store, dice = Store.open(folder / "test.db"), Random(seed)
        self.followed = set(FOLDERS) - ({LEFT} if seed % 2 else set())
        feeds = [
            FeedConfig(f"https://f{feed}.example/rss", f"F{feed}", name) for feed, name in FOLDERS.items()
        ]
        self.items: dict[int, Item] = {}
        self.titles: dict[int, str] = {}
        with self.store.transaction():
            self.store.feeds.sync(feeds)
            self.store.watches.sync([("W", "1"), ("V", "2")])
            for number in range(30):
                self._add(number, dice)
            ids = [*self.items]
            for _ in range(5):
                self._join(dice.sample(ids, 3))
            for name in ("W", "V"):
                hits = [item for item in self.items.values() if dice.random() < 0.3]
                self.store.watches.record([(item.id, Evidence(name)) for item in hits], NOW)
                self.store.marks.label(name.lower(), [item.id for item in hits[::2]], True, now=NOW)
                for item in hits:
                    item.watches.add(name)
                for item in hits[::2]:
                    item.labels.add(name.lower())
            self.store.feeds.sync([feed for number, feed in enumerate(feeds, 1) if number in self.followed])

    def _add(self, number: int, dice: Random) -> None:
        feeds = dice.sample(list(FOLDERS), dice.choice([1, 1, 1, 2, 3]))
        time = NOW - dice.choice([0, 1_000, TODAY and 5_000, 5_001, 90_000, NEWS - 1, NEWS, 2 * NEWS])
        for feed in feeds:
            new = self.store.entries.save(
                feed, [entry(number, guid=f"{feed} {number}", published=time)], NOW
            ).new
            if new:
                (text,) = new
        item = Item(
            text.id, feeds, time, NOW, read=dice.random() < 0.5, starred=dice.random() < 0.3,
            muted=dice.random() < 0.15, language=dice.choice(LANGUAGES),
        )  # fmt: skip
        sql = "UPDATE article SET read = ?, starred = ?, muted = ?, language = ? WHERE id = ?"
        self.store.conn.execute(sql, (item.read, item.starred, item.muted, item.language, item.id))
        self.items[item.id] = item
        self.titles[item.id] = text.title

    def _join(self, ids: Sequence[int]) -> None:
        free = [number for number in ids if not self.items[number].story]
        for number in free if len(free) > 1 else ():
            self.items[number].story = free[0]
            self.store.conn.execute(
                "UPDATE article SET story = ?1, fold = ?1 WHERE id = ?2", (free[0], number)
            )

    def listed(self, fits: Callable[[Item], bool]) -> list[Item]:
        """The visible articles of a kind, newest first."""
        items = [item for item in self.items.values() if not item.muted and fits(item)]
        return sorted(items, key=lambda item: (-item.time, -item.id))

    def title(self, item: Item) -> str:
        return self.titles[item.id]

    def is_followed(self, item: Item) -> bool:
        return not self.followed.isdisjoint(item.feeds)

    def views(self) -> dict[View, list[Item]]:
        """What each view has."""
        middle = sorted(self.items)[10]
        kinds: dict[View, Callable[[Item], bool]] = {
            View(ViewKind.ALL): lambda item: True,
            View(ViewKind.ALL, "subscribed"): self.is_followed,
            View(ViewKind.TODAY): lambda item: item.time >= TODAY and self.is_followed(item),
            View(ViewKind.UNREAD): lambda item: not item.read and self.is_followed(item),
            View(ViewKind.STARRED): lambda item: item.starred,
            View(ViewKind.NEW, f"{middle}"): lambda item: (
                item.id > middle and item.time > item.arrived - NEWS and self.is_followed(item)
            ),
            View(ViewKind.WATCH, "W"): lambda item: "W" in item.watches,
            View(ViewKind.LABEL, "v"): lambda item: "v" in item.labels,
            View(ViewKind.LABEL, "none"): lambda item: False,
            View(ViewKind.FEED, "2"): lambda item: 2 in item.feeds,
            View(ViewKind.FOLDER, "News"): lambda item: not {1, 2}.isdisjoint(item.feeds),
            View(ViewKind.FOLDER, "Law"): lambda item: 3 in item.feeds and 3 in self.followed,
        }
        return {view: self.listed(fits) for view, fits in kinds.items()}


def count(items: Iterable[Item]) -> Count:
    every = list(items)
    unread = [item for item in every if not item.read]
    behind = [len(some) - len({item.line for item in some}) for some in (unread, every)]
    return Count(len(unread), len(every), *behind)


def leads(items: Sequence[Item], languages: Sequence[str]) -> set[int]:
    """The articles that stand for their stories: unread watched, else unread, in the best language."""
    best: dict[int, Item] = {}
    spoken = {
        line: {item.language for item in items if item.line == line} for line in {item.line for item in items}
    }
    order = [*languages]

    def rank(item: Item) -> tuple[bool, bool, int, int]:
        place = order.index(item.language) if item.language in order else len(order)
        place = place if len(spoken[item.line]) > 1 else 0
        return (item.read or not item.watches, item.read, place, items.index(item))

    for item in items:
        if item.line not in best or rank(item) < rank(best[item.line]):
            best[item.line] = item
    return {item.id for item in best.values()}


def ids_of(story: Story) -> list[int]:
    assert (
        story.entries[0].lag == 0 and story.entries[-1].lag == story.entries[-1].time - story.entries[0].time
    )
    return [report.article_id for report in story.entries]


def ids(items: Iterable[Item]) -> list[int]:
    return [item.id for item in items]


@pytest.fixture(scope="module", params=range(3))
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A library, the same for all tests."""
    shelf = Shelf(tmp_path_factory.mktemp("views"), request.param)
    yield shelf
    shelf.store.close()


def test_lists_and_their_numbers(shelf: Shelf) -> None:
    lists, stories = shelf.store.lists, shelf.store.stories
    for view, items in shelf.views().items():
        options = {"today": TODAY}
        assert list(lists.ids(view, today=TODAY)) == ids(items), view
        assert list(lists.ids(view, today=TODAY, sort="oldest")) == ids(items)[::-1], view
        unread = [item for item in items if not item.read]
        assert list(lists.ids(view, today=TODAY, show_read=False)) == ids(unread), view
        assert lists.count(view, **options) == count(items), view
        for languages in ((), ("zh", "de")):
            lines = leads(items, languages)
            folded = [item.id for item in items if item.id in lines]
            assert list(stories.fold(ids(items), languages=languages)) == folded, (view, languages)
            for limit in (4, len(items) + 1):
                first, complete = lists.first_ids(
                    view, show_read=True, today=TODAY, limit=limit, folded=True, languages=languages
                )
                assert list(first) == [number for number in folded if number in ids(items)[:limit]], view
                assert complete is (limit > len(items))
        for item in items:
            if item.read and item.story:
                same = [other for other in unread if other.story == item.story]
                expected = next((other.id for other in same if other.id in leads(same, ())), None)
                assert lists.still_unread(view, item.id, TODAY) == expected, view


def test_every_order_and_the_rows_in_it(shelf: Shelf) -> None:
    lists, items = shelf.store.lists, shelf.listed(lambda item: True)
    sizes = Counter(item.story for item in items if item.story)
    places = {"W": 0, "V": 1}
    keys: dict[str, Callable[[Item], Any]] = {
        "feed": lambda item: item.feeds[0],
        "title": lambda item: shelf.title(item),
        "watch": lambda item: min((places[name] for name in item.watches), default=2),
        "sources": lambda item: -len(item.feeds) - max(0, sizes[item.story] - 1),
    }
    for sort, key in keys.items():
        expected = ids(sorted(items, key=key))
        assert list(lists.ids(View(ViewKind.ALL), sort=sort)) == expected, sort
        assert list(lists.sorted_ids(sorted(expected), sort)) == expected, sort
        assert [row.id for row in lists.rows([*expected, 999])] == expected
    for row in lists.rows(ids(items)):
        item = shelf.items[row.id]
        assert (row.title, row.read, row.starred) == (shelf.title(item), item.read, item.starred)
        assert (row.fold, row.fold_size) == (item.story, sizes[item.story] if item.story else 1)
    unread = [item.id for item in items if not item.read]
    first, complete = lists.first_ids(View(ViewKind.ALL), show_read=False, today=0, limit=3)
    assert (list(first), complete) == (unread[:3], len(unread) < 3)
    assert list(lists.unread_of(ids(items)[::-1])) == unread[::-1]


def test_the_numbers_of_the_sidebar(shelf: Shelf) -> None:
    views, counts = shelf.views(), shelf.store.lists.counts(TODAY)
    assert counts.today == count(views[View(ViewKind.TODAY)])
    assert counts.unread == count(views[View(ViewKind.UNREAD)])
    assert counts.starred == count(views[View(ViewKind.STARRED)])
    assert counts.all == count(views[View(ViewKind.ALL)])
    assert counts.muted == sum(item.muted for item in shelf.items.values())
    for feed in FOLDERS:
        items = [item for item in views[View(ViewKind.ALL)] if feed in item.feeds]
        assert counts.feeds.get(feed, Count()) == count(items), feed
    assert counts.folders["News"] == count(views[View(ViewKind.FOLDER, "News")])
    assert counts.folders.get("Law", Count()) == count(views[View(ViewKind.FOLDER, "Law")])
    assert counts.watches["W"] == count(views[View(ViewKind.WATCH, "W")])
    assert counts.labels["v"] == count(views[View(ViewKind.LABEL, "v")])


def test_a_list_is_marked_and_nothing_else(shelf: Shelf) -> None:
    """Also while a refresh adds articles: those above `newest` are not in the list yet."""
    lists, marks, dice = shelf.store.lists, shelf.store.marks, Random(len(shelf.followed))
    for view, items in shelf.views().items():
        newest = dice.choice([max(shelf.items), dice.choice([*shelf.items])])
        known = [item for item in items if item.id <= newest]
        unread = [item for item in known if not item.read]
        found = lists.unread_in(FoldedRows(view, newest), sorted(leads(known, ())), TODAY)
        assert found == list(lists.unread_of(ids(known))) == ids(unread), view
        watched = {item.line for item in unread if item.watches}
        spared = watched | {item.line for item in unread if item.starred or item.labels}
        lines = {item.line for item in unread}
        listed, rest = lists.unread_rows(found)
        assert (listed.ids, listed.rows, listed.watched) == (found, len(lines), len(watched)), view
        assert rest.ids == [item.id for item in unread if item.line not in spared], view
        assert rest.rows == len(lines - spared), view
        before = lists.count(view, TODAY)
        for chosen in (listed, rest):
            with shelf.store.transaction():
                change = marks.set("read", chosen.ids, True, now=NOW)
            assert sorted(change.ids) == sorted(chosen.ids)
            assert change.what == f"{rows_and_articles(chosen.rows, len(chosen.ids))} marked read"
            if chosen.ids:
                now = lists.count(view, TODAY)
                assert before.unread - now.unread == len(chosen.ids), view
                if newest == max(shelf.items):
                    assert before.unread_folded - now.unread_folded == chosen.rows, view
                with shelf.store.transaction():
                    undone = marks.undo(now=NOW)
                assert undone is not None and undone.what == change.what
            assert lists.count(view, TODAY) == before


def test_a_row_is_marked_with_what_it_stands_for(shelf: Shelf) -> None:
    views, lists = shelf.views(), shelf.store.lists
    for view, items in views.items():
        rows = FoldedRows(view, max(shelf.items))
        assert set(lists.behind(rows, [*shelf.items], TODAY)) == {item.id for item in items if item.story}
        for item in (item for item in items if item.story):
            row = {other.id for other in items if other.line == item.line}
            assert set(lists.behind(rows, [item.id], TODAY)) == row, view
            assert lists.behind(replace(rows, opened=frozenset({item.line})), [item.id], TODAY) == []
            kept = {other for other in row if not shelf.items[other].read} | {item.id}
            there = replace(rows, kept=frozenset({item.id}))
            assert set(lists.behind(there, [item.id], TODAY)) == kept


def test_the_articles_of_a_story(shelf: Shelf) -> None:
    stories, items = shelf.store.stories, shelf.listed(lambda item: True)
    for number in {item.story for item in items}:
        same = [item for item in items if item.story == number and number]
        assert stories.members(number) == ids(same)
        line = shelf.store.stories.timeline(number) if number else None
        assert (ids_of(line) if line else []) == (ids(same)[::-1] if len(same) > 1 else [])
        if len(same) > 1:
            (row,) = shelf.store.lists.rows([same[0].id])
            assert row.fold_size == len(same)
            assert set(row.fold_languages) == {item.language for item in same} - {""}
            opened = list(stories.fold(ids(items), [number]))
            start = opened.index(next(one for one in opened if shelf.items[one].story == number))
            assert set(opened[start : start + len(same)]) == set(ids(same))
    chosen = [item for item in shelf.items.values() if item.story][:2]
    others = {item.id for item in shelf.items.values() if item.story in {one.story for one in chosen}} - {
        *ids(chosen)
    }
    spared = {number for number in others if not shelf.items[number].watches}
    assert stories.with_rows(ids(chosen)) == [*ids(chosen), *sorted(spared)]


def test_stories_of_more_articles_than_a_statement_can_name_are_counted(tmp_path: Path) -> None:
    """SQLite takes statements of at most a million bytes."""
    with closing(open_store(tmp_path)) as store:
        store.conn.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 10_000)
        ids = range(1, 20_000)
        assert (store.stories.count(ids), store.stories.count_folded(ids)) == (0, len(ids))
