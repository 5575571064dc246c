"""The guard's door for what people delete, one record or many: `mass_act(DELETE, [deal.id])` in a route."""

from collections.abc import Sequence

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core.web import go, toast
from crm.guard.access import actor
from crm.guard.acts import Act
from crm.guard.operations import mass
from crm.guard.queries.mass import second_people


def mass_act(act: Act, ids: Sequence[int]) -> ResponseReturnValue | None:
    """Do it: None. Or, when it must wait for a second person, the answer that tells so and leads to what waits."""
    waiting = mass.mass_act(act, ids, actor=actor())
    if waiting is None:
        return None
    names = ", ".join(user.name for user in second_people(act, actor().id))
    toast(_("You have deleted many records within a day, so nothing is deleted yet. It waits until one of them agrees: %(names)s.",
            names=names), "warn")
    return go("mass.index")
