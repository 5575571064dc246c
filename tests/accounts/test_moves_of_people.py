"""Teams and roles: who manages people opens no further records with that, neither to themselves nor to others."""

import re

import pytest
from flask import Flask

from crm.accounts import operations, roles
from crm.accounts.models import User
from crm.core.db import db
from crm.core.errors import NotAllowed
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline


def user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def lead(cast: Cast, level: str = "team") -> None:
    """Managers work with records of this level and look after people."""
    row = roles.set_level("manager", level)
    levels = dict(row.powers.levels) | {"users.see": "all", "users.edit": "all"}
    roles.change_role("manager", levels=levels, hidden=row.hidden, actor=user(cast.owner))
    db.session.commit()
    db.session.expire_all()


def form_of(user_id: int, **fields: object) -> dict[str, object]:
    person = user(user_id)
    return {"name": person.name, "email": person.email, "role": person.role, "team_id": person.team_id or "", **fields}


def test_nobody_moves_themselves_to_a_team_whose_deals_they_do_not_see(app: Flask, cast: Cast) -> None:
    with app.app_context():
        lead(cast)
        south, deal = user(cast.gleb).team_id, make_deal(make_pipeline(), title="Чужая", manager_id=cast.gleb)
        db.session.commit()
        sent, deal_id = form_of(cast.boris, team_id=south, job="Старший"), deal.id
    boris = sign_in(app, "boris")
    answer = boris.post(f"/settings/users/{cast.boris}", data=sent)
    said = re.search(r'id="team_id-error".*?>(.*?)</p>', answer.text, re.DOTALL)
    assert answer.status_code == 422
    assert said
    assert "Ask the owner" in said[1]
    assert 'value="Старший"' in answer.text
    assert boris.get(f"/deals/{deal_id}").status_code == 404
    with app.app_context():
        kept = form_of(cast.boris, job="Старший")
    assert boris.post(f"/settings/users/{cast.boris}", data=kept).status_code == 303  # the rest of one's card is one's own


def test_nobody_makes_a_link_to_sign_in_as_somebody_whose_records_are_closed_to_them(app: Flask, cast: Cast) -> None:
    with app.app_context():
        lead(cast)
    boris = sign_in(app, "boris")
    for way in ("reset", "invite"):
        answer = boris.post(f"/settings/users/{cast.gleb}/{way}")
        assert (answer.status_code, "/reset/" in answer.text, "/invite/" in answer.text) == (403, False, False), way
        assert boris.post(f"/settings/users/{cast.vera}/{way}").status_code == 403, way  # Boris sees her deals, and moves his own only
    with app.app_context():
        sent = form_of(cast.gleb, email="thief@example.com")
    assert boris.post(f"/settings/users/{cast.gleb}", data=sent).status_code in (403, 422)  # a password link would go there
    with app.app_context():
        assert user(cast.gleb).email == "gleb@example.com"
        levels = dict(user(cast.head).powers.levels) | {"users.see": "all", "users.edit": "all"}
        roles.change_role("head", levels=levels, hidden=[], actor=user(cast.owner))
        db.session.commit()
    head = sign_in(app, "head")
    for way in ("reset", "invite"):
        assert head.post(f"/settings/users/{cast.vera}/{way}").status_code == 200, way


def test_nobody_changes_their_own_role_but_who_has_everything_of_all(context: object, cast: Cast) -> None:
    lead(cast, "own")
    with pytest.raises(NotAllowed) as refusal:
        operations.update_user(user(cast.boris), actor=user(cast.boris), role=roles.copy_role(
            "manager", name="Другая", actor=user(cast.owner)).code)
    assert refusal.value.field == "role"
    operations.update_user(user(cast.owner), actor=user(cast.owner), team_id=user(cast.gleb).team_id)


def test_a_move_opens_to_others_no_more_than_the_mover_has(context: object, cast: Cast) -> None:
    lead(cast)
    boris, north, south = user(cast.boris), user(cast.boris).team_id, user(cast.gleb).team_id
    for act in (lambda: operations.update_user(user(cast.vera), actor=boris, team_id=south),  # Vera would see the South's deals
                lambda: operations.update_user(user(cast.gleb), actor=boris, team_id=north),  # Boris would see Gleb's
                lambda: operations.create_user(name="X", email=None, role="manager", team_id=south, actor=boris)):
        with pytest.raises(NotAllowed) as refusal:
            act()
        assert refusal.value.field == "team_id"
    operations.create_user(name="Новый", email=None, role="manager", team_id=north, actor=boris)
    operations.update_user(user(cast.vera), actor=boris, team_id=None)


def test_a_role_that_sees_a_team_is_not_given_to_somebody_of_another(context: object, cast: Cast) -> None:
    lead(cast)
    single = roles.copy_role("manager", name="Одиночка", actor=user(cast.owner))
    single = roles.set_level(single.code, "own", actor=user(cast.owner))
    operations.update_user(user(cast.gleb), actor=user(cast.owner), role=single.code)
    db.session.flush()
    db.session.expire_all()
    with pytest.raises(NotAllowed) as refusal:
        operations.update_user(user(cast.gleb), actor=user(cast.boris), role="manager")
    assert refusal.value.field == "role"


def test_a_head_who_manages_people_moves_everybody(app: Flask, cast: Cast) -> None:
    with app.app_context():
        row = roles.change_role("head", levels=dict.fromkeys(roles.rights.RIGHTS, "all"), hidden=(), actor=user(cast.owner))
        assert row.powers.levels["users.edit"] == "all"
        south = user(cast.gleb).team_id
        db.session.commit()
        sent = {one: form_of(one, team_id=south) for one in (cast.head, cast.boris)}
    head = sign_in(app, "head")
    for one, fields in sent.items():
        assert head.post(f"/settings/users/{one}", data=fields).status_code == 303
    with app.app_context():
        assert user(cast.head).team_id == south
