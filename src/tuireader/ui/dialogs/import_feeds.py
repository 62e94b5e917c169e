"""Show what an import would add, and offer files to import."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList

from tuireader.config import FeedConfig
from tuireader.config.files import expand_home
from tuireader.files import is_folder
from tuireader.library.exchange import Imported, Plan
from tuireader.newsboat.outcomes import Fate
from tuireader.text import cell_len, clean, display_host, pad, without_password
from tuireader.text.wording import counted
from tuireader.ui.dialogs.dialog import FormDialog
from tuireader.ui.widgets.choices import Choice, Choices, under_headings
from tuireader.ui.widgets.details import Details
from tuireader.wording.lines import Line
from tuireader.wording.times import age

if TYPE_CHECKING:
    from tuireader.exchange.nearby import Nearby
    from tuireader.library import Library

Progress = Callable[[int, int], None]
Save = Callable[[Collection[str], Progress], Awaitable[Imported]]
_LARGEST = 50_000_000  # bytes of a file to import
_LISTED = 500  # maximum feeds that are listed to be unchecked
_COLUMN = 40  # maximum cells of titles before the notes
_SKIPPED = 3  # maximum skipped parts that are shown
_PROFILE: Sequence[Line] = (
    (("A newsboat profile", "strong"),),
    (("Its feeds, tags, searches, keys and settings, and its articles with their marks", "text"),),
    (("Lines that start programs are left out: `tuireader import newsboat` asks about them", "dim"),),
    (("Lists fold the reports of a story into one row; v lists each article, as newsboat does", "dim"),),
)
_MARKS = ("[ ]", "[x]")


class ImportPreview(FormDialog[Imported | None]):
    """Summary of an import, with its new feeds to check; the result is None if it was not made.

    `make` makes it for the keys of the checked feeds and reports its progress; None if nothing is new.
    """

    AUTO_FOCUS = "Choices"
    BINDINGS: ClassVar = [
        Binding("enter", "save", show=False, priority=True),  # a click checks
        Binding("space", "check", show=False),
        Binding("a", "all", show=False),
    ]

    def __init__(self, name: str, lines: Sequence[Line], make: Save | None, feeds: Sequence[Choice] = ()):
        super().__init__(classes="-short")
        self._name = name
        self._lines = lines
        self._make = make
        self._saving = False
        self._feeds = {choice.key: choice for choice in feeds if choice.key is not None}
        self.checked = set(self._feeds)
        self._choices = Choices(feeds)

    def compose(self) -> ComposeResult:
        about = Details()
        about.show(*self._lines)
        yield self.box(f"Import {self._name}", about, *([self._choices] if self._feeds else []))

    def show_hint(self, error: str = "") -> None:
        self._saving = False
        keys = "enter imports" if self._make else "Nothing new"
        if self._feeds:
            keys = f"enter imports {counted(len(self.checked), 'feed')} · space checks · a all or none"
        self.hint(f"{keys} · esc goes back", error)

    def _toggle(self, keys: set[str]) -> None:
        """Uncheck these feeds if all of them are checked, else check them."""
        if self._saving:
            return
        self.checked = self.checked - keys if keys <= self.checked else self.checked | keys
        for key in keys:
            choice = replace(self._feeds[key], lead=_MARKS[key in self.checked])
            self._choices.replace_option_prompt(key, self._choices.option(choice).prompt)
        self.show_hint()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._toggle({event.option_id or ""})

    def action_check(self) -> None:
        self._choices.action_select()
        self._choices.action_move(1)

    def action_all(self) -> None:
        self._toggle(set(self._feeds))

    def action_save(self) -> None:
        if self._feeds and not self.checked:
            self.show_hint("No feed is checked")
        elif self._make is not None and not self._saving:
            self._saving = True
            self.hint("Importing …")
            super().action_save()

    async def save(self) -> Imported | None:
        def progress(done: int, total: int) -> None:
            self.hint(f"Importing … feed {done:,} of {total:,}")

        return await self._make(self.checked, progress) if self._make else None

    def action_leave(self) -> None:
        if not self._saving:
            super().action_leave()


async def preview_file(library: Library, path: Path) -> ImportPreview:
    """Read a file, or the newsboat profile in a folder. Raises TuireaderError."""
    if await asyncio.to_thread(is_folder, path):
        return await _preview_profile(library, path)
    return await preview_plan(library, await library.exchange.read_file(path, most=_LARGEST), shown(path))


async def preview_plan(library: Library, plan: Plan, name: str) -> ImportPreview:
    """Show what was read, as far as it is new."""
    new, known = await library.exchange.split(plan)
    folders = len({feed.folder for feed in new if feed.folder})
    places = f" in {counted(folders, 'folder')}" if folders else ""
    parts = [f"{counted(len(new), 'new feed')}{places}"] if plan.feeds else []
    parts += [f"{len(known):,} already subscribed"] if known else []
    parts += [counted(len(plan.views), "saved search", "saved searches")] if plan.views else []
    parts += [f"marks of {counted(len(plan.marks), 'article')}"] if plan.marks else []
    lines: list[Line] = [((" · ".join(parts) or "No feeds", "strong"),)]
    lines += [((f"skipped: {clean(reason)}", "dim"),) for reason in plan.skipped[:_SKIPPED]]
    if len(plan.skipped) > _SKIPPED:
        lines.append(((f"and {len(plan.skipped) - _SKIPPED:,} more skipped", "dim"),))
    listed = _by_folder(new) if len(new) <= _LISTED else []

    async def make(checked: Collection[str], _: Progress) -> Imported:
        chosen = [feed for number, feed in enumerate(new) if str(number) in checked or not listed]
        return await library.exchange.import_plan(Plan([*chosen, *known], plan.views, plan.marks))

    return ImportPreview(name, lines, make if new or plan.views or plan.marks else None, listed)


def _by_folder(feeds: Sequence[FeedConfig]) -> list[Choice]:
    """Checked feeds below the names of their folders; the keys are their numbers."""
    addresses = [without_password(feed.url) for feed in feeds]
    titles = [clean(feed.title) or clean(url) for feed, url in zip(feeds, addresses, strict=True)]
    column = min(_COLUMN, max(map(cell_len, titles), default=0))
    folders: dict[str, list[Choice]] = {}
    for number, (feed, title) in enumerate(zip(feeds, titles, strict=True)):
        site = display_host(addresses[number]).removeprefix("www.").removeprefix("feeds.")
        choice = Choice(str(number), pad(title, column), _MARKS[True], site)
        folders.setdefault(clean(feed.folder), []).append(choice)
    if list(folders) == [""]:
        return folders[""]
    return under_headings({folder or "No folder": choices for folder, choices in folders.items()})


async def _preview_profile(library: Library, folder: Path) -> ImportPreview:
    from tuireader.newsboat.profile import places

    sources = await asyncio.to_thread(places, os.environ, folder)

    async def make(_: Collection[str], progress: Progress) -> Imported:
        moved = await library.newsboat.import_profile(sources, progress=progress)
        dropped = sum(outcome.fate is Fate.DROPPED for outcome in moved.outcomes)
        left_out = f"{counted(dropped, 'line')} left out: `tuireader import newsboat` lists them"
        trouble = moved.trouble or (left_out if dropped else "")
        return Imported(moved.feeds, moved.added.get("feeds", 0), skipped=(trouble,) * bool(trouble))

    return ImportPreview(shown(folder), _PROFILE, make)


def shown(path: Path) -> str:
    """Path for display: `feeds.opml` in the current folder, else `~/feeds.opml`."""
    home = expand_home("~")
    with suppress(OSError):  # the current folder may be gone
        if path.parent == Path.cwd():
            return clean(path.name, 200)
    return clean(f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path), 200)


def offers(files: Sequence[Nearby], now: int) -> list[Choice]:
    """List files: `~/feeds.opml  OPML, 3 days ago`."""
    kinds = ["newsboat profile" if file.newsboat else "OPML" for file in files]
    names = [shown(file.path) for file in files]
    width = max(map(cell_len, names), default=0)
    return [
        Choice(str(file.path), pad(name, width), note=f"{kind}, {age(file.modified, now)}")
        for name, kind, file in zip(names, kinds, files, strict=True)
    ]
