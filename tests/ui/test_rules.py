"""Rules in the reader: a table in their order, a form with a preview, and the article that says who acted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.running import running
from tests.ui.shelf import NOW, arrive, configured, story, written
from tests.ui.test_channels import rows
from tuireader.ui.app import TuireaderApp

CONFIG = """# mine
[fetch]
refresh_on_start = false

[[feeds]]
url = "https://1.example/rss"
title = "The Quay"

[[program]]
name = "archive"
command = ["cat"]

[[watch]]
name = "Ferries"
any = ["ferry"]

[[rule]]
name = "Court decisions"
query = "title:judgment"
then = ["star", "label:law"]

[[rule]]
name = "All to the archive"
watch = "Ferries"
then = ["run:archive", "read"]
"""


async def test_rules_are_listed_previewed_edited_and_removed(tmp_path: Path) -> None:
    async with configured(tmp_path, CONFIG) as library:
        arrive(library, story(1, 1, "A judgment [b]on[/b] a ferry", 1), story(2, 1, "A harbour", 2))
        with written(library) as store:
            taken = [(1, "label:law", "Court decisions"), (1, "star", "Court decisions")]
            store.marks.act(store.rule_actions.record(taken), now=NOW)
            store.watches.match_again("Ferries")
        await library.watches.catch_up()
        async with running(library, (110, 34)) as run:
            await run.press("dollar_sign")
            assert rows(run, "name", "which", "then", "acted") == [
                ["Court decisions", "title:judgment", "label:law, star", "1"],
                ["All to the archive", "on watch Ferries", "read, run:archive", "–"],
            ]
            assert "has acted on 1 article" in run.text
            await run.press("plus")
            assert "Enter an expression, a watch or a feed" in run.text
            await run.submit(query="harbour OR judgment", then="read, channel:nobody")
            assert "name is empty" in run.text
            await run.submit(name="Sponsored")
            assert "names no channel" in run.text and run.written == CONFIG
            assert "Would match 2 articles of the last 30 days" in run.text
            assert "1 on a watch: not read, not muted" in run.text and "A harbour · The Quay" in run.text
            assert "A judgment" not in run.text
            await run.submit(then="mute, label: to read ")
            added = 'name = "Sponsored"\nquery = "harbour OR judgment"\nthen = ["label:to read", "mute"]\n'
            assert run.written == f"{CONFIG}\n[[rule]]\n{added}" and "Rule Sponsored saved" in run.toasts
            await run.press("e")
            await run.submit(query="title:(")
            assert "the bracket is not closed" in run.text
            await run.submit(query="title:ruling")
            assert 'query = "title:ruling"' in run.written
            await run.press("G", "d", "enter")
            assert "Sponsored" not in run.written and "Rule Sponsored removed" in run.toasts
            await run.press("ctrl+z", "ctrl+z", "ctrl+z")
            assert run.written == CONFIG
            await run.press("escape", "enter")
            assert "Rule Court decisions: labelled law, starred" in run.text
            await run.press("ctrl+z")
            assert "Undone: 1 article changed by the rule Court decisions" in run.toasts
            assert "Rule Court decisions" not in run.text


async def test_rules_that_run_programs_are_read_only_in_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TuireaderApp, "is_web", True)
    async with configured(tmp_path, CONFIG) as library, running(library, (110, 34)) as run:
        await run.press("dollar_sign", "j", "e")
        await run.submit(then="run:archive, star")
        assert "programs and written files can be neither named" in run.text and run.written == CONFIG
        await run.submit(then="star")
        assert "programs and written files can be neither named" in run.text
        await run.press("escape", "k", "e")
        await run.submit(then="run:archive")
        assert "programs and written files can be neither named" in run.text and run.written == CONFIG
        await run.submit(then="star")
        assert 'then = ["star"]' in run.written


async def test_the_demo_has_no_rules_that_run(tmp_path: Path) -> None:
    async with configured(tmp_path, "", offline=True) as library, running(library) as run:
        await run.press("dollar_sign")
        assert "No rules yet. + adds one" in run.text and "demo: nothing arrives" in run.text
        await run.press("plus")
        await run.submit(name="All", query="ferry", then="star")
        assert rows(run, "name", "then") == [["All", "star"]] and run.written == ""
        await run.press("ctrl+z")
        assert "No rules yet" in run.text
