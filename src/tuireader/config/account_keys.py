"""Keys of `[[account]]`."""

import re
from dataclasses import dataclass
from typing import Annotated

from tuireader.config.values import RAW, WEB_ADDRESS, Invalid, Key, Kind, choice, describe, duration
from tuireader.text.durations import DAY

ACCOUNT_KINDS = ("miniflux", "greader")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def _name(value: object) -> str | Invalid:
    if not isinstance(value, str):
        return Invalid(f"should be text in quotes, not {describe(value)}")
    return value if _NAME.fullmatch(value) else Invalid("should be one word of letters, digits and ._-")


ACCOUNT_NAME = Kind("one word", _name)


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """One `[[account]]`: a server that fetches feeds and keeps marks, such as Miniflux or FreshRSS."""

    name: Annotated[str, Key(ACCOUNT_NAME, "Name in the sidebar.", vital=True)]
    kind: Annotated[
        str,
        Key(
            choice(*ACCOUNT_KINDS),
            "Kind of server: miniflux, or greader for FreshRSS and others with the Google Reader API.",
            vital=True,
        ),
    ]
    url: Annotated[str, Key(WEB_ADDRESS, "Address of the server.", vital=True)]
    user: Annotated[str, Key(RAW, "Your user name there; not needed with `token`.")] = ""
    password: Annotated[
        str,
        Key(
            RAW,
            "Password, best kept out of this file: `env:NAME`, `cmd:pass show miniflux` or `keyring:NAME`;"
            " for FreshRSS its API password.",
        ),
    ] = ""
    token: Annotated[str, Key(RAW, "API key of Miniflux, instead of user and password.")] = ""
    interval: Annotated[int, Key(duration(60, DAY), "How often to sync.")] = 600
