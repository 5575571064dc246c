"""Load a request for a mass act and ask who may decide about it: for everybody else it does not exist."""

from typing import cast

from flask import abort
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts.models import User
from crm.guard.acts import ACTS
from crm.guard.models import MassRequest
from crm.guard.queries import mass


def actor() -> User:
    """The signed-in person of this request."""
    return cast(User, current_user._get_current_object())


def mass_request(request_id: int, deed: str) -> MassRequest:
    """The request, for `deed` "decide" (a second person) or "withdraw" (who asked)."""
    found = mass.request(request_id)
    if found is None or not (found.asked_by_id == actor().id if deed == "withdraw"
                             else mass.may_agree(actor(), ACTS[found.act], found.asked_by_id)):
        abort(404, _("There is no such request, or it is not yours to decide. Go back to the list."))
    return found
