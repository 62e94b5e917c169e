"""Keys in the order of typing, also those that are typed within milliseconds.

Textual hands a key to the widget that has the focus, and does what is bound to it when it has come back
through the queues of all parents. By then a line has the text typed after it: `ctrl+u` would delete that, and
what was typed after `enter` or `escape` would go to a line or a screen that is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.widget import Widget

_PATIENCE = 1.0
"""Seconds to wait for a widget, which may have been left meanwhile."""


def one_by_one(event: events.Key, app: App[Any]) -> list[events.Key]:
    """`escape` and the letter typed right after it, which most terminals tell like alt and a letter."""
    letter = event.character
    alt = letter is not None and event.is_printable and event.key.startswith("alt+")
    if not alt or any(event.key in bindings.key_to_bindings for _, bindings in app.screen._binding_chain):
        return [event]
    return [events.Key("escape", "\x1b"), events.Key(letter or "", letter)]


async def answered(*nodes: MessagePump) -> None:
    """Wait until what stands in the queues of the nodes now is done, one after the other."""
    for node in nodes:
        done = asyncio.Event()
        if node.call_later(done.set):
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), _PATIENCE)


async def press(focused: Widget, event: events.Key, bound: Callable[[str], Awaitable[bool]]) -> None:
    """Do a key that is no text: what the widget and all around it make of it, then what is `bound` to it."""
    app = focused.app
    around = [node for node in focused.ancestors_with_self if node is not app]
    await answered(focused)
    for node in around:
        await _handle(node, event)
        if event._stop_propagation:
            break
    else:
        await bound(event.key)
    if not app._exit:
        await answered(focused, *around)  # the widget again, for what it told itself


async def _handle(node: DOMNode, event: events.Key) -> None:
    event._no_default_action = False
    with node._context():
        for _, method in node._get_dispatch_methods(event.handler_name, event):
            answer = method(event)
            if answer is not None:
                await answer
