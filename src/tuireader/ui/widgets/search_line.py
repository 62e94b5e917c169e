"""Input lines: search for articles after a short pause, or find in the open article at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partialmethod
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.widgets import Input

from tuireader.commands import Scope
from tuireader.ui.bindings import bindings
from tuireader.ui.widgets.article_pane import ArticlePane
from tuireader.ui.workers import Delayed

_PAUSE = 0.02  # seconds without a key: a burst of keys is one search


class SearchLine(Input):
    """Input for a search: enter or down moves to the results, escape ends it, up recalls older searches.

    In its messages, `filters` means filtering the list instead of searching everything stored.
    """

    BINDINGS: ClassVar = [*bindings(Scope.SEARCH)]

    @dataclass
    class Typed(Message):
        text: str
        filters: bool

    class Left(Typed):
        """The focus moves to the results for `text`; `""` ends the search."""

    @dataclass
    class Kept(Typed):
        """The user wants to keep the text as a watch or (`as_view`) a saved search."""

        as_view: bool

    def __init__(self, value: str = "", *, filters: bool = False, history: Sequence[str] = ()) -> None:
        placeholder = "Filter this list …" if filters else "Search everything stored …"
        super().__init__(value, placeholder=placeholder, compact=True, id="search")
        self._filters = filters
        self._history = history
        self._back = 0  # position in the history; 0 is the typed text
        self._search = Delayed(self, lambda: self.post_message(self.Typed(self.value, self._filters)))
        self._left = False

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._search.cancel()
        if not self._left:  # else the key to leave arrived together with the text
            self._search.start(_PAUSE)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._go_on()

    def _walk(self, step: int) -> bool:
        """Recall an older or newer search, starting from an empty line; return False if not possible."""
        known = 0 < self._back <= len(self._history) and self.value == self._history[self._back - 1]
        if self.value and not known:
            return False
        back = (self._back if known else 0) + step
        if back < 0 or (step > 0 and back > len(self._history)):
            return step > 0
        self._back = back
        self.value = self._history[back - 1] if back else ""
        self.cursor_position = len(self.value)
        return True

    def _keep(self, *, as_view: bool) -> None:
        if self.value.strip():
            self.post_message(self.Kept(self.value, self._filters, as_view))

    action_keep_as_watch = partialmethod(_keep, as_view=False)
    action_keep_as_view = partialmethod(_keep, as_view=True)

    def _go_on(self) -> None:
        self._search.call_if_due()
        self._leave(self.value)

    def _leave(self, text: str) -> None:
        self._search.cancel()
        self._left = True
        self.post_message(self.Left(text, self._filters))

    def on_key(self, event: events.Key) -> None:
        if event.key in ("up", "down") and self._walk(1 if event.key == "up" else -1):
            pass
        elif event.key == "down":
            self._go_on()
        elif event.key == "escape" or (event.key == "backspace" and not self.value):
            self._leave("")
        else:
            return
        event.stop()
        event.prevent_default()


class FindLine(Input):
    """Input for find in page: arrows go to other matches, only enter keeps them marked."""

    @dataclass
    class Left(Message):
        """The focus returns to the article; `keep` leaves the matches marked."""

        keep: bool

    def __init__(self, article: ArticlePane) -> None:
        super().__init__(article.sought, placeholder="Find in this article …", compact=True, id="find")
        self._article = article

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._article.find(self.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(keep=bool(self.value.strip())))

    def on_key(self, event: events.Key) -> None:
        step = {"down": 1, "up": -1}.get(event.key)
        if step is not None:
            self._article.next_found(step)
        elif event.key == "escape" or (event.key == "backspace" and not self.value):
            self.post_message(self.Left(keep=False))
        else:
            return
        event.stop()
        event.prevent_default()
