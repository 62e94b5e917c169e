"""Workers as forks of the tests' process, which has imported what they need: that is most of their work.

    pytestmark = pytest.mark.usefixtures("forked_workers")

Not for tests of what a worker imports or of how much memory it may take: the memory of a fork is not limited,
as all that the tests' process has would count.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import warnings
from functools import partial
from importlib import import_module
from typing import Any

import pytest

from tests.processes import become

_NEEDED = {
    "tuireader.delivery.service_process": ("apprise",),
    "tuireader.feeds.mail.imap": ("imap_tools",),
    "tuireader.feeds.parse.worker": ("feedparser", "lxml.html", "tuireader.feeds.mail.messages"),
    "tuireader.subprocesses.jobs": ("readability", "PIL.ImageOps", "tuireader.pages.readability"),
}
"""The modules of workers, each with what it imports only for some requests."""


def prepare(module: str) -> None:
    """Import once what each worker of this module would import."""
    for name in (module, *_NEEDED[module]):
        import_module(name)


@pytest.fixture
def forked_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork this process for each worker that is started."""
    execute = asyncio.create_subprocess_exec

    async def fork_or_execute(*command: Any, **options: Any) -> asyncio.subprocess.Process:
        module = command[command.index("-m") + 1] if "-m" in command else ""
        if command[0] == sys.executable and module in _NEEDED:
            prepare(module)
            options["preexec_fn"] = partial(_work, command[command.index(module) :])
        return await execute(*command, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", fork_or_execute)


def _work(words: tuple[str, ...]) -> None:
    warnings.simplefilter("ignore", RuntimeWarning)  # runpy warns that the module is imported already
    vars(resource)["setrlimit"] = lambda *_: None
    become(words, dict(os.environ), script=True)
