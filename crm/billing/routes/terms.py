"""The payment terms of a deal: choose a preset, say its figures, or type rows of one's own."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.billing import access, operations, terms
from crm.billing.forms import TermsForm, terms_form
from crm.billing.models import DealTerms
from crm.billing.queries import plans
from crm.billing.routes.answers import changed
from crm.core.access import need
from crm.core.dates import today
from crm.core.web import render
from crm.deals.models import Deal

blueprint = Blueprint("terms", __name__)


@blueprint.get("/deals/<int:deal_id>/terms")
@need("documents.make")
def edit(deal_id: int) -> ResponseReturnValue:
    """The terms as they are; ?kind=deferral asks for the figures of a preset."""
    deal = access.deal_to_change(deal_id)
    found = plans.terms_of(deal)
    kind = request.args.get("kind") or (found.kind if found else terms.PREPAID)
    kind = kind if kind in terms.PRESETS else terms.PREPAID
    return _page(deal, terms_form(deal.currency, data=_shown(found, kind)), kind)


def _shown(found: DealTerms | None, kind: str) -> dict[str, Any]:
    """The form as it is first shown: usual figures, or the rows that are kept."""
    shown: dict[str, Any] = {"version": found.version if found else 0, "percent": 50, "days": terms.USUAL_DAYS.get(kind), "parts": 3,
                             "first_on": today(), "shipped_on": found.shipped_on if found else None, "note": found.note if found else ""}
    for place, row in enumerate(found.steps if found else ()):
        fixed = row.percent is None and not row.remainder
        shown |= {f"percent_{place}": row.percent, f"amount_{place}": row.amount if fixed else None,
                  f"due_{place}": row.due_on if row.days is None else None, f"days_{place}": row.days}
    return shown


def _page(deal: Deal, form: TermsForm, kind: str, status: int = 200) -> ResponseReturnValue:
    return render("payments/terms.html", "payments/_terms.html", deal=deal, form=form, kind=kind, terms=terms, kept=plans.terms_of(deal),
                  status=status)


@blueprint.post("/deals/<int:deal_id>/terms")
@need("documents.make")
def save(deal_id: int) -> ResponseReturnValue:
    """Keep the terms; the plan is made of them."""
    deal, kind = access.deal_to_change(deal_id), request.form.get("kind", "")
    kind, form = kind if kind in terms.PRESETS else terms.PREPAID, terms_form(deal.currency)
    if not form.validate():
        return _page(deal, form, kind, 422)
    try:
        operations.set_terms(deal, kind, form.steps(kind), actor=access.actor(), shipped_on=form.shipped_on.data,
                             note=form.note.data or "", version=int(form.version.data or 0))
    except operations.PaymentError as refusal:
        form.form_errors.append(refusal.message)
        return _page(deal, form, kind, 422)
    return changed(deal, _("The payment terms are saved."))


@blueprint.post("/deals/<int:deal_id>/terms/drop")
@need("documents.make")
def drop(deal_id: int) -> ResponseReturnValue:
    """No terms any more."""
    deal = access.deal_to_change(deal_id)
    operations.drop_terms(deal, actor=access.actor())
    return changed(deal, _("The payment terms are removed."))
