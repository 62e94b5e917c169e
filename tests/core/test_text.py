"""Outside text: what must not come through, what must stay, how wide it is, where it leads."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import for_each, half_as_many
from tuireader import text

FORBIDDEN = {
    chr(code)
    for code in (
        *range(0x20),
        *range(0x7F, 0xA0),
        *(0xAD, 0x61C, 0x200B, 0x200E, 0x200F),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xFFF9, 0xFFFC),
        *range(0xD800, 0xE000),
        *range(0xE0000, 0xE1000),
    )
}
HOSTILE = st.text(
    st.one_of(
        st.sampled_from("\x1b[]PX^_\\;0\x07\x9b\x9c\x9d\x90 \t\n\r\x85\u2028\u202e"),
        st.sampled_from("aé微👨\u200d👩\ufe0f\u200cفكا\u0301🇨🇳1\u20e3…"),
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Mn", "Me", "Zs", "Co"]),
    ),
    max_size=60,
)
PIECES = """
<p> </p> <b> </b> <br/> <script> </script> <!-- --> <![CDATA[ ]]> <a_href=' <a_x="> " ' > < & &lt; &#27;
&#xD800; &amp;#27; <style> </style> <li> </LI> <td> <IFRAME> </iframe> <form> </form> <svg/> <? <!x> a</b
<noscript> = /> </
"""
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(PIECES.split()).map(lambda s: s.replace("_", " ")), st.text(max_size=6), st.just(" ")
    ),
    max_size=30,
).map("".join)


# --------------------------------------------------------------------------- clean


@for_each(
    ("dirty", "clean"),
    [
        ("plain title", "plain title"),
        ("  a  b  ", "a b"),
        (" a", "a"),
        ("a\tb\r\nc\x0bd\x0ce\x1cf\x85g\u2028h\u2029i", "a b c d e f g h i"),
        ("a\u00a0b\u3000c\u2009d", "a b c d"),
        ("a\0b\x08c\x7fd\x84e", "abcde"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[?1049hx\x1b[2 qy", "xy"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://e.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;aGk=\x1b\\x", "x"),
        ("\x1bPq#0;1\x1b\\x\x1bXsos\x1b\\y\x1b^pm\x1b\\z\x1b_apc\x1b\\w", "xyzw"),
        ("\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\x", "x"),
        ("\x1b]0;no end", "0;no end"),
        ("\x1b]0;title\x9cx", "x"),
        ("\x1b(0lqk\x1b(B", "lqk"),
        ("a\x1bcb\x1b", "ab"),
        ("\x9b31mred", "red"),
        ("a\x9d0;title\x07b", "ab"),
        ("a\x90payload\x9cb\x9fc", "abc"),
        ("\xe2\x80\x9cquoted\xe2\x80\x9d and \xe2\x80\x9cmore\xe2\x80\x9d", "âquotedâ and âmoreâ"),
        ("Ð\x9bA", "ÐA"),
        ("\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"),
        ("\u200eleft\u200f\u061c", "left"),
        ("zero\u200bwidth\ufeff\u2060 so\u00adft", "zerowidth soft"),
        ("a\u200db \u200d", "ab"),
        ("a\U000e0041\U000e0042b\U000e0100", "ab"),
        ("\ufff9a\ufffab\ufffb", "ab"),
        ("\ud83dx\udc00", "\ufffdx\ufffd"),
        ("\u115f\u1160\u3164\uffa0x\u034f", "x"),
        *((kept, kept) for kept in ("👨\u200d👩\u200d👧", "❤\ufe0f 1\ufe0f\u20e3 👍🏽 🇨🇳")),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("x\ufe0f 1\ufe0f2 \ufe0e", "x 12"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200cb", "ab"),
        ("e" + "\u0301" * 10_000 + "t", "e" + "\u0301" * 8 + "t"),
        ("นี่คือข่าว", "นี่คือข่าว"),
        ("हिन्दी समाचारों की दुनिया", "हिन्दी समाचारों की दुनिया"),
        ("[/red] [@click=app.quit] :smile: %s {0} \\[", "[/red] [@click=app.quit] :smile: %s {0} \\["),
        ("", ""),
        ("\x1b\u200b", ""),
    ],
)
def test_clean(dirty: str, clean: str) -> None:
    assert text.clean(dirty) == clean


@given(HOSTILE)
@example("👨\u200b\u200d👩")
@example("e" + "\u0300" * 8 + "\u064b\u200cك")
def test_clean_lets_nothing_through_and_is_idempotent(s: str) -> None:
    cleaned = text.clean(s)
    assert not FORBIDDEN.intersection(cleaned)
    assert text.clean(cleaned) == cleaned
    assert cleaned == " ".join(cleaned.split())
    run = 0
    for character in cleaned:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        assert run <= 8


def test_every_combining_mark_is_counted() -> None:
    marks = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] == "M"]
    escaped = [mark for mark in marks if text.clean(f"a{mark * 9}b") not in (f"a{mark * 8}b", "ab")]
    assert escaped == []


@pytest.mark.parametrize(
    ("s", "limit", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("ab cdef", 4, "ab…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("abe\u0301def", 4, "ab…"),
        ("ab👨\u200d👩\u200d👧x", 5, "ab…"),
        ("ab👍🏽cd", 4, "ab…"),
        ("a🇨🇳🇫🇷b", 3, "a…"),
        ("a🇨🇳🇫🇷b", 4, "a🇨🇳…"),
        ("ab👨\u200d👩c", 6, "ab👨\u200d👩c"),
        ("👨" + "\u200d👩" * 100, 100, ("👨" + "\u200d👩" * 100)[:99] + "…"),
    ],
)
def test_clean_cuts_between_graphemes(s: str, limit: int, cut: str) -> None:
    assert text.clean(s, limit) == cut


def test_a_title_of_a_megabyte_is_cut() -> None:
    assert text.clean("x" * 1_000_000) == "x" * 499 + "…"


@given(HOSTILE, st.integers(0, 30))
def test_cut_is_never_longer_than_its_limit(s: str, limit: int) -> None:
    cut = text.clean(s, limit)
    assert len(cut) <= limit
    assert text.clean(cut, max(limit, 1)) == cut


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\n  b\n", "a\n  b"),
        ("\n\na\n\nb", "a\n\nb"),
        ("\tx\ny\tz  ", "    x\ny   z"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("\x1b[1mx\x1b[0m\n\u202ey\u00a0z", "x\ny z"),
        ("", ""),
    ],
)
def test_clean_multiline(dirty: str, clean: str) -> None:
    assert text.clean_multiline(dirty) == clean


def test_clean_multiline_cuts() -> None:
    assert text.clean_multiline("ab\ncd", 4) == "ab\n…"


@given(HOSTILE)
def test_clean_multiline_lets_only_line_ends_through(s: str) -> None:
    assert FORBIDDEN.intersection(text.clean_multiline(s)) <= {"\n"}


# --------------------------------------------------------------------------- plain


@for_each(
    ("html", "plain"),
    [
        ("", ""),
        ("just text", "just text"),
        ("AT&T <3 a < b > c & d", "AT&T <3 a < b > c & d"),
        ("a <b and c", "a <b and c"),
        ("vector<int> &amp; list&lt;T&gt;", "vector<int> & list<T>"),
        ("wrapped\nline\n\nnext\r\n\r\nlast", "wrapped line\nnext\nlast"),
        ("<b>We</b>Chat Ten<wbr>cent", "WeChat Tencent"),
        ("Ten<!-- x -->cent Ten<script>1</script>cent", "Tencent Tencent"),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<P CLASS=x>a<BR>b<Br/>c", "a\nb\nc"),
        ("one<ul><li>two<li>three</ul>four", "one\ntwo\nthree\nfour"),
        ("<table><tr><th>a<td>b<tr><td>c</table>", "a\nb\nc"),
        ("<h2>Head</h2>text<hr>more", "Head\ntext\nmore"),
        ("a<figure><img src=x alt=hidden><figcaption>cap</figcaption></figure>", "a\ncap"),
        ("<p>a\n   b\t c&nbsp;d</p>\n\n<p> </p>", "a b c d"),
        ("<pre>x\n  y</pre>", "x y"),
        ("<p>a < b & c, x<3</p>", "a < b & c, x<3"),
        ("<p>AT&amp;T &lt;b&gt; &#8217; &hellip;</p>", "AT&T <b> ’ …"),
        ("<p>&amp;amp; &unknown; &copy 1</p>", "&amp; &unknown; © 1"),
        ("<p>x&#27;[31my&#0;z&#xD800;&#x110000;&#" + "9" * 5000 + ";</p>", "x[31my\ufffdz\ufffd\ufffd\ufffd"),
        ("<p>a&amp;#27;b</p>", "a&#27;b"),
        ("<p>a\x1b[31mb\u202ec\x1ed</p>", "abc d"),
        ('<a href="https://x.org/wechat" title="a > b <i>">link</a>', "link"),
        ("<a title='a > b'>link</a>", "link"),
        ("<a title = \"x>\" data-a='y>'>link</a> z", "link z"),
        ("<a href=x'y>link</a> it's", "link it's"),
        ('<a title="no end>link</a> rest', "link rest"),
        ("<style>p{}</style><script>if (a<b && c>d) '<p>'</script>x", "x"),
        ("<script src=x />x", "x"),
        ("<SCRIPT>a</Script >x<script>no end", "x"),
        ("<p>a<!-- b --!>c<!-->d<!--->e</p>", "acde"),
        ("<p>a<!-- no end <p>b", "a"),
        ("<!DOCTYPE html><?xml version='1.0'?><p>a<![if x]>b<![endif]></p>", "ab"),
        ("<p>a</p><!doctype", "a"),
        ("<![CDATA[<p>x</p>]]>", "x"),
        ("<title>t</title><head><title>u</title></head><p>x", "x"),
        ("<textarea><p></textarea><template>z</template><p>x", "x"),
        ("<nav>menu</nav><form><p>Leave a reply</p></form><p>x", "x"),
        ("<button>b</button><svg><text>s</text></svg><p>x", "x"),
        ("<form>no end <p>x", "no end\nx"),
        ("<nav/>x<svg />y", "xy"),
        ("<form>" + "<p>word</p>" * 500 + "</form>", "\n".join(["word"] * 500)),
        ("<iframe src=x>fall back</iframe><video>no</video><noscript>no</noscript><embed src=x>y", "y"),
        ("<iframe src=x><p>y", "y"),
        ("<p>a</p><a href='http://cut", "a"),
        ("<p>a</p>b <!cut", "a\nb"),
        ("<p>x</p><script", "x"),
        ("<p>x</p><!-- y --><script src=", "x"),
        ("<sc<script></script>ript>x</p>", "ript>x"),
        ("<p>1 <<script>2</script>b>3", "1 <b>3"),
        ("<o:p>x</o:p><p>y</p>", "x\ny"),
        ("<li>e" + "\u0301" * 100, "e" + "\u0301" * 8),
        ("<li>e" + "&#x301;" * 50, "e" + "\u0301" * 8),
        ("one\x0ctwo", "one two"),
    ],
)
def test_plain(html: str, plain: str) -> None:
    assert text.plain(html) == plain


@given(st.one_of(MARKUP, HOSTILE))
def test_plain_gives_clean_lines(html: str) -> None:
    plain = text.plain(html)
    assert FORBIDDEN.intersection(plain) <= {"\n"}
    assert all(line == " ".join(line.split()) and line for line in plain.split("\n") if plain)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 8_500 + "x" + "</div>" * 8_500,
        "<" * 166_500,
        "<a " * 50_000 + ">",
        "<a " * 50_000,
        '<a ="' * 33_500 + ">",
        '<a " ="> ' * 33_500,
        "<a ='\"<a ='\" '>" * 16_500,
        "<!--" * 50_000,
        "<!" * 50_000,
        "<script>" * 33_500,
        "<form>" * 16_500,
        "<form " * 16_500 + ">",
        "<iframe>" * 16_500,
        "<p>" + "&#" * 50_000,
        "<p>" + "&" * 83_500,
        "\x1b]" * 50_000,
        "a\x9d " * 50_000,
        "\n " * 50_000,
        "e" + "\u0301" * 50_000,
        "👨\u200d" * 16_500,
        "<p class='" + "x" * 166_500,
        "<p>" + "<b>x</b> " * 16_500,
    ],
)
def test_hostile_texts_take_linear_time(html: str) -> None:
    started = time.process_time()
    text.plain(html)
    text.plain_title(html)
    text.clean_multiline(html)
    text.tokens(html, embeds=True)
    assert time.process_time() - started < 4  # quadratic ones take many times as long


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("AT&amp;T <b>x</b>", "AT&T x"),
        ("a < b", "a < b"),
        ("C++ <vector> & friends", "C++ <vector> & friends"),
        ("one<br>two", "one two"),
        ("Fish &#38; chips", "Fish & chips"),
        ("  plain\n title ", "plain title"),
        ("&lt;script&gt; tag", "<script> tag"),
        ("\x1b[31m<i>x</i>", "x"),
    ],
)
def test_plain_title(title: str, plain: str) -> None:
    assert text.plain_title(title) == plain


# --------------------------------------------------------------------------- widths

WIDTHS = st.one_of(
    st.text(st.sampled_from("ab 微信é\u0301👨\u200d👩❤\ufe0f🇨🇳ｱ한1\u20e3"), max_size=30), HOSTILE
).map(text.clean)


@pytest.mark.parametrize(
    ("s", "cells"), [("abc", 3), ("微信", 4), ("e\u0301", 1), ("👨\u200d👩\u200d👧", 2), ("🇨🇳", 2), ("", 0)]
)
def test_cell_len(s: str, cells: int) -> None:
    assert text.cell_len(s) == cells


@pytest.mark.parametrize(
    ("s", "width", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("ab cdef", 4, "ab…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("微信平台", 8, "微信平台"),
        ("微信平台", 7, "微信平…"),
        ("微信平台", 6, "微信…"),
        ("微信", 0, ""),
        ("微信", 1, "…"),
        ("a🇨🇳🇫🇷", 4, "a🇨🇳…"),
        ("a🇨🇳🇫🇷", 3, "a…"),
        ("é" * 2_000, 3, "éé…"),
    ],
)
def test_cut(s: str, width: int, cut: str) -> None:
    assert text.cut(s, width) == cut


def test_cut_of_an_endless_emoji_fits() -> None:
    assert text.cell_len(text.cut("é👨" + "\u200d👩" * 400, 4)) <= 4


@given(WIDTHS, st.integers(0, 40))
@half_as_many
def test_cut_and_pad_fit(s: str, width: int) -> None:
    cut = text.cut(s, width)
    assert text.cell_len(cut) <= width
    if text.cell_len(s) <= width:
        assert cut == s
    else:
        assert width == 0 or cut.endswith("…")
    assert text.cell_len(text.pad(s, width)) == width


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("👨\u200d👩\u200d👧 x", "👨 x"),
        ("👍🏽x", "👍x"),
        ("\u2764\ufe0fx", "\u2764 x"),
        ("1\ufe0f\u20e3x", "1 x"),
        ("🇨🇳🇫🇷x", "🇨🇳🇫🇷x"),
        ("🏳\ufe0f\u200d🌈x", "🏳 x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("plain", "plain"),
        ("\u200d1\ufe0f", "\u200d1\ufe0f"),
    ],
)
def test_same_everywhere(written: str, shown: str) -> None:
    assert text.portable_emoji(written) == shown


@given(st.one_of(WIDTHS, st.text("👨👩❤1#🏽\ufe0f\u200d\u20e3🇨ab é微")))
def test_what_is_the_same_everywhere_is_as_wide(s: str) -> None:
    assert text.cell_len(text.portable_emoji(s)) == text.cell_len(s)


# --------------------------------------------------------------------------- addresses


@for_each(
    ("address", "base", "url"),
    [
        ("https://e.org/a?b=1&c=[2]#d", "", "https://e.org/a?b=1&c=[2]#d"),
        ("HTTP://E.org/A", "", "HTTP://E.org/A"),
        ("HTTPS://user:pw@E.org:8080/A", "", "https://user:pw@E.org:8080/A"),
        ("  https://e.org/\n a b\t", "", "https://e.org/%20a%20b"),
        ("https://e.org/\u202ex\x1b[31m", "", "https://e.org/x"),
        ("/x", "https://e.org/a/b", "https://e.org/x"),
        ("x?y", "https://e.org/a/b", "https://e.org/a/x?y"),
        ("../x", "https://e.org/a/b/c", "https://e.org/a/x"),
        ("//cdn.org/x", "http://e.org/", "http://cdn.org/x"),
        ("//cdn.org/x", "", "https://cdn.org/x"),
        ("#top", "https://e.org/a", "https://e.org/a#top"),
        ("/x", "", ""),
        ("/x", "ftp://e.org/", ""),
        ("/x", "http://[::1", ""),
        ("mailto:a@e.org", "", "mailto:a@e.org"),
        ("MAILTO:a@e.org?subject=x", "https://e.org/", "mailto:a@e.org?subject=x"),
        ("mailto:", "", ""),
        ("javascript:alert(1)", "https://e.org/", ""),
        (" java\nscript:alert(1)", "https://e.org/", ""),
        ("data:text/html,x", "https://e.org/", ""),
        ("vbscript:x", "", ""),
        ("file:///etc/passwd", "", ""),
        ("ssh://-oProxyCommand=x", "", ""),
        ("view-source:https://e.org", "", ""),
        ("https:e.org", "", ""),
        ("https://", "", ""),
        ("https:///x", "", ""),
        ("http://[::1", "", ""),
        ("http://[::1]:8080/x", "", "http://[::1]:8080/x"),
        ("http://e.org:999999/", "", ""),
        ("http://e.org:0/", "", ""),
        ("http://e.org:x/", "", ""),
        ("http://-oProxy/x", "", ""),
        ("http://e.org\\@evil.org/", "", ""),
        ("http://e<b>.org/", "", ""),
        ("--option", "", ""),
        ("--option", "https://e.org/", "https://e.org/--option"),
        ("https://e.org/$(x)`y`;'|%s", "", "https://e.org/$(x)`y`;'|%s"),
        ("https://bücher.example/ü", "", "https://bücher.example/ü"),
        ("https://my_host.example/", "", "https://my_host.example/"),
        ("http://localhost:8000/x", "", "http://localhost:8000/x"),
        ("https://e.org/" + "x" * 100_000, "", ""),
        ("x" * 3_990, "https://e.org/aaaaaaa/", ""),
        ("", "https://e.org/", ""),
        ("\u202e", "https://e.org/", ""),
    ],
)
def test_safe_url(address: str, base: str, url: str) -> None:
    assert text.safe_url(address, base) == url


@given(
    st.one_of(HOSTILE, st.text(max_size=40).map(lambda s: f"http://{s}")),
    st.sampled_from(["", "https://e.org/a/"]),
)
def test_safe_url_never_raises_and_gives_only_web_addresses(s: str, base: str) -> None:
    url = text.safe_url(s, base)
    assert not url or url.lower().startswith(("http://", "https://", "mailto:"))
    assert not FORBIDDEN.intersection(url) and " " not in url
    assert text.safe_url(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://e.org/x", "e.org"),
        ("https://E.org:8443/x", "e.org:8443"),
        ("https://paypal.com:pw@evil.org/", "…@evil.org"),
        ("https://xn--pple-43d.com/", "xn--pple-43d.com"),
        ("https://аpple.com/", "аpple.com (xn--pple-43d.com)"),
        ("https://" + "ü" * 70 + ".com/", "ü" * 70 + ".com (?)"),
        ("mailto:a@e.org?subject=x", "a@e.org"),
        ("http://[::1", ""),
    ],
)
def test_shown_host(url: str, shown: str) -> None:
    assert text.display_host(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a:b@example.org/@x", "https://example.org/@x"),
        ("https://example.org/@x?a=b@c", "https://example.org/@x?a=b@c"),
        ("a:b@example.org", "example.org"),
    ],
)
def test_without_password(url: str, shown: str) -> None:
    assert text.without_password(url) == shown


@for_each(
    ("url", "key"),
    [
        ("http://www.E.org/a/", "https://e.org/a"),
        ("https://e.org", "https://e.org"),
        ("https://e.org/", "https://e.org"),
        ("https://m.e.org:443/a/index.html", "https://e.org/a"),
        ("http://amp.e.org:80/a/amp/", "https://e.org/a"),
        ("https://www.m.e.org/", "https://e.org"),
        ("https://m.co/", "https://m.co"),
        ("https://amp.dev/x", "https://amp.dev/x"),
        ("https://e.org:8080/a", "https://e.org:8080/a"),
        ("https://e.org./a", "https://e.org/a"),
        ("http://[::1]:80/a", "https://[::1]/a"),
        ("https://e.org/a?utm_source=x&b=2&fbclid=y&a=1&mc_cid=z", "https://e.org/a?a=1&b=2"),
        ("https://e.org/a?source=rss&at_medium=RSS&partner=rss&ref=hn", "https://e.org/a"),
        ("https://e.org/a?source=5&&", "https://e.org/a?source=5"),
        ("https://e.org/a?utm_source=x#part", "https://e.org/a"),
        ("https://e.org/#!/a", "https://e.org#!/a"),
        ("https://e.org/%7ea%c3%a9/%2f", "https://e.org/~a%C3%A9/%2F"),
        ("https://e.org/é", "https://e.org/%C3%A9"),
        ("https://e.org/Amp/index.php", "https://e.org"),
        ("https://e.org/stamp", "https://e.org/stamp"),
        ("https://e.org/a/../b/./c", "https://e.org/b/c"),
        ("https://e.org/../../a", "https://e.org/a"),
        ("https://e.org/.well-known/a", "https://e.org/.well-known/a"),
        ("http://bücher.example/1", "https://xn--bcher-kva.example/1"),
        ("http://xn--bcher-kva.example/1", "https://xn--bcher-kva.example/1"),
        ("https://www.google.com/amp/s/e.org/a?utm_source=x", "https://e.org/a"),
        ("https://www.google.co.uk/amp/e.org/a", "https://e.org/a"),
        ("https://www-e-org.cdn.ampproject.org/c/s/www.e.org/a/amp/", "https://e.org/a"),
        ("https://google.com/amp/s/google.com/amp/s/e.org/a", "https://e.org/a"),
        ("https://google.com/amp/story", "https://google.com/amp/story"),
        ("ftp://e.org/", "ftp://e.org/"),
        ("http://[::1", "http://[::1"),
        (f"https://{'é' * 64}.org/a", f"https://{'é' * 64}.org/a"),  # no name server can know it
        ("urn:uuid:1", "urn:uuid:1"),
        ("", ""),
    ],
)
def test_canonical_url(url: str, key: str) -> None:
    assert text.canonical_url(url) == key


HOSTS = "www.e.org m.www.amp.e.co.uk:80 E.org. [::1]:443 u@e.org:8080 amp.m.co m.com www.com"


@given(
    st.one_of(
        HOSTILE,
        st.builds(
            "{}://{}{}{}".format,
            st.sampled_from(["http", "https"]),
            st.sampled_from(HOSTS.split()),
            st.text(st.sampled_from("/aZ%2f7E;.é amp/index.html"), max_size=20).map(lambda s: f"/{s}"),
            st.text(st.sampled_from("?&=#!abutm_refsource=rss%41 é"), max_size=30).map(lambda s: f"?{s}"),
        ),
    )
)
@half_as_many
def test_canonical_url_is_idempotent_and_the_same_by_both_ways(url: str) -> None:
    key = text.canonical_url(url)
    assert text.canonical_url(key) == text.canonical_url(f" {url}") == key


WORDS = st.integers(0, 900).map(lambda number: " word, één жук" * number)
CHARACTERS = st.integers(0, 900).map(lambda number: "微信，カナ한글。" * number)


@given(st.lists(WORDS | CHARACTERS | st.sampled_from(["", "\n", "\u3000"]), max_size=3))
@half_as_many
def test_minutes_of_a_text_count_words_and_characters(pieces: list[str]) -> None:
    s = text.plain("\n\n".join(pieces))
    words, characters = 3 * s.count("word"), 8 * s.count("微")
    minutes = text.reading_minutes(s)
    assert minutes == max(words + characters > 0, round(words / 240 + characters / 500))
    assert minutes <= text.reading_minutes(f"{s} more") <= minutes + 1


def test_a_text_takes_a_minute_at_least() -> None:
    assert [text.reading_minutes(s) for s in ("", " \n", "Hi", "你")] == [0, 0, 1, 1]
