"""Lines of the list: headings of days between rows of one or two lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import half_as_many
from tuireader.ui.widgets.list_lines import HEADING, ListLines


@st.composite
def lists(draw: st.DrawFn) -> ListLines:
    rows = draw(st.integers(0, 60))
    starts = (
        sorted({0, *draw(st.sets(st.integers(0, max(0, rows - 1))))}) if rows and draw(st.booleans()) else []
    )
    return ListLines(rows, starts, draw(st.integers(1, 3)))


def drawn(lines: ListLines) -> list[tuple[int, int]]:
    """What stands on each line, drawn one after the other."""
    all_lines: list[tuple[int, int]] = []
    for row in range(lines.rows):
        if row in lines.starts:
            all_lines.append((row, HEADING))
        all_lines += [(row, part) for part in range(lines.height)]
    return all_lines


@given(lists())
@half_as_many
def test_lines_and_rows_belong_together(lines: ListLines) -> None:
    expected = drawn(lines)
    assert lines.count == len(expected)
    assert [lines.at(line) for line in range(lines.count)] == expected
    for row in range(lines.rows):
        assert expected[lines.of(row)] == (row, 0)
        above = [start for start in lines.starts if start <= row]
        assert lines.day(row) == len(above) - 1


def test_a_list_of_a_million_rows_is_as_quick_as_a_short_one() -> None:
    lines = ListLines(1_000_000, range(0, 1_000_000, 1000), 2)
    assert lines.count == 2_001_000
    assert lines.at(lines.of(999_999)) == (999_999, 0) and lines.at(2001) == (1000, HEADING)
