"""The documentation is true: generated pages are as the code says, examples run, links lead somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docs import generate, screenshots

from tests.cli.news import home_with_news
from tests.cli.test_examples import typed
from tuireader import query
from tuireader.cli import main, manual
from tuireader.commands import COMMANDS
from tuireader.config import loads

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
EVERY = [*PAGES, *ROOT.glob("*.md"), ROOT / "benchmarks/README.md"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --------------------------------------------------------------------------- made from the code


@pytest.mark.parametrize("file", [file for file in generate.PAGES if file != "licences.md"])
def test_generated_pages_are_up_to_date(file: str) -> None:
    written = (DOCS / file).read_text(encoding="utf-8")
    assert written == generate.PAGES[file](), "python docs/generate.py writes it anew"


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="other Pythons need other packages")
def test_licences_are_those_of_the_locked_packages() -> None:
    locked = dict(
        re.findall(r"^([\w.-]+)==(\S+) ", (ROOT / "requirements-test.txt").read_text("utf-8"), re.M)
    )
    made = generate.licences()
    names = re.findall(r"^\| ([\w.-]+) \| .* \|$", made, re.MULTILINE)[2:]
    if any(metadata.version(one) != locked.get(one) for one in names if one in locked):
        pytest.skip("other versions are installed than those of the lock")
    assert (DOCS / "licences.md").read_text(encoding="utf-8") == made
    assert "not stated" not in made and "| textual | MIT License |" in made


def test_every_command_and_key_is_in_its_page() -> None:
    keys = (DOCS / "keys.md").read_text(encoding="utf-8")
    assert all(f"`{one.id}`" in keys for one in COMMANDS)
    commands = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert all(f"## {page.name}\n" in commands for page in manual.pages(main))


# --------------------------------------------------------------------------- examples that run


def fenced(path: Path, language: str) -> Iterator[str]:
    """The fenced blocks of a language."""
    for match in re.finditer(rf"^```{language}\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S):
        yield match[1]


def steps(path: Path) -> Iterator[tuple[str, str]]:
    """The commands of a page in their order, each with what the page says it prints."""
    text = path.read_text(encoding="utf-8")
    for match in re.finditer(r"^<!-- before: (.*?) -->$|^```console\n(.*?)^```$", text, re.M | re.S):
        if match[1]:
            yield match[1], "…"
            continue
        for part in re.split(r"^\$ ", match[2], flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


def pattern(printed: str) -> str:
    """What is printed as a regular expression, where … stands for anything."""
    return ".*".join(re.escape(part) for part in printed.split("…"))


RUNNING = [path for path in EVERY if "```console\n" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", RUNNING, ids=name)
def test_what_is_typed_prints_what_is_shown(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    with home_with_news(tmp_path, capsys) as (home, web):
        for command, printed in steps(path):
            told = typed(command, home, web, folder, capsys)
            text = told.out + told.err
            assert "Traceback" not in text and "command not found" not in text, text
            assert re.fullmatch(pattern(printed), text, re.DOTALL), f"{command}\n{text}"


def test_enough_pages_run_something() -> None:
    wanted = {"getting-started", "watchlists", "expressions", "automation", "migration"}
    assert {path.stem for path in RUNNING} >= wanted
    assert sum(len(list(steps(path))) for path in RUNNING) > 30


@pytest.mark.parametrize("path", [path for path in EVERY if list(fenced(path, "toml"))], ids=name)
def test_configurations_are_sound(path: Path) -> None:
    for block in fenced(path, "toml"):
        assert tomllib.loads(block)
        _, problems = loads(block)
        assert [str(one) for one in problems] == []


def test_expressions_are_understood_and_find_what_is_meant() -> None:
    text = (DOCS / "expressions.md").read_text(encoding="utf-8")
    told = [code.replace(r"\|", "|") for code in re.findall(r"^\| `(.*?)` \|", text, re.MULTILINE)]
    assert len(told) > 20
    for expression in told:
        parsed = query.parse(expression, likes=True)
        assert isinstance(parsed, query.Query), expression
        field, leaves = expression.partition(":")[0], list(query.leaves(parsed.root))
        if field in query.FIELDS and len(leaves) == 1:
            assert getattr(leaves[0], "field", field) == field
    assert query.FIELDS.keys() == {field for one in told for field in re.findall(r"(\w+):", one)}
    assert all(f"`is:{state}`" in text for state in query.STATES)


# --------------------------------------------------------------------------- links


def anchor(heading: str) -> str:
    """What a heading is called in an address."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
        if re.match(r"https?:|mailto:", target):
            continue
        file, _, part = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        assert other.exists(), f"{target}: there is no such file"
        if part:
            headings = re.findall(r"^#+ (.*)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in {anchor(heading) for heading in headings}, f"{target}: there is no such heading"


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_files_that_are_named_exist(path: Path) -> None:
    named = re.findall(r"`(\w+/[\w/.-]+\.py)`", path.read_text(encoding="utf-8"))
    roots = (ROOT, ROOT / "src/tuireader")
    assert not [file for file in named if not any((root / file).exists() for root in roots)]


def test_all_pages_are_rendered_and_can_be_reached() -> None:
    nav = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    listed = set(re.findall(r'= "([\w/-]+\.md)"', nav))
    assert listed == {str(path.relative_to(DOCS)) for path in PAGES}
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert all(f"]({file})" in index for file in listed - {"index.md"})


@pytest.mark.skipif(shutil.which("zensical") is None, reason="the documentation's extra is not installed")
def test_the_pages_render_without_a_warning(tmp_path: Path) -> None:
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    done = subprocess.run(["zensical", "build", "--strict"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --------------------------------------------------------------------------- pictures


def test_each_picture_is_taken_and_shown() -> None:
    there = {file.stem for file in (DOCS / "images").iterdir()}
    assert there == {picture.name for picture in screenshots.PICTURES}
    pages = "".join(path.read_text(encoding="utf-8") for path in EVERY)
    assert there == set(re.findall(r"!\[[^\]]+\]\([\w/]*images/([\w-]+)\.svg\)", pages))


def test_the_moving_picture_is_small_and_has_every_step() -> None:
    text = (DOCS / "images/tour.svg").read_text(encoding="utf-8")
    drawing = ElementTree.fromstring(text)
    frames = [group for group in drawing.iter() if group.get("class") == "frame"]
    assert len(frames) == len(screenshots.TOUR.steps) and len(text.encode()) < 500_000
    lines = {group.get("id"): "".join(group.itertext()).replace("\xa0", " ") for group in drawing.iter()}
    shown = ["".join(lines[use.attrib["href"][1:]] for use in frame) for frame in frames]
    for step, screen in zip(screenshots.TOUR.steps, shown, strict=True):
        assert step.caption in screen
    assert "WeChat suspends" in shown[0] and "also in Chinese" in shown[7]
    assert "5 reports · 4 sources" in shown[-1]
    assert len(set(shown)) == len(frames)
    assert "@font-face" not in text and re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


def test_every_screen_is_taken_in_all_sizes_and_shades() -> None:
    names = [picture.name for picture in screenshots.every_screen()]
    assert len(set(names)) == len(names) == 66 and "story-80x24-light" in names
    assert [name for name in names if name.endswith("-light-256")] == [
        f"{name}-120x40-light-256" for name in ("list", "article", "settings")
    ]
