"""Stories in the list, on the demo's library: folded, opened in place, read, split, followed."""

from __future__ import annotations

from pathlib import Path

from tests.ui.running import Running, running
from tests.ui.test_real_library import opened, until_listed
from tuireader.library import Library
from tuireader.model import Story, View, ViewKind
from tuireader.ui.screens.new_watch import NewWatch

ALL = View(ViewKind.ALL)


async def wechat_story(library: Library) -> Story:
    rows = await library.rows(await library.ids(ALL))
    story = await library.story(next(row.id for row in rows if row.title.startswith("WeChat suspends")))
    assert story is not None
    return story


def listed(run: Running, story: Story) -> list[int]:
    members = {entry.article_id for entry in story.entries}
    return [key for key in run.main.articles.ids if key in members]


async def test_a_story_is_one_line_and_opens_in_place(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        story = await wechat_story(library)
        lead = story.entries[-1].article_id
        assert listed(run, story) == [lead]
        assert any("sign-ups will be back" in line and "×4" in line for line in run.text.splitlines())
        run.main.articles.select_id(lead)
        await run.press("f")
        assert listed(run, story) == [entry.article_id for entry in reversed(story.entries)]
        assert run.text.count("└ ") == 3 and run.cursor_id == lead
        await run.press("j", "f")
        assert listed(run, story) == [lead] and run.cursor_id == lead
        await run.press("v")
        assert len(listed(run, story)) == 4 and "×4" not in run.text
        await run.press("v")
        assert listed(run, story) == [lead]


async def test_reading_one_reads_the_story_until_undone(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        story = await wechat_story(library)
        lead = story.entries[-1].article_id
        before = run.main.counts.unread.unread
        run.main.articles.select_id(lead)
        await run.press("enter")
        again = await wechat_story(library)
        assert all(entry.read for entry in again.entries)
        assert run.main.counts.unread.unread == before - 1
        await run.press("U")
        again = await wechat_story(library)
        assert [entry.read for entry in again.entries] == [False, False, False, True]
        await run.press("q", "A")
        assert run.main.counts.unread.unread == 0 and (await library.counts()).unread.unread == 0


async def test_a_source_that_is_looked_at_is_read_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        story = await wechat_story(library)
        run.main.articles.select_id(story.entries[-1].article_id)
        await run.press("f", "j", "enter")
        assert run.open_id == story.entries[-2].article_id
        again = await wechat_story(library)
        assert [entry.read for entry in again.entries] == [False, False, True, False]


async def test_an_article_is_split_from_its_story_by_one_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        story = await wechat_story(library)
        run.main.articles.select_id(story.entries[-1].article_id)
        await run.press("X")
        assert "Stands alone" in run.toasts
        assert listed(run, story) == [entry.article_id for entry in story.entries[-1:-3:-1]]
        await run.press("X")
        assert "stands alone already" in run.toasts
        await run.press("U")
        assert listed(run, story) == [story.entries[-1].article_id]


async def test_a_story_is_followed_by_one_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        run.main.articles.select_id((await wechat_story(library)).entries[-1].article_id)
        await run.press("asterisk")
        assert isinstance(run.app.screen, NewWatch)
        assert run.app.screen.typed().query == '"WeChat"'


async def test_a_followed_story_says_when_it_ends_and_is_kept_by_one_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        story = await wechat_story(library)
        await library.save_watch(await library.follow_story(story.first.article_id))
        (name,) = [one.name for one in library.config.watches if one.ends_after_quiet_days]
        before = library._clock
        library._clock = lambda: before() + 40 * 86_400
        async with running(library) as run:
            await until_listed(run)
            await run.press("w", "G")
            assert "K keeps it" in run.text and "ends on" in run.text
            await run.press("K")
            assert f"{name} is kept" in run.toasts and "ends on" not in run.text
            assert not [one for one in library.config.watches if one.ends_after_quiet_days]
            await run.press("K")
            assert "has no end" in run.toasts


async def test_the_relatives_begin_with_the_timeline_of_the_story(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        story = await wechat_story(library)
        run.main.articles.select_id(story.entries[-1].article_id)
        await run.press("enter")
        page = run.main.reading.page
        assert page is not None
        told = [part.text for part in page.tail.parts]
        at = told.index("Story · 4 reports · first: Pacific Wire")
        whens = [text.partition("\n")[2] for text in told[at + 2 : at + 5]]
        assert whens == ["+40 min · The Ledger of Bits", "+1 h · Harbour Tech", "+2 h · Harbour Tech"]
        assert "Same story" not in told
        await run.press("e", "enter")
        assert run.open_id == story.first.article_id
        await run.press("h")
        assert run.open_id == story.entries[-1].article_id


async def test_after_days_away_the_rest_is_cleared_by_one_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        before = library._clock
        library._clock = lambda: before() - 3 * 86_400
        await library.away_since()
        library._clock = before
        async with running(library) as run:
            await until_listed(run)
            away = run.main.refreshing.away
            assert away is not None and f"{away.articles} articles → {away.stories} stories" in run.toasts
            assert f"{away.watched} on your watches · C clears the rest" in run.toasts
            await run.press("C")
            assert run.main.counts.unread.unread == away.watched
            await run.press("U")
            assert run.main.counts.unread.unread == away.stories
            await run.press("Q")
        assert await library.away_since() is None
