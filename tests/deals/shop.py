"""A shop with one price list, and how its deal's line is put in and changed on the pages."""

import datetime as dt
import re
from decimal import Decimal

from flask import Flask

from crm.core.db import db
from crm.deals.models import Deal
from tests.cast import sign_in

HX = {"HX-Request": "true"}
LONG_AGO = dt.date(2020, 1, 1)


def put_in(app: Flask, shop: dict[str, int], deal: str = "firm", who: str = "boris", **fields: str) -> None:
    data = {"product_id": str(shop["product"]), "product_id_text": "Перчатки", "quantity": "1", "unit": "шт", "vat_rate": "", **fields}
    answer = sign_in(app, who).post(f"/deals/{shop[deal]}/lines/new", data=data, headers=HX)
    assert answer.status_code == 204, answer.get_data(as_text=True)


def lines(app: Flask, deal_id: int) -> list[tuple[Decimal, int, Decimal]]:
    with app.app_context():
        return [(row.quantity, row.price, row.discount) for row in db.session.get_one(Deal, deal_id).lines]


def change(app: Flask, deal_id: int, who: str = "boris", **fields: str) -> int:
    """Open the form of the deal's only line, change what is named, save."""
    with app.app_context():
        line_id = db.session.get_one(Deal, deal_id).lines[0].id
    client, url = sign_in(app, who), f"/deals/{deal_id}/lines/{line_id}"
    page = client.get(url, headers=HX).get_data(as_text=True)
    inputs = (re.search(r'name="(\w+)"', tag) for tag in re.findall(r"<input[^>]*>", page))
    shown = {name[1]: re.search(rf'<input[^>]*name="{name[1]}"[^>]*?value="([^"]*)"', page) for name in inputs if name}
    shown |= {"offered": re.search(r'name="offered"[^>]*value="([^"]*)"', page)}
    data = {name: value[1] for name, value in shown.items() if value and name != "csrf_token"}
    return client.post(url, data={**data, "vat_rate": "", **fields}, headers=HX).status_code
