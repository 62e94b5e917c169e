"""A few lines about the item under the cursor or the typed text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual.content import Content
from textual.widgets import Static

from tuireader.ui.drawing.styles import content
from tuireader.ui.host import Hosted
from tuireader.ui.workers import Delayed, run_latest
from tuireader.wording.lines import Line

PAUSE = 0.12  # seconds without a key before a preview is made


class Details(Static, Hosted):
    """Lines of styled text, cut to the width."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: tuple[Line, ...] = ()

    def show(self, *lines: Line) -> None:
        if lines != self.lines:
            self.lines = lines
            styles = self.theme_styles
            self.update(Content("\n").join(content(line, styles) for line in lines), layout=False)


class Preview(Details):
    """Details updated while typing; only the result of the last request is shown."""

    def __init__(self, lines: Callable[[], Awaitable[Sequence[Line]]]) -> None:
        super().__init__(id="preview")
        self._lines = lines
        self._later = Delayed(self, self.renew)

    def renew(self, *, soon: bool = False) -> None:
        """Request new lines, now or (`soon`) after a pause in the typing."""
        self._later.cancel()
        if soon:
            self._later.start(PAUSE)
        else:
            run_latest(self, self._show, "preview")

    async def _show(self) -> None:
        self.show(*await self._lines())
