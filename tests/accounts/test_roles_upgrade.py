"""An upgrade keeps what roles hide and adds the fields that come with it, as the built-in role they were made of hides them."""

import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Role
from crm.accounts.rights import built_in
from crm.core.db import db, utcnow
from tests.upgrades import columns, move

MONEY = ["product.cost", "deal.margin"]
THEN = sa.table("role", *(sa.column(name, getattr(Role, name).type) for name in (
    "code", "name", "base", "rights", "hidden", "sells", "version", "created_at")))  # the columns of that day
REACH = ["client.phone", "client.email"]


def hidden() -> dict[str, list[str]]:
    return {code: list(fields) for code, fields in db.session.execute(sa.select(Role.code, Role.hidden))}


def test_roles_before_costs_and_messengers(real_app: Flask) -> None:
    before = {"manager": ("manager", []), "viewer": ("viewer", ["client.phone"]), "accountant": ("accountant", []),
              "production": ("production", REACH), "role-1": ("manager", REACH), "role-2": ("head", ["client.email"]),
              "role-3": ("viewer", ["deal.margin"])}
    with real_app.app_context():
        move("0013")
        assert "cost" not in columns("product") | columns("deal_line")
        for code, (base, fields) in before.items():
            db.session.execute(sa.insert(THEN).values(code=code, name=code, base=base, rights={}, hidden=fields, sells=False, version=1,
                                                      created_at=utcnow()))
        db.session.commit()
        move("head")
        assert "cost" in columns("product") & columns("deal_line")
        found = hidden()
        assert found == {
            "manager": MONEY, "viewer": ["client.phone", *MONEY], "accountant": [], "production": [*REACH, "client.messenger", *MONEY],
            "role-1": [*REACH, "client.messenger", *MONEY], "role-2": ["client.email"], "role-3": ["deal.margin", "product.cost"]}
        assert {code: set(found[code]) for code in ("manager", "accountant", "production")} == {
            code: built_in(code).hidden for code in ("manager", "accountant", "production")}
        move("0013")
        assert hidden() == {code: [field for field in fields if field not in MONEY] for code, (_base, fields) in before.items()}
        move("head")
