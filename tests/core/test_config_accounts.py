"""`[[account]]`: read, written by edits, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tuireader.config import AccountConfig, AccountKind, edit, loads
from tuireader.errors import ConfigError

HOME = AccountConfig("home", AccountKind.MINIFLUX, "https://miniflux.example", token="env:TOKEN")
TEXT = """\
# mine
[[feeds]]
url = "https://a.example/feed"

# at home
[[account]]
name = "home"
kind = "miniflux"
url = "https://miniflux.example"
token = "env:TOKEN"  # not here
"""


def account(*lines: str, kind: str = "miniflux") -> str:
    """A table with some more lines."""
    return "\n".join(
        ["[[account]]", 'name = "a"', f'kind = "{kind}"', 'url = "https://a.example"', *lines, ""]
    )


def test_an_account_with_everything() -> None:
    config, problems = loads(
        account('user = "me"', 'password = "cmd:pass show a"', 'interval = "1h"', kind="greader")
    )
    assert problems == ()
    assert config.accounts == (
        AccountConfig("a", AccountKind.GREADER, "https://a.example", "me", "cmd:pass show a", interval=3600),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (account(), "account[1]: has no user (or token)"),
        (account('user = "me"'), "account[1]: has no password (or token)"),
        (account('password = "x"', kind="greader"), "account[1]: has no user"),
        (account('token = "x"', kind="greader"), "account[1].token: needs kind = \"miniflux\"; the Google"),
        (account('token = "x"', kind="feedly"), "account[1].kind: "),
        (account('token = "x"').replace('"a"', '"a b"'), "account[1].name: should be one word of letters"),
        (account('token = "x"').replace("//", "//me:pw@"), "account[1].url: has a password; write it as"),
        (account('token = "x"').replace("https:", "ftp:"), "account[1].url: "),
        (account('token = "x"') * 2, "account[2].name: is the same as in account[1]; this one is ignored"),
        ('[[account]]\nname = "a"\n', "account[1]: has no kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told(text: str, told: str) -> None:
    config, problems = loads(text)
    assert any(told in str(one) for one in problems), problems
    assert len(config.accounts) == ("is the same" in told) and "pw" not in "".join(map(str, problems))


def test_adding_changing_and_removing() -> None:
    added = edit.add(TEXT, AccountConfig("work", AccountKind.GREADER, "https://b.example", "me", 'p"\\w'))
    assert added == TEXT + (
        '\n[[account]]\nname = "work"\nkind = "greader"\nurl = "https://b.example"\nuser = "me"\n'
        'password = "p\\"\\\\w"\n'
    )
    assert loads(added)[0].accounts[1].password == 'p"\\w'
    changed = edit.update(added, "account", "HOME", {"token": "env:OTHER", "interval": 60})
    assert 'token = "env:OTHER"  # not here\ninterval = "1m"\n' in changed
    assert edit.remove(added, "account", "Work").rstrip("\n") == TEXT.rstrip("\n")
    assert edit.remove(TEXT, "account", "home").endswith("# at home\n")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda: edit.add(TEXT, HOME), "there is already an account named 'home'"),
        (lambda: edit.add("", AccountConfig("a b", AccountKind.MINIFLUX, "https://a.example")), "one word"),
        (lambda: edit.add("", AccountConfig("a", AccountKind.MINIFLUX, "https://a.example")), "has no user"),
        (lambda: edit.update(TEXT, "account", "none", {"token": "x"}), "has no account 'none'"),
        (lambda: edit.update(TEXT, "account", "home", {"interval": 1}), "interval "),
        (lambda: edit.remove(TEXT, "account", "none"), "`tuireader account list` shows them"),
    ],
)
def test_what_is_refused(change: Callable[[], str], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        change()
    assert told in str(caught.value)


EDITS: dict[str, Callable[[str], str]] = {
    "account work added": lambda text: edit.add(text, replace(HOME, name="work")),
    "account home changed": lambda text: edit.update(text, "account", "home", {"token": "env:OTHER"}),
    "account home removed": lambda text: edit.remove(text, "account", "home"),
}


@pytest.mark.parametrize("what", EDITS)
def test_changes_are_taken_back(what: str) -> None:
    after = EDITS[what](TEXT)
    made = edit.step_between(TEXT, after)
    assert made is not None and made.what == what
    assert edit.revert(after, made.packed) == TEXT
    by_hand = '\n[[watch]]\nname = "Own"\nany = ["own"]\n'
    assert loads(edit.revert(after + by_hand, made.packed))[0] == loads(TEXT + by_hand)[0]
    if "removed" in what:
        with pytest.raises(edit.EditedSince, match="account 'home' exists again"):
            edit.revert(after + account('token = "x"').replace('"a"', '"home"'), made.packed)
