"""One search over everything that has a name or a number, narrowed to what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients import queries as clients
from crm.clients.models import Company, Contact
from crm.core.db import db
from crm.core.text import words_filter
from crm.deals.models import Deal
from crm.documents.models import Document

SHORTEST = 2


@dataclass(frozen=True)
class Group:
    """What was found of one sort; `more` says that the list of this sort holds further finds."""

    code: str
    label: LazyString
    rows: Sequence[Any]
    more: bool


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
    for code, label, right, query in wanted:
        rows = db.session.scalars(query(q, reader).limit(size + 1)).all() if right in rights else []
        if rows:
            found.append(Group(code, label, rows[:size], len(rows) > size))
    return found


def _people(q: str, reader: User) -> sa.Select[*tuple[Any, ...]]:
    query = clients.visible(Contact, reader).where(*words_filter(Contact.search_text, q))
    return query.options(joinedload(Contact.company), selectinload(Contact.channels)).order_by(
        Contact.sort_key, Contact.id)


def _companies(q: str, reader: User) -> sa.Select[*tuple[Any, ...]]:
    query = clients.visible(Company, reader).where(*words_filter(Company.search_text, q))
    return query.order_by(Company.sort_key, Company.id)


def _deals(q: str, reader: User) -> sa.Select[*tuple[Any, ...]]:
    """A deal is found by its own words and by those of its company and person; open and young ones first."""
    columns = (Deal.search_text, sa.func.coalesce(Company.search_text, ""), sa.func.coalesce(Contact.search_text, ""))
    words = zip(*(words_filter(column, q) for column in columns), strict=True)
    query = sa.select(Deal).outerjoin(Deal.company).outerjoin(Deal.contact).where(
        Deal.deleted_at.is_(None), *(sa.or_(*word) for word in words))
    query = query.options(contains_eager(Deal.company), contains_eager(Deal.contact), joinedload(Deal.stage))
    return scope.narrow(query, Deal.manager_id, reader).order_by(Deal.closed_on.is_not(None), Deal.id.desc())


def _documents(q: str, reader: User) -> sa.Select[*tuple[Any, ...]]:
    query = sa.select(Document).join(Document.deal).where(
        Deal.deleted_at.is_(None), *words_filter(Document.search_text, q)).options(
        contains_eager(Document.deal).options(joinedload(Deal.company), joinedload(Deal.contact)))
    return scope.narrow(query, Deal.manager_id, reader).order_by(Document.created_at.desc(), Document.id.desc())
