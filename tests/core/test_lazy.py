"""Modules that are imported when something of them is first used."""

import subprocess
import sys
from types import ModuleType

import pytest

from tuireader import ingest, store

LAZY = (ingest, store)


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
        assert run.stdout.split() == []
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = package.no_such_thing
