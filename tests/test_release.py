"""A version says which state of the program it is: its schema, its changelog, its licences."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tuireader import RELEASED, __version__
from tuireader.store import schema

ROOT = Path(__file__).parents[1]
SCHEMAS = {"0.2.0": 12, "0.3.0": 13, "0.4.0": 14, "0.5.0": 15, "0.6.0": 16, "0.7.0": 17, "0.8.0": 18}
"""Newest schema of each version, oldest first. A released version's line stays as it is."""


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_a_new_schema_comes_with_a_new_version() -> None:
    """If this fails, raise `__version__`, give it a line here, and a section in the changelog."""
    assert SCHEMAS.get(__version__) == schema.VERSION
    assert list(SCHEMAS) == sorted(SCHEMAS, key=numbers)
    assert list(SCHEMAS.values()) == sorted(SCHEMAS.values())


def test_the_changelog_has_a_dated_section_for_each_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", text, re.MULTILINE)
    assert sections[0] == (__version__, RELEASED)
    assert [version for version, _ in sections] == list(reversed(SCHEMAS))
    assert [day for _, day in sections] == sorted((day for _, day in sections), reverse=True)
    assert set(re.findall(r"^## .*", text, re.MULTILINE)) <= {
        "## [Unreleased]",
        *(f"## [{version}] - {day}" for version, day in sections),
    }


def test_each_bundled_table_says_where_it_comes_from() -> None:
    """In its first line, or in a file beside it if it is packed."""
    package = ROOT / "src" / "tuireader"
    tables = [*package.rglob("*.txt"), *package.rglob("*.z")]
    assert len(tables) >= 10
    for table in tables:
        source = table if table.suffix == ".txt" else table.with_name(f"{table.stem}-licences.txt")
        first, _, rest = source.read_text(encoding="utf-8").partition("\n")
        assert re.search(r"\b(our own|from)\b", first, re.IGNORECASE), table
        assert re.search(r"licence", first + rest[:500]), table


def test_the_lowest_versions_that_are_tested_are_those_that_are_admitted() -> None:
    """If this fails, `make lock` renews requirements-lowest.txt; then `make test-lowest` has to pass."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = whole["project"]
    asked = [
        *whole["build-system"]["requires"],
        *project["dependencies"],
        *project["optional-dependencies"]["test"],
    ]
    pins = re.findall(
        r"^([\w.-]+)==(\S+)", (ROOT / "requirements-lowest.txt").read_text("utf-8"), re.MULTILINE
    )
    locked = {canonicalize_name(name): Version(version) for name, version in pins}
    for requirement in map(Requirement, asked):
        (lowest,) = (Version(part.version) for part in requirement.specifier if part.operator == ">=")
        assert locked[canonicalize_name(requirement.name)] == lowest, requirement
