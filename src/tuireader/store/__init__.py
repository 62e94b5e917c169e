"""The only SQL of the program: articles, feeds, marks, matches and links in one SQLite file."""

from tuireader.store.pool import Pool
from tuireader.store.store import Store

__all__ = ["Pool", "Store"]
