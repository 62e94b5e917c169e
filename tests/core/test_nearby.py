"""Files that may list feeds, recognised by their names alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tuireader.exchange.nearby import completions, nearby


def touch(path: Path, time: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (time, time))
    return path


def names(home: Path, folder: Path, **environ: str) -> list[str]:
    files = nearby({"HOME": str(home), **environ}, folder)
    assert all(file.newsboat == file.path.is_dir() for file in files)
    return [str(file.path.relative_to(home)) for file in files]


def test_profiles_and_opml_files_newest_first_and_never_more_than_five(tmp_path: Path) -> None:
    here = tmp_path / "here"
    touch(tmp_path / ".newsboat/urls", 10)
    touch(tmp_path / ".config/newsboat/config", 20)
    touch(here / "Feeds.OPML", 30)
    touch(here / "my-opml.xml", 5)
    touch(tmp_path / "Downloads/feedly.opml", 40)
    for other in ("notes.xml", "opml", "urls", "deep/feeds.opml", "feeds.opml.part"):
        touch(here / other, 50)
    (here / "folder.opml").mkdir()
    assert names(tmp_path, here) == [
        "Downloads/feedly.opml", "here/Feeds.OPML", ".config/newsboat", ".newsboat", "here/my-opml.xml",
    ]  # fmt: skip
    touch(here / "sixth.opml", 1)
    assert "here/sixth.opml" not in names(tmp_path, here)


def test_opml_files_beside_newsboats_own(tmp_path: Path) -> None:
    touch(tmp_path / ".newsboat/old.opml", 10)
    touch(tmp_path / ".config/newsboat/feeds.opml", 20)
    assert names(tmp_path, tmp_path) == [".config/newsboat/feeds.opml", ".newsboat/old.opml"]
    assert names(tmp_path, tmp_path / ".newsboat") == [".config/newsboat/feeds.opml", ".newsboat/old.opml"]


def test_a_file_with_the_name_urls_is_a_profile_beside_a_cache_only(tmp_path: Path) -> None:
    touch(tmp_path / "x/urls")
    assert names(tmp_path, tmp_path / "x") == []
    touch(tmp_path / "x/cache.db")
    assert names(tmp_path, tmp_path / "x") == ["x"]
    touch(tmp_path / ".newsboat/urls")
    assert names(tmp_path, tmp_path / ".newsboat") == [".newsboat"]  # once
    touch(tmp_path / "other/newsboat/urls")
    assert names(tmp_path, tmp_path, XDG_CONFIG_HOME=str(tmp_path / "other")) == [
        "other/newsboat", ".newsboat",
    ]  # fmt: skip


def test_what_cannot_be_read_or_shown_is_left_out(tmp_path: Path) -> None:
    assert names(tmp_path, tmp_path / "missing") == []
    (tmp_path / "Downloads").symlink_to("Downloads")  # a loop
    (tmp_path / "loop.opml").symlink_to("loop.opml")
    (tmp_path / "dead.opml").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.opml")
    touch(tmp_path / "red\x1b[31m.opml")
    touch(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.opml")))
    touch(tmp_path / "turned\u202e.opml")
    assert names(tmp_path, tmp_path) == []
    assert completions(f"{tmp_path}/") == [
        f"{tmp_path}/{name}" for name in ("dead.opml", "loop.opml", "pipe.opml")
    ] + [f"{tmp_path}/Downloads"]


@pytest.mark.skipif(not os.geteuid(), reason="root reads every folder")
def test_an_unreadable_folder_is_empty(tmp_path: Path) -> None:
    touch(tmp_path / "Downloads/feeds.opml")
    (tmp_path / "Downloads").chmod(0)
    assert names(tmp_path, tmp_path) == [] and completions(f"{tmp_path}/Downloads/") == []
    (tmp_path / "Downloads").chmod(0o700)


def test_a_path_is_completed_by_opml_files_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.txt", "c.opml", ".hidden", "folder/x.opml"):
        touch(tmp_path / name)
    typed = f"{tmp_path}/"
    assert completions(typed) == [f"{typed}{name}" for name in ("c.opml", "b.txt", "folder/")]
    assert completions(f"{typed}.") == [f"{typed}.hidden"]
    assert completions(f"{typed}folder/x") == [f"{typed}folder/x.opml"]
    assert completions(f"{typed}none/x") == [] and completions("/\0") == []
    monkeypatch.setenv("HOME", str(tmp_path))
    assert completions("~/c") == ["~/c.opml"]
    monkeypatch.chdir(tmp_path)
    assert completions("fol") == ["folder/"]


def test_a_huge_folder_costs_little(tmp_path: Path) -> None:
    for number in range(300):
        touch(tmp_path / f"{number:03}.opml", number)
    assert len(nearby({"HOME": str(tmp_path)}, tmp_path)) == 5
    assert len(completions(f"{tmp_path}/")) == 200
