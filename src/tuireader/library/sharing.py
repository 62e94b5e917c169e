"""Articles handed on: saved as files, piped to programs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tuireader import files, ingest
from tuireader.errors import TuireaderError, UsageError
from tuireader.library.desk import Desk
from tuireader.subprocesses import programs
from tuireader.subprocesses.programs import Ran

_MOST = 1000


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that an article was saved to. `new` is False when it was there already and says the same."""

    article_id: int
    path: Path
    new: bool = True


def _writable(name: str) -> str:
    """The name of a file without characters that this locale has none for."""
    encoding = sys.getfilesystemencoding()
    return name.encode(encoding, "replace").decode(encoding).replace("?", "_")


class Sharing(Desk):
    """What leaves the program by a person's wish."""

    @property
    def save_folder(self) -> Path:
        """Where articles are saved to; a relative path of the config starts from its folder."""
        try:
            folder = Path(self.config.save.folder).expanduser()
        except RuntimeError:  # no such user, or no HOME: then it is a name like any other
            folder = Path(self.config.save.folder)
        return self.paths.config.absolute().parent / folder

    async def written(self, article_id: int, form: str) -> str:
        """An article in one of the forms of `copies`: `md`, `html`, `txt`, `json`. Raises UsageError."""
        from tuireader.export import render

        article = await self._pool.read(lambda store: store.articles.get(article_id))
        if article is None:
            raise UsageError(f"there is no article {article_id}", "`tuireader list` shows the numbers")
        related = (
            await self._pool.read(lambda store: ingest.related(store, article_id)) if form == "json" else ()
        )
        return await asyncio.to_thread(render, article, form, related)

    async def save_article(
        self, article_id: int, *, form: str = "", folder: Path | None = None, overwrite: bool = False
    ) -> SavedFile:
        """Write an article to a file named after it; folders are made.

        A file that is there is never written over, unless `overwrite`: an article that says something else
        gets a name with a number. Raises UsageError, TuireaderError.
        """
        from tuireader.export import file_name

        form = form or self.config.save.format
        folder = folder or self.save_folder
        content = (await self.written(article_id, form)).encode("utf-8", "replace")
        article = await self._pool.read(lambda store: store.articles.get(article_id))
        assert article is not None

        def save() -> SavedFile:
            files.make_folder(folder, files.SHARED)
            for number in range(1, _MOST):
                path = folder / _writable(file_name(article.title, article.time, form, number))
                if overwrite:
                    files.write(path, [content], mode=files.SHARED)
                    return SavedFile(article_id, path)
                with suppress(FileExistsError):
                    files.create(path, [content], mode=files.SHARED)
                    return SavedFile(article_id, path)
                if path.is_file() and path.read_bytes() == content:
                    return SavedFile(article_id, path, new=False)
            raise TuireaderError(f"{folder} has too many files of this name", "save it somewhere else")

        try:
            return await asyncio.to_thread(save)
        except OSError as error:
            reason = error.strerror or str(error)
            raise TuireaderError(f"{folder} cannot be written to: {reason}", "name another folder") from None

    async def pipe(self, article_id: int, command: Sequence[str], *, form: str = "json") -> Ran:
        """Run a program with an article on its stdin; `{url}` and `{title}` in an argument are replaced."""
        text = await self.written(article_id, form)
        rows = await self._pool.read(lambda store: store.lists.rows([article_id]))
        url, title = (rows[0].url, rows[0].title) if rows else ("", "")
        return await programs.run(programs.filled(command, url, title), text)
