"""Labels by keys: on one article, on several, new ones, taken away and taken back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.locks import locked
from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.shelf import failing
from tuireader.errors import DatabaseError
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.ui.dialogs.labels import Labels


def dialog(run: Running) -> Labels:
    screen = run.app.screen
    assert isinstance(screen, Labels)
    return screen


def lines(run: Running) -> list[tuple[str, str]]:
    """The mark and the name in each line of the dialog."""
    texts = [str(option.prompt) for option in dialog(run).choices.options]
    return [(text[:3], text[5:].split("  ")[0]) for text in texts]


def headed(run: Running) -> str:
    """The labels below the title of the open article."""
    page = run.main.pane.page_shown
    assert page is not None
    line = page.head[1].text.partition("\n")[2]
    assert re.search(rf"^.*[│┃] +{re.escape(line)}\W*$", run.text, re.MULTILINE)
    return line


async def labelled(library: Library) -> dict[int, tuple[str, ...]]:
    rows = await library.lists.rows(await library.lists.ids(View(ViewKind.ALL)))
    return {row.id: row.labels for row in rows if row.labels}


async def test_one_article_gets_new_labels_and_loses_them(demo: Running) -> None:
    first = demo.row.id
    await demo.press("t")
    assert lines(demo) == [] and "No labels yet · type a name" in demo.text
    await demo.write("#To read")
    await demo.press("enter")
    assert lines(demo) == [("[x]", "To read")] and await labelled(demo.library) == {first: ("To read",)}
    await demo.write("law\r")
    assert lines(demo) == [("[x]", "law"), ("[x]", "To read")]
    assert "Labelled law · ^z undoes" in demo.toasts
    await demo.shows("demo  # law ")
    assert "demo  # law " in demo.text.splitlines()[3]  # in its line, behind the dialog
    await demo.press("escape")
    assert await labelled(demo.library) == {first: ("law", "To read")}
    assert demo.labels[demo.labels.index("Labels") :][:4] == ["Labels", "law", "To read", ""]
    await demo.press("enter")
    assert demo.open_id == first and headed(demo) == "# law  # To read"
    await demo.press("t")
    await demo.write("TO READ")
    await demo.press("enter")
    assert lines(demo) == [("[x]", "law"), ("[ ]", "To read")]
    assert "No longer labelled To read · ^z undoes" in demo.toasts
    await demo.press("escape")
    assert headed(demo) == "# law"
    await demo.press("ctrl+z")
    assert await labelled(demo.library) == {first: ("law", "To read")}
    assert (
        headed(demo) == "# law  # To read" and "Undone: 1 article no longer labelled To read" in demo.toasts
    )


async def test_what_is_selected_is_labelled_as_one_and_taken_back_as_one(demo: Running) -> None:
    await demo.library.labels.set("law", [demo.main.articles.ids[1]], True)
    await demo.press("a", "a", "a", "t")
    chosen = set(demo.main.articles.ids[:3])
    assert "Labels of 3 articles" in demo.text and "1 of these, 1 article" in demo.text
    assert lines(demo) == [("[-]", "law")]
    await demo.press("enter")  # all have it now
    assert lines(demo) == [("[x]", "law")] and set(await labelled(demo.library)) == chosen
    assert "2 articles labelled law · ^z undoes" in demo.toasts
    await demo.press("space")  # and now none
    assert lines(demo) == [("[ ]", "law")] and await labelled(demo.library) == {}
    assert "3 articles no longer labelled law · ^z undoes" in demo.toasts
    await demo.press("ctrl+z")
    assert lines(demo) == [("[x]", "law")] and set(await labelled(demo.library)) == chosen
    await demo.press("ctrl+z")
    assert lines(demo) == [("[-]", "law")]
    assert await labelled(demo.library) == {demo.main.articles.ids[1]: ("law",)}
    await demo.press("escape")
    assert demo.main.articles.selected == chosen


async def test_typing_filters_and_space_chooses_only_where_it_is_no_text(demo: Running) -> None:
    other = demo.main.articles.ids[5]
    for name in ("case law", "law", "lawns"):
        await demo.library.labels.set(name, [other], True)
    await demo.press("t", *"la")
    assert lines(demo) == [("[ ]", "law"), ("[ ]", "lawns"), (" + ", "la"), ("[ ]", "case law")]
    await demo.press("w")
    assert lines(demo) == [("[ ]", "law"), ("[ ]", "lawns"), ("[ ]", "case law")]
    await demo.press("space", "x")
    assert lines(demo) == [(" + ", "law x")] and "new label" in demo.text
    await demo.press("backspace", "backspace", "down", "space")
    assert await labelled(demo.library) == {
        demo.row.id: ("lawns",),
        other: ("case law", "law", "lawns"),
    }
    assert dialog(demo).line.value == "" and dialog(demo).choices.current == "lawns"
    await demo.click("Choices", (5, 0))
    assert (await labelled(demo.library))[demo.row.id] == ("case law", "lawns")
    await demo.press(*"# #", "enter")  # that is no name, and the line under the cursor is meant
    assert (await labelled(demo.library))[demo.row.id] == ("lawns",)


async def test_labels_are_in_the_sidebar_and_survive_a_restart(tmp_path: Path) -> None:
    view = View(ViewKind.LABEL, 'the "law"')
    async with opened(tmp_path) as library, running(library) as run:
        chosen = list(run.main.articles.ids[:2])
        await run.press("v", "a", "a", "t")
        await run.write(f"{view.key}\r")
        await run.press("escape", "escape", "k", "N")
        run.select(view)
        await run.press("enter")
        assert run.main.session.view == view and list(run.main.articles.ids) == chosen
        assert 'the "law"   1 unread' in run.text.splitlines()[0]  # what is read is listed, too
        await run.press("V")
        assert 'label:="the \\"law\\""' in run.text
        await run.press("escape")
    async with opened(tmp_path) as library, running(library) as run:
        assert set(await labelled(library)) == set(chosen)
        found, _ = await library.searches.run('label:="the \\"law\\""')
        assert list(found) == chosen
        await run.press("U", "U")
        assert await labelled(library) == {}
        await run.show(view)
        assert 'No articles labelled the "law".' in run.text


async def test_what_is_typed_at_once_arrives_in_its_order(demo: Running) -> None:
    first = demo.row.id
    await demo.write("tto read\rlaw\r\x1bjs")
    assert await labelled(demo.library) == {first: ("law", "to read")}
    assert demo.row.id != first and demo.row.starred
    await demo.press("F")
    await demo.write("nothingfitsthis")
    await demo.press("enter", "t")  # there is nothing to label
    assert len(demo.app.screen_stack) == 1


async def test_a_tiny_screen_shows_the_dialog(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (40, 12)) as run:
        for number in range(30):
            await library.labels.set(f"label {number:02}", [2], True)
        await run.press("t")
        assert "label 00" in run.text and "enter toggles" in run.text
        await run.press("pagedown", "down", "enter")
        assert "[x]  label 11" in run.text


async def test_a_label_is_renamed_and_removed_in_the_sidebar(demo: Running) -> None:
    first, second = demo.main.articles.ids[:2]
    await demo.library.labels.set("law", [first, second], True)
    await demo.library.labels.set("Rules", [second], True)
    await demo.main.controllers.reload()
    await demo.settle()  # the sidebar has its numbers
    await demo.go_to(View(ViewKind.LABEL, "law"))
    await demo.press("h", "e", "ctrl+u", "enter")
    assert "a label needs a name" in demo.text
    await demo.write("rules")
    await demo.press("enter")
    assert demo.main.session.view == View(ViewKind.LABEL, "Rules")
    assert await labelled(demo.library) == dict.fromkeys((first, second), ("Rules",))
    assert "Label law renamed to rules" in demo.toasts
    demo.main.sidebar.select(View(ViewKind.LABEL, "Rules"))
    await demo.press("d", "escape")
    assert len(await labelled(demo.library)) == 2
    await demo.press("d", "enter")
    assert await labelled(demo.library) == {} and demo.main.session.view == View(ViewKind.ALL)
    assert "Label Rules removed · ^z undoes" in demo.toasts
    assert "Labels" not in demo.labels
    await demo.press("ctrl+z")
    assert len(await labelled(demo.library)) == 2
    assert "Labels" in demo.labels


@pytest.mark.usefixtures("locks_are_waited_for_briefly")
async def test_a_label_is_said_to_be_changed_once_that_is_stored(demo: Running) -> None:
    await demo.library.labels.set("law", demo.main.articles.ids[:1], True)
    await demo.main.controllers.reload()
    await demo.settle()
    demo.main.sidebar.select(View(ViewKind.LABEL, "law"))
    with locked(demo.library.paths.database) as lock:
        await demo.hit("s", "h", "e", "ctrl+u", *"rules", "enter")
        for _ in range(20):
            await demo.pilot.pause()
        assert "renamed to rules" not in demo.toasts
        lock.release()
        await demo.settle()
    assert "Label law renamed to rules" in demo.toasts
    demo.main.sidebar.select(View(ViewKind.LABEL, "rules"))
    demo.library.database.wait_at_most(0.01)
    with locked(demo.library.paths.database):
        await demo.press("d", "enter")
        assert "Not saved: " in demo.toasts and "removed" not in demo.toasts
    assert len(await labelled(demo.library)) == 1


async def test_what_cannot_be_done_is_said(demo: Running) -> None:
    refused = DatabaseError("the database is in use by another program", "try again in a moment")
    with failing(refused, demo.library.labels.set):
        await demo.write("tlaw\r")
    assert refused.message in demo.text and lines(demo) == [(" + ", "law")]
    await demo.press("enter")
    assert "in use" not in demo.text and lines(demo) == [("[x]", "law")]
    with failing(refused, demo.library.marks.undo):
        await demo.press("ctrl+z")
    assert refused.message in demo.toasts and lines(demo) == [("[x]", "law")]


async def test_the_text_stays_where_it_is_and_what_was_found_in_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (120, 24)) as run:
        await run.press("v")
        await run.at("WeChat suspends")
        await run.press("enter", "ctrl+d", "ctrl+d", "ctrl+f")
        await run.write("users")
        await run.press("enter")
        pane = run.main.pane
        top, found = pane.scroll_offset.y, list(pane.found)
        before = run.page_lines
        assert top and found
        await run.write("tlaw\r\x1b")
        assert pane.scroll_offset.y == top + 1 and pane.found == found
        assert run.page_lines == before
        await run.press("U")
        assert pane.scroll_offset.y == top
        assert run.page_lines == before
        await run.write("hgtlaw\r\x1b")
        assert pane.scroll_offset.y == 0 and headed(run) == "# law"
