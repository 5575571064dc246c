"""Company details: control digits and shapes, checked as they are typed.

Each check takes the text as typed, drops spaces and dashes and answers with a `Check`. A wrong number is
something to warn about, never to block on: treasuries and foreign companies have numbers of other shapes.
Russian terms: INN tax number, KPP code of the reason for registration, OGRN and OGRNIP state registration
numbers of a company and of a sole trader, BIC (BIK) the bank's code within Russia.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

# Cyrillic capitals that look like Latin ones, as typed by a hand on the wrong layout.
_LATIN_TWINS = str.maketrans("АВЕКМНОРСТХУ", "ABEKMHOPCTXY")
_NOISE = re.compile(r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u2212\ufeff_-]+")

_INN10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_ACCOUNT = (7, 1, 3)

# Lengths by the SWIFT IBAN Registry (ISO 13616): countries a small business is likely to pay to.
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27,
    "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24,
    "RS": 22, "RU": 33, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29,
    "VA": 22, "VG": 24, "XK": 20,
}

# Shapes by the European Commission's VIES questions and answers; Great Britain and Switzerland beside them.
VAT_SHAPES = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}",
    "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z\d]\d{7}[A-Z\d]",
    "FI": r"\d{8}", "FR": r"[A-HJ-NP-Z\d]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}",
    "IE": r"\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W]", "IT": r"\d{11}", "LT": r"\d{9}|\d{12}", "LU": r"\d{8}",
    "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"[A-Z\d+*]{9}B\d{2}", "PL": r"\d{10}", "PT": r"\d{9}",
    "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}",
    "XI": r"\d{9}|\d{12}|(GD|HA)\d{3}", "GB": r"\d{9}|\d{12}|(GD|HA)\d{3}", "CHE": r"\d{9}(MWST|TVA|IVA)?",
}


@dataclass(frozen=True)
class Check:
    """`value` is the number without spaces and dashes; `problem` a code that `message` explains, or empty."""

    ok: bool
    value: str
    problem: str = ""


def clean(text: str | None) -> str:
    """The typed text in capitals, without spaces, dashes, invisible signs; full-width digits made plain."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text or "")).upper()


def _weighted(digits: str, weights: tuple[int, ...]) -> str:
    """The control digit of an INN: the weighted sum modulo 11, of that the last digit."""
    return str(sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10)


def inn_control(digits: str) -> str:
    """The control digit of the first 9 digits of a company's INN, or both of the first 10 of a person's.

    Source: structure by the Federal Tax Service's order MMV-7-6/435@ of 29.06.2012; weights as published for
    programs that exchange with the tax office, proved on public numbers in the tests.
    """
    if len(digits) == 9:
        return _weighted(digits, _INN10)
    first = _weighted(digits, _INN11)
    return first + _weighted(digits + first, _INN12)


def ogrn_control(digits: str) -> str:
    """The control digit of 12 digits of an OGRN (modulo 11) or 14 of an OGRNIP (modulo 13).

    Source: order of the Ministry of Finance 165n of 30.10.2017, form of the state registration number.
    """
    return str(int(digits) % (len(digits) - 1) % 10)


def account_sum(prefix: str, account: str) -> int:
    """0 when a 20-digit account is the bank's: weights 7, 1, 3 over the bank's three digits and the account.

    Source: Bank of Russia, order of reckoning the control key of an account, 515 of 08.09.1997.
    """
    return sum(int(digit) * _ACCOUNT[place % 3] for place, digit in enumerate(prefix + account)) % 10


def _digits(value: str, *lengths: int) -> Check | None:
    if not value:
        return Check(False, value, "empty")
    if not (value.isascii() and value.isdigit()):
        return Check(False, value, "chars")
    return None if len(value) in lengths else Check(False, value, "length")


def inn(text: str | None) -> Check:
    """10 digits for a company, 12 for a person; the first two are the region, so never 00."""
    value = clean(text)
    if wrong := _digits(value, 10, 12):
        return wrong
    if value.startswith("00"):
        return Check(False, value, "form")
    body = 9 if len(value) == 10 else 10
    ok = inn_control(value[:body]) == value[body:]
    return Check(ok, value, "" if ok else "digit")


def kpp(text: str | None) -> Check:
    """4 digits of the tax office, 2 digits or Latin capitals of the reason, 3 of the order.

    Source: order of the Federal Tax Service MMV-7-6/435@ of 29.06.2012.
    """
    value = clean(text).translate(_LATIN_TWINS)
    if not value:
        return Check(False, value, "empty")
    if len(value) != 9:
        return Check(False, value, "length")
    ok = bool(re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", value))
    return Check(ok, value, "" if ok else "chars")


def _registration(text: str | None, length: int, first: str) -> Check:
    value = clean(text)
    if wrong := _digits(value, length):
        return wrong
    if value[0] not in first:
        return Check(False, value, "form")
    ok = ogrn_control(value[:-1]) == value[-1]
    return Check(ok, value, "" if ok else "digit")


def ogrn(text: str | None) -> Check:
    """13 digits that begin with 1 or 5, the last one a control digit."""
    return _registration(text, 13, "15")


def ogrnip(text: str | None) -> Check:
    """15 digits that begin with 3, the last one a control digit."""
    return _registration(text, 15, "3")


def bic(text: str | None) -> Check:
    """9 digits that begin with 04, or 00, 01, 02 for the Bank of Russia, treasuries and its other clients.

    Source: Bank of Russia regulation 732-P of 24.09.2020 on its payment system, the bank identification code.
    """
    value = clean(text)
    if wrong := _digits(value, 9):
        return wrong
    ok = value[:2] in ("00", "01", "02", "04")
    return Check(ok, value, "" if ok else "form")


def _against_bank(text: str | None, bank: str | None, prefix: Callable[[str], str]) -> Check:
    value = clean(text)
    if wrong := _digits(value, 20):
        return wrong
    code = bic(bank)
    if not code.ok:
        return Check(False, value, "bank")
    ok = account_sum(prefix(code.value), value) == 0
    return Check(ok, value, "" if ok else "digit")


def account_prefix(bank: str) -> str:
    """Three digits that open the reckoning: the bank's own, or "0" and the region at the Bank of Russia."""
    at_bank_of_russia = bank[-3:] in ("000", "001", "002") or not bank.startswith("04")
    return "0" + bank[4:6] if at_bank_of_russia else bank[-3:]


def account(text: str | None, bank: str | None) -> Check:
    """A settlement account of 20 digits against the bank's BIC; 'bank' when the BIC itself is wrong."""
    return _against_bank(text, bank, account_prefix)


def corr_account(text: str | None, bank: str | None) -> Check:
    """The bank's account at the Bank of Russia; one in 301 ends with the last three digits of the BIC."""
    check = _against_bank(text, bank, lambda code: "0" + code[4:6])
    foreign = check.value.startswith("301") and check.value[-3:] != clean(bank)[-3:]
    return Check(False, check.value, "other_bank") if check.ok and foreign else check


def iban(text: str | None) -> Check:
    """Country, two control digits, letters and digits; the whole is 1 modulo 97 (ISO 13616, ISO 7064)."""
    value = clean(text).translate(_LATIN_TWINS)
    if not value:
        return Check(False, value, "empty")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", value):
        return Check(False, value, "chars")
    known = IBAN_LENGTHS.get(value[:2])
    if (known and len(value) != known) or not 15 <= len(value) <= 34:
        return Check(False, value, "length")
    ok = iban_remainder(value) == 1
    return Check(ok, value, "" if ok else "digit")


def iban_remainder(value: str) -> int:
    """The number read with its first four signs at the end and letters as 10 to 35, modulo 97."""
    return int("".join(str(int(sign, 36)) for sign in value[4:] + value[:4])) % 97


def vat_id(text: str | None) -> Check:
    """The country's letters (EL for Greece) and its shape; control digits differ by country, not reckoned."""
    value = re.sub(r"[./]", "", clean(text)).translate(_LATIN_TWINS)
    if not value:
        return Check(False, value, "empty")
    if value.startswith("GR"):
        value = "EL" + value[2:]
    country = "CHE" if value.startswith("CHE") else value[:2]
    shape = VAT_SHAPES.get(country)
    if shape is None:
        return Check(False, value, "country")
    ok = bool(re.fullmatch(shape, value[len(country):], re.ASCII))
    return Check(ok, value, "" if ok else "form")


_BY_ITSELF: dict[str, Callable[[str | None], Check]] = {
    "inn": inn, "kpp": kpp, "ogrn": ogrn, "ogrnip": ogrnip, "bic": bic, "iban": iban, "vat_id": vat_id}
_BY_BANK: dict[str, Callable[[str | None, str | None], Check]] = {
    "account": account, "corr_account": corr_account}
KINDS = (*_BY_ITSELF, *_BY_BANK)


def check(kind: str, text: str | None, *, bank: str | None = None) -> Check:
    """The check named by `kind` (one of KINDS); `bank` is the BIC that accounts are checked against."""
    if kind in _BY_BANK:
        return _BY_BANK[kind](text, bank)
    return _BY_ITSELF[kind](text)


_NAMES = {
    "inn": _l("INN"), "kpp": _l("KPP"), "ogrn": _l("OGRN"), "ogrnip": _l("OGRNIP"), "bic": _l("BIC"),
    "account": _l("Account number"), "corr_account": _l("Correspondent account"), "iban": _l("IBAN"),
    "vat_id": _l("VAT number"),
}
_LENGTH = {
    "inn": _l("An INN has 10 digits for a company and 12 for a sole trader. Count them and type it again."),
    "kpp": _l("A KPP has 9 characters. Count them and type it again."),
    "ogrn": _l("An OGRN has 13 digits. Count them and type it again."),
    "ogrnip": _l("An OGRNIP has 15 digits. Count them and type it again."),
    "bic": _l("A BIC has 9 digits. Count them and type it again."),
    "account": _l("An account number has 20 digits. Count them and type it again."),
    "corr_account": _l("A correspondent account has 20 digits. Count them and type it again."),
    "iban": _l("This IBAN is too long or too short for its country. Compare it with the invoice."),
}
_FORM = {
    "inn": _l("An INN does not begin with 00. Compare it with the papers."),
    "ogrn": _l("An OGRN begins with 1 or 5. A sole trader's number goes into the OGRNIP field."),
    "ogrnip": _l("An OGRNIP begins with 3. A company's number goes into the OGRN field."),
    "bic": _l("The BIC of a Russian bank begins with 04. Compare it with the papers."),
    "vat_id": _l("VAT numbers of this country look different. Compare it with the papers."),
}
_DIGIT = {
    "account": _l("This account does not fit the BIC. Check the digits of both."),
    "corr_account": _l("This account does not fit the BIC. Check the digits of both."),
}
_COMMON = {
    "empty": _l("%(name)s is empty. Fill it in, or leave it until the client sends the details."),
    "chars": _l("%(name)s contains a character that does not belong there. Type it again without words."),
    "digit": _l("%(name)s does not add up: a digit is wrong. Compare it with the papers."),
    "bank": _l("Fill in a correct BIC first: the account is checked against it."),
    "other_bank": _l("The last three digits differ from those of the BIC. Check which bank it is."),
    "country": _l("Begin with the two letters of the country, for example DE123456789."),
}


def message(code: str, kind: str) -> str:
    """A sentence in the reader's language that says what to do about problem `code` of a number of `kind`.

    An empty code gives an empty sentence. Needs an application context, as any translated text.
    """
    if not code:
        return ""
    own = {"length": _LENGTH, "form": _FORM, "digit": _DIGIT}.get(code, {})
    if kind in own:
        return str(own[kind])
    return str(_COMMON.get(code, _COMMON["digit"])) % {"name": _NAMES[kind]}
