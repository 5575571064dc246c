"""Lists of documents do not carry what the documents were made from."""

import pytest
from flask import Flask

from crm.documents import pdf
from tests.cast import Cast, sign_in
from tests.documents.scene import committed
from tests.statements import asked


@pytest.mark.parametrize(("address", "sign"), [
    ("/documents", "{}"), ("/deals/{}/documents", "{}"), ("/search?q=2026", "1-2026")])
def test_a_list_leaves_the_data_where_it_is(
        app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, address: str, sign: str) -> None:
    monkeypatch.setattr(pdf, "program", lambda: None)
    deal_id, boris = committed(app, cast), sign_in(app, "boris")
    made = boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru", "dated": "2026-11-21"})
    assert made.status_code == 303
    with asked(app) as seen:
        page = boris.get(address.format(deal_id), headers={"HX-Request": "true"}).text
    assert sign.format(made.headers["Location"]) in page
    assert any("FROM document" in one for one in seen)
    assert not any("document.context" in one for one in seen)
