"""Writing files: what is regular is replaced as a whole, anything else is written to."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import unmeasured
from tuireader import files


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    assert files.read(tmp_path / "link") == b"content" and files.read(tmp_path / "file", 3) == b"con"
    for path in (tmp_path / "pipe", Path("/dev/zero"), Path("/dev/tty")):
        with pytest.raises(OSError, match="it is not a regular file"):
            files.read(path)
    with pytest.raises(IsADirectoryError):
        files.read(tmp_path)
    with pytest.raises(FileNotFoundError):
        files.read(tmp_path / "none")


def test_a_new_file_and_its_folder_are_private_or_follow_the_umask(tmp_path: Path) -> None:
    own, shared = tmp_path / "own" / "state", tmp_path / "shared" / "article.md"
    files.write(own, [b"\x00", b"\xff"])
    files.write(shared, [b"text"], mode=files.SHARED)
    assert (mode(own), mode(own.parent)) == (0o600, 0o700)
    assert (mode(shared), mode(shared.parent)) == (0o640, 0o750)
    assert own.read_bytes() == b"\x00\xff" and names(own.parent) == ["state"]


def test_a_file_keeps_its_mode_and_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o664)
    if not os.getuid():
        os.chown(path, 12345, 12345)
    before = path.stat()
    files.write(path, [b"new"])
    after = path.stat()
    assert (path.read_bytes(), before.st_ino != after.st_ino) == (b"new", True)
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_a_link_stays_and_what_it_names_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link, target = tmp_path / "link", tmp_path / "real" / "file"
    link.symlink_to(target)
    for text in (b"first", b"second"):  # at first it leads nowhere
        files.write(link, [text])
        assert link.is_symlink() and target.read_bytes() == text
    assert names(target.parent) == ["file"]


def test_a_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    files.write(path, [b"1"])
    files.write(path, [b"2"])
    assert path.read_bytes() == b"2"
    files.create(tmp_path / ("y" * 255), [b"3"])


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    files.write(pipe, [b"a", b"b"])
    reader.join(10)
    assert read == [b"ab"] and pipe.is_fifo() and names(tmp_path) == ["pipe"]


def test_devices_are_written_to() -> None:
    before = Path("/dev/null").stat()
    files.write(Path("/dev/null"), [b"x"])
    assert os.path.samestat(before, Path("/dev/null").stat())
    with pytest.raises(OSError, match="No space left"):
        files.write(Path("/dev/full"), [b"x"])


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "a link to it"])
def test_a_name_of_an_open_file_is_that_file(tmp_path: Path, name: str) -> None:
    """What stands in the file before and comes after stays: it is not replaced, nor cut."""
    if name == "a link to it":
        link = tmp_path / "link"
        link.symlink_to("/dev/stdout")
        name = str(link)
    code = f"""if True:
        from pathlib import Path
        from tuireader import files
        print("before")
        files.write(Path({name!r}), [b"here\\n"])
        print("after")
    """
    out = tmp_path / "out"
    out.write_text("first\n", encoding="utf-8")
    with out.open("a") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
    assert out.read_text(encoding="utf-8") == "first\nbefore\nhere\nafter\n"


def test_what_exists_is_not_created_and_a_folder_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    for name in ("file", "link", "folder"):
        with pytest.raises(FileExistsError):
            files.create(tmp_path / name, [b"new"])
    with pytest.raises(IsADirectoryError):
        files.write(tmp_path / "folder", [b"x"])
    assert (tmp_path / "file").read_bytes() == b"old" and names(tmp_path) == ["file", "folder", "link"]


def test_a_file_is_created_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    files.create(tmp_path / "file", [b"new"])
    with pytest.raises(FileExistsError):
        files.create(tmp_path / "file", [b"newer"])
    assert (tmp_path / "file").read_bytes() == b"new" and names(tmp_path) == ["file"]


@pytest.mark.parametrize("function", ["write", "create"])
def test_a_write_that_fails_changes_nothing(tmp_path: Path, function: str) -> None:
    path = tmp_path / "file"
    if function == "write":
        path.write_bytes(b"old")
    code = f"""if True:
        import resource
        from pathlib import Path
        from tuireader import files
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        try:
            files.{function}(Path({str(path)!r}), [b"x" * 100])
        except OSError as error:
            print(error.strerror)
    """
    run = subprocess.run(
        [sys.executable, "-c", code], env=unmeasured(), capture_output=True, text=True, check=True
    )
    assert run.stdout == "File too large\n"
    assert names(tmp_path) == (["file"] if function == "write" else [])
    assert function == "create" or path.read_bytes() == b"old"
