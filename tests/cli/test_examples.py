"""Every command says what it does and gives examples, and every example does what it says it does."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.command import Home, Told, run_words
from tests.processes import start
from tests.web import Web
from tuireader.cli import main, manual
from tuireader.errors import Exit

PAGES = manual.pages(main)
LONG = ("tuireader serve", "tuireader --demo serve")
"""These go on until they are stopped; they have begun when they print a line."""

# What an example may end with, besides success: a feed of the test's home is broken.
MAY_FAIL = {
    "tuireader --demo": Exit.USAGE,  # the reader needs a terminal: see test_e2e.py
    "tuireader account add home --kind miniflux --url https://example.org --user alice": Exit.USAGE,
    'tuireader account add home --kind miniflux --url https://example.org --token-cmd "pass show miniflux"': (
        Exit.FAILURE  # there is no such program
    ),
    "tuireader account push home": Exit.FAILURE,  # there is no such server
    'tuireader account push home "Example News"': Exit.FAILURE,
    "tuireader refresh && tuireader list is:unread": Exit.SOME_FAILED,
    "tuireader -x reload print-unread": Exit.SOME_FAILED,
    "tuireader refresh": Exit.SOME_FAILED,
    "tuireader refresh --matches >> matches.jsonl": Exit.SOME_FAILED,
    "tuireader feeds accept 2": Exit.FAILURE,  # it has not moved
    "tuireader outbox --retry 17": Exit.USAGE,  # nothing waits
    "tuireader outbox --drop 17": Exit.USAGE,
    "tuireader feeds retry": Exit.ALL_FAILED,
    'tuireader add --dry-run --command "cat my-feed.xml"': Exit.FAILURE,  # there is no such file
    "tuireader add --dry-run maildir:~/Mail/news": Exit.FAILURE,
}
# Commands that need a file which others have written.
ACCOUNT = r'[[account]]\nname = "home"\nkind = "miniflux"\nurl = "https://example.org"\ntoken = "t"\n'
WRITE = f"printf '{ACCOUNT}' >> ~/.config/tuireader/config.toml"
CHANNEL = 'echo \'[[channel]]\nname = "phone"\nfile = "phone.jsonl"\' > ~/.config/tuireader/config.toml'
LATER = r'[[channel]]\nname = "later"\nfile = "later.jsonl"\n'
LATER = f"printf '{LATER}' >> ~/.config/tuireader/config.toml"
DIGEST = 'echo \'[[digest]]\nname = "morning"\nat = "07:30"\' > ~/.config/tuireader/config.toml'
PUBLISHED = r'[[publish]]\nname = "wechat"\nwatch = "WeChat"\n'
PUBLISH = f"printf '{PUBLISHED}' >> ~/.config/tuireader/config.toml"
RULE = (
    'echo \'[[rule]]\nname = "court decisions"\nquery = "x"\nthen = ["star"]\''
    " > ~/.config/tuireader/config.toml"
)
FIRST = {
    "tuireader rule test 'court decisions' --days 30": RULE,
    "tuireader rule test 'court decisions' --days 90": RULE,
    "tuireader channel test phone": CHANNEL,
    "tuireader digest morning": DIGEST,
    "tuireader share later 12": LATER,
    "tuireader publish revoke wechat": PUBLISH,
    "tuireader account pull home": WRITE,
    "tuireader account push home": WRITE,
    "tuireader account remove home": WRITE,
    "tuireader import feeds.opml": "tuireader export feeds.opml",
    "tuireader import read-state.json": "tuireader export --format state read-state.json",
    "tuireader import newsboat --dry-run": (
        "mkdir -p ~/.newsboat && echo 'https://example.org/new.xml tech' > ~/.newsboat/urls"
    ),
    "tuireader --config new.toml config check --json": "cp ~/.config/tuireader/config.toml new.toml",
}


def _redirected(line: str) -> tuple[str, str, str]:
    """A command, and the mode and the name of the file that its output goes to; they are empty for none."""
    found = re.fullmatch(r"(tuireader [^|;&]*) (>>?) ([\w./-]+)", line)
    return (found[1], {">": "w", ">>": "a"}[found[2]], found[3]) if found else (line, "", "")


def typed(line: str, home: Home, web: Web, folder: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Do a line as a person types it, with the example domain on the loopback.

    Commands of ours run in this process, also those within `"$(…)"`, and before a pipe, `&&` or `||`; bash
    does the rest.
    """
    places = {"CONFIG": home.folder / ".config", "DATA": home.folder / "data"}
    for place in places.values():
        (place / "tuireader").mkdir(parents=True, exist_ok=True)
    config, database = places["CONFIG"] / "tuireader/config.toml", places["DATA"] / "tuireader/tuireader.db"
    if not config.exists():
        home.config.rename(config)
        home.database.rename(database)
    variables = {f"XDG_{name}_HOME": str(place) for name, place in places.items()}
    variables |= {
        "HOME": str(home.folder),
        "XDG_STATE_HOME": str(home.folder),
        "MANPAGER": "cat",
        "VISUAL": "cat",
    }
    variables["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in variables.items():
            patch.setenv(name, value)
        return _done(line.replace("https://example.org", web.url), capsys)


def _done(line: str, capsys: pytest.CaptureFixture[str]) -> Told:
    """Do a line in this folder, with these variables."""
    while inner := re.search(r'"\$\((.*?)\)"', line):
        line = line.replace(inner[0], shlex.quote(_done(inner[1], capsys).out.rstrip("\n")))
    if parts := re.fullmatch(r"(tuireader .*?) (&&|\|\|) (.*)", line):
        first, is_and = _done(parts[1], capsys), parts[2] == "&&"
        return _done(parts[3], capsys) if is_and is (first.code == Exit.OK) else first
    whole, mode, file = _redirected(line)
    command, pipe, rest = whole.partition(" | ")
    if not command.startswith("tuireader ") or re.search(r"[|<>&;$*]", re.sub(r"'[^']*'", "", command)):
        return _by_bash(line)
    words = list(map(os.path.expanduser, shlex.split(command)[1:]))
    told = _apart(words) if words[:1] == ["pipe"] else run_words(capsys, *words)
    if pipe:
        after = _by_bash(rest, told.out)
        return Told(after.code or told.code, after.out, told.err + after.err)
    if not file:
        return told
    with Path(file).open(mode, encoding="utf-8") as opened:
        opened.write(told.out)
    return replace(told, out="")


def _apart(words: Sequence[str]) -> Told:
    """Run a command as a process of its own: what it starts in turn writes to its standard output."""
    with start(words, dict(os.environ)) as child:
        out, err = child.communicate(timeout=60)
    return Told(child.returncode, out.decode(), err.decode())


def _by_bash(line: str, given: str | None = None) -> Told:
    words = ["bash", "-c", f"set -o pipefail; {line}"]
    done = subprocess.run(words, input=given, capture_output=True, text=True, timeout=60)
    return Told(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_do_what_they_say(
    page: manual.Page,
    news: tuple[Home, Web],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    home, web = news
    folder = tmp_path / "here"
    folder.mkdir()
    for example in page.examples:
        if example in FIRST:
            assert typed(FIRST[example], home, web, folder, capsys).code == Exit.OK
        if example.startswith("tuireader watch follow"):
            continue  # says nothing until something comes: see test_matches.py
        if page.name == "tuireader mcp":
            continue  # waits for a client: see test_mcp.py
        if example.startswith(LONG):
            begins(example, request.getfixturevalue("demo_home") if "--demo" in example else tmp_path)
            continue
        told = typed(example, home, web, folder, capsys)
        assert told.code == MAY_FAIL.get(example, Exit.OK), f"{example}\n{told.out}{told.err}"
        assert "Traceback" not in told.err and "Usage:" not in told.err


def begins(line: str, home: Path) -> None:
    """A command that goes on prints its first line, and ends when it is told to."""
    words = [word for word in line.split()[1:] if word != "--open"]
    if "--port" not in words:
        words += ["--port", "0"]
    running = start(words, os.environ | {"HOME": str(home)})
    assert running.stdout is not None
    try:
        assert running.stdout.readline().startswith(b"http://127.0.0.1:")
        running.send_signal(signal.SIGINT)
        running.wait(timeout=20)
    finally:
        running.kill()
        running.communicate()


def test_help_says_what_and_shows_how() -> None:
    for page in PAGES:
        assert page.paragraphs and page.paragraphs[0][0].isupper(), page.name
        assert page.paragraphs[-1].endswith("."), page.name
        assert all(text.strip() for _, text in page.options), f"{page.name}: an option has no help"
        assert page.examples, f"{page.name}: no example"
        words = page.name.split()
        named = [words[1 % len(words)] in example or words[-1] in example for example in page.examples]
        assert all(named), page.name


def test_the_summary_is_the_first_sentence() -> None:
    summaries = {page.name: page.summary for page in PAGES}
    assert summaries["tuireader paths"] == "Print the paths of the files, without creating any"
    assert len(summaries) == len(PAGES) > 30
