"""`flask demo`: what it prints, what it refuses, what it takes away; and the same on the owner's page."""

import datetime as dt
import random

import pytest
import sqlalchemy as sa

from crm.accounts import operations as accounts
from crm.accounts.models import Organization, User
from crm.core import dates
from crm.core.db import Base, db
from crm.deals.models import LOST, WON
from crm.demo import operations
from crm.demo.content import load
from crm.demo.operations import clients, firm, sales
from crm.demo.operations.clock import Clock
from crm.documents.models import Document
from crm.documents.shipped import all_shipped
from tests.cast import make_cast, sign_in


def rows():
    """Tables that are not empty, with their number of rows."""
    found = {table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
             for table in Base.metadata.sorted_tables}
    return {name: number for name, number in found.items() if number}


def make_small_demo(app):
    with app.app_context():
        make_cast(demo=True)


def test_the_demo_is_refused_reset_printed_entered_and_removed(real_app):
    make_small_demo(real_app)
    runner = real_app.test_cli_runner()

    refused = runner.invoke(args=["demo", "--locale", "en"])
    assert refused.exit_code == 1
    assert refused.stderr == ("Error: The demo company is here already. RESET=1 make demo creates it again, "
                              "make demo-remove removes it.\n")

    made = runner.invoke(args=["demo", "--locale", "en", "--reset"])
    assert made.exit_code == 0, made.output
    lines = [line.split("\t") for line in made.stdout.splitlines()]
    assert [line[2] for line in lines] == ["owner", "head", *["manager"] * 5, "accountant", "lawyer"]
    email, password, _role = lines[0]
    assert email == "owner@clearmile.example"
    client = real_app.test_client()
    answer = client.post("/login", data={"email": email, "password": password})
    assert answer.status_code == 303
    page = client.get("/settings/demo/").get_data(as_text=True)
    assert "Remove the demo company" in page
    papers = real_app.config["DATA_DIR"] / "files"
    assert len(list(papers.rglob("*"))) > 30

    again = runner.invoke(args=["demo", "--locale", "en", "--reset"])
    assert again.exit_code == 0
    with real_app.app_context():
        digests = db.session.scalars(sa.select(Document.digest)).all()
        assert [digest for digest in digests if not (papers / digest[:2] / digest).exists()] == []

    removed = runner.invoke(args=["demo", "--remove"])
    assert (removed.exit_code, removed.stdout) == (0, "")
    with real_app.app_context():
        assert rows() == {}
        assert accounts.setup_link("") is not None
    kept = [path for path in papers.rglob("*") if path.is_file()]
    assert len(kept) == len(all_shipped())  # the templates may belong to another database of the folder


@pytest.mark.parametrize("option", [(), ("--reset",), ("--remove",)])
def test_a_real_company_is_never_touched(real_app, option):
    with real_app.app_context():
        make_cast()
        before = rows()
    answer = real_app.test_cli_runner().invoke(args=["demo", *option])
    assert answer.exit_code == 1
    assert "DATA_DIR=demo make demo" in answer.stderr
    assert answer.stdout == ""
    with real_app.app_context():
        assert rows() == before


def test_removing_a_real_company_is_refused_by_the_operation_too(context):
    make_cast()
    with pytest.raises(operations.DemoError):
        operations.remove()
    with pytest.raises(operations.DemoError):
        operations.fill(locale="en")


def test_the_command_says_which_language_it_takes(real_app):
    answer = real_app.test_cli_runner().invoke(args=["demo", "--locale", "fr"])
    assert answer.exit_code == 2
    assert "'ru', 'en'" in answer.stderr


def test_the_owner_removes_the_demo_and_finds_the_wizard(real_app):
    make_small_demo(real_app)
    client = sign_in(real_app, "owner")
    answer = client.post("/settings/demo/remove")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/setup/")
    with real_app.app_context():
        assert accounts.setup_token_is_right(answer.headers["Location"].removeprefix("/setup/"))
        assert rows() == {"setup": 1}
    assert client.get("/settings/").status_code == 303  # nobody is signed in


def test_only_the_owner_of_a_demo_may_remove_it(app, cast):
    assert sign_in(app, "owner").post("/settings/demo/remove").status_code == 404
    assert sign_in(app, "boris").post("/settings/demo/remove").status_code == 403
    with app.app_context():
        db.session.execute(sa.update(Organization).values(demo=True))
        db.session.commit()
    assert sign_in(app, "head").post("/settings/demo/remove").status_code == 403
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 7


@pytest.mark.parametrize(("day", "locale"), [
    (dt.date(2026, 11, 1), "ru"), (dt.date(2027, 1, 1), "en"), (dt.date(2027, 2, 28), "ru"),
    (dt.date(2026, 12, 7), "en"), (dt.date(2026, 11, 22), "en")], ids=str)
def test_on_any_day_somebody_leads_by_a_little_and_no_deal_is_closed_later(context, day, locale):
    content, clock, dice = load(locale), Clock.at("Europe/Moscow", day), random.Random(3)
    with db.session.no_autoflush:
        ours = firm.found(content, clock, password_hash="none", seed=7)
        people = clients.gather(content, ours, clock, dice, seed=7)
        found = sales.plan(content, ours, people, clock, dice)
        db.session.expunge_all()
    month = dates.period("month", day).start
    sums = {seller.user.id: 0 for seller in ours.sellers}
    for sale in found:
        if sale.fate == WON and sale.closed >= month:
            sums[sale.seller.user.id] += sale.amount
    first, second, *_others = sorted(sums.values(), reverse=True)
    assert 0.02 < (first - second) / first < 0.08
    ends = [sale.closed for sale in found if sale.fate in (WON, LOST)]
    assert max(ends) <= day
    assert min(sale.engaged for sale in found) >= clock.start
    assert max(sale.engaged for sale in found) <= day


def test_the_same_seed_gives_the_same_sales(context):
    content, day = load("ru"), dt.date(2026, 11, 18)

    def sample():
        dice = random.Random(7)
        clock = Clock.at("Europe/Moscow", day)
        with db.session.no_autoflush:
            ours = firm.found(content, clock, password_hash="none", seed=7)
            people = clients.gather(content, ours, clock, dice, seed=7)
            found = [(sale.title, sale.amount, sale.engaged, sale.closed, sale.source)
                     for sale in sales.plan(content, ours, people, clock, dice)]
        db.session.rollback()
        return found

    assert sample() == sample()
