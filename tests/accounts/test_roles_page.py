"""The screen of roles: the matrix is kept, told in words as one chooses, own roles come and go."""

import re

import pytest
from flask import Flask

from crm.accounts import matrix, queries
from crm.accounts.models import Role
from crm.accounts.rights import BUILT_IN, RIGHTS, built_in
from crm.core.db import db
from tests.cast import Cast, sign_in
from tests.factories import make_contact, make_deal, make_pipeline


def sent(code: str, **levels: str) -> dict[str, object]:
    """The form of a role as the page shows it, with some levels changed."""
    known = queries.powers_of(code)
    assert known is not None
    cells = [right for record in matrix.RECORDS for deed in matrix.DEEDS if (right := matrix.code_of(record, deed))]
    form: dict[str, object] = {right: known.levels[right] for right in cells}
    form |= {right: "all" for right in matrix.SWITCHES if known.levels[right] == "all"}
    row = db.session.get(Role, code)
    return {**form, "version": str(row.version if row else 0), "hidden": sorted(known.hidden),
            **{name.replace("_", "."): level for name, level in levels.items()}}


def test_every_right_that_can_be_granted_stands_on_the_screen() -> None:
    cells = {code for record in matrix.RECORDS for deed in matrix.DEEDS if (code := matrix.code_of(record, deed))}
    assert cells | set(matrix.SWITCHES) | {"desk.see", "roles.edit", "backups.manage", "guard.edit", "demo.remove"} == set(RIGHTS)


@pytest.mark.parametrize("code", list(BUILT_IN))
def test_each_built_in_role_can_be_shown_and_told(app: Flask, cast: Cast, code: str) -> None:
    page = sign_in(app, "owner").get(f"/settings/roles?role={code}")
    assert page.status_code == 200
    assert page.get_data(as_text=True).partition("role-words")[2].count("<li>") >= len(matrix.RECORDS)


def test_a_manager_in_plain_words(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        said = matrix.sentences(built_in("manager"))
    assert "Видит свои сделки, меняет их, не передаёт другим, не удаляет, не выгружает." in said


def test_the_chosen_levels_are_kept_and_told_before(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    with app.app_context():
        form = sent("manager", deals_see="team")
    told = owner.get("/settings/roles/manager/words", query_string=form).get_data(as_text=True)
    assert "Sees the team&#39;s deals, changes only their own" in told
    with app.app_context():
        assert db.session.get(Role, "manager") is None  # telling keeps nothing
    assert owner.post("/settings/roles/manager", data=form).status_code == 303
    stale = owner.post("/settings/roles/manager", data=form)  # the version is an old one
    assert (stale.status_code, "Somebody got there first" in stale.get_data(as_text=True)) == (409, True)
    with app.app_context():
        powers = queries.powers_of("manager")
        assert powers is not None
        assert (powers.levels["deals.see"], powers.levels["deals.edit"]) == ("team", "own")
    assert owner.post("/settings/roles/manager/delete").status_code == 303  # back to how it came
    with app.app_context():
        assert queries.powers_of("manager") == built_in("manager")


def test_an_own_role_by_hand(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    where = owner.post("/settings/roles/viewer/copy", data={"name": "Партнёр"}).headers["Location"]
    code = where.partition("role=")[2]
    with app.app_context():
        form = {**sent(code, deals_see="none"), "name": "Партнёр-2"}
    assert owner.post(f"/settings/roles/{code}", data=form).status_code == 303
    page = owner.get("/settings/users/new").get_data(as_text=True)
    assert f'<option value="{code}">Партнёр-2</option>' in page
    assert owner.post(f"/settings/users/{cast.gleb}", data={
        "name": "Глеб", "email": "gleb@example.com", "role": code, "team_id": ""}).status_code == 303
    gleb = sign_in(app, "gleb")
    assert gleb.get("/deals").status_code == 403
    assert gleb.get("/contacts").status_code == 200
    for answer in (owner.post(f"/settings/roles/{code}/delete"), owner.get(f"/settings/roles/{code}/delete")):
        page = answer.get_data(as_text=True)
        assert (answer.status_code, "Give them another one first." in page) == (409, True)
        assert "This cannot be done" in page
        assert "Somebody got there first" not in page
    assert owner.get("/settings/roles?role=role-none").status_code == 404


def test_an_empty_or_used_name_is_told_at_its_field_and_the_rest_stays(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    for typed, told in (("", "Type the name of the role."),
                        ("manager", "There is a role called manager already. Choose another name.")):
        answer = owner.post("/settings/roles/viewer/copy", data={"name": typed})
        page = answer.get_data(as_text=True)
        assert (answer.status_code, told in page, f'name="name" required type="text" value="{typed}"' in page) == (422, True, True)
    code = owner.post("/settings/roles/viewer/copy", data={"name": "Партнёр"}).headers["Location"].partition("role=")[2]
    for typed in ("", "Manager"):
        with app.app_context():
            form = {**sent(code, deals_see="team"), "name": typed, "sells": "y", "hidden": "client.phone"}
        answer = owner.post(f"/settings/roles/{code}", data=form)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert 'id="name-error"' in page
        assert re.search(r'name="deals.see".*?<option value="team" selected>', page, re.DOTALL)
        assert re.search(r'<input checked[^>]*name="sells"', page)
        assert 'value="client.phone" checked' in page
    with app.app_context():
        assert db.session.get_one(Role, code).name == "Партнёр"


def test_the_usual_rights_come_back_only_when_one_says_so_twice(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    with app.app_context():
        form = sent("manager", deals_see="team")
    owner.post("/settings/roles/manager", data=form)
    page, ask = owner.get("/settings/roles?role=manager").get_data(as_text=True), "/settings/roles/manager/delete"
    assert f'href="{ask}" hx-get="{ask}" hx-target="#dialog"' in page
    assert f'action="{ask}"' not in page
    for headers in ({}, {"HX-Request": "true"}):
        question = owner.get(ask, headers=headers).get_data(as_text=True)
        assert "It counts at once for 3 people." in question
        assert f'action="{ask}"' in question
    with app.app_context():
        assert db.session.get(Role, "manager") is not None


def test_the_owners_role_is_not_for_sale(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    with app.app_context():
        form = sent("viewer")
    assert owner.post("/settings/roles/owner", data=form).status_code == 409
    assert owner.post("/settings/roles/owner/copy", data={"name": "X"}).status_code == 409
    assert owner.get("/settings/roles?role=owner").status_code == 200


def test_how_much_somebody_sees(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pipeline = make_pipeline()
        for manager in (cast.boris, cast.vera, cast.gleb, None):
            make_deal(pipeline, manager_id=manager)
        make_contact("Свой", manager_id=cast.boris)
        make_contact("Чужой", manager_id=cast.gleb)
        db.session.commit()
    owner = sign_in(app, "owner")
    part = owner.get(f"/staff/sees?person={cast.boris}", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<dt>People</dt><dd>1 of 2</dd>" in part
    assert "<dt>Deals</dt><dd>1 of 4</dd>" in part
    assert "<dt>Deals</dt><dd>all 4</dd>" in owner.get(f"/staff/sees?person={cast.head}").get_data(as_text=True)
    assert owner.get("/staff/sees").status_code == 200
    assert sign_in(app, "head").get(f"/staff/sees?person={cast.boris}").status_code == 403
