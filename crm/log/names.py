"""Names of what entries concern, looked up when they are shown: the log keeps ids, so that a person can be erased.

One question for each sort of record, however many entries a page has. What the reader may not see has no name here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.accounts import scope
from crm.accounts.models import Team, User
from crm.accounts.queries import role_names
from crm.catalog.models import Product
from crm.clients import names as client_names
from crm.clients.models import Company, Contact
from crm.core.db import db
from crm.deals.models import Deal, Pipeline, Stage
from crm.documents import kinds
from crm.documents.models import Document

Ref = tuple[str, int]  # ("deal", 7)


@dataclass(frozen=True)
class Sort:
    """Records that entries name: a query of (id, who leads it, the rest), its reader's right, the page of one."""

    label: LazyString
    query: sa.Select[*tuple[Any, ...]]
    title: Callable[..., str]
    right: str = ""
    page: str = ""


@dataclass(frozen=True)
class Named:
    """A record as an entry names it; `card` such as "deal-7" leads to its other entries."""

    text: str
    href: str = ""
    card: str = ""


def _first(title: str) -> str:
    return title


def _paper(kind: str, numbered: str) -> str:
    return f"{kinds.LABELS.get(kind, kind)} {numbered}"


_NOBODYS = sa.null()
SORTS: dict[str, Sort] = {
    "document": Sort(_l("Document"), sa.select(Document.id, Deal.manager_id, Document.kind, Document.numbered).join(
        Deal, Deal.id == Document.deal_id), _paper, "documents.see", "/documents/"),
    "deal": Sort(_l("Deal"), sa.select(Deal.id, Deal.manager_id, Deal.title), _first, "deals.see", "/deals/"),
    "contact": Sort(_l("Person"), sa.select(Contact.id, Contact.manager_id, Contact.surname, Contact.given_name, Contact.patronymic),
                    client_names.in_order, "clients.see", "/contacts/"),
    "company": Sort(_l("Company"), sa.select(Company.id, Company.manager_id, Company.name), _first, "clients.see", "/companies/"),
    "product": Sort(_l("Product"), sa.select(Product.id, _NOBODYS, Product.name), _first, "products.see"),
    "user": Sort(_l("Person"), sa.select(User.id, _NOBODYS, User.name), _first, page="/settings/users/"),
    "stage": Sort(_l("Stage"), sa.select(Stage.id, _NOBODYS, Stage.name), _first),
    "pipeline": Sort(_l("Pipeline"), sa.select(Pipeline.id, _NOBODYS, Pipeline.name), _first),
    "team": Sort(_l("Team"), sa.select(Team.id, _NOBODYS, Team.name), _first),
}
CARDS = ("document", "deal", "contact", "company", "product", "user")  # what facts are linked with


def sees(sort: str, record_id: int) -> bool:
    """Whether the person of this request may know of this record; of what is gone, whether they see all of its sort."""
    told = SORTS[sort]
    owners = scope.covers(told.right) if told.right else None
    if owners is None:
        return True
    query = told.query.where(told.query.selected_columns[0] == record_id)
    row = db.session.execute(query).first()
    return row is not None and row[1] in owners


class Names:
    """The names of one page of entries."""

    def __init__(self, people: dict[int, str]) -> None:
        self.people = people
        self.roles = role_names()
        self.hidden: set[Ref] = set()
        self._titles: dict[Ref, str] = {("user", user_id): name for user_id, name in people.items()}

    def learn(self, refs: Iterable[Ref]) -> None:
        """Look up the records of these references that are not known yet."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for sort, record_id in refs:
            if sort in SORTS and sort != "user" and (sort, record_id) not in self._titles:
                wanted[sort].add(record_id)
        for sort, ids in wanted.items():
            told, query = SORTS[sort], SORTS[sort].query
            owners = scope.covers(told.right) if told.right else None
            for record_id, owner, *rest in db.session.execute(query.where(query.selected_columns[0].in_(sorted(ids)))):
                if owners is None or owner in owners:
                    self._titles[sort, record_id] = told.title(*rest)
                else:
                    self.hidden.add((sort, record_id))
            if owners is not None:  # of what is gone nobody knows who led it
                self.hidden |= {(sort, one) for one in ids if (sort, one) not in self._titles}

    def title(self, ref: Ref) -> str:
        """The record's present name; what it was when it has none that can be told."""
        if ref in self._titles:
            return self._titles[ref]
        if ref in self.hidden:
            return _("(hidden)")
        return _("%(what)s %(id)s (no longer there)", what=SORTS[ref[0]].label, id=ref[1])

    def named(self, ref: Ref, remembered: str = "") -> Named:
        """The record with its page; `remembered` is what the entry itself calls one that is gone."""
        card = f"{ref[0]}-{ref[1]}"
        if ref in self._titles:
            page = SORTS[ref[0]].page
            return Named(self._titles[ref], f"{page}{ref[1]}" if page else "", card)
        if ref in self.hidden:
            return Named(_("not among the records that you see"))
        return Named(_("%(name)s (no longer there)", name=remembered) if remembered else self.title(ref), "", card)

