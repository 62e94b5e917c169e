"""A page watched for changes, with the keys of a reader: refreshed, read, compared, told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import refreshed
from tests.ui.running import running
from tests.ui.shelf import configured, refreshes_here
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader.ui.dialogs.versions import Versions

PAGE = "<title>渡轮 Pier 4</title><nav>{0}</nav><main><h1>Notices</h1><p>{0}</p><p>Bring a coat.</p></main>"
BEFORE = "The last ferry leaves at 22:40."
AFTER = "The last ferry leaves at 23:10. A quokka may travel for free. Dogs pay half."
TEXT = """
[[feeds]]
url = "{url}"
kind = "page"
select = "main"
[[watch]]
name = "Quokka"
any = ["quokka"]
notify = "article"
[fetch]
refresh_on_start = false
[notify]
desktop = false
command = ["sh", "-c", "(cat; echo) >> '{told}'"]
"""


@pytest.mark.usefixtures("forked_workers")
async def test_a_change_is_an_article_with_the_difference_told_once(web: Web, tmp_path: Path) -> None:
    url, told = web.url + "/pier", tmp_path / "told.jsonl"

    def serve(news: str) -> None:
        web.serve("/pier", PAGE.format(news), headers={"Content-Type": "text/html; charset=utf-8"})

    serve(BEFORE)
    async with configured(tmp_path, TEXT.format(url=url, told=told)) as library:
        await refreshed(library)
        async with running(library, (100, 40)) as run:
            refreshes_here(library)
            await run.at("渡轮 Pier 4 is watched for changes from now on")
            serve(AFTER)
            await run.press("R")
            assert "◆ Quokka: 渡轮 Pier 4 changed" in run.toasts
            await run.at("渡轮 Pier 4 changed (+1 −1 lines): The last ferry leaves at 23:10.")
            await run.press("enter")
            page = " ".join(" ".join(run.page_lines).split())
            assert f"− {BEFORE} + {AFTER}" in page and "… Notices" in page
            assert "Bring a coat" not in page  # did not change
            await run.press("D")
            assert isinstance(run.app.screen, Versions)
            edits = " ".join(run.text.replace("│", " ").split())
            assert (
                "The last ferry leaves at [-22:40-] {+23:10. A quokka may travel" in edits
                and "half+}." in edits
            )
            await run.press("escape", "R")  # the page is the same
            assert "Nothing new" in run.toasts
    (message,) = map(json.loads, filter(None, told.read_text(encoding="utf-8").splitlines()))
    (article,) = message["articles"]
    (watch,) = article["watches"]
    assert (watch["name"], watch["sentence"]) == ("Quokka", "A quokka may travel for free.")
