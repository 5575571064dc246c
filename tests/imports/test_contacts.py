"""People out of files."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm.clients.models import Channel, Company, Contact
from crm.core.db import db
from crm.imports import mapping
from crm.imports.operations import import_contacts
from crm.imports.reading import read_table
from crm.imports.report import Report
from tests.cast import Cast

SAMPLE = Path(os.environ.get("SAMPLE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "contacts"


def take(data: bytes, name: str = "people.csv") -> Report:
    table = read_table(data, name)
    return import_contacts(table, mapping.guess(table.columns, "contacts"), actor=None)


def people() -> list[tuple[str, str, str]]:
    rows = db.session.execute(sa.select(Contact.surname, Contact.given_name, Contact.patronymic).order_by(Contact.id))
    return [tuple(row) for row in rows]


def test_russian_names_phones_and_companies_are_taken(context: object, cast: Cast) -> None:
    report = take("ФИО;Телефон;E-mail;Компания;Должность\nЁлкин Борис Ильич;8 (901) 123-45-67;B@X.ru;ООО «Ромашка»;Директор\n"
                  .encode("cp1251"))
    assert (report.added, report.refused) == (1, [])
    assert people() == [("Ёлкин", "Борис", "Ильич")]
    assert db.session.scalars(sa.select(Channel.value).order_by(Channel.kind)).all() == ["b@x.ru", "+79011234567"]
    assert db.session.scalars(sa.select(Company.name)).all() == ["ООО «Ромашка»"]


def test_who_is_here_already_gets_only_what_was_missing(context: object, cast: Cast) -> None:
    take(b"First Name,Last Name,E-mail\nAnn,Lee,ann@x.com\n")
    report = take(b"First Name,Last Name,E-mail,Job Title,Phone\nAnnie,Lee,ANN@x.com,Buyer,+44 20 7946 0100\n")
    assert (report.added, report.changed, report.same) == (0, 1, 0)
    contact = db.session.scalars(sa.select(Contact)).one()
    assert (contact.given_name, contact.job, len(contact.channels)) == ("Ann", "Buyer", 2)
    assert take(b"First Name,Last Name,E-mail\nAnn,Lee,ann@x.com\n").same == 1


def test_rows_without_anybody_and_days_that_do_not_exist_are_reported(context: object, cast: Cast) -> None:
    report = take(b"Name,Phone,Birthday\n,,\n,,1990-01-01\nBo Ray,,1990-02-31\nCy Fox,,1990-02-28\n")
    assert report.added == 1
    assert [line for line, _sentence in report.refused] == [3, 4]


@pytest.mark.skipif(not SAMPLE.exists(), reason="no sample data: set SAMPLE_DATA to run against real exports")
@pytest.mark.parametrize(("name", "added"), [
    ("google_new__grace.csv", 1), ("google_old__ada.csv", 1), ("outlook_en__linus.csv", 1), ("thunderbird__csv_semicolon.csv", 2),
    ("hubspot_contacts.csv", 950)])
def test_real_exports_are_taken(context: object, cast: Cast, name: str, added: int) -> None:
    report = take((SAMPLE / name).read_bytes(), name)
    assert (report.rows, report.refused) == (added, [])
