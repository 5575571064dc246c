"""Lists, searches, counts, pickers, live parts and files: a stranger's work leaves no trace on them.

Every page is drawn for Boris, then strangers do their work, then it is drawn again: not one letter may differ, nor the
number of statements. Pages that show everybody's figures by design are named with the reason, and no word of a client
may stand on them.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Pipeline
from tests.cast import Cast, sign_in
from tests.leaks import addresses
from tests.leaks.answers import Answer, ask, difference
from tests.leaks.conftest import World, found
from tests.leaks.test_records import set_sight
from tests.leaks.world import PHONES, WORDS, make_work

# figures of everybody are the point of the race; names of clients are not
FIGURES_OF_ALL = {"scoreboard.index", "scoreboard.changes", "scoreboard.race", "scoreboard.wall", "scoreboard.wall_changes",
                  "scoreboard.csv", "scoreboard.xlsx"}
LIVE = {"board.changes", "search.index"}
WORDS_TO_ASK = [WORDS["gleb"], PHONES["gleb"][-7:], "secret", "supply", "gleb_nick_900"]
# what an address is asked with, beside plainly; whatever is searched, chosen, sorted or paged
QUESTIONS: dict[str, list[str]] = {
    "search.index": [f"q={word}" for word in WORDS_TO_ASK],
    "contacts.index": [f"q={word}" for word in WORDS_TO_ASK] + ["bin=1", "sort=-name"],
    "contacts.pick": [f"q={word}" for word in WORDS_TO_ASK],
    "contacts.similar": [f"surname={WORDS['gleb']}&given_name=Иван", f"phone={PHONES['gleb']}"],
    "companies.index": [f"q={word}" for word in WORDS_TO_ASK] + ["bin=1"],
    "companies.pick": [f"q={word}" for word in WORDS_TO_ASK],
    "companies.similar": [f"name={WORDS['gleb']}", "inn=7707083893"],
    "deals.index": [f"q={word}" for word in WORDS_TO_ASK] + ["status=won", "status=lost", "sort=-amount", "sort=-cost", "bin=1"],
    "deals.pick_client": [f"q={word}" for word in WORDS_TO_ASK],
    "templates.pick_deal": [f"q={word}" for word in WORDS_TO_ASK],
    "board.index": [f"q={word}" for word in WORDS_TO_ASK] + ["manager=all", "forgotten=1"],
    "board.changes": ["since=0.", "since=1.", "since=nonsense"],
    "documents.index": [f"q={word}" for word in WORDS_TO_ASK],
    "received.index": [f"q={word}" for word in WORDS_TO_ASK] + ["rest=1", "sort=-amount"],
    "owed.index": ["client=company-1", "client=company-2", "client=company-5", "age=not-due", "client=none"],
    "calendar.index": ["by=week", "by=month", "state=paid", "from=2020-01-01"],
    "tasks.index": ["whose=all", "whose=team", "kind=task"],
    "mail.index": [],
}


def house_ids(world: World) -> dict[str, int]:
    """Ids of what everybody shares."""
    with_pipeline = dict.fromkeys(addresses.HOUSE, 1)
    return {**with_pipeline, "pipeline_id": world.pipeline_id}


def pages(app: Flask, client: FlaskClient, world: World) -> dict[str, Answer]:
    """Everything that Boris can draw, by address."""
    drawn = {}
    for address in addresses.general(app):
        if not all(isinstance(house_ids(world).get(name), int) for name in addresses.names(address.rule)):
            continue
        path = address.fill(house_ids(world))
        for question in ["", *QUESTIONS.get(address.endpoint, [])]:
            for hx in (False, True) if not question or address.endpoint in LIVE else (True,):
                full = f"{path}?{question}" if question else path
                drawn[f"{address.endpoint} {full} {'part' if hx else 'page'}"] = ask(client, "GET", full, hx=hx)
    return drawn


@pytest.mark.parametrize(("level", "strangers"), [("own", ("vera", "gleb")), ("team", ("gleb",))])
def test_strangers_work_changes_nothing_on_any_page(
        app: Flask, cast: Cast, level: str, strangers: tuple[str, ...]) -> None:
    world = found(app, cast, tuple(name for name in ("boris", "vera") if name not in strangers))
    with app.app_context():
        set_sight(level)
    boris = sign_in(app, "boris")
    boris.get("/search?q=anything")  # what a process asks but once, such as whether there is an index, it has asked then
    before = pages(app, boris, world)
    with app.test_request_context():
        pipeline = db.session.get_one(Pipeline, world.pipeline_id)
        works = [make_work(name, db.session.get_one(User, getattr(cast, name)), pipeline) for name in strangers]
        db.session.commit()
    after = pages(app, boris, world)
    told = {where: mark for where, answer in after.items() for work in works for mark in work.marks
            if mark in answer.body and mark not in before[where].body and mark not in where
            and not (where.split()[0] in FIGURES_OF_ALL and mark in work.sums)}
    assert not told, "\n".join(f"{where}: {mark}" for where, mark in told.items())
    changed = [(where, before[where].status, after[where].status, before[where].statements, after[where].statements,
                difference(before[where], after[where]))
               for where in before if before[where] != after[where] and where.split()[0] not in FIGURES_OF_ALL]
    assert not changed, "\n".join(str(row) for row in changed)
