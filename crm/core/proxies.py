"""Whose word about a visitor is taken: X-Forwarded-* of a reverse proxy that the settings tell of, and of nobody else.

TRUSTED_PROXIES says how many stand in front, PROXY_ADDRESSES from where the last of them speaks. A program on this machine always
may: Caddy or nginx beside this one is the usual way. A stranger who reaches the port by himself is taken for what he is.
"""

import ipaddress
import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from werkzeug.middleware.proxy_fix import ProxyFix

log = logging.getLogger(__name__)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
GIVEN = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")


def within(address: str, networks: Iterable[Network], *, local: bool = False) -> bool:
    """Whether an address lies in one of the networks; `local`: or is this machine's own."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    known = getattr(known, "ipv4_mapped", None) or known
    return (local and known.is_loopback) or any(known in network for network in networks)


class Proxies:
    """Gives the request to `ProxyFix` when a known proxy brings it, else straight to the application."""

    def __init__(self, app: Application, hops: int, networks: tuple[Network, ...]) -> None:
        self.plain, self.fixed = app, ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops)
        self.known = lru_cache(maxsize=1024)(lambda peer: self._look(peer, networks))

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """One request."""
        peer = environ.get("REMOTE_ADDR", "")
        told = any(name in environ for name in GIVEN)
        return (self.fixed if told and self.known(peer) else self.plain)(environ, start)

    def _look(self, peer: str, networks: tuple[Network, ...]) -> bool:
        known = within(peer, networks, local=True)
        if not known:  # told once for each, as its answers are kept
            log.warning("X-Forwarded-* of %s is not believed; if that is your proxy, name it in PROXY_ADDRESSES", peer)
        return known


def brought(request: Request) -> bool:
    """Whether a known proxy brought this request."""
    return "werkzeug.proxy_fix.orig" in request.environ


def init_proxies(app: Flask) -> None:
    """Stand between the server and the application where TRUSTED_PROXIES says that there are some."""
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = Proxies(app.wsgi_app, hops, app.config["PROXY_ADDRESSES"])  # type: ignore[assignment, method-assign]
