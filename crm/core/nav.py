"""Places of the frame: features add theirs, the page shows those that the reader may open."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString
from flask_login import current_user
from markupsafe import Markup

from crm.core import access, modules
from crm.core.i18n import choose_locale

MOST_PARTS = 1000


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


def part(name: str, brand: str = "") -> Markup:
    """A piece of the frame (rail, foot, menus, person_places), drawn once for everybody who sees the same.

    It holds names of places alone, and the key holds all that these depend on: language, rights, what is switched off,
    the page's own place, the company's name and the mount point. Nothing of a record or a session may stand in it.
    """
    if g.get("database_away"):  # the page of the refusal must not ask it again
        return Markup("")
    rights = frozenset(current_user.rights) if current_user.is_authenticated else frozenset()
    key = (name, brand, choose_locale(), request.script_root, request.endpoint, rights, modules.switched_off())
    kept: dict[Any, Markup] = current_app.extensions["frame"]
    if key not in kept:
        if len(kept) >= MOST_PARTS:
            kept.clear()
        template = current_app.jinja_env.get_template(f"layout/_{name}.html")
        kept[key] = Markup(template.render(  # noqa: S704 - what an escaping template made
            brand=brand, rail=places("rail"), create=places("create"), person=places("person")))
    return kept[key]


def may_create() -> bool:
    """Whether the menu behind "Create" would hold anything."""
    return any(place.where == "create" and access.can(place.right) and (not place.module or modules.on(place.module))
               for place in PLACES)


def init_nav(app: Flask) -> None:
    """Give the frame its pieces."""
    app.extensions["frame"] = {}
    app.jinja_env.globals.update(frame_part=part, may_create=may_create)

    text: Any = app.jinja_env.globals["_"]

    @app.context_processor
    def frame() -> dict[str, object]:
        return {"app_name": text("Voronka")}
