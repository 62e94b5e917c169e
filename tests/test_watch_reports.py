"""Reports, statistics, remarks and proposals of watches, whole: every number that a user reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK, TWO_FEEDS, Clock, applied, entry, fill, opened, titles, written
from tests.examples import for_each
from tuireader import ingest
from tuireader.config import WatchConfig, loads
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.library.watching.proper_names import names_in, phrases_of, watch_name
from tuireader.library.watching.reports import Remark, Report
from tuireader.library.watching.sources import search_feeds, wanted
from tuireader.model import ArticleRow, Count, View, ViewKind, WatchStats
from tuireader.query import regexes
from tuireader.store import Store

DAY = 86_400
A, B = "https://a.example.org/feed", "https://b.example.org/feed"
WATCHES = """
[[watch]]
name = "Pay"
any = ["Alipay", "quokka*"]
all = [["grows", "falls"]]
color = "red"
ends_after_quiet_days = 5
[[watch]]
name = "Off"
any = ["zzz"]
feeds = ["nowhere"]
"""


async def filled(library: Library) -> None:
    """Three matches of the watch Pay on two feeds, one of them long ago, and one that was edited away."""
    times = [CLOCK - 100, CLOCK - 3 * DAY, CLOCK - 20 * DAY]
    entries = [
        entry(number, title=f"Alipay grows {number}", published=time) for number, time in enumerate(times, 1)
    ]
    await fill(library, 1, *entries[:2], entry(9, title="Alipay alone", published=CLOCK - 50))
    await fill(library, 2, entries[2])


async def rows(library: Library) -> dict[str, ArticleRow]:
    """All articles by title."""
    ids = [1, 2, 3, 4]
    return {row.title: row for row in await library.lists.rows(ids)}


async def test_a_report_has_every_number(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        await filled(library)
        found = await rows(library)
        newest = [found[f"Alipay grows {number}"] for number in (1, 2, 3)]
        days = tuple((str(date.fromtimestamp(row.time)), 1) for row in reversed(newest))
        whole = Report(
            hits=3,
            days=days,
            feeds=((A, 2), (B, 1)),
            samples=tuple(newest),
            terms=(("Alipay", 3), ("quokka*", 0), ("grows", 3), ("falls", 0)),
            a_day=0.15,
        )
        assert await library.watches.report("pay") == whole
        week = replace(whole, hits=2, days=days[1:], feeds=((A, 2),), samples=tuple(newest[:2]), a_day=0.29)
        assert await library.watches.report("Pay", 7) == week
        assert (await library.watches.report("Pay", 3)).hits == 2, "the bound counts"
        assert (await library.watches.report("Pay", 2)).a_day == 0.5
        plain = replace(whole, terms=())
        assert await library.searches.try_out("alipay grows") == plain
        assert await library.searches.try_out("alipay grows", 7) == replace(week, terms=())
        assert await library.searches.try_out("nothing") == Report(0, (), (), ())
        one = await library.searches.try_out('"grows 3"')
        assert (one.hits, one.a_day) == (1, 0.05), "20 days since the first match"


async def test_the_statistics_have_every_number(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        await filled(library)
        await library.context.pool.transact(
            lambda store: store.conn.execute(
                f"""INSERT INTO alarm (feed_id, subject, kind, raised_at, words)
                    VALUES (0, 'Pay', 'silent', {CLOCK}, 'quiet'), (0, 'Other', 'silent', {CLOCK}, 'x')"""
            )
        )
        found = await rows(library)
        pay, off = await library.watches.stats()
        days = [0] * 30
        for row in found.values():
            if row.title != "Alipay alone":
                days[29 - (date.fromtimestamp(CLOCK) - date.fromtimestamp(row.time)).days] += 1
        news = await library.context.pool.read(lambda store: store.watches.last_news())
        assert pay == WatchStats(
            name="Pay",
            color="red",
            count=Count(unread=3, total=3),
            former=0,
            today=1,
            week=2,
            month=3,
            days=tuple(days),
            newest=found["Alipay grows 1"],
            top_feeds=((A, 2), (B, 1)),
            quiet="",
            problem="",
            ends=news["Pay"] + 5 * DAY,
            advice=(),
            alarm="quiet",
        )
        assert (
            off.advice
            and off.quiet.startswith("quiet: ")
            and off
            == WatchStats(
                name="Off",
                color="",
                count=Count(),
                former=0,
                today=0,
                week=0,
                month=0,
                days=(0,) * 30,
                newest=None,
                top_feeds=(),
                quiet=off.quiet,
                problem="",
                ends=None,
                advice=off.advice,
                alarm="",
            )
        )


async def test_remarks_name_what_never_matches_and_what_drowns_the_rest(tmp_path: Path) -> None:
    text = """
    [[watch]]
    name = "Pay"
    any = ["Alipay", "Alippay", "zzzz*", "/zzz/", "number"]
    [[watch]]
    name = "One"
    any = ["number"]
    """
    async with opened(tmp_path, TWO_FEEDS + text) as library:
        assert [one.term for one in await library.watches.lint()] == [
            "Alipay", "Alippay", "zzzz*", "/zzz/", "number", "number",
        ]  # fmt: skip
        await fill(library, 1, *(entry(number) for number in range(9)))
        await fill(library, 2, entry(10, title="Alipay", content_html="<p>pays</p>"))
        never = [
            Remark("Pay", "Alippay", "never matched: no article contains alippay; did you mean alipay?"),
            Remark("Pay", "zzzz*", "never matched"),
            Remark("Pay", "/zzz/", "never matched"),
        ]
        drowns = Remark("Pay", "number", "the only term in 90 % of the 10 matches")
        assert await library.watches.lint() == [*never, drowns]
        await fill(library, 2, entry(11, title="Alipay 2", content_html="<p>pays</p>"))
        assert await library.watches.lint() == [
            *never,
            replace(drowns, message=drowns.message.replace("90 % of the 10", "81 % of the 11")),
        ]
        await fill(library, 2, entry(12, title="Alipay 3", content_html="<p>pays</p>"))
        assert await library.watches.lint() == never, "three quarters are not enough"


async def test_few_matches_drown_nothing(tmp_path: Path) -> None:
    text = '[[watch]]\nname = "Pay"\nany = ["number", "Alipay"]\n'
    async with opened(tmp_path, TWO_FEEDS + text) as library:
        await fill(library, 1, *(entry(number) for number in range(8)))
        await fill(library, 2, entry(10, title="Alipay", content_html="<p>pays</p>"))
        assert await library.watches.lint() == []


async def test_matches_after_an_article(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        assert await library.watches.matches_after(0) == ([], 0)
        await filled(library)
        for after, expected in ((0, [2, 3, 4]), (2, [3, 4]), (3, [4]), (4, []), (9, []), (None, [])):
            found, newest = await library.watches.matches_after(after)
            assert ([article for article, _ in found], newest) == (expected, 4)
            assert {evidence.watch for _, evidence in found} <= {"Pay"}


async def test_a_watch_of_a_story_can_be_kept(tmp_path: Path) -> None:
    clock = Clock()
    async with opened(tmp_path, TWO_FEEDS + WATCHES, clock=clock.time) as library:
        with pytest.raises(TuireaderError, match="no distinctive words"):
            await library.watches.for_story(1)
        await filled(library)
        clock.now += 40 * DAY
        await library.settings.reload()
        late = entry(7, title="Alipay grows again", published=CLOCK + 40 * DAY)
        await fill(library, 1, late, now=CLOCK + 40 * DAY)
        pay = View(ViewKind.WATCH, "Pay")
        assert late.title not in await titles(library, pay), "the watch has ended"
        text, before = written(tmp_path), loads(written(tmp_path))[0].watches
        await library.watches.keep("Nobody")
        assert written(tmp_path) == text
        await library.watches.keep("Pay")
        assert loads(written(tmp_path))[0].watches == (
            replace(before[0], ends_after_quiet_days=0), before[1],
        )  # fmt: skip
        await applied(library)
        assert late.title in await titles(library, pay)
        text = written(tmp_path)
        await library.watches.keep("Pay")
        assert written(tmp_path) == text and library.watches.colors == {"Pay": "red", "Off": ""}


async def test_a_watch_that_is_applied_tells_how_far_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await filled(library)
        await applied(library)
        await library.watches.save(WatchConfig("R", any=("/alip/",)))
        await library.watches.save(WatchConfig("I", any=("Alipay",)))
        steps = await applied(library)
        assert steps[0] == (0, 8) and steps[-1] == (8, 8) and steps == sorted(steps)
        assert await applied(library) == []


COUNTED = [("_COUNTED", 100, 100), ("_COUNTED", 101, 120), ("_LOOKED_AT", 100, 100), ("_LOOKED_AT", 101, 120)]


async def test_a_preview_stops_early_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuireader.library.watching import preview

    item = WatchConfig("N", any=("number",))
    text = TWO_FEEDS + '[[watch]]\nname = "N"\nany = ["number"]\n'
    async with opened(tmp_path, text) as library:
        entries = [entry(number, published=CLOCK - number) for number in range(120)]

        def save(store: Store) -> None:  # relating them would take longer than all the rest
            with store.transaction():
                saved = store.entries.save(1, entries, CLOCK)
                ingest.record_new(store, saved.new, library.context.rules, CLOCK)

        await library.context.pool.write(save)
        whole = await library.watches.preview(item, "N")
        assert (whole.matches, whole.added, whole.removed, whole.complete) == (120, 0, 0, True)
        assert [row.title for row in whole.samples] == [f"Title number {number}" for number in range(5)]
        assert len(whole.sentences) == 5
        for name, bound, matches in COUNTED:
            with monkeypatch.context() as patch:
                patch.setattr(preview, name, bound)
                part = await library.watches.preview(item, "N")
            assert (part.matches, part.added, part.removed, part.complete) == (matches, 0, 0, matches == 120)
        other = await library.watches.preview(WatchConfig("T", any=("absent",)), "N")
        assert (other.matches, other.added, other.removed, other.complete) == (0, 0, 120, True)
        assert (other.samples, other.sentences) == ((), ())


async def test_a_preview_says_that_a_regular_expression_is_too_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def finditer(self, text: str, timeout: float) -> list[object]:
            raise TimeoutError

    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, entry(1))
        monkeypatch.setattr(regexes, "compiled", lambda pattern: Slow())
        slow = await library.watches.preview(WatchConfig("N", query="/numbe[r]/"))
    assert (slow.matches, slow.problem) == (0, "a regular expression was too slow on 1 article")


# --------------------------------------------------------------------------- proposals


def test_every_parameter_of_every_search_feed() -> None:
    item = WatchConfig("N", any=("a b", "c/d"), all=(("e", "汉"),), none=("f",))
    asked = '("a b" OR "c/d") ("e" OR "汉") -"f"'
    found = [(one.service, one.title, *_split(one.url)) for one in search_feeds(item)]
    google = "https://news.google.com/rss/search"
    assert found == [
        ("Google News", "Google News: N", google, {"q": asked, "hl": "en-US", "gl": "US", "ceid": "US:en"}),
        (
            "Google News in Chinese", "Google News in Chinese: N", google,
            {"q": asked, "hl": "zh-CN", "gl": "CN", "ceid": "CN:zh-Hans"},
        ),
        ("Bing News", "Bing News: N", "https://www.bing.com/news/search", {"q": asked, "format": "rss"}),
        ("Hacker News", "Hacker News: N", "https://hnrss.org/newest", {"q": "a b OR c/d", "count": "50"}),
        (
            "arXiv", "arXiv: N", "https://export.arxiv.org/api/query",
            {
                "search_query": '(all:"a b" OR all:"c/d") AND (all:"e" OR all:"汉") ANDNOT all:"f"',
                "sortBy": "submittedDate", "sortOrder": "descending", "max_results": "50",
            },
        ),
        ("GitHub releases", "GitHub releases: c/d", "https://github.com/c/d/releases.atom", {}),
        ("GitHub commits", "GitHub commits: c/d", "https://github.com/c/d/commits.atom", {}),
        ("Reddit", "Reddit: N", "https://www.reddit.com/search.rss", {"q": asked, "sort": "new"}),
        ("Mastodon", "Mastodon: #ab", "https://mastodon.social/tags/ab.rss", {}),
        ("Mastodon", "Mastodon: #cd", "https://mastodon.social/tags/cd.rss", {}),
    ]  # fmt: skip
    assert all(one.documented and one.note == "" for one in search_feeds(item) if "GitHub" in one.service)
    assert all(one.documented and one.note for one in search_feeds(item) if "GitHub" not in one.service)


def _split(url: str) -> tuple[str, dict[str, str]]:
    return url.partition("?")[0], dict(parse_qsl(urlsplit(url).query))


def test_services_get_only_as_many_terms_as_they_take() -> None:
    terms = tuple(f"t{number}" for number in range(12))
    found = wanted(WatchConfig("N", any=(*terms, "t0"), none=(*terms, "/x/"), all=(("/only/",), ("b*", "b"))))
    assert (found.groups, found.none) == ((terms[:10], ("b",)), terms[:10])
    assert found.terms == (*terms[:10], "b")
    tags = [one.url for one in search_feeds(WatchConfig("N", any=("12", "***", *terms)))]
    assert [url[-7:-4] for url in tags if "mastodon" in url] == ["/t0", "/t1", "/t2"]
    projects = WatchConfig("N", any=tuple(f"a/{number}" for number in range(5)))
    assert [one.title[-3:] for one in search_feeds(projects) if one.service == "GitHub commits"] == [
        "a/0",
        "a/1",
        "a/2",
    ]
    assert wanted(WatchConfig("N", query="a OR feed:b")).groups == ()
    assert wanted(WatchConfig("N", query="(a OR b) -(c OR d)")) == wanted(WatchConfig("N", any=("a", "b")))
    assert wanted(WatchConfig("N", any=("/x", "//", "/", "/y/"))).groups == (("/x", "//", "/"),)


async def test_a_search_feed_that_is_followed_says_so(tmp_path: Path) -> None:
    url = next(one.url for one in search_feeds(WatchConfig("N", any=("x",))) if one.service == "Reddit")
    text = f'[[feeds]]\nurl = "{url}"\n[[watch]]\nname = "N"\nany = ["x"]\n'
    async with opened(tmp_path, text) as library:
        assert [one.service for one in library.watches.search_feeds("n") if one.followed] == ["Reddit"]


@for_each(
    ("title", "text", "known", "names"),
    [
        ("We met Tencent", "", (), ["Tencent"]),
        ("We met Bo", "", (), ["Bo"]),
        ("We met bO", "", (), []),
        ("We met the Bank of England of", "", (), ["Bank of England"]),
        ("We met A", "", (), []),
        ("Five9 rises", "", (), ["Five9"]),
        ("Tencent rises", "", (), []),
        ("Tencent rises", "The Tencent.", (), ["Tencent"]),
        ("Tencent rises", "A tencent.", ("Tencent",), []),
        ("We met Bank-of", "", (), ["Bank-of"]),
        ("We met Ann Lee. Ann Lee left", "", (), ["Ann Lee"]),
        ("We met Ann, Lee", "", (), ["Ann", "Lee"]),
        ("We met Ann’s Lee", "", (), ["Ann", "Lee"]),
        ("We met Ann Lee and Lee", "", (), ["Ann Lee"]),
        ("We met Ann and Bob and Cid and Dan", "", (), ["Ann", "Bob", "Cid"]),
        ("News", "so NTLM. so NTLM.", (), ["NTLM"]),
        ("News", "so NTLM.", (), []),
        ("We met Ann", "so Bob, so Bob, so Bob", (), ["Ann", "Bob"]),
        ("We met Ann and Bob", "so Bob", (), ["Bob", "Ann"]),
        ("We met Ann", f"{'x ' * 2000}so Bob, so Bob", (), ["Ann"]),
    ],
)  # fmt: skip
def test_what_is_a_name(title: str, text: str, known: tuple[str, ...], names: list[str]) -> None:
    assert names_in(title, text, known.__contains__) == names


def test_how_many_names_and_phrases() -> None:
    title = "We met Ann and Bob and Cid"
    assert [names_in(title, "", lambda _: False, most) for most in (1, 2)] == [["Ann"], ["Ann", "Bob"]]
    text = "腾讯说。腾讯的音乐。版权。"
    assert phrases_of("腾讯音乐独家版权", text, 1) == ["腾讯"]
    assert len(phrases_of("腾讯音乐独家版权", text)) == 2
    assert phrases_of("腾讯音乐独家版权", f"{'。' * 4000}腾讯") == []


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert watch_name(("A", "B"), ["a", "A, B"]) == "A, B 2"
    assert watch_name(("A",), ["A", "a 2", "A 3"]) == "A 4"
    assert len(watch_name(("x" * 60,), [])) == 40


async def test_the_evidence_that_was_missing_is_computed(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        await filled(library)

        def drop(store: Store) -> None:
            with store.transaction():
                store.conn.execute("UPDATE match SET evidence = ''")

        await library.context.pool.write(drop)
        report = await library.watches.report("Pay")
        assert dict(report.terms)["Alipay"] == 3
        assert not await library.context.pool.read(lambda store: store.watches.without_evidence_on("Pay", 9))
