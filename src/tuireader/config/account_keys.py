"""Keys of `[[account]]`."""

import re
from enum import StrEnum
from typing import Self

from msgspec.structs import replace

from tuireader.config.keys import Table, declare
from tuireader.config.toml_values import describe
from tuireader.config.values import RAW, WEB_ADDRESS, Invalid, Kind, choice, duration
from tuireader.text.durations import DAY


class AccountKind(StrEnum):
    """The API of a server, by its name in the configuration, and what its accounts need.

    `takes_token`: an API key signs in without a user; else a user is required. `own_password`: the API has
    another password than the server's web page.
    """

    label: str
    hint: str
    takes_token: bool
    own_password: bool

    MINIFLUX = (
        "miniflux",
        "Miniflux",
        "Without a user, the password is an API key: Settings › API Keys.",
        True,
        False,
    )
    GREADER = (
        "greader",
        "FreshRSS or other Google Reader API",
        "FreshRSS has an API password of its own: Settings › Profile.",
        False,
        True,
    )

    def __new__(
        cls, name: str, label: str = "", hint: str = "", takes_token: bool = False, own_password: bool = False
    ) -> Self:
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.label, kind.hint = label, hint
        kind.takes_token, kind.own_password = takes_token, own_password
        return kind


SECRET_ELSEWHERE = "or env:NAME, cmd:PROGRAM, keyring:NAME"
"""References that may replace a typed password, for placeholders."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def _name(value: object) -> str | Invalid:
    if not isinstance(value, str):
        return Invalid(f"should be text in quotes, not {describe(value)}")
    return value if _NAME.fullmatch(value) else Invalid("should be one word of letters, digits and ._-")


def _kind(value: object) -> AccountKind | Invalid:
    name = _KIND.read(value)
    return name if isinstance(name, Invalid) else AccountKind(name)


_KIND = choice(*(kind.value for kind in AccountKind))
ACCOUNT_NAME = Kind("one word", _name)
ACCOUNT_KIND = Kind(_KIND.name, _kind)


class AccountConfig(Table):
    """One `[[account]]`: a server that fetches feeds and keeps marks, such as Miniflux or FreshRSS."""

    name: str = declare(
        ACCOUNT_NAME,
        "Name in the sidebar.",
        vital=True,
        label="Name",
        placeholder="in the sidebar: one word, by default the host",
    )
    kind: AccountKind = declare(
        ACCOUNT_KIND,
        "Kind of server: miniflux, or greader for FreshRSS and others with the Google Reader API.",
        vital=True,
        label="Server",
        choices={kind.value: kind.label for kind in AccountKind},
        option="Its API: greader for FreshRSS.",
    )
    url: str = declare(
        WEB_ADDRESS, "Address of the server.", vital=True, label="Address", placeholder="https://…"
    )
    user: str = declare(
        RAW,
        "Your user name there; not needed with `token`.",
        default="",
        label="User",
        placeholder="your name there",
        option="User name there; leave it out for an API key of Miniflux.",
    )
    password: str = declare(
        RAW,
        "Password, best kept out of this file: `env:NAME`, `cmd:pass show miniflux` or `keyring:NAME`;"
        " for FreshRSS its API password.",
        default="",
        label="Password",
        placeholder=f"hidden; {SECRET_ELSEWHERE}",
        secret=True,
    )
    token: str = declare(RAW, "API key of Miniflux, instead of user and password.", default="", secret=True)
    interval: int = declare(
        duration(60, DAY), "How often to sync.", default=600, label="Every", placeholder="10m"
    )

    @property
    def secret(self) -> str:
        """The token or the password, or a reference to it."""
        return self.token or self.password

    def with_secret(self, secret: str, *, token: bool) -> Self:
        """Replace the secret: by a `token`, else by a password."""
        return replace(self, token=secret if token else "", password="" if token else secret)
