"""Relating in batches that share what they have read."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.builders import NOW, entry, open_store, save
from tuireader import demo, ingest
from tuireader.feeds.parse.parse import parse
from tuireader.model import ParsedFeed
from tuireader.store import Store

NEWS = [
    ("LanternPay buys ticket maker Ferrygate", "LanternPay of Port Quill bought Ferrygate for 40 million."),
    ("Ferrygate bought by LanternPay", "Ferrygate goes to LanternPay of Port Quill for 40 million in cash."),
    ("Storm Ottilie closes the bridge at Norland", "Storm Ottilie closed the Norland bridge for two days."),
    ("Norland bridge closed as storm Ottilie lands", "The Norland bridge is shut: storm Ottilie is ashore."),
]


def fill(folder: Path) -> Store:
    folder.mkdir()
    store = open_store(folder)
    for number, (title, text) in enumerate(NEWS, 1):
        made = entry(number, title=title, content_html=f"<p>{text}</p>", published=NOW - 60 * number)
        save(store, 1 + number % 2, made)
    return store


def relate(store: Store, relater: ingest.Relater, size: int) -> int:
    with store.transaction():
        return relater.step(store, size)


def test_a_step_ends_in_time_after_at_least_one_article(tmp_path: Path) -> None:
    store, relater = fill(tmp_path / "news"), ingest.Relater()
    with store.transaction():
        assert [relater.step(store, 50, 0.0) for _ in range(2)] == [1, 1]
    whole = store.relations.waiting_count()
    assert whole > 1
    assert relate(store, relater, 50) == min(whole, 50)


def test_small_batches_find_the_stories_of_large_ones(tmp_path: Path) -> None:
    found = []
    for size in (1, 50):
        store = fill(tmp_path / str(size))
        relater = ingest.Relater()
        while relate(store, relater, size):
            pass
        found.append(store.relations.stories(range(1, len(NEWS) + 1)))
        store.close()
    assert found[0] == found[1] and found[0][1] == found[0][2] != found[0][3]


def test_a_text_that_another_connection_has_changed_is_read_again(tmp_path: Path) -> None:
    store = fill(tmp_path / "a")
    relater = ingest.Relater()
    relate(store, relater, 3)
    state = store.change_state()
    other = Store.open(store.path, prepare=False)
    with other.transaction():
        other.marks.set("starred", [1], True, now=NOW)
    other.close()
    assert store.change_state() != state
    assert relate(store, relater, 3) == 1
    store.close()


def test_batches_that_share_what_they_read_weigh_articles_as_batches_of_their_own(tmp_path: Path) -> None:
    found, store = [], open_store(tmp_path)
    for number, sample in enumerate(demo.feeds(NOW)[1::2]):
        parsed = parse(sample.body, sample.url, "application/xml")
        assert isinstance(parsed, ParsedFeed)
        save(store, 1 + number % 2, *parsed.entries)
    store.close()
    for name in ("shared", "own"):
        copy = tmp_path / f"{name}.db"
        shutil.copy(store.path, copy)
        store = Store.open(copy)
        relater = ingest.Relater()
        while relate(store, relater, 20):
            relater = relater if name == "shared" else ingest.Relater()
        ids = range(1, store.relations.article_count() + 1)
        found.append([(one.article_id, one.score) for id_ in ids for one in ingest.related(store, id_)])
        store.close()
    assert found[0] == found[1] and len(found[0]) > 40


def test_an_article_leaves_its_later_story_when_its_split_is_undone(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path, 5)
    for number in range(1, 6):
        save(store, number, entry(number))
    relations = store.relations
    with store.transaction():
        for number in (2, 3):
            relations.join(number, 1)
        others = relations.split(2)
        relations.join(2, 5)
        assert sorted(relations.members(5)) == [2, 5]
        relations.unsplit(2, others)
    assert sorted(relations.members(1)) == [1, 2, 3]
    alone = store.conn.execute("SELECT id FROM article WHERE story = 0 ORDER BY id").fetchall()
    assert alone == [(4,), (5,)], "the other article is a story no more"
    store.close()
