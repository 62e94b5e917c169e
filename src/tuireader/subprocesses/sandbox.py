"""The process, seen from both of its ends: jobs go in, answers come out, one at a time."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import marshal
import os
import signal
import sys
from typing import Any, BinaryIO

from tuireader.subprocesses import python

HEADER = 8
"""Bytes of the length that stands before each message."""
MEMORY = 1 << 30
"""Bytes of memory that the process may take."""
START = 20.0
"""Seconds that its start may take."""
IDLE = 60.0
"""Seconds without a job after which it ends; the next job starts another one."""
GRACE = 5
"""Seconds beyond the deadline after which it ends by itself, should its parent be gone."""

JOBS = {
    "article": ("tuireader.subprocesses.readability", "article"),
    "picture": ("tuireader.subprocesses.images", "picture"),
    "colours": ("tuireader.subprocesses.highlighting", "colours"),
}
"""What can be done: the module and the function, which takes and gives what `marshal` knows."""


class Failed(Exception):
    """A job could not be done; the message is one line for people."""


class Workshop:
    """Does jobs in a process of its own, which starts at the first one and is killed when one overruns."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    async def do(self, job: str, *arguments: Any, deadline: float) -> Any:
        """Do one of `JOBS` and give its answer; raises Failed when it cannot be done in so many seconds."""
        async with self._turn:
            done = False
            if self._idle is not None:
                self._idle.cancel()
            try:
                requests, answers = await self._started()
                async with asyncio.timeout(deadline):
                    requests.write(_framed((job, arguments, deadline)))
                    await requests.drain()
                    length = int.from_bytes(await answers.readexactly(HEADER), "big")
                    good, answer = marshal.loads(await answers.readexactly(length))
                done = True
            except TimeoutError:
                raise Failed(f"it takes longer than {deadline:g} seconds") from None
            except (OSError, EOFError, ValueError, TypeError):
                raise Failed("it is damaged or too large") from None
            finally:
                if not done:
                    await self.aclose()
            self._idle = asyncio.get_running_loop().call_later(IDLE, self._end)
        if not good:
            raise Failed(answer)
        return answer

    async def _started(self) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *python.command("tuireader.subprocesses.sandbox"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            assert self._process.stdout is not None
            async with asyncio.timeout(START):
                await self._process.stdout.readexactly(HEADER)
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def _end(self) -> None:
        """Let the process end: it does when it gets no more jobs."""
        if self._process is not None and self._process.stdin is not None and not self._turn.locked():
            self._process.stdin.close()

    async def aclose(self) -> None:
        """End the process."""
        if self._idle is not None:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            with contextlib.suppress(RuntimeError):  # a job reads what there is, up to its end
                await process.communicate()  # it has not ended while an answer that nobody wants is unread
            await process.wait()


def _framed(values: Any) -> bytes:
    data = marshal.dumps(values)
    return len(data).to_bytes(HEADER, "big") + data


# --------------------------------------------------------------------------- the other end


def main() -> None:
    """Do jobs until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not get among the answers
    answers.write(bytes(HEADER))
    answers.flush()
    while (job := _job(requests)) is not None:
        answers.write(_framed(_done(*job)))
        answers.flush()


def _job(stream: BinaryIO) -> tuple[str, tuple[Any, ...], float] | None:
    length = stream.read(HEADER)
    if len(length) < HEADER:
        return None
    data = stream.read(int.from_bytes(length, "big"))
    job: tuple[str, tuple[Any, ...], float] = marshal.loads(data)
    return job


def _done(name: str, arguments: tuple[Any, ...], deadline: float) -> tuple[bool, Any]:
    signal.alarm(int(deadline) + GRACE)
    try:
        module, function = JOBS[name]
        return True, getattr(importlib.import_module(module), function)(*arguments)
    except Failed as failed:
        return False, str(failed)
    except ImportError as error:
        return False, f"the package {error.name} is not installed"
    except (MemoryError, RecursionError):
        return False, "it needs too much memory"
    except Exception as error:  # whatever a library raises: the job has to get its answer
        return False, f"it is damaged ({type(error).__name__})"
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    # under its own name, so that the Failed of the jobs is the one that is caught here
    importlib.import_module("tuireader.subprocesses.sandbox").main()
