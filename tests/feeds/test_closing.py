# ruff: noqa: E501  (a document a line)
"""Documents whose elements stay open: each entry is kept, with what it says."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.feeds.corpus import URL, bare
from tuireader.feeds.parse import feedparser_adapter
from tuireader.feeds.parse.close_tags import closed
from tuireader.feeds.parse.parse import parse
from tuireader.model import Fault, ParsedFeed, ParseFailed


def item(name: str, text: str) -> str:
    return f"<item><title>{name}</title><link>https://example.org/{name}</link><description>{text}</description></item>"


def said(document: str) -> list[tuple[str, str, str]]:
    found = parse(document.encode(), URL)
    assert isinstance(found, ParsedFeed), found
    assert not found.well_formed
    return [(one.title, one.url.rpartition("/")[2], one.content_html) for one in found.entries]


A, C = ("A", "A", "first"), ("C", "C", "last")
OPEN = {
    "<p>one <b>two": ("<p>one <b>two", "</description>"),
    "<p>one": ("<p>one", ""),
    "one": ("one", ""),
    "<!-- one": ("<!-- one", "</description>"),
    "<![CDATA[<p>one": ("<p>one", "</description>"),
    "<![CDATA[<p>one ": ("<p>one", ""),
    "<?php one": ("<?php one", "</description>"),
    "<!DOCTYPE html [ one": ("<!DOCTYPE html [ one", "</description>"),
    "<svg><path>one": ("&lt;svg><path>one", "</description>"),
}


@pytest.mark.parametrize("text", OPEN)
def test_an_open_description_costs_no_entry(text: str) -> None:
    kept, end = OPEN[text]
    middle = item("B", text).replace("</description>", end)
    assert said(bare(item("A", "first") + middle + item("C", "last"))) == [A, ("B", "B", kept), C]
    damaged = item("D", "a &nbsp; b") + item("A", "first") + middle + item("C", "<![CDATA[last]]>")
    assert said(bare(damaged))[1::2] == [A, C]


@pytest.mark.parametrize("element", ["title", "link", "description"])
@pytest.mark.parametrize("written", [str.lower, str.upper])
def test_elements_that_are_never_closed_end_where_the_next_begins(
    element: str, written: Callable[[str], str]
) -> None:
    entries = "".join(item(name, text) for name, _, text in (A, C)).replace(f"</{element}>", "")
    assert said(bare(entries.replace(f"<{element}>", f"<{written(element)}>"))) == [A, C]


def test_a_document_without_damage_is_read_as_it_stands() -> None:
    raw = feedparser_adapter.parse(bare(item("A", "fi<?hidden words?>rst")), URL)
    assert raw and raw.well_formed
    assert raw.entries[0].summary and raw.entries[0].summary.value == "first"


ABOUT = ["<description>about", "<title>T<link>", "<!-- about"]
ABOUT += ["<description><![CDATA[ about", "<description><?about", "<description><svg>"]


@pytest.mark.parametrize("head", ABOUT)
def test_an_open_element_of_the_channel_costs_no_entry(head: str) -> None:
    document = bare(item("A", "first") + item("C", "last")).replace("<title>Bare</title>", head)
    assert said(document) == [A, C]


def test_descriptions_alone() -> None:
    assert said(bare("<item><description><p>one</item><item><description><p>two</item>")) == [
        ("", "", "<p>one"),
        ("", "", "<p>two"),
    ]


def test_entries_of_atom() -> None:
    entries = "".join(
        f'<entry><id>{n}</id><title>{n}</title><link href="https://example.org/{n}"/><summary type="html"><p>{n}</entry>'
        for n in (1, 2)
    )
    document = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{entries}</feed>'
    assert said(document) == [("1", "1", "<p>1"), ("2", "2", "<p>2")]


def test_half_a_title_at_the_end_of_what_was_cut_off_is_none() -> None:
    whole = bare(item("A", "first") + item("C", "last"))
    cut = said(whole[: whole.index("C</title>") + 1])
    assert cut == [A, ("", "", "")]  # the second is not stored


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<rss", "nothing in it"),
        (b"<rss><channel><title>T</title><item><title>A", "none of its entries"),
        (b"<rss><channel><item><link rel='enclosure' href=''/><title>A", "none of its entries"),
    ],
)
def test_a_feed_none_of_whose_entries_can_be_read_is_an_error(body: bytes, what: str) -> None:
    assert parse(body, URL) == ParseFailed(Fault.BROKEN, f"the feed is damaged, {what} can be read")


@given(st.lists(st.sampled_from(["<item>", "</item>", "<title>", "</title>", "<description>", "</description>", "<![CDATA[", "]]>", "<!--", "-->", "<svg>", "</svg>", "<?x", "<!y", "text", "<link href='a'/>", "<a:link>", "</channel>"])).map("".join))  # fmt: skip
def test_closing_changes_what_is_open_alone(text: str) -> None:
    whole = closed(text)
    assert len(whole) >= len(text)
    assert closed(f"<channel>{bare(item('A', 'first'))}") == f"<channel>{bare(item('A', 'first'))}"


PIECES = ["<![CDATA[", "<!--", "<svg>", "<?", "<title>", "<title><link>", "<item><title>"]


@pytest.mark.parametrize("piece", [*PIECES, "]]><![CDATA[", "<!--x--><!--"])
def test_closing_takes_linear_time(piece: str) -> None:
    text = f"<rss><item>{piece * (100_000 // len(piece))}"
    started = process_time()
    closed(text)
    closed(text + "</description></item>")
    assert process_time() - started < 2


def test_closing_looks_for_few_of_many_open_elements() -> None:
    text = "<item>" + "".join(f"<a{n}:title>" for n in range(80_000)) + "</item>"
    started = process_time()
    assert closed(text).count("</a") == 50
    assert process_time() - started < 1
