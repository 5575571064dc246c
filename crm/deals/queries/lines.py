"""What the lines of a deal come to."""

from collections.abc import Sequence

from crm.accounts.models import User
from crm.catalog import queries as catalog
from crm.core import money
from crm.deals.models import DealLine


def line_sums(lines: Sequence[DealLine]) -> list[money.LineSum]:
    """Every line reckoned by the one rule of core/money."""
    return [money.line_sum(line.price, line.quantity, line.discount, line.vat_rate) for line in lines]


def margin(lines: Sequence[DealLine], sums: Sequence[money.LineSum]) -> money.Margin | None:
    """What is left of the lines whose cost is known; None when no cost is."""
    return money.margin((total, None if line.cost is None else money.line_cost(line.cost, line.quantity))
                        for line, total in zip(lines, sums, strict=True))


def fingerprint(line: DealLine, reader: User) -> str:
    """What a person saw of a line, to notice that somebody changed it meanwhile; it stands in the form, and so holds nothing hidden."""
    rate = "" if line.vat_rate is None else f"{line.vat_rate.normalize():f}"
    return "|".join((line.name, line.unit, f"{line.quantity.normalize():f}", str(line.price),
                     f"{line.discount.normalize():f}", rate, str(line.cost) if catalog.shows_cost(reader) else ""))
