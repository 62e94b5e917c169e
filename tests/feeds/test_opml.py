# ruff: noqa: E501  (a document a line)
"""Subscriptions in and out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuireader.errors import TuireaderError
from tuireader.feeds.opml import OpmlFeed, dump, load


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def refused(data: bytes) -> str:
    with pytest.raises(TuireaderError) as caught:
        load(data)
    return caught.value.message


def test_feeds_with_folders() -> None:
    feeds, skipped = load(
        opml(
            '<outline text="Tech"><outline title="China &amp; HK">'
            '<outline type="rss" text="One" xmlUrl="https://one.example/feed" htmlUrl="https://one.example/"/></outline>'
            '<outline text="Two" xmlUrl="https://two.example/feed"/></outline>'
            '<outline text="https://three.example/feed" xmlUrl=" https://three.example/feed "/>'
        )
    )
    assert feeds == (
        OpmlFeed("https://one.example/feed", "One", "Tech / China & HK", "https://one.example/"),
        OpmlFeed("https://two.example/feed", "Two", "Tech"),
        OpmlFeed("https://three.example/feed"),
    )
    assert skipped == ()
    feeds, _ = load(b'<OPML><body><Outline TEXT="x" XMLURL="http://a.example/"/></body></OPML>')  # OPML 1
    assert feeds == (OpmlFeed("http://a.example/", "x"),)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("exec:curl x", "runs a program"),
        ("filter:sed:http://a", "runs a program"),
        ("|command", "runs a program"),
        ("query:unread", "runs a program"),
        ("file:///etc/passwd", "addresses with file: are not fetched"),
        ("javascript:alert(1)", "addresses with javascript: are not fetched"),
        ("", "has no address"),
        ("http://[::1", "is not a valid web address"),
        ("/etc/passwd", "is not a valid web address"),
        ("x" * 100_000, "is not a valid web address"),
    ],
)
def test_what_is_skipped_is_told(url: str, words: str) -> None:
    feeds, skipped = load(opml(f'<outline type="rss" text="Odd&#9;" xmlUrl="{url}"/>'))
    assert feeds == ()
    assert skipped[0].startswith(f"Odd: {words}")


@pytest.mark.parametrize(
    ("outline", "url", "title"),
    [
        ('text="A & B" xmlUrl="http://e.org/?a=1&b=2&copy=3"', "http://e.org/?a=1&b=2&copy=3", "A & B"),
        (
            'text="caf&eacute; &amp; &lt; &#233; &x;" xmlUrl="http://e.org/"',
            "http://e.org/",
            "café & < é &x;",
        ),
        ('text="A\x1b[31m\x00B" xmlUrl="http://e.org/"', "http://e.org/", "A [31m B"),
        ('text="A" type="rss" url="http://e.org/"', "http://e.org/", "A"),
        ('text="A" xmlUrl="feed://e.org/"', "http://e.org/", "A"),
        ('text="A" xmlUrl="feed:https://e.org/"', "https://e.org/", "A"),
        ('text="A" xmlUrl="HTTPS://e.org/"', "https://e.org/", "A"),
        ('TEXT="A" XMLURL=" http://e.org/a b\n"', "http://e.org/a%20b", "A"),
    ],
)
def test_what_is_often_written_wrong_is_understood(outline: str, url: str, title: str) -> None:
    (feed,), skipped = load(opml(f"<outline {outline}/>"))
    assert (feed.url, feed.title, skipped) == (url, title, ())


def test_the_same_feed_twice_is_one() -> None:
    urls = {"A": "https://a.example/feed", "B": "http://www.a.example/feed/?utm_source=x"}
    feeds, skipped = load(opml("".join(f'<outline text="{name}" xmlUrl="{urls[name]}"/>' for name in urls)))
    assert [feed.title for feed in feeds] == ["A"]
    assert skipped == ("B: appears twice in the file",)


def test_ten_thousand_feeds_and_twenty_thousand_levels() -> None:
    many = "".join(f'<outline text="f" xmlUrl="https://example.org/{number}"/>' for number in range(10_000))
    assert len(load(opml(many))[0]) == 10_000
    deep = '<outline text="f">' * 20_000 + '<outline xmlUrl="https://example.org/"/>' + "</outline>" * 20_000
    feeds, _ = load(opml(deep))
    assert feeds[0].folder.count("f") <= 8


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x00\x00", "empty"),
        (b"<!DOCTYPE html><html><body>no</body></html>", "this is a web page"),
        (b"https://example.org/feed", "this is not an OPML file"),
        (opml('<outline text="x" xmlUrl="https://a.example/"/>')[:-20], "damaged at line 1"),
        (opml("<outline>"), "damaged"),
        (opml("&#0;"), "damaged"),
        (opml("<outline text=x/>"), "damaged"),
        (b"x" * 50_000_001, "larger than 50 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(data: bytes, words: str) -> None:
    assert words in refused(data)


def test_entities_are_refused_and_nothing_is_opened(tmp_path: Path) -> None:
    (tmp_path / "canary").write_text("secret")
    laughs = '<!DOCTYPE o [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = f'<!DOCTYPE o [<!ENTITY a SYSTEM "file://{tmp_path}/canary">]>'
    parameter = f'<!DOCTYPE o [ <!ENTITY % a SYSTEM "file://{tmp_path}/canary"> %a; ]>'
    for head in (laughs, outside, parameter):
        assert "entities" in refused(opml('<outline text="&a;"/>', head))


def test_other_charsets() -> None:
    text = '<?xml version="1.0" encoding="{0}"?><opml><body><outline text="Гавань" xmlUrl="https://a.example/"/></body></opml>'
    for codec in ("utf-16", "koi8-r", "utf-8-sig"):
        feeds, _ = load(text.format(codec.removesuffix("-sig")).encode(codec))
        assert feeds[0].title == "Гавань"
    for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        for start in ("", "\r\n \t\n"):  # without a byte order mark
            feeds, _ = load((start + text.format("UTF-16")).encode(codec))
            assert feeds[0].title == "Гавань"


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "S", "Po")), min_size=1, max_size=20).map(
    str.strip
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES), max_size=6))
def test_what_is_written_is_read_again(names: list[tuple[str, str]]) -> None:
    written = [
        OpmlFeed(f"https://example.org/{number}?a=1&b=2", title, folder, "https://example.org/")
        for number, (title, folder) in enumerate(names)
    ]
    feeds, skipped = load(dump(written).encode())
    assert skipped == ()
    assert len(feeds) == len(written)
    assert {feed.url for feed in feeds} == {feed.url for feed in written}
    again, _ = load(dump(feeds).encode())
    assert sorted(again, key=lambda feed: feed.url) == sorted(feeds, key=lambda feed: feed.url)


def test_a_folder_deeper_than_outlines_are_read_is_not_cut_short() -> None:
    feed = OpmlFeed("https://a.example/f", "A", " / ".join("abcdefghi"))
    assert load(dump([feed]).encode()) == ((feed,), ())


def test_each_outline_has_a_line_of_its_own() -> None:
    """A document under version control shows a new feed as a new line."""
    lines = dump(
        [OpmlFeed(f"https://{name}.example/", folder=f"News / {name}") for name in "ab"]
    ).splitlines()
    assert [line.count("<outline") for line in lines if "<outline" in line] == [1] * 5


def test_what_the_specification_requires_is_written() -> None:
    """Other readers refuse a document without a version, and an outline without a text."""
    written = dump([OpmlFeed("https://a.example/f", "", "", "")])
    assert '<opml version="2.0">' in written and 'text="https://a.example/f"' in written


@settings(deadline=None)
@given(st.text(max_size=50))
def test_any_title_can_be_written(title: str) -> None:
    feeds, _ = load(dump([OpmlFeed("https://example.org/", title, title)]).encode("utf-8"))
    assert feeds[0].url == "https://example.org/"


@settings(deadline=None)
@given(st.binary(max_size=100).map(lambda junk: opml("")[:-20] + junk) | st.binary(max_size=100))
def test_loading_gives_feeds_or_one_error(data: bytes) -> None:
    try:
        load(data)
    except TuireaderError as error:
        assert error.message
