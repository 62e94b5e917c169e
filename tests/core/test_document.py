"""HTML into blocks: what an article looks like, what hostile HTML cannot do, and that no word is lost."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_text import FORBIDDEN, HOSTILE, MARKUP
from tests.examples import for_each, half_as_many
from tuireader.document import Block, BlockKind, Document, Link, Picture, SpanKind, links_of, parse
from tuireader.document.elements import Cell
from tuireader.document.tables import WIDEST, lay_out
from tuireader.text import cell_len, plain

BASE = "https://news.example/2021/07/story/"
A = "https://news.example/a.jpg"
YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"
WORD = re.compile(r"\w+")


def blocks(html: str, base: str = BASE) -> list[tuple[str, str]]:
    """Kind and text of each block, for short expectations."""
    return [(block.kind.value, block.text) for block in parse(html, base).blocks]


def marked(block: Block) -> list[tuple[str, str, int]]:
    """What the spans of a block are, with the words they stand on."""
    return [(span.kind.value, block.text[span.start : span.end], span.link) for span in block.spans]


def only(html: str) -> Block:
    (block,) = parse(html, BASE).blocks
    return block


# --------------------------------------------------------------------------- a whole article

WORDPRESS = """
<div class="entry-content">
<p class="has-drop-cap"><strong>Harbour City</strong> – The messenger <a href="/tag/kumo/">Kumo</a> stopped
taking new users on Tuesday, its maker said in
<a href="https://kumo.example/notice?a=1&amp;b=2#top">a&nbsp;notice</a>.</p>
<figure id="attachment_7" class="wp-block-image size-large"><a href="https://cdn.example/kumo-full.jpg"><img
 src="data:image/gif;base64,R0lGOD" data-src="https://cdn.example/kumo-1024.jpg"
 alt="A phone on a desk" width="1024" height="576" srcset="x.jpg 300w"></a><noscript><img
 src="https://cdn.example/kumo-1024.jpg" alt="A phone on a desk"></noscript>
<figcaption>The sign-up page on Tuesday. <em>Photo: Ana Roe/Harbour Wire</em></figcaption></figure>
<h2 id="why">Why now?</h2>
<p>Regulators had asked for<br />&#8220;orderly growth&#8221;.<sup><a href="#fn1">1</a></sup> 🙂</p>
<blockquote class="wp-block-quote"><p>We are upgrading.</p><cite>Kumo</cite></blockquote>
<!-- wp:list --><ul><li>First, <code>kumo --new</code> fails</li>
<li>Second<ol start="3" type="a"><li>deep</li></ol></li></ul>
<p>Also read: <a href="../ferry-ban/">Ferry app pulled from stores</a></p>
<script async src="https://platform.example/widgets.js"></script>
<iframe title="Kumo explained" width="560"
 src="https://www.youtube-nocookie.com/embed/abcDEF_123?rel=0"></iframe>
<hr class="wp-block-separator"/>
<p id="fn1">1. See <a href="https://kumo.example/notice?a=1&amp;b=2#top">the notice</a>.</p>
<form action="/wp-comments-post.php"><p>Leave a reply</p><textarea name="comment"></textarea></form>
<img src="https://pixel.wp.com/b.gif?x=1" width="1" height="1" alt=""/></div>
"""


def test_an_article_as_a_common_publisher_sends_it() -> None:
    document = parse(WORDPRESS, BASE)
    said = (
        "Harbour City – The messenger Kumo stopped taking new users on Tuesday, its maker said in a notice."
    )
    assert [(block.kind.value, block.text) for block in document.blocks] == [
        ("paragraph", said),
        ("picture", "The sign-up page on Tuesday. Photo: Ana Roe/Harbour Wire"),
        ("heading", "Why now?"),
        ("paragraph", "Regulators had asked for\n“orderly growth”.1 🙂"),
        ("paragraph", "We are upgrading."),
        ("paragraph", "Kumo"),
        ("item", "First, kumo --new fails"),
        ("item", "Second"),
        ("item", "deep"),
        ("paragraph", "Also read: Ferry app pulled from stores"),
        ("embed", "YouTube video: Kumo explained"),
        ("rule", ""),
        ("paragraph", "1. See the notice."),
    ]
    assert document.links == (
        Link(1, "https://news.example/tag/kumo/", "Kumo"),
        Link(2, "https://kumo.example/notice?a=1&b=2#top", "a notice"),
        Link(3, "https://news.example/2021/07/ferry-ban/", "Ferry app pulled from stores"),
        Link(4, "https://www.youtube.com/watch?v=abcDEF_123", "YouTube video: Kumo explained"),
    )
    first, picture, heading = document.blocks[:3]
    assert marked(first) == [("strong", "Harbour City", 0), ("link", "Kumo", 1), ("link", "a notice", 2)]
    assert heading.level == 2
    assert picture.picture == Picture(
        "https://cdn.example/kumo-1024.jpg",
        "A phone on a desk",
        "The sign-up page on Tuesday.",
        "Ana Roe/Harbour Wire",
    )
    assert [block.quote for block in document.blocks if block.quote] == [1, 1]
    assert [(block.marker, block.indent) for block in document.blocks if block.marker] == [
        ("•", 1),
        ("•", 1),
        ("c.", 2),
    ]
    assert marked(document.blocks[-1]) == [("link", "the notice", 2)]
    assert WORD.findall(document.text) == WORD.findall(plain(WORDPRESS))


def test_links_of_the_same_article_tell_what_stands_before_them() -> None:
    notice = "https://kumo.example/notice?a=1&b=2#top"
    assert links_of(WORDPRESS, BASE) == [
        ("https://news.example/tag/kumo/", "Kumo", "Harbour City – The messenger"),
        (notice, "a notice", "Kumo stopped taking new users on Tuesday, its maker said in"),
        ("https://news.example/2021/07/ferry-ban/", "Ferry app pulled from stores", "Also read:"),
        (notice, "the notice", "1. See"),
    ]


# --------------------------------------------------------------------------- plain text


def test_plain_text_is_paragraphs_with_links() -> None:
    text = (
        "First line\nwrapped, see (https://e.org/a_(b)).\n\nAT&amp;T <3 x <y\n\n- one\n- two HTTP://E.org/!"
    )
    document = parse(text)
    assert [block.text for block in document.blocks] == [
        "First line wrapped, see (https://e.org/a_(b)).",
        "AT&T <3 x <y",
        "- one\n- two HTTP://E.org/!",
    ]
    assert [link.url for link in document.links] == ["https://e.org/a_(b)", "HTTP://E.org/"]
    assert marked(document.blocks[0]) == [("link", "https://e.org/a_(b)", 1)]


def test_broken_addresses_in_plain_text_are_text() -> None:
    document = parse("see http://[::1 or http://-x.example/ now")
    assert (document.text, document.links) == ("see http://[::1 or http://-x.example/ now", ())


def test_long_lines_of_plain_text_are_kept_apart() -> None:
    line = "word " * 30
    assert [block.text for block in parse(f"{line}\n{line}").blocks] == [f"{line.strip()}\n{line.strip()}"]


@pytest.mark.parametrize(
    "html", ["", " \n ", "<p></p>", "<div><br></div>", "<!-- x -->", "<script>x</script>"]
)
def test_nothing_is_no_block(html: str) -> None:
    assert parse(html) == Document()


# --------------------------------------------------------------------------- blocks


@for_each(
    ("html", "expected"),
    [
        ("text <div>in</div> div", [("paragraph", "text"), ("paragraph", "in"), ("paragraph", "div")]),
        ("<p>a<br>b<br><br>c<br/></p>", [("paragraph", "a\nb"), ("paragraph", "c")]),
        ("<p>a <br> b", [("paragraph", "a\nb")]),
        ("<h1>a<h2>b</h1>c</h2>", [("heading", "a"), ("heading", "b"), ("paragraph", "c")]),
        ("<p>a<p>b", [("paragraph", "a"), ("paragraph", "b")]),
        ("<p>a<hr><hr>b</p><hr>", [("paragraph", "a"), ("rule", ""), ("paragraph", "b")]),
        ("<p>x <q>y</q> z", [("paragraph", "x “y” z")]),
        ("<details><summary>s</summary>t</details>", [("paragraph", "s"), ("paragraph", "t")]),
        ("<pre>a\n  <b>b</b>\n</pre>", [("code", "a\n  b")]),
        ("<pre>a<br>b<div>c</div>d</pre>e", [("code", "a\nb\nc\nd"), ("paragraph", "e")]),
        ("<pre></pre><pre>\n \n</pre>", []),
        ("<pre>a<pre>b</pre>c", [("code", "a\nb"), ("paragraph", "c")]),
        ("<pre>x<img src=/a.png alt=A>y</pre>z", [("code", "xy"), ("paragraph", "z"), ("picture", "A")]),
        ("<nav>n</nav><button>b</button><svg><p>s</p></svg><p>x", [("paragraph", "x")]),
        ("<b>We</b>Chat Ten<wbr>cent", [("paragraph", "WeChat Tencent")]),
        ("<p>a&nbsp;&#27;[0m\u202eb</p>", [("paragraph", "a [0mb")]),
    ],
)
def test_blocks(html: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    ("html", "strong", "quoted"),
    [  # an element without an end tag lasts as long as in a browser (checked against html5lib)
        ("<summary>a<summary>b</summary>c</summary>d", "abc", ""),
        ("<summary>a<blockquote><dt>b</blockquote>c</summary>d", "abc", "b"),
        ("<dl><dt>a<summary>b</summary>c", "abc", ""),
        ("<summary>a<li>b", "ab", ""),
        ("<blockquote>a<dl><dd>b</blockquote>c", "", "ab"),
    ],
)
def test_open_elements_last_up_to_their_end(html: str, strong: str, quoted: str) -> None:
    found = parse(html).blocks
    assert "".join(block.text for block in found if ("strong", block.text, 0) in marked(block)) == strong
    assert "".join(block.text for block in found if block.quote) == quoted


def test_headings_have_levels() -> None:
    document = parse("".join(f"<h{level}>x</h{level}>" for level in range(1, 7)))
    assert {block.kind for block in document.blocks} == {BlockKind.HEADING}
    assert [block.level for block in document.blocks] == [1, 2, 3, 4, 5, 6]


def test_quotes_nest() -> None:
    document = parse("<blockquote>a<blockquote><p>b</p></blockquote>c</blockquote>d")
    assert [f"{block.quote} {block.text}" for block in document.blocks] == ["1 a", "2 b", "1 c", "0 d"]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>a<li>b</ul>c", ["• 1 a", "• 1 b", " 0 c"]),
        ("<ul><li>a<ul><li>b<ul><li>c<ul><li>d", ["• 1 a", "◦ 2 b", "▪ 3 c", "▪ 4 d"]),
        ("<ol start=9><li>a<li value=3>b<li>c</ol>", ["9. 1 a", "3. 1 b", "4. 1 c"]),
        ("<ol type=A><li>a</ol><ol type=i start=4><li>b", ["A. 1 a", "iv. 1 b"]),
        ("<ol type=I start=1999><li>a</ol><ol type=a start=27><li>b", ["MCMXCIX. 1 a", "27. 1 b"]),
        ("<ol start=x><li>a<li value=99999999>b", ["1. 1 a", "2. 1 b"]),
        ("<ul><li><p>a</p><p>b</p></li><li>c</li></ul>", ["• 1 a", " 1 b", "• 1 c"]),
        ("<ul><li>a<ol><li>b</ol>c<li>d</ul>", ["• 1 a", "1. 2 b", " 1 c", "• 1 d"]),
        ("<ul><li></li><li>a", ["• 1 a"]),
        ("<li>a<li>b", ["• 1 a", "• 1 b"]),
        ("<div><ul><li>a</div>b", ["• 1 a", " 0 b"]),
        ("<ul><li><h3>a</h3>b", ["• 1 a", " 1 b"]),
        ("<dl><dt>t<dd>d<dd>e</dl>f", [" 0 t", " 1 d", " 1 e", " 0 f"]),
    ],
)
def test_lists(html: str, expected: list[str]) -> None:
    """Marker, indent and text of each block."""
    assert [f"{block.marker} {block.indent} {block.text}" for block in parse(html).blocks] == expected


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ('<pre><code class="language-python hl">x</code></pre>', "python"),
        ('<div class="highlight-source-js"><pre>x</pre></div>', "js"),
        ('<pre class="brush: c++; gutter">x</pre>', "c++"),
        ('<pre data-lang="Rust">x</pre>', "rust"),
        ("<pre>x</pre>", ""),
        ('<pre class="language-a">y</pre><pre>x</pre>', ""),
    ],
)
def test_code_knows_its_language(html: str, language: str) -> None:
    assert parse(html).blocks[-1].language == language


# --------------------------------------------------------------------------- inline and links


@pytest.mark.parametrize(
    ("html", "spans"),
    [
        ("a <b>b <i>c</i></b> d", [("strong", "b c", 0), ("em", "c", 0)]),
        ("<b>a <i>b</b> c</i>", [("strong", "a b", 0), ("em", "b c", 0)]),
        ("<strong><b>a</b></strong>", [("strong", "a", 0)]),
        ("x<b> y </b>z", [("strong", "y", 0)]),
        ("<kbd>k</kbd> <s>s</s> <mark>m</mark> x<sup>2</sup> y<sub>3</sub>",
         [("code", "k", 0), ("strike", "s", 0), ("mark", "m", 0), ("sup", "2", 0), ("sub", "3", 0)]),
        ("<b></b><i> </i>x</b>", []),
        ("<b>a <br> b</b> <i>c</i>", [("strong", "a\nb", 0), ("em", "c", 0)]),
        ("<b>e\u0301\u0301\u0301\u0301\u0301<i>\u0301\u0301\u0301\u0301\u0301</i></b>", []),
        ("<i><b>" * 30 + "x" + "</b></i>" * 30, [("em", "x", 0), ("strong", "x", 0)]),
    ],
)  # fmt: skip
def test_spans(html: str, spans: list[tuple[str, str, int]]) -> None:
    assert marked(only(f"<p>{html}</p>")) == spans


def test_inline_elements_go_on_over_blocks() -> None:
    first, second = parse("<p><b>a<p>b</b> c").blocks
    assert (marked(first), marked(second)) == ([("strong", "a", 0)], [("strong", "b", 0)])


@pytest.mark.parametrize(
    ("html", "spans", "links"),
    [
        ("<a href=/x>a</a> <a href='/x'>b</a>", [("link", "a", 1), ("link", "b", 1)], ["https://news.example/x"]),
        ("<a href='//cdn.example/é b'>a</a>", [("link", "a", 1)], ["https://cdn.example/é%20b"]),
        ("<a href=mailto:a@e.org>a</a>", [("link", "a", 1)], ["mailto:a@e.org"]),
        ("<a href=javascript:x>a</a> <a href='data:x'>b</a> <a href='http://[::1'>c</a>", [], []),
        ("<a href=#fn1>1</a> <a href='https://news.example/2021/07/story/#fn2'>2</a>", [], []),
        ("<a href=/x> </a><a href=/y></a><a name=z>z</a>", [], []),
        ("a<a href=/x><br></a>b", [], []),
        ("<a href=/x>a<a href=/y>b</a>", [("link", "a", 1), ("link", "b", 2)],
         ["https://news.example/x", "https://news.example/y"]),
        ("<A HREF='/x' title='a > b'>a</A>", [("link", "a", 1)], ["https://news.example/x"]),
        ("<a href='/x?a=1&amp;b=2&copy'>a</a>", [("link", "a", 1)], ["https://news.example/x?a=1&b=2©"]),
    ],
)  # fmt: skip
def test_links(html: str, spans: list[tuple[str, str, int]], links: list[str]) -> None:
    document = parse(f"<p>{html} end</p>", BASE)
    assert marked(document.blocks[0]) == spans
    assert [link.url for link in document.links] == links


def test_a_link_around_blocks_has_one_number() -> None:
    document = parse("<a href=/x><h2>a</h2><p>b</p></a>", BASE)
    assert [marked(block) for block in document.blocks] == [[("link", "a", 1)], [("link", "b", 1)]]
    assert document.links == (Link(1, "https://news.example/x", "a"),)


# --------------------------------------------------------------------------- pictures and embeds


@for_each(
    ("html", "picture", "text"),
    [
        ("<img src=/a.jpg alt=' A  b '>", Picture(A, "A b"), "A b"),
        ("<img alt='only words'>", Picture("", "only words"), "only words"),
        ("<img srcset='/s.jpg 300w, /l.jpg 1200w, /m.jpg 600w'>", Picture("https://news.example/l.jpg"), ""),
        ("<img srcset='/1.jpg, /2.jpg 2x'>", Picture("https://news.example/2.jpg"), ""),
        ("<img src=data:x data-lazy-src=/a.jpg>", Picture(A), ""),
        ("<picture><source srcset='/a.jpg 2x'><img alt=A></picture>", Picture(A, "A"), "A"),
        ("<img alt=A><noscript><img src=/a.jpg alt=A></noscript>", Picture(A, "A"), "A"),
        ("<noscript>x<p>x</p><img src=/a.jpg>x</noscript>", Picture(A), ""),
        ("<figure><img src=/a.jpg alt=A><figcaption>C <b>d</b>. (Image credit: Jo Doe)</figcaption></figure>",
         Picture(A, "A", "C d.", "Jo Doe"), "C d. (Image credit: Jo Doe)"),
        ("<img src=/a.jpg><figcaption>no end", Picture(A, "", "no end"), "no end"),
        ("<figure><figcaption>before</figcaption><img src=/a.jpg></figure>",
         Picture(A, "", "before"), "before"),
        ("<figure><img src=/a.jpg><figcaption><p>one</p><p>Photo by Jo Doe</p></figcaption></figure>",
         Picture(A, "", "one", "Jo Doe"), "one Photo by Jo Doe"),
        ("<p><img src=/a.jpg></p><p>Image source: Harbour Wire</p>",
         Picture(A, "", "", "Harbour Wire"), "Image source: Harbour Wire"),
        ("<img src=/a.jpg><p>（图片来源：港湾社）</p>", Picture(A, "", "", "港湾社"), "（图片来源：港湾社）"),
        ("<img src=/a.jpg><p>图源：港湾社</p>", Picture(A, "", "", "港湾社"), "图源：港湾社"),
        ("<div class=wp-caption><img src=/a.jpg><p class='wp-caption-text'>A bay</p></div>",
         Picture(A, "", "A bay"), "A bay"),
        ("<figure><img src=/a.jpg><figcaption>The bay, 2020 | Credits: J. Doe</figcaption></figure>",
         Picture(A, "", "The bay, 2020", "J. Doe"), "The bay, 2020 | Credits: J. Doe"),
    ],
)  # fmt: skip
def test_pictures(html: str, picture: Picture, text: str) -> None:
    block = only(html)
    assert (block.kind, block.picture, block.text) == (BlockKind.PICTURE, picture, text)


@pytest.mark.parametrize(
    "html",
    [
        "<img src=https://x.example/p.gif width=1 height=1>",
        "<img src=https://x.example/p.gif width='1px'>",
        "<img src=https://feeds.feedburner.com/~r/x>",
        "<img src=https://x.example/pixel.gif?a=1>",
        "<img src=javascript:x>",
        "<img>",
        "<iframe src='https://ad.doubleclick.net/x'></iframe>",
        "<iframe src='about:blank'></iframe>",
        "<video></video>",
        "<object><p>fall back</p></object>",
    ],
)
def test_what_counts_readers_or_shows_nothing_is_dropped(html: str) -> None:
    assert parse(html, BASE) == Document()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("one <img src=/a.jpg alt=A> two<br>three<img src=/b.jpg alt=B>",
         [("paragraph", "one two"), ("picture", "A"), ("paragraph", "three"), ("picture", "B")]),
        ("<img src=/a.jpg alt=A>one", [("picture", "A"), ("paragraph", "one")]),
        ('Hi <img src=/e.png class="emoji" alt="🙂"> there', [("paragraph", "Hi 🙂 there")]),
    ],
)  # fmt: skip
def test_pictures_do_not_tear_a_sentence_and_emoji_are_part_of_it(
    html: str, expected: list[tuple[str, str]]
) -> None:
    assert blocks(f"<p>{html}</p>") == expected


def test_a_linked_picture_has_the_number_of_its_link() -> None:
    document = parse(
        '<a href="/story"><img src="/a.jpg" alt="A"></a><a href="/b.jpg"><img src="/b-s.jpg"></a>', BASE
    )
    assert [block.link for block in document.blocks] == [1, 0]
    assert document.links == (Link(1, "https://news.example/story", "A"),)


def test_a_paragraph_behind_a_picture_is_not_its_caption() -> None:
    text = "The source: nobody knows it, and this is a sentence."
    assert blocks(f"<img src=/a.jpg><p>{text}</p>")[1] == ("paragraph", text)


@pytest.mark.parametrize(
    ("html", "text", "url"),
    [
        ("<iframe src='//www.youtube.com/embed/abcdefghijk'></iframe>", "YouTube video", YOUTUBE),
        ("<iframe src=https://player.vimeo.com/video/123></iframe>", "Vimeo video", "https://vimeo.com/123"),
        ("<iframe src=https://open.spotify.com/embed/x>", "Spotify", "https://open.spotify.com/embed/x"),
        ("<iframe src=https://www.e.org/x title=T>", "Embedded page from e.org: T", "https://www.e.org/x"),
        ("<iframe src=https://e.org/x>no<b>no</b></iframe>", "Embedded page from e.org", "https://e.org/x"),
        ("<video><source src=/v.mp4><p>No video</p></video>", "Video", "https://news.example/v.mp4"),
        ("<audio src=/a.mp3 />", "Audio", "https://news.example/a.mp3"),
        ("<object data=https://e.org/x>no<b <x </object>", "Embedded page from e.org", "https://e.org/x"),
        ("<object><embed src=https://youtu.be/abcdefghijk></object>", "YouTube video", YOUTUBE),
        ("<embed src=https://e.org/x>", "Embedded page from e.org", "https://e.org/x"),
    ],
)
def test_embeds_are_links(html: str, text: str, url: str) -> None:
    document = parse(f"<p>a {html} b</p>", BASE)
    assert [(block.kind, block.text) for block in document.blocks] == [
        (BlockKind.PARAGRAPH, "a b"),
        (BlockKind.EMBED, text),
    ]
    assert document.links == (Link(1, url, text),)
    assert document.blocks[1].link == 1
    assert document.text == "a b"


# --------------------------------------------------------------------------- tables


def test_a_table_stands_in_columns() -> None:
    block = only(
        "<table><thead><tr><th>App</th><th>Users</th></tr></thead><tbody>"
        "<tr><td><a href=/k>Kumo</a></td><td>1,200</td></tr>"
        "<tr><td>雲の上</td><td>7</td></tr></tbody></table>"
    )
    assert block.kind is BlockKind.TABLE
    assert block.text == "App     │ Users\n────────┼──────\nKumo    │ 1,200\n雲の上  │     7"
    assert marked(block) == [("strong", "App", 0), ("strong", "Users", 0), ("link", "Kumo", 1)]


def test_spanning_cells_keep_their_columns() -> None:
    block = only("<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d<tr><td>e<td>f<td>g</table>")
    assert block.text == "a │ b │\n  │ c │ d\ne │ f │ g"


def test_long_fields_are_folded() -> None:
    block = only(f"<table><tr><td>a<td>{'<b>word</b> ' * 40}<tr><td>{'x' * 120}<td>b</table>")
    assert max(cell_len(line) for line in block.text.split("\n")) <= 100
    assert block.text.count("word") == 40
    assert {block.text[span.start : span.end] for span in block.spans} == {"word"}


@pytest.mark.parametrize("width", [100, 60, 38])
def test_a_table_is_as_wide_as_its_page(width: int) -> None:
    row = "<tr><td>Tencent Holdings<td>Shenzhen, Guangdong<td>WeChat, games and payments"
    table = f"<table><tr><th>Company<th>Seat<th>Products{row}{row}</table>"
    blocks = parse(f"{table}<blockquote>{table}</blockquote>", width=width).blocks
    assert all(block.kind is BlockKind.TABLE for block in blocks)
    for block in blocks:
        assert max(cell_len(line) for line in block.text.split("\n")) <= width - 2 * block.quote


@pytest.mark.parametrize(("columns", "width"), [(20, WIDEST), (6, 40)])
def test_a_table_that_is_too_wide_is_told_row_by_row_without_empty_fields(columns: int, width: int) -> None:
    """The head of the second column is empty, as are a row and the ends of two others."""
    heads = "".join(f"<th>{'' if n == 1 else f'head {n}'}" for n in range(columns))
    rows = ["<td>" * columns, "<td><td>a field<td>and b", "<td>a longer field" * columns, "<td>c"]
    blocks = parse(f"<table><tr>{heads}{''.join(f'<tr>{row}' for row in rows)}</table>", width=width).blocks
    assert {block.kind for block in blocks} == {BlockKind.PARAGRAPH}
    first, full, last = (block.text.split("\n") for block in blocks)
    assert (first, last) == (["a field", "head 2: and b"], ["head 0: c"])
    assert full[:3] == ["head 0: a longer field", "a longer field", "head 2: a longer field"]
    assert len(full) == columns and marked(blocks[1])[0] == ("strong", "head 0", 0)


def test_a_row_without_a_word_is_left_out_of_columns() -> None:
    wide = [Cell([Block(BlockKind.PARAGRAPH, "a long enough field " * 3)]) for _ in range(12)]
    laid_out = lay_out([wide, [Cell([]) for _ in range(12)], wide], 0, 0, WIDEST)
    assert laid_out is not None and len(laid_out) == 1


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table><tr><td>one cell<p>more</table>", [("paragraph", "one cell"), ("paragraph", "more")]),
        ("<table><tr><td>a<tr><td>b</table>", [("paragraph", "a"), ("paragraph", "b")]),
        ("<table><tr><td><img src=/a.jpg alt=A><td>b<tr><td>c</table>",
         [("picture", "A"), ("paragraph", "b"), ("paragraph", "c")]),
        ("<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table><td>e<tr><td>f</table>",
         [("table", "a │ b\nc │ d"), ("paragraph", "e"), ("paragraph", "f")]),
        ("<table><td>a</td></table>b", [("paragraph", "a"), ("paragraph", "b")]),
        ("<table><caption>C</caption><tr><td>a<td>b<tr><td>c<td>d</table>",
         [("paragraph", "C"), ("table", "a │ b\nc │ d")]),
        ("</table></td><td>a</td>b<tr>c", [("paragraph", "a"), ("paragraph", "b"), ("paragraph", "c")]),
        ("<table>" + "<tr>" + "<td>x" * 60 + "<tr><td>y</table>",
         [("paragraph", "x")] * 60 + [("paragraph", "y")]),
        ("<table><tr><td><ul><li>a<li>b</ul><td>c<tr><td>d<td>e</table>",
         [("table", "• a │ c\n• b │\nd   │ e")]),
        ("<pre><table><tr><td>a<td>b<tr><td>c</table></pre>d", [("code", "a\nb\nc"), ("paragraph", "d")]),
    ],
)  # fmt: skip
def test_other_tables(html: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(html) == expected


# --------------------------------------------------------------------------- links at arrival


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ("no links", []),
        ("<p>Also read: <A HREF=/x>One</A>, <a href='/y' class=b>Two <b>&amp; more</b></a>",
         [("https://news.example/x", "One", "Also read:"),
          ("https://news.example/y", "Two & more", "Also read: One,")]),
        ("<p>before</p><p><b>See also</b><br><a href=/x>One<br>two</a>",
         [("https://news.example/x", "One two", "See also")]),
        ("<h3>Related</h3><ul><li><a href=/x>a</a></li><li>• <a href=/y>b</a></li></ul>"
         "text<p><a href=/z>c</a>",
         [("https://news.example/x", "a", "Related"), ("https://news.example/y", "b", "Related"),
          ("https://news.example/z", "c", "text")]),
        ("<a href=#x>a</a><a>b</a><a href=javascript:x>c</a><a href=/y></a><a href=/z><img></a>", []),
        ("<a href=/x>open", []),
        ("<a href=/x>a<a href=/y>b</a>",
         [("https://news.example/x", "a", ""), ("https://news.example/y", "b", "a")]),
        ("<p>" + "word " * 40 + "<a href=/x>y</a>", [("https://news.example/x", "y", "word " * 11 + "word")]),
    ],
)  # fmt: skip
def test_links_of(html: str, links: list[tuple[str, str, str]]) -> None:
    assert links_of(html, BASE) == links


def test_links_of_is_bounded() -> None:
    assert len(links_of("<a href='/x'>y</a>" * 2_000, BASE)) == 500


# --------------------------------------------------------------------------- hostile


def test_markup_of_the_terminal_kind_is_text() -> None:
    assert blocks("<p>[/red] [@click=app.quit] **x** `y` :smile: %s {0}</p>") == [
        ("paragraph", "[/red] [@click=app.quit] **x** `y` :smile: %s {0}")
    ]


def test_very_long_texts_are_cut_with_a_word() -> None:
    document = parse("<p>word</p>" * 21_000)
    assert len(document.blocks) == 20_001
    assert document.blocks[-1].text.startswith("The rest of this text is too long")
    assert parse("x" * 2_000_001).blocks[-1].text.startswith("The rest of this text is too long")
    assert parse("x\n\n" * 20_001).blocks[-1].text.startswith("The rest of this text is too long")


def test_very_long_paragraphs_are_portioned() -> None:
    document = parse("<p>" + "<b>word</b> " * 10_000)
    assert max(len(block.text) for block in document.blocks) <= 20_000
    assert WORD.findall(document.text) == ["word"] * 10_000
    assert all(marked(block)[0] == ("strong", "word", 0) for block in document.blocks)
    assert [len(block.text) for block in parse("<p>" + "w" * 50_000).blocks] == [20_000, 20_000, 10_000]


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 8_500 + "deep" + "</div>" * 8_500,
        "<b>" * 8_500 + "deep<p>x" + "</b>" * 8_500,
        "<b><p>x" * 3_500,
        "<ul><li>a" * 500 + "</ul>" * 500,
        "<table><tr><td>x" * 1_500,
        "<table><tr>" + "<td rowspan=100 colspan=50>x<tr>" * 1_500,
        "<section><table><td>" + "<div>" * 5_000 + "</section>" * 5_000,
        "<blockquote>" * 8_500 + "x",
        "<a " + " ".join(f"x{n}=1" for n in range(50_000)) + " href=/x>t</a>",
        "<figure><img src=a.jpg>" + "<figcaption>x</figcaption>" * 5_000,
        "<p>x" + "<img src=a.jpg alt=y>" * 5_000,
        "<iframe src=https://e.org>" * 5_000,
        "<img srcset='" + "a ," * 50_000 + "'>",
        "<img src=a.jpg><p class=caption>" + "photo: " * 16_500,
        "https://e.org/" + ")" * 166_500,
        "https://e.org/))) " * 4_000,
        "<pre><li>x" * 4_000,
        "<noscript><img src=a.jpg alt=b>" * 1_500,
        "<a href=/x>" * 4_000 + "x",
        "<p>" + "<a href=/x>y</a> " * 2_500,
    ],
)
def test_hostile_texts_take_linear_time(html: str) -> None:
    started = time.process_time()
    document = parse(html, BASE)
    links_of(html, BASE)
    assert time.process_time() - started < 4  # quadratic ones take many times as long
    assert max((block.quote for block in document.blocks), default=0) <= 20
    assert max((block.indent for block in document.blocks), default=0) <= 20
    assert document.text.count("deep") == html.count("deep")


NAMES = """
p div b i a ul ol li br table tr td th blockquote pre code h2 figure figcaption img hr span dl dt dd
section sup summary noscript form video iframe center tbody em
"""
TAGS = NAMES.split()
OPENINGS = [f"<{tag}>" for tag in TAGS]
OPENINGS += ["<a href=/x>", "<img src=/a.jpg alt=b>", "<td rowspan=2>", "<p class=caption>"]
SOUP = st.lists(
    st.one_of(
        st.sampled_from(OPENINGS),
        st.sampled_from([f"</{tag}>" for tag in TAGS]),
        st.sampled_from(["word", " ", "a b", "x &amp; y", "é", "微信", "Photo: J. Doe", "<", "\n"]),
    ),
    max_size=40,
).map("".join)


def check(document: Document) -> None:
    """What has to hold for every document."""
    assert [link.number for link in document.links] == list(range(1, len(document.links) + 1))
    assert len({link.url for link in document.links}) == len(document.links)
    for block in document.blocks:
        allowed = {"\n"}
        assert FORBIDDEN.intersection(block.text) <= allowed
        assert block.text == block.text.rstrip()
        assert 0 <= block.link <= len(document.links)
        assert [span.start for span in block.spans] == sorted(span.start for span in block.spans)
        for span in block.spans:
            assert 0 <= span.start < span.end <= len(block.text)
            assert (span.kind is SpanKind.LINK) == bool(span.link)
            assert span.link <= len(document.links)
        if block.picture:
            words = (block.picture.alt, block.picture.caption, block.picture.credit, block.picture.url)
            assert not FORBIDDEN.intersection("".join(words).replace("\n", ""))
    assert not any(FORBIDDEN.intersection(link.text + link.url) for link in document.links)


PICTURED = st.builds(
    lambda alt, words: (
        f'<figure><img src="/a.jpg" alt="{alt}"><figcaption>{words} Photo: {words}</figcaption></figure>'
    ),
    st.sampled_from(["b", "\x07", "\u202e微信", "&#7;"]),
    st.sampled_from(["J. Doe", "\x1b[31m", "&#x202e;", "法 /"]),
)
ANY = st.one_of(MARKUP, HOSTILE, SOUP, PICTURED)


@given(ANY | st.lists(ANY, max_size=4).map("".join))
def test_any_text_gives_a_sound_document(html: str) -> None:
    check(parse(html, BASE))


PIECES = st.lists(
    st.sampled_from(
        ["word ", "\x07 &#7;", "\u202e", "微信 ", "x &amp; y ", "<b>Also read:</b> ", "· ", "<br>", "&#"]
    ),
    max_size=6,
).map("".join)
LINKED = st.builds(
    lambda before, href, label: f'{before}<a href="{href}">{label}</a>',
    PIECES,
    st.sampled_from(["/x", "https://other.example/\u202e", "?q=&#7;&amp;r=1", "../y#z"]),
    PIECES.map(lambda label: f"L {label}"),
)
PARAGRAPHS = st.lists(st.lists(LINKED | PIECES, min_size=1, max_size=4).map("".join), min_size=1, max_size=4)


@settings(max_examples=settings().max_examples // 2)
@given(PARAGRAPHS)
def test_links_of_an_article_are_clean_and_their_contexts_short(paragraphs: list[str]) -> None:
    html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    found = links_of(html, BASE)
    assert html.count("<a href") == len(found)
    for url, label, context in found:
        assert url.startswith("https://") and label.startswith("L")
        assert not FORBIDDEN.intersection(url + label + context)
        assert len(context) <= 60


def element(tag: str, inside: str) -> str:
    return f"<{tag}>{inside}</{tag}>"


INLINE = st.recursive(
    st.sampled_from(["word ", "one two", " ", "x &amp; y", "a < b", "微信 ", "Ten<wbr>cent", "a<br>b"])
    | st.just("<img src=/a.jpg alt=no>"),
    lambda inner: st.one_of(
        st.builds(element, st.sampled_from(["b", "i", "code", "sup", "span", "del", "u"]), inner),
        inner.map(lambda inside: f'<a href="/x">{inside}</a>'),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=8,
)
ARTICLE = st.recursive(
    st.one_of(
        st.builds(element, st.sampled_from(["p", "h2", "h4", "div", "pre"]), INLINE),
        INLINE.map(lambda inside: f"<figure><img src=/a.jpg><figcaption>{inside}</figcaption></figure>"),
        st.just("<hr><script>no</script><!-- no --><iframe src=https://e.org>no</iframe>"),
    ),
    lambda inner: st.one_of(
        st.builds(element, st.sampled_from(["blockquote", "section", "div", "details"]), inner),
        st.lists(inner, max_size=3).map(
            lambda items: element("ul", "".join(element("li", item) for item in items))
        ),
        st.lists(INLINE, min_size=2, max_size=3).map(
            lambda cells: "<table><tr>" + "".join(element("td", c) for c in cells) + "</table>"
        ),
        st.lists(inner, max_size=4).map("\n".join),
    ),
    max_leaves=12,
)


@given(ARTICLE)
@half_as_many
def test_a_document_has_the_words_of_the_plain_text(html: str) -> None:
    assert WORD.findall(parse(html, BASE).text) == WORD.findall(plain(html))
