"""Whose rights an import has: those of who lets it in. The command line has no sender and may do everything."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients import hiding
from crm.clients.models import Contact
from crm.core import modules
from crm.deals.models import Deal
from crm.imports.reading import ImportProblem

# what a file holds and the right to make such records
MAKES = {"deals": "deals.edit", "contacts": "clients.edit", "products": "products.edit"}


def takes(actor: User) -> list[str]:
    """What files of this sender may hold; nothing of a part that is switched off."""
    return [what for what, right in MAKES.items() if right in actor.rights and modules.on(what)]


class Sender:
    """Who sends a file, and what they may see, change and make."""

    def __init__(self, actor: User | None) -> None:
        self.actor = actor

    @property
    def id(self) -> int | None:
        """The sender's id; none on the command line."""
        return self.actor.id if self.actor else None

    def require(self, what: str) -> None:
        """ImportProblem when none of the records that such a file holds may be made."""
        if what == "products" and not self.may(MAKES[what]):
            raise ImportProblem(_("Your role may not change products. Ask the owner for the right."))
        if not self.may(MAKES[what]):
            raise ImportProblem(_("Your role may not add deals. Ask the owner for the right, or import people.") if what == "deals" else
                                _("Your role may not add clients. Ask the owner for the right, or import deals."))

    def may(self, right: str) -> bool:
        """Whether the sender has the right at any level."""
        return self.actor is None or right in self.actor.rights

    def covers(self, right: str, owner_id: int | None) -> bool:
        """Whether the right reaches records that this person leads (None: nobody)."""
        return self.actor is None or scope.sees(self.actor, owner_id, right)

    def narrowed(self, query: sa.Select[*tuple[Any, ...]], owner_column: Any, right: str) -> sa.Select[*tuple[Any, ...]]:
        """Keep the rows that the right reaches."""
        return query if self.actor is None else scope.narrow(query, owner_column, self.actor, right)

    def sees(self, record: Deal | Contact) -> bool:
        """Whether the record exists for the sender: in the bin only for those who may take it out."""
        records = "deals" if isinstance(record, Deal) else "clients"
        return self.covers(f"{records}.see" if record.deleted_at is None else f"{records}.delete", record.manager_id)

    def may_give(self, person_id: int | None, right: str) -> bool:
        """Whether a new record may be led by this person: within the reach of the right, or by anybody for those whom forms let
        choose the manager.
        """
        return self.covers(right, person_id) or (person_id is not None and self.may("deals.assign"))

    def hides(self, kind: str, typed: str, value: str) -> bool:
        """Whether such a way to reach somebody is hidden from the sender, by what was typed or by what it means."""
        return self.actor is not None and hiding.hides_any(self.actor) and (
            hiding.hides(self.actor, kind, typed, value) or hiding.hides(self.actor, kind, value, value))
