"""Reading times follow the texts of articles, and are filled in for those of older versions."""

from __future__ import annotations

from pathlib import Path

from tests.builders import NOW, entry, open_store, save
from tests.store.test_migrations import brought_up, go_back
from tuireader import ingest
from tuireader.ingest import Rules, record_full_text
from tuireader.model import View, ViewKind
from tuireader.store import Store
from tuireader.store.upkeep.older_versions import Missing
from tuireader.store.upkeep.retention import PurgeRule
from tuireader.watch import Matcher

RULES = Rules(Matcher([]), {})


def text(words: int, characters: int = 0) -> str:
    return f"<p>{' '.join(f'word{number}' for number in range(words))}</p><p>{'微信' * (characters // 2)}</p>"


def minutes(store: Store) -> dict[int, int]:
    """The reading times in lists, which are those of articles that are opened."""
    rows = store.lists.rows(store.lists.ids(View(ViewKind.ALL)))
    for row in rows:
        article = store.articles.get(row.id)
        assert article is not None and article.reading_time == row.reading_time
    return {row.id: row.reading_time for row in sorted(rows, key=lambda row: row.id)}


def test_they_follow_edits_full_texts_and_purges(store: Store) -> None:
    save(store, 1, entry(4, content_html="", summary_html=""), entry(3, content_html=text(5)))
    save(store, 1, entry(2, content_html=text(480, 1_000)), entry(1, content_html="", summary_html=text(720)))
    assert minutes(store) == {1: 1, 2: 0, 3: 3, 4: 4}
    save(store, 1, entry(3, content_html=text(2_400)))
    assert minutes(store)[1] == 10
    with store.transaction():
        record_full_text(store, 2, text(1_200), "", RULES, NOW)
    assert minutes(store)[2] == 5
    save(store, 1, entry(4, content_html=text(20)))  # the page still has more
    assert minutes(store) == {1: 10, 2: 5, 3: 3, 4: 4}
    with store.transaction():
        store.retention.drop([1, 2], PurgeRule(keep=0, unread=True))
    assert minutes(store) == {1: 0, 2: 0, 3: 3, 4: 4}
    with store.transaction():
        record_full_text(store, 1, text(480), "", RULES, NOW)
    assert minutes(store)[1] == 2


def test_the_text_of_another_feed_that_is_displayed_is_counted(store: Store) -> None:
    url = "https://feed2.example.org/1"
    save(store, 1, entry(1, url=url, content_html=""))
    assert minutes(store) == {1: 0}
    save(store, 2, entry(1, url=url, content_html=text(480)))
    assert minutes(store) == {1: 2}


def test_what_version_0_3_has_not_begun_to_count_is_left(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, 1, entry(1), entry(2))
    with store.transaction():
        store.conn.execute("DELETE FROM fact WHERE name = ?", (Missing.READING_TIMES,))
        go_back(store.conn, 13)
    store.close()
    store = brought_up(tmp_path / "test.db")
    assert store.older_versions.left(Missing.READING_TIMES) == 2
    store.close()


def test_articles_of_an_older_version_get_theirs_in_small_steps(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, 1, *(entry(n, content_html=text(240 * (n % 4))) for n in range(1, 11)))
    with store.transaction():
        record_full_text(store, 10, text(2_400), "", RULES, NOW)
    known = minutes(store)
    assert set(known.values()) == {0, 1, 2, 3, 10}
    assert store.older_versions.left(Missing.READING_TIMES) == 0  # a new database has no older articles
    with store.transaction():
        go_back(store.conn, 12)
    store.close()
    store = brought_up(tmp_path / "test.db")
    assert set(minutes(store).values()) == {0}
    with store.transaction():
        ingest.Relater().step(store, 100)  # the first articles of this database that are related
    left, steps = store.older_versions.left(Missing.READING_TIMES), 0
    while left:
        with store.transaction():
            left = ingest.fill_in(store, Missing.READING_TIMES, up_to=left, size=4)
        assert left == store.older_versions.left(Missing.READING_TIMES)
        steps += 1
    assert steps == 3 and minutes(store) == known
    store.close()
