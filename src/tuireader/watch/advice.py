"""Warn about probable mistakes in a watch or mute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tuireader.lexicon import fold
from tuireader.query import (
    FIELD_NAMES,
    OPERATORS,
    Advice,
    Names,
    Query,
    advise,
    is_dead,
    parse,
    unmatchable_reason,
)
from tuireader.watch.rules import WatchRule

_OPERATOR = re.compile(rf"(?<=\s)(?:{'|'.join(OPERATORS)})(?:/\d+)?(?=\s)")
_FIELD = re.compile(rf"({'|'.join(FIELD_NAMES)}):(?=\S)(?!//)", re.I)


def advice(rule: WatchRule, names: Names | None = None) -> list[Advice]:
    """Return warnings about probable mistakes in a watch; names are only checked when given.

    Definite errors are among the problems of the `Matcher` instead.
    """
    warnings = [*_of_terms(rule), *_of_feeds(rule, names)]
    parsed = parse(rule.query)
    if isinstance(parsed, Query):
        warnings += advise(parsed, names, at_arrival=True)
    return list(dict.fromkeys(warnings))


def mute_advice(wanted: Query, feed: str, include_watched: bool, names: Names | None = None) -> list[Advice]:
    """Return warnings about a mute: its expression and its feed, `""` for all feeds."""
    warnings = advise(wanted, names)
    if names is not None and feed and (message := names.unlisted_message(feed)):
        warnings.append(Advice(message, dead=True, field="feed"))
    if not include_watched and is_dead(wanted.root, lambda node: getattr(node, "field", "") == "watch"):
        message = "hides nothing: without include_watched, articles on a watch stay visible"
        warnings.append(Advice(message, dead=True))
    return warnings


def _of_terms(rule: WatchRule) -> Iterator[Advice]:
    groups = [group for group in (rule.any, *rule.all) if group]
    left_out = {fold(term) for term in rule.none}
    for group in groups:
        if all(fold(term) in left_out for term in group):
            yield Advice(f"all of {', '.join(group)} is excluded by none", dead=True)
        never = all(map(_reason, group))
        for term in group:
            if reason := _reason(term):
                yield Advice(f"cannot match anything: {reason}", dead=never, term=term)
    for term in dict.fromkeys((*(term for group in groups for term in group), *rule.none)):
        if message := _misread(term):
            yield Advice(message, term=term)


def _reason(term: str) -> str:
    return unmatchable_reason(term[1:-1]) if _is_regex(term) else ""


def _is_regex(term: str) -> bool:
    return len(term) > 2 and term[0] == "/" == term[-1]


def _misread(term: str) -> str:
    if _is_regex(term):
        return ""
    if operator := _OPERATOR.search(term):
        if operator[0] != "OR":
            return f"{operator[0]} is an ordinary word in a term; did you mean to set query?"
        parts = [f'"{part.strip()}"' for part in re.split(r"\sOR\s", term)]
        return f"OR is an ordinary word in a term; did you mean {', '.join(parts)}?"
    if field := _FIELD.match(term):
        hint = "" if field[1].lower() == "like" else "; did you mean to set query?"
        return f"{field[0]} has no special meaning in a term{hint}"
    return ""


def _of_feeds(rule: WatchRule, names: Names | None) -> Iterator[Advice]:
    if names is None or not rule.feeds:
        return
    messages = [message for name in rule.feeds if (message := names.unlisted_message(name))]
    for message in messages:
        yield Advice(message, dead=len(messages) == len(rule.feeds), field="feed")
