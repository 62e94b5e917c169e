"""The only SQL of the program: articles, feeds, marks, matches and links in one SQLite file.

`Pool` and `Store` are imported at first use, so that a look at the names in a database stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuireader.store.pool import Pool
    from tuireader.store.store import Store

__all__ = ["Pool", "Store"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tuireader.store.pool import Pool
    from tuireader.store.store import Store

    globals().update(Pool=Pool, Store=Store)
    return globals()[name]
