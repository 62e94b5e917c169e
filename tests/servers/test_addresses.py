"""Addresses that users type, and servers that are not what they are taken for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.fake import PASSWORD, TOKEN, USER
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.web import Answer, Web
from tuireader.sync.backend import AccountError, Refusal, Server
from tuireader.sync.servers import Kind, connect


@pytest.fixture
def miniflux() -> Iterator[FakeMiniflux]:
    """A Miniflux."""
    with FakeMiniflux() as server:
        yield server


@pytest.fixture
def freshrss() -> Iterator[FakeGReader]:
    """A FreshRSS."""
    with FakeGReader() as server:
        yield server


async def signed_in(kind: Kind, url: str) -> Server:
    """Sign in to a fake."""
    user, secret = (USER, PASSWORD) if kind is Kind.GREADER else ("", TOKEN)
    backend = connect(kind, url, user, secret)
    try:
        return await backend.sign_in()
    finally:
        await backend.close()


async def refusal(kind: Kind, url: str) -> AccountError:
    """Why signing in is refused."""
    with pytest.raises(AccountError) as caught:
        await signed_in(kind, url)
    assert "\n" not in str(caught.value) and PASSWORD not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("end", ["", "/", "//", "/v1", "/v1/", "/v1/me", "/?unread=1", "#top", " "])
async def test_more_of_the_address_of_a_miniflux_than_needed(miniflux: FakeMiniflux, end: str) -> None:
    assert await signed_in(Kind.MINIFLUX, miniflux.url + end) == Server(miniflux.url, USER, "Miniflux 2.2.6")


@pytest.mark.parametrize("secret", [(USER, PASSWORD), ("", TOKEN)])
async def test_a_miniflux_takes_a_password_or_a_token(
    miniflux: FakeMiniflux, secret: tuple[str, str]
) -> None:
    backend = connect(Kind.MINIFLUX, miniflux.url, *secret)
    assert (await backend.sign_in()).user == USER
    await backend.close()


@pytest.mark.parametrize(
    "path",
    ["", "/", "/i", "/i/", "/i/?get=c_2", "/api", "/api/greader.php", "/api/greader.php/reader/api/0/"],
)
async def test_any_address_of_a_freshrss(freshrss: FakeGReader, path: str) -> None:
    assert await signed_in(Kind.GREADER, freshrss.url + path) == Server(freshrss.api, USER, "FreshRSS")


@pytest.mark.parametrize("kind", list(Kind))
async def test_redirects_are_followed_without_credentials(
    miniflux: FakeMiniflux, freshrss: FakeGReader, web: Web, kind: Kind
) -> None:
    target = miniflux.url if kind is Kind.MINIFLUX else freshrss.url
    web.rest(lambda request: Answer(b"", 302, {"Location": target + request.path.removeprefix("/news")}))
    server = await signed_in(kind, f"{web.url}/news")
    assert server.url == (target if kind is Kind.MINIFLUX else freshrss.api)
    assert web.requests and all(
        request.method == "GET" and not {"authorization", "x-auth-token"} & request.headers.keys()
        for request in web.requests
    )


async def test_a_path_in_front_of_the_api_is_kept(miniflux: FakeMiniflux, web: Web) -> None:
    token = {"x-auth-token": TOKEN}
    web.handle(
        "/rss/v1/me",
        lambda request: (
            Answer(b'{"username": "alice"}')
            if token.items() <= request.headers.items()
            else Answer(b'{"error_message": "access unauthorized"}', 401)
        ),
    )
    web.serve("/rss/v1/version", b'{"error_message": "resource not found"}', status=404)
    assert await signed_in(Kind.MINIFLUX, f"{web.url}/rss/") == Server(f"{web.url}/rss", USER, "Miniflux")


async def test_a_miniflux_is_recognised_in_an_account_of_another_kind(miniflux: FakeMiniflux) -> None:
    error = await refusal(Kind.GREADER, miniflux.url)
    assert error.refusal is Refusal.ANSWER and 'kind = "miniflux"' in error.hint
    assert miniflux.seen("ClientLogin") == []


async def test_a_freshrss_is_no_miniflux(freshrss: FakeGReader) -> None:
    error = await refusal(Kind.MINIFLUX, freshrss.url)
    assert error.refusal is Refusal.ANSWER and 'kind = "greader"' in error.hint


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_server_that_is_neither(web: Web, kind: Kind) -> None:
    web.rest(lambda request: Answer(b"<html><title>Welcome", 200, {"Content-Type": "text/html"}))
    error = await refusal(kind, web.url)
    assert error.refusal is Refusal.ANSWER and "correct url" in error.hint
    assert {request.method for request in web.requests} == {"GET"}


async def test_freshrss_with_its_api_switched_off(web: Web) -> None:
    web.rest(lambda request: Answer(b"Service Unavailable!", 503))
    error = await refusal(Kind.GREADER, f"{web.url}/api/greader.php")
    assert error.refusal is Refusal.AWAY and "allow API access" in error.hint


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("url", ["", "ftp://example.org", "http://", "http://a:b@example.org/", "http://a b"])
def test_what_is_no_address(kind: Kind, url: str) -> None:
    with pytest.raises(AccountError, match="url"):
        connect(kind, url, "alice", "secret")


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_redirect_that_never_ends(web: Web, kind: Kind) -> None:
    web.rest(lambda request: Answer(b"", 302, {"Location": request.path}))
    assert (await refusal(kind, web.url)).refusal is Refusal.ANSWER


async def test_a_password_that_cannot_be_sent_is_not_shown(miniflux: FakeMiniflux) -> None:
    backend = connect(Kind.MINIFLUX, miniflux.url, "", "two\nlines")
    with pytest.raises(AccountError) as caught:
        await backend.sign_in()
    assert caught.value.refusal is Refusal.LOGIN and "two" not in str(caught.value)
    await backend.close()
