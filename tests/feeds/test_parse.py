# ruff: noqa: E501  (a document a line)
"""Bodies of every kind into feeds, whatever they are."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import for_each
from tests.feeds.corpus import CLAIMED, DECLINED, URL, atom, bare, rss
from tests.workers import forked_workers as forked_workers
from tuireader import dedup
from tuireader.feeds.parse import charset, dates, entry
from tuireader.feeds.parse.parse import QUICK_BYTES, parse, parse_quickly, parse_tolerantly
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.model import Fault, ParsedEntry, ParsedFeed, ParseFailed


def feed(body: bytes | str, content_type: str | None = None) -> ParsedFeed:
    result = parse(body.encode() if isinstance(body, str) else body, URL, content_type)
    assert isinstance(result, ParsedFeed), result
    return result


def failed(body: bytes | str) -> ParseFailed:
    result = parse(body.encode() if isinstance(body, str) else body, URL)
    assert isinstance(result, ParseFailed), result
    return result


def only(body: bytes | str) -> ParsedEntry:
    (found,) = feed(body).entries
    return found


# -- what an entry becomes


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<link>urn:isbn:0451450523</link>", '<a href="urn:isbn:0451450523">urn:isbn:0451450523</a>'),
        ("<guid>tag:example.org,2024:a&amp;b</guid>", '<a href="tag:example.org,2024:a&amp;b">tag:example.org,2024:a&amp;b</a>'),
        ('<atom:link rel="via" href="https://example.org/v"/>', '<a href="https://example.org/v">https://example.org/v</a>'),
        ('<enclosure url="https://example.org/a.mp3"/>', '<a href="https://example.org/a.mp3">https://example.org/a.mp3</a>'),
        ('<media:content url="https://example.org/a.mp4"/>', '<a href="https://example.org/a.mp4">https://example.org/a.mp4</a>'),
        ('<title>&lt;img src="https://example.org/a.png"></title>', '<img src="https://example.org/a.png">'),
        ("<itunes:subtitle>In short</itunes:subtitle>", "In short"),
    ],
)  # fmt: skip
def test_what_stands_in_where_there_is_no_title_text_or_web_address(item: str, text: str) -> None:
    found = only(bare(f"<item>{item}</item>"))
    assert (found.title, found.url, found.content_html) == ("", "", text)
    assert len(dedup.unique_entries([found])) == 1
    titled = only(bare(f"<item>{item}<description>Words</description></item>"))
    assert titled.content_html == "Words"


def test_an_entry_of_atom_may_be_nothing_but_a_pointer() -> None:
    for inner, text in (
        ("<source><title>Harbour News</title></source>", "Harbour News"),
        ('<source><link href="https://example.org/"/></source>', '<a href="https://example.org/">https://example.org/</a>'),
        ('<content src="https://example.org/a.pdf" type="application/pdf"/>', '<a href="https://example.org/a.pdf">https://example.org/a.pdf</a>'),
        ('<link rel="self" href="urn:x:1"/>', '<a href="urn:x:1">urn:x:1</a>'),
    ):  # fmt: skip
        found = only(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{inner}</entry></feed>')
        assert (found.title, found.url, found.content_html) == ("", "", text)


def test_a_full_entry() -> None:
    found = feed(
        bare(
            '<item><title>Ropes &amp;amp; &lt;b&gt;knots&lt;/b&gt;</title><link>/knots?a=1&amp;b=2</link><guid isPermaLink="false"> k1 </guid>'
            "<dc:creator>Ada Quay</dc:creator><pubDate>Sat, 03 Feb 2024 04:05:06 GMT</pubDate>"
            "<description>Short</description><content:encoded>&lt;p&gt;Long words&lt;/p&gt;</content:encoded>"
            "<category>Sea</category><comments>https://example.org/c</comments><slash:comments>4</slash:comments>"
            "<wfw:commentRss>https://example.org/c.xml</wfw:commentRss>"
            '<enclosure url="https://example.org/a.mp3" type="audio/mpeg" length="9"/><itunes:duration>61:01</itunes:duration>'
            '<media:content url="https://example.org/p.jpg" medium="image"><media:credit>Cy Boom</media:credit></media:content></item>'
        )
    ).entries[0]
    assert found == ParsedEntry(
        guid="k1",
        title="Ropes & knots",
        url="https://example.org/knots?a=1&b=2",
        author="Ada Quay",
        published=1706933106,
        updated=None,
        summary_html="Short",
        content_html="<p>Long words</p>",
        base_url="https://example.org/knots?a=1&b=2",
        comments_url="https://example.org/c",
        comments_feed="https://example.org/c.xml",
        comments_count=4,
        tags=("Sea",),
        enclosures=(found.enclosures[0],),
        picture_url="https://example.org/p.jpg",
        picture_credit="Cy Boom",
    )
    assert (found.enclosures[0].duration, found.enclosures[0].length) == (3661, 9)


@pytest.mark.parametrize(
    "times", ["<published>{}</published><updated>{}</updated>", "<updated>{1}</updated>"]
)
def test_an_entry_has_the_time_of_its_last_change_too(times: str) -> None:
    changed, published = "2024-02-05T04:05:06Z", "2024-02-03T04:05:06Z"
    entry = only(atom(times.format(published, changed)))
    assert entry.updated == 1707105906
    assert entry.published == (1706933106 if "published" in times else entry.updated)


def test_atom_text_is_literal_and_rss_text_is_not_and_xhtml_is_markup() -> None:
    atom_text = only(atom("<content>1 &lt; 2 &lt;b&gt;</content>"))
    assert atom_text.content_html == "1 &lt; 2 &lt;b&gt;"
    rss_text = only(bare("<item><itunes:summary>a &lt;b&gt;c&lt;/b&gt;</itunes:summary></item>"))
    assert rss_text.content_html == "a <b>c</b>"
    assert only(DECLINED["xhtml content"]).content_html == "<p>x</p>"


def test_links_inside_refer_to_the_entry_or_to_xml_base() -> None:
    bases = feed(CLAIMED["atom bases"]).entries
    assert [one.base_url for one in bases] == ["https://e.example/", "https://c.example/d/"]
    assert bases[0].url == "https://e.example/in"
    assert feed(rss("<description>x</description>")).entries[0].base_url == "https://example.org/tide"


def test_how_long_to_be_left_alone() -> None:
    assert feed(rss("", "<ttl>90</ttl>")).ttl == 5400
    assert feed(CLAIMED["rdf updates"]).ttl == 21_600
    assert feed(rss("", "<ttl>99999999</ttl>")).ttl == entry.MAX_TTL
    assert feed(rss("", "<ttl>-5</ttl>")).ttl is None
    assert feed(rss("", "<sy:updatePeriod>never</sy:updatePeriod>")).ttl is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ada@example.org (Ada Quay)", "Ada Quay"),
        ("Ada Quay <ada@example.org>", "Ada Quay"),
        ("Ada Quay (ada@example.org)", "Ada Quay"),
        ("Ada Quay", "Ada Quay"),
        ("ada@example.org", "ada@example.org"),
        ("a@b (" * 300, None),
    ],
)
def test_names_of_people(text: str, name: str | None) -> None:
    found = entry.person(text)
    assert found == name if name else len(found) <= 200


@pytest.mark.parametrize(
    ("item", "picture", "enclosed"),
    [
        ('<media:content url="/a.mp3" type="audio/mpeg"/><media:thumbnail url="/t"/>', "/t", [("/a.mp3", None)]),
        ('<media:content url="/a.mp4" medium="video" duration="62"/>', "", [("/a.mp4", 62)]),
        ('<media:content url="/a.PNG?x=1"/><media:content url="/b" type="Image/png" width="9"/>', "/b", []),
        ('<media:content url="/a" type="image/x" width="9"/><media:content url="/b.jpg" width="80"/>', "/b.jpg", []),
        ('<media:content url="/a.txt"/><enclosure url="/e.gif" type="image/gif"/>', "/e.gif", [("/e.gif", None)]),
        ('<media:thumbnail url="/t"/><enclosure url="/e.gif" type="image/gif"/>', "/t", [("/e.gif", None)]),
        ('<media:content url="javascript:x" medium="image"/><media:thumbnail url="/t"/>', "/t", []),
        # the duration of the entry is that of its first recording
        ('<itunes:duration>90</itunes:duration><enclosure url="/a.mp3" type="audio/mpeg"/><enclosure url="/b.mp3"/>',
         "", [("/a.mp3", 90), ("/b.mp3", None)]),
        ('<itunes:duration>90</itunes:duration><media:content url="/a.mp3" type="audio/mpeg" duration="7"/>',
         "", [("/a.mp3", 7)]),
        ('<itunes:duration>90</itunes:duration><enclosure url="/e.gif" type="image/gif"/>', "/e.gif", [("/e.gif", None)]),
    ],
)  # fmt: skip
def test_the_lead_picture_and_the_recordings(
    item: str, picture: str, enclosed: list[tuple[str, int | None]]
) -> None:
    found = only(bare(f"<item><title>t</title>{item}</item>"))
    site = "https://example.org"
    assert found.picture_url == (site + picture if picture else "")
    assert [(one.url, one.duration) for one in found.enclosures] == [
        (site + url, time) for url, time in enclosed
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3723", 3723), ("62:03", 3723), ("1:02:03", 3723), ("", None), ("1:2:3:4", None), ("-5", None)],
)
def test_durations(text: str, expected: int | None) -> None:
    assert entry.seconds(text) == expected


# -- dates


@for_each(
    ("text", "expected"),
    [
        ("Sat, 03 Feb 2024 04:05:06 GMT", 1706933106),
        ("Sat, 3 Feb 2024 04:05:06 +0100", 1706929506),
        ("3 Feb 24 04:05 EST", 1706951100),
        ("Saturday, 03-Feb-2024 04:05:06 UTC", 1706933106),
        ("Sat, 03 Feb 2024 04:05:06 GMT+01:00", 1706929506),
        ("Sat, 03 Feb 2024 04:05:06 +0000 (UTC)", 1706933106),
        ("2024-02-03T04:05:06Z", 1706933106),
        ("2024-02-03T04:05:06.999999999-00:30", 1706934906),
        ("2024-02-03 04:05:06", 1706933106),
        ("2024-02-03", 1706918400),
        ("2024-02-03T04:05:60Z", 1706933159),
        ("1969-12-31T23:59:59Z", -1),
        ("2199-12-31T23:59:59Z", 7258118399),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("99999-01-01", None),
        ("-1", None),
        ("2024-02-30", None),
        ("Sat, 03 Feb 0000 04:05:06 GMT", None),
        ("2024-02-03T24:00:00Z", None),
        ("2024-02-03T04:05:06+99:99", None),
        ("١٢ Feb 2024 04:05:06 GMT", 1707710706),
        ("", None),
        ("soon", None),
    ],
)
def test_dates(text: str, expected: int | None) -> None:
    assert dates.parse(text) == expected


@settings(max_examples=settings().max_examples // 2)
@given(
    st.text(max_size=40)
    | st.from_regex(dates.RFC822, fullmatch=True)
    | st.from_regex(dates.ISO, fullmatch=True)
)
def test_no_date_ever_raises(text: str) -> None:
    moment = dates.parse(text)
    assert moment is None or -2_300_000_000 < moment < 7_260_000_000


@pytest.mark.parametrize(
    "date", ["0000-00-00", "-1", "99999", "Thu, 99 Foo 2024 99:99:99 XYZ", "𝟙", "1" * 5_000]
)
def test_an_absurd_date_loses_nothing(date: str) -> None:
    found = feed(rss(f"<pubDate>{date}</pubDate><dc:date>{date}</dc:date>"))
    assert [one.title for one in found.entries] == ["Tide tables", "Second"]
    assert found.entries[0].published is None


# -- charsets

TEXT = "<?xml version='1.0' encoding='{0}'?><rss version='2.0'><channel><title>Гавань 港口</title></channel></rss>"
CYRILLIC = "<?xml version='1.0'{0}?><rss version='2.0'><channel><title>Гавань и маяк</title></channel></rss>"


@for_each(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "gb18030"]
)
@for_each("header", [None, "text/xml", "text/xml; charset=iso-8859-1", "x; charset=zlib", "text/html"])
def test_the_charset_of_the_document_wins(codec: str, header: str | None) -> None:
    assert feed(TEXT.format(codec.removesuffix("-sig")).encode(codec), header).title == "Гавань 港口"


@pytest.mark.parametrize(
    ("declared", "real", "header"),
    [
        (" encoding='koi8-r'", "koi8-r", None),
        ("", "koi8-r", "text/xml; charset=KOI8-R"),
        ("", "koi8-r", "text/xml;Charset = 'koi8-r'"),
        (" encoding='windows-1251'", "utf-8", None),
        (" encoding='utf-16'", "utf-8", None),
        ("", "utf-8", "text/xml; charset=koi8-r"),
        (" encoding='nonsense'", "utf-8", None),
        (" encoding='zlib'", "utf-8", None),
        (" encoding='idna'", "utf-8", "text/xml; charset=punycode"),
        (" encoding='rot13'", "utf-8", None),
        (" encoding='unicode_escape'", "utf-8", None),
    ],
)
def test_wrong_labels(declared: str, real: str, header: str | None) -> None:
    assert feed(CYRILLIC.format(declared).encode(real), header).title == "Гавань и маяк"


@pytest.mark.parametrize("codec", ["koi8-r", "utf-16", "utf-8"])
@pytest.mark.parametrize("more", ["", "<?xml-stylesheet href='a.xsl' encoding='{0}'?>"])
def test_a_damaged_document_is_decoded_once(codec: str, more: str) -> None:
    """feedparser gets a decoded text, and must not decode it again as its head says."""
    body = CYRILLIC.format(f" encoding='{codec}'").replace("</channel>", "").replace("<rss", f"{more}<rss", 1)
    assert feed(body.format(codec).encode(codec)).title == "Гавань и маяк"


@pytest.mark.parametrize(
    ("head", "header", "title"),
    [
        ('<meta charset="koi8-r">', "text/html", "Гавань"),
        ('<META http-equiv=Content-Type content="text/html; CHARSET=koi8-r">', None, "Гавань"),
        ('<meta charset="windows-1251">', "text/html; charset=koi8-r", "Гавань"),
        (f"{' ' * 5_000}<meta charset=koi8-r>", "text/html", "çÁ×ÁÎØ"),
        ('<meta charset="nonsense">', "text/html", "çÁ×ÁÎØ"),
        ("", "text/html; charset=zlib", "çÁ×ÁÎØ"),
    ],
)
def test_the_charset_of_a_web_page(head: str, header: str | None, title: str) -> None:
    page = f"<html><head>{head}<title>Гавань</title>".encode("koi8-r")
    assert f"<title>{title}</title>" in charset.decode_page(page, header)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("latin5", "cp1254"),
        ("x-sjis", "cp932"),
        ("shift_jis", "cp932"),
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("euc-kr", "cp949"),
        ("ks_c_5601-1989", "cp949"),
        ("big5", "cp950"),
        ("tis-620", "cp874"),
        ("x-mac-cyrillic", "mac-cyrillic"),
    ],
)
def test_labels_are_read_as_browsers_read_them(label: str, codec: str) -> None:
    """By the bytes that only the wider encoding has: quotes, the euro, rare characters."""
    text = {
        "cp1252": "“Quay” €",
        "cp1254": "“Ş” €",
        "cp932": "①髙",
        "gb18030": "镕€",
        "cp949": "똠",
        "cp950": "港",
    }
    title = text.get(codec, "กข" if codec == "cp874" else "Гавань")
    body = f"<?xml version='1.0' encoding='{label}'?><rss><channel><title>{title}</title></channel></rss>"
    assert feed(body.encode(codec)).title == title


def test_latin_text_without_a_label() -> None:
    body = "<rss><channel><title>Fähre – “Ö”</title></channel></rss>"
    assert feed(body.encode("cp1252")).title == "Fähre – “Ö”"


def test_one_bad_byte_does_not_spoil_the_rest() -> None:
    body = bare("".join(f"<item><title>{title}</title></item>" for title in ("Fähre", "b@d", "港口")))
    found = feed(body.encode().replace(b"@", b"\xff"))
    assert [one.title for one in found.entries] == ["Fähre", "b\ufffdd", "港口"]


@given(st.binary(max_size=200), st.none() | st.text(max_size=40))
def test_decoding_never_raises(body: bytes, header: str | None) -> None:
    assert isinstance(charset.decode(body, header), str)


# -- damaged documents


SWALLOWING = ["<![CDATA[x", "<!--", "<?x"]
"""What is open takes what comes after it."""
BAD = [
    "\x00", "\x1b[31m", "&#0;", "&#27;", "&#xD800;", "&#xFFFF;", "&#" + "9" * 5000 + ";", "&#x110000;",
    "\ufffe", "&nbsp;", "&undefined;", "&", "<br>", "<b>", "</b>", "\x0b\x0c",
]  # fmt: skip


@for_each("bad", BAD + SWALLOWING)
def test_one_bad_entry_leaves_the_others(bad: str) -> None:
    damaged = f"<item><title>a{bad}z</title><guid>2</guid></item>"
    found = feed(bare(f"<item><title>first</title></item>{damaged}<item><title>last</title></item>"))
    assert found.entries[0].title == "first"
    assert found.entries[-1].title == "last" or bad in SWALLOWING
    assert all("\x1b" not in one.title and "\x00" not in one.title for one in found.entries)


@pytest.mark.parametrize(
    "before",
    [
        "\n\n   ",
        "\ufeff",
        "\ufeff\ufeff ",
        "<!-- note -->\n",
        "Warning: something in line 3\n",
        "<br />\n<b>Notice</b>: x<br />",
        "\n" * 40000,
        "\x00\x00",
        "<?php echo 1 ?>\n",
        "<?xml-stylesheet href='x'?>",
        "<?xml-stylesheet href='x'?><!-- <html> -->",
    ],
)
def test_junk_before_the_feed(before: str) -> None:
    assert [one.title for one in feed(before + rss("")).entries] == ["Tide tables", "Second"]


def test_junk_after_and_two_roots() -> None:
    assert feed(rss("") + "<!-- cached --> trailing words").entries[0].title == "Tide tables"
    assert len(feed(rss("") + rss("")).entries) >= 2


@pytest.mark.parametrize("part", [0.3, 0.6, 0.8, 0.95])
def test_a_truncated_document_gives_what_is_there(part: float) -> None:
    items = "".join(f"<item><title>Entry {number}</title></item>" for number in range(20))
    body = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    found = feed(body[: int(len(body) * part)])
    assert not found.well_formed
    assert [one.title for one in found.entries[:3]] == ["Entry 0", "Entry 1", "Entry 2"][: len(found.entries)]
    assert len(found.entries) >= int(20 * part) - 3


def test_entities_are_not_expanded_and_nothing_is_opened(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("SECRETWORD")
    body = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY c SYSTEM "file://{canary}"><!ENTITY p "{"x" * 50}">
    <!ENTITY q "&p;&p;&p;&p;&p;&p;&p;&p;&p;&p;">]><rss version="2.0"><channel><title>t</title>
    <item><title>a &c; {"&q;" * 1000} b</title></item></channel></rss>"""
    found = feed(body)
    assert "SECRETWORD" not in repr(found)
    assert len(found.entries) == 1


@pytest.mark.parametrize("shape", ["{}", "file://{}", " {}", "{}\n"])
def test_a_body_that_is_a_path_is_not_opened(tmp_path: Path, shape: str) -> None:
    canary = tmp_path / "feed.xml"
    canary.write_text(rss(""))
    assert failed(shape.format(canary)).fault is Fault.NOT_A_FEED
    assert parse_tolerantly(os.fsencode(canary), URL) == failed(str(canary))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the server sent an empty document"),
        (b"  \n ", "the server sent an empty document"),
        (b"\x89PNG\r\n\x1a\n....", "this is an image"),
        (b"GIF89a...", "this is an image"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"PK\x03\x04....", "this is an archive"),
        (b"\x1f\x8b\x08....", "this is compressed data"),
        (b'{"error": "not found"}', "this is JSON"),
        (b"[1, 2]", "this is JSON"),
        (b"{broken", "this is JSON"),
        (b"[" * 100_000, "this is JSON"),
        (b'{"version": "https://jsonfeed.org/version/1", "items":' + b"[" * 100_000, "this is JSON"),
        (b"<!DOCTYPE html><html><body>hello</body></html>", "this is a web page, not a feed"),
        (b"<HTML><head>", "this is a web page"),
        (b"<p>hello", "this is a web page"),
        (b"<P>hello", "this is a web page"),
        (b"<FONT SIZE=5>hello</FONT><TABLE BORDER=1>", "this is a web page"),
        (b"<?xml version='1.0'?><urlset></urlset>", "this is a sitemap"),
        (b"<opml version='2.0'><body/></opml>", "this is a list of feeds (OPML)"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is an image"),
        (b"<?xml version='1.0'?><catalogue/>", "this is another kind of XML (<catalogue>)"),
        (b"just words", "this is something else"),
        (bytes(range(256)) * 4, "this is something else"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_feed_is_named(body: bytes, words: str) -> None:
    result = failed(body)
    assert result.fault is Fault.NOT_A_FEED
    assert result.reason.startswith(words)
    assert parse_quickly(body, URL) == result  # and the worker need not start for it


def test_a_web_page_names_its_feeds() -> None:
    result = failed(
        '<!doctype html><html><head><base href="https://example.org/deep/">'
        '<link rel="stylesheet" type="text/css" href="s.css"><LINK REL=alternate TYPE="application/rss+xml" TITLE="All &amp; more" HREF=all.xml>'
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">'
        '<link rel="alternate" hreflang="de" href="/de/"><link href="/atom" type="application/atom+xml" rel="alternate">'
    )
    assert result.feeds == ("https://example.org/deep/all.xml", "https://example.org/atom")
    assert result.reason.endswith(f"it names these feeds: {', '.join(result.feeds)}")


def test_a_web_page_that_names_no_feed_may_link_to_one_elsewhere() -> None:
    """Links within its own site were there when the feed still was."""
    own = "".join(f'<a href="{url}">x</a>' for url in ("/rss.xml", "https://www.example.org/atom.xml"))
    assert failed(f"<html><body>{own}</body></html>").feeds == ()
    moved = failed(f'<html><body>{own}<a href="https://else.example/rss.xml">moved</a></body></html>')
    assert moved.feeds == ("https://else.example/rss.xml",)


def test_an_xhtml_page_with_an_xml_declaration_is_a_page() -> None:
    body = (
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body>&lt;rss&gt; <rss></rss></body></html>'
    )
    assert failed(body).reason == "this is a web page, not a feed"


# -- sizes and odd values


def test_entries_beyond_ten_thousand_are_the_oldest() -> None:
    items = "".join(
        f"<item><title>{number}</title><pubDate>2024-01-{1 + number % 28:02}</pubDate></item>"
        for number in range(10_500)
    )
    found = feed(bare(items))
    assert len(found.entries) == 10_000 and found.left_out == 500
    assert min(one.published or 0 for one in found.entries) > 1704067200
    numbers = [int(one.title) for one in found.entries]
    assert numbers == sorted(numbers)


def test_tags_enclosures_and_titles_are_bounded() -> None:
    many = "".join(f"<category>c{number}</category>" for number in range(10_000))
    many += "".join(f'<enclosure url="https://example.org/{number}.mp3"/>' for number in range(2_000))
    found = feed(bare(f"<item><title>{'t' * 1_000_000}</title>{many}</item>")).entries[0]
    assert len(found.tags) == 50
    assert len(found.enclosures) == 50
    assert len(found.title) <= 500


def test_giant_guids_stay_apart() -> None:
    one, other = ("g" * 100_000 + ending for ending in "ab")
    found = feed(bare(f"<item><guid>{one}</guid></item><item><guid>{other}</guid></item>"))
    assert found.entries[0].guid != found.entries[1].guid
    assert all(len(entry.guid) <= 500 for entry in found.entries)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "http://[::1"]
)
def test_addresses_that_are_not_web_addresses_vanish(link: str) -> None:
    found = only(
        bare(
            f"<item><title>t</title><link>{link}</link><guid>{link}</guid><comments>{link}</comments>"
            f'<enclosure url="{link}"/><media:thumbnail url="{link}"/><wfw:commentRss>{link}</wfw:commentRss></item>'
        )
    )
    assert (found.url, found.comments_url, found.comments_feed, found.picture_url) == ("", "", "", "")
    assert found.enclosures == ()


@pytest.mark.parametrize("raw", ["\x1b]0;x\x07", "\x9b31m", "\u202eabc", "a\r\nb\tc", "[/] [b]x[/b]"])
def test_every_text_is_one_safe_line(raw: str) -> None:
    item = {"id": raw, "title": raw, "tags": [raw], "authors": [{"name": raw}], "content_text": raw}
    body = {"version": "https://jsonfeed.org/version/1.1", "title": raw, "items": [item]}
    found = feed(json.dumps(body))
    one = found.entries[0]
    for text in (found.title, one.title, one.author, one.guid, *one.tags):
        assert not set(text) & set("\x1b\x07\x9b\u202e\r\n\t")
        assert "[b]" in text or "[/]" not in raw


# -- JSON Feed

JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Harbour",
    "home_page_url": "/",
    "items": [
        {
            "id": 7,
            "url": "/a",
            "title": "A < B",
            "content_html": "<p>x</p>",
            "summary": "s",
            "date_published": "2024-02-03T04:05:06Z",
            "authors": [{"name": "Ada"}],
            "tags": ["x", 3],
            "image": "/i.png",
            "attachments": [
                {"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9, "duration_in_seconds": 61.5}
            ],
        },
        {"content_text": "plain <b>\nline"},
        "nonsense",
        {},
    ],
}


def test_what_else_json_feed_says() -> None:
    item = {
        "external_url": "/out",
        "content_text": "plain, and longer than the same with tags",
        "content_html": "<p>rich</p>",
        "date_published": "2024-02-03T04:05:06Z",
        "date_modified": "2024-02-05T04:05:06Z",
        "banner_image": "/banner.png",
        "author": {"name": "Cy Boom"},
        "attachments": [{"url": "/a.mp3", "mime_type": "Audio/MPEG", "title": "The tide"}],
    }
    data = {
        "version": "1",
        "title": "Harbour",
        "authors": [{"name": "Ada"}, 3],
        "items": [item, {"title": "t"}],
    }
    first, second = feed(json.dumps(data)).entries
    assert (first.url, first.picture_url) == ("https://example.org/out", "https://example.org/banner.png")
    assert (first.published, first.updated) == (1706933106, 1707105906)
    assert (first.content_html, first.summary_html) == ("<p>rich</p>", "")
    assert (first.author, second.author) == (
        "Cy Boom",
        "Ada",
    )  # the authors of the feed where an item has none
    (sound,) = first.enclosures
    assert (sound.type, sound.title, sound.duration, sound.length) == ("audio/mpeg", "The tide", None, None)
    both = item | {"url": "/a", "image": "/lead.png"}
    (entry,) = feed(json.dumps(data | {"items": [both]})).entries
    assert (entry.url, entry.picture_url) == ("https://example.org/a", "https://example.org/lead.png")


@pytest.mark.parametrize(
    ("data", "is_feed"),
    [
        ({"version": "https://jsonfeed.org/version/1"}, True),
        ({"title": "t", "items": []}, True),
        ({"version": 1, "title": "t", "items": []}, True),
        ({"title": "t"}, False),
        ({"title": 1, "items": []}, False),
        ({"title": "t", "items": {}}, False),
        ({"version": "2"}, False),
    ],
)
def test_which_json_is_a_feed(data: dict[str, object], is_feed: bool) -> None:
    assert isinstance(parse(json.dumps(data).encode(), URL), ParsedFeed) == is_feed


def test_json_feed() -> None:
    found = feed(json.dumps(JSON))
    first, second, third = found.entries
    assert (found.title, found.site_url) == ("Harbour", "https://example.org/")
    assert (first.guid, first.url) == ("7", "https://example.org/a")
    assert (first.title, first.author) == ("A < B", "Ada")
    assert (first.content_html, first.summary_html, first.published) == ("<p>x</p>", "s", 1706933106)
    assert (first.tags, first.picture_url) == (("x",), "https://example.org/i.png")
    assert (first.enclosures[0].length, first.enclosures[0].duration) == (9, 61)
    assert second.content_html == "plain &lt;b&gt;<br>\nline"
    assert third.title == ""


ITEM_KEYS = "id url title content_html content_text date_published authors tags attachments"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ITEM_KEYS.split()), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=settings().max_examples // 2, deadline=None)
@given(st.dictionaries(st.sampled_from(["title", "home_page_url", "items", "authors"]), JSON_VALUES))
def test_json_of_wrong_types_never_raises(data: dict[str, object]) -> None:
    data["version"] = "https://jsonfeed.org/version/1"
    result = parse(json.dumps(data).encode(), URL)
    assert isinstance(result, ParsedFeed | ParseFailed)


PARTS = ["<rss>", "<channel>", "<item>", "</item>", "<title>", "x", "&#x1;", "<feed>", "&", "]]>"]


@settings(deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from(PARTS), max_size=20).map(lambda parts: "".join(parts).encode())
)
def test_parsing_never_raises(body: bytes) -> None:
    result = parse(body, URL, "application/xml")
    assert isinstance(result, ParsedFeed | ParseFailed)
    assert parse(body, URL, "application/xml") == result


# -- the worker process


forked = pytest.mark.usefixtures("forked_workers")

ODD = DECLINED["odd date"].encode()
"""A document that the worker is needed for."""


@forked
async def test_the_worker_gives_what_parse_gives_after_a_cancelled_parse_too() -> None:
    async with ParseWorker() as worker:
        first = asyncio.create_task(worker.parse(ODD, URL))
        while worker.slow.process is None:
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        for name in ("xhtml content", "undefined entity", "odd date", "unclosed", "html"):
            body = DECLINED[name].encode()
            assert await worker.parse(body, URL) == parse(body, URL)


async def test_the_worker_starts_again_when_it_took_too_long_or_was_killed() -> None:
    bomb = b"<rss><channel><item><author>" + b"a." * 200_000 + b"@</author></item></channel></rss>"
    async with ParseWorker(deadline=0.3) as worker:
        assert isinstance(await worker.parse(ODD, URL), ParsedFeed)
        slow, after = await asyncio.gather(worker.parse(bomb, URL), worker.parse(ODD, URL))
        assert isinstance(slow, ParseFailed) and slow.fault is Fault.TOO_SLOW
        assert isinstance(after, ParsedFeed)
        process = worker.slow.process
        assert process is not None
        process.kill()
        await process.wait()
        assert isinstance(await worker.parse(ODD, URL), ParsedFeed)


async def test_waiting_on_a_busy_machine_is_no_work_but_ends() -> None:
    async with ParseWorker(deadline=0.2) as worker:
        await worker.parse(ODD, URL)
        process = worker.slow.process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        reading = asyncio.create_task(worker.parse(ODD, URL))
        done, _ = await asyncio.wait([reading], timeout=0.4)
        process.send_signal(signal.SIGCONT)
        assert not done and isinstance(await reading, ParsedFeed)
        process.send_signal(signal.SIGSTOP)
        slow = await worker.parse(ODD, URL)
        assert isinstance(slow, ParseFailed) and slow.fault is Fault.TOO_SLOW
        assert isinstance(await worker.parse(ODD, URL), ParsedFeed)


@forked
async def test_large_and_long_feeds_go_through_the_worker() -> None:
    text = "word " * 40
    items = "".join(f"<item><title>{text}</title><guid>{number}</guid></item>" for number in range(10_200))
    body = bare(items).encode()
    assert len(body) > QUICK_BYTES
    async with ParseWorker() as worker:
        result = await worker.parse(body, URL)
    assert isinstance(result, ParsedFeed) and len(result.entries) == 10_000


@forked
async def test_apart_gives_the_same_and_can_prepare() -> None:
    bodies = [bare(f"<item><title>T{n}</title><guid>{n}</guid></item>").encode() for n in range(40)]
    odd = [ODD, b"<html><body>no feed</body></html>", b""]
    async with ParseWorker(apart=True) as worker:
        found = await asyncio.gather(*(worker.parse(body, URL) for body in (*bodies, *odd)))
        assert list(found) == [parse(body, URL) for body in (*bodies, *odd)]
        made = await worker.parse(bodies[0], URL, stored={})
        assert isinstance(made, ParsedFeed)
        assert [item.title for item in made.prepared] == ["T0"]
        assert replace(made, prepared=(), keys=(), outline=(), seen=b"") == found[0]


@forked
async def test_apart_goes_on_when_its_process_is_killed() -> None:
    body = bare("<item><title>T</title><guid>1</guid></item>").encode()
    async with ParseWorker(apart=True) as worker:
        first = await worker.parse(body, URL)
        assert worker.quick is not None
        process = worker.quick.process
        assert process is not None
        process.kill()
        await process.wait()
        assert await asyncio.gather(*(worker.parse(body, URL) for _ in range(5))) == [first] * 5
