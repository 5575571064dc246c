"""What a page needs of the money of a deal, or of the rules of numbers, it asks for once."""

import pytest
from flask import Flask

from crm.documents import parts
from crm.documents.parts import Part
from tests.billing.scene import committed
from tests.cast import Cast, sign_in
from tests.statements import asked


@pytest.mark.parametrize(("who", "page", "begins"), [
    ("boris", "/deals/{deal}/documents/new?kind=invoice", "SELECT document.amount, document.part"),
    ("boris", "/deals/{deal}/payments", "SELECT sum(payment.rest)"),
    ("owner", "/settings/numbers/", "SELECT number_rule.")])
def test_a_page_asks_for_it_once(app: Flask, cast: Cast, who: str, page: str, begins: str) -> None:
    deal_id, _invoice = committed(app, cast, part=Part(parts.SUM, amount=1_000_00))
    person = sign_in(app, who)
    with asked(app) as seen:
        assert person.get(page.format(deal=deal_id)).status_code == 200
    assert len([statement for statement in seen if statement.startswith(begins)]) == 1
