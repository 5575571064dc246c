"""Who did what: facts and acts of the journal as one stream, newest first, read by keyset however long it is.

Words are looked for in Python, a stretch of entries at a time: both databases keep the data as JSON with escaped letters, which no
index of theirs finds. What lies further back is one more step away.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.core.events import KINDS, Event, EventLink
from crm.core.journal import ACTS, Entry
from crm.core.listing import Wish
from crm.core.text import fold
from crm.log import words

PAGE = 50
STRETCH = 5000  # entries in which words are looked for at a time
FILTERS = ("who", "kind", "card", "from", "to", "after")
RANK = {"journal": 0, "event": 1}

Key = tuple[dt.datetime, int, int]  # moment, rank of the table, id: one order over both


@dataclass(frozen=True)
class Filter:
    """What the log is narrowed by. `card` such as ("deal", 7); `faults` are sentences about what cannot be understood."""

    q: str = ""
    who: int | None = None
    kind: str = ""
    card: tuple[str, int] | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    after: Key | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One entry as people read it; `href` leads to the card that it concerns, `card` names it for the filter: "deal-7"."""

    table: str
    id: int
    at: dt.datetime
    who: str
    what: str
    text: str
    address: str
    href: str
    card: str = ""


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
                  kind if kind in KINDS or kind in ACTS else "",
                  (card, int(card_id)) if card in words.PAGES and card_id.isdecimal() and len(card_id) < 10 else None,
                  days["from"], days["to"], read_key(given.get("after", "")))


def read_key(text: str) -> Key | None:
    """The place after which a page begins, or None."""
    try:
        moment, table, number = text.split("~")
        return dt.datetime.fromisoformat(moment), RANK[table], int(number)
    except (ValueError, KeyError):
        return None


def key_text(key: Key) -> str:
    """The place as it stands in an address."""
    return f"{key[0].isoformat()}~{'event' if key[1] else 'journal'}~{key[2]}"


def statement(table: str, chosen: Filter, after: Key | None, most: int) -> sa.Select[*tuple[Any, ...]] | None:
    """The next entries of one table, newest first; None when the filter leaves none of it."""
    model: Any = Event if table == "event" else Entry
    if chosen.kind and chosen.kind not in (KINDS if table == "event" else ACTS):
        return None
    query = sa.select(model.id, model.kind, model.at, model.actor_id, model.data)
    query = query.add_columns(sa.null(), sa.null()) if table == "event" else query.add_columns(Entry.rows, Entry.address)
    if chosen.card:
        if table == "journal":
            return None
        query = query.join(EventLink, EventLink.event_id == Event.id).where(
            EventLink.card == chosen.card[0], EventLink.card_id == chosen.card[1])
    if chosen.who:
        query = query.where(model.actor_id == chosen.who)
    if chosen.kind:
        query = query.where(model.kind == chosen.kind)
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


def _stretch(chosen: Filter, after: Key | None, most: int) -> tuple[list[tuple[Key, str, Any]], bool]:
    """Entries of both tables in one order after a place, and whether older ones may follow."""
    found: list[tuple[Key, str, Any]] = []
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
    people = names()
    rows, more = _stretch(chosen, chosen.after, STRETCH if chosen.q else size + 1)
    last = rows[-1][0] if rows else None
    if chosen.q:
        rows = _holding(rows, people, chosen.q)
    shown = rows[:size]
    cut = len(rows) > size
    after = key_text(shown[-1][0]) if cut else key_text(last) if more and last else ""
    return Lines(_lines(shown, people), after, last[0] if chosen.q and more and not cut and last else None)


def every(chosen: Filter, most: int) -> Iterator[Line]:
    """All entries of the filter, newest first, at most `most`, a stretch at a time."""
    people, after, given = names(), chosen.after, 0
    while True:
        rows, more = _stretch(chosen, after, 1000)
        last = rows[-1][0] if rows else None
        if chosen.q:
            rows = _holding(rows, people, chosen.q)
        for line in _lines(rows[:most - given], people):
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


def _holding(rows: list[tuple[Key, str, Any]], people: dict[int, str], q: str) -> list[tuple[Key, str, Any]]:
    """The entries that hold all words, in their data; for a reader from whom something is hidden, in what they say to that reader."""
    wanted, keeps_back = fold(q).split(), bool(words.hidden())
    return [one for one in rows if _holds(one[2], people, wanted, told=keeps_back and one[1] == "event")]


def _holds(row: Any, people: dict[int, str], wanted: Sequence[str], *, told: bool) -> bool:
    kind = KINDS.get(row[1]) or ACTS.get(row[1])
    said = " ".join(words.of_event(row[1], row[4])) if told else json.dumps(row[4], ensure_ascii=False)
    text = fold(f"{said} {people.get(row[3], '')} {kind.label if kind else row[1]} {row[6] or ''}")
    return all(word in text for word in wanted)


def names() -> dict[int, str]:
    """Names of all our people by their ids, those who left too."""
    return {row[0]: row[1] for row in db.session.execute(sa.select(User.id, User.name).order_by(User.name))}


def _lines(rows: Sequence[tuple[Key, str, Any]], people: dict[int, str]) -> list[Line]:
    links = _links([row[0] for _key, table, row in rows if table == "event"])
    made = []
    for _key, table, row in rows:
        who = people.get(row[3], "")
        what, text = words.of_event(row[1], row[4]) if table == "event" else words.of_act(row[1], row[5], row[4], who)
        href, card = links.get(row[0], ("", "")) if table == "event" else ("", "")
        made.append(Line(table, row[0], row[2], who, what, text, row[6] or "", href, card))
    return made


def _links(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The page and the name of the card that a fact concerns: a deal rather than a person, a person rather than a company."""
    found: dict[int, list[tuple[int, str, str]]] = {}
    order = list(words.PAGES)
    for event_id, card, card_id in db.session.execute(sa.select(EventLink.event_id, EventLink.card, EventLink.card_id).where(
            EventLink.event_id.in_(ids), EventLink.card.in_(order))):
        found.setdefault(event_id, []).append(
            (order.index(card), f"{words.PAGES[card]}{card_id}", f"{card}-{card_id}"))
    return {event_id: min(pages)[1:] for event_id, pages in found.items()}
