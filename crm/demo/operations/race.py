"""On which days the demo's sales are closed, so that the managers race: this month somebody leads by a little."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

from crm.core import dates
from crm.deals.models import LOST, WON
from crm.demo.operations.clock import Clock
from crm.demo.operations.firm import Seller

FIRST_CLOSING = dt.timedelta(days=21)
SECOND = 0.96  # the second's share of the leader's sum this month
OTHERS = (0.83, 0.74, 0.42)  # at most
BETTER = 1.2  # this month against the usual one: the company grows
TRIES = 1500


class Closing(Protocol):
    """What this file needs of a sale."""

    seller: Seller
    amount: int
    fate: str
    closed: dt.date | None


def close(sales: Sequence[Closing], sellers: Sequence[Seller], clock: Clock, dice: random.Random) -> None:
    """Give every won and lost sale its closing day."""
    won: dict[int, list[Closing]] = defaultdict(list)
    for sale in sales:
        if sale.fate == WON:
            won[sale.seller.user.id].append(sale)
        elif sale.fate == LOST:
            sale.closed = dice.choice(clock.working(_first(sale.seller, clock), clock.latest))
    this_month = dates.period("month", clock.today).start
    days = clock.working(this_month, clock.latest if clock.latest >= this_month else clock.today)
    for seller, chosen in _this_month(won, sellers, clock, dice):
        for sale in chosen:
            sale.closed = dice.choice(days)
            won[seller.user.id].remove(sale)
    for seller in sellers:
        _earlier(won[seller.user.id], seller, clock, dice)


def _first(seller: Seller, clock: Clock) -> dt.date:
    """The first day on which the manager may have closed something."""
    return max(clock.start, seller.since) + FIRST_CLOSING


def _this_month(won: dict[int, list[Closing]], sellers: Sequence[Seller], clock: Clock,
                dice: random.Random) -> list[tuple[Seller, list[Closing]]]:
    """Who won what this month: the two strongest nearly level, the others behind them."""
    ranked = sorted(sellers, key=lambda seller: -_sum(won[seller.user.id]))
    month = dates.period("month", clock.today)
    passed = len(clock.working(month.start, clock.today)) / len(clock.working(month.start, month.end))
    usual = {seller.user.id: _usual(won[seller.user.id], seller, clock) * min(passed, 1) for seller in sellers}
    middling = max(_median(won[seller.user.id]) for seller in ranked[:2])
    wanted = max(sum(usual[seller.user.id] for seller in ranked[:2]) / 2 * BETTER, 2 * middling)
    leader = _pick(won[ranked[0].user.id], wanted, dice, least=2)
    top = _sum(leader)
    second = _pick(won[ranked[1].user.id], top * SECOND, dice, least=2)
    found = [(ranked[0], leader), (ranked[1], second)]
    for seller, share in zip(ranked[2:], OTHERS, strict=True):
        own = min(top * share, usual[seller.user.id] * BETTER)
        found.append((seller, _pick(won[seller.user.id], own * dice.uniform(0.85, 1), dice)))
    return found


def _usual(sales: Sequence[Closing], seller: Seller, clock: Clock) -> float:
    """What the manager wins in a month, in minor units."""
    return _sum(sales) / max((clock.today - _first(seller, clock)).days, 30) * 30.4


def _sum(sales: Sequence[Closing]) -> int:
    return sum(sale.amount for sale in sales)


def _median(sales: Sequence[Closing]) -> int:
    return sorted(sale.amount for sale in sales)[len(sales) // 2]


def _pick(sales: Sequence[Closing], wanted: float, dice: random.Random, least: int = 1) -> list[Closing]:
    """Sales whose sum comes as near to `wanted` (minor units) as chance finds, at least `least` of them."""
    usual = max(round(wanted / (_sum(sales) / len(sales))), least)
    sizes = [size for size in range(max(usual - 2, least), usual + 3) if size <= max(len(sales) // 2, least)]
    tries = [dice.sample(list(sales), dice.choice(sizes or [least])) for _attempt in range(TRIES)]
    return min(tries, key=lambda chosen: abs(_sum(chosen) - wanted))


def _earlier(sales: list[Closing], seller: Seller, clock: Clock, dice: random.Random) -> None:
    """Spread the rest over the months before: much alike, some better, growing a little."""
    first = _first(seller, clock)
    last = dates.period("month", clock.today).start - dt.timedelta(days=1)
    months = _months(min(first, last), last)
    room = [len(clock.working(start, end)) * dice.uniform(0.8, 1.2) * (1 + 0.04 * place)
            for place, (start, end) in enumerate(months)]
    whole, taken = sum(room), [0.0] * len(months)
    total = _sum(sales) or 1
    for sale in sorted(sales, key=lambda one: -one.amount):
        place = max(range(len(months)), key=lambda number: room[number] / whole - taken[number] / total)
        taken[place] += sale.amount
        sale.closed = dice.choice(clock.working(*months[place]))


def _months(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The months from `first` to `last`, the outer ones cut."""
    found, day = [], first
    while day <= last:
        end = min(dates.period("month", day).end, last)
        found.append((day, end))
        day = end + dt.timedelta(days=1)
    return found
