"""The wheel that people install: it is built, installed into an empty environment, and runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from email.parser import BytesParser
from pathlib import Path

import pytest

from tuireader import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SOURCES = ("src", "docs/tuireader.1", "pyproject.toml", "README.md", "LICENSE")


PIP = (sys.executable, "-m", "pip")
OFFLINE = ("--no-deps", "--no-index", "-q")


def run(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """What a command prints."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    build = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"  # all that pip would do
    run(sys.executable, "-c", build, cwd=folder / "source")
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


def test_it_has_the_licences_of_what_is_inside(wheel: Path) -> None:
    """The code is under MIT, as are jieba's frequencies; OpenCC's characters are under Apache-2.0."""
    with zipfile.ZipFile(wheel) as packed:
        folder = f"tuireader-{__version__}.dist-info"
        stated = BytesParser().parsebytes(packed.read(f"{folder}/METADATA"))
        assert stated["License-Expression"] == "MIT AND Apache-2.0"
        texts = [
            packed.read(f"{folder}/licenses/{name}").decode() for name in stated.get_all("License-File", [])
        ]
    assert any("Copyright (c) 2026 the tuireader authors" in text for text in texts)
    assert any("Copyright (c) 2013 Sun Junyi" in text and "TERMS AND CONDITIONS" in text for text in texts)


def test_it_runs_in_an_empty_environment(wheel: Path, tmp_path: Path, demo_home: Path) -> None:
    """Empty but for the packages that the tests run with, which stand in for those of an index."""
    place = tmp_path / "env"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    packages = next(place.glob("lib/python*/site-packages"))
    run(*PIP, "--python", str(python), "install", *OFFLINE, "--no-compile", str(wheel))
    # after the wheel's own, so that it is the wheel that is imported
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    env = {"PATH": os.environ["PATH"], "HOME": str(demo_home), "LANG": "C.UTF-8"}

    def tuireader(*words: str) -> str:
        return run(str(place / "bin" / "tuireader"), *words, cwd=tmp_path, env=env)

    where = run(str(python), "-c", "import tuireader; print(tuireader.__file__)", env=env)
    assert Path(where.strip()).is_relative_to(packages)
    assert "WeChat suspends new user registration" in tuireader("--demo", "list", "--limit", "100")
    manual = tuireader("man")
    assert manual.startswith(".TH TUIREADER 1") and f'"tuireader {__version__}"' in manual.splitlines()[0]
    assert (place / "share/man/man1/tuireader.1").exists()
