"""A page that asks what is new never misses a fact, even one that became visible late."""

import datetime as dt

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from crm.core import events, live
from crm.core.db import utcnow

DEAL = ("deal.",)
MOVED = events.KINDS.get("deal.test_moved") or events.declare("deal.test_moved", _l("Deal"))
OTHER = events.KINDS.get("test.other") or events.declare("test.other", _l("Deal"))


def fact(session: Session, kind: events.Kind = MOVED, age: int = 0) -> int:
    event = events.record(kind, actor_id=None)
    event.at = utcnow() - dt.timedelta(seconds=age)
    session.flush()
    return event.id


def test_nothing_new_keeps_the_token(context: Session) -> None:
    fact(context)
    token = live.now_token()
    news = live.since(token, DEAL)
    assert (news.events, news.token, news.flood) == ([], token, False)


def test_a_new_fact_is_told_once(context: Session) -> None:
    token = live.now_token()
    made = fact(context)
    news = live.since(token, DEAL)
    assert [event.id for event in news.events] == [made]
    assert live.since(news.token, DEAL).events == []


def test_facts_of_other_kinds_move_the_token_without_being_told(context: Session) -> None:
    token = live.now_token()
    fact(context, OTHER)
    news = live.since(token, DEAL)
    assert news.events == []
    assert news.token != token


def test_a_fact_with_a_lower_id_that_is_committed_late_is_still_told(context: Session) -> None:
    token = live.now_token()
    late = events.Event(kind=MOVED.code, at=utcnow(), data={})
    early_id = (fact(context) + 1, )[0]
    late.id = early_id + 10
    seen = fact(context)
    context.add(late)
    first = live.since(token, DEAL)
    assert seen in {event.id for event in first.events}
    low = events.Event(id=early_id + 5, kind=MOVED.code, at=utcnow(), data={})
    context.add(low)
    context.flush()
    assert [event.id for event in live.since(first.token, DEAL).events] == [low.id]


def test_too_much_news_says_draw_everything_anew(context: Session) -> None:
    token = live.now_token()
    for _ in range(live.MOST * 2 + 1):
        fact(context)
    news = live.since(token, DEAL)
    assert (news.events, news.flood) == ([], True)


def test_a_token_that_cannot_be_read_says_draw_everything_anew(context: Session) -> None:
    assert live.since("<script>", DEAL).flood
