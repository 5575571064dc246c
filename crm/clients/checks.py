"""Company details with what their control digits say: for the card, and while somebody types."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm.clients import fields
from crm.clients.models import BankAccount, Company
from crm.core import requisites

# names of inputs in the form's rows of bank accounts -> kinds of check
TYPED = {"inn": "inn", "kpp": "kpp", "ogrn": "ogrn", "vat_id": "vat_id", "bank_bic": "bic", "bic": "bic",
         "bank_account": "account", "account": "account", "bank_corr": "corr_account", "corr_account": "corr_account"}


@dataclass(frozen=True)
class Detail:
    """A number of the card; `ok` is None when nothing could be checked, `problem` a sentence when it is wrong."""

    label: str
    value: str
    ok: bool | None
    problem: str = ""


def check(kind: str, text: str, bank: str = "") -> Detail:
    """One number; nothing typed is neither right nor wrong. Foreign shapes (IBAN, SWIFT) are known too."""
    value = requisites.clean(text)
    if not value or kind not in requisites.KINDS:
        return Detail("", value, None)
    if kind in ("bic", "corr_account", "account") and not value.isdecimal():
        if kind != "account":
            return Detail("", value, None)
        kind = "iban"
    elif kind in ("account", "corr_account") and not requisites.clean(bank).isdecimal():
        return Detail("", value, None)
    elif kind == "ogrn" and len(value) == 15:
        kind = "ogrnip"
    found = requisites.check(kind, value, bank=bank)
    return Detail("", found.value, found.ok, requisites.message(found.problem, kind))


def typed(field: str, args: Mapping[str, str]) -> Detail:
    """The number of an input that asks for its check: its text is `value` or stands under its own name."""
    kind = TYPED.get(field, "")
    text = args.get("value", args.get(field, ""))
    return check(kind, text[:100], args.get("bank_bic", args.get("bic", ""))[:100])


def details(company: Company) -> list[Detail]:
    """The numbers of a company's card that are filled, each with its check."""
    names = ("inn", "kpp", "ogrn", "vat_id")
    return [_labelled(str(fields.COMPANY[name]), check(name, getattr(company, name)))
            for name in names if getattr(company, name)]


def _labelled(label: str, found: Detail) -> Detail:
    return Detail(label, found.value, found.ok, found.problem)


def bank_details(row: BankAccount) -> list[Detail]:
    """The numbers of one bank account, each with its check."""
    return [_labelled(str(label), check(kind, text, row.bic)) for kind, text, label in (
        ("bic", row.bic, fields.BANK_LABELS["bic"]),
        ("account", row.account, fields.BANK_LABELS["account"]),
        ("corr_account", row.corr_account, fields.BANK_LABELS["corr_account"])) if text]
