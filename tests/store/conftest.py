"""What most tests of the store start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import open_store
from tuireader.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store with two feeds and no article, in the file test.db."""
    opened = open_store(tmp_path)
    yield opened
    opened.close()
