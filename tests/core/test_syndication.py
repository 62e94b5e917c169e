"""Articles as Atom and JSON Feed: valid whatever is in them, and the same bytes for the same articles."""

from __future__ import annotations

import json

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.test_export import article
from tests.syndication import atom_faults, check_atom, json_faults
from tuireader.export.syndication import Entry, Feed, render
from tuireader.model import ArticleRow, Evidence, TermHit

SEED = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
ROW = ArticleRow(
    7, 3, "CVE-2026-1 & <b>", 1_700_000_000, False, False, url="https://a.example/?a=1&b=2", language="en"
)
EVIDENCE = Evidence("Acts", (TermHit("act", "body", 1),), "The <act> of CVE-2026-50110 & you.", ((5, 8),))
ENTRY = Entry(ROW, "A & B", 1_700_000_500, evidence=[EVIDENCE])


def feed(*entries: Entry) -> Feed:
    return Feed("acts", entries, SEED)


def test_an_entry_says_what_was_found_and_where() -> None:
    (entry,) = check_atom(render(feed(ENTRY), "atom")).entries
    assert (entry.title, entry.link, entry.author) == ("CVE-2026-1 & <b>", ROW.url, "A & B")
    assert [tag.term for tag in entry.tags] == ["Acts", "CVE-2026-50110"]
    assert entry.source.title == "A & B" and entry.published == "2023-11-14T22:13:20Z"
    assert "The &lt;act&gt; of CVE-2026-50110 &amp; you. (Acts)" in entry.summary
    (item,) = json.loads(render(feed(ENTRY), "jsonfeed"))["items"]
    assert (item["id"], item["tags"]) == (entry.id, ["Acts", "CVE-2026-50110"])
    assert item["content_html"] == (
        "<p>A &amp; B</p>\n<blockquote><p>The &lt;<mark>act</mark>&gt; of CVE-2026-50110 &amp; you."
        " (Acts)</p></blockquote>"
    )
    assert (item["date_modified"], item["language"]) == (entry.updated, "en")


def test_an_address_has_no_characters_that_are_forbidden_there() -> None:
    odd = replace(ENTRY, row=replace(ROW, url='https://a.example/?a=<b>"{c}|\u3000'))
    (entry,) = check_atom(render(feed(odd), "atom")).entries
    assert entry.link == "https://a.example/?a=%3Cb%3E%22%7Bc%7D%7C%E3%80%80"


def test_what_a_pattern_identifies_is_a_category() -> None:
    hit = TermHit("/x/", "title", 2, occurrences={"GHSA-1": 1, "…": 1}, identifies=True)
    other = TermHit("/y/", "title", 1, occurrences={"other": 1})
    named = replace(ENTRY, evidence=[Evidence("Acts", (hit, other))], labels=["law"])
    assert named.categories == ["Acts", "GHSA-1", "law"]
    assert "Labels: law" in named.content and "Labels" not in ENTRY.content


def test_the_full_text_is_clean_html_and_only_there_if_it_is_given() -> None:
    html = '<p onclick="x">Full <b>text</b>.</p><script>alert(1)</script><a href="javascript:x">y</a>'
    content = replace(ENTRY, article=article(html)).content
    assert "<p>Full <strong>text</strong>.</p>" in content
    assert not [word for word in ("script", "onclick", "alert") if word in content]
    assert "Full" not in ENTRY.content


@pytest.mark.parametrize("url", ["", "mailto:me@example.org", "https://me:secret@a.example/x"])
def test_only_web_addresses_are_links_and_without_a_password(url: str) -> None:
    text = render(feed(replace(ENTRY, row=replace(ROW, url=url))), "atom")
    assert "secret" not in text
    assert [link.href for link in check_atom(text).entries[0].get("links", [])] == (
        ["https://a.example/x"] if url.startswith("https") else []
    )


def test_ids_are_those_of_the_database() -> None:
    ids = {entry.id for entry in feedparser.parse(render(feed(ENTRY), "atom")).entries}
    edited = replace(ENTRY, row=replace(ROW, title="New", url="https://b.example/"), feed_title="C")
    assert {entry.id for entry in feedparser.parse(render(feed(edited), "atom")).entries} == ids
    other = Feed("acts", [ENTRY], SEED.replace("6", "7", 1))
    assert not ids & {entry.id for entry in feedparser.parse(render(other, "atom")).entries}


def test_an_empty_feed_is_valid() -> None:
    assert check_atom(render(feed(), "atom")).entries == []
    assert json_faults(render(feed(), "jsonfeed")) == []


@settings(max_examples=40)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=60), st.integers(-5, 1 << 36))
def test_any_text_gives_a_valid_feed(title: str, name: str, sentence: str, time: int) -> None:
    row = replace(ROW, title=title, author=name, time=time)
    evidence = [Evidence("Acts", sentence=sentence, spans=((0, 2), (1, 9)))]
    hostile = Feed("acts", [Entry(row, name or "Feed", time, evidence=evidence)], SEED)
    assert atom_faults(render(hostile, "atom")) == []
    assert json_faults(render(hostile, "jsonfeed")) == []
