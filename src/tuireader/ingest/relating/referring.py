"""Find what the sentences of a newly related article refer to, and store it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuireader.related import referring
from tuireader.related.reading import telling
from tuireader.related.reading.features import Profile, Stats, choose
from tuireader.related.reading.mentions import posting
from tuireader.related.search import ArticleText
from tuireader.store import Store
from tuireader.watch.sentences import sentences_in

if TYPE_CHECKING:
    from tuireader.ingest.relating.stored_profiles import StoredProfiles

READ = 8_000
"""Maximum characters of a text to read."""


def find(
    store: Store,
    profiles: StoredProfiles,
    profile: Profile,
    article: ArticleText,
) -> list[tuple[int, str]]:
    """Find the earlier articles that an article refers to, each with its sentence, in reading order."""
    told, found = read(store, profiles, profile, article)
    if told is None:
        return []
    candidates = profiles.profiles(found)
    return certain(store, profiles, told, candidates, referring.references(told, candidates))


def read(
    store: Store,
    profiles: StoredProfiles,
    profile: Profile,
    article: ArticleText,
    *,
    every: bool = False,
) -> tuple[telling.Telling | None, list[int]]:
    """Read what an article says about earlier events, and the articles that may be about these.

    With `every`, sentences that state no time may refer, too.
    """
    if not profile.dated:
        return None, []
    told = telling.tell(
        profile,
        article.title,
        sentences(article.text[:READ]),
        profiles.concepts(),
        lambda terms: Stats(profiles.article_count(), profiles.term_counts(list(terms))),
        every=every,
    )
    return told, [] if told is None else _candidates(store, told, profile)


def certain(
    store: Store,
    profiles: StoredProfiles,
    told: telling.Telling,
    candidates: Sequence[Profile],
    references: Sequence[referring.Reference],
) -> list[tuple[int, str]]:
    """Drop references to the same story or another item of a series; return the others with sentences.

    A change of a watched page refers to none: its sentences belong to the page and tell no past.
    """
    article = told.profile
    if not references or store.references.is_change(article.id):
        return []
    by_id = {other.id: other for other in candidates}
    stories = store.relations.stories([article.id, *(reference.article for reference in references)])
    story = stories.get(article.id)
    return [
        (reference.article, told.sentences[reference.place].text)
        for reference in references
        if stories.get(reference.article) != story
        and not profiles.series.differ(article, by_id[reference.article])
    ]


def sentences(text: str) -> list[str]:
    """Split a plain text into sentences; a line ends a sentence."""
    parts: list[str] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        parts.extend(text[first:last] for first, last in sentences_in(text, start, end))
        start = end + 1
    return parts


def _candidates(store: Store, told: telling.Telling, profile: Profile) -> list[int]:
    terms, things = referring.lookups(told)
    weights = terms | {posting(number, profile.language): weight for number, weight in things.items()}
    days = referring.days_to_look_at(told)
    posted = store.relations.posted_before(list(weights), days, referring.POSTINGS)
    hits = [(weights[term] * weights[term], articles) for term, articles in posted.items()]
    return choose(hits, referring.CANDIDATES, without=profile.id)
