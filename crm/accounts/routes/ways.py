"""Where a person is signed in, and ending it."""

from flask import Blueprint, abort, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from crm.accounts import entry, sessions
from crm.core import access
from crm.core.web import go, toast

blueprint = Blueprint("ways", __name__, url_prefix="/account/sessions")


@blueprint.post("/<int:session_id>/end")
@access.signed_in
def end(session_id: int) -> ResponseReturnValue:
    """End one session of one's own."""
    entry.end_session(current_user, session_id) or abort(404)
    toast(_("That browser is signed out."))
    return go("account.index")


@blueprint.post("/others/end")
@access.signed_in
def end_others() -> ResponseReturnValue:
    """End all sessions of one's own but this one."""
    ended = entry.end_sessions(current_user, actor=current_user, but=g.session_id)
    toast(ngettext("%(num)d session ended.", "%(num)d sessions ended.", ended))
    return go("account.index")


@blueprint.post("/mine")
@access.signed_in
def mine() -> ResponseReturnValue:
    """The person knows the browser that the notice is about."""
    sessions.trust_devices(current_user)
    return go("account.index")
