"""Completion for bash, zsh and fish: `tuireader completion SHELL` prints the script, click does the rest.

Completions come from the configuration and a read-only look into the database, so that a press of tab
answers at once: neither the library nor the network is touched. Titles come from outside; each shell quotes
what it inserts, and for bash, which does not, it is quoted here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    shell_complete,
    split_arg_string,
)

from tuireader.cli.base import COMPLETE, Options
from tuireader.config import Config, load, paths
from tuireader.errors import TuireaderError
from tuireader.model.fields import FIELDS, NAME_FIELDS
from tuireader.text.languages import LANGUAGES

_NEWEST = 40
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def complete_feeds(context: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete feeds by title; by address if one is being typed or the title is not unique."""
    from tuireader.store.lists import completions

    known = completions.feeds(_options(context).database)
    titles = [title for _, title, _ in known]
    wanted = typed.casefold()
    return [
        CompletionItem(value, help=url if value == title else title)
        for _, title, url in known
        for value in ([url] if "://" in typed or titles.count(title) > 1 else [title])
        if value.casefold().startswith(wanted)
    ]


def _by_name(names: Callable[[_Where], Iterable[str]]) -> Complete:
    return lambda context, param, typed: _starting(typed, names(_options(context)))


complete_accounts = _by_name(lambda where: [item.name for item in where.config.accounts])
complete_channels = _by_name(lambda where: [item.name for item in where.config.channels])
complete_digests = _by_name(lambda where: [item.name for item in where.config.digests])
complete_published = _by_name(lambda where: [item.name for item in where.config.publishes])
complete_rules = _by_name(lambda where: [item.name for item in where.config.rules])
complete_watches = _by_name(lambda where: _names(where, "watch"))
complete_groups = _by_name(lambda where: dict.fromkeys(filter(None, (w.group for w in where.config.watches))))


def complete_labels(context: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the labels of articles by name."""
    from tuireader.store.lists import completions

    return _starting(typed, completions.labels(_options(context).database))


def complete_settings(context: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete settings by path, with their descriptions."""
    from tuireader.config.settings import settings

    known = settings(_options(context).config)
    return [CompletionItem(item.path, help=item.key.doc) for item in known if item.path.startswith(typed)]


def complete_values(context: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the values of a setting that has a choice."""
    from tuireader.config.settings import settings

    known = {item.path: item.key.kind.options for item in settings(_options(context).config)}
    return _starting(typed, known.get(str(context.params.get("path")), ()))


def complete_articles(context: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the newest articles by number, with their titles where the shell can show them."""
    from tuireader.store.lists import completions

    articles = completions.newest(_options(context).database, _NEWEST)
    return [CompletionItem(str(id), help=title) for id, title in articles if str(id).startswith(typed)]


def complete_expressions(context: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete fields of the expression language, and names of watches, labels, feeds, folders after them."""
    lead = "-" if typed.startswith("-") else ""
    field, colon, _ = typed[len(lead) :].partition(":")
    if not colon:
        offers = [item.typed or f"{item.name}:" for item in FIELDS.values() if not item.values]
        offers += [f"{item.name}:{value}" for item in FIELDS.values() for value in item.values]
        return _starting(typed, (lead + offer for offer in offers))
    values: Iterable[str] = FIELDS[field].values if field in FIELDS else ()
    if field in ("lang", "language"):
        values = LANGUAGES
    elif field in NAME_FIELDS:
        values = map(_quoted, _names(_options(context), field))
    return _starting(typed, [f"{lead}{field}:{value}" for value in values])


def _starting(typed: str, offers: Iterable[str]) -> list[CompletionItem]:
    wanted = typed.casefold()
    return [CompletionItem(offer) for offer in offers if offer.casefold().startswith(wanted)]


def _names(where: _Where, field: str) -> Iterable[str]:
    if field == "watch":
        return [item.name for item in where.config.watches]
    if field == "folder":
        return dict.fromkeys(item.folder for item in where.config.feeds if item.folder)
    from tuireader.store.lists import completions

    if field == "label":
        of_feeds = (name for item in where.config.feeds for name in item.labels)
        return dict.fromkeys((*completions.labels(where.database), *of_feeds))
    return [title for _, title, _ in completions.feeds(where.database)]


def _quoted(name: str) -> str:
    from tuireader.query import phrase

    return name if re.fullmatch(r"\w+", name) else phrase(name)


class _Where(NamedTuple):
    config: Config
    database: Path


def _options(context: click.Context) -> _Where:
    """Find configuration and database from an unfinished command line."""
    given = context.find_root().params
    try:
        where = paths(os.environ, config=given.get("config_file"), database=given.get("database"))
        if given.get("demo"):
            options = Options(where, demo=True)
            config, _ = options.config()
            return _Where(config, given.get("database") or where.database.with_name("demo.db"))
        config, _ = load(where.config, where.state)
    except TuireaderError:
        return _Where(Config(), Path(os.devnull))
    return _Where(config, Options(where).places(config).database)


class Bash(BashComplete):
    """Completion for bash, which takes a colon for the end of a word and quotes nothing."""

    def source(self) -> str:
        """Script for bash, without asking the installed bash for its version."""
        return Path(__file__).with_name("completion.bash").read_text("utf-8") % self.source_vars()

    def get_completion_args(self) -> tuple[list[str], str]:
        """Words before the cursor, and the word being typed."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)
        going_on = bool(words) and len(split_arg_string(f"{line}x")) == len(words)
        self._typed = re.split(r"(?<!\\)\s", line)[-1]
        incomplete = words.pop() if going_on else ""
        self._done = ""
        if ":" in os.environ.get("COMP_BREAKS", ":"):
            self._done = incomplete[: incomplete.rfind(":") + 1]
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """Format one line, without the part that bash already has; quoted unless a quote is open."""
        value = item.value.removeprefix(self._done)
        if self._typed[:1] not in ('"', "'"):
            value = re.sub(r"([^\w@%+=:,./-])", r"\\\1", value)
        elif re.search(r"[\"'`$\\!]", value):
            return "none,"
        return f"{item.type},{value}"


class Zsh(ZshComplete):
    """Completion for zsh; click's script only works the first time zsh calls a function from `$fpath`."""

    source_template = ZshComplete.source_template.replace("== loadautofunc", "== (loadautofunc|shfunc)")


class Fish(FishComplete):
    """Completion for fish; its script takes a comma for the end of a value."""

    def format_completion(self, item: CompletionItem) -> str:
        """Format one line; none for a value that the script would cut off."""
        if "," in item.value:
            return "none,"
        help_ = (item.help or "").replace(",", " ")
        return super().format_completion(CompletionItem(item.value, item.type, help_ or None))


_CLASSES: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def complete(command: click.Command, asked: str) -> int:
    """Print what a shell asks for, from the words in its variables; return the exit code."""
    for shell, kind in _CLASSES.items():
        add_completion_class(kind, shell)
    return shell_complete(command, {}, "tuireader", COMPLETE, asked)


@click.command()
@click.argument("shell", type=click.Choice(list(_CLASSES)))
def completion(shell: str) -> None:
    """Print the completion script for a shell.

    It completes commands, options, feeds, watches and expressions.

    \b
    Examples:
      eval "$(tuireader completion bash)"
      tuireader completion zsh > _tuireader
      tuireader completion fish > tuireader.fish
    """
    script = _CLASSES[shell](click.get_current_context().find_root().command, {}, "tuireader", COMPLETE)
    print(script.source(), end="")
