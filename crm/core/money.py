"""Money is an integer of minor units and an ISO 4217 code; this is the one place that rounds.

The sum of a line: price x quantity, less the discount, rounded half up to the minor unit; VAT is inside
that sum and rounded per line; the total is the sum of the lines (docs/money.md has an example).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision

NBSP = "\u00a0"
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "KZT": "₸", "BYN": "Br", "CNY": "¥"}
CURRENCIES = ("RUB", "USD", "EUR", "GBP", "KZT", "BYN", "CNY")
MAX_MINOR = 10**15
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:([,.])\d{3})(?:\1\d{3})*$")
_PLAIN = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)$")  # what a Decimal reads beyond that (1e5, 1_000) is nothing that people type
_SHORT = {"k": 1000, "к": 1000, "тыс": 1000, "m": 1_000_000, "м": 1_000_000, "млн": 1_000_000}
_TAIL = re.compile(r"(k|m|к|м|тыс|млн)\.?$")
_MARKS = dict.fromkeys(map(ord, "'\u2019\u200b\u2060\ufeff₽$€£₸¥")) | {0x2212: "-"}  # what groups, what is not seen, signs; the true minus
_NAMED = re.compile(r"(?:rub|usd|eur|gbp|kzt|byn|br|cny|руб(?:\.|ль|ля|лей)?|р\.?)$")


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimal places the currency has (ISO 4217): 2 for RUB, 0 for JPY."""
    return get_currency_precision(currency)


def round_minor(value: Decimal) -> int:
    """Half a kopeck goes up, as accountants in both countries expect."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def to_minor(value: Decimal, currency: str) -> int:
    """Major units, such as 12500.50, as minor units of the currency."""
    return round_minor(value.scaleb(exponent(currency)))


def to_major(minor: int, currency: str) -> Decimal:
    """Minor units as an exact Decimal of major units."""
    return Decimal(minor).scaleb(-exponent(currency))


def parse_decimal(text: str, *, comma_groups: bool = False) -> Decimal:
    """Understand '12 500,50', '12,500.50', '12.5k', '12,5 тыс.' and '12 500 руб.'; ValueError when it is no number.

    Any white space may group, also one that does not break or is thin. One comma before exactly three digits is a decimal
    comma, or groups thousands as English does (`comma_groups`). Signs that stand several times group by three: 01.02.2026 is
    no number.
    """
    clean = _NAMED.sub("", "".join(text.lower().translate(_MARKS).split()))
    factor = 1
    if tail := _TAIL.search(clean):
        clean, factor = clean[:tail.start()], _SHORT[tail[1]]
    last = max(clean.rfind(","), clean.rfind("."))
    if "," in clean and "." in clean:
        clean = _joined(clean[:last]) + clean[last:]
    elif clean.count(",") > 1 or clean.count(".") > 1 or (comma_groups and "," in clean and _GROUPED.match(clean)):
        clean = _joined(clean)
    clean = clean.replace(",", ".")
    if not _PLAIN.match(clean):
        raise ValueError(f"{text!r} is no number")
    value = Decimal(clean) if factor == 1 else (Decimal(clean) * factor).normalize()
    if abs(value) >= 10**13:
        raise ValueError(f"{text!r} is out of range")
    return value


def _joined(digits: str) -> str:
    """The digits without the signs between groups of three; as they are, and so no number, when the groups are other ones."""
    return re.sub("[,.]", "", digits) if _GROUPED.match(digits) else digits


def decimals(value: Decimal) -> int:
    """How many decimals were typed, zeros too: 100,000 may be a hundred to one and a hundred thousand to another."""
    found = value.as_tuple().exponent
    return max(-found, 0) if isinstance(found, int) else 0


def parse_whole(text: str) -> int:
    """A whole number with its digits grouped as people do in either language; ValueError for anything else."""
    value = parse_decimal(text, comma_groups=True)
    if value != value.to_integral_value() or "." in text:  # 10.000 is ten to one and ten thousand to another
        raise ValueError(f"{text!r} is no whole number")
    return int(value)


def group(digits: str, separator: str) -> str:
    """Cut an integer's digits into threes."""
    return f"{int(digits):,}".replace(",", separator)


@lru_cache(maxsize=8192)
def format_money(minor: int, currency: str, locale: str, *, cents: bool | None = None) -> str:
    """'1 234 567 ₽' or '$1,234,567'; the minor part is shown when there is one, or as `cents` says."""
    places = exponent(currency)
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**places)
    show = (part != 0) if cents is None else cents
    if not show and part * 2 >= 10**places and places:
        whole += 1  # shown without its minor part a sum is rounded, not cut
    symbol = SIGNS.get(currency, currency)
    tail = f"{part:0{places}d}" if show and places else ""
    if locale == "ru":
        number = group(str(whole), NBSP) + (f",{tail}" if tail else "")
        return f"{sign}{number}{NBSP}{symbol}"
    number = group(str(whole), ",") + (f".{tail}" if tail else "")
    return f"{sign}{symbol}{number}" if len(symbol) == 1 else f"{sign}{symbol}{NBSP}{number}"


@dataclass(frozen=True)
class LineSum:
    """One line reckoned, in minor units: `total` is what the client pays, `vat` the tax inside it."""

    gross: int
    discount: int
    total: int
    vat: int


@dataclass(frozen=True)
class Totals:
    """All lines together, in minor units; `net` is the total without VAT."""

    gross: int
    discount: int
    total: int
    vat: int
    net: int


def line_sum(price: int, quantity: Decimal, discount: Decimal, vat_rate: Decimal | None) -> LineSum:
    """Reckon a line: price in minor units, discount and VAT rate in percent; None means without VAT.

    VAT inside a sum is sum x rate / (100 + rate): article 164, paragraph 4 of the Russian Tax Code.
    """
    gross = round_minor(price * quantity)
    total = round_minor(price * quantity * (100 - discount) / 100)
    vat = round_minor(total * vat_rate / (100 + vat_rate)) if vat_rate else 0
    return LineSum(gross, gross - total, total, vat)


def line_cost(cost: int, quantity: Decimal) -> int:
    """What a line costs us, in minor units: the cost of one unit, without VAT, x quantity."""
    return round_minor(cost * quantity)


@dataclass(frozen=True)
class Margin:
    """What is left of the lines whose cost is known, in minor units without VAT; `unknown` lines have no cost and are left out."""

    cost: int
    net: int
    unknown: int

    @property
    def margin(self) -> int:
        """The net sum of these lines less their cost."""
        return self.net - self.cost

    @property
    def percent(self) -> Decimal | None:
        """The margin in percent of the net sum, rounded half up to a tenth; None when they are given away."""
        return (Decimal(self.margin) * 100 / self.net).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.net else None


def margin(lines: Iterable[tuple[LineSum, int | None]]) -> Margin | None:
    """The margin of reckoned lines with what each costs us; None when no cost is known."""
    cost = net = unknown = known = 0
    for line, its_cost in lines:
        if its_cost is None:
            unknown += 1
            continue
        known += 1
        cost += its_cost
        net += line.total - line.vat
    return Margin(cost, net, unknown) if known else None


def totals(lines: Iterable[LineSum]) -> Totals:
    """Sum reckoned lines; nothing is rounded a second time."""
    gross = discount = total = vat = 0
    for line in lines:
        gross += line.gross
        discount += line.discount
        total += line.total
        vat += line.vat
    return Totals(gross, discount, total, vat, total - vat)
