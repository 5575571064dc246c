"""Which price list a deal has, what a product costs in it, and which discounts wait for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from crm.accounts import scope
from crm.accounts.models import User
from crm.catalog import queries as catalog
from crm.catalog import vat
from crm.catalog.models import PriceList, Product
from crm.catalog.pricing import Formed
from crm.core import dates
from crm.core.db import db
from crm.deals.models import ClientPriceList, Deal, DealLine
from crm.firms import queries as firms

SHOWN = 20  # on the desk


@dataclass(frozen=True)
class Chosen:
    """The price list of a deal and why it has it: "deal" and "client" were said by hand, "kind" goes by the kind of client."""

    list: PriceList | None
    by: str

    @property
    def by_hand(self) -> PriceList | None:
        """The list that somebody chose; none where the kind of client decides."""
        return None if self.by == "kind" else self.list


def client_kind(deal: Deal) -> str:
    """One of catalog.models.CLIENT_KINDS; empty for a deal without a client."""
    if deal.company is not None:
        return deal.company.kind
    return "person" if deal.contact_id is not None or deal.contact is not None else ""


def of_client(deal: Deal) -> ClientPriceList | None:
    """What was said by hand about the client of the deal: the company, or the person when there is none."""
    mine = (ClientPriceList.company_id == deal.company_id if deal.company_id is not None
            else ClientPriceList.contact_id == deal.contact_id)
    if deal.company_id is None and deal.contact_id is None:
        return None
    return db.session.scalar(sa.select(ClientPriceList).where(mine))


def list_of(deal: Deal) -> Chosen:
    """The list of the deal itself, else its client's, else the one of the client's kind. Archived lists count for nothing."""
    own = catalog.price_list(deal.price_list_id)
    if own is not None and own.active:
        return Chosen(own, "deal")
    said = of_client(deal)
    theirs = catalog.price_list(said.price_list_id) if said else None
    if theirs is not None and theirs.active:
        return Chosen(theirs, "client")
    return Chosen(catalog.list_for(client_kind(deal)), "kind")


def form_for(deal: Deal, product: Product | None, quantity: Decimal) -> Formed | None:
    """How the price of a product in this deal comes about; None without a product or for one in another currency."""
    if product is None or product.currency != deal.currency:
        return None
    return catalog.form_for(product, list_of(deal).list, quantity=quantity)


def choices(reader: User, now: Chosen) -> Sequence[PriceList]:
    """The lists that this person may choose in a deal that has `now`; one that was chosen by hand always stays a choice."""
    every = "products.edit" in reader.rights
    return [one for one in catalog.active_lists() if every or one.chosen_by == "all" or one is now.by_hand]


def usual_vat(deal: Deal) -> Decimal | None:
    """The rate that a new line of the deal begins with: today's usual one of the company of ours that it is with."""
    return vat.usual(firms.details(deal.firm_id).vat_rate, dates.today())


def vat_of(deal: Deal, product: Product, line: DealLine | None = None) -> Decimal | None:
    """The rate of a product in a deal; of several companies of ours one without VAT sells everything without it.

    In place of a rate of former times there is the usual one, unless `line` has that very rate and may keep it.
    """
    if firms.several() and firms.details(deal.firm_id).vat_rate is None:
        return None
    kept = line is not None and line.vat_rate == product.vat_rate
    return usual_vat(deal) if vat.is_former(product.vat_rate) and not kept else product.vat_rate


@dataclass(frozen=True)
class Waiting:
    """A discount that waits for somebody's word."""

    deal_id: int
    line_id: int
    title: str
    name: str
    percent: Decimal
    by: str


def waiting_for(reader: User) -> Sequence[Waiting]:
    """The discounts that this person may approve: on deals that they may change, within their own limit; the greatest first."""
    if "deals.edit" not in reader.rights:
        return []
    query = (sa.select(DealLine.id, DealLine.deal_id, DealLine.name, DealLine.asked_percent, DealLine.asked, Deal.title)
             .join(Deal, Deal.id == DealLine.deal_id)
             .where(DealLine.asked_percent.is_not(None), DealLine.asked_percent <= reader.powers.discount, Deal.deleted_at.is_(None))
             .order_by(DealLine.asked_percent.desc(), DealLine.id).limit(SHOWN))
    rows = db.session.execute(scope.narrow(query, Deal.manager_id, reader, "deals.edit"))
    return [Waiting(row.deal_id, row.id, row.title, row.name, row.asked_percent, row.asked["by"]) for row in rows]
