"""People out of a table: added, or filled where they have gaps when the same e-mail or phone is here already."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients import operations as clients
from crm.clients.models import Channel, Company, Contact
from crm.clients.names import split
from crm.core import phones
from crm.core.db import db
from crm.core.events import record
from crm.imports import events
from crm.imports.operations.deals import Progress
from crm.imports.operations.names import Names
from crm.imports.reading import ImportProblem, Table
from crm.imports.report import Report
from crm.imports.values import date_order, parse_date

CHUNK = 200
PLAIN = {"job": 200, "comment": 20_000, "source": 100, "surname": 120, "given_name": 120, "patronymic": 120}


def import_contacts(table: Table, mapping: dict[str, str], *, actor: User | None,
                    progress: Progress = lambda done, report: None) -> Report:
    """Take every row or report it; commits after each 200 rows.

    `mapping` is column -> field (see mapping.CONTACTS); several columns may be phones or e-mails. A person who is
    here already (same key, e-mail or phone) gets only what is missing. ImportProblem when no column can be used.
    """
    if not {"full_name", "surname", "given_name", "email", "phone", "company"} & set(mapping.values()):
        raise ImportProblem(_("Say which columns hold the name, the phone or the e-mail."))
    taker = _Taker(table, mapping, actor)
    report = Report()
    for start in range(0, len(table.rows), CHUNK):
        for number, row in enumerate(table.rows[start:start + CHUNK], start + 2):
            taker.take(number, row, report)
        progress(min(start + CHUNK, len(table.rows)), report)
        db.session.commit()
    record(events.IMPORT_DONE, actor_id=actor.id if actor else None, **report.as_json() | {"listed": []})
    db.session.commit()
    return report


class _Taker:
    """Takes rows one by one."""

    def __init__(self, table: Table, mapping: dict[str, str], actor: User | None) -> None:
        self.fields = [(place, mapping.get(name, "")) for place, name in enumerate(table.columns)]
        self.actor = actor
        self.names = Names(actor, "RUB")
        days = [row[place] for place, field in self.fields if field == "birthday" for row in table.rows]
        self.order = date_order(days, "mdy" if any(name.isascii() for name in table.columns[:1]) else "dmy")

    def take(self, number: int, row: list[str], report: Report) -> None:
        """One row: a new person, gaps of a known one, or a line of the report."""
        values, ways = self._read(row)
        if not any(row):
            return
        if not (values.get("surname") or values.get("given_name") or ways):
            report.refused.append((number, _("The row has no name, phone or e-mail.")))
            return
        if "birthday" in values and values["birthday"] is None:
            report.refused.append((number, _("There is no such day: %(day)s.", day=self._cell(row, "birthday"))))
            return
        known = self._known(values.get("key"), ways)
        if known is not None:
            self._fill(known, values, ways, report)
            return
        self._create(values, ways)
        report.added += 1

    def _cell(self, row: list[str], field: str) -> str:
        return next((row[place] for place, name in self.fields if name == field and row[place]), "")

    def _read(self, row: list[str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        values: dict[str, Any] = {name: self._cell(row, name)[:limit] for name, limit in PLAIN.items()}
        if not values["surname"] and not values["given_name"]:
            values["surname"], values["given_name"], values["patronymic"] = split(self._cell(row, "full_name"))
        if key := self._cell(row, "key"):
            values["key"] = key[:120]
        if birthday := self._cell(row, "birthday"):
            values["birthday"] = self._day(birthday)
        for name in ("company", "manager"):
            values[name] = self._cell(row, name)
        ways = [(field, part.strip()[:200]) for place, field in self.fields if field in ("phone", "email")
                for part in row[place].replace(" ::: ", "\n").splitlines() if part.strip()]
        return values, ways

    def _day(self, text: str) -> dt.date | None:
        try:
            return parse_date(text, self.order)
        except ValueError:
            return None

    def _known(self, key: str | None, ways: list[tuple[str, str]]) -> Contact | None:
        if key and (found := db.session.scalar(sa.select(Contact).where(Contact.external_key == key))):
            return found
        wanted = [phones.e164(text) or text if kind == "phone" else text.lower() for kind, text in ways]
        if not wanted:
            return None
        # two steps: in one, PostgreSQL walks all people for want of statistics about rows of this very transaction
        ids = db.session.scalars(sa.select(Channel.contact_id).where(Channel.value.in_(wanted))).all()
        here = sa.select(Contact).where(Contact.id.in_(ids), Contact.deleted_at.is_(None)).order_by(Contact.id)
        return db.session.scalars(here).first() if ids else None

    def _company(self, values: dict[str, Any], manager_id: int | None) -> Company | None:
        company_id = self.names.company(values["company"], manager_id)
        return db.session.get(Company, company_id) if company_id else None

    def _create(self, values: dict[str, Any], ways: list[tuple[str, str]]) -> None:
        manager_id = self.names.user(values["manager"]) if values["manager"] else None
        more = {name: values[name] for name in PLAIN}
        contact = clients.create_contact(
            actor=self.actor, manager_id=manager_id, company=self._company(values, manager_id), channels=ways,
            birthday=values.get("birthday"), **more)
        contact.external_key = values.get("key")

    def _fill(self, contact: Contact, values: dict[str, Any], ways: list[tuple[str, str]], report: Report) -> None:
        gaps = {name: values[name] for name in (*PLAIN, "birthday") if values.get(name) and not getattr(contact, name)}
        have = {row.value for row in contact.channels}
        new = [way for way in ways if (phones.e164(way[1]) or way[1] if way[0] == "phone" else way[1].lower()) not in have]
        if not gaps and not new:
            report.same += 1
            return
        channels = [(row.kind, row.typed) for row in contact.channels] + new
        clients.update_contact(contact, actor=self.actor, channels=channels, **gaps)
        report.changed += 1
