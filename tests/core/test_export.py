"""Articles as files: Markdown, web pages, plain text, and their names."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.examples import half_as_many
from tuireader.document import parse
from tuireader.export.brief import one_line
from tuireader.export.formats import FORMS, file_name, paragraphs, render
from tuireader.export.markdown import markdown_link, markdown_part, markdown_text, safe_start
from tuireader.model import Article, Evidence, TermHit

HTML = """<h2>Head *x*</h2><p>A <b>bold <i>it</i></b> and <a href="https://a.example/x?a=1&b=2">link
<code>c`d</code></a> &lt;script&gt; 1. x</p><ul><li>one<ul><li>two</li></ul></li></ul><ol><li>first</li></ol>
<blockquote><p>quoted<br>twice</p></blockquote><pre><code class="language-py">a = "```"
b</code></pre><table><tr><th>k</th><th>v</th></tr><tr><td>a</td><td>b</td></tr></table>
<img src="https://a.example/p.png" alt="A picture"><p>- dash</p><p>1. no list</p><hr><p># no head</p>
<iframe src="https://video.example/1"></iframe>"""


def article(html: str = HTML, title: str = 'Title: <b> "x" / y', url: str = "https://a.example/1") -> Article:
    evidence = Evidence("WeChat", (TermHit("w", "title", 1),), "It is.", ((0, 2),))
    return Article(
        id=1,
        feed_id=2,
        feed_title="A feed",
        title=title,
        url=url,
        author="Ann",
        time=1_700_000_000,
        published=1_700_000_000,
        arrived=1_700_000_001,
        read=False,
        starred=True,
        edited=False,
        html=html,
        base_url=url,
        tags=("t",),
        labels=("to read", "law"),
        evidence=(evidence,),
    )


def test_markdown() -> None:
    text = render(article(), "md")
    front, body = text.removeprefix("---\n").split("\n---\n\n", 1)
    values = dict(line.split(": ", 1) for line in front.splitlines())
    assert tomllib.loads(f"x = {values['title']}")["x"] == 'Title: <b> "x" / y'
    assert (values["tags"], values["watches"]) == ('["t"]', '["WeChat"]')
    assert values["labels"] == '["to read", "law"]'
    parts = body.split("\n\n")
    assert parts[0] == r'# Title: \<b> "x" / y'
    assert parts[1:3] == ["> **It** is. (WeChat)", r"## Head \*x\*"]
    assert "A **bold *it*** and [link ``c`d``](<https://a.example/x?a=1&b=2>) \\<script> 1. x" in parts
    assert {"- one", "  - two", "1. first", "> quoted\n> twice"} <= {*parts}
    assert {r"\- dash", r"1\. no list", r"\# no head"} <= {*parts}
    assert '````py\na = "```"\nb\n````' in parts
    assert "![A picture](<https://a.example/p.png>)" in parts


def test_a_link_in_markdown_ends_where_it_should() -> None:
    link = markdown_link("*One* [two]", "https://a.example/x y>z")
    assert link == r"[\*One\* [two]](<https://a.example/x%20y%3Ez>)"
    assert markdown_link("[x] [y](z)", "javascript:x") == r"\[x\] \[y\](z)"


COMMONMARK = MarkdownIt("commonmark")


def shown(markdown: str) -> str:
    """The text that a CommonMark parser shows, with the name of anything else than text and links."""
    parts: list[str] = []
    for token in COMMONMARK.parse(markdown):
        if token.type in ("code_block", "fence", "hr", "html_block"):
            parts.append(f"<{token.type}>")
        for child in token.children or ():
            is_plain = child.type in ("text", "softbreak", "link_open", "link_close")
            parts.append(
                ("\n" if child.type == "softbreak" else child.content) if is_plain else f"<{child.type}>"
            )
    return "".join(parts)


@given(
    st.text('ab12 .)-+*_[]()<>!&;#=~`\\:|"x/@ 中，“\n', min_size=1, max_size=12).filter(str.strip), st.data()
)
@half_as_many
def test_markdown_shows_the_text_that_was_escaped(text: str, data: st.DataObject) -> None:
    line = one_line(text)
    assert shown(f"## {markdown_text(text)}") == line
    assert (
        shown(f"> {safe_start(markdown_text(text))}") == shown(f"- {safe_start(markdown_text(text))}") == line
    )
    assert shown(f"before\n{safe_start(markdown_text(text))}") == f"before\n{line}"
    assert shown(f"A: {markdown_link(text, 'https://a.example/')}!") == f"A: {line}!"
    cut = data.draw(st.integers(0, len(line)))
    assert shown(f"> {safe_start(markdown_part(line[:cut]) + markdown_part(line[cut:]))}") == line
    lines = "\n".join(line.split())
    assert shown(safe_start(markdown_part(lines))) == lines


@pytest.mark.parametrize(
    "text",
    [
        *("1.2 million users", "AT&T pays $145 million | Site", "C# 12 & [more] fog [pdf]", "3 < 4 > 2, <3"),
        *("snake_case, 2 * 3", "~5 to 6, {x} ^2", "+1 -5 #5 is #1!", r"C:\Users", "(2024) and 1.5"),
    ],
)
def test_markdown_escapes_nothing_that_would_not_be_markup(text: str) -> None:
    assert safe_start(markdown_text(text)) == text and markdown_link(text, "https://a.example/").startswith(
        f"[{text}]"
    )


ATTRIBUTES = "href class style charset name content http-equiv rel lang"


VOID = ("meta", "br", "hr")


class Reader(HTMLParser):
    """What a browser would load, run or show."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.words = ""

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert name in ATTRIBUTES.split(), name
            if name == "href":
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_a_web_page_loads_and_runs_nothing() -> None:
    hostile = (
        HTML + '<script>alert(1)</script><p onclick="x()"><a href="javascript:x()">no</a></p><img src=x>'
    )
    page = render(article(hostile, '</title><script>"', 'https://a.example/"><script>'), "html")
    reader = read(page)
    assert not {"script", "img", "iframe", "link", "object"} & set(reader.tags)
    assert all(re.match(r"https?://|mailto:", link) for link in reader.links)
    assert "default-src 'none'" in page
    assert "<h2>Head *x*</h2>" in page and "<strong>bold <em>it</em></strong>" in page
    assert '<a href="https://a.example/p.png">A picture</a>' in page


def test_plain_text() -> None:
    text = render(article(), "txt")
    assert text.startswith('Title: <b> "x" / y\nFeed: A feed\nAuthor: Ann\n')
    assert "A bold it and link c`d [1] <script> 1. x" in text and "> quoted\n> twice" in text
    assert "[1] https://a.example/x?a=1&b=2" in text


@given(st.text(max_size=300), st.sampled_from(FORMS))
@half_as_many
def test_whatever_comes_can_be_written(html: str, form: str) -> None:
    text = render(article(f"<p>{html}</p><ul><li>{html}<pre>{html}</ul><b>{html}"), form)
    text.encode("utf-8", "replace")
    if form == "html":
        read(text)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A title", "2023-11-14 A title.md"),
        ("../../etc/passwd", "2023-11-14 etc passwd.md"),
        ("CON", "2023-11-14 CON.md"),
        ("-rf *", "2023-11-14 -rf.md"),
        ("a\x00b\x1b[31m\u202ec\n", "2023-11-14 abc.md"),
        ("...", "2023-11-14.md"),
        ("", "2023-11-14.md"),
        ('What? "Yes": <1|2>', "2023-11-14 What Yes 1 2.md"),
    ],
)
def test_file_names(title: str, name: str) -> None:
    made = file_name(title, 1_700_000_000, "md")
    assert re.sub(r"2023-11-1[345]", "2023-11-14", made) == name


@given(st.text(max_size=400), st.integers(-5, 2**33), st.integers(1, 3))
def test_every_file_name_is_one_that_can_be(title: str, moment: int, number: int) -> None:
    name = file_name(title, moment, "html", number)
    assert len(name.encode("utf-8", "replace")) <= 255
    assert not set('<>:"/\\|?*\0\n') & set(name) and name[0].isdigit() and name.endswith(".html")


def test_paragraphs_read_one_after_another() -> None:
    html = (
        '<p>See <a href="https://a.example/">this</a>, <a href="https://b.example/">that</a>.</p>'
        "<ul><li>One<ol><li>deep</li><li>deeper</li></ol></li><li>Two</li></ul>"
        "<blockquote><p>Said</p></blockquote><hr><pre>a\n  b</pre>"
    )
    assert paragraphs(parse(html, "https://x.example/")).split("\n\n") == [
        "See this [1], that [2].",
        "• One\n  1. deep\n  2. deeper\n• Two",
        "> Said",
        "* * *",
        "a\n  b",
    ]
    assert paragraphs(parse("", "")) == ""
