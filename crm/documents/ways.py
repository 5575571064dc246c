"""The ways in which clients pay, and which of them the page of an invoice offers.

What the owner has settled stands on the company's own row, see `crm/billing/rules.py`.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape

from crm.accounts.queries import the_organization
from crm.core import modules, money
from crm.documents import qr
from crm.documents.catalogue import thaw
from crm.documents.models import Document
from crm.documents.paying import INVOICE
from crm.documents.words.money import money_plain

PAY_LINK = "pay_link"  # the page for cards as it stands on the paper
TRANSFER, CARD, CASH, QR = "transfer", "card", "cash", "qr"
WAYS = {TRANSFER: _l("Bank transfer"), CARD: _l("Card"), CASH: _l("Cash"), QR: _l("QR code")}
HOLES = re.compile(r"\{(number|sum|currency)\}")  # what is put into the address of the owner's page for cards
OFFERED = (TRANSFER, QR)  # when the owner has not said otherwise
REQUISITES = {"legal_name": _l("Recipient"), "inn": _l("INN"), "kpp": _l("KPP"), "account": _l("Account number"), "bank": _l("Bank"),
              "bic": _l("BIC"), "corr_account": _l("Correspondent account"), "vat_id": _l("VAT number")}


@dataclass(frozen=True)
class Paying:
    """How the client may pay what is left of an invoice. `requisites`: (label, text) of a transfer; `qr`: a picture as an address."""

    left: int
    requisites: Sequence[tuple[Any, str]]
    purpose: str
    qr: str
    card: str
    cash: str

    @property
    def any(self) -> bool:
        """Whether there is any way to show."""
        return bool(self.requisites or self.qr or self.card or self.cash)


def paying(document: Document) -> Paying | None:
    """The ways for the page of an invoice in force; None for other papers, and while payments are switched off."""
    if document.kind != INVOICE or document.cancelled_at is not None or not modules.on("payments"):
        return None
    left = max(document.amount - document.paid, 0)
    company, text = document.context.get("company", {}), _of_left(document, left)
    return Paying(left, requisites(company) if offers(TRANSFER) else (), _purpose(document, text),
                  _drawn(text) if offers(QR) and text and left else "",
                  card_link(document.numbered, left, document.currency) if left else "",
                  str(company.get("address", "")) if offers(CASH) else "")


def on_page(paper: str, document: Document, pay: Paying | None) -> str:
    """The paper as the client's page shows it: without the code, which the page has itself, and its link asks for what is left, too."""
    if pay is None:
        return paper
    printed, shown = document.context.get(PAY_LINK), qr.without(paper)
    return shown.replace(escape(printed), escape(pay.card or "—")) if printed else shown


def offers(way: str) -> bool:
    """Whether the owner lets clients pay like that; while payments are switched off the usual ways count."""
    return way in (the_organization().billing.get("ways", OFFERED) if modules.on("payments") else OFFERED)


def requisites(company: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """Ours as they stood when the invoice was made; without an account there is nothing to pay to."""
    return [(label, str(company[name])) for name, label in REQUISITES.items() if company.get(name)] if company.get("account") else []


def card_link(number: str, left: int, currency: str) -> str:
    """The owner's page for cards with the number and the sum put in, where cards are taken; the sum in major units with a point."""
    pattern = the_organization().billing.get("card_link", "") if offers(CARD) else ""
    values = {"number": number, "sum": str(money.to_major(left, currency)), "currency": currency}
    return HOLES.sub(lambda hole: quote(values[hole[1]], safe=""), pattern)


def _purpose(document: Document, text: str) -> str:
    """What to write into the payment, as the code says it."""
    found = re.search(r"\|Purpose=([^|]*)", text)
    return found[1] if found else _("Payment of invoice No. %(number)s of %(date)s", number=document.numbered,
                                    date=document.context.get("document", {}).get("date", ""))


def _of_left(document: Document, left: int) -> str:
    """What the payment code says, of what is left: its sum, and of the VAT that it names the same part."""
    text = re.sub(r"\|Sum=\d+", f"|Sum={left}", document.context.get(qr.TEXT, ""))
    vat = thaw(document.context.get("deal", {})).get("vat_number")
    if not vat or not document.paid:
        return text
    whole = money.to_minor(vat, document.currency)
    part = money.round_minor(Decimal(whole) * left / document.amount)
    said, now = (" ".join(money_plain(minor).split()) for minor in (whole, part))
    return text.replace(f" {said} ", f" {now} ")


def _drawn(text: str) -> str:
    """The payment code as an address of a picture."""
    png = qr.picture(text, "").data
    return "data:image/png;base64," + base64.b64encode(png).decode()
