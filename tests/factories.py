"""Records for tests, made by the models and flushed: what is not named is plain and valid."""

import datetime as dt
import itertools
from typing import Any

import sqlalchemy as sa

from crm.clients.models import Company, Contact
from crm.core.db import db
from crm.core.text import search_text, sort_key
from crm.deals.models import LOST, OPEN, WON, Deal, LossReason, Pipeline, Stage

_numbers = itertools.count(1)
STAGES = (("Новая", OPEN, 10, 2), ("Переговоры", OPEN, 50, 5), ("Договор", OPEN, 80, None),
          ("Оплачено", WON, 100, None), ("Отказ", LOST, 0, None))


def make_pipeline(name: str = "Продажи", stages: tuple[tuple[str, str, int, int | None], ...] = STAGES,
                  **fields: Any) -> Pipeline:
    """A pipeline of stages (name, kind, percent, norm of days) and two reasons, one with a finer one."""
    last = db.session.scalar(sa.select(sa.func.max(Pipeline.position)))
    pipeline = Pipeline(name=name, position=0 if last is None else last + 1, **fields)
    pipeline.stages = [Stage(name=title, kind=kind, probability=probability, norm_days=norm, position=place,
                             requires=[])
                       for place, (title, kind, probability, norm) in enumerate(stages)]
    price = LossReason(name="Цена", position=0)
    pipeline.reasons = [price, LossReason(name="Нашли дешевле", position=0, parent=price),
                        LossReason(name="Не отвечает", position=1)]
    db.session.add(pipeline)
    db.session.flush()
    return pipeline


def make_company(name: str = "", **fields: Any) -> Company:
    """A company with its search text."""
    name = name or f"ООО «Фирма {next(_numbers)}»"
    company = Company(name=name, search_text=search_text(name), sort_key=sort_key(name), **fields)
    db.session.add(company)
    db.session.flush()
    return company


def make_contact(surname: str = "", given_name: str = "Иван", **fields: Any) -> Contact:
    """A person with their search text."""
    surname = surname or f"Клиентов{next(_numbers)}"
    contact = Contact(surname=surname, given_name=given_name, search_text=search_text(surname, given_name),
                      sort_key=sort_key(f"{surname} {given_name}"), **fields)
    db.session.add(contact)
    db.session.flush()
    return contact


def make_deal(pipeline: Pipeline, stage: int | Stage = 0, *, title: str = "", amount: int = 100_000,
              currency: str = "RUB", manager_id: int | None = None, rank: float | None = None,
              closed_on: dt.date | None = None, **fields: Any) -> Deal:
    """A deal at a stage (it or its number), below the deals made before; `amount` in kopecks."""
    number = next(_numbers)
    stage = pipeline.stages[stage] if isinstance(stage, int) else stage
    title = title or f"Сделка {number}"
    closed_on = closed_on or (dt.datetime.now(dt.UTC).date() if stage.kind != OPEN else None)
    deal = Deal(title=title, pipeline=pipeline, stage=stage, status=stage.kind, amount=amount,
                currency=currency, manager_id=manager_id, closed_on=closed_on,
                rank=float(number) if rank is None else rank,
                search_text=search_text(title), **fields)
    db.session.add(deal)
    db.session.flush()
    return deal
