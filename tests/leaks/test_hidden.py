"""What the owner hides from a role is on no address of the program, whatever records the role may see."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import queries, roles
from crm.accounts.rights import BUILT_IN, FIELDS, built_in
from crm.catalog.operations import create_product
from crm.core.db import db
from tests.cast import add_colleague, sign_in
from tests.leaks import addresses
from tests.leaks.answers import text_of
from tests.leaks.conftest import World
from tests.leaks.world import PHONES, printed

PRODUCT_COST = 61_613_00
# what is asked beside plainly; words are cut short, for a page repeats what was typed
QUESTIONS = {"products.index": ["sort=cost", "sort=-cost", "q=6161"], "products.export": ["sort=cost"],
             "search.index": ["q=boris", "q=Bobrovsky"], "contacts.index": ["q=boris_nick_9"],
             "contacts.similar": ["channel_kind=telegram&channel_typed=@boris_nick_900"], "contacts.pick": ["q=Bob"],
             "lines.refill": ["product_id={product_id}", "line={line_id}&product_id={product_id}"]}


@pytest.fixture
def product_id(app: Flask, world: World) -> int:
    """A product of the price list with a cost."""
    with app.app_context():
        product = create_product(name="Dear product", actor=None, price=99_999_00, cost=PRODUCT_COST)
        db.session.commit()
        return product.id


def marks(world: World, field: str) -> list[str]:
    """The texts by which a field is known on a page. The e-mail of the world stands in words that are no field."""
    work, phone = world.works["boris"], PHONES["boris"]
    cost = [mark for mark in work.money if mark not in printed_margin(world)]
    return {"product.cost": [*printed(PRODUCT_COST), *cost], "deal.margin": printed_margin(world),
            "client.messenger": [work.nick], "client.phone": [phone[-7:], f"{phone[-7:-4]}-{phone[-4:-2]}-{phone[-2:]}"],
            "client.email": ["firm@boris-secret.example"]}[field]


def printed_margin(world: World) -> list[str]:
    return world.works["boris"].money[3:]


def drawn(app: Flask, client: FlaskClient, world: World, product_id: int) -> dict[str, str]:
    """Every page, part and file of text about Boris's records and the house's, by endpoint and address."""
    ids = {**dict.fromkeys(addresses.HOUSE, 1), "pipeline_id": world.pipeline_id, **world.works["boris"].ids, "product_id": product_id}
    found = {}
    for address in addresses.guarded(app):
        if address.method != "GET":
            continue
        path = address.fill(ids)
        for question in ["", *QUESTIONS.get(address.endpoint, [])]:
            full = f"{path}?{question.format(**ids)}" if question else path
            for headers in ({}, {"HX-Request": "true"}):
                answer = client.get(full, headers=headers)
                found[f"{address.endpoint} {full} {len(headers)}"] = text_of(answer)
    return found


def told(pages: dict[str, str], wanted: list[str]) -> list[str]:
    return [where for where, text in pages.items() if any(mark in text for mark in wanted)]


def test_who_may_see_them_sees_every_field(app: Flask, world: World, product_id: int) -> None:
    pages = drawn(app, sign_in(app, "owner"), world, product_id)
    seen = {field: {where.split()[0] for where in told(pages, marks(world, field))} for field in FIELDS}
    assert seen["product.cost"] >= {"products.index", "products.export", "products.edit", "deals.show", "deals.parts", "lines.index",
                                    "lines.edit", "lines.refill"}
    assert seen["deal.margin"] >= {"deals.show", "deals.parts", "lines.index"}
    assert seen["client.messenger"] >= {"contacts.show", "contacts.edit", "contacts.export", "timeline.panel"}
    assert all(seen.values()), seen


@pytest.mark.parametrize("role", [code for code in BUILT_IN if built_in(code).hidden])
def test_what_a_built_in_role_hides_is_nowhere(app: Flask, world: World, product_id: int, role: str) -> None:
    with app.app_context():
        powers = queries.powers_of(role)
        assert powers is not None
        widest = {right: "all" for right in powers.levels if right not in ("log.see", "log.export")}
        roles.change_role(role, levels=widest, hidden=powers.hidden, actor=None)
        who = add_colleague(role, "North")
    pages = drawn(app, sign_in(app, who), world, product_id)
    assert len([text for text in pages.values() if "Bobrovsky" in text]) > 20
    leaked = {field: found for field in powers.hidden if (found := told(pages, marks(world, field)))}
    assert leaked == {}


def test_with_everything_hidden_a_role_that_may_do_all_else_reads_none_of_it(app: Flask, world: World, product_id: int) -> None:
    with app.app_context():
        powers = queries.powers_of("head")
        assert powers is not None
        widest = dict.fromkeys(powers.levels, "all")
        roles.change_role("head", levels=widest, hidden=FIELDS, actor=None)
        db.session.commit()
    pages = drawn(app, sign_in(app, "head"), world, product_id)
    leaked = {field: found for field in FIELDS if (found := told(pages, marks(world, field)))}
    assert leaked == {}
