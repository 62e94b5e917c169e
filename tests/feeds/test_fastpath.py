"""The fast path gives what feedparser gives, or nothing."""

from __future__ import annotations

import time
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import for_each
from tests.feeds.corpus import CLAIMED, DECLINED, URL, atom, bare, rdf, rss
from tuireader.feeds.parse import fastpath, feedparser_adapter
from tuireader.feeds.parse.entry import shape
from tuireader.feeds.parse.parse import QUICK_BYTES, parse_quickly
from tuireader.model import ParsedFeed


def by_fastpath(text: str) -> ParsedFeed | None:
    raw = fastpath.parse(text.encode(), URL)
    return None if raw is None else shape(raw)


def by_feedparser(text: str) -> ParsedFeed:
    raw = feedparser_adapter.parse(text, URL)
    assert raw is not None
    return shape(raw)


def differences(left: ParsedFeed, right: ParsedFeed) -> list[str]:
    """Which fields differ, for a readable failure."""
    found = [
        f"feed.{name}"
        for name in left.__struct_fields__
        if name != "entries" and getattr(left, name) != getattr(right, name)
    ]
    for number, (one, other) in enumerate(zip(left.entries, right.entries, strict=True)):
        found += [
            f"{number}.{name}: {getattr(one, name)!r} != {getattr(other, name)!r}"
            for name in one.__struct_fields__
            if getattr(one, name) != getattr(other, name)
        ]
    return found


def check(text: str) -> None:
    """The fast path declines the document, or gives what feedparser gives."""
    fast = by_fastpath(text)
    if fast is not None:
        assert differences(fast, by_feedparser(text)) == []


@for_each("name", CLAIMED)
def test_claimed_documents_come_out_the_same(name: str) -> None:
    fast = by_fastpath(CLAIMED[name])
    assert fast is not None
    assert differences(fast, by_feedparser(CLAIMED[name])) == []


@for_each("name", DECLINED)
def test_what_is_not_known_is_declined(name: str) -> None:
    assert by_fastpath(DECLINED[name]) is None


CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\ufffe\uffff"
)
WORDS = st.text(CHARACTERS, max_size=20) | st.sampled_from([
    "", " ", "a", "1 < 2", "a & b", "<b>bold</b>", "&amp;", "&#8217;", "café", "Ã©", "x\ny", "/path",
    "?q=1&r=2", "https://example.org/a?b=1&c=2", "http://example.org", "javascript:x", "urn:1", "//host/x",
    "#top", "tag:x,1:y",
])  # fmt: skip
DATES = st.sampled_from([
    "", "2024-02-03T04:05:06Z", "2024-02-03", "Sat, 03 Feb 2024 04:05:06 GMT", "03 Feb 2024 04:05 +0200",
    "2024-02-03T04:05:06.1+05:45", "3 Feb 99 04:05:06 PDT", "1969-12-31T23:59:59Z",
])  # fmt: skip
TYPES = st.sampled_from(
    ["", ' type="html"', ' type="text"', ' type="TEXT/HTML"', ' type="xhtml"', ' type="x"']
)


def leaf(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return values.map(lambda value: f"<{name}>{escape(value)}</{name}>")


def with_type(name: str) -> st.SearchStrategy[str]:
    return st.tuples(TYPES, WORDS).map(lambda both: f"<{name}{both[0]}>{escape(both[1])}</{name}>")


def with_attribute(name: str, *attributes: str) -> st.SearchStrategy[str]:
    def attribute(key: str) -> st.SearchStrategy[str]:
        return WORDS.map(lambda value: f"{key}={quoteattr(value)}")

    return st.tuples(*map(attribute, attributes)).map(lambda found: f"<{name} {' '.join(found)}/>")


NAMES = """
title link guid description author category comments source content:encoded dc:creator dc:title dc:subject
itunes:author itunes:summary itunes:duration slash:comments wfw:commentRss custom:x
media:credit media:description media:keywords media:title
"""
RSS_PARTS = st.one_of(
    *(leaf(name, WORDS) for name in NAMES.split()),
    *(leaf(name, DATES) for name in ("pubDate", "dc:date", "atom:updated", "dcterms:issued")),
    with_attribute("enclosure", "url", "type", "length"),
    with_attribute("atom:link", "href", "rel"),
    with_attribute("media:content", "url", "medium", "width"),
    with_attribute("media:thumbnail", "url"),
    WORDS.map(lambda value: f'<guid isPermaLink="false">{escape(value)}</guid>'),
    with_attribute("itunes:image", "href"),
)
ATOM_PARTS = st.one_of(
    *(with_type(name) for name in ("title", "summary", "content")),
    leaf("id", WORDS),
    *(leaf(name, DATES) for name in ("published", "updated")),
    WORDS.map(lambda name: f"<author><name>{escape(name)}</name></author>"),
    with_attribute("category", "term"),
    with_attribute("category", "term", "label"),
    st.sampled_from(["alternate", "enclosure", "replies", "self", "via"]).flatmap(
        lambda relation: WORDS.map(lambda href: f"<link rel='{relation}' href={quoteattr(href)}/>")
    ),
    with_attribute("link", "href", "type"),
    leaf("thr:total", WORDS),
)


def in_any_group(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=7).map("".join)


DOCUMENTS = st.one_of(
    in_any_group(RSS_PARTS).map(rss),
    st.lists(in_any_group(RSS_PARTS), max_size=3).map(
        lambda items: bare("".join(f"<item>{one}</item>" for one in items))
    ),
    in_any_group(ATOM_PARTS).map(atom),
    in_any_group(RSS_PARTS.filter(lambda part: ":" not in part.split(">")[0] or part.startswith("<dc:"))).map(
        rdf
    ),
)


@settings(deadline=None)
@given(DOCUMENTS)
def test_generated_documents_come_out_the_same(text: str) -> None:
    check(text)


@settings(deadline=None)
@given(st.sampled_from(sorted(CLAIMED)), st.data())
def test_a_cut_or_changed_document_is_declined_or_the_same(name: str, data: st.DataObject) -> None:
    text = CLAIMED[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    piece = data.draw(st.sampled_from(["", "x", "<", "&", "<x>", "</item>", "<item>", "\x00"]))
    check(text[:start] + piece + text[end:])


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("rss author before mail", "Ada Quay (", "Ada Quay "),
        ("rss author before mail", "Ada Quay (", "Ada Quay x"),
        ("rss author with mail", " (Ada Qu", "x"),
        ("rss author with mail", "ada@example.org (Ada Quay)", "ada@harbour.museum (Ada Quay)"),
        ("rss author with mail", "ada@example.org (Ada Quay)", "ada@harbour.museum"),
        ("rss author and creator", "Ada Quay", "Ada ada@example.org"),
        ("atom default content", 'href="https://', 'href="https:////'),
        ("rss guid", "https://", "https:///"),
        ("atom bases", "<title>b</title>", ""),
    ],
)
def test_what_was_found_by_changing_documents_is_declined_or_the_same(name: str, old: str, new: str) -> None:
    assert old in CLAIMED[name]
    check(CLAIMED[name].replace(old, new))


def test_an_address_under_a_long_ending_is_no_part_of_a_name() -> None:
    text = bare("<item><title>T</title><author>ada@harbour.museum (Ada Quay)</author></item>")
    assert [entry.author for entry in by_feedparser(text).entries] == ["Ada Quay"]


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel>" + "<a>" * 150_000 + "</a>" * 150_000 + "</channel></rss>",
        "<rss><channel><item>" + "<a>" * 150_000 + "</a>" * 150_000 + "</item></channel></rss>",
        "<rss " + " ".join(f'a{number}="x"' for number in range(50_000)) + "><channel/></rss>",
        "<rss " + " ".join(f'xmlns:n{number}="u:{number}"' for number in range(20_000)) + "><channel/></rss>",
        "<rss><channel><item><author>" + "a." * 450_000 + "@</author></item></channel></rss>",
        "<rss><channel><item><pubDate>" + "1 " * 450_000 + "</pubDate></item></channel></rss>",
        "<rss><channel><item><title>" + "&lt;b" * 150_000 + "</title></item></channel></rss>",
        "<rss><channel><item>" + "<category>x</category>" * 40_000 + "</item></channel></rss>",
        "<rss><channel>" + "<item/>" * 125_000 + "</channel></rss>",
        "<rss><channel><item><description>" + "&#10;" * 190_000 + "</description></item></channel></rss>",
        "<?xml version='1.0'" + " " * 950_000 + "?><rss><channel/></rss>",
        "<!--" + "-" * 950_000,
        "<" * 950_000,
        "xmlns=" * 150_000,
        "xmlns " * 150_000,
    ],
    ids=range(15),
)
def test_hostile_documents_take_little_time(body: str) -> None:
    data = body.encode()[:QUICK_BYTES]
    started = time.process_time()
    parse_quickly(data, URL)
    assert time.process_time() - started < 4  # quadratic ones take many times as long
