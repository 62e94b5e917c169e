"""Translate newsboat's settings for sync services into accounts: Miniflux and the Google Reader API."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from msgspec import Struct

from tuireader.config import AccountConfig, AccountKind
from tuireader.config.files import expand_home
from tuireader.config.values import WEB_ADDRESS, Invalid
from tuireader.newsboat.outcomes import Became, Consent, No
from tuireader.newsboat.values import shell_words
from tuireader.text import clean, without_password

_SECRETS = ("password", "passwordeval", "passwordfile")
_TOKENS = ("token", "tokeneval", "tokenfile")


class Service(Struct, frozen=True):
    """A value of `urls-source`: the prefix of its settings, our kind of server, and its usual address."""

    prefix: str
    kind: AccountKind
    url: str = ""


SERVICES: Mapping[str, Service] = {
    "miniflux": Service("miniflux", AccountKind.MINIFLUX),
    "freshrss": Service("freshrss", AccountKind.GREADER),
    "oldreader": Service("oldreader", AccountKind.GREADER, "https://theoldreader.com"),
    "feedhq": Service("feedhq", AccountKind.GREADER, "https://feedhq.org"),
}
"""Services that tuireader syncs with."""

NAMES: Mapping[str, str] = {
    f"{service.prefix}-{end}": source
    for source, service in SERVICES.items()
    for end in ("url", "login", *_SECRETS, *(_TOKENS if service.kind.takes_token else ()))
}
"""Settings of these services, with their `urls-source`."""


def part(name: str, said: Mapping[str, str], accepted: bool) -> Became:
    """Return the outcome of a setting of a service. Raises No if another service is chosen."""
    source = said.get("urls-source", "local")
    if source != NAMES[name]:
        raise No(f"has no effect: urls-source is {clean(source, 40)}")
    account(source, said, accepted)
    return Became("becomes part of an `[[account]]`", (("account", source),))


def account(source: str, said: Mapping[str, str], accepted: bool) -> AccountConfig:
    """Build the account of a service; programs and files for its secrets need to be `accepted`.

    Raises No if something is missing or unusable.
    """
    service = SERVICES[source]
    url = said.get(f"{service.prefix}-url") or service.url
    read = WEB_ADDRESS.read(url) if url else Invalid(f"has no {service.prefix}-url")
    if isinstance(read, Invalid):
        raise No(f"{service.prefix}-url {read.message}" if url else read.message)
    if without_password(url) != url:
        raise No(f"{service.prefix}-url has a password; use {service.prefix}-password")
    user = clean(said.get(f"{service.prefix}-login", ""), 200)
    if service.kind.takes_token and any(f"{service.prefix}-{end}" in said for end in _TOKENS):
        token = _secret(service, _TOKENS, said, accepted)
        return AccountConfig(source, service.kind, read, token=token)
    if not user:
        raise No(f"has no {service.prefix}-login")
    password = _secret(service, _SECRETS, said, accepted)
    return AccountConfig(source, service.kind, read, user=user, password=password)


def _secret(service: Service, ends: tuple[str, str, str], said: Mapping[str, str], accepted: bool) -> str:
    plain, program, file = (said.get(f"{service.prefix}-{end}", "") for end in ends)
    if plain:
        if plain.startswith(("env:", "cmd:", "keyring:")):
            raise No(f"the {ends[0]} would be read as the place of one; run `tuireader account add`")
        return plain
    if program:
        words, _ = shell_words(program)
    elif file:
        words = ("cat", str(expand_home(file)))
    else:
        raise No(f"has no {service.prefix}-{ends[0]}; run `tuireader account add`, which asks for it")
    if not accepted:
        raise No("would become an `[[account]]` once accepted", consent=Consent.PROGRAMS)
    return f"cmd:{shlex.join(words)}"
