"""Right-to-left text with `ui.bidi`: rows, sidebar and articles are reordered, what is copied is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.builders import fill
from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.shelf import NOW
from tuireader.model import ParsedEntry
from tuireader.text import cell_len
from tuireader.ui.drawing.line_filters import VisualOrder
from tuireader.ui.flows.settings import apply_config

TITLE = "شركة Apple تعلن عن 25 منتجا"
SHOWN = "اجتنم 25 نع نلعت Apple ةكرش"
HTML = (
    "<p>أعلنت شركة Apple اليوم عن 25 منتجا جديدا (منها هاتف)، وقالت إن الأسعار تبدأ من 1,299 دولارا.</p>"
    "<ul><li>هاتف جديد</li></ul><p>Plain and שלום.</p>"
)
BIDI = '[ui]\nbidi = true\ndensity = "compact"\n'
GROUND = Color(0, 0, 0)


async def with_article(run: Running) -> None:
    made = ParsedEntry(
        guid="r", title=TITLE, content_html=HTML, url="https://x.example/1", published=NOW - 60
    )
    await fill(run.library, 1, made, now=NOW)
    await run.main.controllers.reload()
    await run.settle()


@pytest.mark.parametrize("width", [80, 120])
async def test_rows_and_paragraphs_are_reordered_and_paragraphs_stand_at_the_right(
    tmp_path: Path, width: int
) -> None:
    async with opened(tmp_path, more=BIDI) as library, running(library, (width, 40)) as run:
        await with_article(run)
        await run.at(TITLE)
        row = next(line for line in run.text.splitlines() if SHOWN[:12] in line)
        assert row.index("14:12") < row.index(SHOWN) < row.index("This demo")
        await run.press("enter")
        lines = [line for line in run.text.splitlines() if line.endswith((" ةكرش", "•", "أ"))]
        right = {cell_len(line) for line in lines}
        assert any(line.endswith("ديدج فتاه •") for line in lines) and len(right) == 1, lines
        assert "Plain and םולש." in run.text
        await run.press("y")
        assert run.app.clipboard == "https://x.example/1"
        pane = run.main.panes.article
        pane.text_select_all()
        await run.settle()
        assert TITLE in (run.app.screen.get_selected_text() or "")
        await run.press("escape", "T")
        assert SHOWN in run.text


async def test_it_is_left_to_the_terminal_by_default_and_switched_while_running(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (120, 40)) as run:
        await with_article(run)
        await run.at(TITLE)
        await run.press("enter")
        assert TITLE in run.text and SHOWN not in run.text
        config = library.paths.config
        plain = config.read_text(encoding="utf-8")
        config.write_text(plain + BIDI, encoding="utf-8")
        await run.flow(apply_config)
        assert SHOWN in run.text and TITLE not in run.text
        assert any(line.endswith(SHOWN) for line in run.text.splitlines())
        config.write_text(plain, encoding="utf-8")
        await run.flow(apply_config)
        assert TITLE in run.text and SHOWN not in run.text


async def test_without_the_package_the_reader_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuireader.text.bidi.is_available", lambda: False)
    async with opened(tmp_path, more=BIDI) as library, running(library) as run:
        assert "ui.bidi needs a package: pip install 'tuireader[bidi]'" in run.toasts
        await with_article(run)
        await run.at(TITLE)
        assert TITLE in run.text


def test_characters_keep_their_styles_and_signs_and_counts_their_places() -> None:
    red, bold = Style(color="red"), Style(bold=True)
    line = [
        Segment("◆W", red),
        Segment(" שלום "),
        Segment("abc", bold),
        Segment(" דגה"),
        Segment(" 14 ", red),
    ]
    shown = VisualOrder().apply(line, GROUND)
    assert "".join(segment.text for segment in shown) == "◆W הגד abc םולש 14 "
    assert [segment.text for segment in shown if segment.style == bold] == ["abc"]
    assert [segment.text for segment in shown if segment.style == red] == ["◆W", " 14 "]
    latin = [Segment("abc 14")]
    assert VisualOrder().apply(latin, GROUND) is latin
