"""Build the page of a story: its reports with what each adds, background and follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from tuireader.export.brief import Report
from tuireader.export.story import StoryPage, StoryReport
from tuireader.ingest.relating.relatives import one_per_story, related
from tuireader.model import AddedKind, Addition, Related, Relation, StoryEntry, Surrounding
from tuireader.related.compare import same_text
from tuireader.related.facts.additions import READ, additions
from tuireader.related.reading.features import Stats, unpack
from tuireader.related.reading.own_forms import Groups
from tuireader.store import Store
from tuireader.store.relations.relations import RelativeRow
from tuireader.store.sql import grouped

_REPORTS = 100  # maximum number of reports on a page, the first ones
_AROUND = 8  # maximum number of articles before and after a story
_REFERENCES = 100  # maximum number of sentences of later articles to read
_SIDES = {Relation.BACKGROUND: True, Relation.FOLLOW_UP: False, Relation.REFERRED_BY: False}


def story_page(
    store: Store, article_id: int, groups: Groups = (), *, after: int = 0, since: int = 0
) -> StoryPage | None:
    """Return the story of an article without evidence; None if the article does not exist.

    The cost depends on the number and size of the reports, at most a hundred, not on the size of the store.
    `groups` are terms of watches; each group names one thing. New is what has a higher id than `after` and is
    not older than `since`: with either, the page has only that around the story, and its last reports.
    """
    entries = _entries(store, article_id)
    if not entries:
        return None

    def is_new(article: StoryEntry | Surrounding) -> bool:
        return article.article_id > after and article.time >= since

    shown = entries[-_REPORTS:] if after or since else entries[:_REPORTS]
    around = _Around(store, entries, is_new)
    _add_around(store, around, entries, article_id, groups)
    added = additions_of(store, _titles(shown))
    copies = _copies(store, shown, added)
    reports = [
        StoryReport(
            Report(
                entry.article_id,
                entry.title,
                entry.url,
                entry.feed_title,
                time=entry.time,
                lag=entry.lag,
                copy_of=copies.get(entry.article_id, 0),
                new=is_new(entry),
            ),
            facts,
            entry.read,
        )
        for entry, facts in zip(shown, added, strict=True)
    ]
    return StoryPage(
        tuple(reports),
        background=around.side(before=True),
        follow_ups=around.side(before=False),
        left_out=sum(map(is_new, entries)) - sum(map(is_new, shown)),
        head=_head(shown, article_id),
    )


def _head(entries: Sequence[StoryEntry], article_id: int) -> int:
    languages = {entry.article_id: entry.language for entry in entries}
    language = languages.get(article_id, "")
    return next((entry.article_id for entry in entries if entry.language == language), 0)


def _entries(store: Store, article_id: int) -> tuple[StoryEntry, ...]:
    story = store.stories.timeline(article_id)
    if story is not None:
        return story.entries
    article = store.articles.get(article_id)
    if article is None:
        return ()
    return (
        StoryEntry(
            article_id=article.id,
            title=article.title,
            url=article.url,
            feed_title=article.feed_title,
            time=article.time,
            lag=0,
            read=article.read,
        ),
    )


def copies(store: Store, reports: Sequence[Report]) -> dict[int, int]:
    """Map reports that repeat the text of an earlier one of their story, and add nothing, to that report."""
    in_order = sorted(reports, key=lambda report: (report.time, report.article_id))
    stories = grouped((report.story, report) for report in in_order if report.story)
    return {copy: of for story in stories.values() for copy, of in _copies(store, story[:_REPORTS]).items()}


def _titles(entries: Sequence[StoryEntry | Report]) -> dict[int, str]:
    return {entry.article_id: entry.feed_title for entry in entries}


def additions_of(
    store: Store, articles: Mapping[int, str], *, titled: bool = True
) -> list[tuple[Addition, ...]]:
    """Return what each article adds to those before it; `articles` maps them to the titles of their feeds.

    If they are `titled`, names in titles are no additions, as the title is seen anyway.
    """
    texts = {}
    for text in store.articles.texts([*articles], labels=False, appearances=False):
        body = f"{text.asked_summary}\n{text.asked_body}".strip()[:READ]
        texts[text.id] = (text.title, body) if titled else ("", f"{text.title}\n{body}")
    stored = store.relations.article_count()
    return additions(
        [texts.get(article_id, ("", "")) for article_id in articles],
        lambda terms: Stats(stored, store.relations.term_counts(terms)),
        set(articles.values()),
    )


def _copies(
    store: Store,
    entries: Sequence[StoryEntry | Report],
    added: Sequence[tuple[Addition, ...]] | None = None,
) -> dict[int, int]:
    """Find the copies among the reports of one story, given the facts of each if they are known."""
    ids = [entry.article_id for entry in entries]
    profiles = {number: unpack(number, packed) for number, packed in store.relations.packed_profiles(ids)}
    if not any(same_text(*pair) for pair in combinations(profiles.values(), 2)):
        return {}
    added = additions_of(store, _titles(entries)) if added is None else added
    copies: dict[int, int] = {}
    originals: list[int] = []
    for article_id, facts in zip(ids, added, strict=True):
        profile = profiles.get(article_id)
        if profile is None:
            continue
        same = (other for other in originals if same_text(profiles[other], profile))
        original = 0 if any(fact.kind is not AddedKind.DATE for fact in facts) else next(same, 0)
        if original:
            copies[article_id] = original
        else:
            originals.append(article_id)
    return copies


class _Around:
    """New articles before and after a story, each once."""

    def __init__(
        self, store: Store, entries: Sequence[StoryEntry], is_new: Callable[[Surrounding], bool]
    ) -> None:
        self._store = store
        self._is_new = is_new
        self._first = entries[0].time
        self._inside = {entry.article_id for entry in entries}
        self._found: dict[int, tuple[Surrounding, set[bool]]] = {}

    def add(
        self,
        article: Related | RelativeRow,
        article_id: int,
        time: int,
        sentence: str,
        said_by: str,
        *,
        before: bool,
    ) -> None:
        if article_id in self._inside:
            return
        surrounding = Surrounding(
            article_id=article_id,
            title=article.title,
            url=article.url,
            feed_title=article.feed_title,
            time=time,
            read=article.read,
            sentence=sentence,
            said_by=said_by if sentence else "",
        )
        if self._is_new(surrounding):
            self._found.setdefault(article_id, (surrounding, set()))[1].add(before)

    def side(self, *, before: bool) -> tuple[Surrounding, ...]:
        """Return the articles on a side, earliest first; one on both sides counts by its time."""
        articles = [
            article
            for article, sides in self._found.values()
            if before in sides and (len(sides) < 2 or (article.time < self._first) == before)
        ]
        best = one_per_story(self._store, sorted(articles, key=lambda article: not article.sentence))[
            :_AROUND
        ]
        return tuple(sorted(best, key=lambda article: (article.time, article.article_id)))


def _add_around(
    store: Store, around: _Around, entries: Sequence[StoryEntry], article_id: int, groups: Groups
) -> None:
    """Add the background of a story and its follow-ups.

    These are the articles of references from and to any report, and those related to the given, the first or
    the last report.
    """
    feeds = {entry.article_id: entry.feed_title for entry in entries}
    ids = list(feeds)
    _add_references(store, around, feeds)
    for report in dict.fromkeys((article_id, ids[0], ids[-1])):
        for other in related(store, report, groups, every=True):
            before = _SIDES.get(other.relation)
            if before is not None and other.article_id is not None and other.time is not None:
                said_by = feeds.get(report, "") if before else other.feed_title
                around.add(other, other.article_id, other.time, other.sentence, said_by, before=before)


def _add_references(store: Store, around: _Around, feeds: Mapping[int, str]) -> None:
    shown = list(feeds)[:_REPORTS]
    earlier = [reference for report in shown for reference in store.references.of(report)]
    later = store.references.to(shown, _REFERENCES)
    rows = store.relations.relative_rows(
        [*(reference.other for reference in earlier), *(reference.article for reference in later)]
    )
    for before, references in ((True, earlier), (False, later)):
        for reference in references:
            row = rows.get(reference.other if before else reference.article)
            if row is not None:
                said_by = feeds[reference.article] if before else row.feed_title
                around.add(row, row.id, row.time, reference.sentence, said_by, before=before)
