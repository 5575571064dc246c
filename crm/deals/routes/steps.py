"""Acts of the "Now" part of a deal's page: key steps, the next step, people of the client."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clients import access as clients
from crm.clients import operations as client_operations
from crm.core import access, dates
from crm.core.errors import DomainError
from crm.core.web import render, toast, trigger
from crm.deals import operations
from crm.deals.access import actor
from crm.deals.access import deal as the_deal
from crm.deals.forms.deals import PersonForm, StepForm
from crm.deals.models import Deal
from crm.deals.queries import deals as queries
from crm.deals.routes.answers import changed

blueprint = Blueprint("steps", __name__, url_prefix="/deals/<int:deal_id>")


@blueprint.post("/ticks/<int:step_id>")
@access.need("deals.edit")
def tick(deal_id: int, step_id: int) -> ResponseReturnValue:
    """Tick a key step, or take the tick away."""
    deal = the_deal(deal_id, "edit")
    step = queries.step_of(deal, step_id)
    if step is None:
        abort(404, _("This step is no longer in the pipeline. Reload the page."))
    operations.tick_step(deal, step, done=request.form.get("done") == "1", actor=actor())
    return changed(deal, "now")


@blueprint.post("/step")
@access.need("deals.edit")
def plan(deal_id: int) -> ResponseReturnValue:
    """Set or move the next step: its words are optional when only the day changes."""
    deal = the_deal(deal_id, "edit")
    form = StepForm()
    if not form.validate_on_submit():
        raise DomainError(next(iter(form.errors.values()))[0])
    text = form.text.data or deal.next_step or _("Call the client")
    operations.plan_step(deal, text=text, on=form.on.data or dates.today(), time=form.time.data,
                         actor=actor())
    return changed(deal, "now")


@blueprint.post("/step/done")
@access.need("deals.edit")
def done(deal_id: int) -> ResponseReturnValue:
    """The next step is done; the toast takes it back."""
    deal = the_deal(deal_id, "edit")
    text, on, time = deal.next_step, deal.next_step_on, deal.next_step_time
    operations.finish_step(deal, actor=actor())
    if on is not None:
        toast(_("Done: %(what)s.", what=text), undo=url_for(
            "steps.undo", deal_id=deal.id, text=text, on=on.isoformat(),
            time=f"{time:%H:%M}" if time else None))
    return changed(deal, "now")


@blueprint.post("/step/undo")
@access.need("deals.edit")
def undo(deal_id: int) -> ResponseReturnValue:
    """Undo of "done": the step as it was."""
    deal = the_deal(deal_id, "edit")
    form = StepForm(request.args)
    if not form.validate():
        abort(400)
    operations.resume_step(deal, text=form.text.data or "", on=form.on.data or dates.today(),
                           time=form.time.data, actor=actor())
    return changed(deal, "now")


@blueprint.route("/people", methods=["GET", "POST"])
@access.need("deals.edit")
def add_person(deal_id: int) -> ResponseReturnValue:
    """One more person of the client, chosen or made of the typed name; a dialog."""
    deal = the_deal(deal_id, "edit")
    form = PersonForm()
    if form.validate_on_submit() and not (form.contact_id.data or form.contact_id_text.data):
        form.contact_id.errors = [_("Choose a person or type a name.")]
    if not form.is_submitted() or form.errors:
        return render("deals/person.html", "deals/_person.html", form=form, deal=deal,
                      status=422 if form.errors else 200)
    _join(deal, form)
    trigger("close-dialog")
    return changed(deal, "people")


def _join(deal: Deal, form: PersonForm) -> None:
    if not form.contact_id.data:
        access.require("clients.edit")
    person = (clients.contact(form.contact_id.data) if form.contact_id.data
              else client_operations.find_or_create_contact(
                  form.contact_id_text.data or "", actor=actor(), company=deal.company))
    if deal.contact is None:
        operations.update_deal(deal, actor=actor(), contact=person)
    else:
        operations.set_people(deal, [*deal.people, person], actor=actor())


@blueprint.post("/people/<int:contact_id>/remove")
@access.need("deals.edit")
def remove_person(deal_id: int, contact_id: int) -> ResponseReturnValue:
    """This person takes no part; the card of the person stays as it is."""
    deal = the_deal(deal_id, "edit")
    operations.set_people(deal, [one for one in deal.people if one.id != contact_id], actor=actor())
    return changed(deal, "people")
