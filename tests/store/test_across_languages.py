"""Stories in several languages through the store: rows, reasons, own forms, articles of older versions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import ALL, NOW, applied, entry, item, open_store, opened, refreshed, rss, save
from tests.builders import feeds as subscriptions
from tests.core.test_related_across import FINE, OTHERS
from tests.web import Web
from tuireader import ingest
from tuireader.ingest.relating.relate import relate_changed
from tuireader.related.reading.concepts import bundled
from tuireader.related.reading.features import unpack
from tuireader.related.reading.mentions import language_term, mentions
from tuireader.store import Store
from tuireader.store.upkeep.older_versions import Missing

HOUR, DAY = 3600, 86_400


def relate(store: Store, groups: Sequence[Sequence[str]] = ()) -> None:
    relater, more = ingest.Relater(groups), 1
    while more:
        with store.transaction():
            more = relater.step(store, 50)


def fill(store: Store, told: Sequence[tuple[str, str]], apart: int = HOUR) -> None:
    """Save articles in feeds of their own, ids from 1."""
    for number, (title, text) in enumerate(told, 1):
        made = entry(number, title=title, content_html=f"<p>{text}</p>", published=NOW - DAY + apart * number)
        save(store, number, made)


def shown(store: Store, article: int, groups: Sequence[Sequence[str]] = ()) -> dict[int, str]:
    return {
        one.article_id: one.reason
        for one in ingest.related(store, article, groups)
        if one.article_id is not None
    }


def test_reports_in_six_languages_share_a_row(tmp_path: Path) -> None:
    store = open_store(tmp_path, 9)
    fill(store, [*FINE.values(), *OTHERS.values()])
    relate(store)
    rows = {row.id: row.fold for row in store.lists.rows(list(range(1, 10)))}
    assert {rows[number] for number in range(1, 7)} == {rows[1]} != {0}
    assert rows[7] == rows[8] != rows[1] and rows[9] == 0
    assert store.references.languages([1, 2, 3, 9]) == {1: "en", 2: "zh", 3: "ja", 9: "de"}
    assert shown(store, 2)[1] == "−1 h · shares TikTok, 字节跳动 (ByteDance), 3.45亿"
    assert shown(store, 1).keys() == set(range(2, 7))
    store.close()


def test_reports_of_one_feed_in_two_languages_have_a_row_each(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for number, code in enumerate(("en", "zh"), 1):
        title, text = FINE[code]
        save(store, 1, entry(number, title=title, content_html=text))
    relate(store)
    assert {row.fold for row in store.lists.rows([1, 2])} == {0}
    store.close()


def test_split_reports_stay_apart(tmp_path: Path) -> None:
    store = open_store(tmp_path, 3)
    fill(store, [FINE["en"], FINE["zh"]])
    relate(store)
    with store.transaction():
        store.relations.split(2)
    title, text = FINE["ja"]
    save(store, 3, entry(3, title=title, content_html=text))
    relate(store)
    stories = store.relations.stories([1, 2, 3])
    assert stories[1] != stories[2]
    store.close()


OWN = [
    (
        "Zorblax buys Quibbleton for its recipes",
        "Zorblax buys the kitchen firm Quibbleton, and keeps its 128 cooks.",
    ),
    ("佐布拉收购奎伯顿", "佐布拉宣布收购厨房公司奎伯顿，保留其128名厨师。"),
]


def test_terms_of_a_watch_are_one_name(tmp_path: Path) -> None:
    groups = [["Zorblax", "佐布拉"], ["Quibbleton", "奎伯顿"]]
    store = open_store(tmp_path)
    fill(store, OWN)
    relate(store, groups)
    assert shown(store, 2, groups) == {1: "−1 h · shares 佐布拉 (Zorblax), 奎伯顿 (Quibbleton), 128"}
    assert store.relations.stories([1, 2]) == {1: 1, 2: 1}
    store.close()


def test_without_a_watch_they_are_not(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    fill(store, OWN)
    relate(store)
    assert shown(store, 2) == {}
    store.close()


def test_a_changed_article_is_related_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    fill(store, [FINE["en"], OTHERS["de"]])
    relate(store)
    before = store.relations.term_counts([language_term("de"), language_term("zh")])
    old = store.articles.texts([2])
    title, text = FINE["zh"]
    with store.transaction():
        made = entry(2, title=title, content_html=f"<p>{text}</p>", published=NOW - DAY + 2 * HOUR)
        store.entries.save(2, [made], NOW)
        relate_changed(store, list(zip(old, store.articles.texts([2]), strict=True)))
    assert before == {language_term("de"): (1, 0)}
    after = store.relations.term_counts([language_term("de"), language_term("zh")])
    assert after == {language_term("de"): (0, 0), language_term("zh"): (1, 0)}
    counted = [one.hash for one in mentions(*OTHERS["de"], bundled()).things]
    kept = {one.hash for one in mentions(*FINE["zh"], bundled()).things}
    gone = store.relations.term_counts([number for number in counted if number not in kept])
    assert {articles for articles, _ in gone.values()} <= {0, 1}
    assert store.relations.stories([1, 2]) == {1: 1, 2: 1}
    store.close()


# --------------------------------------------------------------------------- articles of older versions


def forget_names(store: Store, ids: Sequence[int]) -> None:
    """Make profiles as versions without relating across languages stored them."""
    with store.transaction():
        for article, packed in store.relations.packed_profiles(ids):
            profile = unpack(article, packed)
            older = replace(profile, language="", concepts={}).pack()[:-3]
            store.conn.execute("UPDATE profile SET packed = ? WHERE article = ?", (older, article))
            store.conn.execute(
                "UPDATE article SET language = '', story = 0, fold = 0 WHERE id = ?", (article,)
            )
        store.conn.execute("DELETE FROM neighbour")
        store.conn.execute("DELETE FROM term_count")
        store.conn.execute("DELETE FROM fact WHERE name LIKE 'names found%'")


def test_names_in_older_articles_are_found_once(tmp_path: Path) -> None:
    store = open_store(tmp_path, 6)
    fill(store, [*FINE.values()])
    relate(store)
    assert store.older_versions.left(Missing.NAMES) == 0  # a new database has no older articles
    forget_names(store, range(1, 7))
    assert store.older_versions.left(Missing.NAMES) == 6 and shown(store, 2) == {}
    left, since = 6, NOW - DAY + 3 * HOUR
    while left:
        with store.transaction():
            left = ingest.fill_in(store, Missing.NAMES, up_to=left, size=2, since=since)
        assert left == store.older_versions.left(Missing.NAMES)
    assert store.references.languages(range(1, 7)) == {1: "", 2: "", 3: "ja", 4: "ko", 5: "de", 6: "fr"}
    assert shown(store, 3).keys() >= {4, 5, 6}
    counts = store.relations.term_counts([language_term("ja")])
    with store.transaction():
        assert ingest.fill_in(store, Missing.NAMES, up_to=6, size=10, since=since) == 0
    assert store.relations.term_counts([language_term("ja")]) == counts == {language_term("ja"): (1, 0)}
    store.close()


def find_names(store: Store, articles: int, size: int = 2, groups: Sequence[Sequence[str]] = ()) -> None:
    left, since = articles, NOW - 30 * DAY
    while left:
        with store.transaction():
            left = ingest.fill_in(store, Missing.NAMES, up_to=left, size=size, since=since, groups=groups)


@pytest.mark.parametrize("size", [1, 2, 50])
def test_older_reports_share_a_row_afterwards(tmp_path: Path, size: int) -> None:
    store = open_store(tmp_path, 9)
    fill(store, [*FINE.values(), *OTHERS.values()])
    relate(store)
    rows = {row.id: row.fold for row in store.lists.rows(range(1, 10))}
    forget_names(store, range(1, 10))
    find_names(store, 9, size)
    again = {row.id: row.fold for row in store.lists.rows(range(1, 10))}
    assert len({again[number] for number in range(1, 7)}) == 1
    assert again[7] == again[8] and again[9] == rows[9] == 0
    near = set(store.relations.neighbours(range(1, 10)))
    assert {(1, 2), (7, 8)} <= near, "later articles are compared with both"
    store.close()


@pytest.mark.parametrize("size", [1, 50])
def test_older_reports_share_the_names_of_a_watch(tmp_path: Path, size: int) -> None:
    groups = [["Zorblax", "佐布拉"], ["Quibbleton", "奎伯顿"]]
    store = open_store(tmp_path)
    fill(store, OWN)
    relate(store, groups)
    forget_names(store, [1, 2])
    find_names(store, 2, size, groups)
    assert store.relations.stories([1, 2]) == {1: 1, 2: 1}
    assert (1, 2) in store.relations.neighbours([1, 2])
    store.close()


def test_stories_of_several_older_reports_are_united(tmp_path: Path) -> None:
    store = open_store(tmp_path, 6)
    fill(store, [FINE["en"], FINE["en"], FINE["zh"], FINE["zh"], FINE["en"], OTHERS["zh"]])
    relate(store)
    forget_names(store, range(1, 7))
    with store.transaction():
        for article, story in ((2, 1), (5, 1), (4, 3)):
            store.relations.join(article, story)
        store.marks.set("read", [1, 3], True, now=NOW)
    find_names(store, 6)
    assert store.relations.stories(range(1, 7)) == {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 6}
    assert [row.id for row in store.lists.rows(range(1, 7)) if row.read] == [1, 3]
    store.close()


@pytest.mark.parametrize("alone", [1, 3])
def test_older_reports_that_the_user_split_stay_apart(tmp_path: Path, alone: int) -> None:
    """Also with a story that the other of the two has joined, and the story of the others stays."""
    store = open_store(tmp_path, 4)
    fill(store, [FINE["en"], FINE["en"], FINE["en"], FINE["zh"]])
    relate(store)
    with store.transaction():
        store.relations.split(alone)
    forget_names(store, range(1, 5))
    rest = [number for number in (1, 2, 3) if number != alone]
    with store.transaction():
        store.relations.join(rest[1], rest[0])
    find_names(store, 4)
    stories = store.relations.stories(range(1, 5))
    assert stories[rest[0]] == stories[rest[1]] != stories[alone]
    assert stories[4] in (stories[rest[0]], stories[alone])
    store.close()


async def test_the_library_finds_them_and_passes_the_terms_of_watches(tmp_path: Path, web: Web) -> None:
    urls = [
        web.serve(f"/{number}", rss(f"F{number}", [item("1", title, f"<p>{text}</p>", time=NOW + number)]))
        for number, (title, text) in enumerate(OWN)
    ]
    watches = "".join(
        f'[[watch]]\nname = "{name}"\nany = ["{name}", "{form}"]\n'
        for name, form in (("Zorblax", "佐布拉"), ("Quibbleton", "奎伯顿"))
    )
    async with opened(tmp_path, subscriptions(*urls) + watches) as library:
        await refreshed(library)
        async for _ in library.refresh.relate():
            pass
        (other,) = await library.articles.related(2)
        assert other.article_id == 1 and "Zorblax" in other.reason


async def test_an_update_folds_recent_reports_once(tmp_path: Path, web: Web) -> None:
    """Without news: what was read stays read, and nobody is notified."""
    urls = [
        web.serve(f"/{code}", rss(code, [item("1", title, f"<p>{text}</p>", time=NOW - HOUR)]))
        for code, (title, text) in FINE.items()
    ]
    watch = '[[watch]]\nname = "TikTok"\nany = ["TikTok"]\n'
    async with opened(tmp_path, subscriptions(*urls) + watch) as library:
        await refreshed(library)
        await applied(library)
        await library.marks.set_read([1, 2], True)
    store = Store.open(tmp_path / "news.db")
    forget_names(store, range(1, 7))
    notices = store.conn.execute("SELECT * FROM notice").fetchall()
    store.close()
    async with opened(tmp_path, subscriptions(*urls) + watch) as library:
        assert len(await library.lists.ids(ALL, folded=True)) == 6
        await applied(library)
        (row,) = await library.lists.rows(await library.lists.ids(ALL, folded=True))
        assert (row.fold_size, len(row.fold_languages)) == (6, 6)
        rows = await library.lists.rows(await library.lists.ids(ALL))
        assert {row.id for row in rows if row.read} == {1, 2}
        assert await applied(library) == []
    store = Store.open(tmp_path / "news.db")
    assert store.conn.execute("SELECT * FROM notice").fetchall() == notices
    store.close()
