"""A small firm whose leaderboard was reckoned by hand (see TRUTH in test_csv)."""

import datetime as dt

from flask import Flask

from crm.accounts import operations
from crm.core.db import db
from crm.deals.models import LOST, OPEN, WON, Deal
from tests.factories import make_pipeline


class Sales:
    """Makes managers and deals, each committed outside of any request; sums are typed in major units."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            pipeline = make_pipeline(stages=tuple((kind, kind, 50, None) for kind in (OPEN, WON, LOST)))
            self.pipeline_id, self.stages = pipeline.id, {stage.kind: stage.id for stage in pipeline.stages}
            db.session.commit()

    def deal(self, manager_id: int | None, status: str, amount: float = 0, closed: str | None = None,
             engaged: str | None = None, **fields: object) -> int:
        """The id of a deal that was begun and closed on days such as '2026-03-05'."""
        known: dict[str, object] = {
            "title": "Deal", "currency": "RUB", "pipeline_id": self.pipeline_id, **fields}
        with self.app.app_context():
            made = Deal(stage_id=self.stages[status], status=status, manager_id=manager_id,
                        amount=round(amount * 100),
                        closed_on=dt.date.fromisoformat(closed) if closed else None,
                        engaged_on=dt.date.fromisoformat(engaged) if engaged else None, **known)
            db.session.add(made)
            db.session.commit()
            return made.id

    def manager(self, name: str, **fields: object) -> int:
        """A manager who cannot sign in, as imports make them."""
        with self.app.app_context():
            made = operations.create_user(name=name, email=None, role="manager", **fields)
            db.session.commit()
            return made.id


def march(sales: Sales) -> None:
    """Three managers and every trap: edges of the period, other currency, bin, nobody's, equal sums."""
    anna, yolkin, zoe = (sales.manager(name) for name in ("Anna", "Ёлкин Пётр", "Zoe"))
    sales.deal(anna, WON, 1000.50, "2026-03-01", "2026-02-19")  # first day, 10 days
    sales.deal(anna, WON, 500, "2026-03-31", "2026-03-31")  # last day, 0 days
    sales.deal(anna, WON, 99_999, "2026-02-28", "2026-01-01")  # the day before
    sales.deal(anna, WON, 99_999, "2026-04-01", "2026-01-01")  # the day after
    sales.deal(anna, LOST, 70, "2026-03-15", "2026-03-01")
    sales.deal(anna, OPEN, 70, engaged="2026-03-01")
    sales.deal(yolkin, WON, 1500.50, "2026-03-10", "2026-03-03")  # as much as Anna; 7 days
    sales.deal(yolkin, WON, 800, "2026-03-11", currency="USD")  # counted, but in no sum; no first contact
    sales.deal(yolkin, WON, 5, "2026-03-12", deleted_at=dt.datetime(2026, 3, 13, tzinfo=dt.UTC))
    sales.deal(zoe, LOST, 10, "2026-03-20")
    sales.deal(zoe, OPEN, 10, engaged="2026-05-01")
    sales.deal(zoe, OPEN, 10, engaged="2026-05-01", deleted_at=dt.datetime(2026, 5, 2, tzinfo=dt.UTC))
    sales.deal(None, WON, 10, "2026-03-20")
