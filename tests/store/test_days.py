"""Where days begin in a list, and the second lines of its rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random

import pytest

from tests.builders import entry, save
from tuireader.model import Evidence, TermHit, View, ViewKind
from tuireader.store import Store
from tuireader.wording.times import local_day

NOW = 1_800_000_000
ALL = View(ViewKind.ALL)


@pytest.fixture(autouse=True, params=["UTC", "Europe/Berlin", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def days(times: dict[int, int], ids: list[int]) -> list[tuple[int, int]]:
    """The same, each time looked at."""
    known = [local_day(times[number]) for number in ids]
    return [(n, times[ids[n]]) for n, day in enumerate(known) if not n or day != known[n - 1]]


@pytest.mark.parametrize("seed", range(6))
def test_days_begin_where_each_time_says(store: Store, seed: int) -> None:
    dice = Random(seed)
    spread = dice.choice([100, 90_000, 10_000_000, 400_000_000])
    entries = [entry(n, published=NOW - dice.randrange(spread)) for n in range(dice.choice([1, 2, 7, 150]))]
    save(store, 1, *entries, now=NOW)
    times = dict(store.conn.execute("SELECT id, time FROM article"))
    for sort in ("date", "oldest"):
        ids = [*store.lists.ids(ALL, sort=sort)]
        assert store.days.starts(ids) == days(times, ids)
    assert store.days.starts([]) == []


def test_an_article_that_is_gone_since_the_list_was_read_breaks_nothing(store: Store) -> None:
    save(store, 1, *(entry(n, published=NOW - n) for n in range(3)), now=NOW)
    ids = [10**9, *store.lists.ids(ALL)]
    assert [index for index, _ in store.days.starts(ids)] == [0, 1]


def test_an_unfolded_story_stands_on_the_day_of_its_first_line(store: Store) -> None:
    day = 86_400
    ages = [0, 1, 2, 3, 4, 5]
    save(store, 1, *(entry(n, published=NOW - age * day) for n, age in enumerate(ages)), now=NOW)
    newest = [*store.lists.ids(ALL)]
    store.conn.execute(
        "UPDATE article SET story = 9, fold = 9 WHERE id IN (?, ?, ?)", (newest[1], newest[3], newest[5])
    )
    ids = [*store.stories.fold(newest, {9})]
    assert ids == [newest[n] for n in (0, 1, 3, 5, 2, 4)]
    assert [index for index, _ in store.days.starts(ids, {9})] == [0, 1, 4, 5]


def test_a_teaser_is_one_clean_line_without_the_title(store: Store) -> None:
    texts = {
        "<h1>Ferries</h1><p>Take\nphones \x1b[31m&amp; cards.</p><p>Now.</p>": "Take phones & cards. Now.",
        "<style>p {color: red}</style><p>Text.</p>": "Text.",
        f"<img src='data:{'x' * 9000}'><p>Never read.</p>": "",
        "<p>" + "word " * 9000 + "</p>": "word " * 80,
        "": "",
    }
    for n, html in enumerate(texts):
        save(store, 1, entry(n, title="Ferries", content_html=html, summary_html=""), now=NOW)
    ids = sorted(store.lists.ids(ALL))
    rows = store.lists.rows(ids, details=True)
    assert [row.detail[0].strip() for row in rows] == [text.strip() for text in texts.values()]
    assert all(row.detail[0].isprintable() and row.detail[1:] == ((), "") for row in rows)
    assert all(row.detail == ("", (), "") for row in store.lists.rows(ids))


def test_the_sentence_of_a_row_is_of_the_watch_with_most_hits_in_the_text(store: Store) -> None:
    save(store, 1, entry(1), now=NOW)
    (key,) = store.lists.ids(ALL)
    aside = Evidence("A", (TermHit("a", "see also", 9),), "Also read: a", ((11, 12),))
    told = Evidence("B", (TermHit("b", "body", 1), TermHit("b", "credit", 1)), "A b.", ((2, 3),))
    for matches, sentence in (([aside], aside), ([aside, told], told)):
        with store.transaction():
            store.watches.sync([("A", "1"), ("B", "1")])
            store.watches.record([(key, match) for match in matches], NOW)
        (row,) = store.lists.rows([key], details=True)
        assert row.detail == (sentence.sentence, sentence.spans, sentence.watch)
