"""Our `dataclass` beside that of the standard library: whoever reads the code may take it for that one."""

import dataclasses
import pickle
import re
from collections.abc import Callable
from copy import copy
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuireader import values

Make = Callable[..., Callable[[type], Any]]


def point(make: Make, **options: bool) -> Any:
    """A class with all kinds of fields."""

    class Point:
        """A place."""

        x: int
        y: int = 0
        tags: list[str] = field(default_factory=list)
        note: str = field(default="", compare=False, repr=False)
        made: list[int] = field(default_factory=list, init=False)
        fixed: int = field(default=7, init=False)

        def __post_init__(self) -> None:
            self.made.append(self.x)

    return make(**options)(Point)


@values.dataclass(frozen=True, slots=True)
class Kept:
    """One that can be pickled."""

    title: str
    number: int = 1


@values.dataclass(slots=True)
class Nothing:
    """No fields at all."""


OPTIONS = [
    {"frozen": frozen, "slots": slots, "eq": eq}
    for frozen in (False, True)
    for slots in (False, True)
    for eq in (False, True)
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_it_does_what_the_one_of_the_standard_library_does(options: dict[str, bool]) -> None:
    ours, theirs = point(values.dataclass, **options), point(dataclasses.dataclass, **options)
    told = []
    for it in (theirs, ours):
        one, same, other = it(1), it(x=1, note="unlike"), it(1, 2, ["a"], "b")
        try:
            hashed: object = (hash(one) == hash(same), hash(one) == hash(other))
        except TypeError as error:  # a list in it, or not frozen
            hashed = str(error)
        told.append(
            [
                repr(one), repr(other), one == same, one == other, one != same, one == 1, hashed,
                asdict(other), [each.name for each in fields(one)], repr(replace(other, x=5)),
                it.__match_args__, it.__doc__, getattr(it, "__slots__", None), hasattr(one, "__dict__"),
                one.tags is not same.tags, it.__name__, it.__init__.__qualname__,
            ]
        )  # fmt: skip
    assert told[1] == told[0]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_it_refuses_what_the_other_refuses(options: dict[str, bool]) -> None:
    told = []
    for make in (dataclasses.dataclass, values.dataclass):
        it = point(make, **options)
        faults = []
        for wrong in (
            lambda it=it: it(),
            lambda it=it: it(1, z=2),
            lambda it=it: it(1, fixed=2),
            lambda it=it: it(1, 2, [], "", 3),
            lambda it=it: setattr(it(1), "x", 2),
            lambda it=it: setattr(it(1), "z", 2),
            lambda it=it: delattr(it(1), "x"),
        ):
            try:
                wrong()
                faults.append(False)
            except (TypeError, AttributeError):  # which of the two depends on a bug of the other
                faults.append(True)
        told.append(faults)
    assert told[1] == told[0]


@given(st.text(), st.integers())
def test_a_frozen_one_is_kept_copied_and_found_again(title: str, number: int) -> None:
    one = Kept(title, number)
    assert pickle.loads(pickle.dumps(one)) == one == copy(one)
    assert {one: 1}[Kept(title, number)] == 1
    assert one != Kept(title, number + 1)
    with pytest.raises(FrozenInstanceError):
        one.title = ""  # type: ignore[misc]


def test_one_without_fields() -> None:
    assert Nothing() == Nothing()
    assert repr(Nothing()) == "Nothing()"


def test_one_that_holds_itself_is_shown() -> None:
    it = point(values.dataclass)(1)
    it.tags.append(it)
    assert repr(it).endswith("tags=[...], made=[1], fixed=7)")


def test_a_subclass_may_add_what_changes() -> None:
    class More(Kept):
        pass

    more = More("a")
    more.seen = 1  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError):
        more.number = 2  # type: ignore[misc]
    assert (more.title, more.number) == ("a", 1)


def test_no_function_is_compiled_before_an_object_is_made() -> None:
    def compiled() -> list[str]:
        methods = [value for value in vars(it).values() if isinstance(value, FunctionType)]
        return [method.__name__ for method in methods if method.__code__.co_filename == "<string>"]

    it = point(values.dataclass, frozen=True, slots=True)
    assert compiled() == []
    it(1)
    assert compiled() == ["__init__"]


def test_all_of_ours_are_made_by_it() -> None:
    source = Path(values.__file__).parent
    usual = re.compile(r"^from dataclasses import .*\bdataclass\b|@dataclasses\.dataclass", re.MULTILINE)
    assert [path.name for path in source.rglob("*.py") if usual.search(path.read_text())] == []
