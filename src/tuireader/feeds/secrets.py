"""Secrets kept outside the config: `env:NAME`, `cmd:COMMAND`, `keyring:NAME` and cookie files."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tuireader.config import FeedConfig
from tuireader.errors import TuireaderError
from tuireader.model import FetchJob

if TYPE_CHECKING:
    from http.cookiejar import Cookie

SECONDS = 20
SERVICE = "tuireader"  # service name of our secrets in the desktop keyring


def has(feed: FeedConfig) -> bool:
    """Return whether the request for a feed has headers, a password or cookies."""
    return bool(feed.username or feed.password or feed.headers or feed.cookies)


def filled(job: FetchJob, feed: FeedConfig, folder: Path) -> FetchJob:
    """Add headers, password and cookies of a feed to its request; blocks while it reads them.

    A relative path starts from `folder`, the folder of the configuration. Raises a TuireaderError that
    names the setting.
    """
    signs_in = feed.username or feed.password
    auth = (feed.username, resolve(feed.password)) if signs_in else None
    headers = tuple([(name, resolve(value)) for name, value in feed.headers])
    sent: tuple[Cookie, ...] = ()
    if feed.cookies:
        from tuireader.feeds.http import cookies  # few feeds have any

        try:
            sent = cookies.read(folder / Path(feed.cookies).expanduser(), feed.url)
        except TuireaderError as error:
            words = f"cookies: {feed.cookies} {error.message}"
            raise TuireaderError(words, "export the file again") from None
    return replace(job, headers=headers, auth=auth, cookies=sent)


def resolve(value: str) -> str:
    """Look up the secret that a config value names; a value without a prefix is the secret itself.

    A command runs without a shell; the first line of its output is the secret. Blocks until it ends, or the
    keyring is unlocked. Raises a TuireaderError that names the variable, command or entry, never its content.
    """
    if value.startswith("env:"):
        name = value[4:]
        if not (secret := os.environ.get(name)):  # an empty one would sign nothing, and sign in nowhere
            state = "not set" if secret is None else "empty"
            raise TuireaderError(f"the environment variable {name} is {state}")
        return secret
    if value.startswith("cmd:"):
        return _first_line(value[4:])
    if value.startswith("keyring:"):
        name = value.removeprefix("keyring:")
        password = _ask_keyring(name, lambda keyring: keyring.get_password(SERVICE, name))
        if not password:
            raise TuireaderError(f"the keyring has no {name}", f"`keyring set {SERVICE} {name}` adds it")
        return str(password)
    return value


def has_keyring() -> bool:
    """Return whether the package for `keyring:` is installed."""
    return find_spec("keyring") is not None


def keep(name: str, secret: str) -> str:
    """Store a secret in the desktop keyring; return the config value that names it.

    Raises TuireaderError if there is no keyring, or it is locked.
    """
    _ask_keyring(name, lambda keyring: keyring.set_password(SERVICE, name, secret))
    return f"keyring:{name}"


def _ask_keyring(name: str, ask: Callable[[Any], Any]) -> Any:
    try:
        keyring = import_module("keyring")
    except ImportError:
        hint = "install it with: pip install 'tuireader[keyring]'"
        raise TuireaderError("keyring: needs the package keyring", hint) from None
    try:
        return ask(keyring)
    except Exception as error:  # each keyring has errors of its own, whose texts may quote anything
        words = f"the keyring cannot be used for {name}: {type(error).__name__}"
        raise TuireaderError(words, "unlock it, or use env: or cmd:") from None


def _first_line(command: str) -> str:
    try:
        words = shlex.split(command)
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        late = f"the command for the password did not end within {SECONDS} seconds"
        raise TuireaderError(f"{late}: {command}") from None
    except (OSError, ValueError, IndexError):
        raise TuireaderError(f"the command for the password cannot be run: {command}") from None
    if done.returncode or not (secret := "".join(done.stdout.splitlines()[:1])).strip():
        raise TuireaderError(f"the command for the password failed: {command}")
    return secret
