"""Yield the results of concurrent work as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


async def results_of(
    work: Callable[Concatenate[Callable[[T], None], P], Coroutine[Any, Any, None]],
    *arguments: P.args,
    **named: P.kwargs,
) -> AsyncGenerator[T, None]:
    """Yield what `work` puts, which gets a function for that and the arguments; at its end, raise its error.

    Iterate inside `contextlib.aclosing`: closing early cancels `work` and waits for its end.
    """
    results: asyncio.Queue[T | None] = asyncio.Queue()
    task = asyncio.create_task(work(results.put_nowait, *arguments, **named))
    task.add_done_callback(lambda _: results.put_nowait(None))
    try:
        while (result := await results.get()) is not None:
            yield result
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
