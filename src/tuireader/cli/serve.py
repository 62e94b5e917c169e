"""The reader in a browser."""

from __future__ import annotations

import ipaddress

import click

from tuireader.cli.base import Options, say
from tuireader.config import config_exists
from tuireader.errors import Exit, TuireaderError
from tuireader.subprocesses import python


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option(
    "--public-url", default="", metavar="URL", help="The address as browsers see it, behind a proxy."
)
@click.option("--open", "browser", is_flag=True, help="Open it in the browser, too.")
@click.pass_obj
def serve(options: Options, host: str, port: int, public_url: str, browser: bool) -> int:
    """Open the reader in a browser: the same program, the same keys.

    Prints a link with a token; without it nobody gets in. Only this machine can reach it, unless --host says
    otherwise: then put it behind a proxy with TLS, for what goes over the network can be read there.

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
    options.config()  # a broken configuration is told here, not to the browser
    words = ["--config", str(options.paths.config)] if config_exists(options.paths.config) else []
    if options.demo:
        words.append("--demo")
    if options.paths.database_given:
        words += ["--database", str(options.paths.database)]
    listening = listen(host, port)
    if not _loopback(listening.getsockname()[0]):
        say("tuireader: other machines can reach this, and what goes over the network is not encrypted")
    serve(
        python.command("tuireader", *words),
        listening,
        public_url=public_url,
        browser=browser,
        say=lambda link: print(link, flush=True),
    )
    return Exit.OK


def _loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback
