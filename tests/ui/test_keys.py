"""Every key of the table: keys in, library state and screen text out."""

from __future__ import annotations

from textual.binding import Binding
from textual.dom import DOMNode

from tests.ui.running import Running, running
from tests.ui.samples import FEEDS, library
from tests.ui.shelf import Server, arrive, story
from tests.ui.slow_store import held
from tuireader.commands import COMMANDS, PANES, Command, Scope
from tuireader.model import View, ViewKind
from tuireader.ui.bindings import MOVES
from tuireader.ui.dialogs.mute import Mute
from tuireader.ui.dialogs.new_watch import NewWatch
from tuireader.ui.screens.alarms import Alarms
from tuireader.ui.screens.channels import Channels
from tuireader.ui.screens.health import Health
from tuireader.ui.screens.matches import Matches
from tuireader.ui.screens.outbox import Outbox
from tuireader.ui.screens.queue import Queue
from tuireader.ui.screens.rules import Rules
from tuireader.ui.screens.settings import SettingsScreen
from tuireader.ui.screens.statistics import Statistics
from tuireader.ui.screens.story import StoryScreen
from tuireader.ui.screens.watches import Watches
from tuireader.ui.views import TODAY
from tuireader.ui.widgets.choices import Choices
from tuireader.ui.widgets.pane import Pane
from tuireader.ui.widgets.search_line import SearchLine


def has_method(place: type, command: Command) -> bool:
    """Return whether a screen or widget does a command, or has its pane do it."""
    method = f"action_{command.id}"
    return hasattr(place, method) or (
        command.id in MOVES and hasattr(place, "action_pane") and hasattr(Pane, method)
    )


async def test_the_main_screen_does_its_commands(run: Running) -> None:
    assert set(run.main.commands) == {one.id for one in COMMANDS if one.on_main}
    for command in COMMANDS:  # the help does each of them, or opens where it works
        assert (command.instead or command.id) in run.main.commands


def test_every_command_has_its_method() -> None:
    screens: dict[Scope, type[DOMNode]] = {
        Scope.HEALTH: Health,
        Scope.WATCHES: Watches,
        Scope.QUEUE: Queue,
        Scope.ALARMS: Alarms,
        Scope.STATISTICS: Statistics,
        Scope.MATCHES: Matches,
        Scope.OUTBOX: Outbox,
        Scope.CHANNELS: Channels,
        Scope.RULES: Rules,
        Scope.SETTINGS: SettingsScreen,
        Scope.STORY: StoryScreen,
        Scope.SEARCH: SearchLine,
        Scope.MUTE: Mute,
        Scope.WATCH: NewWatch,
        Scope.CHOICES: Choices,
    }
    assert {place for one in COMMANDS for place in one.places} == {*screens, *PANES}
    for place, screen in screens.items():
        wanted = [one for one in COMMANDS if place in one.places]
        own = {one.id: one.action for one in screen.BINDINGS if isinstance(one, Binding)}
        assert own.keys() >= {one.id for one in wanted}
        actions = [own[one.id].partition("(")[0] for one in wanted]
        assert [action for action in actions if not hasattr(screen, f"action_{action}")] == []


async def test_starts_with_the_unread_articles_newest_first_and_moves_in_them(run: Running) -> None:
    assert run.view_kind == ViewKind.UNREAD
    assert list(run.main.articles.ids) == [1, 2, 3, 4, 6]
    assert "Unread   5 articles" in run.text and run.focus == "list"
    moves = (
        ("j", 2), ("down", 3), ("k", 2), ("up", 1), ("k", 1), ("G", 6), ("g", 1), ("end", 6), ("home", 1),
        ("pagedown", 6), ("pageup", 1), ("ctrl+d", 6), ("ctrl+u", 1),
    )  # fmt: skip
    for key, article in moves:
        await run.press(key)
        assert run.cursor_id == article, key


async def test_opening_marks_read_and_shows_the_article(run: Running) -> None:
    await run.press("enter")
    assert run.open_id == 1 and 1 not in await run.unread()
    assert run.focus == "article"
    text = run.text
    assert "The Quay · Ada Quist · Mon 21 Sep 13:13 · 1 min" in text
    assert "▌ LanternPay  title, body ×13" in text
    assert "▌ Ferries     body ×13" in text
    assert "notice[1]" in text
    assert "Unread   4 articles" in text
    assert list(run.main.articles.ids) == [1, 2, 3, 4, 6]  # stays listed until the view is left
    await run.press("h", "h", "j")  # to the sidebar, Starred
    assert run.view_kind == ViewKind.STARRED
    await run.press("k", "l")
    assert run.view_kind == ViewKind.UNREAD
    assert list(run.main.articles.ids) == [2, 3, 4, 6]


async def test_opening_does_not_mark_read_when_the_config_says_so() -> None:
    async with running(library('[ui]\nmark_read = "never"')) as run:
        await run.press("enter")
        assert run.open_id == 1 and 1 in await run.unread()


async def test_next_and_previous_article_and_unread_article(run: Running) -> None:
    await run.press("enter", "J")
    assert run.open_id == run.cursor_id == 2
    await run.press("K")
    assert run.open_id == 1
    await run.press("n", "n", "n", "n")
    assert await run.unread() == set()
    await run.press("n")
    assert "Nothing unread" in run.toasts
    await run.press("N", "K", "N", "p")  # 6 and 4 are unread
    assert run.open_id == run.cursor_id == 6


async def test_next_unread_goes_on_in_other_views(run: Running) -> None:
    await run.press("h", "j")  # Starred: article 4 alone
    await run.press("l", "n")
    assert run.open_id == 4
    await run.press("n")
    assert run.open_id == 1 and run.view_kind == ViewKind.ALL


async def test_next_unread_goes_around_the_sidebar_from_the_view_or_from_either_end(run: Running) -> None:
    """Below the view and then above it, or the other way round; a search is at no place in the sidebar."""
    feeds = [View(ViewKind.FEED, str(number)) for number in (1, 2, 3)]
    assert [item.view for item in run.main.sidebar.items][-1] == feeds[-1]
    search, nothing_new = View(ViewKind.QUERY, "title:attic"), {3, 4, 6}  # nothing unread on two feeds
    for start, read, key, expected in (
        (search, set(), "n", TODAY),
        (search, set(), "p", feeds[2]),
        (search, {3}, "p", feeds[1]),
        (feeds[2], {3}, "n", TODAY),  # from the last view on to the first
        (feeds[2], {3}, "p", feeds[1]),
        (feeds[1], {4, 6}, "n", feeds[2]),
        (feeds[1], nothing_new, "p", feeds[0]),
    ):
        await run.library.marks.set_read([1, 2, 3, 4, 6], False)
        await run.library.marks.set_read(list(read), True)
        await run.main.controllers.reload()
        await run.go_to(start)
        await run.press(key)
        assert run.main.session.view == expected and run.open_id is not None, (start, read, key)


async def test_the_pane_scrolls_and_space_opens_the_next_unread_at_its_end(run: Running) -> None:
    await run.press("space")
    assert run.open_id == 1
    await run.press("j", "j", "k")
    assert run.main.pane.scroll_offset.y == 1
    await run.press("ctrl+d")
    half = run.main.pane.scroll_offset.y
    await run.press("pagedown", "G")
    bottom = run.main.pane.scroll_offset.y
    assert 1 < half < bottom
    await run.press("g")
    assert run.main.pane.scroll_offset.y == 0
    pressed = 0
    while run.open_id == 1 and pressed < 30:
        await run.press("space")
        pressed += 1
    assert 1 < pressed < 30 and run.open_id == 2


async def test_from_pane_to_pane_and_out(run: Running) -> None:
    await run.press("enter")
    for key, pane in (("tab", "sidebar"), ("tab", "list"), ("tab", "article"), ("shift+tab", "list")):
        await run.press(key)
        assert run.focus == pane
    await run.press("tab", "h")
    assert run.open_id is None and run.focus == "list"
    await run.press("left")
    assert run.focus == "sidebar"
    await run.press("right")
    assert run.focus == "list"
    await run.press("l", "escape", "l", "backspace", "l", "q")
    assert run.open_id is None and run.app.is_running
    await run.press("q")
    assert run.app.return_code == 0 and not run.app.is_running


async def test_quit_at_once(run: Running) -> None:
    await run.press("enter", "Q")
    assert not run.app.is_running


async def test_read_and_starred(run: Running) -> None:
    for key in "Nm":
        await run.press(key)
        assert 1 not in await run.unread()
        await run.press(key)
        assert 1 in await run.unread()
    await run.press("s")
    assert 1 in await run.starred() and "★" in run.text
    await run.press("enter", "s")
    assert 1 not in await run.starred()


async def test_mark_list_read_takes_only_what_is_listed_and_both_keys_undo(run: Running) -> None:
    arrive(run.library, story(7, 1, "Came after the list was shown", 0.1))
    await run.press("A")
    assert "2 of 5 articles match a watch: mark them too?" in run.text and await run.unread() == {
        1,
        2,
        3,
        4,
        6,
        7,
    }
    await run.press("y")
    assert await run.unread() == {7} and "5 articles marked read · ^z undoes" in run.toasts
    await run.press("ctrl+z")
    assert await run.unread() == {1, 2, 3, 4, 6, 7} and "Undone: 5 articles marked read" in run.toasts
    await run.press("A", "escape", "A", "y", "U")
    assert await run.unread() == {1, 2, 3, 4, 6, 7}
    await run.press("U")
    assert "Nothing to undo" in run.toasts


async def test_undo_shows_on_the_rows_before_the_list_is_read_again(run: Running) -> None:
    await run.press("A", "y")
    with held(run.library.feeds.all) as feeds:
        await run.pilot.press("ctrl+z")
        await feeds.reached()
        rows = [run.main.articles.row(key) for key in run.main.articles.ids]
        assert [row is not None and row.read for row in rows] == [False] * 5
    await run.settle()
    assert await run.unread() == {1, 2, 3, 4, 6}


async def test_addresses_are_opened_and_copied(run: Running) -> None:
    await run.press("o")
    await run.press("enter", "2", "c", "9")
    assert run.browsed == [
        "https://news.example/1",
        "https://ferry.example/paper",
        "https://news.example/1#comments",
    ]
    assert "No link 9" in run.toasts
    await run.press("u")
    assert "https://ferry.example/notice" in run.text
    await run.write("paper")
    await run.press("enter")
    await run.press("u", "down", "enter", "u")
    await run.click(Choices, (3, 0))
    links = ["https://ferry.example/paper", "https://ferry.example/paper", "https://ferry.example/notice"]
    assert run.browsed[3:] == links
    await run.press("h", "N", "O")  # marks it read and goes on
    assert run.browsed[6:] == ["https://news.example/1"]
    assert 1 not in await run.unread() and run.open_id == 2
    assert "Read · ^z undoes" in run.toasts
    await run.press("y")
    assert run.app.clipboard == "https://news.example/2"
    await run.press("Y")
    title = "Harbour dues fall [/x] [bold]50 %s[/bold]"
    assert run.app.clipboard == f"[{title}](<https://news.example/2>)"


async def test_browser_failure_shows_the_address() -> None:
    async with running(library(), refuse="no web browser was found") as run:
        await run.press("o")
        assert "no web browser was found\nhttps://news.example/1\n" in run.toasts
        assert "[ui] browser names the program · y copies its address" in run.toasts


async def test_only_web_addresses_are_opened() -> None:
    urls = ("javascript:alert(1)", "file:///etc/passwd", "--help", "http://[::1", "mailto:a@b.c")
    stories = (story(n, 1, url, n, comments_url=url) for n, url in enumerate(urls, 1))
    async with running(library(stories=tuple(stories))) as run:
        await run.press("enter")
        for url in urls:
            await run.press("c")
            assert f"Not a web address: {url}" in run.toasts
            await run.press("J")
        assert run.browsed == []


async def test_hits(run: Running) -> None:
    await run.press("enter", "right_square_bracket")
    assert "match 1/27 · LanternPay" in run.text
    await run.press("right_square_bracket")
    assert "match 2/27 · Ferries" in run.text
    await run.press("left_square_bracket", "left_square_bracket")
    assert "match 27/27 · LanternPay" in run.text and run.main.pane.scroll_offset.y > 0


async def test_no_hits() -> None:
    async with running(library(text=FEEDS)) as run:
        await run.press("enter", "right_square_bracket")
        assert "No matches in this text" in run.toasts


async def test_related_opens_and_back_returns_to_the_very_line(run: Running) -> None:
    await run.press("enter", "e", "j", "enter")  # this one is not stored
    assert run.browsed == ["https://else.example/tickets"] and run.open_id == 1
    await run.press("j", "j")
    place = run.main.pane.scroll_offset.y
    assert run.main.pane.chosen == 3 and place > 0
    await run.press("enter")
    assert run.open_id == 4
    await run.press("j", "h")
    assert run.open_id == 1
    assert run.main.pane.scroll_offset.y == place and run.main.pane.chosen == 3
    await run.press("k", "l")  # in another language
    assert run.open_id == 3
    await run.press("q", "k", "k", "l")
    assert run.open_id == 5
    await run.press("q")
    assert run.open_id == 1
    await run.press("j", "j", "j", "j", "enter")  # the neighbour in its feed
    assert run.open_id == 2


async def test_what_is_shown_and_hidden(run: Running) -> None:
    await run.press("full_stop")
    assert list(run.main.articles.ids) == [1, 2, 3, 4, 5, 6]
    await run.press("full_stop")
    assert list(run.main.articles.ids) == [1, 2, 3, 4, 6]
    await run.press("enter", "z")
    assert not run.main.sidebar.display and not run.main.articles.display
    await run.press("J")
    assert run.open_id == 2 and not run.main.articles.display
    await run.press("z")
    assert run.main.articles.display


async def test_refresh_shows_what_is_new_and_keeps_the_cursor_where_it_was_moved(run: Running) -> None:
    server = Server(run.library, story(20, 1, "Brand new", 0.02))
    await run.press("R")
    assert run.cursor_id == 7  # the cursor was at the top
    await run.press("j", "j", "j")
    server.fresh = (story(21, 1, "Newer", 0.01), story(22, 2, "Also new", 0.015))
    server.errors = {3: "HTTP 404 Not Found"}
    await run.press("R")
    assert list(run.main.articles.ids) == [8, 9, 7, 1, 2, 3, 4, 6]
    assert run.cursor_id == 3
    assert "2 fine, 1 failed: 港口日报: HTTP 404 Not Found" in run.toasts


async def test_refresh_of_what_is_chosen(run: Running) -> None:
    server = Server(run.library)
    await run.press("r", "enter", "r")
    assert server.asked == [None, [1]]
    await run.press("h", "h", *["j"] * 5)
    assert run.view_kind == ViewKind.FOLDER
    await run.press("r")
    assert server.asked[-1] == [1, 2]


async def test_the_sidebar_folds_and_tells_why_a_feed_fails(run: Running) -> None:
    await run.press("h", "G", "k")
    assert "! Tide Tables: HTTP 503" in run.text
    await run.press("g", *["j"] * 6)
    for key in ("space", "h"):
        assert "▾ Harbour" in run.text and "space folds" in run.text
        await run.press(key)
        assert [entry.label for entry in run.main.sidebar.items if entry.depth] == []
        assert "▸ Harbour" in run.text
        await run.press("space")
    await run.press("j")
    assert run.main.sidebar.current is not None and run.main.sidebar.current.label == "The Quay"


async def test_help_searches_runs_and_is_left(run: Running) -> None:
    await run.press("question_mark")
    assert "Move down a line" in run.text
    await run.write("star the")
    await run.press("enter")
    assert 1 in await run.starred()
    await run.press("j")
    await run.write("?copy address")
    await run.click(Choices, (3, 1))  # below the heading
    assert run.app.clipboard == "https://news.example/2"
    for leave in ("question_mark", "f1", "escape"):
        await run.press("f1")
        assert "Type to search" in run.text
        await run.press("down", "up", leave)
        assert run.app.screen is run.main


async def test_palette_runs_a_command(run: Running) -> None:
    await run.press("ctrl+p")
    await run.press("escape", "colon")
    await run.write("go to all\r")
    assert run.view_kind == ViewKind.ALL


async def test_changes_from_elsewhere_are_taken(run: Running) -> None:
    arrive(run.library, story(30, 1, "By another process", 0.5))
    while 7 not in run.main.articles.ids:
        await run.pilot.pause(0.05)


async def test_own_keys_and_their_problems() -> None:
    async with running(library('[keys]\ntoggle_star = "b"\nno_such = "x"')) as run:
        await run.press("b")
        assert 1 in await run.starred()
        await run.press("s")
        assert 1 in await run.starred()
        assert "keys.no_such" in run.toasts


async def test_a_feed_title_with_markup_stays_text() -> None:
    feeds = FEEDS.replace("The Quay", "[/feed] %s").replace("Harbour", "[folder]", 1)
    async with running(library(text=feeds)) as run:
        Server(run.library).errors = {1: "[/x] [@click=app.quit]boom[/]"}
        assert "[/feed] %s" in run.text and "[folder]" in run.text
        await run.press("R")
        assert "[/x] [@click=app.quit]boom[/]" in run.toasts
        assert "[@click=app.quit]boom[/]" in run.text  # drawn in the toast as it is
        await run.press("j", "enter")
        assert "Harbour dues fall [/x] [bold]50 %s[/bold]" in run.text
