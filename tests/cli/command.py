"""Running the command line in tests, in this process or as the program that people start."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import interruptible, start
from tuireader.cli import run


@dataclass(frozen=True, slots=True)
class Home:
    """A configuration and a database of their own in a folder."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "news.db"

    def arguments(self, *words: str) -> list[str]:
        """The words of a command with what makes it use this home."""
        return ["--config", str(self.config), "--database", str(self.database), *words]

    def environment(self) -> dict[str, str]:
        """The variables of a process that has its other files here too."""
        return os.environ | {"XDG_STATE_HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder)}


@dataclass(frozen=True, slots=True)
class Told:
    """What a command gave back."""

    code: int
    out: str
    err: str


Run = Callable[..., Told]
"""A command as `run` of the fixtures runs it: its words in, what it told out."""


def subscribe(home: Home, *urls: str, more: str = "") -> None:
    """Write a configuration with these feeds."""
    home.config.write_text("".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls) + more, encoding="utf-8")


def run_here(home: Home, capsys: pytest.CaptureFixture[str], *words: str) -> Told:
    """Run a command in this process."""
    return run_words(capsys, *home.arguments(*words))


def run_words(capsys: pytest.CaptureFixture[str], *words: str) -> Told:
    """Run a command in this process, with the files of the environment."""
    capsys.readouterr()
    code = run(words)
    told = capsys.readouterr()
    return Told(code, told.out, told.err)


def run_apart(home: Home, *words: str, before: Callable[[], object] = interruptible) -> Told:
    """Run a command as a process of its own; `before` runs in it first."""
    with start(home.arguments(*words), home.environment(), before=before) as child:
        out, err = child.communicate(timeout=60)
    return Told(child.returncode, out.decode(), err.decode())


def start_apart(home: Home, *words: str) -> subprocess.Popen[bytes]:
    """Start a command as a process of its own, whose output is read as it comes."""
    return start(home.arguments(*words), home.environment(), stderr=subprocess.DEVNULL)
