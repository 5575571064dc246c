"""Sales plans of the demo: what each manager usually sells, and a little more."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence

from crm.core import dates
from crm.deals.models import WON
from crm.demo.operations.clock import Clock
from crm.demo.operations.firm import Firm, Seller
from crm.demo.operations.lives import Life
from crm.plans import operations as plans

AHEAD = dt.timedelta(days=75)  # how far plans are made
GROWTH = 0.02  # a month


def set_all(lives: Sequence[Life], ours: Firm, clock: Clock, dice: random.Random) -> None:
    """Set the plan of every manager for the months of the demo and the coming ones."""
    years: dict[int, dict[tuple[int, dt.date], int]] = defaultdict(dict)
    for seller in ours.sellers:
        usual = _usual(lives, seller, clock) * dice.uniform(0.98, 1.07)
        for place, month in enumerate(_months(max(seller.since, clock.start), clock.today + AHEAD)):
            years[month.year][seller.user.id, month] = _nice(usual * (0.94 + GROWTH * place))
    for year, amounts in sorted(years.items()):
        plans.set_plans(year, amounts, actor=ours.of_role("head"))


def _usual(lives: Sequence[Life], seller: Seller, clock: Clock) -> float:
    """What the manager wins in a month, in minor units."""
    won = [life.sale for life in lives if life.sale.fate == WON and life.sale.seller is seller]
    first = min(sale.closed for sale in won if sale.closed is not None)
    return sum(sale.amount for sale in won) / max((clock.today - first).days, 20) * 30


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = dates.period("month", month).end + dt.timedelta(days=1)
    return found


def _nice(amount: float) -> int:
    """To a round figure: 612 345 roubles as 600 000."""
    step = 5 * 10 ** max(len(str(int(amount))) - 2, 0)
    return max(round(amount / step), 1) * step
