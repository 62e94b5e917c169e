"""Controllers without an app: everything that they call is noted, in order, with all arguments.

    stage = Stage(library={"lists.counts": later(Counts())})
    controller = stage.alone(Chosen, marks)
    assert stage.calls == [call("say", "Nothing", seconds=2)]

What a call returns is in the answers of its part, by the path below it; without one, None. Work for a worker
waits in `stage.work` until `done` runs it.
"""

from __future__ import annotations

import inspect
from array import array
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

from tuireader.config import Config
from tuireader.model import Event
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.session import Session

_QUESTIONS = ("key_of", "articles.row", "run_worker", "clock", "take_density", "lists.days")
C = TypeVar("C", bound=Controller)


class Call(NamedTuple):
    """A call: its path, such as `articles.select_id`, and its arguments."""

    path: str
    arguments: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()


def call(path: str, *arguments: Any, **options: Any) -> Call:
    """A call to compare with; parts are named by their paths."""
    named = (one.path_ if isinstance(one, Part) else one for one in arguments)
    return Call(path, tuple(named), tuple(sorted(options.items())))


class Later(NamedTuple):
    """An answer that has to be awaited."""

    value: Any


def later(value: Any = None) -> Later:
    """An answer that has to be awaited; an exception is raised."""
    return Later(value)


class Part:
    """A part of the app: attributes are parts of it, or what is in `answers`; calls are noted."""

    def __init__(self, calls: list[Call], answers: dict[str, Any], path: str = "") -> None:
        self.__dict__.update(_calls=calls, _answers=answers, _path=path)

    @property
    def path_(self) -> str:
        """Where it is."""
        return str(self._path)

    def __getattr__(self, name: str) -> Any:
        path = f"{self._path}.{name}".lstrip(".")
        answer = self._answers.get(path)
        is_value = isinstance(answer, Part) or not (isinstance(answer, Later) or callable(answer))
        return answer if path in self._answers and is_value else Part(self._calls, self._answers, path)

    def __setattr__(self, name: str, value: Any) -> None:
        self._answers[f"{self._path}.{name}".lstrip(".")] = value

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self._calls.append(call(self._path, *arguments, **options))
        answer = self._answers.get(self._path)
        if callable(answer):
            answer = answer(*arguments, **options)
        return _awaited(answer.value) if isinstance(answer, Later) else answer


async def _awaited(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


class Stage:
    """What a controller works with. `session` is a real one, all else only notes calls."""

    def __init__(
        self,
        config: Config | None = None,
        *,
        library: dict[str, Any] | None = None,
        host: dict[str, Any] | None = None,
        **panes: Any,
    ) -> None:
        self.calls: list[Call] = []
        self.work: list[Any] = []
        used = config or Config()
        self.config = used
        self.session = Session(lambda: used)
        known = {"offline": False, "config": used, "lists.days": Later(()), **(library or {})}
        self.library = _Named(self.calls, known, "library")
        asked = {"key_of": lambda command: f"<{command}>", "undo_hint": " (undo)", "clock": lambda: 9_000}
        self.host = _Named(self.calls, {**asked, "linear": False, **(host or {})}, "")
        self.panes = Part(
            self.calls,
            {
                "articles.ids": array("q"),
                "articles.selected": set[int](),
                "articles.current_id": None,
                "articles.current_row": None,
                "articles.cursor": 0,
                "articles.cursor_line": 0,
                "articles.days": (),
                "articles.is_cosy": False,
                "articles.is_running": True,
                "articles.is_attached": True,
                "articles.scroll_offset": SimpleNamespace(y=0),
                "articles.row": lambda article_id: None,
                "host": self.host,
                "in_list": True,
                "in_article": False,
                "in_sidebar": False,
                "is_zen": False,
                "is_wide": True,
                "is_columns": False,
                "run_worker": self.keep,
                "articles.run_worker": self.keep,
                "article.run_worker": self.keep,
                "sidebar.items": (),
                **{name.replace("__", "."): value for name, value in panes.items()},
            },
        )

    def keep(self, work: Any, **_: Any) -> None:
        """Take work for a worker."""
        self.work.append(work)

    def alone(self, kind: type[C], *parts: Any, **more: Any) -> C:
        """A controller of this kind, with the parts that it takes besides those of all."""
        return kind(self.session, self.library, self.panes, self.note("changed"), *parts, **more)  # type: ignore[arg-type]

    def note(self, path: str, **answers: Any) -> Any:
        """A part whose calls are noted under a name; `""` answers the call of the part itself."""
        known = {
            f"{path}.{name.replace('__', '.')}" if name != "_" else path: one for name, one in answers.items()
        }
        return Part(self.calls, known, path)

    async def done(self) -> None:
        """Run the work that was given to workers, and what follows from it."""
        while self.work:
            work = self.work.pop(0)
            await (work if inspect.isawaitable(work) else work())

    def drained(self) -> list[Call]:
        """The calls since the last time, without those that only ask or start work."""
        calls = [one for one in self.calls if not one.path.endswith(_QUESTIONS)]
        self.calls.clear()
        return calls

    def toasts(self) -> list[str]:
        """What was said since the last time."""
        return [one.arguments[0] for one in self.drained() if one.path in ("say", "say_shortly")]


class _Named(Part):
    """A part whose answers are named below it."""

    def __init__(self, calls: list[Call], answers: dict[str, Any], path: str) -> None:
        prefix = f"{path}." if path else ""
        super().__init__(calls, {prefix + name: one for name, one in answers.items()}, path)


ACCOUNT = (
    '[[account]]\nname = "home"\nkind = "greader"\nurl = "https://x.example"\nuser = "u"\npassword = "p"\n'
)


def events(*known: Event | Exception) -> Any:
    """A call that yields events."""

    async def yielding(*_: Any, **__: Any) -> AsyncIterator[Event]:
        for one in known:
            if isinstance(one, Exception):
                raise one
            yield one

    return yielding


def shown(text: str) -> Call:
    """The progress at the top."""
    return call("top.show", progress=text)
