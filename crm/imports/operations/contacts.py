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
from crm.core.errors import DomainError
from crm.imports.operations.keys import by_keys, cleaned
from crm.imports.operations.names import Names
from crm.imports.operations.rows import Progress, take_rows
from crm.imports.operations.sender import Sender
from crm.imports.reading import ImportProblem, Table
from crm.imports.report import Refused, Report
from crm.imports.values import date_order, parse_date

Way = tuple[str, str]  # phone or email, and what was typed
PLAIN = {"job": 200, "comment": 20_000, "source": 100, "surname": 120, "given_name": 120, "patronymic": 120}


def import_contacts(table: Table, mapping: dict[str, str], *, actor: User | None,
                    progress: Progress = lambda done, report: None) -> Report:
    """Take every row or report it; commits after each 200 rows.

    `mapping` is column -> field (see mapping.CONTACTS); several columns may be phones or e-mails. A person who is
    here already (same key, e-mail or phone) gets only what is missing. Nobody whom `actor` may not see is here for them, nothing
    is taken past their rights; None, the command line, may do everything. ImportProblem when no column can be used, or nobody may be added.
    """
    sender, report = Sender(actor), Report()
    sender.require("contacts")
    if not {"full_name", "surname", "given_name", "email", "phone", "company"} & set(mapping.values()):
        raise ImportProblem(_("Say which columns hold the name, the phone or the e-mail."))
    taker = _Taker(table, mapping, sender, report)
    return take_rows(table, taker.take, report, actor, progress)


class _Taker:
    """Takes rows one by one."""

    def __init__(self, table: Table, mapping: dict[str, str], sender: Sender, report: Report) -> None:
        self.fields = [(place, mapping.get(name, "")) for place, name in enumerate(table.columns)]
        self.sender, self.report = sender, report
        self.names = Names(sender, "RUB", report)
        days = [row[place] for place, field in self.fields if field == "birthday" for row in table.rows]
        self.order = date_order(days, "mdy" if any(name.isascii() for name in table.columns[:1]) else "dmy")

    def take(self, number: int, row: list[str]) -> None:
        """One row: a new person, gaps of a known one, or a line of the report."""
        if not any(row):
            return
        try:
            self._take(row)
        except DomainError as refusal:
            self.report.refused.append((number, refusal.message))

    def _take(self, row: list[str]) -> None:
        values, ways = self._read(row)
        if not (values.get("surname") or values.get("given_name") or ways):
            raise Refused(_("The row has no name, phone or e-mail."))
        if "birthday" in values and values["birthday"] is None:
            raise Refused(_("There is no such day: %(day)s.", day=self._cell(row, "birthday")))
        known, free = by_keys(Contact, [values["key"]] if values["key"] else [], self.sender)
        person = known.get(values["key"]) or self._reached(ways)
        if person is None:
            self._create(values, ways, free.get(values["key"]))
        elif person.deleted_at is None:
            self._fill(person, values, ways)
        else:
            self.report.same += 1

    def _cell(self, row: list[str], field: str) -> str:
        return next((row[place] for place, name in self.fields if name == field and row[place]), "")

    def _read(self, row: list[str]) -> tuple[dict[str, Any], list[Way]]:
        values: dict[str, Any] = {name: self._cell(row, name)[:limit] for name, limit in PLAIN.items()}
        if not values["surname"] and not values["given_name"]:
            values["surname"], values["given_name"], values["patronymic"] = split(self._cell(row, "full_name"))
        values["key"] = cleaned(self._cell(row, "key"))
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

    def _reached(self, ways: list[Way]) -> Contact | None:
        """Who of those whom the sender may see has one of these numbers or addresses. By what is hidden from the sender nobody is
        found: what becomes of the row would tell whose it is, so that somebody is added twice rather than given away.
        """
        wanted = [value for kind, typed in ways if not self.sender.hides(kind, typed, value := _value(kind, typed))]
        if not wanted:
            return None
        # two steps: in one, PostgreSQL walks all people for want of statistics about rows of this very transaction
        rows = db.session.execute(sa.select(Channel.contact_id, Channel.kind, Channel.typed, Channel.value).where(
            Channel.value.in_(wanted), Channel.contact_id.is_not(None)))
        ids = {row.contact_id for row in rows if not self.sender.hides(row.kind, row.typed, row.value)}
        here = sa.select(Contact).where(Contact.id.in_(ids), Contact.deleted_at.is_(None)).order_by(Contact.id)
        return db.session.scalars(self.sender.narrowed(here, Contact.manager_id, "clients.see")).first() if ids else None

    def _create(self, values: dict[str, Any], ways: list[Way], key: str | None) -> None:
        if not any(values[name] for name in ("surname", "given_name", "patronymic")):
            raise Refused(_("The row has a phone or an e-mail and no name. Write the name into the file."))
        manager_id = self.names.manager(values["manager"], "clients.edit")
        company_id = self.names.company(values["company"], manager_id)
        clients.create_contact(
            actor=self.sender.actor, manager_id=manager_id, company=db.session.get(Company, company_id) if company_id else None,
            channels=ways, birthday=values.get("birthday"), external_key=key, **{name: values[name] for name in PLAIN})
        if self._hidden(ways):
            self.report.notes[_("Added without a look whether they are here already: phones or e-mails are hidden from your role.")] += 1
        self.report.added += 1

    def _fill(self, contact: Contact, values: dict[str, Any], ways: list[Way]) -> None:
        """Give a known person what is missing. What is hidden from the sender stays out: whether it was missing would tell it."""
        gaps = {name: values[name] for name in (*PLAIN, "birthday") if values.get(name) and not getattr(contact, name)}
        hidden = self._hidden(ways)
        have = {row.value for row in contact.channels if not self.sender.hides(row.kind, row.typed, row.value)}
        new = [way for way in ways if way not in hidden and _value(*way) not in have]
        if (gaps or new) and not self.sender.covers("clients.edit", contact.manager_id):
            raise Refused(_("Your role may look at %(name)s but not change them. Ask whoever leads them.", name=contact.title))
        if hidden:
            self.report.notes[_("People who are here already, left without the phones or e-mails of the file: they are hidden from your "
                                "role.")] += 1
        if not gaps and not new:
            self.report.same += 1
            return
        channels = [(row.kind, row.typed) for row in contact.channels] + new
        clients.update_contact(contact, actor=self.sender.actor, channels=channels, **gaps)
        self.report.changed += 1

    def _hidden(self, ways: list[Way]) -> list[Way]:
        return [way for way in ways if self.sender.hides(*way, _value(*way))]


def _value(kind: str, typed: str) -> str:
    """A phone or an e-mail as it is kept and compared."""
    return phones.e164(typed) or typed if kind == "phone" else typed.lower()
