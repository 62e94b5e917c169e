"""Time what a person waits for, in a real terminal: the start, a key, a page, a search; newsboat beside it.

  python benchmarks/ui.py [--articles 10000 100000 1000000] [--runs 10] [--presses 60]
      [--peers newsboat newsboat-plain tuireader@PYTHON tuireader-open] [--keep FOLDER] [--refreshing 1000]
      [--size 120x40] [--layout auto|stacked|columns] [--density auto|compact|cosy]
      [--feeds 200] [--scenarios reader commands]

For each number of articles a database (and a cache of newsboat with the same articles) is made, once; then
the programs are started in turn. Times are from the key to the last byte that it brought, in milliseconds:
median of all runs, in brackets the value that 95 % of all presses do not exceed, where there are several a
run. `keep` leaves the databases in a folder for the next time. newsboat's cache has had ANALYZE, which it
does not do by itself; `newsboat-plain` is without. `tuireader@PYTHON` is the program that this interpreter
imports, that of another checkout for instance, on a database that its own benchmarks/corpus.py makes.
`tuireader-open` is ours with all matches of the watches open (one article in ten has one).

What newsboat has not is left out there. Each program has run once before in its folder. Memory is the peak,
in MiB, the database in MB. Last come the keys during a refresh of so many feeds, with two new articles each,
from a server on the loopback.

"preview painted" is the time after the rest that a preview waits for (150 ms); it needs the article beside
the list, as in the layout `columns` or from 152 columns on.

"type a letter into search": searches are typed letter by letter, each letter when the results of the last one
are painted; from the key to the painted results, with the 20 ms that the line waits for a further key.

The scenario `commands` is the CPU time of our commands and what they start, in milliseconds: the least of all
runs. No feed is due. What grows with the number of feeds shows with `--feeds 5000 --articles 300000`.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import corpus
import refresh
from ptytime import Program, percentile

OURS = "tuireader"
BURST = 200
FEEDS = 200
SCENARIOS = ("reader", "commands")
SCREENS = (
    ("feed health", "H", "in trouble"),
    ("watches", "w", "counting …|matches today"),
    ("watches counted", "w", "matches today"),
)
"""Screens with the keys that open them, and what shows that they are filled, or that their numbers are."""
ROW = r"\d\d:\d\d  "
"""A row of the list: its time."""
WORD = "wechat"
SEARCHES = (
    "wechat", "semiconductor*", "openai license", '"the upcoming"', "wechat OR quokka", "feed:daily ai",
    "title:apple -license", "微信", "t*", "xqzzy",
)  # fmt: skip
"""What is typed letter by letter, so that words, phrases, operators and fields are also half typed."""
REST = 150
"""Milliseconds without a key before a preview."""

COMMANDS = ("--version", "list", "watch list", "feeds", "refresh --due")

OPEN = "tuireader-open"

Times = dict[str, list[float]]
Size = tuple[int, int]


def _command(folder: Path, name: str = OURS) -> list[str]:
    """The command that opens the reader in a folder."""
    files = ["--config", str(folder / "config.toml"), "--database", str(folder / "news.db")]
    return [refresh.interpreter(name), "-m", "tuireader", *files]


def tuireader(folder: Path, articles: int, presses: int, size: Size, name: str = OURS) -> Times:
    """One session of ours."""
    found: Times = {}
    with Program(_command(folder, name), folder, size=size) as program:
        found["start → first row"] = [program.wait(ROW, since_start=True)]
        program.type("j")
        found["start → key answered"] = [program.wait(r" 2/\d", since_start=True)]
        program.settle(0.5)
        program.type(".")
        found["list of all articles"] = [program.wait(r"[│┃] {4}\d\d:\d\d ")]  # a read one, without a dot
        program.settle(2.2)  # the message that tells of it has gone: no key brings what is painted then
        found["down"] = program.presses("j", presses)
        found["page down"] = program.presses("pagedown", max(3, presses // 3))
        found[f"{BURST} keys at once"] = [program.burst("j", BURST)]
        if previews(folder, size):
            found["preview painted"] = [preview(program) for _ in range(presses)]
        program.type("G")
        found["end of the list"] = [program.wait(rf"\b{articles}/{articles}\b")]
        program.settle()
        program.press("g")
        for _ in range(max(2, presses // 6)):
            program.settle(0.3)
            program.type("enter")
            found.setdefault("open an article", []).append(program.wait("q back"))
            program.settle(0.3)
            program.type("q")
            found.setdefault("back to the list", []).append(program.wait("n next unread"))
            program.settle()
            program.press("j")
        program.press("h")
        for _ in range(max(2, presses // 6)):
            program.settle(0.3)
            program.type("j")
            found.setdefault("view of the starred", []).append(
                program.wait(_top("Starred", "[^\n]*\n[^\n]*★"))
            )
            program.settle(0.3)
            program.type("j")
            found.setdefault("view of all", []).append(program.wait(_top("All", "[^\n]*\n[^★\n]*\n")))
            program.press("k")
            program.press("k")
        program.press("pagedown")  # beyond the views
        found["down in the sidebar"] = program.presses("j", max(3, presses // 3))
        program.press("g")
        for _ in range(max(2, presses // 6)):
            for title, key, pattern in SCREENS:
                program.settle(0.5)
                program.type(key)
                found.setdefault(title, []).append(program.wait(pattern))
                program.settle()
                program.press("q")
        program.press("enter")
        program.settle()
        program.type("/")
        program.settle()
        program.type(*WORD, "enter")
        found["search a word"] = [program.wait(rf"{WORD} +[\d,]+\+? found")]
        found["memory while browsing"] = [program.memory()]
        program.settle()
        program.type("A")
        asked = program.wait("marked read|mark them too")
        if "mark them too" in program.text():  # some are on a watch
            program.type("y")
            asked += program.wait("marked read")
        found["mark the found read"] = [asked]
        marked = re.search(r"([\d,]+) articles? marked read", program.text())
        found["so many were marked"] = [float(marked[1].replace(",", ""))] if marked else []
        program.settle(0.5)
        program.type("ctrl+z")
        found["undo that"] = [program.wait("[Uu]nd(o|id|one)[^/]*marked")]
        found["peak memory"] = [program.memory()]
        found["type a letter into search"] = letters(program, SEARCHES[:presses])
    found["database"] = [(folder / "news.db").stat().st_size / 1e6]
    return found


def previews(folder: Path, size: Size) -> bool:
    """Whether the article stands beside the list."""
    layout = re.search('layout = "(.*)"', (folder / "config.toml").read_text(encoding="utf-8"))
    return size[0] >= {"stacked": 10_000, "columns": 100}.get(layout[1] if layout else "", 152)


def preview(program: Program) -> float:
    """Milliseconds from the end of the rest after a key to the painted preview."""
    program.settle(0.5)
    program.press("k")
    return program.next_paint() - REST


def letters(program: Program, searches: Sequence[str]) -> list[float]:
    """Milliseconds from each letter of some searches to the painted results; then comes the next letter."""
    found: list[float] = []
    program.settle()
    program.type("/")
    for text in searches:
        program.settle()
        program.type("ctrl+u")
        program.settle()
        for end in range(1, len(text) + 1):
            if text[end - 1] == " ":
                continue  # asks for nothing new, so it goes along with the next letter
            typed = text[:end]
            program.type(*(" " if typed[-2:-1] == " " else ""), typed[-1])
            taken = program.wait(rf"^ Search: {re.escape(typed)}  ")
            found.append(program.rest_of_paint(taken))
    return found


def warm_up(folder: Path, name: str, size: Size) -> None:
    """A session that leaves what a session leaves."""
    with Program(_command(folder, name), folder, size=size) as program:
        program.wait(ROW)
        program.settle(2)
        program.press("q")


def keys_during_refresh(feeds: int, presses: int) -> list[float]:
    """Milliseconds from a key to the moved cursor, while feeds are fetched, parsed and stored."""
    with tempfile.TemporaryDirectory(prefix="ui.") as place, refresh.serving(feeds, False) as server:
        folder = Path(place)
        ours = refresh.Tuireader("tuireader")
        ours.fill(folder, server.urls)
        refresh.run(ours.command(folder, "first"), folder)
        (folder / "config.toml").open("a").write("refresh_on_start = false\n")
        server.set(generation=1)
        found: list[float] = []
        with Program(_command(folder), folder) as program:
            program.wait(r" 1/\d")
            program.settle(1)
            program.type("R")
            program.wait("refreshing|fetch|new")
            while len(found) < 5 or ("refreshing" in program.text() and len(found) < presses):
                at = re.search(r" (\d+)/\d+\+?\s*\Z", program.text())
                program.type("j")
                found.append(program.wait(rf" (?!{at[1] if at else 0}/)\d+/\d+\+?\s*\Z"))
        return found


def _top(view: str, line: str) -> str:
    """A pattern for the title of a view with the first line of its list."""
    return rf"^ {view}  .*\n.*\n{line}"


def newsboat(folder: Path, articles: int, presses: int, size: Size) -> Times:
    """One session of newsboat, in the same order."""
    row = r"[A-Z][a-z]{2} \d\d"
    found: Times = {}
    with Program(corpus.newsboat(folder), folder, size=size) as program:
        found["start → first row"] = [program.wait("All articles", since_start=True)]
        program.press("down")
        program.type("up")
        found["start → key answered"] = [program.wait("All articles", since_start=True)]
        program.settle(0.5)
        program.type("enter")
        found["list of all articles"] = [program.wait(row)]
        found["down"] = program.presses("down", presses)
        found["page down"] = program.presses("pagedown", max(3, presses // 3))
        found[f"{BURST} keys at once"] = [program.burst("down", BURST)]
        program.settle()
        found["end of the list"] = [program.press("end").last]
        program.press("home")
        for _ in range(max(2, presses // 6)):
            program.settle(0.3)
            program.type("enter")
            found.setdefault("open an article", []).append(program.wait("^Title: "))
            program.settle(0.3)
            program.type("q")
            found.setdefault("back to the list", []).append(program.wait(row))
            program.settle()
            program.press("down")
        program.type("q")
        program.settle()
        program.type("/")
        program.settle()
        program.type(*WORD, "enter")
        found["search a word"] = [program.wait("Search result")]
        found["memory while browsing"] = found["peak memory"] = [program.memory()]
    found["database"] = [(folder / "cache.db").stat().st_size / 1e6]
    return found


def session(name: str, folder: Path, articles: int, options: argparse.Namespace) -> Times:
    """One session of the program of that name."""
    if refresh.is_ours(name):
        return tuireader(folder, articles, options.presses, options.size, name)
    return newsboat(folder, articles, options.presses, options.size)


def commands(folder: Path, runs: int, name: str) -> Times:
    """Milliseconds of CPU time of our commands."""
    with closing(sqlite3.connect(folder / "news.db")) as store, store:
        now = int(time.time())
        store.execute("UPDATE feed SET last_try = ?1, last_success = ?1, next_try = ?1 + 86400", (now,))
    found: Times = {}
    for _ in range(runs + 1):
        for words in COMMANDS:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [*_command(folder, name), *words.split()]
            environment = os.environ | {"HOME": str(folder)}
            subprocess.run(command, check=True, env=environment, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found.setdefault(f"CPU of {words}", []).append(taken * 1000)
    return {what: [min(times[1:])] for what, times in found.items()}  # the first run fills caches


def prepare(name: str, folder: Path, articles: int, feeds: int) -> None:
    """Make the database of a program, unless it is there from the last time."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    if name in (OURS, OPEN):
        corpus.fill(folder, articles, feeds)
        if name == OPEN:
            watched = " OR ".join(f"watch:{watch}" for watch in corpus.WATCHES)
            subprocess.run([*_command(folder), "match", "open", watched], check=True)
    elif refresh.is_ours(name):
        python = refresh.interpreter(name)
        place = subprocess.check_output(
            [python, "-c", "import tuireader; print(tuireader.__file__)"], text=True
        )
        script = (
            "import sys, pathlib, corpus; corpus.fill(pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:]))"
        )
        benchmarks = Path(place).parents[2] / "benchmarks"
        arguments = [str(folder.absolute()), str(articles), str(feeds)]
        subprocess.run([python, "-c", script, *arguments], cwd=benchmarks, check=True)
    else:
        corpus.fill_newsboat(folder, articles, feeds, analyzed=name == "newsboat")


def _set_look(config: Path, keys: Mapping[str, str]) -> None:
    """Add keys of `[ui]`; the first frame of a start is only valid for a file of the same age."""
    with config.open("a", encoding="utf-8") as file:
        file.write("\n[ui]\n" + "".join(f'{key} = "{value}"\n' for key, value in keys.items()))
    os.utime(config, (0, 0))


def _kept(keep: Path, name: str, articles: int, feeds: int) -> Path:
    return keep / f"{name.replace('/', '-')}-{articles}{f'-{feeds}' if feeds != FEEDS else ''}"


def compare(names: Sequence[str], articles: int, options: argparse.Namespace, keep: Path) -> None:
    """Run the sessions in turn, each on a fresh copy, and print a table."""
    found: dict[str, Times] = {name: {} for name in names}
    for name in names:
        prepare(name, _kept(keep, name, articles, options.feeds), articles, options.feeds)
    with tempfile.TemporaryDirectory(prefix="ui.") as place:
        if "commands" in options.scenarios:
            for name in filter(refresh.is_ours, names):
                work = Path(place, "commands")
                shutil.copytree(_kept(keep, name, articles, options.feeds), work)
                found[name] = commands(work, options.runs, name)
                shutil.rmtree(work)
        for number in range(options.runs if "reader" in options.scenarios else 0):
            for name in names:
                work = Path(place, name.replace("/", "-"))
                shutil.copytree(_kept(keep, name, articles, options.feeds), work, dirs_exist_ok=True)
                look = {"layout": options.layout, "density": options.density}
                if refresh.is_ours(name) and any(look.values()):
                    _set_look(work / "config.toml", {key: value for key, value in look.items() if value})
                if refresh.is_ours(name) and not number:
                    warm_up(work, name, options.size)
                for what, times in session(name, work, articles, options).items():
                    found[name].setdefault(what, []).extend(times)
                for left in (*work.glob("*.db*"), *work.glob("*.lock")):
                    left.unlink(missing_ok=True)
    print(
        f"\n{f'{articles} articles, {options.runs} runs':<28}"
        + "".join(f"{name[-19:]:>20}" for name in names)
    )
    for what in found["tuireader"]:
        cells = [_cell(found[name].get(what, []), options.runs) for name in names]
        print(f"{what:<28}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


def _cell(values: Sequence[float], runs: int) -> str:
    if not values:
        return "–"
    worst = f" [{percentile(values, 0.95):.1f}]" if len(values) > runs else ""
    return f"{median(values):.1f}{worst}"


def _size(text: str) -> Size:
    columns, _, lines = text.partition("x")
    return int(columns), int(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and print a table for each number of articles."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--feeds", type=int, default=FEEDS)
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=SCENARIOS)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--presses", type=int, default=60, help="of a key, where it is pressed many times")
    parser.add_argument(
        "--peers",
        nargs="*",
        default=["newsboat"],
        help="newsboat newsboat-plain tuireader@PYTHON tuireader-open",
    )
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--density", help="of the list: auto, compact or cosy")
    parser.add_argument("--refreshing", type=int, default=1000, help="feeds; 0 leaves that out")
    parser.add_argument("--size", type=_size, default=(120, 40), help="of the terminal, such as 200x50")
    parser.add_argument("--layout", choices=["auto", "stacked", "columns"], help="ui.layout of our program")
    options = parser.parse_args(arguments)
    for peer in options.peers:
        refresh.require(peer)
    for articles in options.articles:
        if options.keep:
            compare(["tuireader", *options.peers], articles, options, options.keep)
            continue
        with tempfile.TemporaryDirectory(prefix="ui.") as folder:
            compare(["tuireader", *options.peers], articles, options, Path(folder))
    if options.refreshing and "reader" in options.scenarios:
        keys = keys_during_refresh(options.refreshing, 10 * options.presses)
        print(f"\nkey during a refresh of {options.refreshing:<4} {_cell(keys, 1):>20}", flush=True)


if __name__ == "__main__":
    main()
