"""Publish articles as feeds for other programs: as files, and at addresses of `tuireader serve`."""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from msgspec import Struct

from tuireader import files
from tuireader.commands import did_you_mean
from tuireader.config import Config, Problem, PublishConfig
from tuireader.config.files import expand_home
from tuireader.config.problems import caret, line_of
from tuireader.config.toml_lines import key_lines
from tuireader.config.toml_values import quote
from tuireader.errors import TuireaderError, UsageError
from tuireader.export import syndication
from tuireader.library.context import UseCases
from tuireader.library.exchange import Exchange
from tuireader.library.feeds.public import public_feeds
from tuireader.library.searches import Searches
from tuireader.model import ArticleRow, NotPublished
from tuireader.query import QueryError, parse, phrase
from tuireader.store import Store

_SEED, _KEY = "published", "published key {}"
"""Names of facts: what tells ids of this database from those of others, and the key of addresses."""
_CHUNK = 500
_FORMS = {"atom": "atom", "xml": "atom", "json": "jsonfeed"}
"""Formats by the suffix of a file."""


class Published(Struct, frozen=True):
    """A `[[publish]]`, and where it can be read."""

    config: PublishConfig
    file: Annotated[str, 'The file, `""` without one.']
    paths: Annotated[tuple[str, ...], "Its addresses, each after that of `tuireader serve`."]


class Publishing(UseCases):
    """Feeds and OPML of the configuration's `[[publish]]`, and any list as a feed."""

    _exchange: Exchange
    _searches: Searches

    async def render(self, ids: Sequence[int], form: str, item: PublishConfig) -> tuple[str, int]:
        """Write the first articles as `atom` or `jsonfeed`; if there are too few, count the private ones."""
        await self._context.load_feeds()
        public = public_feeds(self._context, item.include)
        seed = await self._fact(_SEED, lambda: str(uuid4()))

        def read(store: Store) -> tuple[str, int]:
            rows, hidden = _first_public(store, ids, item.limit, public)
            chosen = [row.id for row in rows]
            evidence = self._context.completed(store, store.articles.evidence(chosen))
            updated = store.revisions.updated(chosen)
            entries = [
                syndication.Entry(
                    row,
                    public[row.feed_id],
                    updated[row.id],
                    # the sentence of a former match is in a text that was withdrawn, perhaps of another feed
                    evidence=[
                        match
                        for match in evidence.get(row.id, ())
                        if not match.former and (not match.feed_id or match.feed_id in public)
                    ],
                    labels=row.labels if item.labels else (),
                    article=store.articles.get(row.id) if item.content == "full" else None,
                )
                for row in rows
            ]
            return syndication.render(syndication.Feed(item.name, entries, seed), form), hidden

        return await self._pool.read(read)

    async def content(self, item: PublishConfig, suffix: str) -> bytes:
        """Write what is published as a file with a suffix that it may have. Raises TuireaderError."""
        if item.opml:
            await self._context.load_feeds()
            only = public_feeds(self._context, item.include)
            return "".join(await self._exchange.export("opml", only=only, labels=item.labels)).encode(
                "utf-8", "replace"
            )
        expression, most = _expression(item, self._context.config), item.limit
        if isinstance(parsed := parse(expression), QueryError):  # a saved search may have `like:`
            raise TuireaderError(str(parsed))
        while True:
            ids, problem = await self._searches.run(expression, limit=most)
            if problem:
                raise TuireaderError(problem.partition("\n")[0])
            text, hidden = await self.render(ids, _FORMS[suffix], item)
            if not hidden or len(ids) < most:
                return text.encode("utf-8", "replace")
            most *= 10  # many of the newest articles are private

    async def write(self) -> list[NotPublished]:
        """Write the files whose content has changed; return those that cannot be written."""
        failed = []
        for item in self._context.config.publishes:
            if item.file:
                try:
                    content = await self.content(item, item.suffix)
                    await asyncio.to_thread(
                        _put, _path(self._context.paths.config, item), content, int(item.mode, 8)
                    )
                except (OSError, ValueError, TuireaderError) as error:
                    words = f"cannot be written: {getattr(error, 'strerror', None) or error}"
                    place = Problem(f"publish.{item.name}.file", words, file=str(self._context.paths.config))
                    failed.append(NotPublished(item.name, str(place)))
        return failed

    async def all(self) -> list[Published]:
        """List what is published, with its addresses; each has a key from then on."""
        self._require_own()
        return [
            Published(
                item,
                str(_path(self._context.paths.config, item)) if item.file else "",
                tuple(f"/feeds/{key}/{item.name}.{suffix}" for suffix in item.suffixes),
            )
            for item in self._context.config.publishes
            for key in [await self._fact(_KEY.format(item.name), _new_key)]
        ]

    async def revoke(self, name: str) -> None:
        """Give what is published another key, so that its addresses change. Raises UsageError."""
        self._require_own()
        names = [item.name for item in self._context.config.publishes]
        if name not in names:
            hint = "`tuireader publish list` lists all"
            raise UsageError(f"nothing is published as {quote(name)}{did_you_mean(name, names)}", hint)
        await self._transact(lambda store: store.set_fact(_KEY.format(name), _new_key()))

    async def at(self, key: str, file: str) -> bytes | None:
        """Read what is published at an address; None if there is nothing. Raises TuireaderError."""
        name, _, suffix = file.rpartition(".")
        own = await self._pool.read(lambda store: store.fact(_KEY.format(name)))
        if self._context.offline or not own or not hmac.compare_digest(own.encode(), key.encode()):
            return None
        for item in self._context.config.publishes:
            if item.name == name and suffix in item.suffixes:
                return await self.content(item, suffix)
        return None

    def _require_own(self) -> None:
        if self._context.offline:
            raise TuireaderError("the demo publishes nothing", "start tuireader without --demo")

    async def _fact(self, name: str, new: Callable[[], str]) -> str:
        """Read a fact of the database, which gets a value on first use."""

        def begin(store: Store) -> str:
            if not store.fact(name):
                store.set_fact(name, new())
            return store.fact(name)

        return await self._pool.read(lambda store: store.fact(name)) or await self._transact(begin)


def _new_key() -> str:
    return secrets.token_urlsafe(24)


def _expression(item: PublishConfig, config: Config) -> str:
    if item.digest:
        digest = next(digest for digest in config.digests if digest.name == item.digest)
        watches = " OR ".join(f"watch:={phrase(name)}" for name in digest.watches)
        return digest.query or watches
    if item.search:
        return next(view.query for view in config.views if view.name == item.search)
    named = [(field, name) for field in ("watch", "label", "folder") if (name := getattr(item, field))]
    return item.query or " ".join(f"{field}:={phrase(name)}" for field, name in named)


def _first_public(
    store: Store, ids: Sequence[int], limit: int, public: dict[int, str]
) -> tuple[list[ArticleRow], int]:
    """Read the first rows that others may see; if there are too few, count the others."""
    rows, hidden = list[ArticleRow](), 0
    for start in range(0, len(ids), _CHUNK):
        for row in store.lists.rows(ids[start : start + _CHUNK]):
            if len(rows) == limit:
                return rows, 0
            if row.feed_id in public:
                rows.append(row)
            else:
                hidden += 1
    return rows, hidden if len(rows) < limit else 0


def _path(config: Path, item: PublishConfig) -> Path:
    return config.absolute().parent / expand_home(item.file)


def _put(path: Path, content: bytes, mode: int) -> None:
    """Write a regular file with exactly this mode, unless it has this content. Raises OSError."""
    before = None
    with suppress(FileNotFoundError):
        before = files.read(path)
        path.chmod(mode)  # before it has new content
    if before != content:
        files.write(path, [content], mode=mode)
        path.chmod(mode)  # whatever the umask is


def file_problems(config: Config, text: str, name: str) -> Iterator[Problem]:
    """Describe the files of a configuration that cannot be written; `name` is its own file."""
    tables = tomllib.loads(text.removeprefix("\ufeff")).get("publish")
    listed = tables if isinstance(tables, list) else [tables]
    names = [table.get("name") if isinstance(table, dict) else "" for table in listed]
    for item in config.publishes:
        if item.file and (reason := _obstacle(_path(Path(name), item))):
            path = f"publish[{1 + names.index(item.name)}].file"
            line = line_of(path, dict(key_lines(text)))
            marked = caret(item.file, 0, len(item.file))
            yield Problem(path, f"cannot be written: {reason}", line, file=name, detail=marked)


def _obstacle(path: Path) -> str:
    """Return what is in the way of writing a file, `""` if nothing is."""
    path = Path(os.path.realpath(path))  # a link may lead to a file that does not exist yet
    if os.path.lexists(path) and not files.is_file(path):
        return "not a regular file"
    folder = next(folder for folder in path.parents if os.path.lexists(folder))
    if not files.is_folder(folder):
        return f"{folder} is not a folder"
    return "" if os.access(folder, os.W_OK | os.X_OK) else "permission denied"
