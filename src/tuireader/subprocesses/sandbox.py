"""Run risky jobs (slow, memory-hungry, crashing) in a separate process, one at a time."""

from __future__ import annotations

from typing import Any

from tuireader.subprocesses.jobs import Failed
from tuireader.subprocesses.worker import Worker, WorkerDied

IDLE = 60.0  # seconds without a job after which the process ends; the next job starts a new one


class Sandbox:
    """Run jobs in a process that starts with the first job and is killed if a job takes too long."""

    def __init__(self, idle: float = IDLE) -> None:
        self.worker = Worker("tuireader.subprocesses.jobs", idle=idle)

    async def run(self, job: str, *arguments: Any, deadline: float) -> Any:
        """Run one of `jobs.JOBS`. Raises Failed, also after `deadline` seconds."""
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
        await self.worker.aclose()
