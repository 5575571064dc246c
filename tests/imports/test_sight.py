"""Whose files one sees: one's own, and everybody's only with nothing of a file kept back."""

import pytest
from flask import Flask

from crm.accounts import roles
from crm.accounts.models import User
from crm.core.db import db
from crm.imports.operations import upload_file
from tests.cast import Cast, levels_of, sign_in

FILE = b"surname,phone\nDoe,+79001112233\n"


def uploaded(app: Flask, by: int, name: str) -> int:
    with app.app_context():
        made = upload_file(what="contacts", data=FILE, file_name=name, actor=db.session.get_one(User, by))
        db.session.commit()
        return made.id


def let_managers_import(app: Flask, **changed: str) -> None:
    with app.app_context():
        roles.change_role("manager", levels={**levels_of("manager"), "imports.run": "all", **changed}, hidden=(), actor=None)
        db.session.commit()


@pytest.mark.parametrize("level", ["own", "team"])
def test_who_sees_a_part_of_the_clients_sees_files_of_their_own(app: Flask, cast: Cast, level: str) -> None:
    let_managers_import(app, **{"clients.see": level, "deals.see": "all"})
    theirs, own = uploaded(app, cast.vera, "vera.csv"), uploaded(app, cast.boris, "boris.csv")
    boris = sign_in(app, "boris")
    page = boris.get("/imports/").get_data(as_text=True)
    assert "boris.csv" in page
    assert "vera.csv" not in page
    assert "79001112233" in boris.get(f"/imports/{own}").get_data(as_text=True)
    assert [boris.get(f"/imports/{theirs}{end}").status_code for end in ("", "/progress")] == [404, 404]
    assert boris.post(f"/imports/{theirs}", data={"column-0": "surname"}).status_code == 404


def test_who_sees_all_may_go_on_with_a_colleague_s_file(app: Flask, cast: Cast) -> None:
    let_managers_import(app, **{"clients.see": "all", "deals.see": "all"})
    theirs = uploaded(app, cast.gleb, "gleb.csv")
    boris = sign_in(app, "boris")
    assert "gleb.csv" in boris.get("/imports/").get_data(as_text=True)
    assert boris.get(f"/imports/{theirs}").status_code == 200


def test_a_role_from_which_phones_are_hidden_reads_none_in_a_colleague_s_file(app: Flask, cast: Cast) -> None:
    with app.app_context():
        roles.change_role("head", levels=levels_of("head"), hidden={"client.phone"}, actor=None)
        db.session.commit()
    theirs = uploaded(app, cast.gleb, "gleb.csv")
    head = sign_in(app, "head")
    assert "gleb.csv" not in head.get("/imports/").get_data(as_text=True)
    assert head.get(f"/imports/{theirs}").status_code == 404
