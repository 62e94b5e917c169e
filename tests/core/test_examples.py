"""Many cases in one test fail as they would alone."""

from __future__ import annotations

import pytest

from tests.examples import for_each


@for_each("number, double", [(1, 2), (2, 4)])
@for_each("sign", [1, -1])
def test_each_case_runs_with_each_other(number: int, double: int, sign: int) -> None:
    assert sign * number * 2 == sign * double


def test_a_failure_notes_its_case() -> None:
    seen: list[int] = []

    @for_each("number", [1, 2, 3])
    def check(number: int) -> None:
        seen.append(number)
        assert number < 2, "too large"

    with pytest.raises(AssertionError, match="too large") as raised:
        check()
    assert seen == [1, 2] and raised.value.__notes__ == ["for {'number': 2}"]
