"""A filled database gets companies of ours beside the first, and goes back: numbers, patterns and documents stay."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import operations
from crm.documents.models import Document, NumberRule
from tests.cast import Cast, make_cast
from tests.documents.scene import make_scene
from tests.firms.scene import make_trader
from tests.upgrades import columns, move

DAY = dt.date(2026, 3, 9)
OLD = "0015"


def rows(text: str) -> list[tuple[object, ...]]:
    return sorted(map(tuple, db.session.execute(sa.text(text)).all()))


def test_up_and_down_on_a_filled_database(real_app: Flask) -> None:
    with real_app.app_context():
        cast = make_cast()
        deal, owner = make_scene(cast), db.session.get_one(User, cast.owner)
        quote = operations.template_for(kind="quote", locale="ru", key="")
        operations.set_number_rule("quote", pattern="Q-{N}/{YYYY}", yearly=True, following=None, year=2026, actor=owner)
        operations.make_document(deal, template=quote, actor=owner, dated=DAY)
        db.session.commit()
        deal_id = deal.id
        move(OLD)
        assert "year" in columns("document")
        assert "firm_id" not in columns("deal")
        assert not sa.inspect(db.engine).has_table("firm")
        assert rows("SELECT kind, year, number, numbered FROM document") == [("quote", 2026, 1, "Q-1/2026")]
        assert rows("SELECT kind, pattern FROM number_rule") == [("quote", "Q-{N}/{YYYY}")]
        move("head")
        assert [(rule.firm, rule.kind, rule.pattern, rule.yearly) for rule in db.session.scalars(sa.select(NumberRule))] == [
            (0, "quote", "Q-{N}/{YYYY}", True)]
    with real_app.app_context():
        _goes_on(deal_id, cast)
        move(OLD)
        assert sorted(one[3] for one in rows("SELECT kind, year, number, numbered FROM document")) == ["1/2026", "Q-1/2026", "Q-2/2026"]
        move("head")


def _goes_on(deal_id: int, cast: Cast) -> None:
    """Numbers of the first company go on, those of another begin; both may be there, twins of one company may not."""
    deal, firm = db.session.get_one(Deal, deal_id), make_trader(cast)
    for firm_id in (None, firm.id):
        deal.firm_id = firm_id
        made = operations.make_document(deal, template=operations.template_for(kind="quote", locale="ru", key=""), actor=None, dated=DAY)
    db.session.commit()
    assert [one.numbered for one in db.session.scalars(sa.select(Document).order_by(Document.id))] == ["Q-1/2026", "Q-2/2026", "1/2026"]
    made.number, made.series = 2, 2026
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()
