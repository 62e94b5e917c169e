"""When two entries are the same article."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import for_each, half_as_many
from tuireader import dedup
from tuireader.model import Keys, ParsedEntry
from tuireader.text import plain


def entry(guid: str = "", url: str = "", title: str = "", **more: str) -> ParsedEntry:
    return replace(ParsedEntry(guid=guid, url=url, title=title), **more)


# --------------------------------------------------------------------------- addresses


@for_each(
    ("url", "is_page"),
    [
        ("", False),
        ("https://example.org", False),
        ("https://example.org/", False),
        ("http://example.org/#top", False),
        ("ftp://example.org/", False),
        ("https://[broken", False),
        ("https://xn--/", False),
        ("https://example.org/a", True),
        ("https://example.org/?p=12", True),
        ("https://example.org:8080/a", True),
        ("https://example.org/%E5%BE%AE", True),
        ("https://example.org/-/a", True),
        ("https://user@example.org/a", True),
        ("mailto:a@example.org", True),
        ("just words", True),
    ],
)
def test_a_page_is_known_by_its_address_and_a_whole_site_is_no_article(url: str, is_page: bool) -> None:
    assert (dedup.url_key(url) != 0) is is_page


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://example.org/a?id=1", True),
        ("https://www.example.org/a/?id=1", True),
        ("https://example.org/a?utm_source=feed&id=1", True),
        ("https://EXAMPLE.org/a?id=1#part", True),
        ("https://example.org/a?id=2", False),
    ],
)
def test_what_does_not_matter_in_an_address(url: str, same: bool) -> None:
    assert (dedup.url_key(url) == dedup.url_key("https://example.org/a?id=1")) is same


# --------------------------------------------------------------------------- text


def test_a_short_text_is_known_by_its_title_and_the_moment_it_was_published() -> None:
    page = "https://example.org/1"
    assert dedup.text_key("T", "Talk.", page, 5) == dedup.text_key("t", "talk.", "https://e.org/2", 5)
    assert dedup.text_key("T", "Talk.", page, 5) != dedup.text_key("T", "Talk.", page, 6)
    assert dedup.text_key("T", "Talk.") == dedup.text_key("T", "Talk.", "https://example.org/") != 0
    assert dedup.text_key("", "Talk.", page, 5) == 0


OLD, NEW = ("https://example.org/1", "https://example.org/2")


@pytest.mark.parametrize(
    ("old", "new", "another"),
    [
        (("Flood in Basel", OLD, "The Rhine rose."), ("Strike in Rome", NEW, "Trains stand."), True),
        (("Flood in Basel", OLD, "The Rhine rose."), ("Strike in Rome", OLD, "Trains stand."), False),
        (("Flood in Basel", "", "The Rhine rose."), ("Strike in Rome", NEW, "Trains stand."), False),
        (("Flood in Basel", OLD, "The Rhine rose."), ("Basel flood worse", NEW, "It rains."), False),
        (("The state of art", OLD, ""), ("The price of oil", NEW, ""), True),
        (("News", OLD, "river water " * 30), ("News", NEW, "train strike " * 30), True),
        (("News", OLD, "river water " * 30), ("Other", NEW, "river bridge " * 30), False),
        (("洪水", OLD, "莱茵河水位上涨"), ("罢工", NEW, "列车停运"), True),
        (("国务院公布洪水报告", OLD, ""), ("国务院公布洪水报告全文", NEW, ""), False),
        (("", OLD, ""), ("", NEW, ""), True),
    ],
)
def test_when_a_guid_names_another_article(
    old: tuple[str, str, str], new: tuple[str, str, str], another: bool
) -> None:
    title, url, text = new
    assert dedup.is_other_article(*old, title, url, text) is another


def test_a_long_text_is_known_by_its_title_and_beginning_in_any_case() -> None:
    page = "https://example.org/1"
    assert dedup.text_key("Title", "x" * 199, page) == 0 != dedup.text_key("Title", "x" * 200, page)
    long, first = "word " * 500, "y" * 2000
    assert dedup.text_key("Title", long) == dedup.text_key("TITLE", long.upper())
    assert dedup.text_key("Title", long) != dedup.text_key("Other", long)
    assert dedup.text_key("T", first + "a") == dedup.text_key("T", first + "b")
    assert dedup.text_key("T", first[:-1] + "a") != dedup.text_key("T", first)
    assert dedup.text_key("ab", "c" * 300) != dedup.text_key("a", "b" + "c" * 300)


@given(st.text())
def test_a_digest_fits_an_integer_of_sqlite(text: str) -> None:
    assert -(2**63) <= dedup.hash64(text) < 2**63
    assert dedup.hash64(text) == dedup.hash64(text)


def test_digests_are_what_is_stored_in_databases() -> None:
    """A change of these makes every stored article new."""
    assert dedup.hash64("") == -1970711489451281740
    assert dedup.text_key("Title", "x" * 200) == -4550725976117287195
    one = entry("1", "https://e.org/a", "A", author="B", summary_html="C", content_html="D")
    assert dedup.keys([one]) == [Keys(4907432730037124645, 4634326385206230393, 5187677686697704875)]
    assert dedup.hash64("guid\udc80") != dedup.hash64("guid")
    assert {dedup.hash64(str(n)) < 0 for n in range(20)} == {True, False}


# --------------------------------------------------------------------------- the entries of one document


def test_a_guid_is_enough() -> None:
    one, two = dedup.keys([entry("1", "https://e.org/a", "A"), entry("2", "https://e.org/b", "B")])
    again = dedup.keys([entry("1", "https://other.org/x", "Changed")])[0]
    assert one.guid == again.guid != two.guid
    assert one.url != again.url and one.digest != again.digest


def test_a_guid_that_is_shared_does_not_tell_apart() -> None:
    shared = [entry("g", f"https://e.org/{page}", title) for page, title in ("aA", "bB", "aC")]
    guids = {one.guid for one in dedup.keys(shared)}
    assert len(guids) == 3 and dedup.keys(shared[:1])[0].guid not in guids


ALERT = entry("g", "https://e.org/alerts", "Alert")


def test_entries_that_share_all_but_their_texts_are_all_kept() -> None:
    for shared in (ALERT, replace(ALERT, guid=""), replace(ALERT, guid="", url="")):
        different = [replace(shared, content_html=f"<p>The {place} is closed.</p>") for place in "abcdefghij"]
        keys = [one.guid for one in dedup.keys(different)]
        assert len(set(keys)) == 10
        assert [one.guid for one in dedup.keys(different[::-1])] == keys[::-1]
        assert [one.guid for one in dedup.keys(different[3:])] == keys[3:]
        assert len(dedup.unique_entries([*different, different[4]])) == 10


def test_of_entries_that_say_the_same_the_first_counts() -> None:
    one = replace(ALERT, summary_html="The  ferry is <b>late</b>.")
    found = dedup.unique_entries([one, replace(one, summary_html="<p>The ferry is late.</p>")])
    assert [kept.summary_html for kept, _ in found.values()] == [one.summary_html]
    pictures = [replace(ALERT, content_html=f'<img src="https://e.org/{name}.png">') for name in "ab"]
    assert len(dedup.unique_entries(pictures)) == 2


def test_the_time_tells_entries_apart_that_may_be_edited() -> None:
    first, second = (replace(ALERT, content_html=f"Closed at {at}", published=at) for at in (1, 2))
    keys = dedup.keys([first, second])
    edited = replace(first, content_html="Closed at 1, open at 3")
    assert [one.guid for one in dedup.keys([edited, second])] == [one.guid for one in keys]
    for other in (replace(second, published=1), replace(second, published=None), replace(first, published=2)):
        mixed = [first, second, other]  # the times do not tell each text
        assert len(dedup.unique_entries(mixed)) == len({one.content_html for one in mixed})


_TEXTS = st.sampled_from(["", "one", "two", "<p>one</p>", "three " * 60])
_ENTRIES = st.lists(
    st.builds(
        lambda guid, url, title, text, time: replace(
            entry(guid, url, title), content_html=text, published=time
        ),
        st.sampled_from(["", "g", "h"]),
        st.sampled_from(["", "https://e.org/a"]),
        st.sampled_from(["", "A", "B"]),
        _TEXTS,
        st.sampled_from([None, 1, 2]),
    ),
    max_size=8,
)


def said(entries: list[ParsedEntry]) -> set[tuple[str, str, str]]:
    return {(one.title, one.url, plain(one.content_html)) for one in entries}


@given(_ENTRIES, st.randoms(use_true_random=False))
@half_as_many
def test_all_that_differs_is_kept_in_any_order(entries: list[ParsedEntry], chance: Random) -> None:
    mixed = chance.sample(entries, len(entries))
    before, after = (
        {repr(one): keys.guid for one, keys in zip(order, dedup.keys(order), strict=True)}
        for order in (entries, mixed)
    )
    assert before == after
    kept = [one for one, _ in dedup.unique_entries(entries).values()]
    assert said(kept) == said(entries) - {("", "", "")}


def test_without_a_guid_the_address_counts_then_the_title_then_the_text() -> None:
    by_url, again = (dedup.keys([entry("", "https://e.org/a", title)])[0] for title in ("A", "B"))
    assert by_url.guid == again.guid
    titled = dedup.keys([entry("", "", "A"), entry("", "", "B")])
    assert titled[0].guid != titled[1].guid
    texts = dedup.keys([entry(content_html="one"), entry(content_html="two"), entry(summary_html="one")])
    assert texts[0].guid != texts[1].guid
    assert texts[0].guid == texts[2].guid
    long = "z" * 500
    cut = dedup.keys([entry(content_html=long + "a"), entry(content_html=long + "b")])
    assert cut[0].guid != cut[1].guid
    told = dedup.keys([entry(content_html=long[:-1] + "a"), entry(content_html=long)])
    assert told[0].guid != told[1].guid


def test_an_address_that_is_shared_is_no_key() -> None:
    page = "https://e.org/changes"
    log = dedup.keys([entry("", page, "1.0"), entry("", page, "1.1"), entry("3", "https://e.org/c", "C")])
    assert [one.url == 0 for one in log] == [True, True, False]
    assert log[0].guid != log[1].guid
    guided = dedup.keys([entry("1", page, "1.0"), entry("2", page, "1.1")])
    assert [one.url for one in guided] == [0, 0]


@pytest.mark.parametrize("field", ["title", "url", "author", "summary_html", "content_html"])
def test_every_text_counts_as_content(field: str) -> None:
    before = entry("1", "https://e.org/a", "A", author="B", summary_html="C", content_html="D")
    after = replace(before, **{field: "https://e.org/changed"})
    old, new = (dedup.keys([one])[0] for one in (before, after))
    assert old.digest != new.digest and old.guid == new.guid


def test_what_is_stored_of_a_document() -> None:
    first, empty = entry("1", "https://e.org/a", "A"), entry("9", author="nobody")
    again = replace(first, title="A again")  # the same guid twice: each with its address and title
    found = dedup.unique_entries([first, again, empty, entry("2", content_html="x")])
    assert [one.title for one, _ in found.values()] == ["A", "A again", ""]
    assert len(dedup.unique_entries([first, first])) == 1
    for field in ("title", "url", "content_html", "summary_html"):
        assert len(dedup.unique_entries([entry("5", **{field: "https://e.org/x"})])) == 1
    assert dedup.unique_entries([empty]) == {}


@pytest.mark.parametrize(
    ("title", "other", "in_one_feed", "between_feeds"),
    [
        ("WeChat stops", "WeChat stops", True, True),
        ("WeChat stops", "WECHAT STOPS", True, True),
        ("WeChat stops users", "WeChat stops", False, True),
        ("WeChat stops new users", "WeChat opens to all", False, False),
        ("one two three four", "one two five six", False, True),
        ("one two three four", "one five six seven", False, False),
        ("one two three four", "one", False, True),
        ("a b c", "a x y z w", False, False),
        ("", "Title", False, False),
        ("", "", True, True),
    ],
)
def test_titles_decide(title: str, other: str, in_one_feed: bool, between_feeds: bool) -> None:
    for one, two in ((title, other), (other, title)):
        assert dedup.same_by_url(one, two, same_feed=True) is in_one_feed
        assert dedup.same_by_url(one, two, same_feed=False) is between_feeds


WORDS = " ".join(f"word{number}" for number in range(30))
OTHERS = " ".join(f"other{number}" for number in range(30))


@pytest.mark.parametrize(
    ("text", "other", "are_unlike"),
    [
        (WORDS, WORDS, False),
        (WORDS, f"{WORDS} The post appeared first on The News.", False),
        (WORDS, " ".join(WORDS.split()[:10]) + " …", False),
        (WORDS, OTHERS, True),
        (WORDS, "Comments", False),
        (WORDS, "submitted by /u/someone [link] [comments]", False),
        (WORDS, "", False),
        ("这是一个关于电子货币监管的长篇报道内容", "天气预报说明天北京会下大雨请带好雨伞出门", True),
    ],
)
def test_texts_that_share_no_words_are_unlike(text: str, other: str, are_unlike: bool) -> None:
    assert dedup.are_unlike(text, other) is dedup.are_unlike(other, text) is are_unlike


@pytest.mark.parametrize(
    ("text", "other", "homes", "is_better"),
    [
        (WORDS, WORDS, (False, False), False),
        (WORDS, f"{WORDS} {WORDS}", (False, False), True),
        (f"{WORDS} {WORDS}", WORDS, (False, True), True),
        (WORDS, f"{WORDS} {WORDS}", (True, False), False),
        (WORDS, f"{OTHERS} {OTHERS}", (False, True), False),
        ("Comments", WORDS, (True, False), True),
        (WORDS, "Comments", (False, True), False),
    ],
)
def test_the_best_text_is_that_of_the_site_or_the_longest(
    text: str, other: str, homes: tuple[bool, bool], is_better: bool
) -> None:
    assert dedup.is_better(text, other, home=homes[0], other_home=homes[1]) is is_better


@pytest.mark.parametrize(
    ("feed", "url", "at_home"),
    [
        ("https://news.example.org/feed", "https://news.example.org/1", True),
        ("https://feeds.example.org/rss", "https://www.example.org/1", True),
        ("https://example.org/rss", "http://blog.example.org/1", True),
        ("https://hub.example.net/rss", "https://news.example.org/1", False),
        ("https://evil.pages.example/rss", "https://good.pages.example/1", False),
        ("https://badexample.org/rss", "https://example.org/1", False),
        ("https://[::1", "https://example.org/1", False),
        ("", "", False),
    ],
)
def test_a_feed_is_at_home_on_its_site(feed: str, url: str, at_home: bool) -> None:
    assert dedup.is_home(feed, url) is at_home


def test_a_text_that_repeats_its_title_says_little() -> None:
    title = "Harbour ferries will take another ticket from next Friday, port authority says"
    assert dedup.has_few_words(title, title) and not dedup.has_few_words(f"{title} {WORDS}", title)
    assert not dedup.are_unlike(title, WORDS, title) and dedup.are_unlike(f"{title} {OTHERS}", WORDS, title)
    assert dedup.is_better(title, WORDS, title, home=True, other_home=False)
    assert not dedup.contains(f"{title} {WORDS}", title, title)


def test_a_teaser_is_contained_in_its_article() -> None:
    assert dedup.contains(f"A quokka came to town. {WORDS}", "A quokka came to town.")
    assert not dedup.contains(WORDS, "Comments")
    assert not dedup.contains(WORDS, "")
