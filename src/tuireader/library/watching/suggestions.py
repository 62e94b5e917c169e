"""Suggest watches and aliases from articles."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader import watch
from tuireader.config import WatchConfig
from tuireader.ingest.relating.stored_profiles import StoredProfiles
from tuireader.ingest.relating.topics import topics
from tuireader.library.watching import rule_of
from tuireader.library.watching.proper_names import names_in, phrases_of, watch_name
from tuireader.related.reading.features import Stats, counted, extract
from tuireader.related.reading.words import fold, term_hash
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText
from tuireader.text import clean

_ALIAS_ARTICLES = 300
_MOST = 3


def suggest_watch(store: Store, article_id: int, watches: Sequence[WatchConfig]) -> WatchConfig:
    """Propose a watch for an article from its names or else its best phrase, avoiding terms of other watches.

    Returns an empty watch if the article does not exist.
    """
    watched = [term.casefold() for item in watches for term in (item.name, *item.any)]

    def new(terms: Sequence[str]) -> list[str]:
        return [term for term in terms if not any(term.casefold() in other for other in watched)]

    for text in store.articles.texts([article_id]):
        names = _names(store, text)
        terms = tuple(
            new(names) or new(topics(store, text))[:1] or names or filter(None, [clean(text.title, 60)])
        )
        if terms:
            return WatchConfig(watch_name(terms, [item.name for item in watches]), any=terms)
    return WatchConfig("")


def _names(store: Store, text: StoredText) -> list[str]:
    body = text.asked_body or text.asked_summary
    profiles = StoredProfiles(store)
    features = extract(text.title, body)
    stats = Stats(profiles.article_count(), profiles.term_counts(list(counted(features))))
    known = {term.hash for term in features if term.hash in stats.counts and stats.is_name(term)}
    names = names_in(text.title, body, lambda word: term_hash(fold(word)) in known, _MOST)
    return list(dict.fromkeys([*phrases_of(text.title, body), *names]))[:_MOST]


def aliases(store: Store, item: WatchConfig) -> list[tuple[str, str]]:
    """Find other names for a watch's terms in its newest matches, each with its sentence."""
    rule = rule_of(item)
    aliases: dict[str, tuple[str, str]] = {}
    ids = [article for article, _ in store.stats.matched(item.name)[:_ALIAS_ARTICLES]]
    for text in store.articles.texts(ids):
        for name, sentence in watch.aliases(f"{text.title}\n{text.asked_summary}\n{text.asked_body}", rule):
            aliases.setdefault(name.casefold(), (name, sentence))
    return list(aliases.values())
