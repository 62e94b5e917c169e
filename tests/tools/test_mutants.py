"""`make mutants`: small changes of code, and the tests that notice them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent.parent.parent
sys.path.insert(0, str(HERE / "benchmarks"))
from mutants_changes import changes  # noqa: E402


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (
            "if a and b: f()",
            ["if (not (a and b)): f()", "if a or b: f()", "if a: f()", "if b: f()", "if a and b: pass"],
        ),
        ("def f():\n    return a <= 3", [f"def f():\n    return a {end}" for end in ("< 3", "<= 4", "<= 2")]),
        ("x = a not in b", ["x = a in b"]),
        ("x = not a", ["x = a"]),
        ("x = [a for a in b if a]", ["x = [a for a in b if True]", "x = [a for a in b if (not (a))]"]),
        ("x = min(a, b)", ["x = max(a, b)", "x = min(a)"]),
        ("x = a - b", ["x = b - a"]),
        ("x = a[:1]", ["x = a"]),
        ("x = f(a, b=c, strict=True)", ["x = f(a, strict=True)"]),
        ("x.y = z", ["pass"]),
        ("for a in b: continue", ["for a in b: pass"]),
        (
            'x = "SELECT é FROM t WHERE a = ? AND b"',
            ['x = "SELECT é FROM t WHERE a != ? AND b"', 'x = "SELECT é FROM t WHERE a = ? OR b"'],
        ),
    ],
)
def test_changes_are_those_that_would_hurt(code: str, changed: list[str]) -> None:
    source = code.encode()
    found = [change.applied(source).decode() for change in changes(code) if change.compiles(source)]
    assert sorted(found) == sorted(changed)


@pytest.mark.parametrize(
    "code",
    [
        "LIMIT = 10",
        "def f():\n    return g(200)",
        '"""A docstring, 1 < 2."""',
        "def f(a: Literal[1]) -> tuple[Literal[2], ...]: ...",
        "assert a < 1",
        'raise ValueError("a and b", 1)',
        'log.warning("x", 1)',
        "if TYPE_CHECKING:\n    x = 1",
        "x = 1  # pragma: no cover: a reason",
        "def __repr__(self):\n    return f(1, a=2)",
        'x = "words with 1 AND"',
        'x = f"{a < 1}"',
    ],
)
def test_types_words_and_assertions_stay(code: str) -> None:
    assert not changes(code)


def test_a_change_that_a_test_notices_is_told_from_one_that_none_does(tmp_path: Path) -> None:
    command = [sys.executable, str(HERE / "benchmarks/mutants.py"), "--number", "12", "--jobs", "2"]
    words = ["--build", str(tmp_path), "--tests", "tests/core/test_dedup.py", "--", "src/tuireader/dedup.py"]
    done = subprocess.run(
        [*command, *words], capture_output=True, text=True, check=True, cwd=HERE, timeout=120
    )
    noticed, of = (int(word) for word in done.stdout.splitlines()[-1].split()[1:4:2])
    assert of == 12 and noticed > 6, done.stdout
    kept = [*tmp_path.glob("results-*.jsonl")]
    assert len(kept) == 1
    results = dict(json.loads(line) for line in kept[0].read_text().splitlines())
    assert sum(test.startswith("tests/core/test_dedup.py::") for test in results.values()) == noticed
    again = subprocess.run(
        [*command, *words], capture_output=True, text=True, check=True, cwd=HERE, timeout=120
    )
    assert (
        again.stdout.splitlines()[-1] == done.stdout.splitlines()[-1] and "measured once" not in again.stdout
    )
