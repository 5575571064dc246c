"""Payments of a deal: the panel on its page, recording, changing, deleting and taking that back."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.billing import access, operations, terms
from crm.billing.forms import NewPaymentForm, PaymentForm, parts_form, parts_of
from crm.billing.models import Payment
from crm.billing.queries import payments as queries
from crm.billing.queries import plans
from crm.billing.routes.answers import changed, place, sent_before
from crm.core import modules, money, once
from crm.core.access import need
from crm.core.dates import today
from crm.core.errors import DomainError, Stale
from crm.core.i18n import choose_locale
from crm.core.web import go, go_url, nothing, render, toast, trigger, wants_fragment
from crm.deals.models import Deal
from crm.documents import paying, ways
from crm.documents.models import Document

blueprint = Blueprint("payments", __name__)


@blueprint.get("/deals/<int:deal_id>/payments")
@need("documents.see")
def panel(deal_id: int) -> ResponseReturnValue:
    """What was asked for and paid of a deal."""
    deal = access.deal(deal_id)
    sums = queries.money_of(deal)
    return render("payments/panel.html", "payments/_panel.html", deal=deal, sums=sums, plan=plans.terms_of(deal),
                  invoices=queries.invoices_of(deal), rows=queries.of_deal(deal), paying=paying, today=today(), ways=ways, terms=terms,
                  changes=access.changes(deal), plain=money.to_major, winning=access.winning(deal, sums))


@blueprint.route("/deals/<int:deal_id>/payments/new", methods=["GET", "POST"])
@need("payments.record")
def new(deal_id: int) -> ResponseReturnValue:
    """Record a payment; the form sent twice records one."""
    deal = access.deal_to_record(deal_id)
    invoices = queries.payable(deal, access.actor())
    form = NewPaymentForm(money_in=deal.currency, data=_proposed(deal, list(invoices)))
    form.set_invoices(invoices)
    if not form.validate_on_submit():
        return _dialog(form, deal, invoices, status=422 if form.errors else 200)
    if once.already(form.once.data) is not None:
        return sent_before(deal)
    if not _record(deal, form, form.chosen(list(invoices))):
        return _dialog(form, deal, invoices, status=422)
    once.keep(form.once.data, place(deal))
    return changed(deal, _("The payment is recorded."))


def _record(deal: Deal, form: NewPaymentForm, invoices: list[Document]) -> bool:
    """Do it; False when the form says what stands against it, or asks whether the same is to be recorded twice."""
    typed = form.typed()
    if queries.has_twin(deal, **{name: typed[name] for name in ("paid_on", "amount", "number")}) and form.ask_twin():
        return False
    try:
        operations.record_payment(deal, actor=access.actor(), invoices=invoices, **typed)
    except operations.PaymentError as refusal:
        form.refuse(refusal)
        return False
    return True


def _proposed(deal: Deal, invoices: list[Document]) -> dict[str, Any]:
    """All that is open of the invoice that was asked for, else of the deal's first one."""
    asked = request.args.get("invoice", type=int)
    own = [one for one in invoices if (one.id == asked if asked else one.deal_id == deal.id)][:1]
    return {"invoices": [one.id for one in own], "paid_on": today(), "amount": sum(one.amount - one.paid for one in own) or None}


def _dialog(form: PaymentForm, deal: Deal, invoices: Any, payment: Payment | None = None, status: int = 200) -> ResponseReturnValue:
    return render("payments/edit.html", "payments/_edit.html", form=form, deal=deal, invoices=invoices, payment=payment, paying=paying,
                  today=today(), status=status)


@blueprint.get("/documents/<int:document_id>/advance")
@need("documents.see")
def advance(document_id: int) -> ResponseReturnValue:
    """What was paid on the deal before this invoice, and the button that puts it there; by itself it leads to the payments of the deal."""
    invoice = access.invoice(document_id)
    if not wants_fragment():
        return go_url(place(invoice.deal))
    takes = invoice.kind == paying.INVOICE and invoice.cancelled_at is None and invoice.paid < invoice.amount
    return render("payments/_advance.html", invoice=invoice, rest=queries.advance(invoice.deal_id, invoice.currency) if takes else 0)


@blueprint.post("/documents/<int:document_id>/advance")
@need("payments.record")
def take_advance(document_id: int) -> ResponseReturnValue:
    """Put it there."""
    invoice = access.invoice(document_id)
    took = operations.take_advance(invoice, actor=access.actor())
    said = _("%(sum)s of the advance went to the invoice.", sum=money.format_money(took, invoice.currency, choose_locale()))
    toast(said if took else _("There was no advance left for this invoice."), kind="good" if took else "bad")
    if not wants_fragment():
        return go("documents.show", document_id=invoice.id)
    trigger("deal-changed")
    return nothing()


@blueprint.route("/payments/<int:payment_id>", methods=["GET", "POST"])
@need("payments.record")
def edit(payment_id: int) -> ResponseReturnValue:
    """Change a payment and which invoices it goes to."""
    payment = access.payment(payment_id)
    taken = {part.document_id: part.amount for part in payment.parts}
    invoices = queries.payable(payment.deal, access.actor(), keep=taken)
    form = parts_form(payment.currency, invoices, taken, _shown(payment))
    if not form.validate_on_submit():
        return _dialog(form, payment.deal, invoices, payment, 422 if form.errors else 200)
    if (answer := _change(payment, form, invoices)) is not None:
        return answer
    return changed(payment.deal, _("The payment is saved."), own=_own(payment))


def _own(payment: Payment) -> str:
    return url_for("payments.edit", payment_id=payment.id)


def _shown(payment: Payment) -> dict[str, Any]:
    return {name: getattr(payment, name) for name in ("amount", "paid_on", "way", "number", "note", "version")}


def _change(payment: Payment, form: PaymentForm, invoices: Any) -> ResponseReturnValue | None:
    """Do it; the dialog again with what stands against it."""
    try:
        operations.change_payment(payment, actor=access.actor(), version=int(form.version.data or 0), invoices=list(invoices),
                                  parts=parts_of(form, invoices), **form.typed())
    except Stale:
        raise
    except DomainError as refusal:
        form.refuse(refusal)
        return _dialog(form, payment.deal, invoices, payment, 422)
    return None


@blueprint.post("/payments/<int:payment_id>/delete")
@need("payments.record")
def delete(payment_id: int) -> ResponseReturnValue:
    """It counts no more; the toast takes that back."""
    payment = access.payment(payment_id)
    operations.delete_payment(payment, actor=access.actor())
    return changed(payment.deal, _("The payment is deleted."), own=_own(payment), undo=url_for("payments.restore", payment_id=payment.id))


@blueprint.post("/payments/<int:payment_id>/restore")
@need("payments.record")
def restore(payment_id: int) -> ResponseReturnValue:
    """It counts again."""
    payment = access.payment(payment_id, deleted=True)
    operations.restore_payment(payment, actor=access.actor())
    return changed(payment.deal, _("The payment is restored."), own=_own(payment))


modules.declare("payments", _l("Invoices and payments"), _l(
    "What clients have paid, when they should pay, and who owes how much."), "payments", "terms",
    "calendar", "received", "debts", "owed", "payment_rules")
