"""Parts that a start does not need: a package names what it offers, and loads it when somebody asks for it."""

import sys
from collections.abc import Callable
from importlib import import_module
from threading import RLock
from typing import Any

_loading = RLock()  # two threads that load parts of one another in two orders would see them half made


def late(package: str, **homes: str) -> Callable[[str], Any]:
    """A `__getattr__` for the package (PEP 562): name of a module -> the names, by spaces, that it offers."""
    where = {name: module for module, names in homes.items() for name in names.split()}

    def load(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        with _loading:
            value = getattr(import_module(f"{package}.{where[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
