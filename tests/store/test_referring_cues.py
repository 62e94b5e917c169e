"""Sentences with a cue instead of a time refer to an earlier article near theirs, if they share enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import NOW, entry, open_store, save
from tuireader import ingest

DAY = 86_400
REMOVED = (
    "Regulator orders app stores to remove Didi",
    "The Cyberspace Administration ordered Chinese app stores to remove the ride-hailing app Didi. It found "
    "that Didi had illegally collected personal information of passengers. Didi promised to mend it.",
)
OPENED = (
    "Didi opens in Cape Town",
    "Drivers of the ride-hailing app Didi pay half the commission there. Uber lowers its prices as well.",
)
CUE = "The Cyberspace Administration had ordered app stores to remove the app over personal information."


def back(*sentences: str) -> tuple[str, str]:
    """An article about the return of Didi, with some sentences below the news itself."""
    news = "The ride-hailing app Didi asks to return to Chinese app stores.", "Its founder gave no date."
    return "Didi wants back into app stores", " ".join([*news, *sentences])


def refers(folder: Path, *articles: tuple[float, tuple[str, str]]) -> list[tuple[int, str]]:
    """Relate articles, given as (days before now, title and text), and return what the last one refers to."""
    store = open_store(folder, len(articles))
    for number, (days, (title, text)) in enumerate(articles, 1):
        made = entry(number, title=title, content_html=f"<p>{text}</p>", published=int(NOW - days * DAY))
        save(store, number, made)
    relating = ingest.Relater()
    with store.transaction():
        while relating.step(store, 50):
            pass
    found = [(one.other, one.sentence) for one in store.references.of(len(articles))]
    store.close()
    return found


def test_a_sentence_in_the_past_perfect_refers_to_what_it_tells_of(tmp_path: Path) -> None:
    article = back(CUE, "Shares rose.")
    assert refers(tmp_path, (30, OPENED), (20, REMOVED), (0, article)) == [(2, CUE)]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(20, CUE.replace("had ordered", "orders")), (20, "Didi had been an app for cars."), (3, CUE)],
)
def test_no_reference_is_better_than_a_wrong_one(tmp_path: Path, days: int, sentence: str) -> None:
    assert refers(tmp_path, (30, OPENED), (days, REMOVED), (0, back(sentence))) == []
