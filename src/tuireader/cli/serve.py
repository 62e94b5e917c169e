"""Serve the reader to a browser."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable

import click

from tuireader.cli.base import Options, say
from tuireader.config import config_exists
from tuireader.errors import TuireaderError
from tuireader.subprocesses import processes


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--public-url", default="", metavar="URL", help="Public address behind a proxy.")
@click.option("--open", "browser", is_flag=True, help="Also open the browser.")
@click.pass_obj
def serve(options: Options, host: str, port: int, public_url: str, browser: bool) -> None:
    """Open the reader in a browser, with the same keys.

    Prints a link with a secret token. Only this machine can connect, unless --host allows others: then put it
    behind a proxy with TLS, because the connection is not encrypted.

    \b
    Examples:
      tuireader serve
      tuireader serve --port 0 --open
      tuireader --demo serve
    """
    try:
        from tuireader.ui.serve import listen, serve
    except ImportError:
        raise TuireaderError(
            "`tuireader serve` needs textual-serve", "install it with: pip install 'tuireader[serve]'"
        ) from None
    options.config()  # a broken configuration is reported here, not in the browser
    words = ["--config", str(options.paths.config)] if config_exists(options.paths.config) else []
    if options.demo:
        words.append("--demo")
    if options.paths.database_given:
        words += ["--database", str(options.paths.database)]
    listening = listen(host, port)
    address = ipaddress.ip_address(listening.getsockname()[0].partition("%")[0])
    if not address.is_loopback:
        say("tuireader: other machines can connect, and the connection is not encrypted")
    serve(
        processes.command("tuireader", *words),
        listening,
        public_url=public_url,
        browser=browser,
        say=lambda link: print(link, flush=True),
        published=_reading(options),
    )


def _reading(options: Options) -> Callable[[str, str], Awaitable[bytes | None]]:
    """Read published feeds, one at a time, by the configuration and the keys of that moment."""
    turn = asyncio.Lock()

    async def read(key: str, file: str) -> bytes | None:
        if options.demo:
            return None
        async with turn, options.library() as library:
            return await library.publishing.at(key, file)

    return read
