"""IMAP folders as feeds: a real Dovecot where it is installed, and servers that behave badly everywhere."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests import dovecot
from tests.builders import opened, refreshed, titles
from tests.dovecot import PASSWORD, Dovecot
from tests.mails import mail
from tuireader.feeds import mail_imap
from tuireader.library import Library
from tuireader.model import Fault, FeedDone

_MISSING = dovecot.missing()


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    if _MISSING:
        pytest.skip(_MISSING)
    with dovecot.running() as running:
        yield running


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_SECRET", PASSWORD)


def text(url: str, password: str = "env:MAIL_SECRET", more: str = "") -> str:
    return f'[[feeds]]\nurl = "{url}"\npassword = "{password}"\n[fetch]\ntimeout = 5\n{more}'


async def done(library: Library) -> FeedDone:
    (event,) = [event for event in await refreshed(library) if isinstance(event, FeedDone)]
    return event


async def outcome(folder: Path, config: str) -> FeedDone:
    async with opened(folder, config) as library:
        return await done(library)


# --------------------------------------------------------------------------- Dovecot


async def test_new_mails_are_read_and_nothing_is_marked(
    server: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: None
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    for n in range(3):
        server.deliver(f"{n}.host", mail(n, f"Letter {n}"))
    async with opened(tmp_path, text(server.url())) as library:
        first = await done(library)
        assert (first.error, first.new, first.title) == ("", 3, "Harbour Letters")
        flags = server.flags()
        assert len(flags) == 3 and not any(b"Seen" in one for one in flags)
        assert (await done(library)).unchanged
        big = mail(7, "Letter 7", body="<p>big</p>" + "<!-- x -->" * 300_000)
        server.deliver("7.host", big)
        server.deliver("8.host", mail(8, "Other", list_id="Tides <tides.example.net>"))
        assert (await done(library)).new == 2
        (feed,) = await library.feeds.all()
        assert (feed.title, feed.url) == ("Harbour Letters", server.url())
        assert not any(b"Seen" in one for one in server.flags())
    assert PASSWORD not in server.log()
    (tmp_path / "tides").mkdir()
    async with opened(tmp_path / "tides", text(f"{server.url()}?list=tides.example.net")) as library:
        assert (await done(library)).new == 1 and await titles(library) == ["Other"]


async def test_another_uidvalidity_doubles_nothing(
    server: Dovecot, tmp_path: Path, secret: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    box = server.box("Again")
    server.deliver("1.host", mail(1, "One"), "Again")
    url = server.url("imap", "Again")
    async with opened(tmp_path, text(url)) as library:
        assert (await done(library)).new == 1
        for name in ("dovecot-uidlist", "dovecot.index.log", "dovecot.index", "dovecot.index.cache"):
            (box / name).unlink(missing_ok=True)  # as after a move to another server: each UID may be new
        await asyncio.sleep(1.1)  # UIDVALIDITY is a time in seconds
        server.deliver("2.host", mail(2, "Two"), "Again")
        second = await done(library)
        assert (second.error, second.new, second.changed) == ("", 1, 0)


@pytest.mark.parametrize(
    ("scheme", "box", "password", "error"),
    [
        (
            "imaps",
            "News",
            "env:MAIL_SECRET",
            "127.0.0.1: the certificate is not valid: self",
        ),
        ("imap", "None", "env:MAIL_SECRET", "there is no folder None; there are "),
        ("imap", "News", "wrong", "127.0.0.1 refuses the password of me@example.org; check `password`"),
        ("imap", "News", "", "the password is missing; set `password` of this feed"),
    ],
)
async def test_what_fails_says_why(
    server: Dovecot,
    scheme: str,
    box: str,
    password: str,
    error: str,
    tmp_path: Path,
    secret: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if scheme == "imap":  # it offers STARTTLS, which is checked as well
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    failed = await outcome(tmp_path, text(server.url(scheme, box), password))
    assert failed.error.startswith(error) and PASSWORD not in failed.error


# --------------------------------------------------------------------------- other servers


Talk = Callable[[socket.socket], None]


@contextmanager
def serving(talk: Talk) -> Iterator[int]:
    """Let a server talk to each client."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                with client, suppress(OSError):
                    talk(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def answering(*answers: tuple[bytes, bytes]) -> Talk:
    """Answer commands by the first of `answers` whose word is in them; `{tag}` is the command's tag."""

    def talk(client: socket.socket) -> None:
        client.sendall(b"* OK hello\r\n")
        with client.makefile("rb") as lines:
            for line in lines:
                tag = line.split(b" ", 1)[0]
                default = b"* CAPABILITY IMAP4REV1\r\n{tag} OK done\r\n"
                said = next((said for word, said in answers if word in line), default)
                client.sendall(said.replace(b"{tag}", tag))

    return talk


STATUS = (b"STATUS", b"* STATUS News (UIDVALIDITY 1 UIDNEXT 3)\r\n{tag} OK x\r\n")
SEARCH = (b"SEARCH", b"* SEARCH 1 2\r\n{tag} OK x\r\n")


def endless(client: socket.socket) -> None:
    answering(STATUS, SEARCH, (b"FETCH", b"* 1 FETCH (UID 1 BODY[]<0> {900000000}\r\n" + b"x" * 100_000))(
        client
    )


def ask(port: int) -> tuple[str, object]:
    """What the process for a server would answer."""
    return mail_imap.answer(("imap", "127.0.0.1", port, "me", "secret", "News", "", "", 1.0, 1_000))


@pytest.mark.parametrize(
    ("talk", "fault", "error"),
    [
        (lambda client: None, "mail", "127.0.0.1: "),
        (lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "mail", "127.0.0.1: "),
        (answering((b"LOGIN", b"{tag} NO no\r\n")), "mail", "127.0.0.1 refuses the password of me"),
        (answering((b"STATUS", b"{tag} BAD x\r\n")), "mail", "127.0.0.1: STATUS command error"),
        (answering((b"STATUS", b"* STATUS\r\n{tag} OK x\r\n")), "mail", "127.0.0.1"),
        (answering(STATUS, (b"SEARCH", b"* SEARCH x\xff\r\n{tag} OK x\r\n")), "mail", "127.0.0.1"),
        (lambda client: client.recv(1_000), "timeout", "127.0.0.1 did not "),
    ],
    ids=["close", "http", "login", "status", "no status", "search", "silent"],
)
def test_servers_that_misbehave(talk: Talk, fault: str, error: str) -> None:
    with serving(talk) as port:
        told, reason = ask(port)
    assert (told, str(reason).startswith(error)) == (fault, True), reason
    assert str(reason).isprintable()


@pytest.mark.parametrize(
    ("talk", "seconds", "fault", "error"),
    [
        (lambda client: client.recv(1_000), 1, Fault.TIMEOUT, "127.0.0.1 did not "),
        (endless, 30, Fault.TOO_LARGE, "127.0.0.1 sent more than can be read"),
    ],
    ids=["silent", "endless"],
)
async def test_limits_of_time_and_memory_hold(
    talk: Talk, seconds: int, fault: Fault, error: str, tmp_path: Path
) -> None:
    with serving(talk) as port:
        config = text(f"imap://me@127.0.0.1:{port}/News", "x").replace("timeout = 5", f"timeout = {seconds}")
        failed = await outcome(tmp_path, config)
    assert (failed.fault, failed.error.startswith(error)) == (fault, True), failed.error


async def test_mails_that_a_server_names_oddly(tmp_path: Path) -> None:
    """One comes twice, one was not asked for, one is missing, one has its UID after the text."""
    one, two = mail(1, "One"), mail(2, "Two")
    fetched = b"".join((
        b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)\r\n" % (len(one), one),
        b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)\r\n" % (len(one), one),
        b"* 9 FETCH (UID 99 BODY[]<0> {%d}\r\n%s)\r\n" % (len(two), two),
        b"* 2 FETCH (BODY[]<0> {%d}\r\n%s UID 2)\r\n* 3 FETCH (FLAGS ())\r\n{tag} OK x\r\n" % (len(two), two),
    ))  # fmt: skip
    with serving(answering(STATUS, SEARCH, (b"FETCH", fetched))) as port:
        async with opened(tmp_path, text(f"imap://me@127.0.0.1:{port}/News", "x")) as library:
            got = await done(library)
            assert (got.error, got.new) == ("", 2) and sorted(await titles(library)) == ["One", "Two"]
            assert (await done(library)).unchanged


def test_no_password_goes_to_a_public_server_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_imap, "is_public", lambda address: True)
    heard: list[bytes] = []

    def talk(client: socket.socket) -> None:
        client.sendall(b"* OK hello\r\n")
        with client.makefile("rb") as lines:
            for line in lines:
                heard.append(line)
                client.sendall(b"* CAPABILITY IMAP4REV1\r\n" + line.split(b" ", 1)[0] + b" OK x\r\n")

    with serving(talk) as port:
        fault, answer = ask(port)
    assert (fault, answer) == ("tls", "127.0.0.1 offers no encryption; the password is not sent")
    assert not any(b"secret" in line for line in heard)
