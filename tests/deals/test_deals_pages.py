"""Pages of deals: who sees what, the short form, stale edits, the list with its filters and sums."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import roles
from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core import dates
from crm.core.db import db, utcnow
from crm.deals import operations
from crm.deals.models import Deal, Pipeline
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.statements import asked

HX = {"HX-Request": "true"}
TOMORROW = dt.timedelta(days=1)


@pytest.fixture
def pipeline_id(app: Flask, cast: Cast) -> int:
    with app.app_context():
        pipeline = make_pipeline()
        db.session.commit()
        return pipeline.id


def add(app: Flask, pipeline_id: int, stage: int = 0, **fields: object) -> int:
    with app.app_context():
        deal = make_deal(db.session.get_one(Pipeline, pipeline_id), stage, **fields)
        db.session.commit()
        return deal.id


def titles(page: str) -> list[str]:
    return re.findall(r'<td><a href="/deals/\d+">([^<]+)</a>', page)


def test_a_stranger_s_deal_answers_exactly_like_a_missing_one(app: Flask, cast: Cast, pipeline_id: int) -> None:
    deal_id = add(app, pipeline_id, manager_id=cast.gleb)
    client = sign_in(app, "boris")
    for path in ("", "/parts", "/edit", "/lines", "/lines/new", "/people", "/move"):
        theirs, none = (client.get(f"/deals/{one}{path}") for one in (deal_id, 99999))
        assert (theirs.status_code, none.status_code) == (404, 404), path
        mask = [re.sub(rb"[0-9a-f]{12}|(?<=deals/)\d+|content=\"[^\"]*\"|value=\"[^\"]*\"", b"", one.data)
                for one in (theirs, none)]
        assert mask[0] == mask[1], path
    for path in ("/step", "/step/done", "/edit", "/people", "/lines/new"):
        assert client.post(f"/deals/{deal_id}{path}", data={"on": "2026-12-01"}).status_code == 404, path


def test_who_only_looks_may_not_write(app: Flask, cast: Cast, pipeline_id: int) -> None:
    deal_id = add(app, pipeline_id, manager_id=cast.boris)
    viewer = sign_in(app, "viewer")
    page = viewer.get(f"/deals/{deal_id}").get_data(as_text=True)
    assert "hx-post" not in page.split('<main')[1].split("</main>")[0].replace("/timeline/", "")
    assert viewer.get(f"/deals/{deal_id}/edit").status_code == 403
    assert viewer.post(f"/deals/{deal_id}/step", data={"on": "2026-12-01"}).status_code == 403
    assert sign_in(app, "boris").post(f"/deals/{deal_id}/delete").status_code == 403
    assert sign_in(app, "boris").get(f"/deals/{deal_id}/manager").status_code == 403


def test_a_deal_in_the_bin_is_there_only_for_who_may_bring_it_back(
        app: Flask, cast: Cast, pipeline_id: int) -> None:
    deal_id = add(app, pipeline_id, manager_id=cast.boris, title="Мойка")
    head, boris = sign_in(app, "head"), sign_in(app, "boris")
    head.post(f"/deals/{deal_id}/delete")
    assert boris.get(f"/deals/{deal_id}").status_code == 404
    assert head.get(f"/deals/{deal_id}").status_code == 200
    assert head.get(f"/deals/{deal_id}/edit").status_code == 404
    assert titles(head.get("/deals").get_data(as_text=True)) == []
    assert titles(head.get("/deals?status=bin").get_data(as_text=True)) == ["Мойка"]
    assert boris.get("/deals?status=bin").status_code == 403
    head.post(f"/deals/{deal_id}/restore")
    assert boris.get(f"/deals/{deal_id}").status_code == 200


def test_the_short_form_sent_twice_makes_one_deal_with_its_client_and_step(
        app: Flask, cast: Cast, pipeline_id: int) -> None:
    client = sign_in(app, "boris")
    data = {"title": "Окна", "client": "new-company", "client_text": "ООО «Ромашка»", "amount": "12,5k",
            "pipeline": str(pipeline_id), "next_step": "Позвонить", "next_step_on": "", "once": "key-1",
            "manager_id": str(cast.gleb)}
    places = {client.post("/deals/new", data=data).headers["Location"] for _ in range(2)}
    with app.app_context():
        deals = db.session.scalars(sa.select(Deal)).all()
        assert len(deals) == 1
        deal = deals[0]
        assert places == {f"/deals/{deal.id}"}
        assert (deal.amount, deal.currency, deal.manager_id) == (12_500_00, "RUB", cast.boris)  # may not assign
        assert deal.company is not None
        assert deal.company.name == "ООО «Ромашка»"
        assert (deal.next_step, deal.next_step_on) == ("Позвонить", dates.today() + TOMORROW)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Company)) == 1


def test_a_person_chosen_as_the_client_brings_the_company(app: Flask, cast: Cast, pipeline_id: int) -> None:
    with app.app_context():
        company = make_company(manager_id=cast.boris)
        person, strange = make_contact(company=company, manager_id=cast.boris), make_contact(manager_id=cast.gleb)
        db.session.commit()
        company_id, person_id, strange_id = company.id, person.id, strange.id
    client = sign_in(app, "boris")
    data = {"title": "Окна", "pipeline": str(pipeline_id), "manager_id": str(cast.boris)}
    assert client.post("/deals/new", data={**data, "client": f"contact-{strange_id}"}).status_code == 404
    assert client.post("/deals/new", data={**data, "client": f"contact-{person_id}"}).status_code == 303
    with app.app_context():
        deal = db.session.scalars(sa.select(Deal)).one()
        assert (deal.company_id, deal.contact_id) == (company_id, person_id)


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("title", "  ", "Say in a few words what you are selling."),
    ("next_step_on", "31.02.2026", "There is no such day. Type it as 31.12.2026."),
    ("amount", "-1", "An amount cannot be below zero."),
    ("title", "я" * 301, "This is too long: at most 300 characters."),
    ("client", "company-x", "Choose it from the list."),
])
def test_a_wrong_field_keeps_what_was_typed_and_says_what_to_do(
        app: Flask, cast: Cast, pipeline_id: int, field: str, value: str, sentence: str) -> None:
    data = {"title": "Окна «Люкс»", "pipeline": str(pipeline_id), "manager_id": "", field: value}
    answer = sign_in(app, "head").post("/deals/new", data=data)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Deal)) == 0


def test_a_stale_edit_shows_both_versions_and_saves_when_sent_again(
        app: Flask, cast: Cast, pipeline_id: int) -> None:
    deal_id = add(app, pipeline_id, title="Окна", amount=100_00, manager_id=cast.boris)
    boris, head = sign_in(app, "boris"), sign_in(app, "head")
    url = f"/deals/{deal_id}/edit"

    def version(page: str) -> str:
        return re.findall(r'name="version"[^>]*value="(\d+)"', page)[0]

    shown = version(boris.get(url).get_data(as_text=True))
    base = {"currency": "RUB", "manager_id": str(cast.boris)}
    assert head.post(url, data={**base, "title": "Двери", "amount": "300", "version": shown}).status_code == 303
    answer = boris.post(url, data={**base, "title": "Окна и рамы", "amount": "200", "version": shown})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert re.findall(r"<dd>now: ([^<]*)</dd>", page) == ["Двери", "₽300"]
    assert 'value="Окна и рамы"' in page
    assert 'value="200"' in page
    with app.app_context():
        assert db.session.get_one(Deal, deal_id).title == "Двери"
    again = boris.post(url, data={**base, "title": "Окна и рамы", "amount": "200", "version": version(page)})
    assert again.status_code == 303
    with app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert (deal.title, deal.amount) == ("Окна и рамы", 200_00)


def test_an_edit_keeps_a_client_that_the_editor_may_not_see(app: Flask, cast: Cast, pipeline_id: int) -> None:
    with app.app_context():
        company = make_company("ООО «Чужая»", manager_id=cast.gleb)
        db.session.commit()
        company_id = company.id
    deal_id = add(app, pipeline_id, manager_id=cast.boris, company_id=company_id)
    client = sign_in(app, "boris")
    page = client.get(f"/deals/{deal_id}").get_data(as_text=True)
    assert "ООО «Чужая»" in page
    assert f"/companies/{company_id}" not in page
    data = {"title": "Новое", "currency": "RUB", "manager_id": "", "version": "1",
            "company_id": str(company_id), "company_id_text": "ООО «Чужая»"}
    assert client.post(f"/deals/{deal_id}/edit", data=data).status_code == 303
    with app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert (deal.title, deal.company_id, deal.manager_id) == ("Новое", company_id, cast.boris)


def test_the_list_finds_words_of_the_deal_and_of_its_client(app: Flask, cast: Cast, pipeline_id: int) -> None:
    with app.app_context():
        company = make_company("ООО «Ёжик»")
        db.session.commit()
        company_id = company.id
    add(app, pipeline_id, title="Окна", company_id=company_id)
    add(app, pipeline_id, title="Двери", company_id=company_id)
    add(app, pipeline_id, title="Окна тоже")
    client = sign_in(app, "head")
    assert titles(client.get("/deals?q=ЕЖИК окна").get_data(as_text=True)) == ["Окна"]
    assert titles(client.get("/deals?q=50%25").get_data(as_text=True)) == []


def test_figures_of_the_scoreboard_open_their_deals(app: Flask, cast: Cast, pipeline_id: int) -> None:
    march = dt.date(2026, 3, 31)
    add(app, pipeline_id, 3, title="Выиграна", amount=100_00, manager_id=cast.boris, closed_on=march)
    add(app, pipeline_id, 4, title="Отказ", manager_id=cast.boris, closed_on=march, engaged_on=dt.date(2026, 2, 1))
    add(app, pipeline_id, 3, title="Позже", manager_id=cast.boris, closed_on=march + TOMORROW)
    add(app, pipeline_id, title="Открыта", manager_id=cast.boris, engaged_on=march)
    add(app, pipeline_id, 3, title="Чужая", manager_id=cast.gleb, closed_on=march)
    client = sign_in(app, "owner")

    def found(address: str) -> list[str]:
        return sorted(titles(client.get(f"/deals?manager={cast.boris}&{address}").get_data(as_text=True)))

    period = "from=2026-03-01&to=2026-03-31"
    assert found(f"status=won&basis=closed&{period}") == ["Выиграна"]
    assert found(f"status=closed&basis=closed&{period}") == ["Выиграна", "Отказ"]
    assert found(f"basis=closed&{period}") == ["Выиграна", "Отказ"]
    assert found(f"basis=engaged&{period}") == ["Открыта"]
    assert found("status=open") == ["Открыта"]
    page = client.get(f"/deals?status=won&{period}").get_data(as_text=True)
    assert re.findall(r'aria-live="polite">(.*?)</p>', page) == [
        '2 deals: <strong><span class="money">₽1,100</span></strong>']


def test_a_day_that_does_not_exist_is_told_and_the_rest_still_works(
        app: Flask, cast: Cast, pipeline_id: int) -> None:
    add(app, pipeline_id, title="Окна")
    page = sign_in(app, "head").get("/deals?from=31.02.2026&sort=nonsense&page=zzz&stage=x").get_data(as_text=True)
    assert "There is no such day: 31.02.2026. Type it as 31.12.2026." in page
    assert titles(page) == ["Окна"]


def test_a_manager_s_list_and_sums_hold_only_what_they_see(app: Flask, cast: Cast, pipeline_id: int) -> None:
    add(app, pipeline_id, title="Своя", amount=1_00, manager_id=cast.boris)
    add(app, pipeline_id, title="Напарницы", amount=2_00, manager_id=cast.vera)
    add(app, pipeline_id, title="Чужая", amount=4_00, manager_id=cast.gleb)
    add(app, pipeline_id, title="Ничья", amount=8_00)
    client = sign_in(app, "boris")
    page = client.get("/deals?sort=amount").get_data(as_text=True)
    assert titles(page) == ["Своя"]
    assert re.findall(r"(\d+ deals?): <strong><span class=\"money\">([^<]*)", page) == [("1 deal", "₽1")]
    assert titles(client.get(f"/deals?manager={cast.gleb}").get_data(as_text=True)) == []
    with app.app_context():
        roles.set_level("manager", "team")
        db.session.commit()
    assert titles(client.get("/deals?sort=amount").get_data(as_text=True)) == ["Своя", "Напарницы"]
    assert titles(sign_in(app, "accountant").get("/deals?sort=-amount").get_data(as_text=True)) == [
        "Ничья", "Чужая", "Напарницы", "Своя"]


def queries_of(app: Flask, act: Callable[[], object]) -> int:
    with asked(app) as seen:
        act()
    return len([one for one in seen if not one.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))])


def test_the_list_asks_the_same_number_of_questions_for_one_deal_and_for_many(
        app: Flask, cast: Cast, pipeline_id: int) -> None:
    client = sign_in(app, "head")

    def fill(count: int) -> None:
        with app.app_context():
            companies = [make_company(manager_id=cast.boris) for _ in range(count)]
            people = [make_contact() for _ in range(count)]
            db.session.commit()
            pairs = [(one.id, other.id) for one, other in zip(companies, people, strict=True)]
        for number, (company_id, contact_id) in enumerate(pairs):
            add(app, pipeline_id, number % 3, company_id=company_id, contact_id=contact_id,
                manager_id=(cast.boris, cast.vera)[number % 2])

    fill(1)
    counts = [queries_of(app, lambda: client.get("/deals"))]
    fill(20)
    counts.append(queries_of(app, lambda: client.get("/deals")))
    assert counts[0] == counts[1] <= 8
    assert queries_of(app, lambda: client.get("/deals?forgotten=1")) == counts[0]


def test_the_page_of_a_deal_asks_the_same_for_a_short_and_a_long_one(
        app: Flask, cast: Cast, pipeline_id: int) -> None:
    bare, full = add(app, pipeline_id, manager_id=cast.boris), add(app, pipeline_id, manager_id=cast.boris)
    with app.app_context():
        for deal_id, count in ((bare, 1), (full, 12)):
            deal, boris = db.session.get_one(Deal, deal_id), db.session.get_one(User, cast.boris)
            operations.set_lines(deal, [operations.LineInput(f"Товар {n}", price=100) for n in range(count)],
                                 actor=boris)
            operations.set_people(deal, [make_contact() for _ in range(count)], actor=boris)
            for number in range(count):
                operations.enter_stage(deal, deal.pipeline.stages[number % 3])
        db.session.commit()
    client = sign_in(app, "boris")
    counts = [queries_of(app, lambda url=url: client.get(url)) for url in (f"/deals/{bare}", f"/deals/{full}")]
    assert counts[0] == counts[1] <= 15


def test_people_join_and_leave_a_deal(app: Flask, cast: Cast, pipeline_id: int) -> None:
    deal_id = add(app, pipeline_id, manager_id=cast.boris)
    client = sign_in(app, "boris")
    for name in ("Ёжиков Иван", "Белкина Анна"):
        answer = client.post(f"/deals/{deal_id}/people", data={"contact_id_text": name}, headers=HX)
        assert answer.status_code == 204
    assert client.post(f"/deals/{deal_id}/people", data={}, headers=HX).status_code == 422
    with app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert deal.contact is not None
        assert (deal.contact.surname, [one.surname for one in deal.people]) == ("Ёжиков", ["Белкина"])
        other = deal.people[0].id
    client.post(f"/deals/{deal_id}/people/{other}/remove")
    with app.app_context():
        assert db.session.get_one(Deal, deal_id).people == []
        assert db.session.get_one(Contact, other).deleted_at is None


def test_a_forgotten_deal_stands_in_the_filtered_list_with_its_reason(
        app: Flask, cast: Cast, pipeline_id: int) -> None:
    add(app, pipeline_id, title="В порядке", next_step_on=dates.today(), stage_since=utcnow())
    add(app, pipeline_id, title="Без шага")
    page = sign_in(app, "head").get("/deals?forgotten=1").get_data(as_text=True)
    assert titles(page) == ["Без шага"]
    assert re.findall(r'class="sub warn">([^<]*)<', page) == ["no next step"]


def test_the_next_step_is_moved_by_one_tap_done_and_taken_back(app: Flask, cast: Cast, pipeline_id: int) -> None:
    deal_id = add(app, pipeline_id, manager_id=cast.boris)
    client, url = sign_in(app, "boris"), f"/deals/{deal_id}/step"

    def step() -> tuple[str, dt.date | None]:
        with app.app_context():
            deal = db.session.get_one(Deal, deal_id)
            return deal.next_step, deal.next_step_on

    for wrong, sentence in (("31.02.2026", "There is no such day. Type it as 31.12.2026."),
                            ("", "Choose the day of the next step.")):
        answer = client.post(url, data={"text": "Звонок", "on": wrong}, headers=HX)
        assert answer.status_code == 409
        assert sentence in answer.get_data(as_text=True)
    assert step() == ("", None)
    client.post(url, data={"text": "Звонок", "on": "2026-12-01"}, headers=HX)
    client.post(url, data={"on": "2026-12-04"}, headers=HX)
    assert step() == ("Звонок", dt.date(2026, 12, 4))
    answer = client.post(f"{url}/done", headers=HX)
    assert step() == ("", None)
    undo = re.search(r'"undo": "([^"]+)"', answer.headers["HX-Trigger"])
    assert undo is not None
    client.post(undo[1], headers=HX)
    assert step() == ("Звонок", dt.date(2026, 12, 4))
