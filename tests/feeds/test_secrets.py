"""Secrets in the keyring of the desktop, which here is a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tuireader.errors import TuireaderError
from tuireader.feeds import secrets

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


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(TuireaderError) as caught:
        secrets.resolve("keyring:home")
    assert str(caught.value) == (
        "keyring: needs the package keyring (install it with: pip install 'tuireader[keyring]')"
    )
