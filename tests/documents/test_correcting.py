"""A corrected document is made instead of one with a mistake: the old one cancelled, kept, and each naming the other."""

import re
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.billing import operations as billing
from crm.core.db import db
from crm.deals.models import Deal
from crm.deals.operations import LineInput, set_lines
from crm.documents import operations, parts, queries
from crm.documents.models import Document, NumberSeries
from tests.billing.scene import committed
from tests.cast import Cast, sign_in
from tests.documents.scene import link_of


@pytest.fixture
def ids(app: Flask, cast: Cast) -> tuple[int, int]:
    """The ids of a deal and of its invoice for the whole."""
    return committed(app, cast)


@pytest.fixture
def boris(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "boris")


def wizard(client: FlaskClient, invoice_id: int) -> tuple[str, dict[str, str]]:
    """The wizard that the button on the document's page opens, and what its form would send."""
    page = client.get(f"/documents/{invoice_id}").text
    button = re.search(r'href="(/deals/\d+/documents/new\?[^"]*instead=\d+[^"]*)"', page)
    assert button is not None
    shown = client.get(button.group(1).replace("&amp;", "&")).text
    fields = dict(re.findall(r'type="hidden" name="(kind|locale|template|seen|instead)" value="([^"]*)"', shown))
    part = re.search(r'name="part" value="(\w+)" checked', shown)
    return shown, {**fields, **({"part": part.group(1)} if part else {})}


def rows(app: Flask) -> list[tuple[Any, ...]]:
    """(id, number, cancelled, instead of) of all documents."""
    with app.app_context():
        return [(one.id, one.number, one.cancelled_at is not None, one.instead_of_id)
                for one in db.session.scalars(sa.select(Document).order_by(Document.id))]


def test_the_corrected_one_takes_the_place_of_the_old_one(app: Flask, ids: tuple[int, int], boris: FlaskClient) -> None:
    deal_id, old_id = ids
    address = link_of(boris, f"/documents/{old_id}")
    shown, fields = wizard(boris, old_id)
    assert "which is cancelled when this one is created" in shown
    assert "already ask for" not in shown  # what the old one asks for does not count
    assert (fields["part"], fields["instead"]) == ("whole", str(old_id))
    made = boris.post(f"/deals/{deal_id}/documents", data=fields)
    assert made.status_code == 303
    new_id = int(made.headers["Location"].rsplit("/", 1)[1])
    assert rows(app) == [(old_id, 1, True, None), (new_id, 2, False, old_id)]
    assert boris.get(address).status_code == 404
    assert f'href="/documents/{old_id}"' in boris.get(made.headers["Location"]).text
    old = boris.get(f"/documents/{old_id}").text
    assert f'href="/documents/{new_id}"' in old
    assert "instead=" not in old  # a cancelled one is not corrected once more
    assert "Made instead of another" in boris.get(f"/timeline/deal/{deal_id}", headers={"HX-Request": "true"}).text


def test_the_money_goes_with_it(app: Flask, cast: Cast, ids: tuple[int, int]) -> None:
    deal_id, old_id = ids
    with app.app_context():
        deal, old = db.session.get_one(Deal, deal_id), db.session.get_one(Document, old_id)
        actor = db.session.get_one(type(deal.manager), cast.boris)
        payment = billing.record_payment(deal, amount=100_000_00, invoices=[old], actor=actor)
        set_lines(deal, [LineInput(name="Столы", price=150_000_00)], actor=actor)
        new = operations.make_corrected(old, template=operations.template_for(kind="invoice", locale="ru", key=""), actor=actor)
        assert (old.paid, new.paid, new.amount, payment.rest) == (0, 100_000_00, 150_000_00, 0)


def test_a_part_is_billed_for_the_same_part_again(app: Flask, cast: Cast, boris: FlaskClient) -> None:
    deal_id, old_id = committed(app, cast, part=parts.Part(parts.PERCENT, Decimal("40.00")))  # as the form keeps it
    shown, fields = wizard(boris, old_id)
    assert fields["part"] == "percent"
    assert 'name="percent" inputmode="decimal" autocomplete="off" value="40"' in shown
    assert boris.post(f"/deals/{deal_id}/documents", data={**fields, "percent": "40"}).status_code == 303
    with app.app_context():
        first, second = db.session.scalars(sa.select(Document).order_by(Document.id))
        assert first.amount == second.amount


def test_it_is_corrected_once(app: Flask, ids: tuple[int, int], boris: FlaskClient) -> None:
    """Of two people who have the wizard open the second is told, and no number is lost."""
    deal_id, old_id = ids
    _shown, fields = wizard(boris, old_id)
    assert boris.post(f"/deals/{deal_id}/documents", data=fields).status_code == 303
    before = rows(app)
    again = boris.post(f"/deals/{deal_id}/documents", data={**fields, "seen": ""})
    assert again.status_code == 422
    assert "cancelled already" in again.text
    assert rows(app) == before
    with app.app_context():
        assert db.session.scalars(sa.select(NumberSeries.last).where(NumberSeries.kind == "invoice")).one() == 2


def test_the_old_one_comes_back_only_when_the_new_one_is_gone(app: Flask, ids: tuple[int, int], boris: FlaskClient) -> None:
    deal_id, old_id = ids
    new = boris.post(f"/deals/{deal_id}/documents", data=wizard(boris, old_id)[1]).headers["Location"]
    refused = boris.post(f"/documents/{old_id}/cancel?back=1")
    assert refused.status_code == 422
    assert "Cancel that one first" in refused.text
    assert f'action="/documents/{old_id}/pdf"' in refused.text or "No PDF here" in refused.text  # on the document's own page
    assert "Put in force again" not in refused.text
    assert "Put in force again" not in boris.get(f"/documents/{old_id}").text
    assert boris.post(f"{new}/cancel").status_code == 303
    assert "Put in force again" in boris.get(f"/documents/{old_id}").text
    assert boris.post(f"/documents/{old_id}/cancel?back=1").status_code == 303


def test_of_several_corrections_the_last_is_named(app: Flask, cast: Cast, ids: tuple[int, int]) -> None:
    with app.app_context():
        first = db.session.get_one(Document, ids[1])
        actor, template = first.deal.manager, operations.template_for(kind="invoice", locale="ru", key="")
        second = operations.make_corrected(first, template=template, actor=actor)
        assert queries.corrected_by(first) == second
        third = operations.make_corrected(second, template=template, actor=actor)
        assert queries.corrected_by(first) == third
        operations.cancel_document(third, actor=actor)
        assert queries.corrected_by(first) is None


def test_another_deal_or_kind_corrects_nothing(app: Flask, cast: Cast, ids: tuple[int, int], boris: FlaskClient) -> None:
    other_deal, _other = committed(app, cast)
    before = rows(app)
    for deal_id, kind in ((other_deal, "invoice"), (ids[0], "quote")):
        shown = boris.get(f"/deals/{deal_id}/documents/new?kind={kind}&locale=ru&instead={ids[1]}").text
        assert "is cancelled when this one is created" not in shown
        assert 'name="instead"' not in shown
    assert boris.get(f"/deals/{ids[0]}/documents/new?kind=invoice&instead=999999").status_code == 404
    assert rows(app) == before


def test_an_accepted_quote_is_not_corrected(app: Flask, cast: Cast, ids: tuple[int, int]) -> None:
    with app.app_context():
        deal = db.session.get_one(Deal, ids[0])
        template = operations.template_for(kind="quote", locale="ru", key="")
        quote = operations.make_document(deal, template=template, actor=None)
        quote.accepted_at = quote.created_at
        db.session.flush()
        with pytest.raises(operations.DocumentError, match="accepted|принял"):
            operations.make_corrected(quote, template=template, actor=deal.manager)
