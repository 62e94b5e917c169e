"""FreshRSS on the command line: what its API leaves out, its refusals, feeds that were left elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.builders import item, rss
from tests.cli.accounts import listed, titles
from tests.cli.command import Home, Run
from tests.servers.direct import direct as direct
from tests.servers.fake import PASSWORD, USER, text_answer
from tests.servers.fake_greader import API, LOGIN, FakeGReader
from tests.web import Answer, Web
from tuireader.errors import Exit

OFF = text_answer("Service Unavailable!", 503)
OFF_WORDS = "FreshRSS has its API switched off (allow API access in its settings, under Authentication)"
OWN_PASSWORD = "FreshRSS has an API password of its own"


class Switch(FakeGReader):
    """A FreshRSS whose API can be switched off."""

    is_off = False

    def answer(self, call: object) -> Answer:
        return OFF if self.is_off else super().answer(call)  # type: ignore[arg-type]


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[Switch]:
    """A FreshRSS with three feeds; one has no entry."""
    monkeypatch.setenv("SECRET", PASSWORD)
    monkeypatch.setenv("WRONG", "wrong")
    with Switch() as server:
        for title in ("News", "Other"):
            feed = server.add_feed(title)
            for number in range(2):
                server.add_entry(feed, f"{title} {number}", starred=not number)
        server.add_feed("Empty")
        yield server


def add(run: Run, server: FakeGReader, *more: str, secret: str = "SECRET") -> None:
    words = ("--kind", "greader", "--url", server.api, "--user", USER, "--password-env", secret)
    assert run("account", "add", "home", *words, *more).code == Exit.OK


def rows(run: Run) -> dict[str, list[str]]:
    """The columns of `tuireader feeds` by title."""
    return {line.split("\t")[4]: line.split("\t") for line in run("feeds").out.splitlines()}


def test_the_last_success_is_that_of_the_newest_entry(run: Run, fresh: Switch) -> None:
    add(run, fresh)
    next(iter(fresh.entries.values())).published -= 3 * 86_400
    fresh.add_entry(fresh.feeds[2], "Late").published -= 5 * 86_400
    fresh.add_feed("None")
    assert run("sync", "--quiet").code == Exit.OK
    assert {title: columns[3] for title, columns in rows(run).items()} == {
        "News": "now",
        "Other": "now",
        "Empty": "5 days ago",
        "None": "by server",
    }
    assert "fetched by a server" in run("feeds", "--gaps").out and "never" not in run("feeds", "--gaps").out
    assert listed(run)["None"]["last_success"] is None


def test_before_the_first_sync_nobody_is_told_to_add_feeds(run: Run, fresh: Switch) -> None:
    add(run, fresh)
    for words in (("list",), ("feeds",), ("feeds", "--gaps"), ("search", "x")):
        told = run(*words)
        assert told.err == "tuireader: nothing from home yet (`tuireader sync` fetches it)\n", words
    assert run("sync", "--quiet").code == Exit.OK
    assert run("list").err == ""


def test_every_command_says_that_the_api_is_off(run: Run, fresh: Switch, web: Web) -> None:
    address = web.serve("/feed", rss("A feed", [item("1", "A title")]))
    fresh.is_off = True
    words = ("--kind", "greader", "--url", fresh.api, "--user", USER, "--password-env", "SECRET")
    assert OFF_WORDS in run("account", "add", "home", *words).err
    fresh.is_off = False
    add(run, fresh)
    assert run("sync", "--quiet").code == Exit.OK
    assert run("star", "News").code == Exit.OK
    fresh.is_off = True
    for command in (
        ("account", "check"),
        ("sync",),
        ("sync", "--marks"),
        ("refresh",),
        ("add", "--account", "home", address),
        ("feeds", "remove", "News"),
    ):
        told = run(*command)
        assert OFF_WORDS in told.out + told.err and told.code != Exit.OK, command
    assert "API switched off" in run("account", "list").out
    assert json.loads(run("account", "check", "--json").out)["hint"].startswith("allow API access")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html><title>503 Service Unavailable</title>", 503, {"Content-Type": "text/html"}),
        text_answer("Service Unavailable!", 500),
    ],
)
def test_a_proxy_that_is_away_is_not_an_api_that_is_off(run: Run, fresh: Switch, answer: Answer) -> None:
    add(run, fresh)
    fresh.replies[f"{API}/subscription/list"] = answer
    told = run("sync")
    assert "switched off" not in told.err and f"HTTP {answer.status}" in told.err


def test_a_refused_sign_in_names_the_api_password(run: Run, fresh: Switch) -> None:
    words = ("--kind", "greader", "--url", fresh.api, "--user", USER, "--password-env", "WRONG")
    assert OWN_PASSWORD in run("account", "add", "home", *words).err
    add(run, fresh)
    assert run("sync", "--quiet").code == Exit.OK
    fresh.expire()
    fresh.replies[LOGIN] = text_answer("Unauthorized!", 401)
    for command in (("account", "check"), ("sync",), ("feeds", "remove", "News")):
        told = run(*command)
        assert OWN_PASSWORD in told.out + told.err and told.code != Exit.OK, command


def test_a_first_sync_counts_what_arrives(run: Run, fresh: Switch, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuireader.sync.greader import pull as greader_pull

    monkeypatch.setattr(greader_pull, "BATCH", 3)
    add(run, fresh)

    def counts() -> list[tuple[int, int]]:
        events = [json.loads(line) for line in run("sync", "--json").out.splitlines()]
        return [(one["arrived"], one["total"]) for one in events if one["event"] == "account"]

    assert list(dict.fromkeys(counts())) == [(0, 0), (3, 4), (4, 4)]
    fresh.add_entry(fresh.feeds[0], "Another")
    assert set(counts()) == {(0, 0)}


def test_articles_of_a_feed_that_was_left_elsewhere_are_no_longer_unread_ones(
    home: Home, run: Run, fresh: Switch
) -> None:
    add(run, fresh)
    assert run("sync", "--quiet").code == Exit.OK
    news, *_ = fresh.feeds
    theirs = [one for one in fresh.entries.values() if one.feed is news]
    fresh.remove_feed(news)
    assert run("sync", "--quiet").code == Exit.OK
    for article in run("list", "--format", "tsv", "feed:News").out.splitlines():  # as before
        assert run("unread", "--mark", "--id", article.split("\t")[0]).code == Exit.OK
    assert run("unread").out == "2\n" and json.loads(run("unread", "--json").out)["unread"] == 2
    assert titles(run, "is:unread", "is:subscribed") == {"Other 0", "Other 1"}
    assert titles(run, "is:unsubscribed") == {"News 0", "News 1"}
    assert titles(run, "is:unread", "-is:subscribed") == titles(run, "is:unread", "is:unsubscribed")
    assert run("-x", "print-unread").out == "2 unread articles\n"
    fresh.feeds.append(news)
    fresh.entries |= {one.id: one for one in theirs}
    assert run("sync", "--quiet").code == Exit.OK
    assert titles(run, "is:unsubscribed") == set()
    assert run("unread").out == "4\n" and titles(run, "is:unread", "is:subscribed") == titles(run)
