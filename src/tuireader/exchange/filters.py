"""Filters of other readers as mutes and rules, as far as they map. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tuireader import query
from tuireader.config import MuteConfig, RuleConfig
from tuireader.model import Action, ActionKind
from tuireader.newsboat.filters import as_regex
from tuireader.query.tree import phrase
from tuireader.text import clean

_MINIFLUX = {
    "": ("title", "url", "label", "author"),  # rules of versions before 2.2.10
    "EntryTitle": ("title",),
    "EntryURL": ("url",),
    "EntryContent": ("body",),
    "EntryAuthor": ("author",),
    "EntryTag": ("label",),
}
"""Fields of Miniflux's `FIELD=REGEX`, and those of our expressions."""
_FRESHRSS = {"": "", "intitle": "title", "author": "author", "inurl": "url", "intext": "body", "#": "label"}
_WORD = re.compile(r"""(-?)(?:([a-z]+):|(\#))?(?:"([^"]+)"|'([^']+)'|([^\s"'():|/!;]+))(?=\s|$)""")


def miniflux_mutes(
    blocks: Sequence[str], keeps: Sequence[str], url: str
) -> tuple[list[MuteConfig], list[str]]:
    """Return mutes for the block and keep rules of a feed, and the rules that do not map."""
    blocking, keeping = [list(map(_miniflux, rules)) for rules in (blocks, keeps)]
    wrong = [rule for rule, known in zip((*blocks, *keeps), (*blocking, *keeping), strict=True) if not known]
    wanted = [" OR ".join(filter(None, blocking))]
    if keeping and all(keeping):  # else it would hide what the server keeps
        wanted.append(f"NOT ({' OR '.join(keeping)})")
    return [MuteConfig(expression, url) for expression in wanted if expression], wrong


def _miniflux(rule: str) -> str:
    """Write a rule as an expression, `""` if it does not map."""
    field, _, pattern = rule.partition("=")
    pattern = f"(?i:{pattern[4:]})" if pattern.startswith("(?i)") else f"(?-i:{pattern})"
    expression = " OR ".join(f"{name}:{as_regex(pattern)}" for name in _MINIFLUX.get(field, ()))
    return "" if isinstance(query.parse(expression), query.QueryError) else expression


def freshrss_rule(searches: Sequence[str], title: str, url: str) -> tuple[RuleConfig | None, list[str]]:
    """Return a rule for searches by which FreshRSS marks articles as read, and those that do not map."""
    expressions = list(map(_freshrss, searches))
    wrong = [search for search, known in zip(searches, expressions, strict=True) if not known]
    wanted = " OR ".join(f"({expression})" for expression in expressions if expression)
    name = clean(f"Read in {title or url}", 100)
    return (
        RuleConfig(name, wanted, feeds=(url,), then=(Action(ActionKind.READ),)) if wanted else None
    ), wrong


def _freshrss(search: str) -> str:
    """Write words, quoted or not, with the fields that we have as an expression; `""` for anything else."""
    written, at = [], 0
    for match in _WORD.finditer(search):
        field = match[2] or match[3] or ""
        word = match[4] or match[5] or match[6]
        if search[at : match.start()].strip() or field not in _FRESHRSS or word in query.OPERATORS:
            return ""
        name = _FRESHRSS[field]
        written.append(f"{match[1]}{name}{':' * bool(name)}{phrase(word)}")
        at = match.end()
    return "" if search[at:].strip() else " ".join(written)
