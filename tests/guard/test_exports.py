"""Lists as files: what is in them, who gets them, how much a day, and what the journal knows of it."""

import csv
import datetime as dt
import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Organization, User
from crm.clients.models import Channel, Contact
from crm.core import dates, journal
from crm.core.db import db, utcnow
from crm.guard import events, exports
from crm.guard.models import Alarm, Taken
from crm.guard.operations import files
from tests.cast import Cast, make_cast, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.statements import statements


@pytest.fixture
def people(app: Flask, cast: Cast) -> None:
    """Five people of Boris, two of Gleb; one name is a formula."""
    with app.app_context():
        acme = make_company("ООО «Ромашка»", manager_id=cast.boris)
        for number in range(4):
            make_contact(f"Борисов{number}", manager_id=cast.boris, company_id=acme.id)
        risky = make_contact("=1+1", "", manager_id=cast.boris, comment="@SUM(A1)")
        risky.channels = [Channel(kind="phone", typed="+7 901 123-45-67", value="+79011234567", position=0),
                          Channel(kind="email", typed="a@b.ru", value="a@b.ru", position=1)]
        for number in range(2):
            make_contact(f"Глебов{number}", manager_id=cast.gleb)
        db.session.commit()


def limits(**rules: object) -> None:
    db.session.execute(sa.update(Organization).values(guard=rules))
    db.session.commit()


def entries(kind: journal.Act) -> list[journal.Entry]:
    return list(db.session.scalars(sa.select(journal.Entry).where(journal.Entry.kind == kind.code)))


@pytest.mark.usefixtures("people")
def test_csv_holds_the_filtered_list_and_no_formula(app: Flask) -> None:
    answer = sign_in(app, "head").get("/contacts/export.csv?sort=-name")
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["Full name"] for row in rows][:2] == ["Глебов1 Иван", "Глебов0 Иван"]
    risky = next(row for row in rows if row["Phones"])
    assert (risky["Full name"], risky["Comment"], risky["E-mails"]) == ("'=1+1", "'@SUM(A1)", "a@b.ru")
    assert risky["Phones"].startswith("'+7")
    assert len(list(csv.reader(io.StringIO(sign_in(app, "head").get("/contacts/export.csv?q=глебов").text)))) == 3


@pytest.mark.usefixtures("people")
def test_xlsx_keeps_texts_as_texts_and_is_marked_in_its_properties_only(app: Flask) -> None:
    answer = sign_in(app, "head").get("/contacts/export.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert len(cells) == 8
    assert any(row[0] == "=1+1" for row in cells)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(answer.data)).read("xl/worksheets/sheet1.xml")
    with app.app_context():
        entry = entries(events.EXPORTED)[0]
    assert book.properties.creator == "Пётр Главный"
    assert abs(book.properties.created.replace(tzinfo=dt.UTC) - utcnow()) < dt.timedelta(hours=1)
    assert entry.data["code"] in book.properties.description
    assert not any("Пётр Главный" in str(value) for row in cells for value in row)


@pytest.mark.usefixtures("people")
def test_a_csv_is_marked_by_its_name_and_holds_no_row_about_it(app: Flask) -> None:
    answer = sign_in(app, "head").get("/contacts/export.csv")
    name = unquote(answer.headers["Content-Disposition"])
    assert re.search(r"contacts_\d{4}-\d\d-\d\d_\d\d-\d\d_Пётр_Главный_[2-9A-Z]{8}\.csv", name)
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == 8
    assert "Главный" not in answer.text


@pytest.mark.usefixtures("people")
def test_the_journal_knows_who_took_what_and_the_digest_of_the_file(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "head").get("/contacts/export.csv?q=борисов")
    with app.app_context():
        entry = entries(events.EXPORTED)[0]
        assert (entry.actor_id, entry.rows, entry.data["what"]) == (cast.head, 4, "contacts")
        assert entry.data["asked"] == {"q": "борисов"}
        assert entry.data["sha256"] == hashlib.sha256(answer.data).hexdigest()
        assert entry.address == "127.0.0.1"
        assert entry.data["code"] in entry.data["file"]
    assert entry.data["code"] in answer.headers["Content-Disposition"]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("path", ["/contacts/export.csv", "/companies/export.xlsx", "/deals/export.csv", "/products/export.csv"])
def test_without_the_right_nothing_leaves(app: Flask, path: str) -> None:
    assert sign_in(app, "boris").get(path).status_code == 403


def test_every_list_goes_into_both_kinds_of_file(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pipeline = make_pipeline()
        company = make_company("ООО «Ромашка»", city="Тверь")
        make_deal(pipeline, 1, title="Стулья", amount=150_050, manager_id=cast.vera, company=company)
        make_deal(pipeline, 4, title="Столы", manager_id=cast.boris)
        db.session.commit()
    client = sign_in(app, "owner")
    rows = list(csv.DictReader(io.StringIO(client.get("/deals/export.csv?status=all").data.decode("utf-8-sig"))))
    assert {row["Deal"]: (row["Company"], row["Amount"], row["Status"]) for row in rows} == {
        "Стулья": ("ООО «Ромашка»", "1500.50", "Open"), "Столы": ("", "1000.00", "Lost")}
    assert "Тверь" in client.get("/companies/export.csv").text
    for path in ("/deals", "/companies", "/products"):
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}/export.xlsx").data))
        assert book.active["A1"].value


@pytest.mark.usefixtures("people")
def test_over_the_days_limit_nothing_leaves_and_it_is_noted(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "head")
    with app.app_context():
        limits(files=10)
    assert client.get("/contacts/export.csv").status_code == 200
    answer = client.get("/contacts/export.csv")
    assert answer.status_code == 403
    assert "you may still take 3 of 10" in answer.text
    assert "Борисов" not in answer.text
    with app.app_context():
        assert db.session.scalar(sa.select(Taken.rows)) == 7
        assert [(row.rows, row.data["had"]) for row in entries(events.REFUSED)] == [(7, 7)]
        limits(files=10, people={str(cast.head): {"files": 100}})
    assert client.get("/contacts/export.csv").status_code == 200


@pytest.mark.usefixtures("people")
def test_the_owner_has_no_limit_and_is_told_of_others(app: Flask, cast: Cast) -> None:
    with app.app_context():
        limits(files=100, tell=8)
    assert sign_in(app, "owner").get("/contacts/export.csv").status_code == 200
    head = sign_in(app, "head")
    for _time in range(3):
        assert head.get("/contacts/export.csv").status_code == 200
    with app.app_context():
        told = db.session.scalars(sa.select(Alarm)).all()
        assert [(alarm.rule, alarm.user_id, alarm.count) for alarm in told] == [("files", cast.head, 14)]  # once a day
        assert db.session.scalar(sa.select(Organization.alarms)) == 1


def test_a_file_that_cannot_be_made_costs_nothing(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("the disk is full")

    with app.app_context():
        make_contact()
        db.session.commit()
    client = sign_in(app, "head")
    monkeypatch.setattr(exports.sheets, "write", broken)
    with pytest.raises(RuntimeError, match="disk is full"):
        client.get("/contacts/export.csv")
    with app.app_context():
        assert db.session.scalar(sa.select(Taken.rows)) == 0
        assert entries(events.EXPORTED) == []


def test_of_two_files_at_once_only_those_within_the_limit_get_through(real_app: Flask) -> None:
    with real_app.app_context():
        user_id, day = make_cast().head, dates.today()
    ready, taken = threading.Barrier(6), []

    def take() -> None:
        with real_app.app_context():
            ready.wait()
            taken.append(files.take(user_id, 400, day=day, limit=1000, tell=None))
            db.session.remove()

    threads = [threading.Thread(target=take) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=str) == [400, 800, None, None, None, None]


def test_making_a_file_holds_no_write_lock(real_app: Flask) -> None:
    """Somebody else saves in the middle of an export; on SQLite there is one write lock for all."""
    with real_app.app_context():
        make_cast()
        for number in range(30):
            make_contact(f"Клиент{number}")
        db.session.commit()
    client = sign_in(real_app, "owner")
    saved = []

    def slowly(_kind: str, target: io.BufferedRandom, _columns: object, rows: Iterator[object], **_more: object) -> None:
        next(iter(rows))

        def save() -> None:
            with real_app.app_context():
                make_contact("Новый")
                db.session.commit()
                saved.append(True)
                db.session.remove()

        other = threading.Thread(target=save)
        other.start()
        other.join(4)
        target.write(b"made")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports.sheets, "write", slowly)
        assert client.get("/contacts/export.csv").data == b"made"
    assert saved == [True]
    with real_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Contact)) == 31


def test_the_number_of_statements_does_not_grow_with_the_rows(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    counts = []
    for _time in range(2):
        with app.app_context():
            for _number in range(20):
                contact = make_contact()
                contact.channels = [Channel(kind="phone", typed="+79011234567", value="+79011234567", position=0)]
            db.session.commit()
        counts.append(statements(client, "/contacts/export.csv"))
    assert counts[0] == counts[1]


def test_the_leaderboard_is_guarded_too(app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_deal(make_pipeline(), 3, manager_id=cast.boris)
        limits(files=0)
    assert sign_in(app, "accountant").get("/scoreboard.csv?period=year").status_code == 403
    assert sign_in(app, "owner").get("/scoreboard.xlsx?period=year").status_code == 200
    with app.app_context():
        assert [row.data["what"] for row in entries(events.EXPORTED)] == ["leaderboard"]
        assert db.session.scalar(sa.select(User.name).join(journal.Entry, journal.Entry.actor_id == User.id).where(
            journal.Entry.kind == events.EXPORTED.code)) == "Анна Хозяйкина"


def test_a_file_without_rows_takes_nothing_from_the_day(app: Flask, cast: Cast) -> None:
    today = utcnow().date()
    with app.app_context():
        assert files.take(cast.boris, 5, day=today, limit=10, tell=None) == 5
        assert files.take(cast.boris, 0, day=today, limit=3, tell=None) == 5  # the limit was lowered since
        assert files.take(cast.boris, 1, day=today, limit=3, tell=None) is None
