"""An import does what its sender may do by hand, and tells what they may see: nothing of a stranger's is found, changed or given away."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.accounts import queries, roles
from crm.accounts.models import User
from crm.catalog.models import Product
from crm.clients.models import Channel, Company, Contact
from crm.core.db import db, utcnow
from crm.deals.models import Deal, Pipeline
from crm.imports import mapping
from crm.imports.operations import import_contacts, import_deals
from crm.imports.reading import ImportProblem, read_table
from crm.imports.report import Report
from tests.cast import Cast
from tests.factories import make_company, make_contact, make_deal, make_pipeline

PHONE = "+79011234567"


@pytest.fixture
def pipeline(context: Session, cast: Cast) -> Pipeline:
    """A pipeline that has the stages of the files here."""
    return make_pipeline()


def let(role: str = "manager", hidden: set[str] | None = None, **levels: str) -> None:
    """Change what a role may do; "clients_see" means the right clients.see."""
    powers = queries.powers_of(role)
    assert powers is not None
    changed = {name.replace("_", "."): level for name, level in levels.items()}
    roles.change_role(role, levels={**powers.levels, "imports.run": "all", **changed}, hidden=hidden or set(), actor=None)
    db.session.commit()


def deals(text: str, sender: int) -> Report:
    table = read_table(text.encode(), "deals.csv")
    return import_deals(table, mapping.guess(table.columns, "deals"), actor=db.session.get_one(User, sender))


def people(text: str, sender: int) -> Report:
    table = read_table(text.encode(), "people.csv")
    return import_contacts(table, mapping.guess(table.columns, "contacts"), actor=db.session.get_one(User, sender))


def told(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.same, len(report.refused)


def deal_of(manager_id: int) -> Deal:
    return db.session.scalars(sa.select(Deal).where(Deal.manager_id == manager_id)).one()


def reached_by(phone: str, contact: Contact) -> Contact:
    contact.channels = [Channel(kind="phone", typed=phone, value=phone, position=0)]
    db.session.commit()
    return contact


# a. the client of a deal

def test_a_deal_is_not_tied_to_a_stranger_s_company_of_that_name(pipeline: Pipeline, cast: Cast) -> None:
    theirs = make_company("Acme", manager_id=cast.gleb)
    report = deals("title,company,stage\nSupply,Acme,Новая\n", cast.boris)
    assert told(report) == (1, 0, 0, 0)
    deal = deal_of(cast.boris)
    assert (deal.company.name, deal.company_id == theirs.id, deal.company.manager_id) == ("Acme", False, cast.boris)


def test_a_deal_is_tied_to_the_company_that_the_sender_sees(pipeline: Pipeline, cast: Cast) -> None:
    make_company("Acme", manager_id=cast.gleb)
    own = make_company("ACME", manager_id=cast.boris)
    deals("title,company,stage\nSupply,Acme,Новая\n", cast.boris)
    assert deal_of(cast.boris).company_id == own.id


def test_without_the_right_to_make_clients_only_known_ones_are_taken(pipeline: Pipeline, cast: Cast) -> None:
    make_company("Acme", manager_id=cast.gleb)
    own = make_company("Beta", manager_id=cast.boris)
    let(clients_edit="none")
    report = deals("title,company,stage\nOne,Acme,Новая\nTwo,Beta,Новая\nThree,Nowhere,Новая\n", cast.boris)
    assert told(report) == (1, 0, 0, 2)
    assert deal_of(cast.boris).company_id == own.id
    assert [sentence.replace("Acme", "Nowhere") for _line, sentence in report.refused] == [report.refused[1][1]] * 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Company)) == 2


def test_a_deal_keeps_its_hidden_company_when_the_file_names_it_again(pipeline: Pipeline, cast: Cast) -> None:
    theirs = make_company("Acme", manager_id=cast.gleb)
    make_deal(pipeline, title="Supply", manager_id=cast.boris, external_key="A1", company=theirs, engaged_on=None)
    assert told(deals("id,title,company,stage\nA1,Supply,Acme,Новая\n", cast.boris)) == (0, 0, 1, 0)
    assert deal_of(cast.boris).company_id == theirs.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Company)) == 1


# b. a deal by its key

def test_a_stranger_s_deal_is_neither_found_by_its_key_nor_changed(pipeline: Pipeline, cast: Cast) -> None:
    make_deal(pipeline, title="Theirs", manager_id=cast.gleb, external_key="A1", amount=5)
    file = "id,title,stage,amount\nA1,Mine,Новая,100\nA2,Other,Новая,100\n"
    assert told(deals(file, cast.boris)) == (2, 0, 0, 0)
    assert told(deals(file, cast.boris)) == (0, 0, 2, 0)
    assert told(deals(file.replace("100", "200"), cast.boris)) == (0, 2, 0, 0)
    theirs = deal_of(cast.gleb)
    assert (theirs.title, theirs.amount, theirs.external_key) == ("Theirs", 5, "A1")
    own = db.session.scalars(sa.select(Deal).where(Deal.manager_id == cast.boris).order_by(Deal.title)).all()
    assert [(deal.title, deal.amount, deal.search_text) for deal in own] == [("Mine", 20000, "mine a1"), ("Other", 20000, "other a2")]


def test_three_managers_with_one_key_have_a_deal_each(pipeline: Pipeline, cast: Cast) -> None:
    key = "k" * 120
    for person in (cast.gleb, cast.vera, cast.boris):
        assert told(deals(f"id,title,stage\n{key},Mine,Новая\n", person)) == (1, 0, 0, 0)
    for person in (cast.gleb, cast.vera, cast.boris):
        assert told(deals(f"id,title,stage\n{key},Mine,Новая\n", person)) == (0, 0, 1, 0)


def test_the_owner_s_import_finds_everybody_s_deals_as_before(pipeline: Pipeline, cast: Cast) -> None:
    make_deal(pipeline, title="Theirs", manager_id=cast.gleb, external_key="A1")
    assert told(deals("id,title,stage\nA1,Ours,Новая\n", cast.owner)) == (0, 1, 0, 0)
    assert deal_of(cast.gleb).title == "Ours"


def test_a_deal_that_one_may_only_look_at_is_refused_with_a_sentence(pipeline: Pipeline, cast: Cast) -> None:
    make_deal(pipeline, title="Theirs", manager_id=cast.vera, external_key="A1")
    make_deal(pipeline, title="Own", manager_id=cast.boris, external_key="A2")
    let(deals_see="team", deals_edit="own")
    report = deals("id,title,company,stage\nA1,Changed,Acme,Новая\nA2,Changed,,Новая\n", cast.boris)
    assert told(report) == (0, 1, 0, 1)
    assert (report.refused[0][0], "Theirs" in report.refused[0][1]) == (2, True)
    assert deal_of(cast.vera).title == "Theirs"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Company)) == 0


def test_a_deal_in_the_bin_is_there_only_for_who_may_take_it_out(pipeline: Pipeline, cast: Cast) -> None:
    make_deal(pipeline, title="Binned", manager_id=cast.boris, external_key="A1", deleted_at=utcnow())
    assert told(deals("id,title,stage\nA1,New,Новая\n", cast.head)) == (0, 0, 1, 0)
    assert told(deals("id,title,stage\nA1,New,Новая\n", cast.boris)) == (1, 0, 0, 0)


# c. and d. people by their numbers

def test_a_stranger_s_person_is_not_filled_and_not_told(context: Session, cast: Cast) -> None:
    theirs = reached_by(PHONE, make_contact("Чужак", manager_id=cast.gleb, external_key="7"))
    file = f"Name,Phone,Job Title\nAnn Lee,{PHONE},Buyer\n"
    assert told(people(file, cast.boris)) == (1, 0, 0, 0)
    assert told(people(file, cast.boris)) == (0, 0, 1, 0)
    assert told(people("Contact ID,Name,Job Title\n7,Bo Ray,Boss\n", cast.boris)) == (1, 0, 0, 0)
    assert told(people("Contact ID,Name,Job Title\n7,Bo Ray,Boss\n", cast.boris)) == (0, 0, 1, 0)
    assert (theirs.job, theirs.version) == ("", 1)


def test_a_person_whom_one_may_only_look_at_is_refused(context: Session, cast: Cast) -> None:
    theirs = reached_by(PHONE, make_contact("Соседова", manager_id=cast.vera))
    let(clients_see="team", clients_edit="own")
    report = people(f"Name,Phone,Job Title\nAnn Lee,{PHONE},Buyer\nAnn Lee,{PHONE},\n", cast.boris)
    assert told(report) == (0, 0, 1, 1)
    assert "Соседова" in report.refused[0][1]
    assert theirs.job == ""


def test_a_person_in_the_bin_stays_as_they_are(context: Session, cast: Cast) -> None:
    binned = make_contact("Бывший", manager_id=cast.boris, external_key="7", deleted_at=utcnow())
    file = "Contact ID,Name,Job Title\n7,Bo Ray,Boss\n"
    assert told(people(file, cast.owner)) == (0, 0, 1, 0)
    assert told(people(file, cast.boris)) == (1, 0, 0, 0)
    assert binned.job == ""


@pytest.mark.parametrize(("field", "typed"), [("client.phone", PHONE), ("client.phone", f"a@b.c {PHONE}"), ("client.email", "ann@x.com")])
def test_by_what_is_hidden_nobody_is_found(context: Session, cast: Cast, field: str, typed: str) -> None:
    """Whether a hidden number is somebody's changes nothing in the report."""
    let(hidden={field}, clients_see="all", clients_edit="all")
    file = f"Name,Phone,E-mail,Job Title\nAnn Lee,{typed if field == 'client.phone' else ''},{typed if '@x' in typed else ''},Buyer\n"
    known = make_contact("Ли", manager_id=cast.boris)
    known.channels = [Channel(kind="phone", typed=PHONE, value=PHONE, position=0),
                      Channel(kind="email", typed="ann@x.com", value="ann@x.com", position=1)]
    db.session.commit()
    report = people(file, cast.boris)
    assert told(report) == (1, 0, 0, 0)
    assert list(report.notes.values()) == [1]
    assert known.job == ""


def test_a_hidden_number_of_a_known_person_changes_nothing_in_the_report(context: Session, cast: Cast) -> None:
    let(hidden={"client.phone"})
    known = reached_by(PHONE, make_contact("Ли", manager_id=cast.boris, external_key="7"))
    reports = [people(f"Contact ID,Name,Phone\n7,Ann Lee,{phone}\n", cast.boris) for phone in (PHONE, "+79019999999")]
    assert [told(report) for report in reports] == [(0, 0, 1, 0)] * 2
    assert [row.value for row in known.channels] == [PHONE]
    assert reports[0].notes == reports[1].notes != {}


def test_a_number_of_a_hidden_messenger_finds_nobody_either(context: Session, cast: Cast) -> None:
    let(hidden={"client.messenger"})
    known = make_contact("Ли", manager_id=cast.boris)
    known.channels = [Channel(kind="whatsapp", typed=PHONE, value=PHONE, position=0)]
    db.session.commit()
    assert told(people(f"Name,Phone,Job Title\nAnn Lee,{PHONE},Buyer\n", cast.boris)) == (1, 0, 0, 0)
    assert known.job == ""


# e. other rights

def test_who_may_not_make_deals_or_clients_imports_none(pipeline: Pipeline, cast: Cast) -> None:
    let(deals_edit="none", clients_edit="none")
    with pytest.raises(ImportProblem):
        deals("title,stage\nOne,Новая\n", cast.boris)
    with pytest.raises(ImportProblem):
        people("Name,Phone\nAnn Lee,\n", cast.boris)


def test_a_manager_leads_what_the_file_gives_to_others_and_is_told(pipeline: Pipeline, cast: Cast) -> None:
    report = deals("title,manager,company,stage\nOne,Глеб Чужой,Acme,Новая\nTwo,Борис Ёлкин,Acme,Новая\n"
                   "Three,Новый Человек,,Новая\nFour,,,Новая\n", cast.boris)
    assert told(report) == (4, 0, 0, 0)
    assert set(db.session.scalars(sa.select(Deal.manager_id))) == {cast.boris}
    assert set(db.session.scalars(sa.select(Company.manager_id))) == {cast.boris}
    assert list(report.notes.values()) == [2]
    assert db.session.scalar(sa.select(User.id).where(User.name == "Новый Человек")) is None
    people("Name,Owner,Company\nAnn Lee,Глеб Чужой,Beta\n", cast.boris)
    assert db.session.scalars(sa.select(Contact.manager_id)).all() == [cast.boris]


@pytest.mark.parametrize("levels", [{"deals_see": "team", "deals_edit": "team"}, {"deals_edit": "own", "deals_assign": "own"}])
def test_records_are_given_to_whom_forms_let_choose(pipeline: Pipeline, cast: Cast, levels: dict[str, str]) -> None:
    let(**levels)
    report = deals("title,manager,stage\nOne,Вера Соколова,Новая\n", cast.boris)
    assert (told(report), report.notes, deal_of(cast.vera).title) == ((1, 0, 0, 0), {}, "One")


def test_a_deal_stays_with_its_manager_where_it_may_not_be_given_away(pipeline: Pipeline, cast: Cast) -> None:
    make_deal(pipeline, title="Own", manager_id=cast.boris, external_key="A1")
    file = "id,title,manager,stage\nA1,{title},{name},Новая\n"
    report = deals(file.format(title="New", name="Вера Соколова"), cast.boris)
    assert (told(report), list(report.notes.values()), deal_of(cast.boris).title) == ((0, 1, 0, 0), [1], "New")
    assert told(deals(file.format(title="New", name=""), cast.boris)) == (0, 0, 1, 0)
    let(deals_assign="own")
    assert told(deals(file.format(title="New", name="Вера Соколова"), cast.boris)) == (0, 1, 0, 0)
    assert deal_of(cast.vera).title == "New"


def test_new_people_of_ours_need_the_right_of_the_people_page(pipeline: Pipeline, cast: Cast) -> None:
    file = "title,manager,company,product,stage\nOne,Новый Человек,Acme,Pump,Новая\nTwo,Борис Ёлкин,,,Новая\n"
    report = deals(file, cast.head)
    assert (told(report), report.refused[0][0], "Новый Человек" in report.refused[0][1]) == ((1, 0, 0, 1), 2, True)
    assert [db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Company, Product)] == [0, 0]
    let("head", users_edit="all")
    assert told(deals(file, cast.head)) == (1, 0, 1, 0)
    assert db.session.scalar(sa.select(User.role).where(User.name == "Новый Человек")) == "manager"


def test_a_person_whom_the_role_may_not_add_makes_a_refused_row(pipeline: Pipeline, cast: Cast) -> None:
    """The managers' role opens what the head's does not, so that nobody gives it: NotAllowed on the people page."""
    let("head", users_edit="all", mail_see="none")
    report = deals("title,manager,stage\nOne,Новый Человек,Новая\nTwo,,Новая\n", cast.head)
    assert (told(report), report.refused[0][0]) == ((1, 0, 0, 1), 2)
    report = people("Name,Owner\nAnn Lee,Новый Человек\nBo Ray,\n", cast.head)
    assert (told(report), report.refused[0][0]) == ((1, 0, 0, 1), 2)


def test_new_products_need_the_right_to_products(pipeline: Pipeline, cast: Cast) -> None:
    db.session.add(Product(name="Known", currency="RUB", price=1, sort_key="known", search_text="known"))
    file = "title,company,product,stage,amount\nOne,Acme,Pump,Новая,5\nTwo,,KNOWN,Новая,5\n"
    report = deals(file, cast.boris)
    assert (told(report), report.refused[0][0]) == ((1, 0, 0, 1), 2)
    assert [line.name for line in deal_of(cast.boris).lines] == ["KNOWN"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Company)) == 0
    let(products_edit="all")
    assert told(deals(file, cast.boris)) == (1, 0, 1, 0)


def test_who_may_not_see_products_learns_nothing_of_them(pipeline: Pipeline, cast: Cast) -> None:
    db.session.add(Product(name="Known", currency="RUB", price=1, sort_key="known", search_text="known"))
    let(products_see="none")
    report = deals("title,product,stage\nOne,Known,Новая\nTwo,Pump,Новая\n", cast.boris)
    assert (told(report), list(report.notes.values())) == ((2, 0, 0, 0), [2])
    assert not any(deal.lines for deal in db.session.scalars(sa.select(Deal)))


def test_new_stages_need_the_right_to_pipelines(pipeline: Pipeline, cast: Cast) -> None:
    file = "title,stage\nOne,Новая\nTwo,Somewhere\n"
    report = deals(file, cast.boris)
    assert (told(report), report.refused[0][0], "Somewhere" in report.refused[0][1]) == ((1, 0, 0, 1), 3, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Pipeline)) == 1
    assert told(deals(file, cast.head)) == (1, 1, 0, 0)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Pipeline)) == 2


def test_without_any_pipeline_every_row_is_refused(context: Session, cast: Cast) -> None:
    assert told(deals("title,stage\nOne,Новая\n", cast.boris)) == (0, 0, 0, 1)


def test_a_row_with_a_phone_and_no_name_is_refused(context: Session, cast: Cast) -> None:
    report = people(f"Name,Phone,Company\n,{PHONE},Acme\nAnn Lee,,\n", cast.owner)
    assert (told(report), report.refused[0][0]) == ((1, 0, 0, 1), 2)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Company)) == 0


def test_the_owner_makes_all_that_a_file_names(context: Session, cast: Cast) -> None:
    report = deals("title,manager,product,company,stage\nOne,Ann Lee,Pump,Acme,Somewhere\n", cast.owner)
    assert (told(report), report.notes) == ((1, 0, 0, 0), {})
    deal = db.session.scalars(sa.select(Deal)).one()
    assert (deal.manager.name, deal.company.manager_id, deal.lines[0].name) == ("Ann Lee", deal.manager_id, "Pump")


def test_a_file_is_no_way_past_the_limit_of_discounts(pipeline: Pipeline, cast: Cast) -> None:
    db.session.add(Product(name="Мойка", price=100_000, currency="RUB", search_text="мойка", sort_key="мойка"))
    let(deals_edit="all", deals_see="all", clients_edit="all", clients_see="all", products_see="all")
    powers = queries.powers_of("manager")
    assert powers is not None
    roles.change_role("manager", levels=powers.levels, hidden=set(), discount=10, actor=None)
    db.session.commit()
    deals("deal id,stage,product,amount\nA,Новая,Мойка,950\nB,Новая,Мойка,500\n", cast.boris)
    found = {row.external_key: row for row in db.session.scalars(sa.select(Deal))}
    assert [(found[key].amount, found[key].lines[0].price, found[key].lines[0].asked_percent) for key in "AB"] == [
        (95_000, 95_000, None), (100_000, 100_000, 50)]
    deals("deal id,stage,product,amount\nA,Новая,Мойка,100\n", cast.boris)
    assert (found["A"].amount, found["A"].lines[0].asked_percent) == (95_000, 90)
