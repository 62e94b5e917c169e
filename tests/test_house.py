"""What holds for the project as a whole: what is loaded when, what is never named, what is locked."""

import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.processes import unmeasured

ROOT = Path(__file__).parents[1]
HEAVY = {"textual", "httpx", "feedparser", "sqlite_utils", "sqlite3", "lxml", "tomlkit", "regex", "mcp"}


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a clean interpreter has loaded when it ends."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {
        line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if line.startswith("import time:")
    }


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("refresh", "--help"), ("paths",)])
def test_the_command_line_starts_light(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    loaded = loaded_by("-m", "tuireader", *arguments)
    assert "tuireader.cli" in loaded
    assert HEAVY & loaded == set()
    assert list(tmp_path.iterdir()) == []  # asking for help leaves no trace


def test_the_heavy_ones_would_be_seen() -> None:
    assert {"sqlite3", "regex"} <= loaded_by("-c", "import sqlite3, regex")


# --------------------------------------------------------------------------- what the repository holds


@cache
def tracked() -> list[Path]:
    """The text files that belong to the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()]


# Each in two pieces, so that this file does not hold it itself.
NEVER_NAMED = [
    "pypi" + r"\.(org|python)",
    "python" + "hosted",
    r"-(?:(?<=index-)|(?<=trusted-))" + r"(url|host)[= ]\s*\w",  # a search for one character first is quick
    r"/(?<![\w.]/)" + r"(work|opt|root|mnt)/\w",
]


@pytest.mark.parametrize("pattern", NEVER_NAMED)
def test_no_host_and_no_machine_is_named(pattern: str) -> None:
    named = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in tracked()
        if (found := re.search(pattern, path.read_text(encoding="utf-8", errors="replace"), re.IGNORECASE))
    ]
    assert named == []


def test_nothing_lies_about() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert top == {
        *(".ci", ".gitignore", ".pre-commit-config.yaml", "Makefile", "pyproject.toml", "zensical.toml"),
        *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "config.example.toml"),
        *("requirements-docs.txt", "requirements-lowest.txt", "requirements-test.txt"),
        *("benchmarks", "docs", "src", "tests"),
    }


def test_text_files_end_with_one_line_end() -> None:
    odd = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".py", ".toml", ".md", ".txt", ".tcss"}
        and (text := path.read_bytes())
        and (not text.endswith(b"\n") or text.endswith(b"\n\n") or b"\r" in text)
    ]
    assert odd == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_layer_is_in_the_tables_for_newcomers(page: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    names = {name for layer in contracts[0]["layers"] for name in layer.split(" | ")}
    rows = re.findall(r"^\| (`[^|]*`) \|", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    told = {re.sub(r"(/|\.py)$", "", name) for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert names - told == set() and told - names <= {"ui/serve"}


# --------------------------------------------------------------------------- the locked test set


def normal(name: str) -> str:
    """A package name in its one form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_has_all_that_is_asked_for_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["test"],
    ]
    lock = (ROOT / "requirements-test.txt").read_text(encoding="utf-8")
    pinned = {
        normal(name): hashes for name, hashes in re.findall(r"^([\w.-]+)==\S+ (.*(?:\n    .*)*)", lock, re.M)
    }
    wanted = {normal(re.split(r"[\s<>=!~\[;]", requirement)[0]) for requirement in asked}
    assert wanted - set(pinned) == set()
    assert all("--hash=sha256:" in hashes for hashes in pinned.values())
    assert len(pinned) == len(re.findall(r"^\w", lock, re.MULTILINE))


PACKAGES = sorted((ROOT / "src" / "tuireader").rglob("__init__.py"))
OVERVIEWS = {
    file.parent.name: (file.parent, listed)
    for file in PACKAGES
    if (listed := set(re.findall(r"^- `([\w.]+)`", file.read_text("utf-8"), re.MULTILINE)))
}


@pytest.mark.parametrize("package", OVERVIEWS)
def test_the_overview_of_a_package_lists_its_modules(package: str) -> None:
    folder, listed = OVERVIEWS[package]
    modules = {file.stem for file in folder.glob("*.py")} | {
        file.parent.name for file in folder.glob("*/__init__.py")
    }
    assert listed == modules - {"__init__"}


def test_there_are_overviews() -> None:
    assert {"related", "ingest", "subprocesses"} <= OVERVIEWS.keys()
