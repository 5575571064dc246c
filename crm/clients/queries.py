"""Reads of people and companies. Everything here is narrowed to what the reader may see."""

from collections.abc import Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from crm.accounts import queries as accounts
from crm.accounts import scope
from crm.accounts.models import User
from crm.clients import channels, hiding
from crm.clients.models import Channel, Company, Contact
from crm.core import finding, listing
from crm.core.db import db
from crm.core.text import fold, sort_key

Client = TypeVar("Client", Contact, Company)
PICKED = 6  # with "create" below them they fit the list without scrolling


def region() -> str:
    """The country of phone numbers that are typed without their code."""
    company = accounts.organization()
    return channels.region(company.currency if company else None)


def visible(model: type[Client], reader: User, *, binned: bool = False) -> sa.Select[Client]:
    """Clients that the reader may see: those in use, or those in the bin."""
    query = sa.select(model)
    query = query.where(model.deleted_at.is_not(None) if binned else model.deleted_at.is_(None))
    return scope.narrow(query, model.manager_id, reader, "clients.delete" if binned else "clients.see")


def _narrowed(query: sa.Select[Client], model: type[Client], wish: listing.Wish, reader: User) -> sa.Select[Client]:
    if wish.q:
        query = query.where(*finding.matching(hiding.searched(model, reader), wish.q))
    return query.where(model.manager_id == reader.id) if wish.filters.get("whose") == "mine" else query


def ordered_people(wish: listing.Wish, reader: User) -> sa.Select[Contact]:
    """The filtered people by name, company, manager or age of the card."""
    query = _narrowed(visible(Contact, reader, binned="bin" in wish.filters), Contact, wish, reader)
    query = query.outerjoin(Contact.company).outerjoin(Contact.manager)
    columns = {
        "name": (Contact.sort_key, Contact.id),
        "company": (sa.func.coalesce(Company.sort_key, ""), Contact.sort_key, Contact.id),
        "manager": (sa.func.coalesce(User.name, ""), Contact.sort_key, Contact.id),
        "added": (Contact.created_at, Contact.id),
    }
    return query.order_by(*listing.order(columns, wish, "name"))


def ordered_companies(wish: listing.Wish, reader: User) -> sa.Select[Company]:
    """The filtered companies by name, city, manager or age of the card."""
    query = _narrowed(visible(Company, reader, binned="bin" in wish.filters), Company, wish, reader)
    query = query.outerjoin(Company.manager)
    columns = {
        "name": (Company.sort_key, Company.id),
        "city": (Company.city, Company.sort_key, Company.id),
        "manager": (sa.func.coalesce(User.name, ""), Company.sort_key, Company.id),
        "added": (Company.created_at, Company.id),
    }
    return query.order_by(*listing.order(columns, wish, "name"))


# made once: making a statement costs more than running it
PERSON = sa.select(Contact).where(Contact.id == sa.bindparam("card_id")).options(
    joinedload(Contact.company), joinedload(Contact.manager), selectinload(Contact.channels))
COMPANY = sa.select(Company).where(Company.id == sa.bindparam("card_id")).options(
    joinedload(Company.manager), selectinload(Company.channels), selectinload(Company.accounts))


def person(contact_id: int, reader: User) -> Contact | None:
    """A person whom the reader may see, in the bin or not, with everything that the card shows."""
    return db.session.scalar(scope.narrow(PERSON, Contact.manager_id, reader, "clients.see"), {"card_id": contact_id})


def company(company_id: int, reader: User) -> Company | None:
    """A company that the reader may see, in the bin or not, with everything that the card shows."""
    return db.session.scalar(scope.narrow(COMPANY, Company.manager_id, reader, "clients.see"), {"card_id": company_id})


def people_of(company_id: int, reader: User) -> Sequence[Contact]:
    """The people of a company that the reader may see, by name."""
    query = visible(Contact, reader).where(Contact.company_id == company_id)
    query = query.options(selectinload(Contact.channels)).order_by(Contact.sort_key, Contact.id)
    return db.session.scalars(query.limit(200)).all()


def pick_people(q: str, reader: User, *, company_id: int | None = None) -> Sequence[Contact]:
    """A few people for a picker; those of the company first."""
    query = visible(Contact, reader).options(joinedload(Contact.company)).where(*finding.matching(hiding.searched(Contact, reader), q))
    if company_id:
        query = query.order_by(sa.case((Contact.company_id == company_id, 0), else_=1))
    return db.session.scalars(query.order_by(Contact.sort_key, Contact.id).limit(PICKED)).all()


def pick_companies(q: str, reader: User) -> Sequence[Company]:
    """A few companies for a picker; names that begin with the words first."""
    query = visible(Company, reader).where(*finding.matching(hiding.searched(Company, reader), q))
    begins = Company.sort_key.startswith(sort_key(q), autoescape=True)
    query = query.order_by(sa.case((begins, 0), else_=1), Company.sort_key, Company.id)
    return db.session.scalars(query.limit(PICKED)).all()


def company_by_name(name: str, reader: User) -> Company | None:
    """The company of exactly this name, in any case of letters, when the reader may see it."""
    found = db.session.scalars(visible(Company, reader).where(Company.sort_key == company_key(name))).all()
    return next((row for row in found if fold(row.name) == fold(name)), None)


def person_by_name(title: str, reader: User) -> Contact | None:
    """The person of exactly this full name, when the reader may see one and no more than one."""
    words = sorted(fold(title).split())
    query = visible(Contact, reader).where(*finding.matching(Contact.search_text, title)).limit(20)
    found = [row for row in db.session.scalars(query) if sorted(fold(row.title).split()) == words]
    return found[0] if len(found) == 1 else None


def company_key(name: str) -> str:
    """The key by which companies are sorted: quotes before the name do not count."""
    return sort_key(name.strip("\u00ab\u00bb\u201e\u201c\u201d\"' ") or name)


def similar(kind: str, typed: str, reader: User, *, but: str = "") -> list[Contact | Company]:
    """Clients with the same phone, e-mail or messenger that the reader may see; of hidden ones nobody finds out by trying whose they are.

    `but` is the card that is being edited, as 'contact-7'.
    """
    reading = channels.read(kind, typed, region())
    value = reading.value
    if len(value) < 4 or hiding.hides(reader, reading.kind, typed, value):
        return []
    query = sa.select(Channel).where(Channel.value == value).options(
        joinedload(Channel.contact).joinedload(Contact.company), joinedload(Channel.company)).limit(20)
    owners = {(row.card, row.id): row for channel in db.session.scalars(query)
              if (row := channel.contact or channel.company) is not None and f"{row.card}-{row.id}" != but
              and not hiding.hides(reader, channel.kind, channel.typed, channel.value)}
    return [row for row in owners.values()
            if row.deleted_at is None and scope.sees(reader, row.manager_id, "clients.see")][:3]


def same_inn(inn: str, reader: User, *, but: str = "") -> list[Company]:
    """Companies of the same INN that the reader may see; `but` is the card being edited, as 'company-7'."""
    if len(inn) < 8:
        return []
    query = visible(Company, reader).where(Company.inn == inn).order_by(Company.id).limit(3)
    return [row for row in db.session.scalars(query) if f"company-{row.id}" != but]
