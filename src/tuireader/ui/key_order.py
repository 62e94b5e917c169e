"""Handle keys in the order of typing, even if they arrive within milliseconds.

Textual sends a key to the focused widget, and runs its binding once the key has bubbled through the queues of
all parents. By then an input contains text typed later: `ctrl+u` would delete it, and keys typed after
`enter` or `escape` would go to an input or screen that is about to close.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widget import Widget

from tuireader.commands.keys import SAME_BYTE
from tuireader.ui.workers import wait_at_most

PATIENCE = 1.0  # maximum seconds to wait for a widget that may have been removed
ROUNDS = 10  # times that for a widget which is still there: it may be reading a view from a slow disk


class Key(events.Key, bubble=False):
    """A key for one node; `stopped` is true once the node has called `stop`."""

    stopped = False

    def stop(self, stop: bool = True) -> Key:
        self.stopped = stop
        super().stop(stop)
        return self


_CHARACTER = {"backspace": "\x7f", "tab": "\t", "enter": "\r", "escape": "\x1b"}


def same_key(event: events.Key) -> events.Key:
    """Turn `ctrl+j` into `enter`, and likewise other keys that share a byte with a key of their own.

    Until the program has taken over the terminal, enter arrives as `ctrl+j`.
    """
    key = SAME_BYTE.get(event.key)
    return event if key is None else events.Key(key, _CHARACTER[key])


def split_alt(event: events.Key, app: App[Any]) -> list[events.Key]:
    """Split alt with a letter into `escape` and the letter: most terminals send the same for both.

    An alt key that is bound stays whole.
    """
    letter = event.character
    alt = letter is not None and event.is_printable and event.key.startswith("alt+")
    if not alt or event.key in app.screen.active_bindings:
        return [event]
    return [events.Key("escape", "\x1b"), events.Key(letter or "", letter)]


async def drained(*nodes: MessagePump) -> None:
    """Wait until the messages now in the queues of the nodes are handled, one node after another."""
    for node in nodes:
        done = asyncio.Event()
        if node.call_later(done.set):
            for _ in range(ROUNDS):
                await wait_at_most(PATIENCE, done)
                if done.is_set() or not node.is_attached:
                    break


async def press(focused: Widget, event: events.Key, run_binding: Callable[[str], Awaitable[bool]]) -> None:
    """Let the widget and its parents handle a key, then run its binding unless one of them stopped it."""
    app = focused.app
    nodes = [node for node in focused.ancestors_with_self if isinstance(node, Widget)]
    await drained(focused)
    for node in nodes:
        key = Key(event.key, event.character)
        node.post_message(key)
        await drained(node)
        if key.stopped:
            break
    else:
        await run_binding(event.key)
    if app.return_code is None:  # the app is not about to exit
        await drained(focused, *nodes)  # the widget again, for messages that it sent to itself
