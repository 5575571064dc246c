"""The walk of an answer: page or fragment, one commit, headers, errors. Nothing else knows HTMX's headers."""

import errno
import gzip
import json
import logging
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy.exc
from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf
from htmx_flask import Htmx
from htmx_flask import request as hx_request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as AnyResponse

from crm.core import door, files, journal, logs, proxies
from crm.core.db import READ_METHODS, db
from crm.core.errors import DomainError, Stale

log = logging.getLogger(__name__)
CSP = ("default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
       "base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
DOWNLOAD_CSP = "sandbox; default-src 'none'; frame-ancestors 'none'"
GZIP_FROM = 1000
MAX_TYPED = 1024 * 1024


def wants_fragment() -> bool:
    """HTMX asks for a part. A history restore asks for the whole page although it is HTMX too."""
    return bool(hx_request.htmx) and not (hx_request.htmx.history_restore_request or hx_request.htmx.boosted)


def render(page: str, fragment: str | None = None, /, *, status: int = 200, **context: Any) -> Response:
    """The fragment for HTMX, the page for everybody else; `status` 422 shows a form with its errors."""
    name = fragment if fragment and wants_fragment() else page
    return make_response(render_template(name, **context), status)


def fragments(*parts: tuple[str, dict[str, Any]], status: int = 200) -> Response:
    """Several fragments in one answer; all but the first carry hx-swap-oob in their own markup."""
    return make_response("\n".join(render_template(name, **context) for name, context in parts), status)


def nothing(status: int = 204) -> Response:
    """Nothing new: HTMX leaves the page as it is."""
    return Response(status=status)


def go(endpoint: str, **values: Any) -> AnyResponse:
    """After a write: lead the browser to a page, with or without HTMX."""
    return go_url(url_for(endpoint, **values))


def go_url(url: str) -> AnyResponse:
    """Like `go`, for an address of our own that was reckoned before."""
    if hx_request.htmx:
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)


def own_page(below: str, *others: str) -> bool:
    """Whether HTMX works in the page of a form itself, below an address or at one of `others`, such as one opened in a new tab.

    There nothing listens to events: who saves is led on.
    """
    here = urlsplit(safe_path(request.headers.get("HX-Current-URL")) or "").path
    return here.startswith(below.rstrip("/") + "/") or here in others


def trigger(name: str, detail: Any = True) -> None:
    """Tell the page that something changed; panels that listen refresh themselves."""
    g.setdefault("triggers", {})[name] = detail


def toast(text: str, kind: str = "good", undo: str | None = None) -> None:
    """A short word after an act; `undo` is an address to POST to. Shown by HTMX or on the next page."""
    g.toast = {"text": text, "kind": kind, "undo": undo}


def retarget(response: Response, target: str, swap: str = "outerHTML") -> Response:
    """Let HTMX put this answer elsewhere. The extension's own setter refuses half of the swap names."""
    response.headers["HX-Retarget"] = target
    response.headers["HX-Reswap"] = swap
    return response


def public_url(endpoint: str, **values: Any) -> str:
    """An address for letters and links: BASE_URL where it is set, else as this person came in."""
    base = current_app.config["BASE_URL"]
    return base + url_for(endpoint, **values) if base else url_for(endpoint, **values, _external=True)


def safe_path(url: str | None) -> str | None:
    """The path and query of an address on this server; None for anything that could lead elsewhere."""
    try:
        parts = urlsplit(url or "")
    except ValueError:  # such as http://[x
        return None
    path = urlunsplit(("", "", parts.path, parts.query, ""))
    if parts.netloc and parts.netloc != request.host:
        return None
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path else None


def came_from() -> str | None:
    """The page of ours on which the sent form stood, when a link can open it again."""
    path = safe_path(request.referrer)
    addresses = current_app.create_url_adapter(request)
    return path if path and addresses and addresses.test(urlsplit(path).path, "GET") else None


def sign_in_again() -> AnyResponse:
    """A lost session. A page that HTMX works in stays as it is, with what was typed, and offers the way in in another tab;
    anything else goes to the sign-in page and from there back, where unsent.js puts back what was typed.
    """
    if hx_request.htmx:
        here = safe_path(request.headers.get("HX-Current-URL"))
        answer = make_response(render_template("layout/_signed_out.html", way_in=url_for("accounts.login", next=here)), 401)
        return retarget(answer, "#toasts", "beforeend")
    here = request.full_path.rstrip("?") if request.method == "GET" else came_from()  # a POST cannot be repeated by a link
    return go("accounts.login", next=safe_path(here))


def error_answer(status: int, sentence: str, *, stale: bool = False) -> Response:
    """One way to refuse: a toast for HTMX, a page for everybody else, JSON for machines. `stale`: somebody was quicker."""
    if request.path.endswith(".json") or request.accept_mimetypes.best == "application/json":
        return make_response({"error": sentence}, status)
    context = {"status": status, "sentence": sentence, "number": g.get("request_id", ""), "stale": stale,
               "back": came_from() if request.method == "POST" else None}
    if hx_request.htmx:
        return retarget(make_response(render_template("layout/_refusal.html", **context), status),
                        "#toasts", "beforeend")
    return make_response(render_template("layout/error.html", **context), status)


def _http_sentence(error: HTTPException) -> str:
    if isinstance(error, RequestEntityTooLarge):
        return _("That is too large to send. A field holds a few pages of text, a file at most %(limit)s MB.", limit=files.MAX_MEGABYTES)
    sentences = {
        400: _("The browser sent something that cannot be read. Reload the page and try again."),
        403: _("Your role has no access to this. Ask the owner for it."),
        404: _("There is no such page, or you have no access to it. Check the address or go back."),
        405: _("This address cannot be opened like that. Go back and try again."),
        429: _("Too many attempts. Wait a minute and try again."),
    }
    if error.code == 404 and error.description and error.description != type(error)().description:
        return error.description
    return sentences.get(error.code or 500, _("Something is wrong on our side. Nothing was saved; try again."))


def _refuse_http(error: HTTPException) -> AnyResponse:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, CSRFError):
        answer = error_answer(400, _("This page was open for too long. Send it once more: what you typed is kept."))
        answer.headers["HX-Trigger"] = json.dumps({"token": generate_csrf()})  # only a page of ours can read it
        return answer
    return error_answer(error.code, _http_sentence(error))


def _refuse_domain(error: DomainError) -> Response:
    db.session.rollback()
    return error_answer(error.status, error.message, stale=isinstance(error, Stale))


def _crashed(error: Exception) -> Response:
    original = getattr(error, "original_exception", None) or error
    return _failure(original)


def disk_refuses(error: BaseException) -> bool:
    """Whether a disk is full or cannot be written: ours, or that of the database."""
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        said = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
        return said.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "53100", "58030"))
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def _failure(error: BaseException) -> Response:
    db.session.rollback()
    if disk_refuses(error):
        log.error("the disk is full or cannot be written, request %s: %s", g.get("request_id"), error)
        return error_answer(503, _("The server's disk is full or cannot be written. Nothing was saved. Ask whoever looks after "
                                   "the server to make room, then try again."))
    if isinstance(error, StaleDataError):
        return error_answer(409, _("Somebody changed this at the same moment. Reload the page and try again."), stale=True)
    if isinstance(error, sqlalchemy.exc.OperationalError):
        log.warning("the database did not answer: %s", error)
        g.database_away = True  # the page of the refusal must not ask it again
        return error_answer(503, _("The database is busy or unavailable. Nothing was saved; try again in a moment."))
    if isinstance(error, sqlalchemy.exc.DataError | OverflowError):  # a NUL, or a number that fits no column
        log.warning("the request holds a value that cannot be kept, request %s: %s", g.get("request_id"), logs.place_of(error))
        return error_answer(400, _http_sentence(BadRequest()))
    log.error("unexpected error, request %s", g.get("request_id"), exc_info=error)
    return error_answer(500, _("Something is wrong on our side. Nothing was saved; try again."))


def _commit(response: Response) -> Response:
    saved = False
    try:
        if request.method in READ_METHODS or response.status_code >= 400:
            db.session.rollback()
        else:
            db.session.commit()
            saved = True
        journal.write_noted()  # what cannot be remembered is not handed out
    except Exception as error:  # every failure to keep the work must reach the person as a sentence
        return _unlogged(error) if saved else _failure(error)
    return response


def _unlogged(error: Exception) -> Response:
    """The work is kept, only the journal is not: the person must not do it a second time."""
    db.session.rollback()
    log.error("the journal could not be written, request %s", g.get("request_id"), exc_info=error)
    g.database_away = True  # the page of the refusal must not ask it again
    return error_answer(503, _("What you did is saved, but the log could not be written, so the answer is held back. "
                               "Reload the page; do not send it again."))


def _headers(response: Response) -> Response:
    response.vary.add("HX-Request")
    headers = response.headers
    if headers.get("Content-Disposition", "").startswith("attachment"):
        headers["Cache-Control"] = "private, no-store"  # send_file says no-cache, which lets a disk keep it
        headers.setdefault("Content-Security-Policy", DOWNLOAD_CSP)
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cache-Control", "private, no-cache")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), payment=(), usb=()")
    headers["X-Request-ID"] = g.get("request_id", "")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    triggers = dict(g.get("triggers", {}))
    if "toast" in g and response.status_code < 400:
        if hx_request.htmx and "HX-Redirect" not in headers:
            triggers["toasts"] = {"items": [g.toast]}
        else:  # the next page shows it
            flash(g.toast["text"], json.dumps({"kind": g.toast["kind"], "undo": g.toast["undo"]}))
    if triggers and hx_request.htmx and response.status_code < 400:
        headers["HX-Trigger"] = json.dumps(triggers)  # ASCII: headers are latin-1
    return response


def flashed_toasts() -> list[dict[str, Any]]:
    """The words that the act before this page left behind."""
    told: list[Any] = get_flashed_messages(with_categories=True)
    return [{"text": text, **json.loads(kind)} if kind.startswith("{") else {"text": text, "kind": kind, "undo": None}
            for kind, text in told]


def _compress(response: Response) -> Response:
    if (response.direct_passthrough or response.status_code in (204, 304) or "Content-Encoding" in response.headers
            or not (response.mimetype or "").startswith(("text/", "application/json", "image/svg"))
            or "gzip" not in request.headers.get("Accept-Encoding", "").lower()):
        return response
    data = response.get_data()
    if len(data) >= GZIP_FROM:
        response.set_data(gzip.compress(data, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response


def _finish(response: Response) -> Response:
    return _compress(_headers(_commit(response)))


def _begin() -> None:
    g.request_id = logs.new_request_id(trusted=proxies.brought(request))
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MAX_TYPED  # only files are large; werkzeug reads such a body at once
    if (request.content_length or 0) > (request.max_content_length or MAX_TYPED):
        raise RequestEntityTooLarge  # before any of it is read: the server throws away what comes all the same
    if request.method not in READ_METHODS:
        request.form  # noqa: B018 - a phone that sends slowly is waited for here, before anybody takes the write lock
    door.look(request)


class Id(IntegerConverter):
    """`<int:...>` in an address: a number that fits no column leads nowhere, like any unknown one."""

    regex = r"\d{1,9}"


def init_web(app: Flask) -> None:
    """Hang the walk of an answer into the application."""
    app.url_map.converters["int"] = Id
    Htmx(app)
    app.before_request(_begin)
    app.jinja_env.globals["flashed_toasts"] = flashed_toasts
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(DomainError, _refuse_domain)
    app.register_error_handler(sqlalchemy.exc.OperationalError, _failure)
    app.register_error_handler(StaleDataError, _failure)
    app.register_error_handler(sqlalchemy.exc.DataError, _failure)
    app.register_error_handler(OverflowError, _failure)
    app.register_error_handler(500, _crashed)
