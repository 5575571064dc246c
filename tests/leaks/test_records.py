"""Somebody's record, asked for by its address: whoever may not see it learns nothing, not even that it exists."""

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import queries, roles
from crm.accounts.rights import BUILT_IN
from crm.core.db import Base, db
from tests.cast import add_colleague, sign_in
from tests.leaks import addresses
from tests.leaks.answers import ask, difference, text_of
from tests.leaks.conftest import World
from tests.leaks.world import missing

ROLES = ("owner", "head", "boris", "accountant", "viewer")


def set_sight(level: str) -> None:
    """What a manager sees: own, team or all."""
    roles.set_level("manager", level)
    db.session.commit()


def hidden_from_boris(level: str) -> list[str]:
    return {"own": ["vera", "gleb"], "team": ["gleb"]}[level]


def fingerprint(app: Flask) -> dict[str, int]:
    """How many rows every table has."""
    with app.app_context():
        return {table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables if table.name not in ("journal", "once")}


def test_every_parameter_of_an_address_is_known_here(app: Flask) -> None:
    """A new route whose parameter is not sorted into OWNED or HOUSE ends here: say whose record it names."""
    unknown = {(address.endpoint, name) for address in addresses.guarded(app) for name in addresses.names(address.rule)
               if name not in addresses.OWNED and name not in addresses.HOUSE}
    assert unknown == set()


@pytest.mark.parametrize("level", ["own", "team"])
def test_a_stranger_s_record_is_answered_like_one_that_does_not_exist(app: Flask, world: World, level: str) -> None:
    with app.app_context():
        set_sight(level)
    boris, wrong = sign_in(app, "boris"), []
    before = fingerprint(app)
    for owner in hidden_from_boris(level):
        theirs = world.works[owner].ids
        house = {**dict.fromkeys(addresses.HOUSE, 1), "step_id": theirs["step_id"]}
        nobody = {**house, **missing(theirs), "step_id": theirs["step_id"]}
        for address in addresses.personal(app):
            for hx in (False, True):
                there = ask(boris, address.method, address.fill({**house, **theirs}), hx=hx)
                gone = ask(boris, address.method, address.fill(nobody), hx=hx)
                if there != gone or there.status not in (403, 404):
                    wrong.append((owner, address.method, address.rule, hx, there.status, gone.status, there.statements,
                                  gone.statements, difference(there, gone)))
    assert not wrong, "\n".join(str(row) for row in wrong)
    assert fingerprint(app) == before


def test_a_stranger_s_part_inside_of_one_s_own_record_is_not_there(app: Flask, world: World) -> None:
    boris, own, theirs = sign_in(app, "boris"), world.works["boris"].ids, world.works["gleb"].ids
    house, wrong = dict.fromkeys(addresses.HOUSE, 1), []
    before = fingerprint(app)
    for address in addresses.personal(app):
        for inner in address.holes[1:]:
            mixed, nobody = {**house, **own, inner: theirs[inner]}, {**house, **own, inner: 900_000_000}
            there = ask(boris, address.method, address.fill(mixed))
            gone = ask(boris, address.method, address.fill(nobody))
            if there != gone:
                wrong.append((address.method, address.rule, inner, there.status, gone.status))
    assert not wrong, "\n".join(str(row) for row in wrong)
    assert fingerprint(app) == before


@pytest.mark.parametrize("who", ROLES)
def test_no_answer_about_a_hidden_record_holds_a_word_of_it(app: Flask, world: World, who: str) -> None:
    client, leaked = sign_in(app, who), []
    for owner, work in world.works.items():
        if who != "boris" or owner == "boris":
            continue
        for address in addresses.personal(app):
            answer = client.open(address.fill({**dict.fromkeys(addresses.HOUSE, 1), **work.ids}), method=address.method)
            leaked += [(address.rule, mark) for mark in work.marks if mark in text_of(answer)]
    assert not leaked, "\n".join(str(row) for row in leaked)


@pytest.mark.parametrize("who", ROLES)
def test_one_s_own_records_open(app: Flask, world: World, who: str) -> None:
    """So that the other tests mean something: with the right, the same addresses do show the record."""
    client, ids = sign_in(app, who), {**dict.fromkeys(addresses.HOUSE, 1), **world.works["boris"].ids}
    shown = {address.rule for address in addresses.personal(app) if address.method == "GET"
             and any(mark in text_of(client.get(address.fill(ids))) for mark in world.works["boris"].marks)}
    assert {"/deals/<int:deal_id>", "/contacts/<int:contact_id>", "/companies/<int:company_id>"} <= shown


# (role, levels that differ from what it comes with)
SIGHTS: list[tuple[str, dict[str, str]]] = [
    *((role, {}) for role in BUILT_IN if role != "owner"),
    ("manager", {"clients.see": "all", "deals.see": "all", "documents.see": "all", "tasks.see": "all"}),
    ("manager", {"clients.see": "team", "deals.see": "team", "clients.delete": "own"}),
    ("manager", {"clients.see": "own", "deals.see": "all", "deals.edit": "team", "documents.see": "own"}),
    ("manager", {"clients.see": "all", "clients.edit": "none", "deals.see": "none"}),
    ("viewer", {"clients.see": "team", "deals.see": "own", "documents.see": "own", "tasks.see": "own"}),
    ("manager", {"imports.run": "all"}),
    ("accountant", {"imports.run": "all"}),
    ("accountant", {"imports.run": "all", "deals.see": "team"}),
    ("production", {"imports.run": "all"}),
]


def covers(level: str, owner: str) -> bool:
    """Whether a level takes in this owner's record, for a colleague of team North who has nothing of his own."""
    return level == "all" or (level == "team" and owner in ("boris", "vera"))


@pytest.mark.parametrize(("role", "changed"), SIGHTS, ids=lambda value: value if isinstance(value, str) else " ".join(
    f"{right}={level}" for right, level in value.items()) or "as it comes")
def test_every_role_meets_every_record_as_its_levels_say(
        app: Flask, world: World, role: str, changed: dict[str, str]) -> None:
    with app.app_context():
        powers = queries.powers_of(role)
        assert powers is not None
        roles.change_role(role, levels={**powers.levels, **changed}, hidden=powers.hidden, actor=None)
        who, powers = add_colleague(role, "North"), queries.powers_of(role)
        assert powers is not None
        levels = powers.levels
    client, wrong, before = sign_in(app, who), [], fingerprint(app)
    for owner, work in world.works.items():
        house = {**dict.fromkeys(addresses.HOUSE, 1), "step_id": work.ids["step_id"]}
        nobody = {**house, **missing(work.ids), "step_id": work.ids["step_id"]}
        for address in addresses.personal(app):
            seen = addresses.exists(address, powers, "team" if owner in ("boris", "vera") else "all")
            deed = addresses.deed(address)
            may = seen and levels.get(address.right) != "none" and (deed is None or covers(levels[deed], owner))
            if may and address.method != "GET":
                continue  # it would do the deed
            there = ask(client, address.method, address.fill({**house, **work.ids}))
            if may and there.status in (403, 404) and address.endpoint not in addresses.MAY_BE_AWAY:
                wrong.append((owner, address.method, address.rule, "is kept from whom it is for", there.status))
            if not may and there.status not in (403, 404):
                wrong.append((owner, address.method, address.rule, "is open", there.status))
            if not seen and there != ask(client, address.method, address.fill(nobody)):
                wrong.append((owner, address.method, address.rule, "tells that the record exists"))
    assert not wrong, "\n".join(str(row) for row in wrong)
    assert fingerprint(app) == before
