"""Read the new mails of a Maildir or mbox file, without locks and without changing anything.

A cursor says what was read before. The first visit reads only the newest mails; later visits read what has
come since, the oldest first, so that a backlog is read over several visits.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from tuireader.feeds.http.errors import Refused
from tuireader.feeds.mail.address import MailAddress
from tuireader.model import Fault
from tuireader.text import clean

FIRST = 500  # number of the newest mails read on the first visit
AT_ONCE = 1_000  # maximum number of mails read on a visit
LARGEST = 2_000_000  # bytes read of a mail; the rest, mostly attachments, is left out
_HEAD = 16_000  # bytes within which the List-Id must appear
_MOST_LOOKED_AT = 20_000  # mails searched for those of a list on the first visit
_SETTLED = 2 * 10**9  # nanoseconds within which the time of a file may not show a further change
_WORDS = {
    errno.ENOENT: "there is no such folder",
    errno.ENOTDIR: "there is no such folder",
    errno.ELOOP: "its symbolic links form a circle",
}
_GONE = (errno.ENOENT, errno.ELOOP, errno.EINVAL, errno.ENXIO)  # moved away, or no longer a mail
_ITS_OWN = (errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE)  # errors of one file, not of the computer
_SKIPPED_FLAGS = frozenset("DT")  # drafts, and mails about to be deleted
_LIST_ID = re.compile(rb"(?im)^list-id:((?:[^\r\n]|\r?\n[ \t])*)")
_SEPARATOR = re.compile(
    rb"""(?: \A From\ [^\r\n]*
    | (?: (?<=\n\n) | (?<=\n\r\n) ) From\  (?:
        [^\r\n]* \ (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\ +
        (?: [A-Z][a-z]{2}\ +\d | \d\d?\ +[A-Z][a-z]{2} ) [^\r\n]*
        | [^\s@]+@[^\s@]+ (?= \r?\n [!-9;-~]+: )  # without a date, a header must follow
    )) \r?\n""",
    re.VERBOSE,
)
"""The line before a mail; other lines that begin with “From ” are text, quoted or not."""
_QUOTED = re.compile(rb"(?m)^>(>*From )")


class Mails(Struct, frozen=True):
    """New mails, and the cursor for the next visit; `first` if nothing was read before."""

    mails: Sequence[bytes]
    cursor: str
    first: bool


def is_of_list(head: bytes, wanted: str) -> bool:
    """Return whether the head of a mail has a List-Id that contains `wanted`; `""` accepts every mail."""
    if not wanted:
        return True
    head = head[:_HEAD]
    end = re.search(rb"\r?\n\r?\n", head)
    match = _LIST_ID.search(head[: end.start()] if end else head)
    return match is not None and wanted.casefold() in match[1].decode("utf-8", "replace").casefold()


def read_folder(address: MailAddress, cursor: str, most: int) -> Mails | None:
    """Read at most `most` bytes of new mails; None without any. Blocks. Raises Refused."""
    read = _read_maildir if address.scheme == "maildir" else _read_mbox
    try:
        return read(address, cursor, most)
    except OSError as error:
        words = _WORDS.get(error.errno or 0, error.strerror)
        raise Refused(Fault.MAIL, f"{address.folder} cannot be read: {words}") from None


def _open(path: str, links: int = os.O_NOFOLLOW) -> int:
    """Open a regular file without following a link, waiting for a pipe, or changing its access time.

    With `links=0`, a link is followed: the user named it.
    """
    flags = os.O_RDONLY | links | os.O_NONBLOCK
    try:
        file = os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # the file belongs to another user
        file = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return file


def stand_in(identity: str, what: str, words: str) -> bytes:
    """Compose a mail in place of one that cannot be read."""
    return f"{identified(identity)}Subject: {clean(what, 200)} cannot be read\n\n{words}\n".encode()


def identified(identity: str) -> str:
    """Compose a header to put before those of a mail, so that it replaces its stand-in."""
    return f"Message-ID: <{identity}>\n"


def _read_maildir(address: MailAddress, cursor: str, most: int) -> Mails | None:
    """Read files whose inode has changed since; changed flags merely cause a mail to be read again.

    While the times of both folders stay the same, the folders are not even listed.
    """
    folders = [f"{address.folder}/{name}" for name in ("cur", "new")]
    try:
        times = [Path(folder).stat().st_mtime_ns for folder in folders]
    except FileNotFoundError:
        is_there = Path(address.folder).is_dir()
        what = "there are no folders cur and new in it" if is_there else "it does not exist"
        raise Refused(Fault.MAIL, f"{address.folder} is not a Maildir: {what}") from None
    before = _numbers(cursor, 3)
    if before and before[:2] == times:
        return None
    started, since = time.time_ns(), before[2] if before else -1
    files = [file for folder in folders for file in _files(folder)]
    newest = max((ctime for ctime, _, _ in files), default=0)
    if before:
        wanted = sorted(file for file in files if file[0] > since)
    else:
        wanted = sorted(files, key=lambda file: file[1:], reverse=True)[:_MOST_LOOKED_AT]
    mails, reached, is_whole = _take(wanted, address.wanted, most, AT_ONCE if before else FIRST)
    if is_whole or not before:  # a file may still appear with an earlier time
        reached = max(since, min(newest, started - _SETTLED))
    if (before and not is_whole) or any(started - changed < _SETTLED for changed in times):
        times = [0, 0]
    return Mails(mails, ":".join(map(str, [*times, max(since, reached)])), not before)


def _take(
    files: Sequence[tuple[int, int, str]], wanted: str, most: int, limit: int
) -> tuple[list[bytes], int, bool]:
    """Read mails; return them, the change time up to which all were read, and whether none is left."""
    mails: list[bytes] = []
    size, reached, is_whole = 0, -1, True
    unreadable: list[OSError] = []
    for ctime, _, path in files:
        if (len(mails) >= limit or size >= most) and ctime != reached:
            is_whole = False
            break
        reached = ctime
        try:
            mail = _mail(path, wanted)
        except OSError as error:
            if error.errno not in _ITS_OWN:
                raise
            unreadable.append(error)
            mail = _stand_in(path, error)
        if mail is not None:
            mails.append(mail)
            size += len(mail)
    if len(unreadable) == len(mails) > 1:
        raise unreadable[0]
    return mails, reached, is_whole


def _numbers(cursor: str, count: int) -> list[int]:
    """Split a cursor into numbers, none if it is not one of ours."""
    parts = cursor.split(":")
    return [int(number) for number in parts] if len(parts) == count and all(map(str.isdecimal, parts)) else []


def _files(folder: str) -> Iterator[tuple[int, int, str]]:
    """Yield change time, modification time and path of each mail."""
    with os.scandir(folder) as entries:
        for entry in entries:
            flags = entry.name.rpartition(":2,")[2] if ":2," in entry.name else ""
            if entry.name.startswith(".") or _SKIPPED_FLAGS & set(flags):
                continue
            with suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield status.st_ctime_ns, status.st_mtime_ns, entry.path


def _mail(path: str, wanted: str) -> bytes | None:
    """Read a mail; None if it is of another list, or was moved away meanwhile."""
    try:
        with open(_open(path), "rb") as file:
            head = file.read(_HEAD)
            return head + file.read(LARGEST - len(head)) if is_of_list(head, wanted) else None
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise


def _stand_in(path: str, error: OSError) -> bytes:
    name = clean(Path(path).name.partition(":")[0])
    words = f"Its file cannot be read ({error.strerror}): {clean(path)}. Check its permissions."
    return stand_in(f"left-out-{name}", f"Mail {name}", words)


def _read_mbox(address: MailAddress, cursor: str, most: int) -> Mails | None:
    """Read what was appended since; the last mail is read again, as it may not have been complete."""
    with open(_open(address.folder, links=0), "rb") as file:
        known = os.fstat(file.fileno())
        size, changed = known.st_size, known.st_mtime_ns
        numbers, _, mark = cursor.rpartition(":")
        before = _numbers(numbers, 3)
        if before[:2] == [size, changed]:
            return None
        if before and _mark(file, before[2]) != mark:  # mails were removed from the file
            before = []
        start = before[2] if before else max(0, size - most)
        file.seek(start)
        data = file.read(most + LARGEST)
        is_whole = start + len(data) >= size
        begins = [match.start() for match in _SEPARATOR.finditer(data, 0 if before or not start else 1)]
        if not begins and data.strip():
            raise Refused(Fault.MAIL, f"{address.folder} is not an mbox file: no line begins with “From ”")
        parts = list(zip(begins, [*begins[1:], len(data)], strict=False))  # an empty file has no mail
        parts = parts[:AT_ONCE] if before else parts[-FIRST:]
        if not is_whole and len(parts) > 1 and parts[-1][1] == len(data):
            parts.pop()  # it is cut off; the next visit reads it
        mails = [_unquoted(data[begin : min(end, begin + LARGEST)]) for begin, end in parts]
        last = start + parts[-1][0] if parts else 0
        at_end = not parts or start + parts[-1][1] >= size
        if before and not at_end and len(parts) == 1:  # a mail larger than all that is read
            last, at_end = _next(file, last, size)
        is_settled = at_end and time.time_ns() - changed > _SETTLED
        seen = [size, changed] if is_settled else [0, 0]
        now = ":".join([*map(str, [*seen, last]), _mark(file, last)])
        return Mails([mail for mail in mails if is_of_list(mail, address.wanted)], now, not before)


def _next(file: BinaryIO, last: int, size: int) -> tuple[int, bool]:
    """Find the mail after the one at `last`: (its start, False), or (`last`, True) without one."""
    at = last + 1
    while at < size:
        file.seek(at)
        data = file.read(1 << 20)
        if match := _SEPARATOR.search(data, 1):
            return at + match.start(), False
        at += max(1, len(data) - _HEAD)
        if len(data) <= _HEAD:
            break
    return last, True


def _mark(file: BinaryIO, at: int) -> str:
    """Digest the first line of a mail, to notice when the file was rewritten."""
    file.seek(at)
    return blake2b(file.read(200).partition(b"\n")[0], digest_size=8).hexdigest()


def _unquoted(mail: bytes) -> bytes:
    """Drop the separator line of a mail, and restore `>From ` as it was sent."""
    return _QUOTED.sub(rb"\1", mail.partition(b"\n")[2])
