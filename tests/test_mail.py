"""Mail folders as feeds: Maildir and mbox through the library, and what a mail becomes."""

from __future__ import annotations

import mailbox
import marshal
import os
import pwd
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.builders import ALL, opened, refreshed, titles
from tests.examples import for_each
from tests.mails import deliver, mail, maildir, settle, snapshot
from tests.workers import forked_workers as forked_workers
from tuireader.feeds.http.errors import Refused
from tuireader.feeds.mail import messages as mails
from tuireader.feeds.mail.address import read_address
from tuireader.feeds.mail.folder import read_folder, stand_in
from tuireader.feeds.mail.html import cleaned, without_tracking
from tuireader.feeds.mail.source import parse as parse_mails
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.library import Library
from tuireader.model import (
    Article,
    Fault,
    FeedDone,
    Fetched,
    FetchJob,
    ParsedEntry,
    ParsedFeed,
    ParseFailed,
    Source,
)
from tuireader.text import plain

pytestmark = pytest.mark.usefixtures("forked_workers")


def text(url: str, more: str = "") -> str:
    return f'[[feeds]]\nurl = "{url}"\n{more}'


async def done(library: Library) -> FeedDone:
    (event,) = [event for event in await refreshed(library) if isinstance(event, FeedDone)]
    return event


async def article(library: Library, title: str) -> Article:
    rows = await library.lists.rows(await library.lists.ids(ALL))
    (found,) = [row.id for row in rows if row.title == title]
    got = await library.articles.get(found)
    assert got is not None
    return got


def entries(*data: bytes) -> tuple[ParsedEntry, ...]:
    """What mails become."""
    return mails.read(marshal.dumps(list(data)), "", None, "Folder").entries


def one(**options: object) -> ParsedEntry:
    (entry,) = entries(mail(**options))  # type: ignore[arg-type]
    return entry


# --------------------------------------------------------------------------- folders


async def test_a_maildir_is_a_feed_that_is_never_changed(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "Mail" / "news")
    archive = "List-Archive: <https://lists.example.org/archive>\n"
    for n in range(3):
        deliver(folder, f"{n}.host", mail(n, f"Letter {n}", more=archive))
    before = snapshot(folder)
    async with opened(tmp_path, text("maildir:Mail/news", 'folder = "Letters"\n')) as library:
        first = await done(library)
        assert (first.error, first.new, first.title) == ("", 3, "Harbour Letters")
        (feed,) = await library.feeds.all()
        assert (feed.title, feed.folder, feed.url) == ("Harbour Letters", "Letters", "maildir:Mail/news")
        assert feed.site_url == "https://lists.example.org/archive"
        found = await article(library, "Letter 2")
        assert (found.author, found.url) == ("Käthe Küste", "https://letters.example.org/web/1?id=7")
        assert "ferry.jpg" in found.html and "t.example.net" not in found.html and "utm_" not in found.html
        assert snapshot(folder) == before
        assert (await done(library)).new == 0
        deliver(folder, "4.host", mail(4, "Letter 4", list_id="Another <other.example.org>"))
        (folder / "new" / "0.host").rename(folder / "cur" / "0.host:2,S")  # read elsewhere
        again = await done(library)
        assert (again.new, again.changed) == (1, 0)
        (feed,) = await library.feeds.all()
        assert (feed.title, feed.site_url) == ("Harbour Letters", "https://lists.example.org/archive")


async def test_mails_of_several_lists_and_those_of_one(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "news")
    deliver(folder, "1", mail(1, "Ferry"))
    deliver(folder, "2", mail(2, "Tide", list_id="Tides <tides.example.net>"))
    deliver(folder, "3", mail(3, "Private", list_id=""))
    async with opened(tmp_path, text(f"maildir:{folder}")) as library:
        assert (await done(library)).new == 3
        assert [feed.title for feed in await library.feeds.all()] == ["news"]
    async with opened(tmp_path, text(f"maildir:{folder}?list=Tides.example.net")) as library:
        assert (await done(library)).new == 1
        assert [feed.title for feed in await library.feeds.all()] == ["Tides"]


async def test_watches_see_mails_and_a_mailbox_file_grows(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    box = mailbox.mbox(path)

    def add(data: bytes) -> None:
        box.add(mailbox.mboxMessage(data))
        box.flush()

    add(mail(1, "One"))
    add(mail(2, "Two", body="Text\nFrom the sea: a line that mbox files quote\n", kind="text/plain"))
    watch = '[[watch]]\nname = "Ferry"\nany = ["ferry"]\n'
    async with opened(tmp_path, text("mbox:letters", watch)) as library:
        assert (await done(library)).new == 2
        assert "\n>From" in path.read_text() and ">From" not in (await article(library, "Two")).html
        assert (await library.lists.counts()).watches["Ferry"].total == 1
        add(mail(3, "Three"))
        assert (await done(library)).new == 1
        os.truncate(path, 0)  # mails were deleted
        add(mail(4, "Four"))
        third = await done(library)
        assert (third.error, third.new) == ("", 1)
    box.close()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("maildir:none", "none is not a Maildir: it does not exist"),
        ("maildir:.", "is not a Maildir: there are no folders cur and new in it"),
        ("mbox:none", "none cannot be read: there is no such folder"),
        ("mbox:config.toml", "config.toml is not an mbox file: no line begins with “From ”"),
        ("mbox:link", "link is not an mbox file: no line begins with “From ”"),
        ("mbox:circle", "circle cannot be read: its symbolic links form a circle"),
        ("mbox:cur", "cur cannot be read: it is not a regular file"),
        ("mbox:pipe", "pipe cannot be read: it is not a regular file"),
    ],
)
async def test_folders_that_cannot_be_read(url: str, error: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("config.toml")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "cur").mkdir()
    os.mkfifo(tmp_path / "pipe")
    async with opened(tmp_path, text(url)) as library:
        failed = await done(library)
        assert failed.fault is Fault.MAIL and error in failed.error


def reads(
    folder: Path, cursor: str = "", most: int = 20_000_000, wanted: str = ""
) -> tuple[list[bytes], str]:
    """The mails that a visit finds, and its cursor."""
    scheme = "maildir" if folder.is_dir() else "mbox"
    url = f"{scheme}:{folder}{'?list=' * bool(wanted)}{wanted}"
    found = read_folder(read_address(url, ""), cursor, most)
    return ([], cursor) if found is None else (list(found.mails), found.cursor)


def numbers(found: list[bytes]) -> list[int]:
    return sorted(int(data.partition(b"Message-ID: <")[2].partition(b"@")[0]) for data in found)


def test_links_pipes_drafts_and_deleted_mails_are_left_alone(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m")
    deliver(folder, "1", mail(1))
    (folder / "cur" / "2").symlink_to(folder / "new" / "1")
    os.mkfifo(folder / "cur" / "3")
    (folder / "cur" / "4:2,DS").write_bytes(mail(4))
    (folder / "cur" / "5:2,ST").write_bytes(mail(5))
    (folder / "cur" / ".hidden").write_bytes(mail(6))
    (folder / "cur" / "7:2,FS").write_bytes(mail(7))
    assert numbers(reads(folder)[0]) == [1, 7]


def test_an_untouched_maildir_is_not_listed_and_a_backlog_is_read_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuireader.feeds.mail.folder.FIRST", 3)
    monkeypatch.setattr("tuireader.feeds.mail.folder.AT_ONCE", 4)
    monkeypatch.setattr("tuireader.feeds.mail.folder._SETTLED", 0)
    folder = maildir(tmp_path / "m")
    for n in range(1, 6):
        os.utime(deliver(folder, str(n), mail(n)), (1_700_000_000 + n, 1_700_000_000 + n))
    found, cursor = reads(folder)
    assert numbers(found) == [3, 4, 5]  # the newest
    assert reads(folder, cursor) == ([], cursor)
    for n in range(10, 19):
        deliver(folder, str(n), mail(n))
        time.sleep(0.006)  # the clock of the file system is coarse
    seen: list[int] = []
    for _ in range(4):
        found, cursor = reads(folder, cursor)
        seen += numbers(found)
    assert seen == list(range(10, 19))
    assert read_folder(read_address(f"maildir:{folder}", ""), cursor, 100) is None


def test_a_maildir_of_many_mails_is_cheap_to_visit_again(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m")
    first = deliver(folder, "0", mail(0))
    for n in range(1, 1_000):
        os.link(first, folder / "cur" / f"{n}:2,S")
    settle(folder)
    _, cursor = reads(folder)
    times = (folder / "cur").stat().st_mtime_ns, (folder / "new").stat().st_mtime_ns
    assert cursor.startswith(":".join(map(str, times)))
    started = time.perf_counter()
    assert read_folder(read_address(f"maildir:{folder}", ""), cursor, 100) is None
    assert time.perf_counter() - started < 0.1


@contextmanager
def no_rights(*files: Path) -> Iterator[None]:
    """Take away the right to read some files, which the root user has anyway."""
    for file in files:
        file.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for file in files:
            file.chmod(0o600)


def test_a_mail_whose_file_cannot_be_read_is_told_and_read_later() -> None:
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)  # pytest's own folders are closed to others
        folder = maildir(Path(parent) / "m")
        paths = [deliver(folder, f"{n}.host", mail(n)) for n in range(3)]
        with no_rights(paths[0]):
            found, cursor = reads(folder)
        told = [data for data in found if b"Mail 0.host cannot be read" in data]
        assert len(found) == 3 and b"Permission denied" in told[0]
        (entry,) = entries(*told)
        assert entry.title == "Mail 0.host cannot be read" and entry.guid == "left-out-0.host"
        assert 0 in numbers(reads(folder, cursor)[0])
        with no_rights(*paths), pytest.raises(Refused, match="Permission denied"):
            reads(folder)


def test_a_mail_that_arrives_while_the_folder_is_read_is_not_missed(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m")
    deliver(folder, "1", mail(1))
    _, cursor = reads(folder)
    assert cursor.startswith("0:0:")  # just changed: it is listed again
    deliver(folder, "2", mail(2))
    found, _ = reads(folder, cursor)
    assert 2 in numbers(found)


def test_a_link_to_a_mailbox_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(b"From x@y.example Tue Nov 14 20:00:00 2023\n" + mail(1))
    (tmp_path / "link").symlink_to("box")
    assert numbers(reads(tmp_path / "link")[0]) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "From x@y.example Tue Nov 14 20:00:00 2023",
        "From - Tue Nov 14 20:00:00 2023",
        "From MAILER-DAEMON Tue Nov  4 20:00:00 2023",
        "From 17000@xxx Tue Nov 14 20:00:00 +0000 2023",
        "From someone at y.example  Tue Nov 14 20:00:00 2023",
        "From x@y.example Tue, 14 Nov 2023 20:00:00 +0000",
        "From 0123456789abcdef Mon Sep 17 00:00:00 2001",
        "From x@y.example",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_that_begin_a_mail(line: str, end: str, tmp_path: Path) -> None:
    both = [f"{line}\n".encode() + mail(n) + b"\n" for n in (1, 2)]
    (tmp_path / "box").write_bytes(b"".join(both).replace(b"\n", end.encode()))
    assert numbers(reads(tmp_path / "box")[0]) == [1, 2]


_BODIES = st.lists(
    st.sampled_from([
        "", "Text", "From the sea: a line", "From Monday on, it rains", "From x@y.example to you", "From",
        "From 20:00 to 21:00", ">From the sea", ">>From x", "From x@y.example Mon", "Subject: x", " From z",
    ]),
    max_size=8,
)  # fmt: skip


def bodies(found: list[bytes]) -> list[str]:
    return [data.partition(b"\n\n")[2].decode().rstrip("\n") for data in found]


@settings(max_examples=60)
@given(st.lists(_BODIES, min_size=1, max_size=4), st.sampled_from(["mboxo", "mboxrd", "unquoted"]))
@example([["", "From the sea: a line"]], "unquoted")
def test_no_line_of_a_text_splits_a_mail(texts: list[list[str]], kind: str) -> None:
    """The variants quote `From `, all of `>From ` too, or nothing; each mail is read as it was sent."""
    whole = ["\n".join(["First", *lines]) for lines in texts]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "box"
        if kind == "mboxo":
            box = mailbox.mbox(path)
            for body in whole:
                box.add(mailbox.mboxMessage(f"Subject: x\n\n{body}\n".encode()))
            box.close()
        else:
            quotes = kind == "mboxrd"
            quoted = [re.sub(r"(?m)^(>*From )", r">\1", body) if quotes else body for body in whole]
            first = "From a@b Tue Nov 14 20:00:00 2023\nSubject: x\n\n"
            path.write_text("".join(f"{first}{body}\n\n" for body in quoted))
        found = bodies(reads(path)[0])
    sent = [body.rstrip("\n") for body in whole]
    if kind != "mboxrd":  # whether a line was quoted before cannot be told
        sent = [re.sub(r"(?m)^>(>*From )", r"\1", body) for body in sent]
    assert found == sent


def test_limits_of_a_mailbox_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuireader.feeds.mail.folder.LARGEST", 2_000)
    path = tmp_path / "box"

    def add(n: int, size: int = 0) -> None:
        with path.open("ab") as file:
            file.write(b"From x Tue Nov 14\n" + mail(n, body="y\n" * size, kind="text/plain") + b"\n")

    for n in range(1, 30):
        add(n)
    found, cursor = reads(path, most=5_000)
    assert numbers(found)[-1] == 29 and 5 < len(found) < 29  # the newest
    add(30, size=20_000)
    add(31)
    add(32)
    seen: set[int] = set()
    for _ in range(5):
        found, cursor = reads(path, cursor, most=5_000)
        assert all(len(data) <= 2_000 for data in found)
        seen |= set(numbers(found))
    assert seen == {29, 30, 31, 32}
    assert numbers(reads(path, "nonsense", most=1_000_000)[0]) == list(range(1, 33))
    assert reads(path, "", most=1_000_000, wanted="other.example.org")[0] == []


def test_a_backlog_of_a_mailbox_file_is_read_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each visit begins with the last mail of the one before, which may not have been complete."""
    monkeypatch.setattr("tuireader.feeds.mail.folder.FIRST", 3)
    monkeypatch.setattr("tuireader.feeds.mail.folder.AT_ONCE", 4)
    path = tmp_path / "box"
    letters = [b"From x Tue Nov 14\n" + mail(n) + b"\n" for n in range(20)]
    path.write_bytes(b"".join(letters[1:6]))
    found, cursor = reads(path)
    assert numbers(found) == [3, 4, 5]  # the newest
    path.write_bytes(b"".join(letters[1:14]))
    visits = []
    for _ in range(4):
        found, cursor = reads(path, cursor)
        visits.append(numbers(found))
    assert visits == [[5, 6, 7, 8], [8, 9, 10, 11], [11, 12, 13], [13]]


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("imaps://me@host.example/News/Daily", ("News/Daily", "host.example", 993, "me", "")),
        ("imaps://me%40home:a%3Ab@host.example:1993", ("INBOX", "host.example", 1993, "me@home", "a:b")),
        ("imap://me@home@127.0.0.1/Caf%C3%A9?list=x", ("Café", "127.0.0.1", 143, "me@home", "")),
    ],
)
def test_addresses_of_imap_folders(url: str, parts: tuple[object, ...]) -> None:
    read = read_address(url, "/")
    assert (read.folder, read.host, read.port, read.user, read.password) == parts
    assert read.wanted == ("x" if "list=" in url else "")


@pytest.mark.parametrize("url", ["imaps:///INBOX", "imaps://me@host:port/", "imaps://["])
def test_bad_addresses(url: str) -> None:
    with pytest.raises(Refused, match="imaps://USER@HOST/FOLDER"):
        read_address(url, "/")


# --------------------------------------------------------------------------- what a mail becomes


def test_a_newsletter_without_what_tracks_its_reader() -> None:
    entry = one(subject="Ferry =?utf-8?b?4pu1?=\n =?iso-8859-1?q?caf=E9?=")
    assert (entry.title, entry.guid) == ("Ferry ⛵café", "1@letters.example.org")
    assert (entry.author, entry.published) == ("Käthe Küste", 1699992001)
    said = plain(entry.content_html)
    assert "Preheader" not in said and "color" not in said and "The council bought a ferry." in said
    assert 'href="https://site.example.org/f?p=2#top"' in entry.content_html
    assert 'href="https://click.example.net/r/abc123"' in entry.content_html  # it leads on
    assert entry.content_html.count("<img") == 1 and "<table" not in entry.content_html


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/?utm_source=x&a=1&mc_eid=2", "https://a.example/?a=1"),
        ("https://a.example/x?fbclid=1#part", "https://a.example/x#part"),
        ("https://a.example/x?ref=main&q=utm_source", "https://a.example/x?ref=main&q=utm_source"),
        ("https://a.example/x", "https://a.example/x"),
    ],
)
def test_links_lose_what_tracks(url: str, clean: str) -> None:
    assert without_tracking(url) == clean


_ROWS = "<tr><td>Ferry</td><td>12</td></tr><tr><td>Tram</td><td>7</td></tr>"


@for_each(
    ("inside", "stays"),
    [
        (_ROWS, True),
        (f"<tr><th>Line</th><th><p>Trips</p></th></tr>{_ROWS}", True),
        (f"<caption>Lines</caption>{_ROWS}<tr><td><p>Bus</p></td><td>3</td></tr>", True),
        *((f"{_ROWS}<tr><td><{tag}>Bus</{tag}></td><td>3</td></tr>", False) for tag in ("p", "div", "h1")),
        (f"<tr><td><table>{_ROWS}</table></td><td>3</td></tr>", False),
        ("<tr><td>Ferry</td></tr><tr><td>Tram</td></tr>", False),
    ],
)
@for_each("role", ["", "presentation", "NONE", "table"])
def test_tables_of_data_stay_and_those_that_set_the_page_go(inside: str, stays: bool, role: str) -> None:
    html, view = cleaned(f"<table role='{role}'>{inside}</table>")
    assert (f'<table role="{role}"' in html) == (stays and role in ("", "table"))
    assert view == "" and "Ferry" in html and "Tram" in html


@for_each(
    ("element", "stays"),
    [
        ("<p>words", True),
        ("<p hidden>words", False),
        *((f"<p style='color:red; {style}'>words", False) for style in (
            "display: none", "VISIBILITY:hidden", "mso-hide:all", "opacity:0", "opacity:0;x:y",
            "font-size:0px", "max-height:0", "line-height:1px !important", "font-size:1",
        )),
        *((f"<p style='{style}'>words", True) for style in (
            "font-size:10px", "max-height:100px", "opacity:0.9", "x-display:block", "line-height:1.5",
        )),
        ("</p><style>words</style>", False),
        ("<script>words</script>", False),
        ("<form>words</form>", False),
        ("<iframe>words</iframe>", False),
        ("<!-- words -->", False),
    ],
)  # fmt: skip
def test_hidden_texts_go(element: str, stays: bool) -> None:
    html, _ = cleaned(f"<body style='display:none'>Before {element}</p><p>After")
    assert ("words" in html) == stays and "Before" in html and "After" in html


@for_each(
    ("image", "stays"),
    [
        ('src="https://p.example/a.jpg"', True),
        ('src="//p.example/a.jpg" width="600"', True),
        ('src="http://p.example/a.jpg"', True),
        ('src=" https://p.example/a.jpg "', True),
        ('src="cid:logo"', False),
        ('src="data:image/gif;base64,R0"', False),
        ('src="/a.jpg"', False),
        ("", False),
        *((f'src="https://p.example/a.jpg" {size}', False) for size in (
            'width="1"', 'height="1px"', 'width="0" height="600"', 'width="600" height="2"',
            'style="width:1px"', 'style="max-height: 0"', 'style="x:y;height:2 !important"',
        )),
        ('src="https://p.example/a.jpg" width="10" style="width:10px;height:20px"', True),
        ('src="https://p.example/wf/open?u=1"', False),
        ('src="https://p.example/pixel.gif?u"', False),
        ('src="https://p.example/wf/open?u=1" alt="A ferry"', True),
        ('src="https://p.example/wf/open?u=1" width="600"', True),
        ('src="https://p.example/opening.jpg"', True),
    ],
)  # fmt: skip
def test_pictures_stay_and_what_tells_the_sender_goes(image: str, stays: bool) -> None:
    html, _ = cleaned(f"<p>Before <img {image}> after")
    assert ("<img" in html) == stays and "Before" in html and "after" in html


@pytest.mark.parametrize(
    "words", ["View online", "Im Browser ansehen", "在浏览器中查看", "Voir dans votre navigateur"]
)
def test_the_mail_on_the_web(words: str) -> None:
    assert one(body=f"<a href='https://w.example/1'>{words}</a>").url == "https://w.example/1"
    archived = "Archived-At: <https://lists.example.org/m/1>\n"
    assert (
        one(body=f"<a href='https://w.example/1'>{words}</a>", more=archived).url
        == "https://lists.example.org/m/1"
    )
    assert one(body="<a href='javascript:x'>View online</a>").url == ""
    others = "<a href='https://w.example/0'>Ferries</a><a href='https://w.example/0'></a>"
    assert one(body=f"{others}<p>View online</p>{'<a href=/1>View online</a>'}").url == ""
    entry = one(body=f"{others}<a href=' https://w.example/1?utm_source=x '>{words}</a><p>Text")
    assert entry.url == "https://w.example/1"
    assert words not in entry.content_html and "Ferries" in entry.content_html  # only the link to itself goes
    assert one(body=f"<a href='https://w.example/1'>{words} {'and so on ' * 12}</a>").url == ""


def test_plain_text_flows_and_links() -> None:
    words = "A line that \nflows on.\n\n> quoted\nSee https://a.example/x?utm_source=y. <b>\n-- \nMe"
    html = one(body=words, kind="text/plain; format=flowed").content_html
    assert "A line that flows on." in html and "&lt;b&gt;" in html
    assert '<a href="https://a.example/x">https://a.example/x</a>.' in html
    assert mails.flowed("a \nb", delete=True) == "ab"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("\n\n\na\n \n\t\n\nb\n\n\n", "<p>a</p>\n<p>b</p>"),
        ("  \n\n \n", ""),
        ("", ""),
    ],
)
def test_blank_lines_are_no_paragraphs(text: str, html: str) -> None:
    assert one(body=text, kind="text/plain").content_html == html


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a \nb", "a b"),
        ("a\nb", "a\nb"),
        ("a \nb \nc\nd", "a b c\nd"),
        ("a \n> b \nc", "a \n> b \nc"),  # a quotation is no part of it
        (">> a\n>b", ">> a\n> b"),
        ("-- \nMe", "-- \nMe"),  # the line before a signature
        (" From me \n to you", "From me to you"),  # stuffed with a space
    ],
)
def test_flowed_lines(text: str, joined: str) -> None:
    assert mails.flowed(text) == joined


def test_the_best_part_is_taken_and_attachments_are_named() -> None:
    made = EmailMessage(policy=policy.SMTP)
    made["Subject"], made["Message-ID"] = "Parts", "<p@x>"
    made.set_content("Only plain")
    made.add_alternative("<p>Rich</p>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Tide table Ä.pdf")
    (entry,) = entries(made.as_bytes())
    assert plain(entry.content_html).split("\n") == ["Rich", "Attached: Tide table Ä.pdf"]
    assert "Only plain" not in entry.content_html and entry.published is None and entry.author == ""


def test_odd_headers() -> None:
    raw = "Subject: Ä raw\x1b[31m\nFrom: caf\xe9 <x@y>\nList-Id: \n\nText".encode("latin-1")
    (entry,) = entries(raw)
    assert entry.title == "Ä raw" and entry.author == "café" and entry.guid.startswith("mail:")
    (entry,) = entries(b"Subject: =?x-none?b?!!!?= =?utf-8?q?=ff?=\nDate: soon\n\n")
    assert entry.title and entry.published is None
    assert entries(b"")[0].title == "(no subject)"
    assert entries(b"Subject: \x80\n\n")[0].title == "€"  # the first and the last byte that is not ASCII
    assert entries(b"Subject: \xff\n\n")[0].title == "ÿ"


def test_a_list_gives_its_name_and_archive() -> None:
    archive = "List-Archive: <https://lists.example.org/archive?utm_source=x>\n"
    found = mails.read(marshal.dumps([mail(more=archive), mail(2, more=archive)]), "", None, "Folder")
    assert (found.title, found.site_url, found.partial) == (
        "Harbour Letters",
        "https://lists.example.org/archive",
        True,
    )
    bare = mails.read(marshal.dumps([mail(list_id="<a.example.org>")]), "", None, "Folder")
    assert bare.title == "a.example.org"
    other = mail(2, list_id="Tides <tides.example.net>")
    mixed = mails.read(marshal.dumps([mail(more=archive), other]), "", None, "Folder")
    assert (mixed.title, mixed.site_url) == ("Folder", "")
    quoted = mails.read(marshal.dumps([mail(list_id='"Tides, daily" <t.example.net>')]), "", None, "Folder")
    assert quoted.title == "Tides, daily"
    stood_in = mails.read(marshal.dumps([mail(more=archive), stand_in("x", "Mail 9", "Why")]), "", None, "F")
    assert stood_in.title == "Harbour Letters"  # what takes a mail's place belongs to no list
    assert mails.read(marshal.dumps([]), "", None, "Folder").title == "Folder"


# --------------------------------------------------------------------------- hostile mails

_LINES = st.sampled_from(
    [
        "Content-Type: multipart/mixed; boundary=x",
        "--x",
        "--x--",
        "Content-Type: text/html; charset=utf-7",
        "",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: x-uuencode",
        "Content-Type: message/rfc822",
        "Subject: =?utf-8?b?////?=",
        "List-Id: <<>>",
        "<table><table><td>",
        "<a href='http://['>view online</a>",
        "&#0;",
        "Content-Disposition: attachment; filename*=utf-8''%ff",
        "begin 644 x",
        "Content-Type: ;;charset",
        " folded",
        "Message-ID: <>",
        "Date: Tue, 99 Foo 99999",
        "<img src=x width=1>",
        "Content-Type: text/plain; format=flowed",
    ]
)


@settings(max_examples=30)
@given(st.lists(_LINES | st.text(max_size=40), max_size=25), st.binary(max_size=60))
def test_no_mail_is_too_odd(lines: list[str], rest: bytes) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogatepass") + rest
    (entry,) = entries(data)
    assert entry.title and entry.guid
    assert entry.title.isprintable() and entry.author.isprintable()
    assert entry.url == "" or entry.url.startswith("http")


@pytest.mark.parametrize("label", [b"charset*=a\0b''utf-8", b"charset*=utf-8''utf-8", b"charset=no-codec"])
def test_any_label_of_an_encoding_leaves_the_text(label: bytes) -> None:
    (entry,) = entries(b"Subject: Tides\nContent-Type: text/plain; " + label + b"\n\nHigh water at noon\n")
    assert (entry.title, plain(entry.content_html)) == ("Tides", "High water at noon")


async def test_bombs_lose_no_other_mail(tmp_path: Path) -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_200))
    bombs = [
        b"Subject: deep\n" + deep,
        b"Subject: parts\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nhi\n" * 4_000,
        b"Subject: html\nContent-Type: text/html\n\n" + b"<table><tr><td>" * 10_000,
        b"Subject: words\nContent-Type: text/plain\n\n" + b"http://a.example/" * 10_000,
        b"Subject: " + b"=?utf-8?q?x?= " * 15_000 + b"\n\n",
        b"X: y\n" * 15_000,
    ]
    folder = maildir(tmp_path / "m")
    for n, data in enumerate([mail(1, "Before"), *bombs, mail(2, "After")]):
        deliver(folder, str(n), data)
    async with opened(tmp_path, text("maildir:m")) as library:
        assert ((await done(library)).error, len(await titles(library))) == ("", 8)
        assert {"Before", "After"} <= set(await titles(library))


async def test_a_parser_that_fails_says_so_without_the_names_of_errors() -> None:
    async with ParseWorker() as worker:
        failed = await worker.parse(b"no marshal", "", stored={}, reader=("mail", ("Folder",)))
    assert isinstance(failed, ParseFailed) and failed.reason == "it is damaged and cannot be read"


async def test_large_mails_are_read_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of them would else take the memory of the worker, and all of them would be unreadable."""
    asked: list[int] = []

    async def parse(self: ParseWorker, body: bytes, *rest: object, **options: object) -> ParsedFeed:
        asked.append(len(marshal.loads(body)))
        return ParsedFeed()

    monkeypatch.setattr(ParseWorker, "parse", parse)
    for sizes, expected in (([900_000] * 5, [2, 2, 1]), ([3_000_000, 1, 1], [1, 2]), ([], [0])):
        job, body = FetchJob(1, "maildir:/news"), marshal.dumps([b"x" * size for size in sizes])
        await parse_mails(ParseWorker(), Fetched(job, job.url, body, b""), Source(), {})
        assert asked == expected
        asked.clear()


async def test_a_mail_that_kills_the_reader_is_told_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entry says so, and takes the place of a mail that would be missed."""
    folder = maildir(tmp_path / "news")
    monkeypatch.setattr("tuireader.feeds.mail.source._TOGETHER", 10)

    asked = []

    async def parse(self: ParseWorker, body: bytes, *rest: object, **options: object) -> object:
        asked.append(body)
        if b"KILLER" in body:
            return await kept(self, b"no marshal", *rest, **options)  # type: ignore[arg-type]
        return await kept(self, body, *rest, **options)  # type: ignore[arg-type]

    kept = ParseWorker.parse
    monkeypatch.setattr(ParseWorker, "parse", parse)
    for n in range(3):
        deliver(folder, str(n), mail(n, "KILLER" if n == 1 else f"Letter {n}"))
    async with opened(tmp_path, text("maildir:news")) as library:
        assert (await done(library)).new == 3
        rows = await library.lists.rows(await library.lists.ids(ALL))
        assert {row.title for row in rows} == {"Letter 0", "Letter 2", "KILLER"}
        assert "This mail is damaged" in (await article(library, "KILLER")).html
        asked.clear()
        for n in range(25):
            deliver(folder, f"more {n}", f"Subject: KILLER {n}\n\n".encode())
        monkeypatch.setattr("tuireader.feeds.mail.source._TOGETHER", 100)
        assert (await done(library)).new == 25
        assert len(asked) == 1 + 2 + 20  # all at once, the letters, and few of the others: each may take long
        monkeypatch.setattr("tuireader.feeds.mail.source._TOGETHER", 1)
        deliver(folder, "last", mail(99, "KILLER alone"))
        alone = await done(library)
        assert (alone.error, alone.new) == ("", 1) and "KILLER alone" in await titles(library)
    headings = [mails.unreadable(raw).title for raw in (b"Subject: Tides\n\n", b"", b"Subject: \x1b\n\n")]
    assert [title and title.value for title in headings] == ["Tides", mails.UNREADABLE, mails.UNREADABLE]
