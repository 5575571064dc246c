"""Styles and scripts of our own, joined into bundles and named by their content, so browsers keep them forever."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request
from markupsafe import Markup

from crm.core import access, squeeze

ROOT = Path(__file__).resolve().parents[2] / "static"
blueprint = Blueprint("assets", __name__)
FOREVER = "public, max-age=31536000, immutable"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
         ".webmanifest": "application/manifest+json", ".ico": "image/x-icon"}


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: its type, its bytes and the same packed."""

    mimetype: str
    data: bytes
    packed: bytes
    digest: str


def _asset(name: str, data: bytes) -> Asset:
    return Asset(TYPES.get(Path(name).suffix, "application/octet-stream"), data,
                 gzip.compress(data, 9, mtime=0), hashlib.sha256(data).hexdigest()[:12])


def load() -> dict[str, Asset]:
    """Join the bundles of static/src/bundles.txt and read the other files of static/."""
    found = {}
    for line in (ROOT / "src" / "bundles.txt").read_text().splitlines():
        name, _, parts = line.partition(":")
        if parts and not name.startswith("#"):
            text = "\n".join((ROOT / "src" / part).read_text(encoding="utf-8") for part in parts.split())
            found[name] = _asset(name, (squeeze.css if name.endswith(".css") else squeeze.js)(text).encode())
    for path in ROOT.rglob("*"):
        if path.is_file() and "src" not in path.relative_to(ROOT).parts and path.suffix in TYPES:
            name = str(path.relative_to(ROOT))
            found[name] = _asset(name, path.read_bytes())
    return found


def asset(name: str) -> str:
    """The address of a bundle or a file of static/, with its content's mark."""
    assets: dict[str, Asset] = current_app.extensions["assets"]
    return f"{request.script_root}/assets/{assets[name].digest}/{name}"


def icon(name: str, cls: str = "") -> Markup:
    """A drawing of static/icons.svg (names: static/src/README.md). Decorative: put words or an aria-label beside it."""
    return _drawing(asset("icons.svg"), name, cls)


@lru_cache(maxsize=1024)
def _drawing(address: str, name: str, cls: str) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
        f"icon {cls}".strip(), address, name)


@blueprint.get("/assets/<mark>/<path:name>")
@access.public
def show(mark: str, name: str) -> Response:
    """One file; an old mark gets the present content, so a page left open over an upgrade still works."""
    found: Asset | None = current_app.extensions["assets"].get(name)
    if found is None:
        abort(404)
    packed = "gzip" in request.headers.get("Accept-Encoding", "") and found.mimetype != "image/png"
    response = Response(found.packed if packed else found.data, mimetype=found.mimetype)
    response.headers["Cache-Control"] = FOREVER if mark == found.digest else "no-cache"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


@blueprint.get("/favicon.ico")
@access.public
def favicon() -> Response:
    """Browsers ask for it on pages that name none, such as a downloaded text."""
    return show(current_app.extensions["assets"]["favicon.svg"].digest, "favicon.svg")


def init_assets(app: Flask) -> None:
    """Read everything once; in debugging the files are read anew at each start."""
    app.extensions["assets"] = load()
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["static_url"] = asset
    app.jinja_env.globals["icon"] = icon
