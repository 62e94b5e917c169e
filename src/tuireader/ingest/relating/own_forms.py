"""Names in the forms of the user's watches and of stored texts, read now and then."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from tuireader.related.reading.concepts import Concepts, bundled
from tuireader.related.reading.own_forms import own_forms
from tuireader.store import Store

Groups = Sequence[Sequence[str]]
"""Terms of watches; each group names one thing."""
_KEPT = 200  # articles after which names learned from texts are read again
_Key = tuple[tuple[tuple[str, ...], ...], int]
_read: WeakKeyDictionary[Store, tuple[_Key, Concepts]] = WeakKeyDictionary()


def concepts(store: Store, groups: Groups, articles: int) -> Concepts:
    """Return the tables of names for a store; cached until watches change or many articles arrive."""
    key = (tuple(map(tuple, groups)), articles // _KEPT)
    known = _read.get(store)
    if known is None or known[0] != key:
        known = key, own_forms(groups, store.references.aliases(), bundled())
        _read[store] = known
    return known[1]
