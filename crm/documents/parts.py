"""An invoice of a part of a deal: a percent, a sum, what is left, or chosen lines. docs/money.md has the rule and an example.

A part in money becomes one line for each VAT rate of the deal. Its sum is divided among the rates as the deal's own sum is,
each share rounded down, and the minor units that are left go where most was cut off: the shares add up to the part exactly.
What is left is, rate by rate, the deal less the invoices in force, so that all invoices add up to the deal. Where one rate has been
asked for more than it has now, the rest of the deal is divided among the rates that still lack money, by what they lack.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.catalog import vat
from crm.core import dates, i18n, money
from crm.core.company_columns import OwnDetails
from crm.deals.models import Deal, DealLine
from crm.deals.queries.lines import in_sum, line_sums
from crm.documents import queries
from crm.documents.words.dates import date_plain
from crm.documents.words.money import quantity_plain, rate_plain
from crm.firms import queries as firms

WHOLE, PERCENT, SUM, REST, LINES = "whole", "percent", "sum", "rest", "lines"
KINDS = {WHOLE: _l("the whole deal"), PERCENT: _l("a percent"), SUM: _l("a sum"), REST: _l("what is left"), LINES: _l("chosen lines")}
USUAL_PERCENT = Decimal(30)
Shares = dict[Decimal | None, int]


@dataclass(frozen=True)
class Part:
    """What of a deal an invoice is for. `amount` in minor units of the deal's currency, `lines` are ids."""

    kind: str = WHOLE
    percent: Decimal | None = None
    amount: int | None = None
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What invoices in force ask for already, in all and by VAT rate."""

    total: int
    shares: Mapping[Decimal | None, int]


def whole_line(deal: Deal, firm: OwnDetails, dated: dt.date) -> DealLine:
    """A deal without products: one line with the typed sum and the company's usual VAT of that day; not stored."""
    return DealLine(name=deal.title, unit="", quantity=Decimal(1), price=deal.amount, discount=Decimal(0),
                    vat_rate=vat.usual(firm.vat_rate, dated))


def all_lines(deal: Deal, dated: dt.date) -> list[DealLine]:
    """The lines that make the deal's sum, or one for a typed sum."""
    return in_sum(deal.lines) if deal.lines else [whole_line(deal, firms.details(deal.firm_id), dated)]


def lines_of(deal: Deal, part: Part | None, lang: str, dated: dt.date, asked: Asked | None = None) -> list[DealLine]:
    """The lines of the paper, for the whole deal its own; those of a part in money are made for it and not stored.

    `asked`: what invoices in force ask for, where that is known already.
    """
    lines = all_lines(deal, dated)
    if part is None or part.kind == WHOLE:
        return lines
    if part.kind == LINES:
        return [line for line in lines if line.id in part.lines] if part.lines else lines
    asked = asked or asked_for(deal)
    shares = _shares_of(lines, part, asked)
    name = _name(deal, part, lang, first=not asked.total)
    many = len(shares) > 1
    return [DealLine(name=_with_rate(name, rate, lang) if many else name, unit="", quantity=Decimal(1), price=share,
                     discount=Decimal(0), vat_rate=rate) for rate, share in shares.items()]


def why_nothing(part: Part | None) -> str:
    """Why an invoice of this part would ask for nothing, as a sentence."""
    if part is not None and part.kind == LINES:
        return _("Choose at least one line that costs something.")
    if part is None or part.kind == WHOLE:
        return _("The deal has no sum to ask for. Add products or a sum to it first.")
    return _("There is nothing left to ask for: invoices in force cover the whole deal.")


def by_rate(lines: Sequence[DealLine]) -> Shares:
    """The sums of lines by VAT rate, the highest rate first, those without VAT last."""
    found: Shares = {}
    for line, reckoned in zip(lines, line_sums(lines), strict=True):
        rate = None if line.vat_rate is None else Decimal(line.vat_rate).normalize()
        found[rate] = found.get(rate, 0) + reckoned.total
    return dict(sorted(found.items(), key=lambda pair: (pair[0] is None, -(pair[0] or 0))))


def share(amount: int, weights: Mapping[Decimal | None, int]) -> Shares:
    """Divide minor units as the weights stand to each other; the shares add up to the amount."""
    whole = sum(weights.values())
    if whole <= 0:
        return dict.fromkeys(list(weights)[:1], amount)
    floors = {rate: amount * weight // whole for rate, weight in weights.items()}
    cut = sorted(weights, key=lambda rate: -(amount * weights[rate] % whole))
    for rate in cut[:amount - sum(floors.values())]:
        floors[rate] += 1
    return {rate: part for rate, part in floors.items() if part} or dict.fromkeys(list(weights)[:1], 0)


def asked_for(deal: Deal, without: int = 0) -> Asked:
    """What the deal's invoices in force ask for, but for the one with the id `without`.

    One of before the parts counts as the deal's rates stand to each other now.
    """
    weights = by_rate(all_lines(deal, dates.today()))
    total, shares = 0, dict.fromkeys(weights, 0)
    for amount, part in queries.invoiced(deal, without) if deal.id else ():
        total += amount
        told = {_rate(code): int(minor) for code, minor in (part or {}).get("shares", {}).items()} or share(amount, weights)
        for rate, minor in told.items():
            shares[rate] = shares.get(rate, 0) + minor
    return Asked(total, shares)


def _shares_of(lines: Sequence[DealLine], part: Part, asked: Asked) -> Shares:
    weights = by_rate(lines)
    whole = sum(weights.values())
    if part.kind == PERCENT:
        return share(money.round_minor(whole * (part.percent or USUAL_PERCENT) / 100), weights)
    if part.kind == SUM and part.amount:
        return share(part.amount, weights)
    lacking = {rate: minor - asked.shares.get(rate, 0) for rate, minor in weights.items() if minor > asked.shares.get(rate, 0)}
    return share(max(whole - asked.total, 0), lacking or weights)  # less than they lack only when prices or rates have changed since


def _name(deal: Deal, part: Part, lang: str, *, first: bool) -> str:
    """What the line of a part is called, in the document's language, by the deal's contract where there is one."""
    contract = queries.rests_on(deal, "contract")
    with force_locale(lang):
        what = deal.title if contract is None else _(
            "contract No. %(number)s of %(date)s", number=contract.numbered, date=date_plain(contract.dated, lang))
        if part.kind == PERCENT:
            percent = quantity_plain(part.percent or USUAL_PERCENT, lang)
            return _("Prepayment of %(percent)s%%: %(what)s", percent=percent, what=what) if first else _(
                "Payment of %(percent)s%%: %(what)s", percent=percent, what=what)
        if part.kind == REST and not first:
            return _("Final payment: %(what)s", what=what)
        return _("Payment in part: %(what)s", what=what)


def _with_rate(name: str, rate: Decimal | None, lang: str) -> str:
    with force_locale(lang):
        words = rate_plain(rate, lang)
        return f"{name} ({words})" if rate is None else _("%(name)s (VAT %(rate)s)", name=name, rate=words)


def again(told_of: Mapping[str, Any] | None) -> dict[str, str]:
    """What the wizard is asked for to make an invoice for the same part once more, from what `told` kept."""
    kept = told_of or {}
    kind = kept.get("kind", WHOLE)
    if kind == PERCENT:
        return {"part": PERCENT, "percent": i18n.decimal(Decimal(kept.get("percent", USUAL_PERCENT)))}
    return {"part": WHOLE if kind == LINES else kind}


def amount_of(lines: Sequence[DealLine]) -> int:
    """What an invoice of these lines asks for."""
    return money.totals(line_sums(lines)).total


def told(part: Part | None, lines: Sequence[DealLine]) -> dict[str, Any]:
    """What is kept with the invoice: the kind, the percent, and its sums by rate, from which later ones reckon what is left."""
    shares = {_code(rate): minor for rate, minor in by_rate(lines).items()}
    found: dict[str, Any] = {"kind": part.kind if part else WHOLE, "shares": shares}
    if part is not None and part.kind == PERCENT:
        found["percent"] = str(part.percent or USUAL_PERCENT)
    return found


def _code(rate: Decimal | None) -> str:
    return "" if rate is None else f"{rate:f}"


def _rate(code: str) -> Decimal | None:
    return Decimal(code).normalize() if code else None
