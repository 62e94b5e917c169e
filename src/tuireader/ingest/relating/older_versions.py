"""Fill in what older versions did not store about their articles: a function for each value."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from tuireader.ingest.relating.relate import features_of, merge, refold_stories, tell_languages
from tuireader.ingest.relating.sharing import sharing
from tuireader.ingest.relating.stored_profiles import StoredProfiles, article_text
from tuireader.model import Evidence
from tuireader.related import search
from tuireader.related.across import differ
from tuireader.related.reading import mentions
from tuireader.related.reading.features import LEAD, Stats
from tuireader.related.reading.own_forms import Groups
from tuireader.related.search import ArticleText
from tuireader.related.stories import MEMBERS, united
from tuireader.store import Store
from tuireader.store.upkeep.older_versions import Missing
from tuireader.store.watches.match_log import matched_texts, text_hash

_READ = 50  # articles at a time


def fill_in(store: Store, missing: Missing, *, up_to: int, size: int, since: int, groups: Groups = ()) -> int:
    """Fill in a value for about `size` ids down from `up_to`; return the next id, 0 at the end.

    Names are only found in articles not older than `since`. Needs a transaction.
    """
    steps: dict[Missing, Callable[..., int]] = {
        Missing.LANGUAGES: tell_languages,
        Missing.STORIES: refold_stories,
        Missing.NAMES: partial(_find_names, since=since, groups=groups),
        Missing.READING_TIMES: _count_reading_times,
        Missing.IDENTIFIERS: _identify,
    }
    left = steps[missing](store, up_to=up_to, size=size)
    store.older_versions.set_left(missing, left)
    return left


def _count_reading_times(store: Store, *, up_to: int, size: int) -> int:
    first = max(1, up_to - size + 1)
    store.index.count_minutes(store.articles.texts(range(first, up_to + 1), labels=False, appearances=False))
    return first - 1


def _identify(store: Store, *, up_to: int, size: int) -> int:
    """Log the CVE numbers of matches: those of title and sentence if the text is gone or changed."""
    first = max(1, up_to - min(size, _READ) + 1)
    logged = store.match_log.unidentified(first, up_to)
    texts = {text.id: text for text in store.articles.texts([match.article_id for match in logged])}
    now = int(time.time())
    for match in logged:
        matched = [match.title, "" if match.sentence == match.title else match.sentence]
        text = texts.get(match.article_id)
        if text is not None and text_hash(text) == match.sha256:
            matched = matched_texts(text)
        store.match_log.identify(match.article_id, matched, Evidence(match.watch), now)
    return first - 1


def _find_names(store: Store, *, up_to: int, size: int, since: int, groups: Groups = ()) -> int:
    """Add the names of articles to their profiles, by which articles in other languages are found."""
    first = max(1, up_to - size + 1)
    ids = store.relations.recent(first, up_to, since, _READ)
    left = ids[-1] - 1 if len(ids) == _READ else first - 1
    profiles = StoredProfiles(store, groups)
    nameless = {
        profile.id: profile
        for profile in profiles.profiles(ids)
        if not profile.concepts and not profile.language
    }
    articles: list[ArticleText] = []
    for text in store.articles.texts(list(nameless)):
        profile, article = nameless[text.id], article_text(text, LEAD)
        named = mentions.mentions(article.title, article.text, profiles.concepts())
        counts = mentions.counted(named)
        stats = Stats(profiles.article_count(), profiles.term_counts([*counts, *profile.terms]))
        concepts, _ = mentions.weigh(named, features_of(text), stats)
        profile = replace(profile, language=named.language, concepts=concepts)
        terms = [*mentions.posted(concepts, named.language), *article.pictures]
        store.relations.add(text.id, profile.pack(), article.day, terms, ())
        profiles.counts.add(counts)
        store.references.set_language(text.id, named.language)
        articles.append(article)
    profiles.counts.save()
    profiles = StoredProfiles(store)  # with their names and languages
    for article in sorted(articles, key=lambda article: article.time):
        _fold(store, profiles, article)
    return left


def _fold(store: Store, profiles: StoredProfiles, article: ArticleText) -> None:
    """Merge the story of an article with those of the same event in other languages.

    No story loses an article, and stories that contain a pair which the user has split stay separate.
    """
    (profile,) = profiles.profiles([article.id])
    near = search.neighbours_across(profiles, profile)
    store.relations.add(article.id, profile.pack(), article.day, (), near[: search.STORED])
    shared = sharing(store, profiles, article)
    others = [other.id for other in profiles.profiles([*near, *shared]) if differ(profile, other)]
    story_of = profiles.stories([article.id, *others]) if others else {}
    members = {story: store.relations.members(story) for story in dict.fromkeys(story_of.values())}
    stories = {story: profiles.profiles(ids[:MEMBERS]) for story, ids in members.items()}
    if len(stories) > 1:
        number = {member: story for story, ids in members.items() for member in ids}
        apart = {frozenset(map(number.__getitem__, pair)) for pair in profiles.split_pairs(list(number))}
        pairs = {frozenset((article.id, other)) for other in shared}
        merge(store, profiles, united(story_of[article.id], stories, profiles.series, apart, pairs))
