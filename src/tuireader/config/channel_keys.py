"""Keys of `[[channel]]`, `[[digest]]` and `[[publish]]`."""

import re
from collections.abc import Mapping
from os.path import normpath
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import UNSET

from tuireader.config.account_keys import ACCOUNT_NAME
from tuireader.config.keys import Table, declare
from tuireader.config.kinds import COMMAND, EXPRESSION, HOURS, SECRET_PLACES
from tuireader.config.problems import caret
from tuireader.config.toml_values import quote
from tuireader.config.values import (
    FLAG,
    LINE,
    LINES,
    NAME,
    RAW,
    Invalid,
    Kind,
    choice,
    choices,
    number,
    template,
)
from tuireader.text import without_password
from tuireader.text.durations import WEEKDAYS

KINDS = ("desktop", "command", "url", "mail", "webhook", "file", "share")
"""Kinds of channels, each by the key that it needs."""
SHARES: Mapping[str, str] = {
    "wallabag": "",
    "readeck": "",
    "linkding": "",
    "karakeep": "",
    "pinboard": "https://api.pinboard.in",
    "archive.org": "https://web.archive.org",
}
"""Services that keep articles, with their servers; `""` for those that users run themselves."""
_OWN_KEYS = {
    "server": ("mail", "share"),
    "password": ("mail", "share"),
    "sender": ("mail",),
    "secret": ("webhook",),
    "token": ("share",),
    "tags": ("share",),
}
_MAILBOX = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"


def _matching(pattern: str, wanted: str, *, secret: bool = False) -> Kind:
    """Kind: text of a form, or the place of a `secret` one, which messages do not repeat."""

    def read(value: object) -> str | Invalid:
        text: str | Invalid = RAW.read(value)
        if isinstance(text, Invalid) or not text or (secret and text.startswith(SECRET_PLACES)):
            return text
        if re.fullmatch(pattern, text, re.ASCII):
            return text
        return Invalid(f"is not {wanted}", marked(text, secret=secret))

    return Kind("text", read)


def _times(value: object) -> tuple[str, ...] | Invalid:
    """Read `"7:30"` or a list of such times as `("07:30",)`."""
    items = LINES.read(value)
    if isinstance(items, Invalid):
        return items
    for item in items:
        if not re.fullmatch(r"(?:[01]?\d|2[0-3]):[0-5]\d", item, re.ASCII):
            return Invalid(f'should be a time of day such as "07:30", not {quote(item)}')
    return tuple(item.zfill(5) for item in items) or Invalid("is empty")


def _mailboxes(value: object) -> tuple[str, ...] | Invalid:
    items: tuple[str, ...] | Invalid = LINES.read(value)
    for item in items if isinstance(items, tuple) else ():
        if not is_mailbox(item):
            return Invalid(f"{quote(item)} is not a mail address such as me@example.org", marked(item))
    return items


def marked(address: str, *, secret: bool = False) -> str:
    """Show a wrong address with carets below it, without what may be a password or a token."""
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", address)
    shown = f"{scheme[0]}…" if scheme else "" if secret else address
    return caret(shown, 0, len(shown)) if shown else ""


def is_mailbox(text: str) -> bool:
    """Return whether text is a plain mail address."""
    return bool(re.fullmatch(_MAILBOX, text, re.ASCII))


MAILBOXES = Kind("mail address, or a list of them", _mailboxes, typed=LINES.typed, shown=LINES.shown)
SENDER = _matching(_MAILBOX, "a mail address such as me@example.org")
_AUTHORITY = r"(?:[^\s:@/]+@)?(?:[^\s:@/?#\[\]]+|\[[0-9a-f:.]+\])(?::[1-9]\d{0,4})?"
SERVER = _matching(
    rf"smtps?://{_AUTHORITY}/?|https?://{_AUTHORITY}(?:/[^\s@?#]*)?",
    "a server such as smtps://me@mail.example.org or https://links.example.org, without a password",
)
SERVICE = _matching(
    r"[A-Za-z][A-Za-z0-9+.-]*://\S.*", "an address such as ntfys://ntfy.sh/my-topic", secret=True
)
WEBHOOK = _matching(r"https?://[^\s/?#]+\S*", "a web address such as https://example.org/hook", secret=True)
CHANNELS = Kind("list of channels", LINES.read, typed=LINES.typed, shown=LINES.shown)
MESSENGERS = Kind("list of channels for messages", LINES.read, typed=LINES.typed, shown=LINES.shown)
WATCHES = Kind("list of watches", LINES.read, typed=LINES.typed, shown=LINES.shown)
"""Names of channels, also those without `share`, and of watches; `loading` leaves out others."""
WATCH, SEARCH, DIGEST = (Kind(f"name of a {noun}", NAME.read) for noun in ("watch", "saved search", "digest"))
TIMES = Kind('time such as "07:30", or a list of them', _times, typed=LINES.typed, shown=LINES.shown)
FORMATS = ("auto", "plain", "markdown", "html")


def _own(kind: Kind, doc: str, default: object = "", *, secret: bool = False, **details: Any) -> Any:
    """Declare a key without which a channel would lead elsewhere, or something else be published."""
    if secret:
        doc += "; also `env:NAME`, `cmd:PROGRAM` or `keyring:NAME`"
    return declare(kind, f"{doc}.", default=default, vital=True, secret=secret, **details)


class ChannelConfig(Table):
    """One `[[channel]]`: a way for notifications and shared articles. Exactly one of `desktop`, `command`,
    `url`, `mail`, `webhook`, `file` and `share` is set."""

    name: str = _own(ACCOUNT_NAME, "Name for `channels` of a watch", UNSET)
    desktop: bool = _own(FLAG, "Show notifications on the desktop", False)
    command: tuple[str, ...] = _own(
        COMMAND, "Program to run, with arguments; it receives each message as JSON on stdin", ()
    )
    url: str = _own(
        SERVICE,
        "Service as Apprise writes it: `ntfys://ntfy.sh/topic`; needs tuireader[notify]",
        secret=True,
        label="Address",
    )
    mail: tuple[str, ...] = _own(MAILBOXES, "Mail addresses to write to", ())
    server: str = _own(
        SERVER,
        "Mail server: `smtps://me@example.org` (TLS) or `smtp://me@example.org` (STARTTLS); of a service:"
        " `https://links.example.org`",
    )
    password: str = _own(RAW, "Password of the mail server, or of Wallabag", secret=True)
    sender: str = _own(SENDER, "Sender, by default the user of the server, or the first recipient")
    webhook: str = _own(WEBHOOK, "Web address that receives each message as JSON", secret=True)
    secret: str = _own(RAW, "Key that signs what a webhook receives", secret=True)
    file: str = _own(
        RAW, "File that gets each message as a line of JSON; a relative path starts from this file's folder"
    )
    share: str = _own(
        choice(*SHARES),
        "Service that keeps articles: wallabag, readeck, linkding, karakeep, pinboard or archive.org",
        label="Service",
        choices={name: name.title() if name.isalpha() else name for name in SHARES},
    )
    token: str = _own(
        RAW,
        "Token of the service; wallabag: client ID and secret, archive.org: access key and secret, both with"
        " a colon between",
        secret=True,
    )
    tags: tuple[str, ...] = declare(
        LINES, "Tags of what the service keeps; Karakeep and archive.org take none.", default=()
    )
    quiet: str = declare(
        HOURS,
        "Quiet hours; their messages are sent afterwards, except those of high priority.",
        default="",
        placeholder="22:00-07:00",
    )
    limit: int = declare(
        number(0, 10_000),
        "Most messages in an hour, after which one sums up the others; 0: no limit.",
        default=0,
    )
    subject: str = declare(
        template("summary", "title", "feed", "watches", "count"),
        "Subject about articles; {summary}, {title}, {feed}, {watches} and {count} are replaced.",
        default="",
    )
    body: str = declare(
        template("title", "url", "feed", "time", "watches", "terms", "sentence", "adds", lines=True),
        "Text of each article; {title}, {url}, {feed}, {time}, {watches}, {terms}, {sentence} and {adds} are"
        " replaced; lines, and parts between commas, without a value are left out.",
        default="",
    )
    format: str = declare(
        choice(*FORMATS),
        "Format of the text; auto: as the service takes it; mail: as text and HTML.",
        default="auto",
    )

    @property
    def kind(self) -> str:
        """One of `KINDS`, `""` without any."""
        return next((kind for kind in KINDS if getattr(self, kind)), "")

    @property
    def target(self) -> str:
        """Where messages go, without secrets: program, mail addresses, file, service or kind of service."""
        if self.share:
            return f"{self.share}, {self.share_server[0]}"
        address = self.url or self.webhook
        if address:
            return address if address.startswith(SECRET_PLACES) else f"{address.partition(':')[0]}://…"
        return self.command[0] if self.command else ", ".join(self.mail) or self.file

    @property
    def mail_server(self) -> tuple[str, int, str]:
        """Host, port and user of `server`."""
        parts = urlsplit(self.server)
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
        return parts.hostname or "", port, unquote(parts.username or "")

    @property
    def share_server(self) -> tuple[str, str]:
        """Address of the service, without a slash at its end, and the user there."""
        server = self.server or SHARES[self.share]
        return without_password(server).rstrip("/"), unquote(urlsplit(server).username or "")


class DigestConfig(Table):
    """One `[[digest]]`: at set times, a message with all that has arrived since the last one, by story."""

    name: str = declare(ACCOUNT_NAME, "Name, by which it remembers where the last one ended.", vital=True)
    at: tuple[str, ...] = declare(TIMES, "Time of day, or several.", vital=True)
    days: tuple[str, ...] = declare(choices(*WEEKDAYS), "Days on which it is sent.", default=WEEKDAYS)
    watches: tuple[str, ...] = declare(
        WATCHES, "Only stories that these watches match, by name; by default all.", default=(), vital=True
    )
    query: str = declare(
        EXPRESSION, "Only stories with an article that this expression matches.", default="", vital=True
    )
    channels: tuple[str, ...] = declare(
        MESSENGERS, "Channels that send it, by name; by default those of [notify].", default=()
    )
    format: str = declare(choice(*FORMATS), "Format of its text; auto: that of the channel.", default="auto")
    when_empty: str = declare(choice("skip", "send"), "What to do if nothing has arrived.", default="skip")

    def covers(self, watch: str) -> bool:
        """Return whether it has every match of a watch."""
        return not self.query and (not self.watches or watch in self.watches)


class PublishConfig(Table):
    """One `[[publish]]`: articles as a feed for other programs, or your feeds as OPML. Exactly one of
    `query`, `watch`, `label`, `folder`, `search`, `digest` and `opml` is set."""

    name: str = declare(ACCOUNT_NAME, "Its title, and its name in addresses.", vital=True)
    query: str = _own(EXPRESSION, "Publish the articles that this expression matches")
    watch: str = _own(WATCH, "Publish the articles that this watch matches")
    label: str = _own(LINE, "Publish the articles with this label")
    folder: str = _own(LINE, "Publish the articles of the feeds in this folder")
    search: str = _own(SEARCH, "Publish what this saved search finds")
    digest: str = _own(DIGEST, "Publish the articles of this digest, each as soon as it arrives")
    opml: bool = _own(FLAG, "Publish the list of your feeds", False)
    file: str = declare(
        RAW,
        "File, rewritten when it changes: .atom or .xml, .json (JSON Feed), .opml; a relative path starts"
        " from this file's folder. Without one, only `tuireader serve` has it.",
        default="",
        vital=True,
    )
    content: str = declare(
        choice("sentence", "full"),
        "Text of an article: the sentences that watches match, or also its full text.",
        default="sentence",
    )
    labels: bool = declare(FLAG, "Also publish the labels that you gave.", default=False)
    limit: int = declare(number(1, 1_000), "Most articles, the newest.", default=50)
    mode: str = declare(
        _matching("0?6[0-7]{2}", "the mode of a file such as 644"),
        "Mode of the file; 644 lets others read it.",
        default="600",
        vital=True,
    )
    include: tuple[str, ...] = declare(
        LINES,
        "Private feeds to publish too, by title, address or folder: those with a password, headers or"
        " cookies, mail, programs, feeds of accounts.",
        default=(),
    )

    @property
    def suffix(self) -> str:
        """Ending of its file: `atom`."""
        return self.file.rpartition(".")[2].lower()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of its addresses."""
        return ("opml",) if self.opml else ("atom", "json")


_SOURCES = ("query", "watch", "label", "folder", "search", "digest", "opml")


def publish_problem(files: dict[str, str], item: PublishConfig) -> tuple[str, str] | None:
    """Return what is wrong: the key after its table, and a message; `files` has those of the others."""
    sources = [key for key in _SOURCES if getattr(item, key)]
    if len(sources) != 1:
        wrong = f"has {' and '.join(sources)}" if sources else "publishes nothing"
        return "", f"{wrong}; it needs one of {', '.join(_SOURCES[:-1])} and opml"
    endings = ("opml",) if item.opml else ("atom", "xml", "json")
    if item.file and ("." not in item.file or item.suffix not in endings):
        return ".file", f"should end in .{' or .'.join(endings)}, not {quote(item.file)}"
    path = normpath(item.file)
    if item.file and files.setdefault(path, item.name) != item.name:
        return ".file", f"is already the file of {files[path]}"
    return None


def digest_problem(digest: DigestConfig) -> tuple[str, str] | None:
    """Return what is wrong with a digest: the key after its table, and a message."""
    both = digest.watches and digest.query
    return (".query", "cannot be combined with watches; remove one of the two") if both else None


def channel_problem(channel: ChannelConfig) -> tuple[str, str] | None:
    """Return what is wrong with a channel: the key after its table, and a message."""
    kinds = [kind for kind in KINDS if getattr(channel, kind)]
    if len(kinds) != 1:
        wrong = f"has {' and '.join(kinds)}" if kinds else "leads nowhere"
        return "", f"{wrong}; it needs one of {', '.join(KINDS[:-1])} and {KINDS[-1]}"
    for declared in ChannelConfig.declared.values():
        if declared.secret and getattr(channel, declared.field) in SECRET_PLACES:
            return f".{declared.field}", "needs a name after the colon"
    for key, users in _OWN_KEYS.items():
        if getattr(channel, key) and kinds[0] not in users:
            return f".{key}", f"has no effect without {' or '.join(users)}"
    if channel.mail and not channel.server:
        return ".mail", "needs a server such as smtps://me@mail.example.org"
    if channel.mail and not channel.server.startswith("smtp"):
        return ".server", "is not a mail server such as smtps://me@mail.example.org"
    return _share_problem(channel) if channel.share else None


def _share_problem(channel: ChannelConfig) -> tuple[str, str] | None:
    server, user = channel.share_server
    if not server:
        return ".share", f"needs a server such as https://{channel.share}.example.org"
    if not server.startswith("http"):
        return ".server", f"is not a web address such as https://{channel.share}.example.org"
    if not channel.token:
        return ".share", "needs a token"
    if channel.share == "wallabag" and not (user and channel.password):
        return ".share", "needs a user, as in https://me@wallabag.example.org, and a password"
    if channel.limit:
        return ".limit", "has no effect with share"
    return None
