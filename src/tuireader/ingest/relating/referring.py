"""Find what the sentences of a newly related article refer to, and store it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuireader.related import referring
from tuireader.related.reading import telling
from tuireader.related.reading.features import Profile, Stats
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
    neighbours: Sequence[int] = (),
) -> list[tuple[int, str]]:
    """Return the earlier articles that an article refers to, each with its sentence, in reading order.

    By a time or an amount, it may refer to any stored article, by another cue to one of its `neighbours`. A
    change of a watched page refers to none: its sentences belong to the page and tell no past.
    """
    if not profile.dated:
        return []
    near = profiles.profiles(neighbours)
    earlier = [one for one in near if profile.time - one.time >= referring.BY_CUE]
    told = telling.tell(
        profile,
        article.title,
        sentences(article.text[:READ]),
        profiles.concepts(),
        lambda terms: Stats(profiles.article_count(), profiles.term_counts(list(terms))),
        cues=bool(earlier),
    )
    if told is None:
        return []
    by_cue = {one.id: one for one in earlier} if any(one.by_cue for one in told.sentences) else {}
    wanted = [] if all(one.by_cue for one in told.sentences) else _candidates(store, told, profile)
    candidates = by_cue | {one.id: one for one in profiles.profiles(wanted)}
    stories = store.relations.stories([article.id, *candidates]) if by_cue else {}
    found = referring.references(told, candidates.values(), stories)
    if not found or store.references.is_change(article.id):
        return []
    stories = stories or store.relations.stories([article.id, *(one.article for one in found)])
    series = {one.article for one in found if profiles.series.differ(profile, candidates[one.article])}
    return [
        (one.article, told.sentences[one.place].text)
        for one in found
        if one.article not in series and stories.get(one.article) != stories.get(article.id)
    ]


def sentences(text: str) -> list[str]:
    """Return the sentences of a plain text; a line ends a sentence."""
    found: list[str] = []
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        found.extend(text[first:last] for first, last in sentences_in(text, at, end))
        at = end + 1
    return found


def _candidates(store: Store, told: telling.Telling, profile: Profile) -> list[int]:
    terms, things = referring.lookups(told)
    weights = terms | {posting(number, profile.language): weight for number, weight in things.items()}
    days = referring.days_to_look_at(told)
    posted = store.relations.posted_before(list(weights), days, referring.POSTINGS)
    return referring.choose([(weights[term], articles) for term, articles in posted.items()], profile.id)
