"""Feeds that programs print, from the command line: added, listed, exported, imported, taken back."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run
from tests.mails import deliver, mail, maildir
from tests.web import Web
from tuireader.config import FeedConfig, load
from tuireader.errors import Exit

NEWS = rss("Harbour News", [item("1", "Ferry"), item("2", "Tram")])


@pytest.fixture
def command(home: Home) -> str:
    """A program that prints a feed."""
    (home.folder / "my feed.xml").write_bytes(NEWS)
    return "cat 'my feed.xml'"


def feeds_of(home: Home) -> tuple[FeedConfig, ...]:
    config, problems = load(home.config)
    assert problems == ()
    return config.feeds


def test_a_program_is_looked_at_added_listed_and_removed(run: Run, home: Home, command: str) -> None:
    looked = run("add", "--dry-run", "--command", command)
    assert looked.code == Exit.OK and looked.out.startswith("Harbour News") and not home.config.exists()
    assert "2 entries" in looked.out and "exec:cat 'my feed.xml'" in looked.out
    (home.folder / "empty.xml").write_text("<rss><channel/></rss>")
    assert run("add", "--dry-run", "exec:cat empty.xml").out.startswith("Untitled · program\n")
    told = run("add", "--command", command, "--folder", "Sea")
    assert told.err == "added: Harbour News (exec:cat 'my feed.xml')\n"
    (feed,) = feeds_of(home)
    assert (feed.command, feed.filter, feed.folder) == (("cat", "my feed.xml"), (), "Sea")
    assert "url" not in home.config.read_text()
    assert run("add", "--command", command).err.startswith("already there: Harbour News")
    assert run("refresh").code == Exit.OK
    assert [json.loads(line)["title"] for line in run("list", "--json").out.splitlines()] == ["Ferry", "Tram"]
    listed = json.loads(run("feeds", "--json").out)
    assert (listed["url"], listed["title"], listed["total"]) == ("exec:cat 'my feed.xml'", "Harbour News", 2)
    assert run("feeds", "pause", "exec:cat 'my feed.xml'").err == "paused: Harbour News\n"
    assert feeds_of(home)[0].paused
    assert run("undo").code == Exit.OK and not feeds_of(home)[0].paused
    assert run("feeds", "remove", "Harbour").code == Exit.OK and feeds_of(home) == ()
    assert run("undo").code == Exit.OK and feeds_of(home)[0].command == ("cat", "my feed.xml")


def test_a_filter_of_an_address_and_of_a_program(run: Run, home: Home, command: str, web: Web) -> None:
    url = web.serve("/feed.xml", NEWS)
    assert run("add", url, "--filter", "sed s/Harbour/Port/").err == f"added: Port News ({url})\n"
    told = run("add", "--command", command, "--filter", "sed s/Harbour/Quay/", "--json")
    assert json.loads(told.out)["title"] == "Quay News"
    assert [feed.filter for feed in feeds_of(home)] == [("sed", f"s/Harbour/{n}/") for n in ("Port", "Quay")]
    assert run("config", "check").code == Exit.OK


def test_what_cannot_be_added_says_why(run: Run, home: Home) -> None:
    for words, error in {
        ("--command", "cat 'x"): "--command has a quotation mark that is not closed",
        ("--command", " "): "--command names no program",
        ("--filter", "cat"): "--filter needs the address of a feed, or --command",
        ("https://a.example/", "--command", "cat"): "a feed has an address or --command, not both",
        (): "give the address of a feed, or --command",
        ("exec:",): "there is no program after exec:",
    }.items():
        told = run("add", *words)
        assert (told.code, error in told.err) == (Exit.USAGE, True), told.err
    assert not home.config.exists()
    told = run("add", "--command", "no-such-program")
    assert "it cannot be read yet: no-such-program cannot be run" in told.err
    assert feeds_of(home)[0].command == ("no-such-program",)
    assert run("add", "--dry-run", "exec:false").err == "tuireader: false ended with status 1\n"


def test_bad_keys_name_the_feed(run: Run, home: Home) -> None:
    for keys, error in {
        'url = "exec:cat x"': 'feeds[1].url: is a program; write it as `command = ["program", "argument"]`',
        'command = "cat x"': "feeds[1].command: should be a list such as",
        "command = []": "feeds[1]: has no url or command",
        'command = [""]': "feeds[1].command: does not name a program",
        'url = "https://a.example/"\ncommand = ["x"]': "feeds[1].command: replaces url",
        'url = "maildir:~/Mail"\nfilter = ["x"]': "feeds[1].filter: cannot change a mail folder",
    }.items():
        home.config.write_text(f'[[feeds]]\n{keys}\n[[feeds]]\nurl = "https://b.example/"\n')
        told = run("config", "check")
        assert error in told.err + told.out, told.err + told.out
        assert [feed.url for feed in load(home.config)[0].feeds] == ["https://b.example/"]


def test_json_keeps_programs_which_an_import_takes_only_when_told(run: Run, home: Home, command: str) -> None:
    home.config.write_text(
        f"[[feeds]]\ncommand = {json.dumps(shlex.split(command))}\nfilter = ['sed', 's/a/b/']\n"
        "folder = 'Sea'\n"
        "[[feeds]]\nurl = 'https://a.example/'\nitems = 'li'\nitem_title = 'h2'\n"
        "[[feeds]]\nurl = 'maildir:~/Mail'\n[[feeds]]\nurl = 'https://b.example/'\n"
    )
    before = feeds_of(home)
    saved = home.folder / "feeds.json"
    assert run("export", "--json", str(saved)).err == ""
    home.config.unlink()
    told = run("import", str(saved))
    assert "exec:cat 'my feed.xml': runs a program; import it with --accept programs" in told.err
    assert [feed.url for feed in feeds_of(home)] == [
        "https://a.example/",
        "maildir:~/Mail",
        "https://b.example/",
    ]
    home.config.unlink()
    assert run("import", "file", str(saved), "--accept", "programs").err == "4 new feeds\n"
    assert feeds_of(home) == before
    told = run("export", "--format", "opml")
    assert told.out.count("xmlUrl") == 1 and told.err.count("left out") == 3
    assert "left out exec:cat 'my feed.xml': only tuireader can fetch it; --json keeps it" in told.err


def test_a_newsboat_list_moves_out_and_in(run: Run, home: Home, command: str) -> None:
    home.config.write_text(
        f"[[feeds]]\ncommand = {json.dumps(shlex.split(command))}\n"
        "[[feeds]]\nurl = 'https://a.example/'\nfilter = ['sed', 's/a b/c/']\nfolder = 'Sea'\n"
    )
    before = feeds_of(home)
    urls = home.folder / "urls"
    assert run("export", "--format", "newsboat", str(urls)).code == Exit.OK
    home.config.unlink()
    told = run("import", str(urls))
    assert "would become a feed of this program, once accepted; import it with --accept programs" in told.err
    assert run("import", "file", str(urls), "--accept", "programs").err == "2 new feeds\n"
    assert feeds_of(home) == before


def test_a_newsboat_profile_with_programs_compares_equal(run: Run, home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "newsboat"
    folder.mkdir()
    (folder / "urls").write_text('"exec:cat x | cat" sea\nfilter:cat:https://a.example/ sea\n')
    told = run("import", "newsboat", str(folder))
    assert "Left out: starts programs; import it with --accept programs (2)" in told.err
    assert run("import", "newsboat", str(folder), "--compare").code == Exit.FAILURE
    told = run("import", "newsboat", str(folder), "--accept", "programs")
    assert "becomes a feed of this program, run by `sh -c`, as it needs a shell" in told.err
    assert [feed.command or feed.filter for feed in feeds_of(home)] == [("sh", "-c", "cat x | cat"), ("cat",)]
    told = run("import", "newsboat", str(folder), "--compare")
    assert told.code == Exit.OK and "feeds\t2\t2" in told.out and "Left out" not in told.err


def test_a_mail_folder_is_looked_at_and_added(run: Run, home: Home, tmp_path: Path) -> None:
    deliver(maildir(tmp_path / "Mail"), "1", mail(1, "The ferry"))
    looked = run("add", "--dry-run", f"maildir:{tmp_path}/Mail")
    assert looked.out.startswith("Harbour Letters · mail folder (Maildir)\n"), looked.err
    assert "1 entry · " in looked.out and "texts of the mails" in looked.out and "The ferry" in looked.out
    box = tmp_path / "box"
    for content, number in ((b"", "0 entries"), (b"From me\n" + mail(1, "The ferry") + b"\n", "1 entry")):
        box.write_bytes(content)
        looked = run("add", "--dry-run", f"mbox:{box}")
        assert " · mail folder (mbox)\n" in looked.out and f"\n{number}" in looked.out, looked.err
    told = run("add", "imaps://me:word@mail.invalid/News", "--password", "env:NO_SUCH_VARIABLE")
    assert "it cannot be read yet: the environment variable NO_SUCH_VARIABLE is not set" in told.err
    assert "(imaps://me@mail.invalid/News)" in told.err  # the password in an address is not shown
    (feed,) = feeds_of(home)
    assert feed.password == "env:NO_SUCH_VARIABLE"
