"""`save`, `pipe`, `service`, new matches for pipes; and commands beside a reader that is open."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, Told, run_apart, start_apart, subscribe
from tests.cli.test_json import fits
from tests.core.test_epub import PNG, checked
from tests.processes import start
from tests.terminal import Terminal
from tests.web import Web
from tuireader.cli import service
from tuireader.errors import Exit

DOCS = Path(__file__).parents[2] / "docs"


pytestmark = pytest.mark.usefixtures("news")


def wechat(run: Run) -> str:
    return str(json.loads(run("search", "--json", "title:WeChat", "Protection").out.splitlines()[0])["id"])


# --------------------------------------------------------------------------- save and pipe


def test_save_names_its_files_and_never_writes_over_one(run: Run, tmp_path: Path) -> None:
    number, folder = wechat(run), tmp_path / "a" / "b"
    saved = json.loads(run("save", number, "--to", str(folder), "--json").out)
    fits(saved, "save")
    path = Path(saved["path"])
    assert path.parent == folder and path.name.endswith(" WeChat suspends new user registration.md")
    text = path.read_text(encoding="utf-8")
    assert "**Personal Information Protection Law**" in text
    assert "[the rules](<https://example.org/rules>)" in text
    again = run("save", number, "--to", str(folder), "--json")
    assert json.loads(again.out) == {**saved, "new": False} and "was saved before" in again.err
    path.write_text("mine", encoding="utf-8")
    other = Path(run("save", number, "--to", str(folder)).out.strip())
    assert other.name.endswith(" (2).md") and path.read_text(encoding="utf-8") == "mine"
    assert run("save", number, "--to", str(folder), "--overwrite").out.strip() == str(path)
    assert path.read_text(encoding="utf-8") == text


def test_save_follows_the_configuration(run: Run, home: Home) -> None:
    text = home.config.read_text(encoding="utf-8")
    home.config.write_text(text + '[save]\nfolder = "kept"\nformat = "txt"\n', encoding="utf-8")
    path = Path(run("save", wechat(run)).out.strip())
    assert path.parent == home.folder / "kept" and path.suffix == ".txt"
    page = Path(run("save", wechat(run), "--format", "html").out.strip())
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_book_has_all_that_an_expression_finds(run: Run, home: Home, tmp_path: Path) -> None:
    path = tmp_path / "weekend.epub"
    saved = json.loads(run("save", "--format", "epub", "--to", str(path), "WeChat", "--json").out)
    fits(saved, "save")
    assert saved == {"id": 0, "path": str(path), "new": True}
    chapters = checked(path.read_bytes())
    pages = [name for name in chapters if re.fullmatch(r"book/\d+\.xhtml", name)]
    assert len(pages) == len(run("search", "WeChat", "--json").out.splitlines())
    assert b"<dc:title>WeChat</dc:title>" in chapters["book/content.opf"]
    again = run("save", "--format", "epub", "--to", str(path), "WeChat")
    assert again.out.strip() == str(path) and "was saved before" in again.err
    other = Path(run("save", "--format", "epub", "--to", str(path), wechat(run)).out.strip())
    assert other == tmp_path / "weekend (2).epub"
    assert b"<dc:title>WeChat suspends new user" in checked(other.read_bytes())["book/content.opf"]
    named = Path(run("save", "--format", "epub", wechat(run), "--to", str(tmp_path)).out.strip())
    assert named.parent == tmp_path and named.name.endswith("WeChat suspends new user registration.epub")
    nothing = run("save", "--format", "epub", "title:nothingatall")
    assert nothing.code == Exit.FAILURE and "nothing matches" in nothing.err


def test_a_book_has_the_pictures_that_can_be_fetched(run: Run, home: Home, web: Web, tmp_path: Path) -> None:
    web.serve("/p.png", PNG, headers={"Content-Type": "image/png"})
    html = f"<img src='{web.url}/p.png'><img src='{web.url}/none.png'>"
    web.serve("/pictures", rss("Pictures", [item("1", "Two pictures", html)]))
    subscribe(home, f"{web.url}/pictures")
    run("refresh")
    path = tmp_path / "a.epub"
    assert run("save", "--format", "epub", "--to", str(path), 'title:"two pictures"').code == Exit.OK
    files = checked(path.read_bytes())
    assert files["book/picture-1.png"] == PNG and "book/picture-2.png" not in files
    assert b"none.png" in files["book/1.xhtml"]


def test_what_cannot_be_saved_is_told(run: Run, tmp_path: Path) -> None:
    told = run("save", "9999")
    assert told.code == Exit.USAGE and "there is no article 9999" in told.err
    (tmp_path / "file").touch()
    told = run("save", wechat(run), "--to", str(tmp_path / "file" / "x"))
    assert told.code == Exit.FAILURE and "cannot be written to" in told.err


def test_pipe_hands_the_article_to_a_program(run: Run, home: Home) -> None:
    number = wechat(run)
    echo = "import sys; sys.stdout.write(sys.stdin.read()); sys.exit(int(sys.argv[1]))"
    told = run_apart(home, "pipe", number, sys.executable, "-c", echo, "0")
    assert told.code == Exit.OK
    given = json.loads(told.out)
    fits(given, "show")
    assert given == json.loads(run("show", "--json", number).out)
    told = run_apart(home, "pipe", "--format", "md", number, sys.executable, "-c", echo, "7")
    assert told.code == 7 and told.out.startswith('---\ntitle: "WeChat suspends')
    told = run_apart(home, "pipe", number, "echo", "-n", "{url}", "$(date)", "{title}", "{feed}")
    assert told.out == f"{given['url']} $(date) {given['title']} {given['feed']}"
    told = run("pipe", number, "/no/such/program")
    assert told.code == Exit.FAILURE and "cannot be run" in told.err


@pytest.mark.parametrize(
    ("behind", "command"),
    [
        (("--format", "md", "cat"), "--format md 12 cat"),
        (("--format=md", "wc", "-w"), "--format=md 12 wc -w"),
        (("--format", "md"), "--format md 12 PROGRAM"),
    ],
)
def test_an_option_behind_the_number_is_no_program(run: Run, behind: tuple[str, ...], command: str) -> None:
    told = run("pipe", "12", *behind)
    first = "options come first, before the number of the article"
    assert told == Told(Exit.USAGE, "", f"tuireader: {first} (tuireader pipe {command})\n")


# --------------------------------------------------------------------------- new matches


def test_a_quiet_refresh_asks_who_is_due_and_says_nothing(run: Run, news: tuple[Home, Web]) -> None:
    _, web = news
    before = len(web.requests)
    assert run("refresh", "--quiet") == Told(Exit.SOME_FAILED, "", "")
    asked = len(web.requests)
    assert asked > before
    assert run("refresh", "--due", "--quiet") == Told(Exit.OK, "", "")  # all have been asked just now
    assert len(web.requests) == asked
    assert run("refresh").err


def test_refresh_prints_a_line_for_each_new_match(run: Run, news: tuple[Home, Web]) -> None:
    assert run("refresh", "--matches").out == ""
    fresh = [item("z", "Weixin is back", "<p>WeChat, too. And the PIPL.</p>")]
    news[1].serve("/feed.xml", rss("Example News", fresh))
    lines = [json.loads(line) for line in run("refresh", "--matches").out.splitlines()]
    for line in lines:
        fits(line, "watch follow")
    assert [(line["watch"], line["title"], line["feed"]) for line in lines] == [
        ("WeChat", "Weixin is back", "Example News"),
        ("PIPL", "Weixin is back", "Example News"),
    ]
    assert lines[1]["terms"] == ["PIPL"] and lines[1]["sentence"] == "And the PIPL."
    assert [lines[1]["sentence"][start:end] for start, end in lines[1]["spans"]] == ["PIPL"]


def test_follow_prints_what_others_bring(run: Run, news: tuple[Home, Web]) -> None:
    home, web = news
    following = start_apart(home, "watch", "follow", "--json", "pipl")
    assert following.stdout is not None
    with following, ThreadPoolExecutor(1) as reader:
        first = reader.submit(following.stdout.readline)
        try:
            for round_ in range(60):  # it does not say when it has begun: bring news until it sees some
                fresh = [item(f"z{n}", f"News {n}", f"<p>PIPL {n}</p>") for n in range(round_ + 1)]
                web.serve("/feed.xml", rss("Example News", fresh))
                run("refresh")
                if first.done():
                    break
            found = json.loads(first.result(timeout=20))
            fits(found, "watch follow")
            assert found["watch"] == "PIPL" and found["title"].startswith("News ")
            following.send_signal(signal.SIGINT)
            assert following.wait(timeout=20) == Exit.INTERRUPTED
        finally:
            following.kill()


def test_follow_knows_its_watches(run: Run) -> None:
    told = run("watch", "follow", "nothing")
    assert told.code == Exit.USAGE and "choose from: WeChat, PIPL, Two words" in told.err


def test_a_save_that_fails_leaves_nothing_and_one_that_does_not_follows_the_umask(
    news: tuple[Home, Web], tmp_path: Path
) -> None:
    home, folder = news[0], tmp_path / "articles"
    folder.mkdir()

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    for more in ((), ("--overwrite",)):
        told = run_apart(home, "save", "1", "--to", str(folder), *more, before=limited)
        assert told.code != Exit.OK and told.out == "" and list(folder.iterdir()) == []
    for mask, mode in ((0o022, 0o644), (0o077, 0o600), (0o002, 0o664)):
        words = ("save", "1", "--to", str(folder), "--overwrite")
        name = run_apart(home, *words, before=lambda mask=mask: os.umask(mask)).out.strip()  # type: ignore[misc]
        assert Path(name).stat().st_mode & 0o777 == mode
        Path(name).unlink()


# --------------------------------------------------------------------------- service

INSTALLED = ("~/.local/bin/tuireader",)  # where pipx and `pip install --user` install it, as in docs/systemd


def test_the_units_in_the_documentation_are_those_that_are_printed() -> None:
    for name in ("service", "timer"):
        kept = (DOCS / "systemd" / f"tuireader.{name}").read_text(encoding="utf-8")
        assert kept == service.UNITS[name](INSTALLED, 1800)


def test_service_prints_units_for_this_program(run: Run, home: Home) -> None:
    told = run("service", "--every", "2h")
    assert told.code == Exit.OK
    expected = f" --config {home.config} --database {home.database} refresh --due"
    unit, crontab = [line for line in told.out.splitlines() if expected in line]
    command, _, rest = unit.removeprefix("ExecStart=").partition(expected)
    assert unit.startswith("ExecStart=") and f" {command}{expected}" in crontab and rest == ""
    assert shutil.which(shlex.split(command)[0]) and command.endswith("tuireader")
    assert "OnUnitActiveSec=120min" in told.out and "0 */2 * * * " in told.out
    assert run("service", "--unit", "timer").out.startswith("# ~/.config/systemd/user/tuireader.timer")
    alone = os.environ | {"PATH": str(home.folder)}  # no command of this name is on it
    with start(["service", "--unit", "cron"], alone) as child:
        shown = child.communicate()[0].decode()
    assert f"{sys.executable} -P -m tuireader refresh --due --quiet" in shown
    told = run("service", "--every", "soon")
    assert told.code == Exit.USAGE and "--every wants a time" in told.err


def test_odd_paths_are_quoted_for_systemd_and_cron() -> None:
    words = ("/a b/100%/tuireader", "--config", "x'y")
    assert 'ExecStart="/a b/100%%/tuireader" --config "x\'y" refresh' in service.UNITS["service"](words, 60)
    cron = "*/1 * * * * '/a b/100\\%/tuireader' --config 'x'\"'\"'y' refresh --due --quiet"
    assert cron in service.UNITS["cron"](words, 60)
    assert "~/.local/bin/tuireader refresh --due --quiet" in service.UNITS["cron"](INSTALLED, 1800)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for name in ("service", "timer"):
        text = service.UNITS[name]((shutil.which("true") or "/bin/true",), 1800)
        (tmp_path / f"tuireader.{name}").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "--user", "--man=no", "verify", *map(str, tmp_path.glob("tuireader.*"))],
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


# --------------------------------------------------------------------------- beside an open reader


def test_all_of_it_works_while_the_reader_is_open(run: Run, news: tuple[Home, Web], tmp_path: Path) -> None:
    home, web = news
    more = '[fetch]\nrefresh_on_start = false\n[[macro]]\nkey = "k"\nname = "Touch"\n'
    more += f'command = ["touch", "{tmp_path / "touched"}"]\nrun = ["toggle_star"]\n'
    text = home.config.read_text(encoding="utf-8")
    home.config.write_text(text + more, encoding="utf-8")
    number = wechat(run)
    with Terminal(
        ["tuireader", *home.arguments()],
        home=tmp_path,
        forked=True,
        size=(120, 100),  # the refreshed article is an old one
        env={"XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
    ) as terminal:
        terminal.wait("Title 1")
        state = tmp_path / "state.json"
        fresh = [item("z", "Straight from the web", "<p>PIPL</p>")]
        web.serve("/feed.xml", rss("Example News", fresh))
        for words, wanted in {
            ("refresh", "--matches"): Exit.SOME_FAILED,
            ("save", number, "--to", str(tmp_path / "kept")): Exit.OK,
            ("pipe", number, "cat"): Exit.OK,
            ("export", str(tmp_path / "x.opml")): Exit.OK,
            ("export", "--format", "state", str(state)): Exit.OK,
            ("import", str(state)): Exit.OK,
            ("import", str(tmp_path / "x.opml")): Exit.OK,
            ("import", "newsboat", str(Path(__file__).parents[1] / "data" / "newsboat"), "-q"): Exit.OK,
            ("-x", "print-unread"): Exit.OK,
            ("service",): Exit.OK,
        }.items():
            told = run(*words)
            assert told.code == wanted, (words, told.err)
        terminal.wait("Straight from the web")
        terminal.wait("Letters")  # the feeds of newsboat are in the sidebar, or their articles in the list
        terminal.press(",")
        terminal.wait("Touch")
        terminal.press("k")
        terminal.wait("touch finished")
        assert (tmp_path / "touched").exists()
        terminal.press("Q")
        assert terminal.leave() == Exit.OK
    assert run("list", "is:starred").out


def test_a_broken_pipe_is_no_fault(home: Home) -> None:
    subscribe(home, *[f"http://{n}.example/" for n in range(2000)])
    with start(home.arguments("export"), home.environment()) as child:
        assert child.stdout and child.stderr
        first = b'<?xml version="1.0" encoding="UTF-8"?>\n'
        assert child.stdout.read(len(first)) == first
        child.stdout.close()
        assert (child.stderr.read(), child.wait(60)) == (b"", Exit.OK)
