"""The frame is drawn once for everybody who sees the same: it can never show another's places, language or company."""

import itertools
import re

import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Organization
from crm.core.db import db
from tests.cast import Cast, sign_in

PAGES = ("/", "/contacts", "/deals/board", "/account/")
NOISE = re.compile(r'(csrf[-_]token"[^>]*(?:value|content)=")[^"]*|name="once"[^>]*|since="[^"]*"'
                   r'|(?s:<section[^>]* id="(?:sessions|ways)">.*?</section>)')  # every way in of this test adds to them


def drawn(app: Flask, who: str, page: str, *, cold: bool) -> str:
    if cold:
        app.extensions["frame"].clear()
    html = sign_in(app, who).get(page).get_data(as_text=True)
    assert '<nav class="rail"' in html
    return NOISE.sub("", html)


def change(app: Flask, **fields: object) -> None:
    with app.app_context():
        for name, value in fields.items():
            setattr(db.session.scalars(sa.select(Organization)).one(), name, value)
        db.session.commit()


def test_a_warm_frame_is_the_cold_one_for_every_reader_and_page(app: Flask, cast: Cast) -> None:
    readers = list(itertools.product(("owner", "boris", "accountant", "viewer"), PAGES))
    cold = {(who, page): drawn(app, who, page, cold=True) for who, page in readers}
    app.extensions["frame"].clear()
    for _time in range(2):  # the second round finds everything in its place
        assert {(who, page): drawn(app, who, page, cold=False) for who, page in readers} == cold


def test_a_part_switched_off_a_new_name_and_another_language_show_at_once(app: Flask, cast: Cast) -> None:
    before = drawn(app, "owner", "/contacts", cold=False)
    assert 'href="/tasks"' in before
    change(app, modules_off=["tasks"], name="Renamed & Co")
    after = drawn(app, "owner", "/contacts", cold=False)
    assert 'href="/tasks"' not in after
    assert "Renamed &amp; Co" in after
    browser = sign_in(app, "owner")
    browser.post("/account/locale", data={"locale": "ru"})
    assert "Клиенты" in browser.get("/contacts").get_data(as_text=True)
    assert "Clients" in sign_in(app, "boris").get("/contacts").get_data(as_text=True)


def test_only_so_many_pieces_are_kept(app: Flask, cast: Cast) -> None:
    app.extensions["frame"].clear()
    app.extensions["frame"].update({("x", number): "" for number in range(1000)})
    drawn(app, "owner", "/contacts", cold=False)
    assert 0 < len(app.extensions["frame"]) < 10
