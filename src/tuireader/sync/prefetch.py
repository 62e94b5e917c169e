"""Ask for the next page of a server while the last one is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def prefetched(steps: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the steps of a generator while it makes the next one; closes the generator."""

    async def following() -> T | None:
        return await anext(steps, None)

    coming = asyncio.create_task(following())
    try:
        while (step := await coming) is not None:
            coming = asyncio.create_task(following())
            yield step
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await steps.aclose()


def twice_prefetched(steps: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the steps of a generator that may be two ahead, as steps take longer now and then."""
    return prefetched(prefetched(steps))
