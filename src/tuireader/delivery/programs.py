"""Run the user's program and `notify-send`, without a shell and with a time limit."""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
import shutil
import signal
from collections.abc import Sequence

from msgspec.structs import replace

from tuireader.config import NotifyConfig
from tuireader.delivery.letters import Letter, Receipt
from tuireader.delivery.message import as_json

_SECONDS = 20.0
MISSING = "notify-send is not installed"


async def deliver(letter: Letter, config: NotifyConfig) -> Receipt:
    """Pass a letter to the command and to `notify-send`, if configured and available; one is enough."""
    receipts: dict[str, Receipt] = {}
    if config.command:
        receipts["command"] = await run(config.command, as_json(letter))
    if config.desktop and not await show(letter):
        receipts["desktop"] = Receipt(True)
    ways = tuple([way for way, receipt in receipts.items() if receipt.accepted])
    failed = next((receipt for receipt in receipts.values() if not receipt.accepted), Receipt(True))
    error = f"notify.command: {failed.error}" if failed.error else ""
    return replace(failed, accepted=bool(ways) or failed.accepted, error=error, ways=ways)


async def show(letter: Letter) -> str:
    """Show a letter on the desktop; return the error, or `""`."""
    sender = shutil.which("notify-send")
    if not sender:
        return MISSING
    body = html.escape(letter.body, quote=False)  # notification services interpret tags in the body
    return (await run((sender, "--app-name=tuireader", "--", letter.title, body))).error


async def run(command: Sequence[str], text: str = "") -> Receipt:
    """Run a program with `text` on its stdin."""
    with contextlib.suppress(ValueError):  # in another thread than the main one
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # by which the reader ends a refresh
            signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # runs `_end`
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    )
    try:
        async with asyncio.timeout(_SECONDS):
            process = await asyncio.shield(starting)  # so that even a program that is just starting is ended
            await process.communicate(text.encode("utf-8", "replace"))
    except TimeoutError:
        words = f"{command[0]} took longer than {_SECONDS:.0f} s and was stopped"
        return Receipt(False, words, doubtful=True)
    except (OSError, ValueError) as error:
        return Receipt(False, f"{command[0]} cannot be run: {getattr(error, 'strerror', None) or error}")
    finally:
        await _end(starting)
    status = process.returncode or 0
    words = f"{command[0]} ended with exit status {status}" if status else ""
    return Receipt(not status, words, doubtful=status < 0)


async def _end(starting: asyncio.Task[asyncio.subprocess.Process]) -> None:
    """Kill a program that has not ended, and all that it has started."""
    with contextlib.suppress(OSError, ValueError):
        process = await starting
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
