"""Who is behind a request: Flask-Login's part of the house."""

from types import SimpleNamespace

from flask import Flask, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user
from itsdangerous import URLSafeTimedSerializer

from crm.accounts import queries, scope, sessions
from crm.accounts.models import User
from crm.accounts.stamps import Signer
from crm.core import access, modules
from crm.core.db import utcnow
from crm.core.web import sign_in_again

NOBODY = SimpleNamespace(name="", demo=False, currency="RUB")  # before the first start

login_manager = LoginManager()
login_manager.session_protection = None  # phones change their address all day; the cookie is signed


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookies, which outlive a clock that is set back: a form that was open then can still be sent."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The same but for its signer."""
        made = super().get_signing_serializer(app)
        if made is not None:
            made.signer = Signer
        return made


@login_manager.user_loader
def load_user(cookie: str) -> User | None:
    """The person of the session with their role, in one statement; None when the session is over. Once a day the browser gets its
    cookies anew, so that they do not end while they are used.
    """
    user = None if g.get("database_away") else sessions.find(cookie)
    today = utcnow().toordinal()
    if user is not None and session.get("day") != today:
        session["day"], session["_remember"] = today, "set"
    return user


def modules_off() -> frozenset[str]:
    """What the company switched off; nothing before the first start."""
    organization = queries.organization()
    return frozenset(organization.modules_off if organization else ())


def set_frame() -> None:
    """The company's zone and language for this request."""
    if request.endpoint in ("assets.show", "health.healthz"):
        return
    if "_user_id" in session:
        current_user._get_current_object()  # reads person and company at once
    organization = queries.organization()
    if organization is not None:
        g.timezone, g.default_locale = organization.timezone, organization.locale


def init_session(app: Flask) -> None:
    """Sessions in signed cookies; Secure and __Host- when people come by https."""
    secure = app.config["BASE_URL"].startswith("https://")
    name = "__Host-voronka" if secure else "voronka"
    app.config.update(
        SESSION_COOKIE_NAME=name, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure, SESSION_COOKIE_PATH="/", REMEMBER_COOKIE_NAME=f"{name}-remember",
        REMEMBER_COOKIE_HTTPONLY=True, REMEMBER_COOKIE_SAMESITE="Lax", REMEMBER_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_DURATION=60 * 60 * 24 * 30)
    app.session_interface = Cookies()
    login_manager.init_app(app)
    login_manager.unauthorized_handler(sign_in_again)
    modules.use_source(modules_off)
    app.before_request(set_frame)
    access.init_access(app)
    app.jinja_env.globals.update(may=scope.may, covers=scope.covers)

    @app.context_processor
    def company() -> dict[str, object]:
        return {"org": (None if g.get("database_away") else queries.organization()) or NOBODY}
