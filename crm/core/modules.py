"""What a business does not use is switched off, and then no menu, card or query knows of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound


@dataclass(frozen=True)
class Module:
    """A part that can be switched off; `blueprints` are the ones that vanish with it."""

    code: str
    label: LazyString
    hint: LazyString
    blueprints: tuple[str, ...] = ()


MODULES: dict[str, Module] = {}
_state: dict[str, Callable[[], frozenset[str]]] = {}


def declare(code: str, label: LazyString, hint: LazyString, *blueprints: str) -> Module:
    """Add a part to the settings page."""
    MODULES[code] = Module(code, label, hint, blueprints)
    return MODULES[code]


def use_source(switched_off: Callable[[], frozenset[str]]) -> None:
    """Tell where the switches are kept (the company's settings)."""
    _state["off"] = switched_off


def switched_off() -> frozenset[str]:
    """What the company does not use now."""
    return _state["off"]()


def on(code: str) -> bool:
    """Whether the part is switched on; what is no module is always there."""
    return code not in _state["off"]() if code in MODULES else True


def require_for(blueprints: Iterable[str]) -> None:
    """404 for the routes of a part that is switched off."""
    names = set(blueprints)
    for module in MODULES.values():
        if names & set(module.blueprints) and not on(module.code):
            raise NotFound(_("This part is switched off. The owner can switch it on in the settings."))
