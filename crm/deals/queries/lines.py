"""What the lines of a deal come to."""

from collections.abc import Sequence

from crm.accounts.models import User
from crm.catalog import queries as catalog
from crm.core import money
from crm.deals.models import DealLine


def line_sums(lines: Sequence[DealLine]) -> list[money.LineSum]:
    """Every line reckoned by the one rule of core/money."""
    return [money.line_sum(line.price, line.quantity, line.discount, line.vat_rate) for line in lines]


def counts(line: DealLine) -> bool:
    """Whether the line is in the sum of the deal: what the client may choose counts when it is chosen."""
    return line.choice is None or line.chosen


def in_sum(lines: Sequence[DealLine]) -> list[DealLine]:
    """The lines that make the sum. Whoever adds lines up asks here."""
    return [line for line in lines if counts(line)]


def totals(lines: Sequence[DealLine]) -> money.Totals:
    """What the lines of a deal come to."""
    return money.totals(line_sums(in_sum(lines)))


def margin(lines: Sequence[DealLine]) -> money.Margin | None:
    """What is left of the lines in the sum whose cost is known; None when no cost is."""
    counted = in_sum(lines)
    return money.margin((total, None if line.cost is None else money.line_cost(line.cost, line.quantity))
                        for line, total in zip(counted, line_sums(counted), strict=True))


def fingerprint(line: DealLine, reader: User) -> str:
    """What a person saw of a line, to notice that somebody changed it meanwhile; it stands in the form, and so holds nothing hidden."""
    choice = () if line.choice is None else (f"{line.choice}:{line.chosen:d}",)
    return "|".join((*_offered(line), *choice, str(line.cost) if catalog.shows_cost(reader) else ""))


def mark(line: DealLine) -> str:
    """What a line offered a client: whether a quote still says what the deal does. Nothing of what it costs us, nor what is chosen."""
    return "|".join((*_offered(line), "-" if line.choice is None else line.choice))


def _offered(line: DealLine) -> tuple[str, ...]:
    """What is offered at which price, alike however the numbers were typed."""
    rate = "" if line.vat_rate is None else f"{line.vat_rate.normalize():f}"
    return (line.name, line.unit, f"{line.quantity.normalize():f}", str(line.price), f"{line.discount.normalize():f}", rate)
