"""Plain language: docstrings on all that is public, no noun clauses, no banned words in source and docs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
DOCS = [ROOT / "README.md", ROOT / "config.example.toml", *sorted((ROOT / "docs").rglob("*.md"))]

CLAUSE = re.compile(r"(?:What|Whether|How|As)\b")
QUOTED_CLAUSE = re.compile(r"[\"']\s*" + CLAUSE.pattern)
BANNED = re.compile(
    r"\b(?:anew|mend(?:s|ed|ing)?|(?:the|a) person|at the most|so many|somebody|tells? of|(?:is|are) told)\b",
    re.IGNORECASE,
)
QUOTED = re.compile(r"`[^`]*`|“[^”]*”|\"[^\"\n]*\"|^>.*$|^```.*?^```", re.MULTILINE | re.DOTALL)

JOINT = re.compile(r"(?<=[^\\\"])\"\s+f?\"(?!\")")
PUBLIC = re.compile(r"^(?:async def|def|class) [a-zA-Z]", re.MULTILINE)
DOCUMENTED = re.compile(PUBLIC.pattern + r"(?:[^\n]|\n(?=[ )]))*?:\n    r?\"\"\"\s*\w", re.MULTILINE)

DEFINITIONS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of a module with their lines; statements alone can hold them."""
    if isinstance(tree, DEFINITIONS) and (text := ast.get_docstring(tree)):
        yield tree.body[0].lineno, text
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.stmt):
            yield from docstrings(child)


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield all string literals of a module, docstrings and parts of f-strings included, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


@cache
def texts() -> dict[Path, str]:
    """The modules of the program that have any text, with adjacent string literals joined in one."""
    read = {path: path.read_text(encoding="utf-8") for path in SOURCES}
    return {path: JOINT.sub("", text) for path, text in read.items() if text}


def modules(suspicious: Callable[[str], object]) -> Iterator[tuple[Path, ast.Module]]:
    """Parse the modules whose text a cheap look finds suspicious: to parse all takes a second."""
    for path, text in texts().items():
        if suspicious(text):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def is_doubtful(text: str) -> bool:
    """Whether a public definition of a module may lack a docstring."""
    return not text.startswith('"""') or len(PUBLIC.findall(text)) != len(DOCUMENTED.findall(text))


def test_docstrings_begin_with_a_verb_or_a_noun() -> None:
    found = [
        f"{place(path, line)} {text.splitlines()[0]}"
        for path, tree in modules(QUOTED_CLAUSE.search)
        for line, text in docstrings(tree)
        if CLAUSE.match(text)
    ]
    assert not found, "\n".join(found)


def test_everything_public_says_what_it_is() -> None:
    silent = [
        place(path, getattr(node, "lineno", 1))
        for path, tree in modules(is_doubtful)
        for node in (tree, *tree.body)
        if isinstance(node, DEFINITIONS)
        and not getattr(node, "name", "").startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)


def test_no_banned_words() -> None:
    found = [
        f"{place(path, line + text.count(chr(10), 0, match.start()))} {match[0]}"
        for path, tree in modules(BANNED.search)
        for line, text in strings(tree)
        for match in BANNED.finditer(text)
    ]
    for path in DOCS:
        text = QUOTED.sub(lambda quotation: "\n" * quotation[0].count("\n"), path.read_text(encoding="utf-8"))
        found += [
            f"{place(path, text.count(chr(10), 0, match.start()) + 1)} {match[0]}"
            for match in BANNED.finditer(text)
        ]
    assert not found, "\n".join(found)


def test_the_patterns_find_what_they_are_for() -> None:
    assert CLAUSE.match("What the line says") and not CLAUSE.match("Whatever a feed holds")
    assert (
        BANNED.search("Load it anew")
        and BANNED.search("12 at the most")
        and not BANNED.search("a personal feed")
    )
    assert not BANNED.search(QUOTED.sub("", "> at the most\n`anew` and “so many”"))
