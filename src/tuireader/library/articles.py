"""Articles: read one with revisions, related articles and story; save it to a file; pipe it to a program."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from tuireader import files, ingest
from tuireader.errors import TuireaderError
from tuireader.library.content import Content
from tuireader.library.context import UseCases, found_article
from tuireader.model import Article, Related, Revision, Story, StoryEntry
from tuireader.store import Store
from tuireader.subprocesses import programs
from tuireader.subprocesses.programs import Ran
from tuireader.text.languages import in_order

_RELATING = ("relating.relatives", "arrival", "relating.relate", "rematch")
_OTHERS = ("coverage", "feeds.downloads", "exchange", "feeds.full_texts", "feeds.page_sources")
_MOST = 1000
_MOST_PICTURES = 200_000_000  # bytes of pictures in a book, from which the rest are links


class SavedFile(Struct, frozen=True):
    """A file that an article, or a book, was saved to; not `new` when it already had this content."""

    article_id: Annotated[int, "Number of the article, 0 for a book."]
    path: Annotated[Path, "The file."]
    new: Annotated[bool, "False when the file already existed with the same content."] = True


def _writable(name: str) -> str:
    encoding = sys.getfilesystemencoding()
    return name.encode(encoding, "replace").decode(encoding).replace("?", "_")


def _numbered(path: Path, number: int = 1) -> str:
    return path.name if number == 1 else f"{path.stem} ({number}){path.suffix}"


class Articles(UseCases):
    """Read, save and pipe a single article; save several as a book."""

    _content: Content

    async def get(self, article_id: int, *, ahead: bool = False) -> Article | None:
        """Load an article for the reading pane; `ahead` (prefetching) lets other requests go first."""

        def read(store: Store) -> Article | None:
            article = store.articles.get(article_id, self._context.config.ui.languages)
            if article is None or not article.evidence:
                return article
            evidence = self._context.completed(store, {article_id: article.evidence})
            return replace(article, evidence=evidence[article_id])

        return await (self._pool.count if ahead else self._pool.read)(read)

    async def require(self, article_id: int) -> Article:
        """Load an article as `get` does. Raises UsageError if it does not exist."""
        return found_article(await self.get(article_id), article_id)

    async def revisions(self, article_id: int) -> tuple[Revision, ...]:
        """Earlier versions of an article, newest first, each compared with the next one."""
        chains = await self._pool.read(
            lambda store: [
                *(store.revisions.versions(article_id, full=full) for full in (False, True)),
                *(
                    store.revisions.versions(article_id, feed_id=revision)
                    for revision in store.revisions.feeds(article_id)
                ),
            ]
        )

        def compared() -> tuple[Revision, ...]:
            from tuireader.text.word_diff import words

            revisions = [
                Revision(
                    old.until,
                    tuple(words(old.title, new.title)),
                    tuple(words(old.text, new.text)),
                    old.full,
                )
                for versions in chains
                for new, old in pairwise(versions)
            ]
            return tuple(sorted(revisions, key=lambda revision: -revision.until))

        return await asyncio.to_thread(compared)

    async def warm_up(self) -> None:
        """Import the modules that the first article, search and page need, so that none waits for them."""
        modules = ("document.reader", "store.lists.search", *(f"ingest.{name}" for name in _RELATING))
        for module in (*modules, *(f"library.{name}" for name in _OTHERS)):
            await asyncio.to_thread(import_module, f"tuireader.{module}")
        gc.freeze()  # exclude long-lived objects from collections, whose pauses would delay keys

    async def related(self, article_id: int) -> tuple[Related, ...]:
        """Related articles grouped by relation, strongest first."""
        groups = self._context.groups
        return await self._pool.read(lambda store: ingest.related(store, article_id, groups))

    async def story(self, article_id: int) -> Story | None:
        """Reports of an article's story, oldest first; None without a story."""
        return await self._pool.read(lambda store: store.stories.timeline(article_id))

    async def in_next_language(self, article_id: int, seen: Collection[int] = ()) -> StoryEntry | None:
        """Pick a report of an article's story in the next language; None if there is no other.

        Among several it is one of those `seen`, else the first unread one, else the first.
        """
        story = await self.story(article_id)
        reports = story.entries if story is not None else ()
        language = next((report.language for report in reports if report.article_id == article_id), "")
        codes = in_order((report.language for report in reports), self._context.config.ui.languages)
        others = [code for code in codes if code != language]
        if not others:
            return None
        following = codes[(codes.index(language) + 1) % len(codes)] if language else others[0]
        candidates = [report for report in reports if report.language == following]
        return min(candidates, key=lambda report: (report.article_id not in seen, report.read))

    async def at_url(self, url: str) -> int | None:
        """Find the stored article with an address, ignoring tracking parameters and scheme."""
        return await self._pool.read(lambda store: store.links.at_url(url))

    async def render(self, article_id: int, form: str) -> str:
        """Write an article as `md`, `html`, `txt` or `json`. Raises UsageError."""
        from tuireader.export.formats import render

        article = await self._context.article(article_id)
        related = await self.related(article_id) if form == "json" else ()
        return await asyncio.to_thread(render, article, form, related)

    @property
    def save_folder(self) -> Path:
        """Folder for saved articles."""
        return self._context.save_folder

    async def save(
        self, article_id: int, *, form: str = "", folder: Path | None = None, overwrite: bool = False
    ) -> SavedFile:
        """Write an article to a file named after it; create missing folders.

        Without `overwrite`, existing files stay, and an article whose name is taken gets a numbered one.
        Raises UsageError or TuireaderError.
        """
        from tuireader.export.formats import file_name

        form = form or self._context.config.save.format
        folder = folder or self.save_folder
        content = (await self.render(article_id, form)).encode("utf-8", "replace")
        article = await self._context.article(article_id)
        named = partial(file_name, article.title, article.time, form)
        path, new = await save_file(folder, named, content, overwrite=overwrite)
        return SavedFile(article_id, path, new)

    async def save_book(
        self, article_ids: Sequence[int], title: str, to: Path | None = None, *, overwrite: bool = False
    ) -> SavedFile:
        """Save articles as an EPUB with their pictures: to a file, or into a folder as `save` does.

        Raises UsageError or TuireaderError.
        """
        from tuireader.export import epub
        from tuireader.export.formats import file_name

        articles, pictures, room = list[Article](), dict[str, bytes](), _MOST_PICTURES
        for number in article_ids:
            article = await self.require(number)
            articles.append(article)
            urls = [url for url in epub.pictures_of(article) if url not in pictures] if room > 0 else []
            for url, data in (await self._content.image_files(urls, article.feed_id)).items():
                if epub.is_shown(data):
                    pictures[url], room = data, room - len(data)
        content = await asyncio.to_thread(epub.book, title, articles, pictures)
        into = self.save_folder if to is None else to
        if to is None or await asyncio.to_thread(to.is_dir):
            named = partial(file_name, title, self._now(), "epub")
        else:
            into, named = to.parent, partial(_numbered, to)
        path, new = await save_file(into, named, content, overwrite=overwrite)
        return SavedFile(0, path, new)

    async def pipe(self, article_id: int, command: Sequence[str], *, form: str = "json") -> Ran:
        """Run a program with an article on stdin; replace `{url}`, `{title}`, `{feed}` in its arguments."""
        text, article = await self.render(article_id, form), await self._context.article(article_id)
        words = programs.filled(command, article.url, article.title, article.feed_title)
        return await programs.run(words, text)

    async def run_script(self, article_id: int, script: str) -> Ran:
        """Let `sh` run a script with the text of an article on stdin. Nothing of the article is in it."""
        return await programs.run(("sh", "-c", script), await self.render(article_id, "txt"))


async def save_file(
    folder: Path, named: Callable[[int], str], content: bytes, *, overwrite: bool = False
) -> tuple[Path, bool]:
    """Write a file in a folder under the first free name of `named`; return it and whether it is new.

    A file with the same content is kept and not new. Raises TuireaderError.
    """

    def save() -> tuple[Path, bool]:
        files.make_folder(folder, files.SHARED)
        for number in range(1, _MOST):
            path = folder / _writable(named(number))
            if overwrite:
                files.write(path, [content], mode=files.SHARED)
                return path, True
            with suppress(FileExistsError):
                files.create(path, [content], mode=files.SHARED)
                return path, True
            if path.is_file() and path.read_bytes() == content:
                return path, False
        raise TuireaderError(f"{folder} has too many files with this name", "choose another folder")

    with TuireaderError.from_os(f"{folder} cannot be written to", "choose another folder"):
        return await asyncio.to_thread(save)
