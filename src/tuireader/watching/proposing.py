"""Watches and other names that articles give reason for."""

from __future__ import annotations

from collections.abc import Iterable

from tuireader import watch
from tuireader.config import WatchConfig
from tuireader.relating.topics import topics
from tuireader.store import Store
from tuireader.text import clean
from tuireader.watching.rules import rule_of

_ALIAS_ARTICLES = 300


def suggest(store: Store, article_id: int, taken: Iterable[str]) -> WatchConfig:
    """A watch for what an article is about: its most telling names, or else its rarest words.

    `taken` are the names of watches that there are. Without such an article, a watch that looks for nothing.
    """
    for text in store.reading.texts([article_id]):
        terms = topics(store, text) or tuple(filter(None, [clean(text.title, 60)]))
        if terms:
            return WatchConfig(_free_name(terms[0], taken), any=terms)
    return WatchConfig(_free_name("New watch", taken))


def _free_name(name: str, taken: Iterable[str]) -> str:
    known = {other.casefold() for other in taken}
    number, free = 1, name
    while free.casefold() in known:
        number += 1
        free = f"{name} {number}"
    return free


def aliases(store: Store, item: WatchConfig) -> list[tuple[str, str]]:
    """Other names that the newest articles on a watch give for its terms, each with its sentence."""
    rule = rule_of(item)
    found: dict[str, tuple[str, str]] = {}
    ids = [article for article, _ in store.stats.matched(item.name)[:_ALIAS_ARTICLES]]
    for text in store.reading.texts(ids):
        for name, sentence in watch.aliases(f"{text.title}\n{text.asked_summary}\n{text.asked_body}", rule):
            found.setdefault(name.casefold(), (name, sentence))
    return list(found.values())
