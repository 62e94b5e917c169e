"""The desk: matches handled by keys, the list of what is to do, and nothing of it for those who only read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.terminal import Terminal
from tests.ui.running import Running, running
from tests.ui.samples import FEEDS
from tests.ui.samples import library as sample_library
from tests.ui.shelf import Shelf, story
from tuireader.model import CaseState, View, ViewKind
from tuireader.ui.screens.matches import Matches
from tuireader.ui.screens.watches import Watches
from tuireader.ui.views import TO_DO

DESK = '[desk]\nname = "Ana"\n'


async def states(run: Running) -> dict[tuple[int, str], str]:
    ids = await run.library.lists.ids(View(ViewKind.ALL))
    return {(case.article_id, case.watch): case.state for case in await run.library.cases.of(ids)}


async def test_nobody_sees_it_before_a_match_is_handled() -> None:
    async with running(sample_library()) as run:
        before = run.text
        assert "To do" not in run.labels and "done" not in before
        await run.show(View(ViewKind.WATCH, "LanternPay"))
        await run.press("enter")
        assert " · new" not in run.text and "match done" not in run.text
        await run.press("h", "w")
        assert "open·done" not in run.text
        await run.press("escape", "semicolon")
        assert run.toasts == "1 match marked done · ^z undoes" and run.labels[0] == "To do"


async def test_the_list_of_what_is_to_do_is_worked_off() -> None:
    shelf: Shelf = sample_library(DESK)
    async with running(shelf) as run:
        ids = await run.library.lists.ids(View(ViewKind.WATCH, "LanternPay"))
        assert await states(run) == {}  # what was there before is done
        numbers = await run.library.cases.matches_of(ids)
        await run.library.cases.set_state(numbers, CaseState.NEW)
        await run.main.controllers.reload()
        await run.go_to(TO_DO)
        assert (
            "To do" in run.text
            and "LanternPay ───" in run.text
            and "; match done" in run.text
            and "To do   2 articles, by watch" in run.text
        )
        first = run.cursor_id
        assert len(run.main.articles.ids) == 2
        await run.press("semicolon")
        assert run.cursor_id != first and len(run.main.articles.ids) == 1  # on to the next
        await run.press("minus")
        assert "Nothing to do" in run.text
        assert sorted(set((await states(run)).values())) == ["done", "false alarm"]
        await run.press("U", "U")
        assert len(run.main.articles.ids) == 2 and set((await states(run)).values()) == {"new"}


async def test_each_key_goes_on_to_the_next_line_to_do() -> None:
    async with running(sample_library(DESK)) as run:
        every = await run.library.lists.ids(View(ViewKind.ALL))
        await run.library.cases.set_state(await run.library.cases.matches_of(every), CaseState.NEW)
        await run.main.controllers.reload()
        await run.go_to(TO_DO)
        ids = list(run.main.articles.ids)
        assert len(ids) == 2 and run.cursor_id == ids[0]
        await run.press("ampersand")
        assert list(run.main.articles.ids) == ids and run.cursor_id == ids[1]
        await run.press("k", "quotation_mark", "escape")
        await run.press("quotation_mark", "ctrl+o")  # there is no terminal for an editor
        assert run.cursor_id == ids[0]
        await run.press("quotation_mark")
        await run.submit(note="called")
        assert list(run.main.articles.ids) == ids and run.cursor_id == ids[1]
        await run.press("k", "semicolon")
        assert list(run.main.articles.ids) == [ids[1]] and run.cursor_id == ids[1]


async def test_a_note_and_a_state_stand_in_the_evidence() -> None:
    async with running(sample_library(DESK)) as run:
        await run.show(View(ViewKind.WATCH, "LanternPay"))
        await run.press("enter", "ampersand")
        assert "open by Ana" in run.text
        await run.press("quotation_mark")
        await run.write("ask the [b]lawyer[/b]\r")
        assert "Note: ask the [b]lawyer[/b]" in run.text and "1 match noted" in run.toasts
        await run.press("quotation_mark")
        await run.submit(note="")
        assert "Note:" not in run.text
        await run.press("U")
        assert "Note: ask the [b]lawyer[/b]" in run.text
        await run.press("quotation_mark", "ctrl+o")
        assert "Cannot open an editor here; write the note in one line" in run.toasts
        await run.press("h", "w")
        table = run.screen(Watches)
        assert "0·1·0" in run.text and table.current is not None and dict(table.current.cases)["open"] == 1


async def test_where_no_watch_matches_nothing_is_marked() -> None:
    async with running(sample_library()) as run:
        unmatched = next(
            row.id
            for row in await run.library.lists.rows(await run.library.lists.ids(View(ViewKind.ALL)))
            if not row.watches
        )
        await run.go_to(View(ViewKind.ALL))
        run.main.articles.select_id(unmatched)
        await run.press("semicolon", "quotation_mark")
        assert "No match to change here" in run.toasts and "No watch matches this article" in run.toasts
        assert "To do" not in run.labels and not await run.library.cases.in_use()


async def test_the_log_of_matches_is_read_filtered_handled_and_exported() -> None:
    async with running(sample_library(DESK), (160, 40)) as run:
        await run.press("apostrophe")
        table = run.screen(Matches)
        assert (
            "3 matches" in run.text and "not told: never notifies" in run.text and "done (before)" in run.text
        )
        assert "published" in run.text and "first seen" in run.text
        first = table.current
        assert first is not None
        await run.press("k", "minus")
        assert "false alarm" in run.text
        await run.press("F")
        await run.submit(expression="watch:Ferries", period="")
        assert "1 match of watch:Ferries" in run.text
        await run.press("F")
        await run.submit(expression="watch:Ferries", period="x")
        assert "Since wants a day" in run.text
        await run.submit(period="2100-01-01")
        assert "No match is like that" in run.text
        await run.press("F")
        await run.submit(expression="watch:LanternPay", period="2020-01-01")
        assert "2 matches of watch:LanternPay since 2020-01-01" in run.text
        await run.press("S")
        (file,) = run.library.articles.save_folder.glob("matches-*.csv")
        text = file.read_text(encoding="utf-8-sig")
        assert text.startswith("id,article,watch,") and text.count("\n") == 3
        await run.press("enter")
        assert run.open_id is not None and run.focus == "article" and "match 1/" in run.text


async def test_a_match_is_copied_with_its_evidence() -> None:
    async with running(sample_library(DESK)) as run:
        await run.show(View(ViewKind.WATCH, "Ferries"))
        await run.press("quotation_mark")
        await run.write("for me alone\r")
        await run.press("ctrl+y")
        assert run.app.clipboard.splitlines() == [
            "“The ferry company will let passengers pay with LanternPay from Monday, says its notice, and"
            " ends paper tickets in autumn.”",
            "LanternPay comes to the ferries",
            "The Quay, Ada Quist, Mon 21 Sep 2026 13:13",
            "https://news.example/1",
            "Watch Ferries: ferry company; found Mon 21 Sep 2026 14:13, match 3",
        ]
        await run.show(View(ViewKind.ALL))
        await run.press("ctrl+a", "ctrl+y")
        assert run.app.clipboard.count("Watch ") == 3 and "3 matches" in run.toasts


async def test_a_group_of_watches_means_its_own_matches() -> None:
    async with running(sample_library(DESK)) as run:
        run.library.context.config = replace(
            run.library.config,
            watches=tuple(
                replace(item, group="Pay") for item in run.library.config.watches if item.name == "LanternPay"
            ),
        )
        both = await run.library.lists.ids(View(ViewKind.WATCH, "Ferries"))
        await run.go_to(View(ViewKind.GROUP, "Pay"))
        run.main.articles.select_id(both[0])
        await run.press("minus")
        handled = {watch for (_, watch), state in (await states(run)).items() if state == "false alarm"}
        assert handled == {"LanternPay"}


@pytest.mark.usefixtures("frames_for_a_terminal")
def test_a_note_is_written_in_the_editor(demo_home: Path, tmp_path: Path) -> None:
    script = tmp_path / "ed"
    script.write_text('#!/bin/sh\ncat "$1"\nprintf "in two\\nlines" >> "$1"\n')
    script.chmod(0o755)
    command = ["tuireader", "--demo"]
    with Terminal(command, home=demo_home, env={"VISUAL": str(script)}, forked=True) as terminal:
        terminal.wait("Start here")
        terminal.press("/", "watch:WeChat", "enter")
        terminal.wait("1/7")
        terminal.press('"', "first", "ctrl+o")
        terminal.wait("To do")
        terminal.press("enter")
        terminal.wait("Note: first in two lines")
        script.write_text('#!/bin/sh\necho other > "$1"\nexit 1\n')
        terminal.press('"')
        terminal.wait("Note on the match")
        terminal.press("ctrl+o")
        terminal.wait("Nothing was changed")
        assert "Note: first in two lines" in terminal.text()
        script.write_text('#!/bin/sh\nrm "$1"\n')
        terminal.press('"')
        terminal.wait("Note on the match")
        terminal.press("ctrl+o")
        terminal.wait(lambda shown: "Note on the match" not in shown and "Note: first in two lines" in shown)
        terminal.press("Q")
        assert terminal.leave() == 0


CVES = """
[[watch]]
name = "CVE"
any = ['/CVE-\\d{4}-\\d{4,7}/']

[[watch]]
name = "Router"
any = ["router"]
"""
BULLETIN = "<p>A router: CVE-2026-50110, CVE-2026-50111.</p><p>CVE-2026-50110, again.</p>"


async def test_what_a_pattern_found_stands_in_evidence_log_and_copies() -> None:
    copied = '[desk]\ntemplate = "{watch}: {terms}; {ids}"\n'
    async with running(
        Shelf(FEEDS + CVES, (story(1, 1, "Bulletin", 1, BULLETIN),), copied), (120, 30)
    ) as run:
        await run.go_to(View(ViewKind.ALL))
        await run.press("enter")
        assert "body ×3 (CVE-2026-50110 ×2, CVE-2026-50111)" in run.text
        await run.press("ctrl+y")
        assert sorted(run.app.clipboard.split("\n\n")) == [
            r"CVE: /CVE-\d{4}-\d{4,7}/ (CVE-2026-50110 ×2, CVE-2026-50111); CVE-2026-50110, CVE-2026-50111",
            "Router: router; CVE-2026-50110, CVE-2026-50111",
        ]
        await run.press("apostrophe", "F")
        await run.submit(expression="watch:Router", period="")
        assert "router in body" in run.text and "with CVE-2026-50110 ×2, CVE-2026-50111" in run.text
        await run.press("F")
        await run.submit(expression="id:cve-2026-50111 watch:CVE", period="")
        assert "1 match of id:" in run.text and r"/CVE-\d{4}-\d{4,7}/ in body" in run.text
        assert "with CVE-2026-50110 ×2, CVE-2026-50111\n" in re.sub(" +\n", "\n", run.text)
