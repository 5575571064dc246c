"""What binds everybody is the owner's: a role that may change the company's settings does not loosen it."""

import pytest
from flask import Flask

from crm.accounts import queries, roles
from crm.accounts.models import Organization, User
from crm.core.db import db
from tests.cast import Cast, sign_in


@pytest.mark.parametrize(("method", "address"), [
    ("GET", "/settings/guard"), ("POST", "/settings/guard"), ("POST", "/settings/second"), ("GET", "/settings/demo/"),
    ("POST", "/settings/demo/remove")])
def test_settings_alone_do_not_open_the_guard_nor_empty_the_demo(app: Flask, cast: Cast, method: str, address: str) -> None:
    with app.app_context():
        powers = queries.powers_of("viewer")
        assert powers
        roles.change_role("viewer", levels={**powers.levels, "settings.edit": "all"}, hidden=powers.hidden, actor=None)
        db.session.query(Organization).one().demo = True
        db.session.commit()
    viewer = sign_in(app, "viewer")
    assert viewer.get("/settings/").status_code == 200
    assert viewer.open(address, method=method, data={"second_for": "everybody"}).status_code == 403
    page = viewer.get("/settings/").get_data(as_text=True)
    assert ("/settings/guard" in page, "/settings/demo" in page) == (False, False)
    with app.app_context():
        assert db.session.get(User, cast.owner) is not None
        assert db.session.query(Organization).one().second_for == "nobody"
