"""Modules that are imported when something of them is first used."""

import subprocess
import sys
from types import ModuleType

import pytest

from tuireader import document, later, query, terms, watch

LAZY = (document, query, terms, watch)


def test_a_module_is_imported_when_it_is_used() -> None:
    code = """
import sys
from types import ModuleType
from tuireader import later
copies, moving = later.modules("copies", "moving.urls")
print("tuireader.copies" in sys.modules, repr(moving), moving.__class__.__name__)
print(copies.file_name.__module__, "tuireader.copies" in sys.modules, "tuireader.moving" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    first, second = run.stdout.splitlines()
    assert first == "False <tuireader.moving.urls, when it is used> _Later"
    assert second.endswith("True False")


def test_what_a_module_does_not_have_is_missed() -> None:
    (text,) = later.modules("text")
    assert text.clean("a\0b") == "ab"
    with pytest.raises(AttributeError):
        _ = text.no_such_thing


@pytest.mark.parametrize("package", LAZY, ids=lambda one: one.__name__)
def test_a_package_has_all_that_it_names(package: ModuleType) -> None:
    code = f"""
import sys, {package.__name__} as package
before = [name for name in sys.modules if name.startswith(package.__name__ + ".")]
for name in package.__all__:
    found = getattr(package, name)
    assert not isinstance(found, type(sys)), name  # a function that is named as its module is the function
print(*before)
"""
    for order in ("package.__all__", "reversed(package.__all__)"):
        run = subprocess.run(
            [sys.executable, "-c", code.replace("package.__all__", order)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stderr
        assert set(run.stdout.split()) <= {"tuireader.terms.tokenizer", "tuireader.watch.rules"}
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = package.no_such_thing
