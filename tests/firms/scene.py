"""A second company of ours, an entrepreneur without VAT, beside the first one."""

from typing import Any

from flask import Flask

from crm.accounts.models import User
from crm.core.db import db
from crm.firms import operations
from crm.firms.models import Firm
from tests.cast import Cast

TRADER: dict[str, Any] = {
    "name": "ИП Орлова", "legal_name": "Индивидуальный предприниматель Орлова Марина Викторовна", "inn": "500100732259",
    "ogrn": "304500116000157", "address": "141400, г. Химки, ул. Мира, д. 1", "phone": "+7 495 765-43-21", "email": "ip@test.example",
    "bank": "АО «Т-Банк»", "bic": "044525974", "account": "40802810400001234567", "corr_account": "30101810145250000974",
    "signatory_name": "Орлова Марина Викторовна", "signatory_job": "Индивидуальный предприниматель", "signatory_basis": "свидетельство",
    "vat_rate": None, "vat_ground": "п. 1 ст. 145 НК РФ"}
SECOND_BANK = {"bank": "ПАО Сбербанк", "bic": "044525225", "account": "40802810938000054321", "corr_account": "30101810400000000225"}


def make_trader(cast: Cast, **fields: Any) -> Firm:
    """The entrepreneur; flushed, in the present context."""
    return operations.add_firm(actor=db.session.get_one(User, cast.owner), **{**TRADER, **fields})


def committed_trader(app: Flask, cast: Cast, **fields: Any) -> int:
    """Their id, committed, for tests of pages."""
    with app.app_context():
        firm = make_trader(cast, **fields)
        db.session.commit()
        return firm.id
