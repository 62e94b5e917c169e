"""IMAP folders as feeds: a real Dovecot where it is installed, and servers that behave badly everywhere."""

from __future__ import annotations

import asyncio
import marshal
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import dovecot
from tests.builders import opened, refreshed, titles
from tests.dovecot import PASSWORD, Dovecot
from tests.feeds.conftest import certificate as certificate
from tests.feeds.conftest import server_tls
from tests.mails import mail
from tests.workers import forked_workers as forked_workers
from tuireader.feeds.mail import imap as mail_imap
from tuireader.feeds.mail import messages as mail_messages
from tuireader.feeds.mail.folder import AT_ONCE, FIRST, LARGEST
from tuireader.library import Library
from tuireader.model import Fault, FeedDone

pytestmark = pytest.mark.slow
forked = pytest.mark.usefixtures("forked_workers")

_MISSING = dovecot.missing()


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    if _MISSING:
        pytest.skip(_MISSING)
    with dovecot.running() as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def contexts() -> Iterator[None]:
    """Create the context of TLS once for each file of certificates, not for each visit: it takes 5 ms."""
    create = cache(lambda _: create_default_context())
    create_default_context = ssl.create_default_context
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", lambda: create(os.environ.get("SSL_CERT_FILE")))
        ssl.create_default_context()
        yield


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


@forked
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


@forked
async def test_a_password_in_the_address_reaches_the_server_but_no_file(
    server: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    server.deliver("1.host", mail(1, "One"), "Addressed")
    url = server.url(box="Addressed")
    start, at, end = url.rpartition("@")
    config = f'[[feeds]]\nurl = "{start}:{quote(PASSWORD, safe="")}{at}{end}"\n'
    async with opened(tmp_path, config) as library:
        assert (await done(library)).new == 1
        (feed,) = await library.feeds.all()
        assert feed.url == url and PASSWORD not in feed.title
    for path in tmp_path.iterdir():
        raw = path.read_bytes()
        assert path.name == "config.toml" or not (PASSWORD.encode() in raw or quote(PASSWORD).encode() in raw)


@forked
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


@forked
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


DONE = b"* CAPABILITY IMAP4REV1\r\n{tag} OK done\r\n"


def answering(*answers: tuple[bytes, bytes]) -> Talk:
    """Answer commands by the first of `answers` whose word is in them; `{tag}` is the command's tag."""

    def talk(client: socket.socket) -> None:
        client.sendall(b"* OK hello\r\n")
        with client.makefile("rb") as lines:
            for line in lines:
                tag = line.split(b" ", 1)[0]
                said = next((said for word, said in answers if word in line), DONE)
                client.sendall(said.replace(b"{tag}", tag))

    return talk


STATUS = (b"STATUS", b"* STATUS News (UIDVALIDITY 1 UIDNEXT 3)\r\n{tag} OK x\r\n")
SEARCH = (b"SEARCH", b"* SEARCH 1 2\r\n{tag} OK x\r\n")


def announcing(size: int) -> bytes:
    return b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n" % size


def endless(client: socket.socket) -> None:
    """Send mails of an allowed size, on and on, to the command that asks for one."""
    client.sendall(b"* OK hello\r\n")
    with suppress(OSError), client.makefile("rb") as lines:
        for line in lines:
            while b"FETCH" in line:
                client.sendall(announcing(1_000_000) + b"x" * 1_000_000 + b")\r\n")
            answer = next((said for word, said in (STATUS, SEARCH) if word in line), DONE)
            client.sendall(answer.replace(b"{tag}", line.split(b" ", 1)[0]))


ODD = "127.0.0.1: the server's answer cannot be understood"


def place(port: int, wanted: str = "", scheme: str = "imap", password: str = "secret") -> tuple[object, ...]:
    """The fields of the address of a folder on the test's server."""
    return scheme, "News", wanted, "127.0.0.1", port, "me", password


def ask(port: int, scheme: str = "imap", password: str = "secret") -> tuple[str, object]:
    """What the process for a server would answer."""
    return mail_imap.answer((place(port, scheme=scheme, password=password), "", 1.0, 1_000))


@pytest.mark.parametrize(
    ("talk", "fault", "error"),
    [
        (lambda client: None, "mail", "127.0.0.1: the connection was lost, or it is not an IMAP server"),
        (
            lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            "mail",
            "127.0.0.1: the connection was",
        ),
        (answering((b"LOGIN", b"{tag} NO no\r\n")), "mail", "127.0.0.1 refuses the password of me"),
        (answering((b"STATUS", b"{tag} BAD x\r\n")), "mail", ODD),
        (answering((b"STATUS", b"* STATUS\r\n{tag} OK x\r\n")), "mail", ODD),
        (
            answering((b"STATUS", b"* STATUS News (UIDNEXT 3)\r\n{tag} OK x\r\n")),
            "mail",
            "the server does not say how",
        ),
        (answering(STATUS, (b"SEARCH", b"* SEARCH x\xff\r\n{tag} OK x\r\n")), "mail", ODD),
        (
            answering(STATUS, (b"SEARCH", b"{tag} NO not now\r\n")),
            "mail",
            "the server cannot search the folder: not now",
        ),
        (
            answering(STATUS, SEARCH, (b"FETCH", announcing(LARGEST + 1))),
            "too large",
            "127.0.0.1 sent more than can be read",
        ),
        (lambda client: client.recv(1_000), "timeout", "127.0.0.1 did not "),
    ],
    ids=[
        *("close", "http", "login", "status", "no status", "no uids", "search", "no search"),
        *("announced", "silent"),
    ],
)
def test_servers_that_misbehave(talk: Talk, fault: str, error: str) -> None:
    with serving(talk) as port:
        told, reason = ask(port)
    assert (told, str(reason).startswith(error)) == (fault, True), reason
    assert str(reason).isprintable()


def test_a_password_with_umlauts_reaches_the_server() -> None:
    with serving(answering((b"AUTHENTICATE PLAIN", b"{tag} NO no\r\n"))) as port:
        fault, reason = ask(port, password="grün")
    assert (fault, str(reason).startswith("127.0.0.1 refuses the password of me")) == ("mail", True), reason


@pytest.mark.parametrize(
    ("talk", "seconds", "fault", "error"),
    [
        (lambda client: client.recv(1_000), 1, Fault.TIMEOUT, "127.0.0.1 did not "),
        (endless, 30, Fault.TOO_LARGE, "127.0.0.1 sent more than can be read"),
        (
            answering(STATUS, SEARCH, (b"FETCH", announcing(900_000_000) + b"x" * 100_000)),
            30,
            Fault.TOO_LARGE,
            "127.0.0.1 sent more than can be read",
        ),
    ],
    ids=["silent", "endless", "announced"],
)
async def test_limits_of_time_and_memory_hold(
    talk: Talk, seconds: int, fault: Fault, error: str, tmp_path: Path
) -> None:
    with serving(talk) as port:
        config = text(f"imap://me@127.0.0.1:{port}/News", "x").replace("timeout = 5", f"timeout = {seconds}")
        failed = await outcome(tmp_path, config)
    assert (failed.fault, failed.error.startswith(error)) == (fault, True), failed.error


@forked
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


class Mailbox:
    """A server with the mails 1, 2, … that leaves some out of its answers.

    `left_out` are never sent, `at_first` only in answer to a single one, `refused` make it refuse a request,
    `spoiling` make it send the others and then refuse; `deleted` disappear with the first request for mails.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.left_out: set[int] = set()
        self.at_first: set[int] = set()
        self.refused: set[int] = set()
        self.spoiling: set[int] = set()
        self.deleted: set[int] = set()
        self.asked: list[list[int]] = []
        self.commands: list[bytes] = []
        self.body: str | None = None
        self._gone: set[int] = set()

    def __call__(self, client: socket.socket) -> None:
        client.sendall(b"* OK hello\r\n")
        with client.makefile("rb") as lines:
            for line in lines:
                tag, command = line.rstrip().split(b" ", 1)
                client.sendall(self._answer(command).replace(b"{tag}", tag))

    def _answer(self, command: bytes) -> bytes:
        done = b"{tag} OK done\r\n"
        self.commands.append(command)
        words = command.split()
        if words[0] == b"STATUS":
            return b"* STATUS News (UIDVALIDITY 7 UIDNEXT %d)\r\n" % (self.count + 1) + done
        if words[:2] == [b"UID", b"SEARCH"]:
            known = [uid for uid in self._uids(words[3]) if 0 < uid <= self.count and uid not in self._gone]
            # some servers answer in several lines
            return b"".join(b"* SEARCH %d\r\n" % uid for uid in known) + done
        if words[:2] == [b"UID", b"FETCH"]:
            asked = self._uids(words[2])
            self.asked.append(asked)
            self._gone |= self.deleted
            if self.refused & set(asked):
                return b"{tag} NO [SERVERBUG] internal error\r\n"
            done = b"{tag} NO some are damaged\r\n" if self.spoiling & set(asked) else done
            hidden = self.left_out | self.spoiling | self._gone | (self.at_first if len(asked) > 1 else set())
            return b"".join(self._mail(uid) for uid in asked if uid not in hidden) + done
        return b"* CAPABILITY IMAP4REV1\r\n" + done

    def _uids(self, text: bytes) -> list[int]:
        if text.endswith(b":*"):
            return sorted({*range(int(text[:-2]), self.count + 1), self.count})
        return [int(uid) for uid in text.split(b",")]

    def _mail(self, uid: int) -> bytes:
        data = mail(uid, f"Letter {uid}", body=self.body)
        return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (uid, uid, len(data), data)


def test_a_server_is_asked_to_change_nothing() -> None:
    """`EXAMINE` keeps the mails recent for other programs, `PEEK` keeps them unread."""
    box = Mailbox(2)
    with serving(box) as port:
        assert mail_imap.answer((place(port), "", 5.0, 1 << 30))[0] == ""
    changing = (b"SELECT", b"STORE", b"UID STORE", b"EXPUNGE", b"CLOSE")
    assert b'EXAMINE "News"' in box.commands
    assert not any(command.startswith(changing) for command in box.commands)
    fetches = [command for command in box.commands if b"FETCH" in command]
    assert fetches and all(b"BODY.PEEK[" in command for command in fetches)


def letters(*numbers: int) -> list[str]:
    return sorted(f"Letter {number}" for number in numbers)


@pytest.mark.parametrize("missing", [{3}, {1}, {2}, {1, 3}])
@pytest.mark.parametrize("how", ["left_out", "refused", "spoiling"])
def test_mails_that_a_server_leaves_out_are_named_and_asked_for_later(missing: set[int], how: str) -> None:
    """As the process for a server answers; the next test has the library's side."""
    box = Mailbox(3)
    setattr(box, how, missing)
    with serving(box) as port:

        def visit(cursor: str) -> tuple[list[str], str]:
            fault, answer = mail_imap.answer((place(port), cursor, 5.0, 1 << 30))
            assert fault == ""
            delivered, cursor, _ = answer or ([], cursor, False)
            parsed = mail_messages.read(marshal.dumps(delivered), "", None, "News")
            return sorted(entry.title for entry in parsed.entries), cursor

        unread = sorted(f"Mail {uid} of News cannot be read" for uid in missing)
        first, cursor = visit("")
        assert first == letters(*({1, 2, 3} - missing)) + unread
        assert all([uid] in box.asked for uid in missing)  # asked for again
        sent = [uid for uid in {1, 2, 3} - missing if [uid] in box.asked]
        assert how == "refused" or not sent  # those that came with a refusal are not
        assert visit(cursor) == ([], cursor)
        box.count = 4
        fourth, cursor = visit(cursor)
        assert fourth == ["Letter 4"]
        setattr(box, how, set())
        late, cursor = visit(cursor)
        assert late == letters(*missing)
        box.asked.clear()
        assert visit(cursor) == ([], cursor) and box.asked == []


@forked
@pytest.mark.parametrize(("how", "missing"), [("left_out", {3}), ("refused", {1, 3}), ("spoiling", {1})])
async def test_mails_that_a_server_leaves_out_are_told_and_read_later(
    missing: set[int], how: str, tmp_path: Path
) -> None:
    box = Mailbox(3)
    setattr(box, how, missing)
    with serving(box) as port:
        async with opened(tmp_path, text(f"imap://me@127.0.0.1:{port}/News", "x")) as library:
            first = await done(library)
            unread = sorted(f"Mail {uid} of News cannot be read" for uid in missing)
            assert (first.error, first.new, first.title) == ("", 3, "Harbour Letters")
            assert sorted(await titles(library)) == letters(*({1, 2, 3} - missing)) + unread
            assert all([uid] in box.asked for uid in missing)  # asked for again
            sent = [uid for uid in {1, 2, 3} - missing if [uid] in box.asked]
            assert how == "refused" or not sent  # those that came with a refusal are not
            assert ((await done(library)).new, len(await titles(library))) == (0, 3)
            box.count = 4
            assert (await done(library)).new == 1
            assert sorted(await titles(library)) == letters(*({1, 2, 3, 4} - missing)) + unread
            setattr(box, how, set())
            again = await done(library)
            assert (again.error, again.new, again.changed) == ("", 0, len(missing))
            assert sorted(await titles(library)) == letters(1, 2, 3, 4)
            box.asked.clear()
            assert (await done(library)).unchanged and box.asked == []


@forked
async def test_mails_that_come_when_asked_again_or_were_deleted_are_no_error(tmp_path: Path) -> None:
    box = Mailbox(4)
    box.at_first, box.deleted = {2}, {4}
    with serving(box) as port:
        async with opened(tmp_path, text(f"imap://me@127.0.0.1:{port}/News", "x")) as library:
            first = await done(library)
            assert (first.error, first.new) == ("", 3)
            assert sorted(await titles(library)) == letters(1, 2, 3)
            assert (await done(library)).unchanged


@forked
async def test_an_unreadable_mail_that_is_deleted_is_no_longer_asked_for(tmp_path: Path) -> None:
    box = Mailbox(2)
    box.left_out = {2}
    with serving(box) as port:
        async with opened(tmp_path, text(f"imap://me@127.0.0.1:{port}/News", "x")) as library:
            assert (await done(library)).new == 2
            box.deleted = {2}
            assert (await done(library)).error == ""
            box.asked.clear()
            assert (await done(library)).unchanged and box.asked == []


@forked
async def test_a_server_that_sends_none_of_its_mails_loses_none(tmp_path: Path) -> None:
    box = Mailbox(30)
    box.left_out = set(range(1, 31))
    with serving(box) as port:
        async with opened(tmp_path, text(f"imap://me@127.0.0.1:{port}/News", "x")) as library:
            failed = await done(library)
            assert failed.error == "the server lists 30 mails but sends none of them; try again later"
            assert await titles(library) == []
            box.left_out = {7}
            assert (await done(library)).new == 30
            assert {*letters(*{*range(1, 31)} - {7})} < set(await titles(library))
            box.count, box.left_out = 31, {7, 31}
            assert (await done(library)).new == 1
            assert "Mail 31 of News cannot be read" in await titles(library)


async def test_a_backlog_with_gaps_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Mailbox(1)
    with serving(box) as port:

        def visit(cursor: str, most: int) -> tuple[list[bytes], str, bool]:
            fault, found = mail_imap.answer((place(port), cursor, 5.0, most))
            assert fault == ""
            return found or ([], cursor, False)

        _, cursor, _ = visit("", 1_000)
        box.count, box.left_out, box.refused = 90, {5, 21, 22, 40, 89}, {60, 61}
        seen: list[bytes] = []
        for _ in range(8):
            found, cursor, _ = visit(cursor, 1_000)
            seen += found
    assert len(seen) == 89 and cursor == "7:90:" + cursor.rpartition(":")[2]
    assert sorted(map(int, cursor.rpartition(":")[2].split(","))) == [5, 21, 22, 40, 60, 61, 89]


@pytest.mark.parametrize("wanted", ["", "letters.example.org"])
@pytest.mark.parametrize(
    ("new", "most", "visits"),
    [
        (AT_ONCE, 1 << 30, [AT_ONCE]),
        (AT_ONCE + 1, 1 << 30, [AT_ONCE, 1]),
        (45, 1, [20, 20, 5]),  # cut by the size of the mails
        (40, 1, [20, 20]),
    ],
)
def test_a_long_backlog_is_read_in_parts_and_each_mail_once(
    new: int, most: int, visits: list[int], wanted: str
) -> None:
    box, cursor = Mailbox(3), ""
    box.body = "x"
    found: list[list[int]] = []
    with serving(box) as port:
        for size in (1_000, *[most] * (len(visits) + 1)):
            fault, answer = mail_imap.answer((place(port, wanted), cursor, 30.0, size))
            assert fault == ""
            mails, cursor, _ = answer or ([], cursor, False)
            found.append([int(mail.partition(b"Message-ID: <")[2].partition(b"@")[0]) for mail in mails])
            box.count = 3 + new
    assert sorted(found[0]) == [1, 2, 3] and list(map(len, found[1:])) == [*visits, 0]
    assert [uid for part in found[1:] for uid in part] == list(range(4, 4 + new))


def test_a_server_is_not_searched_again_for_mails_that_were_not_wanted() -> None:
    box, cursor = Mailbox(3), ""
    box.deleted = {5}  # the search leaves it out, the server has numbered it
    with serving(box) as port:
        for count in (3, 5):
            box.count = count
            fault, answer = mail_imap.answer((place(port, "letters.example.org"), cursor, 5.0, 1 << 30))
            assert fault == "" and answer is not None
            _, cursor, _ = answer
            assert cursor == f"7:{count}"


def test_of_a_large_mailbox_the_newest_mails_come_first_and_older_ones_never() -> None:
    box = Mailbox(FIRST + 1)
    box.body = "x"
    with serving(box) as port:
        for most, number in ((1 << 30, FIRST), (1, 20)):
            fault, answer = mail_imap.answer((place(port), "", 30.0, most))
            assert fault == "" and answer is not None
            mails, cursor, is_first = answer
            assert (len(mails), cursor, is_first) == (number, f"7:{FIRST + 1}", True)
            assert b"<%d@" % (FIRST + 1) in mails[0] and not any(b"<1@" in one for one in mails)
            again = mail_imap.answer((place(port), cursor, 30.0, most))
            assert again == ("", None)


@forked
async def test_a_mail_deleted_on_a_real_server_is_no_error(
    server: Dovecot, tmp_path: Path, secret: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    box = server.box("Gone")
    for n in range(3):
        server.deliver(f"{n}.host", mail(n, f"Letter {n}"), "Gone")
    async with opened(tmp_path, text(server.url("imap", "Gone"))) as library:
        assert (await done(library)).new == 3
        server.deliver("3.host", mail(3, "Letter 3"), "Gone")
        server.deliver("4.host", mail(4, "Letter 4"), "Gone")
        server.flags("Gone")  # the server numbers them
        for path in box.rglob("3.host*"):
            path.unlink()
        assert ((await done(library)).error, await titles(library)) == ("", letters(0, 1, 2, 4)[::-1])


@pytest.mark.parametrize("scheme", ["imaps", "imap"])
def test_no_password_goes_to_a_server_whose_certificate_nobody_has_signed(
    scheme: str, certificate: Path
) -> None:
    """Neither at once nor after STARTTLS, with which the connection begins in plain text."""
    heard: list[bytes] = []

    def talk(client: socket.socket) -> None:
        if scheme == "imap":
            client.sendall(b"* OK [CAPABILITY IMAP4REV1 STARTTLS] hello\r\n")
            while b"STARTTLS" not in (line := client.recv(1_000)):
                said = b"* CAPABILITY IMAP4REV1 STARTTLS\r\n"
                client.sendall(said + line.split(b" ", 1)[0] + b" OK x\r\n")
            client.sendall(line.split(b" ", 1)[0] + b" OK x\r\n")
        with server_tls(certificate).wrap_socket(client, server_side=True) as safe:
            safe.sendall(b"* OK hello\r\n")
            while line := safe.recv(1_000):
                heard.append(line)
                safe.sendall(b"* CAPABILITY IMAP4REV1\r\n" + line.split(b" ", 1)[0] + b" OK x\r\n")

    with serving(talk) as port:
        fault, answer = ask(port, scheme)
    assert fault == "tls" and str(answer).startswith("127.0.0.1: the certificate is not valid: self")
    assert not any(b"secret" in line for line in heard)


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
