"""Background and follow-ups of a story, and the bounds of its page."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tests.builders import entry, save
from tuireader import ingest
from tuireader.store import Store

SAID = "Earlier this month, China ordered a ban on new downloads of Didi."
DAY = 1_700_000_000


def story(store: Store, ids: Sequence[int]) -> None:
    for number in ids[1:]:
        store.relations.join(number, ids[0])


def test_sentences_lead_to_what_came_before_and_after(store: Store) -> None:
    texts = [entry(number, title=f"Report {number}") for number in range(1, 6)]
    save(store, 1, *(replace(one, published=DAY + 60 * at) for at, one in enumerate(texts)))
    with store.transaction():
        story(store, [2, 3])
        store.references.set(3, [(1, SAID), (2, "Not of the story itself."), (77, "It is gone.")])
        store.references.set(5, [(2, "It began with this.")])
    page = ingest.story_page(store, 3)
    assert page is not None
    (before,), (after,) = page.background, page.follow_ups
    assert (before.article_id, before.sentence, before.said_by) == (1, SAID, page.first.feed_title)
    assert (after.article_id, after.sentence) == (5, "It began with this.")
    assert ingest.story_page(store, 99) is None


def test_what_a_report_in_the_middle_refers_to_is_background_too(store: Store) -> None:
    texts = [entry(number, title=f"Report {number}") for number in range(1, 7)]
    save(store, 1, *(replace(one, published=DAY + 60 * at) for at, one in enumerate(texts)))
    with store.transaction():
        story(store, [2, 3, 4])
        store.references.set(3, [(1, SAID)])
        store.references.set(6, [(3, "It began with this.")])
        store.marks.set("read", [1], True, now=DAY)
    for asked in (2, 4):
        page = ingest.story_page(store, asked)
        assert page is not None
        assert [(one.article_id, one.read) for one in page.background] == [(1, True)]
        assert [(one.article_id, one.read) for one in page.follow_ups] == [(6, False)]


def test_a_giant_story_and_many_references_are_bounded(store: Store) -> None:
    entries = [entry(number, title=f"Report {number}") for number in range(1, 261)]
    save(store, 1, *(replace(one, published=DAY - 500 + at) for at, one in enumerate(entries)))
    with store.transaction():
        story(store, range(1, 131))
        for number in range(131, 261):
            store.references.set(number, [(1, f"It is sentence {number}.")])
    page = ingest.story_page(store, 130)
    assert page is not None
    assert (len(page.reports), page.left_out) == (100, 30)
    assert len(page.follow_ups) == 8
    page = ingest.story_page(store, 130, after=5, since=DAY - 250)  # 130 is the oldest
    assert page is not None
    assert ([entry.report.article_id for entry in page.new], page.left_out) == ([10, 9, 8, 7, 6], 0)
    page = ingest.story_page(store, 130, after=200)
    assert page is not None
    assert (len(page.reports), page.new, page.left_out) == (100, (), 0)
    assert len(page.follow_ups) == 8 and all(article.article_id > 200 for article in page.follow_ups)


def test_the_page_is_headed_in_the_language_of_the_article_that_was_asked_for(store: Store) -> None:
    texts = [entry(number, title=f"Report {number}") for number in range(1, 5)]
    save(store, 1, *(replace(one, published=DAY + 60 * at) for at, one in enumerate(texts)))
    with store.transaction():
        story(store, [1, 2, 3, 4])
        for number, language in enumerate(("zh", "en", "en", "zh"), 1):
            store.references.set_language(number, language)
    pages = {number: ingest.story_page(store, number) for number in range(1, 5)}
    assert [page and page.title for page in pages.values()] == [
        "Report 4",
        "Report 3",
        "Report 3",
        "Report 4",
    ]


LIGHTS = (
    "The harbour of Kettlemouth lost its lights after a barge tore the cable of the Lantern yard. "
    "Pilots guided ships past the Vexley breakwater by radar while engineers of Brightwater laid a line."
)


def test_reports_that_repeat_a_text_and_add_nothing_are_copies_of_the_first_one(store: Store) -> None:
    texts = (LIGHTS, LIGHTS + " Edited.", LIGHTS + " It cost 40 million dollars.", "Fog lies on Kettlemouth.")
    for number, text in enumerate(texts):
        told = entry(number, title="Lights out", content_html=f"<p>{text}</p>", published=DAY + number)
        save(store, 1 + number % 2, told)
    with store.transaction():
        ingest.Relater().step(store, 100)
        story(store, [1, 2, 3, 4])
    page = ingest.story_page(store, 4)
    assert page is not None
    assert {each.report.article_id: each.report.copy_of for each in page.reports} == {1: 0, 2: 1, 3: 0, 4: 0}
