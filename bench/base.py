"""The company before the bulk, made by the program's own operations: people of ours, pipelines, goods, templates, papers."""

import json
from decimal import Decimal

import sqlalchemy as sa
from flask import g

from bench import words
from bench.rows import Base
from crm.accounts import operations as accounts
from crm.accounts import roles
from crm.accounts.models import User
from crm.backup.models import BackupRule
from crm.catalog.models import Product
from crm.clients.models import Company, Contact
from crm.core import files
from crm.core.db import db
from crm.core.text import search_text, sort_key
from crm.deals import library
from crm.deals import operations as deals
from crm.deals.models import LOST, OPEN, WON, LossReason, Pipeline
from crm.documents import operations as documents
from crm.documents.models import Document

PASSWORD = "measured minutes"
TEAMS = ("Снабжение", "Проекты", "Регионы")
MANAGERS = 18


def found() -> Base:
    """Make it in the present transaction; what the bulk refers to."""
    accounts.create_organization(
        name="Замер", legal_name="ООО «Замер»", inn="7801234567", kpp="780101001", ogrn="1157800000000",
        address="Санкт-Петербург, Невский пр., 1", phone="+7 812 000-00-00", email="office@zamer.example",
        bank="ПАО «Банк»", bic="044525225", account="40702810900000000001", corr_account="30101810400000000225",
        signatory_name="Замеров Пётр Ильич", signatory_job="Директор", signatory_basis="Устав", locale="ru")
    roles.set_level("manager", "team")
    g.timezone, g.default_locale = "Europe/Moscow", "ru"
    db.session.add(BackupRule(every="off", hour=3, daily=7, weekly=4, monthly=12))  # a base without a backup would make one at once
    people = _people()
    products = _products()
    ways = [deals.create_pipeline(spec=library.load(code, "ru"), actor=people[0]) for code in ("distribution", "services")]
    documents.install_templates(actor=people[0])
    papers = _papers(ways[0], people[-1], products)
    return Base(
        managers=[user.id for user in people if user.role == "manager"], pipelines=[way.id for way in ways],
        stages=[[(stage.id, stage.name) for stage in way.stages if stage.kind == OPEN] for way in ways],
        won=[next(stage.id for stage in way.stages if stage.kind == WON) for way in ways],
        lost=[next(stage.id for stage in way.stages if stage.kind == LOST) for way in ways],
        reasons=[list(db.session.scalars(sa.select(LossReason.id).where(LossReason.pipeline_id == way.id))) for way in ways],
        steps={stage.id: [step.id for step in stage.steps] for way in ways for stage in way.stages},
        products=[(product.id, product.name, product.price) for product in products],
        papers=[(paper.kind, paper.version_id or 0, json.dumps(paper.context), paper.digest, paper.file_name)
                for paper in papers])


def _people() -> list[User]:
    """An owner, a head, a bookkeeper, and managers in three teams."""
    secret = accounts.make_password_hash(PASSWORD)
    teams = [accounts.create_team(name=name) for name in TEAMS]
    people = [accounts.create_user(name=name, email=f"{role}@zamer.example", role=role, password_hash=secret, locale="ru")
              for name, role in (("Пётр Замеров", "owner"), ("Ольга Главная", "head"), ("Инна Счётова", "accountant"))]
    for number in range(MANAGERS):
        name = f"{words.GIVEN_MEN[number]} {words.SURNAMES[number]}"
        people.append(accounts.create_user(
            name=name, email=f"manager{number + 1}@zamer.example", role="manager", password_hash=secret, locale="ru",
            team_id=teams[number % len(teams)].id, phone=f"+7 812 000-01-{number:02}"))
    return people


def _products() -> list[Product]:
    rows = [Product(name=name, sku=f"A-{number:03}", unit="шт.", price=50_000 + 7_300 * number, currency="RUB",
                    vat_rate=Decimal(22), search_text=search_text(name, f"A-{number:03}"), sort_key=sort_key(name))
            for number, name in enumerate(words.GOODS)]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _papers(way: Pipeline, manager: User, products: list[Product]) -> list[Document]:
    """One true paper of each kind, whose bytes and data the bulk's papers share."""
    company = Company(name="ООО «Первый клиент»", legal_name="ООО «Первый клиент»", inn="7800000001", city="Пермь",
                      manager_id=manager.id, search_text="ооо «первый клиент»", sort_key="первый клиент»",
                      signatory_name="Первый Илья Олегович", signatory_job="Директор", signatory_basis="Устав",
                      signatory_name_genitive="Первого Ильи Олеговича", signatory_job_genitive="Директора",
                      signatory_basis_genitive="Устава")
    contact = Contact(surname="Первый", given_name="Илья", patronymic="Олегович", company=company, manager_id=manager.id,
                      search_text="первый илья олегович", sort_key="первый илья олегович")
    db.session.add_all([company, contact])
    db.session.flush()
    deal = deals.create_deal(title="Пробная поставка", pipeline=way, actor=manager, company=company, contact=contact,
                             manager_id=manager.id, amount=0, currency="RUB")
    for product in products[:3]:
        deals.add_line(deal, deals.LineInput(
            product=product, name=product.name, unit=product.unit, quantity=Decimal(2), price=product.price,
            discount=Decimal(0), vat_rate=product.vat_rate), actor=manager)
    db.session.flush()
    made = []
    for kind in ("quote", "contract", "invoice"):
        template = documents.template_for(kind=kind, locale="ru", key="")
        made.append(documents.make_document(deal, template=template, actor=manager))
    assert all(files.read(paper.digest) for paper in made)
    return made
