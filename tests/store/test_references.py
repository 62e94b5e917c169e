"""An article lists the earlier ones that its sentences refer to, and the later ones that refer to it."""

from __future__ import annotations

from tests.builders import NOW, entry, save
from tuireader import ingest
from tuireader.model import Relation
from tuireader.store import Store

SAID = "Earlier this month, China ordered a ban on new downloads of Didi."


def test_a_reference_is_listed_on_both_sides(store: Store) -> None:
    save(store, 1, entry(1, title="Taxi app vanishes from stores"), entry(2, title="WeChat stops sign-ups"))
    with store.transaction():
        store.references.set(2, [(1, SAID)])
        store.marks.set("read", [2], True, now=NOW)
    (earlier,) = ingest.related(store, 2)
    (later,) = ingest.related(store, 1)
    assert (earlier.relation, earlier.article_id, earlier.sentence) == (Relation.BACKGROUND, 1, SAID)
    assert (later.relation, later.article_id, later.sentence) == (Relation.REFERRED_BY, 2, SAID)
    assert earlier.reason.endswith(f"referred to: “{SAID}”")
    assert later.reason.endswith(f"refers to this: “{SAID}”")
    assert (earlier.read, later.read) == (False, True)


def test_new_references_replace_former_ones(store: Store) -> None:
    save(store, 1, *(entry(number) for number in (1, 2, 3)))
    with store.transaction():
        store.references.set(3, [(1, "One."), (2, "Two.")])
        store.references.set(3, [(2, "Two.")])
    assert [(one.place, one.other, one.sentence) for one in store.references.of(3)] == [(1, 2, "Two.")]
    assert store.references.to([1]) == []


def test_articles_with_a_term_up_to_a_day(store: Store) -> None:
    """The day itself counts, and of too many the latest are listed."""
    with store.transaction():
        for article, day in ((1, 10), (2, 11), (3, 12), (4, 12), (5, 13), (6, 14)):
            store.relations.add(article, b"", day, [7, 8] if article == 2 else [7], ())
    postings, before = store.relations.postings, store.relations.posted_before
    assert before([7, 8], [11], 9) == {7: {1, 2}, 8: {2}}
    assert before([7, 9], [12], 3) == {7: {2, 3, 4}}
    assert before([7], [10, 13], 2) == {7: {1, 4, 5}}
    assert before([7], [9], 9) == {}
    assert postings([7, 8], 12, 2) == {7: [4, 3, 5, 6], 8: [2]}
    assert postings([7, 8], 12, 3, later=False) == {7: [4, 3, 2], 8: [2]}
    assert postings([7], 12, 1) == {7: [4, 5]}
