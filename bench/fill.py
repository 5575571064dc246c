"""The data under measurement: the demo company with 2,000 open deals in its first pipeline."""

import os
import random
from dataclasses import dataclass

PASSWORD = "measured minutes"
OPEN_DEALS = 2000


@dataclass(frozen=True)
class Plan:
    """What to ask for."""

    email: str
    password: str
    pipeline: int
    stages: tuple[int, int]
    deal: int
    contact: int
    since: str


def fill(env: dict[str, str]) -> Plan:
    """Make the database named by `env` and give the addresses to measure."""
    os.environ.update(env)
    import sqlalchemy as sa

    from crm import create_app
    from crm.accounts import operations as accounts
    from crm.accounts import queries
    from crm.clients.models import Company, Contact
    from crm.core import live, schema
    from crm.core.db import db
    from crm.deals import operations as deals
    from crm.deals.models import OPEN, Deal, Pipeline
    from crm.demo import operations as demo

    with create_app().app_context():
        schema.upgrade()
        login = demo.fill(locale="en")[0]
        owner = queries.user_by_email(login.email)
        assert owner
        accounts.set_password(owner, accounts.make_password_hash(PASSWORD))
        pipeline = db.session.scalars(sa.select(Pipeline).order_by(Pipeline.position)).first()
        assert pipeline
        stages = [stage for stage in pipeline.stages if stage.kind == OPEN]
        companies = db.session.scalars(sa.select(Company)).all()
        sellers = [user.id for user in queries.sellers() if user.role == "manager"]
        here = db.session.scalar(sa.select(sa.func.count()).select_from(Deal).where(
            Deal.pipeline_id == pipeline.id, Deal.status == OPEN)) or 0
        dice = random.Random(7)
        for number in range(OPEN_DEALS - here):
            deals.create_deal(title=f"Supply {number}", pipeline=pipeline, actor=owner, stage=dice.choice(stages),
                              company=dice.choice(companies), manager_id=dice.choice(sellers),
                              amount=dice.randrange(1000, 900000), currency="GBP")
        free = [stage for stage in stages if not stage.requires][:2]
        deal = db.session.scalars(sa.select(Deal).where(Deal.stage_id == free[0].id).order_by(Deal.id)).first()
        contact = db.session.scalars(sa.select(Contact).order_by(Contact.id)).first()
        assert deal
        assert contact
        db.session.commit()
        return Plan(login.email, PASSWORD, pipeline.id, (free[0].id, free[1].id), deal.id, contact.id, live.now_token())
