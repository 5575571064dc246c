"""Payment terms of one's own: rows that answer one question twice, and as many of them as terms can have."""

import pytest
import sqlalchemy as sa
from flask import Flask
from lxml import html

from crm.billing.models import PlannedPayment
from crm.core.db import db
from tests.billing.scene import committed
from tests.cast import Cast, sign_in

OWN = {"kind": "own", "version": "0", "days_1": "10"}


@pytest.mark.parametrize(("typed", "field", "said"), [
    ({"percent_0": "50", "amount_0": "100"}, "amount_0", "Type a percent or a sum, not both"),
    ({"percent_0": "50", "due_0": "2026-12-01", "days_0": "0"}, "days_0", "Type a day or a number of days, not both")])
def test_a_row_with_two_answers_is_refused_at_its_field(app: Flask, cast: Cast, typed: dict[str, str], field: str, said: str) -> None:
    deal_id, _invoice = committed(app, cast)
    answer = sign_in(app, "boris").post(f"/deals/{deal_id}/terms", data={**OWN, **typed})
    assert answer.status_code == 422
    assert said in html.fromstring(answer.text).get_element_by_id(f"{field}-error").text_content()
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(PlannedPayment.id))) == 0


@pytest.mark.parametrize("parts", [1, 12, 24])
def test_instalments_opened_as_own_terms_keep_every_row(app: Flask, cast: Cast, parts: int) -> None:
    deal_id, _invoice = committed(app, cast)
    boris, address = sign_in(app, "boris"), f"/deals/{deal_id}/terms"
    made = boris.post(address, data={"kind": "instalments", "parts": str(parts), "first_on": "2026-12-31", "version": "0"})
    assert made.status_code == 303
    page = html.fromstring(boris.get(f"{address}?kind=own").text)
    form = next(form for form in page.forms if form.get("action") == address)
    rows = form.findall(".//fieldset")
    assert (len(rows), len([row for row in rows if row.getparent().getparent().tag != "details"])) == (24, max(parts, 3))
    assert boris.post(address, data=dict(form.form_values())).status_code == 303
    with app.app_context():
        days = db.session.scalars(sa.select(PlannedPayment.due_on).order_by(PlannedPayment.position)).all()
        assert (len(days), len(set(days))) == (parts, parts)
