"""What the worker process does, and that nothing that goes wrong in it goes wrong outside of it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from tests.workers import forked_workers as forked_workers
from tuireader.document import parse
from tuireader.pages.readability import article
from tuireader.subprocesses.highlighting import colours
from tuireader.subprocesses.images import picture
from tuireader.subprocesses.jobs import Failed, answer
from tuireader.subprocesses.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("forked_workers")

TEXT = "".join(
    f"<p>Paragraph {n} tells of the harbour: the council has voted for the new ferry line, which is to run "
    "from spring, and says that fares stay as they are.</p>"
    for n in range(6)
)
NAV = "<nav>" + "".join(f'<a href="/{n}">NOISE {n}</a> ' for n in range(12)) + "</nav>"
SIDE = "<aside class=sidebar><h3>NOISE Most read</h3>" + "<p>NOISE other story</p>" * 8 + "</aside>"
FOOT = "<footer><p>NOISE All rights reserved.</p></footer>"


def page(body: str) -> str:
    return f"<!doctype html><html><head><title>Ferry line - The Quay</title></head><body>{body}</body></html>"


PICTURE = "<figure><img src=/a.jpg alt=Ferry><figcaption>KEEP1 The quay.</figcaption></figure>"
QUOTE = "<blockquote><p>KEEP4 Nobody will be left, said the mayor.</p></blockquote>"
COMMENTS = "<section class=comments><p>NOISE I do not agree, and this is why.</p></section>"
CODE = "<pre><code class=language-python>def KEEP1():\n    pass\n</code></pre>"
TABLE = "<table><tr><th>KEEP2</th><th>ms</th></tr><tr><td>KEEP3</td><td>12</td></tr></table>"
ADS = "<div class='ad-slot advert'><p>NOISE Buy a boat now, the best boats in town.</p></div>"
LETTER = "<div class=newsletter-signup><p>NOISE Subscribe to our letter.</p></div>"
LONG = "<p>KEEP1 The end of it, the council says, and adds nothing to that.</p>"
NOTES = "<ol class=footnotes><li id=fn1>KEEP1 The proof.</li></ol>"
CLAIM = "<p>A claim<sup><a href='#fn1'>1</a></sup> that is proven below, as is good custom.</p>"
VIDEO = "<iframe src='https://www.youtube.com/embed/abcdefghijk' title=KEEP1></iframe>"
BLOG = f"{NAV}<div class=post>{TEXT}{CODE}{TEXT}{TABLE}<p>See <a href='/o'>KEEP4</a> too.</p></div>{FOOT}"
LINE = "<div>KEEP1 The council has voted for the new line, it says.</div>"
LINKS = "<ul>" + "".join(f"<li><a href=/{n}>NOISE another story</a></li>" for n in range(6)) + "</ul>"
SHAPES = {
    "news": (
        f"{NAV}<main><article><h1>Ferry line</h1>{PICTURE}{TEXT}<h2>KEEP2</h2><ul><li>KEEP3</li></ul>{QUOTE}"
        f"</article></main>{SIDE}{COMMENTS}{FOOT}",
        4,
    ),
    "blog": (BLOG, 4),
    "divs": (f"<div>{NAV}</div><div><div>{LINE * 8}</div>{SIDE}</div>{FOOT}", 1),
    "short": (f"{NAV}<main><article><p>KEEP1 The port is closed.</p></article></main>{SIDE}{FOOT}", 1),
    "ads": (f"<article>{TEXT}{ADS}{TEXT}{LETTER}{LINKS}{LONG}</article>{FOOT}", 1),
    "tables": (f"<table><tr><td>{NAV}</td><td>{TEXT}<p>KEEP1 The old ways remain.</p></td></tr></table>", 1),
    "notes": (f"<article>{TEXT}{CLAIM}{NOTES}</article>", 1),
    "video": (f"<article>{TEXT}{VIDEO}{TEXT}</article>", 1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_article_is_found_and_nothing_else(shape: str) -> None:
    body, keep = SHAPES[shape]
    found = article(page(body), "https://quay.example/x", "Ferry line")
    assert [n for n in range(1, keep + 1) if f"KEEP{n}" not in found] == []
    assert "NOISE" not in found and "Ferry line</h1>" not in found


def test_what_the_document_makes_of_it() -> None:
    document = parse(article(page(BLOG), "https://quay.example/x", ""), "https://quay.example/x")
    code = next(block for block in document.blocks if block.kind == "code")
    assert (code.text, code.language) == ("def KEEP1():\n    pass", "python")
    assert document.links[-1].url == "https://quay.example/o"


@pytest.mark.parametrize("text", ["", "<p>", "<html></html>", "<div>" * 1000, "<script>x</script>", "<!-- x"])
def test_a_page_without_text(text: str) -> None:
    with pytest.raises(Failed, match="no text"):
        article(text, "", "")


def test_a_declared_page_is_read() -> None:
    head = "<?xml version='1.0' encoding='utf-8'?>"
    assert "hello there" in article(f"{head}<html><body><p>hello there</p></body></html>", "", "")


def test_the_words_of_a_program() -> None:
    code = 'def fare(zone):  # in crowns\n    return "x" * 14\n'
    kinds = {code[start:end]: kind for start, end, kind in colours(code, "python")}
    assert kinds["def"] == "keyword" == kinds["return"] and kinds["14"] == "number"
    assert kinds["# in crowns"] == "comment" and kinds['"x"'] == "string" and kinds["fare"] == "name"
    with pytest.raises(Failed):
        colours("x", "no such language")
    with pytest.raises(Failed):
        colours("x" * 60_001, "python")


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pictures_of_all_kinds(form: str) -> None:
    data = saved(Image.new("RGB", (300, 200), (200, 30, 30)), form)
    width, height, rgb = picture(data, 30, 30, (0, 0, 0))
    assert (width, height, len(rgb)) == (30, 20, 1800)
    assert all(abs(found - wanted) < 8 for found, wanted in zip(rgb[:3], (200, 30, 30), strict=True))


def test_what_is_transparent_shows_the_ground() -> None:
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert picture(saved(clear, "PNG"), 2, 2, (9, 8, 7))[2] == bytes((9, 8, 7)) * 4
    palette = Image.new("P", (4, 4), 0)
    assert picture(saved(palette, "GIF", transparency=0), 2, 2, (9, 8, 7))[2] == bytes((9, 8, 7)) * 4


def test_what_is_damaged_is_told_in_words() -> None:
    """No name of a library's error is shown."""
    file = io.BytesIO()
    Image.effect_noise((300, 300), 50).save(file, "PNG")
    cut = answer(("picture", (file.getvalue()[:9_000], 40, 40, (0, 0, 0)), 5.0))
    assert cut == (False, "it is damaged and cannot be read")


def test_a_picture_is_turned_as_its_camera_says() -> None:
    image = Image.new("RGB", (40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    width, height, _ = picture(saved(image, "JPEG", exif=exif), 10, 10, (0, 0, 0))
    assert (width, height) == (5, 10)


@asynccontextmanager
async def started(**options: float) -> AsyncIterator[tuple[Sandbox, asyncio.subprocess.Process]]:
    """A sandbox whose process has done a job, and that process; afterwards it still does one."""
    sandbox = Sandbox(**options)
    try:
        await colour(sandbox)
        assert sandbox.worker.process is not None
        yield sandbox, sandbox.worker.process
        assert await colour(sandbox)
    finally:
        async with asyncio.timeout(10):
            await sandbox.aclose()


async def colour(sandbox: Sandbox, code: str = "x = 1") -> object:
    return await sandbox.run("colours", code, "python", deadline=20)


async def test_jobs_are_done_in_turn_by_one_process() -> None:
    async with started() as (sandbox, process):
        assert len(await asyncio.gather(*(colour(sandbox, f"x = {n}") for n in range(5)))) == 5
        with pytest.raises(Failed, match="no text"):
            await sandbox.run("article", "", "", "", deadline=20)
        await colour(sandbox)
        assert sandbox.worker.process is process  # a refusal is an answer


async def test_a_job_that_overruns_is_killed_and_the_next_one_done() -> None:
    async with started() as (sandbox, process):
        with pytest.raises(Failed, match=r"takes longer than 0\.001 seconds"):
            await sandbox.run("article", page(TEXT * 2000), "", "", deadline=0.001)
        assert process.returncode is not None


@pytest.mark.parametrize("unread", [1, 100_000])
async def test_a_job_that_is_given_up_while_its_answer_comes(unread: int) -> None:
    noise = saved(Image.effect_noise((600, 600), 80).convert("RGB"), "PNG")
    async with started() as (sandbox, process):
        job = asyncio.create_task(sandbox.run("picture", noise, 600, 600, (0, 0, 0), deadline=20))
        while len(process.stdout._buffer) < unread:  # type: ignore[union-attr]
            await asyncio.sleep(0)
        job.cancel()
        async with asyncio.timeout(10):
            await asyncio.gather(job, return_exceptions=True)
        assert job.cancelled() and process.returncode is not None


async def test_a_process_that_dies_is_told_and_started_again() -> None:
    async with started() as (sandbox, process):
        process.kill()
        with pytest.raises(Failed, match="damaged or too large"):
            await colour(sandbox)


async def test_a_process_without_jobs_ends_and_the_next_job_starts_another() -> None:
    async with started(idle=0.1) as (sandbox, process):
        async with asyncio.timeout(10):
            await process.wait()
        assert await colour(sandbox)
        assert sandbox.worker.process is not process


async def test_a_job_in_progress_is_never_idle() -> None:
    async with started(idle=0.05) as (sandbox, _):
        jobs = [sandbox.run("article", page(TEXT * 50), "", "", deadline=20) for _ in range(5)]
        assert len(set(await asyncio.gather(*jobs))) == 1
