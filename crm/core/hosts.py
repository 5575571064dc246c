"""Under which names the program answers: a page that a stranger's name points here gets nothing (DNS rebinding,
poisoned links). Addresses in digits cannot be taken over by a name server, so a phone of the network needs no setting.
"""

import ipaddress
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_babel import gettext as _

from crm.core.web import error_answer


@lru_cache(maxsize=256)
def _known(host: str, names: frozenset[str]) -> bool:
    name = (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
    if name in names or any(name.endswith(one) for one in names if one.startswith(".")):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def known_names(base_url: str, allowed: tuple[str, ...]) -> frozenset[str]:
    """This machine's own names, the host of BASE_URL and ALLOWED_HOSTS (a leading dot takes in what lies below)."""
    own = socket.gethostname().lower()
    named = urlsplit(base_url).hostname if base_url else None
    return frozenset({"localhost", own, f"{own}.local", *(one.lower() for one in allowed), *([named] if named else [])})


def _check() -> Response | None:
    names: frozenset[str] = current_app.extensions["known_names"]
    try:
        known = _known(request.host, names)
    except ValueError:  # such as [x
        known = False
    if known:
        return None
    return error_answer(400, _(
        "This server does not know itself by this address. The owner sets BASE_URL to the address that people type."))


def init_hosts(app: Flask) -> None:
    """Look at the name before anything else does."""
    app.extensions["known_names"] = known_names(app.config["BASE_URL"], app.config["ALLOWED_HOSTS"])
    app.before_request(_check)
