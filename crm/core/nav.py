"""Places of the frame: features add theirs, the page shows those that the reader may open."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _

from crm.core import access, modules


@dataclass(frozen=True)
class Place:
    """A link of the rail, of the phone's bottom bar or of the '+' menu."""

    endpoint: str
    icon: str
    label: LazyString
    right: str
    position: int
    module: str = ""
    phone: bool = False
    where: str = "rail"  # rail | create | person
    args: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()  # blueprints whose pages belong to this place too

    @property
    def href(self) -> str:
        """The address."""
        args: dict[str, Any] = dict(self.args)
        return url_for(self.endpoint, **args)

    @property
    def active(self) -> bool:
        """Whether the reader is in this part now."""
        return request.endpoint == self.endpoint or (
            self.where == "rail" and self.endpoint.endswith(".index") and request.blueprint is not None
            and request.blueprint in (self.endpoint.split(".")[0], *self.also) and request.endpoint not in _ENDPOINTS)


PLACES: list[Place] = []
_ENDPOINTS: set[str] = set()


def add(endpoint: str, icon: str, label: LazyString, right: str, position: int, *, module: str = "",
        phone: bool = False, where: str = "rail", also: tuple[str, ...] = (), **args: str) -> None:
    """Add a place; called once per feature when its routes are loaded."""
    PLACES.append(Place(endpoint, icon, label, right, position, module, phone, where, tuple(args.items()), also))
    _ENDPOINTS.add(endpoint)


def places(where: str) -> list[Place]:
    """What the reader sees there, in order."""
    return sorted((place for place in PLACES if place.where == where and access.can(place.right)
                   and (not place.module or modules.on(place.module))), key=lambda place: place.position)


def init_nav(app: Flask) -> None:
    """Give the frame its lists."""

    @app.context_processor
    def frame() -> dict[str, object]:
        if g.get("database_away"):
            return {"nav": [], "create_menu": [], "person_menu": [], "app_name": _("Voronka")}
        return {"nav": places("rail"), "create_menu": places("create"), "person_menu": places("person"),
                "app_name": _("Voronka")}
