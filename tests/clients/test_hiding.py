"""A phone, an e-mail or a messenger hidden from a role is nowhere: cards, lists, search, files, forms, timelines, letters."""

import html
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import queries as accounts
from crm.accounts import roles
from crm.accounts.models import User
from crm.accounts.rights import built_in
from crm.clients import hiding, operations
from crm.clients.models import Company, Contact
from crm.core.db import db
from crm.core.events import Event
from crm.deals.models import Deal
from crm.deals.operations import create_deal
from crm.mail.models import Letter
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline

NUMBER, TYPED, ADDRESS = "79012345678", "+7 901 234-56-78", "secret.box@example.com"
NICK, ROOM = "solo_1900", "klub.solo"
HX = {"HX-Request": "true"}


def hide(app: Flask, *fields: str, role: str = "manager") -> None:
    with app.app_context():
        powers = accounts.powers_of(role)
        assert powers is not None
        roles.change_role(role, levels={**powers.levels, "clients.export": "own", "deals.export": "own"}, hidden=fields,
                          actor=None)
        db.session.commit()


@pytest.fixture
def ids(app: Flask, cast: Cast) -> dict[str, int]:
    """A person and a company of Boris, each with a phone, a number in a messenger and an e-mail; a deal with both."""
    with app.app_context():
        boris = db.session.get_one(User, cast.boris)
        ways = [("phone", TYPED), ("whatsapp", TYPED), ("email", ADDRESS)]
        company = operations.create_company(name="Ромашка", actor=boris, channels=ways)
        contact = operations.create_contact(surname="Соловьёв", given_name="Пётр", actor=boris, company=company, channels=ways)
        operations.update_contact(contact, actor=boris, channels=[*ways, ("telegram", f"@{NICK}")])
        deal = create_deal(title="Поставка", pipeline=make_pipeline(), actor=boris, company=company, contact=contact,
                           manager_id=boris.id, currency="RUB")
        company_ways = [*ways, ("vk", f"https://vk.com/{ROOM}"), ("other", "max: Ромашковод")]
        operations.update_company(company, actor=boris, channels=company_ways)
        operations.add_note(contact, text=f"Писать в t.me/{NICK} или @{NICK}, ещё vk.com/{ROOM}.", actor=boris)
        operations.add_note(contact, text=f"Звонить 8 (901) 234-56-78 до 21.11.2026, писать на {ADDRESS}", actor=boris)
        db.session.commit()
        return {"contact": contact.id, "company": company.id, "deal": deal.id}


def pages(ids: dict[str, int]) -> list[str]:
    """Every page on which a way to reach a client could stand."""
    return [f"/contacts/{ids['contact']}", f"/companies/{ids['company']}", "/contacts", "/companies", "/",
            f"/contacts/{ids['contact']}/edit", f"/companies/{ids['company']}/edit", f"/deals/{ids['deal']}",
            f"/deals/{ids['deal']}/parts", f"/timeline/contact/{ids['contact']}", f"/timeline/company/{ids['company']}",
            f"/timeline/deal/{ids['deal']}", "/search?q=Солов", "/search?q=Ромашка", "/contacts/pick?q=Солов",
            "/companies/pick?q=Ромашка", "/deals/clients?q=Солов", f"/deals/{ids['deal']}/letter", "/outbox/"]


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def leaks(client: FlaskClient, ids: dict[str, int]) -> list[str]:
    found = []
    for path in pages(ids):
        for headers in ({}, HX):
            answer = client.get(path, headers=headers)
            assert answer.status_code == 200, path
            text = answer.get_data(as_text=True)
            found += [f"{path}: phone"] if NUMBER[1:] in digits(text) else []
            found += [f"{path}: e-mail"] if ADDRESS in text else []
            found += [f"{path}: messenger"] if any(mark in text for mark in (NICK, ROOM, "Ромашковод", "wa.me", "t.me")) else []
    return found


def test_what_is_not_hidden_is_there(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    found = leaks(sign_in(app, "boris"), ids)
    assert len({line for line in found if line.endswith("phone")}) >= 8
    assert len({line for line in found if line.endswith("e-mail")}) >= 8
    assert {line.split(":")[0].rsplit("/", 1)[0] for line in found if line.endswith("messenger")} >= {
        "/contacts", "/companies", f"/contacts/{ids['contact']}", f"/companies/{ids['company']}", "/timeline/contact", "/timeline/company"}


def test_hidden_it_is_on_no_page(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app, hiding.PHONE, hiding.EMAIL)
    boris = sign_in(app, "boris")
    assert {line.rsplit(" ", 1)[1] for line in leaks(boris, ids)} == {"messenger"}
    assert f"@{NICK}" in boris.get(f"/contacts/{ids['contact']}").get_data(as_text=True)  # a name is no number
    note = boris.get(f"/timeline/contact/{ids['contact']}").get_data(as_text=True)
    assert "21.11.2026" in note
    assert "(hidden)" in note


def test_hidden_messengers_are_on_no_page_and_leave_the_rest(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app, hiding.MESSENGER)
    boris = sign_in(app, "boris")
    found = leaks(boris, ids)
    assert {line.rsplit(" ", 1)[1] for line in found} == {"phone", "e-mail"}
    card = boris.get(f"/contacts/{ids['contact']}").get_data(as_text=True)
    assert card.count("tel:+" + NUMBER) >= 1
    assert "Писать в (hidden) или (hidden), ещё (hidden)" in boris.get(f"/timeline/contact/{ids['contact']}").get_data(as_text=True)
    hide(app, hiding.PHONE, hiding.EMAIL, hiding.MESSENGER)
    assert leaks(boris, ids) == []
    assert "Contact details are hidden from your role." in boris.get(f"/contacts/{ids['contact']}").get_data(as_text=True)


def test_nothing_is_found_by_a_hidden_messenger(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    boris = sign_in(app, "boris")
    lists = ("/search?q=", "/contacts?q=", "/companies?q=", "/deals?q=", "/deals/board?q=", "/contacts/pick?new=0&q=",
             "/companies/pick?new=0&q=", "/deals/clients?q=")

    def hits(word: str) -> list[str]:
        return [path for path in lists if "Солов" in (text := boris.get(path + word, headers=HX).get_data(as_text=True))
                or "Ромашка" in text or "Поставка" in text]

    assert len(hits(NICK)) >= 5
    assert len(hits(ROOM)) >= 5
    asked = [("telegram", f"@{NICK}"), ("vk", ROOM), ("email", NICK), ("other", NICK), ("whatsapp", TYPED)]

    def similar() -> list[bool]:
        return ["Солов" in boris.get("/contacts/similar", query_string={
            "channel_kind": kind, "channel_typed": typed}).get_data(as_text=True) for kind, typed in asked]

    assert similar() == [True, False, True, True, True]
    hide(app, hiding.MESSENGER)
    assert [hits(word) for word in (NICK, ROOM)] == [[], []]
    assert similar() == [False] * 5
    assert len(hits("соловьев")) >= 6


def test_a_hidden_number_is_not_found_out_as_another_kind(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app, hiding.PHONE)
    boris = sign_in(app, "boris")
    for kind in ("email", "other", "vk"):
        part = boris.get("/contacts/similar", query_string={"channel_kind": kind, "channel_typed": f"+{NUMBER}"})
        assert "Солов" not in part.get_data(as_text=True), kind


def test_no_file_holds_a_hidden_messenger(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app)
    boris = sign_in(app, "boris")
    marks = {"/contacts/export.csv": [NICK, "WhatsApp"], "/companies/export.csv": [ROOM, "Ромашковод", "WhatsApp"]}
    for path, words in marks.items():
        text = boris.get(path).get_data(as_text=True)
        assert [word for word in words if word not in text] == []
    hide(app, hiding.MESSENGER)
    for path, words in marks.items():
        text = boris.get(path).get_data(as_text=True)
        assert [word for word in words if word in text] == []
        assert ADDRESS in text
        assert NUMBER[1:] in digits(text)


def test_a_form_that_does_not_show_messengers_keeps_them(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app, hiding.MESSENGER)
    boris = sign_in(app, "boris")
    with app.app_context():
        version = db.session.get_one(Contact, ids["contact"]).version
    sent = boris.post(f"/contacts/{ids['contact']}/edit", data={
        "surname": "Соловьёв", "given_name": "Пётр", "version": str(version), "channel_kind": ["phone"],
        "channel_typed": ["+7 999 000-00-00"]})
    assert sent.status_code == 303
    with app.app_context():
        rows = [(row.kind, row.value) for row in db.session.get_one(Contact, ids["contact"]).channels]
    assert rows == [("phone", "+79990000000"), ("whatsapp", "+" + NUMBER), ("telegram", NICK)]


def test_a_hidden_phone_leaves_the_email(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app, hiding.PHONE)
    found = leaks(sign_in(app, "boris"), ids)
    assert found
    assert [line for line in found if line.endswith("phone")] == []


def test_nothing_is_found_by_what_is_hidden(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    boris = sign_in(app, "boris")
    lists = ("/search?q=", "/contacts?q=", "/companies?q=", "/deals?q=", "/deals/board?q=", "/contacts/pick?new=0&q=",
             "/deals/clients?q=")

    def hits(word: str) -> list[str]:
        return [path for path in lists if "Солов" in (text := boris.get(path + word, headers=HX).get_data(as_text=True))
                or "Ромашка" in text or "Поставка" in text]

    words = ("9012345678", "901%20234", "8901", "secret.box")
    assert all(hits(word) for word in words)
    hide(app, hiding.PHONE, hiding.EMAIL)
    assert [hits(word) for word in words] == [[]] * len(words)
    assert len(hits("соловьев")) == 6  # everywhere but among companies
    assert len(hits("СОЛОВЬЁВ")) == 6
    for kind, typed in (("phone", TYPED), ("email", ADDRESS)):
        part = boris.get("/contacts/similar", query_string={"channel_kind": kind, "channel_typed": typed})
        assert "Солов" not in part.get_data(as_text=True)


def test_no_file_holds_it(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app)
    boris = sign_in(app, "boris")
    paths = ["/contacts/export.csv", "/companies/export.csv"]
    assert all(ADDRESS in boris.get(path).get_data(as_text=True) for path in paths)
    hide(app, hiding.PHONE, hiding.EMAIL)
    for path in paths:
        text = boris.get(path).get_data(as_text=True)
        assert "Ромашка" in text
        assert ADDRESS not in text
        assert NUMBER[1:] not in digits(text)


def test_what_people_wrote_leaves_without_hidden_numbers(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    words = "звонить +7 905 111-22-33 или vera@firm.example"
    with app.app_context():
        pipeline = make_pipeline()
        person = Contact(surname="Слов", manager_id=cast.boris, needs=f"нужды: {words}", comment=f"пометка: {words}")
        company = Company(name="Словарь", manager_id=cast.boris, comment=f"пометка: {words}")
        deal = make_deal(pipeline, manager_id=cast.boris)
        deal.comment, deal.next_step = f"пометка: {words}", f"шаг: {words}"
        db.session.add_all([person, company])
        db.session.commit()
    hide(app, "manager", "client.phone", "client.email")
    boris = sign_in(app, "boris")
    for path, marks in (("/contacts/export.csv", ["нужды: звонить", "пометка: звонить"]), ("/companies/export.csv", ["пометка: звонить"]),
                        ("/deals/export.csv", ["пометка: звонить", "шаг: звонить"])):
        told = boris.get(path).data.decode("utf-8-sig")
        assert [mark for mark in marks if mark not in told] == []
        assert [one for one in ("905 111", "111-22-33", "vera@firm") if one in told] == []


def test_saving_a_form_that_does_not_show_it_keeps_it(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app, hiding.PHONE)
    boris = sign_in(app, "boris")
    with app.app_context():
        version = db.session.get_one(Contact, ids["contact"]).version
    form = {"surname": "Соловьёв", "given_name": "Павел", "version": str(version), "channel_kind": ["email", "phone"],
            "channel_typed": ["new@example.com", "+7 999 000-00-00"]}
    assert boris.post(f"/contacts/{ids['contact']}/edit", data=form).status_code == 303
    stale = boris.post(f"/contacts/{ids['contact']}/edit", data={**form, "given_name": "Иной"})
    assert stale.status_code == 409
    assert NUMBER[1:] not in digits(stale.get_data(as_text=True))
    with app.app_context():
        company = db.session.get_one(Company, ids["company"])
        boris.post(f"/companies/{company.id}/edit", data={"name": "Ромашка", "version": str(company.version),
                                                          "channel_kind": ["email"], "channel_typed": [""]})
        db.session.expire_all()
        values = [row.value for row in db.session.get_one(Contact, ids["contact"]).channels]
        assert values == ["+" + NUMBER, "+" + NUMBER, "new@example.com", "+79990000000"]
        assert [row.kind for row in db.session.get_one(Company, ids["company"]).channels] == ["phone", "whatsapp"]


def edit_fields(page: str) -> dict[str, object]:
    """The rows, the version and the names of an edit form, as a browser sends them back untouched."""
    rows = page.split('<div class="channel-row">')[1:]
    fields: dict[str, object] = {"channel_kind": [re.findall(r'<option value="(\w+)" selected', row)[0] for row in rows],
                                 "channel_typed": re.findall(r'name="channel_typed" value="([^"]*)"', page)}
    names = ("version", "surname", "given_name", "name", "company_id", "company_id_text")
    found = {name: re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', page) for name in names}
    fields |= {name: html.unescape(match[1]) for name, match in found.items() if match}
    comment = re.search(r'<textarea[^>]*name="comment"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    return {**fields, "comment": comment[1] if comment else ""}


@pytest.mark.parametrize("hidden", [(hiding.PHONE,), (hiding.EMAIL,), (hiding.PHONE, hiding.EMAIL)])
@pytest.mark.parametrize("place", ["contacts", "companies"])
def test_saving_without_changes_moves_no_hidden_row_and_tells_nothing(app: Flask, cast: Cast, ids: dict[str, int], place: str,
                                                                      hidden: tuple[str, ...]) -> None:
    model = Contact if place == "contacts" else Company
    ways = [("telegram", "@solo"), ("phone", "8 (901) 234 56 78"), ("email", ADDRESS), ("whatsapp", TYPED), ("vk", "solo")]
    with app.app_context():
        card = db.session.get_one(model, ids[place.replace("contacts", "contact").replace("companies", "company")])
        operations.set_channels(card, ways)
        db.session.commit()
        card_id, before = card.id, [(row.id, row.kind, row.typed) for row in card.channels]
    hide(app, *hidden)
    boris = sign_in(app, "boris")
    sent = edit_fields(boris.get(f"/{place}/{card_id}/edit").get_data(as_text=True))
    with app.app_context():
        facts = db.session.scalar(sa.select(sa.func.count()).select_from(Event))
    assert boris.post(f"/{place}/{card_id}/edit", data=sent).status_code == 303
    with app.app_context():
        card = db.session.get_one(model, card_id)
        assert [(row.id, row.kind, row.typed) for row in card.channels] == before
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == facts


def test_a_hidden_number_typed_anew_leaves_the_hidden_row_as_it_was(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app, hiding.PHONE)
    boris = sign_in(app, "boris")
    sent = edit_fields(boris.get(f"/contacts/{ids['contact']}/edit").get_data(as_text=True))
    sent |= {"channel_kind": ["phone", "email"], "channel_typed": ["89012345678", ADDRESS]}
    assert boris.post(f"/contacts/{ids['contact']}/edit", data=sent).status_code == 303
    with app.app_context():
        typed = [row.typed for row in db.session.get_one(Contact, ids["contact"]).channels]
    assert typed == [TYPED, TYPED, ADDRESS]


def test_a_letter_goes_to_the_address_that_its_writer_does_not_see(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    hide(app, hiding.EMAIL)
    boris = sign_in(app, "boris")
    sent = boris.post(f"/deals/{ids['deal']}/letter", data={"subject": "Счёт", "body": "Здравствуйте"})
    assert sent.status_code == 303
    with app.app_context():
        assert db.session.scalars(sa.select(Letter.to)).all() == [ADDRESS]
        letter_id = db.session.scalar(sa.select(Letter.id))
    assert ADDRESS not in boris.get(f"/outbox/{letter_id}").get_data(as_text=True)
    assert leaks(boris, ids) == [line for line in leaks(boris, ids) if not line.endswith("e-mail")]
    with app.app_context():
        deal = db.session.get_one(Deal, ids["deal"])
        deal.contact = deal.company = None
        db.session.commit()
    again = boris.post(f"/deals/{ids['deal']}/letter", data={"subject": "Счёт", "body": "Здравствуйте"})
    assert again.status_code == 409


@pytest.mark.parametrize(("text", "left"), [
    ("Позвонить 8 901 234 56 78", "Позвонить (скрыто)"), ("договор 12/2026 от 01.02.2026", "договор 12/2026 от 01.02.2026"),
    ("тел. +7(901)234-56-78, a@b.ru", "тел. (скрыто), (скрыто)"), ("сумма 120 000", "сумма 120 000"),
    ("2026-12-01", "2026-12-01")])
def test_words_lose_numbers_and_addresses_only(app: Flask, text: str, left: str) -> None:
    with app.test_request_context("/"):
        assert hiding.masked(text, {hiding.PHONE, hiding.EMAIL}) == left


@pytest.mark.parametrize(("text", "left"), [
    ("https://t.me/solo, потом @solo_1", "(скрыто) потом (скрыто)"), ("vk.com/id1 и wa.me/79012345678", "(скрыто) и (скрыто)"),
    ("a@b.ru, +7 901 234-56-78", "a@b.ru, +7 901 234-56-78"), ("цена @ 5, 12.5 т.мес", "цена @ 5, 12.5 т.мес"),
    ("tg://resolve?domain=solo", "(скрыто)"), ("https://max.ru/u/solo", "(скрыто)"), ("solo.t.me", "(скрыто)"),
    ("klimax.ru/u, not.me", "klimax.ru/u, not.me")])
def test_words_lose_messengers_only(app: Flask, text: str, left: str) -> None:
    with app.test_request_context("/"):
        assert hiding.masked(text, {hiding.MESSENGER}) == left


def test_what_a_manager_never_sees_of_money_leaves_ways_to_reach_alone(app: Flask, cast: Cast) -> None:
    with app.app_context():
        boris = db.session.get_one(User, cast.boris)
        assert boris.powers.hidden == {"product.cost", "deal.margin"}
        assert not hiding.hides_any(boris)


def test_production_reaches_nobody(app: Flask) -> None:
    assert built_in("production").hidden >= hiding.REACH
