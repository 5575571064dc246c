"""Handing files over: by right, within the day's limit, marked, written into the journal before a byte leaves."""

import datetime as dt
import hashlib
import re
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts.queries import the_organization
from crm.core import dates, journal, sheets
from crm.core.db import db, utcnow
from crm.core.downloads import download
from crm.core.sheets import Column, Marks
from crm.guard import events, rules
from crm.guard.errors import Busy, LimitReached
from crm.guard.operations import files

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read two ways
AT_ONCE = 2  # files made by one process at a time: the other threads go on answering
CHUNK = 1 << 20
_makers = threading.BoundedSemaphore(AT_ONCE)

Writer = Callable[[IO[bytes], Marks], Any]


@dataclass(frozen=True)
class Table:
    """A list to take away: `count()` says how many rows the reader's filter keeps, `rows(most)` gives them in order."""

    name: str
    title: str
    columns: Sequence[Column]
    count: Callable[[], int]
    rows: Callable[[int], Iterator[Sequence[Any]]]


@dataclass(frozen=True)
class Parcel:
    """What leaves: its name for the log, file name and kind, how many rows, the filter, and who writes it."""

    what: str
    ending: str
    rows: int
    write: Writer
    stem: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)


def send(table: Table, ending: str) -> ResponseReturnValue:
    """Answer with the list as a file. LimitReached before any row is read; the rows never exceed what was counted."""
    rows = table.count()
    if ending == sheets.XLSX and rows > sheets.MOST_XLSX:
        raise LimitReached(_("A sheet of Excel holds no more than 1,048,575 rows. Narrow the filter or take CSV."))

    def write(target: IO[bytes], marks: Marks) -> None:
        sheets.write(ending, target, table.columns, table.rows(rows), title=table.title, marks=marks)

    return hand_over(Parcel(table.name, ending, rows, write, asked=request.args.to_dict()))


def hand_over(parcel: Parcel) -> ResponseReturnValue:
    """Make the file, note it in the journal and answer with it."""
    user_id, author, day = current_user.id, current_user.name, dates.today()
    company, tell = the_organization().name, None if rules.is_owner(current_user) else rules.number("tell")
    limit, code = rules.limit(current_user, "files"), "".join(secrets.choice(ALPHABET) for _n in range(8))
    with _one_of_few():
        if files.take(user_id, parcel.rows, day=day, limit=limit, tell=tell) is None:
            _refuse(parcel, user_id, day, limit or 0)
        file = tempfile.TemporaryFile(dir=current_app.config["DATA_DIR"])  # noqa: SIM115 - the answer closes it
        try:
            parcel.write(file, Marks(author, utcnow(), code, company))
        except BaseException:
            files.give_back(user_id, parcel.rows, day=day)
            raise
    name = _file_name(parcel, author, code)
    journal.note(events.EXPORTED, actor_id=user_id, rows=parcel.rows, what=parcel.what, code=code, file=name,
                 sha256=_digest(file), asked={key: value[:200] for key, value in parcel.asked.items()})
    return download(file, sheets.TYPES[parcel.ending], name)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _makers.acquire(blocking=False):
        raise Busy(_("Other files are being made at this moment. Try again in a minute."))
    try:
        yield
    finally:
        _makers.release()


def _refuse(parcel: Parcel, user_id: int, day: dt.date, limit: int) -> None:
    had = db.session.scalar(files.taken(user_id, day)) or 0
    journal.note(events.REFUSED, actor_id=user_id, rows=parcel.rows, what=parcel.what, limit=limit, had=had,
                 asked={key: value[:200] for key, value in parcel.asked.items()})
    raise LimitReached(_(
        "This file has %(rows)d rows, and today you may still take %(left)d of %(limit)d. Narrow the filter, come back "
        "tomorrow, or ask the owner for more.", rows=parcel.rows, left=max(limit - had, 0), limit=limit))


def _file_name(parcel: Parcel, author: str, code: str) -> str:
    """What and when, and by whom: CSV has no other place for that."""
    now = utcnow().astimezone(dates.zone())
    who = re.sub(r"\W+", "_", author).strip("_")[:40] or "someone"
    return f"{parcel.stem or parcel.what}_{now:%Y-%m-%d_%H-%M}_{who}_{code}.{parcel.ending}"


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    found = hashlib.sha256()
    while part := file.read(CHUNK):
        found.update(part)
    file.seek(0)
    return found.hexdigest()
