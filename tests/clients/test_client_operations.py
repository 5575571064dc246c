"""Writes about clients: what they keep, what they refuse, what they tell the timeline."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.clients import channels, names, operations, queries
from crm.clients.models import Channel, Company, Contact
from crm.core.errors import Stale
from crm.core.events import Event, EventLink
from tests.cast import Cast


@pytest.fixture
def boris(context: Session, cast: Cast) -> User:
    return context.get_one(User, cast.boris)


def kinds_of(session: Session, card: Contact | Company) -> list[str]:
    query = sa.select(Event.kind).join(EventLink).where(EventLink.card == card.card, EventLink.card_id == card.id)
    return list(session.scalars(query.order_by(Event.id)))


def test_a_new_person_is_led_by_who_made_the_card_and_found_by_every_part_of_it(context: Session, boris: User) -> None:
    company = operations.create_company(actor=boris, name="«Ёлочный завод»")
    person = operations.create_contact(actor=boris, surname="Ёжиков", given_name="Пётр", company=company, channels=[
        ("phone", "8 (901) 123-45-67"), ("email", "Petr@Example.COM"), ("telegram", "@ezhik"), ("phone", "")])
    assert person.manager_id == boris.id
    assert [(row.kind, row.typed, row.value) for row in person.channels] == [
        ("phone", "8 (901) 123-45-67", "+79011234567"), ("email", "Petr@Example.COM", "petr@example.com"),
        ("telegram", "@ezhik", "ezhik")]
    for words in ("ЕЖИКОВ", "ёжик пет", "елочный", "+7 (901) 123-45-67", "8 901 123", "901 123 45", "123-45-67",
                  "PETR@", "жик"):
        assert [row.id for row in queries.pick_people(words, boris)] == [person.id], words
    assert queries.pick_people("8 902 123 45 67", boris) == []
    assert kinds_of(context, person) == ["contact.created"]
    assert kinds_of(context, company) == ["company.created", "contact.created"]


def test_people_are_sorted_with_yo_after_ye_and_capitals_do_not_matter(context: Session, boris: User) -> None:
    for surname in ("Жуков", "Ёлкин", "Елкин", "ежов", "Ерш"):
        operations.create_contact(actor=boris, surname=surname)
    assert [row.surname for row in queries.pick_people("", boris)] == ["ежов", "Елкин", "Ерш", "Ёлкин", "Жуков"]


def test_a_percent_sign_in_the_search_means_itself(context: Session, boris: User) -> None:
    operations.create_company(actor=boris, name="Сто процентов")
    operations.create_company(actor=boris, name="100% результат")
    assert [row.name for row in queries.pick_companies("%", boris)] == ["100% результат"]


def test_a_change_counts_the_version_up_and_tells_what_differed(context: Session, boris: User) -> None:
    person = operations.create_contact(actor=boris, surname="Иванов", channels=[("phone", "+79011234567")])
    version = person.version
    operations.update_contact(person, actor=boris, version=version, job="Директор",
                              channels=[("phone", "+7 902 123-45-67")])
    context.flush()
    event = context.scalars(sa.select(Event).where(Event.kind == "contact.changed")).one()
    assert event.data["changed"] == {"job": ["", "Директор"], "channels": ["+79011234567", "+7 902 123-45-67"]}
    assert person.version > version
    assert context.scalar(sa.select(sa.func.count()).select_from(Channel)) == 1


def test_a_change_of_nothing_is_no_fact(context: Session, boris: User) -> None:
    person = operations.create_contact(actor=boris, surname="Иванов", channels=[("phone", "+79011234567")])
    operations.update_contact(person, actor=boris, version=person.version, surname="Иванов",
                              channels=[("phone", "+79011234567")])
    assert kinds_of(context, person) == ["contact.created"]


def test_a_stale_change_is_refused_and_writes_nothing(context: Session, boris: User) -> None:
    company = operations.create_company(actor=boris, name="Ромашка")
    shown = company.version
    operations.update_company(company, actor=boris, version=shown, city="Тверь")
    with pytest.raises(Stale):
        operations.update_company(company, actor=boris, version=shown, city="Псков")
    assert company.city == "Тверь"


def test_people_of_a_renamed_company_are_found_by_the_new_name_and_keep_their_version(
        context: Session, boris: User) -> None:
    company = operations.create_company(actor=boris, name="Ромашка")
    person = operations.create_contact(actor=boris, surname="Иванов", company=company,
                                       channels=[("phone", "+79011234567")])
    version = person.version
    operations.update_company(company, actor=boris, version=company.version, name="Василёк")
    context.expire_all()
    assert [row.id for row in queries.pick_people("василек 9011234567", boris)] == [person.id]
    assert person.version == version


def test_numbers_lose_their_spaces_and_empty_accounts_are_dropped(context: Session, boris: User) -> None:
    company = operations.create_company(actor=boris, name="Ромашка", inn="77 07 083893", accounts=[
        {"bic": "044525225", "bank": "Сбер", "account": "4070 2810 2380 0013 9300", "corr_account": ""},
        {"bic": "", "bank": "", "account": "", "corr_account": ""}])
    assert company.inn == "7707083893"
    assert [(row.bank, row.account) for row in company.accounts] == [("Сбер", "40702810238000139300")]


def test_the_bin_and_back_are_facts_and_a_second_time_nothing(context: Session, boris: User) -> None:
    person = operations.create_contact(actor=boris, surname="Иванов")
    for act in (operations.delete, operations.delete, operations.restore, operations.restore):
        act(person, actor=boris)
    assert kinds_of(context, person) == ["contact.created", "contact.deleted", "contact.restored"]
    assert person.deleted_at is None


def test_a_picker_finds_the_company_of_the_typed_name_before_it_makes_one(context: Session, boris: User) -> None:
    company = operations.create_company(actor=boris, name="Ромашка")
    assert operations.choose_company(None, " ромашка ", actor=boris) is company
    assert operations.choose_company(company.id, "Ромашка", actor=boris) is company
    assert operations.choose_company(company.id, None, actor=boris) is company
    assert operations.choose_company(None, "", actor=boris) is None
    made = operations.choose_company(company.id, "Василёк", actor=boris)  # without scripts the old id stays
    assert made is not None
    assert (made.name, made.id == company.id) == ("Василёк", False)


def test_the_name_of_a_colleagues_company_makes_a_new_one(context: Session, cast: Cast, boris: User) -> None:
    theirs = operations.create_company(actor=context.get_one(User, cast.gleb), name="Ромашка")
    mine = operations.choose_company(None, "Ромашка", actor=boris)
    assert mine is not None
    assert (mine.id == theirs.id, mine.manager_id) == (False, boris.id)


@pytest.mark.parametrize(("typed", "parts"), [
    ("Ёлкин Борис Ильич", ("Ёлкин", "Борис", "Ильич")), ("Борис Ильич Ёлкин", ("Ёлкин", "Борис", "Ильич")),
    ("Борис Ильич", ("", "Борис", "Ильич")), ("Анна Петрова", ("Петрова", "Анна", "")),
    ("Петрова Анна", ("Петрова", "Анна", "")), ("Анна", ("", "Анна", "")), ("John Smith", ("Smith", "John", "")),
    ("John F. Kennedy", ("Kennedy", "John", "F.")), ("", ("", "", ""))])
def test_a_typed_full_name_is_taken_apart(typed: str, parts: tuple[str, str, str]) -> None:
    assert names.split(typed) == parts


@pytest.mark.parametrize(("kind", "typed", "value", "href"), [
    ("phone", "8 901 123-45-67", "+79011234567", "tel:+79011234567"),
    ("phone", "12-34", "1234", "tel:1234"), ("phone", "a@b.ru", "a@b.ru", "mailto:a@b.ru"),
    ("whatsapp", "+7 901 123 45 67", "+79011234567", "https://wa.me/79011234567"),
    ("telegram", "https://t.me/Some_One", "some_one", "https://t.me/some_one"),
    ("telegram", "+79011234567", "+79011234567", "https://t.me/+79011234567"),
    ("vk", "vk.com/id1", "id1", "https://vk.com/id1"),
    ("other", "javascript:alert(1)", "javascript:alert(1)", None),
    ("other", "https://example.com/x", "https://example.com/x", "https://example.com/x"),
    ("email", 'a"><b@b.ru', 'a"><b@b.ru', "mailto:a%22%3E%3Cb@b.ru")])
def test_what_is_typed_opens_by_a_tap(kind: str, typed: str, value: str, href: str | None) -> None:
    reading = channels.read(kind, typed)
    assert (reading.value, channels.href(reading.kind, reading.value, reading.typed)) == (value, href)
