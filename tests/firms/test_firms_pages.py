"""Several companies of ours on the screen: in the settings, on a deal, in the wizard; nothing of it for who has one."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.core.db import db
from crm.deals.models import Deal, Pipeline
from crm.documents.models import Document
from crm.firms.models import Firm
from crm.imports import operations as imports
from tests.cast import Cast, sign_in
from tests.documents.scene import committed
from tests.factories import make_pipeline
from tests.firms.scene import SECOND_BANK, TRADER, committed_trader
from tests.statements import statements

TYPED = {name: value or "" for name, value in TRADER.items()}


def test_a_second_company_is_added_changed_and_archived(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    for _twice in range(2):
        assert owner.post("/settings/companies/new", data={**TYPED, "once": "one-showing"}).status_code == 303
    page = owner.get("/settings/companies").text
    assert page.count("ИП Орлова") == 1
    assert "without VAT" in page
    with app.app_context():
        firm = db.session.scalars(sa.select(Firm)).one()
        assert (firm.vat_rate, firm.vat_ground, the_organization().firms) == (None, "п. 1 ст. 145 НК РФ", 1)
        version, firm_id = firm.version, firm.id
    address = f"/settings/companies/{firm_id}"
    confirmed = {"signatory_name_genitive": "Орловой Марины Викторовны", "version": version}
    assert owner.post(address, data={**TYPED, **confirmed}).status_code == 303
    assert owner.post(address, data={**TYPED, "name": "Late", "version": version}).status_code == 409
    with app.app_context():
        kept = db.session.get_one(Firm, firm_id)
        assert (kept.name, kept.signatory_name_genitive) == ("ИП Орлова", "Орловой Марины Викторовны")
    assert owner.post(f"{address}/archive").status_code == 303
    assert "Archived" in owner.get("/settings/companies").text


@pytest.mark.parametrize("name", ["ООО «Тест»", "ИП Орлова"])
def test_two_companies_of_one_name_are_refused(app: Flask, cast: Cast, name: str) -> None:
    committed_trader(app, cast)
    answer = sign_in(app, "owner").post("/settings/companies/new", data={**TYPED, "name": name})
    assert (answer.status_code, "There is a company of this name already" in answer.text) == (422, True)


def test_the_settings_of_companies_are_the_owner_s(app: Flask, cast: Cast) -> None:
    firm_id = committed_trader(app, cast)
    boris = sign_in(app, "boris")
    assert {boris.get(f"/settings/companies{path}").status_code for path in ("", "/new", f"/{firm_id}", "/0/accounts")} == {403}
    owner = sign_in(app, "owner")
    assert {owner.get(f"/settings/companies/{firm_id + 1}{path}").status_code for path in ("", "/accounts")} == {404}
    assert owner.get(f"/settings/numbers/?firm={firm_id + 1}").status_code == 404


def test_who_has_one_company_sees_and_asks_nothing_of_it(app: Flask, cast: Cast) -> None:
    deal_id, boris = committed(app, cast), sign_in(app, "boris")
    for address in (f"/deals/{deal_id}", f"/deals/{deal_id}/edit", "/deals/new", f"/deals/{deal_id}/documents/new?kind=quote&locale=ru",
                    "/documents"):
        with_one = statements(boris, address)
        page = boris.get(address).text
        assert not any(word in page for word in ("Our company", 'name="firm_id"', "In the name of", "Our bank account", "firm=")), address
        assert with_one == statements(boris, address)
    committed_trader(app, cast)
    assert 'name="firm_id"' in boris.get(f"/deals/{deal_id}/edit").text
    assert "Our company" in boris.get(f"/deals/{deal_id}").text


def test_a_deal_is_with_the_pipeline_s_usual_company_unless_another_is_chosen(app: Flask, cast: Cast) -> None:
    firm_id, deal_id = committed_trader(app, cast), committed(app, cast)
    with app.app_context():
        pipeline_id = db.session.get_one(Deal, deal_id).pipeline_id
    owner, boris = sign_in(app, "owner"), sign_in(app, "boris")
    assert owner.post(f"/settings/pipelines/{pipeline_id}/firm", data={"firm_id": str(firm_id)}).status_code == 303
    assert f'<option selected value="{firm_id}">' in owner.get(f"/settings/pipelines/{pipeline_id}").text
    assert owner.post(f"/settings/pipelines/{pipeline_id}/firm", data={"firm_id": "99"}).status_code == 400
    for title, chosen in (("as usual", ""), ("the first", "0"), ("the trader", str(firm_id))):
        assert boris.post("/deals/new", data={"title": title, "pipeline": pipeline_id, "firm_id": chosen}).status_code == 303
    with app.app_context():
        assert dict(map(tuple, db.session.execute(sa.select(Deal.title, Deal.firm_id).where(Deal.id != deal_id)))) == {
            "as usual": firm_id, "the first": None, "the trader": firm_id}
    owner.post(f"/settings/companies/{firm_id}/archive")
    assert f'value="{firm_id}"' not in boris.get("/deals/new").text.partition('name="firm_id"')[2].partition("</select>")[0]
    boris.post("/deals/new", data={"title": "later", "pipeline": pipeline_id})
    with app.app_context():
        assert db.session.scalar(sa.select(Deal.firm_id).where(Deal.title == "later")) is None
        assert db.session.get_one(Pipeline, pipeline_id).firm_id == firm_id


def test_the_company_of_a_deal_is_changed_and_told(app: Flask, cast: Cast) -> None:
    firm_id, deal_id = committed_trader(app, cast), committed(app, cast)
    boris = sign_in(app, "boris")
    form = {"title": "Оснащение класса", "version": _version(app, deal_id), "manager_id": cast.boris, "firm_id": firm_id}
    assert boris.post(f"/deals/{deal_id}/edit", data={**form, "firm_id": "77"}).status_code == 422
    assert boris.post(f"/deals/{deal_id}/edit", data=form).status_code == 303
    assert "ИП Орлова" in boris.get(f"/deals/{deal_id}").text
    assert "Our company: ООО «Тест» → ИП Орлова" in boris.get(f"/timeline/deal/{deal_id}").text
    late = boris.post(f"/deals/{deal_id}/edit", data={**form, "firm_id": "0"})
    assert (late.status_code, "ИП Орлова" in late.text) == (409, True)


def _version(app: Flask, deal_id: int) -> int:
    with app.app_context():
        return db.session.get_one(Deal, deal_id).version


def test_a_document_is_made_in_the_deal_s_name_to_the_chosen_account(app: Flask, cast: Cast) -> None:
    firm_id = committed_trader(app, cast)
    deal_id, owner, boris = committed(app, cast, firm_id=firm_id), sign_in(app, "owner"), sign_in(app, "boris")
    assert owner.post(f"/settings/companies/{firm_id}/accounts", data=SECOND_BANK).status_code == 303
    wizard = f"/deals/{deal_id}/documents/new?kind=invoice&locale=ru"
    page = boris.get(wizard).text
    assert "In the name of ИП Орлова" in page
    assert TRADER["account"] in page
    assert f'<option value="{SECOND_BANK["account"]}"' in page
    other = boris.get(f"{wizard}&account={SECOND_BANK['account']}").text
    assert SECOND_BANK["bank"] in other
    made = boris.post(f"/deals/{deal_id}/documents", data={"kind": "invoice", "locale": "ru", "account": SECOND_BANK["account"]})
    with app.app_context():
        document = db.session.scalars(sa.select(Document)).one()
        assert (document.firm_id, document.numbered.partition("/")[0]) == (firm_id, "1")
        assert f"PersonalAcc={SECOND_BANK['account']}|BankName=ПАО Сбербанк|BIC=044525225" in document.context["qr_text"]
    assert SECOND_BANK["account"] in boris.get(made.headers["Location"]).text


def test_the_list_of_documents_is_filtered_by_company(app: Flask, cast: Cast) -> None:
    firm_id = committed_trader(app, cast)
    first, second, boris = committed(app, cast), committed(app, cast, firm_id=firm_id), sign_in(app, "boris")
    for deal_id in (first, second):
        assert boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "en"}).status_code == 303

    def listed(query: str) -> list[str]:
        return re.findall(r'/deals/(\d+)"', boris.get(f"/documents{query}", headers={"HX-Request": "true"}).text)

    assert sorted(listed("")) == sorted([str(first), str(second)])
    assert listed("?firm=0") == [str(first)]
    assert listed(f"?firm={firm_id}") == [str(second)]


def test_bank_accounts_one_of_them_usual(app: Flask, cast: Cast) -> None:
    firm_id, owner = committed_trader(app, cast), sign_in(app, "owner")
    address = f"/settings/companies/{firm_id}/accounts"
    assert owner.post(address, data=SECOND_BANK).status_code == 303
    assert owner.post(address, data=SECOND_BANK).status_code == 422
    assert owner.post(f"{address}/usual", data={"account": SECOND_BANK["account"]}).status_code == 303

    def known() -> list[str]:
        with app.app_context():
            return [one["account"] for one in db.session.get_one(Firm, firm_id).accounts()]

    assert known() == [SECOND_BANK["account"], TRADER["account"]]
    owner.post(f"{address}/usual?off=1", data={"account": SECOND_BANK["account"]})  # the usual one stays
    assert known() == [SECOND_BANK["account"], TRADER["account"]]
    owner.post(f"{address}/usual?off=1", data={"account": TRADER["account"]})
    assert known() == [SECOND_BANK["account"]]
    assert owner.post("/settings/companies/0/accounts", data=SECOND_BANK).status_code == 303
    assert SECOND_BANK["account"] in owner.get("/settings/").text


def test_files_tell_the_company_for_who_has_several(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    committed(app, cast)
    assert "Our company" not in owner.get("/deals/export.csv").text
    firm_id = committed_trader(app, cast)
    committed(app, cast, firm_id=firm_id)
    head, *rows = [line.split(";")[-1].split(",")[-1] for line in owner.get("/deals/export.csv").text.splitlines()]
    assert (head, sorted(rows)) == ("Our company", ["ИП Орлова", "ООО «Тест»"])


def test_imported_deals_are_with_the_pipeline_s_usual_company(app: Flask, cast: Cast) -> None:
    firm_id, owner = committed_trader(app, cast), sign_in(app, "owner")
    with app.app_context():
        pipeline = make_pipeline(firm_id=firm_id)
        person = db.session.get_one(User, cast.owner)
        names = [stage.name for stage in pipeline.stages]
        sheet = "opportunity_id;deal_stage;close_value\n" + "".join(f"K{place};{name};100\n" for place, name in enumerate(names))
        upload = imports.upload_file(what="deals", data=sheet.encode(), file_name="deals.csv", actor=person)
        imports.start_import(upload, upload.mapping, actor=person)
        db.session.commit()
        imports.run_upload(upload, actor_id=person.id)
        db.session.commit()
        assert db.session.scalars(sa.select(Deal.firm_id)).all() == [firm_id] * len(names)
    assert "ИП Орлова" in owner.get("/deals/export.csv").text
