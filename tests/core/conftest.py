"""What tests of expressions and of watches share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.indexing import Index


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """A full-text index as the store has it."""
    with Index() as found:
        yield found
