"""The wheel that people install: it is built, installed into an empty environment, and runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tuireader import __version__

ROOT = Path(__file__).parents[1]
SOURCES = ("src", "docs/tuireader.1", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline by what is installed for it."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, target)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q"]
    subprocess.run([*command, "-w", str(folder), str(folder / "source")], check=True, timeout=120)
    return next(folder.glob("*.whl"))


def test_it_has_what_the_program_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    folder = ROOT / "src"
    sources = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".so") and ".egg-info" not in str(path)
    }
    assert sources - set(names) == set()
    assert f"tuireader-{__version__}.data/data/share/man/man1/tuireader.1" in names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "benchmarks/"))]


def test_it_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Empty but for the packages that the tests run with, which stand in for those of an index."""
    place = tmp_path / "env"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    packages = next(place.glob("lib/python*/site-packages"))
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "-q",
    ]
    subprocess.run([*install, str(wheel)], check=True, timeout=120)
    # after the wheel's own, so that it is the wheel that is imported
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}

    def tuireader(*words: str) -> str:
        command = [str(place / "bin" / "tuireader"), *words]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert tuireader("--version") == f"tuireader {__version__}\n"
    where = subprocess.run(
        [str(python), "-c", "import tuireader; print(tuireader.__file__)"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(packages)
    assert "WeChat suspends new user registration" in tuireader("--demo", "list", "--limit", "100")
    assert tuireader("--demo", "unread", "--watch", "PIPL") != "0\n"
    assert tuireader("man").startswith(".TH TUIREADER 1")
    assert (place / "share/man/man1/tuireader.1").exists()
