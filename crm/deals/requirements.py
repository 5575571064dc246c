"""What must be there before a deal enters a stage. A stage names codes; each code has its check here.

Features above (documents) bring the checks of their own codes with `add` when the program starts; a code
without a check asks for nothing, so a part that is switched off holds nobody up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.deals.models import Deal

Check = Callable[[Deal], bool]


@dataclass(frozen=True)
class Requirement:
    """One thing that may be asked for. `place` names where a person fills it in.

    Places: 'dialog' (of the move), 'deal' (the deal's form), 'company', 'products', 'documents', 'payments'.
    """

    code: str
    label: LazyString
    place: str


REQUIREMENTS = {requirement.code: requirement for requirement in (
    Requirement("amount", _l("the amount"), "dialog"),
    Requirement("company", _l("the company"), "deal"),
    Requirement("contact", _l("the contact person"), "deal"),
    Requirement("requisites", _l("the company details"), "company"),
    Requirement("products", _l("the products"), "products"),
    Requirement("document_quote", _l("a quote"), "documents"),
    Requirement("document_contract", _l("a contract"), "documents"),
    Requirement("contract_agreed", _l("the lawyer's consent to the contract"), "documents"),
    Requirement("contract_signed", _l("the signed contract"), "documents"),
    Requirement("prepaid", _l("the prepayment"), "payments"),
    Requirement("invoice_paid", _l("paid invoices"), "payments"),
    Requirement("paid", _l("payment in full"), "payments"),
    Requirement("expected_on", _l("the expected decision date"), "dialog"),
)}
_checks: dict[str, Check] = {}


def add(code: str, check: Check) -> None:
    """Say how to find out whether a deal has what `code` asks for. KeyError for an unknown code."""
    _checks[REQUIREMENTS[code].code] = check


def missing(deal: Deal, codes: Iterable[str]) -> list[Requirement]:
    """Which of the asked things the deal lacks, in the order of REQUIREMENTS; unknown codes are ignored."""
    asked = set(codes)
    return [requirement for code, requirement in REQUIREMENTS.items()
            if code in asked and code in _checks and not _checks[code](deal)]


def _has_requisites(deal: Deal) -> bool:
    company = deal.company
    return company is not None and bool(company.inn or company.vat_id)


add("amount", lambda deal: deal.amount > 0)
add("company", lambda deal: deal.company_id is not None)
add("contact", lambda deal: deal.contact_id is not None or bool(deal.people))
add("requisites", _has_requisites)
add("products", lambda deal: bool(deal.lines))
add("expected_on", lambda deal: deal.expected_on is not None)
