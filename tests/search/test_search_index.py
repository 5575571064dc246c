"""The index changes how fast something is found, never what: both ways are asked the same."""

import random

import pytest
import sqlalchemy as sa
from flask import Flask, g

from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core import finding
from crm.core.db import db, reading
from crm.core.text import search_text, sort_key, words_filter
from crm.deals.models import Deal
from crm.deals.queries.wording import worded
from tests.cast import Cast
from tests.factories import make_deal, make_pipeline

NAMES = ("Соколов", "Ёлкин", "Елкина", "O'Brien", "Straße", "Ivanović", "Змеяя", "Ли", "İstan", "100%_\\/\"AND\"")
TYPED = ("соколов", "СОКОЛОВ", "околов", "елкин", "ЁЛКИН", "лки", "ёл", "е", "ли", "о", "o'b", "STRASSE", "raß", "ć", "змея",
         "8 901 000-00-07", "+7 (901) 000", "89010000007", "9010000007", "901 000", "12 34", "0901 000", "7", "07", "100%", "%", "_",
         "\\/", "\"and\"", "and", "or not", "near(", "*", "соколов 901", "соколов ёлка", "ёлка 3", "firm3.example", "p7@", "нет такого",
         "ооо соко ли", "a" * 200, "соколов\0", "istan", "-", "--", "12-34", "крыша елк", "крыша p7@", "")


def fill(app: Flask, cast: Cast) -> None:
    """Companies, people and deals whose texts share pieces."""
    chance, pipeline = random.Random(5), make_pipeline()
    for number in range(60):
        surname = NAMES[number % len(NAMES)]
        company = Company(name=f"ООО «Ёлка {number}»", manager_id=cast.boris, sort_key=sort_key(f"ёлка {number}"),
                          search_text=search_text(f"ООО «Ёлка {number}»", f"{chance.randrange(10**9, 10**10)}", "12-34"))
        person = Contact(surname=surname, company=company, manager_id=cast.boris, sort_key=sort_key(surname), search_text=search_text(
            surname, f"p{number}@firm{number % 7}.example", phones=[f"+7901{number:07}"]))
        db.session.add_all([company, person])
        deal = make_deal(pipeline, title=f"Крыша {surname}", company=company, contact=person if number % 3 else None,
                         manager_id=cast.boris)
        deal.search_text = search_text(deal.title, f"{number}")
    db.session.flush()


@pytest.mark.parametrize("few", [finding.FEW, 5])
def test_the_index_finds_what_reading_every_row_finds(
        app: Flask, context: object, cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(finding, "FEW", few)
    fill(app, cast)
    owner = db.session.get_one(User, cast.owner)
    postgres = db.engine.dialect.name == "postgresql"
    for q in (one for one in TYPED if not (postgres and "\0" in one)):
        for model in (Contact, Company):
            plain = db.session.scalars(sa.select(model.id).where(*words_filter(model.search_text, q)).order_by(model.id)).all()
            quick = db.session.scalars(sa.select(model.id).where(*finding.matching(model.search_text, q)).order_by(model.id)).all()
            assert quick == plain, q
        joined = sa.select(Deal.id).outerjoin(Deal.company).outerjoin(Deal.contact).order_by(Deal.id)
        quick = db.session.scalars(joined.where(*worded(q, owner))).all()
        monkeypatch.setattr(finding, "near_around", lambda *_any: [])
        assert quick == db.session.scalars(joined.where(*worded(q, owner))).all(), q
        monkeypatch.undo()
        monkeypatch.setattr(finding, "FEW", few)


def test_a_rare_word_is_looked_up_and_a_frequent_or_short_one_is_not(
        app: Flask, context: object, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by itself")
    monkeypatch.setattr(finding, "FEW", 5)
    fill(app, cast)
    asked = {q: "MATCH" in str(sa.select(Contact.id).where(*finding.matching(Contact.search_text, q)))
             for q in ("p7@", "соколов", "ли", "соколов p10@", "ли p7@")}
    assert asked == {"p7@": True, "соколов": False, "ли": False, "соколов p10@": True, "ли p7@": True}
    g.pop("found_few")
    monkeypatch.setattr(finding, "SHARE", 1)  # a large table: what stands in a small part of it is looked up, however many that are
    assert "MATCH" in str(sa.select(Contact.id).where(*finding.matching(Contact.search_text, "соколов")))


def test_the_index_follows_every_write_and_the_books_see_when_it_does_not(real_app: Flask) -> None:
    with real_app.app_context():
        db.session.add_all([Contact(surname=name, sort_key=name, search_text=search_text(name)) for name in NAMES])
        db.session.commit()
        first, second = db.session.scalars(sa.select(Contact).order_by(Contact.id).limit(2)).all()
        first.search_text = search_text("Совсем иначе")
        db.session.delete(second)
        db.session.commit()
        db.session.add(Contact(surname="Снят", sort_key="снят", search_text="снят"))
        db.session.flush()
        db.session.rollback()
        with reading():
            assert finding.unequal() == []
        if db.engine.dialect.name != "sqlite":
            assert db.session.scalar(sa.text("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'ix\\_search\\_%'")) == 4
            return
        names = db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search%'")).all()
        assert len(names) == 3 * len(finding.INDEXED)  # a migration that makes such a table anew must make its triggers anew too
        db.session.execute(sa.text("DROP TRIGGER search_contact_changed"))
        db.session.execute(sa.text("UPDATE contact SET search_text = 'мимо индекса' WHERE id = :id"), {"id": first.id})
        db.session.commit()
        with reading():
            assert finding.unequal() == ["contact"]
