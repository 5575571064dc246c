"""One person's whole work, marked so that any trace of it on somebody's screen is found.

Every record that belongs to somebody carries a word, a phone, an e-mail, a name in a messenger, a sum and a cost of its own: when
one of them appears in an answer to a person who may not see the record, it has leaked.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.billing import operations as billing
from crm.billing.terms import Step
from crm.clients.models import BankAccount, Channel
from crm.core import dates
from crm.core.db import db, utcnow
from crm.core.text import search_text
from crm.deals import operations as deals
from crm.deals.models import LOST, OPEN, WON, Deal, Pipeline
from crm.documents import operations as documents
from crm.documents.models import Template
from crm.imports.operations.uploads import upload_file
from crm.mail import operations as mail
from crm.tasks import operations as tasks
from crm.timeline import operations as timeline
from tests.factories import make_company, make_contact

OWNERS = ("boris", "vera", "gleb")  # own, of one's team, a stranger, seen from Boris
WORDS = {"boris": "Bobrovsky", "vera": "Verbitskaya", "gleb": "Glebuzhin"}
PHONES = {"boris": "+79011110001", "vera": "+79012220002", "gleb": "+79013330003"}
SUMS = {"boris": 111_101_00, "vera": 222_202_00, "gleb": 333_303_00}
COSTS = {"boris": 77_117_00, "vera": 155_227_00, "gleb": 244_337_00}


@dataclass
class Work:
    """The ids of one person's records by the name that addresses give them."""

    owner: str
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def marks(self) -> list[str]:
        """Texts that must not reach those who may not see this work."""
        phone = PHONES[self.owner]
        return [WORDS[self.owner], f"{self.owner}-secret", phone[-7:], f"{phone[-7:-4]}-{phone[-4:-2]}-{phone[-2:]}",
                f"{phone[-7:-4]} {phone[-4:]}", self.nick, *self.sums, *self.money]

    @property
    def sums(self) -> list[str]:
        """The sum as pages print it."""
        return printed(SUMS[self.owner])

    @property
    def money(self) -> list[str]:
        """What the deal costs us and its margin, as pages print them."""
        return [*printed(COSTS[self.owner]), *printed(SUMS[self.owner] - COSTS[self.owner])]

    @property
    def nick(self) -> str:
        """The name in a messenger."""
        return f"{self.owner}_nick_900"


def printed(minor: int) -> list[str]:
    """A whole sum of at least a thousand in every way in which it stands on pages, in forms and in files."""
    thousands, rest = divmod(minor // 100, 1000)
    return [f"{thousands}\N{NO-BREAK SPACE}{rest:03}", f"{thousands},{rest:03}", f"{thousands}{rest:03}"]


def make_work(owner: str, person: User, pipeline: Pipeline) -> Work:
    """Clients, deals of every outcome, lines, tasks, documents, links, letters, notes and an import of `person`; flushed."""
    word, work = WORDS[owner], Work(owner)
    company = make_company(f"ООО «{word}»", manager_id=person.id, comment=f"{owner}-secret", city=f"{word}ск")
    company.channels = [Channel(kind="email", typed=f"firm@{owner}-secret.example", value=f"firm@{owner}-secret.example", position=0)]
    company.accounts = [BankAccount(bank=f"{word}банк", bic="044525225", account="40702810238000139300", corr_account="")]
    contact = make_contact(word, company=company, manager_id=person.id, comment=f"{owner}-secret")
    contact.channels = [Channel(kind="phone", typed=PHONES[owner], value=PHONES[owner], position=0),
                        Channel(kind="telegram", typed=f"@{work.nick}", value=work.nick, position=1)]
    contact.search_text = search_text(word, PHONES[owner], work.nick)
    deal = deals.create_deal(title=f"{word} supply", pipeline=pipeline, actor=person, company=company, contact=contact,
                             manager_id=person.id, amount=SUMS[owner], currency="RUB", comment=f"{owner}-secret")
    deals.set_lines(deal, [deals.LineInput(name=f"{word} line", quantity=Decimal(1), price=SUMS[owner], cost=COSTS[owner], vat_rate=None,
                                           unit="pc")],
                    actor=person)
    deals.plan_step(deal, text=f"call {word}", on=dates.today(), actor=person)
    deals.set_people(deal, [contact], actor=person)
    for kind in (WON, LOST):
        _closed(word, owner, person, pipeline, kind)
    task = tasks.create_task(text=f"{word} task", due_on=dates.today(), actor=person, deal=deal)
    timeline.write(deal, what="note", text=f"{owner}-secret note", actor=person)
    timeline.write(contact, what="note", text=f"{owner}-secret note, @{work.nick}", actor=person)
    document = documents.make_document(deal, template=_template("quote"), actor=person)
    link = documents.make_link(document, actor=person)
    remark = documents.add_remark(document, text=f"{owner}-secret remark", quote=f"{word} quote", actor=person)
    invoice = documents.make_document(deal, template=_template("invoice"), actor=person)
    billing.set_terms(deal, "own", [Step(due_on=dates.today())], actor=person, note=f"{owner}-secret")
    payment = billing.record_payment(deal, amount=SUMS[owner] - 1_00, invoices=[invoice], note=f"{owner}-secret", actor=person)
    letter = mail.write_letter(to=f"to@{owner}-secret.example", subject=f"{word} letter", body=f"{owner}-secret", actor=person, deal=deal)
    taken = upload_file(what="contacts", data=f"surname,phone\n{word},{PHONES[owner]}\n".encode(), file_name=f"{owner}-secret.csv",
                        actor=person)
    deleted = make_company(f"ООО «{word} binned»", manager_id=person.id, deleted_at=utcnow())
    work.ids = {"company_id": company.id, "contact_id": contact.id, "deal_id": deal.id, "task_id": task.id,
                "document_id": document.id, "link_id": link.id, "remark_id": remark.id, "payment_id": payment.id,
                "letter_id": letter.id, "import_id": taken.id,
                "line_id": deal.lines[0].id, "step_id": pipeline.stages[0].steps[0].id, "binned_id": deleted.id}
    return work


def _template(kind: str) -> Template:
    return db.session.scalars(sa.select(Template).where(Template.kind == kind, Template.locale == "en")).one()


def _closed(word: str, owner: str, person: User, pipeline: Pipeline, kind: str) -> Deal:
    stage = next(one for one in pipeline.stages if one.kind == kind)
    deal = deals.create_deal(title=f"{word} {kind}", pipeline=pipeline, actor=person, manager_id=person.id,
                             amount=SUMS[owner], currency="RUB", stage=stage)
    assert deal.status != OPEN
    return deal


def missing(ids: dict[str, int]) -> dict[str, Any]:
    """The same addresses of records that do not exist."""
    return {name: 900_000_000 + place for place, name in enumerate(ids)}
