"""Run what may take long, take much memory or crash in a process of its own, one job at a time."""

from __future__ import annotations

import importlib
from typing import Any

from tuireader.subprocesses.worker import Worker, WorkerDied, alarm, serve

IDLE = 60.0
"""Seconds without a job after which the process ends; the next job starts another one."""
GRACE = 5
"""Seconds beyond the deadline after which it ends by itself, should its parent be gone."""

JOBS = {
    "article": ("tuireader.subprocesses.readability", "article"),
    "picture": ("tuireader.subprocesses.images", "picture"),
    "colours": ("tuireader.subprocesses.highlighting", "colours"),
}
"""Module and function of each job; arguments and results are what `marshal` knows."""


class Failed(Exception):
    """A job could not be done; the message is one line for the user."""


class Sandbox:
    """Runs jobs in a process that starts with the first one and is killed when one takes too long."""

    def __init__(self, idle: float = IDLE) -> None:
        self.worker = Worker("tuireader.subprocesses.sandbox", idle=idle)

    async def run(self, job: str, *arguments: Any, deadline: float) -> Any:
        """Return the result of one of `JOBS`; raises Failed when it takes longer than `deadline` seconds."""
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
    """Run a job in the child: (True, its result) or (False, why it failed)."""
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
    except Exception as error:  # whatever a library raises: the job has to get its answer
        return False, f"it is damaged ({type(error).__name__})"


if __name__ == "__main__":
    # under its own name, so that the Failed of the jobs is the one that is caught here
    serve(importlib.import_module("tuireader.subprocesses.sandbox").answer)
