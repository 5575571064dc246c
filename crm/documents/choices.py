"""What the client may choose on the page of a quote, frozen when the quote was made: nothing here is reckoned by the client.

The data of the quote keep every line of the deal under CHOICES. A choice is a set of ids of lines: some of the optional ones, exactly one
of each group of alternatives.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.core import money
from crm.deals.models import DealLine
from crm.deals.queries.lines import counts, line_sums, mark
from crm.documents.words.money import quantity_plain, rate_plain

CHOICES = "choices"


@dataclass(frozen=True)
class Option:
    """A line of the quote. `choice` as on the deal's line: None, "" or the group; `chosen`: is in the total that stands on the paper;
    `terms`: its discount and VAT in words.
    """

    id: int
    name: str
    quantity: str
    total: int
    choice: str | None
    chosen: bool
    mark: str
    terms: str = ""


@dataclass(frozen=True)
class Offer:
    """All lines of a quote of which some may be chosen."""

    lines: Sequence[Option]

    @property
    def optional(self) -> list[Option]:
        """Lines that the client may add."""
        return [one for one in self.lines if one.choice == ""]

    @property
    def groups(self) -> dict[str, list[Option]]:
        """Alternatives by what is chosen among them."""
        found: dict[str, list[Option]] = {}
        for one in self.lines:
            if one.choice:
                found.setdefault(one.choice, []).append(one)
        return found

    @property
    def proposed(self) -> frozenset[int]:
        """What is chosen on the paper."""
        return frozenset(one.id for one in self.lines if one.choice is not None and one.chosen)

    def total(self, picked: Collection[int]) -> int:
        """What the quote comes to with this choice, in minor units."""
        return sum(one.total for one in self.lines if one.choice is None or one.id in picked)

    def problem(self, picked: Collection[int]) -> str:
        """Why this cannot be chosen, as a sentence: not offered, or not exactly one of a group. Empty when it can."""
        if not set(picked) <= {one.id for one in self.lines if one.choice is not None}:
            return _("This is not offered in the quote. Reload the page and choose again.")
        open_ones = [group for group, members in self.groups.items() if sum(one.id in picked for one in members) != 1]
        return _("Choose one: %(group)s.", group=open_ones[0]) if open_ones else ""

    def kept(self, picked: Collection[int]) -> dict[str, Any]:
        """The choice as the document keeps it: ids, names and sums, the total."""
        return {"ids": sorted(picked), "total": self.total(picked),
                "lines": [{"name": one.name, "quantity": one.quantity, "total": one.total, "group": one.choice}
                          for one in self.lines if one.choice is not None and one.id in picked]}


def frozen(lines: Sequence[DealLine], lang: str) -> list[dict[str, Any]]:
    """The lines as the data of a quote keep them; nothing when there is nothing to choose."""
    if all(line.choice is None for line in lines):
        return []
    return [{"id": line.id, "name": line.name, "quantity": _quantity(line, lang),
             "total": total.total, "choice": line.choice, "chosen": counts(line), "mark": mark(line),
             "terms": _terms(line, lang)}
            for line, total in zip(lines, line_sums(lines), strict=True)]


def _quantity(line: DealLine, lang: str) -> str:
    """How much; nothing for one of what has no unit."""
    return "" if line.quantity == 1 and not line.unit else " ".join(filter(None, (quantity_plain(line.quantity, lang), line.unit)))


def _terms(line: DealLine, lang: str) -> str:
    rate = rate_plain(line.vat_rate, lang)
    with force_locale(lang):
        discount = _("discount %(rate)s", rate=rate_plain(line.discount, lang)) if line.discount else ""
        return " · ".join(filter(None, (discount, rate if line.vat_rate is None else _("VAT %(rate)s", rate=rate))))


def offer(context: Mapping[str, Any]) -> Offer | None:
    """What may be chosen in a quote of this data; None when nothing may."""
    rows = context.get(CHOICES)
    return Offer([Option(**row) for row in rows]) if rows else None


def follows(offered: Offer, lines: Sequence[DealLine]) -> bool:
    """Whether the deal still has exactly the lines of the quote, so that a choice may be carried over."""
    return {line.id: mark(line) for line in lines} == {one.id: one.mark for one in offered.lines}


def written(kept: Mapping[str, Any], currency: str, locale: str) -> str:
    """The choice in one line for the timeline: names and sums."""
    return "; ".join(f"{row['name']} ({money.format_money(row['total'], currency, locale)})" for row in kept["lines"])
