"""The manual page is sound roff, and has every command."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tuireader.cli import main, manual

PAGE = manual.roff(main)


@pytest.mark.parametrize(
    "command",
    ["groff -man -Tutf8 -K utf-8 -ww -z", "mandoc -T lint -W warning"],
    ids=["groff", "mandoc"],
)
def test_those_who_print_it_have_nothing_to_say(command: str) -> None:
    words = command.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(words, input=PAGE, capture_output=True, text=True, timeout=60)
    assert done.stdout + done.stderr == ""


def test_every_command_and_option_is_there() -> None:
    for page in manual.pages(main):
        assert f".SS \\fB{page.name.removeprefix('tuireader ')}\\fR" in PAGE or page.name == "tuireader"
        for term, _ in page.options[:-1]:
            assert term.replace("-", "\\-") in PAGE


def test_text_is_never_a_request() -> None:
    for line in PAGE.splitlines():
        assert line.startswith((".TH ", ".SH ", ".SS ", ".TP", ".PP", ".B ", ".BR ", ".nf", ".fi")) or (
            line and line[0] not in ".'"
        )
