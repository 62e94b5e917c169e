"""The table of numbers by hash answers as a dict would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import half_as_many
from tuireader.related.reading.table import LIMIT, Table

HASHES = st.integers(-(1 << 63), (1 << 63) - 1)
KEPT = (1 << 44) - 1  # bits of a hash


@given(st.lists(st.tuples(HASHES, st.integers(0, LIMIT - 1))), st.lists(HASHES))
@half_as_many
def test_the_highest_number_of_a_hash_is_returned(entries: list[tuple[int, int]], others: list[int]) -> None:
    table, numbers = Table(), dict[int, int]()
    for hashed, number in entries:
        table.add([hashed], number)
        assert hashed in table  # in between, too
        numbers[hashed & KEPT] = max(number, numbers.get(hashed & KEPT, 0))
    for hashed in [*others, *(hashed for hashed, _ in entries), 0, -1]:
        assert table.get(hashed) == numbers.get(hashed & KEPT, -1)
        assert table.get(hashed, 7) == numbers.get(hashed & KEPT, 7)
        assert (hashed in table) == (hashed & KEPT in numbers)
    assert len(table) == len(entries)
