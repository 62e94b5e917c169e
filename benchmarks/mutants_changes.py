"""Small changes of source code that would hurt a user: what `mutants.py` draws from.

A condition is dropped or negated, `and` becomes `or`, a bound moves by one, an argument or a statement goes,
in SQL as well. Types, log texts, messages, docstrings, assertions and lines that no test must run stay.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise

_OPPOSITES: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SQL = re.compile(r"\b(?:SELECT|INSERT INTO|REPLACE INTO|UPDATE|DELETE FROM|WHERE|ORDER BY)\b|^\s*AND\b")
_IN_SQL = (
    (re.compile(r"\bAND\b"), "OR"),
    (re.compile(r"\bOR\b(?! (?:IGNORE|REPLACE|ABORT)\b)"), "AND"),
    (re.compile(r"\bNOT (?!NULL\b)"), ""),
    (re.compile(r"\bIS NULL\b"), "IS NOT NULL"),
    (re.compile(r"\bIS NOT NULL\b"), "IS NULL"),
    (re.compile(r"(?<= )<=(?= )"), "<"),
    (re.compile(r"(?<= )>=(?= )"), ">"),
    (re.compile(r"(?<= )<(?= )"), "<="),
    (re.compile(r"(?<= )>(?= )"), ">="),
    (re.compile(r"(?<= )=(?= )"), "!="),
    (re.compile(r"(?<= )!=(?= )"), "="),
    (re.compile(r"\bMIN\("), "MAX("),
    (re.compile(r"\bMAX\("), "MIN("),
    (re.compile(r" DESC\b"), ""),
    (re.compile(r"\bDISTINCT "), ""),
    (re.compile(r"\bLIMIT 1\b"), "LIMIT 2"),
)
_LARGE = 20
"""Numbers from which on one more or less seldom matters to anybody; nor does it where a limit is defined."""
_LEFT_ALONE = {"cast", "TypeVar", "NewType", "warn", "debug", "info", "exception"}
_LOGS = {"log", "logger", "logging", "warnings"}
_PLATFORMS = {"platform", "version_info", "TYPE_CHECKING"}


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes `start` to `end` of a file become `new`.

    `first` to `last` are the lines of the statement, `names` what it defines if it runs at import.
    """

    line: int
    start: int
    end: int
    new: str
    first: int
    last: int
    names: frozenset[str] = frozenset()

    def compiles(self, source: bytes) -> bool:
        """Return whether the changed source is Python."""
        try:
            compile(self.applied(source), "changed", "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return True

    def applied(self, source: bytes) -> bytes:
        """Return the changed source."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def shown(self, source: bytes) -> str:
        """Return the line before and after: `if a < b: → if a <= b:`."""
        begin = source.rfind(b"\n", 0, self.start) + 1
        stop = source.find(b"\n", self.end)
        stop = len(source) if stop < 0 else stop
        before = source[begin:stop].decode()
        after = (source[begin : self.start] + self.new.encode() + source[self.end : stop]).decode()
        return f"{' '.join(before.split())} → {' '.join(after.split())}"


def changes(text: str) -> list[Change]:
    """Return the changes of a module; a few do not compile."""
    reader = _Reader(text)
    reader.visit(ast.parse(text))
    unique = {(change.start, change.end, change.new): change for change in reader.made}
    return [change for change in unique.values() if change.line not in reader.uncovered]


class _Reader(ast.NodeVisitor):
    """Collects changes in `made`."""

    def __init__(self, text: str) -> None:
        self.source = text.encode()
        self.made: list[Change] = []
        self.uncovered = {
            token.start[0]
            for token in tokenize.generate_tokens(StringIO(text).readline)
            if token.type == tokenize.COMMENT and "pragma: no cover" in token.string
        }
        self._starts = [0]
        for line in self.source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = (1, 1)
        self._names = frozenset[str]()
        self._is_in_function = False

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.stmt):
            before, self._lines = self._lines, _header(node)
            if not self._is_in_function:
                self._names = _defined(node)
            super().visit(node)
            self._lines = before
        else:
            super().visit(node)

    # What is left alone.

    def visit_Assert(self, node: ast.Assert) -> None: ...

    def visit_Import(self, node: ast.Import) -> None: ...

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None: ...

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave it: before Python 3.12 the places of what stands in it are not known."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self._drop_attribute(node, [node.target])
            self.visit(node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        """Leave defaults: mostly, each caller says what it wants."""

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.name in {"__repr__", "__str__"}:
            return
        outer, self._is_in_function = self._is_in_function, True
        self._names = frozenset()
        self.visit(node.args)
        self._all(_without_docstring(node.body))
        self._is_in_function = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._all(_without_docstring(node.body))

    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave it: its words are a message, and without it the next line fails."""

    # What is changed.

    def visit_If(self, node: ast.If | ast.While) -> None:
        if not _names(node.test) & _PLATFORMS:
            self._condition(node.test)
            self.visit(node.test)
            self._all([*node.body, *node.orelse])

    visit_While = visit_If

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.visit(node.iter)
        for test in node.ifs:
            self._replace(test, "True")
            self._condition(test)
            self.visit(test)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        first, *others = node.values
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, others, strict=False):
            between = self._text(self._end(left), self._start(right))
            self._edit(
                self._end(left), self._start(right), re.sub(rf"\b{word}\b", other, between, count=1), right
            )
            self._edit(self._end(left), self._end(right), "", right)
        self._edit(self._start(first), self._start(others[0]), "", first)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        left: ast.expr = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            between = self._text(self._end(left), self._start(right))
            old = re.escape(_spelled(operator)).replace(r"\ ", r"\s+")
            new = re.sub(rf"{old}", _OPPOSITES[type(operator)], between, count=1)
            self._edit(self._end(left), self._start(right), new, right)
            left = right
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._edit(self._start(node), self._start(node.operand), "", node)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        signs = {ast.Add: ("+", "-"), ast.Sub: ("-", "+")}
        if type(node.op) in signs and (_is_number(node.left) or _is_number(node.right)):
            old, new = signs[type(node.op)]
            between = self._text(self._end(node.left), self._start(node.right))
            self._edit(self._end(node.left), self._start(node.right), between.replace(old, new, 1), node)
        elif isinstance(node.op, ast.Sub):
            left, right = self._of(node.left), self._of(node.right)
            between = self._text(self._end(node.left), self._start(node.right))
            self._edit(self._start(node.left), self._end(node.right), f"{right}{between}{left}", node)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._replace(node, str(not value))
        elif isinstance(value, int) and value < _LARGE and self._is_in_function:
            self._replace(node, str(value + 1))
            self._replace(node, str(value - 1) if value else "(-1)")
        elif isinstance(value, str) and _SQL.search(value):
            self._sql(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.slice, ast.Slice):
            self._edit(self._end(node.value), self._end(node), "", node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if _called(node.func) & (_LEFT_ALONE | _LOGS):
            return
        if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
            self._replace(node.func, _NAMES[node.func.id])
        self._drop_arguments([*node.args, *node.keywords])
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "strict":
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        if not (isinstance(node.value, ast.Call) and _called(node.value.func) & _LOGS):
            self._replace(node, "pass")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._replace(node, "pass")
        if not _is_number(node.value):  # a token that grows by two is as good
            self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        self._replace(node, "pass")

    def visit_Assign(self, node: ast.Assign) -> None:
        self._drop_attribute(node, node.targets)
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._replace(node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        self._replace(node, "pass")

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._replace(node, "pass")
        self.generic_visit(node)

    # How.

    def _all(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _condition(self, test: ast.expr) -> None:
        self._replace(test, f"(not ({self._of(test)}))")

    def _drop_attribute(self, node: ast.stmt, targets: Sequence[ast.expr]) -> None:
        if all(isinstance(target, ast.Attribute | ast.Subscript) for target in targets):
            self._replace(node, "pass")

    def _drop_arguments(self, arguments: Sequence[ast.expr | ast.keyword]) -> None:
        """Drop those that the called function may well have a default for: keywords, the last one."""
        for before, here in pairwise(arguments):
            if isinstance(here, ast.keyword) and here.arg == "strict":
                continue
            if isinstance(here, ast.keyword) or here is arguments[-1]:
                self._edit(self._end(before), self._end(here), "", here)
        if arguments and isinstance(arguments[0], ast.keyword):
            following = self._start(arguments[1]) if len(arguments) > 1 else self._end(arguments[0])
            self._edit(self._start(arguments[0]), following, "", arguments[0])

    def _sql(self, node: ast.Constant) -> None:
        start, text = self._start(node), self._of(node)
        for pattern, new in _IN_SQL:
            for found in pattern.finditer(text):
                begin = start + len(text[: found.start()].encode())
                line = node.lineno + text.count("\n", 0, found.start())
                self._add(begin, begin + len(found[0].encode()), new, line)

    def _replace(self, node: ast.expr | ast.stmt, new: str) -> None:
        self._edit(self._start(node), self._end(node), new, node)

    def _edit(self, start: int, end: int, new: str, node: ast.expr | ast.stmt | ast.keyword) -> None:
        self._add(start, end, new, node.lineno)

    def _add(self, start: int, end: int, new: str, line: int) -> None:
        if self.source[start:end].decode() != new:
            names = frozenset() if self._is_in_function else self._names
            self.made.append(Change(line, start, end, new, *self._lines, names))

    def _start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        assert node.end_lineno and node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, start: int, end: int) -> str:
        return self.source[start:end].decode()

    def _of(self, node: ast.expr | ast.stmt) -> str:
        return self._text(self._start(node), self._end(node))


def _header(node: ast.stmt) -> tuple[int, int]:
    """Return the lines of a statement; of one with a body, those before it."""
    last = node.end_lineno or node.lineno
    body = getattr(node, "body", None)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _without_docstring(node.body)[0].lineno if _without_docstring(node.body) else last, last
    return node.lineno, max(node.lineno, body[0].lineno - 1) if body else last


def _defined(node: ast.stmt) -> frozenset[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
    return frozenset(name for target in targets if isinstance(target, ast.expr) for name in _names(target))


def _without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return body[1:]
    return body


def _names(node: ast.AST) -> set[str]:
    return set(_spelled_names(node))


def _spelled_names(node: ast.AST) -> Iterator[str]:
    for found in ast.walk(node):
        if isinstance(found, ast.Name):
            yield found.id
        elif isinstance(found, ast.Attribute):
            yield found.attr


def _called(function: ast.expr) -> set[str]:
    """Return the last and the first name of what is called: `log` and `warning` of `log.warning`."""
    names = [*_spelled_names(function)]
    return {names[0], names[-1]} if names else set()


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _spelled(operator: ast.cmpop) -> str:
    return ast.unparse(ast.Compare(ast.Name("a"), [operator], [ast.Name("b")]))[2:-2]
