"""Stories told in several languages: the article of their row, and the languages that it names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW, as_before_languages, entry, open_store, save
from tuireader import ingest, query
from tuireader.ingest.matching import subject
from tuireader.ingest.relating.relate import relate_changed
from tuireader.model import View, ViewKind
from tuireader.store import Store
from tuireader.store.lists import first_page
from tuireader.store.upkeep.older_versions import Missing

ALL, UNREAD = View(ViewKind.ALL), View(ViewKind.UNREAD)
CODES = ("", "en", "zh", "ja")
COUNT = 12

Article = tuple[int, str, bool, bool, bool]
"""Its story (0: none), its language, and whether it is read, on a watch and muted."""
articles = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(CODES),
        st.booleans(),
        st.booleans(),
        st.sampled_from((False, False, True)),
    ),
    min_size=COUNT,
    max_size=COUNT,
)
preferences = st.permutations(CODES[1:]).flatmap(
    lambda codes: st.integers(0, 3).map(lambda n: tuple(codes[:n]))
)


@dataclass(frozen=True)
class Shared:
    """A store for all examples; Hypothesis asks an argument for attributes, which a store would import."""

    store: Store


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    store = open_store(tmp_path_factory.mktemp("store"))
    save(store, 1, *(entry(number, published=NOW - 60 * number) for number in range(COUNT)))
    return Shared(store)


def arrange(store: Store, made: list[Article]) -> None:
    """Give the stored articles, from 1 on, their stories, languages and marks."""
    first: dict[int, int] = {}
    with store.transaction():
        store.conn.execute("DELETE FROM match")
        store.conn.execute("DELETE FROM watch")
        store.conn.execute("INSERT INTO watch (id, name, position, signature) VALUES (1, 'W', 1, '')")
        store.conn.execute("UPDATE article SET story = 0, fold = 0")
        for number, (story, language, read, watched, muted) in enumerate(made, 1):
            store.conn.execute("UPDATE article SET read = ?, muted = ? WHERE id = ?", (read, muted, number))
            store.references.set_language(number, language)
            if story and first.setdefault(story, number) != number:
                store.relations.join(number, first[story])
            if watched:
                store.conn.execute(
                    "INSERT INTO match (watch_id, article_id, evidence) VALUES (1, ?, '[]')", (number,)
                )


def expected(made: list[Article], languages: tuple[str, ...], shown: list[int]) -> list[int]:
    """The articles of the rows of a list that would show these articles one by one."""
    leads: dict[int, int] = {}

    def rank(number: int) -> tuple[int, int, int]:
        _, language, read, watched, _ = made[number - 1]
        best = -languages.index(language) if language in languages else -len(languages)
        return (not read) + (not read and watched), best, -shown.index(number)

    for number in shown:
        story = made[number - 1][0]
        if story and (story not in leads or rank(leads[story]) < rank(number)):
            leads[story] = number
    return [number for number in shown if not made[number - 1][0] or leads[made[number - 1][0]] == number]


@settings(max_examples=settings().max_examples // 2)
@given(articles, preferences, st.booleans())
def test_a_row_shows_the_language_that_the_user_reads(
    shared: Shared, made: list[Article], languages: tuple[str, ...], unread: bool
) -> None:
    arrange(shared.store, made)
    view = UNREAD if unread else ALL
    ids = list(shared.store.lists.ids(view))
    wanted = expected(made, languages, ids)
    assert list(shared.store.stories.fold(ids, languages=languages)) == wanted
    for limit in (3, 20):
        first, _ = shared.store.lists.first_ids(
            view, show_read=True, today=0, limit=limit, folded=True, languages=languages
        )
        assert list(first) == [number for number in wanted if number in ids[:limit]]
    (_, _, path), *_ = shared.store.conn.execute("PRAGMA database_list").fetchall()
    version = shared.store.conn.execute("PRAGMA user_version").fetchone()[0]
    frame = first_page.first_rows(path, version, unread=unread, folds=True, lines=20, languages=languages)
    assert frame is not None and [row.id for row in frame] == wanted
    rows = shared.store.lists.rows(wanted, languages)
    shown = [[(row.fold_size, row.fold_languages) for row in lines] for lines in (rows, frame)]
    assert shown[0] == shown[1]
    for row in rows:
        story = made[row.id - 1][0]
        told = {one[1] for one in made if one[0] == story and story and not one[4]} - {""}
        if len(told) > 1:
            preferred = [code for code in languages if code in told]
            assert row.fold_languages == (*preferred, *sorted(told.difference(preferred)))
        else:  # the only article of a story is in none
            assert set(row.fold_languages) <= told


@settings(max_examples=30)
@given(articles, st.booleans())
def test_without_a_preference_languages_change_nothing(
    shared: Shared, made: list[Article], unread: bool
) -> None:
    arrange(shared.store, made)
    ids = list(shared.store.lists.ids(UNREAD if unread else ALL))
    assert list(shared.store.stories.fold(ids)) == expected(made, (), ids)
    assert shared.store.stories.fold(ids, languages=("fr",)) == shared.store.stories.fold(ids)


def test_reading_a_row_leads_to_the_next_unread_one_of_the_best_language(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, 1, *(entry(number, published=NOW - 10 + number) for number in range(4)))
    arrange(
        store,
        [
            (1, "ja", False, False, False),
            (1, "en", True, False, False),
            (1, "zh", False, False, False),
            (0, "en", False, False, False),
        ],
    )
    assert store.lists.still_unread(UNREAD, 2, 0) == 1
    assert store.lists.still_unread(UNREAD, 2, 0, ("en", "zh")) == 3
    store.close()


def test_an_article_knows_the_other_languages_of_its_story_in_all_its_rows(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, 1, *(entry(number) for number in range(1, 5)))
    with store.transaction():
        for number, code in enumerate(("en", "zh", "ja", "ko"), 1):
            store.references.set_language(number, code)
        store.relations.join(2, 1)
        store.relations.join(3, 1, 2)  # in a row of its own
    found = store.articles.get(1, ("ja",))
    assert found is not None and (found.language, found.languages) == ("en", ("ja", "zh"))
    alone = store.articles.get(4)
    assert alone is not None and (alone.language, alone.languages) == ("ko", ())
    timeline = store.stories.timeline(3)
    assert timeline is not None and {one.article_id: one.language for one in timeline.entries} == {
        1: "en", 2: "zh", 3: "ja",
    }  # fmt: skip
    store.close()


ENGLISH = "<p>The regulator said on Monday that the banks had not told their customers about it.</p>"
CHINESE = "<p>该机构周一表示，这些银行没有及时向客户说明相关变化。</p>"


def test_articles_get_their_language_when_they_are_related_and_when_they_change(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(
        store,
        1,
        entry(2, title="银行被罚款", content_html=CHINESE),
        entry(1, title="Banks fined", content_html=ENGLISH),
    )
    save(store, 1, entry(3, title="WeChat", content_html=""))
    assert set(store.references.languages([1, 2, 3]).values()) == {""}
    with store.transaction():
        ingest.Relater().step(store, 10)
    assert store.references.languages([1, 2, 3]) == {1: "en", 2: "zh", 3: ""}
    assert store.older_versions.left(Missing.LANGUAGES) == 0
    with store.transaction():
        saved = store.entries.save(1, [entry(1, title="银行", content_html=CHINESE)], NOW)
        relate_changed(store, saved.changed)
    assert store.references.languages([1]) == {1: "zh"}
    store.close()


def test_articles_of_an_older_version_get_their_language_in_small_steps(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, 1, *(entry(n, title="银行", content_html=CHINESE if n % 3 else "") for n in range(1, 11)))
    with store.transaction():
        as_before_languages(store)
    left, steps = store.older_versions.left(Missing.LANGUAGES), 0
    assert left == 10
    while left:
        with store.transaction():
            left = ingest.fill_in(store, Missing.LANGUAGES, up_to=left, size=3)
        assert left == store.older_versions.left(Missing.LANGUAGES)
        steps += 1
    assert 3 <= steps <= 5
    assert set(store.references.languages(range(1, 11)).values()) == {"zh"}
    store.close()


def test_articles_whose_language_nobody_can_tell_are_not_tried_for_ever(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, 1, *(entry(n, title=f"{n}", content_html="") for n in range(1, 6)))
    left = 5
    with store.transaction():
        as_before_languages(store)
        for expected in (3, 1, 0):
            left = ingest.fill_in(store, Missing.LANGUAGES, up_to=left, size=2)
            assert left == expected
    store.close()


@settings(max_examples=settings().max_examples // 2)
@given(articles)
def test_a_search_by_language_finds_what_each_article_says_of_itself(
    shared: Shared, made: list[Article]
) -> None:
    arrange(shared.store, made)
    for expression in (
        "lang:zh",
        "language:zh OR lang:en",
        "-lang:zh",
        "lang:ja article",
        "lang:zh OR title:/3$/",
    ):
        parsed = query.parse(expression)
        assert isinstance(parsed, query.Query)
        steps = shared.store.search.find_in_steps(
            parsed, now=NOW, subject=lambda text: subject(text, {}), limit=COUNT
        )
        told = {text.id: text for text in shared.store.articles.texts(range(1, COUNT + 1), languages=True)}
        wanted = {
            number
            for number, text in told.items()
            if not text.muted and query.matches(parsed, subject(text, {}), NOW)
        }
        assert {number for step in steps for number in step} == wanted


def test_a_watch_for_a_language_needs_no_stored_one() -> None:
    parsed = query.parse("lang:zh")
    assert isinstance(parsed, query.Query)
    assert query.matches(parsed, query.Subject(title="银行被罚款", body="该机构周一表示"), NOW)
    assert not query.matches(parsed, query.Subject(title="Banks fined", body="It is about the banks"), NOW)
    assert query.matches(parsed, query.Subject(title="Banks", language="zh"), NOW)


def test_the_index_of_stories_has_all_that_their_languages_need(shared: Shared) -> None:
    def plan(sql: str) -> str:
        return " ".join(row[3] for row in shared.store.conn.execute(f"EXPLAIN QUERY PLAN {sql}"))

    others = "SELECT DISTINCT fold FROM article WHERE fold != 0 AND language != 'en'"
    languages = f"SELECT id, language FROM article WHERE fold != 0 AND fold IN ({others})"
    assert plan(languages).count("COVERING INDEX article_fold") == 2
    sizes = """SELECT fold, count(*), group_concat(DISTINCT language) FROM article
               WHERE fold != 0 AND fold IN (1, 2) AND muted = 0 GROUP BY fold"""
    assert "COVERING INDEX article_fold" in plan(sizes)
