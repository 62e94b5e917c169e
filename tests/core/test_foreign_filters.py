"""Filters of Miniflux and FreshRSS as mutes and rules: what maps, and what is reported instead."""

from __future__ import annotations

import pytest

from tuireader import query
from tuireader.exchange.filters import freshrss_rule, miniflux_mutes
from tuireader.feeds import opml
from tuireader.query import FoldedArticle, Subject

URL = "https://a.example/feed"


def hides(expression: str, **fields: object) -> bool:
    parsed = query.parse(expression)
    assert isinstance(parsed, query.Query)
    return query.matches(parsed, FoldedArticle(Subject(**fields)), 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "hidden", "shown"),
    [
        ("=(?i)SPONSORED", {"title": "sponsored"}, {"body": "sponsored"}),
        ("=ads", {"labels": ("ads",)}, {"title": "Ads"}),
        ("EntryTitle=(?i)^Ad: ", {"title": "ad: x"}, {"title": "an ad: x"}),
        ("EntryURL=/video/", {"url": "https://a.example/video/1"}, {"title": "/video/"}),
        ("EntryContent=x{3}", {"body": "xxx"}, {"title": "xxx"}),
        ("EntryAuthor=(?i)bot$", {"author": "A Bot"}, {"author": "Bottom"}),
    ],
)
def test_blocks_of_miniflux_become_mutes(rule: str, hidden: dict[str, str], shown: dict[str, str]) -> None:
    ((mute,), wrong) = miniflux_mutes([rule], [], URL)
    assert mute.feed == URL and wrong == []
    assert hides(mute.query, **hidden) and not hides(mute.query, **shown)


def test_what_is_not_kept_is_muted_and_what_does_not_map_is_said() -> None:
    (mute,), wrong = miniflux_mutes([], ["EntryTitle=(?i)court", "EntryTag=law"], URL)
    assert wrong == [] and hides(mute.query, title="Sport") and not hides(mute.query, title="A court")
    both, wrong = miniflux_mutes(
        ["EntryTitle=a", "EntryDate=max-age:7d", "EntryTitle=("], ["=x", "Odd=y"], URL
    )
    assert [mute.query for mute in both] == ["title:/(?-i:a)/"]
    assert wrong == ["EntryDate=max-age:7d", "EntryTitle=(", "Odd=y"]
    assert miniflux_mutes([], [], URL) == ([], [])


def test_filters_of_freshrss_become_a_rule() -> None:
    searches = ("intitle:sponsored", "author:'A Bot' -inurl:blog", '#ads "black friday"', "intext:deal")
    rule, wrong = freshrss_rule(searches, "News", URL)
    assert rule is not None and wrong == []
    assert (rule.name, rule.feeds, list(map(str, rule.then))) == ("Read in News", (URL,), ["read"])
    assert hides(rule.query, title="A sponsored post") and hides(rule.query, body="the deal")
    assert hides(rule.query, labels=("ads",), body="Black Friday") and not hides(rule.query, labels=("ads",))
    assert not hides(rule.query, author="A Bot", url="https://a.example/blog")
    for odd in ("intitle:/x/", "a OR b", "(a b)", "!a", "f:12", "date:2024", "author:a;b", "a|b", 'a "b'):
        assert freshrss_rule([odd, "intitle:x"], "", URL)[1] == [odd]
    assert freshrss_rule(["date:2024"], "", URL) == (None, ["date:2024"])


def test_the_filters_are_read_from_opml() -> None:
    text = f"""<opml version="2.0" xmlns:frss="https://freshrss.org/opml"><body>
    <outline type="rss" text="News" xmlUrl="{URL}" frss:filtersActionRead="intitle:a&#10; author:b&#10;"/>
    </body></opml>"""
    (feed,), skipped = opml.load(text.encode())
    assert feed.reads == ("intitle:a", "author:b") and skipped == ()
