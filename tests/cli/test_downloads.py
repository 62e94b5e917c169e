"""`tuireader download`: files of articles on disk, whole or continued, under safe names."""

from __future__ import annotations

import gzip
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Answer, Handler, Request, Web, in_thread, then_reset
from tuireader.text import zstd

SOUND = bytes(range(256)) * 400


@pytest.fixture
def web() -> Iterator[Web]:
    with in_thread() as found:
        yield found


def ranged(body: bytes, etag: str = '"1"') -> Handler:
    """Answer as a server with ranges does: a part to who has the rest of this version."""

    def answer(request: Request) -> Answer:
        headers = {"ETag": etag, "Content-Type": "audio/mpeg"}
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        if not asked or request.headers.get("if-range") != etag:
            return Answer(body, 200, headers)
        start = int(asked[1])
        if start >= len(body):
            return Answer(b"", 416, headers | {"Content-Range": f"bytes */{len(body)}"})
        span = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return Answer(body[start:], 206, headers | {"Content-Range": span})

    return answer


def subscribed(home: Home, run: Run, web: Web, *paths: str, more: str = "") -> None:
    """A podcast with an episode for each file, and downloads in this home."""
    items = [
        item(
            f"g{at}",
            f"Episode {at}: 微信 / the/../law",
            more=f'<enclosure url="{web.url}{path}" type="audio/mpeg"/>',
        )
        for at, path in enumerate(paths, 1)
    ]
    web.serve("/feed", rss("Pod: cast", items))
    subscribe(home, f"{web.url}/feed", more=f"[download]\nfolder = 'got'\n{more}")
    assert run("refresh").code == 0


def kept(home: Home) -> dict[str, bytes]:
    """What is in the folder of downloads, by its path there."""
    folder = home.folder / "got"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_episode_is_downloaded_once_under_a_safe_name(home: Home, run: Run, web: Web) -> None:
    web.handle("/one.mp3", ranged(SOUND))
    subscribed(home, run, web, "/one.mp3")
    told = run("download", "has:audio")
    name = "Pod cast/2023-11-14 Episode 1 微信 the .. law.mp3"
    assert (told.code, told.out) == (0, f"{home.folder}/got/{name}\n")
    assert kept(home) == {name: SOUND}
    again = run("download", "1", "--json")
    assert (json.loads(again.out)["state"], json.loads(again.out)["received"]) == ("done", len(SOUND))
    assert len(web.seen("/one.mp3")) == 1
    assert run("download", "--list").out == told.out


def test_a_part_is_continued_if_the_file_is_still_the_same(home: Home, run: Run, web: Web) -> None:
    head = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(SOUND)
    web.raw("/one.mp3", then_reset(head + SOUND[:70_000]))
    subscribed(home, run, web, "/one.mp3")
    told = run("download", "1")
    assert told.code == 1 and "failed: Episode 1" in told.err and "connection was lost" in told.err
    (part,) = kept(home).values()
    assert SOUND.startswith(part) and len(part) > 4_000
    web.unraw("/one.mp3")
    web.handle("/one.mp3", ranged(SOUND))
    assert run("download", "1").code == 0
    assert web.seen("/one.mp3")[-1].headers["range"] == f"bytes={len(part)}-"
    assert list(kept(home).values()) == [SOUND]


def test_a_part_of_a_file_that_has_changed_is_not_continued(home: Home, run: Run, web: Web) -> None:
    head = b'HTTP/1.1 200 OK\r\nETag: "old"\r\nContent-Length: 99999\r\n\r\n'
    web.raw("/one.mp3", then_reset(head + b"o" * 9_000))
    subscribed(home, run, web, "/one.mp3")
    run("download", "1")
    web.unraw("/one.mp3")
    web.handle("/one.mp3", ranged(SOUND))
    assert run("download", "1").code == 0
    assert list(kept(home).values()) == [SOUND]


def interrupted(home: Home, run: Run, web: Web, etag: bytes = b'"1"') -> Path:
    """Lose the connection in the middle of a file, and return its part."""
    head = b"HTTP/1.1 200 OK\r\nETag: %s\r\nContent-Length: %d\r\n\r\n" % (etag, len(SOUND))
    web.raw("/one.mp3", then_reset(head + SOUND[:70_000]))
    subscribed(home, run, web, "/one.mp3")
    assert run("download", "1").code == 1
    web.unraw("/one.mp3")
    (part,) = (home.folder / "got").glob(".*.part")
    assert 0 < part.stat().st_size < len(SOUND)
    return part


NEW = SOUND[::-1]


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": '"2"'},
        {"ETag": 'W/"1"'},
        {"Last-Modified": "Tue, 14 Nov 2023 20:00:00 GMT"},
        {"ETag": '"1"', "Content-Encoding": "gzip"},
        {"ETag": '"1"', "Content-Range": f"bytes 5-{len(NEW) - 1}/{len(NEW)}"},
        {"ETag": '"1"', "Content-Range": "nonsense"},
    ],
    ids=["etag", "weak", "date", "encoded", "other place", "nonsense"],
)
def test_a_part_that_another_version_answers_starts_over(
    home: Home, run: Run, web: Web, headers: dict[str, str]
) -> None:
    """The server ignores `If-Range`, or sends what cannot follow."""
    interrupted(home, run, web)

    def answer(request: Request) -> Answer:
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        if not asked:
            return Answer(NEW, 200, {"ETag": '"2"'})
        start = int(asked[1])
        span = {"Content-Range": f"bytes {start}-{len(NEW) - 1}/{len(NEW)}"}
        return Answer(NEW[start:], 206, span | headers)

    web.handle("/one.mp3", answer)
    assert run("download", "1").code == 0
    assert list(kept(home).values()) == [NEW]


def test_a_file_that_has_become_shorter_starts_over(home: Home, run: Run, web: Web) -> None:
    interrupted(home, run, web)
    web.handle(
        "/one.mp3",
        lambda request: Answer(
            b"short" if "range" not in request.headers else b"", 416 if "range" in request.headers else 200
        ),
    )
    assert run("download", "1").code == 0
    assert list(kept(home).values()) == [b"short"]


@pytest.mark.parametrize("total", [len(SOUND) - 1, len(SOUND) + 1])
def test_a_size_that_contradicts_the_first_part_is_refused(
    home: Home, run: Run, web: Web, total: int
) -> None:
    interrupted(home, run, web)

    def answer(request: Request) -> Answer:
        start = int(request.headers["range"].removeprefix("bytes=").rstrip("-"))
        span = f"bytes {start}-{total - 1}/{total}"
        body = (SOUND + b"!")[start:total]
        return Answer(body, 206, {"ETag": '"1"', "Content-Range": span})

    web.handle("/one.mp3", answer)
    told = run("download", "1")
    assert (
        told.code == 1 and f"says that the file has {total} bytes, but said {len(SOUND)} at first" in told.err
    )
    assert kept(home) == {}
    web.handle("/one.mp3", ranged(SOUND))
    assert run("download", "1").code == 0 and list(kept(home).values()) == [SOUND]


def test_an_unknown_size_is_that_of_the_first_part(home: Home, run: Run, web: Web) -> None:
    interrupted(home, run, web)

    def answer(request: Request) -> Answer:
        start = int(request.headers["range"].removeprefix("bytes=").rstrip("-"))
        return Answer(SOUND[start:-7], 206, {"Content-Range": f"bytes {start}-{len(SOUND) - 8}/*"})

    web.handle("/one.mp3", answer)
    told = run("download", "1")
    assert told.code == 1 and "the connection was lost too early" in told.err
    web.handle("/one.mp3", ranged(SOUND))  # it still continues
    assert run("download", "1").code == 0 and list(kept(home).values()) == [SOUND]
    assert web.seen("/one.mp3")[-1].headers["range"] == f"bytes={len(SOUND) - 7}-"


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "gzip, br": lambda data: brotli.compress(gzip.compress(data)),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_compressed_file_is_decompressed_and_never_continued(
    home: Home, run: Run, web: Web, coding: str
) -> None:
    body = CODINGS[coding](SOUND)
    headers = b'ETag: "1"\r\nContent-Encoding: %s\r\nContent-Length: %d' % (coding.encode(), len(body))
    web.raw("/one.mp3", then_reset(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\n" + body[:-9]))
    subscribed(home, run, web, "/one.mp3")
    assert run("download", "1").code == 1
    web.unraw("/one.mp3")
    web.serve("/one.mp3", body, headers={"ETag": '"1"', "Content-Encoding": coding})
    assert run("download", "1").code == 0
    assert "range" not in web.seen("/one.mp3")[-1].headers
    assert list(kept(home).values()) == [SOUND]
    assert json.loads(run("download", "1", "--json").out)["length"] == len(SOUND)


def test_compressed_files_that_are_damaged_or_bombs_are_refused(home: Home, run: Run, web: Web) -> None:
    web.serve("/bomb.mp3", gzip.compress(bytes(3_000_000)), headers={"Content-Encoding": "gzip"})
    web.serve("/cut.mp3", gzip.compress(SOUND)[:-20], headers={"Content-Encoding": "gzip"})
    subscribed(home, run, web, "/bomb.mp3", "/cut.mp3", more="max_size = '1 MB'\n")
    told = run("download", "has:audio")
    assert told.code == 1 and "larger than 1 MB; `max_size` in [download] allows more" in told.err
    assert "the compressed response is damaged or incomplete" in told.err
    assert not [name for name in kept(home) if name.endswith(".mp3")]


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_an_empty_file_is_an_error(home: Home, run: Run, web: Web, headers: dict[str, str]) -> None:
    web.serve("/one.mp3", b"", headers=headers)
    subscribed(home, run, web, "/one.mp3")
    told = run("download", "1")
    assert told.code == 1 and "sends an empty file; try again later" in told.err
    assert not list((home.folder / "got").rglob("*.mp3"))


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_link_in_the_place_of_a_part_is_not_followed(
    home: Home, run: Run, web: Web, is_whole: bool
) -> None:
    part = interrupted(home, run, web)
    mine = home.folder / "mine"
    mine.write_bytes(SOUND[:9] if is_whole else b"")
    part.unlink()
    part.symlink_to(mine)
    web.handle("/one.mp3", ranged(SOUND))
    assert run("download", "1").code == 0
    assert mine.read_bytes() == (SOUND[:9] if is_whole else b"")
    (name,) = (home.folder / "got").rglob("*.mp3")
    assert name.read_bytes() == SOUND and not name.is_symlink()


def test_a_pipe_or_folder_in_the_place_of_a_part(home: Home, run: Run, web: Web) -> None:
    part = interrupted(home, run, web)
    part.unlink()
    part.mkdir()
    web.handle("/one.mp3", ranged(SOUND))
    told = run("download", "1")
    assert told.code == 1 and "cannot be written to: " in told.err
    part.rmdir()
    os.mkfifo(part)
    assert run("download", "1").code == 0 and list(kept(home).values()) == [SOUND]


def test_what_is_not_the_file_is_refused_and_the_rest_goes_on(home: Home, run: Run, web: Web) -> None:
    web.serve("/page.mp3", "<html>Please log in</html>", headers={"Content-Type": "text/html"})
    web.serve("/huge.mp3", None, headers={"Content-Length": "99999999999"})
    web.serve("/endless.mp3", None, headers={"Content-Length": "9" * 20})
    web.handle("/five.mp3", ranged(SOUND))
    subscribed(home, run, web, "/page.mp3", "/gone.mp3", "/huge.mp3", "/endless.mp3", "/five.mp3")
    told = run("download", "has:audio")
    assert told.code == 1
    assert [path.rpartition("/")[2][:20] for path in told.out.splitlines()] == ["2023-11-14 Episode 5"]
    for reason in ("sends a web page instead of the file", "HTTP 404", "larger than 4,000 MB; `max_size`"):
        assert reason in told.err
    assert run("download", "--list").err.count("tuireader: failed: ") == 4


def test_others_may_read_what_the_umask_lets_them_read(home: Home, run: Run, web: Web) -> None:
    web.handle("/one.mp3", ranged(SOUND))
    subscribed(home, run, web, "/one.mp3")
    assert run("download", "1").code == 0
    (usual := home.folder / "usual").mkdir()
    (usual / "file").touch()
    (path,) = kept(home)
    file = home.folder / "got" / path
    assert {folder.stat().st_mode for folder in file.parents[:2]} == {usual.stat().st_mode}
    assert file.stat().st_mode == (usual / "file").stat().st_mode


def test_no_name_leaves_the_folder_and_none_is_replaced(home: Home, run: Run, web: Web) -> None:
    web.handle("/one.mp3", ranged(SOUND))
    web.handle("/two.mp3", ranged(SOUND[:99]))
    subscribed(
        home, run, web, "/one.mp3", "/two.mp3", more="name = '../../{feed}/./~/{host}/{name}/../same{ext}'"
    )
    assert run("download", "has:audio").code == 0
    assert set(kept(home)) == {f"Pod cast/~/127.0.0.1/{name}/same.mp3" for name in ("one", "two")}
    assert not list(home.folder.parent.glob("same*"))


def test_a_folder_that_cannot_be_written_to_is_told_and_left_alone(home: Home, run: Run, web: Web) -> None:
    web.handle("/one.mp3", ranged(SOUND))
    subscribed(home, run, web, "/one.mp3")
    (home.folder / "got").write_text("a file")
    told = run("download", "1")
    assert (told.code, told.out) == (1, "") and f"{home.folder}/got" in told.err
    assert "cannot be written to: " in told.err and (home.folder / "got").read_text() == "a file"
    (home.folder / "got").unlink()
    assert run("download", "1").code == 0 and list(kept(home).values()) == [SOUND]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "say which articles"),
        (("99",), 2, "there is no article 99"),
        (("has:video",), 0, "nothing matches has:video"),
    ],
)
def test_nothing_to_download(
    home: Home, run: Run, web: Web, words: tuple[str, ...], code: int, message: str
) -> None:
    subscribed(home, run, web, "/one.mp3")
    told = run("download", *words)
    assert (told.code, told.out) == (code, "") and message in told.err
