"""People and companies into the bin, one or many: what a second person looks at when it is many."""

from collections.abc import Callable, Sequence

from flask_babel import ngettext

from crm.accounts.models import User
from crm.clients import events, queries
from crm.clients.models import Company, Contact
from crm.clients.operations.cards import delete
from crm.clients.queries import Client
from crm.core.db import db
from crm.guard import acts
from crm.guard.acts import Named

PAGES = {"contact": "/contacts/", "company": "/companies/"}


def _delete(model: type[Client]) -> Callable[[int, User], None]:
    def do(card_id: int, actor: User) -> None:
        card = db.session.get(model, card_id)
        if card is not None:
            delete(card, actor=actor)
    return do


def _named(model: type[Client]) -> Callable[[Sequence[int], User], list[Named]]:
    def named(ids: Sequence[int], reader: User) -> list[Named]:
        rows = db.session.scalars(queries.visible(model, reader).where(model.id.in_(ids)).order_by(model.id))
        return [Named(row.card, row.id, row.title, f"{PAGES[row.card]}{row.id}") for row in rows]
    return named


DELETE_PEOPLE = acts.declare(acts.Act(
    "contacts.delete", "clients.delete", "contact", (events.CONTACT_DELETED,),
    lambda number: ngettext("Delete %(num)s person", "Delete %(num)s people", number), _delete(Contact), _named(Contact)))
DELETE_COMPANIES = acts.declare(acts.Act(
    "companies.delete", "clients.delete", "company", (events.COMPANY_DELETED,),
    lambda number: ngettext("Delete %(num)s company", "Delete %(num)s companies", number), _delete(Company), _named(Company)))
