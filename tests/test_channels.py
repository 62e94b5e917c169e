"""Channels with real receivers on the loopback interface: mail, web addresses, Apprise, programs, files."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import hmac
import json
import os
import resource
import ssl
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK as NOW
from tests.mail_server import CERTIFICATE, PASSWORD, MailServer
from tests.web import Answer, Web, then_reset, then_silence
from tests.workers import forked_workers as forked_workers
from tuireader.config import ChannelConfig
from tuireader.delivery import mail, webhook
from tuireader.delivery.letters import Item, Receipt, message
from tuireader.delivery.send import Surroundings, send
from tuireader.delivery.webhook import SIGNATURE
from tuireader.feeds.secrets import resolve
from tuireader.library.channels import service_problems
from tuireader.model import Evidence, TermHit
from tuireader.subprocesses.worker import Worker

needs_apprise = pytest.mark.skipif(
    find_spec("apprise") is None, reason="apprise is not installed: nothing tests [[channel]] url"
)
forked = pytest.mark.usefixtures("with_plugins")
EVIDENCE = Evidence("W", (TermHit("so", "body", 1),), "So it is @everyone.", ((0, 2),))
ARTICLE = Item(1, "<b>A</b> [b](https://evil.example)", "https://x.example/1", "Feed", NOW, (EVIDENCE,))
LETTER = replace(message([ARTICLE]), id="7", thread="s3")
TOKEN = "T0ken"


def around(folder: Path = Path(), **fields: str) -> Surroundings:
    return Surroundings(folder, resolve, **fields)  # type: ignore[arg-type]


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the certificate of the receivers, as if it was in the system's store."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


# --------------------------------------------------------------------------- programs and files


async def test_a_program_receives_the_letter(tmp_path: Path) -> None:
    program = ChannelConfig("p", command=("sh", "-c", f"cat > {tmp_path}/out"))
    assert await send(replace(LETTER, repeated=True), program, around()) == Receipt(True)
    told = json.loads((tmp_path / "out").read_text("utf-8"))
    assert (told["kind"], told["id"], told["channel"], told["repeated"]) == ("match", "7", "p", True)
    assert told["title"] == f"W: {ARTICLE.title} (possibly repeated)" and told["count"] == 1
    assert told["articles"][0]["watches"][0]["sentence"] == EVIDENCE.sentence
    own = replace(program, subject="{feed}", body="{title}", format="html")
    await send(LETTER, own, around())
    told = json.loads((tmp_path / "out").read_text("utf-8"))
    assert (told["title"], told["body"][:12]) == ("Feed", "&lt;b&gt;A&l")
    failed = await send(LETTER, replace(program, command=("false",)), around())
    assert failed == Receipt(False, "false ended with exit status 1")


async def test_a_file_gets_a_line_for_each_letter_also_after_a_rotation(tmp_path: Path) -> None:
    log, path = ChannelConfig("f", file="log.jsonl"), tmp_path / "log.jsonl"
    for _ in range(2):
        assert await send(LETTER, log, around(tmp_path)) == Receipt(True)
    assert path.stat().st_mode & 0o777 == 0o600
    path.rename(tmp_path / "log.1")
    await send(LETTER, log, around(tmp_path))
    assert [len((tmp_path / name).read_text("utf-8").splitlines()) for name in ("log.1", "log.jsonl")] == [
        2,
        1,
    ]
    path.write_bytes(path.read_bytes() + b'{"cut sho')
    await send(LETTER, log, around(tmp_path))
    first, cut, last = path.read_text("utf-8").splitlines()
    assert cut == '{"cut sho' and first == last and json.loads(last)["channel"] == "f"


async def test_a_file_takes_several_letters_at_once_each_with_its_own_words(tmp_path: Path) -> None:
    log = ChannelConfig("f", file="log.jsonl", body="{sentence}", format="html")
    more = [replace(LETTER, id="8", form="plain"), replace(LETTER, id="9", title="Nine")]
    assert await send(LETTER, log, around(tmp_path), more) == Receipt(True)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == [LETTER.id, "8", "9"]
    assert [line["title"] for line in lines] == [LETTER.title, LETTER.title, "Nine"]
    for letter in (LETTER, *more):
        await send(letter, replace(log, file="alone"), around(tmp_path))
    alone = (tmp_path / "alone").read_text("utf-8")
    assert alone == (tmp_path / "log.jsonl").read_text("utf-8")


async def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    log = ChannelConfig("f", file="no/such/folder")
    missing = await send(LETTER, log, around(tmp_path))
    assert missing == Receipt(False, "cannot be written: No such file or directory")
    os.mkfifo(tmp_path / "pipe")
    pipe = await send(LETTER, replace(log, file="pipe"), around(tmp_path))
    assert pipe == Receipt(False, "cannot be written: it is not a regular file")


async def test_no_half_line_stays_on_a_full_disk(tmp_path: Path) -> None:
    log, path = ChannelConfig("f", file="log.jsonl"), tmp_path / "log.jsonl"
    await send(LETTER, log, around(tmp_path))
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, limits[1]))
    try:
        full = await send(LETTER, log, around(tmp_path), [LETTER])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert full == Receipt(False, "cannot be written: File too large") and path.read_bytes() == before


async def test_no_line_stays_that_the_disk_has_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its letter comes again, and is not marked as repeated."""

    def fsync(file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("os.fsync", fsync)
    refused = await send(LETTER, ChannelConfig("f", file="log.jsonl"), around(tmp_path), [LETTER])
    assert refused == Receipt(False, "cannot be written: Input/output error")
    assert (tmp_path / "log.jsonl").read_bytes() == b""


async def test_what_the_desktop_cannot_show_is_left_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert await send(LETTER, ChannelConfig("d", desktop=True), around()) == Receipt(True, ways=())


# --------------------------------------------------------------------------- mail


def by_mail(server: MailServer, scheme: str = "smtp", **fields: object) -> ChannelConfig:
    address = f"{scheme}://me@localhost:{server.port}"
    channel = ChannelConfig("m", mail=("a@x.example", "b@x.example"), server=address, password=PASSWORD)
    return replace(channel, **fields)


@pytest.mark.parametrize(("tls", "scheme"), [("start", "smtp"), ("always", "smtps")])
async def test_a_mail_is_encrypted_signed_in_and_complete(trusted: None, tls: str, scheme: str) -> None:
    async with MailServer(tls=tls) as server:
        assert await send(LETTER, by_mail(server, scheme), around()) == Receipt(True)
    (sent,) = server.mails
    assert (sent.sender, sent.recipients) == ("a@x.example", ("a@x.example", "b@x.example"))
    assert sent.signed_in
    assert sent.message["Subject"] == LETTER.title and sent.message["Message-ID"] == "<7.m@x.example>"
    text, page = sent.message.iter_parts()
    assert "https://x.example/1" in text.get_content() and "<mark>So</mark>" in page.get_content()


async def test_a_server_without_encryption_gets_nothing(trusted: None) -> None:
    async with MailServer(tls="never") as server:
        refused = await send(LETTER, by_mail(server), around())
    assert refused == Receipt(False, "the mail server offers no encryption, or no way to sign in")
    assert server.commands == []


@pytest.mark.parametrize(("tls", "scheme"), [("start", "smtp"), ("always", "smtps")])
async def test_a_certificate_that_nobody_vouches_for_gets_nothing(tls: str, scheme: str) -> None:
    async with MailServer(tls=tls) as server:
        refused = await send(LETTER, by_mail(server, scheme), around())
        assert refused.error.startswith("the mail server cannot be reached: self")  # -signed
    assert server.commands == [] and not refused.permanent


@pytest.mark.parametrize(
    ("refuse", "receipt"),
    [
        ({"RCPT": "550 no such user"}, Receipt(False, "the mail server refuses it: 550 no such user", True)),
        ({"RCPT": "450 later \x1b[31m"}, Receipt(False, "the mail server refuses it: 450 later")),
        ({"RCPT a@x.example": "550 no"}, Receipt(True, "refused for a@x.example")),
        ({"DATA": "554 spam"}, Receipt(False, "the mail server refuses it: 554 spam", True)),
        ({"DATA": f"451 {PASSWORD}?"}, Receipt(False, "the mail server refuses it: 451 …?")),
    ],
)
async def test_refusals_of_a_mail_server(trusted: None, refuse: dict[str, str], receipt: Receipt) -> None:
    async with MailServer(refuse=refuse) as server:
        assert await send(LETTER, by_mail(server), around()) == receipt
    assert len(server.mails) == receipt.accepted


async def test_a_mail_goes_to_all_recipients_or_to_none_at_first(trusted: None) -> None:
    """A server that takes a recipient later, after greylisting for instance, gets the mail for all then."""
    async with MailServer(refuse={"RCPT b@x.example": "450 greylisted"}) as server:
        later = await send(LETTER, by_mail(server), around())
        assert later == Receipt(False, "the mail server refuses it: 450 greylisted") and not server.mails
        at_last = await send(replace(LETTER, attempts=5), by_mail(server), around())
    assert at_last == Receipt(True, "refused for b@x.example")
    assert [mail.recipients for mail in server.mails] == [("a@x.example",)]


async def test_a_wrong_password_is_not_shown(trusted: None) -> None:
    async with MailServer() as server:
        refused = await send(LETTER, by_mail(server, password="wrong-one"), around())
        missing = await send(LETTER, by_mail(server, password="env:NO_SUCH_VARIABLE"), around())
        foreign = await send(LETTER, by_mail(server, password="paßwort"), around())
    assert refused == Receipt(False, "the mail server refuses the password (code 535)")
    assert missing == Receipt(False, "the environment variable NO_SUCH_VARIABLE is not set")
    assert foreign == Receipt(False, "its user or password has characters that cannot be sent; use ASCII")
    assert server.commands == []


async def test_mail_servers_that_are_away_or_silent() -> None:
    away = ChannelConfig("m", mail=("a@x.example",), server="smtp://localhost:1")
    refused = await send(LETTER, away, around())
    assert refused == Receipt(False, "the mail server cannot be reached: Connection refused")
    silence = await asyncio.start_server(then_silence(b"220 hello\r\n"), "127.0.0.1", 0)
    async with silence:
        silent = replace(away, server=f"smtp://localhost:{silence.sockets[0].getsockname()[1]}")
        late = await mail.send(LETTER, silent, "", seconds=0.2)
    assert late == Receipt(False, "the mail server took longer than 0 s", doubtful=True)


# --------------------------------------------------------------------------- web addresses


async def test_a_webhook_receives_signed_json(web: Web) -> None:
    address = web.serve(f"/{TOKEN}", status=204)
    hook = ChannelConfig("h", webhook=address, secret="key")
    assert await send(LETTER, hook, around()) == Receipt(True)
    (request,) = web.requests
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert json.loads(request.body)["channel"] == "h"
    digest = hmac.new(b"key", request.body, hashlib.sha256).hexdigest()
    assert request.headers[SIGNATURE.lower()] == f"sha256={digest}"
    await send(LETTER, replace(hook, secret=""), around())
    assert SIGNATURE.lower() not in web.requests[1].headers


@pytest.mark.parametrize("place", ["env:KEY", "cmd:printf '\\nkey'", "cmd:true"])
async def test_a_webhook_with_an_empty_secret_gets_nothing(
    web: Web, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("KEY", "")
    hook = ChannelConfig("h", webhook=web.serve("/hook"), secret=place)
    receipt = await send(LETTER, hook, around())
    assert not receipt.accepted and receipt.error.endswith(("KEY is empty", f"failed: {place[4:]}"))
    assert not web.requests


async def test_a_key_may_have_any_bytes(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environb, b"KEY", b"k\xff")
    hook = ChannelConfig("h", webhook=web.serve("/hook"), secret="env:KEY")
    assert await send(LETTER, hook, around()) == Receipt(True)
    digest = hmac.new(b"k\xff", web.requests[0].body, hashlib.sha256).hexdigest()
    assert web.requests[0].headers[SIGNATURE.lower()] == f"sha256={digest}"


@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        (Answer(status=500), Receipt(False, "it answers with status 500", doubtful=True)),
        (
            Answer(status=429, headers={"Retry-After": "120"}),
            Receipt(False, "it answers with status 429", retry_after=120),
        ),
        (
            Answer(status=503, headers={"Retry-After": "soon"}),
            Receipt(False, "it answers with status 503", doubtful=True),
        ),
        (Answer(status=422), Receipt(False, "it answers with status 422", permanent=True)),
        (Answer(status=404), Receipt(False, "it answers with status 404")),
        (
            Answer(status=307, headers={"Location": "/other"}),
            Receipt(False, "it redirects (status 307); write the address to which it leads"),
        ),
    ],
)
async def test_answers_of_a_webhook(web: Web, answer: Answer, receipt: Receipt) -> None:
    address = web.handle("/hook", lambda request: answer)
    assert await send(LETTER, ChannelConfig("h", webhook=address), around()) == receipt
    assert [request.path for request in web.requests] == ["/hook"]


async def test_a_webhook_that_resets_is_silent_or_away(web: Web) -> None:
    reset = ChannelConfig("h", webhook=web.raw(f"/{TOKEN}", then_reset(b"HTTP/1.1 2")))
    failed = await send(LETTER, reset, around())
    assert failed.error.startswith("it cannot be reached: ") and TOKEN not in failed.error
    away = await send(LETTER, replace(reset, webhook=f"http://127.0.0.1:1/{TOKEN}"), around())
    assert away == Receipt(False, "it cannot be reached: no connection; check its address")
    silent = web.raw("/silent", then_silence())
    late = await webhook.post(silent, "{}", "", proxy="", proxies=False, seconds=0.05)
    assert late == Receipt(False, "no answer within 0 s", doubtful=True)


async def test_a_webhook_with_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    async with Web(tls=context) as web:
        hook = ChannelConfig("h", webhook=web.serve("/hook"))
        refused = await send(LETTER, hook, around())
        assert refused == Receipt(False, "it cannot be reached: its certificate is not valid")
        assert web.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert await send(LETTER, hook, around()) == Receipt(True)


async def test_a_webhook_goes_through_the_proxy(web: Web) -> None:
    web.rest(lambda request: Answer(status=200))
    hook = ChannelConfig("h", webhook="http://hook.invalid/x")
    assert await send(LETTER, hook, around(proxy=web.url)) == Receipt(True)
    assert [request.path for request in web.requests] == ["http://hook.invalid/x"]


async def test_a_webhook_uses_the_proxy_of_the_environment_unless_told_not_to(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.rest(lambda request: Answer(status=200))
    monkeypatch.setenv("http_proxy", web.url)
    hook = ChannelConfig("h", webhook="http://hook.invalid/x")
    assert await send(LETTER, hook, around()) == Receipt(True)
    assert [request.path for request in web.requests] == ["http://hook.invalid/x"]
    direct = Surroundings(Path(), resolve, proxies=False)
    assert (
        await send(LETTER, hook, direct)
    ).error == "it cannot be reached: no connection; check its address"
    assert len(web.requests) == 1


# --------------------------------------------------------------------------- services of Apprise


@pytest.fixture
def with_plugins(forked_workers: None) -> None:
    """Before its first message, Apprise imports a hundred plugins: here once for all processes."""
    with warnings.catch_warnings(action="ignore"):  # about what its plugins import
        import apprise

        apprise.Apprise.instantiate("json://localhost")


def service(address: str) -> ChannelConfig:
    return ChannelConfig("s", url=address)


@needs_apprise
@forked
async def test_a_topic_of_ntfy_receives_plain_text(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.serve("/", b"{}")
    monkeypatch.setenv("TOPIC", f"ntfy://127.0.0.1:{web.port}/{TOKEN}")
    assert await send(LETTER, service("env:TOPIC"), around()) == Receipt(True)
    async with Worker("tuireader.delivery.service_process") as worker:
        several = Surroundings(Path(), resolve, worker=worker)
        assert [await send(LETTER, service("env:TOPIC"), several) for _ in range(3)] == [Receipt(True)] * 3
    told = json.loads(web.requests[3].body)
    assert told["topic"] == TOKEN and told["title"].startswith("W: <b>A</b> [b]\u200b(")
    assert "So it is @\u200beveryone." in told["message"] and "https://x.example/1" in told["message"]


@needs_apprise
@forked
@pytest.mark.parametrize(
    "address",
    [
        "mmost://127.0.0.1:{port}/3ccdd113474722377935511fc85d3dd4",
        "nctalk://me:token@127.0.0.1:{port}/room",
        "humhub://token@127.0.0.1:{port}/1",
    ],
)
async def test_a_chat_receives_no_markup_and_no_mention(web: Web, address: str) -> None:
    web.rest(lambda request: Answer(b"{}"))
    chat = service(address.format(port=web.port))
    for channel in (chat, replace(chat, format="plain")):
        assert await send(LETTER, channel, around()) == Receipt(True)
        sent = json.loads(web.requests[-1].body)
        text = sent.get("text") or sent.get("message") or sent["data"]["message"]
        assert "W: \\<b>A\\</b> \\[b\\](https://evil.example)" in text
        assert "“**So** it is @\u200beveryone.”" in text and "<https://x.example/1>" in text


@needs_apprise
@forked
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(status=307, headers={"Location": "/other"}), "the service does not accept it (status 307)"),
        (None, "the connection to the service was lost"),
    ],
)
async def test_refusals_of_a_service(web: Web, answer: Answer | None, error: str) -> None:
    web.handle("/", lambda request: answer)
    refused = await send(LETTER, service(f"ntfy://127.0.0.1:{web.port}/{TOKEN}"), around())
    assert refused == Receipt(False, error, doubtful=answer is None)
    assert {request.path for request in web.requests} == {"/"}


@needs_apprise
@forked
async def test_a_service_goes_through_the_proxy_or_not_at_all(web: Web) -> None:
    web.rest(lambda request: Answer(b"{}"))
    proxied = around(proxy=web.url.removeprefix("http://"))
    assert await send(LETTER, service(f"ntfy://ntfy.invalid/{TOKEN}"), proxied) == Receipt(True)
    assert [request.path for request in web.requests] == ["http://ntfy.invalid/"]
    web.requests.clear()
    away = replace(proxied, proxy="127.0.0.1:1")
    refused = await send(LETTER, service(f"ntfy://ntfy.invalid/{TOKEN}"), away)
    assert refused == Receipt(False, "the service cannot be reached")
    refused = await send(LETTER, service("mailto://me:pw@mail.invalid"), proxied)
    assert refused == Receipt(False, "this service cannot use a proxy, and [fetch] proxy is set")


@needs_apprise
@forked
def test_addresses_that_apprise_does_not_take_are_told_with_their_line(tmp_path: Path) -> None:
    addresses = {
        "ntfys://ntfy.sh/topic": "",
        "nosuch://x/y": "Apprise does not know this address, or something is missing in it",
        f"file://{tmp_path}/x": "Apprise does not know this address, or something is missing in it",
        "syslog://local1": "the address leads to something on this machine; use command, desktop or file",
        "ntfys://ntfy.sh/topic?verify=no": "the address switches off the check of certificates (verify=no)",
        "env:NOT_LOOKED_UP": "",
    }
    text = "".join(f'[[channel]]\nname = "c{n}"\nurl = "{url}"\n' for n, url in enumerate(addresses))
    problems = service_problems(text, "config.toml")
    assert [(problem.line, problem.message) for problem in problems] == [
        (3 * number, words) for number, words in enumerate(addresses.values(), 1) if words
    ]
    assert [problem.detail.partition("\n")[0] for problem in problems] == [
        f"{address.partition(':')[0]}://…" for address, words in addresses.items() if words
    ]
