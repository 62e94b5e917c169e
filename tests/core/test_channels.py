"""`[[channel]]` in the configuration, and letters by its templates, with hostile text in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from tests.builders import CLOCK as NOW
from tests.examples import for_each
from tuireader.config import ChannelConfig, loads
from tuireader.config.settings import values
from tuireader.delivery.letters import Item, Letter, LetterKind, message, summary, trial
from tuireader.delivery.mail import compose
from tuireader.delivery.templates import FORMATS, body, subject, without_mentions
from tuireader.model import Evidence, TermHit
from tuireader.text import clean

PHONE = '[[channel]]\nname = "phone"\nurl = "ntfys://ntfy.sh/secret-topic"\n'
MAIL = '[[channel]]\nname = "mail"\nmail = "me@example.org"\nserver = "smtps://me@example.org"\n'
WATCH = '[[watch]]\nname = "W"\nany = ["w"]\nchannels = '
DIGEST = '[[digest]]\nname = "d"\nat = "7:30"\n'


def channel(text: str) -> ChannelConfig:
    config, problems = loads(text)
    assert problems == ()
    return config.channels[0]


def letter(*titles: str, sentence: str = "So it is.", **fields: Any) -> Letter:
    evidence = Evidence("W", (TermHit("so", "body", 1),), sentence, ((0, 2),))
    items = [
        Item(number, title, f"https://x.example/{number}", "Feed", NOW, (evidence,))
        for number, title in enumerate(titles, 1)
    ]
    return replace(message(items), **fields)


# --------------------------------------------------------------------------- the configuration


def test_channels_of_every_kind() -> None:
    text = MAIL.replace('"me@example.org"', '["a@b.example", "c@d.example"]', 1)
    text += '[[channel]]\nname = "c"\ncommand = ["x", "--token"]\n[[channel]]\nname = "d"\ndesktop = true\n'
    text += '[[channel]]\nname = "h"\nwebhook = "https://h.example/token"\nsecret = "env:KEY"\n'
    text += f'[[channel]]\nname = "f"\nfile = "a/b"\nquiet = "22:00-7:00"\nlimit = 20\n{PHONE}'
    text += '[[channel]]\nname = "r"\nurl = "keyring:ntfy"\n'
    config, problems = loads(text + WATCH + '["f", "d"]\n[notify]\nalarm_channels = "mail"\n')
    assert problems == ()
    assert [(item.kind, item.target) for item in config.channels] == [
        ("mail", "a@b.example, c@d.example"),
        ("command", "x"),
        ("desktop", ""),
        ("webhook", "https://…"),
        ("file", "a/b"),
        ("url", "ntfys://…"),
        ("url", "keyring:ntfy"),
    ]
    assert (config.watches[0].channels, config.notify.alarm_channels) == (("f", "d"), ("mail",))
    assert (config.channels[4].quiet, config.channels[4].limit) == ("22:00-07:00", 20)
    shown = " ".join(item.value for item in values(config))
    assert "secret-topic" not in shown and "h.example" not in shown and "env:KEY" in shown


def test_digests() -> None:
    text = DIGEST + 'days = ["sun", "mon"]\nwatches = "W"\n' + WATCH + '["phone"]\n' + PHONE
    text += DIGEST.replace('"d"', '"e"').replace('"7:30"', '["07:30", "19:00"]') + 'query = "x"\n'
    config, problems = loads(text)
    assert problems == ()
    first, second = config.digests
    assert (first.at, first.days, first.watches) == (("07:30",), ("mon", "sun"), ("W",))
    assert (second.at, len(second.days), second.query) == (("07:30", "19:00"), 7, "x")
    assert first.covers("W") and not first.covers("V") and not second.covers("W")


@pytest.mark.parametrize(
    ("text", "told", "kept"),
    [
        ('[[digest]]\nname = "d"\n', "1: digest[1]: has no at", 0),
        (DIGEST.replace("7:30", "24:30"), "3: digest[1].at: should be a time of day such as", 0),
        (DIGEST.replace('"7:30"', "[]"), "3: digest[1].at: is empty", 0),
        (DIGEST + 'days = ["freitag"]\n', "4: digest[1].days: cannot be 'freitag', only 'mon', 'tue'", 1),
        (DIGEST + 'format = "htm"\n', "4: digest[1].format: should be", 1),
        (
            DIGEST + 'channels = ["fone"]\n' + PHONE,
            "4: digest[1].channels: names no channel for messages 'fone'",
            1,
        ),
        (
            DIGEST + 'watches = ["V", "W"]\n' + WATCH + "[]\n",
            "4: digest[1].watches: names no watch 'V'",
            1,
        ),
        (DIGEST + 'watches = ["V"]\n', "4: digest[1].watches: names no watch 'V'", 0),
        (DIGEST + 'query = "(a"\n', "4: digest[1].query: ", 0),
        (
            DIGEST + 'query = "x"\nwatches = ["W"]\n' + WATCH + "[]\n",
            "4: digest[1].query: cannot be combined",
            0,
        ),
        (DIGEST * 2, "5: digest[2].name: is the same as in digest[1]", 1),
    ],
)
def test_what_cannot_be_used_in_a_digest_is_told_with_its_line(text: str, told: str, kept: int) -> None:
    config, problems = loads(text)
    (problem,) = map(str, problems)
    assert problem.startswith(f"config.toml:{told}")
    assert len(config.digests) == kept


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtps://me%40x.example@mail.example", ("mail.example", 465, "me@x.example")),
        ("smtp://mail.example", ("mail.example", 587, "")),
        ("smtp://me@[::1]:25/", ("::1", 25, "me")),
    ],
)
def test_mail_servers(address: str, server: tuple[str, int, str]) -> None:
    assert channel(MAIL.replace("smtps://me@example.org", address)).mail_server == server


@for_each(
    ("text", "told"),
    [
        ('[[channel]]\nname = "a"\n', "1: channel[1]: leads nowhere; it needs one of desktop, command, url,"),
        (PHONE + 'file = "x"\n', "1: channel[1]: has url and file; it needs one of"),
        ('[[channel]]\nfile = "x"\n', "1: channel[1]: has no name"),
        (PHONE.replace("phone", "my phone"), "2: channel[1].name: should be one word"),
        (PHONE * 2, "5: channel[2].name: is the same as in channel[1]"),
        (PHONE.replace("s://", ":"), "3: channel[1].url: is not an address such as ntfys://ntfy.sh/my-topic"),
        (MAIL.replace("me@example.org", "me@", 1), "3: channel[1].mail: 'me@' is not a mail address such as"),
        (MAIL.replace("me@e", "a@b.c\\nBcc: me@e", 1), "3: channel[1].mail: 'a@b.c Bcc: me@example.org'"),
        (MAIL.replace("//me@", "//me:pw@"), "4: channel[1].server: is not a server such as smtps://me@mail.e"),
        (MAIL.replace("smtps:", "http:"), "4: channel[1].server: is not a mail server such as"),
        (MAIL.replace("server", "sender"), "4: channel[1].sender: is not a mail address such as"),
        (MAIL.partition("server")[0], "3: channel[1].mail: needs a server such as smtps://me@mail.example.org"),
        (PHONE + 'secret = "x"\n', "4: channel[1].secret: has no effect without webhook"),
        (PHONE.replace("url", "webhook"), "3: channel[1].webhook: is not a web address such as"),
        ('[[channel]]\nname = "a"\nwebhook = "cmd:"\n', "3: channel[1].webhook: needs a name after"),
        (PHONE + 'body = "{titel}"\n', "4: channel[1].body: has no value for {titel}; did you mean 'title'?"),
        (PHONE + 'subject = "{title.__class__}"\n', "4: channel[1].subject: has no value for {title.__cl"),
        (PHONE + 'subject = "{title}{url}"\n', "4: channel[1].subject: has no value for {url}"),
        (PHONE + 'quiet = "night"\n', "4: channel[1].quiet: should be hours such as"),
        (PHONE + WATCH + '["fone", "phone"]\n', "7: watch[1].channels: names no channel 'fone'; did you"),
        ('[notify]\nalarm_channels = ["x"]\n', "2: notify.alarm_channels: names no channel for messages 'x'"),
        ('[watch_defaults]\nchannels = ["x"]\n', "2: watch_defaults.channels: names no channel 'x'"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_with_its_line(text: str, told: str) -> None:
    config, problems = loads(text + '[[view]]\nname = "v"\nquery = "x"\n')
    (problem,) = map(str, problems)
    assert problem.startswith(f"config.toml:{told}")
    assert len(config.views) == 1
    assert [watch.channels for watch in config.watches] == [("phone",)] * ("fone" in text)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        (MAIL.replace('"me@example.org"', '["a@b.example", "you at b"]', 1), "you at b\n^^^^^^^^"),
        (MAIL.replace("smtps:", "smpts:"), "smpts://…\n^^^^^^^^^"),
        (MAIL.replace("//me@", "//me:password@"), "smtps://…\n^^^^^^^^^"),
        (PHONE.replace('url = "', 'webhook = "x'), "xntfys://…\n^^^^^^^^^^"),
        (PHONE.replace("://", " "), ""),  # all of it may be a token
    ],
)
def test_a_wrong_address_is_marked_without_what_may_be_secret(text: str, marked: str) -> None:
    (problem,) = loads(text)[1]
    assert problem.detail == marked


# --------------------------------------------------------------------------- templates


def test_texts_by_default() -> None:
    phone, found = channel(PHONE), letter("A title")
    assert subject(found, phone) == "W: A title"
    lines = body(found, phone, "plain").splitlines()
    assert lines[0].startswith("Feed, ") and lines[1:] == [
        "“So it is.”",
        "Watch W: so",
        "https://x.example/1",
    ]
    assert body(found, phone, "markdown").splitlines()[1:] == [
        "“**So** it is.”  ",
        "Watch W: so  ",
        "<https://x.example/1>",
    ]
    assert "“<mark>So</mark> it is.”<br>" in body(found, phone, "html").splitlines()
    two = body(letter("A title", "Another"), phone, "plain")
    assert [part.splitlines()[0] for part in two.split("\n\n")] == ["A title", "Another"]
    assert body(letter(*map(str, range(60))), phone, "plain").endswith("\n\nand 10 more")
    program = channel('[[channel]]\nname = "p"\ncommand = ["x"]\n')
    assert body(found, program, "plain") == found.body == "Feed\nSo it is."
    assert subject(replace(found, repeated=True), phone) == "W: A title (possibly repeated)"


def test_texts_of_letters_without_articles() -> None:
    own = channel(PHONE + 'subject = "{title}!"\nbody = "{title}?"\n')
    held = replace(summary(7, ["W", "V"]), items=letter("A", "B").items)
    for sent in (held, trial("phone"), Letter("A <b>", "x <i>\ny", kind=LetterKind.ALARM)):
        assert subject(sent, own) == sent.title
        assert body(sent, own, "plain") == sent.body
    assert body(sent, own, "html") == "x &lt;i&gt;<br>\ny"
    assert body(sent, own, "markdown") == "x \\<i>  \ny"
    digest = Letter("D", "text", bodies={"html": "<h1>D</h1>"}, kind=LetterKind.DIGEST)
    assert [body(digest, own, form) for form in FORMATS] == ["text", "text", "<h1>D</h1>"]
    assert summary(7, ["W", "V"]).title == "7 more on W, V"


def test_own_templates() -> None:
    text = PHONE + 'subject = "{count} of {feed}: {watches}"\nbody = "# {title}, {adds}\\n{adds}\\n{url}"\n'
    found = letter("A & *b*", "Another")
    assert subject(found, channel(text)) == "2 of Feed: W"
    assert body(found, channel(text), "plain").startswith("# A & *b*\nhttps://x.example/1\n\n# Another")
    assert "# A &amp; *b*<br>" in body(found, channel(text), "html")
    assert "# A & \\*b\\*  \n" in body(found, channel(text + 'format = "markdown"\n'), "markdown")
    page = channel(text.replace("# {title}", "<b>{title}</b>") + 'format = "html"\n')
    assert body(found, page, "html").startswith("<b>A &amp; *b*</b><br>\n<a href=")
    assert body(found, page, "plain").splitlines()[0] == "A & *b*"
    assert "&lt;b&gt;" in body(found, replace(page, format="auto"), "html")


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert all(value is not None and value.startswith(("https://", "noref")) for _, value in attrs)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


HEADERS = "From To Subject Date Message-ID References In-Reply-To Auto-Submitted MIME-Version Content-Type"
PIECES = st.sampled_from(
    ["<b>", "</p>", "<script>", "&lt;", "*x*", "**", "_", "`", "[a](https://evil.example)", "![", "](",
     "<!here>", "@everyone", "@all", "<@1>", "\\", "\\\\", "# ", "> ", "1. ", "- ", "---", "|", "~~", "'",
     '"', "{url}", "a", " ", "\n", "\r\nBcc: x@y.example", "\u202e", "\x1b[31m", "<http://e.example>", "<#2>"]
)  # fmt: skip
HOSTILE = st.lists(PIECES, min_size=1, max_size=8).map("".join)


@given(title=HOSTILE, sentence=HOSTILE)
def test_an_article_cannot_bring_markup_into_a_text(title: str, sentence: str) -> None:
    phone = channel(PHONE)
    hostile = letter(title, "B", sentence=sentence)
    assert _Tags(body(hostile, phone, "html")).tags <= {"br", "a", "mark"}
    page = _Tags(MarkdownIt("commonmark").render(body(hostile, phone, "markdown")))
    assert page.tags <= {"p", "br", "a", "strong"}
    rendered = MarkdownIt("commonmark").render(body(hostile, phone, "markdown"))
    assert set(re.findall('href="(.*?)"', rendered)) == {"https://x.example/1", "https://x.example/2"}
    for form in FORMATS:
        sent = without_mentions(body(hostile, phone, form))
        assert not re.search(r"@(everyone|all|here|channel)|<[@#]\w|<!here", sent)


@given(title=HOSTILE, sentence=HOSTILE, thread=HOSTILE)
def test_an_article_cannot_bring_headers_into_a_mail(title: str, sentence: str, thread: str) -> None:
    mail = channel(MAIL)
    hostile = letter(clean(title) or "x", sentence=clean(sentence), id=thread, thread=thread)
    hostile = replace(hostile, title=title)  # even if nothing had cleaned it
    sent = message_from_bytes(compose(hostile, mail).as_bytes(), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    assert " ".join(sent.keys()) == HEADERS
    assert sent["To"] == "me@example.org" and sent["Subject"].strip() == clean(subject(hostile, mail), 400)
    assert "\x1b" not in sent["Subject"] and "\u202e" not in sent["Subject"]
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "text/html"]
    text, page = (part.get_content().replace("\r\n", "\n") for part in sent.iter_parts())
    assert text == body(hostile, mail, "plain") + "\n"
    assert _Tags(page.partition("<p>")[2]).tags <= {"p", "br", "a", "mark"}


def test_letters_of_a_story_belong_together_and_a_repeated_one_has_its_id() -> None:
    mail = channel(MAIL)
    first = compose(letter("A", id="7-1", thread="story-3"), mail)
    again = compose(letter("A", id="7-1", thread="story-3", repeated=True), mail)
    other = compose(letter("B", id="7-2", thread="story-3"), mail)
    assert first["Message-ID"] == again["Message-ID"] == "<7-1.mail@example.org>" != other["Message-ID"]
    assert first["References"] == other["References"] == "<story-3.thread.mail@example.org>"
    assert again["Subject"] == "W: A (possibly repeated)" and first["From"] == "tuireader <me@example.org>"
    alone = compose(trial("mail"), mail)
    assert alone["References"] is None and alone["Message-ID"] != compose(trial("mail"), mail)["Message-ID"]
    for form, kinds in {"plain": 1, "markdown": 1, "html": 2}.items():
        sent = compose(letter("A *b*"), replace(mail, format=form))
        assert len(list(sent.iter_parts())) == (kinds if kinds > 1 else 0), form


def test_links_with_a_mention_stay_links() -> None:
    assert without_mentions("https://x.example/@user/1 me@x.example") == (
        "https://x.example/%40user/1 me@x.example"
    )
    assert without_mentions("foo@everyone <!channel> <@U1>") == (
        "foo@\u200beveryone <\u200b!channel> <\u200b@\u200bU1>"
    )
