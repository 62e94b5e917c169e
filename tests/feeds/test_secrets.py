"""Secrets in the keyring of the desktop, which here is a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tuireader.config import FeedConfig
from tuireader.errors import TuireaderError
from tuireader.feeds import secrets
from tuireader.model import FetchJob

KEYRING = """
import json, pathlib
FILE = pathlib.Path(__file__).with_name("keyring.json")

def _all():
    return json.loads(FILE.read_text()) if FILE.exists() else {}

def get_password(service, name):
    if name == "locked":
        raise RuntimeError("the passphrase hunter2 is wrong")
    return _all().get(f"{service}/{name}")

def set_password(service, name, value):
    if name == "locked":
        raise RuntimeError("the passphrase hunter2 is wrong")
    FILE.write_text(json.dumps(_all() | {f"{service}/{name}": value}))
"""


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module called keyring."""
    (tmp_path / "keyring.py").write_text(KEYRING, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    return tmp_path / "keyring.json"


def test_what_is_kept_is_found_again(keyring: Path) -> None:
    assert secrets.has_keyring()
    assert secrets.keep("home", "a pass & word") == "keyring:home"
    assert secrets.resolve("keyring:home") == "a pass & word"
    assert keyring.read_text() == '{"tuireader/home": "a pass & word"}'


@pytest.mark.usefixtures("keyring")
def test_what_is_missing_or_locked_is_told_without_secrets() -> None:
    with pytest.raises(TuireaderError) as caught:
        secrets.resolve("keyring:none")
    assert str(caught.value) == "the keyring has no none (`keyring set tuireader none` adds it)"
    uses: list[Callable[[], str]] = [
        lambda: secrets.resolve("keyring:locked"),
        lambda: secrets.keep("locked", "swordfish"),
    ]
    for use in uses:
        with pytest.raises(TuireaderError) as caught:
            use()
        assert str(caught.value) == (
            "the keyring cannot be used for locked: RuntimeError (unlock it, or use env: or cmd:)"
        )
        assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_the_first_line_of_a_command_is_the_secret(tmp_path: Path) -> None:
    """As `pass show` prints it: more about the account follows."""
    (tmp_path / "entry").write_text("swordfish\nuser: me\nurl: https://a.example\n")
    assert secrets.resolve(f"cmd:cat '{tmp_path}/entry'") == "swordfish"
    assert secrets.resolve("cmd:echo 'a  pass & word '") == "a  pass & word "


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("false", "failed: false"),
        ("true", "failed: true"),
        ("echo", "failed: echo"),  # an empty line is no secret
        ("sh -c 'echo swordfish; exit 1'", "failed: sh"),
        ("no-such-program swordfish", "cannot be run: no-such-program"),
        ("echo 'open", "cannot be run: echo"),
        ("", "cannot be run: "),
    ],
)
def test_a_command_that_prints_no_secret_is_named(command: str, words: str) -> None:
    with pytest.raises(TuireaderError) as caught:
        secrets.resolve(f"cmd:{command}")
    assert caught.value.message.startswith(f"the command for the password {words}")


@pytest.mark.parametrize(
    ("settings", "auth", "headers"),
    [
        ({}, None, ()),
        ({"username": "me"}, ("me", ""), ()),
        ({"password": "env:MY_SECRET"}, ("", "swordfish"), ()),
        ({"username": "me", "password": "plain"}, ("me", "plain"), ()),
        (
            {"headers": (("X-Key", "env:MY_SECRET"), ("X-A", "b"))},
            None,
            (("X-Key", "swordfish"), ("X-A", "b")),
        ),
    ],
)
def test_what_a_request_is_given(
    settings: dict[str, Any], auth: object, headers: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "swordfish")
    feed = FeedConfig("https://a.example/feed", **settings)
    job = secrets.filled(FetchJob(1, feed.url), feed, Path("/"))
    assert (job.auth, job.headers, job.cookies) == (auth, headers, ())
    assert secrets.has(feed) == bool(settings)


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_SECRET", raising=False)
    with pytest.raises(TuireaderError, match="MY_SECRET is not set"):
        secrets.resolve("env:MY_SECRET")


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(TuireaderError) as caught:
        secrets.resolve("keyring:home")
    assert str(caught.value) == (
        "keyring: needs the package keyring (install it with: pip install 'tuireader[keyring]')"
    )
