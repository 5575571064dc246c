"""What entries of the log say: whom and what they concern, and before and after in words instead of codes."""

import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import events as account_events
from crm.accounts import operations, rights, roles
from crm.accounts.models import Organization, User
from crm.clients import events as client_events
from crm.clients import operations as clients
from crm.core import journal
from crm.core.db import db, utcnow
from crm.core.events import Event, record, record_many
from crm.deals import events as deal_events
from crm.deals.operations import deals
from crm.deals.operations import mass as deal_mass
from crm.documents import events as document_events
from crm.documents.models import Document
from crm.guard import events
from crm.guard.operations import chain
from crm.imports import events as import_events
from crm.plans.events import PLAN_CHANGED
from crm.staff import operations as staff
from tests.cast import Cast, add_colleague, sign_in
from tests.factories import make_contact, make_deal, make_pipeline
from tests.statements import statements

TAGS = re.compile(r"<[^>]*>")


def user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def said(app: Flask, who: str = "owner", query: str = "") -> list[str]:
    """The entries of the page as a reader reads them: one text each."""
    page = sign_in(app, who).get(f"/settings/log?{query}").text
    rows = page[page.index('id="list"'):].split("<tr data-row>")[1:]
    return [" ".join(unescape(TAGS.sub(" ", row)).split()) for row in rows]


def entry(app: Flask, what: str, who: str = "owner", query: str = "") -> str:
    """The newest entry that begins with these words."""
    return next(row for row in said(app, who, query) if row.startswith(what))


def speak_russian() -> None:
    db.session.execute(sa.update(User).values(locale="ru"))
    db.session.commit()


def test_a_person_who_was_moved_to_the_bin_is_named_by_the_present_name(app: Flask, cast: Cast) -> None:
    with app.app_context():
        contact = clients.create_contact(actor=user(cast.owner), surname="Ёжикова", given_name="Анна")
        clients.delete(contact, actor=user(cast.owner))
        contact.surname = "Лисина"
        db.session.commit()
        where = f'href="/contacts/{contact.id}">Лисина Анна</a>'
    assert entry(app, "Person moved to the bin").startswith("Person moved to the bin Лисина Анна")
    assert where in sign_in(app, "owner").get("/settings/log").text


def test_work_handed_over_says_from_whom_to_whom_and_how_much(app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_deal(make_pipeline(), manager_id=cast.boris)
        done = staff.hand_over(user(cast.boris), parts=["deal"], takers=[user(cast.vera)], actor=user(cast.owner))
        db.session.commit()
        staff.take_back(done, actor=user(cast.owner))
        db.session.commit()
    assert "Борис Ёлкин To: Вера Соколова, Deals: 1" in entry(app, "Work handed over")
    assert "Борис Ёлкин Records: 1" in entry(app, "Work handed back")


def test_a_changed_role_says_which_one_and_its_rights_in_words(app: Flask, cast: Cast) -> None:
    with app.app_context():
        levels = {**rights.built_in("manager").levels, "deals.see": "team", "plans.edit": "all"}
        roles.change_role("manager", levels=levels, hidden=["client.phone"], actor=user(cast.owner))
        db.session.commit()
    text = entry(app, "Role changed")
    assert text.startswith("Role changed Manager")
    for line in ("Deals, sees: own → the team's", "Sales plans: no → yes", "Hidden: Margin, Cost → Client's phone"):
        assert line in text


def test_a_role_set_back_tells_what_it_was_before_and_after(app: Flask, cast: Cast) -> None:
    with app.app_context():
        levels = {**rights.built_in("manager").levels, "deals.see": "team"}
        roles.change_role("manager", levels=levels, hidden=rights.built_in("manager").hidden, actor=user(cast.owner))
        roles.delete_role("manager", actor=user(cast.owner))
        db.session.commit()
        last = db.session.scalars(sa.select(Event).where(Event.kind == "role.changed").order_by(Event.id.desc())).first()
        assert last is not None
        assert last.data == {"role": "manager", "reset": True, "changed": {"deals.see": ["team", "own"]}}
    text = entry(app, "Role changed")
    assert "Manager Back to its usual rights" in text
    assert "Deals, sees: the team's → own" in text


def test_an_own_role_is_named_while_it_is_there_and_after(app: Flask, cast: Cast) -> None:
    with app.app_context():
        row = roles.copy_role("manager", name="Стажёр", actor=user(cast.owner))
        db.session.commit()
        code = row.code
    assert "Стажёр Made from: Manager" in entry(app, "Role changed")
    with app.app_context():
        roles.change_role(code, levels={}, hidden=rights.built_in("manager").hidden, name="Ученик", sells=False, actor=user(cast.owner))
        db.session.commit()
    assert "Name of the role: Стажёр → Ученик" in entry(app, "Role changed")
    with app.app_context():
        roles.delete_role(code, actor=user(cast.owner))
        db.session.commit()
    rows = [row for row in said(app) if row.startswith("Role changed")]
    assert "Ученик (no longer there) Removed" in rows[0]
    assert "Ученик (no longer there) People of this role" in rows[1]
    assert "Стажёр (no longer there) Made from: Manager" in rows[2]


def test_what_was_saved_unchanged_is_no_entry(app: Flask, cast: Cast) -> None:
    with app.app_context():
        boris, company = user(cast.boris), db.session.scalars(sa.select(Organization)).one()
        before = db.session.scalar(sa.select(sa.func.count()).select_from(Event))
        operations.update_user(boris, actor=user(cast.owner), name=boris.name, role=boris.role)
        operations.update_organization(company, actor=user(cast.owner), name=company.name)
        manager = rights.built_in("manager")
        roles.change_role("manager", levels=manager.levels, hidden=manager.hidden, actor=user(cast.owner))
        db.session.commit()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == before


def test_a_person_of_ours_is_changed_in_words(app: Flask, cast: Cast) -> None:
    with app.app_context():
        boris = user(cast.boris)
        operations.update_user(boris, actor=user(cast.owner), role="head", team_id=user(cast.gleb).team_id, email="b@example.com")
        db.session.commit()
        operations.update_user(boris, actor=user(cast.owner), active=False)
        db.session.commit()
        speak_russian()
    rows = [row for row in said(app) if row.startswith("Изменён человек")]
    assert "Борис Ёлкин Можно входить: да → нет" in rows[0]
    for line in ("Роль: Менеджер → Руководитель", "Команда: North → South", "E-mail: boris@example.com → b@example.com"):
        assert line in rows[1]


def test_settings_are_told_without_codes_and_brackets(app: Flask, cast: Cast) -> None:
    with app.app_context():
        company = db.session.scalars(sa.select(Organization)).one()
        operations.update_organization(company, actor=user(cast.owner), vat_rate=None, modules_off=["tasks"], second_for="heads",
                                       guard={"files": 100, "people": {str(cast.vera): {"lists": 7}}})
        operations.update_organization(company, actor=user(cast.owner), second_for="nobody")
        db.session.commit()
    text = " ".join(row for row in said(app) if row.startswith("Settings changed"))
    for line in ("Default VAT: 22% → without VAT", "Not in use: Tasks", "Who must have a second step: Nobody → Owner and heads",
                 "Rows a day in files: 100", "Limits of single people: Вера Соколова (Rows a day in lists and boards: 7)"):
        assert line in text
    assert not re.search(r"[{}\[\]]", text)


def test_plans_imports_and_cards_moved_have_names_for_ids(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pipeline = make_pipeline()
        deal = make_deal(pipeline, title="Забор", manager_id=cast.boris)
        first, second = pipeline.stages[0], pipeline.stages[1]
        record(PLAN_CHANGED, user(cast.owner), actor_id=cast.owner, year=2026, changed={f"{cast.vera}/2026-05": [0, 100_000]})
        record(import_events.DEAL_REIMPORTED, deal, actor_id=cast.owner, changed={
            "stage_id": [str(first.id), str(second.id)], "manager_id": ["None", str(cast.vera)], "amount": ["0", "500000"]})
        record(deal_events.CARD_PLACED, actor_id=cast.owner, deal=deal.id, stage=first.id)
        db.session.commit()
    assert "Вера Соколова, May 2026: ₽0 → ₽1,000" in entry(app, "Sales plan changed")
    text = entry(app, "Deal updated from a file")
    assert "Забор Stage: Новая → Переговоры Manager: Вера Соколова Amount:" in text
    assert entry(app, "Card moved within the stage").startswith("Card moved within the stage Забор Stage: Новая")


def test_a_document_is_named_once_in_the_language_of_the_reader(app: Flask, cast: Cast) -> None:
    with app.app_context():
        deal = make_deal(make_pipeline())
        paper = Document(deal=deal, kind="invoice", locale="ru", series=2026, number=7, numbered="7/2026", dated=utcnow().date(),
                         currency="RUB", context={}, digest="", file_name="")
        db.session.add(paper)
        db.session.flush()
        record(document_events.DOCUMENT_MADE, paper, deal, actor_id=cast.owner, title="Счёт 7/2026", amount=0, currency="RUB",
               document_id=paper.id)
        db.session.commit()
    assert entry(app, "Document created").startswith("Document created Invoice 7/2026")
    assert "Счёт" not in entry(app, "Document created")


def test_mass_acts_name_some_of_their_records_and_who_asked(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pipeline = make_pipeline()
        made = [make_deal(pipeline, title=f"Забор {number}") for number in range(5)]
        record_many(events.APPROVED, [([("deal", deal.id) for deal in made], {
            "number": 5, "act": deal_mass.DELETE.code, "people": "Борис Ёлкин"})], actor_id=cast.owner)
        db.session.commit()
    assert "Забор 0 Забор 1 Забор 2 and 2 more Delete 5 deals, Asked by: Борис Ёлкин" in entry(app, "Mass act approved").replace(
        "Only this record", "")


def test_acts_of_the_journal_name_lists_filters_and_moments(app: Flask, cast: Cast) -> None:
    with app.app_context():
        journal.note(events.EXPORTED, actor_id=cast.vera, rows=1, what="deals", code="ABCD2345",
                     asked={"manager": str(cast.boris), "q": "забор", "status": "won", "sort": "-amount", "forgotten": "1"})
        journal.note(events.READ, actor_id=cast.vera, rows=300, hour="2026-05-04T09:00:00+00:00", lists={"contacts.index": 300}, cards=0,
                     asked={"contacts.index": f"q=%D1%91%D0%B6&manager={cast.boris}"})
    text = entry(app, "File taken")
    assert "1 row, list: Deals, code: ABCD2345" in text
    assert "filter: Manager = Борис Ёлкин, Words = забор, Status = Won, Forgotten = yes" in text
    assert "amount" not in text
    text = entry(app, "Much read")
    assert "lists: People 300" in text
    assert "People (Words = ёж, Manager = Борис Ёлкин)" in text
    assert "T09:00" not in text


def test_what_is_gone_or_erased_is_said_so(app: Flask, cast: Cast) -> None:
    with app.app_context():
        deal = make_deal(make_pipeline(), title="Забор")
        contact = clients.create_contact(actor=user(cast.owner), surname="Ёжикова")
        record(deal_events.DEAL_WON, deal, actor_id=cast.owner, amount=100, currency="RUB")
        gone = deal.id
        db.session.delete(deal)
        db.session.commit()
        chain.erase_card("contact", contact.id, actor=user(cast.owner))
        db.session.delete(contact)
        db.session.commit()
        number = contact.id
    assert f"Deal {gone} (no longer there)" in entry(app, "Deal won")
    text = entry(app, "Person added", query=f"card=contact-{number}")
    assert f"Person {number} (no longer there) The data of a person were erased here." in text
    assert "Ёжикова" not in text
    assert "1 entry" in entry(app, "A person's data erased from the log")


def test_who_reads_the_log_learns_nothing_of_records_that_are_hidden_from_them(app: Flask, cast: Cast) -> None:
    with app.app_context():
        row = roles.copy_role("manager", name="Ревизор", actor=user(cast.owner))
        roles.change_role(row.code, levels={**rights.built_in("manager").levels, "log.see": "all"},
                          hidden=rights.built_in("manager").hidden, actor=user(cast.owner))
        who = add_colleague(row.code)
        deal = make_deal(make_pipeline(), title="Тайный забор", manager_id=cast.gleb)
        deals.update_deal(deal, actor=user(cast.gleb), comment="Тайное слово")
        db.session.commit()
        gone = db.session.execute(sa.text("SELECT max(id) FROM deal")).scalar_one()
        assert gone == deal.id
    assert "Тайное слово" in entry(app, "Deal changed")
    text = entry(app, "Deal changed", who)
    assert "not among the records that you see" in text
    assert "Тайн" not in text
    assert said(app, who, "q=тайное") == []
    assert len(said(app, "owner", "q=тайное")) == 1
    assert len(said(app, who, "q=deal+changed")) == 1


def test_an_entry_is_found_by_the_present_name_of_what_it_concerns(app: Flask, cast: Cast) -> None:
    with app.app_context():
        deal = make_deal(make_pipeline(), title="Забор")
        record(deal_events.DEAL_WON, deal, actor_id=cast.owner, amount=100, currency="RUB")
        deal.title = "Ограда"
        db.session.commit()
    assert [row[:15] for row in said(app, query="q=ограда")] == ["Deal won Ограда"]
    with app.app_context():
        record(account_events.ROLE_CHANGED, actor_id=cast.owner, role="viewer", changed={"deals.see": ["all", "none"]})
        db.session.commit()
    assert len(said(app, query="q=viewer+role+changed")) == 1


@pytest.mark.parametrize("words", ['ООО "Ёлка"', '"', "50%", "%", "a_b", "\\", "C:\\new"])
def test_signs_in_the_search_mean_themselves(app: Flask, cast: Cast, words: str) -> None:
    with app.app_context():
        record(client_events.NOTE_ADDED, actor_id=cast.boris, text=f"Прибавить {words} завтра")
        record(client_events.NOTE_ADDED, actor_id=cast.boris, text="Просто Ёлка 505 axb")
        db.session.commit()
    client = sign_in(app, "owner")
    rows = client.get("/settings/log", query_string={"q": words}).text
    rows = unescape(rows[rows.index('id="list"'):])
    assert f"Прибавить {words} завтра" in rows
    assert "Просто" not in rows


def test_what_is_called_alike_is_one_choice_that_finds_all(app: Flask, cast: Cast) -> None:
    with app.app_context():
        record(client_events.CONTACT_CREATED, make_contact("Ёжикова"), actor_id=cast.owner)
        record(account_events.USER_CREATED, user(cast.vera), actor_id=cast.owner, name="Вера Соколова", role="manager")
        db.session.commit()
    page = sign_in(app, "owner").get("/settings/log?kind=user.created").text
    options = re.findall(r"<option[^>]*>([^<]*)</option>", page[page.index('id="log-kind"'):].partition("</select>")[0])
    assert len(options) == len(set(options))
    assert page.count("selected>Person added</option>") == 1
    rows = said(app, query="kind=user.created")
    assert any("Ёжикова" in row for row in rows)
    assert any("Вера Соколова Role: Manager" in row for row in rows)
    assert len(said(app, query="kind=contact.created")) == len(rows)


@pytest.mark.parametrize(("count", "words"), [(1, "1 запись изменена"), (3, "3 записи изменены"),
                                              (11, "11 записей изменено")])
def test_numbers_are_declined(app: Flask, cast: Cast, count: int, words: str) -> None:
    with app.app_context():
        db.session.add(journal.Entry(kind=events.ALARM.code, at=utcnow(), rows=count, address="", data={"rule": "chain", "usual": 0}))
        speak_russian()
    assert words in entry(app, "Тревога")


def test_statements_stay_the_same_with_all_sorts_of_records(app: Flask, cast: Cast) -> None:
    client, counts = sign_in(app, "owner"), []
    for _time in range(2):
        with app.app_context():
            pipeline = make_pipeline(f"Продажи {_time}")
            for _number in range(8):
                deal, contact = make_deal(pipeline), make_contact()
                record(deal_events.DEAL_CREATED, deal, contact, actor_id=cast.vera, title=deal.title)
                record(client_events.CONTACT_CREATED, contact, actor_id=cast.vera)
                record(import_events.DEAL_REIMPORTED, deal, actor_id=cast.vera, changed={"stage_id": ["None", str(deal.stage_id)]})
                record(account_events.ROLE_CHANGED, actor_id=cast.owner, role="manager", changed={})
            db.session.commit()
        counts.append(statements(client, "/settings/log"))
    assert counts[0] == counts[1] <= 16
