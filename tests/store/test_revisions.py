"""Edits of articles: which are told, what is kept of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW, entry, open_store, save
from tests.store.test_entries import found
from tuireader.ingest import Rules, record_full_text
from tuireader.model import Evidence
from tuireader.store import Store
from tuireader.store.upkeep.retention import PurgeRule
from tuireader.watch import Matcher

TEXT = "<p>The regulator fined the company on Friday.</p>"


def versions(store: Store) -> list[tuple[int, str, str]]:
    return [(old.until, old.title, old.text) for old in store.revisions.versions(1)]


def is_edited(store: Store) -> bool:
    return store.lists.rows([1])[0].edited


def test_an_edit_keeps_what_was_said_before(store: Store) -> None:
    save(store, 1, entry(1, content_html=TEXT))
    save(store, 1, entry(1, title="A new headline", content_html=TEXT), now=NOW + 10)
    save(store, 1, entry(1, title="A new headline", content_html="<p>It did not.</p>"), now=NOW + 20)
    assert versions(store) == [
        (0, "A new headline", "It did not."),
        (NOW + 20, "A new headline", "The regulator fined the company on Friday."),
        (NOW + 10, "Title number 1", "The regulator fined the company on Friday."),
    ]
    assert is_edited(store)


@pytest.mark.parametrize("page", [False, True])
def test_a_title_without_text_that_changes_is_an_edit(store: Store, page: bool) -> None:
    """Also if the text of its page is stored."""
    (article,), _ = save(store, 1, entry(90, title="Ten fined", content_html=""))
    if page:
        with store.transaction():
            record_full_text(store, article, TEXT, "", Rules(Matcher([]), {1: ("Feed 1", "", "")}), NOW)
    save(store, 1, entry(90, title="ten  fined", content_html=""))
    assert not store.lists.rows([article])[0].edited
    save(store, 1, entry(90, title="Twelve fined", content_html=""))
    assert store.lists.rows([article])[0].edited
    assert [one.title for one in store.revisions.versions(article)] == ["Twelve fined", "ten  fined"]


@pytest.mark.parametrize(
    "html",
    [
        "<div>  The regulator fined\n the company on Friday.</div>",
        "<p>The regulator fined the company on&#32;Friday&#x2e;</p>",
        '<p>The <a href="https://x.example.org/?utm_source=y">regulator</a> fined the company on Friday.</p>',
        "<p>The regulator fined teh company on Friday.</p>",
        "<p>The regulator fined the company on Friday.</p><img src=https://x.example.org/count.gif>",
    ],
)
def test_what_no_one_would_see_is_taken_over_without_a_word(store: Store, html: str) -> None:
    save(store, 1, entry(1, content_html=TEXT))
    assert save(store, 1, entry(1, content_html=html)) == ([], [1])
    article = store.articles.get(1)
    assert article is not None and article.html == html
    assert len(versions(store)) == 1 and not is_edited(store)


def test_a_live_blog_keeps_the_latest_versions(store: Store) -> None:
    for number in range(40):
        save(store, 1, entry(1, content_html=f"<p>It is {'very ' * number}late.</p>"), now=NOW + number)
    kept = versions(store)
    assert len(kept) == 21
    assert [until for until, _, _ in kept] == [0, *range(NOW + 39, NOW + 19, -1)]


def test_a_version_that_a_watch_found_outlasts_later_ones(store: Store) -> None:
    save(store, 1, entry(1, content_html=TEXT))
    save(store, 1, entry(1, content_html="<p>It did not.</p>"))
    with store.transaction():
        store.watches.sync([("fines", "1")])
        store.watches.record([(1, Evidence("fines"))])
        store.conn.execute("UPDATE match SET revision = (SELECT id FROM revision)")
    for number in range(20):
        save(store, 1, entry(1, content_html=f"<p>It is {'very ' * number}late.</p>"), now=NOW + number)
    assert len(versions(store)) == 22 and versions(store)[-1][2] in TEXT


def test_the_words_of_another_feed_are_no_edit(store: Store) -> None:
    save(store, 1, entry(1, content_html=TEXT))
    save(store, 2, entry(1, guid="theirs", content_html="<p>In quite other words.</p>"))
    save(store, 2, entry(1, guid="theirs", content_html="<p>In their words once more.</p>"))
    assert len(versions(store)) == 1 and not is_edited(store)


def test_a_purged_text_that_comes_back_is_found_again_and_is_no_edit(store: Store) -> None:
    save(store, 1, entry(1, content_html=TEXT))
    with store.transaction():
        store.marks.set("read", [1], True, now=NOW)
        store.retention.drop([1], PurgeRule())
    assert save(store, 1, entry(1, content_html=TEXT)) == ([], [])
    assert found(store, "regulator") == []
    save(store, 1, entry(1, content_html=TEXT + "<p>More on zebras.</p>"))
    assert found(store, "zebras") == [1]
    assert not is_edited(store) and store.lists.rows([1])[0].read


steps = st.lists(
    st.tuples(
        st.sampled_from(["save", "purge", "read", "starred"]),
        st.integers(1, 3),
        st.sampled_from(["alpha beta gamma", "alpha delta gamma", "", "epsilon " * 80]),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_index_and_texts_stay_in_line_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, str]]
) -> None:
    store = open_store(tmp_path_factory.mktemp("store"))
    for what, number, text in steps:
        if what == "save":
            save(store, 1, entry(number, content_html=text and f"<p>{text}</p>"))
        with store.transaction():
            if what == "purge":
                store.retention.drop([1, 2, 3], PurgeRule())
            elif what != "save":
                store.marks.set(what, [number], True, now=NOW)
    for word in ("alpha", "beta", "delta", "epsilon"):
        stored = [row[0] for row in store.conn.execute("SELECT article_id FROM content")]
        right = [text.id for text in store.articles.texts(stored) if word in text.body]
        assert sorted(found(store, word)) == sorted(right)
    store.conn.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    store.close()
