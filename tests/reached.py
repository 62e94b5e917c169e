"""Does each `assert` run? After a full run, those that no test reached are errors.

pytest rewrites assertions anyway; here each one also notes its line when it held. A test that was skipped
does not count. What cannot run stands in `EXCEPTIONS`, with the reason.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from zlib import crc32

import pytest
from _pytest.assertion import rewrite

TESTS = Path(__file__).parent
EXCEPTIONS: Mapping[str, str] = {
    'test_reached.py: assert "this one does not"': "it is there to see that the check notices",
    "test_soak.py: assert {key: after[key] for key in before} == before": "the few keys of a full run seldom "
    "leave anything to mark; `make soak` gets there",
}
"""Reasons by place and code."""

_ASSERTION = re.compile(r"(?<=\n)[ \t]*assert\b")
_lines = set[str]()


class _Noting(rewrite.AssertionRewriter):
    """Adds to each assertion a call of `rewrite.reached`, a module that each rewritten module imports."""

    def visit_Assert(self, assert_: ast.Assert) -> list[ast.stmt]:
        made = super().visit_Assert(assert_)
        place = ast.Constant(f"{self.module_path}:{assert_.lineno}")  # a string knows its hash
        module = ast.Name("@pytest_ar", ast.Load())
        call = ast.Expr(ast.Call(ast.Attribute(module, "reached", ast.Load()), [place], []))
        return [*made, ast.fix_missing_locations(ast.copy_location(call, assert_))]


def version(noting: type) -> str:
    """Mark for the names of compiled files, which changes with the code of the class that compiles them."""
    return f"reached-{crc32(inspect.getsource(noting).encode()):08x}"


def install() -> None:
    """Note assertions from now on, in modules that are imported later."""
    if rewrite.AssertionRewriter is not _Noting:
        rewrite.AssertionRewriter = _Noting  # type: ignore[misc]
        rewrite.PYC_TAIL = f".{version(_Noting)}{rewrite.PYC_TAIL}"  # compiled files of others do not note
        rewrite.reached = _lines.add  # type: ignore[attr-defined]


class Check:
    """Plugin that collects from all processes what was reached."""

    def __init__(self) -> None:
        self._skipped = set[str]()
        self._unreached = list[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember tests of which a case was skipped."""
        if report.skipped:
            self._skipped.add(report.nodeid.partition("[")[0])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take what a process of xdist reached."""
        output: Mapping[str, list[str]] = getattr(node, "workeroutput", {})
        _lines.update(output.get("reached", []))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a full run that left assertions out."""
        output: dict[str, object] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["reached"] = sorted(_lines)
        elif _is_full(session):
            self._unreached = [*unreached(_lines, self._skipped)]
            if self._unreached:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List them."""
        if self._unreached:
            terminalreporter.section("assertions that no test reached")
            for words in self._unreached:
                terminalreporter.write_line(words)


def noted() -> Set[str]:
    """Return path and line (`PATH:LINE`) of what was reached in this process."""
    return _lines


def unreached(lines: Set[str], skipped: Set[str], folder: Path = TESTS) -> Iterator[str]:
    """Yield place and code of each assertion that is not among `lines`."""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(folder).as_posix()
        begun = {text.count("\n", 0, match.start()) + 1 for match in _ASSERTION.finditer(text)}
        if name.startswith("tools/") or all(f"{path}:{line}" in lines for line in begun):
            continue  # run in a command of their own, or all reached; parsing all files takes seconds
        for assertion in _assertions(ast.parse(text), f"tests/{name}", skipped):
            if f"{path}:{assertion.lineno}" in lines:
                continue
            words = " ".join((ast.get_source_segment(text, assertion) or "").split())
            if f"{name}: {words}" not in EXCEPTIONS:
                yield f"tests/{name}:{assertion.lineno}: {words}"


def _assertions(node: ast.AST, name: str, skipped: Set[str]) -> Iterator[ast.Assert]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Assert):
            yield child
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{name}::{child.name}"
            if inner not in skipped:
                yield from _assertions(child, inner, skipped)
        else:
            yield from _assertions(child, name, skipped)


def _is_full(session: pytest.Session) -> bool:
    config = session.config
    return (
        config.args == config.getini("testpaths")
        and not config.option.keyword
        and not config.option.markexpr
        and not config.option.collectonly
        and not session.testsfailed
        and session.exitstatus == pytest.ExitCode.OK
    )
