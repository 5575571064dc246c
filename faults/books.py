"""Do the books balance? Every acknowledged write is there, nothing is half there, nothing twice, on either database.

All is read in one snapshot, so it may be asked while people work.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Flask

from crm.catalog.models import Product
from crm.clients.models import Company, Contact
from crm.clients.operations.cards import refresh
from crm.core import files, finding, jobs
from crm.core.db import Base, db, reading
from crm.core.events import Event, EventLink
from crm.core.once import Once
from crm.core.text import search_text
from crm.deals.models import Deal, StageVisit
from crm.deals.operations.deals import index
from crm.documents.models import Document, NumberSeries, TemplateVersion
from crm.tasks.models import Task
from faults.people import Ledger

BORN = {"contact.created": ("contact", Contact), "company.created": ("company", Company), "deal.created": ("deal", Deal),
        "document.made": ("document", Document)}


@dataclass
class Books:
    """What was found: `lost` writes that were acknowledged, `half` things that are only partly there, `twice`, `broken`."""

    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Everything that is not as it should be."""
        return [*self.lost, *self.half, *self.twice, *self.broken]


def check(app: Flask, ledger: Ledger, *, seen: set[str] | None = None, quiet: bool = False, away: bool = False) -> Books:
    """Read the whole database against the ledger. `seen` remembers files that were read before; `quiet`: nobody works, so
    that drafts of files may not lie about either; `away`: the database was away, so a job may have failed by that and wait for
    its next try.
    """
    known, books = ledger.copy(), Books()  # the ledger first: what is acknowledged later is not asked for
    with app.app_context(), reading():
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        books.broken += [*_engine(), *_orphans(), *_jobs(away), *_search(), *_once()]
        books.lost += [*_lost(known), *_misplaced(known, ledger)]
        books.half += [*_births(), *_visits(), *_steps(), *_numbers(), *_files(set() if seen is None else seen)]
        books.twice += _twice()
        if quiet:
            books.half += _drafts()
    return books


def _engine() -> Iterator[str]:
    """What the database itself says about its pages and keys."""
    if db.engine.dialect.name == "sqlite":
        for pragma in ("integrity_check", "foreign_key_check"):
            rows = db.session.execute(sa.text(f"PRAGMA {pragma}")).all()
            yield from (f"{pragma}: {row}" for row in rows if row != ("ok",))


def _orphans() -> Iterator[str]:
    """Keys that lead nowhere, asked on both databases alike."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            parent = key.column.table.alias("parent")
            count = db.session.scalar(
                sa.select(sa.func.count()).select_from(table.outerjoin(parent, key.parent == parent.c[key.column.name]))
                .where(key.parent.is_not(None), parent.c[key.column.name].is_(None)))
            if count:
                yield f"{count} rows of {table.name}.{key.parent.name} lead nowhere"


def _jobs(away: bool) -> Iterator[str]:
    for job in db.session.scalars(sa.select(jobs.Job)):
        if job.kind not in jobs.HANDLERS:
            yield f"job {job.id} of the unknown kind {job.kind}"
        tried_again = away and job.attempts < jobs.MAX_ATTEMPTS and re.match(r"(Operational|Internal|Interface)Error\(", job.error or "")
        if job.error and "PdfError" not in job.error and not tried_again:
            yield f"job {job.id} ({job.kind}) failed: {job.error}"
    for kind in jobs.RECURRING:
        count = db.session.scalar(sa.select(sa.func.count()).select_from(jobs.Job).where(jobs.Job.kind == kind))
        if count != 1:
            yield f"the recurring job {kind} is there {count} times"


def _search() -> Iterator[str]:
    """The folded columns are what the cards would make of themselves now, and their index is equal to them."""
    for name in finding.unequal():
        yield f"the search index of {name} is not equal to its table"
    with db.session.no_autoflush:
        for model in (Contact, Company):
            for card in db.session.scalars(sa.select(model).options(*_eager(model))):
                kept = (card.search_text, card.sort_key)
                refresh(card)
                if kept != (card.search_text, card.sort_key):
                    yield f"{card.card} {card.id} is found by {kept[0]!r}, not by {card.search_text!r}"
        for deal in db.session.scalars(sa.select(Deal)):
            kept_text = deal.search_text
            index(deal)
            if kept_text != deal.search_text:
                yield f"deal {deal.id} is found by {kept_text!r}"
        for product in db.session.scalars(sa.select(Product)):
            if product.search_text != search_text(product.name, product.sku):
                yield f"product {product.id} is found by {product.search_text!r}"
        for numbered, text, document_id in db.session.execute(sa.select(Document.numbered, Document.search_text, Document.id)):
            if not numbered or search_text(numbered) not in text:
                yield f"document {document_id} is found by {text!r}"


def _eager(model: type[Contact] | type[Company]) -> list[sa.orm.interfaces.ORMOption]:
    load = [sa.orm.selectinload(model.channels)]
    return [*load, sa.orm.joinedload(Contact.company)] if model is Contact else load


def _once() -> Iterator[str]:
    for key in db.session.scalars(sa.select(Once.key).where(Once.url == "")):
        yield f"the form {key} was taken without a record"


def _texts(kind: str, name: str) -> Counter[str]:
    return Counter(str(data.get(name, "")) for data in db.session.scalars(sa.select(Event.data).where(Event.kind == kind)))


def _lost(known: Ledger) -> Iterator[str]:
    """Every acknowledged write is there, under the number that was told."""
    names = {"contact": dict(map(tuple, db.session.execute(sa.select(Contact.id, Contact.surname)).all())),
             "deal": dict(map(tuple, db.session.execute(sa.select(Deal.id, Deal.title)).all()))}
    tasks = dict(map(tuple, db.session.execute(sa.select(Task.text, Task.deal_id)).all()))
    done = set(db.session.scalars(sa.select(Task.id).where(Task.done_at.is_not(None))))
    notes, papers = _texts("note.added", "text"), set(db.session.scalars(sa.select(Document.id)))
    for entry in known.entries:
        there = {"contact": lambda e: names["contact"].get(e.id) == e.words, "deal": lambda e: names["deal"].get(e.id) == e.words,
                 "note": lambda e: notes[e.words] > 0, "task": lambda e: tasks.get(e.words) == e.id,
                 "done": lambda e: e.id in done, "document": lambda e: e.id in papers, "move": lambda _e: True}[entry.what]
        if not there(entry):
            yield f"lost: {entry}"


def _misplaced(known: Ledger, live: Ledger) -> Iterator[str]:
    """A deal stands where the last acknowledged move has put it, or where a later one was about to."""
    stages = dict(map(tuple, db.session.execute(sa.select(Deal.id, Deal.stage_id)).all()))
    asked = live.copy().moves  # after the snapshot: people may have gone on
    for deal, count in known.moved.items():
        if stages.get(deal) not in asked[deal][count - 1:]:
            yield f"lost: the move of deal {deal} to {asked[deal][count - 1]}, it is in {stages.get(deal)}"


def _births() -> Iterator[str]:
    """Each card has the fact of its making, and each fact its card; facts have their links."""
    for kind, (card, model) in BORN.items():
        linked = Counter(db.session.scalars(
            sa.select(EventLink.card_id).join(Event).where(Event.kind == kind, EventLink.card == card)))
        ids = set(db.session.scalars(sa.select(model.id)))
        yield from (f"{card} {one} has {linked[one]} facts of its making" for one in ids if linked[one] != 1)
        yield from (f"the fact {kind} names {card} {one}, which is not there" for one in linked if one not in ids)
    bare = db.session.scalars(sa.select(Event.id).outerjoin(EventLink).where(
        EventLink.event_id.is_(None), sa.or_(*(Event.kind.startswith(head) for head in ("note.", "contact.", "document.")))))
    yield from (f"the fact {one} concerns nothing" for one in bare)


def _visits() -> Iterator[str]:
    """A deal stands in exactly one stage, and its history says the same; each move has its fact."""
    open_visits: dict[int, list[int]] = {}
    for deal, stage in db.session.execute(sa.select(StageVisit.deal_id, StageVisit.stage_id).where(StageVisit.left_at.is_(None))):
        open_visits.setdefault(deal, []).append(stage)
    for deal, stage in db.session.execute(sa.select(Deal.id, Deal.stage_id)):
        if open_visits.get(deal) != [stage]:
            yield f"deal {deal} stands in {stage}, its history in {open_visits.get(deal)}"
    moved = Counter(db.session.scalars(sa.select(EventLink.card_id).join(Event).where(
        Event.kind == "deal.stage_changed", EventLink.card == "deal")))
    visits = Counter(db.session.scalars(sa.select(StageVisit.deal_id)))
    yield from (f"deal {deal} was in {visits[deal]} stages and has {moved[deal]} facts of moves"
                for deal in visits if visits[deal] != moved[deal] + 1)


def _steps() -> Iterator[str]:
    """The next step on a deal is its earliest open task."""
    earliest: dict[int, tuple[object, ...]] = {}
    for task in db.session.scalars(sa.select(Task).where(Task.done_at.is_(None), Task.deal_id.is_not(None)).order_by(
            Task.due_on.desc(), Task.due_time.desc(), Task.id.desc())):
        earliest[task.deal_id or 0] = (task.due_on,)
    for deal, day in db.session.execute(sa.select(Deal.id, Deal.next_step_on)):
        if earliest.get(deal, (None,)) != (day,):
            yield f"deal {deal} has its next step on {day}, its earliest task on {earliest.get(deal)}"


def _numbers() -> Iterator[str]:
    """Numbers of each kind, company of ours and year: from 1 without a gap, and the series knows the last."""
    given: dict[tuple[str, int], list[int]] = {}
    for kind, line, number in db.session.execute(sa.select(Document.kind, Document.series, Document.number)):
        given.setdefault((kind, line), []).append(number)
    series = {(row.kind, row.series): row.last for row in db.session.scalars(sa.select(NumberSeries))}
    for key in given.keys() | series.keys():
        numbers = sorted(given.get(key, []))
        if numbers != list(range(1, series.get(key, 0) + 1)):
            yield f"numbers of {key}: {numbers[-5:]}, the series says {series.get(key)}"


def _files(seen: set[str]) -> Iterator[str]:
    """Every file that a row names is there, whole."""
    wanted: Iterable[str | None] = [
        *db.session.scalars(sa.select(Document.digest)), *db.session.scalars(sa.select(Document.pdf_digest)),
        *db.session.scalars(sa.select(TemplateVersion.digest))]
    for digest in {one for one in wanted if one} - seen:
        try:
            whole = hashlib.sha256(files.read(digest)).hexdigest() == digest
        except FileNotFoundError:
            yield f"the file {digest} is gone"
            continue
        if not whole:
            yield f"the file {digest} is not whole"
        seen.add(digest)


def _drafts() -> Iterator[str]:
    yield from (f"a draft was left behind: {path.name}" for path in files.folder().rglob("*")
                if path.is_file() and not re.fullmatch(r"[0-9a-f]{64}", path.name))


def _twice() -> Iterator[str]:
    """What was sent again after a lost answer is there once."""
    texts = [*db.session.scalars(sa.select(Contact.surname)), *db.session.scalars(sa.select(Deal.title)),
             *db.session.scalars(sa.select(Task.text)), *_texts("note.added", "text").elements()]
    yield from (f"twice: {text}" for text, count in Counter(texts).items() if count > 1 and re.search(r" \d+ \d+$", text))
