"""The books of articles under the checker of the W3C: takes seconds, as it is a Java program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.core.test_epub import PICTURE
from tests.core.test_export import article
from tests.test_pages import png
from tuireader.export import epub

CHECKER = Path(shutil.which("epubcheck") or "/usr/bin/epubcheck")


@pytest.mark.skipif(not CHECKER.exists(), reason="epubcheck is not installed: apt-get install epubcheck")
def test_the_checker_of_epub_finds_nothing(tmp_path: Path) -> None:
    url = "https://a.example/ä b?x=<1>&y=\"'"
    hostile = article(f'<p>\x01 <a href="{url}">x</a><br>y<hr><ol><li>]]>&amp;</ol>', "<script>", url)
    book = tmp_path / "book.epub"
    book.write_bytes(epub.book("A & b", [article(), hostile], {PICTURE: png()}))
    command = ["java", "-jar", str(CHECKER), str(book)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "No errors or warnings detected" in ended.stdout, ended.stdout + ended.stderr
