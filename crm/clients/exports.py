"""People and companies as tables to take away: what the reader's list shows, page after page, with every way to reach them."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients import channels, fields, hiding, names, queries
from crm.clients.models import Channel, Company, Contact
from crm.core.db import db
from crm.core.listing import Wish
from crm.core.sheets import Column
from crm.guard.exports import Table

BATCH = 1000
REACH = ("phone", "email")  # columns of their own; messengers share one


def people(asked: Wish, reader: User) -> Table:
    """The people of the filtered list, in its order. Identity documents stay on their cards."""
    query = scope.narrow(queries.ordered_people(asked, reader), Contact.manager_id, reader, "clients.export")
    columns = [Column(_("Full name"), width=32), Column(_("Job")), Column(_("Company"), width=32), *_reach_columns(),
               Column(_("Birthday"), "day", 12), Column(_("Address"), width=40), Column(_("INN")), Column(_("Source")),
               Column(_("Manager")), Column(_("Pains and wishes"), width=40), Column(_("Comment"), width=40),
               Column(_("Added"), "moment", 17)]
    wanted = query.with_only_columns(
        Contact.id, Contact.surname, Contact.given_name, Contact.patronymic, Contact.job, Company.name, Contact.birthday,
        Contact.address, Contact.inn, Contact.source, User.name, Contact.needs, Contact.comment, Contact.created_at)

    words = hiding.masking(reader)

    def rows(most: int) -> Iterator[Sequence[Any]]:
        for row, reach in _with_channels(wanted.limit(most), Channel.contact_id, reader):
            yield (names.in_order(row[1], row[2], row[3]), words(row.job), row[5] or "", *reach, row[6], words(row.address), words(row.inn),
                   words(row.source), row[10], words(row.needs), words(row.comment), row.created_at)

    return Table("contacts", _("People"), columns, lambda: _count(query), rows)


def companies(asked: Wish, reader: User) -> Table:
    """The companies of the filtered list, in its order."""
    query = scope.narrow(queries.ordered_companies(asked, reader), Company.manager_id, reader, "clients.export")
    columns = [Column(_("Name"), width=32), Column(_("Legal name"), width=32), Column(_("Kind")), Column(_("Industry")),
               Column(_("City")), Column(_("Website")), *_reach_columns(), Column(_("INN")), Column(_("KPP")), Column(_("OGRN")),
               Column(_("VAT number")), Column(_("Legal address"), width=40), Column(_("Source")), Column(_("Manager")),
               Column(_("Comment"), width=40), Column(_("Added"), "moment", 17)]
    wanted = query.with_only_columns(
        Company.id, Company.name, Company.legal_name, Company.kind, Company.industry, Company.city, Company.website, Company.inn,
        Company.kpp, Company.ogrn, Company.vat_id, Company.legal_address, Company.source, User.name, Company.comment,
        Company.created_at)

    words = hiding.masking(reader)

    def rows(most: int) -> Iterator[Sequence[Any]]:
        for row, reach in _with_channels(wanted.limit(most), Channel.company_id, reader):
            yield (*row[1:3], str(fields.COMPANY_KINDS.get(row[3], row[3])), *map(words, row[4:7]), *reach,
                   *row[7:11], *map(words, row[11:13]), row[13],
                   words(row.comment), row.created_at)

    return Table("companies", _("Companies"), columns, lambda: _count(query), rows)


def _count(query: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0


def _reach_columns() -> list[Column]:
    return [Column(_("Phones"), width=24), Column(_("E-mails"), width=28), Column(_("Messengers"), width=24)]


def _with_channels(query: sa.Select[*tuple[Any, ...]], owner: Any, reader: User) -> Iterator[tuple[Any, tuple[str, str, str]]]:
    """Each row with its phones, e-mails and messengers as texts; a batch at a time, whatever the number of rows."""
    for batch in db.session.execute(query.execution_options(yield_per=BATCH)).partitions():
        found: dict[int, list[Any]] = {}
        rows = db.session.execute(sa.select(owner, Channel.kind, Channel.value, Channel.typed).where(
            owner.in_([row[0] for row in batch])).order_by(owner, Channel.position))
        for card_id, kind, value, typed in rows:
            if not hiding.hides(reader, kind, typed, value):
                found.setdefault(card_id, []).append((kind, channels.shown(kind, value, typed)))
        for row in batch:
            yield row, _reach(found.get(row[0], []))


def _reach(ways: list[tuple[str, str]]) -> tuple[str, str, str]:
    plain = [", ".join(text for kind, text in ways if kind == wanted) for wanted in REACH]
    others = ", ".join(f"{channels.KINDS.get(kind, kind)}: {text}" for kind, text in ways if kind not in REACH)
    return plain[0], plain[1], others
