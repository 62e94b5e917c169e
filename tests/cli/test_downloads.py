"""`tuireader download`: files of articles on disk, whole or continued, under safe names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Answer, Handler, Request, Web, in_thread, then_reset

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


def test_what_is_not_the_file_is_refused_and_the_rest_goes_on(home: Home, run: Run, web: Web) -> None:
    web.serve("/page.mp3", "<html>Please log in</html>", headers={"Content-Type": "text/html"})
    web.serve("/huge.mp3", None, headers={"Content-Length": "99999999999"})
    web.handle("/four.mp3", ranged(SOUND))
    subscribed(home, run, web, "/page.mp3", "/gone.mp3", "/huge.mp3", "/four.mp3")
    told = run("download", "has:audio")
    assert told.code == 1
    assert [path.rpartition("/")[2][:20] for path in told.out.splitlines()] == ["2023-11-14 Episode 4"]
    for reason in ("sends a web page instead of the file", "HTTP 404", "larger than 4,000 MB; `max_size`"):
        assert reason in told.err
    assert run("download", "--list").err.count("tuireader: failed: ") == 3


def test_no_name_leaves_the_folder_and_none_is_replaced(home: Home, run: Run, web: Web) -> None:
    web.handle("/one.mp3", ranged(SOUND))
    web.handle("/two.mp3", ranged(SOUND[:99]))
    subscribed(home, run, web, "/one.mp3", "/two.mp3", more="name = '../../{feed}/./~/{name}/../same{ext}'")
    assert run("download", "has:audio").code == 0
    assert set(kept(home)) == {"Pod cast/~/one/same.mp3", "Pod cast/~/two/same.mp3"}
    assert not list(home.folder.parent.glob("same*"))


def test_a_folder_that_cannot_be_written_to_is_said(home: Home, run: Run, web: Web) -> None:
    web.handle("/one.mp3", ranged(SOUND))
    subscribed(home, run, web, "/one.mp3")
    (home.folder / "got").write_text("a file")
    told = run("download", "1")
    assert told.code == 1 and "cannot be written to: " in told.err


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
