"""Completion in the shells themselves, of what is in a person's home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import pytest

from tests.builders import entry, open_store, save
from tests.cli.command import Home, run_here
from tests.cli.news import home_with_news
from tests.processes import start
from tests.terminal import Terminal
from tests.test_house import HEAVY, loaded_by
from tuireader import query
from tuireader.cli import completion
from tuireader.config import FeedConfig
from tuireader.model.fields import FILES
from tuireader.store.lists import completions

HERE = str(Path(sys.executable).parent.resolve())  # zsh finds nothing on a path with `..` in it
NAMES = ["Example News", "Other $(touch pwned) & `News`"]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables of a person with news."""
    folder = tmp_path_factory.mktemp("news")
    capsys = _Silent()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        with home_with_news(folder, capsys) as (home, _):  # type: ignore[arg-type]
            run_here(home, capsys, "label", "to read", "WeChat")  # type: ignore[arg-type]
            yield variables(home)


class _Silent:
    """What stands in for capsys in a fixture of the module."""

    def readouterr(self) -> _Silent:
        return self

    out = err = ""


def variables(home: Home) -> dict[str, str]:
    """Variables that make this home the usual one."""
    folder = home.folder
    for variable, file in ((".config", home.config), ("data", home.database)):
        (folder / variable / "tuireader").mkdir(parents=True)
        shutil.copy(file, folder / variable / "tuireader" / file.name.replace("news.db", "tuireader.db"))
    return {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / ".config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder),
        "PATH": f"{HERE}:{os.environ['PATH']}",
    }


def script(shell: str) -> str:
    return said(["completion", shell], dict(os.environ))


def said(words: Sequence[str], env: Mapping[str, str]) -> str:
    """What a command prints, which ends well and without a word on stderr."""
    with start(words, env) as child:
        out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, b"")
    return out.decode()


# --------------------------------------------------------------------------- bash

CASES = {
    "tuireader re": ["read", "refresh", "remove"],
    "tuireader watch l": ["lint", "list"],
    "tuireader list --fo": ["--format"],
    "tuireader import newsboat --accept p": ["programs", "proxy"],
    "tuireader import newsboat --accept proxy,p": ["proxy,programs"],
    "tuireader unread --watch ": ["WeChat", "PIPL", r"Two\ words"],
    "tuireader brief --watch tw": [r"Two\ words"],
    "tuireader watch report We": ["WeChat"],
    "tuireader feeds pause Ex": [r"Example\ News"],
    'tuireader feeds pause "Ex': ["Example News"],
    "tuireader refresh Other": [r"Other\ \$\(touch\ pwned\)\ \&\ \`News\`"],
    'tuireader refresh "Other': [],  # nothing that the quotes would not hold
    "tuireader list wat": ["watch:"],
    "tuireader list watch:": ["WeChat", "PIPL", r"\"Two\ words\""],
    "tuireader search -- -watch:W": ["WeChat"],
    "tuireader search -webinar watch:W": ["WeChat"],
    "tuireader list is:un": ["unread", "unsubscribed"],
    "tuireader list is:unr": ["unread"],
    "tuireader list label:": [r"\"to\ read\""],
    "tuireader label TO": [r"to\ read"],
    "tuireader label law watch:W": ["WeChat"],
    "tuireader show 99": [],
    "tuireader list nothing-like-this": [],
}


ANSWERS = """
import os, sys
from tuireader.cli import run
text = ""
while letter := sys.stdin.read(1):
    text += letter
    if text.count("\\0") == 3:
        names = "COMP_WORDS", "COMP_BREAKS", "_TUIREADER_COMPLETE"
        os.environ |= zip(names, text.split("\\0"))
        run([])
        print("--", flush=True)
        text = ""
"""
"""Runs `tuireader` for one completion after another: the values of its variables end with a NUL each."""


@pytest.fixture(scope="module")
def answers(places: dict[str, str]) -> dict[str, list[str]]:
    """What bash has for each of the cases, asked in one go from one process that answers all of them."""
    ask = """
        coproc "$PYTHON" -c "$ANSWERS"
        answers() {
            printf '%s\\0' "$COMP_WORDS" "$COMP_BREAKS" "$_TUIREADER_COMPLETE" >&"${COPROC[1]}"
            while IFS= read -r line && [[ $line != -- ]]; do echo "$line"; done <&"${COPROC[0]}"
        }
        try() {
            COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
            _tuireader_completion answers 2>/dev/null
            printf '%s\\n' "${COMPREPLY[@]}" --
        }
    """
    tries = "".join(f"try $'{line}'\n" for line in CASES)
    done = subprocess.run(
        ["bash", "-c", script("bash") + ask + tries],
        env=os.environ | places | {"PYTHON": sys.executable, "ANSWERS": ANSWERS},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    parts = done.stdout.removesuffix("--\n").split("--\n")
    return {
        line: [value for value in part.splitlines() if value] for line, part in zip(CASES, parts, strict=True)
    }


@pytest.mark.parametrize("line", CASES)
def test_bash_completes(answers: dict[str, list[str]], line: str) -> None:
    assert answers[line] == CASES[line]


def test_bash_inserts_what_is_typed_on(places: dict[str, str], tmp_path: Path) -> None:
    with Terminal(["bash", "--norc", "--noprofile", "-i"], home=tmp_path, env=places) as shell:
        shell.press('eval "$(tuireader completion bash)"; PS1="> "; clear\n')
        shell.wait(lambda shown: shown.strip() == ">")
        shell.press("tuireader feeds pause Oth", "tab")
        shell.wait(r"tuireader feeds pause Other\ \$\(touch\ pwned\)\ \&\ \`News\`")
        shell.press("\n")
        shell.wait("paused: Other $(touch pwned) & `News`")
        shell.press("tuireader list --limit 1 is:sta", "tab")
        shell.wait("is:starred")
    assert not list(tmp_path.rglob("pwned"))


# --------------------------------------------------------------------------- the others


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_inserts_what_is_typed_on(places: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "_tuireader").write_text(script("zsh"), encoding="utf-8")
    with Terminal(["zsh", "-f", "-i"], home=tmp_path, env=places) as shell:
        shell.press(f"PS1='> '; fpath=({tmp_path} $fpath); autoload -Uz compinit; compinit -u -D; clear\n")
        shell.wait(lambda shown: shown.strip() == ">")
        for typed, inserted in (
            ("feeds resume Oth", r"Other\ \$\(touch\ pwned\)\ \&\ \`News\`"),
            ("list watch:PI", "watch:PIPL"),
            ("unread --watch Tw", r"Two\ words"),
        ):
            shell.press(f"tuireader {typed}", "tab")
            shell.wait(f" {inserted}")
            shell.rest()  # zsh takes what comes any sooner for a paste
            shell.press("\x15")
            shell.wait(lambda shown: shown.strip() == ">")
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_offers_with_help(places: dict[str, str]) -> None:
    def offers(line: str) -> list[str]:
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"{script('fish')}\ncomplete -C {line!r}"],
            env=os.environ | places,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout.splitlines()

    assert set(NAMES) < {line.partition("\t")[0] for line in offers("tuireader feeds pause ")}
    assert any("Print an article" in line for line in offers("tuireader sho"))


def test_the_scripts_are_well_formed() -> None:
    assert all("_TUIREADER_COMPLETE" in script(shell) for shell in ("bash", "zsh", "fish"))
    done = subprocess.run(["bash", "-n"], input=script("bash"), text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


# --------------------------------------------------------------------------- at once, and whatever is there


def complete(line: str, env: dict[str, str]) -> list[str]:
    asked = {"_TUIREADER_COMPLETE": "bash_complete", "COMP_WORDS": line}
    return said([], os.environ | env | asked).split()


SEVERAL = """
import contextlib, os
from tuireader.__main__ import main
for os.environ["COMP_WORDS"] in LINES:
    with contextlib.suppress(SystemExit):
        main()
"""


def test_a_press_of_tab_loads_nothing_heavy(places: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (places | {"_TUIREADER_COMPLETE": "bash_complete"}).items():
        monkeypatch.setenv(name, value)
    lines = ("tuireader refresh ", "tuireader unread --watch ", "tuireader list feed:")
    loaded = loaded_by("-c", f"LINES = {lines}\n{SEVERAL}")
    assert "click.shell_completion" in loaded
    assert (HEAVY - {"sqlite3"}) & loaded == set()


def test_nothing_there_is_nothing_to_complete(tmp_path: Path) -> None:
    nowhere = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
    assert complete("tuireader refresh ", nowhere) == []
    assert complete("tuireader unread --watch ", nowhere) == []
    assert complete("tuireader refresh ", {"HOME": "", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}) == []
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_none_and_one_that_is_named(places: dict[str, str], tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.db"
    spoilt.write_bytes(b"no database" * 100)
    assert complete(f"tuireader --database {spoilt} refresh ", places) == []
    other = Path(places["XDG_DATA_HOME"]) / "tuireader/tuireader.db"
    line = f"tuireader --database {other} refresh Example"
    assert complete(line, {"HOME": str(tmp_path), "XDG_CONFIG_HOME": ""}) == ["plain,Example\\", "News"]


def test_what_is_completed_is_what_the_database_has(tmp_path: Path) -> None:
    store = open_store(tmp_path, feeds=3)
    save(store, 2, *[entry(n, tags=(f"tag {n}",) if n < 2 else ()) for n in range(4)])
    with store.transaction():
        store.marks.label("to read", [1], True, now=0)
        store.feeds.sync(
            [FeedConfig(f"https://feed{n}.example.org/rss", f"Feed {n}", "News") for n in (3, 2)]
        )
    path = store.path
    store.close()
    newest = [(4 - number, f"Title number {number}") for number in range(4)]
    assert [completions.newest(path, count) for count in (1, 3, 9)] == [newest[:1], newest[:3], newest]
    assert [(number, title) for number, title, _ in completions.feeds(path)] == [(3, "Feed 3"), (2, "Feed 2")]
    assert {title for title, *_ in completions.every_feed(path)} == {"Feed 1", "Feed 2", "Feed 3"}
    assert (completions.labels(path), completions.tags(path)) == (["to read"], {"tag 0", "tag 1"})
    assert completions.newest(tmp_path, 1) == completions.newest(tmp_path / "none", 1) == []


def test_the_demo_has_its_own(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
    assert "plain,Ransomware" in complete("tuireader --demo unread --watch ", env)


def test_a_name_with_quotes_keeps_them(tmp_path: Path) -> None:
    config = tmp_path / ".config" / "tuireader" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[[feeds]]\nurl = "https://example.org/feed"\nfolder = \'The "best" news\'\n')
    found = complete("tuireader list folder:", {"HOME": str(tmp_path), "XDG_CONFIG_HOME": ""})
    assert " ".join(found) == r"plain,\"The\ \\\"best\\\"\ news\""


def test_accounts_channels_and_digests_are_completed(tmp_path: Path) -> None:
    config = tmp_path / ".config" / "tuireader" / "config.toml"
    config.parent.mkdir(parents=True)
    one = '[[account]]\nname = "{}"\nkind = "miniflux"\nurl = "https://example.org"\ntoken = "env:TOKEN"\n'
    config.write_text(one.format("home") + one.format("work"), encoding="utf-8")
    for command in ("sync", "account check", "account remove"):
        assert complete(f"tuireader {command} h", {"HOME": str(tmp_path), "XDG_CONFIG_HOME": ""}) == [
            "plain,home"
        ]
    config.write_text('[[channel]]\nname = "phone"\nurl = "env:PHONE"\n', encoding="utf-8")
    for command in ("channel test", "share"):
        offered = complete(f"tuireader {command} p", {"HOME": str(tmp_path), "XDG_CONFIG_HOME": ""})
        assert offered == ["plain,phone"]
    config.write_text('[[digest]]\nname = "morning"\nat = "07:30"\n', encoding="utf-8")
    offered = complete("tuireader digest m", {"HOME": str(tmp_path), "XDG_CONFIG_HOME": ""})
    assert offered == ["plain,morning"]


def test_every_word_of_the_expression_language_is_offered() -> None:
    offers = [item.value for item in completion.complete_expressions(*_nothing_typed(), "")]
    assert {one.partition(":")[0] for one in offers} == set(query.FIELDS)
    assert [one for one in offers if one.startswith("is:")] == [
        f"is:{state}" for state in (*query.STATES, *query.CASE_STATES)
    ]
    assert [one for one in offers if one.startswith("has:")] == [f"has:{what}" for what in FILES]


def _nothing_typed() -> tuple[click.Context, click.Parameter]:
    return click.Context(click.Command("list")), click.Argument(["expression"])
