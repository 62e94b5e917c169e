"""Marks while the database cannot be written to: what is on the screen is stored, or taken back."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.locks import Disk, locked, small_disk
from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tuireader.model import ArticleRow, View, ViewKind
from tuireader.ui.controllers import marks as marking

pytestmark = pytest.mark.usefixtures("locks_are_waited_for_briefly")
STARRED = View(ViewKind.STARRED)
Marks = dict[int, tuple[bool, bool, tuple[str, ...]]]


@asynccontextmanager
async def reading(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Running]:
    """The app on the demo, each article in its line."""
    more = "[ui]\nfold_stories = false\n"
    async with opened(folder, more=more) as library, running(library, size) as run:
        yield run


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Running]:
    async with reading(tmp_path) as run:
        yield run


def marks(rows: list[ArticleRow]) -> Marks:
    return {row.id: (row.read, row.starred, row.labels) for row in rows}


async def shown(run: Running) -> Marks:
    """The marks of all articles as the screen has them."""
    ids = await run.library.lists.ids(View(ViewKind.ALL))
    return marks(await run.main.controllers.marks.rows(ids))


async def stored(run: Running) -> Marks:
    return marks(await run.library.lists.rows(await run.library.lists.ids(View(ViewKind.ALL))))


async def same(run: Running) -> None:
    """What the screen shows is what is stored: rows, numbers, and the open article."""
    await run.settle()
    main = run.main
    assert not main.controllers.marks.pending
    loaded = main.articles.loaded(main.articles.ids)
    rows = await run.library.lists.rows(loaded)
    assert [main.articles.row(key) for key in loaded] == rows
    assert main.session.counts == await run.library.lists.counts()
    article = main.session.article
    if article is not None:
        assert article.labels == (await run.library.lists.rows([article.id]))[0].labels


def starred(run: Running) -> set[int]:
    """The starred articles among the rows of the list."""
    rows = map(run.main.articles.row, run.main.articles.loaded(run.main.articles.ids))
    return {row.id for row in rows if row is not None and row.starred}


async def test_a_mark_is_shown_at_once_and_stored_when_the_lock_ends(run: Running) -> None:
    first = run.cursor_id
    with locked(run.library.paths.database) as lock:
        await run.hit("s", "j", "s", "N", "j", "enter")  # no key waits for the lock
        assert first in starred(run) and len(starred(run)) == 2
        assert run.main.session.article is not None
        assert (await stored(run)) != await shown(run)
        lock.release()
        await same(run)
    assert first in starred(run) and len(starred(run)) == 2
    assert len(await run.library.lists.ids(STARRED)) == 2


async def test_the_same_key_again_changes_what_the_screen_shows(run: Running) -> None:
    with locked(run.library.paths.database) as lock:
        for presses in (1, 2, 3):
            await run.hit("s")
            assert bool(starred(run)) == bool(presses % 2)
        await run.hit("a", "j", "a", "a", "s", "s", "s", "s", "N", "N", "N")
        lock.release()
        before = await shown(run)
        await same(run)
        assert await stored(run) == before


async def test_undo_takes_back_what_is_pending_and_then_what_is_stored(run: Running) -> None:
    await run.press("s")
    (older,) = starred(run)
    title = (await run.library.lists.rows([older]))[0].title
    with locked(run.library.paths.database) as lock:
        await run.hit("j", "s", "j", "s", "j", "s")
        assert len(starred(run)) == 4
        for left in (3, 2, 1):
            await run.hit("ctrl+z")
            assert len(starred(run)) == left and older in starred(run)
        await run.hit("ctrl+z")
        assert starred(run) == set() and f"Undone: 1 article starred · {title}" in run.toasts
        await run.hit("ctrl+z")
        assert "Nothing to undo" in run.toasts
        lock.release()
        await same(run)
    assert starred(run) == set() and await run.library.marks.newest_step() is None


async def test_what_is_being_written_is_undone_after_it(run: Running) -> None:
    """Undo while a mark is on its way takes back this mark, whichever of both the store has seen."""
    await run.press("s", "j")
    kept = starred(run)
    with locked(run.library.paths.database) as lock:
        await run.hit("s")
        while not run.main.controllers.marks.pending:
            await run.pilot.pause()
        await run.hit("ctrl+z")
        assert starred(run) == kept
        lock.release()
        await same(run)
    assert starred(run) == kept
    step = await run.library.marks.newest_step()
    assert step is not None and set(step.ids) == kept


async def test_what_cannot_be_stored_is_taken_back_and_tried_again_by_a_key(run: Running) -> None:
    await run.press("s", "j")
    kept = starred(run)
    before = run.main.session.counts
    run.library.database.wait_at_most(0.01)
    with locked(run.library.paths.database):
        await run.press("s")
        assert starred(run) == kept and run.main.session.counts == before
        assert "Not saved: the database is in use by another program. Press ^s to retry" in run.toasts
        await run.press("j", "N", "k")
        assert "2 marks not saved: " in run.toasts and "Not saved: " not in run.toasts
        await same(run)
        await run.press("ctrl+s")  # still locked
        assert "2 marks not saved: " in run.toasts
        await same(run)
    await run.press("ctrl+s")
    assert "Saved" in run.toasts and len(starred(run)) == 2
    await same(run)
    await run.press("ctrl+s")
    assert "Nothing to retry" in run.toasts
    await run.press("ctrl+z", "ctrl+z")
    assert starred(run) == kept
    await same(run)


async def test_undo_after_a_failure_touches_no_other_article(run: Running) -> None:
    await run.press("s", "j")
    kept = starred(run)
    run.library.database.wait_at_most(0.01)
    with locked(run.library.paths.database):
        await run.press("s")
    await run.press("ctrl+z")
    assert starred(run) == kept and "Not retried: 1 article starred" in run.toasts
    await same(run)
    await run.press("ctrl+s")
    assert starred(run) == kept and "Nothing to retry" in run.toasts
    await run.press("ctrl+z")
    assert starred(run) == set()
    await same(run)


async def test_an_older_failure_does_not_undo_what_was_marked_since(run: Running) -> None:
    run.library.database.wait_at_most(0.01)
    with locked(run.library.paths.database):
        await run.press("s", "j", "s")
    await run.press("k", "s", "s", "ctrl+s")  # the first one was marked by hand, and is not tried again
    assert len(starred(run)) == 1 and run.cursor_id not in starred(run)
    await same(run)


async def test_undo_that_cannot_be_stored_is_taken_back_too(
    run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MOMENT", 60.0)  # the store may be slow, too
    await run.press("s")
    kept = starred(run)
    run.library.database.wait_at_most(0.01)
    with locked(run.library.paths.database):
        await run.press("ctrl+z")
        assert starred(run) == kept and "Not saved" in run.toasts and "Undone" not in run.toasts
    await run.press("ctrl+s")
    assert starred(run) == set()
    await same(run)


async def test_undo_that_comes_too_late_is_said_to_be_nothing(run: Running) -> None:
    await run.press("s")
    kept = starred(run)
    with closing(sqlite3.connect(run.library.paths.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await run.hit("ctrl+z")
        assert starred(run) == set()
        other.execute("DELETE FROM journal")  # as if it were undone there, and starred again
        other.execute("COMMIT")
        await same(run)
    assert starred(run) == kept
    assert "Nothing undone: another program made changes since" in run.toasts


async def test_a_list_that_was_read_meanwhile_is_read_again(run: Running) -> None:
    with locked(run.library.paths.database) as lock:
        await run.hit("s")
        await run.main.controllers.navigation.show_view(STARRED)
        assert not len(run.main.articles.ids)
        lock.release()
        await same(run)
    assert len(run.main.articles.ids) == 1


async def test_marking_a_whole_list_and_the_rest_of_the_views(run: Running) -> None:
    with locked(run.library.paths.database) as lock:
        await run.hit("A", "y")
        count = len(run.main.articles.ids)
        assert f"{count} articles marked read · ^z undoes" in run.toasts
        await run.hit("n")  # nothing is shown as unread any more
        assert run.open_id is None
        lock.release()
        await same(run)
    assert not len(await run.library.lists.ids(View(ViewKind.UNREAD), show_read=False))
    await run.press("A")
    assert "Everything is read already" in run.toasts
    with locked(run.library.paths.database) as lock:
        await run.hit("A", "y", "A", "ctrl+z")  # the second one had nothing to do
        assert {read for read, _, _ in (await shown(run)).values()} == {False}
        lock.release()
        await same(run)


async def test_labels_and_stories_under_a_lock(run: Running) -> None:
    rows = await run.library.lists.rows(await run.library.lists.ids(View(ViewKind.ALL)))
    told = next(row for row in rows if row.fold)
    run.main.articles.select_id(told.id)
    await run.press("enter", "h")
    with locked(run.library.paths.database) as lock:
        await run.hit("t", *"law", "enter")
        assert "[x]  law" in run.text and "1 article" in run.text
        await run.hit("escape", "l")
        assert "# law" in run.text
        await run.hit("X")
        assert "Removing it from its story …" in run.toasts
        assert "Removed from its story" not in run.toasts
        lock.release()
        await same(run)
    assert (await run.library.lists.rows([told.id]))[0].labels == ("law",)
    assert not (await run.library.lists.rows([told.id]))[0].story
    run.library.database.wait_at_most(0.01)
    with locked(run.library.paths.database):
        await run.press("t", *"new", "enter", "escape")
        assert "# new" not in run.text
    await run.press("ctrl+s")
    assert (await run.library.lists.rows([told.id]))[0].labels == ("law", "new")
    await same(run)


async def test_a_story_that_is_being_read_lists_none_of_its_other_articles(tmp_path: Path) -> None:
    """Reading an article reads its story, also while that is not stored: the next unread is of another."""
    async with opened(tmp_path) as library, running(library) as run:
        listed = list(run.main.articles.ids)
        with locked(library.paths.database) as lock:
            for count, following in enumerate(listed[1:3], 1):
                run.post("O")
                while len(run.browsed) < count or run.cursor_id == listed[count - 1]:
                    await asyncio.sleep(0)
                assert (run.cursor_id, list(run.main.articles.ids)) == (following, listed)
            lock.release()
            await same(run)


async def test_the_place_in_the_text_is_kept_when_it_can_be(tmp_path: Path) -> None:
    async with reading(tmp_path, (120, 24)) as run:
        long = await run.at("WeChat suspends")
        await run.press("enter")
        run.library.database.wait_at_most(0.01)
        with locked(run.library.paths.database):
            await run.press("G", "J", "K")
            assert "ot saved" in run.toasts
            article = await run.library.articles.get(long)
            assert article is not None and not article.place
        await run.press("ctrl+s")
        article = await run.library.articles.get(long)
        assert article is not None and article.place


async def test_leaving_ends_soon_and_says_what_is_lost(run: Running) -> None:
    await run.press("s", "j")
    with locked(run.library.paths.database) as lock:
        await run.hit("s", "j", "s")
        await run.hit("ctrl+q")
        assert run.app.return_value == 0
        assert "2 marks not saved: the database " in await run.app.unsaved()
        lock.release()
    assert len(await run.library.lists.ids(STARRED)) == 1


async def test_leaving_stores_what_is_pending(run: Running) -> None:
    with locked(run.library.paths.database) as lock:
        await run.hit("s", "j", "s")
        asyncio.get_running_loop().call_later(0.05, lock.release)
        await run.hit("q")
        assert run.app.return_value == 0 and await run.app.unsaved() == ""
    assert len(await run.library.lists.ids(STARRED)) == 2


# -- a full disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path) as disk:
        yield disk


@pytest.mark.slow
async def test_on_a_full_disk_marks_are_taken_back(disk: Disk) -> None:
    async with reading(disk.folder) as run:
        await run.press("s", "j")
        kept = starred(run)
        disk.fill()
        for keys, times in ((["s"], 5), (["N"], 2), (["A", "y"], 2), (["ctrl+z"], 3)):
            for _ in range(times):  # what is left of the log takes some
                await run.press(*keys)
            await same(run)
        assert "ot saved: no space left for the database" in run.toasts
        disk.free()
        await run.press("ctrl+s")
        await same(run)
        before = await stored(run)
        await run.press("j", "s")
        assert await stored(run) != before and kept
        await same(run)


# -- random keys

PRESSES = int(os.environ.get("TUIREADER_SOAK", "30"))
"""`make test` presses few, which takes seconds all the same: a key under Pilot takes 30 ms."""
MARKING = ["s", "N", "m", "ctrl+z", "U", "j", "k", "g", "G", "J", "a", "A", "X", "ctrl+d", "escape"]
READING = [*MARKING, "n", "p", "enter", "h", "space", "v", "f", "l", "tab", "full_stop", "ctrl+s", "K"]


async def random_keys(run: Running, chance: random.Random, keys: list[str], count: int) -> None:
    for _ in range(count):
        await run.hit(chance.choice(keys))


async def test_random_keys_under_a_lock(run: Running) -> None:
    """All are done before the lock ends: a key that waited for it would wait for ever."""
    chance = random.Random(1)
    run.library.database.wait_at_most(3600)
    with locked(run.library.paths.database) as lock:
        await random_keys(run, chance, READING, PRESSES)
        before = await shown(run)
        lock.release()
        await same(run)
    assert await stored(run) == before


async def test_each_undo_takes_back_one_step(run: Running) -> None:
    """What undo changes is what the last step changed that is not undone, stored, pending or being stored."""
    chance = random.Random(3)
    run.library.database.wait_at_most(3600)
    steps: list[Marks] = []
    with locked(run.library.paths.database) as lock:
        now = await shown(run)
        for _ in range(PRESSES):
            key = chance.choice([key for key in MARKING if key != "X"])  # what that does is not a mark
            before = now
            await run.hit(key)
            now = await shown(run)
            if key in ("ctrl+z", "U"):
                assert now == (steps.pop() if steps else before)
            elif now != before:
                steps.append(before)
            if chance.random() < 0.05:
                lock.release()
                if chance.random() < 0.5:
                    await run.settle()
                lock.take()
        lock.release()
        await same(run)
    assert await stored(run) == now
    for step in reversed(steps[-100:]):
        await run.press("ctrl+z")
        assert await stored(run) == step


async def test_random_keys_when_marks_fail(run: Running) -> None:
    """Whatever fails: screen and store are the same in the end, and undo leads back to the beginning."""
    chance = random.Random(5)
    first = await stored(run)
    run.library.database.wait_at_most(0.01)
    with locked(run.library.paths.database) as lock:
        for _ in range(PRESSES // 10):
            await random_keys(run, chance, [*MARKING, "ctrl+s"], 10)
            lock.release()
            await (same(run) if chance.random() < 0.3 else run.pilot.pause())
            if chance.random() < 0.7:
                lock.take()
        lock.release()
        await same(run)
    while await run.library.marks.newest_step() is not None:
        await run.press("ctrl+z")
    assert await stored(run) == first
    await same(run)


async def test_random_keys_on_a_full_disk(disk: Disk) -> None:
    chance = random.Random(7)
    async with reading(disk.folder) as run:
        first = await stored(run)
        for _ in range(PRESSES // 20):
            disk.fill()
            await random_keys(run, chance, [*MARKING, "ctrl+s"], 20)
            await same(run)
            if chance.random() < 0.4:
                disk.free()
                await random_keys(run, chance, [*MARKING, "ctrl+s"], 5)
        disk.free()
        await same(run)
        while await run.library.marks.newest_step() is not None:
            await run.press("ctrl+z")
        assert await stored(run) == first
