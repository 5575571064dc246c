"""A page beyond the last one is the last one, with its ways back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.catalog.models import Product
from crm.core.db import db
from crm.core.listing import PAGE
from crm.core.text import sort_key
from tests.cast import Cast, sign_in


@pytest.fixture
def owner(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "owner")


def stock(number: int) -> None:
    db.session.add_all(Product(name=f"Ware {n:03}", price=100, sort_key=sort_key(f"Ware {n:03}"), search_text=f"ware {n:03}")
                       for n in range(number))
    db.session.commit()


def test_a_page_beyond_the_last_is_the_last(app: Flask, owner: FlaskClient) -> None:
    with app.app_context():
        stock(PAGE + 3)
    last = owner.get("/products?page=2").text
    assert ("Ware 052" in last, "Ware 000" in last) == (True, False)
    for page in ("3", "999", "100000", "99999999"):
        text = owner.get(f"/products?page={page}").text
        assert ("Ware 052" in text, "Ware 000" in text, 'rel="prev"' in text, 'rel="next"' in text) == (True, False, True, False)
    assert "Nothing found." in owner.get("/products?page=999&q=nothing").text


@pytest.mark.parametrize("path", ["/products", "/contacts", "/companies", "/deals", "/documents", "/outbox/"])
def test_an_empty_list_says_so_on_any_page(owner: FlaskClient, path: str) -> None:
    text = owner.get(f"{path}?page=999").text
    assert 'rel="prev"' not in text
    assert 'class="empty' in text
