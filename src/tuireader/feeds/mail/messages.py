"""Read mails as the entries of a feed: in a worker process, as any mail may be broken or hostile."""

from __future__ import annotations

import html
import marshal
import re
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from hashlib import blake2b
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tuireader.feeds.mail.html import cleaned, without_tracking
from tuireader.feeds.parse import charset, dates
from tuireader.feeds.parse.entry import HTML, PLAIN, Raw, RawFeed, Text, shape, web_url
from tuireader.model import ParsedFeed
from tuireader.text import clean

_LONGEST_HEADER = 20_000
_LONGEST_TEXT = 1_000_000
_MOST_PARTS = 200
_MOST_TEXTS = 5
_MOST_ATTACHMENTS = 20
_LINK = re.compile(r"https?://[^\s<>\"'\])}，。]+[^\s<>\"'\])}，。.,;:!?]")
_BRACKETS = re.compile(r"<([^<>\s]{1,2000})>")
_SUBJECT = re.compile(rb"(?im)^subject:[ \t]*([^\r\n]*)")
UNREADABLE = "A mail that cannot be read"


class _Texts(Struct):
    """Texts of a mail by kind, and the names of its attachments."""

    html: list[str]
    plain: list[str]
    attached: list[str]


def read(body: bytes, url: str, content_type: str | None, name: str) -> ParsedFeed:
    """Read `body`, a `marshal` list of mails, as a feed named after their common list, else `name`."""
    mails: list[bytes] = marshal.loads(body)
    lists: dict[str, str] = {}
    entries = []
    for mail in mails:
        try:
            message = BytesParser(policy=compat32).parsebytes(mail)
            entries.append(_entry(message, mail))
            if "From" in message:  # else it stands in for a mail that cannot be read
                lists[_list_name(message)] = _first_url(message, "List-Archive")
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
            entries.append(unreadable(mail))
    (title, archive) = next(iter(lists.items())) if len(lists) == 1 else ("", "")
    raw = RawFeed("", atom=True, title=Text(title or name, PLAIN), link=archive, entries=entries)
    return replace(shape(raw), partial=True)


def unreadable(mail: bytes) -> Raw:
    """Compose an entry for a mail that cannot be read, so that it is not missed."""
    subject = _SUBJECT.search(mail[:_LONGEST_HEADER])
    words = _words(subject[1].decode("utf-8", "replace")) if subject else ""
    return Raw(
        guid=_digest(mail),
        title=Text(clean(words) or UNREADABLE, PLAIN),
        contents=[Text("This mail is damaged. Open it in your mail program.", PLAIN)],
    )


def _digest(mail: bytes) -> str:
    return f"mail:{blake2b(mail, digest_size=16).hexdigest()}"


def _entry(message: Message, mail: bytes) -> Raw:
    texts = _texts(message)
    view = _first_url(message, "Archived-At")
    if texts.html:
        bodies = [cleaned(text) for text in texts.html]
        view = view or next((link for _, link in bodies if link), "")
        content = "\n".join(body for body, _ in bodies)
    else:
        content = "<hr>".join(texts.plain)
    if texts.attached:
        content += f"<p>Attached: {html.escape(', '.join(texts.attached))}</p>"
    match = _BRACKETS.search(_header(message, "Message-ID"))
    return Raw(
        guid=match[1] if match else _digest(mail),
        title=Text(clean(_header(message, "Subject")) or "(no subject)", PLAIN),
        link=view,
        authors=[_header(message, "From")],
        published=dates.parse(_header(message, "Date")),
        contents=[Text(content, HTML)],
    )


def _header(message: Message, name: str) -> str:
    """Decode a header to one line as far as possible (RFC 2047, or UTF-8 as it stands)."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    text = str(raw)[:_LONGEST_HEADER]
    if any("\udc80" <= char <= "\udcff" for char in text):
        text = charset.decode(text.encode("ascii", "surrogateescape"), "text/plain")
    return _words(re.sub(r"\r?\n(?=[ \t])", "", text))


def _words(text: str) -> str:
    """Decode the encoded words in a text (RFC 2047)."""
    try:
        parts = decode_header(text)
    except (ValueError, LookupError, AttributeError):  # damaged words
        return text
    return _joined(parts)


def _joined(parts: list[tuple[Any, Any]]) -> str:
    return "".join(part if isinstance(part, str) else _decoded(part, label) for part, label in parts)


def _decoded(data: bytes, label: str | None) -> str:
    if label is None:
        return data.decode("ascii", "replace") if data.isascii() else data.decode("utf-8", "replace")
    return charset.decode(data, f"text/plain; charset={label}")


def _list_name(message: Message) -> str:
    """Name of a mail's list: the words of List-Id before the identifier, else the identifier."""
    text = _header(message, "List-Id")
    words, bracket, remainder = text.partition("<")
    name = clean(words).strip().strip('"').strip()
    return name or clean(remainder.partition(">")[0] if bracket else text, 200).strip()


def _first_url(message: Message, name: str) -> str:
    """First web address in a header, in angle brackets or bare."""
    text = _header(message, name)
    for address in [*_BRACKETS.findall(text), text.strip()]:
        if url := web_url(address):
            return without_tracking(url)
    return ""


def _texts(message: Message) -> _Texts:
    """Collect the texts of a mail; forwarded mails count as attachments."""
    texts = _Texts([], [], [])
    waiting = [message]
    for _ in range(_MOST_PARTS):
        if not waiting:
            break
        part = waiting.pop()
        kind, payload = part.get_content_type(), part.get_payload()
        if kind.startswith("multipart/"):
            parts = payload if isinstance(payload, list) else []
            waiting += reversed([part for part in parts if isinstance(part, Message)][:_MOST_PARTS])
        elif part.get_content_disposition() == "attachment" or kind not in ("text/html", "text/plain"):
            _attach(part, texts)
        elif kind == "text/html" and len(texts.html) < _MOST_TEXTS:
            texts.html.append(_text(part))
        elif len(texts.plain) < _MOST_TEXTS:
            texts.plain.append(_as_html(part))
    return texts


def _attach(part: Message, texts: _Texts) -> None:
    name = part.get_filename()
    if name and len(texts.attached) < _MOST_ATTACHMENTS and not part.get("Content-ID"):
        texts.attached.append(clean(_joined(decode_header(name)), 100))


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    label = part.get_param("charset", "")  # `get_content_charset` raises ValueError for NUL in a label
    kind = f"text/plain; charset={label[2] if isinstance(label, tuple) else label}"
    return charset.decode(data[:_LONGEST_TEXT], kind) if isinstance(data, bytes) else ""


def _as_html(part: Message) -> str:
    """Convert plain text to HTML: paragraphs, links, and lines joined where they flow (RFC 3676)."""
    text = _text(part).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        text = flowed(text, delete=str(part.get_param("delsp", "")).lower() == "yes")
    paragraphs = (paragraph.strip("\n") for paragraph in re.split(r"\n[ \t]*\n", text))
    return "\n".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())


def flowed(text: str, *, delete: bool = False) -> str:
    """Join the lines of a flowed text; with `delete`, without the space at their ends."""
    lines: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        if goes_on and lines and not depth:
            lines[-1] += words
        else:
            lines.append(f"{'>' * depth}{' ' if depth else ''}{words}")
        goes_on = line.endswith(" ") and words != "-- " and not depth
        if goes_on and delete:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _linked(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for match in _LINK.finditer(text):
        url = html.escape(without_tracking(match[0]))
        pieces += [html.escape(text[at : match.start()], quote=False), f'<a href="{url}">{url}</a>']
        at = match.end()
    pieces.append(html.escape(text[at:], quote=False))
    return "".join(pieces).replace("\n", "<br>\n")
