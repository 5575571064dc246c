"""Invented company details that pass their control digits: the same seed gives the same number.

The numbers look real and some of them may be: they are for a company marked as a demo, never for papers.
Banks are real ones, as their BIC and correspondent accounts are public and the accounts must fit them.
"""

import random
from dataclasses import dataclass

from crm.core import requisites

REGIONS = ("77", "78", "50", "16", "54", "66", "23", "52", "63", "61")


@dataclass(frozen=True)
class Bank:
    """A bank's BIC, its correspondent account and its name in both languages."""

    bic: str
    corr_account: str
    name_ru: str
    name_en: str


BANKS = (
    Bank("044525225", "30101810400000000225", "ПАО Сбербанк", "Sberbank"),
    Bank("044525187", "30101810700000000187", "Банк ВТБ (ПАО)", "VTB Bank"),
    Bank("044525593", "30101810200000000593", "АО «Альфа-Банк»", "Alfa-Bank"),
    Bank("044525974", "30101810145250000974", "АО «ТБанк»", "T-Bank"),
    Bank("044525823", "30101810200000000823", "Банк ГПБ (АО)", "Gazprombank"),
    Bank("044525104", "30101810745374525104", "ООО «Банк Точка»", "Tochka Bank"),
)

FOREIGN_BANKS = {
    "GB": (("Barclays", "BARCGB22", "BARC"), ("Lloyds Bank", "LOYDGB21", "LOYD"), ("NatWest", "NWBKGB2L", "NWBK")),
    "DE": (("Commerzbank", "COBADEFF", ""), ("Deutsche Bank", "DEUTDEFF", "")),
}  # name, SWIFT code, what an IBAN of the bank begins with


def make_foreign_bank(country: str, seed: int | str) -> tuple[str, str, str]:
    """One of FOREIGN_BANKS of the country; KeyError for another."""
    return _random("bank", seed).choice(FOREIGN_BANKS[country])


def _random(kind: str, seed: int | str) -> random.Random:
    return random.Random(f"{kind}:{seed}")  # noqa: S311  demo data, nothing secret


def _digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choice("0123456789") for _place in range(count))


def make_inn(digits: int, seed: int | str, region: str = "") -> str:
    """A valid INN of 10 digits (company) or 12 (person), of a region when its two digits are given.

    ValueError for another length.
    """
    if digits not in (10, 12):
        raise ValueError("an INN has 10 or 12 digits")
    dice = _random("inn", seed)
    body = (region or dice.choice(REGIONS)) + _digits(dice, 7 if digits == 10 else 8)
    return body + requisites.inn_control(body)


def make_kpp(inn: str) -> str:
    """The KPP of a company at its own place: the tax office's four digits of the INN, 01, 001."""
    return inn[:4] + "01001"


def make_ogrn(seed: int | str, region: str = "") -> str:
    """A valid OGRN: kind 1, year 02 to 25, region, record, control digit."""
    dice = _random("ogrn", seed)
    body = f"1{dice.randint(2, 25):02d}{region or dice.choice(REGIONS)}{_digits(dice, 7)}"
    return body + requisites.ogrn_control(body)


def make_ogrnip(seed: int | str, region: str = "") -> str:
    """A valid OGRNIP: kind 3, year 04 to 25, region, record, control digit."""
    dice = _random("ogrnip", seed)
    body = f"3{dice.randint(4, 25):02d}{region or dice.choice(REGIONS)}{_digits(dice, 9)}"
    return body + requisites.ogrn_control(body)


def make_bank(seed: int | str) -> Bank:
    """One of BANKS."""
    return _random("bank", seed).choice(BANKS)


def make_account(bic: str, seed: int | str, *, person: bool = False) -> str:
    """A valid rouble account at the bank: 40702… of a company, 40802… of a sole trader."""
    dice = _random("account", seed)
    head, tail = ("40802810" if person else "40702810"), f"0000{_digits(dice, 7)}"
    prefix = requisites.account_prefix(bic)
    # The control digit stands ninth, with weight 3: exactly one of the ten fits.
    return next(number for key in "0123456789"
                if requisites.account_sum(prefix, number := f"{head}{key}{tail}") == 0)


def make_iban(country: str, seed: int | str, bank: str = "") -> str:
    """A valid IBAN for a country of requisites.IBAN_LENGTHS; KeyError for another.

    `bank` is what the account begins with, such as the four letters of a British bank.
    """
    body = bank + _digits(_random("iban", seed), requisites.IBAN_LENGTHS[country] - 4 - len(bank))
    control = 98 - requisites.iban_remainder(f"{country}00{body}")
    return f"{country}{control:02d}{body}"


def make_vat_id(seed: int | str, country: str = "DE") -> str:
    """A German or British VAT id by its shape: two letters and nine digits."""
    return f"{country}{_random('vat', seed).randint(100_000_000, 999_999_999)}"
