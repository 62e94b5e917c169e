"""The labels that a person gives to articles: kept, counted, taken back, and never lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, entry, open_store, save
from tuireader.dedup import LONGEST_LABEL, label_key, label_name
from tuireader.model import Count, Label, View, ViewKind
from tuireader.store import Store, schema
from tuireader.store.lists import first_page
from tuireader.store.upkeep.retention import PurgeRule


@pytest.fixture
def store(store: Store) -> Store:
    save(store, 1, entry(1, tags=("tech",)), entry(2), entry(3))
    save(store, 2, entry(4), entry(5))
    return store


def label(store: Store, name: str, ids: Sequence[int], value: bool = True) -> tuple[int, ...]:
    with store.transaction():
        return store.marks.label(name, ids, value, now=NOW).ids


def undo(store: Store) -> tuple[str, set[int]] | None:
    with store.transaction():
        change = store.marks.undo()
    return (change.what, set(change.ids)) if change else None


def labels(store: Store) -> dict[int, tuple[str, ...]]:
    return {row.id: row.labels for row in store.lists.rows([1, 2, 3, 4, 5]) if row.labels}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  to   read ", "to read"),
        ("#law", "law"),
        ("# # law", "law"),
        ("C#", "C#"),
        ("\x1b[1mbold\u202e", "bold"),
        (" # ", ""),
        ("x" * 99, "x" * (LONGEST_LABEL - 1) + "…"),
    ],
)
def test_names(typed: str, kept: str) -> None:
    assert label_name(typed) == kept


@given(st.text() | st.text(alphabet="# aA\u0301é"))
def test_a_name_that_is_kept_stays_as_it_is(text: str) -> None:
    name = label_name(text)
    assert label_name(name) == name and len(name) <= LONGEST_LABEL
    assert label_key(name) == label_key(label_name(f"# {name} "))


def test_case_and_composition_make_no_other_label_but_flags_have_two_cases() -> None:
    assert label_key("To Read") == label_key("to read")
    assert label_key("Cafe\u0301") == label_key("café")
    assert label_key("flag-s") != label_key("flag-S")


def test_a_label_keeps_its_first_spelling_and_goes_with_its_last_article(store: Store) -> None:
    assert set(label(store, "To Read", [1, 2])) == {1, 2}
    assert label(store, "to read", [2, 3]) == (3,)
    label(store, "law", [1])
    assert labels(store) == {1: ("law", "To Read"), 2: ("To Read",), 3: ("To Read",)}
    assert store.labels.all([1, 2]) == [Label("To Read", 3, 2), Label("law", 1, 1)]
    assert store.labels.all() == [Label("To Read", 3), Label("law", 1)]
    assert label(store, "LAW", [1, 2], False) == (1,)
    assert store.labels.all() == [Label("To Read", 3)]
    assert label(store, "nobody has it", [1], False) == ()


def test_only_articles_that_are_there_are_labelled(store: Store) -> None:
    assert label(store, "law", [99]) == ()
    assert store.labels.all() == [] and undo(store) is None


def test_only_what_changed_is_undone_also_after_a_restart(store: Store) -> None:
    label(store, "Law", [1])
    label(store, "law", [1, 2, 3])
    label(store, "LAW", [1, 2, 3, 4], False)
    assert labels(store) == {}
    again = Store.open(store.path)
    assert undo(again) == ("3 articles no longer labelled Law", {1, 2, 3})
    assert labels(again) == dict.fromkeys((1, 2, 3), ("Law",))
    assert undo(again) == ("2 articles labelled Law", {2, 3})
    assert labels(again) == {1: ("Law",)}
    assert undo(again) == ("1 article labelled Law", {1}) and undo(again) is None
    again.close()


def test_a_label_that_is_renamed_may_become_another_one(store: Store) -> None:
    label(store, "law", [1, 2])
    label(store, "Rules", [2, 3])

    def rename(old: str, new: str) -> dict[int, tuple[str, ...]]:
        with store.transaction():
            store.marks.rename_label(old, new, now=NOW)
        return labels(store)

    assert rename("law", "# LAW") == {1: ("LAW",), 2: ("LAW", "Rules"), 3: ("Rules",)}
    assert rename("LAW", "rules") == dict.fromkeys((1, 2, 3), ("Rules",))
    undo(store)
    assert undo(store) == ("1 article labelled Rules", {1})
    assert labels(store) == {1: ("LAW",), 2: ("LAW", "Rules"), 3: ("Rules",)}


def test_views_and_numbers(store: Store) -> None:
    label(store, "law", [1, 2, 4])
    label(store, "Art", [2])
    view = View(ViewKind.LABEL, "law")
    newest_first = [number for number in store.lists.ids(View(ViewKind.ALL)) if number in (1, 2, 4)]
    assert list(store.lists.ids(view)) == newest_first
    with store.transaction():
        store.marks.set("read", [4], True, now=NOW)
        store.conn.execute("UPDATE article SET story = 1, fold = 1 WHERE id IN (1, 2)")
    assert list(store.lists.ids(view, show_read=False)) == [key for key in newest_first if key != 4]
    assert store.lists.first_ids(view, show_read=True, today=0, limit=9) == (store.lists.ids(view), True)
    counts = store.lists.counts(0)
    assert list(counts.labels.items()) == [("Art", Count(1, 1)), ("law", Count(2, 3, 1, 1))]
    assert store.lists.count(view) == counts.labels["law"]
    assert (counts.labels["law"].unread_folded, counts.labels["law"].folded) == (1, 2)
    with store.transaction():
        store.conn.execute("UPDATE article SET muted = 1 WHERE id IN (1, 2)")
    assert store.lists.counts(0).labels == {"Art": Count(0, 0), "law": Count(0, 1)}


def test_a_glance_sees_the_labels(store: Store) -> None:
    label(store, "law", [1, 2])
    rows = first_page.first_rows(str(store.path), schema.VERSION, unread=True, folds=False, lines=5)
    assert rows is not None
    assert {row.id: row.labels for row in rows if row.labels} == labels(store)


def test_what_a_feed_says_anew_leaves_labels_alone(store: Store) -> None:
    (first,) = store.conn.execute("SELECT id FROM article WHERE title = 'Title number 1'").fetchone()
    label(store, "law", [first])
    with store.transaction():
        saved = store.entries.save(1, [entry(1, title="Title number 1 again", tags=("new",))], NOW + 9)
    assert [(text.id, text.labels, text.tags) for _, text in saved.changed] == [(first, ("law",), ("new",))]
    save(store, 2, entry(1, guid="theirs", title="Title number 1 again"))  # the same in another feed
    article = store.articles.get(first)
    assert article is not None and (article.labels, article.tags) == (("law",), ("new",))
    assert len(article.other_feeds) == 1


def test_another_feeds_text_leaves_the_tags_alone(store: Store) -> None:
    save(store, 1, entry(20, tags=("own",)))
    with store.transaction():
        saved = store.entries.save(2, [entry(20, guid="theirs", content_html="<p>Other words.</p>")], NOW + 9)
    assert [(before.tags, after.tags) for before, after in saved.carried] == [(("own",), ("own",))]


def test_labelled_articles_keep_their_texts_and_are_not_cleared_with_the_rest(store: Store) -> None:
    label(store, "law", [1])
    assert set(store.lists.unread_rows([1, 2, 3, 4, 5])[1].ids) == {2, 3, 4, 5}
    rule = PurgeRule(before=NOW + 1, unread=True)
    assert set(store.retention.candidates(rule)) == {2, 3, 4, 5}
    with store.transaction():
        store.retention.drop([1, 2, 3, 4, 5], rule)
    assert store.conn.execute("SELECT article_id FROM content").fetchall() == [(1,)]


def test_labels_go_to_another_machine_before_or_after_their_articles(store: Store, tmp_path: Path) -> None:
    label(store, "law", [1, 4])
    label(store, "To read", [1])
    marks = list(store.exchange.marked_articles())
    assert {(mark.title, mark.labels) for mark in marks} == {
        (row.title, labels(store)[row.id]) for row in store.lists.rows([1, 4])
    }
    (tmp_path / "other").mkdir()
    other = open_store(tmp_path / "other")
    save(other, 1, entry(1), entry(2), entry(3))
    label(other, "LAW", [3])

    def taken(feed: int) -> tuple[int, int]:
        of_feed = [one for one in marks if one.feed == f"https://feed{feed}.example.org/rss"]
        with other.transaction():
            return other.exchange.set_marks(feed, of_feed, NOW)

    assert taken(1) == (1, 0) and taken(2) == (0, 1)
    assert taken(1) == (0, 0)
    save(other, 2, entry(4), entry(5))
    found = {row.title: row.labels for row in other.lists.rows(other.lists.ids(View(ViewKind.LABEL, "LAW")))}
    for row in store.lists.rows([1, 4]):
        assert set(map(str.lower, found[row.title])) == set(map(str.lower, row.labels))
    assert other.labels.all()[0].name == "LAW"  # as it was spelled here
    other.close()
