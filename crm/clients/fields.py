"""The fields of the two cards: their names in the reader's language and their values as people read them."""

from typing import Any

from flask_babel import lazy_gettext as _l

from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core.db import db

PERSON = {
    "surname": _l("Surname"), "given_name": _l("Given name"), "patronymic": _l("Middle name"), "job": _l("Job"),
    "company": _l("Company"), "birthday": _l("Birthday"), "source": _l("Source"), "needs": _l("Pains and wishes"),
    "address": _l("Address"), "passport": _l("Passport"), "inn": _l("INN"),
    "comment": _l("Comment"), "manager": _l("Manager"), "channels": _l("Contact details"),
}
COMPANY = {
    "name": _l("Name"), "legal_name": _l("Legal name"), "kind": _l("Kind"), "industry": _l("Industry"),
    "city": _l("City"), "website": _l("Website"), "inn": _l("INN"), "kpp": _l("KPP"), "ogrn": _l("OGRN"),
    "vat_id": _l("VAT number"), "legal_address": _l("Legal address"), "postal_address": _l("Postal address"),
    "signatory_name": _l("Signatory"), "signatory_job": _l("Signatory's job"),
    "signatory_basis": _l("Acts on the basis of"), "signatory_name_genitive": _l("Signatory in the genitive"),
    "signatory_job_genitive": _l("Job in the genitive"), "signatory_basis_genitive": _l("Basis in the genitive"),
    "source": _l("Source"), "comment": _l("Comment"), "manager": _l("Manager"), "channels": _l("Contact details"),
    "accounts": _l("Bank accounts"),
}
LABELS = {**PERSON, **COMPANY}
OUTCOMES = {  # how a call ended
    "talked": _l("Talked"),
    "no_answer": _l("No answer"),
    "call_later": _l("Asked to call later"),
    "refused": _l("Refused to talk"),
}
COMPANY_KINDS = {"company": _l("Company"), "entrepreneur": _l("Sole trader")}
BANK = ("bic", "bank", "account", "corr_account")
BANK_LABELS = {"bic": _l("BIC"), "bank": _l("Bank"), "account": _l("Account number"),
               "corr_account": _l("Correspondent account")}


def shown(card: Contact | Company) -> dict[str, Any]:
    """The card's present values by field, people and companies by their names, rows as one text each."""
    names = PERSON if isinstance(card, Contact) else COMPANY
    rows = {name: getattr(card, name) for name in names if name not in ("company", "manager", "channels", "accounts")}
    manager = db.session.get(User, card.manager_id) if card.manager_id else None  # may have been changed just now
    rows["manager"] = manager.name if manager else ""
    rows["channels"] = channels_text((row.kind, row.typed) for row in card.channels)
    if isinstance(card, Contact):
        rows["company"] = card.company.title if card.company else ""
    else:
        rows["accounts"] = accounts_text({name: getattr(row, name) for name in BANK} for row in card.accounts)
    return {name: rows[name] for name in names}


def channels_text(rows: Any) -> str:
    """Rows of (kind, typed) as one text."""
    return ", ".join(typed for _kind, typed in rows)


def accounts_text(rows: Any) -> str:
    """Bank accounts as one text, a line each."""
    return "\n".join(" ".join(part for part in (row["account"], row["bank"], row["bic"], row["corr_account"]) if part)
                     for row in rows)
