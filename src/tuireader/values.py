"""`dataclass` for values that only the type checker keeps from being changed.

A frozen dataclass takes twice as long to create, in all a tenth of the start of a command, and each of its
objects three times as long. So mypy sees `frozen=True`; at run time it only makes objects hashable by value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses

    def dataclass(cls=None, *, frozen=False, eq=True, **options):
        """Return a dataclass, hashable by value if it is `frozen`."""
        options |= {"eq": eq, "unsafe_hash": frozen and eq}

        def made(cls):
            return dataclasses.dataclass(cls, **options)

        return made if cls is None else made(cls)
