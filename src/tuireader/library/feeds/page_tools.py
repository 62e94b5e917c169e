"""Shared tools for linked pages and images: a fetcher, and a sandbox to process them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tuireader.config import Config
from tuireader.errors import TuireaderError
from tuireader.library.context import UseCases
from tuireader.subprocesses.jobs import Failed
from tuireader.subprocesses.sandbox import Sandbox

if TYPE_CHECKING:
    from tuireader.feeds.http.fetch import Fetcher, FetchLimits

_SECONDS = 20.0  # seconds to fetch a page, comments or an image


class PageTools(UseCases):
    """A fetcher and a sandbox, opened on first use."""

    _sandbox: Sandbox | None = None
    _fetcher: Fetcher | None = None

    async def close(self) -> None:
        if self._sandbox is not None:
            await self._sandbox.aclose()
        if self._fetcher is not None:
            await self._fetcher.aclose()

    async def work(self, job: str, *arguments: object, seconds: float) -> Any:
        """Run a job in the sandbox. Raises TuireaderError."""
        try:
            return await self.attempt(job, *arguments, seconds=seconds)
        except Failed as failed:
            raise TuireaderError(f"cannot be read: {failed}") from None

    async def attempt(self, job: str, *arguments: object, seconds: float) -> Any:
        """Run a job in the sandbox. Raises Failed."""
        if self._sandbox is None:
            self._sandbox = Sandbox()
        return await self._sandbox.run(job, *arguments, deadline=seconds)

    async def open_fetcher(self) -> Fetcher:
        """Open the shared fetcher for pages, or reuse it."""
        if self._fetcher is None:
            from tuireader.feeds import pages

            limits = pages.limited(fetch_limits(self._context.config), _SECONDS)
            fetcher = await pages.open_fetcher(limits, self._context.clock)
            if self._fetcher is None:
                self._fetcher = fetcher
            else:
                await fetcher.aclose()  # another request opened one meanwhile
        return self._fetcher


def fetch_limits(config: Config) -> FetchLimits:
    """Configured limits of size, time and connections."""
    from tuireader.feeds.http.fetch import FetchLimits

    fetch = config.fetch
    limits = FetchLimits(
        concurrency=fetch.concurrency,
        per_host=fetch.per_host,
        per_own_host=fetch.per_own_host,
        total=fetch.timeout,
        max_bytes=fetch.max_size,
        proxies=fetch.proxies,
        proxy=fetch.proxy,
        block_private=fetch.block_private,
    )
    return replace(limits, user_agent=fetch.user_agent) if fetch.user_agent else limits
