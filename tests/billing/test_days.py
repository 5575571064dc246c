"""Days of invoices, payments and terms that nobody means."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from lxml import html

from crm.billing.models import DealTerms, Payment
from crm.core import dates
from crm.core.db import db
from crm.documents.models import Document
from tests.billing.scene import committed
from tests.cast import Cast, sign_in

PAYMENT = {"amount": "100", "paid_on": "2026-01-20", "way": "cash"}
INVOICE = {"kind": "invoice", "locale": "ru", "part": "percent", "percent": "10"}
HALF = {"kind": "own", "version": "0", "percent_0": "50"}


@pytest.mark.parametrize(("who", "place", "typed", "field"), [
    ("accountant", "payments/new", {**PAYMENT, "paid_on": "1900-01-20"}, "paid_on"),
    ("accountant", "payments/new", {**PAYMENT, "paid_on": "1999-12-31"}, "paid_on"),
    ("boris", "documents", {**INVOICE, "dated": "1900-05-05"}, "dated"),
    ("boris", "documents", {**INVOICE, "dated": "2099-05-05"}, "dated"),
    ("boris", "documents", {**INVOICE, "valid_until": "2099-05-05"}, "valid_until"),
    ("boris", "terms", {**HALF, "due_0": "2099-05-05", "days_1": "5"}, "due_0"),
    ("boris", "terms", {**HALF, "due_0": "1900-05-05", "days_1": "5"}, "due_0"),
    ("boris", "terms", {**HALF, "days_1": "5", "shipped_on": "1900-05-05"}, "shipped_on"),
    ("boris", "terms", {"kind": "instalments", "version": "0", "parts": "3", "first_on": "2099-05-05"}, "first_on")])
def test_a_day_that_nobody_means_is_refused_at_its_field(
        app: Flask, cast: Cast, who: str, place: str, typed: dict[str, str], field: str) -> None:
    deal_id, _invoice = committed(app, cast)
    answer = sign_in(app, who).post(f"/deals/{deal_id}/{place}", data=typed)
    assert answer.status_code == 422
    assert "Type a day from 1 Jan 2000 to" in html.fromstring(answer.text).get_element_by_id(f"{field}-error").text_content()
    with app.app_context():
        assert [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Payment, Document, DealTerms)] == [0, 1, 0]


def test_the_wizard_says_so_before_it_makes_anything(app: Flask, cast: Cast) -> None:
    deal_id, _invoice = committed(app, cast)
    page = html.fromstring(sign_in(app, "boris").get(f"/deals/{deal_id}/documents/new?kind=invoice&dated=2099-05-05").text)
    assert "Type a day from" in page.get_element_by_id("dated-error").text_content()
    assert page.get_element_by_id("dated").getparent().xpath("ancestor::details/@open") != []


def test_an_invoice_of_the_coming_months_and_a_payment_of_years_ago_are_taken(app: Flask, cast: Cast) -> None:
    deal_id, _invoice = committed(app, cast)
    soon = dates.today() + dt.timedelta(days=300)
    made = sign_in(app, "boris").post(f"/deals/{deal_id}/documents", data={
        **INVOICE, "dated": soon.isoformat(), "valid_until": (soon + dt.timedelta(days=700)).isoformat()})
    paid = sign_in(app, "accountant").post(f"/deals/{deal_id}/payments/new", data={**PAYMENT, "paid_on": "2009-03-01"})
    assert (made.status_code, paid.status_code) == (303, 303)
