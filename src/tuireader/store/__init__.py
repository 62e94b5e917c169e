"""All SQL of the program: articles, feeds, marks, matches and links in one SQLite file.

`Pool` and `Store` are imported on first use, so that shell completion stays fast.
"""

from typing import TYPE_CHECKING

from tuireader import lazy

if TYPE_CHECKING:
    from tuireader.store.pool import Pool as Pool
    from tuireader.store.store import Store as Store

__getattr__, __all__ = lazy.names(__name__, {"pool": ("Pool",), "store": ("Store",)})
