"""Hostile newsboat profiles: none crashes or hangs the import, runs anything or sets a proxy unasked."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests import hostile_caches
from tests.cli.command import Run
from tests.newsboat import DATA
from tests.newsboat_hostile import faults
from tuireader.errors import Exit

PROFILES = int(os.environ.get("TUIREADER_HOSTILE", "2"))
"""All kinds of caches take 15 profiles; `TUIREADER_HOSTILE=200` tries so many."""


@pytest.mark.parametrize("number", range(PROFILES))
@pytest.mark.slow
def test_a_hostile_profile_ends_soon_and_in_one_line(number: int, tmp_path: Path) -> None:
    """Takes a second or two, as each is imported in a process of its own, whose memory can be measured."""
    found, ended = faults(number, tmp_path / "profile", tmp_path / "home")
    assert found == []
    assert ended.processor < 10 and ended.memory < 300_000_000


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (hostile_caches.endless_view, "rss_item is not a plain table"),
        (hostile_caches.huge_view, "rss_item is not a plain table"),
        (hostile_caches.virtual_table, "rss_item is not a plain table"),
        (hostile_caches.view_of_feeds, "rss_feed is not a plain table"),
        (hostile_caches.computed_columns, "has columns that newsboat does not create"),
        (hostile_caches.tampered_schema, "cannot be read"),
    ],
)
def test_nothing_but_a_plain_table_is_read(
    make: hostile_caches.Make, said: str, run: Run, home_of_a_profile: Path
) -> None:
    make(random.Random(2), home_of_a_profile)
    told = run("import", "newsboat", str(home_of_a_profile))
    assert told.code == Exit.FAILURE and said in told.err
    assert told.err.count("\n") == 1
    assert "feeds" not in told.out  # refused before anything was written


@pytest.fixture
def home_of_a_profile(tmp_path: Path) -> Path:
    """A profile without a cache."""
    folder = tmp_path / "profile"
    shutil.copytree(DATA, folder)
    (folder / "cache.db").unlink()
    return folder


URL = "http://harbour.example/feed.xml"


def write_cache(folder: Path, column: str, values: Sequence[object]) -> Path:
    """Write a cache with an article for each value of a column that is not always there."""
    path = folder / "cache.db"
    with closing(sqlite3.connect(path)) as cache, cache:
        cache.execute(f"CREATE TABLE rss_item (guid, title, url, feedurl, unread, {column})")
        for n, value in enumerate(values):
            row = (f"g{n}", f"Title {n}", f"{URL}/{n}", URL, 1, value)
            cache.execute("INSERT INTO rss_item VALUES (?, ?, ?, ?, ?, ?)", row)
    return path


@pytest.mark.parametrize("published", ["²", "--5", "9" * 5000, "٣", b"\xff", 1e300, -5, (1 << 63) - 1, None])
def test_a_time_that_is_none_is_no_time(published: object, run: Run, home_of_a_profile: Path) -> None:
    write_cache(home_of_a_profile, "pubDate", (published, 1_700_000_000, "1700000000"))
    told = run("import", "newsboat", str(home_of_a_profile), "-q")
    assert (told.code, told.err) == (Exit.OK, "") and "articles\t3\t3 new" in told.out


def test_what_can_be_read_of_a_damaged_cache_comes_over(run: Run, home_of_a_profile: Path) -> None:
    path = write_cache(home_of_a_profile, "content", ["x" * 20_000] * 20)
    raw = bytearray(path.read_bytes())
    starts = range(0, len(raw), 4096)
    long = [at for at in starts if raw[at + 4 : at + 8] == b"xxxx" and any(raw[at : at + 4])]
    raw[long[0] : long[0] + 4] = b"\xff" * 4  # a text goes on in a page that is not there
    path.write_bytes(raw)
    told = run("import", "newsboat", str(home_of_a_profile))
    assert told.code == Exit.FAILURE and "feeds\t4\t4 new" in told.out and "Dropped: look" in told.err
    assert "not all articles were imported: " in told.err and "malformed" in told.err


def test_what_is_too_large_is_left_out_and_said(run: Run, home_of_a_profile: Path) -> None:
    write_cache(home_of_a_profile, "content", ("x" * 10, "x" * 11_000_000))
    told = run("import", "newsboat", str(home_of_a_profile), "-q")
    assert "articles\t1\t1 new" in told.out and "1 article is not imported: over 10 MB each" in told.err


@pytest.mark.parametrize(
    ("config", "code", "said"),
    [
        ("x" * 5_000_000, Exit.FAILURE, "config has more than 4 MB"),
        ("max-items 1\n" * 20_001, Exit.FAILURE, "config has more than 20,000 lines"),
        ("browser " + "x" * 30_000 + "\nmax-items 1\n", Exit.OK, "longer than 20,000 characters"),
    ],
    ids=["a file", "lines", "a line"],
)
def test_files_that_are_too_large_are_refused(
    config: str, code: Exit, said: str, run: Run, home_of_a_profile: Path
) -> None:
    (home_of_a_profile / "config").write_text(config, encoding="utf-8")
    told = run("import", "newsboat", str(home_of_a_profile))
    assert told.code == code and said in told.err
