"""Import the modules of a package on first use, for a fast start.

Type checkers and import-linter see the usual imports under `TYPE_CHECKING`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def names(package: str, places: Mapping[str, Sequence[str]]) -> tuple[Callable[[str], object], list[str]]:
    """Build `__getattr__` and `__all__` of a package; `places` maps its modules to the names they provide."""

    def __getattr__(name: str) -> object:
        for module, provided in places.items():
            if name in provided:
                parent, loaded = import_module(package), import_module(f"{package}.{module}")
                for each in provided:  # if named like its module, it replaces the module
                    setattr(parent, each, getattr(loaded, each))
                return getattr(parent, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return __getattr__, [name for provided in places.values() for name in provided]
