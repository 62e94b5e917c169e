"""Every command where something around it is wrong: one line, and the exit code that belongs to it."""

from __future__ import annotations

import ctypes
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.command import Told
from tests.processes import start
from tuireader.errors import Exit

XDG = ("CONFIG", "DATA", "STATE", "CACHE")
COMMANDS = [
    "list", "list --json", "list --format md", "search a", "show 1", "show 1 --json", "brief", "feeds",
    "brief --format html", "feeds --json", "export", "export --json", "export --format state",
    "refresh", "refresh --json", "watch list", "watch lint", "watch test a", "watch report W",
    "db check", "db backup", "db repair", "db reindex", "undo", "star 1", "purge --keep 1 --dry-run",
    "save 1", "pipe 1 cat", "add http://[::1]:9/", "import file FILE", "label a 1", "feeds pause a",
    "comments 1", "fulltext 1", "-x print-unread", "-e",
]  # fmt: skip
WITHOUT_DATABASE = [
    "man", "completion zsh", "paths", "config check", "config defaults", "service", "keys", "keys --json",
]  # fmt: skip


def without_privilege() -> None:
    """Let rights count for root, too: give up CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP, for another interpreter
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    sets[0] &= ~0b110  # effective, for a fork
    libc.capset(header, sets)


HARNESS = """
import json, os, sys
from pathlib import Path
from tuireader.__main__ import prepare_streams
from tuireader.cli import run
prepare_streams()
told, result = [], os.dup(1)
usual = dict(os.environ)
for words, env in json.loads(sys.argv[1]):
    os.environ.clear()
    os.environ.update(usual | env)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    code = run([os.fsdecode(word.encode()) for word in words])
    sys.stdout.flush()
    told.append([code, *(Path(name).read_bytes().decode("utf-8", "replace") for name in ("out", "err"))])
os.write(result, json.dumps(told).encode())
sys.exit()
"""
"""Runs one command after another, as the program does, with streams and rights of a process of its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """Commands with words before each of them, and variables of their own."""

    words: Sequence[str]
    commands: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def run_all(folder: Path, *parts: Part, **env: str) -> list[dict[str, Told]]:
    """What the commands of each part say; variables that count when Python starts are those of `env`."""
    lines = [
        ([*part.words, *shlex.split(command)], dict(part.env)) for part in parts for command in part.commands
    ]
    homes = {"HOME": str(folder), "no_proxy": "*"} | {f"XDG_{name}_HOME": "" for name in XDG}
    script = folder / "harness.py"
    script.write_text(HARNESS)
    words, variables = [str(script), json.dumps(lines)], os.environ | homes | env
    if env:
        child = subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=without_privilege,
        )
    else:
        child = start(words, variables, before=without_privilege, cwd=folder, script=True)
    with child:
        out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err.decode("utf-8", "replace")
    told = iter(json.loads(out))
    return [{command: Told(*next(told)) for command in part.commands} for part in parts]


def one_line(told: Mapping[str, Told], code: Exit) -> None:
    """Every command said one line, and has this exit code."""
    for words, one in told.items():
        assert one.code == code and one.out == "", (words, one)
        assert one.err.startswith("tuireader: ") and one.err.count("\n") == 1, (words, one)
        assert "unexpected error" not in one.err, (words, one)


@pytest.fixture
def bad_folders(tmp_path: Path) -> Iterator[list[Path]]:
    """Folders in which nothing can be looked up: one with a name that is too long, and one that is closed."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    yield [tmp_path / ("x" * 256), closed]
    closed.chmod(0o700)


@pytest.fixture
def with_demo(tmp_path: Path, demo_database: Path) -> Path:
    """A home with the demo in it."""
    folder = tmp_path / ".local/share/tuireader"
    folder.mkdir(parents=True)
    shutil.copy(demo_database, folder / "demo.db")
    return tmp_path


def test_a_configuration_that_cannot_be_looked_up(tmp_path: Path, bad_folders: list[Path]) -> None:
    commands = [*COMMANDS, *WITHOUT_DATABASE, "serve --port 0", ""]
    parts = [Part(["--config", str(bad / "config.toml")], commands) for bad in bad_folders]
    few = ["list", "keys", "add http://[::1]:9/"]
    parts += [Part([], few, {"XDG_CONFIG_HOME": str(bad)}) for bad in bad_folders]
    for told in run_all(tmp_path, *parts):
        one_line(told, Exit.CONFIG)


def test_a_database_that_cannot_be_looked_up(tmp_path: Path, bad_folders: list[Path]) -> None:
    named = [["--database", str(bad / "news.db")] for bad in bad_folders]
    told = run_all(
        tmp_path,
        *(Part(words, COMMANDS) for words in named),
        *(Part([], ["list", "refresh"], {"XDG_DATA_HOME": str(bad)}) for bad in bad_folders),
        *(Part(words, WITHOUT_DATABASE) for words in named),
    )
    for part, code in zip(told[:4], [Exit.DATABASE] * 2 + [Exit.FAILURE] * 2, strict=True):
        one_line(part, code)
    assert {one.code for others in told[4:] for one in others.values()} == {Exit.OK}


def test_files_that_cannot_be_written(with_demo: Path, bad_folders: list[Path]) -> None:
    there = [shlex.quote(str(bad / "x")) for bad in bad_folders]
    ways = ("export {}", "save 1 --to {}", "import file {}", "import newsboat {}")
    told, backup = run_all(
        with_demo,
        Part(["--demo"], [way.format(file) for file in there for way in ways]),
        Part(["--demo"], [f"db backup {file}" for file in there]),
    )
    one_line(told, Exit.FAILURE)
    one_line(backup, Exit.DATABASE)


def lines(out: str) -> list[object]:
    """What is printed, read as JSON where it is that: there are several ways to write a character."""
    return [json.loads(line) if line.startswith('{"') else line for line in out.splitlines()]


COMPARED = ("keys --json", "feeds --json", "export", "export --json", "-e", "keys")
FAILING = {
    "add http://[::1]:9/": Exit.FAILURE, "comments 1": Exit.FAILURE, "feeds pause a": Exit.USAGE,
    "fulltext 1": Exit.FAILURE, "import file FILE": Exit.FAILURE, "watch report W": Exit.USAGE,
}  # fmt: skip


@pytest.mark.slow
def test_what_the_locale_cannot_write_is_replaced(with_demo: Path) -> None:
    """All that commands print of the demo, as a locale without UTF-8 and one with it show it."""
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    commands = [words for words in COMMANDS if words not in ("save 1", "undo")] + WITHOUT_DATABASE
    (with_demo / "Grün").mkdir()
    commands += ["show 60", "--help", "list --limit 90", "save 30", "save 31 --to Grün"]
    (ascii_told,) = run_all(with_demo, Part(["--demo"], commands), **plain)
    (told,) = run_all(with_demo, Part(["--demo"], COMPARED))  # in UTF-8, as the tests are
    failed = {words: one.code for words, one in ascii_told.items() if one.code}
    assert failed == FAILING
    assert not any("unexpected error" in one.err for one in ascii_told.values())
    for words in COMPARED[:-1]:
        assert lines(ascii_told[words].out) == lines(told[words].out), words
    titles = [line["title"] for line in map(json.loads, ascii_told["list --json"].out.splitlines())]
    assert any(not title.isascii() for title in titles) and ascii_told["list --json"].out.isascii()
    assert not ascii_told["export"].out.isascii()  # OPML says that it is in UTF-8
    assert "?" in ascii_told["keys"].out and told["keys"].out.encode("ascii", "replace").decode() == (
        ascii_told["keys"].out
    )
    assert "Grün" in ascii_told["save 31 --to Grün"].out  # bytes of a name come out as they are


WITHOUT_POSIX = """
import os, sys
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None  # its import raises ModuleNotFoundError
for words in sys.argv[1:]:
    if child := os.fork():
        print("ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    sys.argv[1:] = words.split()
    {platform}
    from tuireader.__main__ import main
    main()
    break
"""


@pytest.mark.parametrize("platform", ["sys.platform = 'win32'", "os.name = 'nt'", ""])
def test_windows_is_told_in_one_line(platform: str) -> None:
    """Whatever the command; each is a fork that has loaded nothing of the program."""
    commands = ["", "--demo", "list", "refresh --json", "--version", "man", "import newsboat"]
    script = WITHOUT_POSIX.format(platform=platform)
    done = subprocess.run([sys.executable, "-c", script, *commands], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (Exit.OK, f"ended with {Exit.FAILURE:d}\n" * len(commands))
    assert done.stderr == "tuireader runs on Linux, macOS and in WSL\n" * len(commands)
