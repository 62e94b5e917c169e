"""Sentences that refer to earlier articles, as `show` prints them."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import Home, Run
from tests.web import Web
from tuireader.store import Store

SENTENCE = "WeChat stopped taking new users."


@pytest.fixture
def referring(news: tuple[Home, Web], run: Run) -> tuple[str, str]:
    """The numbers of an article and of another one, to which a sentence of it refers; one is not in it."""
    later = run("list", "--format", "tsv", "title:WeChat", "Protection").out.partition("\t")[0]
    numbers = [line.partition("\t")[0] for line in run("list", "--format", "tsv", "-WeChat").out.splitlines()]
    earlier, other = numbers[:2]
    store = Store.open(news[0].database, prepare=False)
    with store.transaction():
        store.references.set(int(later), [(int(other), "It was edited."), (int(earlier), SENTENCE)])
    store.close()
    return later, earlier


def test_show_has_the_marks_and_whom_they_mean(run: Run, referring: tuple[str, str]) -> None:
    later, earlier = referring
    text = run("show", later).out
    assert f"\n{SENTENCE}‹1› A Personal Information" in text
    (line,) = [line for line in text.splitlines() if line.startswith(f"{earlier}\tbackground: ")]
    assert ": ‹1› " in line and line.endswith(f"referred to: “{SENTENCE}”)")
    (line,) = [line for line in text.splitlines() if "It was edited." in line]
    assert "background: " in line and "‹" not in line


def test_show_lists_later_articles_that_refer_to_one(run: Run, referring: tuple[str, str]) -> None:
    later, earlier = referring
    text = run("show", earlier).out
    (line,) = [line for line in text.splitlines() if line.startswith(f"{later}\treferred to by: WeChat")]
    assert line.endswith(f"refers to this: “{SENTENCE}”)") and "‹" not in text


def test_json_has_the_sentence_and_a_text_without_marks(run: Run, referring: tuple[str, str]) -> None:
    later, earlier = referring
    whole = json.loads(run("show", "--json", later).out)
    (one,) = [one for one in whole["related"] if str(one["id"]) == earlier]
    assert (one["relation"], one["sentence"]) == ("background", SENTENCE)
    assert "‹" not in whole["text"]


def test_reports_of_one_story_share_a_mark(
    run: Run, news: tuple[Home, Web], referring: tuple[str, str]
) -> None:
    later, earlier = referring
    numbers = [line.partition("\t")[0] for line in run("list", "--format", "tsv", "-WeChat").out.splitlines()]
    reports = [int(number) for number in numbers[:2]]
    store = Store.open(news[0].database, prepare=False)
    with store.transaction():
        for report in reports:
            store.relations.join(report, reports[0])
        store.references.set(int(later), [(report, SENTENCE) for report in reports])
    store.close()
    text = run("show", later).out
    assert f"\n{SENTENCE}‹1› A Personal Information" in text
    (line,) = [line for line in text.splitlines() if "background: " in line]
    assert line.startswith(f"{earlier}\tbackground: ‹1› ") and " (2 reports) " in line
