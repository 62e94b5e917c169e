"""The check that each assertion of a full run was reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.assertion import rewrite

from tests import reached

MODULE = """
async def test_one():
    for found in []:
        assert found == 1, "never"
    assert (
        True
    )

class TestMore:
    def test_two(self):
        def inner():
            assert False
"""


def test_assertions_are_noted_only_when_they_run() -> None:
    for _ in list[int]():
        assert "this one does not"
    assert "this one does"
    here, lines = Path(__file__), Path(__file__).read_text(encoding="utf-8").splitlines()
    runs, not_ = (
        lines.index(f'    {words}"') + 1
        for words in ('assert "this one does', '    assert "this one does not')
    )
    assert f"{here}:{runs}" in reached.noted() and f"{here}:{not_}" not in reached.noted()


def test_what_was_compiled_to_note_otherwise_is_compiled_again() -> None:
    class Other:
        """Notes something else."""

    class Another:
        """Notes something else again."""

    versions = {reached.version(noting) for noting in (Other, Another, rewrite.AssertionRewriter)}
    assert len(versions) == 3
    assert rewrite.PYC_TAIL.startswith(f".{reached.version(rewrite.AssertionRewriter)}")


@pytest.mark.parametrize(
    ("lines", "skipped", "words"),
    [
        ([], (), ["4: assert found == 1", "5: assert ( True )", "12: assert False"]),
        ([4, 5], (), ["12: assert False"]),
        ([4, 5], ("TestMore::test_two",), []),
        ([12], ("test_one",), []),
    ],
)
def test_what_was_not_reached_is_named(
    tmp_path: Path, lines: list[int], skipped: tuple[str, ...], words: list[str]
) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(MODULE, encoding="utf-8")
    names = {f"tests/test_it.py::{name}" for name in skipped}
    found = reached.unreached({f"{path}:{line}" for line in lines}, names, tmp_path)
    assert [line.partition(", ")[0] for line in found] == [f"tests/test_it.py:{line}" for line in words]
