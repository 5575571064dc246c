"""Deals of everybody with clients of one's own: the deal is open, how to reach a stranger's client is not."""

import pytest
from flask import Flask

from crm.accounts import queries, roles
from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.deals.models import Deal
from crm.tasks.operations import create_task
from tests.cast import levels_of, sign_in
from tests.leaks import addresses
from tests.leaks.answers import text_of
from tests.leaks.conftest import World
from tests.leaks.world import PHONES, WORDS

WIDE = ("deals.see", "deals.edit", "deals.assign", "deals.export", "documents.see", "documents.make", "tasks.see", "tasks.edit",
        "desk.company", "scoreboard.see", "scoreboard.export")


def reach(world: World, owner: str) -> list[str]:
    """How one reaches the clients of `owner`, as pages and files write it."""
    phone = PHONES[owner]
    mails = [f"{who}@{owner}-secret.example" for who in ("to", "firm")]
    return [*mails, phone[-7:], f"{phone[-7:-4]}-{phone[-4:-2]}-{phone[-2:]}", world.works[owner].nick]


def widen(level: str) -> None:
    """A manager sees and changes everybody's deals, and clients at `level`."""
    powers = queries.powers_of("manager")
    assert powers is not None
    roles.change_role("manager", levels={**powers.levels, **dict.fromkeys(WIDE, "all"), "clients.see": level, "clients.edit": level,
                                         "clients.export": level}, hidden=powers.hidden, actor=None)
    db.session.commit()


def give_task(world: World, owner: str) -> None:
    """A task of Boris's about the deal of `owner`, which stands on his desk."""
    deal, boris = db.session.get_one(Deal, world.works[owner].ids["deal_id"]), db.session.get_one(User, world.cast.boris)
    create_task(text="Help with this one", due_on=dates.today(), actor=boris, deal=deal)
    db.session.commit()


def told(app: Flask, world: World, owner: str) -> set[str]:
    """The endpoints on which Boris reads how to reach the clients of `owner`."""
    client, found = sign_in(app, "boris"), set()
    ids = {**dict.fromkeys(addresses.HOUSE, 1), "pipeline_id": world.pipeline_id, **world.works[owner].ids}
    for address in addresses.guarded(app):
        if address.method != "GET":
            continue
        for headers in ({}, {"HX-Request": "true"}):
            text = text_of(client.get(address.fill(ids), headers=headers))
            found |= {address.endpoint for mark in reach(world, owner) if mark in text}
    return found


@pytest.mark.parametrize("level", ["own", "team"])
def test_the_deal_of_a_stranger_does_not_tell_how_to_reach_the_client(app: Flask, world: World, level: str) -> None:
    with app.app_context():
        widen(level)
        give_task(world, "gleb")
    assert "Help with this one" in sign_in(app, "boris").get("/").get_data(as_text=True)
    assert told(app, world, "gleb") == set()


def test_whoever_may_open_the_client_reads_it_on_the_deal(app: Flask, world: World) -> None:
    with app.app_context():
        widen("all")
        give_task(world, "gleb")
    assert told(app, world, "gleb") >= {"desk.index", "deals.show", "letters.compose", "contacts.show", "companies.show", "timeline.panel"}


def test_whoever_leads_the_deal_reaches_its_client_and_no_other(app: Flask, world: World) -> None:
    with app.app_context():
        widen("own")
        db.session.get_one(Deal, world.works["gleb"].ids["deal_id"]).manager_id = world.cast.boris
        db.session.commit()
    assert told(app, world, "gleb") >= {"deals.show", "letters.compose"}
    assert told(app, world, "vera") == set()


def test_an_address_that_may_not_be_known_is_not_written_to_blindly(app: Flask, world: World) -> None:
    with app.app_context():
        widen("own")
        roles.change_role("manager", levels=levels_of("manager"), hidden={"client.email"}, actor=None)
        db.session.commit()
    path = f"/deals/{world.works['gleb'].ids['deal_id']}/letter"
    answer = sign_in(app, "boris").post(path, data={"subject": "Hello", "body": "Good day"})
    assert answer.status_code == 409
    assert "The client has no e-mail that you may write to." in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/deals?q={q}", "/deals/board?q={q}", "/search?q={q}"])
def test_digits_that_may_not_be_known_find_no_deal(app: Flask, world: World, path: str) -> None:
    with app.app_context():
        widen("own")
    boris = sign_in(app, "boris")

    def titles(q: str) -> set[str]:
        text = boris.get(path.format(q=q)).get_data(as_text=True)
        return {owner for owner, word in WORDS.items() if f"{word} supply" in text}

    assert titles(PHONES["gleb"][-7:]) == titles("firm@gleb-secret") == titles("gleb_nick_9") == set()
    assert titles(PHONES["boris"][-7:]) == {"boris"}
    assert titles("Glebuzhin") == {"gleb"}
