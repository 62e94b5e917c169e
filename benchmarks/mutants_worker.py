"""Process of `mutants.py` that runs tests on a copy of the code, in a fork that has the libraries loaded.

Reads a JSON object a line, `tests` (a file of names), `failed` (a file to write), `files`, `go_on`, `limit`
(seconds), and answers with the exit status of pytest, or null for tests that had to be stopped.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

LIBRARIES = (
    "pytest pytest_asyncio hypothesis hypothesis.strategies textual.app textual.pilot textual.widgets "
    "textual.command httpx feedparser lxml.html click sqlite_utils brotli uvicorn rich.console"
)


def main() -> None:
    """Answer until the input ends."""
    for name in LIBRARIES.split():
        with suppress(ImportError):
            importlib.import_module(name)
    assert "tuireader" not in sys.modules
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


def _run(job: Mapping[str, Any]) -> int | None:
    child = os.fork()
    if not child:
        os.setsid()
        _test(job)
    until = time.monotonic() + job["limit"]
    status: int | None = None
    while status is None and time.monotonic() < until:
        done, code = os.waitpid(child, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(code)
        else:
            time.sleep(0.01)
    with suppress(ProcessLookupError):  # also what the tests left behind
        os.killpg(child, signal.SIGKILL)
    if status is None:
        os.waitpid(child, 0)
    return status


def _test(job: Mapping[str, Any]) -> None:
    output = os.open(Path(job["failed"]).with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((nowhere, 0), (output, 1), (output, 2)):
        os.dup2(old, new)
    os.environ |= {"MUTANTS_TESTS": job["tests"], "MUTANTS_FAILED": job["failed"]}
    import pytest

    words = [
        "-p",
        "mutants_tests",
        "-p",
        "no:xdist",
        "--hypothesis-profile=ci",
        "-o",
        "faulthandler_timeout=60",
    ]
    os._exit(pytest.main([*words, *([] if job["go_on"] else ["-x"]), "--tb=short", *job["files"]]))


if __name__ == "__main__":
    main()
