"""Entries that are stored and unchanged are not read, and the result is that of reading all of them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import msgpack
from msgspec.structs import replace

from tests.feeds.corpus import CLAIMED, URL
from tuireader.document.prepare import drop_known
from tuireader.feeds.parse.parse import parse_quickly
from tuireader.feeds.parse.unchanged import parse_changed
from tuireader.model import ParsedFeed, ParseResult

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>C</title><link>https://a.example/</link>{}</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>C</title><link href="https://a.example/"/>
<author><name>Ann</name></author>{}</feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>C</title></channel>{}</rdf:RDF>"""

_names = st.sampled_from(["a", "b", "c", "https://a.example/1", ""])
_words = st.sampled_from(
    [
        *["Word", "&lt;b&gt;x&lt;/b&gt;", "é"] * 4,
        "<![CDATA[</item> <item> ]] >]]>",
        "<!-- <entry> -->",
        "a base = 1",
        "",
    ]
)
_extras = st.sampled_from(
    [
        *["", "<dc:creator>Bob</dc:creator>", "<dc:date>2026-11-30T10:00:00Z</dc:date>"] * 4,
        '<x:y xmlns:x="http://x.example/">z</x:y>',
        '<link xml:base="https://b.example/" href="c"/>',
    ]
)


@st.composite
def _entries(draw: st.DrawFn, kind: str) -> str:
    guid, link, title, text, extra = (draw(part) for part in (_names, _names, _words, _words, _extras))
    if kind == "atom":
        day = draw(st.sampled_from(["", "<updated>2026-11-30T10:00:00Z</updated>"]))
        link = f'<link href="{link}"/>' if link else ""
        return f"<entry><id>{guid}</id>{link}<title>{title}</title>{day}<summary>{text}</summary></entry>\n"
    day = draw(st.sampled_from(["", "<pubDate>Mon, 30 Nov 2026 10:00:00 GMT</pubDate>"]))
    guid = f"<guid>{guid}</guid>" if guid else ""
    link = f"<link>{link}</link>" if link else ""
    return f"<item>{guid}{link}<title>{title}</title>{day}<description>{text}</description>{extra}</item>\n"


def _edited(draw: Any, kind: str, frame: str, entries: list[str]) -> tuple[str, list[str]]:
    """Change the entries or what surrounds them, as feeds do and as they do not."""
    entries, at = list(entries), draw(st.integers(0, max(0, len(entries) - 1)))
    match draw(st.sampled_from(["new", "new", "byte", "moved", "twice", "gone", "channel", "inside"])):
        case "byte" if entries:
            place = draw(st.integers(0, len(entries[at]) - 1))
            entries[at] = entries[at][:place] + draw(st.sampled_from("xA<> &=]")) + entries[at][place + 1 :]
        case "moved" if entries:
            entries.append(entries.pop(at))
        case "twice" if entries:
            entries.append(entries[at])
        case "gone" if entries:
            del entries[at]
        case "inside" if entries:
            entries[at] = f"<image><title>x</title>{entries[at]}</image>"
        case "channel":
            old, new = draw(
                st.sampled_from(
                    [
                        ("C<", "D<"),
                        ("https://a.example/", "https://z.example/"),
                        ("elements/1.1/", "elements/1.2/"),
                        ("Ann", "Zoe"),
                        ("<title>", '<title xml:lang="de">'),
                        ("<channel>", '<channel xml:base="https://b.example/">'),
                        ("<title>C", '<dc:x xmlns:dc="http://odd.example/">y</dc:x><title>C'),
                    ]
                )
            )
            frame = frame.replace(old, new, 1)
        case _:
            entries.insert(0, draw(_entries(kind)))
    return frame, entries


def _read_whole(body: bytes, stored: dict[int, int]) -> ParseResult | None:
    result = parse_quickly(body, URL)
    return drop_known(result, stored) if isinstance(result, ParsedFeed) else result


@given(st.data())
def test_both_ways_give_the_same(data: st.DataObject) -> None:
    kind, frame = data.draw(st.sampled_from([("rss", RSS), ("atom", ATOM), ("rdf", RDF)]))
    entries = data.draw(st.lists(_entries(kind), min_size=1, max_size=5))
    stored: dict[int, int] = {}
    seen = b""
    for _ in range(4):
        text = frame.format("".join(entries))
        code = data.draw(st.sampled_from(["utf-8"] * 5 + ["utf-16", "utf-8-sig", "latin-1"]))
        body = text.encode(code, "xmlcharrefreplace")
        result = parse_changed(body, URL, None, stored, seen)
        whole = _read_whole(body, stored)
        assert (replace(result, seen=b"") if isinstance(result, ParsedFeed) else result) == whole
        if isinstance(result, ParsedFeed):
            seen = result.seen or seen
            stored |= {key.guid: key.digest for key in result.keys}
            if stored and data.draw(st.integers(0, 5)) == 0:
                stored.popitem()  # lost, or changed by an import
        frame, entries = _edited(data.draw, kind, frame, entries)


ITEM = "<item><guid>1</guid><link>https://a.example/1</link><title>One</title></item>"
ENTRY = "<entry><id>1</id><title>One</title><link href='https://a.example/1'/></entry>"
ODD = "<item><guid>9</guid><title>Odd</title><y:creator xmlns:y='http://y.example/'>Y</y:creator></item>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RSS.format(ITEM), RSS.format(ITEM + ITEM.replace("example/1", "example/2"))),  # the same guid
        (RSS.format(ITEM), RSS.format(ITEM + ITEM.replace("<guid>1", "<guid>2"))),  # the same address
        (
            RSS.format(ITEM.replace("<guid>1</guid>", "")),
            RSS.format(ITEM.replace("<guid>1</guid>", "") + ITEM.replace("One", "Other")),
        ),
        (RSS.format(ODD), RSS.format(f"<x xmlns:dc='http://y.example/'>z</x>{ODD}{ITEM}")),
        (RSS.format(ITEM), RSS.format(ITEM).replace("<channel>", "<channel xml:base='https://b.example/'>")),
        (RSS.format(ITEM), RSS.format(ITEM).replace("https://a.example/<", "https://c.example/<")),
        (ATOM.format(ENTRY), ATOM.format(ENTRY).replace("Ann", "Zoe")),
        (ATOM.format(ENTRY), ATOM.format(ENTRY).replace("2005/Atom", "2005/Other")),
    ],
)
def test_what_changes_an_entry_or_its_identity_is_seen(before: str, after: str) -> None:
    first = parse_changed(before.encode(), URL, None, {}, b"")
    assert isinstance(first, ParsedFeed)
    stored = {key.guid: key.digest for key in first.keys}
    result = parse_changed(after.encode(), URL, None, stored, first.seen)
    whole = _read_whole(after.encode(), stored)
    assert (replace(result, seen=b"") if isinstance(result, ParsedFeed) else result) == whole


@settings(max_examples=settings().max_examples // 2)
@given(st.sampled_from(sorted(CLAIMED)), st.sampled_from(sorted(CLAIMED)), st.integers(0, 10**6), st.binary())
def test_documents_of_the_corpus_come_out_the_same(name: str, other: str, at: int, junk: bytes) -> None:
    body = CLAIMED[name].encode()
    first = parse_changed(body, URL, None, {}, junk)
    assert isinstance(first, ParsedFeed)
    stored = {key.guid: key.digest for key in first.keys}
    place = at % len(body)
    for changed in (body, body[:place] + b"x" + body[place + 1 :], CLAIMED[other].encode()):
        result = parse_changed(changed, URL, None, stored, first.seen)
        whole = _read_whole(changed, stored)
        assert (replace(result, seen=b"") if isinstance(result, ParsedFeed) else result) == whole


def test_nothing_is_read_of_what_is_unchanged() -> None:
    items = [f"<item><guid>{n}</guid><title>T{n}</title></item>" for n in range(3)]
    first = parse_changed(RSS.format("".join(items)).encode(), URL, None, {}, b"")
    assert isinstance(first, ParsedFeed)
    stored = {key.guid: key.digest for key in first.keys}
    around, entries = msgpack.decode(first.seen, strict=False)
    for entry, number in zip(entries.values(), itertools.count(1)):
        entry[3] = number  # a date that the document does not have
    seen = msgpack.encode([around, entries])
    body = RSS.format("<item><guid>new</guid><title>N</title></item>" + "".join(items)).encode()
    second = parse_changed(body, URL, None, stored, seen)
    assert isinstance(second, ParsedFeed)
    assert [entry.title for entry in second.entries] == ["N"]
    assert [published for _, published, _ in second.outline] == [None, 1, 2, 3]
    changed = parse_changed(body.replace(b"a.example/<", b"b.example/<"), URL, None, stored, seen)
    assert isinstance(changed, ParsedFeed)
    assert [published for _, published, _ in changed.outline] == [None] * 4  # all were read again
