"""Pages of people and companies, as each of the cast sees them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import roles
from crm.accounts.models import User
from crm.clients import operations
from crm.clients.models import Company, Contact
from crm.core.db import db
from tests.cast import Cast, make_cast, sign_in
from tests.statements import asked

Made = Callable[..., int]
HX = {"HX-Request": "true"}


def contacts(app: Flask) -> list[Contact]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Contact).order_by(Contact.id)))


def manager_sees(app: Flask, what: str) -> None:
    with app.app_context():
        roles.set_level("manager", what)
        db.session.commit()


def test_a_person_is_made_with_a_new_company_and_both_cards_open(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    answer = client.post("/contacts/new", data={
        "surname": "Ёлкин", "given_name": "Борис", "company_id_text": "Ромашка", "birthday": "31.12.1980",
        "channel_kind": ["phone", "email"], "channel_typed": ["8 901 123-45-67", "b@example.com"]})
    person = contacts(app)[0]
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/contacts/{person.id}")
    page = client.get(f"/contacts/{person.id}").get_data(as_text=True)
    for piece in ("Ёлкин Борис", 'href="tel:+79011234567"', 'href="mailto:b@example.com"',
                  f'href="/companies/{person.company_id}"', f'hx-get="/deals/of/contact/{person.id}"'):
        assert piece in page
    assert "Ёлкин Борис" in client.get(f"/companies/{person.company_id}").get_data(as_text=True)


def test_a_double_click_on_save_makes_one_person(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    first, second = (client.post("/contacts/new", data={"surname": "Ёлкин", "once": "abc"}) for _ in range(2))
    assert [row.surname for row in contacts(app)] == ["Ёлкин"]
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("birthday", "31.02.1980", "There is no such day. Type it as 31.12.2026."),
    ("birthday", "31.12.2199", "This day has not come yet. Check the year."),
    ("surname", "", "Type a name, so that the card can be found again."),
    ("job", "x" * 201, "This is too long: at most 200 characters."),
    ("company_id", "no number", "Choose it from the list.")])
def test_a_wrong_field_is_told_and_nothing_typed_is_lost(
        app: Flask, cast: Cast, field: str, value: str, sentence: str) -> None:
    answer = sign_in(app, "boris").post("/contacts/new", data={
        "surname": "Ёлкин", "comment": "all of this stays", "channel_kind": "phone", "channel_typed": "12345",
        field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert [sentence in page, "all of this stays" in page, 'value="12345"' in page] == [True, True, True]
    assert contacts(app) == []


def test_a_wrong_email_is_told_beside_its_row(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "boris").post("/contacts/new", data={
        "surname": "Ёлкин", "channel_kind": ["email"], "channel_typed": ["not at all"]})
    assert answer.status_code == 422
    assert "This is not an e-mail address. It should look like name@company.com." in answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_field_of_ten_megabytes_is_refused_with_a_sentence(app: Flask, cast: Cast, kind: str) -> None:
    answer = sign_in(app, "boris").post("/contacts/new", content_type=kind,
                                        data={"surname": "Ёлкин", "comment": "x" * 10_000_000})
    assert (answer.status_code, "That is too large to send." in answer.get_data(as_text=True)) == (413, True)
    assert contacts(app) == []


def test_without_scripts_the_add_button_keeps_what_was_typed_and_saves_nothing(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "boris").post("/contacts/new", data={
        "more": "channel", "surname": "Ёлкин", "channel_kind": ["phone"], "channel_typed": ["12345"]})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, page.count('name="channel_typed"'), 'value="Ёлкин"' in page) == (200, 2, True)
    assert contacts(app) == []


def test_a_stale_edit_shows_both_versions_and_a_second_save_wins(app: Flask, made: Made) -> None:
    person = made("contact", "boris", surname="Ёлкин", job="Engineer")
    client = sign_in(app, "boris")
    version = contacts(app)[0].version
    typed = {"surname": "Ёлкин", "job": "Director", "comment": "my long words", "version": str(version)}
    client.post(f"/contacts/{person}/edit", data={"surname": "Ёлкин", "job": "Accountant", "version": str(version)})
    answer = client.post(f"/contacts/{person}/edit", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    for piece in ("</span>Accountant</td>", "</span>Director</td>",
                  'value="Director"', "my long words</textarea>"):
        assert piece in page
    assert contacts(app)[0].job == "Accountant"
    again = client.post(f"/contacts/{person}/edit", data={**typed, "version": str(contacts(app)[0].version)})
    assert (again.status_code, contacts(app)[0].job) == (303, "Director")


def test_a_stale_edit_of_a_company_shows_both_versions(app: Flask, made: Made) -> None:
    company = made("company", "boris", name="Ромашка", city="Псков")
    client = sign_in(app, "boris")
    client.post(f"/companies/{company}/edit", data={"name": "Ромашка", "city": "Тверь", "version": "1"})
    answer = client.post(f"/companies/{company}/edit", data={
        "name": "Ромашка", "city": "Омск", "version": "1", "bank_bic": "044525225", "bank_name": "Sber",
        "bank_account": "40702810238000139300", "bank_corr": ""})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Тверь" in page, "Омск" in page, 'value="40702810238000139300"' in page) == (
        409, True, True, True)


@pytest.mark.parametrize("place", ["", "/edit"])
def test_a_colleagues_client_answers_like_one_that_does_not_exist(app: Flask, made: Made, place: str) -> None:
    ids = {"contacts": made("contact", "gleb", surname="Чужаков"), "companies": made("company", "gleb", name="Чужая")}
    client = sign_in(app, "boris")
    for kind, card_id in ids.items():
        answers = [client.get(f"/{kind}/{number}{place}") for number in (card_id, 999999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        theirs, missing = (answer.get_data(as_text=True).split("<h1>")[1].split("number")[0] for answer in answers)
        assert theirs.replace(f"{kind}/{card_id}", f"{kind}/999999") == missing


@pytest.mark.parametrize(("sees", "names"), [
    ("own", ["Борисов"]), ("team", ["Борисов", "Верин"]), ("all", ["Борисов", "Верин", "Глебов"])])
def test_lists_picks_and_hints_hold_what_the_manager_may_see(
        app: Flask, made: Made, sees: str, names: list[str]) -> None:
    for who, surname in (("boris", "Борисов"), ("vera", "Верин"), ("gleb", "Глебов")):
        made("contact", who, surname=surname, channels=[("phone", "+79011234567")])
    manager_sees(app, sees)
    client = sign_in(app, "boris")
    for url in ("/contacts", "/contacts?q=901", "/contacts/pick?q=901",
                "/contacts/similar?channel_kind=phone&channel_typed=89011234567", "/search?q=9011234567"):
        page = client.get(url, headers=HX).get_data(as_text=True)
        assert [name for name in ("Борисов", "Верин", "Глебов") if name in page] == names, url


def test_the_owner_sees_every_client_and_the_viewer_may_not_edit(app: Flask, made: Made) -> None:
    person = made("contact", "gleb", surname="Глебов")
    assert "Глебов" in sign_in(app, "owner").get("/contacts").get_data(as_text=True)
    viewer = sign_in(app, "viewer")
    assert [viewer.get(f"/contacts/{person}").status_code, viewer.get(f"/contacts/{person}/edit").status_code,
            viewer.post("/contacts/new", data={"surname": "Ёлкин"}).status_code] == [200, 403, 403]


def test_a_manager_cannot_give_a_client_to_a_colleague_and_a_head_can(app: Flask, cast: Cast) -> None:
    for who in ("boris", "head"):
        sign_in(app, who).post("/contacts/new", data={"surname": who, "manager_id": str(cast.gleb)})
    assert {row.surname: row.manager_id for row in contacts(app)} == {"boris": cast.boris, "head": cast.gleb}


def test_the_bin_hides_a_client_from_everybody_and_gives_it_back(app: Flask, made: Made) -> None:
    person = made("contact", "boris", surname="Ёлкин")
    head, boris = sign_in(app, "head"), sign_in(app, "boris")
    assert boris.post(f"/contacts/{person}/delete").status_code == 403
    assert head.post(f"/contacts/{person}/delete").headers["Location"] == "/contacts"
    shown_after = head.get("/contacts").get_data(as_text=True)
    assert f"/contacts/{person}/restore" in shown_after  # the message offers the way back
    assert boris.get(f"/contacts/{person}").status_code == 404
    assert ["Ёлкин" in head.get(url, headers=HX).get_data(as_text=True)
            for url in ("/contacts", "/contacts?bin=1", "/contacts/pick?q=")] == [False, True, False]
    assert head.post(f"/contacts/{person}/restore").headers["Location"] == f"/contacts/{person}"
    assert boris.get(f"/contacts/{person}").status_code == 200


def test_a_search_gives_htmx_the_table_and_everybody_else_the_page(app: Flask, made: Made) -> None:
    made("company", "boris", name="«Северный Ёж»", inn="7707083893")
    client = sign_in(app, "boris")
    part, page = client.get("/companies?q=ЕЖ 7707", headers=HX), client.get("/companies?q=ЕЖ 7707")
    assert [text.get_data(as_text=True).count("«Северный Ёж»") for text in (part, page)] == [1, 1]
    assert part.get_data(as_text=True).lstrip().startswith('<div id="list"')
    assert "<!doctype html>" in page.get_data(as_text=True)


def test_a_list_sorts_both_ways(app: Flask, made: Made) -> None:
    for name, city in (("Астра", "Тверь"), ("Василёк", "Омск")):
        made("company", "boris", name=name, city=city)
    client = sign_in(app, "boris")
    for sort, first in (("name", "Астра"), ("-name", "Василёк"), ("city", "Василёк"), ("nonsense", "Астра")):
        page = client.get(f"/companies?sort={sort}", headers=HX).get_data(as_text=True)
        assert min(("Астра", "Василёк"), key=page.index) == first, sort


@pytest.mark.parametrize("url", ["/contacts", "/companies", "/search?q=Ёжик", "/contacts/pick?q=Ёжик"])
def test_a_list_asks_the_database_as_often_for_three_rows_as_for_one(app: Flask, made: Made, url: str) -> None:
    def add(number: int) -> None:
        company = made("company", "boris", name=f"Ёжик {number}", channels=[("phone", "+79011234567")])
        made("contact", "boris", surname=f"Ёжик {number}", company_id=company, channels=[("phone", "+79011234567")])

    add(1)
    client = sign_in(app, "boris")
    counts = [queries_of(app, lambda: client.get(url))]
    add(2)
    add(3)
    counts.append(queries_of(app, lambda: client.get(url)))
    assert counts[0] == counts[1]


def queries_of(app: Flask, act: Callable[[], object]) -> int:
    with asked(app) as seen:
        act()
    return len([text for text in seen if text.startswith("SELECT")])


@pytest.mark.parametrize(("field", "args", "words"), [
    ("inn", "value=7707083893", "The number is correct."), ("inn", "inn=7707083894", "does not add up"),
    ("bank_account", "bank_account=40702810238000139300&bank_bic=044525225", "The number is correct."),
    ("bank_account", "bank_account=40702810238000139301&bank_bic=044525225", "This account does not fit the BIC."),
    ("ogrn", "ogrn=304500116000157", "The number is correct."),
    ("bank_account", "bank_account=DE89370400440532013000&bank_bic=", "The number is correct."),
    ("inn", "value=", ""), ("nonsense", "value=1", "")])
def test_a_number_is_checked_while_it_is_typed(app: Flask, cast: Cast, field: str, args: str, words: str) -> None:
    page = sign_in(app, "boris").get(f"/companies/check?field={field}&{args}", headers=HX).get_data(as_text=True)
    assert (words in page) if words else (page.strip() == "")


def test_an_inn_that_is_here_already_names_the_company(app: Flask, made: Made) -> None:
    mine = made("company", "boris", name="Моя", inn="7707083893")
    made("company", "gleb", name="Чужая", inn="7707083893")
    client = sign_in(app, "boris")
    page = client.get("/companies/check?field=inn&inn=7707083893").get_data(as_text=True)
    assert ["Моя" in page, "Чужая" in page] == [True, False]
    page = client.get(f"/companies/check?field=inn&inn=7707083893&but=company-{mine}").get_data(as_text=True)
    assert "Моя" not in page


def test_wrong_requisites_are_kept_and_warned_about_on_the_card(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    answer = client.post("/companies/new", data={"name": "Ромашка", "inn": "7707083894", "ogrn": "1027700132195"})
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert ["7707083894" in page, "does not add up" in page, page.count('class="checked"')] == [True, True, 1]


def test_a_picker_offers_to_create_only_to_those_who_may(app: Flask, made: Made) -> None:
    made("company", "boris", name="Ромашка")
    for who, offered in (("boris", True), ("viewer", False)):
        page = sign_in(app, who).get("/companies/pick?q=рома", headers=HX).get_data(as_text=True)
        assert ("Ромашка" in page, "data-new" in page) == (True, offered)


def test_nobody_without_a_session_sees_a_client(app: Flask, made: Made) -> None:
    person = made("contact", "boris", surname="Ёлкин")
    client = app.test_client()
    for url in ("/contacts", f"/contacts/{person}", "/contacts/pick", f"/timeline/contact/{person}", "/search?q=Ёлкин"):
        assert client.get(url).headers["Location"].startswith("/login")


def test_what_a_client_typed_is_text_and_never_markup(app: Flask, made: Made) -> None:
    person = made("contact", "boris", surname="<b>Ёлкин", needs="<script>alert(1)</script>")
    page = sign_in(app, "boris").get(f"/contacts/{person}").get_data(as_text=True)
    assert ["<b>Ёлкин" in page, "<script>alert" in page] == [False, False]


def test_an_edit_keeps_a_company_that_the_manager_may_not_open(app: Flask, made: Made) -> None:
    company = made("company", "gleb", name="Чужая")
    person = made("contact", "boris", surname="Ёлкин", company_id=company)
    client = sign_in(app, "boris")
    assert f'href="/companies/{company}"' not in client.get(f"/contacts/{person}").get_data(as_text=True)
    client.post(f"/contacts/{person}/edit", data={"surname": "Ёлкин", "job": "Director", "company_id": str(company),
                                                  "company_id_text": "Чужая", "version": "1"})
    assert [(row.company_id, row.job) for row in contacts(app)] == [(company, "Director")]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Company)) == 1


def test_of_two_who_save_the_same_version_at_once_one_is_refused(real_app: Flask) -> None:
    with real_app.app_context():
        boris = make_cast().boris
        person = operations.create_contact(actor=db.session.get_one(User, boris), surname="Ёлкин").id
        db.session.commit()
    browsers = [sign_in(real_app, "boris") for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda pair: pair[1].post(f"/contacts/{person}/edit", data={
            "surname": "Ёлкин", "job": f"job {pair[0]}", "version": "1"}), enumerate(browsers)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    with real_app.app_context():
        kept = db.session.get_one(Contact, person).job
    assert kept == f"job {[answer.status_code for answer in answers].index(303)}"
