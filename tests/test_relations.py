"""Relations as time goes by: articles are edited or fetched whole, more comes, the reader is started anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import ALL, applied, config, feeds, item, opened, paths, refreshed, rss, titles, written
from tests.builders import CLOCK as NOW
from tests.cli.command import Home, run_here, subscribe
from tests.newsroom import LANTERN, all_rows, fetched, row_of
from tests.test_pages import HTML
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader.errors import Exit
from tuireader.library import Library
from tuireader.model import Related, Relation, View, ViewKind

pytestmark = pytest.mark.usefixtures("forked_workers")

HOUR = 3600
DAY = 86_400


async def related(library: Library, title: str) -> dict[str, Related]:
    return {one.title: one for one in await library.articles.related((await row_of(library, title)).id)}


async def stories(library: Library) -> set[frozenset[str]]:
    """The titles of the articles of each story, also of those that are alone."""
    found: dict[int, set[str]] = {}
    for row in await all_rows(library):
        found.setdefault(row.fold or -row.id, set()).add(row.title)
    return {frozenset(titles) for titles in found.values()}


# --------------------------------------------------------------------------- edits and full texts


async def test_a_page_names_relatives_and_leaves_its_story_alone(tmp_path: Path, web: Web) -> None:
    page = (
        "<html><body><article><h1>LanternPay buys Ferrygate</h1><p>LanternPay of Port Quill told on Monday "
        "how the ticket maker came to it, and that the price was 40 million, in shares and cash, as it had "
        'been said. The talks began when <a href="OLD">the harbour tunnel was flooded</a> and no one sold.'
        "</p><p>All this took many months, and the owners of the ticket maker were not in agreement.</p>"
        "</article></body></html>"
    )
    old = item("o", "Water in the harbour tunnel", "<p>Pumps ran all night.</p>", url=f"{web.url}/old")
    other = web.serve("/g", rss("G", [item("b", "Ferrygate bought by LanternPay", LANTERN, time=NOW), old]))
    web.serve("/1", page.replace("OLD", f"{web.url}/old"), headers=HTML)
    said = [f"<p>More on {word}.</p>{LANTERN}" for word in ("fares", "quays and boats")]
    items = [item("a", "LanternPay buys Ferrygate", text, url=f"{web.url}/1", time=NOW) for text in said]
    url = web.stages("/f", *(rss("F", [one]) for one in items))
    async with fetched(tmp_path, feeds(url, other)) as library:
        before, folded = await related(library, "LanternPay buys"), await stories(library)
        assert "Water in the harbour tunnel" not in before and len(before) == 1
        row = await row_of(library, "LanternPay buys")
        await library.full_texts.fetch(row.id)
        for edited in (False, True):  # what the page names stays when the feed says something else
            after = await related(library, "LanternPay buys")
            cited = after.pop("Water in the harbour tunnel")
            assert cited.relation is Relation.CITES and "linked in the text" in cited.reason
            assert after.keys() == before.keys() and await stories(library) == folded
            (back,) = (await related(library, "Water in the harbour")).values()
            assert (back.relation, back.article_id) == (Relation.CITED_BY, row.id)
            assert (await row_of(library, "LanternPay buys")).edited is edited
            await refreshed(library)


async def test_a_link_that_is_edited_away_relates_no_more(tmp_path: Path, web: Web) -> None:
    old = item("o", "Water in the harbour tunnel", "<p>Pumps ran all night.</p>", url=f"{web.url}/old")
    other = web.serve("/g", rss("G", [old]))
    link = f'<p>Read <a href="{web.url}/old">what was before</a>.</p>'
    url = web.stages("/f", *(rss("F", [item("a", "LanternPay buys", LANTERN + more)]) for more in (link, "")))
    async with fetched(tmp_path, feeds(url, other)) as library:
        assert await related(library, "LanternPay buys") and await related(library, "Water")
        await refreshed(library)
        assert not await related(library, "LanternPay buys") and not await related(library, "Water")


async def test_what_one_report_links_to_is_told_to_the_others_by_its_time(tmp_path: Path, web: Web) -> None:

    def report(feed: str, title: str, hour: int, text: str = "") -> str:
        one = item(title, title, text or LANTERN, time=NOW + (hour - 80) * HOUR, url=f"{web.url}/{hour}")
        return web.serve(f"/{feed}", rss(feed, [one]))

    copy = "Ferrygate bought by LanternPay for 40 million"
    links = (
        f'<p>Also read: <a href="{web.url}/-70">Ferrygate</a></p>'
        f'<p>Its <a href="{web.url}/70">new chief</a> and <a href="{web.url}/-60">the weather</a>.</p>'
    )
    urls = [
        report("A", "Ferrygate sold out in summer", -70, "<p>The tills of Ferrygate rang.</p>"),
        report("B", "LanternPay buys Ferrygate for 40 million", 0),
        report(
            "C",
            "Quist leads Ferrygate now",
            70,
            "<p>Before, A. Quist ran a dairy, a railway and two choirs.</p>",
        ),
        report("D", "Fog on the river", -60, "<p>Boats wait.</p>"),
        report("E", copy, 1, LANTERN + links),
    ]
    async with fetched(tmp_path, feeds(*urls)) as library:
        assert frozenset({"LanternPay buys Ferrygate for 40 million", copy}) in await stories(library)
        found = await related(library, "LanternPay buys")
        before, after = found["Ferrygate sold out in summer"], found["Quist leads Ferrygate now"]
        assert (before.relation, after.relation) == (Relation.BACKGROUND, Relation.FOLLOW_UP)
        assert before.reason == "−2 d · named by E · shares Ferrygate"
        assert after.reason == "+2 d · linked by E · shares Ferrygate"
        assert "Fog on the river" not in found  # it names nothing that this report does


# --------------------------------------------------------------------------- splits


async def test_a_split_holds_after_a_restart_and_when_more_comes(tmp_path: Path, web: Web) -> None:
    named = (
        "LanternPay buys Ferrygate for 40 million",
        "Ferrygate bought by LanternPay for 40 million",
        "LanternPay bought Ferrygate for 40 million",
        "LanternPay pays 40 million for Ferrygate",
    )
    first, second, third, _ = named
    told = [
        rss(f"F{number}", [item(title, title, LANTERN, time=NOW + (number - 4) * HOUR)])
        for number, title in enumerate(named)
    ]
    urls = [web.stages(f"/{number}", told[number]) for number in range(2)]
    urls += [web.stages(f"/{number}", rss(f"F{number}", []), told[number]) for number in (2, 3)]
    async with fetched(tmp_path, feeds(*urls)) as library:
        assert await stories(library) == {frozenset({first, second})}
        await library.marks.split_story((await row_of(library, second)).id)
    async with opened(tmp_path, feeds(*urls)) as library:
        assert await stories(library) == {frozenset({first}), frozenset({second})}
        await refreshed(library)
        assert len(await library.lists.ids(ALL)) == 4
        parted = await stories(library)
        # The new reports are with one of the two; neither draws both into one story.
        assert not any({first, second} <= story for story in parted)
        assert any(third in story and len(story) > 1 for story in parted)
        await library.marks.undo()
        assert any({first, second} <= story for story in await stories(library))


# --------------------------------------------------------------------------- following


async def test_following_hits_what_is_stored_and_what_comes(tmp_path: Path, web: Web) -> None:
    old = [
        item(str(n), f"LanternPay and Ferrygate: day {n}", LANTERN, time=NOW - n * 86_400 - HOUR)
        for n in range(3)
    ]
    new = item("n", "Ferrygate and LanternPay part", "<p>LanternPay sells it.</p>", time=NOW)
    fog = item("f", "Fog on the river", "<p>Boats wait.</p>")
    url = web.stages("/f", rss("F", [*old, fog]), rss("F", [new, *old, fog]))
    async with fetched(tmp_path, feeds(url)) as library:
        watch = await library.watches.for_story((await row_of(library, "LanternPay and Ferrygate: day 0")).id)
        await library.watches.save(watch)
        await applied(library)
        view = View(ViewKind.WATCH, watch.name)
        assert len(await library.lists.ids(view)) == 3
        await refreshed(library)
        assert len(await library.lists.ids(view)) == 4


START = NOW + 90 * DAY
FOLLOWED = '\n[[watch]]\nname = "Lantern"\nany = ["LanternPay"] # the buyer\nends_after_quiet_days = 3\n'
LANTERN_VIEW = View(ViewKind.WATCH, "Lantern")


@asynccontextmanager
async def fetched_at(folder: Path, now: int) -> AsyncIterator[Library]:
    """The library as it is opened again at some time, after a refresh."""
    library = await Library.open(config(written(folder)), paths(folder), clock=lambda: now)
    await refreshed(library)
    yield library
    await library.close()


async def end(library: Library) -> int | None:
    (stats,) = await library.watches.stats()
    return stats.ends


async def test_a_followed_story_ends_after_its_quiet_days_and_can_be_kept(tmp_path: Path, web: Web) -> None:
    first = item("1", "LanternPay buys Ferrygate", LANTERN, time=START)
    second = item("2", "LanternPay sells boats", LANTERN, time=START + 2 * DAY)
    third = item("3", "LanternPay sells cars", LANTERN, time=START + 6 * DAY)
    url = web.stages("/f", rss("F", [first]), rss("F", [second, first]), rss("F", [third, second, first]))
    (tmp_path / "config.toml").write_text(feeds(url) + FOLLOWED, encoding="utf-8")
    for now, ends in ((START, START + 3 * DAY), (START + 2 * DAY, START + 5 * DAY)):  # it had news
        async with fetched_at(tmp_path, now) as library:
            assert await end(library) == ends
    async with fetched_at(tmp_path, START + 6 * DAY) as library:
        assert len(await library.lists.ids(ALL)) == 3
        before = {"LanternPay buys Ferrygate", "LanternPay sells boats"}
        assert set(await titles(library, LANTERN_VIEW)) == before
        assert await end(library) == START + 5 * DAY

        await library.watches.keep("Lantern")
        await applied(library)
        assert set(await titles(library, LANTERN_VIEW)) == before | {"LanternPay sells cars"}
        assert await end(library) is None
        assert "# the buyer" in written(tmp_path) and "ends_after_quiet_days" not in written(tmp_path)


async def test_an_old_story_that_is_followed_has_its_days_from_then_on(tmp_path: Path, web: Web) -> None:
    url = web.serve("/f", rss("F", [item("1", "LanternPay buys Ferrygate", LANTERN, time=NOW)]))
    (tmp_path / "config.toml").write_text(feeds(url) + FOLLOWED, encoding="utf-8")
    async with fetched_at(tmp_path, START) as library:
        assert await end(library) == START + 3 * DAY
        assert await titles(library, LANTERN_VIEW) == ["LanternPay buys Ferrygate"]


async def test_a_chinese_story_is_followed_by_whole_words(tmp_path: Path, web: Web) -> None:
    said = "<p>微信团队公告：正在进行安全技术升级，期间暂停新用户注册，预计八月初恢复。</p>"
    told = (
        "微信暂停新用户注册，进行安全技术升级",
        "腾讯：微信暂停个人新用户注册",
        "微信安全技术升级，新用户注册暂停",
    )
    urls = [
        web.serve(f"/{number}", rss(f"F{number}", [item("1", title, said, time=NOW + number * 3600)]))
        for number, title in enumerate(told)
    ]
    other = web.serve(
        "/o", rss("O", [item("1", "新能源汽车销量上升", "<p>电池厂商扩大产能。</p>", time=NOW)])
    )
    async with fetched(tmp_path, feeds(*urls, other)) as library:
        row = next(row for row in await all_rows(library) if row.title == told[0])
        proposed = await library.watches.for_story(row.id)
        assert proposed.ends_after_quiet_days == 14
        words = {proposed.query.strip('"'), *proposed.any}
        assert {"微信", "新用户注册"} <= words
        assert all(any(word in title for title in told) for word in words)
        assert not {"信暂", "停新", "户注", "全技", "术升"} & words
        assert (await library.watches.preview(proposed)).matches == 3


# --------------------------------------------------------------------------- the brief


BRIEFS = """
import json, sys
from tuireader.cli import run
for words in json.loads(sys.argv[1]):
    assert run(words) == 0
    print(end="\\0")
"""
"""Runs one command after another; a NUL follows what each of them prints."""


def test_a_brief_is_the_same_bytes_and_asks_no_one(
    tmp_path: Path, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path)

    def told(*times: str, seed: str = "1", forms: Sequence[str] = ("md",)) -> list[bytes]:
        """The briefs since each of these times, in each of the forms, with a seed of hashes."""
        lines = [
            home.arguments("brief", "--since", time, "--format", form) for time in times for form in forms
        ]
        done = subprocess.run(
            [sys.executable, "-c", BRIEFS, json.dumps(lines)],
            capture_output=True,
            check=True,
            env={**os.environ, **home.environment(), "PYTHONHASHSEED": seed, "TZ": f"UTC-{seed}"},
        )
        assert not done.stderr
        return done.stdout.split(b"\0")[:-1]

    urls = [
        web.serve(
            f"/{name}", rss(name, [item(name, f"{name}: LanternPay buys Ferrygate", LANTERN, time=NOW)])
        )
        for name in ("F", "G")
    ]
    subscribe(home, *urls, more='\n[[watch]]\nname = "Lantern"\nany = ["LanternPay"]\n')
    assert run_here(home, capsys, "refresh").code == Exit.OK
    asked = len(web.requests)
    assert asked
    forms = ("md", "json", "html")
    briefs = told("3000d", "last", "last", forms=forms)
    assert len(briefs) == 3 * len(forms)
    assert all(b"LanternPay" in one and b"https://site.example.org/G" in one for one in briefs[:3])
    assert not any(b"Ferrygate" in one for one in briefs[-3:])
    again = told("3000d", "last", forms=forms, seed="2")
    assert again[:3] == briefs[:3] and again[3] == briefs[-3]
    assert len(web.requests) == asked
