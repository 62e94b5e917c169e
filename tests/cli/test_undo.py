"""`tuireader undo` and the configuration: what it says, its order with marks, and what it leaves alone."""

from __future__ import annotations

from tests.cli.command import Home, Run
from tests.web import Web
from tuireader.errors import Exit


def test_changes_of_the_configuration_are_undone(news: tuple[Home, Web], run: Run) -> None:
    home, web = news
    before = home.config.read_text()
    assert run("add", f"{web.url}/new.xml").code == Exit.OK
    assert run("star", "watch:WeChat").code == Exit.OK
    assert run("undo").err.endswith(" starred\n")
    assert run("undo").err == f"undone: feed {web.url}/new.xml added\n"
    assert home.config.read_text() == before
    assert run("undo").err == "there is nothing to undo\n"


def test_what_was_edited_since_is_left_and_the_next_undo_goes_on(news: tuple[Home, Web], run: Run) -> None:
    home, web = news
    assert run("star", "watch:WeChat").code == Exit.OK
    assert run("add", f"{web.url}/new.xml").code == Exit.OK
    url = f"{web.url}/new.xml"
    text = home.config.read_text().replace(f'url = "{url}"\n', f'url = "{url}"\ntitle = "Mine"\n')
    home.config.write_text(text)
    told = run("undo")
    assert told.code == Exit.FAILURE and told.out == ""
    assert told.err == (
        f"tuireader: not undone: feed {url} added (the feed '{url}' was changed since; nothing was changed)\n"
    )
    assert home.config.read_text() == text
    assert run("undo").err.endswith(" starred\n")
