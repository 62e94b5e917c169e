"""A server of accounts for tests of the command line, and what they do with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.cli.command import Run
from tests.servers.fake import USER, Call, json_answer
from tests.servers.fake_miniflux import FakeMiniflux
from tests.web import Answer
from tuireader.errors import Exit


class Server(FakeMiniflux):
    """A Miniflux that may refuse stars."""

    refuses_stars = False

    def answer(self, call: Call) -> Answer:
        """Process a request."""
        if self.refuses_stars and str(call) == "PUT /v1/entries" and "starred" in call.json():
            return json_answer({"error_message": "no more stars"}, 400)
        return super().answer(call)


@contextmanager
def serving() -> Iterator[Server]:
    """A server with two feeds and three entries."""
    with Server("2.3.2") as server:
        news, other = server.add_feed("News", "Tech"), server.add_feed("Other")
        server.add_entry(news, "First")
        server.add_entry(news, "Second", read=True)
        server.add_entry(other, "Third", starred=True)
        yield server


def add(run: Run, server: Server, *more: str) -> None:
    """Add an account, and sync it."""
    words = ("--kind", "miniflux", "--url", server.url, "--user", USER, "--password-env", "SECRET")
    assert run("account", "add", "home", *words, *more).code == Exit.OK
    assert run("sync", "--quiet").code == Exit.OK


def titles(run: Run, *words: str) -> set[str]:
    """The titles of a list."""
    return {json.loads(line)["title"] for line in run("list", "--json", *words).out.splitlines()}


def listed(run: Run) -> dict[str, dict[str, Any]]:
    """The feeds by title."""
    return {one["title"]: one for one in map(json.loads, run("feeds", "--json").out.splitlines())}
