"""The text of a watched page and the article of its change are stored together, or neither."""

from __future__ import annotations

from itertools import combinations

import pytest
from msgspec.structs import replace

from tests import builders
from tests.builders import NOW, entry
from tuireader.ingest import page_watch
from tuireader.model import ParsedFeed
from tuireader.store import Store

PAGE = ParsedFeed(title="Pier", site_url="https://site.example/pier", page_text="Last ferry 22:40\nTickets")


class Killed(Exception):
    pass


def save(store: Store, parsed: ParsedFeed, select: str = "", *, killed: bool = False) -> list[str]:
    with store.transaction():
        saved = page_watch.save(store, 1, parsed, select, NOW)
        store.index.add_new(saved.new)
        if killed:
            raise Killed
    return [text.title for text in saved.new]


def test_a_kill_between_text_and_article_loses_and_doubles_nothing(store: Store) -> None:
    assert save(store, PAGE) == ["Pier is watched for changes from now on"]
    changed = replace(PAGE, page_text="Last ferry 23:10\nTickets")
    with pytest.raises(Killed):
        save(store, changed, killed=True)
    assert store.snapshots.get(1) == ("", PAGE.page_text)
    assert save(store, changed) == ["Pier changed (+1 −1 lines): Last ferry 23:10"]
    assert save(store, changed) == [] and store.snapshots.get(1) == ("", changed.page_text)


def test_no_change_is_in_a_story_with_another_of_its_page(store: Store) -> None:
    for time in ("22:40", "23:10", "23:40"):
        save(store, replace(PAGE, page_text=f"Last ferry {time}"))
        builders.save(store, 2, entry(int(time[:2] + time[3:])))
    ids = range(1, 7)
    assert store.relations.split_pairs(ids) == {frozenset(pair) for pair in combinations((1, 3, 5), 2)}
    with store.transaction():
        store.relations.keep_apart(6, 2, 1)
    assert [pair for pair in store.relations.split_pairs(ids) if 6 in pair] == [frozenset((4, 6))]


def test_the_words_of_a_change_can_be_compared(store: Store) -> None:
    save(store, PAGE)
    save(store, replace(PAGE, page_text="Last ferry 23:10\nTickets"))
    article = store.articles.get(2)
    assert (
        article is not None
        and article.url == PAGE.site_url
        and "<del>Last ferry 22:40</del>" in article.shown[0]
    )
    assert "22:40" not in article.html
    assert [version.text for version in store.revisions.versions(2)] == [
        "Last ferry 23:10",
        "Last ferry 22:40",
    ]
