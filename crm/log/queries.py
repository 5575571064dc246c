"""Who did what: facts and acts of the journal as one stream, newest first, read by keyset however long it is.

Words are looked for in Python, a stretch of entries at a time: both databases keep the data as JSON with escaped letters, which no
index of theirs finds. What lies further back is one more step away.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.core.events import KINDS, Event, EventLink
from crm.core.journal import ACTS, CAME_FROM, Entry
from crm.core.listing import Wish
from crm.core.text import sort_key
from crm.log import asked as filters
from crm.log import fields, finding, words
from crm.log.names import CARDS, Named, Names, Ref, sees

PAGE = 50
STRETCH = 5000  # entries in which words are looked for at a time
FILTERS = ("who", "kind", "card", "from", "to", "after")
RANK = {"journal": 0, "event": 1}

Key = tuple[dt.datetime, int, int]  # moment, rank of the table, id: one order over both
Found = tuple[Key, str, Any]  # an entry: its place, its table, its row


@dataclass(frozen=True)
class Filter:
    """What the log is narrowed by. `card` such as ("deal", 7); `faults` are sentences about what cannot be understood."""

    q: str = ""
    who: int | None = None
    kinds: tuple[str, ...] = ()
    card: tuple[str, int] | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    after: Key | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One entry as people read it; `about` names what it concerns."""

    table: str
    id: int
    at: dt.datetime
    who: str
    what: str
    about: tuple[Named, ...]
    text: str
    address: str


@dataclass(frozen=True)
class Lines:
    """A page of entries; `after` continues it, `until` is how far back the words were looked for."""

    rows: Sequence[Line]
    after: str
    until: dt.datetime | None = None


def read_filter(asked: Wish) -> Filter:
    """Understand the filters of an address; nonsense is ignored."""
    given, days = asked.filters, {}
    for name in ("from", "to"):
        try:
            days[name] = dates.parse_day(given[name]) if name in given else None
        except ValueError:
            days[name] = None
    card, _dash, card_id = given.get("card", "").partition("-")
    kind, who = given.get("kind", ""), given.get("who", "")
    return Filter(asked.q, int(who) if who.isdecimal() and len(who) < 10 else None,
                  same_label(kind), (card, int(card_id)) if card in CARDS and card_id.isdecimal() and len(card_id) < 10 else None,
                  days["from"], days["to"], read_key(given.get("after", "")))


def labels() -> dict[str, tuple[str, ...]]:
    """What may have happened, in the reader's words, each with its codes: two features may say the same."""
    found: dict[str, tuple[str, ...]] = {}
    for code, one in sorted((KINDS | ACTS).items()):
        found[str(one.label)] = (*found.get(str(one.label), ()), code)
    return dict(sorted(found.items(), key=lambda pair: sort_key(pair[0])))


def same_label(code: str) -> tuple[str, ...]:
    """All codes that are called what this one is; nothing for a code that there is not."""
    return next((codes for codes in labels().values() if code in codes), ()) if code else ()


def read_key(text: str) -> Key | None:
    """The place after which a page begins, or None."""
    try:
        moment, table, number = text.split("~")
        key = dt.datetime.fromisoformat(moment).astimezone(dt.UTC), RANK[table], int(number)
    except (ValueError, KeyError, OverflowError):  # the last for a moment at the end of the calendar
        return None
    return key if 0 <= key[2] < 2**31 else None


def key_text(key: Key) -> str:
    """The place as it stands in an address."""
    return f"{key[0].isoformat()}~{'event' if key[1] else 'journal'}~{key[2]}"


def statement(table: str, chosen: Filter, after: Key | None, most: int) -> sa.Select[*tuple[Any, ...]] | None:
    """The next entries of one table, newest first; None when the filter leaves none of it."""
    model: Any = Event if table == "event" else Entry
    wanted = [code for code in chosen.kinds if code in (KINDS if table == "event" else ACTS)]
    if chosen.kinds and not wanted:
        return None
    query = sa.select(model.id, model.kind, model.at, model.actor_id, model.data)
    query = query.add_columns(sa.null(), sa.null()) if table == "event" else query.add_columns(Entry.rows, Entry.address)
    if chosen.card:
        if table == "journal" or not sees(*chosen.card):  # not even that there is such a record
            return None
        query = query.join(EventLink, EventLink.event_id == Event.id).where(
            EventLink.card == chosen.card[0], EventLink.card_id == chosen.card[1])
    if chosen.who:
        query = query.where(model.actor_id == chosen.who)
    if wanted:
        query = query.where(model.kind.in_(wanted))
    if chosen.start:
        query = query.where(model.at >= _midnight(chosen.start))
    if chosen.end:
        query = query.where(model.at < _midnight(chosen.end + dt.timedelta(days=1)))
    if after is not None:
        query = query.where(*_beyond(model, RANK[table], after))
    return query.order_by(model.at.desc(), model.id.desc()).limit(most)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dates.zone()).astimezone(dt.UTC)


def _beyond(model: Any, rank: int, after: Key) -> list[sa.ColumnElement[bool]]:
    moment, its_rank, number = after
    if rank > its_rank:
        return [model.at < moment]
    if rank < its_rank:
        return [model.at <= moment]
    return [model.at <= moment, sa.or_(model.at < moment, model.id < number)]


def _stretch(chosen: Filter, after: Key | None, most: int) -> tuple[list[Found], bool]:
    """Entries of both tables in one order after a place, and whether older ones may follow."""
    found: list[Found] = []
    edges: list[Key] = []
    for table, rank in RANK.items():
        query = statement(table, chosen, after, most)
        rows = db.session.execute(query).all() if query is not None else []
        found += [((row[2], rank, row[0]), table, row) for row in rows]
        if len(rows) == most:
            edges.append((rows[-1][2], rank, rows[-1][0]))
    found.sort(key=lambda one: one[0], reverse=True)
    edge = max(edges, default=None)  # below it the other table's entries would come too early
    return [one for one in found if edge is None or one[0] >= edge], edge is not None


def page(chosen: Filter, size: int = PAGE) -> Lines:
    """One page of the log."""
    told = Names(names())
    rows, more = _stretch(chosen, chosen.after, STRETCH if chosen.q else size + 1)
    last = rows[-1][0] if rows else None
    rows = _found(rows, chosen, told)
    shown = rows[:size]
    cut = len(rows) > size
    after = key_text(shown[-1][0]) if cut else key_text(last) if more and last else ""
    return Lines(_lines(shown, told, _links(shown)), after, last[0] if chosen.q and more and not cut and last else None)


def every(chosen: Filter, most: int) -> Iterator[Line]:
    """All entries of the filter, newest first, at most `most`, a stretch at a time."""
    told, after, given = Names(names()), chosen.after, 0
    while True:
        rows, more = _stretch(chosen, after, 1000)
        last = rows[-1][0] if rows else None
        found = _found(rows, chosen, told)[:most - given]
        for line in _lines(found, told, _links(found)):
            given += 1
            yield line
        if not more or last is None or given >= most:
            return
        after = last


def count(chosen: Filter, most: int) -> int:
    """How many entries the filter keeps, at most `most`."""
    if chosen.q:
        return sum(1 for _line in every(chosen, most))
    queries = [statement(table, chosen, chosen.after, most) for table in RANK]
    return min(most, sum(db.session.scalar(sa.select(sa.func.count()).select_from(
        query.order_by(None).with_only_columns(sa.literal(1), maintain_column_froms=True).subquery())) or 0
        for query in queries if query is not None))


def _found(rows: list[Found], chosen: Filter, told: Names) -> list[Found]:
    """Those that hold the words of the filter. What a record holds that the reader may not see is not searched either."""
    wanted = finding.read(chosen.q)
    if not wanted:
        return rows
    links = _links(rows)
    return [one for one, line in zip(rows, _lines(rows, told, links), strict=True)
            if finding.holds(_searched(one, line, links, told), wanted)]


def _searched(one: Found, line: Line, links: Mapping[int, Sequence[Ref]], told: Names) -> str:
    """What an entry is searched in: what a reader reads of it, and what it holds beyond that, such as what a long text ends with."""
    row, about = one[2], _subjects(one, links)
    parts = [line.who, line.what, line.address, line.text]
    if not told.hidden.intersection(about):
        parts += [fields.shown(" ".join(_texts(words.searched(row[4])))), told.roles.get(row[4].get("role", ""), ""),
                  *(named.text for named in line.about), *(told.title(ref) for ref in about)]
    return finding.text(parts)


def _texts(data: Any) -> Iterator[str]:
    """All values of an entry, at any depth."""
    if isinstance(data, Mapping):
        data = data.values()
    elif not isinstance(data, list):
        yield str(data)
        return
    for one in data:
        yield from _texts(one)


def names() -> dict[int, str]:
    """Names of all our people by their ids, those who left too."""
    return {row[0]: row[1] for row in db.session.execute(sa.select(User.id, User.name).order_by(User.name))}


def _lines(rows: Sequence[Found], told: Names, links: Mapping[int, Sequence[Ref]]) -> list[Line]:
    told.learn([ref for one in rows for ref in (*_subjects(one, links), *fields.refs(one[2][4]), *filters.refs(one[2][4]))])
    made = []
    for _key, table, row in rows:
        who = told.people.get(row[3], "")
        said = words.of_event(row[1], row[4], links.get(row[0], []), told) if table == "event" else words.of_act(
            row[1], row[5], row[4], who, told)
        made.append(Line(table, row[0], row[2], who, said.what, said.about, said.text, row[6] or row[4].get(CAME_FROM, "")))
    return made


def _subjects(one: Found, links: Mapping[int, Sequence[Ref]]) -> list[Ref]:
    _key, table, row = one
    return words.subjects(row[1], row[4], links.get(row[0], [])) if table == "event" else []


def _links(rows: Sequence[Found]) -> dict[int, list[Ref]]:
    """The records that the facts among these entries concern."""
    found: dict[int, list[Ref]] = {}
    ids = [row[0] for _key, table, row in rows if table == "event"]
    for event_id, card, card_id in db.session.execute(sa.select(EventLink.event_id, EventLink.card, EventLink.card_id).where(
            EventLink.event_id.in_(ids), EventLink.card.in_(CARDS))):
        found.setdefault(event_id, []).append((card, card_id))
    return found
