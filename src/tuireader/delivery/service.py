"""Send a letter by a service of Apprise, in a process of its own.

Addresses of Apprise hold tokens, and its messages may repeat them: the process gets the address through a
pipe, and answers with a key of `_REASONS` and a status of HTTP at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from importlib.util import find_spec

from tuireader.config import ChannelConfig
from tuireader.delivery.letters import Letter, Receipt
from tuireader.delivery.templates import FORMATS, body, escaped, subject, without_mentions
from tuireader.subprocesses.worker import Worker, WorkerDied

_SECONDS = 60.0
_REASONS = {
    "unknown": "Apprise does not know this address, or something is missing in it",
    "unverified": "the address switches off the check of certificates (verify=no)",
    "local": "the address leads to something on this machine; use command, desktop or file",
    "proxy": "this service cannot use a proxy, and [fetch] proxy is set",
    "missing": "the package apprise is not installed: pip install 'tuireader[notify]'",
    "unreachable": "the service cannot be reached",
    "lost": "the connection to the service was lost",
    "refused": "the service does not accept it",
    "slow": f"the service took longer than {_SECONDS:.0f} s",
    "died": "Apprise ended early",
}


async def send(
    letter: Letter,
    channel: ChannelConfig,
    address: str,
    *,
    proxies: tuple[str, bool] = ("", True),
    worker: Worker | None = None,
) -> Receipt:
    """Send a letter; `address` is that of the channel, looked up if it is a secret.

    `proxies` are one for all, and whether those of the environment count without it.
    """
    title = subject(letter, channel)
    texts = {form: without_mentions(body(letter, channel, form)) for form in FORMATS}
    titles = {form: without_mentions(escaped(title, form)) for form in FORMATS}
    plain = without_mentions(title).replace("](", "]\u200b(")  # some services show even titles as Markdown
    (receipt,) = await _ask([(address, plain, titles, texts, channel.format, *proxies)], worker)
    return receipt


async def problems(addresses: Sequence[str]) -> list[str]:
    """Return why Apprise cannot use addresses, `""` for those that it can; nothing is sent."""
    return [
        receipt.error for receipt in await _ask([(each, "", {}, {}, "auto", "", True) for each in addresses])
    ]


async def _ask(requests: Sequence[tuple[object, ...]], known: Worker | None = None) -> list[Receipt]:
    if find_spec("apprise") is None:
        return [Receipt(False, _REASONS["missing"])] * len(requests)
    own = Worker("tuireader.delivery.service_process") if known is None else nullcontext(known)
    async with own as worker:
        return [await _receipt(worker, request) for request in requests]


async def _receipt(worker: Worker, request: tuple[object, ...]) -> Receipt:
    status = 0
    try:
        reason, status = await worker.ask(request, _SECONDS)
    except TimeoutError:
        reason = "slow"
    except WorkerDied:
        reason = "died"
    if reason == "ok":
        return Receipt(True)
    error = f"{_REASONS[reason]} (status {status})" if status else _REASONS[reason]
    doubtful = reason in ("slow", "died", "lost") or status >= 500
    return Receipt(False, error, status in (400, 413, 422), doubtful=doubtful)
