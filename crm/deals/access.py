"""Load a deal and ask whether this person may do this with it: what they may not see is 404."""

from typing import cast

import sqlalchemy as sa
from flask import abort
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload

from crm.accounts import scope
from crm.accounts.models import User
from crm.core import access
from crm.core.db import db
from crm.deals.models import Deal, DealLine, Pipeline, Stage
from crm.deals.queries import deals as queries
from crm.guard import counting

RIGHT_OF_DEED = {"see": "deals.see", "edit": "deals.edit", "move": "deals.edit", "assign": "deals.assign",
                 "delete": "deals.delete", "restore": "deals.delete"}


OPENED = sa.select(Deal).where(Deal.id == sa.bindparam("deal_id")).options(
    joinedload(Deal.stage), joinedload(Deal.pipeline), joinedload(Deal.company), joinedload(Deal.contact), joinedload(Deal.manager))


def actor() -> User:
    """The signed-in person of this request."""
    return cast(User, current_user._get_current_object())


def deal(deal_id: int, deed: str) -> Deal:
    """The deal, for a deed of RIGHT_OF_DEED.

    404 when it is not there or not this person's to see; 403 when they see it but lack the right. A deal in
    the bin is there only for those who may restore it, and only to look at or to restore.
    """
    query = scope.narrow(OPENED, Deal.manager_id, actor(), "deals.see")
    found = db.session.scalar(query, {"deal_id": deal_id})  # one question, seen or not
    if found is None:
        abort(404, _("There is no such deal, or you have no access to it."))
    if found.deleted_at is not None and not (deed in ("see", "restore") and scope.may("deals.delete", found)):
        abort(404, _("There is no such deal, or you have no access to it."))
    if not scope.may(RIGHT_OF_DEED[deed], found):
        access.refuse()
    counting.opened("deal", found.id)
    return found


def line_of(found: Deal, line_id: int) -> DealLine:
    """A line of the deal; 404 when it is not, or no longer, in it."""
    line = queries.line_of(found, line_id)
    if line is None:
        abort(404, _("This line is no longer in the deal. Reload the page."))
    return line


def sees(row: Deal) -> bool:
    """Whether this person may open the deal; one in the bin is open only to those who may restore it."""
    return scope.may("deals.see" if row.deleted_at is None else "deals.delete", row)


def pipeline(pipeline_id: int) -> Pipeline:
    """A pipeline, also an archived one; 404 when there is none."""
    found = db.session.get(Pipeline, pipeline_id)
    if found is None:
        abort(404, _("There is no such pipeline."))
    return found


def stage(stage_id: int) -> Stage:
    """A stage with its pipeline; 404 when there is none."""
    found = db.session.get(Stage, stage_id, options=[joinedload(Stage.pipeline)])
    if found is None:
        abort(404, _("There is no such stage."))
    return found
