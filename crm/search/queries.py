"""One search over everything that has a name or a number, narrowed to what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients import hiding
from crm.clients import queries as clients
from crm.clients.lines import first_ways
from crm.clients.models import Company, Contact
from crm.clients.names import client_name, in_order
from crm.core import finding
from crm.core.db import db
from crm.deals.models import Deal, Stage
from crm.deals.queries.wording import worded
from crm.documents.models import Document

SHORTEST = 2


class Find(NamedTuple):
    """One find as plain values: `id` of the card that it opens, its name, what tells it from others of that name, what it is worth."""

    id: int
    title: str
    sub: str
    amount: int | None = None
    currency: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one sort; `more` says that the list of this sort holds further finds."""

    code: str
    label: LazyString
    rows: Sequence[Find]
    more: bool


# companies are named for those who are shown, and not for all of a common name before they are put in order
PEOPLE = sa.select(Contact.id, Contact.surname, Contact.given_name, Contact.patronymic, Company.name).select_from(Contact).outerjoin(
    Contact.company).order_by(Contact.sort_key, Contact.id)


def everything(q: str, reader: User, rights: frozenset[str], size: int) -> list[Group]:
    """Groups with at most `size` finds each, empty ones left out; nothing for fewer than two letters or digits."""
    if len(q.strip()) < SHORTEST:
        return []
    wanted = [
        ("contacts", _l("People"), "clients.see", _people),
        ("companies", _l("Companies"), "clients.see", _companies),
        ("deals", _l("Deals"), "deals.see", _deals),
        ("documents", _l("Documents"), "documents.see", _documents),
    ]
    found = []
    for code, label, right, read in wanted:
        rows = read(q, reader, size + 1) if right in rights else []
        if rows:
            found.append(Group(code, label, rows[:size], len(rows) > size))
    return found


def _people(q: str, reader: User, most: int) -> list[Find]:
    chosen = clients.visible(Contact, reader).where(*finding.matching(hiding.searched(Contact, reader), q)).with_only_columns(
        Contact.id).order_by(Contact.sort_key, Contact.id).limit(most)
    rows = db.session.execute(PEOPLE.where(Contact.id.in_(sa.select(chosen.subquery().c.id)))).all()
    ways = first_ways("contact", [row[0] for row in rows], reader)
    return [Find(id_, in_order(surname, given, middle), _words(company, ways.get(id_)))
            for id_, surname, given, middle, company in rows]


def _companies(q: str, reader: User, most: int) -> list[Find]:
    query = clients.visible(Company, reader).where(*finding.matching(hiding.searched(Company, reader), q)).with_only_columns(
        Company.id, Company.name, Company.city, Company.inn)
    rows = db.session.execute(query.order_by(Company.sort_key, Company.id).limit(most))
    return [Find(id_, name, _words(city, inn)) for id_, name, city, inn in rows]


_CLIENT = (Company.name, Contact.surname, Contact.given_name, Contact.patronymic)


def _deals(q: str, reader: User, most: int) -> list[Find]:
    """A deal is found by its own words and by those of its company and person; open and young ones first."""
    query = sa.select(Deal.id, Deal.title, Deal.amount, Deal.currency, Stage.name, *_CLIENT).join(Deal.stage).outerjoin(
        Deal.company).outerjoin(Deal.contact).where(Deal.deleted_at.is_(None), *worded(q, reader))
    rows = db.session.execute(scope.narrow(query, Deal.manager_id, reader, "deals.see").order_by(
        Deal.closed_on.is_not(None), Deal.id.desc()).limit(most))
    return [Find(id_, title, _words(client_name(*client), stage), amount, currency)
            for id_, title, amount, currency, stage, *client in rows]


def _documents(q: str, reader: User, most: int) -> list[Find]:
    """A document leads to its deal."""
    query = sa.select(Deal.id, Document.file_name, Deal.title, *_CLIENT).select_from(Document).join(Document.deal).outerjoin(
        Deal.company).outerjoin(Deal.contact).where(Deal.deleted_at.is_(None), *finding.matching(Document.search_text, q))
    rows = db.session.execute(scope.narrow(query, Deal.manager_id, reader, "documents.see").order_by(
        Document.created_at.desc(), Document.id.desc()).limit(most))
    return [Find(id_, name, _words(client_name(*client), title)) for id_, name, title, *client in rows]


def _words(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
