"""Bot checks, logins, parked domains: recognized in place of a feed, and nothing else taken for one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import for_each, half_as_many
from tests.feeds.blocked_pages import (
    ARTICLE,
    BLOCKED,
    CLOUDFLARE,
    LOGIN,
    LOREM,
    ORDINARY,
    PARKED,
    Sample,
    page,
)
from tests.web import Web
from tuireader.feeds.http.blocked import HEAD, SHORT, challenged, cleaned, obstacle, remedy
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.feeds.parse.parse import parse
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob, ParsedFeed, ParseFailed

RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>{}</title>'
    "<description>{}</description></item></channel></rss>"
)
STATUSES = {200, 202, 401, 403, 404, 405, 429, 503}
CHALLENGES = [(words, sample) for words, samples in BLOCKED.items() for sample in samples]


def judged(sample: Sample) -> tuple[Fault | None, str]:
    found = obstacle(sample.body, sample.url, status=sample.status, headers=cleaned(sample.headers))
    return (found.fault, found.reason) if found else (None, "")


@pytest.mark.parametrize(("words", "sample"), CHALLENGES, ids=[f"{w}: {s.name}" for w, s in CHALLENGES])
def test_a_check_for_robots_is_named_with_its_remedy(words: str, sample: Sample) -> None:
    fault, reason = judged(sample)
    assert fault is Fault.BLOCKED
    assert words in reason and "\n" not in reason
    assert any(key in reason.partition("; ")[2] for key in ("user_agent", "channel_id"))


@for_each(
    ("who", "title", "head", "body"),
    [
        ("Cloudflare asks", "", "<script>window._cf_chl_opt={}</script>", ""),
        ("Cloudflare asks", "", '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/x"></script>', ""),
        ("Cloudflare asks", "Just a moment...", "", ""),
        ("Cloudflare denies", "Access denied | news.example used Cloudflare", "", ""),
        ("HUMAN (PerimeterX) asks", "", '<div id="px-captcha"></div>', ""),
        ("HUMAN (PerimeterX) asks", "", '<script src="//captcha.px-cdn.net/x"></script>', ""),
        ("HUMAN (PerimeterX) asks", "Access to this page has been denied.", "", ""),
        ("Akamai asks", "", "<script src='/_sec/cp_challenge/x'></script>", ""),
        ("Imperva asks", "Pardon Our Interruption", "", ""),
        ("Imperva asks", "", "", "Request unsuccessful. Incapsula incident ID: 8"),
        ("Imperva asks", "", "", "Error 15. Powered by Imperva"),
        ("AWS WAF asks", "", "<script>window.gokuProps={}</script>", ""),
        ("AWS WAF asks", "", "<script src='https://x.captcha.awswaf.com/x'></script>", ""),
        ("Anubis asks", "", '<script id="anubis_challenge">{}</script>', ""),
        ("Anubis asks", "", '<script id="anubis_version">1</script>', ""),
        ("Anubis asks", "", '<script src="/.within.website/x/cmd/anubis/main.mjs"></script>', ""),
        ("Anubis asks", "", '<link href="/.within.website/x/xess/xess.css">', ""),
        ("Anubis asks", "Making sure you're not a bot!", "", ""),
        ("Anubis asks", "Making sure you’re not a bot!", "", ""),
        ("Sucuri denies", "Sucuri WebSite Firewall - Access Denied", "", ""),
        ("Vercel asks", "Vercel Security Checkpoint", "", ""),
        ("Kasada asks", "", "<script>window.KPSDK={}</script><script src='/1/ips.js'></script>", ""),
        ("DDoS-Guard asks", "DDoS-Guard", "", ""),
        ("Alibaba Cloud asks", "", "<script>var aliyun_waf_aa=1</script>", ""),
        ("Reddit denies", "", "", "You've been blocked by network security."),
    ],
)
def test_each_mark_of_a_check_is_enough(who: str, title: str, head: str, body: str) -> None:
    found = obstacle(page(title, f"<p>{body or 'Please wait'}</p>", head), "https://news.example/feed")
    assert found and found.fault is Fault.BLOCKED and found.reason.startswith(who)
    long = page(title, f"<p>{body}</p>{LOREM * (1 + SHORT // len(LOREM))}", head)
    assert obstacle(long, "https://news.example/feed") is None  # a page to read, whatever it mentions


@pytest.mark.parametrize(
    ("headers", "statuses", "who"),
    [
        ({"cf-mitigated": "Challenge"}, STATUSES, "Cloudflare asks for a browser"),
        ({"x-amzn-waf-action": "captcha"}, STATUSES, "AWS WAF asks for a browser"),
        ({"x-amzn-waf-action": "challenge"}, STATUSES, "AWS WAF asks for a browser"),
        ({"x-vercel-mitigated": "deny"}, STATUSES, "Vercel asks for a browser"),
        ({"x-vercel-mitigated": "challenge"}, STATUSES, "Vercel asks for a browser"),
        ({"x-dd-b": "1"}, STATUSES, "DataDome asks for a browser"),
        ({"server": "DataDome"}, {401, 403}, "DataDome asks for a browser"),
        ({"x-sucuri-block": "GEO02"}, STATUSES, "Sucuri denies access"),
        ({"x-kpsdk-ct": "x"}, {403, 429}, "Kasada asks for a browser"),
        ({"server": "AkamaiGHost"}, {403}, "Akamai denies access"),
        ({"cf-mitigated": "no"}, set(), ""),
        ({"x-amzn-waf-action": "allow"}, set(), ""),
        ({"x-vercel-mitigated": "none"}, set(), ""),
        ({"server": "nginx", "x-datadome": "protected"}, set(), ""),
    ],
)
def test_headers_name_who_stopped_the_request(headers: dict[str, str], statuses: set[int], who: str) -> None:
    told = {status: reason for status in STATUSES if (reason := challenged(status, headers))}
    assert told == dict.fromkeys(statuses, who)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://www.reddit.com/r/x/.rss", "reddit.com/prefs/feeds"),
        ("https://reddit.com/r/x/.rss", "reddit.com/prefs/feeds"),
        ("https://notreddit.com/.rss", "try user_agent"),
        ("https://www.youtube.com/@name", "channel_id"),
        ("https://youtube.com/@name", "channel_id"),
        ("https://consent.youtube.com/m", "channel_id"),
        ("https://youtube.com.example/", "try user_agent"),
        ("http://[", "try user_agent"),
    ],
)
def test_what_helps_depends_on_the_site(url: str, words: str) -> None:
    assert words in remedy(url)


@pytest.mark.parametrize("sample", LOGIN, ids=lambda one: one.name)
def test_a_login_is_named(sample: Sample) -> None:
    fault, reason = judged(sample)
    assert fault is Fault.LOGIN and "cookies" in reason


@pytest.mark.parametrize("sample", PARKED, ids=lambda one: one.name)
def test_a_site_without_content_is_named(sample: Sample) -> None:
    assert judged(sample)[0] is Fault.PARKED


@pytest.mark.parametrize("sample", ORDINARY, ids=lambda one: one.name)
def test_ordinary_pages_are_not_taken_for_a_block(sample: Sample) -> None:
    assert judged(sample) == (None, "")


def test_a_maintenance_page_is_named_and_asked_again() -> None:
    fault, reason = judged(
        Sample("", page("Maintenance", "<p>We are down for scheduled maintenance.</p>"), 200)
    )
    assert fault is Fault.NOT_A_FEED and "maintenance" in reason and "again" in reason


def test_a_feed_about_challenges_is_a_feed() -> None:
    for text in (CLOUDFLARE, ARTICLE, *(sample.body for _, sample in CHALLENGES)):
        inside = text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "")
        parsed = parse(
            RSS.format("Just a moment...", inside).encode(), "https://news.example/feed", "text/html"
        )
        assert isinstance(parsed, ParsedFeed) and len(parsed.entries) == 1
        cdata = RSS.format("Attention Required! | Cloudflare", f"<![CDATA[{text.replace(']]>', '')}]]>")
        parsed = parse(cdata.encode(), "https://news.example/feed", "text/html")
        assert isinstance(parsed, ParsedFeed) and len(parsed.entries) == 1


@pytest.mark.parametrize(
    ("sample", "fault"),
    [(BLOCKED["Cloudflare asks"][4], Fault.BLOCKED), (LOGIN[0], Fault.LOGIN), (PARKED[0], Fault.PARKED)],
    ids=["challenge", "login", "parked"],
)
def test_a_page_with_status_200_is_no_feed(sample: Sample, fault: Fault) -> None:
    result = parse(sample.body.encode(), sample.url, "text/html")
    assert isinstance(result, ParseFailed) and result.fault is fault


def test_another_address_in_the_page_is_proposed() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/other.xml">'
    result = parse(CLOUDFLARE.replace("</head>", f"{link}</head>").encode(), "https://news.example/feed")
    assert isinstance(result, ParseFailed) and result.fault is Fault.BLOCKED
    assert result.reason.endswith("it names these feeds: https://news.example/other.xml")
    login = LOGIN[0].body.replace("</head>", f"{link}</head>")
    result = parse(login.encode(), "https://news.example/feed")
    assert isinstance(result, ParseFailed) and result.fault is Fault.NOT_A_FEED
    assert "/other.xml" in result.reason


@given(
    st.text(max_size=400),
    st.sampled_from(["", "<html><body>", "<script", "<!--", "<title>", "<input type=password "]),
)
@half_as_many
def test_any_text_is_judged(text: str, start: str) -> None:
    found = obstacle(start + text, text)
    assert found is None or ("\n" not in found.reason and found.reason)


@pytest.mark.parametrize(
    "part", ["<script ", "<!--", "<", "<title>", "<input ", "are you a ", "<style><", "Reference #1"]
)
def test_hostile_pages_take_linear_time(part: str) -> None:
    start = time.process_time()
    obstacle("<html>" + part * (HEAD // len(part)), "https://news.example/")
    assert time.process_time() - start < 1.0


# ---------------------------------------------------------------- over the wire


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as web:
        yield web


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(FetchLimits(total=5.0)) as fetcher:
        yield fetcher


async def failed(fetcher: Fetcher, url: str) -> FetchFailed:
    result = await fetcher.fetch(FetchJob(1, url))
    assert isinstance(result, FetchFailed), result
    return result


async def test_a_refusal_is_explained_by_its_page(web: Web, fetcher: Fetcher) -> None:
    found = await failed(
        fetcher, web.serve("/a", CLOUDFLARE, status=403, headers={"Content-Type": "text/html"})
    )
    assert (found.fault, found.status) == (Fault.BLOCKED, 403)
    assert found.reason.startswith("HTTP 403: Cloudflare asks for a browser; try user_agent")
    found = await failed(fetcher, web.serve("/b", "<html><h1>Forbidden</h1>", status=403))
    assert found.fault is Fault.HTTP and "open it in a browser" in found.reason
    found = await failed(fetcher, web.serve("/c", "", status=202, headers={"x-amzn-waf-action": "challenge"}))
    assert (found.fault, found.status) == (Fault.BLOCKED, 202)
    found = await failed(fetcher, web.serve("/d", LOGIN[3].body, status=403))
    assert found.fault is Fault.LOGIN
    found = await failed(fetcher, web.serve("/e", LOGIN[3].body, status=404))
    assert found.fault is Fault.HTTP


async def test_a_feed_with_the_header_of_a_challenge_is_a_feed(web: Web, fetcher: Fetcher) -> None:
    headers = {"cf-mitigated": "challenge", "Content-Type": "application/rss+xml"}
    assert isinstance(await fetcher.fetch(FetchJob(1, web.serve("/f", RSS, headers=headers))), Fetched)


@pytest.mark.parametrize(
    "headers",
    [{"Content-Encoding": "gzip"}, {"Content-Encoding": "zstd"}, {"Content-Length": "99999999"}],
    ids=str,
)
async def test_a_damaged_page_of_an_error_leaves_the_error(
    web: Web, fetcher: Fetcher, headers: dict[str, str]
) -> None:
    found = await failed(fetcher, web.serve("/x", b"\x1f\x8b\x08broken", status=503, headers=headers))
    assert found.reason.startswith("HTTP 503: the server is overloaded")


async def test_a_cookie_wall_is_no_mere_loop(web: Web, fetcher: Fetcher) -> None:
    headers = {"Location": "/wall", "Set-Cookie": "seen=1"}
    found = await failed(fetcher, web.serve("/wall", b"", status=302, headers=headers))
    assert found.fault is Fault.BLOCKED and "cookie" in found.reason


async def test_a_user_agent_of_its_own_is_sent_to_other_hosts_too(web: Web, fetcher: Fetcher) -> None:
    async with Web() as other:
        target = other.serve("/feed", RSS)
        url = web.serve("/old", b"", status=302, headers={"Location": target})
        await fetcher.fetch(replace(FetchJob(1, url), user_agent="Feeds/1 (by /u/lin)"))
        agents = [one.requests[0].headers["user-agent"] for one in (web, other)]
    assert agents == ["Feeds/1 (by /u/lin)"] * 2
