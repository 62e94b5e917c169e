"""Compose and deliver notifications of new articles on watches.

Composing is pure. Delivery runs programs without a shell and with a time limit. All text in a message was
cleaned when its article arrived.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import os
import shutil
import signal
from collections.abc import Sequence

from msgspec import Struct

from tuireader.config import NotifyConfig
from tuireader.model import Alarm, Evidence
from tuireader.model.asides import is_aside


class Item(Struct, frozen=True):
    """An article in a message, with its watches and what it adds to a story already reported."""

    article_id: int
    title: str
    url: str
    feed: str
    time: int
    evidence: tuple[Evidence, ...]
    adds: tuple[str, ...] = ()


class Message(Struct, frozen=True):
    """One notification for everything new in a refresh, or for alarms."""

    title: str
    body: str
    items: tuple[Item, ...]
    alarms: tuple[Alarm, ...] = ()


_LINES = 5
_ALARM_FIELDS = "id kind feed_id watch account name words raised_at cleared_at".split()  # noqa: SIM905


def message(items: Sequence[Item]) -> Message:
    """Combine articles into one message: `WeChat: …` for one, `12 new on WeChat, PIPL` for more."""
    watches = list(dict.fromkeys(evidence.watch for item in items for evidence in item.evidence))
    if len(items) == 1:
        (item,) = items
        watches = [
            f"{evidence.watch} (uncertain)" if evidence.uncertain else evidence.watch
            for evidence in item.evidence
        ]
        detail = f"adds {', '.join(item.adds)}" if item.adds else _sentence(item)
        body = "\n".join(filter(None, (item.feed, detail)))
        return Message(f"{', '.join(watches)}: {item.title}", body, tuple(items))
    lines = [
        f"{'◇ ' * _is_uncertain(item)}{item.title} ({item.feed})"
        + (f": adds {', '.join(item.adds)}" if item.adds else "")
        for item in items[:_LINES]
    ]
    if len(items) > _LINES:
        lines.append(f"and {len(items) - _LINES} more")
    return Message(f"{len(items)} new on {', '.join(watches)}", "\n".join(lines), tuple(items))


def _is_uncertain(item: Item) -> bool:
    return bool(item.evidence) and all(evidence.uncertain for evidence in item.evidence)


def _sentence(item: Item) -> str:
    for evidence in sorted(item.evidence, key=is_aside):
        if evidence.sentence != item.title:
            source = "Full text: " if evidence.fields == ("full text",) else ""
            source = f"({', '.join(evidence.fields)}) " if is_aside(evidence) else source
            return f"{source}{evidence.sentence}"
    return ""


def as_json(message: Message) -> str:
    """Write a message for the command as one JSON object, articles sorted by time."""
    articles = [
        {
            "id": item.article_id,
            "title": item.title,
            "url": item.url,
            "feed": item.feed,
            "time": item.time,
            "adds": list(item.adds),
            "watches": [
                {
                    "name": evidence.watch,
                    "terms": list(dict.fromkeys(hit.term for hit in evidence.hits)),
                    "occurrences": evidence.occurrences,
                    "where": list(evidence.fields),
                    "sentence": evidence.sentence,
                    "uncertain": evidence.uncertain,
                }
                for evidence in item.evidence
            ],
        }
        for item in message.items
    ]
    alarms = [{name: getattr(alarm, name) for name in _ALARM_FIELDS} for alarm in message.alarms]
    fields = {
        "title": message.title,
        "body": message.body,
        "count": len(articles),
        "articles": articles,
        "alarms": alarms,
    }
    return json.dumps(fields, ensure_ascii=False)


def is_quiet(hours: str, minute: int) -> bool:
    """Return whether a minute of the day is within hours such as `22:00-07:00`, excluding the end."""
    if not hours:
        return False
    start, end = ((int(hour) * 60 + int(past)) for hour, past in (at.split(":") for at in hours.split("-")))
    return start <= minute < end if start <= end else minute >= start or minute < end


_SECONDS = 20.0


class Delivered(Struct, frozen=True):
    """Result of a delivery: whether it was shown on the desktop, whether the command ran, and errors."""

    desktop: bool = False
    command: bool = False
    errors: tuple[str, ...] = ()


async def deliver(message: Message, config: NotifyConfig) -> Delivered:
    """Pass a message to the command and to `notify-send`, if configured and available."""
    errors: list[str] = []
    command = desktop = False
    if config.command:
        error = await _run(config.command, as_json(message))
        command = not error
        if error:
            errors.append(f"notify.command: {error}")
    sender = shutil.which("notify-send") if config.desktop else None
    if sender:
        body = html.escape(message.body, quote=False)  # notification services interpret tags in the body
        desktop = not await _run((sender, "--app-name=tuireader", "--", message.title, body))
    return Delivered(desktop, command, tuple(errors))


async def _run(command: Sequence[str], text: str = "") -> str:
    """Run a program with `text` on its stdin; return the error, or `""`."""
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
        return f"{command[0]} took longer than {_SECONDS:.0f} s and was stopped"
    except (OSError, ValueError) as error:
        return f"{command[0]} cannot be run: {getattr(error, 'strerror', None) or error}"
    finally:
        await _end(starting)
    return f"{command[0]} ended with exit status {process.returncode}" if process.returncode else ""


async def _end(starting: asyncio.Task[asyncio.subprocess.Process]) -> None:
    """Kill a program that has not ended, and all that it has started."""
    with contextlib.suppress(OSError, ValueError):
        process = await starting
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
