"""A stranger's record named inside a form or a question: refused with the same words as one that does not exist."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.core.db import db
from crm.core.events import EventLink
from crm.deals.models import Deal
from tests.cast import sign_in
from tests.leaks.answers import Answer, ask, difference
from tests.leaks.conftest import World

NOWHERE = 900_000_000
# (method, address, what is sent; {} stands for the named record), the kind of record; own ids by name
NAMED: list[tuple[str, str, dict[str, str], str]] = [
    ("GET", "/deals/new?contact={}", {}, "contact_id"),
    ("GET", "/deals/new?company={}", {}, "company_id"),
    ("GET", "/tasks/new?deal={}", {}, "deal_id"),
    ("GET", "/tasks/new?contact={}", {}, "contact_id"),
    ("GET", "/tasks/new?company={}", {}, "company_id"),
    ("GET", "/contacts/new?company={}", {}, "company_id"),
    ("GET", "/deals?contact={}", {}, "contact_id"),
    ("GET", "/deals?company={}", {}, "company_id"),
    ("GET", "/contacts?company={}", {}, "company_id"),
    ("GET", "/documents/genitive?company={}", {}, "company_id"),
    ("GET", "/documents/genitive?company_id={}&name=Ivan", {}, "company_id"),
    ("POST", "/deals/new", {"title": "T", "contact_id": "{}", "pipeline_id": "1"}, "contact_id"),
    ("POST", "/deals/new", {"title": "T", "company_id": "{}", "pipeline_id": "1"}, "company_id"),
    ("POST", "/deals/{deal_id}/edit", {"title": "T", "company_id": "{}"}, "company_id"),
    ("POST", "/deals/{deal_id}/edit", {"title": "T", "contact_id": "{}"}, "contact_id"),
    ("POST", "/deals/{deal_id}/people", {"contact_id": "{}"}, "contact_id"),
    ("POST", "/tasks/new", {"text": "T", "kind": "task", "due_on": "2030-01-01", "deal_id": "{}"}, "deal_id"),
    ("POST", "/tasks/new", {"text": "T", "kind": "task", "due_on": "2030-01-01", "contact_id": "{}"}, "contact_id"),
    ("POST", "/tasks/new", {"text": "T", "kind": "task", "due_on": "2030-01-01", "company_id": "{}"}, "company_id"),
    ("POST", "/contacts/new", {"surname": "S", "given_name": "N", "company_id": "{}"}, "company_id"),
    ("POST", "/contacts/{contact_id}/edit", {"surname": "S", "given_name": "N", "company_id": "{}"}, "company_id"),
]


@pytest.mark.parametrize(("method", "address", "sent", "name"), NAMED)
def test_it_is_answered_like_one_that_does_not_exist(
        app: Flask, world: World, method: str, address: str, sent: dict[str, str], name: str) -> None:
    boris, own, theirs = sign_in(app, "boris"), world.works["boris"].ids, world.works["gleb"].ids

    def send(record: int) -> tuple[str, dict[str, str]]:
        path = address.replace("{}", str(record))
        for key, number in own.items():
            path = path.replace(f"{{{key}}}", str(number))
        return path, {key: value.replace("{}", str(record)) for key, value in sent.items()}

    path, data = send(theirs[name])
    gone_path, gone_data = send(NOWHERE)
    there, gone = ask(boris, method, path, data=data), ask(boris, method, gone_path, data=gone_data)
    leaked = [mark for mark in world.works["gleb"].marks if mark in there.body]
    assert not leaked
    assert alike(there, gone, theirs[name]), (there.status, gone.status, there.location, gone.location, difference(there, gone))


def alike(there: Answer, gone: Answer, record: int) -> bool:
    """Whether the answers differ in nothing but the number that was asked for and that of a record that was made."""
    made = tuple(number for answer in (there, gone) for number in re.findall(r"\d+$", answer.location))
    allowed = {(str(record), str(NOWHERE)), made}
    one, other = (re.split(r"(\d+)", f"{answer.status} {answer.location} {answer.body}") for answer in (there, gone))
    return len(one) == len(other) and all(mine == theirs or (mine, theirs) in allowed for mine, theirs in zip(one, other, strict=True))


def test_a_card_cannot_be_put_beside_a_stranger_s(app: Flask, world: World) -> None:
    """The neighbours that a move names are looked up: a stranger's card as a neighbour moves nothing to his place."""
    boris, own, theirs = sign_in(app, "boris"), world.works["boris"].ids, world.works["gleb"].ids
    with app.app_context():
        before = db.session.get_one(Deal, theirs["deal_id"])
        rank, stage, facts = before.rank, before.stage_id, facts_of(theirs["deal_id"])
    boris.post(f"/deals/{own['deal_id']}/move", data={"stage_id": str(stage), "before_id": str(theirs["deal_id"])})
    with app.app_context():
        after = db.session.get_one(Deal, theirs["deal_id"])
        assert (after.rank, after.stage_id, facts_of(theirs["deal_id"])) == (rank, stage, facts)


def facts_of(deal_id: int) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(EventLink).where(
        EventLink.card == "deal", EventLink.card_id == deal_id)) or 0
