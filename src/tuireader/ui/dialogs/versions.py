"""What was changed in an article since it first came, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tuireader.commands import Scope
from tuireader.model import Revision
from tuireader.text.word_diff import Kind
from tuireader.ui.bindings import bindings
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.drawing.styles import Styles
from tuireader.ui.drawing.times import age, full_time
from tuireader.ui.widgets.says import Says

_AROUND = 160  # characters of what stayed the same that are shown beside a change
_SIGNS: dict[str, tuple[str, str]] = {Kind.REMOVED: ("[-", "-]"), Kind.ADDED: ("{+", "+}")}


def told(revision: Revision, styles: Styles) -> Text:
    """One change: when it was seen, and its words with signs as `wdiff` writes them, in colours."""
    text = Text()
    for runs in (revision.title, revision.text):
        if all(kind not in _SIGNS for kind, _ in runs):
            continue
        if text:
            text.append("\n\n")
        _add(text, runs, styles)
    return text or Text("only white space and links", styles.dim)


def _add(text: Text, runs: Sequence[tuple[str, str]], styles: Styles) -> None:
    for number, (kind, words) in enumerate(runs):
        if kind in _SIGNS:
            before, after = _SIGNS[kind]
            space = words[len(words.rstrip()) :]
            style = styles.added if kind == Kind.ADDED else styles.removed
            text.append(f"{before}{words.rstrip()}{after}", style)
            text.append(space or " ")
        else:
            text.append(_shortened(words, first=number == 0, last=number == len(runs) - 1))


def _shortened(words: str, *, first: bool, last: bool) -> str:
    """What stayed the same, but for the middle of long stretches."""
    if len(words) <= 2 * _AROUND:
        return words
    head = "" if first else words[:_AROUND].rsplit(" ", 1)[0]
    tail = "" if last else words[-_AROUND:].split(" ", 1)[-1]
    return f"{head} … {tail}"


class Changes(VerticalScroll, inherit_bindings=False):
    """The changes, to be scrolled."""

    BINDINGS: ClassVar = [*bindings(Scope.CHOICES)]

    def action_move_down(self) -> None:
        self.scroll_relative(y=1, animate=False)

    def action_move_up(self) -> None:
        self.scroll_relative(y=-1, animate=False)

    def action_half_page_down(self) -> None:
        self.scroll_relative(y=self.size.height // 2, animate=False)

    def action_half_page_up(self) -> None:
        self.scroll_relative(y=-(self.size.height // 2), animate=False)

    def action_page_down(self) -> None:
        self.scroll_relative(y=self.size.height - 1, animate=False)

    def action_page_up(self) -> None:
        self.scroll_relative(y=1 - self.size.height, animate=False)

    def action_top(self) -> None:
        self.scroll_home(animate=False)

    def action_bottom(self) -> None:
        self.scroll_end(animate=False)

    def action_open(self) -> None:
        """Nothing can be opened here."""


class Versions(Dialog[None]):
    """The versions of an article, the newest change first."""

    def __init__(self, title: str, revisions: Sequence[Revision], styles: Styles) -> None:
        super().__init__()
        self._title = title
        self._revisions = revisions
        self._theme_styles = styles

    def compose(self) -> ComposeResult:
        """Each change under its time."""
        yield self.box(
            "Changes",
            Says(self._title),
            Changes(*self._told(), id="changes"),
            Says("[-taken out-] {+put in+} · esc closes", "hint"),
        )

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one(Changes).focus()

    def _told(self) -> Iterable[Static]:
        now = int(self.host.clock())
        for revision in self._revisions:
            what = "page" if revision.full else "feed"
            head = Text(
                f"{full_time(revision.until)} · {age(revision.until, now)} · {what}",
                self._theme_styles.heading,
            )
            yield Static(head, classes="says")
            yield Static(told(revision, self._theme_styles), classes="says change")
