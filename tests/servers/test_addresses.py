"""Addresses that users type, and servers that are not what they are taken for."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.feeds.conftest import server_tls
from tests.servers.fake import PASSWORD, TOKEN, USER
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.web import Answer, Request, Web
from tuireader.config import AccountKind
from tuireader.feeds.address import same_server
from tuireader.sync.backend import AccountError, Refusal, Server
from tuireader.sync.http import Answer as SyncAnswer
from tuireader.sync.http import Http
from tuireader.sync.servers import connect


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


async def signed_in(kind: AccountKind, url: str) -> Server:
    """Sign in to a fake."""
    user, secret = (USER, PASSWORD) if kind is AccountKind.GREADER else ("", TOKEN)
    backend = connect(kind, url, user, secret)
    try:
        return await backend.sign_in()
    finally:
        await backend.close()


async def refusal(kind: AccountKind, url: str) -> AccountError:
    """Why signing in is refused."""
    with pytest.raises(AccountError) as caught:
        await signed_in(kind, url)
    assert "\n" not in str(caught.value) and PASSWORD not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("end", ["", "/", "//", "/v1", "/v1/", "/v1/me", "/?unread=1", "#top", " "])
async def test_more_of_the_address_of_a_miniflux_than_needed(miniflux: FakeMiniflux, end: str) -> None:
    assert await signed_in(AccountKind.MINIFLUX, miniflux.url + end) == Server(
        miniflux.url, USER, "Miniflux 2.2.6"
    )


@pytest.mark.parametrize("secret", [(USER, PASSWORD), ("", TOKEN)])
async def test_a_miniflux_takes_a_password_or_a_token(
    miniflux: FakeMiniflux, secret: tuple[str, str]
) -> None:
    backend = connect(AccountKind.MINIFLUX, miniflux.url, *secret)
    assert (await backend.sign_in()).user == USER
    await backend.close()


@pytest.mark.parametrize(
    "path",
    ["", "/", "/i", "/i/", "/i/?get=c_2", "/api"]
    + [
        f"/api/greader.php{end}"
        for end in ("", "/reader", "/reader/api/", "/reader/api/0/", "/reader/api/0/token",
                    "/accounts/ClientLogin")
    ],
)  # fmt: skip
async def test_any_address_of_a_freshrss(freshrss: FakeGReader, path: str) -> None:
    assert await signed_in(AccountKind.GREADER, freshrss.url + path) == Server(freshrss.api, USER, "FreshRSS")


SERVER = "http://reader.example"
"""Address of a server behind a proxy, which sees the request for any host."""
PROBES = {AccountKind.MINIFLUX: "/v1/me", AccountKind.GREADER: "/reader/api/0/token"}


async def asked(kind: AccountKind, web: Web, locations: Mapping[str, str], url: str = SERVER) -> AccountError:
    """Why signing in fails if some addresses redirect; all others are not there."""

    def answer(request: Request) -> Answer:
        location = locations.get(request.path)
        return Answer(b"", 302, {"Location": location}) if location else Answer(b"", 404)

    web.rest(answer)
    backend = connect(kind, url, USER, PASSWORD, proxy=web.url)
    with pytest.raises(AccountError) as caught:
        await backend.sign_in()
    await backend.close()
    for request in web.requests:
        assert request.method in ("GET", "CONNECT"), "nothing is sent before the server is known"
        assert not {"authorization", "x-auth-token"} & request.headers.keys()
    return caught.value


@pytest.mark.parametrize("kind", list(AccountKind))
@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("http://other.example", "http://other.example"),
        ("http://www.reader.example", "http://www.reader.example"),
        ("http://example", "http://example"),
        ("http://reader.example.", "http://reader.example."),
        ("http://reader.example:8080", "http://reader.example:8080"),
        ("https://reader.example:8443", "https://reader.example:8443"),
        ("https://other.example", "https://other.example"),
        ("//other.example", "http://other.example"),
        ("http://reader.example@other.example", "http://other.example"),
        (f"http://alice:{TOKEN}@other.example/news", "http://other.example/news"),
    ],
)
async def test_a_redirect_to_another_server_is_not_followed(
    web: Web, kind: AccountKind, target: str, address: str
) -> None:
    path = PROBES[kind]
    freshrss = f"/api/greader.php{path}"
    leads = {f"{SERVER}{path}": f"{target}{path}?user=1#top", f"{SERVER}{freshrss}": f"{target}{path}"}
    error = await asked(kind, web, leads)
    assert error.refusal is Refusal.ANSWER
    assert error.message == f"reader.example sends clients to another address: {address}"
    assert error.hint == "set that as the url of the account"
    assert {request.path for request in web.requests} <= leads.keys()


@pytest.mark.parametrize("kind", list(AccountKind))
async def test_no_redirect_of_a_chain_leaves_the_server(web: Web, kind: AccountKind) -> None:
    path = PROBES[kind]
    leads = {
        f"{SERVER}{path}": "/a/",
        f"{SERVER}/a/": f"http://READER.example:80/b{path}",
        f"{SERVER}/b{path}": f"http://other.example/c{path}",
    }
    error = await asked(kind, web, leads)
    seen = [request.path for request in web.requests if "greader.php" not in request.path]
    assert seen == list(leads)
    assert "http://other.example/c" in error.message


@pytest.mark.parametrize("kind", list(AccountKind))
async def test_a_redirect_to_https_is_followed(web: Web, kind: AccountKind) -> None:
    await asked(kind, web, {f"{SERVER}{PROBES[kind]}": f"https://reader.example{PROBES[kind]}"})
    assert web.requests[-1].method == "CONNECT" and web.requests[-1].path == "reader.example:443"


@pytest.mark.parametrize("kind", list(AccountKind))
async def test_a_redirect_within_the_server_is_followed_without_credentials(
    miniflux: FakeMiniflux, freshrss: FakeGReader, kind: AccountKind
) -> None:
    fake = miniflux if kind is AccountKind.MINIFLUX else freshrss
    path = PROBES[kind] if kind is AccountKind.MINIFLUX else f"/api/greader.php{PROBES[kind]}"
    away = fake.url.replace("http://", "http://somebody:else@")
    fake.replies["/news" + PROBES[kind]] = Answer(b"", 301, {"Location": f"{away}{path}"})
    server = await signed_in(kind, f"{fake.url}/news")
    assert server.url == fake.url + path.removesuffix(PROBES[kind])
    assert "authorization" not in fake.calls[0].headers and "authorization" not in fake.calls[1].headers


@pytest.mark.parametrize("kind", list(AccountKind))
async def test_a_redirect_after_signing_in_is_not_followed(
    miniflux: FakeMiniflux, freshrss: FakeGReader, web: Web, kind: AccountKind
) -> None:
    fake = miniflux if kind is AccountKind.MINIFLUX else freshrss
    base = "" if kind is AccountKind.MINIFLUX else "/api/greader.php"
    path = "/v1/feeds" if kind is AccountKind.MINIFLUX else "/reader/api/0/subscription/list"
    user, secret = (USER, PASSWORD) if kind is AccountKind.GREADER else ("", TOKEN)
    backend = connect(kind, fake.url + base, user, secret)
    fake.replies[base + path] = Answer(b"", 302, {"Location": f"{web.url}{path}?a=1"})
    with pytest.raises(AccountError) as caught:
        await backend.feeds()
    await backend.close()
    assert web.requests == [] and f"another address: {web.url} (" in str(caught.value)


@pytest.mark.parametrize(
    ("base", "target", "stays"),
    [
        ("https://reader.example", "https://reader.example/b", True),
        ("https://reader.example", "https://reader.example:443/b", True),
        ("https://reader.example", "http://reader.example/b", False),  # the password could be read
        ("https://reader.example", "http://reader.example:443/b", False),
        ("https://reader.example:8443", "http://reader.example:8443/b", False),
        ("https://reader.example:8443", "https://reader.example/b", False),
        ("https://reader.example", "https://reader.example:8443/b", False),
        ("https://reader.example", "https://www.reader.example/b", False),
        ("https://www.reader.example", "https://reader.example/b", False),
        ("http://reader.example", "http://reader.example:80/b", True),
        ("http://reader.example", "https://reader.example/b", True),
        ("http://reader.example:8080", "https://reader.example/b", False),
        ("http://reader.example", "https://reader.example:8443/b", False),
        ("http://reader.example", "http://reader.example:443/b", False),
    ],
)
def test_a_redirect_stays_on_a_server_with_its_scheme_host_and_port(
    base: str, target: str, stays: bool
) -> None:
    assert same_server(f"{base}/a", target) is stays


async def test_no_sign_in_follows_a_redirect_from_https_to_http(
    certificate: Path, tmp_path: Path, web: Web
) -> None:
    """The address of the account is https: what it redirects to would get the password in clear."""
    async with Web(tls=server_tls(certificate)) as safe:
        safe.rest(
            lambda request: Answer(b"", 302, {"Location": f"http://127.0.0.1:{safe.port}{request.path}"})
        )
        trusted = {"SSL_CERT_FILE": str(certificate)}
        code = (
            "import asyncio, sys\n"
            "from tuireader.sync.http import Http\n"
            "found = asyncio.run(Http(sys.argv[1]).find('/v1/me'))\n"
            "print(found.status, found.url)\n"
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            code,
            safe.url,
            env={**os.environ, **trusted},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
    assert out.decode().split() == ["302", f"{safe.url}/v1/me"] and len(safe.requests) == 1


def test_a_redirect_away_from_encryption_is_no_advice() -> None:
    http = Http("https://reader.example")
    headers = httpx.Headers({"Location": "http://reader.example/v1/feeds"})
    error = http.refused(SyncAnswer("", 302, f"{http.base}/v1/feeds", headers, b"", http.redaction))
    assert error.message == "reader.example sends clients to another address: http://reader.example"
    assert "could be read" in error.hint


async def test_an_api_behind_another_path_is_no_miniflux(web: Web) -> None:
    web.serve("/v1/me", status=302, headers={"Location": "/other"})
    web.serve("/other", b'{"error_message": "access unauthorized"}', status=401)
    assert "no Miniflux" in (await refusal(AccountKind.MINIFLUX, web.url)).message


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
    assert await signed_in(AccountKind.MINIFLUX, f"{web.url}/rss/") == Server(
        f"{web.url}/rss", USER, "Miniflux"
    )


async def test_a_miniflux_is_recognised_in_an_account_of_another_kind(miniflux: FakeMiniflux) -> None:
    error = await refusal(AccountKind.GREADER, miniflux.url)
    assert error.refusal is Refusal.ANSWER and 'kind = "miniflux"' in error.hint
    assert miniflux.seen("ClientLogin") == []


async def test_a_freshrss_is_no_miniflux(freshrss: FakeGReader) -> None:
    error = await refusal(AccountKind.MINIFLUX, freshrss.url)
    assert error.refusal is Refusal.ANSWER and 'kind = "greader"' in error.hint


@pytest.mark.parametrize("kind", list(AccountKind))
async def test_a_server_that_is_neither(web: Web, kind: AccountKind) -> None:
    web.rest(lambda request: Answer(b"<html><title>Welcome", 200, {"Content-Type": "text/html"}))
    error = await refusal(kind, web.url)
    assert error.refusal is Refusal.ANSWER and "correct url" in error.hint
    assert {request.method for request in web.requests} == {"GET"}


async def test_freshrss_with_its_api_switched_off(web: Web) -> None:
    web.rest(lambda request: Answer(b"Service Unavailable!", 503))
    error = await refusal(AccountKind.GREADER, f"{web.url}/api/greader.php")
    assert error.refusal is Refusal.AWAY and "allow API access" in error.hint


@pytest.mark.parametrize("kind", list(AccountKind))
@pytest.mark.parametrize("url", ["", "ftp://example.org", "http://", "http://a:b@example.org/", "http://a b"])
def test_what_is_no_address(kind: AccountKind, url: str) -> None:
    with pytest.raises(AccountError, match="url"):
        connect(kind, url, "alice", "secret")


@pytest.mark.parametrize("kind", list(AccountKind))
async def test_a_redirect_that_never_ends(web: Web, kind: AccountKind) -> None:
    web.rest(lambda request: Answer(b"", 302, {"Location": request.path}))
    assert (await refusal(kind, web.url)).refusal is Refusal.ANSWER


async def test_a_password_that_cannot_be_sent_is_not_shown(miniflux: FakeMiniflux) -> None:
    backend = connect(AccountKind.MINIFLUX, miniflux.url, "", "two\nlines")
    with pytest.raises(AccountError) as caught:
        await backend.sign_in()
    assert caught.value.refusal is Refusal.LOGIN and "two" not in str(caught.value)
    await backend.close()
