"""The command line: parse arguments, call `Library`, print. Data goes to stdout, talk to stderr."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from tuireader import __version__
from tuireader.config import Config, Paths, Problem, load, loads, paths
from tuireader.errors import ConfigError, Exit, TuireaderError, UsageError
from tuireader.model import ArticleRow, FeedDone, NewMatch, RefreshDone, View, ViewKind

if TYPE_CHECKING:
    from tuireader.library import Library

T = TypeVar("T")


@dataclass(slots=True)
class Options:
    """What stands before the command."""

    paths: Paths
    demo: bool = False
    fresh: bool = False

    def config(self) -> tuple[Config, tuple[Problem, ...]]:
        """The configuration to run with. Raises ConfigError when the file is there and cannot be used."""
        if self.demo:
            from tuireader import demo

            return loads(demo.config_text(), "demo")
        if not self.paths.config.exists():
            return Config(), ()
        config, problems = load(self.paths.config)
        for problem in problems:
            if problem.fatal:
                raise ConfigError(str(problem), "mend the file; `tuireader config check` lists all problems")
        return config, problems

    def _places(self, config: Config) -> Paths:
        if config.database and not self.demo and not self.paths.database_given:
            return replace(self.paths, database=Path(config.database))
        return self.paths

    @asynccontextmanager
    async def library(self) -> AsyncIterator[Library]:
        """The library of these options, opened and closed again."""
        from tuireader.library import Library

        config, problems = self.config()
        where = self._places(config)
        _make_folders(where)
        library = await Library.open(config, where, offline=self.demo)
        library.problems = problems
        try:
            if self.demo:
                await library.load_demo()
            yield library
        finally:
            await library.close()


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code."""
    try:
        result = main.main(list(arguments), prog_name="tuireader", standalone_mode=False)
        return int(result or 0)
    except click.exceptions.Abort:
        return Exit.INTERRUPTED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except click.ClickException as error:
        _say(f"tuireader: {error.format_message()}")
        return Exit.USAGE
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except TuireaderError as error:
        _say(f"tuireader: {error}")
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK


def _say(line: str) -> None:
    print(
        line.encode(sys.stderr.encoding or "ascii", "backslashreplace").decode(
            sys.stderr.encoding or "ascii"
        ),
        file=sys.stderr,
    )


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.option("--database", type=click.Path(path_type=Path), help="Use this database file.")
@click.option(
    "--demo", is_flag=True, help="Open the bundled sample feeds, offline, in a database of their own."
)
@click.option("--fresh", is_flag=True, help="With --demo: start over.")
@click.version_option(__version__, prog_name="tuireader", message="%(prog)s %(version)s")
@click.pass_context
def main(
    context: click.Context, config_file: Path | None, database: Path | None, demo: bool, fresh: bool
) -> int:
    """Follow the tech news that matters to you in a terminal. Without a command, the reader opens."""
    where = paths(os.environ, config=config_file, database=database)
    if fresh and not demo:
        raise UsageError("--fresh goes with --demo", "it never touches your own database")
    if demo and database is None:
        where = replace(where, database=where.database.with_name("demo.db"))
    context.obj = Options(where, demo, fresh)
    if fresh:
        for name in (where.database, *(Path(f"{where.database}{end}") for end in ("-wal", "-shm"))):
            name.unlink(missing_ok=True)
    if (
        config_file is not None
        and not config_file.exists()
        and context.invoked_subcommand not in {"add", "import"}
    ):
        raise ConfigError(f"there is no configuration file {config_file}", "check the path")
    if context.invoked_subcommand is None:
        return _open_ui(context.obj)
    return Exit.OK


def _open_ui(options: Options) -> int:
    from tuireader.ui.run import run as run_ui

    return run_ui(options.library, options.paths)


def _run(options: Options, job: Callable[[Library], Awaitable[T]]) -> T:
    async def whole() -> T:
        async with options.library() as library:
            for problem in library.problems:
                _say(f"tuireader: {problem}")
            return await job(library)

    return asyncio.run(whole())


@main.command()
@click.argument("feeds", nargs=-1)
@click.option("--due", is_flag=True, help="Only feeds whose time has come, as the reader itself does it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each event.")
@click.pass_obj
def refresh(options: Options, feeds: tuple[str, ...], due: bool, as_json: bool) -> int:
    """Fetch feeds and store what is new.

    FEED is an address, a number that `tuireader feeds` prints, or a part of a title.

    \b
    Example:  tuireader refresh          all feeds
              tuireader refresh technode
    """

    async def job(library: Library) -> int:
        if not library.config.feeds:
            _say("tuireader: there are no feeds yet (start tuireader to choose some, or: tuireader add URL)")
            return Exit.OK
        ids = [await _find_feed(library, feed) for feed in feeds] or None
        return await _refresh(library, ids, force=not due, as_json=as_json)

    return _run(options, job)


async def _refresh(library: Library, ids: list[int] | None, *, force: bool, as_json: bool) -> int:
    from tuireader.refresh import encode

    live = sys.stderr.isatty() and not as_json
    done = RefreshDone(0, 0, 0, 0, 0.0)
    failures: list[FeedDone] = []
    async with aclosing(library.refresh(ids, force=force)) as events:
        async for event in events:
            if as_json:
                print(encode(event), flush=True)
            if isinstance(event, FeedDone):
                if event.error:
                    failures.append(event)
                if live:
                    print(
                        f"\r\x1b[K{event.done}/{event.total}  {event.title[:60]}",
                        end="",
                        file=sys.stderr,
                        flush=True,
                    )
            elif isinstance(event, NewMatch) and not as_json and not live:
                pass
            elif isinstance(event, RefreshDone):
                done = event
    async for _ in library.apply_watches():
        pass
    if live:
        print("\r\x1b[K", end="", file=sys.stderr)
    if not as_json:
        for failure in failures:
            _say(f"tuireader: {failure.title}: {failure.error}")
        _say(
            f"{done.feeds} feeds, {done.new} new, {done.changed} changed, {done.failed} failed, {done.seconds:.1f} s"
        )
    if done.failed and done.failed == done.feeds:
        return Exit.ALL_FAILED
    return Exit.SOME_FAILED if done.failed else Exit.OK


async def _find_feed(library: Library, wanted: str) -> int:
    feeds = await library.feeds()
    for feed in feeds:
        if wanted in {feed.url, str(feed.id)}:
            return feed.id
    near = [feed.id for feed in feeds if wanted.casefold() in feed.title.casefold()]
    if len(near) == 1:
        return near[0]
    if near:
        raise UsageError(
            f"{len(near)} feeds have {wanted!r} in their title", "say more of it, or the address"
        )
    raise UsageError(f"there is no feed {wanted!r}", "`tuireader feeds` lists them")


@main.command("list")
@click.argument("expression", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", default=50, show_default=True, help="How many articles at the most.")
@click.pass_obj
def list_(options: Options, expression: tuple[str, ...], as_json: bool, limit: int) -> int:
    """List articles, newest first: all, or those that an expression matches.

    \b
    Example:  tuireader list is:unread watch:WeChat
    """

    async def job(library: Library) -> int:
        await _print_articles(library, " ".join(expression), as_json, limit)
        return Exit.OK

    return _run(options, job)


@main.command()
@click.argument("expression", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", default=50, show_default=True, help="How many articles at the most.")
@click.option("--exit-status", is_flag=True, help="Exit with 1 when nothing matches.")
@click.pass_obj
def search(
    options: Options, expression: tuple[str, ...], as_json: bool, limit: int, exit_status: bool
) -> int:
    """Search everything that is stored.

    \b
    Example:  tuireader search '"data transfer" -webinar age:<30d'
    """

    async def job(library: Library) -> int:
        found = await _print_articles(library, " ".join(expression), as_json, limit)
        return Exit.FAILURE if exit_status and not found else Exit.OK

    return _run(options, job)


async def _print_articles(library: Library, expression: str, as_json: bool, limit: int) -> int:
    if expression.strip():
        ids, problem = await library.search(expression, limit=limit)
        if problem:
            raise UsageError(problem)
    else:
        ids = await library.ids(View(ViewKind.ALL))
    for row in await library.rows(ids[:limit]):
        print(_article_json(library, row) if as_json else _article_line(library, row))
    return len(ids)


def _article_json(library: Library, row: ArticleRow) -> str:
    return json.dumps(
        {
            "id": row.id,
            "time": row.time,
            "feed": library.feed_title(row.feed_id),
            "title": row.title,
            "url": row.url,
            "author": row.author,
            "read": row.read,
            "starred": row.starred,
            "sources": row.sources,
            "watches": list(row.watches),
        },
        ensure_ascii=False,
    )


def _article_line(library: Library, row: ArticleRow) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(row.time))
    marks = ("*" if row.starred else " ") + (" " if row.read else "N")
    watches = f"  [{', '.join(row.watches)}]" if row.watches else ""
    return f"{row.id}\t{marks} {when}  {library.feed_title(row.feed_id)}  {row.title}{watches}"


@main.command()
@click.argument("article", type=int)
@click.pass_obj
def show(options: Options, article: int) -> int:
    """Print one article as text. ARTICLE is the number that `list` and `search` print first."""

    async def job(library: Library) -> int:
        from tuireader.document import parse

        found = await library.article(article)
        if found is None:
            raise UsageError(f"there is no article {article}", "`tuireader list` shows the numbers")
        by = f" · {found.author}" if found.author else ""
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(found.time))
        print(f"{found.title}\n{found.feed_title}{by} · {when}\n{found.url}\n")
        for evidence in found.evidence:
            where = ", ".join(f"{hit.field} ×{hit.count} {hit.term}" for hit in evidence.hits)
            print(f"◆ {evidence.watch}: {where}\n  “{evidence.sentence}”")
        document = parse(found.html, found.base_url or found.url)
        print("\n\n".join(block.text for block in document.blocks if block.text))
        for link in document.links:
            print(f"[{link.number}] {link.url}")
        for related in await library.related(article):
            print(f"{related.relation}: {related.title} ({related.reason})")
        return Exit.OK

    return _run(options, job)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def feeds(options: Options, as_json: bool) -> int:
    """List the feeds with their health: last success, last error, next try."""

    async def job(library: Library) -> int:
        counts = await library.counts()
        for feed in await library.feeds():
            count = counts.feeds.get(feed.id)
            unread, total = (count.unread, count.total) if count else (0, 0)
            if as_json:
                print(
                    json.dumps(
                        {
                            "id": feed.id,
                            "url": feed.url,
                            "title": feed.title,
                            "folder": feed.folder,
                            "state": feed.state,
                            "unread": unread,
                            "total": total,
                            "last_success": feed.last_success,
                            "last_error": feed.last_error,
                            "error_streak": feed.error_streak,
                            "next_try": feed.next_try,
                        },
                        ensure_ascii=False,
                    )
                )
            else:
                trouble = f"  ! {feed.last_error} (×{feed.error_streak})" if feed.last_error else ""
                print(f"{feed.id}\t{unread}/{total}\t{feed.title}\t{feed.url}{trouble}")
        return Exit.OK

    return _run(options, job)


@main.command()
@click.argument("url")
@click.option("--folder", default="", help="The folder to put it in.")
@click.option("--title", default="", help="A title of your own.")
@click.pass_obj
def add(options: Options, url: str, folder: str, title: str) -> int:
    """Subscribe to a feed, or to the feed of a web page, and write it to the configuration."""

    async def job(library: Library) -> int:
        found = await library.discover(url)
        if not found:
            raise TuireaderError(f"no feed was found at {url}", "give the address of the feed itself")
        address, name = found[0]
        new = await library.add_feeds([(address, title, folder)])
        _say(f"{'added' if new else 'already there'}: {name or address} ({address})")
        return Exit.OK

    return _run(options, job)


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_(options: Options, file: Path) -> int:
    """Subscribe to the feeds of an OPML file."""

    async def job(library: Library) -> int:
        new, skipped = await library.import_opml(file)
        for line in skipped:
            _say(f"tuireader: skipped {line}")
        _say(f"{new} new feeds")
        return Exit.OK

    return _run(options, job)


@main.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def export(options: Options, file: Path | None) -> int:
    """Write the subscriptions as OPML to FILE, or to stdout."""

    text = _run(options, lambda library: library.export_opml())
    if file is None or str(file) == "-":
        print(text)
    else:
        file.write_text(text, encoding="utf-8")
    return Exit.OK


@main.command()
@click.option("--watch", "name", help="Only articles on this watch.")
@click.pass_obj
def unread(options: Options, name: str | None) -> int:
    """Print the number of unread articles, for a status bar."""

    async def job(library: Library) -> int:
        counts = await library.counts()
        if name is None:
            print(counts.unread.unread)
        elif name in counts.watches:
            print(counts.watches[name].unread)
        else:
            raise UsageError(
                f"there is no watch {name!r}", f"there are: {', '.join(counts.watches) or 'none'}"
            )
        return Exit.OK

    return _run(options, job)


@main.command()
@click.pass_obj
def undo(options: Options) -> int:
    """Take back the last mark that was made."""

    async def job(library: Library) -> int:
        change = await library.undo()
        _say(f"undone: {change.what}" if change else "there is nothing to undo")
        return Exit.OK

    return _run(options, job)


@main.command()
@click.pass_obj
def keys(options: Options) -> int:
    """List the keys as they are in force."""
    from tuireader.commands import COMMANDS, key_label, resolve_keys

    config, _ = options.config()
    resolved, _ = resolve_keys(config.ui.preset, config.keys)
    for command in COMMANDS:
        labels = " ".join(key_label(key) for key in resolved.get(command.id, ()))
        print(f"{labels:<16} {command.id:<22} {command.help}")
    return Exit.OK


@main.command("paths")
@click.pass_obj
def paths_(options: Options) -> int:
    """Print where the files are."""
    for name in ("config", "database", "state", "cache"):
        print(f"{name}\t{getattr(options.paths, name)}")
    return Exit.OK


@main.group("config")
def config_() -> None:
    """Check the configuration, or print its defaults."""


@config_.command()
@click.pass_obj
def check(options: Options) -> int:
    """List all problems of the configuration."""
    if not options.paths.config.exists():
        raise ConfigError(
            f"there is no configuration file {options.paths.config}", "start tuireader to make one"
        )
    _, problems = load(options.paths.config)
    for problem in problems:
        print(problem)
    return Exit.CONFIG if problems else Exit.OK


@config_.command()
def defaults() -> int:
    """Print every key with its default and what it means."""
    from tuireader.config import reference

    for key in reference():
        print(f"{key.path} = {key.default}\n    {key.doc}")
    return Exit.OK


def _make_folders(where: Paths) -> None:
    """Make the default folders; a database that was named must have its folder already."""
    wanted = [where.state] if where.database_given else [where.state, where.database.parent]
    for folder in wanted:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise TuireaderError(
                f"the folder {folder} cannot be made: {error.strerror}", "check the rights"
            ) from None


def _width() -> int:
    return shutil.get_terminal_size().columns
