"""Secrets kept outside the config: `env:NAME`, `cmd:COMMAND` and cookie files."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import replace
from http.cookiejar import Cookie
from pathlib import Path

from tuireader.config import FeedConfig
from tuireader.config.kinds import MAIL_SCHEMES
from tuireader.errors import TuireaderError
from tuireader.feeds import cookies
from tuireader.model import FetchJob

SECONDS = 20


def has(feed: FeedConfig) -> bool:
    """Return whether the request for a feed has headers, a password or cookies."""
    is_mail = bool(feed.password) and feed.url.startswith(MAIL_SCHEMES)
    return bool(feed.username or feed.headers or feed.cookies or is_mail)


def filled(job: FetchJob, feed: FeedConfig, folder: Path) -> FetchJob:
    """Return the request for a feed with its headers, password and cookies; blocks while it reads them.

    A relative path starts from `folder`, the folder of the configuration. Raises TuireaderError that
    names the setting.
    """
    signs_in = feed.username or feed.url.startswith(MAIL_SCHEMES)
    auth = (feed.username, resolve(feed.password)) if signs_in else None
    headers = tuple([(name, resolve(value)) for name, value in feed.headers])
    found: tuple[Cookie, ...] = ()
    if feed.cookies:
        try:
            found = cookies.read(folder / Path(feed.cookies).expanduser(), feed.url)
        except TuireaderError as error:
            raise TuireaderError(
                f"cookies: {feed.cookies} {error.message}", "export the file again"
            ) from None
    return replace(job, headers=headers, auth=auth, cookies=found)


def resolve(value: str) -> str:
    """Return the secret that a config value names; a value without a prefix is the secret itself.

    A command runs without a shell; the first line of its output is the secret. Blocks until it ends.
    Raises TuireaderError that names the variable or command, never its output.
    """
    if value.startswith("env:"):
        name = value[4:]
        if name not in os.environ:
            raise TuireaderError(f"the environment variable {name} is not set")
        return os.environ[name]
    if value.startswith("cmd:"):
        return _first_line(value[4:])
    return value


def _first_line(command: str) -> str:
    try:
        words = shlex.split(command)
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise TuireaderError(
            f"the command for the password did not end within {SECONDS} seconds: {command}"
        ) from None
    except (OSError, ValueError, IndexError):
        raise TuireaderError(f"the command for the password cannot be run: {command}") from None
    if done.returncode or not done.stdout.strip():
        raise TuireaderError(f"the command for the password failed: {command}")
    return done.stdout.splitlines()[0]
