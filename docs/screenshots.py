"""Pictures of the demo: `python docs/screenshots.py` writes docs/images/*.svg, which the pages show.

`FOLDER NAME …` writes some of them elsewhere, `--all FOLDER` every screen in three sizes, dark and light, and
the first few in 256 colours too.
The same program draws the same pictures, to the byte.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot

from tuireader import demo
from tuireader.config import Paths, loads
from tuireader.config.ui_keys import Themes
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.ui.app import TuireaderApp
from tuireader.ui.screens.main import MainScreen

FOLDER = Path(__file__).parent / "images"
NOW = 1_795_530_000  # a Tuesday afternoon; a fixed time makes the same pictures every time
LARGE, WIDE, SMALL = (200, 50), (120, 40), (80, 24)


@dataclass(frozen=True)
class Step:
    """A frame of a moving picture: the key before it, its caption, and how long it stays."""

    key: str
    caption: str
    seconds: float


@dataclass(frozen=True)
class Picture:
    """A file, the size of the terminal, and the keys that lead to what it shows."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    article: str = ""  # how the title of the article begins that is opened first
    theme: str = "tuireader-dark"
    colors: str = "truecolor"  # what the terminal calls its colours; empty for 256
    welcome: bool = False
    steps: tuple[Step, ...] = ()  # makes it a moving picture


WECHAT = "WeChat suspends"
SCREENS = (
    Picture("list", WIDE),
    Picture("article", WIDE, ("right_square_bracket",), article=WECHAT),
    Picture("story", WIDE, ("T",), article=WECHAT),
    Picture("settings", WIDE, ("equals_sign",)),
    Picture("statistics", WIDE, (*"nnnnnnnn", "percent_sign")),
    Picture("watches", WIDE, ("w",)),
    Picture("health", WIDE, ("H",)),
    Picture("help", WIDE, ("question_mark",)),
    Picture("palette", WIDE, ("colon",)),
    Picture("welcome", WIDE, welcome=True),
)
FEW_COLORS = ("list", "article", "settings")
TOUR = Picture(
    "tour",
    (120, 34),
    steps=(
        Step("", "tuireader --demo", 2),
        *[Step("j", "j  next line", 0.3)] * 6,  # to the article about WeChat
        Step("enter", "enter  open the article", 4),
        Step("right_square_bracket", "]  next match", 1.2),
        Step("right_square_bracket", "]  next match", 1.2),
        Step("right_square_bracket", "]  next match", 2.5),
        Step("e", "e  related articles", 4),
        Step("T", "T  the whole story", 5),
    ),
)
PICTURES = (
    *SCREENS[:5],
    Picture("columns", LARGE, ("right_square_bracket",), article=WECHAT),
    Picture("related", WIDE, ("e",), article=WECHAT),
    Picture("light", WIDE, theme="tuireader-light"),
    Picture("list-80x24", SMALL),
    Picture("article-80x24", SMALL, article=WECHAT),
    TOUR,
)


def every_screen() -> list[Picture]:
    """Every screen in three sizes, dark and light, such as `story-80x24-light`; some in 256 colours."""
    return [
        dataclasses.replace(
            screen, name=f"{screen.name}-{size[0]}x{size[1]}-{shade}{'' if colors else '-256'}", size=size,
            theme=f"tuireader-{shade}", colors=colors,
        )
        for screen in SCREENS
        for size in (SMALL, WIDE, LARGE)
        for shade in ("dark", "light")
        for colors in (("truecolor", "") if screen.name in FEW_COLORS and size == WIDE else ("truecolor",))
    ]  # fmt: skip


async def take(picture: Picture, library: Library, folder: Path) -> None:
    """Run the app headless, press the keys, write the file."""
    os.environ |= {"COLORTERM": picture.colors, "TERM": "xterm-256color"}
    app = TuireaderApp(library, first_run=picture.welcome, clock=lambda: NOW)
    app.animation_level = "none"  # as in a terminal
    async with app.run_test(size=picture.size, notifications=True) as pilot:

        async def settle() -> None:
            for _ in range(3):
                await pilot.pause()
                await app.workers.wait_for_complete()

        async def draw(title: str) -> str:
            svg, before = app.export_screenshot(title=title), ""
            while svg != before:  # on a busy machine the last step may be under way
                await settle()
                svg, before = app.export_screenshot(title=title), svg
            return offline(svg)

        await settle()
        main = app.screen_stack[0]
        assert isinstance(main, MainScreen)
        await main.controllers.previews.catch_up()  # beside the list, an article is shown after a rest
        if picture.article:
            await open_in_list(main, pilot, settle, picture.article)
        await pilot.press(*picture.keys)
        if picture.steps:
            frames = []
            for step in picture.steps:
                await pilot.press(*filter(None, [step.key]))
                frames.append((await draw(step.caption), step.seconds))
            svg = moving(frames)
        else:
            svg = await draw("tuireader")
    file = folder / f"{picture.name}.svg"
    file.write_text(svg, encoding="utf-8")
    print(file)


async def open_in_list(
    main: MainScreen, pilot: Pilot[int], settle: Callable[[], Awaitable[None]], title: str
) -> None:
    """Open an article from its line, which has the cursor then; its story is unfolded if need be."""
    library = main.library
    found = await library.lists.rows(await library.lists.ids(View(ViewKind.ALL)))
    row = next(row for row in found if row.title.startswith(title))
    if row.id not in main.articles.ids:
        listed = await library.lists.rows(main.articles.ids)
        main.articles.select_id(next(one.id for one in listed if one.fold == row.fold))
        await pilot.press("f")
        await settle()
    main.articles.select_id(row.id)
    await settle()
    await pilot.press("enter")
    await settle()


# --------------------------------------------------------------------------- SVG


def offline(svg: str) -> str:
    """The picture without fonts from the network, with spaces kept, and Chinese at its full width."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)
    svg = re.sub(r"\bterminal-\d+-", "", svg)  # a number that also depends on what cannot be seen
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return re.sub(
        r'textLength="[^"]*"([^>]*>)(.*?)</text>',
        lambda text: f'textLength="{cell_len(unescape(text[2])) * 12.2:.1f}"{text[1]}{text[2]}</text>',
        svg,
        flags=re.S,
    )


def moving(frames: Sequence[tuple[str, float]]) -> str:
    """One SVG that shows frames in turn, each for its seconds, for ever.

    A line that several frames share is stored once. Where motion is reduced or CSS is not animated, the first
    frame stands still.
    """
    styles: dict[str, str] = {}  # class by style
    lines: dict[str, str] = {}  # id by content
    total = sum(seconds for _, seconds in frames)
    groups, rules, start = [], [], 0.0
    for number, (svg, seconds) in enumerate(frames):
        uses = [f'<use href="#{lines.setdefault(line, f"l{len(lines)}")}"/>' for line in _lines(svg, styles)]
        groups.append(f'<g class="frame" id="f{number}">{"".join(uses)}</g>')
        begin, end = (f"{100 * when / total:.3f}%" for when in (start, start + seconds))
        before = "0%{visibility:hidden}" if number else ""
        rules.append(
            f"@keyframes f{number}{{{before}{begin}{{visibility:visible}}{end}{{visibility:hidden}}}}"
            f"#f{number}{{animation-name:f{number}}}"
        )
        start += seconds
    first = frames[0][0]
    box = re.search(r'viewBox="[^"]*"', first)
    frame = re.search(r'<rect fill="#292929".*?/>', first)
    buttons = re.search(r'<g transform="translate\(26,22\)">.*?</g>', first, re.S)
    assert box and frame and buttons
    return "\n".join(
        [
            f'<svg xml:space="preserve" {box[0]} xmlns="http://www.w3.org/2000/svg"><style>',
            "text{font:20px Fira Code,monospace}",
            "text.title{fill:#c5c8c6;font:bold 18px arial,sans-serif;text-anchor:middle}",
            *(f".{name}{{{style}}}" for style, name in styles.items()),
            f".frame{{visibility:hidden;animation:{total:g}s step-end infinite}}",
            *rules,
            "#f0{visibility:visible}",
            "@media(prefers-reduced-motion:reduce){.frame{animation:none}}",
            "</style><defs>",
            *(f'<g id="{name}">{content}</g>' for content, name in lines.items()),
            "</defs>",
            frame[0],
            buttons[0],
            *groups,
            "</svg>\n",
        ]
    )


def _lines(svg: str, styles: dict[str, str]) -> list[str]:
    """Draw each line of a screen by itself, its caption first; styles that are new are added."""
    names = {
        name: styles.setdefault(style.strip(), f"s{len(styles)}")
        for name, style in re.findall(r"\.(r\d+) \{(.*?)\}", svg)
    }
    title = re.search(r'<text class="title".*?(x="\d+" y="\d+">.*?</text>)', svg)
    assert title
    lines: dict[float, str] = {}
    for rect, top in re.findall(r'(<rect fill="[^"]*" x="[^"]*" y="([^"]*)" [^>]*crispEdges"/>)', svg):
        lines[float(top)] = lines.get(float(top), "") + rect
    for name, place, base, text in re.findall(
        r'<text class="(r\d+)" (x="[^"]*" y="([^"]*)" textLength="[^"]*")[^>]*>(.*?)</text>',
        svg,
        re.S,
    ):
        top = round(float(base) - 18.5, 1)
        if text.strip():
            lines[top] = lines.get(top, "") + f'<text class="{names[name]}" {place}>{text}</text>'
    shifted = [f'<g transform="translate(9,41)">{line}</g>' for line in lines.values()]
    return [f'<text class="title" {title[1]}', *shifted]


# --------------------------------------------------------------------------- the demo


async def take_all(target: Path, names: Sequence[str], pictures: Sequence[Picture] | None = None) -> None:
    """Take the pictures of these names, or every one, each on a fresh demo."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["HOME"] = place  # the welcome lists files of the user
        async with _opened(folder) as library:
            await library.load_demo()
        made = (folder / "demo.db").read_bytes()
        for picture in (one for one in pictures or PICTURES if not names or one.name in names):
            (folder / "demo.db").write_bytes(made)
            async with _opened(folder, picture.theme) as library:
                await take(picture, library, target)


@asynccontextmanager
async def _opened(folder: Path, theme: str = "tuireader-dark") -> AsyncIterator[Library]:
    config, _ = loads(demo.config_text(), "demo")
    config = replace(config, ui=replace(config.ui, theme=Themes(dark=theme)))
    paths = Paths(folder / "config.toml", folder / "demo.db", folder, folder)
    library = await Library.open(config, paths, offline=True, clock=lambda: NOW)
    try:
        yield library
    finally:
        await library.close()


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="every screen in many sizes and colours")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("names", nargs="*", help="pictures to take; by default all")
    options = parser.parse_args()
    if options.all and options.folder == FOLDER:
        parser.error("--all needs a folder")
    options.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all(options.folder, options.names, every_screen() if options.all else None))
