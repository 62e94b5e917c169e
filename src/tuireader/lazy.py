"""Import the modules of a package on first use, for a fast start.

Type checkers and import-linter see the usual imports under `TYPE_CHECKING`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def names(package: str, places: Mapping[str, Sequence[str]]) -> Callable[[str], object]:
    """Build the `__getattr__` of a package; `places` maps its modules to the names that they provide."""
    module_of = {name: module for module, found in places.items() for name in found}

    def __getattr__(name: str) -> object:
        module = module_of.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        parent, loaded = import_module(package), import_module(f"{package}.{module}")
        for each in places[module]:  # if named like its module, it replaces the module
            setattr(parent, each, getattr(loaded, each))
        found: object = getattr(parent, name)
        return found

    return __getattr__
