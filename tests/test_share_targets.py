"""Services that keep articles: what each is asked, by servers on the loopback that are shaped like it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK as NOW
from tests.web import Answer, Request, Web
from tuireader.config import ChannelConfig, loads
from tuireader.config.channel_keys import SHARES
from tuireader.delivery.letters import Item, Letter, LetterKind, Receipt, trial
from tuireader.delivery.send import Surroundings, send
from tuireader.feeds.secrets import resolve

TOKEN, PASSWORD = "T0ken:of-nobody", "pass w0rd&"
ARTICLE = Item(1, "Fähren & <b>Häfen</b>", "https://x.example/1?a=1&b=2", "Feed", NOW, ())
LETTER = Letter(ARTICLE.title, "Feed", (ARTICLE,), kind=LetterKind.SHARE)
AROUND = Surroundings(Path(), resolve)
URL, TITLE = ARTICLE.url, ARTICLE.title

# Where each service takes an article, what it gets, and where it says who asks.
SERVICES: dict[str, tuple[str, dict[str, object], str]] = {
    "wallabag": ("/api/entries.json", {"url": URL, "title": TITLE, "tags": "a b,c"}, "/api/entries.json"),
    "readeck": ("/api/bookmarks", {"url": URL, "title": TITLE, "labels": ["a b", "c"]}, "/api/profile"),
    "linkding": (
        "/api/bookmarks/",
        {"url": URL, "title": TITLE, "tag_names": ["a b", "c"], "notes": "Feed"},
        "/api/user/profile/",
    ),
    "karakeep": (
        "/api/v1/bookmarks",
        {"type": "link", "url": URL, "title": TITLE, "note": "Feed"},
        "/api/v1/users/me",
    ),
    "pinboard": (
        "/v1/posts/add",
        {"url": URL, "description": TITLE, "tags": "a b c", "extended": "Feed", "replace": "no"},
        "/v1/posts/update",
    ),
    "archive.org": ("/save", {"url": URL}, "/save/status/user"),
}
AUTHORIZATION = {
    "wallabag": "Bearer access",
    "linkding": f"Token {TOKEN}",
    "pinboard": None,
    "archive.org": f"LOW {TOKEN}",
}
SAVED = {"pinboard": b'{"result_code":"done"}', "archive.org": b'{"url":"x","job_id":"spn2-1"}'}
OAUTH = b'{"access_token": "access", "expires_in": 3600}'


def target(web: Web, name: str, **fields: object) -> ChannelConfig:
    """A channel to a service on the loopback, at a path of its own."""
    server = web.url.replace("//", "//me@") + "/own/"
    channel = ChannelConfig("s", share=name, server=server, token=TOKEN, password=PASSWORD, tags=("a b", "c"))
    return replace(channel, body="{feed}", **fields)


def asked(request: Request) -> dict[str, Any]:
    """The fields that a request has in its body, or in its address."""
    if request.headers.get("content-type") == "application/json":
        return dict(json.loads(request.body))
    return dict(parse_qsl(request.body.decode() or urlsplit(request.path).query))


def answer_all(web: Web, answer: Answer) -> None:
    """Answer everything in one way, but give tokens as Wallabag does."""
    web.rest(lambda request: Answer(OAUTH) if "oauth" in request.path else answer)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_gets_an_article_in_its_own_words(web: Web, name: str) -> None:
    answer_all(web, Answer(SAVED.get(name, b"{}"), 202))
    path, fields, check = SERVICES[name]
    assert await send(LETTER, target(web, name), AROUND) == Receipt(True)
    request = web.requests[-1]
    assert urlsplit(request.path).path == f"/own{path}"
    assert fields.items() <= asked(request).items()
    assert request.headers.get("authorization") == AUTHORIZATION.get(name, f"Bearer {TOKEN}")
    assert request.method == ("GET" if name == "pinboard" else "POST")
    web.requests.clear()
    assert await send(trial("s"), target(web, name), AROUND) == Receipt(True)
    test = web.requests[-1]
    assert test.method == "GET" and urlsplit(test.path).path == f"/own{check}" and test.body == b""
    assert test.headers.get("authorization") == AUTHORIZATION.get(name, f"Bearer {TOKEN}")


async def test_what_pinboard_gets_stays_private_and_replaces_nothing(web: Web) -> None:
    web.rest(lambda request: Answer(b'{"result_code":"item already exists"}'))
    assert await send(LETTER, target(web, "pinboard"), AROUND) == Receipt(True)
    query = parse_qs(urlsplit(web.requests[0].path).query)
    assert (query["shared"], query["replace"], query["auth_token"]) == (["no"], ["no"], [TOKEN])


async def test_wallabag_gives_a_token_for_user_and_password(web: Web) -> None:
    answer_all(web, Answer(b"{}"))
    assert await send(LETTER, target(web, "wallabag"), AROUND) == Receipt(True)
    first, _ = web.requests
    assert (first.method, first.path) == ("POST", "/own/oauth/v2/token")
    assert asked(first) == {
        "grant_type": "password",
        "client_id": "T0ken",
        "client_secret": "of-nobody",
        "username": "me",
        "password": PASSWORD,
    }


@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        (Answer(status=400), Receipt(False, "it does not accept the client, the user or the password")),
        (Answer(status=503), Receipt(False, "it answers with status 503")),
        (Answer(b"<html>"), Receipt(False, "its answer has no token; check its address")),
        (Answer(b'{"access_token": ["a"]}'), Receipt(False, "its answer has no token; check its address")),
        (
            Answer(b'{"access_token": "a\\r\\nb"}'),
            Receipt(False, "its answer has no token; check its address"),
        ),
    ],
)
async def test_a_wallabag_that_gives_no_token_is_tried_again(
    web: Web, answer: Answer, receipt: Receipt
) -> None:
    web.rest(lambda request: answer)
    assert await send(LETTER, target(web, "wallabag"), AROUND) == receipt
    assert len(web.requests) == 1


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        (Answer(status=401), Receipt(False, "it answers with status 401; check its token")),
        (Answer(status=422), Receipt(False, "it answers with status 422", permanent=True)),
        (
            Answer(status=429, headers={"Retry-After": "120"}),
            Receipt(False, "it answers with status 429", retry_after=120),
        ),
        (Answer(TOKEN.encode(), 500), Receipt(False, "it answers with status 500", doubtful=True)),
        (
            Answer(status=302, headers={"Location": "/login"}),
            Receipt(False, "it redirects (status 302); write the address to which it leads"),
        ),
    ],
)
async def test_refusals_of_a_service(web: Web, name: str, answer: Answer, receipt: Receipt) -> None:
    answer_all(web, answer)
    assert await send(LETTER, target(web, name), AROUND) == receipt
    assert len(web.requests) == 1 + (name == "wallabag")


@pytest.mark.parametrize("name", SAVED)
async def test_an_answer_that_only_looks_like_success(web: Web, name: str) -> None:
    words = json.dumps({"result_code": "something went wrong", "status": "error", "message": TOKEN})
    web.rest(lambda request: Answer(words.encode() + b" " * 100_000))
    refused = await send(LETTER, target(web, name), AROUND)
    assert refused == Receipt(False, "it answers, but has not saved the article")


async def test_a_service_is_asked_through_the_proxy(web: Web) -> None:
    web.rest(lambda request: Answer(b"{}"))
    channel = ChannelConfig("s", share="linkding", server="http://links.invalid", token=TOKEN)
    assert await send(LETTER, channel, replace(AROUND, proxy=web.url)) == Receipt(True)
    assert [request.path for request in web.requests] == ["http://links.invalid/api/bookmarks/"]


async def test_only_where_a_copy_would_stand_twice_it_is_marked(web: Web) -> None:
    answer_all(web, Answer(b"{}"))
    again = replace(LETTER, repeated=True)
    for name, mark in (("readeck", " (possibly repeated)"), ("linkding", "")):
        assert await send(again, target(web, name), AROUND) == Receipt(True)
        assert asked(web.requests[-1])["title"] == TITLE + mark


async def test_letters_that_no_service_can_keep(web: Web) -> None:
    several, nowhere = (ARTICLE, ARTICLE), (replace(ARTICLE, url="mailto:a@b.example"),)
    for items, kind, error in (
        (several, LetterKind.DIGEST, "it takes single articles only"),
        ((), LetterKind.ALARM, "it takes single articles only"),
        (nowhere, LetterKind.MATCH, "the article has no web address"),
    ):
        letter = replace(LETTER, items=items, kind=kind)
        assert await send(letter, target(web, "linkding"), AROUND) == Receipt(False, error, permanent=True)
    odd = await send(LETTER, target(web, "linkding", token="to\nken"), AROUND)
    assert odd == Receipt(False, "its token has characters that no token has")
    missing = await send(LETTER, target(web, "linkding", token="env:NO_SUCH_VARIABLE"), AROUND)
    assert missing == Receipt(False, "the environment variable NO_SUCH_VARIABLE is not set")
    assert web.requests == []


async def test_a_long_title_is_cut_and_a_match_is_kept_without_a_note(web: Web) -> None:
    answer_all(web, Answer(SAVED["pinboard"]))
    long = replace(LETTER, items=(replace(ARTICLE, title="t" * 400),), kind=LetterKind.MATCH)
    assert await send(long, target(web, "pinboard", tags=()), AROUND) == Receipt(True)
    fields = asked(web.requests[-1])
    assert len(fields["description"]) == 250 and "tags" not in fields and fields["extended"] == "Feed"
    assert await send(long, replace(target(web, "pinboard"), body=""), AROUND) == Receipt(True)
    assert "extended" not in asked(web.requests[-1])


# --------------------------------------------------------------------------- configuration


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ('share = "wallabagg"', "3: channel[1].share: should be "),
        ('share = "linkding"', "3: channel[1].share: needs a server such as https://linkding.example.org"),
        (
            'share = "linkding"\nserver = "smtps://x.example"',
            "4: channel[1].server: is not a web address such as https://linkding.example.org",
        ),
        (
            'share = "linkding"\nserver = "https://me:pw@x.example"',
            "4: channel[1].server: is not a server such as ",
        ),
        ('share = "pinboard"', "3: channel[1].share: needs a token"),
        (
            'share = "wallabag"\nserver = "https://w.example"\ntoken = "env:W"',
            "3: channel[1].share: needs a user, as in https://me@wallabag.example.org, and a password",
        ),
        ('share = "pinboard"\ntoken = "env:P"\nlimit = 5', "5: channel[1].limit: has no effect with share"),
        ('share = "pinboard"\nfile = "x"', "1: channel[1]: has file and share; it needs one of "),
        ('file = "x"\ntoken = "env:P"', "4: channel[1].token: has no effect without share"),
        ('file = "x"\nserver = "https://x"', "4: channel[1].server: has no effect without mail or share"),
    ],
)
def test_what_is_wrong_with_a_share_target_is_told_with_its_line(toml: str, problem: str) -> None:
    _, problems = loads(f'[[channel]]\nname = "s"\n{toml}\n')
    (told,) = map(str, problems)
    assert told.startswith(f"config.toml:{problem}") and "pw" not in told


def test_alarms_and_digests_need_another_channel() -> None:
    text = """
[[channel]]
name = "later"
share = "pinboard"
token = "t"
[[channel]]
name = "log"
file = "x"
[[digest]]
name = "d"
at = "7:00"
channels = ["later", "log"]
[notify]
alarm_channels = "later"
"""
    config, problems = loads(text)
    assert [str(problem).partition("\n")[0] for problem in problems] == [
        "config.toml:12: digest[1].channels: names no channel for messages 'later'",
        "config.toml:14: notify.alarm_channels: names no channel for messages 'later'",
    ]
    assert (config.digests[0].channels, config.notify.alarm_channels) == (("log",), ())


def test_every_service_of_the_configuration_is_tried() -> None:
    assert list(SERVICES) == list(SHARES)


def test_where_it_leads_is_shown_without_user_and_token() -> None:
    text = 'share = "wallabag"\nserver = "https://me@w.example/bag/"\ntoken = "a:b"\npassword = "p"'
    config, problems = loads(f'[[channel]]\nname = "s"\n{text}\n')
    (channel,) = config.channels
    assert not problems and channel.kind == "share" and channel.target == "wallabag, https://w.example/bag"
    assert ChannelConfig("p", share="pinboard").target == "pinboard, https://api.pinboard.in"
