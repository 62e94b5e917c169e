"""Forms of names that no bundled table has: from the user's watches.

A watch with `any = ["WeChat", "微信"]` says that both are one thing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from tuireader.related.reading.concepts import EVENT, NAME, Concepts, bundled
from tuireader.related.reading.sounds import sound_term
from tuireader.related.reading.words import fold, term_hash

Groups = Sequence[Sequence[str]]
"""Terms of watches; each group names one thing."""
_MOST_TERMS = 8  # a longer watch is a list of topics
_PER_SCRIPT = 2  # ... and so is one with more terms that no table has, in one script


@lru_cache(maxsize=2)
def own_forms(groups: tuple[tuple[str, ...], ...]) -> Concepts:
    """Return the bundled tables with the terms of watches.

    Bundled forms keep their meaning: a group with two known things only shows that they are watched together.
    """
    own = Concepts(bundled())
    for group in groups:
        terms = [term for term in group if term and set(term).isdisjoint('*/"~')]
        if len(terms) <= _MOST_TERMS and len({_script(term) for term in terms}) > 1:
            _add_group(own, bundled(), terms)
    return own if own.has_forms else bundled()


def _add_group(own: Concepts, base: Concepts, terms: Sequence[str]) -> None:
    known = {concept.hash: concept for concept in map(base.look_up, terms) if concept is not None}
    unknown = [term for term in terms if base.look_up(term) is None]
    scripts = [_script(term) for term in unknown]
    if not unknown or len(known) > 1 or any(scripts.count(script) > _PER_SCRIPT for script in scripts):
        return
    if known:
        (concept,) = known.values()
        own.add(concept.name, concept.kind, unknown, concept.common, concept.hash)
    else:
        name = next((term for term in unknown if _script(term) == "LATIN"), unknown[0])
        # a single word keeps the number that it has without the watch, by which articles are stored already
        number = sound_term(name) or term_hash(fold(name)) if name.isalnum() else None
        own.add(name, EVENT if name == name.lower() else NAME, unknown, 0.5, number)


def _script(term: str) -> str:
    """Return the script of a term, such as `LATIN`, `CJK` or `HANGUL`."""
    return next((unicodedata.name(letter, "").partition(" ")[0] for letter in filter(str.isalpha, term)), "")
