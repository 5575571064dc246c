"""Every route says who may call it; a route that says nothing answers nobody."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.core import modules
from crm.core.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
SIGNED_IN = "signed-in"


def public(view: View) -> View:
    """Open to strangers: sign-in, health, the first start, a client's page with its secret link."""
    view.access_right = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Open to everybody who has signed in, such as one's own profile."""
    view.access_right = SIGNED_IN  # type: ignore[attr-defined]
    return view


def need(right: str) -> Callable[[View], View]:
    """Open to roles that carry `right`; others get 403 with a sentence."""

    def mark(view: View) -> View:
        view.access_right = right  # type: ignore[attr-defined]
        return view

    return mark


def can(right: str) -> bool:
    """Whether the person of this request has the right (False for strangers)."""
    person = current_user._get_current_object()  # the proxy is resolved once: pages ask for dozens of rights
    return bool(person.is_authenticated and right in person.rights)


def require(right: str) -> None:
    """Raise NotAllowed when the person of this request lacks the right."""
    if not can(right):
        refuse()


def refuse() -> NoReturn:
    """Raise NotAllowed: the person may see this, but the role does not let them do it."""
    raise NotAllowed(_("Your role has no access to this. Ask the owner for it."))


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    right = getattr(view, "access_right", None)
    if right is None:
        raise RuntimeError(f"the route {request.endpoint} does not say who may call it")
    if right == PUBLIC:
        return None
    if not current_user.is_authenticated:
        answer: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return answer
    if right != SIGNED_IN:
        require(right)
    modules.require_for(request.blueprints)
    return None


def init_access(app: Flask) -> None:
    """Ask at every request, before the route runs."""
    app.before_request(_guard)
