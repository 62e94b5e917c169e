"""A story is followed: its words become a watch, which ends when nothing more comes."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

from tests.builders import ALL, config, feeds, item, paths, refreshed, rss
from tests.newsroom import LANTERN, all_rows, fetched
from tests.web import Web
from tuireader.library import Library
from tuireader.model import View, ViewKind

DAY = 86_400
START = 1_800_000_000
FOLLOWED = '\n[[watch]]\nname = "Lantern"\nany = ["LanternPay"] # the buyer\nends_after_quiet_days = 3\n'
LANTERN_VIEW = View(ViewKind.WATCH, "Lantern")


async def titles(library: Library, view: View) -> list[str]:
    return sorted(row.title for row in await library.lists.rows(await library.lists.ids(view)))


async def end(library: Library) -> int | None:
    (stats,) = await library.watches.stats()
    return stats.ends


async def applied(library: Library) -> None:
    async with aclosing(library.watches.apply()) as steps:
        async for _ in steps:
            pass


async def test_a_followed_story_ends_after_its_quiet_days_and_can_be_kept(tmp_path: Path, web: Web) -> None:
    first = item("1", "LanternPay buys Ferrygate", LANTERN, time=START)
    second = item("2", "LanternPay sells boats", LANTERN, time=START + 2 * DAY)
    third = item("3", "LanternPay sells cars", LANTERN, time=START + 6 * DAY)
    now = START
    url = web.stages("/f", rss("F", [first]), rss("F", [second, first]), rss("F", [third, second, first]))
    text = feeds(url) + FOLLOWED
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")

    async def opened_now() -> Library:
        text = (tmp_path / "config.toml").read_text(encoding="utf-8")
        return await Library.open(config(text), paths(tmp_path), clock=lambda: now)

    library = await opened_now()
    await refreshed(library)
    assert await end(library) == START + 3 * DAY
    await library.close()

    now = START + 2 * DAY
    library = await opened_now()
    await refreshed(library)
    assert await end(library) == START + 5 * DAY  # it had news
    await library.close()

    now = START + 6 * DAY
    library = await opened_now()
    await refreshed(library)
    assert len(await library.lists.ids(ALL)) == 3
    assert await titles(library, LANTERN_VIEW) == ["LanternPay buys Ferrygate", "LanternPay sells boats"]
    assert await end(library) == START + 5 * DAY

    await library.watches.keep("Lantern")
    await applied(library)
    assert "LanternPay sells cars" in await titles(library, LANTERN_VIEW)
    assert await end(library) is None
    kept = (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert "# the buyer" in kept and "ends_after_quiet_days" not in kept
    await library.close()


async def test_an_old_story_that_is_followed_has_its_days_from_then_on(tmp_path: Path, web: Web) -> None:
    url = web.serve("/f", rss("F", [item("1", "LanternPay buys Ferrygate", LANTERN, time=START)]))
    (tmp_path / "config.toml").write_text(feeds(url) + FOLLOWED, encoding="utf-8")
    now = START + 90 * DAY
    library = await Library.open(config(feeds(url) + FOLLOWED), paths(tmp_path), clock=lambda: now)
    await refreshed(library)
    assert await end(library) == now + 3 * DAY
    assert await titles(library, LANTERN_VIEW) == ["LanternPay buys Ferrygate"]
    await library.close()


async def test_a_chinese_story_is_followed_by_whole_words(tmp_path: Path, web: Web) -> None:
    said = "<p>微信团队公告：正在进行安全技术升级，期间暂停新用户注册，预计八月初恢复。</p>"
    told = (
        "微信暂停新用户注册，进行安全技术升级",
        "腾讯：微信暂停个人新用户注册",
        "微信安全技术升级，新用户注册暂停",
    )
    urls = [
        web.serve(f"/{number}", rss(f"F{number}", [item("1", title, said, time=START + number * 3600)]))
        for number, title in enumerate(told)
    ]
    other = web.serve(
        "/o", rss("O", [item("1", "新能源汽车销量上升", "<p>电池厂商扩大产能。</p>", time=START)])
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
