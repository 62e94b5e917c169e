"""Sentences that refer to earlier articles: marks in the text, keys and clicks, the lists below the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from tests.ui.running import Running, running
from tests.ui.samples import FEEDS
from tests.ui.shelf import Shelf, Site, story, written
from tests.ui.snap_svg import strips
from tuireader.store import Store

BAN = "Earlier this month, China ordered a ban on new downloads of Didi, the taxi app."
RULES = "The rules for apps had been announced in May."
CJK = "本月早些时候，监管部门要求滴滴出行下架。"
LONG = "In March, " + "the regulator said that all apps have to be registered, and " * 6 + "so they were."
FILLER = "<p>Nothing to see here, move along.</p>" * 30
TEXT = (
    "<p>WeChat takes no new users. Earlier this month, China ordered <b>a ban on <a href=https://a.example/>"
    f"new downloads</a></b> of Didi,\n  the taxi app. Nobody says why. {RULES}</p>{FILLER}"
    f"<p>微信说明。{CJK}其后。</p>"
)
STORIES = (
    story(1, 1, "Taxi app vanishes from stores", 500, "<p>Didi is gone.</p>"),
    story(2, 2, "Registration for apps", 2000, f"<p>Announced today.</p>{FILLER}"),
    story(3, 1, "滴滴出行被下架", 400),
    story(4, 3, "WeChat stops sign-ups", 1, TEXT),
    story(5, 3, "Plain news", 0.5),
)


FOUND = ((1, BAN), (3, BAN), (2, RULES), (3, CJK), (5, "This was edited away."))


def refer(store: Store, found: Sequence[tuple[int, str]] = FOUND) -> None:
    """Let sentences of the fourth article refer to earlier ones; one sentence is not in its text."""
    store.references.set(4, found)


SHELF = Shelf(FEEDS, STORIES, prepare=refer, relates=False)


async def opened(run: Running, title: str = "WeChat stops") -> None:
    await run.at(title)
    await run.press("enter")


def current(run: Running) -> list[str]:
    """The texts on the screen in bold and reverse: the current mark."""
    return [
        segment.text
        for line in strips(run.app)
        for segment in line
        if segment.style is not None and segment.style.reverse and segment.style.bold and segment.text.strip()
    ]


def place(run: Running, text: str) -> tuple[int, int]:
    """Column and line of a text on the page."""
    lines = run.page_lines
    line = next(number for number, line in enumerate(lines) if text in line)
    return lines[line].index(text) + 1, line


async def test_marks_stand_after_the_sentences_and_are_no_links() -> None:
    async with running(SHELF, (120, 50)) as run:
        await opened(run)
        words = " ".join(" ".join(run.page_lines).split())
        assert "ban on new downloads[1] of Didi, the taxi app.‹1›‹2› Nobody says why." in words
        assert "had been announced in May.‹3›" in words
        await run.press("G")
        assert f"{CJK}‹2›其后。" in run.text


async def test_keys_jump_from_mark_to_mark_and_around() -> None:
    async with running(SHELF) as run:
        await opened(run)
        assert current(run) == []
        for mark in ("‹1›", "‹2›", "‹3›", "‹2›", "‹1›"):
            await run.press("}")
            assert current(run) == [mark]
        for mark in ("‹2›", "‹3›", "‹2›", "‹1›"):
            await run.press("{")
            assert current(run) == [mark]
        assert "‹1› Taxi app vanishes from stores" in run.text.splitlines()[-1]
        await run.press("h")
        assert current(run) == [] and run.open_id == 4
        await run.press("G", "{")
        assert current(run) == ["‹3›"]  # the last one above the screen
        run.main.panes.go_to(run.main.articles)
        await run.press("{")  # the keys that follow are for the article
        assert current(run) == ["‹2›"] and run.focus == "article"


async def test_enter_opens_the_earlier_article_and_h_comes_back_to_the_mark() -> None:
    async with running(SHELF, (120, 24)) as run:
        await opened(run)
        await run.press("}", "}", "}", "}")
        before = run.page_lines
        assert f"{CJK}‹2›" in run.text
        await run.press("enter")
        assert run.open_id == 3 and "1 back" in run.text
        await run.press("h")
        unread = [line.replace(" •", "  ") for line in before]  # the list below the text has them read now
        seen = [line.replace(" •", "  ") for line in run.page_lines]
        assert run.open_id == 4 and seen == unread and current(run) == ["‹2›"]
        await run.press("}", "enter")
        assert run.open_id == 1
        await run.press("h", "h", "h")
        assert run.open_id is None
        await opened(run)
        await run.press("}", "}", "}", "}", "enter")
        assert run.open_id == 3 and "1 back" in run.text
        await run.press("K")  # chosen in the list: nothing led to it
        assert run.open_id not in (3, None) and "1 back" not in run.text
        await run.press("h")
        assert run.open_id is None


async def test_a_mark_out_of_sight_is_not_opened() -> None:
    async with running(SHELF, (120, 24)) as run:
        await opened(run)
        await run.press("}", "j")
        assert current(run) == ["‹1›"]
        await run.press("pagedown", "enter")
        assert run.open_id == 4 and current(run) == []
        await run.press("}")
        assert current(run) == ["‹2›"]  # the first one below the top of the screen


async def test_a_click_on_a_mark_opens_it() -> None:
    async with running(SHELF, (200, 50)) as run:
        await opened(run)
        column, line = place(run, "‹3›")
        await run.click("#article", (column - 2, line))
        assert run.open_id == 4
        await run.click("#article", (column, line))
        assert run.open_id == 2
        await run.press("h")
        assert run.open_id == 4 and current(run) == ["‹3›"]
        await run.press("G")
        column, line = place(run, "监管部门要求滴滴出行下架。‹2›")
        cells = 2 * len("微信说明。本月早些时候，监管部门要求滴滴出行下架。") + 1
        start = len(run.page_lines[line]) - len(run.page_lines[line].lstrip())
        await run.click("#article", (start + cells, line))
        assert run.open_id == 3


async def test_the_lists_below_the_text_have_the_numbers_and_the_sentences() -> None:
    async with running(SHELF, (120, 40)) as run:
        await opened(run)
        await run.press("e")
        shown = " ".join(" ".join(run.page_lines).split())
        assert f"Background “{BAN}” ‹1› • Taxi app vanishes from stores The Quay · 20 days earlier" in shown
        assert "“This was edited away.” • Plain news" in shown
        assert (
            shown.index("‹1› • Taxi")
            < shown.index("‹2› • 滴滴")
            < shown.index("‹3› • Regis")
            < shown.index("Plain")
        )
        assert "› Plain news" not in shown
        await run.press("enter")
        assert run.open_id == 1
        await run.press("e")
        assert "Later referred to by" in run.text
        assert "refers to this: “Earlier this month, China ordered" in run.text


async def test_long_sentences_are_cut_at_the_width() -> None:
    for sentence in (LONG, "监管部门要求所有应用程序备案，" * 20):
        shelf = replace(SHELF, prepare=partial(refer, found=((1, sentence),)))
        async with running(shelf, (80, 24)) as run:
            await opened(run)
            await run.press("e")
            lines = [line for line in run.page_lines if line.strip()]
            at = next(number for number, line in enumerate(lines) if "Background" in line)
            assert lines[at + 3].rstrip().endswith("…”") and "Taxi app" in lines[at + 4]


async def test_a_full_text_has_marks_where_it_has_the_sentences() -> None:
    async with running(SHELF) as run:
        Site(run.library).pages[4] = f"<p>Another beginning of it.</p><p>{RULES} So it goes.</p>" * 2
        await opened(run)
        await run.press("x")
        assert f"{RULES}‹1› So it goes." in run.text and "‹2›" not in run.text
        await run.press("e")
        assert "‹1› • Registration for apps" in run.text and "    • Taxi app vanishes" in run.text


async def test_articles_without_references_say_so() -> None:
    async with running(SHELF) as run:
        await opened(run, "Plain")
        await run.press("}")
        assert "No sentence here refers to an earlier article" in run.toasts
        await run.press("h", "}", "{")
        assert run.open_id is None


async def test_a_muted_or_removed_article_has_no_mark() -> None:
    async with running(SHELF) as run:
        with written(run.library) as store:
            store.conn.execute("UPDATE article SET muted = 1 WHERE id = 1")
        await opened(run)
        words = " ".join(" ".join(run.page_lines).split())
        assert "of Didi, the taxi app.‹1› Nobody" in words


async def test_marks_stay_while_words_are_sought_and_matches_visited() -> None:
    watch = '\n[[watch]]\nname = "Apps"\nany = ["apps"]\n'
    async with running(replace(SHELF, text=FEEDS + watch)) as run:
        await opened(run)
        await run.press("}", "]")
        assert current(run) == ["apps"]
        await run.press("}")
        assert current(run) == ["‹1›"]
