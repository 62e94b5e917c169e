"""Show what an import would add, and offer files to import."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message

from tuireader.config.files import expand_home
from tuireader.errors import TuireaderError
from tuireader.library.exchange import Imported, Plan
from tuireader.newsboat.outcomes import Fate
from tuireader.text import cell_len, clean, display_host, pad, without_password
from tuireader.text.wording import counted
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.details import Details
from tuireader.ui.workers import run_latest
from tuireader.wording.lines import Line
from tuireader.wording.times import age

if TYPE_CHECKING:
    from tuireader.exchange.nearby import Nearby
    from tuireader.library import Library

Progress = Callable[[int, int], None]
_LARGEST = 50_000_000  # bytes of a file to import
_LISTED = 500  # maximum feeds that are listed to be unchecked
_COLUMN = 40  # maximum cells of titles before the notes
_SKIPPED = 3  # maximum skipped parts that are shown


class FeedChecklist(Choices):
    """Feeds by folder, given as (folder, title, note); `checked` are their numbers. Space checks a feed."""

    BINDINGS: ClassVar = [Binding("space", "check", show=False)]

    class Checked(Message):
        """The checked feeds have changed."""

    def __init__(self, feeds: Sequence[tuple[str, str, str]]) -> None:
        self.feeds = feeds
        self.checked = set(range(len(feeds)))
        self._column = min(_COLUMN, max((cell_len(title) for _, title, _ in feeds), default=0))
        super().__init__(self._choices())

    def _choices(self) -> list[Choice]:
        folders: dict[str, list[Choice]] = {}
        for number, (folder, title, note) in enumerate(self.feeds):
            mark = "[x]" if number in self.checked else "[ ]"
            choice = Choice(str(number), pad(title, self._column), mark, note)
            folders.setdefault(folder, []).append(choice)
        lines: list[Choice] = []
        for folder, choices in folders.items():
            lines += [Choice(None, "")] * bool(lines)
            lines += [Choice(None, folder or "No folder")] * (len(folders) > 1 or bool(folder))
            lines += choices
        return lines

    def toggle(self, numbers: Collection[int]) -> None:
        """Uncheck these feeds if all of them are checked, else check them."""
        numbers = set(numbers)
        self.checked = self.checked - numbers if numbers <= self.checked else self.checked | numbers
        for at, choice in enumerate(self._choices()):
            if choice.key is not None and int(choice.key) in numbers:
                self.replace_option_prompt_at_index(at, self.option(choice).prompt)
        self.post_message(self.Checked())

    def toggle_all(self) -> None:
        self.toggle(range(len(self.feeds)))

    def action_check(self) -> None:
        self.action_select()
        self.action_move(1)

    def action_select(self) -> None:
        self.toggle({int(self.current)} if self.current else ())

    def action_open(self) -> None:
        super().action_select()


Save = Callable[[Collection[int], Progress], Awaitable[Imported]]


class ImportPreview(Dialog[Imported | None]):
    """Summary of an import, with its new feeds to check; the result is None if it was not made.

    `save` makes it for the numbers of the checked feeds and reports its progress; None if nothing is new.
    """

    AUTO_FOCUS = "FeedChecklist"
    BINDINGS: ClassVar = [Binding("enter", "save", show=False), Binding("a", "all", show=False)]

    def __init__(
        self,
        name: str,
        lines: Sequence[Line],
        save: Save | None,
        feeds: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        super().__init__(classes="-short")
        self._name = name
        self._lines = lines
        self._save = save
        self._saving = False
        self._feeds = FeedChecklist(feeds) if feeds else None

    def compose(self) -> ComposeResult:
        self._about = Details()
        yield self.box(f"Import {self._name}", self._about, *([self._feeds] if self._feeds else []))

    def on_mount(self) -> None:
        self._about.show(*self._lines)
        self.show_hint()

    def on_feed_checklist_checked(self) -> None:
        self.show_hint()

    def show_hint(self, error: str = "") -> None:
        """Show the keys, below an error if there is one."""
        keys = "enter imports" if self._save else "Nothing new"
        if self._feeds:
            keys = f"enter imports {counted(len(self._feeds.checked), 'feed')} · space checks · a all or none"
        self.hint(f"{keys} · esc goes back", error)

    def action_all(self) -> None:
        if self._feeds:
            self._feeds.toggle_all()

    def on_option_list_option_selected(self) -> None:
        self.action_save()

    def action_save(self) -> None:
        if self._feeds and not self._feeds.checked:
            self.show_hint("No feed is checked")
        elif self._save is not None and not self._saving:
            self._saving = True
            self.hint("Importing …")
            run_latest(self, partial(self._import, self._save), "save")

    def action_leave(self) -> None:
        if not self._saving:
            super().action_leave()

    async def _import(self, save: Save) -> None:
        def progress(done: int, total: int) -> None:
            self.hint(f"Importing … feed {done:,} of {total:,}")

        try:
            self.dismiss(await save(self._feeds.checked if self._feeds else (), progress))
        except (TuireaderError, OSError) as error:
            self._saving = False
            self.show_hint(str(error))


async def preview_file(library: Library, path: Path) -> ImportPreview:
    """Read a file, or the newsboat profile in a folder. Raises TuireaderError."""
    from tuireader.exchange.nearby import is_folder

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
    listed = [
        (clean(feed.folder), clean(feed.title) or clean(address), _site(address))
        for feed in (new if len(new) <= _LISTED else ())
        for address in (without_password(feed.url),)
    ]

    async def save(checked: Collection[int], _: Progress) -> Imported:
        chosen = [new[number] for number in sorted(checked)] if listed else new
        return await library.exchange.import_plan(Plan([*chosen, *known], plan.views, plan.marks))

    return ImportPreview(name, lines, save if new or plan.views or plan.marks else None, listed)


def _site(url: str) -> str:
    return display_host(url).removeprefix("www.").removeprefix("feeds.")


async def _preview_profile(library: Library, folder: Path) -> ImportPreview:
    from tuireader.newsboat.profile import places

    sources = await asyncio.to_thread(places, os.environ, folder)
    moved = await library.newsboat.summarize(sources)
    others = sum(number for table, number in moved.added.items() if table != "feeds")
    lines = [
        f"{counted(moved.added.get('feeds', 0), 'new feed')} of {moved.feeds:,}",
        f"{counted(moved.articles, 'article')} with their marks",
        f"{others:,} searches, watches, mutes, keys and settings",
    ]
    if dropped := sum(outcome.fate is Fate.DROPPED for outcome in moved.outcomes):
        asked = sum(outcome.consent is not None for outcome in moved.outcomes)
        lines += [
            f"{counted(dropped, 'line')} left out, {asked:,} of them start programs or the like;",
            "`tuireader import newsboat` lists them, and asks about programs",
        ]

    async def save(_: Collection[int], progress: Progress) -> Imported:
        moved = await library.newsboat.import_profile(sources, progress=progress)
        trouble = (moved.trouble,) if moved.trouble else ()
        return Imported(moved.feeds, moved.added.get("feeds", 0), skipped=trouble)

    return ImportPreview(shown(folder), [((line, "text"),) for line in lines], save)


def shown(path: Path) -> str:
    """Path for display: `feeds.opml` in the current folder, else `~/feeds.opml`."""
    home, text = str(expand_home("~")), str(path)
    with suppress(OSError):  # the current folder may be gone
        if path.parent == Path.cwd():
            return clean(path.name, 200)
    return clean(f"~{text[len(home) :]}" if text.startswith(f"{home}/") else text, 200)


def offers(files: Sequence[Nearby], now: int) -> list[Choice]:
    """List files: `~/feeds.opml  OPML, 3 days ago`."""
    kinds = [(file, "newsboat profile" if file.newsboat else "OPML") for file in files]
    names = [shown(file.path) for file in files]
    width = max(map(cell_len, names), default=0)
    return [
        Choice(str(file.path), pad(name, width), note=f"{kind}, {age(file.modified, now)}")
        for name, (file, kind) in zip(names, kinds, strict=True)
    ]
