"""The timeline of any card: a panel that pages load, and its composer."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.core.access import signed_in
from crm.core.events import Event
from crm.core.once import already, keep
from crm.core.web import go, render, toast, trigger, wants_fragment
from crm.timeline import access, operations, queries, words
from crm.timeline.forms import NoteForm

blueprint = Blueprint("timeline", __name__, url_prefix="/timeline")
PARTS = {"rows": "timeline/_rows.html", "more": "timeline/_events.html"}


@blueprint.get("/<card>/<int:card_id>")
@signed_in
def panel(card: str, card_id: int) -> ResponseReturnValue:
    """All that happened with a card, newest first; ?before=7 shows what is older than that fact."""
    owner = access.card(card, card_id)
    found = queries.facts(card, card_id, current_user, before=request.args.get("before", type=int))
    fragment = PARTS.get(request.args.get("part", ""), "timeline/_panel.html")
    return render("timeline/panel.html", fragment, **_context(owner), facts=found, line=_line(owner))


@blueprint.post("/<card>/<int:card_id>/note")
@signed_in
def note(card: str, card_id: int) -> ResponseReturnValue:
    """Write a note or a call; sent twice it is written once."""
    owner = access.card(card, card_id, "edit")
    form = NoteForm()
    if not form.validate():
        return render("timeline/panel.html", "timeline/_composer.html", **_context(owner, form), status=422,
                      facts=queries.facts(card, card_id, current_user), line=_line(owner))
    if not already(form.once.data):
        operations.write(owner, what=form.what.data, text=form.text.data or "", actor=current_user)
        keep(form.once.data, request.path)
    trigger("timeline-changed")
    return _written(owner)


def _line(owner: access.Owner) -> Callable[[Event], words.Line]:
    """How a fact of this card is told to this reader."""
    return partial(words.line, hidden=access.kept_back(owner))


def _written(owner: access.Owner) -> ResponseReturnValue:
    """An empty composer for HTMX, the page for everybody else."""
    if wants_fragment():
        return render("timeline/_composer.html", **_context(owner, NoteForm(formdata=None)))
    toast(_("Recorded."))
    return go("timeline.panel", card=owner.card, card_id=owner.id)


def _context(owner: access.Owner, form: NoteForm | None = None) -> dict[str, Any]:
    return {"owner": owner, "form": form or NoteForm(formdata=None), "may_write": access.may_write(owner)}
