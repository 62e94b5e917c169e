"""Enclosures can be searched for: the table that triggers keep, and expressions on it."""

from __future__ import annotations

from itertools import product

from tests.builders import NOW, entry, save
from tuireader import ingest, query
from tuireader.model import Enclosure
from tuireader.store import Store

EPISODE = Enclosure("https://cast.example/7.MP3?x=1", "", 9, "Seventh: the Law")
CLIP = Enclosure("https://cast.example/clip", "video/mp4")
NOTES = Enclosure("https://cast.example/notes.pdf", "application/pdf")


def found(store: Store, expression: str) -> list[str]:
    """The titles that the store finds, which are those that `matches` finds one by one."""
    parsed = query.parse(expression)
    assert isinstance(parsed, query.Query)
    assert query.parse(str(parsed)) == parsed
    steps = store.search.find_in_steps(
        parsed, now=NOW, subject=lambda text: ingest.subject(text, {}), limit=9
    )
    titles = {text.title for text in store.articles.texts([one for step in steps for one in step])}
    every = store.articles.texts(range(1, 10))
    assert titles == {text.title for text in every if query.matches(parsed, ingest.subject(text, {}), NOW)}
    return sorted(titles)


def test_articles_are_found_by_their_files(store: Store) -> None:
    save(store, 1, entry(1, enclosures=(EPISODE, NOTES)), entry(2, enclosures=(CLIP,)), entry(3))
    one, two, three = (f"Title number {number}" for number in (1, 2, 3))
    assert found(store, "has:audio") == [one]
    assert found(store, "has:VIDEO") == [two]
    assert found(store, "has:image") == []
    assert found(store, "has:enclosure") == [one, two]
    assert found(store, "-has:enclosure") == [three]
    assert found(store, "enclosure:the OR enclosure:video") == [one, two]
    assert found(store, 'enclosure:"seventh: the law"') == [one]
    assert found(store, "enclosure:/notes\\.pdf$/ OR enclosure:/pdf/") == [one]
    assert found(store, "has:audio number") == [one]
    assert found(store, "has:audio title:/number/") == [one], "the text decides, too"


def test_an_edit_a_purge_and_another_entry_change_what_is_found(store: Store) -> None:
    save(store, 1, entry(1, enclosures=(EPISODE,)), entry(2))
    save(
        store,
        1,
        entry(1, content_html="<p>Quite another text now.</p>"),
        entry(2, enclosures=(CLIP,), author="B"),
    )
    assert (found(store, "has:audio"), found(store, "has:video")) == ([], ["Title number 2"])
    with store.transaction():
        store.conn.execute("DELETE FROM content WHERE article_id IN (SELECT id FROM article)")
    assert store.conn.execute("SELECT count(*) FROM enclosure").fetchone() == (0,)


def test_what_there_is_not_is_said() -> None:
    wrong = query.parse("has:audo")
    assert isinstance(wrong, query.QueryError)
    assert str(wrong) == "there is no has:audo (did you mean audio?)"
    assert "has: takes enclosure, audio" in str(query.parse("has:"))


def test_the_table_knows_the_kinds_that_the_model_knows(store: Store) -> None:
    kinds = ("", "audio/mpeg", "Audio/ogg", "audio", "x/audio", "image/png", "VIDEO/x", "application/pdf")
    ends = ("", "a.mp3", "A.MP3?b=1", "a.mp3#x", "a.png/b", ".webm", "clip.mov?", "a.mp3.txt", "mp3")
    files = tuple(Enclosure(f"https://a.example/{end}", kind) for kind, end in product(kinds, ends))
    save(store, 1, entry(1, enclosures=files))
    rows = store.conn.execute("SELECT kind FROM enclosure ORDER BY position").fetchall()
    assert [kind for (kind,) in rows] == [one.kind for one in files]
    assert {one.kind for one in files} == {"audio", "video", "image", "other"}
