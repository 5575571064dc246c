"""The demo's 250 client companies and 400 people, shared out among the managers."""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from crm.clients import channels
from crm.clients.models import BankAccount, Channel, Company, Contact
from crm.clients.operations.cards import refresh
from crm.core import phones
from crm.core.db import db
from crm.demo import numbers
from crm.demo.content import DemoContent
from crm.demo.content.compose import CompanyDraft, PersonDraft, compose
from crm.demo.operations.clock import Clock
from crm.demo.operations.firm import Firm, Seller
from crm.documents.words.genitive import full_name_genitive

COMPANIES, PEOPLE = 250, 400
# tax regions of towns that the material knows by name; others get any region
REGIONS = {"Санкт-Петербург": "78", "Гатчина": "47", "Всеволожск": "47", "Выборг": "47", "Великий Новгород": "53",
           "Псков": "60", "Петрозаводск": "10", "Вологда": "35", "Тверь": "69", "Москва": "77"}
CONFIRMED = 0.7  # of signatories whose genitive somebody has confirmed
MESSENGERS = {"ru": ("telegram", "whatsapp"), "en": ("whatsapp",)}


@dataclass
class Client:
    """A company with its people, the manager who leads it, and the day it became known to us."""

    draft: CompanyDraft
    company: Company
    seller: Seller
    people: list[Contact] = field(default_factory=list)
    known_on: dt.date | None = None


def gather(content: DemoContent, firm: Firm, clock: Clock, dice: random.Random, *, seed: int) -> list[Client]:
    """Make all clients with their details and ways to reach them; not yet in the session, without dates."""
    drafts = compose(content, companies=COMPANIES, people=PEOPLE, seed=seed)
    leaders = _share_out(drafts.companies, firm.sellers, dice)
    clients = []
    for place, draft in enumerate(drafts.companies):
        company = _company(content, draft, f"{seed}:{place}", dice)
        company.manager_id = leaders[place].user.id
        clients.append(Client(draft, company, leaders[place]))
    for person in drafts.people:
        client = clients[person.company]
        contact = _contact(content, person, clock, dice)
        contact.manager_id, contact.company = client.company.manager_id, client.company
        client.people.append(contact)
    return clients


def store(clients: list[Client]) -> None:
    """Write all clients with what the search looks in."""
    for client in clients:
        refresh(client.company)
        for person in client.people:
            refresh(person)
        db.session.add(client.company)
        db.session.add_all(client.people)
    db.session.flush()


def _share_out(drafts: tuple[CompanyDraft, ...], sellers: list[Seller], dice: random.Random) -> list[Seller]:
    """A manager for each company; those who sell cleaning get clients in towns that our crews reach."""
    free = list(range(len(drafts)))
    dice.shuffle(free)
    free.sort(key=lambda place: not drafts[place].cleaning)  # reachable ones first
    leaders: dict[int, Seller] = {}
    for seller in sorted(sellers, key=lambda one: one.pipeline != "cleaning"):
        count = seller.profile.companies
        taken, free = free[:count], free[count:]
        leaders |= dict.fromkeys(taken, seller)
        if seller.pipeline == "cleaning":
            continue
        dice.shuffle(free)
    return [leaders[place] for place in range(len(drafts))]


def _company(content: DemoContent, draft: CompanyDraft, key: str, dice: random.Random) -> Company:
    russian = content.locale == "ru"
    company = Company(
        name=draft.name, legal_name=draft.legal_name, kind=draft.kind, industry=draft.industry, city=draft.city,
        website=draft.website, legal_address=draft.address, signatory_name=draft.signatory_name,
        signatory_job=draft.signatory_job, signatory_basis=draft.signatory_basis, source="", comment="",
        inn="", vat_id="", sort_key="", search_text="")
    if russian and dice.random() < CONFIRMED:
        company.signatory_name_genitive = full_name_genitive(draft.signatory_name).text
        company.signatory_job_genitive = draft.signatory_job_genitive
        company.signatory_basis_genitive = draft.signatory_basis_genitive
    for name, value in _requisites(draft, key).items():
        setattr(company, name, value)
    company.accounts = _accounts(draft, key)
    company.channels = _channels([("phone", draft.phone), ("email", draft.email)])
    return company


def _requisites(draft: CompanyDraft, key: str) -> dict[str, str]:
    """Numbers that pass their control digits; an American client tells us none."""
    if draft.country != "RU":
        return {"vat_id": numbers.make_vat_id(key, draft.country)} if draft.country in ("GB", "DE") else {}
    region = REGIONS.get(draft.city, "")
    if draft.kind == "entrepreneur":
        return {"inn": numbers.make_inn(12, key, region), "ogrn": numbers.make_ogrnip(key, region)}
    inn = numbers.make_inn(10, key, region)
    return {"inn": inn, "kpp": numbers.make_kpp(inn), "ogrn": numbers.make_ogrn(key, region)}


def _accounts(draft: CompanyDraft, key: str) -> list[BankAccount]:
    if draft.country in numbers.FOREIGN_BANKS:
        name, bic, prefix = numbers.make_foreign_bank(draft.country, key)
        return [BankAccount(bank=name, bic=bic, account=numbers.make_iban(draft.country, key, prefix))]
    if draft.country != "RU":
        return []
    bank = numbers.make_bank(key)
    number = numbers.make_account(bank.bic, key, person=draft.kind == "entrepreneur")
    return [BankAccount(bank=bank.name_ru, bic=bank.bic, corr_account=bank.corr_account, account=number)]


def _channels(rows: list[tuple[str, str]]) -> list[Channel]:
    """Rows of (kind, text); numbers are written the way people write them."""
    made = []
    for place, (kind, text) in enumerate(rows):
        typed = phones.pretty(text) if kind in ("phone", "whatsapp") else text
        made.append(Channel(kind=kind, typed=typed, value=channels.read(kind, text).value, position=place))
    return made


def _contact(content: DemoContent, draft: PersonDraft, clock: Clock, dice: random.Random) -> Contact:
    ways = [("phone", draft.phone), ("email", draft.email)]
    if dice.random() < 0.4:
        kind = dice.choice(MESSENGERS[content.locale])
        ways.append((kind, draft.phone if kind == "whatsapp" else "@" + draft.email.split("@")[0].replace(".", "_")))
    more: dict[str, Any] = {}
    if dice.random() < 0.3:
        born = clock.today.replace(year=clock.today.year - dice.randint(26, 58), day=1)
        more["birthday"] = born + dt.timedelta(days=dice.randint(0, 364))
    return Contact(surname=draft.surname, given_name=draft.given_name, patronymic=draft.patronymic, job=draft.job,
                   needs=draft.needs, source="", comment="", channels=_channels(ways), **more)
