"""Find the names in articles that a version without relating across languages has stored."""

from __future__ import annotations

from dataclasses import replace

from tuireader.ingest.own_forms import Groups
from tuireader.ingest.relate import features_of
from tuireader.ingest.stored_profiles import StoredProfiles, article_text
from tuireader.related import mentions
from tuireader.related.features import LEAD, Stats
from tuireader.store import Store

_READ = 100  # articles at a time


def find_older_names(store: Store, *, up_to: int, size: int, since: int, groups: Groups = ()) -> int:
    """Add the names of older articles to their profiles; return the id to continue from.

    They are found from articles in other languages, and new ones join their stories. Reads at most `size` ids
    down from `up_to`, and articles not older than `since`. Needs a transaction.
    """
    first = max(1, up_to - size + 1)
    ids = store.relations.recent(first, up_to, since, _READ)
    left = ids[-1] - 1 if len(ids) == _READ else first - 1
    profiles = StoredProfiles(store, groups)
    nameless = {one.id: one for one in profiles.profiles(ids) if not one.concepts and not one.language}
    for text in store.articles.texts(list(nameless)):
        profile, article = nameless[text.id], article_text(text, LEAD)
        named = mentions.mentions(article.title, article.text, profiles.concepts())
        counts = mentions.counted(named)
        stats = Stats(profiles.article_count(), profiles.term_counts([*counts, *profile.terms]))
        concepts, _ = mentions.weigh(named, features_of(text), stats)
        profile = replace(profile, language=named.language, concepts=concepts)
        terms = mentions.posted(concepts, named.language)
        store.relations.add(text.id, profile.pack(), article.day, terms, counts, ())
        store.references.set_language(text.id, named.language)
    store.relations.set_named(left)
    return left
