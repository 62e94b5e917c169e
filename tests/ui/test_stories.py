"""Stories in the list, on the demo's library: folded, opened in place, read, split, followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.shelf import NOW
from tuireader.library import Library
from tuireader.model import Story, View, ViewKind
from tuireader.text.wording import rows_and_articles
from tuireader.ui.dialogs.new_watch import NewWatch

ALL = View(ViewKind.ALL)
UNREAD = View(ViewKind.UNREAD)


async def wechat_story(library: Library) -> Story:
    rows = await library.lists.rows(await library.lists.ids(ALL))
    story = await library.articles.story(
        next(row.id for row in rows if row.title.startswith("WeChat suspends"))
    )
    assert story is not None
    return story


async def wechat_row(library: Library) -> list[int]:
    """The articles of its first row, newest first; one feed has another article in a row of its own."""
    story = await wechat_story(library)
    rows = await library.lists.rows([entry.article_id for entry in reversed(story.entries)])
    return [row.id for row in rows if row.fold == story.id]


def listed(run: Running, story: Story) -> list[int]:
    members = {entry.article_id for entry in story.entries}
    return [key for key in run.main.articles.ids if key in members]


async def states(library: Library, ids: list[int]) -> list[bool]:
    """Which of them are read."""
    return [row.read for row in await library.lists.rows(ids)]


async def test_a_story_is_one_line_that_opens_in_place_is_marked_and_split(demo: Running) -> None:
    story, row = await wechat_story(demo.library), await wechat_row(demo.library)
    other, lead = story.entries[-1].article_id, row[0]
    assert listed(demo, story) == [other, lead]
    (line,) = [line for line in demo.text.splitlines() if "WeChat suspends new" in line]
    assert "  en zh  " in line and line.endswith("  ×4")
    demo.main.articles.select_id(lead)
    await demo.press("f")
    assert listed(demo, story) == [other, *row]
    assert demo.text.count("└ ") == 3 and demo.cursor_id == lead
    await demo.press("j", "f")
    assert listed(demo, story) == [other, lead] and demo.cursor_id == lead
    await demo.press("v")
    assert len(listed(demo, story)) == 5 and "×4" not in demo.text
    await demo.press("v")
    assert listed(demo, story) == [other, lead]
    await demo.press("N")  # a mark is for all of the row
    assert await states(demo.library, row) == [True] * 4
    assert "1 row · 4 articles marked read" in demo.toasts
    await demo.press("U")
    assert await states(demo.library, row) == [False] * 4
    await demo.write("/wechat\r")  # has a line for each report, and a mark is for that one
    lines = [key for key in demo.main.articles.ids if key in row]
    assert len(lines) > 1
    demo.main.articles.select_id(lines[0])
    for key, read in (("N", True), ("U", False)):
        await demo.press(key)
        rows = [demo.main.articles.row(line) for line in lines]
        assert rows == await demo.library.lists.rows(lines, details=True)
        assert [one is not None and one.read for one in rows] == [read, *[False] * (len(lines) - 1)]
    await demo.press("escape")
    assert demo.cursor_id == lead
    await demo.press("X")
    assert "Removed from its story" in demo.toasts
    assert listed(demo, story) == [other, *row[:2]]
    await demo.press("X")
    assert "This article is not part of a story" in demo.toasts
    await demo.press("U")
    assert listed(demo, story) == [other, lead]
    demo.main.articles.select_id(other)
    await demo.press("f")
    assert "This article is not part of a story" in demo.toasts


async def test_the_line_of_a_story_has_the_marks_of_all_its_articles(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        first, *ids = await wechat_row(library)
        await library.marks.set_read([first], True)
        async with running(library) as run:
            lead, *others = await library.lists.rows(ids)
            hidden = {watch for row in others for watch in row.watches} - set(lead.watches)
            assert hidden == {"PIPL"}  # only an article behind the first one is on it

            def line(below: int = 0) -> str:
                lines = run.text.splitlines()
                return lines[next(n for n, line in enumerate(lines) if lead.title[:20] in line) + below]

            assert "▌WeChat ▌PIPL “" in line(1) and "1 of 4 read" in line()
            await run.resize(119, 40)
            assert "◆P" in line() and line().count("◆W") == 1
            await run.press("v")  # each article has its line, and its own marks
            assert "◆P" not in line() and "◆W" in line()
            await run.resize(120, 40)
            assert "▌WeChat “" in line(1) and "▌PIPL" not in line(1)


def unread_rows(run: Running) -> int:
    return run.main.session.counts.unread.unread_folded


async def test_reading_one_reads_the_row_until_undone_but_a_source_is_read_alone(demo: Running) -> None:
    for name in demo.library.watches.colors:
        await demo.library.watches.remove(name)
    await demo.main.controllers.reload()
    await demo.settle()
    row = await wechat_row(demo.library)
    before = unread_rows(demo)
    demo.main.articles.select_id(row[0])
    await demo.press("f", "j", "enter")  # a source that is looked at
    assert demo.open_id == row[1] and await states(demo.library, row) == [False, True, False, False]
    await demo.press("N", "q", "f", "enter")
    assert await states(demo.library, row) == [True] * 4
    assert unread_rows(demo) == before - 1
    await demo.press("U")
    assert await states(demo.library, row) == [True, False, False, False]
    await demo.press("q", "A")
    assert unread_rows(demo) == 0 and (await demo.library.lists.counts()).unread.unread == 0


async def test_a_watched_article_is_not_read_by_reading_another_of_its_row(tmp_path: Path) -> None:
    """The row opens on what is on a watch, and leads on to the next one as long as one is unread."""
    async with opened(tmp_path) as library:
        row = await wechat_row(library)
        marks = [one.watches for one in await library.lists.rows(row)]
        assert all(marks)  # all of them are on a watch
        async with running(library) as run:
            counts = unread_rows(run), run.main.session.counts.watches["WeChat"].unread_folded
            run.main.articles.select_id(row[0])
            await run.press("enter")
            assert run.open_id == row[0] and await states(library, row) == [True, False, False, False]
            assert counts == (
                unread_rows(run),
                run.main.session.counts.watches["WeChat"].unread_folded,
            )
            ids = list(run.main.articles.ids)
            at = ids.index(row[0])
            assert ids[at + 1] == row[1] and row[2] not in ids  # what is left has its row below
            await run.press("n")
            assert run.open_id == row[1] and await states(library, row) == [True, True, False, False]
            for number in (2, 3):
                await run.press("end", "space")
                assert run.open_id == row[number]
            assert await states(library, row) == [True] * 4
            assert unread_rows(run) == counts[0] - 1
            await run.main.controllers.reload()  # a new look at the store changes nothing of it
            await run.settle()
            assert [key for key in run.main.articles.ids if key in row] == row


async def test_a_followed_story_says_when_it_ends_and_is_kept_by_one_key(tmp_path: Path) -> None:
    days = 0
    async with opened(tmp_path, lambda: NOW + days * 86_400) as library:
        story = await wechat_story(library)
        await library.watches.save(await library.watches.for_story(story.first.article_id))
        (name,) = [one.name for one in library.config.watches if one.ends_after_quiet_days]
        days = 40
        async with running(library) as run:
            await run.press("w")
            await run.press("G")
            assert "K keeps it" in run.text and "ends on" in run.text
            await run.press("K")
            assert f"{name} kept" in run.toasts and "ends on" not in run.text
            assert not [one for one in library.config.watches if one.ends_after_quiet_days]
            await run.press("K")
            assert "never ends" in run.toasts


async def test_the_relatives_begin_with_the_timeline_of_the_story(demo: Running) -> None:
    story = await wechat_story(demo.library)
    demo.main.articles.select_id(story.entries[-1].article_id)
    await demo.press("enter")
    page = demo.main.session.page
    assert page is not None
    told = [part.text for part in page.tail.parts]
    at = told.index("Story · 5 reports · first: Pacific Wire · T shows what each added")
    whens = [text.partition("\n")[2] for text in told[at + 2 : at + 6]]
    assert whens == [
        "+10 min · 东湾科技 · Chinese",
        "+40 min · The Ledger of Bits · English",
        "+1 h · Harbour Tech · English",
        "+2 h · Harbour Tech · English",
    ]
    assert "Same story" not in told
    await demo.press("e", "enter")
    assert demo.open_id == story.first.article_id
    await demo.press("h")
    assert demo.open_id == story.entries[-1].article_id


async def test_after_days_away_the_rest_is_cleared_by_one_key(tmp_path: Path) -> None:
    days = -3
    async with opened(tmp_path, lambda: NOW + days * 86_400) as library:
        await library.lists.away_since()
        days = 0
        async with running(library) as run:
            away = await library.lists.away_summary(0)
            assert f"{away.articles} articles → {away.stories} stories" in run.toasts
            assert f"{away.watched} on your watches · C clears the rest of a list" in run.toasts
            await run.press("C")
            unread = await library.lists.ids(View(ViewKind.UNREAD), show_read=False)
            assert await library.lists.count_stories(unread) == (away.watched, unread_rows(run))
            await run.press("U")
            unread = await library.lists.ids(View(ViewKind.UNREAD), show_read=False)
            assert await library.lists.count_stories(unread) == (away.stories, unread_rows(run))
            await marks_of_a_feed(run)
            await run.press("Q")
        assert await library.lists.away_since() is None


async def marks_of_a_feed(run: Running) -> None:
    """A feed's stories are told by others too: these are left, and all say the same number."""
    lists = run.library.lists
    lead = next(iter(await lists.rows([(await wechat_row(run.library))[0]])))
    feed = View(ViewKind.FEED, str(lead.feed_id))
    await run.main.controllers.navigation.show_view(feed)
    await run.settle()
    everywhere, here = (
        set(await lists.ids(UNREAD, show_read=False)),
        set(await lists.ids(feed, show_read=False)),
    )
    watched = {row.id for row in await lists.rows([*here]) if row.watches}
    assert lead.id in watched < here
    for keys, marked, spared in (
        ("Ay", here, ""),
        ("Ac", here - watched, f", {len(watched)} spared"),
    ):
        before = run.main.session.counts.feeds[lead.feed_id].unread_folded
        await run.press(*keys)
        assert everywhere - set(await lists.ids(UNREAD, show_read=False)) == marked
        after = run.main.session.counts.feeds[lead.feed_id].unread_folded
        number = rows_and_articles(before - after, len(marked))
        assert f"{number} marked read{spared} · ^z undoes" in run.toasts
        await run.press("U")
        assert f"Undone: {number} marked read" in run.toasts
        assert set(await lists.ids(UNREAD, show_read=False)) == everywhere


def pane_of(run: Running) -> list[str]:
    """The lines of the reading pane, without the signs of what is unread."""
    region = run.main.pane.region
    lines = run.text.splitlines()[region.y : region.bottom]
    return [line[region.x : region.right].replace("• ", "  ") for line in lines]


async def test_each_relative_opens_in_place_and_back_is_where_one_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (80, 24)) as run:
        story = await wechat_story(library)
        (start,) = [one.article_id for one in story.entries if one.title.startswith("WeChat suspends")]
        await run.main.controllers.navigation.open_article(start)
        await run.settle()
        targets = list(run.main.pane.targets)
        relatives = [number for number, target in enumerate(targets) if target.article_id is not None]
        for number in (*relatives[:-1:3], relatives[-1]):
            target = targets[number]
            await run.press("e")
            run.main.pane.choose(number)
            await run.settle()
            spot = run.main.pane.spot
            shown = pane_of(run)
            await run.press("enter")
            assert run.open_id == target.article_id and not run.browsed
            await run.press("pagedown", "h")
            assert run.open_id == start
            assert run.main.pane.spot == spot and spot.chosen == number
            assert pane_of(run) == shown
        assert len(relatives) > 6 and spot.below
        # A relative of a relative of a relative, and all the way back.
        way = []
        for _ in range(3):
            await run.press("e")
            way.append((run.open_id, run.main.pane.spot))
            await run.press("enter")
        for stop in reversed(way):
            await run.press("h")
            assert (run.open_id, run.main.pane.spot) == stop
            await run.press("h")  # leaves the relatives


async def test_reading_one_leaves_the_story_alone_where_that_is_wanted(tmp_path: Path) -> None:
    async with opened(tmp_path, more="[ui]\nread_story = false") as library, running(library) as run:
        story = await wechat_story(library)
        run.main.articles.select_id(story.entries[-1].article_id)
        await run.press("enter")
        again = await wechat_story(library)
        assert [entry.read for entry in again.entries] == [False] * 4 + [True]


@pytest.mark.slow
async def test_a_story_is_followed_by_one_key_and_filled_at_once(demo: Running) -> None:
    demo.main.articles.select_id((await wechat_story(demo.library)).entries[-1].article_id)
    await demo.press("asterisk")
    dialog = demo.screen(NewWatch)
    assert dialog.typed().query == '"WeChat"'
    assert dialog.query_one("#ends_after_quiet_days", Input).value == "after 14 quiet days"
    for typed in ("", "never", "soon", "-3", "3651", "1e3"):
        demo.fill(ends_after_quiet_days=typed)
        assert dialog.typed().ends_after_quiet_days == 0
    for typed, days in (("After 7 quiet days", 7), ("1 day", 1), ("3650", 3650)):
        demo.fill(ends_after_quiet_days=typed)
        assert dialog.typed().ends_after_quiet_days == days
    for typed in ("soon", "3651"):
        await demo.submit(ends_after_quiet_days=typed)
        assert demo.app.screen is dialog and "enter a number of quiet days up to 3650" in demo.text
    await demo.submit(ends_after_quiet_days="5", name="Sign-ups")
    assert demo.library.config.watches[-1].ends_after_quiet_days == 5
    assert len(await demo.library.lists.ids(View(ViewKind.WATCH, "Sign-ups"))) >= 4  # what was stored before
    await demo.press("w", "G", "e")
    await demo.submit(ends_after_quiet_days="never")
    (watch,) = [one for one in demo.library.config.watches if one.name == "Sign-ups"]
    assert watch.ends_after_quiet_days == 0
