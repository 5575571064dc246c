"""Browsers that a person has signed in with before: a signed cookie that outlives sessions and names nobody.

It opens nothing. It says only that a way in is not the first one from here, and gives its holder tries of their own, so that a
stranger who guesses from many addresses cannot keep people out of the browsers that they use.
"""

import secrets
from typing import Any

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from crm.accounts.stamps import Signer

AGE = 60 * 60 * 24 * 400  # the longest that browsers keep a cookie
MOST_PEOPLE = 20


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="known-device", signer=Signer)


def _here() -> tuple[str, list[int]]:
    """The number of this browser and the ids of who has signed in with it; a fresh number for one that we never saw."""
    try:
        told: Any = _signer().loads(request.cookies.get(_name(), ""), max_age=AGE)
        return str(told["id"]), [int(one) for one in told["people"]]
    except (BadSignature, KeyError, TypeError, ValueError):
        return secrets.token_urlsafe(12), []


def known_to(user_id: int | None) -> str:
    """The number of this browser if the person has signed in with it before, else an empty text."""
    number, people = _here()
    return number if user_id in people else ""


def remember(user_id: int) -> None:
    """This browser belongs to the person from now on; the answer carries the cookie."""
    number, people = _here()
    people = [user_id, *(one for one in people if one != user_id)][:MOST_PEOPLE]

    @after_this_request
    def keep(response: Response) -> Response:
        config = current_app.config
        response.set_cookie(_name(), _signer().dumps({"id": number, "people": people}), max_age=AGE, httponly=True, samesite="Lax",
                            secure=config["SESSION_COOKIE_SECURE"], path="/")
        return response
