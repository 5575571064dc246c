"""Payment terms of a deal."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from crm.accounts.models import User
from crm.billing import events, terms
from crm.billing.models import DealTerms, PlannedPayment
from crm.billing.operations.errors import PaymentError
from crm.billing.operations.settling import hold, settle
from crm.billing.queries import plans
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.events import record
from crm.deals.models import Deal


def set_terms(deal: Deal, kind: str, steps: Sequence[terms.Step], *, actor: User | None, shipped_on: dt.date | None = None, note: str = "",
              version: int | None = None) -> DealTerms:
    """The client of the deal pays like that: `steps` in their order. What has come in already covers them from the first on.

    `shipped_on`: the goods were handed over that day; without it the newest act says when. `version` is that of the terms that were
    shown, 0 for none: Stale when it is another one now. PaymentError says what the steps lack. Records TERMS_SET.
    """
    found = plans.terms_of(deal)
    if version is not None and version != (found.version if found else 0):
        raise Stale(_("Somebody changed the payment terms in the meantime. Reload the page and try again."))
    if kind not in terms.PRESETS:
        raise PaymentError(_("Choose how the client pays."))
    _check(deal, steps)
    hold({deal.id})
    if found is None:
        found = DealTerms(deal_id=deal.id)
        db.session.add(found)
    found.kind, found.shipped_on, found.note = kind, shipped_on, note.strip()[:300]
    flag_modified(found, "kind")  # the version goes on although only the planned payments differ
    db.session.flush()
    found.steps = [PlannedPayment(position=place, percent=step.percent, amount=step.amount or 0, due_on=step.due_on, days=step.days,
                                  remainder=step.percent is None and step.amount is None) for place, step in enumerate(steps)]
    db.session.flush()
    record(events.TERMS_SET, deal, deal.company, deal.contact, actor_id=actor.id if actor else None,
           title=str(terms.PRESETS[kind]), text=found.note)
    settle(deal, actor=actor)
    return found


def _check(deal: Deal, steps: Sequence[terms.Step]) -> None:
    if not steps:
        raise PaymentError(_("Type at least one payment."))
    if len(steps) > terms.MOST:
        raise PaymentError(_("Terms can have at most %(most)s payments.", most=terms.MOST))
    if any((step.percent is not None and not 0 < step.percent <= 100) or (step.amount is not None and step.amount <= 0) for step in steps):
        raise PaymentError(_("A percent is above 0 and at most 100, a sum above zero."))
    open_rows = sum(step.percent is None and step.amount is None for step in steps)
    if open_rows > 1:
        raise PaymentError(_("Only one payment can take what the others leave. Type a percent or a sum for the other ones."))
    percents = sum((step.percent or Decimal(0) for step in steps), Decimal(0))
    total = sum(terms.amounts(deal.amount, steps))
    if percents > 100 or total > deal.amount or (total < deal.amount and not open_rows):
        raise PaymentError(_("The payments do not add up to the deal. Leave one without a percent and a sum: it takes what is left."))


def drop_terms(deal: Deal, *, actor: User) -> None:
    """The deal has no terms any more; its invoices and payments stay."""
    found = plans.terms_of(deal)
    if found is not None:
        db.session.delete(found)
        db.session.flush()
        record(events.TERMS_SET, deal, deal.company, deal.contact, actor_id=actor.id, text=_("Removed."))
