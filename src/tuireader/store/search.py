"""Expressions over the whole store: SQL and the full-text index give candidates, the matcher decides."""

from __future__ import annotations

import sqlite3
from array import array


class Search:
    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
