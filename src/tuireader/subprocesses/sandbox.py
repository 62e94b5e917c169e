"""Run risky jobs (slow, memory-hungry, crashing) in a separate process, one at a time."""

from __future__ import annotations

import importlib
from typing import Any

from tuireader.subprocesses.worker import Worker, WorkerDied, alarm, serve

IDLE = 60.0
"""Seconds without a job after which the process ends; the next job starts a new one."""
GRACE = 5
"""Seconds after the deadline when the process ends by itself, in case its parent is gone."""

JOBS = {
    "page_items": ("tuireader.subprocesses.page_items", "items"),
    "page_proposals": ("tuireader.subprocesses.page_proposals", "propose"),
    "page_text": ("tuireader.subprocesses.page_text", "watched"),
    "article": ("tuireader.subprocesses.readability", "article"),
    "picture": ("tuireader.subprocesses.images", "picture"),
    "colours": ("tuireader.subprocesses.highlighting", "colours"),
}
"""Module and function of each job; `marshal` must support the arguments and results."""


class Failed(Exception):
    """A job failed; the message is one line for the user."""


class Sandbox:
    """Run jobs in a process that starts with the first job and is killed if a job takes too long."""

    def __init__(self, idle: float = IDLE) -> None:
        self.worker = Worker("tuireader.subprocesses.sandbox", idle=idle)

    async def run(self, job: str, *arguments: Any, deadline: float) -> Any:
        """Return the result of one of `JOBS`. Raises Failed, also after `deadline` seconds."""
        try:
            done, result = await self.worker.ask((job, arguments, deadline), deadline)
        except TimeoutError:
            raise Failed(f"it takes longer than {deadline:g} seconds") from None
        except (WorkerDied, OSError):
            raise Failed("it is damaged or too large") from None
        if not done:
            raise Failed(result)
        return result

    async def aclose(self) -> None:
        """End the process."""
        await self.worker.aclose()


def answer(request: tuple[str, tuple[Any, ...], float]) -> tuple[bool, Any]:
    """Run a job in the child and return (True, result) or (False, reason of the failure)."""
    job, arguments, deadline = request
    try:
        with alarm(int(deadline) + GRACE):
            module, function = JOBS[job]
            return True, getattr(importlib.import_module(module), function)(*arguments)
    except Failed as failed:
        return False, str(failed)
    except ImportError as error:
        return False, f"the package {error.name} is not installed"
    except (MemoryError, RecursionError):
        return False, "it needs too much memory"
    except Exception as error:  # libraries may raise anything, but the job needs an answer
        return False, f"it is damaged ({type(error).__name__})"


if __name__ == "__main__":
    # Import the module under its own name, so that the jobs raise the same Failed class as caught here.
    serve(importlib.import_module("tuireader.subprocesses.sandbox").answer)
