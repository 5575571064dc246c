"""Deals out of a table: added by their key, changed when the row changed, left alone otherwise."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.accounts.rights import NO_LIMIT
from crm.catalog.models import Product
from crm.core import dates
from crm.core.db import db, utcnow
from crm.core.errors import DomainError
from crm.core.events import Event, EventLink, record
from crm.core.text import fold, search_text
from crm.deals import operations as deals
from crm.deals.models import OPEN, Deal, DealLine, Stage, StageVisit
from crm.deals.operations.deals import remember_furthest
from crm.firms import queries as firms
from crm.imports import events
from crm.imports.operations.keys import by_keys, cleaned
from crm.imports.operations.names import Names
from crm.imports.operations.pipeline import stages_for
from crm.imports.operations.rows import Progress, finish
from crm.imports.operations.sender import Sender
from crm.imports.reading import ImportProblem, Table
from crm.imports.report import Refused, Report
from crm.imports.values import date_order, parse_amount, parse_date

CHUNK = 500
COMPARED = ("title", "stage_id", "manager_id", "company_id", "amount", "engaged_on", "closed_on", "source", "comment")


@dataclass(frozen=True)
class _Row:
    """A row of the file, understood. `values` are columns of Deal."""

    values: dict[str, Any]
    product_id: int | None
    product: str


def import_deals(table: Table, mapping: dict[str, str], *, actor: User | None,
                 progress: Progress = lambda done, report: None) -> Report:
    """Take every row or report it. Commits after each 500 rows, so that others can work meanwhile.

    `mapping` is column -> field (see mapping.DEALS). Sums are in major units of the company's currency. Without
    a column of keys a row is known again by its content. Nothing is taken past the rights of `actor`; None, the command
    line, may do everything. ImportProblem when no column can be used, or no deal may be made.
    """
    sender, report = Sender(actor), Report()
    sender.require("deals")
    reader = _Reader(table, mapping, sender, report)
    for start in range(0, len(table.rows), CHUNK):
        _take(reader, start, table.rows[start:start + CHUNK], report)
        progress(min(start + CHUNK, len(table.rows)), report)
        db.session.commit()
    return finish(report, actor)


class _Reader:
    """Turns cells into values; knows the file's order of dates and the records that its names mean."""

    def __init__(self, table: Table, mapping: dict[str, str], sender: Sender, report: Report) -> None:
        self.column = {field: table.columns.index(name) for name, field in mapping.items() if name in table.columns}
        if not {"title", "company", "key"} & set(self.column) or "stage" not in self.column:
            raise ImportProblem(_("Say which column holds the stage and which the deal's key, title or company."))
        self.sender = sender
        self.currency = accounts.the_organization().currency
        self.names = Names(sender, self.currency, report)
        cells = [row[self.column[field]] for field in ("engaged_on", "closed_on") if field in self.column
                 for row in table.rows]
        self.order = date_order(cells, "mdy" if self.currency == "USD" else "dmy")
        self.stages = stages_for([name for row in table.rows if (name := self.cell(row, "stage"))],
                                 may_add=sender.may("pipelines.edit"))
        self.twins: Counter[str] = Counter()

    def cell(self, row: list[str], field: str) -> str:
        """The text of a field, empty when the file has no such column."""
        return row[self.column[field]] if field in self.column else ""

    def key(self, row: list[str]) -> str:
        """What the row is known by: its key, else its content and which of equal rows it is."""
        if key := self.cell(row, "key"):
            return cleaned(key)
        content = "\x1f".join(self.cell(row, field) for field in sorted(self.column))
        digest = hashlib.sha256(content.encode()).hexdigest()[:32]
        self.twins[digest] += 1
        return f"{digest}-{self.twins[digest]}"

    def day(self, row: list[str], field: str) -> dt.date | None:
        """A date, or a sentence about it."""
        try:
            return parse_date(self.cell(row, field), self.order)
        except ValueError as error:
            raise Refused(_("There is no such day: %(day)s.", day=self.cell(row, field))) from error

    def read(self, row: list[str], deal: Deal | None = None) -> _Row:
        """The row understood, about a new deal or one that is here already; Refused with a sentence."""
        stage = self._stage(row)
        try:
            amount = parse_amount(self.cell(row, "amount"), self.currency)
        except ValueError as error:
            raise Refused(_("This is not an amount: %(sum)s.", sum=self.cell(row, "amount"))) from error
        engaged_on, closed_on = self.day(row, "engaged_on"), self.day(row, "closed_on")
        if engaged_on and closed_on and closed_on < engaged_on:
            raise Refused(_("The deal was closed before it was started."))
        closed = closed_on if stage.kind != OPEN else None
        if stage.kind != OPEN and closed is None:
            closed = engaged_on or dates.today()
        product = self.cell(row, "product")
        values = {**self._whose(row, deal), "stage_id": stage.id, "pipeline_id": stage.pipeline_id, "status": stage.kind, "amount": amount,
                  "firm_id": firms.usable(stage.pipeline.firm_id),
                  "title": self._title(row), "currency": self.currency, "engaged_on": engaged_on, "closed_on": closed,
                  "source": self.cell(row, "source")[:100], "comment": self.cell(row, "comment")}
        return _Row(values, self.names.product(product, amount), product)

    def _stage(self, row: list[str]) -> Stage:
        name = self.cell(row, "stage")
        if not name:
            raise Refused(_("The row has no stage."))
        stage = self.stages.get(fold(name))
        if stage is None:
            raise Refused(_("No pipeline has the stage %(name)s along with the others of this file. Ask the owner to add it, or write "
                            "another one.", name=name[:120]))
        return stage

    def _title(self, row: list[str]) -> str:
        parts = (self.cell(row, "product"), self.cell(row, "company"))
        return (self.cell(row, "title") or " · ".join(part for part in parts if part) or self.cell(row, "key"))[:300]

    def _whose(self, row: list[str], deal: Deal | None) -> dict[str, int | None]:
        """Who leads the deal, and its company: one that stays, though the sender may not see it, is no other one of the same name."""
        company, manager = self.cell(row, "company"), self.cell(row, "manager")
        now = deal.company if deal is not None else None
        kept = now if now is not None and now.deleted_at is None and fold(now.name) == fold(company) else None
        self.names.require(company="" if kept else company, product=self.cell(row, "product"))
        if deal is None:
            manager_id = self.names.manager(manager, "deals.edit")
        else:
            manager_id = self.names.next_manager(manager, deal) if "manager" in self.column else deal.manager_id
        return {"manager_id": manager_id, "company_id": kept.id if kept else self.names.company(company, manager_id)}


def _take(reader: _Reader, start: int, rows: Sequence[list[str]], report: Report) -> None:
    keyed = [(number, reader.key(row), row) for number, row in enumerate(rows, start + 2) if any(row)]
    known, free = by_keys(Deal, {key: None for _number, key, _cells in keyed}, reader.sender, joinedload(Deal.company))
    new: dict[str, _Row] = {}
    seen: set[str] = set()
    for number, key, row in keyed:
        try:
            if key in seen:
                raise Refused(_("The key %(key)s appears twice in the file.", key=key))
            if key in known:
                _change(known[key], row, reader, report)
            else:
                new[free[key]] = reader.read(row)
            seen.add(key)
        except DomainError as refusal:
            report.refused.append((number, refusal.message))
    _add(new, reader, report)


def _add(rows: dict[str, _Row], reader: _Reader, report: Report) -> None:
    if not rows:
        return
    now = utcnow()
    values = [_insert_values(key, row, now) for key, row in rows.items()]
    ids = db.session.scalars(sa.insert(Deal).returning(Deal.id, sort_by_parameter_order=True), values).all()
    db.session.execute(sa.insert(StageVisit), [
        {"deal_id": deal_id, "stage_id": value["stage_id"], "entered_at": value["stage_since"]}
        for deal_id, value in zip(ids, values, strict=True)])
    lines = [{"deal_id": deal_id, "product_id": row.product_id, "name": row.product[:300], "quantity": 1,
              "price": row.values["amount"], "discount": 0, "position": 0, "unit": "", "vat_rate": None}
             for deal_id, row in zip(ids, rows.values(), strict=True) if row.product_id]
    if lines:
        db.session.execute(sa.insert(DealLine), lines)
    _hold_limit({deal_id: row for deal_id, row in zip(ids, rows.values(), strict=True) if row.product_id}, reader.sender)
    _record_added(list(ids), list(rows.values()), reader.sender, now)
    report.added += len(ids)


def _hold_limit(sold: dict[int, _Row], sender: Sender) -> None:
    """A price below the limit of who sends the file waits for approval, as it would by hand; a closed deal is history and stays."""
    if sender.actor is None or sender.actor.powers.discount >= NO_LIMIT:
        return
    for deal_id, row in sold.items():
        deal = db.session.get_one(Deal, deal_id) if row.values["status"] == OPEN else None
        product = db.session.get(Product, row.product_id) if deal is not None else None
        if deal is not None and product is not None and product.currency == deal.currency:
            deals.set_lines(deal, [deals.LineInput(row.product[:300], price=row.values["amount"], product=product)], actor=sender.actor)


def _insert_values(key: str, row: _Row, now: dt.datetime) -> dict[str, Any]:
    since = row.values["closed_on"] or row.values["engaged_on"]
    moment = dt.datetime.combine(since, dt.time(12), dt.UTC) if since else now
    return {**row.values, "external_key": key, "search_text": search_text(
        row.values["title"], row.values["source"], row.values["comment"], key),
        "rank": -moment.timestamp(), "stage_since": min(moment, now), "touched_at": min(moment, now), "version": 1,
        "created_at": now, "updated_at": now, "next_step": "", "loss_comment": "", "competitor": ""}


def _record_added(ids: list[int], rows: list[_Row], sender: Sender, now: dt.datetime) -> None:
    """One fact per deal, written in bulk; links to the deal and its company."""
    event_ids = db.session.scalars(sa.insert(Event).returning(Event.id, sort_by_parameter_order=True), [
        {"kind": events.DEAL_IMPORTED.code, "at": now, "actor_id": sender.id,
         "data": {"title": row.values["title"]}} for row in rows]).all()
    links = []
    for event_id, deal_id, row in zip(event_ids, ids, rows, strict=True):
        links.append({"event_id": event_id, "card": "deal", "card_id": deal_id})
        if row.values["company_id"]:
            links.append({"event_id": event_id, "card": "company", "card_id": row.values["company_id"]})
    db.session.execute(sa.insert(EventLink), links)


def _change(deal: Deal, cells: list[str], reader: _Reader, report: Report) -> None:
    """Update what the file says differently; the deal's other work (steps, notes, next step) stays."""
    if deal.deleted_at is not None:
        report.same += 1
        return
    if not reader.sender.covers("deals.edit", deal.manager_id):
        raise Refused(_("Your role may look at the deal %(title)s but not change it. Ask whoever leads it.", title=deal.title))
    row = reader.read(cells, deal)
    changed = {name: [str(getattr(deal, name)), str(row.values[name])] for name in COMPARED
               if name in _told(reader) and getattr(deal, name) != row.values[name]}
    if not changed:
        report.same += 1
        return
    if "stage_id" in changed:
        _enter(deal, row)
    for name in changed:
        setattr(deal, name, row.values[name])
    deal.search_text = search_text(deal.title, deal.source, deal.comment, deal.external_key)
    if "amount" in changed and len(deal.lines) == 1 and deal.lines[0].quantity == 1:
        deals.reprice_line(deal, deal.lines[0], price=deal.amount, actor=reader.sender.actor)
    record(events.DEAL_REIMPORTED, deal, deal.company, actor_id=reader.sender.id,
           changed=changed)
    report.changed += 1


def _told(reader: _Reader) -> set[str]:
    """The columns of Deal that this file says something about."""
    told = {"title"} if "title" in reader.column else set()
    names = {"stage": "stage_id", "manager": "manager_id", "company": "company_id"}
    return told | {names.get(field, field) for field in reader.column if field not in ("key", "product", "title")}


def _enter(deal: Deal, row: _Row) -> None:
    now = utcnow()
    remember_furthest(deal)
    for visit in deal.history:
        visit.left_at = visit.left_at or now
    deal.history.append(StageVisit(stage_id=row.values["stage_id"], entered_at=now))
    deal.status, deal.pipeline_id, deal.stage_since = row.values["status"], row.values["pipeline_id"], now
