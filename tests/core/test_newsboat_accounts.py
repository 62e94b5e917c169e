"""newsboat's settings of services as accounts."""

from __future__ import annotations

import pytest

from tests.newsboat import read_config
from tuireader.config import AccountConfig, AccountKind, loads
from tuireader.exchange import merge
from tuireader.newsboat.outcomes import Consent, Fate
from tuireader.newsboat.single_settings import Settings

MINIFLUX = """\
urls-source "miniflux"
miniflux-url "https://rss.example/"
miniflux-login "alice"
"""
FRESHRSS = """\
urls-source "freshrss"
freshrss-url "https://rss.example/api/greader.php"
freshrss-login "alice"
"""


def read(text: str, *accepted: Consent) -> Settings:
    """The settings of a config."""
    return read_config(text, accepted)


def dropped(made: Settings) -> dict[str, str]:
    """The reasons of dropped lines, by the first word of the line."""
    return {one.text.split()[0]: one.note for one in made.outcomes if one.fate is Fate.DROPPED}


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (
            MINIFLUX + 'miniflux-password "a \\"pass\\" & word"',
            AccountConfig(
                "miniflux", AccountKind.MINIFLUX, "https://rss.example/", "alice", 'a "pass" & word'
            ),
        ),
        (
            MINIFLUX + "miniflux-token abc\nminiflux-password x",
            AccountConfig("miniflux", AccountKind.MINIFLUX, "https://rss.example/", token="abc"),
        ),
        (
            FRESHRSS + "freshrss-passwordeval \"gpg -q -d ~/pass.gpg | head -1\"",
            AccountConfig(
                "freshrss", AccountKind.GREADER, "https://rss.example/api/greader.php", "alice",
                "cmd:sh -c 'gpg -q -d ~/pass.gpg | head -1'",
            ),
        ),
        (
            FRESHRSS + "freshrss-passwordfile '/etc/my pass'".replace("'", '"'),
            AccountConfig(
                "freshrss", AccountKind.GREADER, "https://rss.example/api/greader.php", "alice",
                "cmd:cat '/etc/my pass'",
            ),
        ),
        (
            "urls-source oldreader\noldreader-login me\noldreader-password x",
            AccountConfig("oldreader", AccountKind.GREADER, "https://theoldreader.com", "me", "x"),
        ),
    ],
)  # fmt: skip
def test_services_become_accounts(text: str, account: AccountConfig) -> None:
    made = read(text, Consent.PROGRAMS)
    assert made.accounts == [account] and dropped(made) == {}
    merged = merge.merge("", [], settings=made)
    assert loads(merged.text)[0].accounts == (account,) and merged.added["account"] == 1
    again = merge.merge(merged.text, [], settings=made)
    assert (again.text, again.added["account"], again.kept) == (merged.text, 0, {})


def test_programs_and_files_for_passwords_need_consent() -> None:
    for line in ("miniflux-passwordeval pass", "miniflux-tokenfile ~/token", "miniflux-tokeneval pass"):
        made = read(MINIFLUX + line)
        assert made.accounts == []
        assert {one.consent for one in made.outcomes} == {Consent.PROGRAMS}


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("urls-source ttrss", "urls-source", "tuireader only syncs with Miniflux and the Google Reader API"),
        ("urls-source feedbin\nfeedbin-login a", "feedbin-login", "only syncs with Miniflux"),
        (MINIFLUX, "urls-source", "has no miniflux-password; run `tuireader account add`, which asks for it"),
        (MINIFLUX.replace("miniflux-login", "# "), "urls-source", "has no miniflux-login"),
        (MINIFLUX.replace("miniflux-url", "# "), "urls-source", "has no miniflux-url"),
        (MINIFLUX.replace("https:", "file:"), "miniflux-url", "miniflux-url "),
        (MINIFLUX.replace("//", "//me:pw@"), "urls-source", "miniflux-url has a password"),
        (MINIFLUX + "miniflux-password cmd:rm", "urls-source", "would be read as the place of one"),
        (MINIFLUX + 'miniflux-passwordeval "a \'"', "urls-source", "a quotation mark is not closed"),
        (MINIFLUX + "miniflux-password x\nfreshrss-login a", "freshrss-login", "urls-source is miniflux"),
        ("miniflux-url https://rss.example", "miniflux-url", "has no effect: urls-source is local"),
        (MINIFLUX + "miniflux-password x\nminiflux-flag-star a", "miniflux-flag-star", "without a flag"),
    ],
)
def test_what_is_left_out_has_its_reason(text: str, line: str, why: str) -> None:
    made = read(text, Consent.PROGRAMS)
    assert why in dropped(made)[line]
    assert "pw" not in "".join(map(str, made.outcomes))


def test_an_account_of_the_same_name_is_kept() -> None:
    own = '[[account]]\nname = "miniflux"\nkind = "miniflux"\nurl = "https://own.example"\ntoken = "t"\n'
    merged = merge.merge(own, [], settings=read(MINIFLUX + "miniflux-password x"))
    assert "own.example" in merged.text and "rss.example" not in merged.text
    assert merged.kept["account", "miniflux"].endswith("another account “miniflux”, which is kept")


def test_a_local_profile_has_no_account() -> None:
    made = read("urls-source local")
    assert made.accounts == [] and dropped(made) == {}
