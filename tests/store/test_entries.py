"""Identity and storage of entries: new, known, changed, moved, doubled."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import NOW, entry, open_store, save
from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.lexicon import indexed
from tuireader.model import Enclosure, EntryDetails, ParsedEntry, ParsedFeed, View, ViewKind
from tuireader.store import Store
from tuireader.store.upkeep.retention import PurgeRule

ALL = View(ViewKind.ALL)
HOME = "https://news.example.org/"
LONG = "<p>" + "The ministry published the full text of the draft on Friday evening. " * 6 + "</p>"


def count(store: Store) -> int:
    return len(store.lists.ids(ALL))


def found(store: Store, word: str) -> list[int]:
    rows = store.conn.execute("SELECT rowid FROM search WHERE search MATCH ?", (f'"{indexed(word)}"',))
    return [row[0] for row in rows]


def test_new_entries_are_stored_newest_first_and_a_second_visit_adds_none(store: Store) -> None:
    new, changed = save(store, 1, entry(1), entry(2), entry(3))
    assert (len(new), changed) == (3, [])
    titles = [row.title for row in store.lists.rows(store.lists.ids(ALL))]
    assert titles == ["Title number 1", "Title number 2", "Title number 3"]
    assert save(store, 1, entry(1), entry(2), entry(3)) == ([], [])
    assert count(store) == 3


def test_a_summary_alone_is_the_text(store: Store) -> None:
    alone = entry(2, content_html="", summary_html="<p>All there is.</p>")
    save(store, 1, entry(1, summary_html="Short."), alone)
    texts = {text.title: (text.summary, text.body) for text in store.articles.texts(store.lists.ids(ALL))}
    assert texts == {
        "Title number 1": ("Short.", "The text of article 1."),
        "Title number 2": ("", "All there is."),
    }
    article = store.articles.get(store.lists.ids(ALL)[1])
    assert article is not None and article.html == "<p>All there is.</p>"


def test_an_edit_changes_the_text_and_keeps_the_marks(store: Store) -> None:
    (article_id,), _ = save(store, 1, entry(1))
    with store.transaction():
        store.marks.set("read", [article_id], True, now=NOW)
        store.marks.set("starred", [article_id], True, now=NOW)
    edited = replace(entry(1), title="A new headline", content_html="<p>Rewritten zebra.</p>")
    assert save(store, 1, edited) == ([], [article_id])
    (row,) = store.lists.rows([article_id])
    assert (row.title, row.read, row.starred, row.edited) == ("A new headline", True, True, True)
    assert found(store, "zebra") == [article_id]
    assert found(store, "text of article") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"guid": "{1}-{0}"}),
        ({"url": ""}, {"url": "", "guid": "{1}-{0}"}),
        ({"url": HOME}, {"url": HOME, "guid": "{1}-{0}"}),
        ({}, {"guid": "{1}-{0}", "url": "https://b.example/{1}/{0}"}),  # known by title and date
        (
            {"guid": "", "url": "http://www.news.example.org/{0}/?utm_source=rss"},
            {"guid": "", "url": "https://news.example.org/{0}"},
        ),
    ],
)
def test_what_changes_its_guid_or_address_is_known_again(
    store: Store, before: dict[str, str], after: dict[str, str]
) -> None:
    def five(changes: dict[str, str], visit: str = "") -> list[ParsedEntry]:
        return [entry(n, **{name: text.format(n, visit) for name, text in changes.items()}) for n in range(5)]

    save(store, 1, *five(before))
    for visit in ("first", "second", "third"):
        assert save(store, 1, *five(after, visit))[0] == []
    assert count(store) == 5


def test_a_site_that_moves_keeps_its_articles_by_their_text(store: Store) -> None:
    (article_id,), _ = save(store, 1, entry(1, content_html=LONG))
    new, changed = save(store, 1, entry(1, guid="new", url="https://moved.example.com/1", content_html=LONG))
    assert (new, changed) == ([], [article_id])


@pytest.mark.parametrize(
    "changes", [{}, {"url": "https://moved.example.com/1"}], ids=["by its address", "by its text"]
)
def test_an_article_that_was_known_again_is_known_by_its_new_guid_from_then_on(
    store: Store, changes: dict[str, str]
) -> None:
    (article_id,), _ = save(store, 1, entry(1, content_html=LONG))
    assert save(store, 1, entry(1, guid="new", content_html=LONG, **changes))[0] == []
    later = entry(
        1, guid="new", title="Another title", url="https://b.example/2", content_html="<p>Another.</p>"
    )
    assert save(store, 1, later) == ([], [article_id])


def test_entries_with_the_text_of_a_stored_one_are_all_kept(store: Store) -> None:
    save(store, 1, entry(1, content_html=LONG))
    moved = [
        entry(1, guid=name, url=f"https://moved.example.com/{name}", content_html=LONG) for name in "abc"
    ]
    assert len(save(store, 1, *moved)[0]) == 2 and count(store) == 3


def test_what_is_called_the_same_each_week_is_news_each_week(store: Store) -> None:
    for week in range(3):
        thread = entry(0, guid=f"w{week}", title="Open thread", content_html="Talk.", url="")
        assert len(save(store, 1, replace(thread, published=NOW - 604_800 * week))[0]) == 1
    for week in range(3):
        url = f"https://news.example.org/thread/{week}"
        thread = entry(0, guid=f"u{week}", title="Open thread", content_html="Talk.", url=url)
        assert len(save(store, 1, replace(thread, published=None))[0]) == 1


def test_guids_that_are_swapped_leave_articles_and_marks_where_they_are(store: Store) -> None:
    first, _ = save(store, 1, entry(1), entry(2))
    store.marks.set("read", first[:1], True, now=NOW)
    before = [(row.title, row.read) for row in store.lists.rows(store.lists.ids(ALL))]
    assert save(store, 1, entry(1, guid="guid-2"), entry(2, guid="guid-1"))[0] == []
    rows = store.lists.rows(store.lists.ids(ALL))
    assert [(row.title, row.read) for row in rows] == before
    assert not any(row.edited for row in rows)


def test_guids_that_count_from_the_top_hide_no_news(store: Store) -> None:
    def story(number: int, guid: int) -> ParsedEntry:
        words = f"<p>{' '.join(f'word{number}of{n}' for n in range(40))}</p>"
        return entry(number, guid=str(guid), title=f"Story{number} from Town{number}", content_html=words)

    new, _ = save(store, 1, story(3, 0), story(2, 1), story(1, 2))
    store.marks.set("read", new, True, now=NOW)
    for number in range(4, 9):
        new, changed = save(store, 1, *(story(number - place, place) for place in range(3)))
        assert (len(new), changed) == (1, [])
    assert count(store) == 8
    assert store.lists.counts(0).all.unread == 5


def test_entries_that_share_a_guid_are_all_kept_and_stay(store: Store) -> None:
    three = [entry(n, guid="same") for n in (1, 2, 3)]
    assert len(save(store, 1, *three)[0]) == 3
    assert save(store, 1, *three) == ([], [])


def alerts(*said: str, **more: object) -> list[ParsedEntry]:
    """Entries with one guid, title and address."""
    page = "https://news.example.org/alerts"
    return [entry(1, guid="alert", title="Alert", url=page, content_html=text, **more) for text in said]


LINES = [f"<p>Line {number} is closed. {'Buses run instead. ' * 12}</p>" for number in range(10)]


def test_entries_that_differ_in_their_text_alone_are_all_kept_and_stay(store: Store) -> None:
    ten = alerts(*LINES)
    assert len(save(store, 1, *ten)[0]) == 10
    store.marks.set("read", store.lists.ids(ALL), True, now=NOW)
    for again in (ten, ten[::-1], ten[4:], ten[:1], ten[3:5], ten):
        assert save(store, 1, *again) == ([], [])
    assert len(save(store, 1, *alerts("Line 99 is closed."), *ten[:9])[0]) == 1
    assert store.lists.counts(0).all.unread == 1


def test_one_that_was_alone_with_its_guid_is_known_when_others_join_it(store: Store) -> None:
    (first,), _ = save(store, 1, *alerts(LINES[0]))
    (second,), changed = save(store, 1, *alerts(LINES[1], LINES[0]))
    assert second != first and changed == []
    assert save(store, 1, *alerts(LINES[0])) == ([], [])
    assert count(store) == 2


def test_an_edit_among_those_that_share_a_guid_is_one_where_the_time_tells(store: Store) -> None:
    first, second = (alerts(text, published=NOW - at)[0] for at, text in enumerate(("Closed", "Late")))
    new, _ = save(store, 1, first, second)
    _, changed = save(store, 1, replace(first, content_html="Closed until noon"), second)
    assert changed == [new[1]] and count(store) == 2


def test_a_store_that_kept_one_of_several_gets_the_others_and_doubles_none(store: Store) -> None:
    """The first of entries with one guid, title and address was kept, under the name of them all."""
    ten = alerts(*LINES)
    before = ParsedFeed(
        entries=(ten[0],), keys=(dedup.keys([ten[0], ten[0]])[0],), prepared=(prepare(ten[0]),)
    )
    with store.transaction():
        store.entries.save_feed(1, before, NOW)
    assert len(save(store, 1, *ten)[0]) == 9
    assert count(store) == 10


def test_entries_that_share_an_address_are_all_kept(store: Store) -> None:
    page = "https://news.example.org/changes"
    assert len(save(store, 1, entry(1, url=page), entry(2, url=page))[0]) == 2


def test_the_former_address_of_an_entry_that_is_still_listed_may_be_that_of_another(store: Store) -> None:
    save(store, 1, entry(1))
    save(store, 2, entry(1, guid="theirs"))
    moved = entry(1, guid="theirs", url="https://feed2.example.org/1")
    assert save(store, 2, moved)[0] == [] and count(store) == 1
    for news in (1, 0):
        assert len(save(store, 2, moved, entry(1, guid="other"))[0]) == news and count(store) == 2


def test_the_same_article_in_two_feeds_is_one_thing_to_read(store: Store) -> None:
    (article_id,), _ = save(store, 1, entry(1))
    assert save(store, 2, entry(1, guid="elsewhere")) == ([], [])
    (row,) = store.lists.rows(store.lists.ids(ALL))
    assert (row.id, row.sources) == (article_id, 2)
    article = store.articles.get(article_id)
    assert article is not None and article.other_feeds == ("Feed 2",)
    for feed in ("1", "2"):
        assert list(store.lists.ids(View(ViewKind.FEED, feed))) == [article_id]
    counts = store.lists.counts(0)
    assert counts.feeds[1].unread == counts.feeds[2].unread == 1
    assert counts.all.total == 1


@pytest.mark.parametrize(
    ("feed", "first", "second"),
    [
        (2, entry(1), entry(2, guid="guid-1")),
        (2, entry(1, url=HOME), entry(2, url=HOME, title="Title number 1")),
        (1, entry(1, title="Live: the first day"), entry(1, guid="other", title="Live: the second day")),
    ],
    ids=["a guid of another feed", "a home page", "another title at the address"],
)
def test_what_has_something_of_another_article_may_be_news(
    store: Store, feed: int, first: ParsedEntry, second: ParsedEntry
) -> None:
    save(store, 1, first)
    assert len(save(store, feed, second)[0]) == 1 and count(store) == 2


def test_dates(store: Store) -> None:
    absent, future = entry(1, published=None), entry(2, published=NOW + 10**9)
    updated = entry(3, published=None, updated=NOW - 5)
    save(store, 1, absent, future, updated)
    times = {row.title: row.time for row in store.lists.rows(store.lists.ids(ALL))}
    assert times == {absent.title: NOW, future.title: NOW, updated.title: NOW - 5}
    assert save(store, 1, absent, future, updated, now=NOW + 100) == ([], [])


entries = st.builds(
    lambda number, guid, url, text: entry(number, guid=guid, url=url, content_html=text),
    st.integers(1, 4),
    st.sampled_from(["", "a", "b", "\ud800"]),
    st.sampled_from(["", "https://x.example.org/1", "https://x.example.org/2", "https://x.example.org/"]),
    st.sampled_from(["", "<p>x</p>", LONG]),
)


@settings(max_examples=40, deadline=None)
@given(documents=st.lists(st.lists(entries, max_size=5), max_size=4))
def test_a_document_seen_twice_changes_nothing_the_second_time(
    documents: list[list[object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = open_store(tmp_path_factory.mktemp("store"))
    for document in documents:
        save(store, 1, *document)  # type: ignore[arg-type]
        before = count(store)
        new, _ = save(store, 1, *document)  # type: ignore[arg-type]
        assert new == [] and count(store) == before
    store.close()


def test_an_entry_without_a_title_is_named_by_its_text(store: Store) -> None:
    save(store, 1, entry(1, title="", content_html="<p>First words of a note.</p><p>More.</p>"))
    save(store, 1, entry(2, title="", content_html="", url="https://news.example.org/2"))
    titles = {row.title for row in store.lists.rows(store.lists.ids(ALL))}
    assert titles == {"First words of a note.", "https://news.example.org/2"}


def test_an_entry_that_says_nothing_is_not_an_article(store: Store) -> None:
    assert save(store, 1, entry(1, title="", content_html="", url=""), entry(2))[0] == [1]


def test_a_large_batch_is_found_and_leaves_the_index_merging_as_before(store: Store) -> None:
    save(store, 1, *(entry(number, content_html=f"<p>common word{number}</p>") for number in range(60)))

    assert len(found(store, "common")) == 60
    assert len(found(store, "word59")) == 1
    assert store.conn.execute("SELECT v FROM search_config WHERE k = 'automerge'").fetchall() == [(4,)]


def test_many_large_batches_do_not_pile_up_in_the_index(store: Store) -> None:
    for first in range(0, 3500, 25):
        batch = range(first, first + 25)
        save(store, 1, *(entry(number, content_html=f"<p>common word{number}</p>") for number in batch))

    assert store.conn.execute("SELECT count(DISTINCT segid) FROM search_idx").fetchone()[0] < 128
    assert len(found(store, "common")) == 3500


# --------------------------------------------------------------------------- articles in several feeds


def texts_of(store: Store) -> dict[int, tuple[str, tuple[str, ...]]]:
    """The feed and the words on display of each article by id, and those of further feeds."""
    every = store.lists.ids(ALL)
    return {
        text.id: (
            f"{text.feed_id}: {text.body}",
            tuple(other.body for other in text.appearances if not other.same),
        )
        for text in store.articles.texts(every)
    }


def index_is_exact(store: Store) -> bool:
    """Whether the index has the words, and as often, that it would have if it were made now."""
    sql = "SELECT term, col, doc, cnt FROM temp.spoken ORDER BY term, col"
    store.conn.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.spoken USING fts5vocab(main, search, col)")
    before = store.conn.execute(sql).fetchall()
    store.conn.execute("BEGIN")
    store.index.rebuild()
    after = store.conn.execute(sql).fetchall()
    store.conn.execute("ROLLBACK")
    return before == after


WORDS = " ".join(f"word{number}" for number in range(30))


def test_feeds_of_one_batch_may_bring_the_same_article(store: Store) -> None:
    with store.transaction():
        first = store.entries.save_feed(1, ParsedFeed(entries=(entry(1), entry(2))), NOW, index=False)
        told = entry(1, guid="theirs", content_html=f"<p>{WORDS} zebra.</p>")
        second = store.entries.save_feed(2, ParsedFeed(entries=(told, entry(3))), NOW, index=False)
        store.index.add_new([*first.new, *second.new])
    assert found(store, "zebra") == [2] and index_is_exact(store)
    assert texts_of(store)[2] == (f"2: {WORDS} zebra.", ("The text of article 1.",))


def test_the_text_of_the_site_is_shown_whoever_comes_first(store: Store) -> None:
    site, hub = "https://feed1.example.org/story", f"<p>{WORDS} {WORDS} hub.</p>"
    save(store, 2, entry(1, guid="hub", url=site, content_html=hub))
    assert save(store, 1, entry(1, url=site, content_html=f"<p>{WORDS}</p>")) == ([], [])
    assert texts_of(store) == {1: (f"1: {WORDS}", (f"{WORDS} {WORDS} hub.",))}
    (row,) = store.lists.rows([1])
    assert (row.feed_id, row.sources, row.edited) == (1, 2, False)
    counts = store.lists.counts(0).feeds
    assert counts[1].total == counts[2].total == 1
    # each feed goes on to change its own text
    save(store, 2, entry(1, guid="hub", url=site, content_html=f"{hub}<p>More of the hub's own.</p>"))
    save(store, 1, entry(1, url=site, content_html=f"<p>{WORDS} by the site.</p>"))
    assert texts_of(store) == {
        1: (f"1: {WORDS} by the site.", (f"{WORDS} {WORDS} hub.\nMore of the hub's own.",))
    }
    assert index_is_exact(store)


def test_what_feeds_say_alike_is_kept_once(store: Store) -> None:
    tracked = '<p>The text of <a href="https://t.example/?utm_source=x">article 1</a>.</p>'
    save(store, 1, entry(1))
    save(store, 2, entry(1, guid="theirs", content_html=tracked))
    assert store.conn.execute("SELECT count(*) FROM variant").fetchone() == (0,)
    # one of them changes: the other still says what it said, until it follows
    later = "<p>Something else is said of article 1.</p>"
    save(store, 1, entry(1, content_html=later))
    assert texts_of(store)[1] == ("1: Something else is said of article 1.", ("The text of article 1.",))
    save(store, 2, entry(1, guid="theirs", content_html=later))
    assert texts_of(store)[1] == ("1: Something else is said of article 1.", ())
    # the other way round, the one that is shown follows
    last = "<p>In the end they say this of article 1.</p>"
    save(store, 2, entry(1, guid="theirs", content_html=last))
    save(store, 1, entry(1, content_html=last))
    assert texts_of(store)[1] == ("1: In the end they say this of article 1.", ())
    assert index_is_exact(store)


def test_a_text_that_was_emptied_gives_way_to_one_that_was_kept(store: Store) -> None:
    save(store, 1, entry(1, content_html=f"<p>{WORDS}</p>"))
    save(store, 2, entry(1, guid="theirs", content_html=f"<p>{WORDS} theirs.</p>"))
    save(store, 1, entry(1, content_html="<p>Gone.</p>"), now=NOW + 10)
    assert texts_of(store)[1] == (f"2: {WORDS} theirs.", ("Gone.",))
    assert index_is_exact(store)


def test_a_hostile_feed_replaces_nothing_by_editing_its_copy(store: Store) -> None:
    save(store, 1, entry(1, content_html=f"<p>{WORDS}</p>"))
    save(store, 2, entry(1, guid="theirs", content_html=f"<p>{WORDS}</p>"))
    other = " ".join(f"other{number}" for number in range(200))
    save(store, 2, entry(1, guid="theirs", content_html=f"<p>{other}</p>"))
    assert texts_of(store)[1] == (f"1: {WORDS}", (other,))
    assert found(store, "other7") == [1]


def test_a_purge_takes_the_texts_of_all_feeds(store: Store) -> None:
    save(store, 1, entry(1, content_html=f"<p>{WORDS}</p>"))
    save(store, 2, entry(1, guid="theirs", content_html=f"<p>{WORDS} theirs.</p>"))
    with store.transaction():
        store.marks.set("read", [1], True, now=NOW)
        assert store.retention.measure([1]).bytes > 2 * 100
        store.retention.drop([1], PurgeRule())
    assert store.conn.execute("SELECT count(*) FROM variant").fetchone() == (0,)
    assert index_is_exact(store) and not found(store, "theirs")
    # a text that comes later is there again, and what was read stays read
    save(store, 2, entry(1, guid="theirs", content_html=f"<p>{WORDS} once more.</p>"))
    assert found(store, "more") == [1] and store.lists.rows([1])[0].read and index_is_exact(store)


def test_each_detail_of_an_entry_reaches_its_article(store: Store) -> None:
    """The store derives them from `EntryDetails`: none can be forgotten on the way."""
    made: dict[str, Any] = {"comments_count": 3, "tags": ("a", "b")}
    made["enclosures"] = (
        Enclosure("https://e.example/1.mp3", "audio/mpeg", 5, "One", 60),
        Enclosure("https://e.example/2"),
    )
    details = {name: made.get(name, f"https://e.example/{name}") for name in EntryDetails.__struct_fields__}
    with store.transaction():
        (saved,) = store.entries.save_feed(1, ParsedFeed(entries=(replace(entry(1), **details),)), NOW).new
    article = store.articles.get(saved.id)
    assert {name: getattr(article, name) for name in details} == details
    assert article is not None and (article.feed_title, article.html) == ("Feed 1", entry(1).content_html)
