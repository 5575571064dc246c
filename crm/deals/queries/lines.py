"""What the lines of a deal come to."""

from collections.abc import Sequence

from crm.core import money
from crm.deals.models import DealLine


def line_sums(lines: Sequence[DealLine]) -> list[money.LineSum]:
    """Every line reckoned by the one rule of core/money."""
    return [money.line_sum(line.price, line.quantity, line.discount, line.vat_rate) for line in lines]


def fingerprint(line: DealLine) -> str:
    """What a person saw of a line, to notice that somebody changed it meanwhile."""
    rate = "" if line.vat_rate is None else f"{line.vat_rate.normalize():f}"
    return "|".join((line.name, line.unit, f"{line.quantity.normalize():f}", str(line.price),
                     f"{line.discount.normalize():f}", rate))
