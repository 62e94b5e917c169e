"""A story that is reported in several languages: its row, its page, and the way from report to report."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.builders import as_before_languages
from tests.ui.running import Running, running
from tests.ui.shelf import Shelf, opened, story
from tuireader.model import View, ViewKind
from tuireader.store import Store
from tuireader.ui.flows.settings import apply_config

FEEDS = """\
[[feeds]]
url = "https://wire.example/rss"
title = "Harbour Wire"
[[feeds]]
url = "https://cn.example/rss"
title = "港口日报"
[[feeds]]
url = "https://jp.example/rss"
title = "みなと新聞"
"""
WATCH = """\
[[watch]]
name = "Penalty"
any = ["罚款"]
[[watch]]
name = "Ferries"
any = ["ferry"]
"""
ENGLISH = "Regulator fines three banks over late reports to their customers"
CHINESE = "监管机构因迟报客户变更事项对三家银行处以罚款"
JAPANESE = "金融庁、顧客への報告の遅れで三行に業務改善命令"
SECOND = "Banks say that they will not appeal against the fines of Monday"
LONE = "A ferry is late"
EN, ZH, JA, EN2, OTHER = range(1, 6)


def _prepare(store: Store) -> None:
    for article in (ZH, JA):
        store.relations.join(article, EN)
    store.relations.join(EN2, EN, 1)  # in a row of its own: the same feed again
    for article, code in ((EN, "en"), (ZH, "zh"), (JA, "ja"), (EN2, "en"), (OTHER, "en")):
        store.references.set_language(article, code)


SHELF = Shelf(
    FEEDS,
    (
        story(1, 1, ENGLISH, 5, "<p>The regulator said that they had not told their customers.</p>"),
        story(2, 2, CHINESE, 4, "<p>该机构周一表示，这些银行没有及时说明。</p>"),
        story(3, 3, JAPANESE, 3, "<p>顧客への説明が十分ではなかったという。</p>"),
        story(4, 1, SECOND, 2, "<p>The banks said so.</p>"),
        story(5, 1, LONE, 1, "<p>It will come.</p>"),
    ),
    prepare=_prepare,
    relates=False,
)


def reading(*languages: str, more: str = "") -> Shelf:
    quoted = ", ".join(f'"{code}"' for code in languages)
    return replace(SHELF, more=f"[ui]\nlanguages = [{quoted}]\n{more}")


def line(run: Running, words: str) -> str:
    return next(line for line in run.text.splitlines() if words in line)


def told(run: Running, words: str) -> str:
    """Languages and number of reports of a story: `en +2 ×3`."""
    return " ".join(re.findall(r"  ([a-z]{2} \S\S)  .* (×\d)", line(run, words))[0])


async def test_a_row_shows_the_report_in_the_language_that_the_user_reads() -> None:
    async with running(reading()) as run:
        for languages, title, expected in (
            ((), "金融庁", "en +2 ×3"),  # the newest, as ever
            (("en",), "Regulator fines", "en +2 ×3"),
            (("zh", "en"), "监管机构", "zh +2 ×3"),
            (("ko", "zh"), "监管机构", "zh +2 ×3"),
            (("ko",), "金融庁", "en +2 ×3"),
        ):
            run.library.paths.config.write_text(reading(*languages).config_text, encoding="utf-8")
            await run.flow(apply_config)
            assert told(run, title) == expected
            assert len(run.main.articles.ids) == 3
            assert " en " not in line(run, LONE) and "×" not in line(run, "Banks say")
            assert run.main.session.counts.unread.unread_folded == 3


async def test_languages_never_push_the_title_off() -> None:
    async with running(reading("zh"), (40, 12)) as run:
        await run.show(View(ViewKind.ALL))
        for width, height in ((40, 12), (80, 24), (100, 30), (160, 50)):
            await run.resize(width, height)
            row = line(run, "监管机构")
            assert "×3" in row and ("  zh +2" in row) == (run.main.articles.size.width >= 60)
            assert "监管机构因迟报" in row


async def test_the_reports_in_other_languages_are_one_key_away() -> None:
    async with running(reading("en", "zh"), (120, 40)) as run:
        await run.at("Regulator fines")
        await run.press("enter")
        assert run.open_id == EN
        page = " ".join(" ".join(run.page_lines).split())
        assert "also in Chinese, Japanese (I)" in page
        assert "港口日报 · Chinese" in page and "みなと新聞 · Japanese" in page
        await run.press("I")
        assert run.open_id == ZH and "这些银行没有及时说明" in run.text
        await run.press("I")
        assert run.open_id == JA
        await run.press("I")  # around: to the report where the user came from, not to another English one
        assert run.open_id == EN
        for wanted in (JA, ZH, EN):
            await run.press("h")
            assert run.open_id == wanted
        assert run.cursor_id == EN
        await run.press("h")
        assert run.open_id is None and run.focus == "list"


async def test_the_key_opens_another_language_from_the_list_too() -> None:
    async with running(reading("en", "zh")) as run:
        await run.at("Regulator fines")
        await run.press("I")
        assert run.open_id == ZH
        await run.press("h")
        assert run.open_id == EN
        await run.press("q")
        await run.at(LONE)
        await run.press("I")
        assert run.open_id == OTHER and "No report in another language" in run.toasts


async def test_a_row_is_read_and_undone_as_a_whole() -> None:
    async with running(reading("en")) as run:
        await run.at("Regulator fines")
        await run.press("N")
        assert await run.unread() == {EN2, OTHER}
        assert "1 row · 3 articles marked read" in run.toasts
        await run.press("U")
        assert await run.unread() == {EN, ZH, JA, EN2, OTHER}
        assert run.cursor_id == EN
        await run.press("enter")
        assert await run.unread() == {EN2, OTHER}


async def test_a_row_with_a_read_report_shows_an_unread_one_in_the_best_language() -> None:
    async with running(reading("en", "zh", more="read_story = false")) as run:
        await run.at("Regulator fines")
        await run.press("enter", "q")
        assert await run.unread() == {ZH, JA, EN2, OTHER}
        await run.go_to(View(ViewKind.STARRED))
        await run.go_to(View(ViewKind.UNREAD))
        assert told(run, "监管机构") == "en +2 ×3"


async def test_no_hit_of_another_language_hides_behind_the_own_one() -> None:
    async with running(replace(reading("en"), text=FEEDS + WATCH)) as run:
        assert "▌Penalty" in run.text and told(run, "监管机构") == "en +2 ×3"
        await run.at("监管机构")
        await run.press("enter")
        assert run.open_id == ZH and "◆ Penalty" in run.text
        assert await run.unread() == {EN2, OTHER}
        await run.press("q")
        assert "▌Penalty" in run.text
        await run.go_to(View(ViewKind.ALL))  # read as a whole: the own language, with the mark of the watch
        assert "▌Penalty" in run.text
        await run.at("Regulator fines")
        await run.press("enter", "I")
        await run.press("I")
        assert run.open_id == ZH and "◆ Penalty" in run.text


async def test_a_watch_that_hits_two_languages_leads_to_the_own_one() -> None:
    watch = '[[watch]]\nname = "Both"\nany = ["罚款", "fines"]\n'
    async with running(replace(reading("en"), text=FEEDS + watch)) as run:
        await run.at("Regulator fines")
        await run.press("enter")
        assert run.open_id == EN
        assert ZH in await run.unread()  # a watched one waits until it is read itself
        assert "▌" in run.text


async def test_changed_languages_are_in_force_at_once() -> None:
    async with opened(reading("en")) as library, running(library) as run:
        assert told(run, "Regulator fines") == "en +2 ×3"
        library.paths.config.write_text(reading("zh-CN", "Japanese").config_text, encoding="utf-8")
        await run.flow(apply_config)
        assert told(run, "监管机构") == "zh +2 ×3"
        library.paths.config.write_text(reading("en", "chin").config_text, encoding="utf-8")
        await run.flow(apply_config)
        assert "ui.languages: 'chin' is not a known language; did you mean 'chinese'?" in run.toasts


async def test_a_search_by_language_lists_each_report_by_itself() -> None:
    async with running(reading("en")) as run:
        await run.press("slash")
        await run.write("lang:zh")
        await run.press("enter")
        assert list(run.main.articles.ids) == [ZH]


async def test_articles_stored_before_get_their_language_in_the_background() -> None:
    async with opened(replace(SHELF, prepare=as_before_languages)) as library:
        (row,) = await library.lists.rows([ZH])
        assert row.language == "zh"


IMAGE = '<img src="https://{}.example/2026/0c3e2f1a-9d4b-4a3e-8d3c-7711fa20c9e1.jpg" width="800">'


async def test_a_common_picture_brings_two_reports_into_one_row() -> None:
    english = f"{IMAGE.format('img')}<p>The ferry of the company Zorblax ran aground in fog.</p>"
    chinese = (
        f"{IMAGE.format('media')}<p>一艘属于Zorblax公司的渡轮在前往该岛途中因大雾搁浅，船上所有人员获救。</p>"
    )
    stories = (
        story(1, 1, "Ferry runs aground on its way to the island", 3, english),
        story(2, 2, "渡轮在大雾中搁浅", 2, chinese),
        story(3, 3, "夏の時刻表を公表", 1, f"{IMAGE.format('img')}<p>この会社は夏の時刻表を公表した。</p>"),
    )
    async with running(Shelf(FEEDS, stories), (120, 40)) as run:
        assert told(run, "渡轮在大雾中搁浅") == "en zh ×2"
        await run.at("夏の時刻表")
        await run.press("enter")
        page = " ".join(" ".join(run.page_lines).split())
        assert "2 reports 1 h earlier" in page and "shares a picture" in page  # they are one story
