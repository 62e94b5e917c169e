"""Build the page of a story: its reports with what each adds, background and follow-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tuireader.export.brief import Report
from tuireader.export.story import StoryPage, StoryReport
from tuireader.ingest.relating.own_forms import Groups
from tuireader.ingest.relating.relatives import related
from tuireader.model import Addition, Relation, StoryEntry, Surrounding
from tuireader.related.facts.additions import READ, additions
from tuireader.related.reading.features import Stats
from tuireader.store import Store

_REPORTS = 100  # maximum number of reports on a page, the first ones
_AROUND = 8  # maximum number of articles before and after a story
_REFERENCES = 100  # maximum number of sentences of later articles to read
_SIDES = {Relation.BACKGROUND: True, Relation.FOLLOW_UP: False, Relation.REFERRED_BY: False}


def story_page(store: Store, article_id: int, groups: Groups = ()) -> StoryPage | None:
    """Return the story of an article without evidence; None if the article does not exist.

    The cost depends on the number and size of the reports, at most a hundred, not on the size of the store.
    `groups` are terms of watches that name one thing each.
    """
    entries = _entries(store, article_id)
    if not entries:
        return None
    shown = entries[:_REPORTS]
    added = _added(store, shown)
    background, follow_ups = _around(store, entries, article_id, groups)
    reports = [
        StoryReport(
            Report(one.article_id, one.title, one.url, one.feed_title, one.time, lag=one.lag),
            added[number],
            one.read,
        )
        for number, one in enumerate(shown)
    ]
    left_out = len(entries) - len(shown)
    return StoryPage(
        tuple(reports),
        background=background,
        follow_ups=follow_ups,
        left_out=left_out,
        head=_head(shown, article_id),
    )


def _head(entries: Sequence[StoryEntry], article_id: int) -> int:
    """Return the first report in the language of the article that was asked for."""
    languages = {one.article_id: one.language for one in entries}
    language = languages.get(article_id, "")
    return next((one.article_id for one in entries if one.language == language), 0)


def _entries(store: Store, article_id: int) -> tuple[StoryEntry, ...]:
    """Return the reports of a story, or an article without one as its only report."""
    story = store.stories.timeline(article_id)
    if story is not None:
        return story.entries
    one = store.articles.get(article_id)
    if one is None:
        return ()
    return (StoryEntry(one.id, one.title, one.url, one.feed_title, one.time, 0, one.read),)


def _added(store: Store, entries: Sequence[StoryEntry]) -> list[tuple[Addition, ...]]:
    """Return what each report adds to those before it."""
    ids = [one.article_id for one in entries]
    texts = {
        one.id: (one.title, f"{one.asked_summary}\n{one.asked_body}".strip()[:READ])
        for one in store.articles.texts(ids, labels=False, appearances=False)
    }
    relations = store.relations
    articles = relations.article_count()

    def stats_of(terms: Sequence[int]) -> Stats:
        return Stats(articles, relations.term_counts(terms))

    return additions(
        [texts.get(article_id, ("", "")) for article_id in ids], stats_of, {one.feed_title for one in entries}
    )


class _Around:
    """Articles before and after a story, each once."""

    def __init__(self, entries: Sequence[StoryEntry]) -> None:
        self._first = entries[0].time
        self._inside = {one.article_id for one in entries}
        self._found: dict[int, tuple[Surrounding, set[bool]]] = {}

    def add(self, one: Surrounding, *, before: bool) -> None:
        """Add an article; the first sentence about it stays."""
        if one.article_id not in self._inside:
            self._found.setdefault(one.article_id, (one, set()))[1].add(before)

    def side(self, *, before: bool) -> tuple[Surrounding, ...]:
        """Return the articles on a side, earliest first; one found on both sides counts by its time."""
        found = [
            one
            for one, sides in self._found.values()
            if before in sides and (len(sides) < 2 or (one.time < self._first) == before)
        ]
        best = sorted(found, key=lambda one: not one.sentence)[:_AROUND]
        return tuple(sorted(best, key=lambda one: (one.time, one.article_id)))


def _around(
    store: Store, entries: Sequence[StoryEntry], article_id: int, groups: Groups
) -> tuple[tuple[Surrounding, ...], tuple[Surrounding, ...]]:
    """Return the background of a story and its follow-ups.

    These are the articles of references from and to any report, and those related to the given, the first or
    the last report.
    """
    around = _Around(entries)
    feeds = {one.article_id: one.feed_title for one in entries}
    ids = list(feeds)
    _add_references(store, around, feeds)
    for one in dict.fromkeys((article_id, ids[0], ids[-1])):
        for other in related(store, one, groups):
            before = _SIDES.get(other.relation)
            if before is not None and other.article_id is not None and other.time is not None:
                said_by = (feeds.get(one, "") if before else other.feed_title) if other.sentence else ""
                found = Surrounding(
                    other.article_id, other.title, other.url, other.feed_title, other.time, other.read,
                    other.sentence, said_by,
                )  # fmt: skip
                around.add(found, before=before)
    return around.side(before=True), around.side(before=False)


def _add_references(store: Store, around: _Around, feeds: Mapping[int, str]) -> None:
    """Add the articles that the reports refer to, and those that refer to a report."""
    shown = list(feeds)[:_REPORTS]
    earlier = [one for report in shown for one in store.references.of(report)]
    later = store.references.to(shown, _REFERENCES)
    rows = store.relations.relative_rows([*(one.other for one in earlier), *(one.article for one in later)])
    for before, references in ((True, earlier), (False, later)):
        for one in references:
            row = rows.get(one.other if before else one.article)
            if row is not None:
                said_by = feeds[one.article] if before else row.feed_title
                found = Surrounding(
                    row.id, row.title, row.url, row.feed_title, row.time, row.read, one.sentence, said_by
                )
                around.add(found, before=before)
