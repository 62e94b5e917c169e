"""The manual page is sound roff, and has every command."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tuireader.cli import main, manual

PAGE = manual.roff(main)


def lint(*command: str) -> str:
    done = subprocess.run(command, input=PAGE, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    return done.stderr + done.stdout if "lint" in command else done.stderr


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_has_nothing_to_say() -> None:
    assert lint("groff", "-man", "-Tutf8", "-K", "utf-8", "-ww", "-z") == ""


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_mandoc_has_nothing_to_say() -> None:
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning"], input=PAGE, capture_output=True, text=True
    )
    assert done.stdout == ""


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
