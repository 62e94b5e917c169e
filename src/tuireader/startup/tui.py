"""Start the TUI without importing click: options for files, error messages, exit codes.

The command line adds its commands; opening the reader does not wait for their import.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct
from msgspec.structs import replace

from tuireader.config import Config, Paths, Problem, config_exists, load, loads, paths
from tuireader.errors import ConfigError, Exit, TuireaderError, report_crash

if TYPE_CHECKING:
    from tuireader.library import Library


class Options(Struct):
    """Options before the command."""

    paths: Paths
    demo: bool = False
    fresh: bool = False
    earlier: int = Exit.OK

    def config(self) -> tuple[Config, tuple[Problem, ...]]:
        """Load the configuration. Raises ConfigError if the file exists and cannot be used."""
        if self.demo:
            from tuireader import demo

            return loads(demo.config_text(), "demo")
        if not config_exists(self.paths.config):
            return Config(), ()
        config, problems = load(self.paths.config, self.paths.state)
        for problem in problems:
            if problem.fatal:
                raise ConfigError(str(problem), "fix the file; `tuireader config check` lists all problems")
        return config, problems

    def places(self, config: Config) -> Paths:
        """Paths, of which the command line overrides the database of the configuration."""
        if config.database and not self.demo and not self.paths.database_given:
            return replace(self.paths, database=Path(config.database))
        return self.paths

    @asynccontextmanager
    async def library(self) -> AsyncIterator[Library]:
        from tuireader.library import Library

        config, problems = self.config()
        where = self.places(config)
        _make_folders(where)
        library = await Library.open(
            config, where, problems=problems, offline=self.demo, tell=_show_migration
        )
        try:
            if self.demo:
                await library.load_demo()
            yield library
        finally:
            await library.close()


def say(line: str) -> None:
    """Print a line to stderr, escaped to fit its encoding; errors are ignored."""
    encoding = sys.stderr.encoding or "ascii"
    try:
        print(line.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr, flush=True)
    except OSError:
        _discard_output(sys.stderr)


def _discard_output(stream: TextIO) -> None:
    """Redirect a broken stream to /dev/null, so that flushing it at exit does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_broken(stream: TextIO) -> bool:
    """Detect a stream that fails to write, with data in its buffer or without."""
    try:
        stream.flush()
        os.write(stream.fileno(), b"")
    except OSError:
        return True
    return False


def _show_migration(backup: Path, done: float) -> None:
    if not sys.stderr.isatty():
        return
    if done < 1:
        line = f"tuireader: updating the database, this once: {done:3.0%}"
    else:
        line = f"tuireader: the database is up to date; a copy from before is {backup.name}\n"
    print(f"\r{line}", end="", file=sys.stderr, flush=True)


def _make_folders(where: Paths) -> None:
    """Create the default folders; the folder of a database named by the user must exist."""
    wanted = [where.state] if where.database_given else [where.state, where.database.parent]
    for folder in wanted:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise TuireaderError(
                f"the folder {folder} cannot be made: {error.strerror}", "check the rights"
            ) from None


def guarded(job: Callable[[], int]) -> int:
    """Run a job and return its exit code; errors are printed in one line and have their own codes."""
    try:
        return job()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except TuireaderError as error:
        lead = "tuireader: "
        say(lead + str(error).replace("\n", "\n" + " " * len(lead)))  # carets stay aligned
        return error.exit_code
    except BrokenPipeError:
        _discard_output(sys.stdout)
        return Exit.OK
    except OSError as error:
        if error.filename is not None:
            say(f"tuireader: {os.fsdecode(error.filename)}: {error.strerror}")
            return Exit.FAILURE
        if not _is_broken(sys.stdout):
            return report_crash(error, paths(os.environ).state)
        _discard_output(sys.stdout)
        say(f"tuireader: the output cannot be written: {error.strerror}")
        return Exit.FAILURE
    except UnicodeEncodeError as error:
        if error.encoding == "utf-8":
            return report_crash(error, paths(os.environ).state)
        say(f"tuireader: this locale cannot write {error.object!r} ({error.encoding}; LC_ALL=C.UTF-8 can)")
        return Exit.FAILURE
    except Exception as fault:
        return report_crash(fault, paths(os.environ).state)


def require_config(file: Path | None) -> None:
    """Raise ConfigError if the configuration named by the user does not exist."""
    if file is not None and not config_exists(file):
        raise ConfigError(
            f"there is no configuration file {file}", "check the path; `add URL` behind it makes one"
        )


def read(options: Options) -> int:
    """Open the reader."""
    from tuireader.startup.run import run as run_ui

    return run_ui(options.library, options.paths)


def run(arguments: Sequence[str]) -> int:
    """Open the reader for `tuireader` with only `--config FILE` and `--database FILE`."""
    gc.disable()  # until the app is open: imported objects stay, so there is nothing to collect
    given = {option: Path(name) for option, name in zip(arguments[::2], arguments[1::2], strict=True)}
    config, database = given.get("--config"), given.get("--database")

    def job() -> int:
        require_config(config)
        return read(Options(paths(os.environ, config=config, database=database)))

    return guarded(job)
