"""Groups, a wholesale list, a set and limits of discounts; one discount waits for the head of sales."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from crm.accounts import queries as accounts
from crm.accounts import roles
from crm.accounts.models import User
from crm.catalog import operations as catalog
from crm.catalog.models import Product
from crm.core.db import db
from crm.core.text import search_text
from crm.deals.models import OPEN, Deal
from crm.demo.content import DemoContent
from crm.demo.operations.clock import Clock

LIMITS = {"manager": 10, "head": 30}
ASKED = Decimal(18)
WHOLE, FIVE = 100, 5  # prices end in whole roubles or pounds, small ones in five kopecks or pence
SMALL = 50_00


def price(content: DemoContent, products: dict[str, Product], clock: Clock, owner: User) -> None:
    """Put the products into groups, make the list and the set, and say how much discount each role gives."""
    groups = {letters: catalog.group_named(name) for letters, name in content.groups.items()}
    for sku, product in products.items():
        group = groups.get(sku.partition("-")[0])
        if group is not None:
            product.group_id, product.search_text = group.id, search_text(product.name, product.sku, group.title)
    wholesale = catalog.create_list(name=content.wholesale.name, kinds=["company", "entrepreneur"], actor=owner)
    for sku, product in products.items():
        if sku.partition("-")[0] in content.wholesale.groups:
            for start, off in content.wholesale.steps:
                catalog.add_price(wholesale, product, price=_less(product.price, off), from_quantity=Decimal(start),
                                  since=clock.start, actor=owner)
    _set(content, products, owner)
    for role, limit in LIMITS.items():
        powers = accounts.powers_of(role)
        if powers is not None:
            roles.change_role(role, levels=powers.levels, hidden=powers.hidden, discount=limit, actor=None)


def _set(content: DemoContent, products: dict[str, Product], owner: User) -> None:
    kit = content.kit
    sum_of_parts = sum(products[sku].price * number for sku, number in kit.parts)
    whole = catalog.create_product(
        name=kit.name, sku=kit.sku, unit=kit.unit, price=_less(sum_of_parts, kit.off), currency=content.our.currency,
        vat_rate=Decimal(content.our.vat_percent), group_id=products[kit.parts[0][0]].group_id, actor=owner)
    for sku, number in kit.parts:
        catalog.add_part(whole, products[sku], quantity=Decimal(number), actor=owner)


def ask(deals: Iterable[Deal], sellers: Mapping[int, str]) -> None:
    """One of the managers, {id: name}, would like to give more than they may."""
    for deal in deals:
        asker = sellers.get(deal.manager_id or 0)
        if deal.status == OPEN and deal.lines and asker:
            line = deal.lines[0]
            line.asked = {"price": line.price, "discount": str(ASKED), "by_id": deal.manager_id, "by": asker,
                          "quantity": str(line.quantity), "state": "waiting"}
            line.asked_percent = ASKED
            db.session.flush()
            return


def _less(minor: int, percent: int) -> int:
    less = minor * (100 - percent) // 100
    end = FIVE if less < SMALL else WHOLE
    return less // end * end
