"""A server that quotes the account's secrets in all that it says: they reach no screen and no file."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from tests.cli.command import Home, Run
from tests.servers.direct import direct as direct
from tests.servers.fake import PASSWORD, TOKEN, USER, Call, Fake, json_answer
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.web import Answer
from tuireader.errors import Exit

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": lambda text: quote(text, safe=""),
    "plus": quote_plus,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Basic": lambda text: base64.b64encode(f"{USER}:{text}".encode()).decode(),
    "HTML": html.escape,
}
KINDS = {
    "token": (FakeMiniflux, "miniflux", TOKEN, ("--kind", "miniflux", "--token-env", "TOKEN")),
    "basic": (
        FakeMiniflux,
        "miniflux",
        PASSWORD,
        ("--kind", "miniflux", "--user", USER, "--password-env", "SECRET"),
    ),
    "greader": (
        FakeGReader,
        "greader",
        PASSWORD,
        ("--kind", "greader", "--user", USER, "--password-env", "SECRET"),
    ),
}


class Quoting:
    """Mixed into a fake: it quotes `said` as user and version, and refuses with the status `refuses`."""

    said = ""
    refuses = 0

    def answer(self, call: Call) -> Answer:
        """Process a request."""
        if self.refuses and call.path.endswith(("/v1/feeds", "/subscription/list")):
            return json_answer({"error_message": f"no feeds for {self.said} today"}, self.refuses)
        answer: Answer = super().answer(call)  # type: ignore[misc]  # of the fake
        if call.path == "/v1/me" and answer.status == 200:
            return json_answer({"id": 1, "username": f"alice {self.said}"})
        if call.path == "/v1/version":
            return json_answer({"version": f"2.3.2 {self.said}"})
        return answer


class QuotingMiniflux(Quoting, FakeMiniflux):
    """A Miniflux."""


class QuotingGReader(Quoting, FakeGReader):
    """A FreshRSS."""


def fill(server: Fake, number: int, said: str) -> None:
    """Give a server a feed, a folder and an entry that quote something, and differ without it."""
    site = f"http://{number}.example"
    feed = server.add_feed(f"News {said} {number}", f"Folder {said}", url=f"{site}/{quote(said)}/feed")
    feed.site_url = f"{site}/?q={quote(said, safe='')}"
    feed.error = f"cannot parse {said} at line 3"
    text = f"<p>The text of {html.escape(said)} and more words, {number}.</p>"
    entry = server.add_entry(feed, f"Title {said} {number}", text, author=f"By {said}", tags=[f"tag {said}"])
    entry.url = f"{site}/{quote(said)}"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secrets in variables."""
    monkeypatch.setenv("TOKEN", TOKEN)
    monkeypatch.setenv("SECRET", PASSWORD)


def traces(text: bytes | str, secret: str) -> list[str]:
    """The forms of a secret that are in a text."""
    raw = text.encode() if isinstance(text, str) else text
    return [name for name, form in FORMS.items() if form(secret).rstrip("=").encode() in raw]


@pytest.mark.parametrize("kind", KINDS)
def test_no_surface_shows_a_secret(run: Run, home: Home, kind: str) -> None:
    _, _, secret, words = KINDS[kind]
    fake = QuotingGReader if kind == "greader" else QuotingMiniflux
    spellings = list(dict.fromkeys(form(secret) for form in FORMS.values()))  # a token has fewer
    with fake() as server:
        for number, spelling in enumerate(spellings):
            fill(server, number, spelling)
        server.add_feed("Quiet")
        url = server.api if isinstance(server, FakeGReader) else server.url
        seen: dict[str, str] = {}

        def note(*command: str, code: int | None = None) -> None:
            told = run(*command)
            seen[f"{len(seen)} {' '.join(command)}"] = told.out + told.err
            assert code is None or told.code == code, told

        note("account", "add", "home", *words, "--url", url, code=Exit.OK)
        note("sync", code=Exit.OK)
        articles = [f"show {number} --json" for number in range(1, len(spellings) + 1)]
        printing = ("feeds", "feeds --json", "list --json", "export", "feeds --gaps --json")
        for command in (*articles, *printing):
            note(*command.split(), code=Exit.OK)
        titles = [json.loads(line)["title"] for line in run("feeds", "--json").out.splitlines()]
        assert sum("…" in title for title in titles) == len(spellings)
        for spelling in spellings:
            server.said, server.refuses = spelling, 0
            server.replies.pop("/v1/me", None)
            for command in ("account check", "account check --json", "account list", "account list --json"):
                note(*command.split(), code=Exit.OK)
            server.refuses = 500
            note("sync", "--force")
            note("account", "check", code=Exit.ALL_FAILED)
            server.refuses = 401
            note("account", "check", "--json", code=Exit.ALL_FAILED)
            note("account", "add", "other", *words, "--url", url, code=Exit.FAILURE)
            server.replies["/v1/me"] = Answer(
                b"", 302, {"Location": f"http://other.example/{quote(server.said)}/v1/me"}
            )
            note("account", "add", "moved", *words, "--url", url, code=Exit.FAILURE)
            note("account", "list")
        wal = home.database.with_name(f"{home.database.name}-wal")
        note("db", "backup", str(home.folder / "backup.db"), code=Exit.OK)
    found = {name: traces(text, secret) for name, text in seen.items()}
    assert not any(found.values()), found
    for path in (home.database, wal, home.folder / "backup.db", *home.folder.rglob("*.log")):
        assert not path.exists() or not traces(path.read_bytes(), secret), path


def test_a_short_password_leaves_articles_as_they_are(
    run: Run, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.servers.fake_greader.PASSWORD", "news")
    monkeypatch.setenv("SECRET", "news")
    with QuotingGReader() as server:
        server.add_entry(server.add_feed("Good news"), "News, news!")
        run("account", "add", "home", *KINDS["greader"][3], "--url", server.api)
        run("sync")
        server.said, server.refuses = "news", 500
        assert "no feeds for … today" in run("account", "check").out
    assert '"title": "News, news!"' in run("list", "--json").out
