"""Numbers of feeds in expressions: decided by SQL alone, or with a text."""

from __future__ import annotations

import pytest

from tests.builders import NOW, entry, save
from tuireader import ingest, query
from tuireader.store import Store


def found(store: Store, expression: str) -> set[int]:
    """The numbers of the titles that the store finds."""
    parsed = query.parse(expression)
    assert isinstance(parsed, query.Query) and query.parse(str(parsed)) == parsed
    steps = store.search.find_in_steps(
        parsed, now=NOW, subject=lambda text: ingest.subject(text, {}), limit=9
    )
    return {int(text.title[-1]) for text in store.articles.texts([one for step in steps for one in step])}


@pytest.mark.parametrize(
    ("expression", "numbers"),
    [
        ("total_count:>2", {1, 2, 3}),
        ("total_count:<=2", {4}),
        ("unread_count:<1", {4}),
        ("unread_count:>=2", {1, 2, 3}),
        ("latest_article_age:>1d", {4}),
        ("NOT latest_article_age:>1d", {1, 2, 3}),
    ],
)
def test_numbers_are_those_of_the_feed(store: Store, expression: str, numbers: set[int]) -> None:
    save(store, 1, *(entry(number, published=NOW - 60 * number) for number in (1, 2, 3)))
    save(store, 2, entry(4, published=NOW - 90_000))
    with store.transaction():
        store.marks.set("read", [1, 4], True, now=NOW)
    assert found(store, expression) == numbers
    assert found(store, f"({expression}) title:/Title/") == numbers, "the text decides, too"
    parsed = query.parse(expression.removeprefix("NOT "))
    assert isinstance(parsed, query.Query)
    assert not query.matches(parsed, query.Subject(title="Arriving", time=NOW), NOW), "not known on arrival"
