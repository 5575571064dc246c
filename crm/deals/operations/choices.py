"""What a client may choose among the lines of a deal: lines that may be added, and groups of which exactly one counts."""

from collections.abc import Collection, Sequence

from crm.accounts.models import User
from crm.deals.models import Deal, DealLine
from crm.deals.operations.lines import recount, settle


def choose(deal: Deal, ids: Collection[int], *, actor: User | None) -> None:
    """These lines count of those that may be chosen; the amount of the deal follows. Other lines stay in the sum."""
    for line in deal.lines:
        if line.choice is not None:
            line.chosen = line.id in ids
    settle(deal.lines)
    recount(deal, actor)


def toggle(deal: Deal, line: DealLine, *, actor: User) -> None:
    """Take an optional line in or out; of alternatives this one counts now."""
    if line.choice is None:
        return
    line.chosen = not line.chosen if line.choice == "" else True
    settle(deal.lines, line)
    recount(deal, actor)


def chosen(lines: Sequence[DealLine]) -> list[int]:
    """The lines that may be chosen and are."""
    return [line.id for line in lines if line.choice is not None and line.chosen]
