"""`like:` on the command line: in searches, with the sentence; refused where something is changed."""

from __future__ import annotations

import json
import time

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.ranking import ranking as ranking
from tests.web import Web
from tuireader.errors import Exit

ASKED = 'like:"ban on ride-hailing apps"'
SAID = "Drivers who take rides from Uber lose their permit."
WATCH = "\n[[watch]]\nname = 'Taxis'\nany = ['Uber']\n"


@pytest.fixture(autouse=True)
def fetched(ranking: None, web: Web, home: Home, run: Run) -> None:
    """A feed that has been fetched."""
    now = int(time.time())
    items = [
        item("a", "Capital outlaws taxi apps", f"<p>The mayor spoke on Monday. {SAID}</p>", time=now - 60),
        item("b", "A cake with plums", "<p>Butter, flour, eggs and ripe plums.</p>", time=now - 90),
        item("c", "Capital forbids taxi apps", "<p>Drivers who take rides lose their permit.</p>", time=now),
    ]
    subscribe(home, web.serve("/feed", rss("News", items)), more=WATCH)
    assert run("refresh").code == Exit.OK


def test_lists_show_the_sentence(run: Run) -> None:
    told = run("search", ASKED, "Uber")
    assert told.code == Exit.OK and not told.err
    line, sentence = told.out.splitlines()
    assert line.endswith("Capital outlaws taxi apps  [Taxis]") and sentence.strip() == f"“{SAID}”"
    found = [
        json.loads(line) for line in run("list", "--json", "--limit", "1", "permit", ASKED).out.splitlines()
    ]
    assert len(found) == 1 and found[0]["sentence"] and "taxi apps" in found[0]["title"]
    assert json.loads(run("list", "--json", "plums").out)["sentence"] == ""
    assert run("list", "--format", "tsv", ASKED).out.count("\n") == 2


def test_a_label_that_does_not_exist_is_a_mistake_here_too(run: Run) -> None:
    told = run("list", ASKED, "label:nope")
    assert told.code == Exit.USAGE and told.err == "tuireader: there is no label 'nope'\n"


@pytest.mark.parametrize("words", [("star",), ("count",), ("read",), ("watch", "test"), ("match", "done")])
def test_nothing_is_changed_by_it(words: tuple[str, ...], run: Run) -> None:
    told = run(*words, ASKED)
    assert told.code == Exit.USAGE and not told.out
    assert "^^^^^ like: only ranks the results of a search\n" in told.err
    assert not run("list", "is:starred").out


def test_lint_proposes_what_the_terms_of_a_watch_miss(run: Run) -> None:
    assert run("watch", "lint").err == "nothing to report\n"
    run("list", ASKED)  # from now on all are compared
    lead, proposal = run("watch", "lint").out.splitlines()
    assert lead.startswith("Taxis: 1 article you may be missing")
    assert proposal.endswith("Capital forbids taxi apps: “Drivers who take rides lose their permit.”")
    assert run("list", "watch:Taxis").out.count("\n") == 1


def test_muted_articles_are_mentioned(home: Home, run: Run) -> None:
    home.config.write_text(home.config.read_text() + "\n[[mute]]\nquery = 'taxi'\ninclude_watched = true\n")
    run("watch", "list")  # applies the mute
    told = run("list", ASKED)
    assert not told.out and "nothing matches that is not muted (2 muted articles" in told.err


def test_the_extra_is_asked_for(home: Home, run: Run) -> None:
    home.config.write_text(home.config.read_text() + "\n[related]\nmeaning = false\n", encoding="utf-8")
    told = run("list", ASKED)
    assert told.code == Exit.USAGE and "like: is switched off by meaning = false under [related]" in told.err
