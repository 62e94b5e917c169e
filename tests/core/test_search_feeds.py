"""Proposals of search feeds: expressions and addresses as each service reads them."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuireader.config import WatchConfig
from tuireader.library.watching.sources import search_feeds, wanted
from tuireader.text import safe_url

WECHAT = WatchConfig("WeChat", any=("WeChat", "Weixin", "微信"))


def asked(item: WatchConfig, service: str, key: str = "q") -> str:
    """The search expression in the address of a service, decoded."""
    url = next(one.url for one in search_feeds(item) if one.service == service)
    return parse_qs(urlsplit(url).query)[key][0]


def test_terms_are_quoted_and_joined_as_each_service_reads_them() -> None:
    assert asked(WECHAT, "Google News") == '"WeChat" OR "Weixin" OR "微信"'
    assert asked(WECHAT, "Bing News") == '"WeChat" OR "Weixin" OR "微信"'
    assert asked(WECHAT, "Hacker News") == "WeChat OR Weixin OR 微信"
    assert asked(WECHAT, "arXiv", "search_query") == '(all:"WeChat" OR all:"Weixin" OR all:"微信")'
    assert asked(WECHAT, "Reddit") == '"WeChat" OR "Weixin" OR "微信"'
    tags = [one.url for one in search_feeds(WECHAT) if one.service == "Mastodon"]
    assert [unquote(url) for url in tags] == [
        f"https://mastodon.social/tags/{tag}.rss" for tag in ("WeChat", "Weixin", "微信")
    ]


@pytest.mark.parametrize(
    ("term", "service", "edition"),
    [
        ("Tide", "Google News", {"hl": "en-US", "gl": "US", "ceid": "US:en"}),
        ("微信", "Google News in Chinese", {"hl": "zh-CN", "gl": "CN", "ceid": "CN:zh-Hans"}),
        ("ラズパイ", "Google News in Japanese", {"hl": "ja", "gl": "JP", "ceid": "JP:ja"}),
        ("카카오", "Google News in Korean", {"hl": "ko", "gl": "KR", "ceid": "KR:ko"}),
        ("Tide", "Bing News", {"format": "rss"}),
        ("Tide", "Hacker News", {"count": "50"}),
        ("Tide", "Reddit", {"sort": "new"}),
        ("Tide", "arXiv", {"sortBy": "submittedDate", "sortOrder": "descending", "max_results": "50"}),
    ],
)
def test_each_service_is_asked_for_its_edition_newest_first(
    term: str, service: str, edition: dict[str, str]
) -> None:
    item = WatchConfig("W", any=(term,))
    assert {key: asked(item, service, key) for key in edition} == edition


def test_groups_and_exclusions_are_kept() -> None:
    fines = WatchConfig("Fines", any=("Tencent",), all=(("fine*", "data breach"),), none=("webinar",))
    assert asked(fines, "Google News") == '"Tencent" ("fine" OR "data breach") -"webinar"'
    words = asked(fines, "arXiv", "search_query")
    assert words == 'all:"Tencent" AND (all:"fine" OR all:"data breach") ANDNOT all:"webinar"'


@pytest.mark.parametrize(
    ("query", "groups", "none"),
    [
        ("Tencent NEAR/8 fine", (("Tencent",), ("fine",)), ()),
        ("(fine OR penalty) title:WeChat -webinar", (("fine", "penalty"), ("WeChat",)), ("webinar",)),
        ("WeChat OR feed:BBC", (), ()),
        ("/we.?chat/", (), ()),
        ("WeChat is:unread age:<3d", (("WeChat",),), ()),
        ("(open", (), ()),
    ],
)
def test_expressions_become_groups(query: str, groups: object, none: object) -> None:
    found = wanted(WatchConfig("W", query=query))
    assert (found.groups, found.none) == (groups, none)


def test_a_watch_without_words_has_no_proposals() -> None:
    assert search_feeds(WatchConfig("W", query="is:starred")) == []
    assert search_feeds(WatchConfig("W", any=("/a.b/", "***"))) == []


def test_editions_follow_the_scripts_and_projects_have_their_own_feeds() -> None:
    services = [one.service for one in search_feeds(WECHAT)]
    assert services[:2] == ["Google News", "Google News in Chinese"] and "GitHub releases" not in services
    item = WatchConfig("Projects", any=("Textualize/textual", "카카오", "ラズパイ", "AT&T/x"))
    found = {one.service: one.url for one in search_feeds(item)}
    assert found["GitHub releases"] == "https://github.com/Textualize/textual/releases.atom"
    assert found["GitHub commits"] == "https://github.com/Textualize/textual/commits.atom"
    assert {"Google News in Korean", "Google News in Japanese"} <= found.keys()


@given(st.lists(st.text(max_size=30), max_size=40), st.text(max_size=40))
def test_every_address_is_a_web_address(terms: list[str], query: str) -> None:
    item = WatchConfig("W", any=tuple(terms), query=query)
    for one in search_feeds(item):
        assert one.url.isascii() and not set(one.url) & set(' "<>\n')
        assert safe_url(one.url) == one.url and one.url.startswith("https://")
        assert one.documented.startswith("https://")
