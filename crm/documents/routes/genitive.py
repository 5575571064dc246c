"""The genitive of who signs, proposed beside the fields that keep what a person has confirmed."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from crm.core.access import signed_in
from crm.core.web import render
from crm.documents import proposals
from crm.documents.forms import GenitiveForm

blueprint = Blueprint("genitive", __name__, url_prefix="/documents/genitive")


@blueprint.get("")
@signed_in
def client() -> ResponseReturnValue:
    """For a client's company: ?signatory_name=...&signatory_job=...&signatory_basis=... (or name, job, basis)."""
    return _proposal()


@blueprint.get("/own")
@signed_in
def own() -> ResponseReturnValue:
    """The same for our own company's settings."""
    return _proposal()


def _proposal() -> ResponseReturnValue:
    typed = {part: (request.args.get(f"signatory_{part}") or request.args.get(part) or "")[:200]
             for part in ("name", "job", "basis")}
    proposal = proposals.genitive(**typed)
    form = GenitiveForm(formdata=None, data=proposal.values())
    return render("documents/genitive.html", "documents/_genitive.html", form=form, proposal=proposal, typed=typed)
