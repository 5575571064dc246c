"""The demo company itself: its requisites, teams, people, products and pipelines."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from flask import g

from crm.accounts import operations as accounts
from crm.accounts import roles
from crm.accounts.models import Organization, User
from crm.catalog.models import Product
from crm.core.db import db
from crm.core.text import search_text, sort_key
from crm.deals import library
from crm.deals import operations as deals
from crm.deals.models import LOST, OPEN, WON, LossReason, Pipeline, Stage
from crm.demo import numbers
from crm.demo.content import DemoContent, StaffSpec
from crm.demo.operations import prices
from crm.demo.operations.clock import Clock
from crm.demo.operations.profiles import PROFILES, Profile
from crm.documents.words.genitive import full_name_genitive
from crm.documents.words.titles import job_genitive

HOME_REGION = "78"
FORGOTTEN_DAYS = 14


@dataclass(frozen=True)
class Seller:
    """A manager of the demo: the row, how they sell, since when they are here, what they sell."""

    user: User
    profile: Profile
    since: dt.date
    pipeline: str


@dataclass(frozen=True)
class Way:
    """A pipeline by parts: open stages in order, the last ones, reasons of refusal by their codes."""

    code: str
    pipeline: Pipeline
    stages: list[Stage]
    won: Stage
    lost: Stage
    reasons: dict[str, LossReason]


@dataclass(frozen=True)
class Firm:
    """Everything of our own company that deals refer to; `people` with the owner first."""

    organization: Organization
    people: list[User]
    sellers: list[Seller]
    products: dict[str, Product]
    ways: dict[str, Way]

    def of_role(self, role: str) -> User:
        """The first person of the role."""
        return next(person for person in self.people if person.role == role)


def found(content: DemoContent, clock: Clock, *, password_hash: str, seed: int) -> Firm:
    """Make the company, ready to sell. Nobody has sold anything yet."""
    organization = _organization(content, seed)
    g.timezone, g.default_locale = organization.timezone, organization.locale
    teams = {spec.code: accounts.create_team(name=spec.name) for spec in content.teams}
    people = []
    for place, spec in enumerate(content.staff):
        team = teams.get(spec.team)
        user = accounts.create_user(
            name=spec.name, email=f"{spec.login}@{content.our.domain}", role=spec.role, job=spec.job,
            password_hash=password_hash, locale=content.locale, team_id=team.id if team else None,
            phone=content.our.phone[:-2] + f"{30 + place}",
            last_seen_at=clock.now - dt.timedelta(minutes=17 * place + 4))
        people.append(user)
    owner = people[0]
    ways = {code: _way(content, code, owner) for code in content.our.pipelines}
    products = _products(content)
    prices.price(content, products, clock, owner)
    return Firm(organization, people, _sellers(content, people, clock), products, ways)


def _organization(content: DemoContent, seed: int) -> Organization:
    our, owner = content.our, content.staff[0]
    details = {"vat_id": our.vat_id}
    key = f"our:{seed}"
    if our.country == "RU":
        inn, bank = numbers.make_inn(10, key, HOME_REGION), numbers.make_bank(key)
        details = {
            "inn": inn, "kpp": numbers.make_kpp(inn), "ogrn": numbers.make_ogrn(key, HOME_REGION),
            "bank": bank.name_ru, "bic": bank.bic, "corr_account": bank.corr_account,
            "account": numbers.make_account(bank.bic, key),
            "signatory_name_genitive": full_name_genitive(owner.full_name).text,
            "signatory_job_genitive": job_genitive(owner.job)}
    else:
        name, bic, prefix = numbers.make_foreign_bank(our.country, key)
        details |= {"bank": name, "bic": bic, "account": numbers.make_iban(our.country, key, prefix)}
    roles.set_level("manager", "team")
    return accounts.create_organization(
        name=our.name, legal_name=our.legal_name, address=our.address, phone=our.phone, email=our.email,
        signatory_name=signature(content, owner), signatory_job=owner.job, signatory_basis=our.signatory_basis,
        currency=our.currency, vat_rate=our.vat_percent, locale=content.locale, timezone=our.timezone,
        business=our.pipelines[0], forgotten_days=FORGOTTEN_DAYS, demo=True, **details,
        **({"signatory_basis_genitive": our.signatory_basis_genitive} if content.locale == "ru" else {}))


def signature(content: DemoContent, person: StaffSpec) -> str:
    """The name under papers: in full in Russian, given name first in English."""
    return person.full_name if content.locale == "ru" else person.name


def _sellers(content: DemoContent, people: list[User], clock: Clock) -> list[Seller]:
    """Managers with what each of them is like: the first of a team is its strongest."""
    codes = dict(zip((team.code for team in content.teams), content.our.pipelines, strict=True))
    sellers, places = [], dict.fromkeys(codes, 0)
    for spec, user in zip(content.staff, people, strict=True):
        if spec.role != "manager":
            continue
        profile = PROFILES[codes[spec.team]][places[spec.team]]
        places[spec.team] += 1
        since = clock.start if profile.days_here is None else clock.ago(profile.days_here)
        sellers.append(Seller(user, profile, since, codes[spec.team]))
    return sellers


def _products(content: DemoContent) -> dict[str, Product]:
    products = {spec.sku: Product(
        name=spec.name, sku=spec.sku, unit=spec.unit, price=spec.price, cost=spec.cost, currency=content.our.currency,
        vat_rate=None if spec.vat_percent is None else Decimal(spec.vat_percent),
        search_text=search_text(spec.name, spec.sku), sort_key=sort_key(spec.name)) for spec in content.products}
    db.session.add_all(products.values())
    db.session.flush()
    return products


def _way(content: DemoContent, code: str, owner: User) -> Way:
    spec = library.load(code, content.locale)
    pipeline = deals.create_pipeline(spec=spec, actor=owner)
    kinds = {kind: [stage for stage in pipeline.stages if stage.kind == kind] for kind in (OPEN, WON, LOST)}
    reasons = {}
    for top in spec.reasons:
        for child in top.children:
            reasons[child.code] = next(reason for reason in pipeline.reasons if reason.name == child.name
                                       and reason.parent is not None and reason.parent.name == top.name)
    return Way(code, pipeline, kinds[OPEN], kinds[WON][0], kinds[LOST][0], reasons)
