"""`tuireader config get`, `set`, `unset` and `edit`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Home, Run, run_words
from tuireader.cli import run as run_program
from tuireader.errors import Exit

CONFIG = """\
# mine
[ui] # look
width = 90  # wide

[[account]]
name = "home"
kind = "miniflux"
url = "https://example.org"
user = "me"
password = "s3cret"
"""


@pytest.fixture(autouse=True)
def config(home: Home) -> Path:
    home.config.write_text(CONFIG, encoding="utf-8")
    return home.config


def test_values_are_printed_as_toml(run: Run) -> None:
    assert run("config", "get", "ui.width").out == "90\n"
    assert run("config", "get", "ui.sort").out == '"date"\n'
    assert run("config", "get", "account[1].name").out == '"home"\n'
    changed = run("config", "get").out.splitlines()
    assert changed[0] == "ui.width = 90" and changed[-1] == 'account[1].password = "••••"'
    table = run("config", "get", "fetch").out.splitlines()
    assert 'fetch.timeout = "30s"' in table and all(line.startswith("fetch.") for line in table)
    assert run("config", "get", "feeds").out == ""
    assert run("config", "get", "keys.open_link").out.startswith('["1", "2"')
    (line,) = run("config", "get", "ui.width", "--json").out.splitlines()
    assert json.loads(line) == {"path": "ui.width", "value": "90", "default": "84", "changed": True}


def test_passwords_are_never_printed(run: Run, config: Path) -> None:
    config.write_text(CONFIG + '[fetch]\nproxy = "http://me:s3cret@localhost:1"\n', encoding="utf-8")
    for words in ((), ("--json",), ("account",), ("account[1].password",), ("fetch",), ("fetch.proxy",)):
        told = run("config", "get", *words)
        assert told.code == Exit.OK and "••••" in told.out and "s3cret" not in told.out + told.err


def test_a_setting_is_changed_and_nothing_else(run: Run, config: Path) -> None:
    assert run("config", "set", "ui.width", "100") == run("config", "set", "ui.sort", "title")
    assert config.read_text() == CONFIG.replace("90  # wide\n", '100  # wide\nsort = "title"\n')
    assert run("config", "unset", "ui.sort").code == Exit.OK
    assert run("undo").err.strip() == "undone: ui.sort changed"
    assert run("undo").code == Exit.OK and run("undo").code == Exit.OK
    assert config.read_text() == CONFIG


def test_what_get_prints_can_be_set(run: Run, config: Path) -> None:
    for path, value in (("ui.languages", "German, en"), ("fetch.interval", "2h"), ("keys.zen", "Z ^b")):
        assert run("config", "set", path, value).code == Exit.OK
        before, printed = config.read_text(), run("config", "get", path).out
        assert run("config", "set", path, printed.strip()).code == Exit.OK
        assert config.read_text() == before
    assert run("config", "set", "open.audio/*", "mpv {url}").code == Exit.OK
    assert run("config", "get", "open").out == 'open."audio/*" = ["mpv", "{url}"]\n'
    assert run("config", "get", 'open."audio/*"').out == '["mpv", "{url}"]\n'
    assert run("config", "check").code == Exit.OK


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        ("get ui.widht", "there is no setting 'ui.widht'; did you mean 'ui.width'?", Exit.USAGE),
        ("set ui.width 9", "ui.width should be a whole number from 20 to 400, not the number 9", Exit.USAGE),
        (
            "set ui.sort tilte",
            "'watch' or 'sources', not the text 'tilte'; did you mean 'title'?",
            Exit.USAGE,
        ),
        ("set ui.theme nrd", "there is no theme 'nrd'; did you mean 'nord'?", Exit.USAGE),
        ("set keys.zen n", "keys.zen 'n' is taken from next_unread", Exit.CONFIG),
        ("set keys.zen frob", "keys.zen 'frob' is not a key", Exit.CONFIG),
        ("set account[1].password x", "would stay in the history of your shell (env:NAME", Exit.USAGE),
        ("set feeds.headers x", "would stay in the history of your shell (env:NAME", Exit.USAGE),
        ("set fetch.proxy http://u:p@h", "would stay in the history of your shell", Exit.USAGE),
        ("set feeds[1].title x", "'feeds' is a list of tables (it is changed by `tuireader add`", Exit.USAGE),
        ("set account.name x", "it is changed by `tuireader account`", Exit.USAGE),
        ("set macro.key x", "it is changed by `tuireader config edit`", Exit.USAGE),
        ("set ui x", "there is no setting 'ui'", Exit.USAGE),
        ("unset ui.nope", "there is no setting 'ui.nope'", Exit.USAGE),
        ("unset watch", "'watch' is a list of tables", Exit.USAGE),
        ("set ui.width", "Missing argument 'VALUE'", Exit.USAGE),
    ],
)
def test_what_is_refused(run: Run, config: Path, words: str, said: str, code: Exit) -> None:
    told = run("config", *words.split())
    assert said in told.err and told.out == "" and told.err.count("\n") == 1
    assert told.code == code and config.read_text() == CONFIG


def test_a_wrong_value_can_be_removed_or_replaced(run: Run, config: Path) -> None:
    config.write_text(CONFIG.replace("90  # wide", "9\nsort = 3"), encoding="utf-8")
    assert run("config", "check").code == Exit.CONFIG
    assert run("config", "unset", "ui.sort").err == run("config", "set", "ui.width", "90").err == ""
    assert run("config", "check").code == Exit.OK and "width = 90\n" in config.read_text()


@pytest.mark.parametrize(
    ("key", "written", "left"),
    [
        ("ui.widht", "[ui]\nwidth = 90\nwidht = 3  # too\n# mine\n", "[ui]\nwidth = 90\n# mine\n"),
        ("databse", 'databse = "x"\r\n# a\r\n[ui]\r\n', "# a\r\n[ui]\r\n"),
        ("keys.zne", '[keys]\nzne = "Z"\n', "[keys]\n"),
        ("uii", "[uii]\na = 1\n# kept\nb = 2\n[uii.c]\nd = 3\n\n[ui]\n", "# kept\n\n[ui]\n"),
        ("uii", "# a\n[[uii]]\na = 1\n[ui]\n[[uii]]\na = 2\n", "# a\n[ui]\n"),
        ("uii", "uii = {a = 1}\n[ui]\n", "[ui]\n"),
        ("ui", "ui = 3\n[fetch]\n", "[fetch]\n"),
    ],
)
def test_a_key_that_is_not_a_setting_is_removed_and_taken_back(
    run: Run, config: Path, key: str, written: str, left: str
) -> None:
    config.write_text(written, encoding="utf-8", newline="")
    assert key in run("config", "check").out
    assert f"removed {key}, which is not a setting" in run("config", "unset", key).err
    assert config.read_bytes().decode() == left and run("config", "check").code == Exit.OK
    assert run("config", "unset", key).code == Exit.USAGE, "gone"
    assert f"undone: {key} removed" in run("undo").err and config.read_bytes().decode() == written


def test_tables_of_known_lists_are_not_removed_as_unknown_keys(run: Run, config: Path) -> None:
    written = '[watch]\nname = "A"\nany = ["a"]\nanny = 3\n'
    config.write_text(written, encoding="utf-8")
    for key in ("watch", "watch[1].anny"):
        told = run("config", "unset", key)
        assert told.code == Exit.USAGE and "is a list of tables" in told.err
    assert config.read_text() == written


def test_a_link_stays_and_a_new_file_is_private(run: Run, config: Path) -> None:
    target = config.rename(config.with_name("real.toml"))
    config.symlink_to(target)
    assert run("config", "set", "ui.width", "100").code == Exit.OK
    assert config.is_symlink() and "width = 100" in target.read_text()
    config.unlink()
    assert run("config", "get", "ui.width").code == Exit.CONFIG  # named, but missing


def test_a_first_setting_makes_the_file(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(home.folder / name))
        assert run_words(capsys, "config", "get").out == ""
        assert run_words(capsys, "config", "unset", "ui.width").code == Exit.OK
        assert run_words(capsys, "config", "set", "ui.width", "100").code == Exit.OK
        path = home.folder / "CONFIG/tuireader/config.toml"
        assert path.read_text() == "[ui]\nwidth = 100\n" and path.stat().st_mode & 0o777 == 0o600


def test_a_broken_file_is_reported_and_kept(run: Run, config: Path) -> None:
    config.write_text("[ui\n", encoding="utf-8")
    for words in (("get",), ("set", "ui.width", "90"), ("unset", "ui.width"), ("unset", "ui.nope")):
        told = run("config", *words)
        assert told.code == Exit.CONFIG and "is not TOML" in told.err and told.err.count("\n") == 1
    assert config.read_text() == "[ui\n"


def test_the_demo_is_read_and_never_written(run: Run, config: Path) -> None:
    def demo(*words: str) -> int:
        return run("--demo", "config", *words).code

    assert run("--demo", "config", "get", "watch[1].name").out == '"WeChat"\n'
    for words in (("set", "ui.width", "90"), ("unset", "ui.width"), ("unset", "ui.nope"), ("edit",)):
        assert demo(*words) == Exit.USAGE
    assert config.read_text() == CONFIG


def editor(folder: Path, script: str) -> str:
    """An editor that does this with the file, `$1`."""
    path = folder / "an ed"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"'{path}'"


def test_the_file_is_edited_and_checked(
    run: Run, home: Home, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor(home.folder, 'echo "x = 1" > "$1"'))
    told = run("config", "edit")
    assert told.code == Exit.CONFIG and "config.toml:1: x: is not a known key" in told.out
    assert config.read_text() == "x = 1\n"
    monkeypatch.setenv("VISUAL", editor(home.folder, ': > "$1"'))
    assert run("config", "edit") == run("config", "check")
    monkeypatch.setenv("VISUAL", editor(home.folder, "exit 3"))
    told = run("config", "edit")
    assert told.code == Exit.FAILURE and "ended with exit status 3" in told.err
    monkeypatch.setenv("VISUAL", str(home.folder / "none"))
    assert "No such file or directory (set VISUAL or EDITOR)" in run("config", "edit").err


def test_what_cannot_be_edited_is_named(run: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")
    config.unlink()
    config.mkdir()
    told = run("config", "edit")
    assert told.code == Exit.CONFIG and "cannot be edited: Is a directory (check its permissions)" in told.err


def test_without_an_editor(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(home.folder / "none"))
    told = run("config", "edit")
    assert told.code == Exit.FAILURE and "no editor found (set VISUAL or EDITOR, or edit" in told.err


def test_a_file_is_made_for_the_editor(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(home.folder / "new"))
        patch.setenv("EDITOR", "true")
        patch.delenv("VISUAL", raising=False)
        assert run_words(capsys, "--database", str(home.database), "config", "edit").code == Exit.OK
    path = home.folder / "new/tuireader/config.toml"
    assert path.read_text() == "" and path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("config set ui.wi", ["ui.width"]),
        ("config unset fetch.prox", ["fetch.proxies", "fetch.proxy"]),
        ("config set ui.images o", ["on", "off"]),
        ("config set ui.width 1", []),
    ],
)
def test_completion(capsys: pytest.CaptureFixture[str], home: Home, line: str, offers: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        words = f"tuireader --config {home.config} {line}"
        patch.setenv("COMP_WORDS", words)
        patch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        patch.setenv("_TUIREADER_COMPLETE", "bash_complete")
        run_program([])
    printed = capsys.readouterr().out.split()
    assert [line.partition(",")[2] for line in printed] == offers
