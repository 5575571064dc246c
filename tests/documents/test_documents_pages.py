"""Pages of documents: the panel, the wizard, the list, downloads, who may see what."""

import re
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.clients.models import Company
from crm.core.db import db
from crm.core.jobs import Job
from crm.deals.models import Deal
from crm.documents import pdf, queries
from crm.documents.models import Document, NumberSeries, Template
from tests.cast import Cast, sign_in
from tests.documents.scene import committed, text_of
from tests.statements import statements


@pytest.fixture
def deal_id(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(pdf, "program", lambda: None)
    return committed(app, cast)


@pytest.fixture
def boris(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "boris")


def make(client: FlaskClient, deal_id: int, kind: str = "quote", **fields: str) -> str:
    """Make a document; the address of its page."""
    form = {"kind": kind, "locale": "ru", "dated": "2026-11-21", **fields}
    answer = client.post(f"/deals/{deal_id}/documents", data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_quote_is_three_taps_from_its_deal(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    panel = boris.get(f"/deals/{deal_id}/documents", headers={"HX-Request": "true"}).text
    first = re.search(r'href="(/deals/\d+/documents/new\?kind=quote[^"]*)"', panel)
    assert first is not None
    wizard = boris.get(first.group(1).replace("&amp;", "&")).text
    assert "«Рога &amp; Копыта»" in wizard
    fields = dict(re.findall(r'type="hidden" name="(kind|locale|template|dated|valid_until)" value="([^"]*)"', wizard))
    page = boris.post(f"/deals/{deal_id}/documents", data=fields, follow_redirects=True)
    word = re.search(r'href="(/documents/\d+/word)"', page.text)
    assert word is not None
    assert "КП" not in page.text.split("<main")[0]  # Boris reads English
    assert "Стол <30 мм> & стул" in text_of(boris.get(word.group(1)).data)


def test_looking_makes_nothing(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    for path in (f"/deals/{deal_id}/documents", f"/deals/{deal_id}/documents/new?kind=invoice&locale=en", "/documents"):
        assert boris.get(path).status_code == 200
    assert [count(app, model) for model in (Document, NumberSeries, Template, Job)] == [0, 0, 0, 0]


def test_values_are_escaped_on_the_page(boris: FlaskClient, deal_id: int) -> None:
    page = boris.get(f"/deals/{deal_id}/documents/new?kind=quote&locale=ru").text
    assert "Стол &lt;30 мм&gt; &amp; стул" in page
    assert "Стол <30" not in page


def test_a_form_sent_twice_makes_one_document(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    pages = {make(boris, deal_id, once="k" * 22), make(boris, deal_id, once="k" * 22)}
    assert (len(pages), count(app, Document)) == (1, 1)


def test_days_that_cannot_be_are_refused_with_the_text_kept(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    for wrong in ({"dated": "31.02.2026"}, {"dated": "2026-11-21", "valid_until": "2026-11-20"}):
        answer = boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru", **wrong})
        assert (answer.status_code, "«Рога &amp; Копыта»" in answer.text) == (422, True)
    assert [count(app, Document), count(app, NumberSeries)] == [0, 0]


def test_an_unknown_kind_is_refused_with_a_sentence(boris: FlaskClient, deal_id: int) -> None:
    answer = boris.post(f"/deals/{deal_id}/documents", data={"kind": "poem", "locale": "ru"})
    assert (answer.status_code, "There is no template of this kind." in answer.text) == (422, True)


def test_what_is_empty_is_filled_in_place(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    with app.app_context():
        db.session.scalars(sa.select(Company)).one().inn = ""
        db.session.commit()
    page = boris.get(f"/deals/{deal_id}/documents/new?kind=contract&locale=ru").text
    assert 'name="inn"' in page
    assert 'value="Кравца Ильи Ильича"' in page
    answer = boris.post(f"/deals/{deal_id}/documents/fill?kind=contract&locale=ru",
                        data={"inn": "7707 083 893", "signatory_name_genitive": "Кравца Ильи Ильича"})
    assert answer.headers["Location"].startswith(f"/deals/{deal_id}/documents/new?kind=contract")
    with app.app_context():
        firm = db.session.scalars(sa.select(Company)).one()
        assert (firm.inn, firm.signatory_name_genitive, firm.kpp) == ("7707083893", "Кравца Ильи Ильича", "773601001")
    assert 'name="signatory_name_genitive"' not in boris.get(
        f"/deals/{deal_id}/documents/new?kind=contract&locale=ru").text


def test_filling_the_bank_keeps_the_other_details_of_the_account(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    with app.app_context():
        db.session.scalars(sa.select(Company)).one().accounts[0].bank = ""
        db.session.commit()
    boris.post(f"/deals/{deal_id}/documents/fill?kind=contract", data={"bank": "Другой банк"})
    with app.app_context():
        accounts = db.session.scalars(sa.select(Company)).one().accounts
        assert [(row.bank, row.bic, row.account) for row in accounts] == [
            ("Другой банк", "044525225", "40702810238000139300")]


def test_a_download_is_named_in_its_own_letters_and_never_run(boris: FlaskClient, deal_id: int) -> None:
    headers = boris.get(f"{make(boris, deal_id)}/word").headers
    name = quote("КП 1-2026 ООО «Рога & Копыта Юг».docx", safe="!#$&+-.^_`|~")
    assert f"filename*=UTF-8''{name}" in headers["Content-Disposition"]
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox")


def test_a_strangers_document_is_not_there(app: Flask, cast: Cast, boris: FlaskClient, deal_id: int) -> None:
    page = make(boris, deal_id)
    gleb = sign_in(app, "gleb")
    paths = [page, f"{page}/word", f"{page}/pdf", f"/deals/{deal_id}/documents",
             f"/deals/{deal_id}/documents/new?kind=quote", f"/deals/{deal_id}/letter"]
    assert [gleb.get(path).status_code for path in paths] == [404] * len(paths)
    assert gleb.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru"}).status_code == 404
    assert [gleb.post(f"{page}/{act}").status_code for act in ("pdf", "link")] == [404, 404]
    assert "1/2026" not in gleb.get("/documents").text


def test_a_viewer_reads_but_does_not_make(app: Flask, cast: Cast, boris: FlaskClient, deal_id: int) -> None:
    page = make(boris, deal_id)
    viewer = sign_in(app, "viewer")
    assert viewer.get(page).status_code == 200
    answer = viewer.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru"})
    assert (answer.status_code, count(app, Document)) == (403, 1)
    assert "/documents/new" not in viewer.get(f"/deals/{deal_id}/documents").text


def test_a_deal_in_the_bin_makes_no_documents(app: Flask, cast: Cast, boris: FlaskClient, deal_id: int) -> None:
    from crm.core.db import utcnow
    with app.app_context():
        db.session.get_one(Deal, deal_id).deleted_at = utcnow()
        db.session.commit()
    owner = sign_in(app, "owner")
    assert owner.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru"}).status_code == 404


def test_the_list_finds_by_number_and_client_and_narrows(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    make(boris, deal_id)
    make(boris, deal_id, "invoice", dated="2025-03-01")

    def found(query: str) -> list[str]:
        page = boris.get(f"/documents?{query}", headers={"HX-Request": "true"}).text
        return re.findall(r'<a class="strong" href="/documents/\d+">([^<]+)</a>', page)

    assert found("") == ["Invoice 1/2025", "Quote 1/2026"]
    assert found("q=1/2026") == ["Quote 1/2026"]
    assert found("q=КОПЫТА&kind=invoice") == ["Invoice 1/2025"]
    assert found("q=никто") == []
    assert found("sort=dated") == ["Invoice 1/2025", "Quote 1/2026"]
    assert found("kind=contract") == []


def test_the_number_of_queries_does_not_grow_with_the_list(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    make(boris, deal_id)
    before = statements(boris, "/documents")
    for _more in range(4):
        make(boris, deal_id)
    assert statements(boris, "/documents") == before


def test_without_libreoffice_the_page_says_so_and_offers_printing(app: Flask, cast: Cast, boris: FlaskClient,
                                                                  deal_id: int) -> None:
    page = make(boris, deal_id)
    shown = boris.get(page).text
    assert "LibreOffice is not installed on the server" in shown
    assert "data-print" in shown
    assert "apt install" not in shown
    assert "apt install libreoffice-writer-nogui" in sign_in(app, "owner").get(page).text
    assert boris.post(f"{page}/pdf").status_code == 200
    assert count(app, Job) == 0


def test_with_libreoffice_a_pdf_is_wanted_at_once_and_only_once(app: Flask, boris: FlaskClient, deal_id: int,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "program", lambda: "/usr/bin/soffice")
    page = make(boris, deal_id)
    assert "Creating the PDF" in boris.get(page).text
    boris.post(f"{page}/pdf")
    with app.app_context():
        assert db.session.scalars(sa.select(Job.kind)).all() == [queries.PDF_JOB]


def test_the_genitive_is_proposed_for_the_form_that_asks(boris: FlaskClient) -> None:
    for path in ("/documents/genitive", "/documents/genitive/own"):
        part = boris.get(path, headers={"HX-Request": "true"}, query_string={
            "name": "ООО «Форма»", "signatory_name": "Кравец Илья Ильич", "signatory_job": "Генеральный директор",
            "signatory_basis": "Устав"}).text
        assert re.findall(r'name="(signatory_\w+)"[^>]* value="([^"]*)"', part) == [
            ("signatory_name_genitive", "Кравца Ильи Ильича"), ("signatory_job_genitive", "Генерального директора"),
            ("signatory_basis_genitive", "Устава")]
    assert "there is no patronymic" in boris.get("/documents/genitive?name=Иванов+Иван").text


def test_a_strangers_document_reads_like_one_that_never_was(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    page = make(boris, deal_id)
    gleb = sign_in(app, "gleb")
    told = []
    for path in (page, "/documents/999999"):
        answer = gleb.get(path, headers={"HX-Request": "true"})
        told.append((answer.status_code, answer.get_data(as_text=True)))
    assert told[0][0] == 404
    assert told[0] == told[1]
