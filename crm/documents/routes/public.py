"""The page a client opens by a secret link. Unknown, ended and recalled links are one and the same: nothing here.

Fetching the page counts nothing, since messengers and scanners fetch links too; the shown page says by a POST
that a person has it before their eyes.
"""

import secrets
from collections.abc import Callable, Collection
from functools import partial

from flask import Blueprint, Response, abort, g, make_response, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import refresh
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from crm.core import access, files, modules
from crm.core.access import public
from crm.core.forms import Form
from crm.core.web import nothing, render
from crm.documents import agreeing, choices, kinds, operations, queries, sheets, ways
from crm.documents.forms import AcceptForm, QuestionForm
from crm.documents.models import DocumentLink
from crm.documents.routes.attachments import PDF, attachment
from crm.documents.routes.pace import Pace
from crm.firms import queries as firms

blueprint = Blueprint("links", __name__, url_prefix="/q")
POLICY = ("default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
          "base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
FREE = {"csrf": False}  # see AcceptForm
misses = Pace(most=30, seconds=60)
openings = Pace(most=30, seconds=60)
answers = Pace(most=10, seconds=60)


@blueprint.get("/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """The document as the client reads it."""
    return _page(_link(token), token)


def _page(link: DocumentLink, token: str, *, accepting: AcceptForm | None = None, asking: QuestionForm | None = None,
          problem: str = "", status: int = 200) -> Response:
    """The page with what the client may answer; a form that was refused comes back as it was typed."""
    document, ours = link.document, current_user.is_authenticated
    word, pdf = agreeing.sent(document)
    offered = choices.offer(document.context)
    pay = ways.paying(document)
    paper = ways.on_page(sheets.paper(word), document, pay)
    made = render("documents/public.html", document=document, paper=paper, pdf=pdf, token=token,
                  look=sheets.look(document.version.digest if document.version else None), ours=ours, problem=problem,
                  accepting=accepting or AcceptForm(formdata=None, meta=FREE), asking=asking or QuestionForm(formdata=None, meta=FREE),
                  key=secrets.token_urlsafe(16), kinds=kinds, until=link.ends_at, org=firms.details(document.firm_id), status=status,
                  who=document.deal.manager or document.created_by, pay=pay, closed=operations.why_not(document),
                  offer=offered, picked=_wish(offered))
    return _guarded(made)


@blueprint.post("/<token>/accept")
@public
def accept(token: str) -> ResponseReturnValue:
    """The client accepts the quote."""
    link, form = _answered(token), AcceptForm(meta=FREE)

    def work() -> None:
        operations.accept(link, name=form.name.data or "", address=_address(), key=form.key.data or "", picked=_picked(request.form) or (),
                          seen=request.form.get("seen", type=int))

    return _take(form, work, partial(_page, link, token, accepting=form), url_for(".show", token=token, _anchor="answer"))


def _picked(values: MultiDict[str, str]) -> set[int] | None:
    """The lines that were chosen; None where no choice was sent."""
    if "seen" not in values:
        return None
    texts = [value for name in values if name.startswith("pick") for value in values.getlist(name)][:500]
    return {int(text) for text in texts if text.isdecimal() and len(text) < 19}


def _wish(offered: choices.Offer | None) -> Collection[int]:
    """What is chosen on the page: what was sent, when it can be chosen, else what stands on the paper."""
    if offered is None:
        return ()
    wanted = _picked(request.form if request.method == "POST" else request.args)
    return offered.proposed if wanted is None or offered.problem(wanted) else wanted


@blueprint.post("/<token>/ask")
@public
def ask(token: str) -> ResponseReturnValue:
    """The client asks a question."""
    link, form = _answered(token), QuestionForm(meta=FREE)

    def work() -> None:
        operations.ask(link, name=form.asker.data or "", text=form.text.data or "", address=_address(), key=form.key.data or "")

    return _take(form, work, partial(_page, link, token, asking=form), url_for(".show", token=token, asked=1, _anchor="answer"))


def _take(form: Form, work: Callable[[], None], again: Callable[..., Response], onward: str) -> Response:
    """Do what the client asks and lead onward, or show the page `again` with what stands against it."""
    if not form.validate():
        return again(status=422)
    try:
        work()
    except operations.DocumentError as refusal:
        return again(problem=refusal.message, status=422)
    return _guarded(make_response(redirect(onward, 303)))


def _answered(token: str) -> DocumentLink:
    """The link under which somebody answers. Our own people look at the page, but nobody answers for a client."""
    if not answers.allows(_address()):
        abort(429)
    link = _link(token)
    if current_user.is_authenticated:
        access.refuse()
    return link


@blueprint.get("/<token>/file")
@public
def file(token: str) -> ResponseReturnValue:
    """The PDF where there is one, else the Word file."""
    document = _link(token).document
    word, pdf = agreeing.sent(document)
    if pdf:
        return _guarded(attachment(files.read(pdf), document.file_name.removesuffix(".docx") + ".pdf", PDF), policy=False)
    return _guarded(attachment(files.read(word), document.file_name), policy=False)


@blueprint.post("/<token>/opened")
@public
def opened(token: str) -> ResponseReturnValue:
    """The shown page says that somebody reads it; our own people do not count."""
    if not openings.allows(_address()):
        abort(429)
    link = _link(token)
    if not current_user.is_authenticated:
        operations.record_opening(link, key=request.form.get("key", ""))
    return _guarded(nothing())


@blueprint.get("/", defaults={"token": ""})
@blueprint.get("/<path:token>")
@public
def nowhere(token: str) -> ResponseReturnValue:
    """A link that was cut or copied with something behind it."""
    _link(token)
    abort(404)


@blueprint.errorhandler(404)
@blueprint.errorhandler(429)
def refuse(error: HTTPException) -> Response:
    """A stranger has nothing to do in the program: one sentence, no way into it."""
    title, sentence = _("This link no longer works"), _("Ask whoever sent it to you for a new one.")
    if error.code == 429:
        title, sentence = _("Too many attempts"), _("Wait a minute and open the link again.")
    return _guarded(render("documents/gone.html", title=title, sentence=sentence, status=error.code or 404))


def _link(token: str) -> DocumentLink:
    """The live link of a token; whatever else it is, the answer is the same 404."""
    if not misses.may(_address()):
        abort(429)
    found = queries.link_by_hash(operations.token_hash(token)) if modules.on("links") and len(token) < 100 else None
    if found is None:
        misses.count(_address())
        abort(404)
    g.locale = found.document.locale
    refresh()
    return found


def _address() -> str:
    return request.remote_addr or ""


def _guarded(response: Response, *, policy: bool = True) -> Response:
    """Not for search machines, not for caches; the address is told to nobody."""
    headers = response.headers
    headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cache-Control"] = "private, no-store"
    if policy:
        headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.record_once
def _free_of_tokens(state: BlueprintSetupState) -> None:
    """A client has no session of ours to forge a request with, and may refuse cookies."""
    for view in (opened, accept, ask):
        state.app.extensions["csrf"].exempt(view)


modules.declare("links", _l("Links to documents"),
                _l("A quote as a web page for the client, with a mark when it is opened."))
