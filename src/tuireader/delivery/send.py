"""Send a letter by a channel: one attempt, whose result is a `Receipt`."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tuireader import files
from tuireader.config import ChannelConfig
from tuireader.config.files import expand_home
from tuireader.config.kinds import SECRET_PLACES
from tuireader.delivery import programs
from tuireader.delivery.letters import Letter, Receipt
from tuireader.delivery.message import as_json
from tuireader.delivery.templates import body, subject
from tuireader.errors import TuireaderError
from tuireader.subprocesses.worker import Worker

log = logging.getLogger("tuireader")


class Surroundings(Struct, frozen=True):
    """Needs of channels besides their configuration.

    `folder` is that of the configuration, for relative paths. `resolve` looks up a secret, which may block
    and raise TuireaderError. `proxy` is used for all addresses on the web; without it, those of the
    environment if `proxies`. `worker` runs `delivery.service_process` for several letters; without it, each
    starts a process.
    """

    folder: Path
    resolve: Callable[[str], str]
    proxy: str = ""
    proxies: bool = True
    worker: Worker | None = None

    async def secret(self, value: str) -> str:
        """Return a value, or look it up in a thread where it says that it is kept."""
        kept = value.startswith(SECRET_PLACES)
        return await asyncio.to_thread(self.resolve, value) if kept else value


async def send(
    letter: Letter, channel: ChannelConfig, around: Surroundings, more: Sequence[Letter] = ()
) -> Receipt:
    """Send a letter once; whatever the receiver does becomes a receipt. Raises only CancelledError.

    A file takes `more` letters with it: all or none.
    """
    try:
        if channel.file:
            return await _write([letter, *more], channel, around.folder)
        return await _send(letter, channel, around)
    except TuireaderError as error:  # a secret cannot be looked up
        return Receipt(False, error.message)
    except Exception as error:  # a letter that breaks its sender must not stop the others
        log.exception("the channel %s failed", channel.name)
        return Receipt(False, f"internal error: {type(error).__name__}", doubtful=True)


async def _send(letter: Letter, channel: ChannelConfig, around: Surroundings) -> Receipt:
    channel = _formatted(channel, letter)
    if channel.kind == "mail":
        from tuireader.delivery import mail

        return await mail.send(letter, channel, await around.secret(channel.password))
    if channel.kind == "url":
        from tuireader.delivery import service

        address, proxies = await around.secret(channel.url), (around.proxy, around.proxies)
        return await service.send(letter, channel, address, proxies=proxies, worker=around.worker)
    if channel.share:
        from tuireader.delivery import share

        token, password = await around.secret(channel.token), await around.secret(channel.password)
        return await share.send(letter, channel, token, password, proxied=(around.proxy, around.proxies))
    own = _worded(letter, channel)
    if channel.desktop:
        error = await programs.show(own)
        if error in ("", programs.MISSING):  # without it, a terminal shows what is accepted
            return Receipt(True, ways=() if error else ("desktop",))
        return Receipt(False, error)
    text = as_json(own, channel.name)
    if channel.kind == "webhook":
        from tuireader.delivery import webhook

        address, key = await around.secret(channel.webhook), await around.secret(channel.secret)
        return await webhook.post(address, text, key, proxy=around.proxy, proxies=around.proxies)
    return await programs.run(channel.command, text)


def _formatted(channel: ChannelConfig, letter: Letter) -> ChannelConfig:
    return channel if letter.form == "auto" else replace(channel, format=letter.form)


def _worded(letter: Letter, channel: ChannelConfig) -> Letter:
    """Write subject and body by the templates of a channel."""
    channel = _formatted(channel, letter)
    form = "plain" if channel.format == "auto" or channel.desktop else channel.format
    return replace(letter, title=subject(letter, channel), body=body(letter, channel, form))


async def _write(letters: Sequence[Letter], channel: ChannelConfig, folder: Path) -> Receipt:
    lines = "".join([f"{as_json(_worded(letter, channel), channel.name)}\n" for letter in letters])
    path = folder / expand_home(channel.file)
    error = await asyncio.to_thread(_append, path, lines.encode("utf-8", "replace"))
    return Receipt(not error, error)


def _append(path: Path, lines: bytes) -> str:
    """Append lines durably, and return the error, or `""`.

    The file is opened each time, as another program may have rotated it away.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
    try:
        with os.fdopen(os.open(path, flags, files.PRIVATE), "r+b", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return "cannot be written: it is not a regular file"
            if file.seek(0, os.SEEK_END) and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n":
                lines = b"\n" + lines  # an earlier line was cut short by a full disk or a kill
            end = file.tell()
            try:
                while lines:
                    lines = lines[file.write(lines) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)  # all will come again, so no line may stay
                raise
    except (OSError, ValueError) as error:
        return f"cannot be written: {getattr(error, 'strerror', None) or error}"
    return ""
