"""The child's end of a `Worker`: answer requests on stdin.

Messages are a length and `marshal` data: plain tuples take a third of the time of pickled objects. Both
ends run under the same interpreter, so its private format is safe to use. Without asyncio, which only the
parent needs, a process starts in half the time.
"""

from __future__ import annotations

import contextlib
import fcntl
import marshal
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

HEADER = 8  # bytes of the length before a message
_PIPE = 1 << 20  # pipe size in bytes, to fit most messages: waking a process for each 64 KB is slow
_MEMORY = 1 << 30


def serve(answer: Callable[[Any], Any], *, data: int | None = None) -> None:
    """Answer requests until stdin ends. `data` limits the bytes of the process's own memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        if data is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (data, data))
    for pipe in (0, 1):
        with contextlib.suppress(OSError, AttributeError):  # no pipe, or not on Linux
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # keep stray prints out of the answers
    answers.write(bytes(HEADER))
    answers.flush()
    while length := int.from_bytes(requests.read(HEADER), "big"):
        answers.write(framed(answer(marshal.loads(requests.read(length)))))
        answers.flush()


@contextlib.contextmanager
def alarm(seconds: int) -> Iterator[None]:
    """End this process after some seconds, in case its parent is gone."""
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def framed(values: Any) -> bytes:
    """Put the length before the data of a message."""
    data = marshal.dumps(values)
    return len(data).to_bytes(HEADER, "big") + data
