"""A file that names everything a stranger has: its report and its traces are the same as if the stranger had nothing."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import queries, roles
from crm.accounts.models import User
from crm.clients.models import Channel, Company, Contact
from crm.core.db import db
from crm.deals.models import Deal, Pipeline
from crm.imports import mapping
from crm.imports.operations import import_contacts, import_deals
from crm.imports.reading import read_table
from tests.cast import Cast
from tests.leaks.conftest import found
from tests.leaks.test_records import set_sight
from tests.leaks.world import PHONES, WORDS, make_work

WORD, PHONE = WORDS["gleb"], PHONES["gleb"]
DEALS = f"id,title,manager,company,stage,amount\nKEY,{WORD} supply,,ООО «{WORD}»,{{stage}},5\nKEY2,,,{WORD},{{stage}},\n"
PEOPLE = (f"Contact ID,Name,Phone,E-mail,Company,Job Title\nKEY,Ann,,,,Boss\n,Bo,{PHONE},,ООО «{WORD}»,Boss\n,,{PHONE},,,Boss\n"
          f",,,firm@gleb-secret.example,,Boss\n,,@gleb_nick_900,,,\n,Cy,,to@gleb-secret.example,,\n")
TABLES = {"deal": (Deal, Deal.title), "company": (Company, Company.name), "contact": (Contact, Contact.given_name)}


def taken(sender: int, stage: str) -> list[dict[str, Any]]:
    """What the reports of both files say, the first time and the second."""
    told = []
    for _turn in range(2):
        for what, text, take in (("deals", DEALS.format(stage=stage), import_deals), ("contacts", PEOPLE, import_contacts)):
            table = read_table(text.encode(), "rows.csv")
            report = take(table, mapping.guess(table.columns, what), actor=db.session.get_one(User, sender))
            told.append(report.as_json())
    return told


def rows_of(person: int) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that somebody leads."""
    found_rows = {name: db.session.execute(sa.select(column, model.version, model.search_text).where(
        model.manager_id == person).order_by(column)).all() for name, (model, column) in TABLES.items()}
    return {name: [tuple(row) for row in rows] for name, rows in found_rows.items()}


def tried(sender: int, stage: str) -> tuple[list[dict[str, Any]], dict[str, list[tuple[Any, ...]]]]:
    """The reports, and what the sender leads afterwards; then everything is as it was."""
    db.session.remove()
    before = db.session.get_bind().begin_nested()  # beneath the session's own, which an import commits
    told, led = taken(sender, stage), rows_of(sender)
    db.session.remove()
    before.rollback()
    return told, led


@pytest.mark.parametrize("hidden", [(), ("client.phone", "client.email", "client.messenger")])
@pytest.mark.parametrize("level", ["own", "team"])
def test_a_file_that_names_a_stranger_s_records_tells_nothing_of_them(
        app: Flask, cast: Cast, level: str, hidden: tuple[str, ...]) -> None:
    world = found(app, cast, ("boris", "vera"))
    with app.app_context():
        set_sight(level)
        powers = queries.powers_of("manager")
        assert powers is not None
        roles.change_role("manager", levels={**powers.levels, "imports.run": "all", "products.edit": "all"}, hidden=hidden, actor=None)
        stage = db.session.get_one(Pipeline, world.pipeline_id).stages[0].name
        db.session.commit()
        alone = tried(cast.boris, stage)
    with app.test_request_context():
        work = make_work("gleb", db.session.get_one(User, cast.gleb), db.session.get_one(Pipeline, world.pipeline_id))
        db.session.get_one(Deal, work.ids["deal_id"]).external_key = "KEY"
        db.session.get_one(Contact, work.ids["contact_id"]).external_key = "KEY"
        mail = Channel(kind="email", typed="to@gleb-secret.example", value="to@gleb-secret.example", position=2)
        db.session.get_one(Contact, work.ids["contact_id"]).channels.append(mail)
        db.session.commit()
    with app.app_context():
        theirs = rows_of(cast.gleb)
        db.session.commit()
        assert tried(cast.boris, stage) == alone
        assert rows_of(cast.gleb) == theirs
        assert alone[0][0]["added"] == 2
