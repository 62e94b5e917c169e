"""Decide which rules act on an arriving article. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tuireader.config import RuleConfig
from tuireader.query import Subject
from tuireader.watch.matcher import Matcher
from tuireader.watch.rules import WatchRule

Decided = Sequence[tuple[str, str]]
"""Actions that rules take with an article, such as `label:law`, each with the name of its rule."""


class RuleBook:
    """The rules of a configuration, compiled: an article is read once for the expressions of all."""

    def __init__(self, rules: Sequence[RuleConfig]) -> None:
        self._rules = [(rule, frozenset(map(str.casefold, rule.feeds))) for rule in rules]
        self._places = {rule.name: place for place, rule in enumerate(rules)}
        self.watched_too = frozenset(rule.name for rule in rules if rule.include_watched)
        self._without_query = {place for place, rule in enumerate(rules) if not rule.query}
        self._matcher = Matcher(
            [WatchRule(rule.name, query=rule.query, feeds=rule.feeds) for rule in rules if rule.query]
        )

    def __bool__(self) -> bool:
        return bool(self._rules)

    def decide(self, subject: Subject, now: int) -> Decided:
        """Decide about an article with its watches, which spare it from some actions."""
        return [
            (str(action), rule.name)
            for rule in self.matching(subject, now)
            for action in rule.then
            if not (subject.watches and action.spares_watched) or rule.include_watched
        ]

    def matching(self, subject: Subject, now: int) -> list[RuleConfig]:
        """Return the rules that match an article with its watches, in the order of the configuration."""
        named = {self._places[name] for name in self._matcher.names(subject, now)}
        feed = {subject.feed.casefold(), subject.feed_url.casefold(), subject.folder.casefold()}
        return [
            rule
            for rule, feeds in [self._rules[place] for place in sorted(named | self._without_query)]
            if (not rule.watch or not set(rule.watch).isdisjoint(subject.watches))
            and (not feeds or not feeds.isdisjoint(feed))
        ]


@lru_cache(maxsize=2)
def rule_book(rules: tuple[RuleConfig, ...], variants: bool) -> RuleBook:
    """Compile rules, once for each setting of `chinese_variants`, on which their terms depend."""
    return RuleBook(rules)
