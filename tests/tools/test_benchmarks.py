"""Each benchmark runs to its end with small numbers and prints its table."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.processes import rows
from tuireader.store import Store

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent.parent.parent / "benchmarks"


def run(script: str, *arguments: str) -> list[str]:
    """Run a benchmark; the lines that it printed."""
    command = [sys.executable, str(HERE / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_articles_are_the_same_at_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import newsgen, zlib; print([zlib.crc32(newsgen.feed_xml(newsgen.feed(n), 1)) for n in range(13)])"
    )
    elsewhere = subprocess.check_output([sys.executable, "-c", code], cwd=HERE, text=True)
    monkeypatch.syspath_prepend(str(HERE))
    newsgen = __import__("newsgen")
    made = [zlib.crc32(newsgen.feed_xml(newsgen.feed(n), 1)) for n in range(13)]
    assert elsewhere == f"{made}\n" and len(set(made)) == 13


def test_lost_entries_counts_what_is_read_and_stored(tmp_path: Path) -> None:
    entry = "<item><title>{}</title><link>https://example.org/{}</link></item>"
    feed = "<rss><channel>" + "".join(entry.format(name, name) for name in "abc") + "</channel></rss>"
    (tmp_path / "good.xml").write_text(feed, encoding="utf-8")
    (tmp_path / "cut.rss").write_text(
        feed[: feed.index("</title><link>https://example.org/b")], encoding="utf-8"
    )
    lines = run("lost_entries.py", str(tmp_path))
    assert [line.partition(": ")[2] for line in lines[:-1]] == ["2 entries, feedparser 1, stored 1"]
    assert lines[-1].startswith(
        "2 files; 5 entries; 4 stored; 1 lost; 0 lost that feedparser finds; 0 doubled"
    )


def test_refresh_counts_what_the_server_answered() -> None:
    if not Path("/usr/bin/time").exists():
        pytest.skip("GNU time is not installed")
    words = "--feeds 3 --latency 0 --runs 1 --peers --scenarios same304 new2"
    lines = run("refresh.py", *words.split())
    answered = {line.split()[3]: line.split("MiB")[1].split()[:2] for line in lines[1::2]}
    assert answered == {"same304": ["0", "3"], "new2": ["3", "0"]}
    assert all(re.search(r"limit: .*; CPU HTTP \d.*, reading \d.*, storing \d", line) for line in lines[2::2])


def test_the_parts_of_a_refresh_are_those_of_its_own_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    shares = __import__("shares")
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    with shares.Shares() as other:
        subprocess.run([sys.executable, "-c", busy, "/home/me/tuireader/feedserver.py"], check=True)
    assert other.by_part() == {"HTTP": 0.0, "reading": 0.0, "storing": 0.0}
    with shares.Shares() as ours:
        subprocess.run([sys.executable, "-m", "tuireader", "--help"], check=True, capture_output=True)
    assert list(ours.seconds) and ours.by_part()["HTTP"] < 5


def test_ui_measures_every_step() -> None:
    words = "--articles 300 --runs 1 --presses 1 --peers --refreshing 3"
    lines = run("ui.py", *words.split())
    assert float(lines.pop().split()[-2]) > 0 and not lines.pop()
    figures = {line[:28].strip(): line[28:].split() for line in lines[2:]}
    wanted = {"start → first row", "down", "open an article", "search a word", "type a letter into search"}
    assert wanted | {"peak memory"} <= set(figures)
    assert all(float(values[0]) > 0 for values in figures.values())


def test_ui_measures_previews_beside_the_list() -> None:
    words = "--articles 300 --runs 1 --presses 2 --peers --refreshing 0 --size 140x40 --layout columns"
    figures = {line[:28].strip(): line[28:].split() for line in run("ui.py", *words.split())[2:]}
    assert float(figures["preview painted"][0]) > -150  # counted from the end of a rest of 150 ms
    assert "memory while browsing" in figures


@pytest.mark.parametrize("more", [[], ["--new"]])
def test_the_memory_of_a_session_is_read_after_refreshes(more: list[str]) -> None:
    lines = run("session_memory.py", "--refreshes", "2", "--every", "1", "--feeds", "2", *more)
    assert [line.split()[0] for line in lines] == ["0", "1", "2"]
    assert all(int(line.split()[5]) > int(line.split()[2]) > 10_000 for line in lines)


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
def test_newsboat_writes_the_profile_that_was_asked_for(tmp_path: Path) -> None:
    (line,) = run("newsboat_profile.py", str(tmp_path), "--feeds", "20", "--articles", "100")
    assert line.startswith("20 feeds, 100 articles")
    counted = "SELECT count(*), sum(unread), sum(flags != ''), sum(deleted) FROM rss_item"
    assert rows(tmp_path / "cache.db", counted) == [(100, 20, 8, 1)]


def test_corpus_holds_what_was_asked_for_and_every_query_is_measured_in_each_way(tmp_path: Path) -> None:
    run("corpus.py", str(tmp_path), "--articles", "300", "--feeds", "20")
    store = Store.open(tmp_path / "news.db")
    counts = store.lists.counts(today=0)
    store.close()
    assert counts.all.total == 300
    assert 0 < counts.unread.total < 100
    assert counts.starred.total == 2
    assert counts.watches["WeChat"].total > 0
    lines = run("search.py", "--database", str(tmp_path), "--runs", "1", "--cpu")
    assert [line.split()[0] for line in lines[2:5]] == ["frequent", "frequent", "frequent"]
    assert len(lines[-1].split()) == 7 and float(lines[-1].split()[1]) > 0


def test_watch_measures_each_method_and_a_real_store() -> None:
    lines = run("watch.py", "--articles", "120", "--terms", "10", "100")
    for count in ("10", "100"):
        methods = [line[8:42].strip() for line in lines[3:] if line.split()[0] == count]
        assert methods[:2] == ["tuireader, arrival (with evidence)", "tuireader, re-application by FTS5"]
        assert {"regex alternation", "pyahocorasick", "ahocorasick_rs", "re2 set"} <= set(methods)
    (line,) = run("watch.py", "--articles", "120", "--rules", "10")
    assert "10 rules act on 60 of 120 articles" in line
    (line,) = run("watch.py", "--articles", "120", "--terms", "10", "--store", "240")
    assert line.startswith("10 terms over 240 stored articles: ") and "longest write" in line


JUDGE = """
def qrels(articles, labels, near):
    stories = {row["id"]: row["story"] for row in labels}
    of = lambda one: {two: 2 for two in stories if two != one and stories[two] == stories[one]}
    return {one: of(one) for one in stories}, set()

def score(wanted, run, ignored):
    found = [set(run[query]) == set(related) for query, related in wanted.items()]
    related = sum(map(bool, wanted.values()))
    return {
        "score": sum(found) / len(found), "shownP": 1.0, "FP1": 0.0, "nDCG@10": 1.0, "R@10": 1.0,
        "empty": 0.0, "with_related": related, "singletons": len(found) - related,
    }, {}
"""


NEWS = {
    "boats": (
        "LanternPay of Tallinn buys the harbour ferry Ferrygate for 40 million",
        "Harbour ferry Ferrygate bought by LanternPay of Tallinn for 40 million",
    ),
    "pipes": (
        "Cracks close the old Ostrava bridge to lorries until winter",
        "Old Ostrava bridge is closed to lorries over cracks until winter",
        "Tomatoes want sun",
    ),
}


def write_news(folder: Path) -> None:
    """Write the stories of `NEWS` as labelled collections, with a script that scores them."""
    (folder / "eval_related.py").write_text(JUDGE)
    for name, told in NEWS.items():
        articles, labels = [], []
        for number, title in enumerate(told):
            row = {"id": f"{name}{number}", "title": title, "body": title}
            articles.append(row | {"published": "2024-05-02T10:00:00+00:00", "feed": f"{name} {number}"})
            labels.append({"id": row["id"], "story": name if number < 2 else row["id"]})
        for kind, listed in (("articles", articles), ("labels", labels)):
            (folder / f"{name}.{kind}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in listed))


def test_young_libraries_are_drawn_from_each_collection_and_from_all(tmp_path: Path) -> None:
    write_news(tmp_path)
    lines = [line.split() for line in run("related_young.py", str(tmp_path), "2", "5")[1:]]
    assert [line[:2] for line in lines] == [
        *(["2", name] for name in ("ALL", "boats", "mixed", "pipes")),
        *(["5", name] for name in ("ALL", "mixed")),
    ]
    assert {line[2] for line in lines} == {"1.000"}
    assert lines[-1][-1] == "12/3"


def test_thresholds_are_tried_on_what_they_were_not_chosen_on(tmp_path: Path) -> None:
    write_news(tmp_path)
    lines = run("related_crossval.py", str(tmp_path))
    kinds = [line.split()[0] for line in lines if "precision" in line or "shownP" in line]
    assert kinds == ["shown", "folded", "folded"]
    folds = [line.split() for line in lines if line.startswith(("boats", "pipes"))]
    assert [fold[0] for fold in folds] == ["boats", "pipes"] * 3
    assert {fold[3] for fold in folds[2:]} == {fold[4] for fold in folds[2:]} == {"1.000"}
    assert {fold[3] for fold in folds[:2]} == {"1.000"}
