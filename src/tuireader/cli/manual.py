"""Commands as data, read from click, and their manual page."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click

from tuireader import RELEASED, __version__
from tuireader.errors import Exit

EXIT_CODES = {
    Exit.OK: "All went well.",
    Exit.FAILURE: "It failed; with --exit-status: nothing matched.",
    Exit.USAGE: "The command line or an expression cannot be understood.",
    Exit.SOME_FAILED: "Some feeds or accounts failed.",
    Exit.ALL_FAILED: "All feeds and accounts failed, or there is no network.",
    Exit.CONFIG: "The configuration is not valid.",
    Exit.DATABASE: "The database is locked, damaged or from a newer version.",
    Exit.NOT_NOTIFIED: "A message was given up, see outbox; feeds were fetched, though some may have failed.",
    Exit.ALARM: "With --fail-on-alarm: an alarm is open.",
    Exit.INTERRUPTED: "Interrupted.",
}

FILES = {
    "$XDG_CONFIG_HOME/tuireader/config.toml": "The configuration; ~/.config where the variable is not set.",
    "$XDG_DATA_HOME/tuireader/tuireader.db": "The database; ~/.local/share where the variable is not set.",
    "$XDG_STATE_HOME/tuireader/": "The log; ~/.local/state where the variable is not set.",
    "$XDG_CACHE_HOME/tuireader/": "Data that can be fetched again; ~/.cache where the variable is not set.",
}

VARIABLES = {
    "NO_COLOR": "When set to anything, no colour is printed or shown.",
    "PAGER": "Shows list and show on a terminal, less without it; cat prints one line after another.",
    "BROWSER": "Opens web pages.",
    "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY": "Proxies for fetching.",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Help of one command; `name` is what is typed, such as `tuireader watch test`."""

    name: str
    arguments: str
    paragraphs: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    examples: tuple[str, ...]
    group: bool
    json: bool

    @property
    def summary(self) -> str:
        """The first sentence."""
        return self.paragraphs[0].split(". ")[0].rstrip(".")


def pages(program: click.Command) -> list[Page]:
    """Collect the help of all visible commands: the program itself first, then by name."""
    return list(_walk(program, "tuireader", None))


def _walk(command: click.Command, name: str, parent: click.Context | None) -> Iterator[Page]:
    context = click.Context(
        command, parent=parent, info_name=name.rpartition(" ")[2], **command.context_settings
    )
    text, examples = _parts(command.help or "")
    options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
    yield Page(
        name,
        arguments=" ".join(piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"),
        paragraphs=tuple(text),
        options=tuple(record for option in options if (record := option.get_help_record(context))),
        examples=tuple(examples),
        group=isinstance(command, click.Group),
        json=any("--json" in option.opts for option in options),
    )
    if isinstance(command, click.Group):
        for child in sorted(command.list_commands(context)):
            subcommand = command.get_command(context, child)
            if subcommand is not None and not subcommand.hidden:
                yield from _walk(subcommand, f"{name} {child}", context)


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Split a help text into paragraphs and the lines of its examples."""
    paragraphs: list[str] = []
    examples: list[str] = []
    for part in inspect.cleandoc(text).split("\n\n"):
        lines = part.replace("\b", "").strip("\n").splitlines()
        head, _, first = lines[0].partition(":") if lines else ("", "", "")
        if head in ("Example", "Examples"):
            examples += [line.strip() for line in (first, *lines[1:]) if line.strip()]
        elif lines:
            paragraphs.append(" ".join(line.strip() for line in lines))
    return paragraphs, examples


def roff(program: click.Command) -> str:
    """The manual page, in the language of man(7)."""
    first, *others = pages(program)
    lines = [
        f'.TH TUIREADER 1 "{RELEASED}" "tuireader {__version__}" "User Commands"',
        ".SH NAME",
        f"tuireader \\- {_roff('news reader for the terminal, with watchlists and related articles')}",
        ".SH SYNOPSIS",
        ".B tuireader",
        "[\\fIOPTIONS\\fR] [\\fICOMMAND\\fR [\\fIARGS\\fR]...]",
        ".SH DESCRIPTION",
        *_prose(first.paragraphs),
        ".SH OPTIONS",
        *_records(first.options),
        ".SH EXAMPLES",
        *_examples(first.examples)[1:],
        ".SH COMMANDS",
    ]
    for page in others:
        usage = f"\\fB{_roff(page.name.removeprefix('tuireader '))}\\fR \\fI{_roff(page.arguments)}\\fR"
        lines += [f".SS {usage}", *_prose(page.paragraphs)]
        lines += [*_records(page.options[:-1]), *_examples(page.examples)]  # the last option is --help
    lines += [".SH EXIT STATUS", *_records((str(code.value), text) for code, text in EXIT_CODES.items())]
    lines += [".SH ENVIRONMENT", *_records(VARIABLES.items())]
    lines += [".SH FILES", *_records(FILES.items())]
    lines += [".SH SEE ALSO", ".BR newsboat (1),", ".BR less (1)"]
    return "\n".join(lines) + "\n"


def _prose(paragraphs: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += [".PP", _roff(paragraph)] if lines else [_roff(paragraph)]
    return lines


def _records(records: Iterable[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    for term, text in records:
        lines += [".TP", f"\\fB{_roff(term)}\\fR", _roff(text)]
    return lines


def _examples(examples: tuple[str, ...]) -> list[str]:
    return [".PP", ".nf", *(f"    {_roff(line)}" for line in examples), ".fi"] if examples else []


_ESCAPES = str.maketrans(
    {"\\": "\\e", "-": "\\-", "`": "\\(ga", "'": "\\(aq", '"': "\\(dq", "^": "\\(ha", "~": "\\(ti"}
)


def _roff(text: str) -> str:
    """Escape text for roff; a leading dot would start a request."""
    escaped = text.translate(_ESCAPES)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


@click.command("man")
def man() -> None:
    """Print the manual page, for `man -l -`.

    \b
    Examples:
      tuireader man > tuireader.1
      tuireader man | man -l -
    """
    print(roff(click.get_current_context().find_root().command), end="")
