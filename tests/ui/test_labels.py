"""Labels by keys: on one article, on several, new ones, taken away and taken back."""

from __future__ import annotations

import re
from pathlib import Path

from tests.locks import locked
from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tuireader.errors import DatabaseError
from tuireader.library import Library
from tuireader.model import Change, View, ViewKind
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
    assert re.search(rf"^.*│ +{re.escape(line)}\W*$", run.text, re.MULTILINE)
    return line


async def labelled(library: Library) -> dict[int, tuple[str, ...]]:
    rows = await library.lists.rows(await library.lists.ids(View(ViewKind.ALL)))
    return {row.id: row.labels for row in rows if row.labels}


async def test_one_article_gets_new_labels_and_loses_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        first = run.cursor_id
        assert first is not None
        await run.press("t")
        assert lines(run) == [] and "No labels yet · type a name" in run.text
        await run.press(*"#To read", "enter")
        assert lines(run) == [("[x]", "To read")] and await labelled(library) == {first: ("To read",)}
        await run.press(*"law", "enter")
        assert lines(run) == [("[x]", "law"), ("[x]", "To read")]
        assert "Labelled law · ^z undoes" in run.toasts
        assert "# law  # To read" in run.text.splitlines()[2]  # in its line, behind the dialog
        await run.press("escape")
        assert await labelled(library) == {first: ("law", "To read")}
        names = [entry.label for entry in run.main.sidebar.items]
        assert names[names.index("Labels") :][:4] == ["Labels", "law", "To read", ""]
        await run.press("enter")
        assert run.open_id == first and headed(run) == "# law  # To read"
        await run.press("t", *"TO READ", "enter")
        assert lines(run) == [("[x]", "law"), ("[ ]", "To read")]
        assert "No longer labelled To read · ^z undoes" in run.toasts
        await run.press("escape")
        assert headed(run) == "# law"
        await run.press("ctrl+z")
        await run.settle()
        assert await labelled(library) == {first: ("law", "To read")}
        assert headed(run) == "# law  # To read" and "Undone: 1 no longer labelled To read" in run.toasts


async def test_what_is_selected_is_labelled_as_one_and_taken_back_as_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await library.labels.set("law", [run.main.articles.ids[1]], True)
        await run.press("a", "a", "a", "t")
        chosen = set(run.main.articles.ids[:3])
        assert "Labels of 3 articles" in run.text and "1 of these, 1 article" in run.text
        assert lines(run) == [("[-]", "law")]
        await run.press("enter")  # all have it now
        assert lines(run) == [("[x]", "law")] and set(await labelled(library)) == chosen
        assert "2 labelled law · ^z undoes" in run.toasts
        await run.press("space")  # and now none
        assert lines(run) == [("[ ]", "law")] and await labelled(library) == {}
        assert "3 no longer labelled law · ^z undoes" in run.toasts
        await run.press("ctrl+z")
        assert lines(run) == [("[x]", "law")] and set(await labelled(library)) == chosen
        await run.press("ctrl+z")
        assert lines(run) == [("[-]", "law")]
        assert await labelled(library) == {run.main.articles.ids[1]: ("law",)}
        await run.press("escape")
        assert run.main.articles.selected == chosen


async def test_typing_filters_and_space_chooses_only_where_it_is_no_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        other = run.main.articles.ids[5]
        for name in ("case law", "law", "lawns"):
            await library.labels.set(name, [other], True)
        await run.press("t", *"la")
        assert lines(run) == [("[ ]", "law"), ("[ ]", "lawns"), (" + ", "la"), ("[ ]", "case law")]
        await run.press("w")
        assert lines(run) == [("[ ]", "law"), ("[ ]", "lawns"), ("[ ]", "case law")]
        await run.press("space", "x")
        assert lines(run) == [(" + ", "law x")] and "new label" in run.text
        await run.press("backspace", "backspace", "down", "space")
        assert await labelled(library) == {
            run.cursor_id: ("lawns",),
            other: ("case law", "law", "lawns"),
        }
        assert dialog(run).line.value == "" and dialog(run).choices.current == "lawns"
        await run.pilot.click("Choices", offset=(5, 0))
        await run.settle()
        assert (await labelled(library))[run.cursor_id or 0] == ("case law", "lawns")
        await run.press(*"# #", "enter")  # that is no name, and the line under the cursor is meant
        assert (await labelled(library))[run.cursor_id or 0] == ("lawns",)


async def test_labels_are_in_the_sidebar_and_survive_a_restart(tmp_path: Path) -> None:
    view = View(ViewKind.LABEL, 'the "law"')
    async with opened(tmp_path) as library, running(library) as run:
        chosen = list(run.main.articles.ids[:2])
        await run.press("v", "a", "a", "t", *view.key, "enter", "escape", "escape", "k", "N")
        await run.press("h", *"G")
        while run.main.sidebar.current is None or run.main.sidebar.current.view != view:
            await run.press("k")
        await run.press("enter")
        assert run.main.session.view == view and list(run.main.articles.ids) == chosen
        assert 'the "law" · 1 unread' in run.text.splitlines()[0]  # what is read is listed, too
        await run.press("V")
        assert 'label:="the \\"law\\""' in run.text
        await run.press("escape")
    async with opened(tmp_path) as library, running(library) as run:
        assert set(await labelled(library)) == set(chosen)
        found, _ = await library.searches.run('label:="the \\"law\\""')
        assert list(found) == chosen
        await run.press("U", "U")
        assert await labelled(library) == {}
        await run.main.controllers.navigation.show_view(view)
        await run.settle()
        assert 'Nothing is labelled the "law".' in run.text


async def test_without_an_article_there_is_nothing_to_label(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("F", *"nothingfitsthis", "enter", "t")
        assert len(run.app.screen_stack) == 2


async def test_what_is_typed_at_once_arrives_in_its_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        first = run.cursor_id
        await run.press("t", *"to read", "enter", *"law", "enter", "escape", "j", "s")
        assert await labelled(library) == {first: ("law", "to read")}
        (second,) = await library.lists.rows([run.main.articles.ids[1]])
        assert second.starred


async def test_a_tiny_screen_shows_the_dialog(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (40, 12)) as run:
        for number in range(30):
            await library.labels.set(f"label {number:02}", [2], True)
        await run.press("t")
        assert "label 00" in run.text and "enter toggles" in run.text
        await run.press("pagedown", "down", "enter")
        assert "[x]  label 11" in run.text


async def test_a_label_is_renamed_and_removed_in_the_sidebar(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        first, second = run.main.articles.ids[:2]
        await library.labels.set("law", [first, second], True)
        await library.labels.set("Rules", [second], True)
        await run.main.controllers.reload()
        await run.settle()  # the sidebar has its numbers
        await run.main.controllers.navigation.show_view(View(ViewKind.LABEL, "law"))
        run.main.sidebar.select(View(ViewKind.LABEL, "law"))
        await run.press("h", "e")
        await run.press("ctrl+u", "enter")
        assert "a label needs a name" in run.text
        await run.press(*"rules", "enter")
        assert run.main.session.view == View(ViewKind.LABEL, "Rules")
        assert await labelled(library) == dict.fromkeys((first, second), ("Rules",))
        assert "The label law is rules now" in run.toasts
        run.main.sidebar.select(View(ViewKind.LABEL, "Rules"))
        await run.press("d", "escape")
        assert len(await labelled(library)) == 2
        await run.press("d", "enter")
        assert await labelled(library) == {} and run.main.session.view == View(ViewKind.ALL)
        assert "The label Rules is removed · ^z undoes" in run.toasts
        assert "Labels" not in [entry.label for entry in run.main.sidebar.items]
        await run.press("ctrl+z")
        await run.settle()
        assert len(await labelled(library)) == 2
        assert "Labels" in [entry.label for entry in run.main.sidebar.items]


async def test_a_label_is_said_to_be_changed_once_that_is_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await library.labels.set("law", run.main.articles.ids[:1], True)
        await run.main.controllers.reload()
        await run.settle()
        run.main.sidebar.select(View(ViewKind.LABEL, "law"))
        with locked(library.paths.database) as lock:
            await run.pilot.press("s", "h", "e", "ctrl+u", *"rules", "enter")
            for _ in range(20):
                await run.pilot.pause()
            assert "is rules now" not in run.toasts
            lock.release()
            await run.settle()
        assert "The label law is rules now" in run.toasts
        await run.settle()
        run.main.sidebar.select(View(ViewKind.LABEL, "rules"))
        library.database.wait_at_most(0.01)
        with locked(library.paths.database):
            await run.press("d", "enter")
            assert "Not saved: " in run.toasts and "is removed" not in run.toasts
        assert len(await labelled(library)) == 1


async def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    async def refused(*_: object, **named: object) -> Change:
        raise DatabaseError("the database is in use by another program", "try again in a moment")

    async with opened(tmp_path) as library, running(library) as run:
        real = library.labels.set
        library.labels.set = refused  # type: ignore[method-assign]
        await run.press("t", *"law", "enter")
        assert "the database is in use by another program" in run.text and lines(run) == [(" + ", "law")]
        library.labels.set = real  # type: ignore[method-assign]
        await run.press("enter")
        assert "in use" not in run.text and lines(run) == [("[x]", "law")]
        library.marks.undo = refused  # type: ignore[method-assign]
        await run.press("ctrl+z")
        assert "the database is in use by another program" in run.toasts
        assert lines(run) == [("[x]", "law")]


async def test_the_text_stays_where_it_is_and_what_was_found_in_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (120, 24)) as run:
        await run.press("v")
        rows = await library.lists.rows(await library.lists.ids(View(ViewKind.ALL)))
        run.main.articles.select_id(next(row.id for row in rows if row.title.startswith("WeChat suspends")))
        await run.press("enter", "ctrl+d", "ctrl+d", "ctrl+f", *"users", "enter")
        pane = run.main.pane
        top, found = pane.scroll_offset.y, list(pane.found)
        before = [pane.render_line(y).text for y in range(pane.size.height)]
        assert top and found
        await run.press("t", *"law", "enter", "escape")
        assert pane.scroll_offset.y == top + 1 and pane.found == found
        assert [pane.render_line(y).text for y in range(pane.size.height)] == before
        await run.press("U")
        await run.settle()
        assert pane.scroll_offset.y == top
        assert [pane.render_line(y).text for y in range(pane.size.height)] == before
        await run.press("h", "g", "t", *"law", "enter", "escape")
        assert pane.scroll_offset.y == 0 and headed(run) == "# law"
