"""Writes of sales plans."""

import datetime as dt
from collections.abc import Mapping

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.events import record
from crm.plans import queries
from crm.plans.events import PLAN_CHANGED
from crm.plans.models import Plan


def set_plans(year: int, amounts: Mapping[tuple[int, dt.date], int], *, actor: User,
              mark: str | None = None) -> int:
    """Keep the plans of a year: {(person, first day of a month): minor units}; 0 removes a plan.

    Gives the number of changed cells. `mark` is that of the grid that was shown: Stale when the plans changed
    since then.
    """
    shown = queries.grid(year)
    if mark is not None and mark != shown.mark:
        raise Stale(_("Somebody changed the plans in the meantime. Reload the page and type your figures again."))
    changed = {key: amount for key, amount in amounts.items() if amount != shown.amounts.get(key, 0)}
    for (user_id, month), amount in changed.items():
        _set(user_id, month, amount)
    if changed:
        record(PLAN_CHANGED, actor, actor_id=actor.id, year=year, changed={
            f"{user_id}/{month:%Y-%m}": [shown.amounts.get((user_id, month), 0), amount]
            for (user_id, month), amount in changed.items()})
    return len(changed)


def _set(user_id: int, month: dt.date, amount: int) -> None:
    plan = db.session.get(Plan, (user_id, month))
    if plan is None:
        db.session.add(Plan(user_id=user_id, month=month, amount=amount))
    elif amount:
        plan.amount = amount
    else:
        db.session.delete(plan)
