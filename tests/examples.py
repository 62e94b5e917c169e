"""Examples of properties, and many cheap cases of one test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import Signature
from typing import Any

from hypothesis import settings

half_as_many = settings(max_examples=settings().max_examples // 2)
"""Half as many examples, for properties of which the others execute nothing new.

Of a hundred examples of each, the last one that executed a new pair of lines was one of the first 33.
"""


def for_each(
    names: str | Sequence[str], rows: Iterable[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run all cases as one test, written as for `parametrize`; a failure notes the values of its case.

    A case of its own takes 3 ms, as it is collected in each process and reported: more than most values take.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else names
    cases = [dict(zip(keys, row if len(keys) > 1 else (row,), strict=True)) for row in rows]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(**others: object) -> None:
            for case in cases:
                try:
                    test(**others, **case)
                except BaseException as error:
                    error.add_note(f"for {case}")
                    raise

        run.__signature__ = Signature()  # type: ignore[attr-defined]
        return run

    return decorate
