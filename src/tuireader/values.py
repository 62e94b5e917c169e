"""`dataclass` as in the standard library, whose methods are made when they are needed.

The one of the standard library has Python compile six functions for each class when its module is imported,
and a start meets many classes of which it makes no object. This one compiles a single function,
`__init__`, when the first object is made; the other methods are the same code for all classes. What is not
taken over are options that nothing here uses. Type checkers see the one of the standard library.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from collections.abc import Callable
    from operator import attrgetter
    from reprlib import recursive_repr

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True):
        """Make a dataclass of a class: see `dataclasses.dataclass`."""
        if cls is None:
            return lambda it: _dataclass(it, frozen, slots, eq)
        return _dataclass(cls, frozen, slots, eq)

    def _dataclass(cls, frozen, slots, eq):
        own = frozenset(cls.__dict__)
        cls = dataclasses.dataclass(cls, init=False, repr=False, eq=False, slots=slots)
        fields = dataclasses.fields(cls)
        methods = {
            "__init__": _first_init(cls, frozen),
            "__repr__": _repr([f.name for f in fields if f.repr]),
        }
        if eq:
            compared = [f.name for f in fields if f.compare]
            methods["__eq__"] = _eq(compared)
            methods["__hash__"] = _hash(compared) if frozen else None
        if frozen:
            methods |= _frozen(cls, frozenset(f.name for f in fields))
            if slots:
                methods |= {"__getstate__": _getstate, "__setstate__": _setstate}
        for name, method in methods.items():
            if name not in own or (name == "__hash__" and cls.__dict__[name] is None and "__eq__" in own):
                setattr(cls, name, method)
        return cls

    def _first_init(cls, frozen):
        """An `__init__` that puts the real one in its place."""

        def __init__(self, *args, **kwargs):
            init = _compile_init(cls, frozen)
            cls.__init__ = init
            init(self, *args, **kwargs)

        return __init__

    def _compile_init(cls, frozen) -> Callable[..., None]:
        """`__init__` as one would write it by hand."""
        missing = dataclasses.MISSING
        known = {"__builtins__": {}, "_set": object.__setattr__, "_missing": missing}
        parameters, body = [], []
        for number, field in enumerate(dataclasses.fields(cls)):
            name, value, default, made = field.name, field.name, f"_default_{number}", f"_make_{number}"
            if field.default_factory is not missing:
                known[made] = field.default_factory
                value = f"{made}() if {name} is _missing else {name}" if field.init else f"{made}()"
                parameter = f"{name}=_missing"
            elif field.default is not missing:
                known[default] = field.default
                parameter = f"{name}={default}"
                if not field.init:
                    value = default
            elif field.init:
                parameter = name
            else:
                continue
            if field.init:
                parameters.append(parameter)
            body.append(f"_set(_self, {name!r}, {value})" if frozen else f"_self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            body.append("_self.__post_init__()")
        code = f"def __init__(_self, {', '.join(parameters)}):\n " + "\n ".join(body or ["pass"])
        exec(code, known)
        init = known["__init__"]
        init.__qualname__ = f"{cls.__qualname__}.__init__"
        init.__module__ = cls.__module__
        return init

    def _repr(names):
        @recursive_repr()
        def __repr__(self):
            shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
            return f"{self.__class__.__qualname__}({shown})"

        return __repr__

    def _values(names):
        """What gives the values of fields as a tuple."""
        if len(names) > 1:
            return attrgetter(*names)
        return lambda it: tuple([getattr(it, name) for name in names])

    def _eq(names):
        values = _values(names)

        def __eq__(self, other):
            if other.__class__ is not self.__class__:
                return NotImplemented
            return values(self) == values(other)

        return __eq__

    def _hash(names):
        values = _values(names)

        def __hash__(self):
            return hash(values(self))

        return __hash__

    def _frozen(cls, names):
        """What refuses to change a frozen object; what a subclass adds may be changed."""

        def __setattr__(self, name, value):
            if type(self) is cls or name in names:
                raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
            super(cls, self).__setattr__(name, value)

        def __delattr__(self, name):
            if type(self) is cls or name in names:
                raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
            super(cls, self).__delattr__(name)

        return {"__setattr__": __setattr__, "__delattr__": __delattr__}

    def _getstate(self):
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _setstate(self, state):
        for field, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)


__all__ = ["dataclass"]
