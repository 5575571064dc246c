"""Figures as papers write them: sums with two decimals, quantities without idle zeros, VAT in a sentence."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

NBSP = "\u00a0"
_TOO_LONG = 10**15  # no sum of a paper; a Decimal holds 28 digits


def _grouped(whole: int, part: str, lang: str) -> str:
    if lang == "ru":
        return f"{whole:,}".replace(",", NBSP) + (f",{part}" if part else "")
    return f"{whole:,}" + (f".{part}" if part else "")


def money_plain(minor: int, lang: str = "ru", places: int = 2) -> str:
    """Minor units as '1 234 567,50' with no-break spaces, or '1,234,567.50'; `places` are the decimals."""
    whole, part = divmod(abs(minor), 10**places)
    return ("-" if minor < 0 else "") + _grouped(whole, f"{part:0{places}d}" if places else "", lang)


def quantity_plain(quantity: Decimal, lang: str = "ru") -> str:
    """A quantity or percent as written: '2', '1 000', '2,5' or '2.5'; zeros after the point are dropped."""
    whole, _point, part = f"{abs(quantity):f}".partition(".")
    return ("-" if quantity < 0 else "") + _grouped(int(whole), part.rstrip("0"), lang)


def reckoned_plain(number: Any, lang: str, places: int = 2) -> Any:
    """What a calculation came to: '4 401,10', '4,401.10' or '12', rounded half up to at most `places` decimals.

    Whole counts and what is no number stay as they are.
    """
    if not isinstance(number, float | Decimal) or not math.isfinite(number):
        return number
    exact = Decimal(str(number))
    if abs(exact) >= _TOO_LONG:
        return number
    minor = int(exact.scaleb(places).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    whole = minor % 10**places == 0
    return money_plain(minor // 10**places if whole else minor, lang, 0 if whole else places)


def rate_plain(rate: Decimal | None, lang: str = "ru") -> str:
    """A VAT rate in percent: '22 %' or '22%'; None is 'Без НДС' or 'No VAT'."""
    if rate is None:
        return "Без НДС" if lang == "ru" else "No VAT"
    number = quantity_plain(rate, lang)
    return f"{number}{NBSP}%" if lang == "ru" else f"{number}%"


def vat_sentence(vat: int, rates: Sequence[Decimal | None], lang: str = "ru", *, sign: str = "руб.",
                 places: int = 2, ground: str = "") -> str:
    """What stands under the total: 'в том числе НДС 22 % — 1 234,50 руб.', 'Без НДС', 'including VAT …'.

    `vat` in minor units; `rates` are those of the lines, in percent, None without VAT. One rate is named;
    several are not, as their sums differ. `ground` is why there is none. `sign` follows the sum in Russian and goes before it in English.
    """
    taxed = {rate for rate in rates if rate is not None}
    if not taxed:
        return f"{rate_plain(None, lang)} ({ground})" if ground else rate_plain(None, lang)
    named = f" {rate_plain(next(iter(taxed)), lang)}" if len(taxed) == 1 and None not in rates else ""
    if lang == "ru":
        return f"в том числе НДС{named} — {money_plain(vat, lang, places)}{NBSP}{sign}".rstrip()
    gap = "" if len(sign) == 1 else NBSP
    return f"including VAT{' at' + named if named else ''}: {sign}{gap}{money_plain(vat, lang, places)}"
